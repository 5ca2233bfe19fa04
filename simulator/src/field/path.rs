//! The way through the field: passes to and fro, joined by half circles.
//!
//! Neighbouring passes are closer than a wheeled combine can turn, so that it leaves some standing and comes back for
//! them; eight passes make a block, worked in an order whose steps are three to five widths.

use std::f64::consts::PI;

use crate::scenario;

/// The order inside even and odd blocks of eight; the step from one block to the next is five widths as well.
const ORDERS: [[usize; 8]; 2] = [[0, 4, 1, 5, 2, 6, 3, 7], [4, 0, 5, 1, 6, 2, 7, 3]];
/// How far beside the field the machine stands at the start, m.
const APPROACH_M: f64 = 30.0;
/// Metres on a degree of latitude, mean of the WGS 84 ellipsoid.
const M_PER_DEGREE: f64 = 111_132.0;

/// The leg that the machine is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// Straight, along a pass; the crop begins at 0 m and ends at the pass length.
    Pass,
    /// The half circle to the next pass.
    Arc,
    /// Past the last pass: nothing left to do.
    Done,
}

/// Where the machine is and how it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    /// The pass, counted from the field's first edge.
    pub pass: usize,
    /// From the first edge of the field, m.
    pub across_m: f64,
    /// From the end of the field where the first pass begins, m.
    pub along_m: f64,
    /// Clockwise from north, 0..2π.
    pub heading_rad: f64,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
}

/// The machine's way, driven from its start to its end.
pub(crate) struct Track {
    /// How many passes were finished.
    finished: usize,
    pub leg: Leg,
    /// On a pass: from its beginning, negative before it; on an arc: along the arc, m.
    pub at_m: f64,
    /// How far beyond the crop the present arc begins, m; negative inside the crop.
    overshoot_m: f64,
    field: scenario::Field,
    width_m: f64,
}

impl Track {
    /// `width_m` is the distance of neighbouring passes.
    pub fn new(field: &scenario::Field, width_m: f64) -> Self {
        Self { finished: 0, leg: Leg::Pass, at_m: -APPROACH_M, overshoot_m: 0.0, field: field.clone(), width_m }
    }

    /// The pass that is `nth` in the order of work.
    fn pass(&self, nth: usize) -> usize {
        let order = &ORDERS[nth / 8 % 2];
        // The last block may be short: its passes are then taken as they lie.
        let whole = (nth / 8 + 1) * 8 <= self.field.passes as usize;
        nth / 8 * 8 + if whole { order[nth % 8] } else { nth % 8 }
    }

    /// The middle of a pass, from the first edge of the field, m.
    fn middle_m(&self, nth: usize) -> f64 {
        (self.pass(nth) as f64 + 0.5) * self.width_m
    }

    /// To the next pass, positive away from the first edge, m.
    fn step_m(&self) -> f64 {
        self.middle_m(self.finished + 1) - self.middle_m(self.finished)
    }

    /// Radius of the present or next arc, m.
    fn radius_m(&self) -> f64 {
        self.step_m().abs() / 2.0
    }

    /// Angle driven on the arc, 0..=π.
    pub fn turned_rad(&self) -> f64 {
        if self.leg == Leg::Arc { self.at_m / self.radius_m() } else { 0.0 }
    }

    /// True on the way from the gate to the first pass.
    pub fn is_approach(&self) -> bool {
        self.finished == 0 && self.leg == Leg::Pass && self.at_m < 0.0
    }

    /// Drives on. `overshoot_m` is where the operator means to begin the next turn, beyond the end of the crop.
    pub fn advance(&mut self, distance_m: f64, overshoot_m: f64) {
        if self.leg == Leg::Done {
            return;
        }
        self.at_m += distance_m;
        match self.leg {
            Leg::Pass if self.at_m >= self.field.pass_length_m + overshoot_m => {
                if self.finished + 1 >= self.field.passes as usize {
                    self.leg = Leg::Done;
                } else {
                    self.at_m -= self.field.pass_length_m + overshoot_m;
                    self.overshoot_m = overshoot_m;
                    self.leg = Leg::Arc;
                }
            }
            Leg::Arc if self.turned_rad() >= PI => {
                self.finished += 1;
                self.leg = Leg::Pass;
                self.at_m = -self.overshoot_m;
            }
            _ => {}
        }
    }

    /// Where the machine is now.
    pub fn pose(&self) -> Pose {
        let length_m = self.field.pass_length_m;
        let outward = self.finished.is_multiple_of(2);
        // `ahead` is counted in the direction of the pass just driven, `turn` is positive clockwise.
        let (ahead_m, across_m, turn_rad) = match self.leg {
            Leg::Pass | Leg::Done => (self.at_m, self.middle_m(self.finished), 0.0),
            Leg::Arc => {
                let angle = self.turned_rad();
                let half_m = self.step_m() / 2.0;
                let ahead = length_m + self.overshoot_m + half_m.abs() * angle.sin();
                let clockwise = if (half_m > 0.0) == outward { 1.0 } else { -1.0 };
                (ahead, self.middle_m(self.finished) + half_m * (1.0 - angle.cos()), clockwise * angle)
            }
        };
        let along_m = if outward { ahead_m } else { length_m - ahead_m };
        let field_rad = self.field.heading_deg.to_radians();
        let heading_rad = field_rad + if outward { 0.0 } else { PI } + turn_rad;
        let (sin, cos) = field_rad.sin_cos();
        let north_m = along_m * cos - across_m * sin;
        let east_m = along_m * sin + across_m * cos;
        let metres_of_longitude = M_PER_DEGREE * self.field.latitude_deg.to_radians().cos();
        Pose {
            pass: self.pass(self.finished),
            across_m,
            along_m,
            heading_rad: heading_rad.rem_euclid(std::f64::consts::TAU),
            latitude_deg: self.field.latitude_deg + north_m / M_PER_DEGREE,
            longitude_deg: self.field.longitude_deg + east_m / metres_of_longitude,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn every_pass_is_driven_once_and_the_way_has_no_jumps() {
        let mut field = Scenario::bundled("wheat-steady").unwrap().field;
        field.passes = 21;
        let mut track = Track::new(&field, 2.7);
        let mut seen = vec![0; 21];
        let (mut last, mut last_leg) = (track.pose(), Leg::Arc);
        while track.leg != Leg::Done {
            let overshoot_m = if track.finished.is_multiple_of(3) { -4.0 } else { 6.0 };
            track.advance(0.05, overshoot_m);
            let pose = track.pose();
            let step = (pose.along_m - last.along_m).hypot(pose.across_m - last.across_m);
            assert!(step < 0.12, "{step} m at {pose:?}");
            let turn = (pose.heading_rad - last.heading_rad + PI).rem_euclid(2.0 * PI) - PI;
            assert!(turn.abs() < 0.1, "{turn} rad at {pose:?}");
            if track.leg == Leg::Pass && last_leg == Leg::Arc {
                seen[pose.pass] += 1;
            }
            (last, last_leg) = (pose, track.leg);
        }
        assert_eq!(seen, [1; 21]);
    }
}
