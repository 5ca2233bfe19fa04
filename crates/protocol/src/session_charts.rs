//! The session as a map and as charts. It is large and changes slowly: the service sends it in a message of its own, when a
//! screen attaches that asks for it, and when it has changed; see `docs/status.md`.
//!
//! Its size is bounded however long the session is: [`MAX_TRACK_POINTS`], [`MAX_SESSION_BUCKETS`], [`MAX_RECENT_BUCKETS`],
//! [`MAX_MARKS`] and [`MAX_FEED_CELLS`]. Rows of numbers are arrays on the wire, in the order of the fields here.

mod map;
mod series;

pub use map::{AlarmMark, FieldMap, Here, Origin, PanMark, PanState, Place, TrackPoint};
pub use series::{ChartBucket, FeedCell, FeedLaw, LossOverFeed, Spread};

use serde::{Deserialize, Serialize};

/// Most points of the track.
pub const MAX_TRACK_POINTS: usize = 2000;
/// Most buckets of the charts over the session.
pub const MAX_SESSION_BUCKETS: usize = 240;
/// Most buckets of the charts over the last ten minutes.
pub const MAX_RECENT_BUCKETS: usize = 200;
/// Most pans, and most alarms, on the map: the newest.
pub const MAX_MARKS: usize = 100;
/// Most cells of the loss over the feed rate.
pub const MAX_FEED_CELLS: usize = 40;
/// The message is never longer than this, bytes.
pub const MAX_CHARTS_BYTES: usize = 128 * 1024;

/// The session that runs, for maps and charts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionCharts {
    /// Bus time of the session's first second: what the times in seconds count from. `None` before it.
    pub started_us: Option<i64>,
    /// Bus time of the newest second in it. `None` before the first.
    pub until_us: Option<i64>,
    /// The loss limit, per cent; `None` without one.
    pub limit_pct: Option<f64>,
    /// Where the machine has been.
    pub map: FieldMap,
    /// The whole session.
    pub session: Vec<ChartBucket>,
    /// The last ten minutes.
    pub recent: Vec<ChartBucket>,
    /// The loss behind the machine over the feed rate.
    pub feed: LossOverFeed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_arrays_and_come_back_as_they_were() {
        let point = TrackPoint {
            t_s: 7,
            place: Some(Place { east_m: 1.5, north_m: -2.0 }),
            loss_pct: Some(1.25),
            mean_pct: None,
            width_m: Some(5.0),
            is_cutting: true,
            is_turning: false,
            is_turning_cut: true,
            is_after_gap: false,
        };
        let text = serde_json::to_string(&point).unwrap();
        // Flags: cutting 1, cut in the turn 4.
        assert_eq!(text, "[7,1.5,-2.0,1.25,null,5.0,5]");
        assert_eq!(serde_json::from_str::<TrackPoint>(&text).unwrap(), point);
        let bucket = ChartBucket {
            t_s: 60,
            seconds: 4,
            total_pct: Some(Spread { least: 0.5, mean: 1.0, most: 2.0 }),
            total_lo_pct: Some(0.25),
            total_hi_pct: Some(4.0),
            returns: Some(0.5),
            ..ChartBucket::default()
        };
        let text = serde_json::to_string(&bucket).unwrap();
        assert_eq!(text, "[60,4,[0.5,1.0,2.0],0.25,4.0,null,null,null,null,null,null,0.5]");
        assert_eq!(serde_json::from_str::<ChartBucket>(&text).unwrap(), bucket);
    }
}
