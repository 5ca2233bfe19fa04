//! The passes of a track by time, for a machine without a position.

use grainloss_protocol::session_charts::{SessionCharts, TrackPoint};

/// A stretch of cutting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    /// Its first and last point, bus time.
    pub from_us: i64,
    pub to_us: i64,
    /// Mean of its points, per cent; `None` when none is known.
    pub mean_pct: Option<f64>,
    /// The highest, per cent.
    pub most_pct: Option<f64>,
}

impl Pass {
    pub fn seconds(&self) -> f64 {
        (self.to_us - self.from_us) as f64 / 1e6
    }
}

/// The passes, oldest first.
pub(crate) fn passes(charts: &SessionCharts) -> Vec<Pass> {
    let Some(started_us) = charts.started_us else { return Vec::new() };
    let at = |point: &TrackPoint| started_us + i64::from(point.t_s) * 1_000_000;
    let apart = |a: &TrackPoint, b: &TrackPoint| a.is_cutting != b.is_cutting || b.is_after_gap;
    let stretches = charts.map.track.chunk_by(|a, b| !apart(a, b)).filter(|points| points[0].is_cutting);
    stretches
        .map(|points| {
            let means = || points.iter().filter_map(|point| point.mean_pct).map(f64::from);
            let count = means().count();
            Pass {
                from_us: at(&points[0]),
                to_us: points.last().map_or(started_us, at),
                mean_pct: (count > 0).then(|| means().sum::<f64>() / count as f64),
                most_pct: points.iter().filter_map(|point| point.loss_pct).map(f64::from).reduce(f64::max),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_and_a_gap_end_a_pass() {
        let point = |t_s, loss: Option<f32>, is_after_gap| TrackPoint {
            t_s,
            loss_pct: loss,
            mean_pct: loss,
            is_cutting: loss.is_some(),
            is_turning: loss.is_none(),
            is_after_gap,
            ..TrackPoint::default()
        };
        let mut charts = SessionCharts { started_us: Some(0), ..SessionCharts::default() };
        charts.map.track = vec![
            point(10, Some(1.0), false),
            point(20, Some(3.0), false),
            point(30, None, false),
            point(40, Some(1.0), false),
            point(90, Some(2.0), true),
        ];
        let found = passes(&charts);
        let times: Vec<_> = found.iter().map(|pass| (pass.from_us / 1_000_000, pass.to_us / 1_000_000)).collect();
        assert_eq!(times, [(10, 20), (40, 40), (90, 90)]);
        assert_eq!((found[0].mean_pct, found[0].most_pct), (Some(2.0), Some(3.0)));
    }
}
