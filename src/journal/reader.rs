//! Reading a journal: sessions, their seconds and events.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use super::open::{self, JournalError};
use crate::record::COLUMNS;

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredEvent {
    /// When, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// `alarm-raised`, `alarm-cleared`, `notice`, `pan`, `bus`, `clock` or `lost`.
    pub kind: Cow<'static, str>,
    /// Which alarm, which operator fault, what happened to the bus.
    pub id: Cow<'static, str>,
    /// 1 low, 2 medium, 3 high.
    pub level: Option<u8>,
    /// The stream or the plate; the interface of a bus.
    pub stream: Option<Cow<'static, str>>,
    /// How often so far; how many records, or frames, were lost.
    pub count: Option<i64>,
    /// Loss in per cent when an alarm was raised; seconds of a gap or a jump of the clock.
    pub value: Option<f64>,
}

impl StoredEvent {
    /// An event with nothing but its time, kind and identifier.
    pub const fn new(t_us: i64, kind: &'static str, id: &'static str) -> Self {
        let (kind, id) = (Cow::Borrowed(kind), Cow::Borrowed(id));
        Self { t_us, kind, id, level: None, stream: None, count: None, value: None }
    }
}

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Bus time of its start.
    pub started_us: i64,
    /// Bus time of its newest second.
    pub last_us: Option<i64>,
    /// Why it ended; `None` while it is open, and after a crash.
    pub end_reason: Option<String>,
    /// Where the frames came from.
    pub source: String,
    /// Whose time it is.
    pub clock: String,
    /// The profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The crop's name.
    pub crop: String,
    /// The limit's identifier, per cent and source.
    pub limit: Option<(String, f64, String)>,
    /// The program that wrote it.
    pub software: String,
    /// The totals as JSON; `None` before the first second.
    pub totals: Option<serde_json::Value>,
    /// How many seconds are stored.
    pub seconds: i64,
}

/// A journal opened to read.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    connection: Connection,
}

const SESSION: &str = "SELECT id, started_us, last_us, end_reason, source, clock, machine, profile_sha256, crop, \
    limit_id, limit_percent, limit_source, software, totals, \
    (SELECT count(*) FROM sample WHERE sample.session = session.id) FROM session";

impl Journal {
    /// Opens the journal at this path.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self { path: path.to_owned(), connection: open::to_read(path)? })
    }

    fn wrong(&self, error: rusqlite::Error) -> JournalError {
        JournalError::Sqlite { path: self.path.clone(), error }
    }

    /// Every session, oldest first.
    pub fn sessions(&self) -> Result<Vec<Session>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare(&format!("{SESSION} ORDER BY id"))?;
            statement.query_map([], session)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// One session: by number, or the newest as `last`.
    pub fn session(&self, id: &str) -> Result<Session, JournalError> {
        let missing = || JournalError::NoSession { path: self.path.clone(), id: id.to_owned() };
        let found = if id == "last" {
            self.connection.query_row(&format!("{SESSION} ORDER BY id DESC LIMIT 1"), [], session).optional()
        } else {
            let number: i64 = id.parse().map_err(|_| missing())?;
            self.connection.query_row(&format!("{SESSION} WHERE id = ?1"), [number], session).optional()
        };
        found.map_err(|error| self.wrong(error))?.ok_or_else(missing)
    }

    /// The seconds of a session, oldest first: each as the texts of [`COLUMNS`], empty where unknown.
    pub fn each_second(
        &self,
        session: i64,
        mut take: impl FnMut(&[String]) -> std::io::Result<()>,
    ) -> Result<std::io::Result<()>, JournalError> {
        let names = COLUMNS[1..].iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT t_us, {names} FROM sample WHERE session = ?1 ORDER BY t_us");
        let mut read = || {
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query([session])?;
            let mut texts = vec![String::new(); COLUMNS.len()];
            while let Some(row) = rows.next()? {
                for (at, text) in texts.iter_mut().enumerate() {
                    *text = match row.get_ref(at)? {
                        ValueRef::Integer(t_us) if at == 0 => COLUMNS[at].number(t_us as f64 / 1e6),
                        ValueRef::Integer(number) => number.to_string(),
                        ValueRef::Real(number) => COLUMNS[at].number(number),
                        ValueRef::Text(word) => String::from_utf8_lossy(word).into_owned(),
                        ValueRef::Null | ValueRef::Blob(_) => String::new(),
                    };
                }
                if let Err(error) = take(&texts) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The events of a session, oldest first.
    pub fn events(&self, session: i64) -> Result<Vec<StoredEvent>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT t_us, kind, id, level, stream, count, value FROM event WHERE session = ?1 ORDER BY seq",
            )?;
            let event = |row: &Row<'_>| {
                let text = |at| row.get::<_, String>(at).map(Cow::Owned);
                Ok(StoredEvent {
                    t_us: row.get(0)?,
                    kind: text(1)?,
                    id: text(2)?,
                    level: row.get(3)?,
                    stream: row.get::<_, Option<String>>(4)?.map(Cow::Owned),
                    count: row.get(5)?,
                    value: row.get(6)?,
                })
            };
            statement.query_map([session], event)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.wrong(error))
    }
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let limit: (Option<String>, Option<f64>, Option<String>) = (row.get(9)?, row.get(10)?, row.get(11)?);
    let totals: Option<String> = row.get(13)?;
    Ok(Session {
        id: row.get(0)?,
        started_us: row.get(1)?,
        last_us: row.get(2)?,
        end_reason: row.get(3)?,
        source: row.get(4)?,
        clock: row.get(5)?,
        machine: row.get(6)?,
        profile_sha256: row.get(7)?,
        crop: row.get(8)?,
        limit: match limit {
            (Some(id), Some(percent), Some(source)) => Some((id, percent, source)),
            _ => None,
        },
        software: row.get(12)?,
        totals: totals.and_then(|text| serde_json::from_str(&text).ok()),
        seconds: row.get(14)?,
    })
}
