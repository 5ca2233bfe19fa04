//! The operator: holds the feed rate by the ground speed, lifts and lowers the header at the pass ends, turns, unloads.
//! What a bad habit does comes from the scenario's timeline.

use std::f64::consts::PI;

use crate::field::{Leg, Track};
use crate::plant::Plant;
use crate::random::{Random, Stream, Wander};
use crate::scenario::{Active, Crop, Machine, Operator};
use crate::simulation::TICK_S;

// Habits, all assumed.
/// The engine warms up and the threshing gear runs up before the machine moves, s.
const THROTTLE_UP_S: f64 = 5.0;
const THRESHER_ON_S: f64 = 7.0;
const DRIVE_OFF_S: f64 = 11.0;
/// On the way to the field, m/s.
const APPROACH_SPEED_M_S: f64 = 2.4;
/// Into the crop, until the machine has filled, m/s.
const ENTRY_SPEED_M_S: f64 = 1.1;
const ENTRY_M: f64 = 7.0;
/// The header goes down this far before the crop, m.
const LOWER_AHEAD_M: f64 = 3.5;
/// A clean turn begins this far beyond the crop, a hurried one this far inside, m.
const CLEAN_OVERSHOOT_M: f64 = 6.0;
const HURRIED_OVERSHOOT_M: f64 = -5.0;
/// A hurried turn is cut this far with the header down, rad.
const HURRIED_CUT_RAD: f64 = 2.0;
/// How strongly the speed follows the feed rate, and within which part of the wanted speed.
const FEED_GAIN: f64 = 0.6;
const SPEED_BAND: (f64, f64) = (0.75, 1.2);
/// The operator sees the feed with this delay, s.
const FEED_SENSE_S: f64 = 4.0;
/// The reel setting follows the ground speed with this delay, s.
const REEL_SENSE_S: f64 = 15.0;
/// Tank level from which unloading is due on the go, and at a pass end.
const UNLOAD_ON_THE_GO_LEVEL: f64 = 0.72;
const UNLOAD_STANDING_LEVEL: f64 = 0.65;
/// A tank this full is emptied wherever the machine is.
const FULL_LEVEL: f64 = 0.97;
/// After the last pass the machine runs itself empty, s.
const RUN_EMPTY_S: f64 = 40.0;

/// What the operator's hands do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Controls {
    /// 0..=1.
    pub throttle: f64,
    /// Drive lever, as the speed that it gives while the engine has speed enough, m/s.
    pub lever_m_s: f64,
    /// Where the header is sent, m.
    pub header_height_m: f64,
    pub header_engaged: bool,
    pub thresher_engaged: bool,
    /// At rated engine speed, r/min.
    pub reel_rpm: f64,
    pub unloading: bool,
}

/// The operator.
pub(crate) struct Driver {
    random: Random,
    habit: Operator,
    pass_length_m: f64,
    speed_noise: Wander,
    feed_seen_kg_s: f64,
    reel_speed_m_s: f64,
    reel_rpm_per_m_s: f64,
    unloading: bool,
    /// Whether the next tank goes to a cart that drives alongside.
    on_the_go: bool,
    hurried: bool,
    /// Since the last pass, s.
    done_s: f64,
}

impl Driver {
    pub fn new(operator: &Operator, machine: &Machine, crop: &Crop, pass_length_m: f64, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Driver);
        let circumference_m = PI * machine.header.reel_diameter_m;
        Self {
            habit: operator.clone(),
            pass_length_m,
            // 4 % of uneven driving, from the scatter of ground speed in the maize logs (Illinois, 2000).
            speed_noise: Wander::new(0.03, 6.0, TICK_S, &mut random),
            feed_seen_kg_s: 0.0,
            reel_speed_m_s: operator.speed_m_s,
            reel_rpm_per_m_s: 60.0 * crop.header.reel_index / circumference_m,
            unloading: false,
            on_the_go: random.chance(0.5),
            hurried: false,
            done_s: 0.0,
            random,
        }
    }

    /// How far beyond the crop the next turn begins, m.
    pub fn overshoot_m(&self) -> f64 {
        if self.hurried { HURRIED_OVERSHOOT_M } else { CLEAN_OVERSHOOT_M }
    }

    /// One tick, `t_s` after the start.
    pub fn step(&mut self, t_s: f64, track: &Track, plant: &Plant, active: &Active) -> Controls {
        // The way of turning is settled before the end of the pass and kept until the next one.
        if track.leg == Leg::Pass && track.at_m < self.pass_length_m - 20.0 {
            self.hurried = active.cut_while_turning;
        }
        self.feed_seen_kg_s += (plant.feeder().total() - self.feed_seen_kg_s) * TICK_S / FEED_SENSE_S;
        let noise = self.speed_noise.step(&mut self.random);
        let standing_for_unload = self.tend_tank(track, plant);
        let done = track.leg == Leg::Done;
        if done {
            self.done_s += TICK_S;
        }
        let empty = self.done_s > RUN_EMPTY_S;
        let wanted_m_s = if t_s < DRIVE_OFF_S || done || standing_for_unload { 0.0 } else { self.speed(track, active) };
        if self.in_crop(track) {
            self.reel_speed_m_s += (plant.speed_m_s() - self.reel_speed_m_s) * TICK_S / REEL_SENSE_S;
        }
        Controls {
            throttle: if t_s < THROTTLE_UP_S || empty { 0.0 } else { active.throttle.unwrap_or(1.0) },
            lever_m_s: wanted_m_s * (1.0 + noise),
            header_height_m: if self.header_down(track) { self.habit.cut_height_m } else { self.habit.carry_height_m },
            header_engaged: t_s > THRESHER_ON_S && !is_clear_of_crop(track, self.pass_length_m),
            thresher_engaged: t_s > THRESHER_ON_S && !empty,
            reel_rpm: self.reel_rpm_per_m_s * self.reel_speed_m_s,
            unloading: self.unloading,
        }
    }

    fn in_crop(&self, track: &Track) -> bool {
        track.leg == Leg::Pass && (ENTRY_M..self.pass_length_m).contains(&track.at_m)
    }

    /// Starts and stops unloading; true when the machine has to stand for it.
    fn tend_tank(&mut self, track: &Track, plant: &Plant) -> bool {
        let level = plant.tank_level();
        let at_pass_end = track.leg == Leg::Pass && track.at_m > self.pass_length_m + 2.0 && !self.hurried;
        if self.unloading {
            if level <= 0.005 {
                self.unloading = false;
                self.on_the_go = self.random.chance(0.5);
            }
        } else {
            let due_on_the_go = self.on_the_go && self.in_crop(track) && level > UNLOAD_ON_THE_GO_LEVEL;
            let due_standing = !self.on_the_go && at_pass_end && level > UNLOAD_STANDING_LEVEL;
            self.unloading = due_on_the_go || due_standing || level > FULL_LEVEL;
        }
        self.unloading && at_pass_end && !self.on_the_go
    }

    /// The speed wanted, m/s.
    fn speed(&self, track: &Track, active: &Active) -> f64 {
        let turn_m_s = self.habit.turn_speed_m_s;
        let to_crop_m = -track.at_m;
        match track.leg {
            Leg::Pass if track.is_approach() && to_crop_m > 8.0 => APPROACH_SPEED_M_S,
            Leg::Pass if track.at_m < ENTRY_M => ENTRY_SPEED_M_S,
            Leg::Pass if track.at_m < self.pass_length_m - 4.0 => active.speed_m_s.unwrap_or_else(|| {
                let short = 1.0 - self.feed_seen_kg_s / self.habit.feed_kg_s;
                self.habit.speed_m_s * (1.0 + FEED_GAIN * short).clamp(SPEED_BAND.0, SPEED_BAND.1)
            }),
            Leg::Pass | Leg::Arc => turn_m_s,
            Leg::Done => 0.0,
        }
    }

    fn header_down(&self, track: &Track) -> bool {
        match track.leg {
            Leg::Pass => (-LOWER_AHEAD_M..self.pass_length_m).contains(&track.at_m),
            Leg::Arc => self.hurried && track.turned_rad() < HURRIED_CUT_RAD,
            Leg::Done => false,
        }
    }
}

/// The header drive is switched off over the headland, not at every lift: here, once it is well clear of the crop.
fn is_clear_of_crop(track: &Track, pass_length_m: f64) -> bool {
    match track.leg {
        Leg::Pass => track.at_m > pass_length_m + 4.0 || track.at_m < -6.0,
        Leg::Arc => track.turned_rad() > 2.0,
        Leg::Done => true,
    }
}
