//! The operator: holds the feed rate, lifts and lowers the header at the pass ends, turns, unloads. Habits are data; what
//! an operator does for a while comes from the scenario's timeline.

use std::f64::consts::PI;

use crate::controls::Controls;
use crate::field::{Leg, Track};
use crate::plant::Plant;
use crate::random::{Random, Stream, Wander};
use crate::scenario::{Active, Operator, Scenario, Settings, Task};
use crate::time::TICK_S;

// What all operators do, all assumed.
/// The engine warms up and the threshing gear runs up before the machine moves, s.
const THROTTLE_UP_S: f64 = 5.0;
const THRESHER_ON_S: f64 = 7.0;
const DRIVE_OFF_S: f64 = 11.0;
/// On the way to the field, m/s.
const APPROACH_SPEED_M_S: f64 = 2.4;
/// Into the crop, until the machine has filled: share of the target speed.
const ENTRY_SHARE: f64 = 0.95;
const ENTRY_M: f64 = 7.0;
/// The header goes down this far before the crop, m.
const LOWER_AHEAD_M: f64 = 3.5;
/// A turn of the event `cut-while-turning` begins this far inside the crop, m.
const CUT_OVERSHOOT_M: f64 = -5.0;
/// A turn inside the crop is cut this far with the header down, rad.
const CUT_RAD: f64 = 2.0;
/// How far the operator changes speed and throttle to hold the feed rate, as shares of their targets.
const SPEED_BAND: (f64, f64) = (0.75, 1.2);
const THROTTLE_BAND: (f64, f64) = (0.6, 1.0);
/// The operator sees the feed with this delay, s.
const FEED_SENSE_S: f64 = 4.0;
/// The reel setting follows the ground speed with this delay, s.
const REEL_SENSE_S: f64 = 15.0;
/// An operator who minds the engine goes down to this share of the speed, within seconds.
const EASED_SHARE: f64 = 0.55;
const EASING_S: f64 = 3.0;
/// The heading follows the hands, whose aim wanders, s.
const AIM_MEMORY_S: f64 = 3.0;
const STEERING_S: f64 = 1.0;
/// Tank level from which unloading is due on the go, and at a pass end.
const UNLOAD_ON_THE_GO_LEVEL: f64 = 0.72;
const UNLOAD_STANDING_LEVEL: f64 = 0.65;
/// A tank this full is emptied wherever the machine is.
const FULL_LEVEL: f64 = 0.97;
/// After the last pass the machine runs itself empty, s.
const RUN_EMPTY_S: f64 = 40.0;

/// The operator.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Driver {
    random: Random,
    crew: Vec<Operator>,
    own: usize,
    task: Task,
    right: Settings,
    rated_rpm: f64,
    speed_noise: Wander,
    aim: Wander,
    /// How far the heading is off the way, rad.
    weave_rad: f64,
    feed_seen_kg_s: f64,
    reel_speed_m_s: f64,
    /// At the crop's best reel index.
    reel_rpm_per_m_s: f64,
    reel_index: f64,
    reel_forward: bool,
    eased: f64,
    unloading: bool,
    /// Whether the next tank goes to a cart that drives alongside.
    on_the_go: bool,
    cuts_the_turn: bool,
    overshoot_m: f64,
    /// When the engine was started, s.
    started_s: f64,
    /// Since the last pass, s.
    done_s: f64,
}

impl Driver {
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Driver);
        let circumference_m = PI * scenario.machine.header.reel_diameter_m;
        let own = scenario.operator();
        Self {
            task: scenario.task.clone(),
            right: Settings::right(&scenario.machine, &scenario.crop),
            rated_rpm: scenario.machine.engine.rated_rpm,
            // Its spread is that of one; the operator's unevenness scales it.
            speed_noise: Wander::new(1.0, 6.0, TICK_S, &mut random),
            // Likewise.
            aim: Wander::new(1.0, AIM_MEMORY_S, TICK_S, &mut random),
            weave_rad: 0.0,
            feed_seen_kg_s: scenario.task.feed_kg_s * own.pace,
            reel_speed_m_s: scenario.task.speed_m_s * own.pace,
            reel_rpm_per_m_s: 60.0 * scenario.crop.header.reel_index / circumference_m,
            reel_index: scenario.crop.header.reel_index,
            reel_forward: scenario.reel_forward,
            eased: 1.0,
            unloading: false,
            on_the_go: random.chance(scenario.task.on_the_go_share),
            cuts_the_turn: own.overshoot_m < 0.0,
            overshoot_m: own.overshoot_m,
            crew: scenario.crew.clone(),
            own: scenario.operator,
            started_s: 0.0,
            done_s: 0.0,
            random,
        }
    }

    /// Where the next turn begins: so far beyond the crop, or, negative, inside it, m.
    pub fn overshoot_m(&self) -> f64 {
        self.overshoot_m
    }

    /// How far the heading is off the way, rad. The way itself is not bent by it: it is some centimetres.
    pub fn weave_rad(&self) -> f64 {
        self.weave_rad
    }

    /// Share of the header's width that the operator at the wheel uses.
    pub fn width_share(&self, active: &Active) -> f64 {
        self.habit(active).width_share
    }

    fn habit(&self, active: &Active) -> &Operator {
        &self.crew[active.operator.unwrap_or(self.own)]
    }

    /// One tick, `t_s` after the start.
    pub fn step(&mut self, t_s: f64, track: &Track, plant: &Plant, active: &Active) -> Controls {
        let habit = self.habit(active).clone();
        // The way of turning is settled before the end of the pass and held until the next one.
        if track.leg == Leg::Pass && track.at_m < track.crop_m() - 20.0 {
            self.overshoot_m = if active.cut_while_turning { CUT_OVERSHOOT_M } else { habit.overshoot_m };
            self.cuts_the_turn = self.overshoot_m < 0.0;
        }
        if plant.engine().stalled() {
            self.started_s = t_s;
        }
        let running_s = t_s - self.started_s;
        // Before the machine has filled, the operator trusts the speed that was right in the pass before.
        let feed_kg_s = if in_crop(track) { plant.feeder().total() } else { self.task.feed_kg_s * habit.pace };
        self.feed_seen_kg_s += (feed_kg_s - self.feed_seen_kg_s) * TICK_S / FEED_SENSE_S;
        // An operator who holds the throttle back does not ease the load.
        let pulled_down = plant.engine().rpm < habit.eases_below * self.rated_rpm && active.throttle.is_none();
        let ease = if pulled_down && running_s > DRIVE_OFF_S + EASING_S { EASED_SHARE } else { 1.0 };
        self.eased += (ease - self.eased) * TICK_S / EASING_S;
        let noise = habit.unevenness * self.speed_noise.step(&mut self.random);
        let aim_rad = habit.weave_deg.to_radians() * self.aim.step(&mut self.random);
        // A machine that stands does not weave.
        let rolling = (plant.speed_m_s() / self.task.speed_m_s).min(1.0);
        self.weave_rad += (aim_rad - self.weave_rad) * rolling * TICK_S / STEERING_S;
        let standing_for_unload = self.tend_tank(track, plant);
        let done = track.leg == Leg::Done;
        if done {
            self.done_s += TICK_S;
        }
        let empty = self.done_s > RUN_EMPTY_S;
        let stands = running_s < DRIVE_OFF_S || done || standing_for_unload;
        let wanted_m_s = if stands { 0.0 } else { self.speed(track, active, &habit) };
        if in_crop(track) {
            self.reel_speed_m_s += (plant.speed_m_s() - self.reel_speed_m_s) * TICK_S / REEL_SENSE_S;
        }
        let cut_height_m = active.cut_height_m.unwrap_or(self.task.cut_height_m + habit.cut_higher_m).max(0.03);
        let reel = active.reel_index.unwrap_or(self.reel_index) / self.reel_index;
        Controls {
            throttle: if running_s < THROTTLE_UP_S || empty { 0.0 } else { self.throttle(track, active, &habit) },
            lever_m_s: wanted_m_s * (1.0 + noise),
            header_height_m: if self.header_down(track) { cut_height_m } else { habit.carry_height_m },
            header_engaged: running_s > THRESHER_ON_S && !is_clear_of_crop(track),
            thresher_engaged: running_s > THRESHER_ON_S && !empty,
            reel_rpm: self.reel_rpm_per_m_s * self.reel_speed_m_s * reel,
            reel_forward: self.reel_forward,
            unloading: self.unloading,
            settings: self.right.with(&active.changes),
        }
    }

    /// Starts and stops unloading; true when the machine has to stand for it.
    fn tend_tank(&mut self, track: &Track, plant: &Plant) -> bool {
        let level = plant.tank_level();
        let at_pass_end = track.leg == Leg::Pass && track.at_m > track.crop_m() + 2.0 && !self.cuts_the_turn;
        if self.unloading {
            if level <= 0.005 {
                self.unloading = false;
                self.on_the_go = self.random.chance(self.task.on_the_go_share);
            }
        } else {
            let due_on_the_go = self.on_the_go && in_crop(track) && level > UNLOAD_ON_THE_GO_LEVEL;
            let due_standing = !self.on_the_go && at_pass_end && level > UNLOAD_STANDING_LEVEL;
            self.unloading = due_on_the_go || due_standing || level > FULL_LEVEL;
        }
        self.unloading && at_pass_end && !self.on_the_go
    }

    /// The target speed, m/s.
    fn speed(&self, track: &Track, active: &Active, habit: &Operator) -> f64 {
        let wanted_m_s = self.task.speed_m_s * habit.pace;
        match track.leg {
            Leg::Pass if track.is_approach() && track.at_m < -8.0 => APPROACH_SPEED_M_S,
            Leg::Pass if track.at_m < ENTRY_M => ENTRY_SHARE * wanted_m_s,
            Leg::Pass if track.at_m < track.crop_m() - 4.0 => active.speed_m_s.unwrap_or_else(|| {
                let short = 1.0 - self.feed_seen_kg_s / (self.task.feed_kg_s * habit.pace);
                wanted_m_s * self.eased * (1.0 + habit.speed_gain * short).clamp(SPEED_BAND.0, SPEED_BAND.1)
            }),
            Leg::Pass | Leg::Arc => self.task.turn_speed_m_s * habit.turn_pace,
            Leg::Done => 0.0,
        }
    }

    /// Full, unless the operator slows the machine down with it.
    fn throttle(&self, track: &Track, active: &Active, habit: &Operator) -> f64 {
        let over = self.feed_seen_kg_s / (self.task.feed_kg_s * habit.pace) - 0.8;
        let by_feed = if in_crop(track) { 1.0 - habit.throttle_gain * over } else { 1.0 };
        active.throttle.unwrap_or(by_feed.clamp(THROTTLE_BAND.0, THROTTLE_BAND.1))
    }

    fn header_down(&self, track: &Track) -> bool {
        match track.leg {
            Leg::Pass => (-LOWER_AHEAD_M..track.crop_m()).contains(&track.at_m),
            Leg::Arc => self.cuts_the_turn && track.turned_rad() < CUT_RAD,
            Leg::Done => false,
        }
    }
}

fn in_crop(track: &Track) -> bool {
    track.leg == Leg::Pass && (ENTRY_M..track.crop_m()).contains(&track.at_m)
}

/// The header drive is switched off over the headland, not at every lift: here, once it is well clear of the crop.
fn is_clear_of_crop(track: &Track) -> bool {
    match track.leg {
        Leg::Pass => track.at_m > track.crop_m() + 4.0 || track.at_m < -6.0,
        Leg::Arc => track.turned_rad() > 2.0,
        Leg::Done => true,
    }
}
