//! Readings that contradict each other: a wrong mapping can give plausible values, and only the comparison with another
//! channel shows it.
//!
//! An inconsistency is reported and removes no value: which of the two channels is wrong, a technician must find out.

use super::channel::Channel;
use super::reading::Readings;
use crate::math::{cos, hypot};
use crate::time::{SECOND_US, us_to_s};

/// A contradiction is reported after it has lasted this long, µs: machines pass through transitional states (our choice,
/// as all limits here).
const LASTS_US: i64 = 10 * SECOND_US;
/// Above this ground speed the machine drives, m/s.
const DRIVES_M_S: f64 = 1.0;
/// Below this ground speed the machine stands, m/s.
const STANDS_M_S: f64 = 0.1;
/// Below this speed an engine is stopped, r/min: none idles so slowly (assumed).
const ENGINE_STANDS_RPM: f64 = 100.0;
/// A drum that is not driven does not stay above this speed, r/min.
const THRESHER_TURNS_RPM: f64 = 300.0;
/// The header height changes at least a little within this time of driving, µs.
const HEADER_MOVES_US: i64 = 120 * SECOND_US;
/// Ground speed from which driving counts for it, m/s.
const FIELD_M_S: f64 = 0.5;
/// The reel counts as adjusted when its speed has changed by this much, r/min.
const REEL_CHANGES_RPM: f64 = 2.0;
/// GNSS positions of a standing machine lie within this distance, m.
const POSITION_WANDERS_M: f64 = 10.0;
/// A longer time between two steps is a gap, µs.
const LONGEST_STEP_US: i64 = SECOND_US;

/// A contradiction between two channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inconsistency {
    /// The machine drives, and its engine stands.
    DrivesWithoutEngine,
    /// The machine stands, and its position moves.
    StandsAndMoves,
    /// The drum turns, and the flag says that it is not driven.
    ThresherTurnsUndriven,
    /// The header height has not changed at all while the machine drove and the reel was adjusted.
    HeaderHeightFrozen,
}

impl Inconsistency {
    /// Every kind of inconsistency.
    pub const ALL: [Self; 4] =
        [Self::DrivesWithoutEngine, Self::StandsAndMoves, Self::ThresherTurnsUndriven, Self::HeaderHeightFrozen];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DrivesWithoutEngine => "drives-without-engine",
            Self::StandsAndMoves => "stands-and-moves",
            Self::ThresherTurnsUndriven => "thresher-turns-undriven",
            Self::HeaderHeightFrozen => "header-height-frozen",
        }
    }

    /// The two channels of which one is probably mapped wrongly, the more likely one first.
    pub const fn channels(self) -> [Channel; 2] {
        match self {
            Self::DrivesWithoutEngine => [Channel::EngineSpeed, Channel::GroundSpeed],
            Self::StandsAndMoves => [Channel::GroundSpeed, Channel::GnssLatitude],
            Self::ThresherTurnsUndriven => [Channel::ThresherEngaged, Channel::ThresherSpeed],
            Self::HeaderHeightFrozen => [Channel::HeaderHeight, Channel::ReelSpeed],
        }
    }
}

/// Looks for contradictions, step by step.
#[derive(Clone, Debug, Default)]
pub struct ConsistencyCheck {
    then_us: Option<i64>,
    /// For each inconsistency, how long the contradiction has lasted now.
    lasting_us: [i64; Inconsistency::ALL.len()],
    /// For each inconsistency, how long it has lasted in all.
    total_us: [i64; Inconsistency::ALL.len()],
    /// Where the machine stopped: latitude and longitude, degrees.
    stopped_at: Option<(f64, f64)>,
    header: Option<StillHeader>,
}

/// A header height that has not changed yet.
#[derive(Clone, Copy, Debug)]
struct StillHeader {
    height_m: f64,
    driven_us: i64,
    reel: (f64, f64),
}

impl ConsistencyCheck {
    /// A check that has taken no readings yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the readings of one step, usually 100 ms after the last.
    pub fn take(&mut self, now: &Readings) {
        let elapsed_us = self.then_us.replace(now.t_us).map_or(0, |then_us| now.t_us - then_us);
        // The time of a gap is not counted.
        let step_us = if (0..=LONGEST_STEP_US).contains(&elapsed_us) { elapsed_us } else { 0 };
        let header = self.header_seems_frozen(now, step_us);
        let holds = [drives_without_engine(now), self.stands_and_moves(now), thresher_turns_undriven(now), header];
        for (at, holds) in holds.into_iter().enumerate() {
            let before_us = self.lasting_us[at];
            self.lasting_us[at] = if holds { before_us + step_us } else { 0 };
            if self.lasting_us[at] >= LASTS_US {
                // The seconds before the limit was reached count as well.
                self.total_us[at] += if before_us < LASTS_US { self.lasting_us[at] } else { step_us };
            }
        }
    }

    /// The inconsistencies so far, each with its total duration, s.
    pub fn found(&self) -> impl Iterator<Item = (Inconsistency, f64)> + '_ {
        Inconsistency::ALL
            .into_iter()
            .zip(self.total_us)
            .filter(|(_, us)| *us > 0)
            .map(|(inconsistency, us)| (inconsistency, us_to_s(us)))
    }

    fn stands_and_moves(&mut self, now: &Readings) -> bool {
        let (Some(speed), Some(latitude), Some(longitude)) =
            (now.value(Channel::GroundSpeed), now.value(Channel::GnssLatitude), now.value(Channel::GnssLongitude))
        else {
            return false;
        };
        if speed >= STANDS_M_S {
            self.stopped_at = None;
            return false;
        }
        let stopped_at = *self.stopped_at.get_or_insert((latitude, longitude));
        distance_m(stopped_at, (latitude, longitude)) > POSITION_WANDERS_M
    }

    fn header_seems_frozen(&mut self, now: &Readings, step_us: i64) -> bool {
        let (Some(height_m), Some(reel), Some(speed)) =
            (now.value(Channel::HeaderHeight), now.value(Channel::ReelSpeed), now.value(Channel::GroundSpeed))
        else {
            return false;
        };
        let fresh = StillHeader { height_m, driven_us: 0, reel: (reel, reel) };
        let still = self.header.get_or_insert(fresh);
        if still.height_m != height_m {
            *still = fresh;
        } else if speed > FIELD_M_S {
            still.driven_us += step_us;
            still.reel = (still.reel.0.min(reel), still.reel.1.max(reel));
        }
        speed > FIELD_M_S && still.driven_us >= HEADER_MOVES_US && still.reel.1 - still.reel.0 >= REEL_CHANGES_RPM
    }
}

fn drives_without_engine(now: &Readings) -> bool {
    now.value(Channel::GroundSpeed).is_some_and(|speed| speed > DRIVES_M_S)
        && now.value(Channel::EngineSpeed).is_some_and(|speed| speed < ENGINE_STANDS_RPM)
}

fn thresher_turns_undriven(now: &Readings) -> bool {
    now.flag(Channel::ThresherEngaged) == Some(false)
        && now.value(Channel::ThresherSpeed).is_some_and(|speed| speed > THRESHER_TURNS_RPM)
}

/// Between two nearby places of latitude and longitude in degrees; on a sphere of 6371 km, plane geometry.
fn distance_m((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    const M_PER_DEGREE: f64 = 6_371_000.0 * std::f64::consts::PI / 180.0;
    let north = (lat_b - lat_a) * M_PER_DEGREE;
    let east = (lon_b - lon_a) * M_PER_DEGREE * cos(lat_a.to_radians());
    hypot(north, east)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sin;

    /// Runs `seconds` of steps of 100 ms from `from_s` on, with the channel values that `values` gives for each time, s.
    fn run(check: &mut ConsistencyCheck, from_s: f64, seconds: f64, values: impl Fn(f64) -> Vec<(Channel, f64)>) {
        for step in 0..(seconds * 10.0) as i64 {
            let at_s = from_s + step as f64 / 10.0;
            let mut readings = Readings::unknown(crate::time::s_to_us(at_s));
            for (channel, value) in values(at_s) {
                readings.set_value(channel, value);
            }
            check.take(&readings);
        }
    }

    fn found(check: &ConsistencyCheck) -> Vec<(Inconsistency, f64)> {
        check.found().collect()
    }

    #[test]
    fn driving_with_a_stopped_engine_is_reported_after_ten_seconds() {
        let mut check = ConsistencyCheck::new();
        let drives = |rpm: f64| move |_: f64| vec![(Channel::GroundSpeed, 1.5), (Channel::EngineSpeed, rpm)];
        run(&mut check, 0.0, 9.9, drives(0.0));
        assert_eq!(found(&check), []);
        run(&mut check, 9.9, 1.0, drives(2200.0));
        assert_eq!(found(&check), [], "it has turned in between");
        run(&mut check, 10.9, 15.0, drives(99.0));
        assert_eq!(found(&check), [(Inconsistency::DrivesWithoutEngine, 15.0)]);
        run(&mut check, 25.9, 20.0, |_| vec![(Channel::GroundSpeed, 1.5)]);
        assert_eq!(
            found(&check),
            [(Inconsistency::DrivesWithoutEngine, 15.0)],
            "an unknown engine speed is no contradiction"
        );
    }

    #[test]
    fn the_time_of_a_gap_is_not_counted() {
        let mut check = ConsistencyCheck::new();
        for t_us in [0, 60_000_000, 120_000_000] {
            let mut readings = Readings::unknown(t_us);
            readings.set_value(Channel::GroundSpeed, 1.5);
            readings.set_value(Channel::EngineSpeed, 0.0);
            check.take(&readings);
        }
        assert_eq!(found(&check), []);
    }

    #[test]
    fn a_constant_header_height_is_reported_once_the_reel_has_been_adjusted() {
        let work = |height: fn(f64) -> f64, reel: fn(f64) -> f64| {
            move |at_s: f64| {
                let driving = [(Channel::GroundSpeed, 1.2), (Channel::EngineSpeed, 2200.0)];
                driving
                    .into_iter()
                    .chain([(Channel::HeaderHeight, height(at_s)), (Channel::ReelSpeed, reel(at_s))])
                    .collect()
            }
        };
        let mut frozen = ConsistencyCheck::new();
        run(&mut frozen, 0.0, 150.0, work(|_| 0.15, |at_s| 30.0 + (at_s / 30.0).floor()));
        // From 120 s of driving on.
        assert_eq!(found(&frozen), [(Inconsistency::HeaderHeightFrozen, 30.0)]);
        let mut moving = ConsistencyCheck::new();
        run(&mut moving, 0.0, 300.0, work(|at_s| 0.15 + 0.001 * (at_s / 100.0).floor(), |at_s| 30.0 + at_s / 30.0));
        assert_eq!(found(&moving), []);
        let mut steady = ConsistencyCheck::new();
        run(&mut steady, 0.0, 300.0, work(|_| 0.15, |_| 30.0));
        assert_eq!(found(&steady), [], "on an even field with the reel left alone it may be true");
    }

    #[test]
    fn a_moving_position_at_zero_ground_speed_is_reported() {
        let mut check = ConsistencyCheck::new();
        let at = |latitude: fn(f64) -> f64, speed: f64| {
            move |at_s: f64| {
                let (latitude, longitude) = (latitude(at_s), 116.0);
                vec![
                    (Channel::GroundSpeed, speed),
                    (Channel::GnssLatitude, latitude),
                    (Channel::GnssLongitude, longitude),
                ]
            }
        };
        // 2 m of noise, then 1.5 m/s: 1° of latitude is 111.2 km.
        run(&mut check, 0.0, 60.0, at(|at_s| 36.0 + 2.0 / 111_195.0 * sin(at_s), 0.0));
        run(&mut check, 60.0, 60.0, at(|at_s| 36.0 + 1.5 / 111_195.0 * (at_s - 60.0), 1.5));
        assert_eq!(found(&check), []);
        run(&mut check, 120.0, 60.0, at(|at_s| 36.0 + 1.5 / 111_195.0 * (at_s - 60.0), 0.0));
        // 10 m are 6.7 s.
        let (inconsistency, seconds) = found(&check)[0];
        assert!(inconsistency == Inconsistency::StandsAndMoves && (seconds - 53.3).abs() < 0.2, "{seconds}");
    }

    #[test]
    fn a_turning_drum_with_thresher_off_is_reported() {
        let mut check = ConsistencyCheck::new();
        let drum = |flag: f64| move |_: f64| vec![(Channel::ThresherEngaged, flag), (Channel::ThresherSpeed, 900.0)];
        run(&mut check, 0.0, 30.0, drum(1.0));
        assert_eq!(found(&check), []);
        run(&mut check, 30.0, 20.0, drum(0.0));
        assert_eq!(found(&check), [(Inconsistency::ThresherTurnsUndriven, 20.0)]);
    }
}
