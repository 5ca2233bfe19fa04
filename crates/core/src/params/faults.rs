//! Loss plates whose counts cannot be used.

group! {
    /// A plate that is stuck, or that counts next to nothing beside its neighbour.
    PlateFaultParams, "plate_faults" {
        /// A plate stays out for this long after the reason has gone.
        stays_out_s: "s" = 20.0, "our choice";
        /// A stuck plate counts at least this many kernels a second: chance alone would spread so many by their square
        /// root.
        stuck_from_per_s: "1/s" = 3.0, "Poisson statistics";
        /// Thirty seconds whose counts all lie within this share of their mean are those of a stuck plate.
        stuck_spread: "1" = 0.02, "Poisson statistics";
        /// ... if the feed rate has moved by this share of its mean meanwhile.
        feed_moved: "1" = 0.15, "assumed";
        /// Below this share of what both plates count, a plate is the low one of a pass; on a 9 % slope the downhill
        /// plate counts up to nine tenths of both.
        low_share: "1" = 0.07, "assumed";
        /// The neighbour must have counted this many kernels in the pass.
        pass_kernels: "1" = 60.0, "assumed";
        /// The pass must have been this long.
        pass_s: "s" = 30.0, "assumed";
        /// A pass is over when the machine has not cut for this long.
        pass_ends_after_s: "s" = 5.0, "assumed";
        /// Without turns, cutting is divided into pieces this long.
        piece_s: "s" = 300.0, "assumed";
        /// Low in this many passes on end, so in both directions, is a fault.
        low_passes: "1" = 3.0, "assumed";
        /// One pass above this share ends the fault.
        well_share: "1" = 0.12, "assumed";
    }
}

group! {
    /// A plate that has come to count less beside its neighbour than it used to: fouled, or its gain has fallen.
    FoulingParams, "fouling" {
        /// Cutting is divided into legs of this length; a turn ends a leg early.
        leg_s: "s" = 60.0, "our choice";
        /// A shorter leg tells nothing.
        leg_least_s: "s" = 20.0, "our choice";
        /// So many kernels of both plates make a leg; it goes on until then, at most for `leg_most_s`.
        leg_kernels: "1" = 60.0, "our choice";
        /// A leg with fewer kernels than `leg_kernels` in this time is dropped.
        leg_most_s: "s" = 300.0, "our choice";
        /// The machine has left the crop when it has not cut for this long.
        leg_ends_after_s: "s" = 5.0, "assumed";
        /// One plate with less than this share of its neighbour's kernels is silent, which is found in seconds elsewhere.
        silent_share: "1" = 0.01, "our choice";
        /// How two sound plates differ, log standard deviation: gain and mounting.
        gain_sd: "1" = 0.35, "assumed";
        /// How much more a slope may throw to one side in one direction than in the other, log standard deviation.
        slope_sd: "1" = 0.7, "assumed; on 9 % the ratio is up to 9, ln 9 = 2.2";
        /// Scatter of a leg's ratio beyond chance of counting, log standard deviation: grain comes in patches and leans.
        leg_sd: "1" = 0.2, "assumed";
        /// Drift of a sound plate from leg to leg, log standard deviation: dust.
        gain_drift: "1" = 0.01, "assumed";
        /// Change of the slope from leg to leg, log standard deviation.
        slope_drift: "1" = 0.05, "assumed";
        /// A single leg counts for at most so many standard deviations.
        most_sds: "1" = 3.0, "our choice";
        /// The sum counts what lies beyond so many standard deviations.
        slack_sds: "1" = 1.0, "cumulative sum, Page 1954: half the shift to be found";
        /// Above this sum the plate is at fault: with normal scatter once in exp(2 x 1 x 7) = 1e6 legs.
        threshold: "1" = 7.0, "Siegmund 1985";
        /// The ratio must have fallen by this logarithm at least: to two thirds.
        least_change: "1" = 0.4, "our choice";
        /// The legs point in different directions when their mean direction is shorter than this.
        directions: "1" = 0.7, "our choice";
        /// In one direction only, the other path's sum on the same side must have stayed below this share of the threshold: a slope
        /// moves both paths.
        other_path_share: "1" = 0.4, "our choice";
        /// Within this logarithm of its former ratio a plate counts well again ...
        well_change: "1" = 0.25, "our choice";
        /// ... in this many legs on end.
        well_legs: "1" = 2.0, "our choice";
    }
}

group! {
    /// A plate that counts although nothing has been cut for long.
    IdlePlateParams, "idle_plate" {
        /// The machine has emptied this long after it last cut; grain is seen to fall off over 10 to 14 s.
        empty_after_s: "s" = 40.0, "our choice";
        /// Its counts are looked at over so long.
        look_s: "s" = 20.0, "our choice";
        /// It counts at least so many kernels a second without grain ...
        noise_rate_s: "1/s" = 2.0, "our choice";
        /// ... and more than this share of what it counts at work.
        noise_share: "1" = 0.5, "our choice";
        /// What it counts at work is averaged over so long.
        work_s: "s" = 60.0, "our choice";
    }
}

group! {
    /// A signal that stands still, to the last digit, while it must move.
    StuckSignalParams, "stuck_signal" {
        /// Standing still counts while the machine drives faster than this.
        driving_m_s: "m/s" = 0.5, "our choice";
        /// How long a signal usually stands still is known after it was watched for so long.
        known_after_s: "s" = 120.0, "our choice";
        /// The header height is stuck after this long: a header follows the ground.
        height_s: "s" = 30.0, "assumed";
        /// Speeds and flows are stuck after this long: a hydrostat and a governor hold them, but not to the digit.
        others_s: "s" = 180.0, "assumed";
        /// And after so many times the longest that it has stood still before: displays round.
        times_longest: "1" = 5.0, "our choice";
        /// That longest time counts for no more than this.
        longest_most_s: "s" = 120.0, "our choice";
        /// The header flag has changed so often while the height stood still: down, up.
        flag_changes: "1" = 2.0, "our choice";
    }
}
