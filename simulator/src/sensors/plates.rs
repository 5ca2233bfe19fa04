//! The loss plates: kernels that hit them become pulses, pulses become counts, except those that come too close upon
//! another. Straw gives counts that are not grain.

use crate::math::{exp, ln, logistic};
use crate::plant::Flows;
use crate::random::{Random, Stream, Wander};
use crate::scenario::{self, Scenario};
use crate::simulation::TICK_S;

/// The counters run from 0 to 64255, so that the codes for "error" and "not available" never appear.
const COUNTER_MODULUS: u32 = 64_256;
/// Unthreshed ears hit the plates too, but softly and seldom: what they count beside a free kernel. Assumed.
const EAR_HITS: f64 = 0.2;
/// Moist grain hits softer: change of the log odds of detection per point of moisture. Assumed.
const MOISTURE_LOG_ODDS: f64 = -0.08;
const REFERENCE_MOISTURE_PCT: f64 = 15.0;
/// Spread of gain between plates, as a log standard deviation. Assumed.
const GAIN_SD: f64 = 0.15;
/// Grain comes in patches (log sd) and leans to one side. Assumed.
const PATCH_SD: f64 = 0.25;
const PATCH_MEMORY_S: f64 = 1.5;
const SIDE_SD: f64 = 0.10;
const SIDE_MEMORY_S: f64 = 20.0;
/// The rate that is sent is smoothed over this time, s. Assumed.
const RATE_TIME_S: f64 = 1.0;

/// The four plates: separation left and right, shoe left and right.
pub(crate) struct Plates {
    random: Random,
    data: scenario::Plates,
    kernel_kg: f64,
    each: [Plate; 4],
    /// Separation, shoe.
    patch: [Wander; 2],
    side: [Wander; 2],
    t_s: f64,
}

struct Plate {
    gain: f64,
    count: u32,
    rate_s: f64,
    last_pulse_s: f64,
}

impl Plates {
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Plates);
        Self {
            data: scenario.machine.plates.clone(),
            kernel_kg: scenario.crop.kernel_mg * 1e-6,
            each: [(); 4].map(|()| Plate {
                gain: exp(GAIN_SD * random.gaussian()),
                count: (random.uniform() * f64::from(COUNTER_MODULUS)) as u32,
                rate_s: 0.0,
                last_pulse_s: -1.0,
            }),
            patch: [(); 2].map(|()| Wander::new(PATCH_SD, PATCH_MEMORY_S, TICK_S, &mut random)),
            side: [(); 2].map(|()| Wander::new(SIDE_SD, SIDE_MEMORY_S, TICK_S, &mut random)),
            t_s: 0.0,
            random,
        }
    }

    /// One tick; a dead plate gives nothing.
    pub fn step(&mut self, flows: &Flows, moisture_pct: f64, dead: [bool; 4]) {
        let odds = ln(self.data.detection / (1.0 - self.data.detection))
            + MOISTURE_LOG_ODDS * (moisture_pct - REFERENCE_MOISTURE_PCT);
        let detected = logistic(odds);
        let streams = [
            (flows.separation_loss + EAR_HITS * flows.threshing_loss, flows.straw_out),
            (flows.cleaning_loss, flows.chaff_out),
        ];
        for (stream, (lost_kg_s, straw_kg_s)) in streams.into_iter().enumerate() {
            let patch = exp(self.patch[stream].step(&mut self.random));
            let lean = self.side[stream].step(&mut self.random).clamp(-0.9, 0.9);
            let kernels_s = lost_kg_s / self.kernel_kg * self.data.area_fraction * detected * patch;
            let false_s = self.data.false_counts_per_kg * straw_kg_s;
            for (side, share) in [1.0 - lean, 1.0 + lean].into_iter().enumerate() {
                let at = 2 * stream + side;
                let plate = &mut self.each[at];
                let pulses_s = if dead[at] { 0.0 } else { kernels_s * share * plate.gain + false_s };
                let counted = plate.count_pulses(pulses_s, self.t_s, self.data.dead_time_s, &mut self.random);
                plate.count = (plate.count + counted) % COUNTER_MODULUS;
                plate.rate_s += (f64::from(counted) / TICK_S - plate.rate_s) * TICK_S / RATE_TIME_S;
            }
        }
        self.t_s += TICK_S;
    }

    /// Counters, 0..=64255.
    pub fn counts(&self) -> [u16; 4] {
        std::array::from_fn(|at| self.each[at].count as u16)
    }

    /// Smoothed counts per second.
    pub fn rates_s(&self) -> [f64; 4] {
        std::array::from_fn(|at| self.each[at].rate_s)
    }
}

impl Plate {
    /// Pulses of one tick that are counted. The dead time is paralyzable: every pulse begins it anew, counted or not.
    fn count_pulses(&mut self, pulses_s: f64, t_s: f64, dead_time_s: f64, random: &mut Random) -> u32 {
        // Far below one pulse in an hour: an empty machine.
        if pulses_s < 1e-5 {
            return 0;
        }
        let mut counted = 0;
        let mut at_s = random.wait_s(pulses_s);
        while at_s < TICK_S {
            if t_s + at_s - self.last_pulse_s >= dead_time_s {
                counted += 1;
            }
            self.last_pulse_s = t_s + at_s;
            at_s += random.wait_s(pulses_s);
        }
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate() -> Plate {
        Plate { gain: 1.0, count: 0, rate_s: 0.0, last_pulse_s: -1.0 }
    }

    #[test]
    fn the_dead_time_is_paralyzable() {
        // Expected: r exp(-r τ).
        let mut random = Random::new(5, Stream::Plates);
        for pulses_s in [50.0, 400.0, 1200.0] {
            let mut plate = plate();
            let counted: u32 =
                (0..20_000).map(|n| plate.count_pulses(pulses_s, f64::from(n) * TICK_S, 0.0025, &mut random)).sum();
            let expected = 200.0 * pulses_s * (-pulses_s * 0.0025).exp();
            assert!((f64::from(counted) / expected - 1.0).abs() < 0.05, "{counted} for {expected}");
        }
    }

    #[test]
    fn counters_wrap_before_the_reserved_codes() {
        let scenario = Scenario::bundled("wheat").unwrap();
        let mut plates = Plates::new(&scenario, 1);
        for plate in &mut plates.each {
            plate.count = COUNTER_MODULUS - 3;
        }
        let flows = Flows { separation_loss: 0.05, cleaning_loss: 0.05, ..Flows::default() };
        let mut counted = [0; 4];
        let mut last = plates.counts();
        for _ in 0..300 {
            plates.step(&flows, 15.0, [false; 4]);
            let now = plates.counts();
            for at in 0..4 {
                assert!(u32::from(now[at]) < COUNTER_MODULUS);
                let more = (u32::from(now[at]) + COUNTER_MODULUS - u32::from(last[at])) % COUNTER_MODULUS;
                assert!(more < 100, "{more}");
                counted[at] += more;
            }
            last = now;
        }
        assert!(counted.iter().all(|&n| n > 20), "{counted:?}");
        assert!(last.iter().all(|&count| count < 1000), "wrapped: {last:?}");
    }
}
