//! When alarms are raised and cleared.

group! {
    /// On-delays and off-delays of the alarms (ISA-18.2): a condition must last for the on-delay before its alarm is
    /// raised,
    /// and be gone for the off-delay before it is cleared.
    AlarmDelayParams, "alarm_delays" {
        /// On-delay of the level alarm: the cost of silence is a delay already.
        loss_level_on_s: "s" = 0.0, "our choice";
        /// Off-delay of the level alarm: longer than its on-delay, and as long as crop needs through the machine.
        loss_level_off_s: "s" = 20.0, "our choice";
        /// On-delay of the step alarm: its cumulative sum is a delay already.
        loss_step_on_s: "s" = 0.0, "our choice";
        /// Off-delay of the step alarm.
        loss_step_off_s: "s" = 20.0, "our choice";
        /// On-delay of the relative alarm; one sample is ten seconds of cutting.
        loss_relative_on_s: "s" = 10.0, "our choice";
        /// Off-delay of the relative alarm.
        loss_relative_off_s: "s" = 20.0, "our choice";
        /// On-delay of a faulty plate: the estimator has waited before it reports one.
        plate_on_s: "s" = 2.0, "our choice";
        /// Off-delay of a faulty plate.
        plate_off_s: "s" = 10.0, "our choice";
        /// On-delay of a plug and a stalling engine: practice has 2 to 10 s, and their detection has a delay of its
        /// own.
        emergency_on_s: "s" = 2.0, "alarm practice; our choice";
        /// Off-delay of a plug and a stalling engine.
        emergency_off_s: "s" = 5.0, "our choice";
        /// On-delay of a failed signal: longer than a restart of a control unit.
        signal_on_s: "s" = 10.0, "our choice";
        /// Off-delay of a failed signal.
        signal_off_s: "s" = 10.0, "our choice";
        /// An alarm raised again within this time after it was cleared is the same alarm with a higher count: the ten
        /// minutes of the alarm budget.
        same_alarm_within_s: "s" = 600.0, "our choice";
        /// An alarm is cleared when its condition has been unknown for this long.
        unknown_clears_s: "s" = 60.0, "assumed";
    }
}

group! {
    /// How many alarms an operator can bear: one in ten minutes of steady work, never more than ten in ten minutes.
    AlarmBudgetParams, "alarm_budget" {
        /// One alarm in this time, in steady work.
        interval_s: "s" = 600.0, "rule of thumb of the process industry, since ISA-18.2";
        /// This many at once, and as many more within the interval, make ten in any ten minutes at most.
        flood: "1" = 5.0, "rule of thumb of the process industry, since ISA-18.2";
    }
}

group! {
    /// The level alarm as a decision: it is raised when staying silent is expected to have cost more than a false alarm.
    /// Costs are counted in seconds of a loss at the limit: one is what is lost in a second at exactly the limit.
    LevelAlarmParams, "level_alarm" {
        /// What a false alarm costs. The operator looks up, slows down by a tenth for a minute or so, and believes the
        /// next alarm less. A loss at twice the limit costs as much in this many seconds.
        false_alarm_cost: "s" = 1.5, "assumed, of 0.5 to 13 in the simulator: fewer heavy losses are missed, at less than one false alarm an hour";
        /// What silence costs for each second of a loss at the limit that is lost beyond the limit: a missed heavy loss
        /// (half a limit too much, for ten seconds) costs five of them at this weight.
        silence_weight: "1" = 1.0, "our choice: the unit of the costs";
        /// What is lost less than the limit pays this much of the cost of silence back: grain that is lost does not come
        /// back, and a good minute makes up for less than it saves.
        calm_weight: "1" = 0.4, "our choice, of 0.4 to 1 in the simulator: at 0.4 the alarm misses a quarter to two fifths of the heavy losses that it misses at 0.7, and is on for 1 to 2 minutes an hour more while less than 0.7 of the limit is lost";
        /// A loss beyond the limit counts as this many limits at most: the far tail of an uncertain loss is no evidence.
        max_excess: "1" = 2.0, "our choice, of 1 to 4 in the simulator";
        /// The cost of silence goes no higher than this many false alarms, so that it comes back in time.
        max_cost: "1" = 1.25, "our choice";
        /// The alarm says "above" from this probability on that the loss is above the limit; below, "may be above".
        above_probability: "1" = 0.88, "our choice";
        /// Far above is above this many limits: the heavy loss that must be told.
        far_times: "1" = 1.5, "definition of a heavy loss";
        /// The alarm says "far above" from this probability on.
        far_probability: "1" = 0.8, "our choice";
        /// A lower word replaces a higher one after this long, so that the word does not flutter.
        word_hold_s: "s" = 10.0, "our choice";
        /// For this long after the header goes down the loss counts only where it is above the limit, since crop needs up
        /// to 8 s to the rear, and 5 s more until the figures have settled: what is not yet lost behind is no good sign.
        settle_s: "s" = 13.0, "our choice";
        /// Sensors that fail within this time after a level alarm of level 2 raise a high alarm: longer than the
        /// detection of the failure takes (10 s, and 3 s of the estimator).
        recent_alarm_s: "s" = 30.0, "our choice";
    }
}

group! {
    /// The step alarm (a cumulative sum) and the relative alarm.
    StepAlarmParams, "step_alarm" {
        /// Mean and spread are those of this much cutting.
        memory_s: "s" = 300.0, "our choice";
        /// The sum is judged after this much cutting.
        judge_after_s: "s" = 180.0, "our choice";
        /// The spread (log sd) is taken as at least this: half of it is what 10 % in feed rate do at an elasticity of
        /// 1.9.
        min_sd: "1" = 0.3, "assumed";
        /// The loss is a mean over this time, which is the step of the sum.
        block_s: "s" = 10.0, "window of the loss share";
        /// The change to be detected, as a logarithm: a doubling.
        step_log: "1" = std::f64::consts::LN_2, "our choice";
        /// Threshold of the sum, in standard deviations times blocks: at most one false alarm in four hours of steady
        /// cutting.
        threshold: "1" = 2.5, "Siegmund 1985, and simulation (see the tests)";
        /// The sum goes no higher than this many thresholds, so that it comes back in time.
        max_sum: "1" = 1.5, "our choice";
        /// A loss that is less likely than this to be above the limit raises no alarm by rising.
        min_probability: "1" = 0.2, "our choice: a little less likely than what raises the level alarm";
        /// The relative alarm is raised where the loss is above what is typical at its load by this logarithm: a factor
        /// of 2.
        relative_raise_log: "1" = std::f64::consts::LN_2, "our choice";
        /// It is cleared below this logarithm: a factor of 1.5.
        relative_clear_log: "1" = 0.405, "our choice";
    }
}

group! {
    /// An engine that is about to stall under the crop.
    EmergencyParams, "emergency" {
        /// About to stall is below this share of the engine's usual speed of cutting: combines keep within 17 r/min of
        /// a droop line about 8 % long; this is three times as deep as full load takes it.
        stalling_share: "1" = 0.75, "our choice";
        /// Above this share it has recovered.
        recovered_share: "1" = 0.85, "our choice";
        /// The usual speed is a mean over this much cutting without lugging.
        memory_s: "s" = 120.0, "our choice";
        /// It is known after this much.
        usual_after_s: "s" = 20.0, "our choice";
    }
}

group! {
    /// Signals that have failed, and a silent bus.
    SignalAlarmParams, "signal_alarm" {
        /// The machine is at work for this long after it last cut: one that is switched off for lunch is not at fault.
        at_work_s: "s" = 300.0, "assumed";
    }
}
