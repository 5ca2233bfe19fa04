//! A plate that has come to count less beside its neighbour than it used to: dust and awns have fouled it, or its gain has
//! fallen.
//!
//! The logarithm of left over right kernels is followed leg by leg: a constant for the two gains, and a part that goes with
//! the direction of travel, since a slope throws grain to the downhill side. A Kalman filter learns the three; a cumulative
//! sum (Page 1954) of what it did not foresee finds a lasting change to one side. A slope that comes or goes changes its
//! sign with the direction, and moves both paths; fouling does neither.

use super::ratio_model::{LegRatio, RatioModel};
use crate::math::{cos, hypot, ln, sin};
use crate::params::FoulingParams;
use crate::time::STEP_S;

/// Kernels of both plates while the machine cuts one leg, and the sum of its directions.
#[derive(Clone, Copy, Debug, Default)]
struct Leg {
    kernels: [f64; 2],
    direction: (f64, f64),
    directed_steps: f64,
    cut_s: f64,
    paused_s: f64,
}

/// What happened since the sums began to rise.
#[derive(Clone, Copy, Debug, Default)]
struct Since {
    /// Sum of the legs' directions, and how many legs.
    direction: (f64, f64),
    legs: f64,
    /// Highest sums of the other path.
    other_peaks: [f64; 2],
}

/// Watches the two plates of a path.
#[derive(Clone, Debug)]
pub(super) struct FoulingDetector {
    params: FoulingParams,
    leg: Leg,
    model: RatioModel,
    /// What was known before the sum began to rise.
    sound: RatioModel,
    /// Of the left plate counting too little, and of the right one.
    sums: [f64; 2],
    since: Since,
    /// Which plate is at fault, 0 left and 1 right, and legs on end in which it counted well.
    fouled: Option<(usize, f64)>,
}

impl FoulingDetector {
    pub fn new(params: &FoulingParams) -> Self {
        let model = RatioModel::new(params);
        Self {
            params: *params,
            leg: Leg::default(),
            model,
            sound: model,
            sums: [0.0; 2],
            since: Since::default(),
            fouled: None,
        }
    }

    /// One step with what both counted, `None` when not both have a value; with the course, rad, and the sums of the other
    /// path.
    pub fn step(&mut self, kernels: Option<(f64, f64)>, cutting: bool, course_rad: Option<f64>, other_sums: [f64; 2]) {
        let leg = &mut self.leg;
        if let Some((left, right)) = kernels.filter(|_| cutting) {
            leg.kernels[0] += left;
            leg.kernels[1] += right;
            leg.cut_s += STEP_S;
            leg.paused_s = 0.0;
            if let Some(course_rad) = course_rad {
                leg.direction.0 += cos(course_rad);
                leg.direction.1 += sin(course_rad);
                leg.directed_steps += 1.0;
            }
        } else {
            leg.paused_s += STEP_S;
        }
        let FoulingParams { leg_s, leg_least_s, leg_kernels, leg_most_s, leg_ends_after_s, .. } = self.params;
        let enough = leg.kernels[0] + leg.kernels[1] >= leg_kernels;
        let left_crop = leg.cut_s > 0.0 && leg.paused_s > leg_ends_after_s;
        if enough && (leg.cut_s >= leg_s || left_crop && leg.cut_s >= leg_least_s) {
            let leg = std::mem::take(leg);
            self.end_leg(&leg, other_sums);
        } else if left_crop || leg.cut_s > leg_most_s {
            *leg = Leg::default();
        }
    }

    fn end_leg(&mut self, leg: &Leg, other_sums: [f64; 2]) {
        let FoulingParams { silent_share, most_sds, slack_sds, .. } = self.params;
        let [left, right] = leg.kernels;
        if left.min(right) < silent_share * left.max(right) {
            return;
        }
        // Half a kernel more keeps the logarithm of a Poisson count nearly unbiased.
        let ratio = LegRatio {
            log: ln((left + 0.5) / (right + 0.5)),
            variance: 1.0 / (left + 0.5) + 1.0 / (right + 0.5),
            direction: (leg.directed_steps * STEP_S >= 0.5 * leg.cut_s)
                .then(|| (leg.direction.0 / leg.directed_steps, leg.direction.1 / leg.directed_steps)),
        };
        if let Some((low, well)) = self.fouled {
            self.watch_fouled(low, well, &ratio);
            return;
        }
        let sds = self.model.innovation_sds(&ratio).clamp(-most_sds, most_sds);
        self.model.learn(&ratio, most_sds);
        for (sum, sds) in self.sums.iter_mut().zip([-sds, sds]) {
            *sum = (*sum + sds - slack_sds).max(0.0);
        }
        if self.sums == [0.0; 2] {
            (self.sound, self.since) = (self.model, Since::default());
            return;
        }
        // A leg without a known direction says nothing of differing directions.
        let (north, east) = ratio.direction.unwrap_or((1.0, 0.0));
        self.since.direction.0 += north;
        self.since.direction.1 += east;
        self.since.legs += 1.0;
        for (peak, sum) in self.since.other_peaks.iter_mut().zip(other_sums) {
            *peak = peak.max(sum);
        }
        self.judge(&ratio);
    }

    fn judge(&mut self, ratio: &LegRatio) {
        let FoulingParams { threshold, least_change, directions, other_path_share, .. } = self.params;
        let Since { direction: (north, east), legs, other_peaks } = self.since;
        let to_and_fro = hypot(north, east) < directions * legs;
        let change = self.sound.surprise(ratio);
        for (low, change) in [(0, -change), (1, change)] {
            let alone = other_peaks[low] < other_path_share * threshold;
            if self.sums[low] >= threshold && change >= least_change && (to_and_fro || alone) {
                self.fouled = Some((low, 0.0));
            }
        }
    }

    /// A leg of a plate that is at fault: nothing is learned from it until it counts as before.
    fn watch_fouled(&mut self, low: usize, well: f64, ratio: &LegRatio) {
        let change = self.sound.surprise(ratio) * if low == 0 { -1.0 } else { 1.0 };
        let well = if change < self.params.well_change { well + 1.0 } else { 0.0 };
        self.fouled = Some((low, well)).filter(|_| well < self.params.well_legs);
        if self.fouled.is_none() {
            (self.model, self.sums, self.since) = (self.sound, [0.0; 2], Since::default());
        }
    }

    /// How far each plate, left and right, has been found to count too little.
    pub const fn sums(&self) -> [f64; 2] {
        self.sums
    }

    /// The fouled plate, 0 left and 1 right; `None` when there is none.
    pub fn low(&self) -> Option<usize> {
        self.fouled.map(|(low, _)| low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes of three minutes to and fro, with what the two paths count a second, left and right; each with a turn after
    /// it. Gives after which pass the first path's plate is at fault, and which.
    fn found(passes: &[[(f64, f64); 2]], turns: bool) -> Vec<Option<usize>> {
        let mut paths = [(); 2].map(|()| FoulingDetector::new(&FoulingParams::default()));
        let pass = |(at, rates): (usize, &[(f64, f64); 2])| {
            let course = Some(if turns && at % 2 == 1 { 0.3 + std::f64::consts::PI } else { 0.3 });
            for step in 0..2000 {
                let cutting = step < 1800;
                for path in [0, 1] {
                    let other = paths[1 - path].sums();
                    let (left, right) = rates[path];
                    paths[path].step(Some((left * 0.1, right * 0.1)), cutting, course, other);
                }
            }
            paths[0].low()
        };
        passes.iter().enumerate().map(pass).collect()
    }

    const EVEN: [(f64, f64); 2] = [(10.0, 12.0), (6.0, 5.0)];

    #[test]
    fn a_plate_that_has_fallen_to_a_third_is_fouled_and_well_again_when_cleaned() {
        let fouled = [(3.3, 12.0), (6.0, 5.0)];
        let passes = [[EVEN; 4].as_slice(), &[fouled; 3], &[EVEN; 2]].concat();
        let (none, left) = (None, Some(0));
        assert_eq!(found(&passes, true), [none, none, none, none, none, left, left, none, none]);
        let mirrored: Vec<_> = passes.iter().map(|path| path.map(|(left, right)| (right, left))).collect();
        assert_eq!(found(&mirrored, true)[6], Some(1));
        // In one direction too, since the other path has not changed.
        assert_eq!(found(&passes, false)[6], left);
    }

    #[test]
    fn a_slope_moves_both_paths_and_changes_sides_with_the_direction() {
        let downhill = [(18.0, 2.0), (8.0, 3.0)];
        let uphill = [(2.0, 18.0), (3.0, 8.0)];
        let hill: Vec<_> = (0..12).map(|pass| if pass % 2 == 0 { downhill } else { uphill }).collect();
        let comes = [[EVEN; 4].as_slice(), &hill, &[EVEN; 4]].concat();
        assert!(found(&comes, true).iter().all(Option::is_none), "{:?}", found(&comes, true));
        let one_way = [[EVEN; 4].as_slice(), &[uphill; 6]].concat();
        assert!(found(&one_way, false).iter().all(Option::is_none), "{:?}", found(&one_way, false));
    }

    #[test]
    fn a_plate_on_a_slope_is_found_fouled_all_the_same() {
        let hill =
            |gain: f64| {
                (0..8).map(move |pass| {
                    if pass % 2 == 0 { [(18.0 * gain, 2.0), (8.0, 3.0)] } else { [(2.0 * gain, 18.0), (3.0, 8.0)] }
                })
            };
        let passes: Vec<_> = hill(1.0).chain(hill(0.35)).collect();
        let when = found(&passes, true);
        assert_eq!((when[7], when[11]), (None, Some(0)), "{when:?}");
    }

    #[test]
    fn few_kernels_and_small_changes_say_nothing() {
        let few = [[[(0.2, 0.2), (0.2, 0.2)]; 6], [[(0.02, 0.2), (0.2, 0.2)]; 6]].concat();
        assert!(found(&few, true).iter().all(Option::is_none));
        let small = [[EVEN; 6], [[(8.0, 12.0), (6.0, 5.0)]; 6]].concat();
        assert!(found(&small, true).iter().all(Option::is_none), "a fifth less");
    }
}
