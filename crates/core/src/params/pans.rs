//! Drop pans.

group! {
    /// The likelihood of what is found in a drop pan.
    PanParams, "pans" {
        /// Plates whose view of the loss had a smaller variance than this at the drop (a factor of 1.6) stand for the model.
        plate_view_variance_most: "1" = 0.09, "our choice";
        /// Prior probability that a pan is a blunder: a heap scooped up, a slip of the pen.
        blunder_probability: "1" = 0.05, "our choice";
        /// How far a blunder's count is off, scale of Student's t with 4 degrees of freedom: a factor of e, or much more.
        blunder_sd: "1" = 1.0, "our choice";
        /// A pan is used when it is no blunder with at least this probability; until then it changes nothing.
        used_weight_least: "1" = 0.5, "our choice";
        /// Two doubtful pans confirm each other when they differ by no more than this: a factor of 3.
        confirm_log_most: "1" = 1.1, "our choice";
        /// What a pan to come is worth: coefficient of variation from pan to pan behind the machine, and over the whole width.
        patchy_rear: "1" = 0.40, "assumed, 0.2 to 0.6";
        /// The same between the frames in front.
        patchy_front: "1" = 0.50, "assumed, 0.2 to 0.6";
        /// The natural shed was measured on other ground: coefficient of variation from spot to spot.
        shed_patchy: "1" = 0.40, "assumed, as in front";
        /// Pans hold up to this factor outside the loads at which they were taken.
        load_margin: "1" = 1.5, "our choice";
        /// Pans hold up to this far outside the moistures at which they were taken, share of wet mass.
        moisture_margin: "1" = 0.03, "our choice";
    }
}

group! {
    /// What pans teach of how far to trust the estimate (inflation).
    PanSpreadParams, "pan_spread" {
        /// The prior of the inflation weighs as so many pans.
        inflation_prior_pans: "1" = 8.0, "our choice";
        /// What a pan has taught of the inflation counts half after so many more.
        inflation_half_life_pans: "1" = 10.0, "proposed";
        /// No pan's test ratio counts as more than this for the inflation.
        inflation_test_ratio_most: "1" = 9.0, "our choice";
        /// The inflation, a factor on standard deviations, is at least this.
        inflation_least: "1" = 0.8, "proposed";
        /// The inflation is at most this.
        inflation_most: "1" = 3.0, "proposed";
    }
}

group! {
    /// Which pan would teach most.
    PanWorthParams, "pan_worth" {
        /// Variance of a rear pan's logarithm that comes from counting, beside that from patches.
        rear_counting_variance: "1" = 0.01, "our choice";
        /// The same of a front sample.
        front_counting_variance: "1" = 0.02, "our choice";
        /// A pan that would narrow the interval of all loss by less than this share is not proposed.
        least_gain: "1" = 0.03, "our choice";
    }
}
