//! Which loss plates cannot be used, beyond those that report an error themselves: stuck ones, ones that count next to
//! nothing pass after pass beside a neighbour that counts well, fouled ones that have come to count less beside their
//! neighbour than they used to, and ones that count without grain. Their readings are removed before anything is computed
//! from them: such a plate has no value, which is not the same as a count of zero.
//!
//! On a slope left and right differ, but by turns: with every pass the machine leans the other way. A plate that is
//! always the low one is at fault.

mod fouling;
mod idle;
mod imbalance;
mod ratio_model;
mod stuck;

use super::estimate::{PLATES, PlateFault};
use super::state::{Activity, MachineState};
use crate::machine::{Channel, Reading, ReadingState, Readings};
use crate::params::Params;
use crate::time::STEP_S;
use fouling::FoulingDetector;
use idle::IdleDetector;
use imbalance::ImbalanceDetector;
use stuck::StuckDetector;

/// Watches all four plates.
#[derive(Clone, Debug)]
pub(super) struct PlateFaultDetector {
    stays_out_s: f64,
    impacts_before: [Option<f64>; 4],
    stuck: [StuckDetector; 4],
    pairs: [ImbalanceDetector; 2],
    fouling: [FoulingDetector; 2],
    idle: [IdleDetector; 4],
    out_s: [f64; 4],
}

impl PlateFaultDetector {
    pub fn new(params: &Params) -> Self {
        let faults = &params.plate_faults;
        Self {
            stays_out_s: faults.stays_out_s,
            impacts_before: [None; 4],
            stuck: std::array::from_fn(|_| StuckDetector::new(faults)),
            pairs: std::array::from_fn(|_| ImbalanceDetector::new(faults)),
            fouling: std::array::from_fn(|_| FoulingDetector::new(&params.fouling)),
            idle: std::array::from_fn(|_| IdleDetector::new(&params.idle_plate)),
            out_s: [0.0; 4],
        }
    }

    /// One step: the readings without those of faulty plates; `None` when no plate is faulty. The plates of a path that may be
    /// saturated (separation, cleaning) are not compared with each other: what they count says little of what hits them.
    pub fn step(
        &mut self,
        readings: &Readings,
        doing: &MachineState,
        feed_kg_s: Option<f64>,
        may_be_saturated: [bool; 2],
    ) -> Option<Readings> {
        let cutting = doing.activity == Some(Activity::Cutting);
        let mut counted = [None; 4];
        for ((channel, before), counted) in PLATES.into_iter().zip(&mut self.impacts_before).zip(&mut counted) {
            let reading = readings.get(channel);
            if reading.state == ReadingState::Valid {
                *counted = before.map(|before| (reading.impacts - before).max(0.0));
            }
            *before = Some(reading.impacts);
        }
        for (stuck, kernels) in self.stuck.iter_mut().zip(counted) {
            stuck.step(kernels.filter(|_| cutting), feed_kg_s);
        }
        for (idle, kernels) in self.idle.iter_mut().zip(counted) {
            idle.step(kernels, doing.activity.map(|activity| activity == Activity::Cutting));
        }
        let (course_rad, sums) = (readings.value(Channel::GroundCourse), [0, 1].map(|path| self.fouling[path].sums()));
        for (path, kernels) in counted.chunks(2).enumerate() {
            let both = kernels[0].zip(kernels[1]).filter(|_| !may_be_saturated[path]);
            self.pairs[path].step(both, cutting);
            self.fouling[path].step(both, cutting, course_rad, sums[1 - path]);
        }
        for (at, out_s) in self.out_s.iter_mut().enumerate() {
            let is_low = [self.pairs[at / 2].low(), self.fouling[at / 2].low()].contains(&Some(at % 2));
            let found = self.stuck[at].is_stuck() || self.idle[at].is_noisy() || is_low;
            *out_s = if found { self.stays_out_s } else { (*out_s - STEP_S).max(0.0) };
        }
        self.out_s.iter().any(|&out_s| out_s > 0.0).then(|| self.without_faulty(readings))
    }

    fn without_faulty(&self, readings: &Readings) -> Readings {
        let mut usable = readings.clone();
        for (channel, _) in PLATES.into_iter().zip(self.out_s).filter(|(_, out_s)| *out_s > 0.0) {
            let reading = *readings.get(channel);
            if reading.state == ReadingState::Valid {
                usable.set(channel, Reading { value: None, state: ReadingState::Implausible, ..reading });
            }
        }
        usable
    }

    /// Adds the plates found here to those that are out already.
    pub fn add_to(&self, faults: [Option<PlateFault>; 4]) -> [Option<PlateFault>; 4] {
        let mut all = faults;
        for ((fault, plate), out_s) in all.iter_mut().zip(PLATES).zip(self.out_s) {
            if out_s > 0.0 {
                *fault = Some(PlateFault { plate });
            }
        }
        all
    }
}
