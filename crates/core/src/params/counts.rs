//! The likelihood of a count.

group! {
    /// How kernels that a plate counts scatter about what is expected.
    CountParams, "counts" {
        /// Size of the negative binomial law for a window of some seconds: grain comes in patches, so that counts scatter
        /// more than Poisson's law. The patches that last are states of the filter.
        size: "1" = 30.0, "proposed: 10 to 30";
        /// How far the dead time may be from the data sheet's, which is a bound: standard deviation of its logarithm.
        dead_time_sd: "1" = 0.25, "our choice";
        /// The same where every hit begins the dead time anew (paralyzable plates), which answer to a power of it: half, or
        /// nothing would be made of their counts.
        paralyzable_dead_time_sd: "1" = 0.12, "our choice";
        /// Counts that mean more loss than grain passed are refused beyond so many standard deviations of the plates'
        /// efficiency: a factor of 4.6 by their data sheet, less once pans have taught it.
        plate_sds_most: "1" = 1.9, "our choice";
        /// Prior probability that the loss has jumped in a window, as when a setting is touched: some five times an hour.
        jump_probability: "1" = 0.004, "our choice";
        /// The windows after the one that speaks of a jump must agree with it for this long before it is believed: what hides
        /// or shakes a plate lasts a second or two. Where plates count little, windows are long, and it takes up to 25 s.
        jump_confirmed_s: "s" = 8.0, "our choice";
        /// How far it jumps: two in three within a factor of e.
        jump_sd: "1" = 1.0, "our choice";
    }
}
