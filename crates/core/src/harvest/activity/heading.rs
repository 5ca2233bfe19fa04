//! How fast the machine turns, from its course over ground, however often that comes and however noisy it is.

use std::f64::consts::{PI, TAU};

use crate::time::STEP_S;

/// Samples of the course that are looked back on: four seconds, ten times a second.
const KEPT: usize = 40;
/// The rate is the slope over this time at least, s; longer when the course comes seldom or is noisy.
const WINDOWS_S: [f64; 4] = [1.0, 1.6, 2.6, 4.0];
/// So much noise of the rate is borne, rad/s: a quarter of what counts as a curve.
const BORNE_RAD_S: f64 = 1.25 * PI / 180.0;
/// A sample's noise is learned over so many of them; before, it is that of an ordinary receiver, rad (our choice).
const LEARN_SAMPLES: f64 = 100.0;
const USUAL_NOISE_RAD: f64 = 0.5 * PI / 180.0;
/// The change of heading over this time is kept as well, s, in parts of it.
const LONG_S: f64 = 6.0;
const PARTS: usize = 12;
/// Without a sample for so long, the rate is not known, s.
const LOST_S: f64 = 3.5;

#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    t_s: f64,
    rad: f64,
}

/// Follows the course through north.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    samples: [Sample; KEPT],
    filled: usize,
    newest: usize,
    total_rad: f64,
    noise_variance: f64,
    since_sample_s: f64,
    /// All turning at the ends of the newest parts of the long time.
    past: [f64; PARTS],
    past_at: usize,
    past_s: f64,
}

impl Default for Heading {
    fn default() -> Self {
        Self {
            samples: [Sample::default(); KEPT],
            filled: 0,
            newest: 0,
            total_rad: 0.0,
            noise_variance: USUAL_NOISE_RAD * USUAL_NOISE_RAD,
            since_sample_s: 0.0,
            past: [0.0; PARTS],
            past_at: 0,
            past_s: 0.0,
        }
    }
}

impl Heading {
    /// One step: the course, and when it was measured. The turning rate in rad/s, positive to the right; `None` without
    /// a course.
    pub fn step(&mut self, t_s: f64, course: Option<(f64, f64)>) -> Option<f64> {
        let Some((measured_s, course_rad)) = course else {
            self.filled = 0;
            self.past = [self.total_rad; PARTS];
            return None;
        };
        self.past_s += STEP_S;
        if self.past_s >= LONG_S / PARTS as f64 - 0.5 * STEP_S {
            self.past_s = 0.0;
            self.past_at = (self.past_at + 1) % PARTS;
            self.past[self.past_at] = self.total_rad;
        }
        let last = self.samples[self.newest];
        if self.filled == 0 || measured_s > last.t_s + 0.02 {
            let change = if self.filled == 0 { 0.0 } else { (course_rad - last.rad + PI).rem_euclid(TAU) - PI };
            self.add(Sample { t_s: measured_s, rad: last.rad + change }, course_rad, change);
        }
        self.since_sample_s = t_s - measured_s;
        if self.since_sample_s > LOST_S {
            self.filled = 0;
            return None;
        }
        Some(self.rate())
    }

    fn add(&mut self, sample: Sample, course_rad: f64, change: f64) {
        // The first one starts from the course itself; the following ones go on from it through north.
        let sample = if self.filled == 0 { Sample { rad: course_rad, ..sample } } else { sample };
        self.total_rad += change;
        self.newest = (self.newest + 1) % KEPT;
        self.samples[self.newest] = sample;
        self.filled = (self.filled + 1).min(KEPT);
        if self.filled >= 3 {
            let [a, b, c] = [self.back(2), self.back(1), self.back(0)];
            // What bends evenly between three samples is no noise; what is left of it has 1.5 times their variance.
            let between = a.rad + (c.rad - a.rad) * (b.t_s - a.t_s) / (c.t_s - a.t_s).max(1e-6);
            let turning = ((c.rad - a.rad) / (c.t_s - a.t_s).max(1e-6)).abs() > 0.1;
            if !turning {
                let squared = ((b.rad - between) * (b.rad - between) / 1.5).min(0.03);
                self.noise_variance += (squared - self.noise_variance) / LEARN_SAMPLES;
            }
        }
    }

    fn back(&self, places: usize) -> Sample {
        self.samples[(self.newest + KEPT - places) % KEPT]
    }

    /// The slope of a line through the samples of the shortest window whose noise can be borne.
    fn rate(&self) -> f64 {
        let now = self.back(0);
        let mut rate = 0.0;
        for window_s in WINDOWS_S {
            let (mut n, mut t, mut rad) = (0.0, 0.0, 0.0);
            let within = || (0..self.filled).map(|at| self.back(at)).take_while(|s| now.t_s - s.t_s < window_s + 0.05);
            for sample in within() {
                n += 1.0;
                t += sample.t_s - now.t_s;
                rad += sample.rad - now.rad;
            }
            let (t, rad) = (t / n, rad / n);
            let (mut tt, mut tr) = (0.0, 0.0);
            for sample in within() {
                let dt = sample.t_s - now.t_s - t;
                tt += dt * dt;
                tr += dt * (sample.rad - now.rad - rad);
            }
            if n < 2.0 || tt <= 0.0 {
                continue;
            }
            rate = tr / tt;
            if (self.noise_variance / tt).sqrt() <= BORNE_RAD_S {
                break;
            }
        }
        rate
    }

    /// By how much the heading has changed within the last six seconds, rad.
    pub fn lately_rad(&self) -> f64 {
        self.total_rad - self.past[(self.past_at + 1) % PARTS]
    }

    /// All turning added up since the start.
    pub const fn total_rad(&self) -> f64 {
        self.total_rad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course that comes so often and turns so fast, through north, with an error of this many degrees that changes
    /// its sign from sample to sample: the rate told after twelve seconds, °/s.
    fn told(every_s: f64, deg_s: f64, error_deg: f64) -> f64 {
        let mut heading = Heading::default();
        let mut rate = None;
        for step in 0..120 {
            let t_s = f64::from(step) * 0.1;
            let nth = (t_s / every_s + 1e-9).floor();
            let error = if nth % 2.0 == 0.0 { error_deg } else { -error_deg };
            let course = (350.0 + deg_s * nth * every_s + error).to_radians().rem_euclid(TAU);
            rate = heading.step(t_s, Some((nth * every_s, course)));
        }
        assert!(
            (heading.total_rad().to_degrees() - deg_s * (11.9 / every_s).floor() * every_s).abs()
                < 2.1 * error_deg + 0.1
        );
        rate.unwrap().to_degrees()
    }

    #[test]
    fn a_steady_turn_is_told_whether_the_course_comes_ten_times_a_second_or_once() {
        for every_s in [0.1, 0.25, 1.0] {
            assert!((told(every_s, 10.0, 0.0) - 10.0).abs() < 1e-6, "{every_s} s");
            assert!((told(every_s, -10.0, 0.0) + 10.0).abs() < 1e-6, "{every_s} s");
        }
    }

    #[test]
    fn a_noisy_course_is_looked_at_for_longer() {
        // ±2° once a second: neighbours differ by 4°, which over one second would be 4 °/s either way.
        assert!(told(1.0, 0.0, 2.0).abs() < 2.0, "{}", told(1.0, 0.0, 2.0));
        assert_eq!(Heading::default().step(0.0, None), None);
    }
}
