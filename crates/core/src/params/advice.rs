//! Advice: the load curve, comparisons of settings, the next step, notices, and what the speed is worth.

group! {
    /// Loss behind the machine against feed rate, as a power law (Nyborg 1967).
    LoadCurveParams, "load_curve" {
        /// A sample is a mean over this much settled cutting: about as long as crop needs through the machine.
        sample_s: "s" = 10.0, "our choice";
        /// Elasticity of the loss share with the feed rate before any sample.
        prior_slope: "1" = 1.9, "median of published trials (1.0 to 3.8)";
        /// Its standard deviation: published trials have a log sd of 0.45; this is a normal distribution of the same
        /// spread.
        prior_slope_sd: "1" = 0.9, "published trials";
        /// Scatter (log sd) of a sample about the curve; wide, since neighbouring samples are not independent.
        sample_sd: "1" = 0.35, "assumed";
        /// An outlier counts as no further from the curve than this many of them.
        max_outlier_sds: "1" = 2.0, "assumed";
        /// Samples are forgotten with this time constant, as fast as crop conditions change.
        memory_s: "s" = 1200.0, "assumed";
        /// Weight of samples (25 are about five minutes) from which a loss is called typical.
        typical_after: "1" = 25.0, "our choice";
    }
}

group! {
    /// The loss before and after a change of a setting, at equal feed rate and moisture.
    ComparisonParams, "comparison" {
        /// Width of a class of feed rate, as a logarithm: 15 %.
        feed_class_log: "1" = 0.14, "assumed";
        /// Width of a class of moisture, share of wet mass.
        moisture_class: "1" = 0.03, "assumed";
        /// Scatter (log sd) within a class is taken as at least this.
        min_sd: "1" = 0.15, "assumed";
        /// Neighbouring samples are autocorrelated: this many count as one independent sample (the crop changes over
        /// about half a minute).
        samples_per_dof: "1" = 3.0, "assumed";
        /// Smallest difference that is worth a change of settings, as a logarithm: 15 %.
        min_effect_log: "1" = 0.14, "our choice";
        /// A comparison ends undecided after this many samples: the crop has changed by then.
        max_samples: "1" = 120.0, "our choice";
        /// With fewer samples before the change (one minute) there is nothing to compare with.
        min_before: "1" = 6.0, "our choice";
        /// A result needs this many samples after the change (two minutes): the first ones hold crop that was cut
        /// before it.
        min_after: "1" = 12.0, "our choice";
        /// The time still needed is forecast for an interval no narrower than this (half width, logarithm).
        min_half_width_log: "1" = 0.03, "assumed";
    }
}

group! {
    /// By how much a setting must move to count as changed: more than sensors waver within a pass, less than a useful
    /// step.
    SettingWatchParams, "setting_watch" {
        /// Concave clearance: share of its value.
        concave_share: "1" = 0.05, "assumed";
        /// Concave clearance: at least this.
        concave_min_m: "m" = 0.0015, "assumed";
        /// Upper sieve: share of its value.
        upper_sieve_share: "1" = 0.05, "assumed";
        /// Upper sieve: at least this.
        upper_sieve_min_m: "m" = 0.001, "assumed";
        /// Lower sieve: share of its value.
        lower_sieve_share: "1" = 0.05, "assumed";
        /// Lower sieve: at least this.
        lower_sieve_min_m: "m" = 0.001, "assumed";
        /// Fan speed: share of its value.
        fan_share: "1" = 0.04, "assumed";
        /// Threshing drum speed: share of its value.
        thresher_share: "1" = 0.04, "assumed";
        /// Reel speed: share of its value.
        reel_share: "1" = 0.12, "assumed";
        /// Header height: at least this.
        header_height_min_m: "m" = 0.05, "assumed";
        /// A setting is a mean over this much settled cutting.
        block_s: "s" = 20.0, "our choice";
        /// Reel speed follows the ground speed: it is compared where that is the same within this share.
        same_speed_share: "1" = 0.05, "assumed";
    }
}

group! {
    /// The repetition of advice.
    NextStepParams, "next_step" {
        /// Advice that was not tried is given again after this time at the earliest.
        again_after_s: "s" = 600.0, "our choice";
        /// Slowing down was tried when the speed is below this share of the one at which it was advised.
        slowed_share: "1" = 0.9, "our choice";
        /// A setting is at its goal when it is off by less than this share: no reading tells more.
        goal_tolerance: "1" = 0.05, "our choice";
        /// The value of a setting is a mean over this much cutting.
        goal_memory_s: "s" = 20.0, "our choice";
        /// A header that cuts above this height counts its height from another zero: no goal is said.
        max_knife_height_m: "m" = 0.5, "our choice: the height at which a header counts as down";
        /// Below this ground speed the ratio of reel to ground speed has no meaning.
        reel_from_m_s: "m/s" = 0.5, "assumed";
    }
}

group! {
    /// Steps for what the driver says of the crop, and for pans that find more than the plates count.
    CropStepParams, "crop_steps" {
        /// Each adjustment for a crop that lies, is wet, weedy or on a slope is shown for so long, in cutting.
        each_s: "s" = 30.0, "our choice: time to read it and do it";
        /// A rear pan that finds more than the plates tell, by this logarithm, calls for a look at the fan: a factor of 3.
        fan_log: "1" = 1.1, "our choice: twice the spread of plates after their data sheet";
        /// For so long after such a pan.
        fan_for_s: "s" = 600.0, "our choice";
    }
}

group! {
    /// The feed rate at which to work, from which the goal of the speed comes. It has a basis of its own: the losses that
    /// this session had at its loads, or what the driver says of the crop. The nameplate is an upper end only.
    TargetLoadParams, "target_load" {
        /// The load of ordinary work, over the nameplate's: where published losses were found.
        ordinary_load: "1" = 0.75, "the load of the loss model";
        /// The lower end of the goal over the upper one: below it capacity is wasted.
        low_share: "1" = 0.8, "our choice";
        /// Load in lodged crop, over that in standing crop.
        lodged: "1" = 0.6, "guidance: slower in lodged crop; the figure assumed";
        /// The same of leaning crop.
        leaning: "1" = 0.8, "assumed";
        /// The same of wet crop: dew, rain, or grain above `damp_from`.
        wet: "1" = 0.8, "guidance: slower in dew and after rain; the figure assumed";
        /// The same of weedy crop.
        weedy: "1" = 0.8, "assumed";
        /// The same on a slope.
        slope: "1" = 0.9, "assumed";
        /// Grain of this moisture (share of wet mass) comes with wet straw, in crops that name no other.
        damp_from: "1" = 0.22, "assumed";
        /// The learned goal lies no further above the mean load of the session than this, as a logarithm: 10 %.
        max_above_log: "1" = 0.1, "our choice";
        /// And no further below it.
        max_below_log: "1" = 0.5, "our choice";
        /// The elasticity of the loss share with the load is taken as at least this: half the least published one.
        min_slope: "1" = 0.5, "published trials: 1.0 to 3.8";
    }
}

group! {
    /// The three operator faults.
    NoticeParams, "notices" {
        /// Turns are frequent above this many an hour: measured combines turned 19 to 28 times.
        turns_per_hour: "1/h" = 40.0, "above measured combines";
        /// Turning takes long above this share of the time: measured combines spent 8 to 12 % with the header up.
        turning_share: "1" = 0.15, "above measured combines";
        /// Both are means with this time constant.
        memory_s: "s" = 900.0, "our choice";
        /// They are judged after this much work.
        judge_after_s: "s" = 600.0, "our choice";
        /// A notice stays on the screen for this long after its cause has gone: a few glances.
        shown_for_s: "s" = 15.0, "our choice";
    }
}

group! {
    /// What another speed would lose and gain.
    SpeedWorthParams, "speed_worth" {
        /// Standard deviation of the elasticity of the header's loss share with speed, about zero: trials found both
        /// signs.
        header_slope_sd: "1" = 0.5, "assumed";
    }
}
