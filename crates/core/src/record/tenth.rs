//! The row of one step, for traces with ten rows a second.

use super::columns::Cell;
use crate::fixed_decimals;
use crate::harvest::{Activity, Estimate, Interval90, LogNormal};

/// The estimate at the end of a tenth of a second. `None` is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct TenthRow {
    /// The end of the step, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// What the machine was doing.
    pub state: Option<&'static str>,
    /// The numbers of [`TENTH_COLUMNS`] after the state, in their order.
    pub numbers: [Option<f64>; 11],
}

/// The columns after time and state: name, and decimals that are written.
pub const TENTH_COLUMNS: [(&str, usize); 11] = [
    ("ground_speed_m_s", 3),
    ("header_height_m", 3),
    ("feed_kg_s", 3),
    ("engine_rpm", 1),
    ("grain_in_kg_s", 4),
    ("header_loss_kg_s", 6),
    ("separation_loss_kg_s", 6),
    ("cleaning_loss_kg_s", 6),
    ("total_pct", 4),
    ("total_lo", 4),
    ("total_hi", 4),
];

impl TenthRow {
    /// The row of a step.
    pub fn of(estimate: &Estimate) -> Self {
        let mean = |loss: Option<LogNormal>| loss.map(LogNormal::mean);
        let total: Option<Interval90> = estimate.total_share.map(LogNormal::percent_band);
        Self {
            t_us: estimate.t_us,
            state: estimate.doing.activity.map(Activity::word),
            numbers: [
                estimate.ground_speed_m_s,
                estimate.header_height_m,
                estimate.feed_kg_s,
                estimate.engine_rpm,
                mean(estimate.grain_in),
                mean(estimate.header.loss),
                mean(estimate.separation.loss),
                mean(estimate.cleaning.loss),
                total.map(|band| band.value),
                total.map(|band| band.lo),
                total.map(|band| band.hi),
            ],
        }
    }

    /// The numbers as they are written: rounded, and empty where there is none.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        self.numbers.iter().zip(TENTH_COLUMNS).map(|(number, (_, decimals))| match number {
            Some(number) if number.is_finite() => Cell::Number(fixed_decimals::round(*number, decimals)),
            _ => Cell::Empty,
        })
    }
}
