//! How long crop takes through the machine.

group! {
    /// How long crop takes from the feeder house to the end of a path, and how counts decide between hypotheses of it.
    TransitParams, "transit" {
        /// Counts are compared with the hypotheses over so long.
        compare_s: "s" = 1.0, "our choice";
        /// They are compared where the largest expectation is more than this factor of the smallest.
        expectation_ratio_least: "1" = 1.3, "our choice";
        /// They are compared where one hypothesis expects at least so many kernels.
        kernels_least: "1" = 1.0, "our choice";
        /// Likelihood tempering: the power to which each likelihood is taken. No hypothesis has the real shape, and seconds
        /// that follow each other are not independent.
        likelihood_tempering: "1" = 0.3, "our choice";
        /// Counts scatter by so much more than expected, since no hypothesis has the real shape: logarithm.
        shape_sd: "1" = 0.4, "our choice";
        /// Floor of a hypothesis's log-weight relative to the best (one in a hundred), so that it can recover.
        min_log_weight: "1" = -4.6, "our choice";
        /// Floor of the accumulated log-evidence relative to the best, so that another crop undoes it within some passes.
        min_log_evidence: "1" = -30.0, "our choice";
        /// Accumulated evidence fades with this memory, counted in seconds that were compared: slow crop follows fast crop.
        memory_s: "s" = 600.0, "our choice";
        /// Nothing is learned while the level that the plates see has a larger variance than this.
        level_variance_most: "1" = 0.2, "our choice";
    }
}
