//! JSON: one session with its totals and events, or one table.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::utc::utc;
use crate::document::{Cell, Table};
use crate::error::ReportError;
use crate::gather;
use crate::model::{DriverPart, Prices, scaled};
use crate::redact;
use grainloss_core::clean_text::clean;
use grainloss_core::data_file;
use grainloss_core::habits::{HabitPrice, Untold};
use grainloss_core::harvest::Interval90;
use grainloss_journal::{Correction, FileSignature, Journal, Seal, Session, SigningKey};

/// What comes before the signature in a signed report.
const SIGNED: &str = ",\n  \"signed\": ";

/// Splits a signed report: its signature, and the SHA-256 of what is signed. The inner value is `None` when the text after the
/// signed part is not a signature alone; the whole is `None` for a text without one.
pub fn signed_json(text: &str) -> Option<Option<(FileSignature, String)>> {
    let at = text.rfind(SIGNED)?;
    let (signed, rest) = (&text[..at], &text[at + SIGNED.len()..]);
    let signature = rest.trim_end().strip_suffix('}').and_then(|rest| serde_json::from_str(rest).ok());
    // What is signed must be the whole object but for its end, so that the report reads the same to every program.
    let whole = serde_json::from_str::<Value>(text).is_ok_and(|report| report.is_object());
    Some(signature.filter(|_| whole).map(|signature| (signature, data_file::sha256(&[signed.as_bytes()]))))
}

/// Writes the session, its totals with their intervals, and its events, and signs all of it with the key, if there is one.
///
/// # Errors
///
/// The journal cannot be read, or `out` cannot be written.
pub fn write_json(
    journal: &Journal,
    session: &Session,
    redact: bool,
    key: Option<&SigningKey>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let mut report = session_json(session);
    report["drivers"] =
        drivers_json(&gather::drivers(journal, session, None)?, &gather::prices(&journal.events(session.id)?));
    if redact {
        redact::json(&mut report);
    }
    report["seal"] = seal_json(journal.seal(session.id)?);
    if !redact {
        // What was signed contains names, and so do corrections.
        report["proof"] = json!(journal.proof(session.id)?);
        report["corrections"] = json!(journal.all::<Correction>(session.id)?);
    }
    report["events"] = journal
        .events(session.id)?
        .iter()
        .filter(|event| !redact || event.is_impersonal())
        .map(|event| {
            json!({
                "t_unix": event.t_us as f64 / 1e6, "kind": event.kind, "id": event.id, "level": event.level,
                "stream": event.stream, "count": event.count, "value": event.value,
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&report).map_err(io::Error::from)?;
    write_signed(&text, key, &[session.id], out)
}

/// Writes a JSON object, and signs all of it with the key, if there is one.
pub(super) fn write_signed(
    text: &str,
    key: Option<&SigningKey>,
    sessions: &[i64],
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    // The same JSON, and safe to print on a terminal.
    let text = clean(text);
    match (key, text.strip_suffix("\n}")) {
        (Some(key), Some(signed)) => {
            let signature = FileSignature::sign(key, sessions, &data_file::sha256(&[signed.as_bytes()]));
            let signature = serde_json::to_string(&signature).map_err(io::Error::from)?;
            writeln!(out, "{signed}{SIGNED}{signature}\n}}")?;
        }
        _ => writeln!(out, "{text}")?,
    }
    Ok(())
}

/// What each driver did in a session, with the prices of habits; null is unknown, or cannot be told for the reason beside it.
fn drivers_json(parts: &[DriverPart], prices: &Prices) -> Value {
    // As many digits as the totals have.
    let round = |value: f64| -> f64 { format!("{value:.5e}").parse().unwrap_or(value) };
    let band =
        |band: Option<Interval90>| band.map(|b| json!({"value": round(b.value), "lo": round(b.lo), "hi": round(b.hi)}));
    let minutes = |of: Interval90| scaled(of, 1.0 / 60.0);
    let habit = |price: &HabitPrice| {
        json!({
            "habit": price.habit.word(), "count": price.count, "seconds": price.seconds,
            "lost_kg": round(price.lost_kg),
            "kg": band(price.kg.ok()), "kg_untold": price.kg.err().map(Untold::word),
            "minutes": band(price.lost_s.ok().map(minutes)), "minutes_untold": price.lost_s.err().map(Untold::word),
            "money": band(prices.grain_per_kg.and_then(|grain| price.money(grain, prices.hour))),
        })
    };
    let driver = |part: &DriverPart| {
        json!({
            "operator": part.operator, "seconds": part.seconds, "cutting_s": part.cutting_s, "turning_s": part.turning_s,
            "area_ha": round(part.area_m2 * 1e-4), "grain_kg": part.grain_kg.map(round),
            "header_loss_kg": band(part.header_kg), "rear_loss_kg": band(part.rear_kg),
            "total_loss_kg": band(part.loss_kg), "total_loss_pct": band(part.loss_pct),
            "turns": part.turns, "turning_cuts": part.turning_cuts, "luggings": part.luggings, "alarms": part.alarms,
            "habits": part.habits.iter().map(habit).collect::<Vec<_>>(),
        })
    };
    parts.iter().map(driver).collect()
}

/// The seal of a session; null without one.
pub fn seal_json(seal: Option<Seal>) -> Value {
    seal.map_or(
        Value::Null,
        |seal| json!({"root": seal.root, "public_key": seal.public_key, "signature": seal.signature}),
    )
}

/// The journal's record of a session; null where a value is unknown.
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
        "totals": session.totals(),
        "units": {"loss": "kg, 90 % interval lo to hi", "total_loss_pct": "loss over grain in (yield and loss together), %"},
    })
}

/// A table as a list of objects whose keys are the heads; null is unknown.
pub fn table_json(table: &Table) -> Value {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number, _) => json!(number),
        Cell::Text(text) => text.as_str().into(),
        Cell::Time(t_us) => utc(*t_us).into(),
    };
    let object = |row: &Vec<Cell>| {
        Value::Object(table.heads.iter().zip(row).map(|(head, cell)| (head.clone(), value(cell))).collect())
    };
    table.rows.iter().map(object).collect()
}
