//! Loss plates: which are out, and what they count without grain.

group! {
    /// Which of a path's two loss plates are out, and how they share the kernels.
    PlateParams, "plates" {
        /// A plate that is silent for so long while its neighbour counts `neighbour_kernels` is dead.
        silent_s: "s" = 8.0, "our choice";
        /// Kernels of the neighbour meanwhile. On a slope a plate may see a tenth of what its neighbour does; even then
        /// silence has a probability below 1e-5.
        neighbour_kernels: "1" = 120.0, "e^(−12) = 6e-6";
        /// A dead plate lives again after so many kernels of its own: one stray count does not make it whole.
        alive_kernels: "1" = 10.0, "our choice";
        /// A plate that has no value for so long is out; a counter's first reading takes two frames.
        out_after_s: "s" = 3.0, "our choice";
        /// How two plates share the kernels is remembered over so many of them, some minutes' worth.
        share_memory_kernels: "1" = 10_000.0, "our choice";
        /// Each is taken for no worse than so many, so that two fresh plates are alike.
        share_prior_kernels: "1" = 50.0, "our choice";
        /// A plate's share is at least this: on a slope it may see a tenth of what its neighbour does.
        share_least: "1" = 0.1, "assumed";
        /// A plate that has been silent for so long does not teach how the two share.
        share_trusted_s: "s" = 1.5, "our choice";
    }
}

group! {
    /// What plates count while the machine runs empty.
    ZeroParams, "zero" {
        /// The machine works above this share of the rated straw.
        working_share: "1" = 0.1, "our choice";
        /// It is empty when less than this share of the rated straw is left inside: some twenty seconds after the crop stops
        /// while the transit time is not known, and sooner on a quick machine.
        empty_share: "1" = 0.01, "grain is seen to fall off over 10 to 14 s";
        /// The rate at zero is looked at over so long.
        look_s: "s" = 5.0, "our choice";
        /// It follows lower looks at once, and higher ones, in which a last kernel may have fallen, by this share.
        follow_share: "1" = 0.2, "our choice";
        /// Plates that count at zero more than this share of what they count at work tell nothing of the loss.
        noise_share: "1" = 0.7, "our choice";
        /// And at least so many kernels a second and plate.
        noise_rate_s: "1/s" = 2.0, "our choice";
        /// The drum turns above this speed.
        driven_rpm: "r/min" = 200.0, "our choice";
        /// What the plates count at work is averaged over so long.
        work_s: "s" = 60.0, "our choice";
    }
}
