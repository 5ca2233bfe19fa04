//! A way through the machine on which the crop mixes: a chain of stirred cells, so that a sharp front arrives as a
//! gamma-distributed one. The way is shorter in time under load.

use crate::math::{Power, pow};

/// How the time falls with the flow: 8 s at 1.3 kg/s to 5 s at 21 kg/s on the UKY yield monitor test stand.
const LOAD_EXPONENT: f64 = -0.17;

/// A chain of `N` cells.
pub(super) struct Lags<const N: usize> {
    held_kg: [f64; N],
    time_s: f64,
    /// What it holds at the reference flow, kg.
    reference_kg: f64,
    stretch: Power,
}

impl<const N: usize> Lags<N> {
    /// `time_s` is the mean time through it at the flow `reference_kg_s`.
    pub fn new(time_s: f64, reference_kg_s: f64) -> Self {
        let stretch = Power::new(LOAD_EXPONENT);
        Self { held_kg: [0.0; N], time_s, reference_kg: reference_kg_s * time_s, stretch }
    }

    /// Takes mass in, moves for `moved_s` of running time, returns what leaves, kg.
    pub fn step(&mut self, in_kg: f64, moved_s: f64) -> f64 {
        let stretch = self.stretch.of(within_law(self.held_kg() / self.reference_kg));
        let share = (N as f64 * moved_s / (self.time_s * stretch)).min(1.0);
        let mut moving_kg = in_kg;
        for held_kg in &mut self.held_kg {
            let leaving_kg = *held_kg * share;
            *held_kg += moving_kg - leaving_kg;
            moving_kg = leaving_kg;
        }
        moving_kg
    }

    /// What is in it, kg.
    pub fn held_kg(&self) -> f64 {
        self.held_kg.iter().sum()
    }
}

/// The time through a stage over that at the reference load.
pub(super) fn stretch(load: f64) -> f64 {
    pow(within_law(load), LOAD_EXPONENT)
}

/// The law was measured between a sixth and three times the usual flow and is not carried further.
fn within_law(load: f64) -> f64 {
    load.clamp(0.1, 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_time_and_mass_are_kept() {
        let mut lags = Lags::<4>::new(6.0, 3.0);
        let out: Vec<f64> = (0..6000).map(|_| lags.step(0.03, 0.01)).collect();
        // Filling a chain takes the mean time's worth of flow.
        let missing: f64 = out.iter().map(|kg| 0.03 - kg).sum();
        assert!((missing - lags.held_kg()).abs() < 1e-9);
        assert!((lags.held_kg() / 3.0 - 6.0).abs() < 0.05, "{}", lags.held_kg() / 3.0);
        assert!(lags.step(0.0, 0.0) == 0.0, "nothing moves when the belts stand");
    }
}
