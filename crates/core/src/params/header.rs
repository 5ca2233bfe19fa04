//! Loss at the header, which no sensor sees.

group! {
    /// Shatter by the reel, stripping at speed, heads below the knife.
    HeaderParams, "header" {
        /// Share of yield lost for each unit of squared excess of a reel that is too fast.
        reel_fast: "1" = 0.04, "assumed";
        /// The same of a reel that is too slow.
        reel_slow: "1" = 0.015, "assumed";
        /// Above this speed (4 mph) header loss rises substantially.
        fast_m_s: "m/s" = 1.8, "PAMI, 2019";
        /// Share of yield lost for each (m/s)² above it.
        stripping: "s²/m²" = 0.008, "assumed";
        /// Heads and pods hang at heights that spread by this much; those below the knife stay in the field.
        head_spread_m: "m" = 0.05, "assumed";
        /// Below this ground speed the ratio of reel to ground speed has no meaning.
        reel_from_m_s: "m/s" = 0.3, "assumed";
        /// The reel's ratio counts no further from the best one than this: a wrongly mapped reel must not run away with
        /// the model.
        max_reel_excess: "1" = 1.0, "assumed";
        /// No combine cuts faster than this (14 km/h): guidance for operators has 4 to 7 km/h, stripper headers go over
        /// 6.4 km/h; this is twice that. A speed above it is in another unit.
        no_cut_above_m_s: "m/s" = 14.0 / 3.6, "our choice";
        /// Cutting in a curve multiplies the loss: one end of the header runs faster than suits the reel.
        curve: "1" = 1.5, "assumed";
        /// Largest share of the yield that the model gives: beyond it there are no measurements (over 20 % in rapeseed).
        max_share: "1" = 0.3, "over 20 % measured in rapeseed; assumed";
    }
}
