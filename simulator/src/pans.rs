//! Drop pans that a technician could have taken: patchy, counted, known only minutes later.

use crate::math::ln;
use crate::random::{Random, Stream};
use crate::scenario::Scenario;
use crate::truth::{Activity, TruthRow};

// The technician's habits, all assumed.
/// Between two samples, s.
const EVERY_S: u32 = 330;
/// A sample is taken once the machine has cut straight on for so long, s: it is full then.
const SETTLED_S: u32 = 25;
/// Slower than this a pan cannot be dropped by the way, m/s.
const LEAST_SPEED_M_S: f64 = 0.3;
/// Every third sample is one of the front.
const FRONT_EVERY: u32 = 3;
/// Area of a pan and of a frame, m².
const PAN_M2: f64 = 0.25;
const FRAME_M2: f64 = 0.5;
/// The result is entered after this many seconds, and up to this many more.
const KNOWN_AFTER_S: f64 = 300.0;
const KNOWN_WITHIN_S: f64 = 600.0;
/// Grain does not fall evenly: variation between pans behind the machine, between frames, and of what was shed before.
/// Assumed.
const REAR_CV: f64 = 0.35;
const FRONT_CV: f64 = 0.50;
const SHED_CV: f64 = 0.40;
/// More kernels than this are weighed, not counted; fewer than that are counted, not weighed.
const COUNTED_UP_TO: u32 = 800;
const WEIGHED_FROM: u32 = 150;
/// Scatter of the mass of a sample about its count, as a fraction.
const WEIGHING_SD: f64 = 0.02;
/// Share of the front samples for which the shed was measured apart.
const SHED_MEASURED: f64 = 0.8;

/// Where a sample was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanKind {
    /// Under the machine, behind the header: what falls from the rear, concentrated by header over discharge width.
    Rear,
    /// On the ground that the header has passed, with what was shed before.
    Front,
}

/// A sample and what was found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PanRow {
    /// The end of the second in which it was taken, seconds since 1970-01-01 UTC.
    pub t_unix: f64,
    /// When its result was typed in.
    pub t_known_unix: f64,
    /// Rear or front.
    pub kind: PanKind,
    /// m².
    pub pan_area_m2: f64,
    /// m.
    pub discharge_width_m: f64,
    /// m.
    pub header_width_m: f64,
    /// Counted, unless there were too many.
    pub kernels: Option<u32>,
    /// Weighed, unless there were too few.
    pub grams: Option<f64>,
    /// Kernels on the ground before the harvest, measured apart, 1/m².
    pub natural_shed_kernels_m2: Option<f64>,
}

impl PanRow {
    /// The columns of [`csv`](Self::csv).
    pub const HEADER: &'static str = "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,\
grams,natural_shed_kernels_m2";

    /// The row as a line of CSV, without its end; what is not known is empty.
    pub fn csv(&self) -> String {
        let number =
            |value: Option<f64>, digits: usize| value.map_or(String::new(), |value| format!("{value:.digits$}"));
        format!(
            "{:.0},{:.0},{},{},{},{},{},{},{}",
            self.t_unix,
            self.t_known_unix,
            match self.kind {
                PanKind::Rear => "rear",
                PanKind::Front => "front",
            },
            self.pan_area_m2,
            self.discharge_width_m,
            self.header_width_m,
            number(self.kernels.map(f64::from), 0),
            number(self.grams, 2),
            number(self.natural_shed_kernels_m2, 1)
        )
    }
}

/// A technician beside a machine.
pub struct Pans {
    random: Random,
    header_width_m: f64,
    discharge_width_m: f64,
    kernel_kg: f64,
    shed_kernels_m2: f64,
    straight_s: u32,
    since_s: u32,
    taken: u32,
}

impl Pans {
    /// A technician for this scenario; the seed settles which kernels fall into the pan.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        Self {
            random: Random::new(seed, Stream::Pans),
            header_width_m: scenario.machine.header_width_m,
            discharge_width_m: scenario.machine.discharge_width_m,
            kernel_kg: scenario.crop.kernel_mg * 1e-6,
            shed_kernels_m2: scenario.crop.shed_kernels_m2,
            straight_s: 0,
            since_s: EVERY_S - SETTLED_S,
            taken: 0,
        }
    }

    /// Looks at the next second of truth; the sample, when one is taken in it.
    pub fn look(&mut self, row: &TruthRow) -> Option<PanRow> {
        let straight = row.state == Activity::Cutting && !row.turning_cut && row.ground_speed_m_s > LEAST_SPEED_M_S;
        self.straight_s = if straight { self.straight_s + 1 } else { 0 };
        self.since_s += 1;
        if self.straight_s < SETTLED_S || self.since_s < EVERY_S {
            return None;
        }
        self.since_s = 0;
        self.taken += 1;
        let front = self.taken.is_multiple_of(FRONT_EVERY);
        let (kind, area_m2) = if front { (PanKind::Front, FRAME_M2) } else { (PanKind::Rear, PAN_M2) };
        let fallen = self.kernels_m2(row, kind);
        let mut kernels = self.found(area_m2 * fallen, if front { FRONT_CV } else { REAR_CV });
        let mut shed = None;
        if front {
            kernels += self.found(area_m2 * self.shed_kernels_m2, SHED_CV);
            let apart = f64::from(self.found(area_m2 * self.shed_kernels_m2, SHED_CV)) / area_m2;
            shed = self.random.chance(SHED_MEASURED).then_some(apart);
        }
        let mass_g = f64::from(kernels) * self.kernel_kg * 1e3 * (1.0 + WEIGHING_SD * self.random.gaussian());
        let known_s = KNOWN_AFTER_S + (KNOWN_WITHIN_S * self.random.uniform()).round();
        Some(PanRow {
            t_unix: row.t_unix,
            t_known_unix: row.t_unix + known_s,
            kind,
            pan_area_m2: area_m2,
            discharge_width_m: self.discharge_width_m,
            header_width_m: self.header_width_m,
            kernels: (kernels <= COUNTED_UP_TO).then_some(kernels),
            grams: (kernels >= WEIGHED_FROM).then_some(mass_g),
            natural_shed_kernels_m2: shed,
        })
    }

    /// What fell in this second, kernels per m² of the ground that it fell on.
    fn kernels_m2(&self, row: &TruthRow, kind: PanKind) -> f64 {
        let (kg_s, width_m) = match kind {
            PanKind::Rear => {
                (row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s, self.discharge_width_m)
            }
            PanKind::Front => (row.header_loss_kg_s, self.header_width_m),
        };
        kg_s / (row.ground_speed_m_s * width_m) / self.kernel_kg
    }

    /// A count about this mean: negative binomial, a Poisson count whose mean varies from place to place.
    fn found(&mut self, mean: f64, cv: f64) -> u32 {
        let here = mean * self.gamma(1.0 / (cv * cv)) * cv * cv;
        if here <= 0.0 {
            return 0;
        }
        let mut kernels = 0;
        let mut place = self.random.wait_s(here);
        while place < 1.0 {
            kernels += 1;
            place += self.random.wait_s(here);
        }
        kernels
    }

    /// A gamma variable of this shape, at least 1, and scale 1 (Marsaglia & Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.random.gaussian();
            let v = 1.0 + c * x;
            let cube = v * v * v;
            if v > 0.0 && ln(self.random.uniform()) < 0.5 * x * x + d - d * cube + d * ln(cube) {
                return d * cube;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_the_spread_of_a_negative_binomial() {
        let mut pans = Pans::new(&Scenario::bundled("wheat").unwrap(), 1);
        for (mean, cv) in [(3.0, 0.35), (40.0, 0.35), (40.0, 0.5)] {
            let counts: Vec<f64> = (0..20_000).map(|_| f64::from(pans.found(mean, cv))).collect();
            let n = counts.len() as f64;
            let found = counts.iter().sum::<f64>() / n;
            let variance = counts.iter().map(|count| (count - found) * (count - found)).sum::<f64>() / n;
            assert!((found / mean - 1.0).abs() < 0.02, "{found} for {mean}");
            let expected = mean + mean * mean * cv * cv;
            assert!((variance / expected - 1.0).abs() < 0.06, "{variance} for {expected}");
        }
        assert_eq!(pans.found(0.0, 0.35), 0);
    }
}
