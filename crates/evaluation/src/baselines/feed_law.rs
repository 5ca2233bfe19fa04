//! B3: loss from the feed rate alone.

use super::inputs::{MonitorInput, MonitorSetup};
use super::pans::Pans;
use super::series::{Series, average};

/// Two coefficients: kg/s of loss = `b` f + `c` f².
type Law = (f64, f64);

pub(super) fn series(inputs: &[Option<MonitorInput>], pans: &Pans, setup: &MonitorSetup) -> Series {
    let raw: Vec<Option<f64>> = inputs.iter().map(|input| input.as_ref()?.feed_kg_s).collect();
    // Crop takes some seconds to the rear; the average over ten lags by five.
    let feed: Vec<Option<f64>> = (0..raw.len()).map(|at| raw[at].and_then(|_| average(&raw, at))).collect();
    let law = |until: usize| {
        let found = pans.rear(inputs, until);
        let points: Vec<(f64, f64)> = found.iter().filter_map(|pan| Some((feed[pan.at]?, pan.kg_s))).collect();
        fit(&points).unwrap_or((0.0, setup.usual_feed_law))
    };
    let loss_kg_s = |feed: &Option<f64>, (b, c): Law| feed.map(|feed| b * feed + c * feed * feed);
    let live = pans.follow(feed.len(), law);
    let at_end = law(feed.len());
    Series {
        live: feed.iter().zip(live).map(|(feed, law)| loss_kg_s(feed, law)).collect(),
        at_end: feed.iter().map(|feed| loss_kg_s(feed, at_end)).collect(),
    }
}

/// Least squares of relative errors, neither coefficient below 0: each point weighs as 1 / f². Up to two points fit the
/// square alone; `None` of none.
pub(super) fn fit(points: &[(f64, f64)]) -> Option<Law> {
    let points: Vec<(f64, f64)> = points.iter().copied().filter(|&(feed, _)| feed > 0.0).collect();
    // With y = loss / f² the law is y = b / f + c.
    let n = points.len() as f64;
    let sums = points.iter().fold([0.0; 4], |[x1, x2, y1, xy], &(feed, loss)| {
        let (x, y) = (1.0 / feed, loss / (feed * feed));
        [x1 + x, x2 + x * x, y1 + y, xy + x * y]
    });
    let [x1, x2, y1, xy] = sums;
    if points.is_empty() {
        return None;
    }
    let square_alone = (0.0, y1 / n);
    if points.len() < 3 {
        return Some(square_alone);
    }
    let determinant = n * x2 - x1 * x1;
    let b = (n * xy - x1 * y1) / determinant;
    let c = (x2 * y1 - x1 * xy) / determinant;
    Some(match (b >= 0.0, c >= 0.0) {
        (true, true) => (b, c),
        // The best of what is allowed lies on an edge.
        (true, false) => (xy / x2, 0.0),
        _ => square_alone,
    })
}
