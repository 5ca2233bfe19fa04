//! What the machine is doing: limits of speed, turning, header height, crop, engine and gear.

use std::f64::consts::PI;

group! {
    /// Stopped, on the road, cutting, turning, and the flags beside them.
    ActivityParams, "activity" {
        /// Slower than this the machine stands, from this speed on it moves.
        moving_from_m_s: "m/s" = 0.15, "our choice";
        /// Slower than this (1 km/h) nothing is cut.
        cutting_from_m_s: "m/s" = 1.0 / 3.6, "assumed";
        /// Where only the speed can say whether the machine cuts: faster than this no combine does (11 km/h).
        cutting_to_m_s: "m/s" = 3.1, "our choice";
        /// Cutting in a curve begins above this turning rate (5 degrees a second).
        curve_rad_s: "rad/s" = 5.0 * PI / 180.0, "measured headland turns of two combines";
        /// A curve ends below this share of the rate at which it began.
        curve_end_share: "1" = 0.9, "assumed";
        /// A wide corner is a curve as well: the heading has changed by this much within six seconds (21 degrees) ...
        corner_rad: "rad" = 21.0 * PI / 180.0, "assumed";
        /// ... and still changes at this rate (3.8 degrees a second).
        corner_rad_s: "rad/s" = 3.8 * PI / 180.0, "assumed";
        /// A wide corner ends below this turning rate (3.5 degrees a second).
        corner_end_rad_s: "rad/s" = 3.5 * PI / 180.0, "assumed";
        /// A course over ground has a meaning above this speed.
        course_from_m_s: "m/s" = 0.3, "assumed";
        /// A raised header may be a turn within this time of driving after the last cutting; turns take 10 to 40 s.
        turn_within_s: "s" = 60.0, "our choice";
        /// Faster than this with the header up is transport, not a turn.
        road_from_m_s: "m/s" = 4.0, "our choice";
        /// Straight on for this long with the header up is no turn.
        straight_s: "s" = 15.0, "our choice";
        /// A turn has changed the heading by this much since the header was raised (20 degrees).
        turn_rad: "rad" = 20.0 * PI / 180.0, "our choice";
        /// Where only the speed can say: this long straight on at a working speed is cutting, the first time.
        steady_first_s: "s" = 8.0, "assumed";
        /// The same once it has been taken for cutting before, or the gear is known to be driven.
        steady_s: "s" = 1.5, "assumed";
        /// Crop is coming in above this share of the rated feed rate: the engine is judged then.
        feeding_share: "1" = 0.12, "assumed";
        /// On-delay of "crop comes in" where the header's state is not known.
        crop_on_s: "s" = 0.3, "assumed";
        /// Off-delay of the same.
        crop_off_s: "s" = 0.6, "assumed";
        /// On-delay and off-delay of turning.
        turning_delay_s: "s" = 0.5, "assumed";
        /// On-delay of cutting in a curve.
        turning_cut_on_s: "s" = 0.3, "assumed";
        /// Off-delay of the same.
        turning_cut_off_s: "s" = 0.2, "assumed";
        /// On-delay of the operator fault of the corners: longer than a swerve.
        corner_on_s: "s" = 1.5, "assumed";
        /// Off-delay of the same.
        corner_off_s: "s" = 2.0, "assumed";
        /// On-delay and off-delay of lugging.
        lugging_delay_s: "s" = 0.4, "assumed";
        /// On-delay of the operator fault of the throttle.
        throttle_on_s: "s" = 3.0, "assumed";
        /// Off-delay of the same.
        throttle_off_s: "s" = 2.0, "assumed";
        /// The tank's level is compared with what it was this long ago.
        tank_over_s: "s" = 5.0, "assumed";
        /// The tank is being emptied when it falls by this share of a full tank each second; tanks are emptied within
        /// one to five minutes.
        tank_falls_per_s: "1/s" = 0.002, "assumed";
    }
}

group! {
    /// Turning rate, from the course over ground or from positions.
    CourseParams, "course" {
        /// Noise of the turning rate above this asks for a longer window: a quarter of what counts as a curve.
        max_noise_rad_s: "rad/s" = 1.25 * PI / 180.0, "assumed";
        /// The noise of a course is learned over this many samples.
        noise_samples: "1" = 100.0, "our choice";
        /// Noise of a course before anything has been learned: that of an ordinary receiver (0.5 degrees).
        initial_noise_rad: "rad" = 0.5 * PI / 180.0, "our choice";
        /// Without a sample for this long, the turning rate is not known.
        lost_after_s: "s" = 3.5, "assumed";
        /// Two positions this far apart give a direction; nearer, the receiver's own noise would make it.
        position_step_m: "m" = 0.7, "our choice";
        /// Two positions further apart than this are a jump of the receiver, not driving.
        position_jump_m: "m" = 60.0, "assumed";
    }
}

group! {
    /// Whether the header is at work.
    HeaderPositionParams, "header_position" {
        /// The header is down below this height, while nothing better has been learned.
        down_below_m: "m" = 0.5, "Wang et al.";
        /// Hysteresis about that height.
        hysteresis_m: "m" = 0.05, "assumed";
        /// A header this much above the height at which crop was cut lately is up: more than it moves while it follows
        /// the ground, less than it is lifted.
        lifted_m: "m" = 0.3, "our choice";
        /// The height at which crop was cut lately is a mean over this time.
        lately_s: "s" = 20.0, "assumed";
        /// The feeder runs empty within this time after the header was raised: crop that comes for longer is being cut.
        feeder_empty_s: "s" = 4.0, "assumed";
        /// A header raised by this much since it last worked is up, whatever comes in.
        raised_m: "m" = 0.15, "assumed";
        /// A header flag that was found wrong is not used for this long.
        distrust_s: "s" = 900.0, "our choice";
        /// A header that is down and brings no crop for this long cuts nothing: longer than a gap in the crop.
        no_crop_s: "s" = 8.0, "our choice";
        /// A header just lowered waits for its crop no longer than this: operators lower it some metres ahead, and the
        /// feeder shows crop a second or more late.
        wait_s: "s" = 1.5, "assumed";
        /// On-delay and off-delay of "down".
        delay_s: "s" = 0.3, "assumed";
        /// The heights at work and in transport must lie this far apart to be told from each other.
        levels_apart_m: "m" = 0.25, "assumed";
    }
}

group! {
    /// Whether crop is coming in, by the feed-rate sensor or the engine's load.
    CropEvidenceParams, "crop_evidence" {
        /// The usual feed rate at work is learned over this time.
        usual_s: "s" = 60.0, "assumed";
        /// Above this share of the usual feed rate crop is coming in.
        fed_share: "1" = 0.25, "our choice";
        /// The same where only the crop says whether the machine cuts.
        third_share: "1" = 0.35, "our choice";
        /// Below this share of the usual feed rate certainly no crop is coming in.
        not_fed_share: "1" = 0.06, "our choice";
        /// Before the usual feed rate is known: crop is coming in above this share of the rated one.
        fed_share_of_rated: "1" = 0.1, "assumed";
        /// Before the usual feed rate is known: certainly none is coming in below this share of the rated one.
        not_fed_share_of_rated: "1" = 0.02, "assumed";
        /// Learning begins from at least this share of the rated feed rate, and takes in what is above this share of
        /// the usual one.
        learn_from_share: "1" = 0.3, "assumed";
        /// The engine's load is smoothed over this time.
        load_smooth_s: "s" = 1.0, "assumed";
        /// Above this share of the way from the load without crop to the load with crop, crop is coming in ...
        loaded_on_share: "1" = 0.5, "assumed";
        /// ... and still is above this one.
        loaded_off_share: "1" = 0.4, "assumed";
        /// The loads with and without crop must lie this far apart to be told from each other.
        levels_apart: "1" = 0.15, "assumed";
    }
}

group! {
    /// Two levels in a histogram: working and transport height, load with and without crop.
    TwoLevelsParams, "two_levels" {
        /// Each level must have been seen for this long.
        seen_s: "s" = 15.0, "assumed";
        /// A side of the usual value where less than this share of the time was spent counts as never visited.
        stray_share: "1" = 0.02, "assumed";
        /// The limit between the two lies this share of the way from the lower to the upper level.
        split_share: "1" = 0.4, "assumed";
    }
}

group! {
    /// The engine's droop line, lugging, and an engine throttled back.
    EngineParams, "engine" {
        /// Engine speed falls by this much from no load to full load; -1.9 and -2.1 r/min for each per cent of load.
        droop_rpm: "r/min" = 200.0, "measured on two maize combines";
        /// Load where the bus does not carry it.
        usual_load: "1" = 0.75, "assumed";
        /// Lugging is below rated speed by this share: drum, fan and sieves are then that much slower.
        lugging_share: "1" = 0.05, "our choice";
        /// ... and below full-load speed on the droop line by this share; a governor holds a working engine within 3 %.
        lugging_line_share: "1" = 0.03, "our choice";
        /// Lugging ends this much nearer to rated speed than it begins.
        lugging_hysteresis: "1" = 0.005, "our choice";
        /// Below the droop line by this share is throttled back: three standard deviations of the scatter about the
        /// line, 13 to 17 r/min, on a 2200 r/min engine.
        off_line_share: "1" = 0.022, "measured scatter about the droop line";
        /// Where the scatter is wider, as with another droop: this many standard deviations, and never more than
        /// lugging.
        off_line_sds: "1" = 3.0, "assumed";
        /// The scatter is learned over this time.
        scatter_s: "s" = 300.0, "assumed";
        /// The lever counts as full above this share of the furthest position seen.
        full_lever_share: "1" = 0.95, "assumed";
        /// The droop line is learned downward over this time ...
        learn_down_s: "s" = 900.0, "assumed";
        /// ... and upward over this: an engine that is held back must not become the usual one.
        learn_up_s: "s" = 20.0, "assumed";
        /// The droop line is learned above this share of rated speed only.
        learn_from_share: "1" = 0.7, "assumed";
        /// Full lever, load below this, and slower than lugging: the rated speed in the profile is wrong.
        light_load: "1" = 0.6, "assumed";
        /// It is corrected after this long.
        correct_rating_s: "s" = 20.0, "assumed";
        /// Only where the lever was seen this far out.
        correct_rating_lever: "1" = 0.9, "assumed";
        /// Only above this share of the rated speed.
        correct_rating_from_share: "1" = 0.5, "assumed";
        /// Engine speed is smoothed with this time constant: single readings scatter.
        smooth_s: "s" = 0.5, "assumed";
    }
}

group! {
    /// The driven gear: running, running empty, plugged.
    GearParams, "gear" {
        /// The threshing drum is driven above this speed.
        drum_rpm: "r/min" = 200.0, "assumed";
        /// The feeder house is driven above this speed.
        feeder_rpm: "r/min" = 50.0, "assumed";
        /// Without crop for this long the gear runs empty; grain is seen to fall off over 10 to 14 s after the header
        /// was raised.
        empty_after_s: "s" = 12.0, "assumed";
        /// A drum or feeder house this much slower against the engine than usual has its belts slipping.
        slip_share: "1" = 0.8, "our choice";
        /// Nearer to the usual than this, it is free again.
        free_share: "1" = 0.92, "our choice";
        /// An engine pulled down to this share of its rated speed is about to stall.
        stall_share: "1" = 0.6, "our choice";
        /// Crop can have plugged the machine only this long after it last came in.
        crop_within_s: "s" = 10.0, "assumed";
        /// The usual ratio to the engine is learned over this time of cutting ...
        usual_s: "s" = 60.0, "assumed";
        /// ... and known after this.
        known_after_s: "s" = 20.0, "assumed";
        /// On-delay of "plugged".
        on_delay_s: "s" = 0.8, "assumed";
        /// A ratio to the engine is formed above this engine speed.
        engine_from_rpm: "r/min" = 300.0, "assumed";
    }
}
