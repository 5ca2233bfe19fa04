//! What the machine is doing: stopped, on the road, cutting, turning; and the marks beside it.
//!
//! Rules after measured headland turns of two combines and a published header-height rule (working at or below 0.5 m,
//! transport above; Wang et al.): a turn is a raised header with a change of heading, cutting while turning is a lowered
//! header with more than 5 degrees a second. What a machine does not tell is taken from what it does: header, crop, engine
//! load, ground speed, in this order of trust.

mod bearing;
mod crop_sign;
mod drive;
mod engine;
mod heading;
mod hold;
mod levels;
mod posture;
mod unload;
mod work;

use crate::time::{STEP_S, us_to_s};
use super::crop::Setup;
use crate::machine::{Channel, Readings};
use bearing::Bearing;
use crop_sign::{CropSense, CropSign};
use drive::{GearWatch, driven};
use engine::{EngineSigns, EngineWatch};
use heading::Heading;
use hold::Hold;
use posture::{Posture, Way};
use unload::UnloadWatch;

pub use work::WorkKind;

/// What the machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// Not moving.
    Stopped,
    /// Moving without cutting.
    Transport,
    /// Moving with the header down and driven.
    Cutting,
    /// Between two passes with the header up.
    Turning,
}

impl Activity {
    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Transport => "transport",
            Self::Cutting => "cutting",
            Self::Turning => "turning",
        }
    }
}

/// What tells that the machine cuts or does not, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum CuttingEvidence {
    /// Where the header is.
    Header,
    /// Crop that comes in.
    Feed,
    /// What the engine has to give.
    Load,
    /// Ground speed and course alone.
    Speed,
}

impl CuttingEvidence {
    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Feed => "feed",
            Self::Load => "load",
            Self::Speed => "speed",
        }
    }
}

/// The activity and the marks beside it; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MachineState {
    /// What the machine is doing.
    pub activity: Option<Activity>,
    /// What tells it; `None` while standing, or unknown.
    pub known_by: Option<CuttingEvidence>,
    /// Cutting in a curve.
    pub turning_cut: Option<bool>,
    /// The operator fault of the corners: cutting in a curve for longer than a swerve.
    pub corner: Option<bool>,
    /// The engine is pulled down while feeding.
    pub lugging: Option<bool>,
    /// The operator fault of the throttle: lugging, or an engine below its droop line, for a while. The load is fought with
    /// the throttle instead of the speed.
    pub throttle: Option<bool>,
    /// The unloading auger runs.
    pub unloading: Option<bool>,
    /// The threshing gear runs without crop.
    pub empty_running: Option<bool>,
    /// Crop holds the threshing gear or the feeder house.
    pub plugged: Option<bool>,
    /// The machine is turning, and its heading has changed: a turn to count, not just a header raised for a moment.
    pub turned: bool,
}

/// Slower is standing still, m/s, and faster again moving (our choice).
const STANDING_M_S: f64 = 0.15;
/// Slower than 1 km/h nothing is cut.
const CUTTING_M_S: f64 = 1.0 / 3.6;
/// Faster than this no combine cuts: where the speed alone must tell, m/s (our choice; 11 km/h).
const FASTEST_CUT_M_S: f64 = 3.1;
/// Cutting in a curve: over 5 degrees a second; over, below so much of it.
const CURVE_RAD_S: f64 = 5.0 * std::f64::consts::PI / 180.0;
const CURVE_ENDS: f64 = 0.9;
/// A wide corner is one as well: so much within six seconds and still so fast, until it is slower than the other.
const CORNER_RAD: f64 = 21.0 * std::f64::consts::PI / 180.0;
const CORNER_RAD_S: f64 = 3.8 * std::f64::consts::PI / 180.0;
const CORNER_ENDS_RAD_S: f64 = 3.5 * std::f64::consts::PI / 180.0;
/// A course over ground means something above this speed, m/s.
const COURSE_M_S: f64 = 0.3;
/// A raised header within this time of driving after cutting may be a turn, s (our choice; turns take 10 to 40 s).
const TURN_WITHIN_S: f64 = 60.0;
/// Faster with the header up is on the way, not turning, m/s (our choice).
const ROAD_M_S: f64 = 4.0;
/// Straight on for so long with the header up is no turn after all, s (our choice).
const STRAIGHT_S: f64 = 15.0;
/// A turn has changed the heading by so much since the header rose (our choice).
const TURN_RAD: f64 = 20.0 * std::f64::consts::PI / 180.0;
/// Where only the speed tells, so long straight on at a working speed is work: at first, and when it has been before, s.
const STEADY_FIRST_S: f64 = 8.0;
const STEADY_S: f64 = 1.5;

/// Follows the readings and tells the activity.
#[derive(Debug)]
pub(super) struct Tracker {
    rated_feed_kg_s: f64,
    heading: Heading,
    bearing: Bearing,
    engine: EngineWatch,
    gear: GearWatch,
    crop: CropSense,
    posture: Posture,
    unload: UnloadWatch,
    by_crop: Hold,
    turning: Hold,
    turning_cut: Hold,
    /// In a wide corner.
    wide: bool,
    corner: Hold,
    lugging: Hold,
    throttle: Hold,
    /// Straight on at a working speed, s; whether that has been taken for work before.
    steady_s: f64,
    has_worked: bool,
    /// Driven since the last cutting, s.
    since_cut_s: f64,
    turned: bool,
    heading_at_rise: Option<f64>,
}

impl Tracker {
    pub fn new(setup: &Setup) -> Self {
        let (rated_feed_kg_s, rated_rpm) = (setup.geometry.rated_feed_kg_s, setup.geometry.rated_engine_rpm);
        Self {
            rated_feed_kg_s,
            heading: Heading::default(),
            bearing: Bearing::default(),
            engine: EngineWatch::new(rated_rpm),
            gear: GearWatch::new(rated_rpm),
            crop: CropSense::new(rated_feed_kg_s),
            posture: Posture::default(),
            unload: UnloadWatch::default(),
            by_crop: Hold::new(0.3, 0.6),
            turning: Hold::new(0.5, 0.5),
            turning_cut: Hold::new(0.3, 0.2),
            wide: false,
            corner: Hold::new(1.5, 2.0),
            lugging: Hold::new(0.4, 0.4),
            throttle: Hold::new(3.0, 2.0),
            steady_s: 0.0,
            has_worked: false,
            since_cut_s: f64::INFINITY,
            turned: false,
            heading_at_rise: None,
        }
    }

    /// One step.
    pub fn step(&mut self, readings: &Readings) -> MachineState {
        let speed_m_s = readings.value(Channel::GroundSpeed);
        let rate_rad_s = self.turning_rate(readings, speed_m_s);
        let driven = driven(readings);
        let unloading = self.unload.step(readings);
        let crop = self.crop.step(readings, driven == Some(true));
        let (activity, known_by) = match speed_m_s {
            Some(speed_m_s) => self.activity(speed_m_s, rate_rad_s, readings, crop, driven),
            None => (None, None),
        };
        let cutting = activity == Some(Activity::Cutting);
        if cutting {
            self.crop.learn(readings);
        }
        let fed = readings.value(Channel::FeedRate).map(|feed_kg_s| feed_kg_s > 0.12 * self.rated_feed_kg_s);
        let feeding = fed.unwrap_or(cutting);
        let signs = EngineSigns {
            rpm: readings.value(Channel::EngineSpeed),
            load: readings.value(Channel::EngineLoad),
            throttle: readings.value(Channel::EngineThrottle),
            feeding,
            driven: driven.unwrap_or(cutting),
        };
        let engine = self.engine.step(signs, self.lugging.is_on()).filter(|_| activity.is_some());
        let gear = self.gear.step(readings, cutting);
        let turning_cut = self.curve(activity, known_by, rate_rad_s);
        MachineState {
            activity,
            known_by,
            turning_cut,
            corner: turning_cut.map(|curve| if cutting { self.corner.step(curve) } else { self.corner.reset() }),
            lugging: engine
                .map(|engine| if feeding { self.lugging.step(engine.lugging) } else { self.lugging.reset() }),
            throttle: engine.map(|engine| {
                let fault = engine.lugging || engine.off_the_line;
                if feeding && cutting { self.throttle.step(fault) } else { self.throttle.reset() }
            }),
            unloading,
            empty_running: gear.empty_running,
            plugged: gear.plugged,
            turned: activity == Some(Activity::Turning) && self.turned,
        }
    }

    /// From the course, or else from the positions.
    fn turning_rate(&mut self, readings: &Readings, speed_m_s: Option<f64>) -> Option<f64> {
        let measured_s = |channel| us_to_s(readings.t_us - readings.get(channel).age_us.unwrap_or(0));
        let told = readings.value(Channel::GroundCourse).map(|course| (measured_s(Channel::GroundCourse), course));
        let place = readings.value(Channel::GnssLatitude).zip(readings.value(Channel::GnssLongitude));
        let driven = place.and_then(|(latitude_deg, longitude_deg)| {
            self.bearing.step(measured_s(Channel::GnssLatitude), latitude_deg, longitude_deg)
        });
        let moving = speed_m_s.is_some_and(|speed_m_s| speed_m_s > COURSE_M_S);
        self.heading.step(us_to_s(readings.t_us), told.or(driven).filter(|_| moving))
    }

    /// Cutting in a curve. Where course and speed alone tell that the machine cuts, a curve is a turn.
    fn curve(
        &mut self,
        activity: Option<Activity>,
        known_by: Option<CuttingEvidence>,
        rate_rad_s: Option<f64>,
    ) -> Option<bool> {
        match (activity, rate_rad_s) {
            (Some(Activity::Cutting), Some(rate)) if known_by != Some(CuttingEvidence::Speed) => {
                let limit = if self.turning_cut.is_on() { CURVE_ENDS * CURVE_RAD_S } else { CURVE_RAD_S };
                let begins = self.heading.lately_rad().abs() > CORNER_RAD && rate.abs() > CORNER_RAD_S;
                self.wide = begins || self.wide && rate.abs() > CORNER_ENDS_RAD_S;
                Some(self.turning_cut.step(rate.abs() > limit || self.wide))
            }
            (Some(Activity::Cutting) | None, _) => None,
            (Some(_), _) => {
                self.wide = false;
                Some(self.turning_cut.reset())
            }
        }
    }

    fn activity(
        &mut self,
        speed_m_s: f64,
        rate_rad_s: Option<f64>,
        readings: &Readings,
        crop: CropSign,
        driven: Option<bool>,
    ) -> (Option<Activity>, Option<CuttingEvidence>) {
        let moving = speed_m_s >= STANDING_M_S;
        let turning = self.turning.step(rate_rad_s.is_some_and(|rate| rate.abs() > CURVE_RAD_S));
        let working = self.working(speed_m_s, turning, readings, crop, driven);
        if !moving {
            return (Some(Activity::Stopped), None);
        }
        self.since_cut_s += STEP_S;
        // Moving, and nothing tells whether the header works: unknown, not "transport".
        let Some((working, sign)) = working else { return (None, None) };
        if working {
            if speed_m_s < CUTTING_M_S {
                return (Some(Activity::Stopped), None);
            }
            self.since_cut_s = 0.0;
            self.turned = false;
            self.heading_at_rise = None;
            return (Some(Activity::Cutting), Some(sign));
        }
        (Some(self.beside_work(speed_m_s, rate_rad_s)), Some(sign))
    }

    /// Whether the machine is at work, by the surest sign there is.
    fn working(
        &mut self,
        speed_m_s: f64,
        turning: bool,
        readings: &Readings,
        crop: CropSign,
        driven: Option<bool>,
    ) -> Option<(bool, CuttingEvidence)> {
        let may_work = driven != Some(false);
        let steady = (CUTTING_M_S..FASTEST_CUT_M_S).contains(&speed_m_s) && !turning && may_work;
        self.steady_s = if steady { self.steady_s + STEP_S } else { 0.0 };
        let unloading = self.unload.is_on();
        let way = Way { moving: speed_m_s >= STANDING_M_S, straight: !turning, driven: may_work, unloading };
        if let Some(down) = self.posture.step(readings, crop, way) {
            return Some((down && may_work, CuttingEvidence::Header));
        }
        let by_feed = crop.feed_known.then_some((crop.third_fed, CuttingEvidence::Feed));
        let by_crop = by_feed.or(crop.by_load.map(|loaded| (loaded, CuttingEvidence::Load)));
        if let Some((fed, sign)) = by_crop {
            return Some((self.by_crop.step(fed) && may_work, sign));
        }
        if driven == Some(false) {
            return Some((false, CuttingEvidence::Speed));
        }
        let after_s = if self.has_worked || driven == Some(true) { STEADY_S } else { STEADY_FIRST_S };
        if self.steady_s >= after_s {
            self.has_worked = true;
            return Some((true, CuttingEvidence::Speed));
        }
        (self.has_worked || speed_m_s >= FASTEST_CUT_M_S).then_some((false, CuttingEvidence::Speed))
    }

    /// Moving without cutting: a turn, or on the way.
    fn beside_work(&mut self, speed_m_s: f64, rate_rad_s: Option<f64>) -> Activity {
        let heading_at_rise = *self.heading_at_rise.get_or_insert(self.heading.total_rad());
        if self.since_cut_s > TURN_WITHIN_S || speed_m_s > ROAD_M_S {
            self.turned = false;
            return Activity::Transport;
        }
        let turned = (self.heading.total_rad() - heading_at_rise).abs() > TURN_RAD;
        // Without a compass, a raised header soon after cutting is taken for a turn.
        self.turned |= rate_rad_s.is_none_or(|rate| rate.abs() > CURVE_RAD_S || turned);
        // Machines drive on a little before they turn.
        let turning = self.turned || self.since_cut_s < STRAIGHT_S;
        if turning { Activity::Turning } else { Activity::Transport }
    }
}
