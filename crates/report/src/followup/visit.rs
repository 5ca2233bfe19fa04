//! A session, or what one driver did in it, as it is followed up.

use crate::error::ReportError;
use crate::gather::{Correction, Options, drivers, head};
use crate::model::{DriverPart, MU_PER_HA, SessionReport};
use grainloss_core::harvest::Basis;
use grainloss_core::like_work::WorkCell;
use grainloss_journal::{CuttingTally, Journal, Session};

/// A session, or what one driver did in it, as it is followed up.
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
    /// The crop's identifier.
    pub crop: String,
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
    /// Time above the limit; nothing where cells were asked for.
    pub tally: CuttingTally,
    /// The limit, per cent; `None` without one.
    pub limit_pct: Option<f64>,
    /// Settled cutting by feed rate, moisture and basis; empty unless it was asked for.
    pub cells: Vec<WorkCell>,
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

/// How finely sessions are taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A visit is a session, whoever drove.
    Sessions,
    /// A visit is what one driver did in a session.
    Drivers,
    /// The same, with its settled cutting by feed rate, moisture and basis.
    Cells,
}

/// Reads the sessions as they are followed up. `limit`: another limit than the sessions' own, an identifier or per cent.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read, or there is no such limit.
pub fn visits(
    journal: &Journal,
    sessions: &[Session],
    limit: Option<&str>,
    detail: Detail,
) -> Result<Vec<Visit>, ReportError> {
    let options = Options { limit: limit.map(str::to_owned), ..Options::default() };
    let mut visits = Vec::new();
    for session in sessions {
        let s = head(journal, session, &options)?;
        let whole = whole(journal, &s, detail)?;
        let one_driver = session.drivers.names().len() == 1;
        if detail == Detail::Sessions || detail == Detail::Drivers && one_driver {
            visits.push(whole);
            continue;
        }
        // A session that was recomputed was driven as its original was.
        if one_driver
            && session.revision_of.is_none()
            && let Some(cells) = remembered_cells(journal, session)?
        {
            visits.push(Visit { cells, ..whole });
            continue;
        }
        let parts = drivers(journal, session, whole.limit_pct)?;
        if let ([part], true) = (parts.as_slice(), one_driver) {
            visits.push(Visit { cells: part.work.cells().to_vec(), ..whole });
            continue;
        }
        visits.extend(parts.iter().map(|part| part_of(part, &whole)));
    }
    Ok(visits)
}

/// Settled cutting of a session as it was summed while it was written, brought to the session's totals; `None` where only its
/// seconds tell.
fn remembered_cells(journal: &Journal, session: &Session) -> Result<Option<Vec<WorkCell>>, ReportError> {
    let Some(work) = journal.remembered_work(session.id)? else { return Ok(None) };
    let correction = Correction::of_sums(session, &work.sums);
    Ok(Some(work.cells.iter().map(|cell| correction.apply_to_work(cell)).collect()))
}

fn whole(journal: &Journal, s: &SessionReport, detail: Detail) -> Result<Visit, ReportError> {
    let limit_pct = s.limit.as_ref().map(|judged| judged.limit.percent);
    // Work that is compared is not judged by a limit.
    let tally = match limit_pct.filter(|_| detail != Detail::Cells) {
        Some(limit) => journal.cutting_tally(s.id, limit)?,
        None => CuttingTally::default(),
    };
    let number = |n: Option<i64>| n.map(|n| n as f64);
    let entered = &s.entered;
    Ok(Visit {
        session: s.id,
        started_us: s.started_us,
        operator: entered.operator.clone(),
        machine: entered.machine_name.clone().or_else(|| entered.plate.clone()).unwrap_or_else(|| s.machine.clone()),
        township: entered.township.clone(),
        crop: s.crop.clone(),
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
        cells: Vec::new(),
    })
}

/// What one driver did of a session: by that driver's own time only.
fn part_of(part: &DriverPart, whole: &Visit) -> Visit {
    let number = |n: Option<i64>| n.map(|n| n as f64);
    Visit {
        operator: part.operator.clone(),
        cutting_h: f64::from(part.cutting_s) / 3600.0,
        area_mu: Some(part.area_m2 * 1e-4 * MU_PER_HA),
        loss_pct: part.loss_pct.map(|loss| loss.value),
        basis: part.basis,
        faults: FaultCounts {
            turns: number(part.turns),
            turning_cuts: number(part.turning_cuts),
            luggings: number(part.luggings),
        },
        tally: CuttingTally {
            cutting_s: i64::from(part.cutting_s),
            known_s: part.known_s,
            above_s: part.above_s,
            surely_above_s: part.surely_above_s,
        },
        cells: part.work.cells().to_vec(),
        ..whole.clone()
    }
}
