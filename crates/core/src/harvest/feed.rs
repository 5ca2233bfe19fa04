//! What goes into the machine: grain and straw, from the feed-rate sensor, from speed, width and yield, or from both.
//!
//! Yield and grain share are learned from clean grain, which lacks the lost grain: a bias of about one per cent, well
//! inside their uncertainty.

use super::crop::Setup;
use super::interval::LogNormal;
use super::lag::Residence;
use crate::machine::{Channel, Readings};
use crate::math::{exp, hypot, ln, pow, square};
use crate::params::{FeedParams, Params};
use crate::time::STEP_S;

/// A logarithm that follows a random walk, and its variance: a Kalman filter of one state.
#[derive(Clone, Debug)]
struct LogLevel {
    mean: f64,
    variance: f64,
}

impl LogLevel {
    fn predict(&mut self, sd_per_sqrt_s: f64) {
        self.variance += sd_per_sqrt_s * sd_per_sqrt_s;
    }

    /// The update with an observation of this variance.
    fn update(&mut self, log: f64, variance: f64) {
        let gain = self.variance / (self.variance + variance);
        self.mean += gain * (log - self.mean);
        self.variance *= 1.0 - gain;
    }
}

/// What goes into the machine now.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// Crop into the feeder house, kg/s.
    pub into_feeder_kg_s: Option<f64>,
    /// That comes from a sensor.
    pub is_measured: bool,
    /// Grain at the header, kg/s.
    pub grain_in: Option<LogNormal>,
    /// Grain and straw at the feeder house, kg/s; `None` when they are not known.
    pub at_feeder: Option<(f64, f64)>,
    /// How well the grain in the crop is known: standard deviation of its logarithm.
    pub grain_log_sd: f64,
}

/// Learns yield and grain share from what the yield monitor measures later.
#[derive(Debug)]
pub(super) struct FeedModel {
    params: FeedParams,
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
    pub fn new(setup: &Setup, params: &Params) -> Self {
        let to_feeder = params.residence.to_feeder();
        let params = params.feed;
        let crop = &setup.crop;
        let yield_lag_s = setup.geometry.yield_lag_s.unwrap_or(params.yield_lag_s);
        let (delay_s, mixing_s) =
            (yield_lag_s * params.yield_delay_share, yield_lag_s * (1.0 - params.yield_delay_share));
        let yield_sd = if crop.yield_is_measured { params.measured_yield_sd } else { params.usual_yield_sd };
        Self {
            yield_log: LogLevel { mean: ln(crop.yield_kg_m2), variance: yield_sd * yield_sd },
            share_log: LogLevel { mean: -ln(1.0 + crop.straw_to_grain), variance: params.share_sd * params.share_sd },
            area_at_yield_sensor: Residence::new(delay_s, mixing_s),
            feed_at_yield_sensor: Residence::new(delay_s - params.feeder_after_header_s, mixing_s),
            to_feeder: Residence::new(to_feeder.delay_s, to_feeder.lag_s),
            cutting_s: 0.0,
            feed_known_s: 0.0,
            steps: 0,
            params,
        }
    }

    /// One step; whether the machine is `cutting` may be `presumed` from its speed. `area_m2_s` is the area cut each
    /// second: `None` when that is not known, and 0 when `cutting` is false.
    pub fn step(&mut self, cutting: Option<bool>, presumed: bool, area_m2_s: Option<f64>, readings: &Readings) -> Feed {
        let measured_kg_s = readings.value(Channel::FeedRate);
        self.learn(area_m2_s, measured_kg_s, readings.value(Channel::GrainFlow));

        let FeedParams { spot_sd, presumed_sd, feed_noise_sd, .. } = self.params;
        // A header that is down but cuts no width, as the bus may report before the crop begins, is not used where there
        // is a sensor.
        let by_area = area_m2_s.filter(|&area| area > 0.0 || measured_kg_s.is_none()).map(|area| LogNormal {
            median: area * exp(self.yield_log.mean),
            log_sd: hypot(hypot(self.yield_log.variance.sqrt(), spot_sd), if presumed { presumed_sd } else { 0.0 }),
        });
        let share = exp(self.share_log.mean);
        let by_feed = measured_kg_s.map(|feed_kg_s| LogNormal {
            median: feed_kg_s * share,
            log_sd: hypot(self.share_log.variance.sqrt(), feed_noise_sd),
        });
        let grain_in = match (cutting, by_area, by_feed) {
            // The header is up: certainly nothing comes in, whatever a noisy feed sensor says.
            (Some(false), ..) => Some(LogNormal::ZERO),
            (_, Some(area), Some(feed)) => Some(precision_weighted(area, feed)),
            (_, area, feed) => area.or(feed),
        };
        // What yield and sensor say is what is to be expected: the mean.
        let grain_in = grain_in.map(|grain| LogNormal::of_mean(grain.median, grain.log_sd));
        let precisions = [by_area, by_feed].into_iter().flatten().map(|grain| 1.0 / square(grain.log_sd));
        let precision: f64 = precisions.sum();
        let grain_log_sd = if precision > 0.0 { pow(precision, -0.5) } else { 0.0 };
        let at_header = self.to_feeder.step(grain_in.map_or(0.0, LogNormal::mean));
        let modelled = grain_in.map(|_| at_header);
        let at_feeder = match (measured_kg_s, modelled) {
            (Some(feed_kg_s), _) => Some((feed_kg_s * share, feed_kg_s * (1.0 - share))),
            (None, Some(grain)) => Some((grain, grain * (1.0 / share - 1.0))),
            (None, None) => None,
        };
        Feed {
            into_feeder_kg_s: at_feeder.map(|(grain, straw)| grain + straw),
            is_measured: measured_kg_s.is_some(),
            grain_in,
            at_feeder,
            grain_log_sd,
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
        let FeedParams { settled_s, min_flow_kg_s, spot_sd, feed_noise_sd, .. } = self.params;
        self.yield_log.predict(self.params.yield_drift_sd);
        self.share_log.predict(self.params.share_drift_sd);
        let Some(flow) = flow_kg_s.filter(|&flow| flow > min_flow_kg_s && self.cutting_s > settled_s) else { return };
        let noise = square(self.params.yield_noise_kg_s / flow);
        if area > 0.0 {
            self.yield_log.update(ln(flow / area), noise + spot_sd * spot_sd);
        }
        // An unknown feed rate is not zero: wait until the crop of that time has gone through.
        if feed > 0.0 && self.feed_known_s > settled_s {
            let max_grain_share = self.params.max_grain_share;
            self.share_log.update(ln((flow / feed).min(max_grain_share)), noise + feed_noise_sd * feed_noise_sd);
        }
    }
}

/// Two independent estimates of one quantity, each weighted by its precision (the reciprocal of its log-variance).
fn precision_weighted(a: LogNormal, b: LogNormal) -> LogNormal {
    if a.median <= 0.0 || b.median <= 0.0 {
        return a;
    }
    let (wa, wb) = (1.0 / square(a.log_sd), 1.0 / square(b.log_sd));
    let log = (wa * ln(a.median) + wb * ln(b.median)) / (wa + wb);
    LogNormal { median: exp(log), log_sd: pow(wa + wb, -0.5) }
}
