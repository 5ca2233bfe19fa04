//! Measured points: what was measured by hand on a plot. Rows are added, never changed; each has a seal.

use std::path::Path;

use rusqlite::{Connection, Row, TransactionBehavior, params};
use serde_json::json;

use super::error::JournalError;
use super::reader::Journal;
use super::seals::{SealKind, Sealer, object};
use super::{open, proof};
use grainloss_core::measured_point::MeasuredPoint;

/// The session number in the seal of a point: no session has it.
pub(super) const NO_SESSION: i64 = 0;

/// A measured point as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPoint {
    /// Its number.
    pub id: i64,
    /// When it was stored, by the wall clock, microseconds since 1970.
    pub made_us: i64,
    /// The session that covers the plot; `None` without one.
    pub session: Option<i64>,
    /// The point that this one takes the place of; `None` for a new one.
    pub corrects: Option<i64>,
    /// Who corrected it; `None` for a new one.
    pub who: Option<String>,
    /// Why; `None` for a new one.
    pub why: Option<String>,
    /// What was entered, as JSON.
    pub body: String,
    /// SHA-256 of all that, hexadecimal.
    pub hash: String,
    /// The point that takes its place; `None` when it holds.
    pub corrected_by: Option<i64>,
}

/// Why a point takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointCorrection {
    /// The number of the other.
    pub corrects: i64,
    /// Who says so.
    pub who: String,
    /// Why.
    pub why: String,
}

const COLUMNS: &str = "id, made_us, session, corrects, who, why, body, hash, \
    (SELECT max(id) FROM measured_point AS later WHERE later.corrects = measured_point.id) AS corrected_by";

impl StoredPoint {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            made_us: row.get("made_us")?,
            session: row.get("session")?,
            corrects: row.get("corrects")?,
            who: row.get("who")?,
            why: row.get("why")?,
            body: row.get("body")?,
            hash: row.get("hash")?,
            corrected_by: row.get("corrected_by")?,
        })
    }

    /// What was entered; `None` when its text was changed so that it is none any more.
    pub fn point(&self) -> Option<MeasuredPoint> {
        serde_json::from_str(&self.body).ok()
    }

    /// The hash of what it holds.
    pub(super) fn own_hash(&self) -> String {
        let Self { id, made_us, session, corrects, who, why, body, .. } = self;
        proof::hash(&json!([id, made_us, session, corrects, who, why, body]).to_string())
    }
}

/// All points, oldest first.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<StoredPoint>> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM measured_point ORDER BY id"))?;
    statement.query_map([], StoredPoint::of)?.collect()
}

impl Journal {
    /// All measured points, oldest first, also those that others have taken the place of.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn measured_points(&self) -> Result<Vec<StoredPoint>, JournalError> {
        all(&self.connection).map_err(|error| self.sqlite_error(error))
    }

    /// The measured point of this number.
    ///
    /// # Errors
    /// [`JournalError::NoPoint`] when there is none, [`JournalError::Sqlite`] when the file cannot be read.
    pub fn measured_point(&self, id: i64) -> Result<StoredPoint, JournalError> {
        let found = self.measured_points()?.into_iter().find(|point| point.id == id);
        found.ok_or_else(|| JournalError::NoPoint { path: self.path().to_owned(), id })
    }

    /// The points that hold and name this session, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn points_of(&self, session: i64) -> Result<Vec<StoredPoint>, JournalError> {
        let mut points = self.measured_points()?;
        points.retain(|point| point.session == Some(session) && point.corrected_by.is_none());
        Ok(points)
    }
}

/// Stores a measured point, signed with the device's key if there is one, and makes the journal when there is none; returns
/// what was stored. With `correction` it takes the place of another.
///
/// # Errors
/// [`JournalError::NoPoint`] when there is no point to correct, [`JournalError::PointCorrected`] when another one has taken its
/// place, another one when the journal cannot be opened or written.
pub fn add_measured_point(
    path: &Path,
    point: &MeasuredPoint,
    correction: Option<&PointCorrection>,
    made_us: i64,
) -> Result<StoredPoint, JournalError> {
    let sqlite = |error| JournalError::sqlite(path, error);
    let mut connection = open::to_write(path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
    if let Some(PointCorrection { corrects: id, .. }) = correction {
        let known = all(&transaction).map_err(sqlite)?;
        match known.iter().find(|known| known.id == *id) {
            None => return Err(JournalError::NoPoint { path: path.to_owned(), id: *id }),
            Some(StoredPoint { corrected_by: Some(by), .. }) => {
                return Err(JournalError::PointCorrected { path: path.to_owned(), id: *id, by: *by });
            }
            Some(_) => {}
        }
    }
    let mut sealer = Sealer::of(path);
    // A number that a seal names is not used again, also when its row is gone.
    let sql = "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM measured_point), (SELECT coalesce(max(json_extract(body, \
               '$.point')), 0) FROM seal WHERE kind = 'point'))";
    let id = transaction.query_row(sql, [], |row| row.get(0)).map_err(sqlite)?;
    let mut stored = StoredPoint {
        id,
        made_us,
        session: point.session,
        corrects: correction.map(|correction| correction.corrects),
        who: correction.map(|correction| correction.who.clone()),
        why: correction.map(|correction| correction.why.clone()),
        // A struct of numbers, texts and lists always is JSON.
        body: serde_json::to_string(point).unwrap_or_default(),
        hash: String::new(),
        corrected_by: None,
    };
    stored.hash = stored.own_hash();
    let stated = object(json!({ "point": id, "hash": stored.hash, "of_session": stored.session }));
    sealer.add(&transaction, NO_SESSION, SealKind::Point, stated).map_err(sqlite)?;
    let s = &stored;
    transaction
        .execute(
            "INSERT INTO measured_point (id, made_us, session, corrects, who, why, body, hash) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![s.id, s.made_us, s.session, s.corrects, s.who, s.why, s.body, s.hash],
        )
        .map_err(sqlite)?;
    transaction.commit().map_err(sqlite)?;
    sealer.publish();
    Ok(stored)
}
