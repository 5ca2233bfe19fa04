//! Normal work: what this operator loses and how fast, where no fault goes on.

use super::lag::Passing;
use crate::math::{exp, ln, square};
use crate::params::{HabitParams, LoadCurveParams};

/// Classes of the feed rate.
pub(super) const CLASSES: usize = 48;
/// The lowest class begins here, kg/s.
const LOWEST_KG_S: f64 = 0.3;
/// Width of a class, as a logarithm: the highest ends at 36 kg/s.
const CLASS_LOG: f64 = 0.1;

/// Grain by class of the feed rate, kg.
pub(super) type ByLoad = [f64; CLASSES];

/// The class of a feed rate.
pub(super) fn class(feed_kg_s: f64) -> usize {
    let at = ln(feed_kg_s.max(LOWEST_KG_S) / LOWEST_KG_S) / CLASS_LOG;
    (at.max(0.0) as usize).min(CLASSES - 1)
}

/// The logarithm of the feed rate in the middle of a class.
fn log_feed(class: usize) -> f64 {
    ln(LOWEST_KG_S) + (class as f64 + 0.5) * CLASS_LOG
}

/// Mean and scatter of one quantity over samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Scatter {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Scatter {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        self.sum += value;
        self.squares += square(value);
    }

    /// Variance, drawn to the assumed one as long as there are few samples.
    fn variance(&self, prior_sd: f64, prior_n: f64) -> f64 {
        let own = if self.n > 0.0 { (self.squares - square(self.sum) / self.n).max(0.0) } else { 0.0 };
        (prior_n * square(prior_sd) + own) / (prior_n + (self.n - 1.0).max(0.0))
    }
}

/// What normal work has been so far.
#[derive(Clone, Debug)]
pub(super) struct Normal {
    params: HabitParams,
    curve: LoadCurveParams,
    /// Of the sample that is being gathered: seconds, grain in, grain, feed and loss as they leave, header's loss, area.
    gathered: [f64; 7],
    /// Loss behind the machine, kg, of the grain by load as it left, kg.
    rear_kg: f64,
    by_load: ByLoad,
    /// Loss at the header, kg, and the grain of the same time, kg.
    header_kg: f64,
    grain_kg: f64,
    area_m2: f64,
    seconds: f64,
    x: Scatter,
    y: Scatter,
    xy: f64,
    header: Scatter,
    pace: Scatter,
}

/// What normal work would have lost or needed, and the standard deviation of that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Expected {
    pub value: f64,
    pub sd: f64,
}

impl Normal {
    pub fn new(params: HabitParams, curve: LoadCurveParams) -> Self {
        let scatter = Scatter::default();
        Self {
            params,
            curve,
            gathered: [0.0; 7],
            rear_kg: 0.0,
            by_load: [0.0; CLASSES],
            header_kg: 0.0,
            grain_kg: 0.0,
            area_m2: 0.0,
            seconds: 0.0,
            x: scatter,
            y: scatter,
            xy: 0.0,
            header: scatter,
            pace: scatter,
        }
    }

    /// A second of normal work: grain in, header's loss, kg; what leaves, and what of it is lost, kg; area, m².
    pub fn add(&mut self, (grain_kg, header_kg): (f64, f64), leaving: &Passing, rear_kg: f64, area_m2: f64) {
        let second = [1.0, grain_kg, leaving.grain, leaving.feed, rear_kg, header_kg, area_m2];
        self.gathered.iter_mut().zip(second).for_each(|(sum, value)| *sum += value);
        self.rear_kg += rear_kg;
        self.by_load[class(leaving.feed)] += leaving.grain;
        self.header_kg += header_kg;
        self.grain_kg += grain_kg;
        self.area_m2 += area_m2;
        self.seconds += 1.0;
        if self.gathered[0] >= self.params.sample_s {
            self.sample();
        }
    }

    fn sample(&mut self) {
        let [seconds, grain, leaving, feed, rear, header, area] = std::mem::take(&mut self.gathered);
        let (x, y) = (ln(feed / seconds), ln(rear / leaving));
        if x.is_finite() && y.is_finite() {
            self.x.add(x);
            self.y.add(y);
            self.xy += x * y;
        }
        for (scatter, value) in [(&mut self.header, ln(header / grain)), (&mut self.pace, ln(area / seconds))] {
            if value.is_finite() {
                scatter.add(value);
            }
        }
    }

    /// There is enough of it to compare with.
    pub fn is_enough(&self) -> bool {
        self.y.n >= self.params.min_samples
    }

    /// A sample that is not full is dropped: work is interrupted.
    pub const fn interrupt(&mut self) {
        self.gathered = [0.0; 7];
    }

    /// Elasticity of the loss share behind the machine with the load, and its standard deviation.
    fn slope(&self) -> (f64, f64) {
        let (n, xs) = (self.x.n, self.x);
        let sxx = if n > 0.0 { (xs.squares - square(xs.sum) / n).max(0.0) } else { 0.0 };
        let sxy = if n > 0.0 { self.xy - xs.sum * self.y.sum / n } else { 0.0 };
        let LoadCurveParams { prior_slope, prior_slope_sd, .. } = self.curve;
        // Neighbouring samples are alike.
        let sample = 1.0 / (square(self.params.rear_sd) * self.params.samples_per_dof);
        let prior = 1.0 / square(prior_slope_sd);
        let precision = sxx * sample + prior;
        ((sxy * sample + prior_slope * prior) / precision, precision.sqrt().recip())
    }

    /// Variance of a sample's logarithm about the curve.
    fn rear_variance(&self) -> f64 {
        let (slope, _) = self.slope();
        let (n, xs, ys) = (self.x.n, self.x, self.y);
        let HabitParams { rear_sd, prior_samples, .. } = self.params;
        if n < 1.0 {
            return square(rear_sd);
        }
        let (sxx, syy) = (xs.squares - square(xs.sum) / n, ys.squares - square(ys.sum) / n);
        let sxy = self.xy - xs.sum * ys.sum / n;
        let residual = (syy - 2.0 * slope * sxy + square(slope) * sxx).max(0.0);
        (prior_samples * square(rear_sd) + residual) / (prior_samples + (n - 1.0).max(0.0))
    }

    /// Loss behind the machine of this grain, kg; at its own load, or at that of normal work.
    ///
    /// `spread` is the sum over the fault's stretches of (grain)² over how many independent samples each is long.
    pub fn rear(&self, grain: &ByLoad, spread: f64, at_own_load: bool) -> Expected {
        let (slope, slope_sd) = if at_own_load { self.slope() } else { (0.0, 0.0) };
        let mean_x = if self.x.n > 0.0 { self.x.sum / self.x.n } else { 0.0 };
        let off = |at: usize| (log_feed(at) - mean_x).clamp(-self.params.max_below_log, self.params.max_above_log);
        let sum = |grain: &ByLoad, weight: &dyn Fn(usize) -> f64| -> f64 {
            grain.iter().enumerate().map(|(at, kg)| kg * weight(at)).sum()
        };
        let by_load = |at: usize| exp(slope * off(at));
        let normal = sum(&self.by_load, &by_load);
        let level = if normal > 0.0 { self.rear_kg / normal } else { 0.0 };
        let value = level * sum(grain, &by_load);
        let by_slope = level * sum(grain, &|at| by_load(at) * off(at)) * slope_sd;
        let grain_kg: f64 = grain.iter().sum();
        let share = if grain_kg > 0.0 { value / grain_kg } else { 0.0 };
        let variance = self.rear_variance();
        let sd = (square(by_slope) + variance * (square(share) * spread + square(value) / self.independent(self.y.n)))
            .sqrt();
        Expected { value, sd }
    }

    /// Loss at the header of this much grain, kg; `spread` as above.
    pub fn header(&self, grain_kg: f64, spread: f64) -> Expected {
        let share = if self.grain_kg > 0.0 { self.header_kg / self.grain_kg } else { 0.0 };
        let variance = self.header.variance(self.params.header_sd, self.params.prior_samples);
        let value = share * grain_kg;
        let sd = (variance * (square(share) * spread + square(value) / self.independent(self.header.n))).sqrt();
        Expected { value, sd }
    }

    /// Time for this area, s; `spread` is of areas here.
    pub fn seconds(&self, area_m2: f64, spread: f64) -> Expected {
        let pace = if self.area_m2 > 0.0 { self.seconds / self.area_m2 } else { 0.0 };
        let variance = self.pace.variance(self.params.pace_sd, self.params.prior_samples);
        let value = pace * area_m2;
        let sd = (variance * (square(pace) * spread + square(value) / self.independent(self.pace.n))).sqrt();
        Expected { value, sd }
    }

    fn independent(&self, n: f64) -> f64 {
        (n / self.params.samples_per_dof).max(1.0)
    }
}
