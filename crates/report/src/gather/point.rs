//! Reads measured points.

use super::head::{Options, head};
use crate::error::ReportError;
use crate::points::{Estimate, PointReport};
use grainloss_journal::{Journal, StoredPoint};

/// The report of a stored point; `None` when its text was changed so that it is no point any more.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read.
pub fn measured_point(journal: &Journal, stored: &StoredPoint) -> Result<Option<PointReport>, ReportError> {
    let Some(point) = stored.point() else { return Ok(None) };
    let session = stored.session.and_then(|id| journal.session(&id.to_string()).ok());
    let estimate = match &session {
        Some(session) => {
            let totals = head(journal, session, &Options::default())?.totals;
            Some(Estimate { loss_pct: totals.loss_pct, basis: totals.basis })
        }
        None => None,
    };
    PointReport::new(stored.clone(), point, estimate).map(Some)
}
