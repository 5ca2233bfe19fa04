//! Turning rate from the course over ground, at any sample rate and noise of the course.

use std::f64::consts::{PI, TAU};

use crate::params::CourseParams;
use crate::time::STEP_S;

/// Samples of the course that are stored: four seconds, ten times a second.
const STORED: usize = 40;
/// The rate is the slope over at least the first of these times, s; longer when the course is sampled slowly or is noisy.
const WINDOWS_S: [f64; 4] = [1.0, 1.6, 2.6, 4.0];
/// The change of heading over this time is stored as well, s, in so many parts.
const LONG_S: f64 = 6.0;
const PARTS: usize = 12;
#[derive(Clone, Copy, Debug, Default)]
struct CourseSample {
    t_s: f64,
    rad: f64,
}

/// Unwraps the course through north.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    params: CourseParams,
    samples: [CourseSample; STORED],
    filled: usize,
    newest: usize,
    total_rad: f64,
    noise_variance: f64,
    since_sample_s: f64,
    /// Total turning at the ends of the newest parts of the long time, rad.
    past: [f64; PARTS],
    past_at: usize,
    past_s: f64,
}

impl Heading {
    pub fn new(params: &CourseParams) -> Self {
        Self {
            params: *params,
            samples: [CourseSample::default(); STORED],
            filled: 0,
            newest: 0,
            total_rad: 0.0,
            noise_variance: params.initial_noise_rad * params.initial_noise_rad,
            since_sample_s: 0.0,
            past: [0.0; PARTS],
            past_at: 0,
            past_s: 0.0,
        }
    }

    /// One step with the course and when it was measured. Gives the turning rate, rad/s, positive to the right; `None`
    /// without a course.
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
            self.add(CourseSample { t_s: measured_s, rad: last.rad + change }, course_rad, change);
        }
        self.since_sample_s = t_s - measured_s;
        if self.since_sample_s > self.params.lost_after_s {
            self.filled = 0;
            return None;
        }
        Some(self.rate())
    }

    fn add(&mut self, sample: CourseSample, course_rad: f64, change: f64) {
        // The first one starts from the course itself; the following ones go on from it through north.
        let sample = if self.filled == 0 { CourseSample { rad: course_rad, ..sample } } else { sample };
        self.total_rad += change;
        self.newest = (self.newest + 1) % STORED;
        self.samples[self.newest] = sample;
        self.filled = (self.filled + 1).min(STORED);
        if self.filled >= 3 {
            let [a, b, c] = [self.back(2), self.back(1), self.back(0)];
            // The middle sample against the line through its neighbours: the deviation has 1.5 times a sample's variance.
            let between = a.rad + (c.rad - a.rad) * (b.t_s - a.t_s) / (c.t_s - a.t_s).max(1e-6);
            let turning = ((c.rad - a.rad) / (c.t_s - a.t_s).max(1e-6)).abs() > 0.1;
            if !turning {
                let squared = ((b.rad - between) * (b.rad - between) / 1.5).min(0.03);
                self.noise_variance += (squared - self.noise_variance) / self.params.noise_samples;
            }
        }
    }

    fn back(&self, places: usize) -> CourseSample {
        self.samples[(self.newest + STORED - places) % STORED]
    }

    /// The slope of a line through the samples of the shortest window whose noise is small enough.
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
            if (self.noise_variance / tt).sqrt() <= self.params.max_noise_rad_s {
                break;
            }
        }
        rate
    }

    /// Change of heading within the last six seconds, rad.
    pub fn lately_rad(&self) -> f64 {
        self.total_rad - self.past[(self.past_at + 1) % PARTS]
    }

    /// Total turning since the start, rad.
    pub const fn total_rad(&self) -> f64 {
        self.total_rad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course sampled this often that turns this fast, through north, with an error of this many degrees that changes
    /// its sign from sample to sample: the rate after twelve seconds, °/s.
    fn rate_after_12_s(every_s: f64, deg_s: f64, error_deg: f64) -> f64 {
        let mut heading = Heading::new(&CourseParams::default());
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
    fn the_rate_of_a_steady_turn_is_right_at_any_sample_rate() {
        for every_s in [0.1, 0.25, 1.0] {
            assert!((rate_after_12_s(every_s, 10.0, 0.0) - 10.0).abs() < 1e-6, "{every_s} s");
            assert!((rate_after_12_s(every_s, -10.0, 0.0) + 10.0).abs() < 1e-6, "{every_s} s");
        }
    }

    #[test]
    fn a_noisy_course_is_averaged_over_a_longer_window() {
        // ±2° once a second: neighbours differ by 4°, which over one second would be 4 °/s either way.
        assert!(rate_after_12_s(1.0, 0.0, 2.0).abs() < 2.0, "{}", rate_after_12_s(1.0, 0.0, 2.0));
        assert_eq!(Heading::new(&CourseParams::default()).step(0.0, None), None);
    }
}
