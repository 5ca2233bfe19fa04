//! Reports: files made from the journal, and from nothing else.

mod charts;
mod compose;
mod curve;
pub mod document;
mod drawing;
pub mod files;
pub mod followup;
#[cfg(feature = "pdf")]
mod fonts;
mod gather;
mod geojson;
mod html;
mod isoxml;
mod lag;
mod lists;
mod loss_sheet;
mod measuring;
mod minutes;
pub mod model;
#[cfg(feature = "pdf")]
mod pages;
#[cfg(feature = "pdf")]
mod pdf;
mod redact;
mod svg;
mod tables;
mod text;
mod workbook;

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value, json};
use thiserror::Error;

pub use self::compose::document;
pub use self::document::Document;
pub use self::gather::head;
pub use self::gather::{Options, Selection, gather};
pub use self::geojson::write_geojson;
pub use self::html::html;
pub use self::isoxml::write_isoxml;
pub use self::lists::{table_csv, table_html, table_json};
#[cfg(feature = "pdf")]
pub use self::pdf::pdf;
pub use self::text::{Languages, ReportText};
pub use self::workbook::{table_xlsx, xlsx};
use grainloss_core::data_file::FileError;
use grainloss_core::record::COLUMNS;
use grainloss_journal::{Correction, Journal, JournalError, Seal, Session};

/// Why a report cannot be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A limit or another piece of knowledge cannot be read.
    #[error(transparent)]
    Knowledge(FileError),
    /// Nobody can put it on a map.
    #[error("session {0} has no positions; map formats need a GNSS receiver on the bus, choose xlsx, html or csv")]
    NoPositions(i64),
    /// A folder of the same name is there.
    #[error("{}: is there already and is not replaced; name another folder with --out", .0.display())]
    InTheWay(PathBuf),
    /// Nothing to write Chinese with.
    #[error(
        "no font for Simplified Chinese on this system; install one (Debian: apt install fonts-noto-cjk), or name a \
             folder of fonts in GRAINLOSS_FONTS"
    )]
    NoFont,
    /// The PDF cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Pdf(String),
    /// The workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(String),
    /// The report cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// UTC in the form of ISO 8601, to the second.
pub fn utc(t_us: i64) -> String {
    jiff::Timestamp::from_second(t_us.div_euclid(1_000_000)).map_or_else(|_| t_us.to_string(), |t| t.to_string())
}

/// One row a second, with the columns of the trace. Unknown is an empty field; so is a place in a redacted report.
pub fn write_csv(journal: &Journal, session: &Session, redact: bool, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(COLUMNS.iter().map(|column| column.name)).map_err(io_error)?;
    let places = |at: usize| redact && PLACES.contains(&COLUMNS[at].name);
    journal.each_second(session.id, |texts| {
        let texts = texts.iter().enumerate().map(|(at, text)| if places(at) { "" } else { text.as_str() });
        rows.write_record(texts).map_err(io_error)
    })??;
    rows.flush()?;
    Ok(())
}

/// The columns that tell where.
const PLACES: [&str; 3] = ["latitude_deg", "longitude_deg", "course_deg"];

/// The kind of an I/O error must survive the csv crate: a closed pipe is no failure.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The session, its totals with their intervals, and its events.
pub fn write_json(journal: &Journal, session: &Session, redact: bool, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut report = session_json(session);
    if redact {
        redact::json(&mut report);
    }
    report["seal"] = seal_json(journal.seal(session.id)?);
    if !redact {
        // What was signed names people, and so do those who corrected it.
        report["proof"] = json!(journal.proof(session.id)?);
        report["corrections"] = json!(journal.all::<Correction>(session.id)?);
    }
    report["events"] = journal
        .events(session.id)?
        .iter()
        .filter(|event| !redact || redact::names_nobody(&event.kind))
        .map(|event| {
            json!({
                "t_unix": event.t_us as f64 / 1e6, "kind": event.kind, "id": event.id, "level": event.level,
                "stream": event.stream, "count": event.count, "value": event.value,
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// The seal of a session, or null.
pub fn seal_json(seal: Option<Seal>) -> Value {
    seal.map_or(
        Value::Null,
        |seal| json!({"root": seal.root, "public_key": seal.public_key, "signature": seal.signature}),
    )
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
