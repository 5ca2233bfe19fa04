//! Sums the seconds of a session into minutes, activities, samples of the feed curve, and the track.

use super::crop_shift::ShiftedSecond;
use super::power_law;
use crate::model::{Activities, FeedCurve, FeedSample, Minute, SessionReport, TrackPoint, add_interval, scaled};
use grainloss_core::harvest::{Activity, Interval90};
use grainloss_core::like_work::{SAMPLE_S, SETTLE_S};
use grainloss_core::record::TravelLosses;
use grainloss_journal::StoredSecond;

const MINUTE_US: i64 = 60_000_000;
/// A minute with less cutting has no per cent, s (our choice: longer than the crop stays in the machine).
const LEAST_CUT_S: u32 = 10;
/// The mean radius of the earth, m (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_009.0;

/// The mean over those seconds in which a value was known.
#[derive(Clone, Copy, Debug, Default)]
struct MeanOfKnown {
    sum: f64,
    seconds: u32,
}

impl MeanOfKnown {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.seconds += 1;
        }
    }

    fn get(self) -> Option<f64> {
        (self.seconds > 0).then(|| self.sum / f64::from(self.seconds))
    }
}

/// The minute that is being summed.
#[derive(Debug, Default)]
struct OpenMinute {
    minute: Minute,
    speed: MeanOfKnown,
    feed: MeanOfKnown,
    height: MeanOfKnown,
    rpm: MeanOfKnown,
    moisture: MeanOfKnown,
    total: Option<Interval90>,
    /// Grain of the seconds in which the losses are known, kg.
    grain_of_known_kg: f64,
}

impl OpenMinute {
    fn close(self) -> Minute {
        let mut minute = self.minute;
        minute.ground_speed_m_s = self.speed.get();
        minute.feed_kg_s = self.feed.get();
        minute.header_height_m = self.height.get();
        minute.engine_rpm = self.rpm.get();
        minute.moisture_pct = self.moisture.get();
        let grain = self.grain_of_known_kg;
        let has_cut = grain > 0.0 && minute.known_s >= LEAST_CUT_S;
        minute.loss_pct = self.total.filter(|_| has_cut).map(|total| {
            let Interval90 { value, lo, hi } = scaled(total, 100.0 / grain);
            Interval90 { value: value.min(100.0), lo: lo.min(100.0), hi: hi.min(100.0) }
        });
        minute
    }
}

/// The sample of the feed curve that is being summed.
#[derive(Debug, Default)]
struct OpenSample {
    /// Seconds of cutting without a break so far.
    cutting_s: u32,
    /// Seconds in the sample so far.
    seconds: u32,
    feed: f64,
    grain: f64,
    rear: f64,
}

/// Sums the seconds of a session.
#[derive(Debug, Default)]
pub struct SessionSums {
    open: Option<OpenMinute>,
    sample: OpenSample,
    moisture: MeanOfKnown,
    height: MeanOfKnown,
    width: MeanOfKnown,
    separation_kg: f64,
    rear_kg: f64,
    minutes: Vec<Minute>,
    activities: Activities,
    samples: Vec<FeedSample>,
    track: Vec<TrackPoint>,
    /// First position, degrees: latitude, longitude.
    origin_deg: Option<(f64, f64)>,
    by_travel: TravelLosses,
}

impl SessionSums {
    /// Adds a second, corrected to the session's totals.
    pub fn add(&mut self, s: &StoredSecond) {
        // A row's time is its end: 02:01:00 is the last second of the first minute.
        let start_us = (s.t_us - 1).div_euclid(MINUTE_US) * MINUTE_US;
        if let Some(done) = self.open.take_if(|open| open.minute.start_us != start_us) {
            self.minutes.push(done.close());
        }
        self.count_activity(s);
        let open = self.open.get_or_insert_with(|| OpenMinute {
            minute: Minute { start_us, ..Minute::default() },
            ..OpenMinute::default()
        });
        open.minute.seconds += 1;
        open.minute.alarm_level = open.minute.alarm_level.max(s.alarm_level.unwrap_or(0));
        if let Some(grain) = s.grain_in_kg_s {
            *open.minute.grain_kg.get_or_insert(0.0) += grain;
        }
        let losses = s.grain_in_kg_s.zip(s.header_kg_s.zip(s.rear_kg_s));
        // While the machine turns, crop that was cut before still leaves it.
        if let Some((grain, (header, rear))) = losses {
            open.grain_of_known_kg += grain;
            add_interval(&mut open.minute.header_kg, header);
            add_interval(&mut open.minute.rear_kg, rear);
            add_interval(&mut open.total, header);
            add_interval(&mut open.total, rear);
            if let (Some(separation), Some(cleaning)) = (s.separation_kg_s, s.cleaning_kg_s) {
                self.separation_kg += separation;
                self.rear_kg += separation + cleaning;
            }
        }
        if s.activity != Some(Activity::Cutting) {
            return;
        }
        open.minute.cutting_s += 1;
        open.speed.add(s.ground_speed_m_s);
        open.feed.add(s.feed_kg_s);
        open.height.add(s.header_height_m);
        open.rpm.add(s.engine_rpm);
        open.moisture.add(s.moisture_pct);
        self.moisture.add(s.moisture_pct);
        self.height.add(s.header_height_m);
        self.width.add(s.working_width_m);
        if let (Some(travel), Some((grain, (header, rear)))) = (s.travel, losses) {
            self.by_travel.add_cut(travel, grain, [header.value, rear.value]);
        }
        if losses.is_some() {
            open.minute.known_s += 1;
            open.minute.basis = s.basis.or(open.minute.basis);
        }
    }

    fn count_activity(&mut self, s: &StoredSecond) {
        let times = &mut self.activities;
        *match s.activity {
            Some(Activity::Stopped) => &mut times.stopped_s,
            Some(Activity::Transport) => &mut times.transport_s,
            Some(Activity::Cutting) => &mut times.cutting_s,
            Some(Activity::Turning) => &mut times.turning_s,
            None => &mut times.unknown_s,
        } += 1;
        times.turning_cut_s += u32::from(s.turning_cut == Some(true));
        times.lugging_s += u32::from(s.lugging == Some(true));
    }

    /// Adds a second with the loss of the crop that was cut in it. The track gets a point every `every_s` seconds;
    /// `None` for no track.
    pub fn add_shifted(&mut self, shifted: &ShiftedSecond, every_s: Option<i64>) {
        let s = &shifted.second;
        self.add_to_sample(shifted);
        let Some((latitude, longitude)) = s.position_deg else { return };
        let (north, east) = *self.origin_deg.get_or_insert((latitude, longitude));
        if every_s.is_some_and(|every_s| s.t_us.div_euclid(1_000_000) % every_s == 0) {
            let east_north_m = (
                (longitude - east).to_radians() * EARTH_RADIUS_M * north.to_radians().cos(),
                (latitude - north).to_radians() * EARTH_RADIUS_M,
            );
            let loss_pct = shifted.loss_pct.map(|loss| loss.value);
            self.track.push(TrackPoint { t_us: s.t_us, east_north_m, loss_pct });
        }
    }

    fn add_to_sample(&mut self, shifted: &ShiftedSecond) {
        let s = &shifted.second;
        let rear = shifted.loss_kg_s.zip(s.header_kg_s).map(|(total, header)| total.value - header.value);
        let (Some(rear), Some(feed), Some(grain)) = (rear, s.feed_kg_s, s.grain_in_kg_s) else {
            self.sample = OpenSample::default();
            return;
        };
        let sample = &mut self.sample;
        sample.cutting_s += 1;
        if sample.cutting_s <= SETTLE_S {
            return;
        }
        sample.seconds += 1;
        sample.feed += feed;
        sample.grain += grain;
        sample.rear += rear;
        if sample.seconds == SAMPLE_S {
            if sample.grain > 0.0 {
                self.samples.push(FeedSample {
                    feed_kg_s: sample.feed / f64::from(SAMPLE_S),
                    loss_pct: 100.0 * sample.rear / sample.grain,
                });
            }
            self.sample = OpenSample { cutting_s: sample.cutting_s, ..OpenSample::default() };
        }
    }

    /// Fills the report of the session with the sums.
    pub fn finish(mut self, report: &mut SessionReport) {
        self.minutes.extend(self.open.take().map(OpenMinute::close));
        report.totals.separation_share = (self.rear_kg > 0.0).then(|| self.separation_kg / self.rear_kg);
        report.moisture_pct = self.moisture.get();
        report.header_height_m = self.height.get();
        report.working_width_m = self.width.get();
        report.position_deg = self.origin_deg;
        report.by_travel = self.by_travel;
        report.feed = FeedCurve { law: power_law::fit(&self.samples), samples: self.samples };
        (report.minutes, report.activities, report.track) = (self.minutes, self.activities, self.track);
    }
}
