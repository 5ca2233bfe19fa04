//! The machine's own loss index: a number without a unit.

group! {
    /// How the machine's own loss index is read.
    LossIndexParams, "loss_index" {
        /// The index is read as a mean over so long: it is coarse, and the machine has smoothed it already.
        window_s: "s" = 10.0, "our choice";
        /// An index below this share of full scale says "little" and no more.
        readable_from: "1" = 0.01, "assumed";
        /// An index above this share of full scale says "much" and no more.
        readable_to: "1" = 0.97, "assumed";
        /// Prior of the logarithm of the power of the loss that the index shows.
        exponent_sd: "1" = 0.2, "proposed";
        /// Prior of the logarithm of its scale: next to nothing is known of it.
        scale_sd: "1" = 10.0, "assumed";
        /// Error of one window: it is not known how long the machine smooths, and the index is coarse.
        reading_sd: "1" = 0.5, "our choice";
    }
}
