//! Faulty loss plates. Each one is an alarm; all of them at once are one fault of what they share, and one alarm.

use super::alarm::{AlarmId, PLATES};
use super::delay::{AlarmCondition, AlarmTiming, DelayedAlarm, Transition};
use crate::harvest::Estimate;
use crate::machine::{Channel, ReadingState, Readings};
use crate::params::AlarmDelayParams;

/// Watches the plate faults of the estimate.
#[derive(Debug)]
pub(super) struct PlateAlarms {
    plates: [DelayedAlarm; 4],
    all: DelayedAlarm,
}

impl PlateAlarms {
    pub const fn new(params: &AlarmDelayParams) -> Self {
        let delayed = DelayedAlarm::new(AlarmTiming::plate(params));
        Self { plates: [delayed; 4], all: delayed }
    }

    /// One step. `report` takes in what an alarm did, and gives whether it is active then.
    pub fn step(
        &mut self,
        estimate: &Estimate,
        readings: &Readings,
        mut report: impl FnMut(AlarmId, Option<Transition>) -> bool,
    ) {
        let is_out = |plate| estimate.plate_faults.iter().flatten().any(|fault| fault.plate == plate);
        let is_mapped = |plate: Channel| is_out(plate) || readings.get(plate).state != ReadingState::NotMapped;
        let condition = |is_abnormal| if is_abnormal { AlarmCondition::Abnormal } else { AlarmCondition::Normal };
        let out = PLATES.into_iter().filter(|&plate| is_out(plate)).count();
        let together = out > 1 && out == PLATES.into_iter().filter(|&plate| is_mapped(plate)).count();
        let transition = self.all.step(condition(together));
        let one_for_all = report(AlarmId::PlatesSilent, transition);
        for (plate, delayed) in PLATES.into_iter().zip(&mut self.plates) {
            let transition = if one_for_all {
                delayed.suppress()
            } else if together {
                // The common alarm is on its way.
                None
            } else {
                delayed.step(condition(is_out(plate)))
            };
            report(AlarmId::PlateFault(plate), transition);
        }
    }
}
