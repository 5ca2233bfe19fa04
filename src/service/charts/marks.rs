//! Where the machine was when a pan was dropped or an alarm raised.

use std::collections::VecDeque;

use super::second::ChartSecond;
use grainloss_protocol::session_charts::{AlarmMark, MAX_MARKS, Place};

/// So many seconds are remembered: a pan that is entered later than that has no place (as long as the estimator's memory).
const REMEMBERED: usize = 7200;
/// A mark belongs to the second nearest to it, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;
/// So many moments are kept (our choice: every pan and alarm that is shown, and as many again).
const MOST_KEPT: usize = 4 * MAX_MARKS;

/// What a place on the field is at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// Bus time.
    pub t_us: i64,
    pub place: Option<Place>,
    pub feed_kg_s: Option<f64>,
    /// Grain that stood there, kg/m².
    pub grain_kg_m2: Option<f64>,
}

/// The newest seconds, and those that something is shown at.
#[derive(Debug, Default)]
pub(super) struct Moments {
    newest: VecDeque<Moment>,
    kept: VecDeque<Moment>,
    /// Times that are still to come.
    waiting: Vec<i64>,
}

impl Moments {
    pub fn second(&mut self, second: &ChartSecond, place: Option<Place>) {
        let area_m2_s = second.speed_m_s.zip(second.width_m).map(|(speed, width)| speed * width);
        let grain_kg_m2 = second.grain_kg_s.zip(area_m2_s.filter(|area| *area > 0.0)).map(|(kg, m2)| kg / m2);
        let moment = Moment {
            t_us: second.t_us,
            place,
            feed_kg_s: second.feed_kg_s,
            grain_kg_m2: grain_kg_m2.filter(|grain| *grain > 0.0),
        };
        if self.newest.len() == REMEMBERED {
            self.newest.pop_front();
        }
        self.newest.push_back(moment);
        for t_us in self.waiting.extract_if(.., |t_us| *t_us <= moment.t_us).collect::<Vec<_>>() {
            self.keep(t_us);
        }
    }

    /// What was at this time is to be kept.
    pub fn mark(&mut self, t_us: i64) {
        if self.waiting.contains(&t_us) || self.kept.iter().any(|moment| moment.t_us == t_us) {
            return;
        }
        if self.newest.back().is_none_or(|newest| newest.t_us < t_us) {
            if self.waiting.len() == MOST_KEPT {
                self.waiting.remove(0);
            }
            self.waiting.push(t_us);
        } else {
            self.keep(t_us);
        }
    }

    fn keep(&mut self, t_us: i64) {
        let after = self.newest.partition_point(|moment| moment.t_us < t_us);
        let near = [after.checked_sub(1), Some(after)];
        let near = near.into_iter().flatten().filter_map(|at| self.newest.get(at));
        let nearest = near.min_by_key(|moment| (moment.t_us - t_us).abs());
        if let Some(nearest) = nearest.filter(|moment| (moment.t_us - t_us).abs() <= NEAR_US).copied() {
            if self.kept.len() == MOST_KEPT {
                self.kept.pop_front();
            }
            self.kept.push_back(Moment { t_us, ..nearest });
        }
    }

    /// What was at a time that was marked; `None` when nothing is known of it.
    pub fn at(&self, t_us: i64) -> Option<&Moment> {
        self.kept.iter().find(|moment| moment.t_us == t_us)
    }
}

/// The newest alarms.
#[derive(Debug, Default)]
pub(super) struct Alarms(VecDeque<Raised>);

#[derive(Debug)]
struct Raised {
    t_us: i64,
    id: String,
    level: u8,
    stream: Option<String>,
}

impl Alarms {
    pub fn raised(&mut self, t_us: i64, id: &str, level: u8, stream: Option<&str>) {
        if self.0.len() == MAX_MARKS {
            self.0.pop_front();
        }
        self.0.push_back(Raised { t_us, id: id.to_owned(), level, stream: stream.map(str::to_owned) });
    }

    pub fn marks(&self, moments: &Moments, since_start: impl Fn(i64) -> i32) -> Vec<AlarmMark> {
        let mark = |raised: &Raised| AlarmMark {
            t_s: since_start(raised.t_us),
            id: raised.id.clone(),
            level: raised.level,
            stream: raised.stream.clone(),
            place: moments.at(raised.t_us).and_then(|moment| moment.place),
        };
        self.0.iter().map(mark).collect()
    }
}
