//! What the machine is doing: stopped, on the road, cutting, turning; and the flags beside it.
//!
//! Rules after measured headland turns of two combines and a published header-height rule (working at or below 0.5 m,
//! transport above; Wang et al.): a turn is a raised header with a change of heading, cutting while turning is a lowered
//! header with more than 5 degrees a second. What a machine does not report is inferred from header, crop, engine load
//! and ground speed, the most trusted first.

mod bearing;
mod crop_evidence;
mod engine;
mod gear;
mod header_position;
mod heading;
mod on_off_delay;
mod two_levels;
mod unload;

use super::crop::Setup;
use super::state::{Activity, CuttingEvidence, MachineState};
use crate::machine::{Channel, Readings};
use crate::params::{ActivityParams, Params};
use crate::time::{STEP_S, us_to_s};
use bearing::Bearing;
use crop_evidence::{CropDetector, CropEvidence};
use engine::{EngineReadings, EngineWatch};
use gear::GearWatch;
use header_position::{DriveState, HeaderPosition};
use heading::Heading;
use on_off_delay::OnOffDelay;
use unload::UnloadWatch;

/// Derives the activity from the readings, step by step.
#[derive(Debug)]
pub(super) struct ActivityTracker {
    params: ActivityParams,
    rated_feed_kg_s: f64,
    heading: Heading,
    bearing: Bearing,
    engine: EngineWatch,
    gear: GearWatch,
    crop: CropDetector,
    header: HeaderPosition,
    unload: UnloadWatch,
    by_crop: OnOffDelay,
    turning: OnOffDelay,
    turning_cut: OnOffDelay,
    /// In a wide corner.
    in_wide_corner: bool,
    corner: OnOffDelay,
    lugging: OnOffDelay,
    throttle: OnOffDelay,
    /// Straight on at a working speed for this long, s; whether that has been taken for cutting before.
    steady_s: f64,
    has_worked: bool,
    /// Driven since the last cutting, s.
    since_cut_s: f64,
    turned: bool,
    /// Heading when the header was raised, rad.
    heading_at_rise: Option<f64>,
}

impl ActivityTracker {
    pub fn new(setup: &Setup, params: &Params) -> Self {
        let ActivityParams { crop_on_s, crop_off_s, turning_delay_s, lugging_delay_s, .. } = params.activity;
        let activity = params.activity;
        let (rated_feed_kg_s, rated_rpm) = (setup.geometry.rated_feed_kg_s, setup.geometry.rated_engine_rpm);
        Self {
            rated_feed_kg_s,
            heading: Heading::new(&params.course),
            bearing: Bearing::new(&params.course),
            engine: EngineWatch::new(rated_rpm, &params.engine),
            gear: GearWatch::new(rated_rpm, &params.gear),
            crop: CropDetector::new(rated_feed_kg_s, params),
            header: HeaderPosition::new(params),
            unload: UnloadWatch::new(&params.activity),
            by_crop: OnOffDelay::new(crop_on_s, crop_off_s),
            turning: OnOffDelay::new(turning_delay_s, turning_delay_s),
            turning_cut: OnOffDelay::new(activity.turning_cut_on_s, activity.turning_cut_off_s),
            in_wide_corner: false,
            corner: OnOffDelay::new(activity.corner_on_s, activity.corner_off_s),
            lugging: OnOffDelay::new(lugging_delay_s, lugging_delay_s),
            throttle: OnOffDelay::new(activity.throttle_on_s, activity.throttle_off_s),
            steady_s: 0.0,
            has_worked: false,
            since_cut_s: f64::INFINITY,
            turned: false,
            heading_at_rise: None,
            params: activity,
        }
    }

    /// One step.
    pub fn step(&mut self, readings: &Readings) -> MachineState {
        let speed_m_s = readings.value(Channel::GroundSpeed);
        let rate_rad_s = self.turning_rate(readings, speed_m_s);
        let driven = self.gear.driven(readings);
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
        let fed = readings
            .value(Channel::FeedRate)
            .map(|feed_kg_s| feed_kg_s > self.params.feeding_share * self.rated_feed_kg_s);
        let feeding = fed.unwrap_or(cutting);
        let engine = EngineReadings {
            rpm: readings.value(Channel::EngineSpeed),
            load: readings.value(Channel::EngineLoad),
            throttle: readings.value(Channel::EngineThrottle),
            feeding,
            driven: driven.unwrap_or(cutting),
        };
        let engine = self.engine.step(engine, self.lugging.is_on()).filter(|_| activity.is_some());
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
                let fault = engine.lugging || engine.below_droop_line;
                if feeding && cutting { self.throttle.step(fault) } else { self.throttle.reset() }
            }),
            unloading,
            empty_running: gear.empty_running,
            plugged: gear.plugged,
            turned: activity == Some(Activity::Turning) && self.turned,
        }
    }

    /// Turning rate, rad/s, from the course or else from positions; `None` while neither is known.
    fn turning_rate(&mut self, readings: &Readings, speed_m_s: Option<f64>) -> Option<f64> {
        let measured_s = |channel| us_to_s(readings.t_us - readings.get(channel).age_us.unwrap_or(0));
        let reported = readings.value(Channel::GroundCourse).map(|course| (measured_s(Channel::GroundCourse), course));
        let position = readings.value(Channel::GnssLatitude).zip(readings.value(Channel::GnssLongitude));
        let from_positions = position.and_then(|(latitude_deg, longitude_deg)| {
            self.bearing.step(measured_s(Channel::GnssLatitude), latitude_deg, longitude_deg)
        });
        let moving = speed_m_s.is_some_and(|speed_m_s| speed_m_s > self.params.course_from_m_s);
        self.heading.step(us_to_s(readings.t_us), reported.or(from_positions).filter(|_| moving))
    }

    /// Whether the machine cuts in a curve. Where course and speed alone show that it cuts, a curve is a turn.
    fn curve(
        &mut self,
        activity: Option<Activity>,
        known_by: Option<CuttingEvidence>,
        rate_rad_s: Option<f64>,
    ) -> Option<bool> {
        match (activity, rate_rad_s) {
            (Some(Activity::Cutting), Some(rate)) if known_by != Some(CuttingEvidence::Speed) => {
                let ActivityParams { curve_rad_s, curve_end_share, corner_rad, corner_rad_s, corner_end_rad_s, .. } =
                    self.params;
                let limit = if self.turning_cut.is_on() { curve_end_share * curve_rad_s } else { curve_rad_s };
                let begins = self.heading.lately_rad().abs() > corner_rad && rate.abs() > corner_rad_s;
                self.in_wide_corner = begins || self.in_wide_corner && rate.abs() > corner_end_rad_s;
                Some(self.turning_cut.step(rate.abs() > limit || self.in_wide_corner))
            }
            (Some(Activity::Cutting) | None, _) => None,
            (Some(_), _) => {
                self.in_wide_corner = false;
                Some(self.turning_cut.reset())
            }
        }
    }

    fn activity(
        &mut self,
        speed_m_s: f64,
        rate_rad_s: Option<f64>,
        readings: &Readings,
        crop: CropEvidence,
        driven: Option<bool>,
    ) -> (Option<Activity>, Option<CuttingEvidence>) {
        let moving = speed_m_s >= self.params.moving_from_m_s;
        let turning = self.turning.step(rate_rad_s.is_some_and(|rate| rate.abs() > self.params.curve_rad_s));
        let working = self.working(speed_m_s, turning, readings, crop, driven);
        if !moving {
            return (Some(Activity::Stopped), None);
        }
        self.since_cut_s += STEP_S;
        // Moving, and nothing shows whether the header works: unknown, not "transport".
        let Some((working, evidence)) = working else { return (None, None) };
        if working {
            if speed_m_s < self.params.cutting_from_m_s {
                return (Some(Activity::Stopped), None);
            }
            self.since_cut_s = 0.0;
            self.turned = false;
            self.heading_at_rise = None;
            return (Some(Activity::Cutting), Some(evidence));
        }
        (Some(self.turn_or_transport(speed_m_s, rate_rad_s)), Some(evidence))
    }

    /// Whether the machine is at work, by the surest evidence there is; `None` when there is none.
    fn working(
        &mut self,
        speed_m_s: f64,
        turning: bool,
        readings: &Readings,
        crop: CropEvidence,
        driven: Option<bool>,
    ) -> Option<(bool, CuttingEvidence)> {
        let may_work = driven != Some(false);
        let ActivityParams { cutting_from_m_s, cutting_to_m_s, .. } = self.params;
        let steady = (cutting_from_m_s..cutting_to_m_s).contains(&speed_m_s) && !turning && may_work;
        self.steady_s = if steady { self.steady_s + STEP_S } else { 0.0 };
        let unloading = self.unload.is_on();
        let moving = speed_m_s >= self.params.moving_from_m_s;
        let drive = DriveState { moving, straight: !turning, driven: may_work, unloading };
        if let Some(down) = self.header.step(readings, crop, drive) {
            return Some((down && may_work, CuttingEvidence::Header));
        }
        let by_feed = crop.feed_known.then_some((crop.third_fed, CuttingEvidence::Feed));
        let by_crop = by_feed.or(crop.by_load.map(|loaded| (loaded, CuttingEvidence::Load)));
        if let Some((fed, evidence)) = by_crop {
            return Some((self.by_crop.step(fed) && may_work, evidence));
        }
        if driven == Some(false) {
            return Some((false, CuttingEvidence::Speed));
        }
        let after_s =
            if self.has_worked || driven == Some(true) { self.params.steady_s } else { self.params.steady_first_s };
        if self.steady_s >= after_s {
            self.has_worked = true;
            return Some((true, CuttingEvidence::Speed));
        }
        (self.has_worked || speed_m_s >= cutting_to_m_s).then_some((false, CuttingEvidence::Speed))
    }

    /// Moving without cutting: a turn or transport.
    fn turn_or_transport(&mut self, speed_m_s: f64, rate_rad_s: Option<f64>) -> Activity {
        let heading_at_rise = *self.heading_at_rise.get_or_insert(self.heading.total_rad());
        if self.since_cut_s > self.params.turn_within_s || speed_m_s > self.params.road_from_m_s {
            self.turned = false;
            return Activity::Transport;
        }
        let turned = (self.heading.total_rad() - heading_at_rise).abs() > self.params.turn_rad;
        // Without a compass, a raised header soon after cutting is taken for a turn.
        self.turned |= rate_rad_s.is_none_or(|rate| rate.abs() > self.params.curve_rad_s || turned);
        // Machines drive on a little before they turn.
        let turning = self.turned || self.since_cut_s < self.params.straight_s;
        if turning { Activity::Turning } else { Activity::Transport }
    }
}
