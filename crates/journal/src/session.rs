//! A session as it is stored. Times are microseconds since 1970-01-01 UTC, bus time unless stated otherwise; `None` is
//! unknown.

use rusqlite::Row;
use serde_json::Value;

use super::drivers::Drivers;
use super::session_start::Entered;

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Bus time of its start.
    pub started_us: i64,
    /// Bus time of its newest second.
    pub last_us: Option<i64>,
    /// Why it ended; `None` while it is open and after a crash.
    pub end_reason: Option<String>,
    /// Where the frames came from.
    pub source: String,
    /// Clock source: `log`, `system` or `simulator`.
    pub clock: String,
    /// The machine profile's name.
    pub machine: String,
    /// The machine profile's SHA-256, hexadecimal.
    pub profile_sha256: String,
    /// The crop's name.
    pub crop: String,
    /// The loss limit's identifier, per cent and source; `None` when there is no limit.
    pub limit: Option<(String, f64, String)>,
    /// Name and version of the program that wrote it.
    pub software: String,
    /// The totals as JSON text: a season's sessions are in memory together, and read it takes forty times as much.
    totals: Option<Box<str>>,
    /// How many seconds are stored.
    pub seconds: i64,
    /// Who drove, where and which machine; later entries and corrections are applied.
    pub entered: Entered,
    /// Who drove when; corrections are applied.
    pub drivers: Drivers,
    /// Expected yield as asked for, kg/ha; `None` is the crop's usual one.
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight as asked for, g; `None` is the crop's usual one.
    pub tkw_g: Option<f64>,
    /// The session that this one revises; `None` when it revises none.
    pub revision_of: Option<i64>,
    /// How the revision was made, as JSON; `None` for a session that is no revision.
    pub revision: Option<Value>,
    /// Wall clock when it was begun.
    pub made_us: Option<i64>,
}

impl Session {
    /// The totals as JSON; `None` before the first second, and where they are damaged.
    pub fn totals(&self) -> Option<Value> {
        serde_json::from_str(self.totals.as_deref()?).ok()
    }
}

pub(super) const SESSION: &str = "SELECT id, started_us, last_us, end_reason, source, clock, machine, profile_sha256, crop, \
    limit_id, limit_percent, limit_source, software, totals, \
    seconds, operator, field, place, township, machine_name, plate, yield_kg_ha, tkw_g, revision_of, revision, made_us FROM session";

pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let limit: (Option<String>, Option<f64>, Option<String>) =
        (row.get("limit_id")?, row.get("limit_percent")?, row.get("limit_source")?);
    let text = |name: &str| row.get::<_, Option<String>>(name);
    Ok(Session {
        id: row.get("id")?,
        started_us: row.get("started_us")?,
        last_us: row.get("last_us")?,
        end_reason: row.get("end_reason")?,
        source: row.get("source")?,
        clock: row.get("clock")?,
        machine: row.get("machine")?,
        profile_sha256: row.get("profile_sha256")?,
        crop: row.get("crop")?,
        limit: match limit {
            (Some(id), Some(percent), Some(source)) => Some((id, percent, source)),
            _ => None,
        },
        software: row.get("software")?,
        totals: text("totals")?.map(String::into_boxed_str),
        seconds: row.get("seconds")?,
        entered: Entered {
            operator: row.get("operator")?,
            field: row.get("field")?,
            place: row.get("place")?,
            township: row.get("township")?,
            machine_name: row.get("machine_name")?,
            plate: row.get("plate")?,
        },
        drivers: Drivers::only(row.get("operator")?),
        yield_kg_ha: row.get("yield_kg_ha")?,
        tkw_g: row.get("tkw_g")?,
        revision_of: row.get("revision_of")?,
        revision: text("revision")?.and_then(|text| serde_json::from_str(&text).ok()),
        made_us: row.get("made_us")?,
    })
}
