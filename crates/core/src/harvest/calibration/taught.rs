//! What pans have taught of themselves, and where they were taken.

use super::super::pan::{Dispersion, Envelope, Inflation, PanBook, PanEntry, PanKind, PanOutcome};
use crate::math::exp;

/// The pans that told of the loss at the header, or of that behind the machine.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PansTaught {
    /// How many.
    pub pans: u32,
    /// When the newest was dropped, bus time, microseconds.
    pub newest_us: i64,
    /// The field's name; `None` when it was not entered.
    pub field: Option<String>,
    /// Loads and moistures at which they were taken.
    pub(in crate::harvest) conditions: Envelope,
}

impl PansTaught {
    /// The smallest and the largest load at which they were taken, over that of ordinary work.
    pub fn load(&self) -> (f64, f64) {
        let (low, high) = self.conditions.log_load();
        (exp(low), exp(high))
    }

    /// The driest and the wettest grain, share of wet mass; `None` when it was not measured.
    pub fn moisture(&self) -> Option<(f64, f64)> {
        self.conditions.moisture()
    }

    /// The name of the first number that cannot be.
    pub(super) fn problem(&self) -> Option<&'static str> {
        // A factor of e⁵ is more than any load.
        let is_range = |(low, high): (f64, f64), least: f64, most: f64| least <= low && low <= high && high <= most;
        if !(1..=10_000).contains(&self.pans) {
            Some("pans")
        } else if !is_range(self.conditions.log_load(), -5.0, 5.0) {
            Some("conditions.log_load")
        } else if self.conditions.moisture().is_some_and(|range| !is_range(range, 0.0, 1.0)) {
            Some("conditions.moisture")
        } else {
            None
        }
    }
}

/// The pans of both.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Carried {
    pub rear: Option<PansTaught>,
    pub header: Option<PansTaught>,
}

/// How far to trust the estimate, and how far pans lie apart.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::harvest) struct CarriedPans {
    pub header_inflation: Inflation,
    pub rear_inflation: Inflation,
    /// Of rear pans, of front samples, and over the whole width.
    pub dispersion: [Dispersion; 3],
}

impl CarriedPans {
    pub fn problem(&self) -> Option<&'static str> {
        let inflations =
            [("pans.header_inflation", self.header_inflation), ("pans.rear_inflation", self.rear_inflation)];
        let inflation = inflations.into_iter().find(|(_, inflation)| !inflation.is_possible()).map(|(field, _)| field);
        inflation.or_else(|| (!self.dispersion.iter().all(Dispersion::is_possible)).then_some("pans.dispersion"))
    }
}

/// The pans among these that count and hold what `kind` says.
fn taught(
    ledger: &[PanEntry],
    kind: impl Fn(PanKind) -> bool,
    conditions: Option<Envelope>,
    field: Option<&str>,
) -> Option<PansTaught> {
    let counts = |entry: &&PanEntry| kind(entry.pan.kind) && matches!(entry.outcome, PanOutcome::Used { .. });
    let times = ledger.iter().filter(counts).map(|entry| entry.pan.t_us);
    let newest_us = times.clone().max()?;
    let pans = u32::try_from(times.count()).unwrap_or(u32::MAX);
    Some(PansTaught { pans, newest_us, field: field.map(str::to_owned), conditions: conditions? })
}

impl PanBook {
    /// The pans of this session, and in place of none those that it began with; `None` without a pan of its own.
    pub fn taught(&self, field: Option<&str>) -> Option<Carried> {
        let (rear, header) = self.envelopes();
        let rear = taught(self.ledger(), |kind| kind != PanKind::Front, rear, field);
        let header = taught(self.ledger(), |kind| kind != PanKind::Rear, header, field);
        if rear.is_none() && header.is_none() {
            return None;
        }
        let before = self.carried().clone();
        Some(Carried { rear: rear.or(before.rear), header: header.or(before.header) })
    }

    /// How far to trust the estimate, and how far pans lie apart.
    pub fn carried_pans(&self) -> CarriedPans {
        let (header_inflation, rear_inflation) = self.inflations();
        CarriedPans { header_inflation, rear_inflation, dispersion: self.dispersion() }
    }
}
