//! A session as it is followed up.

use crate::error::ReportError;
use crate::gather::{Options, head};
use crate::model::MU_PER_HA;
use grainloss_core::harvest::Basis;
use grainloss_journal::{CuttingTally, Journal, Session};

/// A session as it is followed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The session's number.
    pub session: i64,
    /// Its start, microseconds since 1970-01-01 UTC.
    pub started_us: i64,
    /// The operator; `None` when not entered.
    pub operator: Option<String>,
    /// The machine: its owner's name for it, its plate, or its profile.
    pub machine: String,
    /// The township; `None` when not entered.
    pub township: Option<String>,
    /// Time of cutting, h.
    pub cutting_h: f64,
    /// Area cut, mu; `None` is unknown.
    pub area_mu: Option<f64>,
    /// Loss over yield and loss, per cent: the median of the estimate; `None` is unknown.
    pub loss_pct: Option<f64>,
    /// Basis of the loss; `None` is unknown.
    pub basis: Option<Basis>,
    /// Operator faults.
    pub faults: FaultCounts,
    /// Time above the limit.
    pub tally: CuttingTally,
    /// The limit, per cent; `None` without one.
    pub limit_pct: Option<f64>,
}

/// How often each operator fault happened in a session; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaultCounts {
    /// Turns at the end of a pass.
    pub turns: Option<f64>,
    /// Turns cut through with the header down.
    pub turning_cuts: Option<f64>,
    /// Times that the engine speed dropped under load while feeding.
    pub luggings: Option<f64>,
}

/// Reads the sessions as they are followed up. `limit`: another limit than the sessions' own, an identifier or per cent.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read, or there is no such limit.
pub fn visits(journal: &Journal, sessions: &[Session], limit: Option<&str>) -> Result<Vec<Visit>, ReportError> {
    let options = Options { limit: limit.map(str::to_owned), redact: false };
    let mut visits = Vec::new();
    for session in sessions {
        let s = head(journal, session, &options)?;
        let limit_pct = s.limit.as_ref().map(|judged| judged.limit.percent);
        let tally = match limit_pct {
            Some(limit) => journal.cutting_tally(session.id, limit)?,
            None => CuttingTally::default(),
        };
        let number = |n: Option<i64>| n.map(|n| n as f64);
        let entered = &s.entered;
        visits.push(Visit {
            session: s.id,
            started_us: s.started_us,
            operator: entered.operator.clone(),
            machine: entered.machine_name.clone().or_else(|| entered.plate.clone()).unwrap_or(s.machine),
            township: entered.township.clone(),
            cutting_h: s.totals.cutting_s.unwrap_or(0.0) / 3600.0,
            area_mu: s.totals.area_ha.map(|ha| ha * MU_PER_HA),
            loss_pct: s.totals.loss_pct.map(|loss| loss.value),
            basis: s.totals.basis,
            faults: FaultCounts {
                turns: number(s.totals.turns),
                turning_cuts: number(s.totals.turning_cuts),
                luggings: number(s.totals.luggings),
            },
            tally,
            limit_pct,
        });
    }
    Ok(visits)
}
