//! Seconds become minutes, times and samples.

use super::lag::Shifted;
use super::model::{Activities, Minute, SessionReport, TrackPoint};
use grainloss_core::harvest::{Activity, Interval90};
use grainloss_journal::StoredSecond;

const MINUTE_US: i64 = 60_000_000;
/// A sample of the feed curve: settled cutting without a break, s.
const SAMPLE_S: u32 = 30;
/// After the start of cutting the machine fills: not settled yet, s (twice the longest residence).
const SETTLE_S: u32 = 15;
/// The mean radius of the earth, m.
const EARTH_M: f64 = 6_371_009.0;

/// The mean of those seconds in which a value was known.
#[derive(Clone, Copy, Debug, Default)]
struct Mean(f64, u32);

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            *self = Self(self.0 + value, self.1 + 1);
        }
    }

    fn get(self) -> Option<f64> {
        (self.1 > 0).then(|| self.0 / f64::from(self.1))
    }
}

fn plus(sum: &mut Option<Interval90>, band: Interval90) {
    let s = sum.get_or_insert(Interval90 { value: 0.0, lo: 0.0, hi: 0.0 });
    // The gain's error is common to all seconds: edges add up.
    *s = Interval90 { value: s.value + band.value, lo: s.lo + band.lo, hi: s.hi + band.hi };
}

/// A minute in the making.
#[derive(Debug, Default)]
struct Open {
    minute: Minute,
    speed: Mean,
    feed: Mean,
    height: Mean,
    rpm: Mean,
    moisture: Mean,
    total: Option<Interval90>,
}

impl Open {
    fn close(self) -> Minute {
        let mut minute = self.minute;
        minute.ground_speed_m_s = self.speed.get();
        minute.feed_kg_s = self.feed.get();
        minute.header_height_m = self.height.get();
        minute.engine_rpm = self.rpm.get();
        minute.moisture_pct = self.moisture.get();
        let grain = minute.grain_kg.filter(|grain| *grain > 0.0);
        minute.loss_pct = self.total.zip(grain).map(|(total, grain)| super::model::scaled(total, 100.0 / grain));
        minute
    }
}

/// A sample of the feed curve in the making.
#[derive(Debug, Default)]
struct Sample {
    cutting_s: u32,
    seconds: u32,
    feed: f64,
    grain: f64,
    rear: f64,
}

/// Takes the seconds of a session in.
#[derive(Debug, Default)]
pub struct Gatherer {
    open: Option<Open>,
    sample: Sample,
    moisture: Mean,
    height: Mean,
    width: Mean,
    separation_kg: f64,
    rear_kg: f64,
    /// Minutes, activities, samples and track.
    pub minutes: Vec<Minute>,
    /// How long it did what.
    pub activities: Activities,
    /// Samples of the feed curve.
    pub samples: Vec<(f64, f64)>,
    /// The track, every few seconds.
    pub track: Vec<TrackPoint>,
    /// The first position.
    pub origin_deg: Option<(f64, f64)>,
}

impl Gatherer {
    /// Takes a second in, as it was stored.
    pub fn second(&mut self, s: &StoredSecond) {
        // A row is named by its end: 02:01:00 is the last second of the first minute.
        let start_us = (s.t_us - 1).div_euclid(MINUTE_US) * MINUTE_US;
        if let Some(done) = self.open.take_if(|open| open.minute.start_us != start_us) {
            self.minutes.push(done.close());
        }
        self.count(s);
        let open = self
            .open
            .get_or_insert_with(|| Open { minute: Minute { start_us, ..Minute::default() }, ..Open::default() });
        open.minute.seconds += 1;
        open.minute.alarm_level = open.minute.alarm_level.max(s.alarm_level.unwrap_or(0));
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
        if let (Some(grain), Some(header), Some(rear)) = (s.grain_in_kg_s, s.header_kg_s, s.rear_kg_s) {
            open.minute.known_s += 1;
            open.minute.basis = s.basis.or(open.minute.basis);
            *open.minute.grain_kg.get_or_insert(0.0) += grain;
            plus(&mut open.minute.header_kg, header);
            plus(&mut open.minute.rear_kg, rear);
            plus(&mut open.total, header);
            plus(&mut open.total, rear);
            if let (Some(separation), Some(cleaning)) = (s.separation_kg_s, s.cleaning_kg_s) {
                self.separation_kg += separation;
                self.rear_kg += separation + cleaning;
            }
        }
    }

    fn count(&mut self, s: &StoredSecond) {
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

    /// Takes a second in whose loss has been put back to its place; the track is kept every few seconds, or not at all.
    pub fn shifted(&mut self, shifted: &Shifted, every_s: Option<i64>) {
        let s = &shifted.second;
        self.sample(shifted);
        let Some((latitude, longitude)) = s.position_deg else { return };
        let (north, east) = *self.origin_deg.get_or_insert((latitude, longitude));
        if every_s.is_some_and(|every_s| s.t_us.div_euclid(1_000_000) % every_s == 0) {
            let east_north_m = (
                (longitude - east).to_radians() * EARTH_M * north.to_radians().cos(),
                (latitude - north).to_radians() * EARTH_M,
            );
            self.track.push(TrackPoint { east_north_m, loss_pct: shifted.loss_pct.map(|loss| loss.value) });
        }
    }

    fn sample(&mut self, shifted: &Shifted) {
        let s = &shifted.second;
        let rear = shifted.loss_kg_s.zip(s.header_kg_s).map(|(total, header)| total.value - header.value);
        let (Some(rear), Some(feed), Some(grain)) = (rear, s.feed_kg_s, s.grain_in_kg_s) else {
            self.sample = Sample::default();
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
                self.samples.push((sample.feed / f64::from(SAMPLE_S), 100.0 * sample.rear / sample.grain));
            }
            self.sample = Sample { cutting_s: sample.cutting_s, ..Sample::default() };
        }
    }

    /// Puts what was gathered into the report of its session.
    pub fn finish(mut self, report: &mut SessionReport) {
        self.minutes.extend(self.open.take().map(Open::close));
        report.totals.separation_share = (self.rear_kg > 0.0).then(|| self.separation_kg / self.rear_kg);
        report.moisture_pct = self.moisture.get();
        report.header_height_m = self.height.get();
        report.working_width_m = self.width.get();
        report.position_deg = self.origin_deg;
        report.feed = super::model::FeedCurve { law: super::curve::fit(&self.samples), samples: self.samples };
        (report.minutes, report.activities, report.track) = (self.minutes, self.activities, self.track);
    }
}
