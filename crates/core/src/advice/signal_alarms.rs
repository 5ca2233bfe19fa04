//! Signals that have failed or stopped coming, and a silent bus. Judged at work only: a machine that is switched off for
//! lunch is not at fault.

use super::alarm::{AlarmId, MONITORED};
use super::delay::{AlarmCondition, AlarmTiming, DelayedAlarm, Transition};
use crate::harvest::{Activity, Estimate};
use crate::machine::{Reading, ReadingState, Readings};
use crate::params::Params;
use crate::time::STEP_S;

/// Watches the channels of [`MONITORED`].
#[derive(Debug)]
pub(super) struct SignalAlarms {
    at_work_s: f64,
    since_cutting_s: f64,
    bus_silent: DelayedAlarm,
    signals: [DelayedAlarm; MONITORED.len()],
}

impl SignalAlarms {
    pub const fn new(params: &Params) -> Self {
        let delayed = DelayedAlarm::new(AlarmTiming::signal(&params.alarm_delays));
        let at_work_s = params.signal_alarm.at_work_s;
        Self { at_work_s, since_cutting_s: f64::INFINITY, bus_silent: delayed, signals: [delayed; MONITORED.len()] }
    }

    pub fn step(&mut self, estimate: &Estimate, readings: &Readings, mut report: impl FnMut(AlarmId, Transition)) {
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        self.since_cutting_s = if cutting { 0.0 } else { self.since_cutting_s + STEP_S };
        let at_work = self.since_cutting_s < self.at_work_s;
        let mut received =
            MONITORED.map(|channel| readings.get(channel)).into_iter().filter(|r| r.age_us.is_some()).peekable();
        let known = received.peek().is_some();
        let silent = known && received.all(|reading| reading.state == ReadingState::Stale);
        let condition = if !at_work || !known {
            AlarmCondition::Unknown
        } else if silent {
            AlarmCondition::Abnormal
        } else {
            AlarmCondition::Normal
        };
        if let Some(transition) = self.bus_silent.step(condition) {
            report(AlarmId::BusSilent, transition);
        }
        for (channel, delayed) in MONITORED.into_iter().zip(&mut self.signals) {
            // A silent bus is one alarm, not five.
            let condition = if at_work && !silent { signal(readings.get(channel)) } else { AlarmCondition::Unknown };
            if let Some(transition) = delayed.step(condition) {
                report(AlarmId::SignalFault(channel), transition);
            }
        }
    }
}

/// "Not available" is the machine's own message and no fault; a signal that never had a value is a matter of the profile.
fn signal(reading: &Reading) -> AlarmCondition {
    match reading.state {
        ReadingState::Valid => AlarmCondition::Normal,
        ReadingState::Error
        | ReadingState::NotCalibrated
        | ReadingState::Stale
        | ReadingState::Implausible
        | ReadingState::Stuck
            if reading.age_us.is_some() =>
        {
            AlarmCondition::Abnormal
        }
        ReadingState::NotAvailable => AlarmCondition::DeadBand,
        _ => AlarmCondition::Unknown,
    }
}
