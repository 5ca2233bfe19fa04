//! Emergencies: crop that has plugged the threshing gear, and an engine about to stall under the crop. High alarms whatever
//! else is active: driving on makes it worse with every metre, and no loss is needed to judge it.

use super::delay::{AlarmCondition, AlarmTiming, DelayedAlarm, Transition};
use crate::harvest::{Activity, Estimate};
use crate::params::{EmergencyParams, Params};
use crate::time::STEP_S;

/// Watches gear and engine.
#[derive(Debug)]
pub(super) struct EmergencyAlarms {
    params: EmergencyParams,
    plugged: DelayedAlarm,
    stalling: DelayedAlarm,
    usual_rpm: f64,
    learned_s: f64,
}

/// What both alarms did in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmergencyTransitions {
    pub plugged: Option<Transition>,
    pub stalling: Option<Transition>,
}

impl EmergencyAlarms {
    pub const fn new(params: &Params) -> Self {
        let delayed = DelayedAlarm::new(AlarmTiming::emergency(&params.alarm_delays));
        Self { params: params.emergency, plugged: delayed, stalling: delayed, usual_rpm: 0.0, learned_s: 0.0 }
    }

    pub fn step(&mut self, estimate: &Estimate) -> EmergencyTransitions {
        let plugged = match estimate.doing.plugged {
            Some(true) => AlarmCondition::Abnormal,
            Some(false) => AlarmCondition::Normal,
            None => AlarmCondition::Unknown,
        };
        let stalling = self.engine(estimate);
        EmergencyTransitions { plugged: self.plugged.step(plugged), stalling: self.stalling.step(stalling) }
    }

    fn engine(&mut self, estimate: &Estimate) -> AlarmCondition {
        let doing = estimate.doing;
        let rpm = estimate.engine_rpm.filter(|rpm| rpm.is_finite());
        let (Some(rpm), Some(lugging)) = (rpm, doing.lugging) else { return AlarmCondition::Unknown };
        if doing.activity == Some(Activity::Cutting) && !lugging {
            self.learned_s += STEP_S;
            self.usual_rpm += (rpm - self.usual_rpm) * STEP_S / self.learned_s.min(self.params.memory_s);
        }
        match rpm / self.usual_rpm {
            _ if self.learned_s < self.params.usual_after_s => AlarmCondition::Unknown,
            // An engine throttled back beside the work does not stall.
            _ if !lugging => AlarmCondition::Normal,
            share if share < self.params.stalling_share => AlarmCondition::Abnormal,
            share if share > self.params.recovered_share => AlarmCondition::Normal,
            _ => AlarmCondition::DeadBand,
        }
    }
}
