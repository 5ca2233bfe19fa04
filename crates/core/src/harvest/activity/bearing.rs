//! The course over ground of machines that report their position only.

use crate::math::{atan2, cos, hypot};
use crate::params::CourseParams;

/// Metres in a degree of latitude (the mean of the meridian).
const M_PER_DEG: f64 = 111_195.0;
/// Derives a direction from two positions.
#[derive(Clone, Debug)]
pub(super) struct Bearing {
    params: CourseParams,
    /// Where the machine was, degrees, and when, s.
    last: Option<(f64, f64, f64)>,
    /// The newest direction: when, s, and its course, rad.
    course: Option<(f64, f64)>,
}

impl Bearing {
    pub fn new(params: &CourseParams) -> Self {
        Self { params: *params, last: None, course: None }
    }

    /// One step with a position and when it was measured; gives the newest course and when that was.
    pub fn step(&mut self, measured_s: f64, latitude_deg: f64, longitude_deg: f64) -> Option<(f64, f64)> {
        let Some((from_s, from_latitude, from_longitude)) = self.last else {
            self.last = Some((measured_s, latitude_deg, longitude_deg));
            return None;
        };
        let north_m = (latitude_deg - from_latitude) * M_PER_DEG;
        let east_m = (longitude_deg - from_longitude) * M_PER_DEG * cos(latitude_deg.to_radians());
        let distance_m = hypot(north_m, east_m);
        if distance_m > self.params.position_jump_m {
            (self.last, self.course) = (Some((measured_s, latitude_deg, longitude_deg)), None);
        } else if distance_m >= self.params.position_step_m {
            // The direction is that of the middle of the distance.
            self.course = Some((0.5 * (measured_s + from_s), atan2(east_m, north_m).rem_euclid(std::f64::consts::TAU)));
            self.last = Some((measured_s, latitude_deg, longitude_deg));
        }
        self.course
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_derived_from_two_positions() {
        // At 60° a degree of longitude is half one of latitude.
        let metre_deg = 1.0 / 111_195.0;
        let mut bearing = Bearing::new(&CourseParams::default());
        assert_eq!(bearing.step(0.0, 60.0, 10.0), None);
        assert_eq!(bearing.step(0.5, 60.0 + 0.3 * metre_deg, 10.0), None, "too near");
        let (t_s, course) = bearing.step(1.0, 60.0 + metre_deg, 10.0).unwrap();
        assert!((t_s - 0.5).abs() < 1e-9 && course.abs() < 1e-9);
        let (t_s, course) = bearing.step(2.0, 60.0 + metre_deg, 10.0 + 2.0 * metre_deg).unwrap();
        assert!((t_s - 1.5).abs() < 1e-9 && (course.to_degrees() - 90.0).abs() < 0.01, "{}", course.to_degrees());
        assert_eq!(bearing.step(3.0, 61.0, 10.0), None, "a jump");
    }
}
