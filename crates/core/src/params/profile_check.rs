//! When `machine check` doubts a quantity, and when it calls it wrong.

group! {
    /// Limits of the judgement of a profile by a log.
    ProfileCheckParams, "profile_check" {
        /// Less work than this in the log judges nothing that only work shows.
        least_work_s: "s" = 120.0, "our choice";
        /// Nothing has been cut for this long: the machine has emptied; grain is seen to fall off over 10 to 14 s.
        settled_s: "s" = 20.0, "our choice";
        /// At least so many settled seconds without cutting tell what a signal shows then.
        least_idle_s: "s" = 15.0, "our choice";
        /// Faster than this the machine moves (1 km/h).
        moving_m_s: "m/s" = 1.0 / 3.6, "assumed";
        /// A header above this height is in transport and cuts nothing.
        transport_m: "m" = 0.6, "Wang et al.: 0.5, and a margin";
        /// A header below this height works, where nothing else says so.
        work_m: "m" = 0.5, "Wang et al.";
        /// Heights at work and in transport lie at least so far apart.
        levels_apart_m: "m" = 0.25, "assumed";
        /// A measured value that differs from that of the second before in fewer of the seconds of work only steps.
        steps_share: "1" = 0.02, "our choice";
        /// The other quantity moves when it differs from the second before in so many of the seconds of work.
        moves_share: "1" = 0.2, "our choice";
        /// More of the looks than this are implausible: doubtful.
        implausible_doubtful: "1" = 0.02, "our choice";
        /// More of the looks than this are implausible: wrong.
        implausible_wrong: "1" = 0.2, "our choice";
        /// More of the looks than this have no value, for whatever other reason: doubtful.
        missing_doubtful: "1" = 0.1, "our choice";
        /// More of the looks than this are stale, since the frames come more seldom than the timeout allows: wrong.
        stale_wrong: "1" = 0.5, "our choice";
        /// A speed, height or flow that comes more seldom than this is too slow for the estimate.
        slowest_s: "s" = 2.5, "our choice: a step of the estimate is 0.1 s, a row 1 s";
        /// Lowest engine speed at work.
        engine_least_rpm: "r/min" = 600.0, "below any idle speed of a combine's engine: 750 to 900 in makers' data, and a margin";
        /// Highest engine speed at work.
        engine_most_rpm: "r/min" = 2600.0, "above high idle of the fastest of the simulator's machines, 2560";
        /// More of the working seconds than this outside of the usual range: wrong for speeds and engine, else doubtful.
        outside_share: "1" = 0.2, "our choice";
        /// Slowest median speed of cutting (1.3 km/h).
        speed_least_m_s: "m/s" = 0.35, "our choice";
        /// Fastest median speed of cutting (16 km/h).
        speed_most_m_s: "m/s" = 4.5, "our choice";
        /// A satellite receiver's speed is compared above this.
        gnss_from_m_s: "m/s" = 0.5, "our choice";
        /// ... over blocks of this length.
        gnss_block_s: "s" = 10.0, "our choice";
        /// ... if there are so many of them.
        gnss_blocks: "1" = 6.0, "our choice";
        /// Up to this factor off the receiver's speed is good: slip of the wheels.
        gnss_good: "1" = 1.12, "slip of driven wheels on a field, to 12 %; assumed";
        /// Beyond this factor off it is wrong.
        gnss_wrong: "1" = 1.4, "as in the comparison of readings: slip and curves are less, miles are 1.6";
        /// A ratio within this share of a known factor (3.6, 1.609 and so on) is called by it.
        factor_near: "1" = 0.08, "our choice";
        /// How much likelier a larger value must be under one state than under the other to go with it (Mann-Whitney).
        goes_with: "1" = 0.7, "our choice";
        /// ... and below which it goes against it.
        goes_against: "1" = 0.3, "our choice";
        /// Crop comes in above this share of what usually comes in.
        fed_share: "1" = 0.15, "our choice";
        /// In more of the settled seconds than this crop comes in without cutting: doubtful.
        idle_fed_doubtful: "1" = 0.25, "our choice";
        /// In more of them: wrong.
        idle_fed_wrong: "1" = 0.6, "our choice";
        /// In more of the seconds of cutting than this nothing comes in: wrong for feed, doubtful for others.
        cut_empty_share: "1" = 0.6, "our choice";
        /// A plate that counts more without grain than this share of what it counts at work: wrong. Half of it: doubtful.
        idle_count_share: "1" = 0.8, "our choice";
        /// ... if it counts at least so many a second.
        idle_count_per_s: "1/s" = 2.0, "our choice";
        /// Variance over mean of kernels in blocks: kernels come by chance, so it is 1 or more; areas and masses add up evenly.
        least_scatter: "1" = 0.35, "Poisson statistics, and a margin";
        /// Drum and fan run at the speed that they are set to: tenth to ninth decile at work over the median.
        shaft_spread: "1" = 0.5, "our choice";
        /// Feed comes within this time of the cut.
        feed_lag_most_s: "s" = 7.0, "assumed";
        /// Grain comes to the yield sensor no sooner than this.
        flow_lag_least_s: "s" = 3.0, "assumed; 10 to 14 s are usual";
        /// In more of the working seconds than this a driven gear must be driven.
        driven_share: "1" = 0.8, "our choice";
        /// A reel has stopped this long after its drive was let go.
        runs_down_s: "s" = 4.0, "assumed";
        /// A counter fell so often beyond wraps, as a share of its changes: wrong.
        falls_share: "1" = 0.02, "our choice";
        /// Header widths that are this share off the profile's own are doubtful.
        width_off: "1" = 0.5, "our choice";
        /// Moisture moves by no more than this between its first and last decile in one field.
        moisture_spread: "1" = 0.12, "our choice";
    }
}
