//! What goes into the machine: grain and straw, from the feed-rate sensor, from speed, width and yield, or from both.
//!
//! Yield and grain share are learned from clean grain, which lacks what was lost: a per cent or so of bias, far inside
//! their spread.

use crate::time::STEP_S;
use super::crop::Setup;
use super::interval::LogNormal;
use super::lag::Residence;
use crate::machine::{Channel, Readings};
use crate::math::{exp, hypot, ln, pow, square};

/// From the knife into the feeder house: delay and mean lag, s (our choice).
pub(super) const TO_FEEDER_S: (f64, f64) = (0.8, 0.6);
/// From the header to the yield sensor where the profile does not say: 10 to 14 s (two yield-monitor studies).
const YIELD_LAG_S: f64 = 12.0;
/// So much of that is pure delay, the rest mixing on the way (assumed).
const DELAYED_SHARE: f64 = 0.75;
/// Grain flow is compared with what was cut only after so long in one pass, when both have settled.
const SETTLED_S: f64 = 25.0;
/// How far the yield of a spot is from the field's, as a standard deviation of the logarithm (measured coefficients
/// of variation within a pass: 7 to 36 %, the middle of seven machines about 12 %).
const SPOT_SD: f64 = 0.12;
/// Noise of a yield monitor, kg/s: 0.3 to 0.7 at any flow (test stand, University of Kentucky).
const YIELD_NOISE_KG_S: f64 = 0.4;
/// Uncertainty of the yield before any grain has been weighed: of the crop's usual one, and of a measured one (our choice).
const USUAL_YIELD_SD: f64 = 0.35;
const MEASURED_YIELD_SD: f64 = 0.15;
/// Uncertainty of the grain's share in the crop (straw-to-grain ratios of 0.6 to 1.5 are quoted for tests).
const SHARE_SD: f64 = 0.2;
/// Noise of a feed-rate sensor about its own mean (our choice).
const FEED_NOISE_SD: f64 = 0.06;

/// Where it is presumed from the speed alone that the machine cuts, and how wide: a factor of about 2.3 more (our choice).
const PRESUMED_SD: f64 = 0.5;

/// A slowly wandering logarithm and its variance.
#[derive(Clone, Debug)]
struct LogLevel {
    mean: f64,
    variance: f64,
}

impl LogLevel {
    fn wander(&mut self, sd_per_sqrt_s: f64) {
        self.variance += sd_per_sqrt_s * sd_per_sqrt_s;
    }

    /// Bayes' rule for a normal observation.
    fn observe(&mut self, log: f64, variance: f64) {
        let gain = self.variance / (self.variance + variance);
        self.mean += gain * (log - self.mean);
        self.variance *= 1.0 - gain;
    }
}

/// What goes in now.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// Crop into the feeder house, kg/s.
    pub into_feeder_kg_s: Option<f64>,
    /// It comes from a sensor.
    pub is_measured: bool,
    /// Grain at the header, kg/s.
    pub grain_in: Option<LogNormal>,
    /// Grain and straw at the feeder house, kg/s.
    pub at_feeder: Option<(f64, f64)>,
    /// How well the grain in the crop is known: standard deviation of its logarithm.
    pub grain_log_sd: f64,
    /// Yield where the machine is, kg/m².
    pub yield_kg_m2: Option<f64>,
}

/// Learns yield and grain share from what the yield monitor says later.
#[derive(Debug)]
pub(super) struct FeedModel {
    yield_log: LogLevel,
    share_log: LogLevel,
    area_at_yield_sensor: Residence,
    feed_at_yield_sensor: Residence,
    to_feeder: Residence,
    cutting_s: f64,
    feed_known_s: f64,
    steps: u32,
}

impl FeedModel {
    pub fn new(setup: &Setup) -> Self {
        let crop = &setup.crop;
        let yield_lag_s = setup.geometry.yield_lag_s.unwrap_or(YIELD_LAG_S);
        let (delay_s, mixing_s) = (yield_lag_s * DELAYED_SHARE, yield_lag_s * (1.0 - DELAYED_SHARE));
        let yield_sd = if crop.yield_is_measured { MEASURED_YIELD_SD } else { USUAL_YIELD_SD };
        Self {
            yield_log: LogLevel { mean: ln(crop.yield_kg_m2), variance: yield_sd * yield_sd },
            share_log: LogLevel { mean: -ln(1.0 + crop.straw_to_grain), variance: SHARE_SD * SHARE_SD },
            area_at_yield_sensor: Residence::new(delay_s, mixing_s),
            feed_at_yield_sensor: Residence::new(delay_s - 1.0, mixing_s),
            to_feeder: Residence::new(TO_FEEDER_S.0, TO_FEEDER_S.1),
            cutting_s: 0.0,
            feed_known_s: 0.0,
            steps: 0,
        }
    }

    /// One step; whether the machine is `cutting` may be `presumed`. `area_m2_s` is what is being cut; `None` when that is not known, and 0 when `cutting` is false.
    pub fn step(&mut self, cutting: Option<bool>, presumed: bool, area_m2_s: Option<f64>, readings: &Readings) -> Feed {
        let measured_kg_s = readings.value(Channel::FeedRate);
        self.learn(area_m2_s, measured_kg_s, readings.value(Channel::GrainFlow));

        // A header that is down but cuts no width, as the bus may say before the crop begins, has no opinion where a
        // sensor has one.
        let by_area = area_m2_s.filter(|&area| area > 0.0 || measured_kg_s.is_none()).map(|area| LogNormal {
            median: area * exp(self.yield_log.mean),
            log_sd: hypot(hypot(self.yield_log.variance.sqrt(), SPOT_SD), if presumed { PRESUMED_SD } else { 0.0 }),
        });
        let share = exp(self.share_log.mean);
        let by_feed = measured_kg_s.map(|feed_kg_s| LogNormal {
            median: feed_kg_s * share,
            log_sd: hypot(self.share_log.variance.sqrt(), FEED_NOISE_SD),
        });
        let grain_in = match (cutting, by_area, by_feed) {
            // The header is up: certainly nothing comes in, whatever a noisy feed sensor says.
            (Some(false), ..) => Some(LogNormal::ZERO),
            (_, Some(area), Some(feed)) => Some(both(area, feed)),
            (_, area, feed) => area.or(feed),
        };
        let opinions = [by_area, by_feed].into_iter().flatten().map(|grain| 1.0 / square(grain.log_sd));
        let precision: f64 = opinions.sum();
        let grain_log_sd = if precision > 0.0 { pow(precision, -0.5) } else { 0.0 };
        let at_header = self.to_feeder.step(grain_in.map_or(0.0, |grain| grain.median));
        let modelled = grain_in.map(|_| at_header);
        let at_feeder = match (measured_kg_s, modelled) {
            (Some(feed_kg_s), _) => Some((feed_kg_s * share, feed_kg_s * (1.0 - share))),
            (None, Some(grain)) => Some((grain, grain * (1.0 / share - 1.0))),
            (None, None) => None,
        };
        let yield_kg_m2 = match (area_m2_s, grain_in) {
            (Some(area), Some(grain)) if area > 0.0 => Some(grain.median / area),
            _ => None,
        };
        Feed {
            into_feeder_kg_s: at_feeder.map(|(grain, straw)| grain + straw),
            is_measured: measured_kg_s.is_some(),
            grain_in,
            at_feeder,
            grain_log_sd,
            yield_kg_m2,
        }
    }

    fn learn(&mut self, area_m2_s: Option<f64>, feed_kg_s: Option<f64>, flow_kg_s: Option<f64>) {
        let area = self.area_at_yield_sensor.step(area_m2_s.unwrap_or(0.0));
        let feed = self.feed_at_yield_sensor.step(feed_kg_s.unwrap_or(0.0));
        self.feed_known_s = if feed_kg_s.is_some() { self.feed_known_s + STEP_S } else { 0.0 };
        self.cutting_s = if area_m2_s.is_some_and(|area| area > 0.0) { self.cutting_s + STEP_S } else { 0.0 };
        self.steps += 1;
        if !self.steps.is_multiple_of(10) {
            return;
        }
        // Yield drifts over the field, the grain's share more slowly (our choice).
        self.yield_log.wander(0.01);
        self.share_log.wander(0.003);
        let Some(flow) = flow_kg_s.filter(|&flow| flow > 0.2 && self.cutting_s > SETTLED_S) else { return };
        let noise = square(YIELD_NOISE_KG_S / flow);
        if area > 0.0 {
            self.yield_log.observe(ln(flow / area), noise + SPOT_SD * SPOT_SD);
        }
        // What was fed while it was not known is not nothing: wait until that has gone through.
        if feed > 0.0 && self.feed_known_s > SETTLED_S {
            // Grain cannot be more than the crop it came in.
            self.share_log.observe(ln((flow / feed).min(0.95)), noise + FEED_NOISE_SD * FEED_NOISE_SD);
        }
    }
}

/// Two independent opinions on one quantity, weighted by their precision.
fn both(a: LogNormal, b: LogNormal) -> LogNormal {
    if a.median <= 0.0 || b.median <= 0.0 {
        return a;
    }
    let (wa, wb) = (1.0 / square(a.log_sd), 1.0 / square(b.log_sd));
    let log = (wa * ln(a.median) + wb * ln(b.median)) / (wa + wb);
    LogNormal { median: exp(log), log_sd: pow(wa + wb, -0.5) }
}
