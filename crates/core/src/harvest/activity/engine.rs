//! Whether the engine is pulled below its droop line, and whether it is throttled back.

use crate::params::EngineParams;
use crate::time::STEP_S;

/// Readings of the engine and of its load.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EngineReadings {
    /// r/min.
    pub rpm: Option<f64>,
    /// Load as a share of what it can give at this speed, 0..=1.
    pub load: Option<f64>,
    /// Lever or pedal, 0..=1.
    pub throttle: Option<f64>,
    /// Crop is going in.
    pub feeding: bool,
    /// The threshing gear is driven.
    pub driven: bool,
}

/// What the engine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EngineState {
    /// Far below full-load speed while feeding.
    pub lugging: bool,
    /// Below the droop line while feeding, by load or by hand.
    pub below_droop_line: bool,
}

/// Learns the droop line of the working engine.
#[derive(Clone, Debug)]
pub(super) struct EngineWatch {
    params: EngineParams,
    rated_rpm: f64,
    no_load_rpm: f64,
    /// Furthest position of the lever so far, 0..=1.
    fullest: f64,
    light_s: f64,
    smooth_rpm: Option<f64>,
    /// Variance about the line, as a share of it.
    scatter: f64,
}

impl EngineWatch {
    pub fn new(rated_rpm: f64, params: &EngineParams) -> Self {
        Self {
            params: *params,
            rated_rpm,
            // Some engines are rated where they run without load: begin between.
            no_load_rpm: rated_rpm + 0.5 * params.droop_rpm,
            fullest: 0.0,
            light_s: 0.0,
            smooth_rpm: None,
            scatter: 0.0,
        }
    }

    /// One step; `None` when the engine's speed is unknown.
    pub fn step(&mut self, readings: EngineReadings, lugging: bool) -> Option<EngineState> {
        let Some(rpm) = readings.rpm else {
            self.smooth_rpm = None;
            return None;
        };
        let smooth = self.smooth_rpm.get_or_insert(rpm);
        *smooth += (rpm - *smooth) * STEP_S / self.params.smooth_s;
        let rpm = *smooth;
        self.fullest = self.fullest.max(readings.throttle.unwrap_or(0.0));
        let full_lever = readings.throttle.map(|throttle| throttle >= self.params.full_lever_share * self.fullest);
        let EngineParams { droop_rpm, usual_load, lugging_share, off_line_share, off_line_sds, .. } = self.params;
        let at_no_load = rpm + droop_rpm * readings.load.unwrap_or(usual_load);
        self.correct_rated_speed(rpm, readings, full_lever);
        let off = at_no_load / self.no_load_rpm - 1.0;
        let below_droop_line = off < -(off_line_sds * self.scatter.sqrt()).clamp(off_line_share, lugging_share);
        if readings.feeding && off.abs() < lugging_share {
            self.scatter += (off * off - self.scatter) * STEP_S / self.params.scatter_s;
        }
        let held_back = full_lever == Some(false);
        if readings.driven
            && !held_back
            && rpm > self.params.learn_from_share * self.rated_rpm
            && (readings.feeding || at_no_load > self.no_load_rpm)
        {
            let over_s = if at_no_load > self.no_load_rpm { self.params.learn_up_s } else { self.params.learn_down_s };
            if !below_droop_line || at_no_load > self.no_load_rpm {
                self.no_load_rpm += (at_no_load - self.no_load_rpm) * STEP_S / over_s;
            }
        }
        let nearer = if lugging { self.params.lugging_hysteresis } else { 0.0 };
        let by_rating = (1.0 - lugging_share + nearer) * self.rated_rpm;
        let by_line = (1.0 - self.params.lugging_line_share + nearer) * (self.no_load_rpm - droop_rpm);
        Some(EngineState {
            lugging: readings.feeding && rpm < by_rating.min(by_line),
            below_droop_line: readings.feeding && below_droop_line,
        })
    }

    /// Full lever, little load and yet a slow engine: the rated speed in the profile is wrong, and is replaced.
    fn correct_rated_speed(&mut self, rpm: f64, readings: EngineReadings, full_lever: Option<bool>) {
        let EngineParams { droop_rpm, usual_load, lugging_share, light_load, correct_rating_s, .. } = self.params;
        let EngineParams { correct_rating_lever, correct_rating_from_share, .. } = self.params;
        let light = readings.load.is_some_and(|load| load < light_load);
        let suspect = readings.driven && light && full_lever == Some(true) && self.fullest > correct_rating_lever;
        if suspect && rpm > correct_rating_from_share * self.rated_rpm && rpm < (1.0 - lugging_share) * self.rated_rpm {
            self.light_s += STEP_S;
            if self.light_s >= correct_rating_s {
                self.rated_rpm = rpm - droop_rpm * (1.0 - readings.load.unwrap_or(usual_load));
                self.no_load_rpm = rpm + droop_rpm * readings.load.unwrap_or(usual_load);
                self.light_s = 0.0;
            }
        } else if suspect {
            self.light_s = 0.0;
        }
    }
}
