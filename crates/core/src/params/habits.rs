//! What operator faults cost: the price of a habit.

group! {
    /// When a fault has begun and ended, what normal work is, and how sure a price is.
    HabitParams, "habits" {
        /// The machine is overloaded when the feed rate has been above the goal's upper end for so long.
        overload_on_s: "s" = 8.0, "our choice: longer than a dense spot";
        /// The overload is over when the feed rate has been below it for so long.
        overload_off_s: "s" = 4.0, "our choice";
        /// The knife is too high when it has been above the crop's stubble limit for so long.
        height_on_s: "s" = 5.0, "our choice: longer than lifting over a bank";
        /// It is right again when it has been below for so long.
        height_off_s: "s" = 2.0, "our choice";
        /// A knife counts as too high from this much above the limit on: sensors are no better.
        height_tolerance_m: "m" = 0.03, "assumed";
        /// A knife above this height does not cut: its height counts from another zero.
        max_knife_height_m: "m" = 0.5, "our choice: the height at which a header counts as down";
        /// Crop leaves the machine so long after the knife, before it begins to mix.
        delay_s: "s" = 3.0, "delays of the residence times: 2.3 s to the separator's end, 3.3 s to the sieves'";
        /// Then it mixes: two lags one after the other, each of this time constant; 6.2 s from the knife in all.
        lag_s: "s" = 1.6, "lags of the residence times: 5.3 and 6.9 s from the knife on the average";
        /// A second's loss behind the machine is of a fault when at least this share of the crop that leaves was cut in it.
        fault_share: "1" = 0.1, "our choice";
        /// A second is of normal work when no more than this share of the crop that leaves was cut in a fault.
        clean_share: "1" = 0.02, "our choice";
        /// Normal work is judged after so much cutting without a break: the machine has filled.
        settle_s: "s" = 15.0, "our choice: twice the residence time";
        /// A sample of normal work is a mean over this much.
        sample_s: "s" = 10.0, "our choice, as of the load curve";
        /// With fewer samples of normal work (three minutes) there is nothing to compare with.
        min_samples: "1" = 18.0, "our choice";
        /// Scatter (log sd) of a sample of the loss behind the machine about the curve, before it is known.
        rear_sd: "1" = 0.35, "assumed, as of the load curve";
        /// The same of the header's loss share.
        header_sd: "1" = 0.2, "assumed";
        /// The same of the area that is cut in ten seconds.
        pace_sd: "1" = 0.15, "assumed";
        /// These scatters before the first sample weigh as much as so many samples.
        prior_samples: "1" = 6.0, "our choice";
        /// Neighbouring samples are alike: so many count as one.
        samples_per_dof: "1" = 3.0, "assumed, as of comparisons of settings";
        /// What a fault does to the header's loss is modelled: standard deviation of its logarithm.
        header_effect_sd: "1" = 0.6, "assumed";
        /// The load of a fault is compared with the curve no further below the usual load than this logarithm: half.
        max_below_log: "1" = 0.7, "our choice: no law was measured on a machine that runs almost empty";
        /// And no further above it: 1.5 times.
        max_above_log: "1" = 0.4, "our choice";
    }
}

group! {
    /// The best speed among those that were driven.
    BestSpeedParams, "best_speed" {
        /// Loads were tried from the mean less to the mean plus this many standard deviations: nine in ten samples.
        range_sds: "1" = 1.645, "our choice";
        /// Loads that differ by less than this logarithm (a fifth) tell no optimum.
        min_range_log: "1" = 0.182, "our choice";
        /// To learn it, drive so far above and below the usual speed, as a logarithm: 15 %.
        learn_log: "1" = 0.14, "our choice";
        /// For so long each.
        learn_min: "min" = 5.0, "our choice: thirty samples";
        /// The present pace is a mean over about so many samples of ten seconds.
        pace_samples: "1" = 12.0, "our choice: two minutes, so that a dense spot is no pace";
        /// So many samples must lie behind it.
        min_samples: "1" = 25.0, "as of the typical loss";
    }
}
