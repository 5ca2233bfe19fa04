//! How fast the machine turns, from its course over ground.

use std::f64::consts::{PI, TAU};

use super::super::STEP_S;

/// The course is sent four times a second at best; over one second its steps even out.
const WINDOW: usize = 10;

/// Follows the course through north.
#[derive(Clone, Debug, Default)]
pub(super) struct Heading {
    last_course: Option<f64>,
    total_rad: f64,
    window: [f64; WINDOW],
    filled: usize,
    at: usize,
}

impl Heading {
    /// One step; the turning rate in rad/s, positive to the right. `None` without a course.
    pub fn step(&mut self, course_rad: Option<f64>) -> Option<f64> {
        let Some(course) = course_rad else {
            self.last_course = None;
            self.filled = 0;
            return None;
        };
        let change = self.last_course.map_or(0.0, |last| (course - last + PI).rem_euclid(TAU) - PI);
        self.last_course = Some(course);
        self.total_rad += change;
        let oldest = self.window[self.at];
        self.window[self.at] = self.total_rad;
        self.at = (self.at + 1) % WINDOW;
        if self.filled < WINDOW {
            self.filled += 1;
            return Some(0.0);
        }
        Some((self.total_rad - oldest) / (WINDOW as f64 * STEP_S))
    }

    /// All turning added up since the start.
    pub const fn total_rad(&self) -> f64 {
        self.total_rad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_degrees_a_second_through_north() {
        let mut heading = Heading::default();
        let mut rate = None;
        for step in 0..50 {
            // 350° and on, 1° each tenth of a second.
            rate = heading.step(Some((350.0 + f64::from(step)).to_radians() % TAU));
        }
        assert!((rate.unwrap().to_degrees() - 10.0).abs() < 1e-9);
        assert!((heading.total_rad().to_degrees() - 49.0).abs() < 1e-9);
    }
}
