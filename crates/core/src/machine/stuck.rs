//! Signals that stand still, to the last digit, while they must move: a stuck sensor, or a sender that repeats itself.
//!
//! How long a sound signal stands still depends on its noise and on how finely it is sent, so that is learned. Where it is
//! stuck its value is taken out: unknown, not the last one.

use super::channel::Channel;
use super::reading::{Reading, ReadingState, Readings};
use crate::params::StuckSignalParams;
use crate::time::STEP_S;

/// The signals that are watched.
const WATCHED: [Channel; 5] =
    [Channel::HeaderHeight, Channel::GroundSpeed, Channel::EngineSpeed, Channel::FeedRate, Channel::GrainFlow];

/// Watches all of them.
#[derive(Clone, Debug)]
pub(crate) struct StuckSignals {
    params: StuckSignalParams,
    signals: [Signal; WATCHED.len()],
    header_down: Option<bool>,
}

/// One of them.
#[derive(Clone, Copy, Debug, Default)]
struct Signal {
    value: Option<f64>,
    /// How long it has stood still while the machine drove, and the longest time that it ever did before it moved, s.
    still_s: f64,
    longest_s: f64,
    watched_s: f64,
    /// How often the header's flag has changed meanwhile.
    flag_changes: f64,
}

impl StuckSignals {
    pub fn new(params: &StuckSignalParams) -> Self {
        Self { params: *params, signals: [Signal::default(); WATCHED.len()], header_down: None }
    }

    /// One step: takes the values of stuck signals out of the readings.
    pub fn check(&mut self, readings: &mut Readings) {
        let drives = readings.value(Channel::GroundSpeed).is_some_and(|speed| speed > self.params.driving_m_s);
        let down = readings.flag(Channel::HeaderBelowWorkHeight);
        let flag_changed = down.is_some_and(|down| self.header_down.replace(down).is_some_and(|before| before != down));
        for (channel, signal) in WATCHED.into_iter().zip(&mut self.signals) {
            let is_height = channel == Channel::HeaderHeight;
            // A speed or a flow of nothing may stay as it is.
            let value = readings.value(channel).filter(|&value| is_height || value > 0.0);
            let Some(value) = value else {
                (signal.value, signal.still_s, signal.flag_changes) = (None, 0.0, 0.0);
                continue;
            };
            signal.step(value, drives, flag_changed && is_height, &self.params);
            let least_s = if is_height { self.params.height_s } else { self.params.others_s };
            if signal.is_stuck(least_s, &self.params) {
                let reading = *readings.get(channel);
                readings.set(channel, Reading { value: None, state: ReadingState::Stuck, ..reading });
            }
        }
    }
}

impl Signal {
    fn step(&mut self, value: f64, drives: bool, flag_changed: bool, params: &StuckSignalParams) {
        self.watched_s += if drives { STEP_S } else { 0.0 };
        if self.value.replace(value) == Some(value) {
            self.still_s += if drives { STEP_S } else { 0.0 };
            self.flag_changes += f64::from(u8::from(flag_changed));
        } else {
            self.longest_s = self.longest_s.max(self.still_s.min(params.longest_most_s));
            (self.still_s, self.flag_changes) = (0.0, 0.0);
        }
    }

    fn is_stuck(&self, least_s: f64, params: &StuckSignalParams) -> bool {
        let too_long = self.still_s >= least_s.max(params.times_longest * self.longest_s);
        too_long && self.watched_s - self.still_s >= params.known_after_s || self.flag_changes >= params.flag_changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sin;

    type Piece = (f64, fn(f64) -> f64, Option<bool>);

    /// The state of the height at the end of a drive: `(seconds, height, flag)` piece by piece, heights by the time.
    fn state(pieces: &[Piece], speed_m_s: f64) -> ReadingState {
        let mut stuck = StuckSignals::new(&StuckSignalParams::default());
        let (mut at_s, mut last) = (0.0, ReadingState::NotMapped);
        for &(seconds, height, flag) in pieces {
            for _ in 0..(seconds * 10.0) as usize {
                let mut readings = Readings::unknown((at_s * 1e6) as i64);
                readings.set_value(Channel::GroundSpeed, speed_m_s + 0.01 * sin(at_s));
                readings.set_value(Channel::HeaderHeight, height(at_s));
                if let Some(down) = flag {
                    readings.set_value(Channel::HeaderBelowWorkHeight, f64::from(u8::from(down)));
                }
                stuck.check(&mut readings);
                at_s += 0.1;
                let reading = readings.get(Channel::HeaderHeight);
                assert_eq!(reading.value.is_some(), reading.state == ReadingState::Valid);
                assert_eq!(readings.get(Channel::GroundSpeed).state, ReadingState::Valid);
                last = reading.state;
            }
        }
        last
    }

    fn alive(at_s: f64) -> f64 {
        0.15 + 0.01 * sin(at_s)
    }

    /// In steps of 5 cm, each held for 20 s.
    fn coarse(at_s: f64) -> f64 {
        0.15 + 0.05 * ((at_s / 20.0).floor() % 2.0)
    }

    const STANDS: fn(f64) -> f64 = |_| 0.239;

    #[test]
    fn a_height_that_has_moved_and_stands_still_is_stuck_until_it_moves() {
        assert_eq!(state(&[(150.0, alive, None), (29.0, STANDS, None)], 1.4), ReadingState::Valid);
        assert_eq!(state(&[(150.0, alive, None), (31.0, STANDS, None)], 1.4), ReadingState::Stuck);
        assert_eq!(state(&[(150.0, alive, None), (60.0, STANDS, None), (0.2, alive, None)], 1.4), ReadingState::Valid);
        assert_eq!(
            state(&[(60.0, alive, None), (60.0, STANDS, None)], 1.4),
            ReadingState::Valid,
            "too little is known"
        );
        assert_eq!(state(&[(300.0, alive, None), (600.0, STANDS, None)], 0.1), ReadingState::Valid, "it stands");
    }

    #[test]
    fn a_height_sent_in_coarse_steps_may_stand_still_for_longer() {
        assert_eq!(state(&[(200.0, coarse, None), (90.0, STANDS, None)], 1.4), ReadingState::Valid);
        assert_eq!(state(&[(200.0, coarse, None), (110.0, STANDS, None)], 1.4), ReadingState::Stuck);
    }

    #[test]
    fn a_height_that_stands_still_while_the_header_is_lifted_is_stuck_from_the_start() {
        let turn = [(20.0, STANDS, Some(true)), (10.0, STANDS, Some(false)), (1.0, STANDS, Some(true))];
        assert_eq!(state(&turn, 1.4), ReadingState::Stuck);
        assert_eq!(state(&turn[..2], 1.4), ReadingState::Valid, "one change may be the flag's own");
    }
}
