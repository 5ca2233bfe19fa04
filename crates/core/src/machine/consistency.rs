//! Readings that contradict each other: a wrong mapping can give plausible values, and only the comparison with another
//! channel shows it.
//!
//! An inconsistency is reported and removes no value: which of the two channels is wrong, a technician must find out.

mod speed;

use super::channel::Channel;
use super::reading::Readings;
use crate::time::{SECOND_US, us_to_s};
use speed::{SpeedAgainstPosition, THRESHER_TURNS_RPM, WorkingSpeed, distance_m};

/// A contradiction is reported after it has lasted this long, µs: machines pass through transitional states (our choice,
/// as all limits here).
const LASTS_US: i64 = 10 * SECOND_US;
/// Above this ground speed the machine drives, m/s.
const DRIVES_M_S: f64 = 1.0;
/// Below this ground speed the machine stands, m/s.
const STANDS_M_S: f64 = 0.1;
/// Below this speed an engine is stopped, r/min: none idles so slowly (assumed).
const ENGINE_STANDS_RPM: f64 = 100.0;
/// The header height changes at least a little within this time of driving, µs.
const HEADER_MOVES_US: i64 = 120 * SECOND_US;
/// Ground speed from which driving counts for it, m/s.
const FIELD_M_S: f64 = 0.5;
/// The reel counts as adjusted when its speed has changed by this much, r/min.
const REEL_CHANGES_RPM: f64 = 2.0;
/// GNSS positions of a standing machine lie within this distance, m.
const POSITION_WANDERS_M: f64 = 10.0;
/// Transport height: a header above it does not cut, m (Wang et al.: 0.5, and a margin).
const TRANSPORT_M: f64 = 0.6;
/// Working height: a header below it is not up, m.
const WORK_M: f64 = 0.3;
/// Flag and height contradict each other when they do so for this long while it drives, µs: longer than any turn.
const FLAG_WRONG_US: i64 = 60 * SECOND_US;
/// A contradiction is over when it has not been seen for this long, µs.
const OVER_US: i64 = 60 * SECOND_US;
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
    /// The flag says "down" for long while the header is at transport height, or "up" while it is at working height. The
    /// estimate goes by the flag, until crop that comes in shows that it is wrong.
    HeaderFlagContradictsHeight,
    /// Speed and positions disagree by a factor, stretch after stretch: the speed's unit is probably wrong.
    SpeedContradictsPosition,
    /// The median speed of ten minutes of cutting is one that no combine works at: the unit is probably wrong.
    SpeedImplausible,
}

impl Inconsistency {
    /// Every kind of inconsistency.
    pub const ALL: [Self; 7] = [
        Self::DrivesWithoutEngine,
        Self::StandsAndMoves,
        Self::ThresherTurnsUndriven,
        Self::HeaderHeightFrozen,
        Self::HeaderFlagContradictsHeight,
        Self::SpeedContradictsPosition,
        Self::SpeedImplausible,
    ];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DrivesWithoutEngine => "drives-without-engine",
            Self::StandsAndMoves => "stands-and-moves",
            Self::ThresherTurnsUndriven => "thresher-turns-undriven",
            Self::HeaderHeightFrozen => "header-height-frozen",
            Self::HeaderFlagContradictsHeight => "header-flag-contradicts-height",
            Self::SpeedContradictsPosition => "speed-contradicts-position",
            Self::SpeedImplausible => "speed-implausible",
        }
    }

    /// The channels of which one is probably mapped wrongly, the more likely one first.
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            Self::DrivesWithoutEngine => &[Channel::EngineSpeed, Channel::GroundSpeed],
            Self::StandsAndMoves | Self::SpeedContradictsPosition => &[Channel::GroundSpeed, Channel::GnssLatitude],
            Self::ThresherTurnsUndriven => &[Channel::ThresherEngaged, Channel::ThresherSpeed],
            Self::HeaderHeightFrozen => &[Channel::HeaderHeight, Channel::ReelSpeed],
            Self::HeaderFlagContradictsHeight => &[Channel::HeaderBelowWorkHeight, Channel::HeaderHeight],
            Self::SpeedImplausible => &[Channel::GroundSpeed],
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
    /// For how long flag and height of the header have contradicted each other while it drove, µs.
    flag_wrong_us: i64,
    by_position: SpeedAgainstPosition,
    working_speed: WorkingSpeed,
    /// For each inconsistency that has been told and is not over: how long it has not been seen, µs.
    active_us: [Option<i64>; Inconsistency::ALL.len()],
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

    /// Takes the readings of one step, usually 100 ms after the last. Passes each inconsistency that begins (`true`) or is
    /// over (`false`) to `tell`.
    pub fn take(&mut self, now: &Readings, mut tell: impl FnMut(Inconsistency, bool)) {
        let elapsed_us = self.then_us.replace(now.t_us).map_or(0, |then_us| now.t_us - then_us);
        // The time of a gap is not counted.
        let step_us = if (0..=LONGEST_STEP_US).contains(&elapsed_us) { elapsed_us } else { 0 };
        let header = self.header_seems_frozen(now, step_us);
        let by_position = self.by_position.step(now, step_us);
        // Where positions tell the speed, a slow one is true.
        let implausible = self.working_speed.step(now, step_us) && !self.by_position.is_known;
        let holds = [
            drives_without_engine(now),
            self.stands_and_moves(now),
            thresher_turns_undriven(now),
            header,
            self.header_flag_is_wrong(now, step_us),
            by_position,
            implausible,
        ];
        for (at, holds) in holds.into_iter().enumerate() {
            let before_us = self.lasting_us[at];
            self.lasting_us[at] = if holds { before_us + step_us } else { 0 };
            if self.lasting_us[at] >= LASTS_US {
                // The seconds before the limit was reached count as well.
                self.total_us[at] += if before_us < LASTS_US { self.lasting_us[at] } else { step_us };
            }
            self.active_us[at] = match self.active_us[at] {
                None if self.lasting_us[at] >= LASTS_US => {
                    tell(Inconsistency::ALL[at], true);
                    Some(0)
                }
                Some(unseen_us) if !holds && unseen_us + step_us >= OVER_US => {
                    tell(Inconsistency::ALL[at], false);
                    None
                }
                Some(unseen_us) if !holds => Some(unseen_us + step_us),
                Some(_) => Some(0),
                None => None,
            };
        }
    }

    /// True while the header's flag and its height contradict each other and have done so for long.
    fn header_flag_is_wrong(&mut self, now: &Readings, step_us: i64) -> bool {
        let (Some(down), Some(height_m), Some(speed)) = (
            now.flag(Channel::HeaderBelowWorkHeight),
            now.value(Channel::HeaderHeight),
            now.value(Channel::GroundSpeed),
        ) else {
            return false;
        };
        if !(down && height_m > TRANSPORT_M || !down && height_m < WORK_M) {
            self.flag_wrong_us = 0;
        } else if speed > FIELD_M_S {
            self.flag_wrong_us += step_us;
        }
        self.flag_wrong_us >= FLAG_WRONG_US
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

#[cfg(test)]
mod tests;
