//! What the machine is doing: stopped, on the road, cutting, turning; and three marks beside it.
//!
//! Rules after measured headland turns of two combines and a published header-height rule (working at or below 0.5 m,
//! transport above; Wang et al.): a turn is a raised header with a change of heading, cutting while turning is a lowered
//! header with more than 5 degrees a second, lugging is an engine pulled below its droop line while feeding.

mod engine;
mod heading;
mod hold;

use super::crop::Setup;
use crate::machine::{Channel, Readings};
use engine::EngineWatch;
use heading::Heading;
use hold::Hold;

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

/// The activity and the marks beside it; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Doing {
    /// What the machine is doing.
    pub activity: Option<Activity>,
    /// Cutting in a curve.
    pub turning_cut: Option<bool>,
    /// The engine is pulled down while feeding.
    pub lugging: Option<bool>,
    /// The unloading auger runs.
    pub unloading: Option<bool>,
    /// The machine is turning, and its heading has changed: a turn to count, not just a header raised for a moment.
    pub turned: bool,
}

/// The header counts as down below this height, m (Wang et al.), and as up again 5 cm higher.
const HEADER_DOWN_M: f64 = 0.5;
const HEADER_UP_M: f64 = 0.55;
/// Slower is standing still, m/s (our choice).
const STANDING_M_S: f64 = 0.15;
/// Slower than 1 km/h nothing is cut.
const CUTTING_M_S: f64 = 1.0 / 3.6;
/// Cutting in a curve: over 5 degrees a second.
const CURVE_RAD_S: f64 = 5.0 * std::f64::consts::PI / 180.0;
/// A raised header within this time after cutting may be a turn, s (our choice; turns take 10 to 40 s).
const TURN_WITHIN_S: f64 = 60.0;
/// Faster with the header up is on the way, not turning, m/s (our choice).
const ROAD_M_S: f64 = 4.0;
/// Straight on for so long with the header up is no turn after all, s (our choice).
const STRAIGHT_S: f64 = 15.0;
/// A turn has changed the heading by so much since the header rose (our choice).
const TURN_RAD: f64 = 20.0 * std::f64::consts::PI / 180.0;

/// Follows the readings and tells the activity.
#[derive(Debug)]
pub(super) struct Tracker {
    rated_feed_kg_s: f64,
    heading: Heading,
    engine: EngineWatch,
    header_down: Hold,
    turning_cut: Hold,
    lugging: Hold,
    since_cut_s: f64,
    turned: bool,
    heading_at_rise: Option<f64>,
}

impl Tracker {
    pub fn new(setup: &Setup) -> Self {
        Self {
            rated_feed_kg_s: setup.geometry.rated_feed_kg_s,
            heading: Heading::default(),
            engine: EngineWatch::new(setup.geometry.rated_engine_rpm),
            header_down: Hold::new(0.3, 0.3),
            turning_cut: Hold::new(1.5, 1.0),
            lugging: Hold::new(3.0, 1.0),
            since_cut_s: f64::INFINITY,
            turned: false,
            heading_at_rise: None,
        }
    }

    /// One step.
    pub fn step(&mut self, readings: &Readings) -> Doing {
        let speed_m_s = readings.value(Channel::GroundSpeed);
        let moving = speed_m_s.is_some_and(|v| v > STANDING_M_S);
        let rate_rad_s = self.heading.step(readings.value(Channel::GroundCourse).filter(|_| moving));
        let activity = speed_m_s.and_then(|speed_m_s| self.activity(speed_m_s, rate_rad_s, readings));
        let cutting = activity == Some(Activity::Cutting);
        let feeding =
            cutting && readings.value(Channel::FeedRate).is_none_or(|feed_kg_s| feed_kg_s > 0.2 * self.rated_feed_kg_s);
        let pulled_down = self.engine.step(
            readings.value(Channel::EngineSpeed),
            readings.value(Channel::EngineLoad),
            feeding,
            self.lugging.is_on(),
        );
        Doing {
            activity,
            turning_cut: match (activity, rate_rad_s) {
                (Some(Activity::Cutting), Some(rate)) => {
                    let limit = if self.turning_cut.is_on() { 0.6 * CURVE_RAD_S } else { CURVE_RAD_S };
                    Some(self.turning_cut.step(rate.abs() > limit))
                }
                (Some(Activity::Cutting) | None, _) => None,
                (Some(_), _) => Some(self.turning_cut.reset()),
            },
            lugging: activity
                .and(pulled_down)
                .map(|down| if feeding { self.lugging.step(down) } else { self.lugging.reset() }),
            unloading: readings.flag(Channel::UnloadEngaged),
            turned: activity == Some(Activity::Turning) && self.turned,
        }
    }

    fn activity(&mut self, speed_m_s: f64, rate_rad_s: Option<f64>, readings: &Readings) -> Option<Activity> {
        self.since_cut_s += super::STEP_S;
        let down = self.is_header_down(readings);
        let down = down.map(|down| self.header_down.step(down));
        if speed_m_s < STANDING_M_S {
            return Some(Activity::Stopped);
        }
        // Moving, and nothing tells whether the header works: unknown, not "transport".
        if down? && is_driven(readings) {
            if speed_m_s < CUTTING_M_S {
                return Some(Activity::Stopped);
            }
            self.since_cut_s = 0.0;
            self.turned = false;
            self.heading_at_rise = None;
            return Some(Activity::Cutting);
        }
        let heading_at_rise = *self.heading_at_rise.get_or_insert(self.heading.total_rad());
        if self.since_cut_s > TURN_WITHIN_S || speed_m_s > ROAD_M_S {
            self.turned = false;
            return Some(Activity::Transport);
        }
        let turned = (self.heading.total_rad() - heading_at_rise).abs() > TURN_RAD;
        // Without a compass, a raised header soon after cutting is taken for a turn.
        self.turned |= rate_rad_s.is_none_or(|rate| rate.abs() > CURVE_RAD_S || turned);
        // Machines drive on a little before they turn.
        let turning = self.turned || self.since_cut_s < STRAIGHT_S;
        Some(if turning { Activity::Turning } else { Activity::Transport })
    }

    fn is_header_down(&self, readings: &Readings) -> Option<bool> {
        if let Some(below) = readings.flag(Channel::HeaderBelowWorkHeight) {
            return Some(below);
        }
        if let Some(height_m) = readings.value(Channel::HeaderHeight) {
            return Some(height_m < if self.header_down.is_on() { HEADER_UP_M } else { HEADER_DOWN_M });
        }
        readings.value(Channel::FeedRate).map(|feed_kg_s| feed_kg_s > 0.1 * self.rated_feed_kg_s)
    }
}

/// Header or thresher are driven; when nothing tells, they are taken to be.
fn is_driven(readings: &Readings) -> bool {
    let by_speed = readings.value(Channel::ThresherSpeed).map(|rpm| rpm > 200.0);
    let engaged = readings.flag(Channel::HeaderEngaged).or_else(|| readings.flag(Channel::ThresherEngaged));
    engaged.or(by_speed).unwrap_or(true)
}
