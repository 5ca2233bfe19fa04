//! On-delay and off-delay of an alarm (ISA-18.2): how long its condition must be abnormal before the alarm is raised, and
//! normal before it is cleared.

use crate::params::AlarmDelayParams;
use crate::time::STEP_S;

/// The delays of one kind of alarm.
#[allow(clippy::struct_field_names, reason = "the unit is in the name")]
#[derive(Clone, Copy, Debug)]
pub(super) struct AlarmTiming {
    /// On-delay, s.
    on_delay_s: f64,
    /// Off-delay, s.
    off_delay_s: f64,
    /// Raised again within this time after it was cleared, it is the same alarm with a higher count, s.
    same_alarm_within_s: f64,
    /// Cleared after this long with an unknown condition, s.
    unknown_clears_s: f64,
}

impl AlarmTiming {
    /// The level alarm's.
    pub const fn loss_level(params: &AlarmDelayParams) -> Self {
        Self::new(params.loss_level_on_s, params.loss_level_off_s, params)
    }

    /// The step alarm's.
    pub const fn loss_step(params: &AlarmDelayParams) -> Self {
        Self::new(params.loss_step_on_s, params.loss_step_off_s, params)
    }

    /// The relative alarm's.
    pub const fn loss_relative(params: &AlarmDelayParams) -> Self {
        Self::new(params.loss_relative_on_s, params.loss_relative_off_s, params)
    }

    /// Those of faulty plates.
    pub const fn plate(params: &AlarmDelayParams) -> Self {
        Self::new(params.plate_on_s, params.plate_off_s, params)
    }

    /// Those of a plug and a stalling engine.
    pub const fn emergency(params: &AlarmDelayParams) -> Self {
        Self::new(params.emergency_on_s, params.emergency_off_s, params)
    }

    /// Those of failed signals.
    pub const fn signal(params: &AlarmDelayParams) -> Self {
        Self::new(params.signal_on_s, params.signal_off_s, params)
    }

    const fn new(on_delay_s: f64, off_delay_s: f64, params: &AlarmDelayParams) -> Self {
        let AlarmDelayParams { same_alarm_within_s, unknown_clears_s, .. } = *params;
        Self { on_delay_s, off_delay_s, same_alarm_within_s, unknown_clears_s }
    }
}

/// The condition of an alarm in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AlarmCondition {
    Abnormal,
    /// Between abnormal and normal: changes nothing.
    DeadBand,
    Normal,
    /// It cannot be judged now.
    Unknown,
}

/// What an alarm did in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// It was raised; how many times in a row.
    Raised(u32),
    Cleared,
}

/// An alarm with its delays.
#[derive(Clone, Copy, Debug)]
pub(super) struct DelayedAlarm {
    timing: AlarmTiming,
    is_active: bool,
    abnormal_s: f64,
    normal_s: f64,
    unknown_s: f64,
    inactive_s: f64,
    times: u32,
}

impl DelayedAlarm {
    pub const fn new(timing: AlarmTiming) -> Self {
        Self { timing, is_active: false, abnormal_s: 0.0, normal_s: 0.0, unknown_s: 0.0, inactive_s: 0.0, times: 0 }
    }

    pub fn step(&mut self, condition: AlarmCondition) -> Option<Transition> {
        let lasting = |seconds: f64, lasts| if lasts { seconds + STEP_S } else { 0.0 };
        // A pause keeps an active alarm, but the delays begin anew.
        self.abnormal_s = lasting(self.abnormal_s, condition == AlarmCondition::Abnormal);
        self.normal_s = lasting(self.normal_s, condition == AlarmCondition::Normal);
        self.unknown_s = lasting(self.unknown_s, condition == AlarmCondition::Unknown);
        self.inactive_s = lasting(self.inactive_s, !self.is_active);
        let half = 0.5 * STEP_S;
        let on = condition == AlarmCondition::Abnormal && self.abnormal_s > self.timing.on_delay_s - half;
        if !self.is_active && on {
            let again = self.times > 0 && self.inactive_s <= self.timing.same_alarm_within_s;
            self.times = if again { self.times.saturating_add(1) } else { 1 };
            (self.is_active, self.inactive_s) = (true, 0.0);
            return Some(Transition::Raised(self.times));
        }
        let off = condition == AlarmCondition::Normal && self.normal_s > self.timing.off_delay_s - half;
        if self.is_active && (off || self.unknown_s > self.timing.unknown_clears_s) {
            self.is_active = false;
            return Some(Transition::Cleared);
        }
        None
    }

    /// The same alarm once more while it is active.
    pub fn again(&mut self) -> Transition {
        self.times = self.times.saturating_add(1);
        Transition::Raised(self.times)
    }

    /// Another alarm includes this one now: it is cleared at once, and its delays begin anew.
    pub fn suppress(&mut self) -> Option<Transition> {
        (self.abnormal_s, self.normal_s, self.unknown_s) = (0.0, 0.0, 0.0);
        std::mem::take(&mut self.is_active).then_some(Transition::Cleared)
    }

    /// A gap in the recording counts as a condition that was unknown for long enough to clear the alarm.
    pub const fn interrupt(&mut self) {
        self.unknown_s = f64::INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_suppressed_and_raised_again_within_ten_minutes_is_the_same_alarm() {
        let mut plate = DelayedAlarm::new(AlarmTiming::plate(&AlarmDelayParams::DEFAULT));
        let normal_for = |plate: &mut DelayedAlarm, seconds: u32| {
            for _ in 0..seconds * 10 {
                assert_eq!(plate.step(AlarmCondition::Normal), None);
            }
        };
        // Abnormal for two seconds, twenty steps: raised with the last of them.
        let abnormal =
            |plate: &mut DelayedAlarm| (0..20).filter_map(|_| plate.step(AlarmCondition::Abnormal)).collect::<Vec<_>>();
        normal_for(&mut plate, 700);
        assert_eq!(abnormal(&mut plate), [Transition::Raised(1)]);
        assert_eq!(plate.suppress(), Some(Transition::Cleared));
        normal_for(&mut plate, 590);
        assert_eq!(abnormal(&mut plate), [Transition::Raised(2)]);
        assert_eq!(plate.suppress(), Some(Transition::Cleared));
        normal_for(&mut plate, 600);
        assert_eq!(abnormal(&mut plate), [Transition::Raised(1)]);
    }
}
