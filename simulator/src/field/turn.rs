//! The shape of a turn: steered in, held, steered out.

use crate::math::cos;

/// Parts of the way in which its chord is summed up: some millimetres off at most.
const PARTS: u32 = 100;
/// Steering in and out share the turn; so much of it is left for neither, at least.
const MOST_STEERING: f64 = 0.45;
/// Each step brings the way of a turn nearer by half or more.
const STEPS: u32 = 40;

/// A turn from one stretch to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Where it leaves the one and comes onto the other, m.
    pub leaves_m: f64,
    pub joins_m: f64,
    /// Way driven in it, m.
    pub length_m: f64,
    /// Share of it, at either end, on which the wheel is turned.
    pub steering: f64,
    pub angle_rad: f64,
    pub clockwise: bool,
}

impl Turn {
    /// Angle turned so far, rad, after `at_m` of its way.
    pub fn turned_rad(&self, at_m: f64) -> f64 {
        self.angle_rad * turned_share((at_m / self.length_m).clamp(0.0, 1.0), self.steering)
    }
}

/// How a machine bends its way: the tightest circle, and the way on which the wheel is turned for it, m.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bending {
    pub radius_m: f64,
    pub steering_m: f64,
}

impl Bending {
    /// Share of a turn's way, at either end, on which the wheel is turned.
    pub fn steering(&self, length_m: f64) -> f64 {
        (self.steering_m / length_m).min(MOST_STEERING)
    }

    /// From the beginning to the end of the tightest turn by this angle, as the crow flies, m.
    pub fn tightest_chord_m(&self, angle_rad: f64) -> f64 {
        let length_m = angle_rad * self.radius_m + self.steering_m;
        length_m * chord(angle_rad, self.steering(length_m))
    }

    /// The way of a turn by this angle that ends so far from its beginning, m.
    pub fn length_m(&self, angle_rad: f64, chord_m: f64) -> f64 {
        (0..STEPS).fold(chord_m, |length_m, _| chord_m / chord(angle_rad, self.steering(length_m)))
    }
}

/// Share of the angle that is turned on a share of the way: the curvature rises and falls evenly while the wheel turns.
fn turned_share(way: f64, steering: f64) -> f64 {
    let easing = |way: f64| way * way / (2.0 * steering * (1.0 - steering));
    if way < steering {
        easing(way)
    } else if way > 1.0 - steering {
        1.0 - easing(1.0 - way)
    } else {
        (way - steering / 2.0) / (1.0 - steering)
    }
}

/// From a turn's beginning to its end as the crow flies, over its way. Steering in and out are alike, so that this line
/// points half the turn's angle aside.
fn chord(angle_rad: f64, steering: f64) -> f64 {
    let parts = f64::from(PARTS);
    let along = |part: u32| cos(angle_rad * (turned_share((f64::from(part) + 0.5) / parts, steering) - 0.5));
    (0..PARTS).map(along).sum::<f64>() / parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn the_wheel_is_turned_in_and_out_and_held_between() {
        let bending = Bending { radius_m: 4.0, steering_m: 5.0 };
        let chord_m = bending.tightest_chord_m(PI);
        // More than the circle's 8 m, by less than the way that the two ends of steering add.
        assert!((8.0..8.0 + 5.0).contains(&chord_m), "{chord_m}");
        let length_m = bending.length_m(PI, chord_m);
        assert!((length_m - (PI * 4.0 + 5.0)).abs() < 1e-3, "{length_m}");
        let steering = bending.steering(length_m);
        let turn = Turn { leaves_m: 0.0, joins_m: 0.0, length_m, steering, angle_rad: PI, clockwise: true };
        // Curvature from the angles turned, 1/m: nothing at the ends, half of it half-way in, then that of the circle.
        let curvature = |at_m: f64| (turn.turned_rad(at_m + 0.01) - turn.turned_rad(at_m - 0.01)) / 0.02;
        for (at_m, expected) in [(0.05, 0.0025), (2.5, 0.125), (5.0 + 1.0, 0.25), (length_m - 2.5, 0.125)] {
            assert!((curvature(at_m) - expected).abs() < 1e-3, "{at_m} m: {}", curvature(at_m));
        }
        assert!((turn.turned_rad(length_m / 2.0) - PI / 2.0).abs() < 1e-9);
        assert!((turn.turned_rad(length_m) - PI).abs() < 1e-9);
    }
}
