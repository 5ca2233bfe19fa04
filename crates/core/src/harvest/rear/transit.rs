//! How long crop takes from the feeder house to the end of a path. No sheet says so: several ways through the machine are
//! followed at once, some shorter and some longer, and what the plates count when crop comes and goes tells which of them
//! this machine is like.

use super::super::gain::{At, GainFilter, Path, Window};
use super::super::lag::Residence;
use crate::math::{exp, hypot, ln_1p, square};
use crate::time::STEP_S;

/// The ways: how many times as long as the usual one, and how likely before any plate has counted. From the header to the
/// rear 6 to 15 s are quoted in all, of which the way to the feeder house is one or two; the weights are our choice.
const WAYS: usize = 6;
const TIMES: [f64; WAYS] = [0.6, 0.8, 1.0, 1.3, 1.75, 2.35];
const THOUGHT: [f64; WAYS] = [0.10, 0.20, 0.26, 0.22, 0.14, 0.08];
/// Counts are compared second by second where the ways differ by more than this factor.
const SECOND_S: f64 = 1.0;
const DIFFER: f64 = 1.3;
/// None of the ways has the shape of the real one, and seconds that follow each other tell the same again: so much of
/// what a second says is believed, and counts spread by so much more (our choice).
const BELIEVED: f64 = 0.3;
const SHAPE_SD: f64 = 0.4;
/// No way is ever thought less likely than this beside the likeliest, as a logarithm: another crop may take it again, and
/// what it still brings must not be a miracle (our choice: one in a hundred).
const LEAST: f64 = -4.6;
/// What is held against a way is never more than this, so that another crop can undo it within some passes; and a second
/// in which the ways expect less than a kernel tells nothing (our choice).
const MOST_AGAINST: f64 = -30.0;
const LEAST_KERNELS: f64 = 1.0;
/// What was learned fades within so long of such seconds, since slow crop follows fast crop (our choice).
const MEMORY_S: f64 = 600.0;
/// Nothing is learned while the level that the plates see is known no better than this (variance of its logarithm).
const LEVEL_VARIANCE: f64 = 0.2;

/// What passes the end of the path now by one of the ways, kg/s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passing {
    pub grain_kg_s: f64,
    pub straw_kg_s: f64,
}

#[derive(Debug)]
struct Way {
    grain: Residence,
    straw: Residence,
    /// Logarithm of how much likelier than thought the counts have made it.
    learned: f64,
    weight: f64,
}

/// All ways of one path.
#[derive(Debug)]
pub(super) struct Transit {
    ways: [Way; WAYS],
    second: Second,
}

/// A second of counts on its way to be compared.
#[derive(Debug, Default)]
struct Second {
    kernels: f64,
    plate_s: f64,
    from_loss: [f64; WAYS],
    from_straw: [f64; WAYS],
    elapsed_s: f64,
}

/// A step of counts, and what was to be expected of them by each way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared {
    pub kernels: f64,
    pub plate_s: f64,
    pub from_loss: [f64; WAYS],
    pub from_straw: [f64; WAYS],
}

impl Transit {
    /// Ways about one of so much pure delay and so much mean lag, s.
    pub fn new(delay_s: f64, lag_s: f64) -> Self {
        let way = |at: usize| {
            let residence = || Residence::new(TIMES[at] * delay_s, TIMES[at] * lag_s);
            Way { grain: residence(), straw: residence(), learned: 0.0, weight: THOUGHT[at] }
        };
        Self { ways: std::array::from_fn(way), second: Second::default() }
    }

    /// Puts in what is at the feeder house now, kg/s; what passes the end by each way.
    pub fn step(&mut self, grain_kg_s: f64, straw_kg_s: f64) -> [Passing; WAYS] {
        self.ways
            .each_mut()
            .map(|way| Passing { grain_kg_s: way.grain.step(grain_kg_s), straw_kg_s: way.straw.step(straw_kg_s) })
    }

    /// The mean over the ways, by how likely each is.
    pub fn mean(&self, values: &[f64; WAYS]) -> f64 {
        self.ways.iter().zip(values).map(|(way, value)| way.weight * value).sum()
    }

    /// The logarithm's standard deviation of a log-normal that has the mean and the variance of the ways.
    pub fn log_sd(&self, values: &[f64; WAYS]) -> f64 {
        let mean = self.mean(values);
        if mean <= 0.0 {
            return 0.0;
        }
        // Of the ratios: no square of a small mass is ever taken.
        let variance = self.mean(&values.map(|value| square(value / mean - 1.0)));
        ln_1p(variance).sqrt()
    }

    /// Counts tell of the ways where these differ.
    pub fn learn(&mut self, path: Path, at: &At, dead_time_s: f64, compared: &Compared, gains: &GainFilter) {
        let second = &mut self.second;
        second.kernels += compared.kernels;
        second.plate_s += compared.plate_s;
        second.elapsed_s += STEP_S;
        for nth in 0..WAYS {
            second.from_loss[nth] += compared.from_loss[nth];
            second.from_straw[nth] += compared.from_straw[nth];
        }
        if second.elapsed_s < SECOND_S - 0.5 * STEP_S {
            return;
        }
        let second = std::mem::take(&mut self.second);
        let (low, high) = second.from_loss.iter().fold((f64::INFINITY, 0.0f64), |(l, h), &v| (l.min(v), h.max(v)));
        let seen = gains.seen(path, at);
        if high <= DIFFER * low || high < LEAST_KERNELS || seen.variance > LEVEL_VARIANCE {
            return;
        }
        let keep = exp(-SECOND_S / MEMORY_S);
        let transit_sd = hypot(SHAPE_SD, seen.variance.sqrt());
        for (nth, way) in self.ways.iter_mut().enumerate() {
            let window = Window {
                kernels: second.kernels.round(),
                plate_s: second.plate_s,
                from_loss: second.from_loss[nth],
                from_straw: second.from_straw[nth],
                at: *at,
                transit_sd,
                dead_time_s,
                may_silence: false,
            };
            way.learned = keep * way.learned + BELIEVED * window.likelihood(seen.mean);
        }
        self.weigh();
    }

    /// The second under way is of no use: it is not known what came in.
    pub fn interrupt(&mut self) {
        self.second = Second::default();
    }

    fn weigh(&mut self) {
        let most = self.ways.iter().map(|way| way.learned).fold(f64::NEG_INFINITY, f64::max);
        if !most.is_finite() {
            return;
        }
        for (way, thought) in self.ways.iter_mut().zip(THOUGHT) {
            way.learned = (way.learned - most).max(MOST_AGAINST);
            way.weight = thought * exp(way.learned.max(LEAST));
        }
        let sum: f64 = self.ways.iter().map(|way| way.weight).sum();
        self.ways.iter_mut().for_each(|way| way.weight /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;

    /// Plates that have counted what was to be expected: the level that they see is known.
    fn known() -> GainFilter {
        let mut gains = GainFilter::new();
        for _ in 0..60 {
            gains.wander(2.0, true);
            let window = Window {
                kernels: 80.0,
                plate_s: 4.0,
                from_loss: 80.0,
                from_straw: 0.0,
                at: At::default(),
                transit_sd: 0.0,
                dead_time_s: 0.0,
                may_silence: false,
            };
            gains.counted(Path::Separation, &window);
        }
        gains
    }

    /// Ways about 4 s after so many passes of a minute with 20 s between them, on a machine whose crop takes `really`
    /// that many times as long, in a pure delay, which none of the ways has. The mean of the ways, in times of the usual.
    fn learned(passes: usize, really: f64, gains: &GainFilter) -> f64 {
        let mut transit = Transit::new(1.5, 2.5);
        let delay = (40.0 * really) as usize;
        let mut came = vec![0.0; delay];
        for step in 0..passes * 800 {
            let straw = if step % 800 < 600 { 3.0 } else { 0.0 };
            came.push(straw);
            let ways = transit.step(straw, straw);
            // 20 kernels a second and plate at full feed, on two plates.
            let step = Compared {
                kernels: 4.0 * came[step] / 3.0,
                plate_s: 0.2,
                from_loss: ways.map(|way| 4.0 * way.straw_kg_s / 3.0),
                from_straw: [0.0; WAYS],
            };
            transit.learn(Path::Separation, &At::default(), 0.0025, &step, gains);
        }
        transit.mean(&TIMES)
    }

    #[test]
    fn plates_tell_how_long_crop_takes_within_some_passes() {
        let gains = known();
        // Before anything is counted: 0.06 + 0.16 + 0.26 + 0.286 + 0.245 + 0.188.
        assert!((learned(0, 1.0, &gains) - 1.199).abs() < 1e-9);
        for really in [0.7, 1.0, 1.6, 2.2] {
            let told = learned(5, really, &gains);
            assert!(ln(told / really).abs() < 0.25, "{told} for {really}");
        }
        // A level that nobody knows teaches nothing of the way.
        assert!((learned(5, 2.2, &GainFilter::new()) - 1.199).abs() < 1e-9);
    }

    #[test]
    fn what_may_have_come_or_not_is_known_badly_and_steady_work_well() {
        let mut transit = Transit::new(1.5, 2.5);
        let straw = |ways: [Passing; WAYS]| ways.map(|way| way.straw_kg_s);
        let mut coming = |_| {
            let arrived = straw(transit.step(2.0, 4.0));
            (transit.mean(&arrived), transit.log_sd(&arrived))
        };
        let coming: Vec<(f64, f64)> = (0..600).map(&mut coming).collect();
        // Four seconds in, the quick ways bring crop and the slow ones none: 1 − e^(−x) (1 + x) of all with x = (4 − 1.5 t) /
        // (1.25 t) for t times as long: 0.918, 0.769, 0.594, 0.360, 0.132, 0.012. By their weights the mean is 0.499 and the
        // mean square 0.325, so that the logarithm spreads by √ln(0.325 / 0.249) = 0.517.
        let (mean, log_sd) = coming[39];
        assert!((mean - 4.0 * 0.499).abs() < 0.05 && (log_sd - 0.517).abs() < 0.01, "{mean} {log_sd}");
        let (mean, log_sd) = coming[599];
        assert!((mean - 4.0).abs() < 1e-6 && log_sd < 1e-6, "{mean} {log_sd}");
        assert_eq!(Transit::new(1.5, 2.5).log_sd(&[0.0; WAYS]), 0.0, "where there is nothing, nothing is uncertain");
    }
}
