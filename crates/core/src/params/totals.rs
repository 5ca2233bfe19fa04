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

group! {
    /// Passes: the cutting between two turns or stops.
    PassParams, "passes" {
        /// The machine has turned or stood so long: the pass is over. A shorter time is a swerve within it.
        over_after_s: "s" = 3.0, "our choice";
        /// What was cut for a shorter time, as in a corner, is no pass.
        shortest_s: "s" = 20.0, "our choice: twice the time that the loss on the screen is of";
    }
}
