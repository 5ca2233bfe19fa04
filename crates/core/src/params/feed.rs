//! What goes into the machine.

group! {
    /// Grain and straw, from the feed-rate sensor, from speed, width and yield, or from both.
    FeedParams, "feed" {
        /// From the header to the yield sensor where the profile does not say: 10 to 14 s.
        yield_lag_s: "s" = 12.0, "two yield-monitor studies";
        /// This share of it is pure delay, the rest is mixing on the way.
        yield_delay_share: "1" = 0.75, "assumed";
        /// Grain flow is compared with what was cut only after this long in one pass, when both have settled.
        settled_s: "s" = 25.0, "assumed";
        /// How far the yield of a spot is from the field's (log sd); coefficients of variation within a pass are 7 to
        /// 36 %, about 12 % for the middle of seven machines.
        spot_sd: "1" = 0.12, "measured on seven machines";
        /// Noise of a yield monitor at any flow: 0.3 to 0.7 kg/s.
        yield_noise_kg_s: "kg/s" = 0.4, "test stand, University of Kentucky";
        /// Uncertainty (log sd) of the crop's usual yield before any grain was weighed.
        usual_yield_sd: "1" = 0.35, "our choice";
        /// The same of a measured yield.
        measured_yield_sd: "1" = 0.15, "our choice";
        /// Uncertainty (log sd) of the grain's share in the crop; straw-to-grain ratios of 0.6 to 1.5 are quoted for
        /// tests.
        share_sd: "1" = 0.2, "quoted straw-to-grain ratios";
        /// Noise (log sd) of a feed-rate sensor about its own mean.
        feed_noise_sd: "1" = 0.06, "our choice";
        /// Added uncertainty (log sd) where only the speed says that the machine cuts, and how wide: a factor of about
        /// 2.3.
        presumed_sd: "1" = 0.5, "our choice";
        /// Yield drifts over the field by this much (log sd) in the square root of a second.
        yield_drift_sd: "1" = 0.01, "our choice";
        /// The grain's share drifts more slowly (log sd in the square root of a second).
        share_drift_sd: "1" = 0.003, "our choice";
        /// Grain flow below this is not learned from.
        min_flow_kg_s: "kg/s" = 0.2, "assumed";
        /// Grain is never more than this share of the crop that it came in.
        max_grain_share: "1" = 0.95, "assumed";
        /// The feed-rate sensor sits this long after the header: it is compared with the yield sensor that much later.
        feeder_after_header_s: "s" = 1.0, "assumed";
    }
}
