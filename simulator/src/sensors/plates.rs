//! The loss plates: kernels that hit them become pulses, pulses over a threshold become counts, except those that come
//! too close upon another. Straw and the machine's shaking give counts that are not grain.

use crate::math::{exp, ln, normal_below, pow};
use crate::plant::flows::Flows;
use crate::random::{Random, Stream, Wander};
use crate::scenario::{self, Active, Kind, Scenario};
use crate::time::TICK_S;

/// The counters run from 0 to 64255, so that the codes for "error" and "not available" never appear.
const COUNTER_MODULUS: u32 = 64_256;
/// With the event `counter-wrap` the counters begin so far before their end.
const BEFORE_WRAP: u32 = 60;
/// Unthreshed ears hit the plates too, but softly and seldom: what they count beside a free kernel. Assumed.
const EAR_HITS: f64 = 0.2;
/// Amplitudes of kernels scatter as a log-normal variable of this spread. Assumed.
const AMPLITUDE_SD: f64 = 0.55;
/// Moist grain hits softer: log amplitude per point of moisture. Assumed.
const SOFT_PER_PCT: f64 = 0.03;
const REFERENCE_MOISTURE_PCT: f64 = 15.0;
/// Heavier kernels hit harder: amplitude goes with this power of their mass. Assumed.
const MASS_EXPONENT: f64 = 0.6;
const WHEAT_MG: f64 = 42.0;
/// Straw and shaking stay below the threshold for wheat by so many of their own standard deviations, and have this
/// spread of log amplitude. A threshold low enough for canola lets far more of them through. Assumed.
const STRAW_BELOW_SD: f64 = 2.0;
const STRAW_SD: f64 = 0.5;
/// Shaking grows with this power of the machine's speed. Assumed.
const SHAKING_EXPONENT: f64 = 4.0;
/// Spread of gain between plates, as a log standard deviation. Assumed.
const GAIN_SD: f64 = 0.15;
/// Dust and awns settle on a plate: share of its gain lost each hour of threshing; a fouled one loses it with this time
/// constant, s, down to this share. Assumed.
const DUST_PER_H: f64 = 0.01;
const FOULING_S: f64 = 240.0;
const FOULED_GAIN: f64 = 0.12;
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
    /// Log of the threshold over the crop's own median amplitude at 15 % moisture.
    threshold: f64,
    /// Counts that are not grain, over those at the threshold for wheat.
    false_share: f64,
    each: [Plate; 4],
    /// Separation, shoe.
    patch: [Wander; 2],
    side: [Wander; 2],
    reset: bool,
    t_s: f64,
}

struct Plate {
    gain: f64,
    count: u32,
    rate_s: f64,
    last_pulse_s: f64,
}

impl Plates {
    /// The plates' gains are those of the machine; how grain falls on them is drawn by `seed`.
    pub fn new(scenario: &Scenario, seed: u64, machine_seed: u64) -> Self {
        let mut random = Random::new(machine_seed, Stream::Plates);
        let wraps = scenario.events.iter().any(|event| event.kind == Kind::CounterWrap);
        let harder = MASS_EXPONENT * ln(scenario.crop.kernel_mg / WHEAT_MG);
        let over = |sd: f64| normal_below(-sd);
        let each = [(); 4].map(|()| {
            let gain = exp(GAIN_SD * random.gaussian());
            let count = (random.uniform() * f64::from(COUNTER_MODULUS)) as u32;
            let count = if wraps { COUNTER_MODULUS - BEFORE_WRAP } else { count };
            Plate { gain, count, rate_s: 0.0, last_pulse_s: -1.0 }
        });
        if seed != machine_seed {
            random = Random::new(seed, Stream::Plates);
        }
        Self {
            data: scenario.machine.plates.clone(),
            kernel_kg: scenario.crop.kernel_mg * 1e-6,
            threshold: -AMPLITUDE_SD * normal_quantile(scenario.machine.plates.detection),
            false_share: over(STRAW_BELOW_SD + harder / STRAW_SD) / over(STRAW_BELOW_SD),
            each,
            patch: [(); 2].map(|()| Wander::new(PATCH_SD, PATCH_MEMORY_S, TICK_S, &mut random)),
            side: [(); 2].map(|()| Wander::new(SIDE_SD, SIDE_MEMORY_S, TICK_S, &mut random)),
            reset: false,
            t_s: 0.0,
            random,
        }
    }

    /// One tick; `run` is the machine's speed over the rated one. A dead plate gives nothing.
    pub fn step(&mut self, flows: &Flows, moisture_pct: f64, run: f64, active: &Active) {
        let softer = SOFT_PER_PCT * (moisture_pct - REFERENCE_MOISTURE_PCT);
        let detected = normal_below(-(self.threshold + softer) / AMPLITUDE_SD);
        let shaking_s = self.data.vibration_counts_s * pow(run.max(0.0), SHAKING_EXPONENT);
        let streams = [
            (flows.separation_loss + EAR_HITS * flows.threshing_loss, flows.straw_out),
            (flows.cleaning_loss, flows.chaff_out),
        ];
        for (stream, (lost_kg_s, straw_kg_s)) in streams.into_iter().enumerate() {
            let patch = exp(self.patch[stream].step(&mut self.random));
            let lean = (flows.lean[stream] + self.side[stream].step(&mut self.random)).clamp(-0.9, 0.9);
            let kernels_s = lost_kg_s / self.kernel_kg * self.data.area_fraction * detected * patch;
            let false_s = self.false_share * (self.data.false_counts_per_kg * straw_kg_s + shaking_s);
            for (side, share) in [1.0 - lean, 1.0 + lean].into_iter().enumerate() {
                let at = 2 * stream + side;
                let plate = &mut self.each[at];
                plate.foul(run, active.fouled_plates[at]);
                let all_s = (kernels_s * share + false_s) * plate.gain;
                let pulses_s = if active.dead_plates[at] { 0.0 } else { all_s };
                let counted = plate.count_pulses(pulses_s, self.t_s, self.data.dead_time_s, &mut self.random);
                plate.count = (plate.count + counted) % COUNTER_MODULUS;
                plate.rate_s += (f64::from(counted) / TICK_S - plate.rate_s) * TICK_S / RATE_TIME_S;
                if active.counters_reset && !self.reset {
                    plate.count = 0;
                }
            }
        }
        self.reset = active.counters_reset;
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
    fn foul(&mut self, run: f64, fouled: bool) {
        self.gain *= 1.0 - DUST_PER_H * run * TICK_S / 3600.0;
        if fouled && self.gain > FOULED_GAIN {
            self.gain -= (self.gain - FOULED_GAIN) * TICK_S / FOULING_S;
        }
    }

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

/// The number of standard deviations below which this share of a normal variable lies, by halving.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if normal_below(middle) < share { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate() -> Plate {
        Plate { gain: 1.0, count: 0, rate_s: 0.0, last_pulse_s: -1.0 }
    }

    /// Counts of the separation plates in a minute of even loss.
    fn counts(scenario: &str, moisture_pct: f64, lean: f64, straw_out: f64, loss: f64) -> [f64; 2] {
        let mut plates = Plates::new(&Scenario::bundled(scenario).unwrap(), 3, 3);
        for plate in &mut plates.each {
            (plate.gain, plate.count) = (1.0, 0);
        }
        let flows = Flows { separation_loss: loss, straw_out, lean: [lean; 2], ..Flows::default() };
        for _ in 0..6000 {
            plates.step(&flows, moisture_pct, 1.0, &Active::default());
        }
        [f64::from(plates.each[0].count), f64::from(plates.each[1].count)]
    }

    #[test]
    fn the_dead_time_is_paralyzable() {
        // Expected: r exp(-r τ).
        let mut random = Random::new(5, Stream::Plates);
        for pulses_s in [50.0, 400.0, 1200.0] {
            let mut plate = plate();
            let counted: u32 =
                (0..20_000).map(|n| plate.count_pulses(pulses_s, f64::from(n) * TICK_S, 0.0025, &mut random)).sum();
            let expected = 200.0 * pulses_s * libm::exp(-pulses_s * 0.0025);
            assert!((f64::from(counted) / expected - 1.0).abs() < 0.05, "{counted} for {expected}");
        }
    }

    /// 20 g/s of 42 mg kernels, of which a plate sees 5 % and detects 60 % at 15 % moisture: 14.3 a second, less the
    /// dead time. At 25 % the amplitudes are lower by 0.3 in the logarithm, 0.545 of their spread: 0.253 - 0.545 =
    /// -0.292 standard deviations, 38.5 %.
    #[test]
    fn counts_follow_share_moisture_and_side() {
        let [left, right] = counts("wheat", 15.0, 0.0, 0.0, 0.02);
        assert!(((left + right) / 120.0 / 14.3 - 1.0).abs() < 0.12, "{left} {right}");
        let [wet_left, wet_right] = counts("wheat", 25.0, 0.0, 0.0, 0.02);
        assert!(((wet_left + wet_right) / (left + right) - 0.385 / 0.6).abs() < 0.05, "{wet_left} {wet_right}");
        let [left, right] = counts("wheat", 15.0, 0.4, 0.0, 0.02);
        assert!((right / left - 1.4 / 0.6).abs() < 0.5, "{left} {right}");
    }

    /// Without any loss, only straw and shaking count: 0.15 per kg in wheat, far more at canola's low threshold.
    #[test]
    fn straw_counts_falsely_where_kernels_are_light() {
        let [wheat, _] = counts("wheat", 15.0, 0.0, 5.0, 0.0);
        assert!((35.0..60.0).contains(&wheat), "{wheat}");
        let [canola, _] = counts("canola-fan", 9.0, 0.0, 5.0, 0.0);
        assert!(canola > 10.0 * wheat, "{canola}");
        let [maize, _] = counts("maize-rotor", 15.0, 0.0, 5.0, 0.0);
        assert!(maize < 0.1 * wheat, "{maize}");
    }

    #[test]
    fn a_fouled_plate_counts_less_and_less() {
        let mut plate = plate();
        for _ in 0..24_000 {
            plate.foul(1.0, true);
        }
        // A time constant of fouling: 0.12 + 0.88 / e.
        assert!((plate.gain - 0.444).abs() < 0.005, "{}", plate.gain);
    }

    #[test]
    fn counters_wrap_before_the_reserved_codes_and_can_be_reset() {
        let mut scenario = Scenario::bundled("wheat").unwrap();
        scenario.add_fault("counter-wrap").unwrap();
        let mut plates = Plates::new(&scenario, 1, 1);
        assert_eq!(plates.counts(), [64_196; 4]);
        let flows = Flows { separation_loss: 0.05, cleaning_loss: 0.05, ..Flows::default() };
        let mut counted = [0; 4];
        let mut last = plates.counts();
        for _ in 0..600 {
            plates.step(&flows, 15.0, 1.0, &Active::default());
            let now = plates.counts();
            for at in 0..4 {
                assert!(u32::from(now[at]) < COUNTER_MODULUS);
                let more = (u32::from(now[at]) + COUNTER_MODULUS - u32::from(last[at])) % COUNTER_MODULUS;
                assert!(more < 100, "{more}");
                counted[at] += more;
            }
            last = now;
        }
        assert!(counted.iter().all(|&n| n > 60), "{counted:?}");
        assert!(last.iter().all(|&count| count < 2000), "wrapped: {last:?}");
        let active = Active { counters_reset: true, ..Active::default() };
        plates.step(&Flows::default(), 15.0, 0.0, &active);
        assert_eq!(plates.counts(), [0; 4]);
    }
}
