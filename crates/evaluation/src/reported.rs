//! What a monitor reported, second by second: one form for all monitors.

/// A loss with its 90 % interval, where the monitor has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportedValue {
    /// The figure.
    pub value: f64,
    /// Its 90 % interval, `None` for a monitor without intervals.
    pub band: Option<(f64, f64)>,
}

impl ReportedValue {
    /// A figure without an interval.
    pub const fn bare(value: f64) -> Self {
        Self { value, band: None }
    }
}

/// A harvest as a monitor reported it. Indices of lists are seconds of the harvest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportedHarvest {
    /// Loss behind the machine in each second, kg/s; `None` without a report.
    pub rear_kg_s: Vec<Option<ReportedValue>>,
    /// Loss behind the machine of the session, kg, at the end.
    pub rear_kg: Option<ReportedValue>,
    /// Loss at the header of the session, kg, at the end.
    pub header_kg: Option<ReportedValue>,
    /// All loss of the session, kg, at the end.
    pub total_kg: Option<ReportedValue>,
    /// When a level alarm was active: the first second, and the one after the last.
    pub level_alarms: Vec<(usize, usize)>,
    /// When an alarm of loss, of whatever kind, was raised.
    pub raised: Vec<usize>,
    /// When a level alarm would have been active, for each of several costs of a false alarm; empty for a monitor whose
    /// alarm knows no costs.
    pub level_alarms_by_cost: Vec<Vec<(usize, usize)>>,
}
