//! Reports: files made from the journal, and from nothing else.

use std::io::{self, Write};

use serde_json::{Value, json};
use thiserror::Error;

use crate::journal::{Correction, Journal, JournalError, Session};
use crate::record::COLUMNS;

/// Why a report cannot be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The report cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// UTC in the form of ISO 8601, to the second.
pub fn utc(t_us: i64) -> String {
    jiff::Timestamp::from_second(t_us.div_euclid(1_000_000)).map_or_else(|_| t_us.to_string(), |t| t.to_string())
}

/// One row a second, with the columns of the trace. Unknown is an empty field.
pub fn write_csv(journal: &Journal, session: &Session, out: &mut impl Write) -> Result<(), ReportError> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(COLUMNS.iter().map(|column| column.name)).map_err(io_error)?;
    journal.each_second(session.id, |texts| rows.write_record(texts).map_err(io_error))??;
    rows.flush()?;
    Ok(())
}

/// The kind of an I/O error must survive the csv crate: a closed pipe is no failure.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The session, its totals with their intervals, and its events.
pub fn write_json(journal: &Journal, session: &Session, out: &mut impl Write) -> Result<(), ReportError> {
    let mut report = session_json(session);
    report["events"] = journal
        .events(session.id)?
        .iter()
        .map(|event| {
            json!({
                "t_unix": event.t_us as f64 / 1e6, "kind": event.kind, "id": event.id, "level": event.level,
                "stream": event.stream, "count": event.count, "value": event.value,
            })
        })
        .collect();
    report["corrections"] = serde_json::to_value(journal.all::<Correction>(session.id)?).map_err(io::Error::from)?;
    report["proof"] = serde_json::to_value(journal.proof(session.id)?).map_err(io::Error::from)?;
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// What the journal says of a session; null where nothing is known.
pub fn session_json(session: &Session) -> Value {
    json!({
        "session": session.id,
        "started": utc(session.started_us),
        "started_unix": session.started_us as f64 / 1e6,
        "last_unix": session.last_us.map(|t_us| t_us as f64 / 1e6),
        "closed": session.end_reason.is_some(),
        "end_reason": session.end_reason,
        "source": session.source,
        "clock": session.clock,
        "machine": session.machine,
        "profile_sha256": session.profile_sha256,
        "crop": session.crop,
        "limit": session.limit.as_ref().map(|(id, percent, source)| json!({"id": id, "percent": percent, "source": source})),
        "software": session.software,
        "seconds": session.seconds,
        "operator": session.entered.operator,
        "field": session.entered.field,
        "place": session.entered.place,
        "township": session.entered.township,
        "machine_name": session.entered.machine_name,
        "plate": session.entered.plate,
        "revision_of": session.revision_of,
        "totals": session.totals,
        "units": {"loss": "kg, 90 % interval lo to hi", "total_loss_pct": "loss over grain in (yield and loss together), %"},
    })
}
