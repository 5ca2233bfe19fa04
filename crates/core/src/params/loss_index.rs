//! The machine's own loss index: a bar without a unit.

group! {
    /// How the machine's own loss index is read.
    LossIndexParams, "loss_index" {
        /// The index is read as a mean over so long: it is coarse, and the machine has smoothed it already.
        window_s: "s" = 10.0, "our choice";
        /// An index below this share of full scale says "little" and no more.
        readable_from: "1" = 0.01, "assumed";
        /// An index above this share of full scale says "much" and no more.
        readable_to: "1" = 0.97, "assumed";
    }
}
