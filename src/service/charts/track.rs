//! The track in bounded memory. When it is full, two neighbours become one: those that stand for the shortest time, rather of
//! one activity than of two. Of the two the one with the higher loss stays, so that no peak is lost.

use super::number::rounded;
use super::second::ChartSecond;
use grainloss_core::harvest::Activity;
use grainloss_protocol::session_charts::{MAX_TRACK_POINTS, Place, TrackPoint};

/// A longer time without a second is a gap in the record, µs.
pub(super) const GAP_US: i64 = 3_000_000;
/// A slower machine stands, m/s (our choice: the receiver's noise).
const STANDS_M_S: f64 = 0.2;
/// Points of two activities are as near to each other as those of one that stand for so much longer, s (our choice: a turn
/// is kept on the map while passes are several minutes long).
const APART_S: u32 = 60;

/// A point, and the seconds that it stands for.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    point: TrackPoint,
    seconds: u32,
    loss_sum: f64,
    known: u32,
}

/// The track.
#[derive(Debug, Default)]
pub(super) struct Track {
    stretches: Vec<Stretch>,
    /// The gap came while the machine stood.
    gap_waits: bool,
}

impl Track {
    /// Takes a second; one in which the machine stands is none of the track.
    pub fn second(&mut self, second: &ChartSecond, t_s: u32, place: Option<Place>, is_after_gap: bool) {
        self.gap_waits |= is_after_gap;
        let is_cutting = second.activity == Some(Activity::Cutting);
        let is_turning = second.activity == Some(Activity::Turning);
        if !is_cutting && !is_turning && second.speed_m_s.is_none_or(|speed| speed <= STANDS_M_S) {
            return;
        }
        let loss = second.total_pct.map(|loss| loss.value).filter(|_| is_cutting);
        let point = TrackPoint {
            t_s,
            place,
            loss_pct: loss.map(|loss| rounded(loss, 1e3)),
            mean_pct: None,
            width_m: second.width_m.map(|width| rounded(width, 10.0)),
            is_cutting,
            is_turning,
            is_turning_cut: second.is_turning_cut,
            is_after_gap: std::mem::take(&mut self.gap_waits),
        };
        let (loss_sum, known) = (loss.unwrap_or(0.0), u32::from(loss.is_some()));
        self.stretches.push(Stretch { point, seconds: 1, loss_sum, known });
        if self.stretches.len() > MAX_TRACK_POINTS {
            self.thin();
        }
    }

    /// The points, oldest first.
    pub fn points(&self) -> Vec<TrackPoint> {
        let mean = |stretch: &Stretch| (stretch.known > 0).then(|| stretch.loss_sum / f64::from(stretch.known));
        let point =
            |stretch: &Stretch| TrackPoint { mean_pct: mean(stretch).map(|mean| rounded(mean, 1e3)), ..stretch.point };
        self.stretches.iter().map(point).collect()
    }

    /// Makes one of two neighbours.
    fn thin(&mut self) {
        let cost = |pair: &[Stretch]| {
            let [a, b] = [&pair[0], &pair[1]];
            let kind = |point: &TrackPoint| (point.is_cutting, point.is_turning, point.place.is_some());
            let apart = kind(&a.point) != kind(&b.point) || b.point.is_after_gap;
            a.seconds + b.seconds + if apart { APART_S } else { 0 }
        };
        let costs = self.stretches.windows(2).map(cost).enumerate();
        let Some((at, _)) = costs.min_by_key(|&(at, cost)| (cost, at)) else { return };
        let (a, b) = (self.stretches[at], self.stretches.remove(at + 1));
        let kept = if b.point.loss_pct > a.point.loss_pct { b.point } else { a.point };
        self.stretches[at] = Stretch {
            point: TrackPoint { is_after_gap: a.point.is_after_gap, ..kept },
            seconds: a.seconds.saturating_add(b.seconds),
            loss_sum: a.loss_sum + b.loss_sum,
            known: a.known + b.known,
        };
    }
}
