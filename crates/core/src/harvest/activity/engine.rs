//! Whether the engine is pulled below its droop line, and whether somebody has throttled it back.

use crate::time::STEP_S;

/// A governor lets the engine drop by about two revolutions for each per cent of load (−1.9 and −2.1 r/min measured on
/// two maize combines).
const DROOP_RPM: f64 = 200.0;
/// Load assumed when the bus does not tell it.
const USUAL_LOAD: f64 = 0.75;
/// Below rated speed by this share is lugging: drum, fan and sieves are then so much slower. And below full-load speed, as
/// the droop line has it, by the other. Our choice; a governor holds a working engine within 3 %.
const LUGGING: f64 = 0.05;
const LUGGING_LINE: f64 = 0.03;
/// So much nearer again, it is over.
const ENDS: f64 = 0.005;
/// Below the droop line by this share of engine speed is throttled back: three standard deviations of the scatter about
/// the line, 13 to 17 r/min, on a 2200 r/min engine; where the scatter is wider, as with another droop, so much of it, and
/// never more than lugging.
const OFF_THE_LINE: f64 = 0.022;
const SCATTERS: f64 = 3.0;
const SCATTER_S: f64 = 300.0;
/// The lever counts as full above this share of the fullest that was seen.
const FULL_LEVER: f64 = 0.95;
/// The line is learned over this time; upward sooner, since an engine that is held back must not become the usual one.
const LEARN_DOWN_S: f64 = 900.0;
const LEARN_UP_S: f64 = 20.0;
/// An engine whose lever is full and that is pulled by no more than this, but turns slower than lugging would be, has
/// another rated speed than its profile says; believed after so long, s.
const LIGHT_LOAD: f64 = 0.6;
const OTHER_RATING_S: f64 = 20.0;

/// What the readings say of the engine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EngineSigns {
    /// r/min.
    pub rpm: Option<f64>,
    /// Share of what it can give now, 0..=1.
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
    pub off_the_line: bool,
}

/// Learns the droop line of the working engine.
#[derive(Clone, Debug)]
pub(super) struct EngineWatch {
    rated_rpm: f64,
    no_load_rpm: f64,
    fullest: f64,
    light_s: f64,
    smooth_rpm: Option<f64>,
    /// Variance about the line, as a share of it.
    scatter: f64,
}

impl EngineWatch {
    pub const fn new(rated_rpm: f64) -> Self {
        Self {
            rated_rpm,
            // Some engines are rated where they run without load: begin between.
            no_load_rpm: rated_rpm + 0.5 * DROOP_RPM,
            fullest: 0.0,
            light_s: 0.0,
            smooth_rpm: None,
            scatter: 0.0,
        }
    }

    /// One step; `None` when the engine's speed is unknown.
    pub fn step(&mut self, signs: EngineSigns, lugging: bool) -> Option<EngineState> {
        let Some(rpm) = signs.rpm else {
            self.smooth_rpm = None;
            return None;
        };
        // A second's mean: single readings scatter.
        let smooth = self.smooth_rpm.get_or_insert(rpm);
        *smooth += (rpm - *smooth) * STEP_S / 0.5;
        let rpm = *smooth;
        self.fullest = self.fullest.max(signs.throttle.unwrap_or(0.0));
        let full_lever = signs.throttle.map(|throttle| throttle >= FULL_LEVER * self.fullest);
        let at_no_load = rpm + DROOP_RPM * signs.load.unwrap_or(USUAL_LOAD);
        self.doubt_the_rating(rpm, signs, full_lever);
        let off = at_no_load / self.no_load_rpm - 1.0;
        let off_the_line = off < -(SCATTERS * self.scatter.sqrt()).clamp(OFF_THE_LINE, LUGGING);
        if signs.feeding && off.abs() < LUGGING {
            self.scatter += (off * off - self.scatter) * STEP_S / SCATTER_S;
        }
        let held_back = full_lever == Some(false);
        if signs.driven && !held_back && rpm > 0.7 * self.rated_rpm && (signs.feeding || at_no_load > self.no_load_rpm)
        {
            let over_s = if at_no_load > self.no_load_rpm { LEARN_UP_S } else { LEARN_DOWN_S };
            if !off_the_line || at_no_load > self.no_load_rpm {
                self.no_load_rpm += (at_no_load - self.no_load_rpm) * STEP_S / over_s;
            }
        }
        let nearer = if lugging { ENDS } else { 0.0 };
        let by_rating = (1.0 - LUGGING + nearer) * self.rated_rpm;
        let by_line = (1.0 - LUGGING_LINE + nearer) * (self.no_load_rpm - DROOP_RPM);
        Some(EngineState {
            lugging: signs.feeding && rpm < by_rating.min(by_line),
            off_the_line: signs.feeding && off_the_line,
        })
    }

    /// A lever that is full, little load, and yet a slow engine: the profile's rated speed is another engine's.
    fn doubt_the_rating(&mut self, rpm: f64, signs: EngineSigns, full_lever: Option<bool>) {
        let light = signs.load.is_some_and(|load| load < LIGHT_LOAD);
        let other = signs.driven && light && full_lever == Some(true) && self.fullest > 0.9;
        if other && rpm > 0.5 * self.rated_rpm && rpm < (1.0 - LUGGING) * self.rated_rpm {
            self.light_s += STEP_S;
            if self.light_s >= OTHER_RATING_S {
                self.rated_rpm = rpm - DROOP_RPM * (1.0 - signs.load.unwrap_or(USUAL_LOAD));
                self.no_load_rpm = rpm + DROOP_RPM * signs.load.unwrap_or(USUAL_LOAD);
                self.light_s = 0.0;
            }
        } else if other {
            self.light_s = 0.0;
        }
    }
}
