//! A learner at the controls, in place of the driver: what the hands have set stays until they set something else. The
//! machine keeps to its row by itself, as guidance does; speed, header, reel, threshing and the turns are the learner's.

mod as_left;
mod lever;

pub use lever::Lever;

use std::f64::consts::PI;

use crate::controls::Controls;
use crate::field::{Leg, Track};
use crate::plant::Plant;
use crate::scenario::{Scenario, Settings};

// All of it is our choice.
/// What one press changes: ground speed, m/s.
const SPEED_STEP_M_S: f64 = 0.1;
const FASTEST_M_S: f64 = 4.0;
/// Height of the knife, m.
const HEIGHT_STEP_M: f64 = 0.01;
const HEIGHTS_M: (f64, f64) = (0.03, 0.44);
/// Reel, r/min.
const REEL_STEP_RPM: f64 = 2.0;
const REEL_MOST_RPM: f64 = 60.0;
const THROTTLE_STEP: f64 = 0.05;
/// Shares of what is right for the crop by which a press changes drum and fan, and between which they can be set.
const SHAFT_STEP: f64 = 0.03;
const SHAFT_RANGE: (f64, f64) = (0.6, 1.5);
/// Gaps of concave and sieves, mm, and between which shares of what is right they can be set.
const GAP_STEP_MM: f64 = 1.0;
const GAP_RANGE: (f64, f64) = (0.3, 2.5);
/// A turn can begin this far inside the crop, m; without being asked for it begins that far beyond it.
const EARLIEST_TURN_M: f64 = 15.0;
const LATEST_TURN_M: f64 = 25.0;

/// The learner's hands.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Learner {
    speed_m_s: f64,
    work_height_m: f64,
    carry_height_m: f64,
    lifted: bool,
    engaged: bool,
    throttle: f64,
    reel_rpm: f64,
    reel_diameter_m: f64,
    reel_forward: bool,
    settings: Settings,
    right: Settings,
    unloading: bool,
    /// Where the turn at hand was asked for: beyond the crop, or, negative, inside it, m.
    turn_at_m: Option<f64>,
    turning: bool,
    late_turns: u32,
}

/// On which part of the way the machine is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Before the crop of the next pass, so many metres.
    Before(f64),
    /// In the crop; so many metres of it are left.
    InCrop(f64),
    /// Past the end of the crop, by so many metres.
    Beyond(f64),
    /// Turning.
    Turning,
    /// The field is done.
    Done,
}

/// What somebody in the cab sees and has set.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Cab {
    /// Ground speed that the lever is set to, m/s.
    pub set_speed_m_s: f64,
    /// Ground speed, m/s.
    pub speed_m_s: f64,
    /// Height of the knife that is set for work, m.
    pub work_height_m: f64,
    /// Height of the knife now, m.
    pub height_m: f64,
    /// The header is lifted for a turn.
    pub lifted: bool,
    /// Thresher and header run.
    pub engaged: bool,
    /// Position of the throttle, 0..=1.
    pub throttle: f64,
    /// r/min.
    pub engine_rpm: f64,
    /// The engine stands, pulled down by its load.
    pub stalled: bool,
    /// Reel at rated engine speed, r/min.
    pub reel_rpm: f64,
    /// Speed of the reel's bats over ground speed; `None` while the machine stands.
    pub reel_index: Option<f64>,
    /// The reel is forward and down, for lodged crop.
    pub reel_forward: bool,
    /// Drum at rated engine speed, r/min.
    pub drum_rpm: f64,
    /// Gap of the concave, mm.
    pub concave_mm: f64,
    /// Fan at rated engine speed, r/min.
    pub fan_rpm: f64,
    /// Opening of the upper sieve, mm.
    pub upper_sieve_mm: f64,
    /// Opening of the lower sieve, mm.
    pub lower_sieve_mm: f64,
    /// Filling of the tank, 0..=1 and a little over.
    pub tank_level: f64,
    /// The tank is being emptied.
    pub unloading: bool,
    /// On which part of the way.
    pub way: Way,
    /// Grain of crop that was passed over and still stands, kg.
    pub left_standing_kg: f64,
    /// Turns that began late, by themselves.
    pub late_turns: u32,
    /// What is set over what is right for the crop: drum, concave, fan, upper and lower sieve.
    pub set_over_right: [f64; 5],
}

impl Learner {
    /// Takes the machine over as it was left beside the field: engine at idle, header up, nothing runs.
    pub fn new(scenario: &Scenario) -> Self {
        let left = as_left::as_left(scenario);
        let reel_diameter_m = scenario.machine.header.reel_diameter_m;
        let right_rpm = 60.0 * scenario.crop.header.reel_index / (PI * reel_diameter_m) * scenario.task.speed_m_s;
        Self {
            speed_m_s: 0.0,
            work_height_m: left.height_m,
            carry_height_m: scenario.operator().carry_height_m,
            lifted: true,
            engaged: false,
            throttle: left.throttle,
            reel_rpm: (right_rpm * left.reel / REEL_STEP_RPM).round() * REEL_STEP_RPM,
            reel_diameter_m,
            reel_forward: false,
            settings: left.settings,
            right: Settings::right(&scenario.machine, &scenario.crop),
            unloading: false,
            turn_at_m: None,
            turning: false,
            late_turns: 0,
        }
    }

    /// Where the next turn begins: so far beyond the crop, or, negative, inside it, m.
    pub fn overshoot_m(&self) -> f64 {
        self.turn_at_m.unwrap_or(LATEST_TURN_M)
    }

    /// A press. False where it makes no sense now.
    pub fn act(&mut self, lever: Lever, track: &Track) -> bool {
        let before = self.levers();
        match lever {
            Lever::Faster => self.speed_m_s = stepped(self.speed_m_s, SPEED_STEP_M_S, (0.0, FASTEST_M_S)),
            Lever::Slower => self.speed_m_s = stepped(self.speed_m_s, -SPEED_STEP_M_S, (0.0, FASTEST_M_S)),
            Lever::Stop => self.speed_m_s = 0.0,
            Lever::HeaderUp => self.work_height_m = stepped(self.work_height_m, HEIGHT_STEP_M, HEIGHTS_M),
            Lever::HeaderDown => self.work_height_m = stepped(self.work_height_m, -HEIGHT_STEP_M, HEIGHTS_M),
            Lever::Lift => self.lifted = true,
            Lever::Lower => self.lifted = false,
            Lever::Engage => self.engaged = true,
            Lever::Disengage => self.engaged = false,
            Lever::ReelFaster => self.reel_rpm = stepped(self.reel_rpm, REEL_STEP_RPM, (0.0, REEL_MOST_RPM)),
            Lever::ReelSlower => self.reel_rpm = stepped(self.reel_rpm, -REEL_STEP_RPM, (0.0, REEL_MOST_RPM)),
            Lever::ReelForward => self.reel_forward = true,
            Lever::ReelBack => self.reel_forward = false,
            Lever::ThrottleUp => self.throttle = stepped(self.throttle, THROTTLE_STEP, (0.0, 1.0)),
            Lever::ThrottleDown => self.throttle = stepped(self.throttle, -THROTTLE_STEP, (0.0, 1.0)),
            Lever::Unload => self.unloading = true,
            Lever::StopUnloading => self.unloading = false,
            Lever::Turn => return self.turn(track),
            setting => self.set(setting),
        }
        before != self.levers()
    }

    /// Where all of them stand.
    fn levers(&self) -> ([f64; 4], [bool; 4], Settings) {
        let numbers = [self.speed_m_s, self.work_height_m, self.throttle, self.reel_rpm];
        (numbers, [self.lifted, self.engaged, self.reel_forward, self.unloading], self.settings)
    }

    /// Asks for the turn: near the end of the crop, or beyond it.
    fn turn(&mut self, track: &Track) -> bool {
        let at_m = track.at_m - track.crop_m();
        let now = track.leg == Leg::Pass && at_m > -EARLIEST_TURN_M && self.turn_at_m.is_none();
        if now {
            self.turn_at_m = Some(at_m);
        }
        now
    }

    fn set(&mut self, lever: Lever) {
        let right = self.right;
        let set = &mut self.settings;
        let shaft = |now: f64, right: f64, up: f64| {
            stepped(now, up * SHAFT_STEP * right, (SHAFT_RANGE.0 * right, SHAFT_RANGE.1 * right))
        };
        let gap =
            |now: f64, right: f64, up: f64| stepped(now, up * GAP_STEP_MM, (GAP_RANGE.0 * right, GAP_RANGE.1 * right));
        match lever {
            Lever::DrumFaster => set.drum_rpm = shaft(set.drum_rpm, right.drum_rpm, 1.0),
            Lever::DrumSlower => set.drum_rpm = shaft(set.drum_rpm, right.drum_rpm, -1.0),
            Lever::FanFaster => set.fan_rpm = shaft(set.fan_rpm, right.fan_rpm, 1.0),
            Lever::FanSlower => set.fan_rpm = shaft(set.fan_rpm, right.fan_rpm, -1.0),
            Lever::ConcaveWider => set.concave_mm = gap(set.concave_mm, right.concave_mm, 1.0),
            Lever::ConcaveTighter => set.concave_mm = gap(set.concave_mm, right.concave_mm, -1.0),
            Lever::UpperSieveWider => set.upper_sieve_mm = gap(set.upper_sieve_mm, right.upper_sieve_mm, 1.0),
            Lever::UpperSieveTighter => set.upper_sieve_mm = gap(set.upper_sieve_mm, right.upper_sieve_mm, -1.0),
            Lever::LowerSieveWider => set.lower_sieve_mm = gap(set.lower_sieve_mm, right.lower_sieve_mm, 1.0),
            Lever::LowerSieveTighter => set.lower_sieve_mm = gap(set.lower_sieve_mm, right.lower_sieve_mm, -1.0),
            _ => {}
        }
        set.separator_rpm = right.separator_rpm * set.drum_rpm / right.drum_rpm;
    }

    /// One tick.
    pub fn step(&mut self, track: &Track, plant: &Plant) -> Controls {
        match track.leg {
            Leg::Pass if track.at_m < track.crop_m() - EARLIEST_TURN_M => {
                (self.turn_at_m, self.turning) = (None, false);
            }
            Leg::Arc if !self.turning => {
                self.turning = true;
                self.late_turns += u32::from(self.turn_at_m.is_none());
            }
            Leg::Done => self.speed_m_s = 0.0,
            _ => {}
        }
        let stalled = plant.engine().stalled();
        if stalled {
            // It is started again with the clutch out.
            (self.engaged, self.speed_m_s) = (false, 0.0);
        }
        // Nothing more comes out of an empty tank.
        self.unloading &= plant.tank_level() > 0.0;
        Controls {
            throttle: if stalled { 0.0 } else { self.throttle },
            lever_m_s: self.speed_m_s,
            header_height_m: if self.lifted { self.carry_height_m } else { self.work_height_m },
            header_engaged: self.engaged,
            thresher_engaged: self.engaged,
            reel_rpm: self.reel_rpm,
            reel_forward: self.reel_forward,
            unloading: self.unloading,
            settings: self.settings,
        }
    }

    /// What is seen and set.
    pub fn cab(&self, track: &Track, plant: &Plant, left_standing_kg: f64) -> Cab {
        let (speed_m_s, crop_m) = (plant.speed_m_s(), track.crop_m());
        let bats_m_s = PI * self.reel_diameter_m * plant.header().reel_rpm() / 60.0;
        let (set, right) = (&self.settings, &self.right);
        Cab {
            set_speed_m_s: self.speed_m_s,
            speed_m_s,
            work_height_m: self.work_height_m,
            height_m: plant.header().height_m(),
            lifted: self.lifted,
            engaged: self.engaged,
            throttle: self.throttle,
            engine_rpm: plant.engine().rpm,
            stalled: plant.engine().stalled(),
            reel_rpm: self.reel_rpm,
            reel_index: (speed_m_s > 0.3).then(|| bats_m_s / speed_m_s),
            reel_forward: self.reel_forward,
            drum_rpm: set.drum_rpm,
            concave_mm: set.concave_mm,
            fan_rpm: set.fan_rpm,
            upper_sieve_mm: set.upper_sieve_mm,
            lower_sieve_mm: set.lower_sieve_mm,
            tank_level: plant.tank_level(),
            unloading: self.unloading,
            way: match track.leg {
                Leg::Pass if track.at_m < 0.0 => Way::Before(-track.at_m),
                Leg::Pass if track.at_m < crop_m => Way::InCrop(crop_m - track.at_m),
                Leg::Pass => Way::Beyond(track.at_m - crop_m),
                Leg::Arc => Way::Turning,
                Leg::Done => Way::Done,
            },
            left_standing_kg,
            late_turns: self.late_turns,
            set_over_right: [
                set.drum_rpm / right.drum_rpm,
                set.concave_mm / right.concave_mm,
                set.fan_rpm / right.fan_rpm,
                set.upper_sieve_mm / right.upper_sieve_mm,
                set.lower_sieve_mm / right.lower_sieve_mm,
            ],
        }
    }
}

/// One step on, within a range; whole steps from zero, so that the same number of presses up and down leads back.
fn stepped(now: f64, step: f64, (low, high): (f64, f64)) -> f64 {
    let next = now + step;
    // To a millionth: sums of tenths would not be tenths.
    ((next * 1e6).round() / 1e6).clamp(low, high)
}
