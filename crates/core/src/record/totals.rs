//! The totals of a session as JSON, the same in the summary, the journal and the reports.

use serde_json::{Value, json};

use crate::harvest::{Basis, Interval90, Totals};

/// The totals of a session: best estimates (means, which add up) with their 90 % intervals (5 % to 95 % quantiles); null
/// where nothing is known.
pub fn totals_json(totals: &Totals) -> Value {
    // Six significant digits: more would be noise, and would differ between processors.
    let round = |value: f64| -> f64 { format!("{value:.5e}").parse().unwrap_or(value) };
    let band =
        |band: Option<Interval90>| band.map(|b| json!({"value": round(b.value), "lo": round(b.lo), "hi": round(b.hi)}));
    let counts = totals.counts();
    let [basis_header, basis_rear] = totals.stream_bases().map(|basis| basis.map(Basis::word));
    json!({
        "duration_s": round(totals.duration_s()),
        "cutting_s": round(totals.cutting_s()),
        "area_ha": totals.area_ha().map(round),
        "grain_kg": band(totals.grain_kg()),
        "header_loss_kg": band(totals.header_loss_kg()),
        "rear_loss_kg": band(totals.rear_loss_kg()),
        "total_loss_kg": band(totals.total_loss_kg()),
        "total_loss_pct": band(totals.total_loss_pct()),
        "basis": totals.basis().map(Basis::word),
        "basis_header": basis_header,
        "basis_rear": basis_rear,
        "known_share": totals.known_share().map(round),
        "turns": counts.turns,
        "turning_cuts": counts.turning_cuts,
        "luggings": counts.luggings,
    })
}
