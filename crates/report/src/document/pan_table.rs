//! The drop pans of a report: each one, and how many were used.

use super::columns::{heads, rows};
use super::content::{Cell, Table};
use crate::model::SessionReport;
use crate::text::ReportText;
use grainloss_core::harvest::PanKind;
use grainloss_core::pan_sample::PanSample;
use grainloss_journal::StoredPan;

/// How many pans were used and how many not, with the reasons.
pub fn pan_counts(pans: &[StoredPan], text: &ReportText) -> String {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for pan in pans.iter().filter(|pan| pan.outcome != "used") {
        match reasons.iter_mut().find(|(why, _)| *why == pan.outcome) {
            Some((_, n)) => *n += 1,
            None => reasons.push((&pan.outcome, 1)),
        }
    }
    let rejected = reasons.iter().map(|(_, n)| n).sum::<usize>();
    let why: Vec<String> = reasons.iter().map(|(why, n)| format!("{}: {n}", text.word("pan-", why))).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
    let (used, rejected) = ((pans.len() - rejected).to_string(), rejected.to_string());
    text.with("report-pans-counts", &[("used", &used), ("rejected", &rejected), ("why", &why)])
}

/// The loss that a pan shows, g/m²; `None` for a kind that this version does not know. Natural shed is in samples behind
/// the header and over the whole width only: a pan that is dropped below the machine lies on it.
fn ground_g_m2(pan: &StoredPan) -> Option<f64> {
    let StoredPan { grain_kg, area_m2, concentration, shed_kg_m2, .. } = *pan;
    let sample = PanSample { kind: PanKind::of(&pan.kind)?, grain_kg, area_m2, concentration, shed_kg_m2 };
    Some(sample.net_kg_m2() * 1000.0)
}

/// The drop pans.
pub fn pans(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = [
        "pan-dropped",
        "pan-kind",
        "pan-area",
        "pan-kernels",
        "pan-grams",
        "pan-grain",
        "pan-concentration",
        "pan-shed",
        "pan-ground",
        "pan-who",
        "pan-outcome",
        "pan-ratio",
        "pan-weight",
    ];
    let rows = rows(
        sessions,
        |s| s.pans.as_slice(),
        |p| {
            let outcome = match p.outcome.as_str() {
                "used" => text.get("report-pan-used"),
                why => text.word("pan-", why),
            };
            vec![
                Cell::Time(p.dropped_us),
                Cell::Text(text.word("report-pan-", &p.kind)),
                Cell::Number(p.area_m2, 3),
                Cell::number(p.kernels, 0),
                Cell::number(p.grams, 2),
                Cell::Number(p.grain_kg * 1000.0, 2),
                Cell::Number(p.concentration, 2),
                Cell::number(p.shed_kg_m2.map(|kg| kg * 1000.0), 2),
                Cell::number(ground_g_m2(p), 2),
                Cell::text(p.who.as_deref()),
                Cell::Text(outcome),
                Cell::number(p.log_found_over_expected.map(f64::exp), 2),
                Cell::number(p.weight, 2),
            ]
        },
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_samples_that_lie_on_the_shed_lose_it() {
        // 6 g on 0.25 m² are 24 g/m². Dropped from the machine, twice concentrated: 12 g/m², whatever was shed. Over the
        // whole width and behind the header 24 g/m² less 4 g/m².
        let pan = |kind: PanKind, concentration| StoredPan {
            seq: 1,
            t_us: 2,
            dropped_us: 1,
            known_us: 2,
            kind: kind.word().to_owned(),
            area_m2: 0.25,
            header_width_m: None,
            discharge_width_m: None,
            concentration,
            kernels: None,
            grams: Some(6.0),
            grain_kg: 6e-3,
            shed_kernels_m2: Some(100.0),
            shed_kg_m2: Some(4e-3),
            who: None,
            outcome: "used".to_owned(),
            log_found_over_expected: Some(0.0),
            weight: Some(1.0),
        };
        for (kind, concentration, expected) in
            [(PanKind::Rear, 2.0, 12.0), (PanKind::Front, 1.0, 20.0), (PanKind::Whole, 1.0, 20.0)]
        {
            let told = ground_g_m2(&pan(kind, concentration)).unwrap();
            assert!((told - expected).abs() < 1e-9, "{kind:?}: {told}");
        }
    }
}
