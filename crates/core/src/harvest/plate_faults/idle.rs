//! A plate that counts although nothing has been cut for long: loose, or with a disturbed cable.

use crate::params::IdlePlateParams;
use crate::time::STEP_S;

/// Watches one plate.
#[derive(Clone, Debug)]
pub(super) struct IdleDetector {
    params: IdlePlateParams,
    idle_s: f64,
    kernels: f64,
    looked_s: f64,
    at_work_s: Option<f64>,
    noisy: bool,
}

impl IdleDetector {
    pub const fn new(params: &IdlePlateParams) -> Self {
        Self { params: *params, idle_s: 0.0, kernels: 0.0, looked_s: 0.0, at_work_s: None, noisy: false }
    }

    /// One step with the kernels counted, `None` without a value; `cutting` is `None` while it is not known.
    pub fn step(&mut self, kernels: Option<f64>, cutting: Option<bool>) {
        self.idle_s = if cutting == Some(false) { self.idle_s + STEP_S } else { 0.0 };
        let Some(kernels) = kernels else { return };
        let IdlePlateParams { empty_after_s, look_s, noise_rate_s, noise_share, work_s } = self.params;
        if cutting == Some(true) {
            let rate_s = kernels / STEP_S;
            let at_work_s = self.at_work_s.get_or_insert(rate_s);
            *at_work_s += (rate_s - *at_work_s) * STEP_S / work_s;
        }
        if self.idle_s < empty_after_s {
            (self.kernels, self.looked_s) = (0.0, 0.0);
            return;
        }
        self.kernels += kernels;
        self.looked_s += STEP_S;
        if self.looked_s >= look_s {
            let rate_s = std::mem::take(&mut self.kernels) / std::mem::take(&mut self.looked_s);
            self.noisy = rate_s >= noise_rate_s && rate_s > noise_share * self.at_work_s.unwrap_or(0.0);
        }
    }

    /// It counts without grain, as far as the newest look has shown.
    pub const fn is_noisy(&self) -> bool {
        self.noisy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two minutes of cutting at one rate, then two without at another.
    fn is_noisy(at_work_s: f64, idle_s: f64) -> bool {
        let mut plate = IdleDetector::new(&IdlePlateParams::default());
        (0..1200).for_each(|_| plate.step(Some(at_work_s * STEP_S), Some(true)));
        (0..1200).for_each(|_| plate.step(Some(idle_s * STEP_S), Some(false)));
        plate.is_noisy()
    }

    #[test]
    fn a_plate_that_counts_without_grain_is_noisy() {
        assert!(is_noisy(12.0, 10.0));
        assert!(!is_noisy(12.0, 3.0), "shaking, a quarter of what it counts at work");
        assert!(!is_noisy(1.0, 1.0), "too few");
        let mut turning = IdleDetector::new(&IdlePlateParams::default());
        (0..30_000).for_each(|step| turning.step(Some(1.0), Some(step % 600 < 300)));
        assert!(!turning.is_noisy(), "turns are too short to empty the machine");
        (0..3000).for_each(|_| turning.step(Some(1.0), None));
        assert!(!turning.is_noisy(), "it is not known whether it cuts");
    }
}
