//! The plates' zero: what they count while the machine runs empty is shaking, not grain.

use crate::machine::{Channel, Readings};
use crate::time::STEP_S;

/// The machine is empty when so little of the rated straw is left inside: some twenty seconds after the crop stops while
/// it is not known how long crop takes, and sooner on a quick machine (grain is seen to fall off over 10 to 14 s).
const EMPTY_SHARE: f64 = 0.01;
/// The rate at zero is looked at over so long, s. It follows lower looks at once, and higher ones, in which a last
/// kernel may have fallen, by this share (our choice).
const LOOK_S: f64 = 5.0;
const FOLLOW: f64 = 0.2;
/// Plates that count at zero this share of what they count at work, and at least so many kernels a second, tell nothing
/// of the loss (our choice).
const TOO_MUCH: f64 = 0.7;
const AT_LEAST_S: f64 = 2.0;
/// The drum turns above this speed, r/min.
const DRIVEN_RPM: f64 = 200.0;
/// What the plates count at work is averaged over so long, s (our choice).
const WORK_S: f64 = 60.0;

/// Watches the plates of one path run empty. All rates are kernels a second and plate.
#[derive(Clone, Debug, Default)]
pub(super) struct ZeroCheck {
    kernels: f64,
    elapsed_s: f64,
    at_zero_s: Option<f64>,
    at_work_s: Option<f64>,
}

impl ZeroCheck {
    /// One step in which each plate counted so many, with this share of the rated straw inside.
    pub fn step(&mut self, readings: &Readings, kernels: f64, load: f64) {
        if load > 0.1 {
            (self.kernels, self.elapsed_s) = (0.0, 0.0);
            let rate = kernels / STEP_S;
            let work = self.at_work_s.get_or_insert(rate);
            *work += (rate - *work) * STEP_S / WORK_S;
        } else if load < EMPTY_SHARE && is_driven(readings) {
            self.kernels += kernels;
            self.elapsed_s += STEP_S;
            if self.elapsed_s >= LOOK_S {
                let seen = std::mem::take(&mut self.kernels) / std::mem::take(&mut self.elapsed_s);
                let zero = self.at_zero_s.get_or_insert(seen);
                *zero = seen.min(*zero + FOLLOW * (seen - *zero));
            }
        }
    }

    /// What a plate counts without grain; 0 while it has not been seen to run empty.
    pub fn rate_s(&self) -> f64 {
        self.at_zero_s.unwrap_or(0.0)
    }

    /// The plates count as much without grain as with it.
    pub fn is_lost(&self) -> bool {
        let (Some(zero), Some(work)) = (self.at_zero_s, self.at_work_s) else { return false };
        zero >= AT_LEAST_S && zero > TOO_MUCH * work
    }
}

/// The drum is known to turn: plates that are silent behind a standing drum have shown nothing.
fn is_driven(readings: &Readings) -> bool {
    let by_speed = || readings.value(Channel::ThresherSpeed).map(|rpm| rpm > DRIVEN_RPM);
    readings.flag(Channel::ThresherEngaged).or_else(by_speed) == Some(true)
}
