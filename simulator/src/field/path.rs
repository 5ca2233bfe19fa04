//! The way through the field: rounds along the edges, then passes to and fro, joined by turns.
//!
//! A machine that cannot turn into the neighbouring pass leaves some standing and comes back for them: passes are taken
//! in blocks of an order that leaves room. At the corner of a round a clean turn drives out of the crop, past the
//! corner, and comes back in a loop; a turn inside the crop cuts the corner off.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, PI, SQRT_2, TAU};

use super::turn::{Bending, Turn};
use crate::math::{cos, sin_cos};
use crate::scenario;

/// How far beside the field the machine stands at the start, m.
const APPROACH_M: f64 = 30.0;
/// Metres on a degree of latitude, mean of the WGS 84 ellipsoid.
const M_PER_DEGREE: f64 = 111_132.0;

/// The leg that the machine is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// Straight, along a stretch of crop, which begins at 0 m.
    Pass,
    /// The turn to the next one.
    Arc,
    /// Past the last one: nothing left to do.
    Done,
}

/// Where the machine is and how it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    /// The stretch, counted in the order of work.
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

/// A point of the field: across and along, m.
type Point = (f64, f64);

/// A straight strip of standing crop.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    begin: Point,
    /// Quarter turns clockwise from the field's own heading.
    quarter: u32,
    length_m: f64,
}

impl Stretch {
    fn forward(&self) -> Point {
        [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)][self.quarter as usize % 4]
    }

    /// How far along it, from its beginning, a point lies, m.
    fn at(&self, point: Point) -> f64 {
        let (across, along) = self.forward();
        (point.0 - self.begin.0) * across + (point.1 - self.begin.1) * along
    }

    fn point(&self, at_m: f64) -> Point {
        let (across, along) = self.forward();
        (self.begin.0 + at_m * across, self.begin.1 + at_m * along)
    }
}

/// The machine's way, driven from its start to its end.
pub(crate) struct Track {
    /// How many stretches were finished.
    finished: usize,
    pub leg: Leg,
    /// On a stretch: from its beginning, negative before it; on an arc: along the arc, m.
    pub at_m: f64,
    now: Stretch,
    /// The turn at the end of the stretch, and the overshoot for which it was planned, m.
    turn: Turn,
    planned_m: Option<f64>,
    /// Where the turn has taken the machine: ahead of where it began, and to the turn's own side, m.
    bent_m: (f64, f64),
    field: scenario::Field,
    width_m: f64,
    bending: Bending,
}

impl Track {
    /// `width_m` is the distance of neighbouring passes; `steering_m` is the way on which the wheel is turned for the
    /// tightest circle.
    pub fn new(field: &scenario::Field, width_m: f64, turning_radius_m: f64, steering_m: f64) -> Self {
        let mut track = Self {
            finished: 0,
            leg: Leg::Pass,
            at_m: -APPROACH_M,
            now: Stretch { begin: (0.0, 0.0), quarter: 0, length_m: 0.0 },
            turn: Turn { leaves_m: 0.0, joins_m: 0.0, length_m: 1.0, steering: 0.1, angle_rad: 0.0, clockwise: true },
            planned_m: None,
            bent_m: (0.0, 0.0),
            field: field.clone(),
            width_m,
            bending: Bending { radius_m: turning_radius_m, steering_m },
        };
        track.now = track.stretch(0);
        track
    }

    /// Stretches in the field: four to a round, one to a pass.
    pub fn stretches(&self) -> usize {
        (4 * self.field.headland_rounds + self.passes()) as usize
    }

    /// Passes inside the rounds.
    fn passes(&self) -> u32 {
        self.field.passes.saturating_sub(2 * self.field.headland_rounds)
    }

    /// Length of the standing crop on the present stretch, m.
    pub fn crop_m(&self) -> f64 {
        self.now.length_m
    }

    /// The stretch that is `nth` in the order of work.
    fn stretch(&self, nth: usize) -> Stretch {
        let (w, l) = (self.width_m, self.field.pass_length_m);
        let edge = w * f64::from(self.field.passes);
        let rounds = self.field.headland_rounds as usize;
        if nth < 4 * rounds {
            // What earlier rounds and sides have cut is gone.
            let cut = w * (nth / 4) as f64;
            let (middle, after) = (cut + w / 2.0, cut + w);
            return match nth % 4 {
                0 => Stretch { begin: (middle, cut), quarter: 0, length_m: l - 2.0 * cut },
                1 => Stretch { begin: (after, l - middle), quarter: 1, length_m: edge - after - cut },
                2 => Stretch { begin: (edge - middle, l - after), quarter: 2, length_m: l - after - cut },
                _ => Stretch { begin: (edge - after, middle), quarter: 3, length_m: edge - 2.0 * after },
            };
        }
        let nth = nth - 4 * rounds;
        let cut = w * rounds as f64;
        let across = cut + (self.pass(nth) as f64 + 0.5) * w;
        let length_m = l - 2.0 * cut;
        if nth.is_multiple_of(2) {
            Stretch { begin: (across, cut), quarter: 0, length_m }
        } else {
            Stretch { begin: (across, l - cut), quarter: 2, length_m }
        }
    }

    /// The place of the pass that is `nth` in the order of work. Blocks of `2 h` passes are taken 0, h, 1, h + 1 …, and
    /// every other block from its middle, so that all steps are `h - 1` to `h + 1` widths.
    fn pass(&self, nth: usize) -> usize {
        // How many widths aside the tightest half turn ends.
        let aside = self.bending.tightest_chord_m(PI) / self.width_m;
        let half = if aside <= 1.0 { 1 } else { aside.ceil() as usize + 1 };
        let (block, at) = (nth / (2 * half), nth % (2 * half));
        // The last block may be short: its passes are then taken as they lie.
        let whole = (block + 1) * 2 * half <= self.passes() as usize;
        let from_middle = at.is_multiple_of(2) != block.is_multiple_of(2);
        let place = if whole { at / 2 + if from_middle { half } else { 0 } } else { at };
        block * 2 * half + place
    }

    /// The turn to the next stretch, begun `overshoot_m` beyond the crop or, negative, inside it.
    fn next_turn(&self, overshoot_m: f64) -> Turn {
        let (now, next) = (self.now, self.stretch(self.finished + 1));
        if (next.quarter + 2) % 4 == now.quarter {
            let right = (now.forward().1, -now.forward().0);
            let aside = (next.begin.0 - now.begin.0) * right.0 + (next.begin.1 - now.begin.1) * right.1;
            let leaves_m = now.length_m + overshoot_m;
            return self.turn(leaves_m, next.at(now.point(leaves_m)), PI, aside.abs(), aside > 0.0);
        }
        // A corner, always to the right: where the middle lines cross. A turn by a quarter or by three of them takes the
        // machine as far along as aside.
        let corner_m = now.at(next.point(0.0));
        let joins_corner_m = next.at(now.point(0.0));
        let tightest_m = |angle_rad| self.bending.tightest_chord_m(angle_rad) * FRAC_1_SQRT_2;
        if overshoot_m < 0.0 {
            let along_m = tightest_m(FRAC_PI_2).min(corner_m);
            return self.turn(corner_m - along_m, joins_corner_m + along_m, FRAC_PI_2, along_m * SQRT_2, true);
        }
        // Three quarters of a round to the left, beginning as far behind the corner as it ends before it.
        let angle_rad = 3.0 * FRAC_PI_2;
        let along_m = tightest_m(angle_rad).max(now.length_m - corner_m + overshoot_m);
        self.turn(corner_m + along_m, joins_corner_m - along_m, angle_rad, along_m * SQRT_2, false)
    }

    fn turn(&self, leaves_m: f64, joins_m: f64, angle_rad: f64, chord_m: f64, clockwise: bool) -> Turn {
        let length_m = self.bending.length_m(angle_rad, chord_m);
        Turn { leaves_m, joins_m, length_m, steering: self.bending.steering(length_m), angle_rad, clockwise }
    }

    /// Angle turned on the arc, from 0.
    pub fn turned_rad(&self) -> f64 {
        if self.leg == Leg::Arc { self.turn.turned_rad(self.at_m) } else { 0.0 }
    }

    fn is_last(&self) -> bool {
        self.finished + 1 >= self.stretches()
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
            Leg::Pass if self.is_last() => {
                let is_out = self.at_m >= self.now.length_m + overshoot_m.max(0.0);
                self.leg = if is_out { Leg::Done } else { Leg::Pass };
            }
            Leg::Pass => {
                if self.planned_m != Some(overshoot_m) {
                    (self.turn, self.planned_m) = (self.next_turn(overshoot_m), Some(overshoot_m));
                }
                if self.at_m >= self.turn.leaves_m {
                    self.at_m -= self.turn.leaves_m;
                    self.bent_m = (self.at_m, 0.0);
                    self.leg = Leg::Arc;
                }
            }
            Leg::Arc if self.at_m >= self.turn.length_m => {
                self.at_m += self.turn.joins_m - self.turn.length_m;
                self.finished += 1;
                self.now = self.stretch(self.finished);
                self.leg = Leg::Pass;
                self.planned_m = None;
            }
            Leg::Arc => {
                let (sin, cos) = sin_cos(self.turn.turned_rad(self.at_m - distance_m / 2.0));
                self.bent_m = (self.bent_m.0 + distance_m * cos, self.bent_m.1 + distance_m * sin);
            }
            Leg::Done => {}
        }
    }

    /// Where the machine is now.
    pub fn pose(&self) -> Pose {
        let (forward, start_rad) = (self.now.forward(), FRAC_PI_2 * f64::from(self.now.quarter));
        let (point, turn_rad) = if self.leg == Leg::Arc {
            let side = if self.turn.clockwise { 1.0 } else { -1.0 };
            let (from, aside_m) = (self.now.point(self.turn.leaves_m + self.bent_m.0), side * self.bent_m.1);
            ((from.0 + aside_m * forward.1, from.1 - aside_m * forward.0), side * self.turned_rad())
        } else {
            (self.now.point(self.at_m), 0.0)
        };
        let field_rad = self.field.heading_deg.to_radians();
        let (sin, cos_field) = sin_cos(field_rad);
        let north_m = point.1 * cos_field - point.0 * sin;
        let east_m = point.1 * sin + point.0 * cos_field;
        let metres_of_longitude = M_PER_DEGREE * cos(self.field.latitude_deg.to_radians());
        Pose {
            pass: self.finished,
            across_m: point.0,
            along_m: point.1,
            heading_rad: (field_rad + start_rad + turn_rad).rem_euclid(TAU),
            latitude_deg: self.field.latitude_deg + north_m / M_PER_DEGREE,
            longitude_deg: self.field.longitude_deg + east_m / metres_of_longitude,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn drive(rounds: u32, passes: u32, width_m: f64, radius_m: f64) -> Vec<u32> {
        let mut field = Scenario::bundled("wheat-steady").unwrap().field;
        (field.passes, field.headland_rounds) = (passes, rounds);
        let mut track = Track::new(&field, width_m, radius_m, 3.0);
        let mut seen = vec![0; track.stretches()];
        let (mut last, mut last_leg) = (track.pose(), Leg::Arc);
        while track.leg != Leg::Done {
            let overshoot_m = if track.finished.is_multiple_of(3) { -4.0 } else { 6.0 };
            track.advance(0.05, overshoot_m);
            let pose = track.pose();
            let step = libm::hypot(pose.along_m - last.along_m, pose.across_m - last.across_m);
            assert!(step < 0.12, "{step} m at {pose:?}, {:?}", track.turn);
            let turn = (pose.heading_rad - last.heading_rad + PI).rem_euclid(2.0 * PI) - PI;
            assert!(turn.abs() < 0.1, "{turn} rad at {pose:?}");
            if track.leg == Leg::Pass && last_leg == Leg::Arc {
                seen[pose.pass] += 1;
            }
            (last, last_leg) = (pose, track.leg);
        }
        seen
    }

    #[test]
    fn every_stretch_is_driven_once_and_the_way_has_no_jumps() {
        assert_eq!(drive(0, 21, 2.7, 4.0), [1; 21]);
        assert_eq!(drive(2, 21, 2.7, 4.0), [1; 8 + 17]);
        assert_eq!(drive(3, 16, 8.7, 6.0), [1; 12 + 10]);
        assert_eq!(drive(4, 8, 8.7, 6.0), [1; 16]);
    }

    #[test]
    fn every_pass_lies_somewhere_else_and_steps_leave_room() {
        let field = Scenario::bundled("wheat-steady").unwrap().field;
        for (width_m, radius_m, least, most) in [(2.667, 3.8, 3, 5), (8.7, 6.0, 2, 4), (9.0, 4.0, 1, 2)] {
            let track = Track::new(&field, width_m, radius_m, 3.0);
            let places: Vec<usize> = (0..field.passes as usize).map(|nth| track.pass(nth)).collect();
            let mut sorted = places.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..field.passes as usize).collect::<Vec<_>>());
            let steps: Vec<usize> = places.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect();
            let whole = &steps[..steps.len() - 16];
            assert_eq!((whole.iter().min(), whole.iter().max()), (Some(&least), Some(&most)), "{width_m}");
        }
    }
}
