//! Plates that are hit faster than they can count.

group! {
    /// When plates may be saturated. With τ the dead time, r τ is a rate in units of 1/τ; paralyzable plates count at most
    /// 1/e = 0.368 of it.
    SaturationParams, "saturation" {
        /// Counts above this share of 1/τ are near the most that paralyzable plates can count, 0.368.
        near_share: "1" = 0.30, "our choice";
        /// Counts above this share of 1/τ are more than paralyzable plates can count.
        beyond_share: "1" = 0.46, "our choice";
        /// After so long above it the plates are known to be non-paralyzable.
        beyond_s: "s" = 5.0, "our choice";
        /// The rate is a mean over so long.
        rate_mean_s: "s" = 1.0, "our choice";
        /// A path whose plates are near the limit for this share of `near_memory_s` may be saturated.
        near_time_share: "1" = 0.5, "our choice";
        /// Over so long the time near the limit is looked at.
        near_memory_s: "s" = 120.0, "our choice";
        /// It may be saturated until it has not been near the limit for so long: at the end of a pass the crop that runs out
        /// brings saturated plates near it again.
        held_s: "s" = 900.0, "our choice";
        /// The filter takes a plate for saturated when it is hit more often than this in its dead time.
        saturated_hits: "1" = 1.0, "peak of r e^(−rτ)";
        /// Meanwhile `held_s` runs at this pace: not for ever, since the filter may be wrong.
        saturated_pace: "1" = 0.25, "our choice";
        /// Variance of the loss's logarithm near the limit: x e^(−x) = 0.3 has the solutions 0.49 and 1.78, and half of the
        /// logarithm of their ratio is 0.64.
        near_log_variance: "1" = 0.64 * 0.64, "the formula, at near_share";
        /// How often a plate is hit in its dead time at the limit: the middle of 0.49 and 1.78, of the logarithms.
        limit_hits: "1" = 0.93, "the formula, at near_share";
        /// The same of non-paralyzable plates: 0.335 / (1 − 0.335).
        limit_hits_non_paralyzable: "1" = 0.50, "the formula, between near_share and 0.368";
        /// How probable it is that plates that have long been near the limit, and not beyond it, are non-paralyzable.
        non_paralyzable: "1" = 0.25, "assumed: counts that pile up at the limit of paralyzable plates";
        /// Plates that are near the limit for so long are at it, and do not only pass it.
        limit_after_s: "s" = 10.0, "our choice: crop comes through within so long";
        /// Counts below this share of 1/τ have one meaning, before plates may be saturated.
        usual_share: "1" = 0.15, "our choice";
        /// Settings lie nearer to those of such counts when the variance of the loss's logarithm that they bring from there is
        /// less than half of that from the limit, by this margin.
        settings_margin: "1" = 0.05, "our choice";
        /// Each window of counts at the limit, or of such few counts, has this weight in the mean of the loss there.
        limit_weight: "1" = 0.1, "our choice";
        /// How well that loss is known, standard deviation of the logarithm: anywhere between the two.
        limit_log_sd: "1" = 0.37, "uniform over 1.29";
        /// Neither level becomes surer by its distance from that loss than this, ln of the odds.
        change_log_odds_most: "1" = 2.5, "our choice";
        /// Neither level becomes surer by pans than this, ln of the odds.
        pan_log_odds_most: "1" = 4.0, "our choice";
        /// The filter goes over to the other level from these odds on, ln of them.
        go_over_log_odds: "1" = 0.7, "our choice: not to and fro at even odds";
        /// One window of counts tells of the two levels by no more than this, a logarithm of likelihoods: the patches of some
        /// seconds are seen by several windows.
        evidence_most: "1" = 0.5, "our choice";
        /// Neither level becomes surer than this, ln of the odds, 73 %: grain that is blown out grows less where more crop lies
        /// on the sieves, so that counts alone can mislead.
        log_odds_most: "1" = 1.0, "our choice";
    }
}
