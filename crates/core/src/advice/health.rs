//! Signals that are broken or have stopped coming, and a bus that has fallen silent. Judged at work only: a machine
//! that is switched off for lunch is not at fault.

use super::alarm::{AlarmId, WATCHED};
use super::delay::{Change, Delayed, Timing, Verdict};
use crate::harvest::{Activity, Estimate};
use crate::machine::{Reading, ReadingState, Readings};
use crate::time::STEP_S;

/// Our choice: longer than a restart of a control unit. What flaps is one alarm with a count.
const TIMING: Timing = Timing { raise_after_s: 10.0, clear_after_s: 10.0, again_within_s: 600.0 };
/// At work is so long after the last cutting.
const AT_WORK_S: f64 = 300.0;

#[derive(Debug)]
pub(super) struct Health {
    since_cutting_s: f64,
    silent: Delayed,
    signals: [Delayed; WATCHED.len()],
}

impl Default for Health {
    fn default() -> Self {
        let delayed = Delayed::new(TIMING);
        Self { since_cutting_s: f64::INFINITY, silent: delayed, signals: [delayed; WATCHED.len()] }
    }
}

impl Health {
    pub fn step(&mut self, estimate: &Estimate, readings: &Readings, mut tell: impl FnMut(AlarmId, Change)) {
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        self.since_cutting_s = if cutting { 0.0 } else { self.since_cutting_s + STEP_S };
        let at_work = self.since_cutting_s < AT_WORK_S;
        let mut heard =
            WATCHED.map(|channel| readings.get(channel)).into_iter().filter(|r| r.age_us.is_some()).peekable();
        let known = heard.peek().is_some();
        let silent = known && heard.all(|reading| reading.state == ReadingState::Stale);
        let verdict = match () {
            () if !at_work || !known => Verdict::Untold,
            () if silent => Verdict::Bad,
            () => Verdict::Good,
        };
        if let Some(change) = self.silent.step(verdict) {
            tell(AlarmId::BusSilent, change);
        }
        for (channel, delayed) in WATCHED.into_iter().zip(&mut self.signals) {
            // A silent bus is one alarm, not five.
            let told = at_work && !silent;
            let verdict = if told { signal(readings.get(channel)) } else { Verdict::Untold };
            if let Some(change) = delayed.step(verdict) {
                tell(AlarmId::SignalFault(channel), change);
            }
        }
    }
}

/// "Not available" is the machine's own word and no fault; what never had a value is the profile's matter.
fn signal(reading: &Reading) -> Verdict {
    match reading.state {
        ReadingState::Valid => Verdict::Good,
        ReadingState::Error | ReadingState::NotCalibrated | ReadingState::Stale | ReadingState::Implausible
            if reading.age_us.is_some() =>
        {
            Verdict::Bad
        }
        ReadingState::NotAvailable => Verdict::Between,
        _ => Verdict::Untold,
    }
}
