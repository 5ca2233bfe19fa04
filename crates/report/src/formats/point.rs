//! Measured points as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::json::write_signed;
use super::utc::utc;
use crate::error::ReportError;
use crate::points::PointReport;
use grainloss_core::harvest::{Basis, Interval90};
use grainloss_core::measured_point::{AreaResult, KindResult};
use grainloss_journal::SigningKey;
use grainloss_knowledge::{LimitComparison, QualityVerdict};

/// Writes the points, and signs all of it with the key, if there is one.
///
/// # Errors
///
/// `out` cannot be written.
pub fn write_points_json(
    reports: &[PointReport],
    key: Option<&SigningKey>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let points = json!({ "measured_points": reports.iter().map(point_json).collect::<Vec<_>>() });
    let text = serde_json::to_string_pretty(&points).map_err(io::Error::from)?;
    write_signed(&text, key, &[], out)
}

/// Everything as JSON; null is unknown. The estimate is apart from the measurement.
pub fn point_json(report: &PointReport) -> Value {
    let result = &report.result;
    let area = |area: &AreaResult| {
        json!({
            "area_m2": area.area_m2, "found_g": area.found_g, "shed_g": area.shed_g, "loss_g_m2": area.loss_g_m2,
            "loss_pct": area.loss_pct,
        })
    };
    let kind = |kind: &KindResult| {
        json!({
            "kind": kind.kind.word(), "area_m2": kind.area_m2, "found_g": kind.found_g, "shed_g": kind.shed_g,
            "loss_g_m2": kind.loss_g_m2,
        })
    };
    let verdict = |verdict: &QualityVerdict| {
        json!({
            "limit_id": verdict.entry.id, "of": verdict.quality.word(), "measured": verdict.measured,
            "limit": verdict.limit, "unit": verdict.quality.unit(),
            "verdict": verdict.comparison.map(LimitComparison::word),
        })
    };
    let interval = |i: Interval90| json!({"value": i.value, "lo": i.lo, "hi": i.hi});
    json!({
        "point": report.stored.id,
        "stored": utc(report.stored.made_us),
        "corrects": report.stored.corrects,
        "corrected_by": report.stored.corrected_by,
        "who": report.stored.who,
        "why": report.stored.why,
        "sha256": report.stored.hash,
        "entered": report.point,
        "mode": report.mode,
        "result": {
            "base_moisture_pct": report.base_moisture_pct,
            "lost_factor": result.lost_factor,
            "yield_factor": result.yield_factor,
            "shed_g_m2": result.shed_g_m2,
            "areas": result.areas.iter().map(area).collect::<Vec<_>>(),
            "kinds": result.kinds.iter().map(kind).collect::<Vec<_>>(),
            "yield_g_m2": result.yield_g_m2,
            "loss_g_m2": result.loss_g_m2,
            "loss_pct": result.loss_pct,
            "broken_pct": result.broken_pct,
            "impurity_pct": result.impurity_pct,
        },
        "verdicts": report.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "machine_estimate": report.estimate.map(|estimate| json!({
            "session": report.stored.session,
            "loss_pct": estimate.loss_pct.map(interval),
            "basis": estimate.basis.map(Basis::word),
        })),
    })
}
