//! A county: points, mean and spread of each township against a limit.

use std::collections::BTreeMap;

use super::visit::Visit;
use crate::document::{Cell, Table};
use crate::text::ReportText;

/// Points that the monitoring programme asks for in each 100,000 mu of a crop.
const POINTS_PER_100K_MU: f64 = 2.0;

/// One row for each township and one for the county. A point is a session with a known loss; means are over points.
/// `limit_pct`: the limit, per cent. `area_mu`: the county's area of the crop, mu.
pub fn county(visits: &[Visit], limit_pct: Option<f64>, area_mu: Option<f64>, text: &ReportText) -> Table {
    let keys = ["township", "points", "mu", "mean", "sd", "least", "most", "limit", "above", "per-100k", "asked"];
    let mut townships: BTreeMap<Option<&str>, Vec<&Visit>> = BTreeMap::new();
    for visit in visits.iter().filter(|visit| visit.loss_pct.is_some()) {
        townships.entry(visit.township.as_deref()).or_default().push(visit);
    }
    let row = |name: Cell, points: &[&Visit]| {
        let losses: Vec<f64> = points.iter().filter_map(|visit| visit.loss_pct).collect();
        let n = losses.len() as f64;
        let mean = (n > 0.0).then(|| losses.iter().sum::<f64>() / n);
        let sd = mean
            .filter(|_| n > 1.0)
            .map(|mean| (losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt());
        let above = limit_pct.map(|limit| losses.iter().filter(|loss| **loss > limit).count() as f64);
        let area: f64 = points.iter().filter_map(|visit| visit.area_mu).sum();
        vec![
            name,
            Cell::Number(n, 0),
            Cell::Number(area, 1),
            Cell::number(mean, 2),
            Cell::number(sd, 2),
            Cell::number(losses.iter().copied().reduce(f64::min), 2),
            Cell::number(losses.iter().copied().reduce(f64::max), 2),
            Cell::number(limit_pct, 2),
            Cell::number(above, 0),
            Cell::Empty,
            Cell::Empty,
        ]
    };
    let mut rows: Vec<Vec<Cell>> = townships
        .iter()
        .map(|(name, points)| row(Cell::Text(name.map_or_else(|| text.unknown(), str::to_owned)), points))
        .collect();
    let all: Vec<&Visit> = townships.into_values().flatten().collect();
    let mut county = row(Cell::Text(text.get("followup-county")), &all);
    let per_100k = area_mu.filter(|mu| *mu > 0.0).map(|mu| all.len() as f64 / mu * 1e5);
    let at = county.len();
    county[at - 2] = Cell::number(per_100k, 2);
    county[at - 1] = Cell::Number(POINTS_PER_100K_MU, 0);
    rows.push(county);
    Table { heads: keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect(), rows }
}
