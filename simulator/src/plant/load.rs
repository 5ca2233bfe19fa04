//! How the crop that comes in loads the engine: some of it at once, most as the thresher fills, the rest later.
//!
//! The figures are set for the torque after header-down in 1 Hz logs of two maize combines (Illinois, 2000): dead time
//! 0.5-0.75 s, time constant 3.7-4.8 s, 90 % at 10-12 s.

use crate::time::TICK_S;

/// Share of the crop's torque that header and feeder take as it comes. Assumed.
const HEADER_SHARE: f64 = 0.1;
/// The layer between drum and concave fills with this time constant behind the feeder house, s. Assumed.
const THRESHING_TIME_S: f64 = 3.3;
/// Share of all that lies behind the thresher: chopper, shoe, elevators, and the tailings that come round again.
/// Assumed.
const LATE_SHARE: f64 = 0.15;
/// It follows the thresher with this time constant, s: tailings loops add 5-10 s.
const LATE_TIME_S: f64 = 7.0;

/// What loads the thresher, and what loads all behind it, as feed rates.
#[derive(Default)]
pub(super) struct CropLoad {
    threshing_kg_s: f64,
    late_kg_s: f64,
}

impl CropLoad {
    /// One tick. `taken_kg_s` is what comes into the header, `fed_kg_s` what leaves it. Returns the steady feed rate
    /// that would load the engine as much, kg/s.
    pub fn step(&mut self, taken_kg_s: f64, fed_kg_s: f64) -> f64 {
        self.threshing_kg_s += (fed_kg_s - self.threshing_kg_s) * TICK_S / THRESHING_TIME_S;
        self.late_kg_s += (self.threshing_kg_s - self.late_kg_s) * TICK_S / LATE_TIME_S;
        HEADER_SHARE * taken_kg_s
            + (1.0 - HEADER_SHARE - LATE_SHARE) * self.threshing_kg_s
            + LATE_SHARE * self.late_kg_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_feed_loads_as_itself_and_a_front_in_three_steps() {
        let mut load = CropLoad::default();
        let first = load.step(10.0, 0.0);
        assert!((0.5..1.5).contains(&first), "the header alone: {first}");
        let after_s = |seconds: f64, load: &mut CropLoad| {
            (0..(seconds / TICK_S) as usize).fold(0.0, |_, _| load.step(10.0, 10.0))
        };
        // By hand: 1 + 7.5 (1 - e^-1) + 1.5 (1 - (7 e^-0.471 - 3.3 e^-1) / 3.7) = 5.96 after one time constant.
        let one = after_s(3.3, &mut load);
        assert!((one - 5.96).abs() < 0.05, "{one}");
        let settled = after_s(60.0, &mut load);
        assert!((settled - 10.0).abs() < 0.01, "{settled}");
    }
}
