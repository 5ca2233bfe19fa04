//! A ground speed in the wrong unit: km/h taken for m/s, or miles.

use crate::machine::channel::Channel;
use crate::machine::reading::Readings;
use crate::math::{cos, hypot};
use crate::time::{SECOND_US, us_to_s};

/// Speed and positions are compared over stretches of this length as the crow flies, m: well above a receiver's noise.
const STRETCH_M: f64 = 15.0;
/// ... or as soon as the speed makes this much of one: it is far too high then, or the machine goes in a circle.
const LONGEST_M: f64 = 100.0;
/// A position that is this far from the last one is a jump, m.
const JUMP_M: f64 = 10.0;
/// The two agree within this factor: slip of wheels and curves are less, km/h for m/s is 3.6, miles are 2.2 or 1.6.
const AGREE: f64 = 1.4;
/// So many stretches on end that all disagree the same way: more than a turn.
const STRETCHES: i32 = 6;

/// While it cuts, the median speed over this time is looked at, µs.
const MEDIAN_US: i64 = 600 * SECOND_US;
/// No combine works for so long below 1.3 km/h or above 16 km/h, m/s.
const WORKING_M_S: std::ops::RangeInclusive<f64> = 0.35..=4.5;
/// A drum that is not driven does not stay above this speed, r/min.
pub(super) const THRESHER_TURNS_RPM: f64 = 300.0;
/// Slower than this it stands, m/s.
const STANDS_M_S: f64 = 0.05;
/// A header below this works, where no flag says so, m (Wang et al.).
const DOWN_BELOW_M: f64 = 0.5;

/// Compares the speed with the way between positions.
#[derive(Clone, Debug, Default)]
pub(super) struct SpeedAgainstPosition {
    from: Option<(f64, f64)>,
    last: Option<(f64, f64)>,
    driven_m: f64,
    /// Stretches on end in which the speed was too high (positive) or too low (negative).
    disagree: i32,
    /// A stretch has been compared: positions say what the speed is.
    pub is_known: bool,
}

impl SpeedAgainstPosition {
    /// One step; whether the two contradict each other.
    pub fn step(&mut self, now: &Readings, step_us: i64) -> bool {
        let (Some(speed), Some(latitude), Some(longitude)) =
            (now.value(Channel::GroundSpeed), now.value(Channel::GnssLatitude), now.value(Channel::GnssLongitude))
        else {
            (self.from, self.last) = (None, None);
            return self.contradicts();
        };
        let here = (latitude, longitude);
        let jumped = self.last.replace(here).is_some_and(|last| distance_m(last, here) > JUMP_M);
        let Some(from) = self.from.filter(|_| !jumped && step_us > 0) else {
            (self.from, self.driven_m) = (Some(here), 0.0);
            return self.contradicts();
        };
        self.driven_m += speed * us_to_s(step_us);
        let way_m = distance_m(from, here);
        if way_m >= STRETCH_M || self.driven_m >= LONGEST_M {
            self.disagree = if self.driven_m > AGREE * way_m {
                self.disagree.clamp(0, STRETCHES) + 1
            } else if way_m > AGREE * self.driven_m {
                self.disagree.clamp(-STRETCHES, 0) - 1
            } else {
                0
            };
            (self.from, self.driven_m, self.is_known) = (Some(here), 0.0, true);
        }
        self.contradicts()
    }

    const fn contradicts(&self) -> bool {
        self.disagree.abs() >= STRETCHES
    }
}

/// Looks at the median speed of ten minutes of cutting.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkingSpeed {
    cut_us: i64,
    /// Of it, below and above the speeds that combines work at.
    below_us: i64,
    above_us: i64,
    doubtful: bool,
}

impl WorkingSpeed {
    /// One step; whether the speed is doubtful.
    pub fn step(&mut self, now: &Readings, step_us: i64) -> bool {
        let down = now
            .flag(Channel::HeaderBelowWorkHeight)
            .or_else(|| now.value(Channel::HeaderHeight).map(|height_m| height_m < DOWN_BELOW_M));
        let driven = now.flag(Channel::ThresherEngaged) != Some(false)
            && now.value(Channel::ThresherSpeed).is_none_or(|rpm| rpm > THRESHER_TURNS_RPM)
            && now.value(Channel::FeedRate).is_none_or(|feed_kg_s| feed_kg_s > 0.0);
        let speed = now.value(Channel::GroundSpeed).filter(|&speed| speed > STANDS_M_S);
        let Some(speed) = speed.filter(|_| down == Some(true) && driven) else { return self.doubtful };
        self.cut_us += step_us;
        self.below_us += if speed < *WORKING_M_S.start() { step_us } else { 0 };
        self.above_us += if speed > *WORKING_M_S.end() { step_us } else { 0 };
        // More than half of the ten minutes: the median is known before they are over.
        let outside = self.below_us.max(self.above_us) * 2 > MEDIAN_US;
        if outside || self.cut_us >= MEDIAN_US {
            self.doubtful = outside;
            (self.cut_us, self.below_us, self.above_us) = (0, 0, 0);
        }
        self.doubtful
    }
}

/// Between two nearby places of latitude and longitude in degrees; on a sphere of 6371 km, plane geometry.
pub(super) fn distance_m((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    const M_PER_DEGREE: f64 = 6_371_000.0 * std::f64::consts::PI / 180.0;
    let north = (lat_b - lat_a) * M_PER_DEGREE;
    let east = (lon_b - lon_a) * M_PER_DEGREE * cos(lat_a.to_radians());
    hypot(north, east)
}
