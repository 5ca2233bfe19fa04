//! Which loss plates cannot be believed, beyond those that say so themselves: frozen ones, and ones that count next to
//! nothing pass after pass beside a neighbour that counts well. What is not believed is taken out of the readings before
//! anything is made of them, so that it is a plate without a value and never one that counts nothing.
//!
//! A slope makes left and right differ honestly, and by turns: with every pass the machine leans the other way. One that
//! is always the low one is another matter.

mod flat;
mod lopsided;

use crate::time::STEP_S;
use super::activity::{Activity, MachineState};
use super::estimate::{PLATES, PlateFault};
use crate::machine::{Reading, ReadingState, Readings};
use flat::Flat;
use lopsided::Lopsided;

/// A plate that has been found out stays out for so long after the reason has gone, s (our choice).
const STAYS_OUT_S: f64 = 20.0;

/// Watches all four plates.
#[derive(Clone, Debug, Default)]
pub(super) struct PlateWatch {
    impacts_before: [Option<f64>; 4],
    flat: [Flat; 4],
    pairs: [Lopsided; 2],
    out_s: [f64; 4],
}

impl PlateWatch {
    /// One step: what of the readings can be believed; `None` when all of it can.
    pub fn step(&mut self, readings: &Readings, doing: &MachineState, feed_kg_s: Option<f64>) -> Option<Readings> {
        let cutting = doing.activity == Some(Activity::Cutting);
        let mut counted = [None; 4];
        for ((channel, before), counted) in PLATES.into_iter().zip(&mut self.impacts_before).zip(&mut counted) {
            let reading = readings.get(channel);
            if reading.state == ReadingState::Valid {
                *counted = before.map(|before| (reading.impacts - before).max(0.0));
            }
            *before = Some(reading.impacts);
        }
        for (flat, kernels) in self.flat.iter_mut().zip(counted) {
            flat.step(kernels.filter(|_| cutting), feed_kg_s);
        }
        for (pair, kernels) in self.pairs.iter_mut().zip(counted.chunks(2)) {
            pair.step(kernels[0].zip(kernels[1]), cutting);
        }
        for (at, out_s) in self.out_s.iter_mut().enumerate() {
            let found = self.flat[at].is_flat() || self.pairs[at / 2].low() == Some(at % 2);
            *out_s = if found { STAYS_OUT_S } else { (*out_s - STEP_S).max(0.0) };
        }
        self.out_s.iter().any(|&out_s| out_s > 0.0).then(|| self.without_the_bad(readings))
    }

    fn without_the_bad(&self, readings: &Readings) -> Readings {
        let mut believed = readings.clone();
        for (channel, _) in PLATES.into_iter().zip(self.out_s).filter(|(_, out_s)| *out_s > 0.0) {
            let reading = *readings.get(channel);
            if reading.state == ReadingState::Valid {
                believed.set(channel, Reading { value: None, state: ReadingState::Implausible, ..reading });
            }
        }
        believed
    }

    /// Adds the plates that were found out to those that are out already.
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
