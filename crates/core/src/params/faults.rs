//! Loss plates whose counts cannot be used.

group! {
    /// A plate that is stuck, or that counts next to nothing beside its neighbour.
    PlateFaultParams, "plate_faults" {
        /// A plate stays out for this long after the reason has gone.
        stays_out_s: "s" = 20.0, "our choice";
        /// A stuck plate counts at least this many kernels a second: chance alone would spread so many by their square
        /// root.
        stuck_from_per_s: "1/s" = 3.0, "Poisson statistics";
        /// Thirty seconds whose counts all lie within this share of their mean are those of a stuck plate.
        stuck_spread: "1" = 0.02, "Poisson statistics";
        /// ... if the feed rate has moved by this share of its mean meanwhile.
        feed_moved: "1" = 0.15, "assumed";
        /// Below this share of what both plates count, a plate is the low one of a pass; on a 9 % slope the downhill
        /// plate counts up to nine tenths of both.
        low_share: "1" = 0.07, "assumed";
        /// The neighbour must have counted this many kernels in the pass.
        pass_kernels: "1" = 60.0, "assumed";
        /// The pass must have been this long.
        pass_s: "s" = 30.0, "assumed";
        /// A pass is over when the machine has not cut for this long.
        pass_ends_after_s: "s" = 5.0, "assumed";
        /// Without turns, cutting is divided into pieces this long.
        piece_s: "s" = 300.0, "assumed";
        /// Low in this many passes on end, so in both directions, is a fault.
        low_passes: "1" = 3.0, "assumed";
        /// One pass above this share ends the fault.
        well_share: "1" = 0.12, "assumed";
    }
}
