//! What map and charts are made of, gathered second by second.

use super::buckets::Buckets;
use super::feed::FeedSamples;
use super::marks::{Alarms, Moments};
use super::number::{rounded, whole};
use super::second::ChartSecond;
use super::track::{GAP_US, Track};
use grainloss_core::harvest::{PanEntry, PanOutcome};
use grainloss_core::record::EventRecord;
use grainloss_protocol::session_charts::{
    FieldMap, Here, MAX_MARKS, MAX_RECENT_BUCKETS, MAX_SESSION_BUCKETS, Origin, PanMark, PanState, SessionCharts,
};
use grainloss_protocol::snapshot::{PendingDrop, SessionInfo};

/// Charts are renewed after so many seconds of bus time (our choice: a machine drives 10 m in it).
const RENEW_EVERY_S: i64 = 5;
/// Length of a bucket of the last ten minutes, s.
const RECENT_S: i64 = 600 / MAX_RECENT_BUCKETS as i64;

/// What map and charts are made of.
#[derive(Debug)]
pub struct ChartBook {
    started_us: Option<i64>,
    until_us: Option<i64>,
    origin: Option<Origin>,
    here: Option<Here>,
    track: Track,
    session: Buckets,
    recent: Buckets,
    feed: FeedSamples,
    moments: Moments,
    alarms: Alarms,
    revision: u64,
}

impl Default for ChartBook {
    fn default() -> Self {
        Self {
            started_us: None,
            until_us: None,
            origin: None,
            here: None,
            track: Track::default(),
            session: Buckets::doubling(MAX_SESSION_BUCKETS),
            recent: Buckets::newest(RECENT_S, MAX_RECENT_BUCKETS),
            feed: FeedSamples::default(),
            moments: Moments::default(),
            alarms: Alarms::default(),
            revision: 0,
        }
    }
}

impl ChartBook {
    /// Takes the next second.
    pub fn second(&mut self, second: &ChartSecond) {
        let started_us = *self.started_us.get_or_insert(second.t_us - 1_000_000);
        let is_after_gap = self.until_us.is_some_and(|until_us| second.t_us - until_us > GAP_US);
        self.until_us = Some(second.t_us);
        let t_s = (second.t_us - started_us).div_euclid(1_000_000);
        let place = second.position.map(|(latitude_deg, longitude_deg)| {
            self.origin.get_or_insert(Origin { latitude_deg, longitude_deg }).place(latitude_deg, longitude_deg)
        });
        let heading_deg = second.course_rad.map(|course| rounded(course.to_degrees(), 10.0));
        self.here = Some(Here { t_s: whole(t_s), place, heading_deg });
        self.track.second(second, whole(t_s), place, is_after_gap);
        self.session.second(second, t_s);
        self.recent.second(second, t_s);
        self.feed.second(second);
        self.moments.second(second, place);
        if t_s % RENEW_EVERY_S == 0 {
            self.revision += 1;
        }
    }

    /// Remembers where the machine was at this time, for what is shown there: a pan, an alarm.
    pub fn mark(&mut self, t_us: i64) {
        self.moments.mark(t_us);
        self.revision += 1;
    }

    /// Takes an event: one that raises an alarm is on the map.
    pub fn event(&mut self, event: &EventRecord) {
        if event.kind == "alarm-raised" {
            self.raised(event.t_us, &event.id, event.level.unwrap_or(0), event.stream.as_deref());
        }
    }

    /// An alarm was raised: which one, its level, and where grain is lost or which sensor.
    pub fn raised(&mut self, t_us: i64, id: &str, level: u8, stream: Option<&str>) {
        self.alarms.raised(t_us, id, level, stream);
        self.mark(t_us);
    }

    /// Grows when there is something new to be shown.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Map and charts, with the pans that lie on the ground and those that were judged.
    pub fn charts(&self, info: &SessionInfo, drops: &[PendingDrop], pans: &[PanEntry]) -> SessionCharts {
        let expected_kg_m2 = Some(info.measures.yield_kg_m2).filter(|expected| *expected > 0.0);
        SessionCharts {
            started_us: self.started_us,
            until_us: self.until_us,
            limit_pct: info.limit.as_ref().map(|limit| limit.percent),
            map: FieldMap {
                origin: self.origin,
                width_m: Some(info.measures.header_width_m).filter(|width| *width > 0.0),
                track: self.track.points(),
                pans: self.pans(expected_kg_m2, drops, pans),
                alarms: self.alarms.marks(&self.moments, |t_us| self.since_start(t_us)),
                here: self.here,
            },
            session: self.session.shown(),
            recent: self.recent.shown(),
            feed: self.feed.shown(),
        }
    }

    fn since_start(&self, t_us: i64) -> i32 {
        let since = (t_us - self.started_us.unwrap_or(t_us)).div_euclid(1_000_000);
        i32::try_from(since).unwrap_or(if since < 0 { i32::MIN } else { i32::MAX })
    }

    fn pans(&self, expected_kg_m2: Option<f64>, drops: &[PendingDrop], pans: &[PanEntry]) -> Vec<PanMark> {
        let counted = pans.iter().map(|entry| {
            let moment = self.moments.at(entry.pan.t_us);
            let grain_kg_m2 = moment.and_then(|moment| moment.grain_kg_m2).or(expected_kg_m2);
            let loss = grain_kg_m2.map(|grain| 100.0 * entry.pan.sample().mass_per_area_kg_m2() / grain);
            PanMark {
                drop: None,
                t_s: self.since_start(entry.pan.t_us),
                kind: entry.pan.kind,
                place: moment.and_then(|moment| moment.place),
                state: match entry.outcome {
                    PanOutcome::Used { .. } => PanState::Used,
                    PanOutcome::Doubtful { .. } => PanState::Doubtful,
                    PanOutcome::Rejected(_) => PanState::Rejected,
                },
                loss_pct: loss.filter(|loss| loss.is_finite()).map(|loss| rounded(loss, 1e3)),
                feed_kg_s: moment.and_then(|moment| moment.feed_kg_s).map(|feed| rounded(feed, 1e3)),
            }
        });
        let lying = drops.iter().map(|drop| {
            let moment = self.moments.at(drop.t_us);
            PanMark {
                drop: Some(drop.id),
                t_s: self.since_start(drop.t_us),
                kind: drop.kind,
                place: moment.and_then(|moment| moment.place),
                state: PanState::OnTheGround,
                loss_pct: None,
                feed_kg_s: moment.and_then(|moment| moment.feed_kg_s).map(|feed| rounded(feed, 1e3)),
            }
        });
        let mut marks: Vec<PanMark> = counted.chain(lying).collect();
        marks.sort_by_key(|mark| mark.t_s);
        marks.split_off(marks.len().saturating_sub(MAX_MARKS))
    }
}

#[cfg(test)]
mod tests;
