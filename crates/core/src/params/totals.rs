//! Sums over a session.

group! {
    /// Counts of events, and the natural shed of the loss budget.
    TotalsParams, "totals" {
        /// A turn, curve or plug that comes back within this time is the same one.
        same_event_within_s: "s" = 3.0, "our choice";
        /// Samples of the natural shed scatter by this much (log sd) while there are too few of them to know.
        shed_sd: "1" = 0.5, "our choice";
        /// This many samples show their own scatter.
        shed_samples: "1" = 4.0, "our choice";
    }
}
