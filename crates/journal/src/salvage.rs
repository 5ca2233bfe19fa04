//! Copies all that can be read of a damaged journal into a new one. The damaged file stays as it is.
//!
//! The pages are read without SQLite, which finds no row when a page above it is destroyed: every page that is there is
//! read, whatever leads to it.

mod images;
mod missing;
mod page;
mod record;
mod tables;

use std::path::Path;

use rusqlite::Connection;

use super::error::JournalError;
use super::open;
use super::quarantine::beside;
pub use missing::MissingSeconds;

/// Tables whose rows are of a session, and are nothing without it.
const OF_SESSION: [&str; 18] = [
    "sample",
    "tenth",
    "fusion",
    "minute",
    "event",
    "pan",
    "setting",
    "activity",
    "acknowledgement",
    "fact",
    "sensor",
    "bus",
    "capture",
    "export",
    "correction",
    "proof",
    "open_minute",
    "finding",
];

/// Result of a salvage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Number of rows recovered, by table.
    pub rows: Vec<(String, u64)>,
    /// Number of rows that are there and damaged, so that they could not be read.
    pub unreadable: u64,
    /// Number of pages that the file says it has and that are cut away.
    pub cut_pages: u64,
    /// Sessions whose own row is lost: they got a row that says so.
    pub substituted: Vec<i64>,
    /// The seconds that are missing, by session and time.
    pub missing: Vec<MissingSeconds>,
}

/// Copies all rows that can be read in `damaged` into a new journal at `new`.
///
/// # Errors
/// [`JournalError::Missing`] when `damaged` is no file, [`JournalError::Exists`] when `new` exists,
/// [`JournalError::NothingFound`] when there is no page of a journal in it; another one when the new journal cannot be
/// written.
pub fn salvage(damaged: &Path, new: &Path) -> Result<Salvaged, JournalError> {
    if !damaged.is_file() {
        return Err(JournalError::Missing(damaged.to_owned()));
    }
    if new.exists() {
        return Err(JournalError::Exists(new.to_owned()));
    }
    let images =
        images::Images::open(damaged).map_err(|error| JournalError::Read { path: damaged.to_owned(), error })?;
    let recovered = recover(&images, new)
        .and_then(|salvaged| salvaged.ok_or_else(|| JournalError::NothingFound(damaged.to_owned())));
    if recovered.is_err() {
        // An incomplete journal could be mistaken for the whole.
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(new, ending));
        }
    }
    recovered
}

/// `None` when there is no page of a journal.
fn recover(images: &images::Images, new: &Path) -> Result<Option<Salvaged>, JournalError> {
    let sqlite = |error| JournalError::sqlite(new, error);
    let mut into = open::to_write(new)?;
    into.pragma_update(None, "foreign_keys", false).map_err(sqlite)?;
    let transaction = into.transaction().map_err(sqlite)?;
    let Some(mut salvaged) = copy(images, &transaction).map_err(sqlite)? else { return Ok(None) };
    salvaged.substituted = adopt_orphans(&transaction).map_err(sqlite)?;
    salvaged.missing = missing::missing(&transaction, &salvaged.substituted).map_err(sqlite)?;
    finish(&transaction).map_err(sqlite)?;
    transaction.commit().map_err(sqlite)?;
    Ok(Some(salvaged))
}

/// Copies every row of every page.
fn copy(images: &images::Images, into: &Connection) -> rusqlite::Result<Option<Salvaged>> {
    let tables = tables::Tables::known()?;
    let owners = tables.owners(images);
    let mut rows = vec![0; tables.all().len()];
    let mut salvaged = Salvaged { cut_pages: images.cut, ..Salvaged::default() };
    let mut has_schema = !owners.is_empty();
    for image in &images.all {
        let Some(bytes) = images.bytes(*image) else { continue };
        let content = tables::Tables::read(images, image.page, &bytes);
        let known = owners.get(&image.page).copied();
        let fitting = known.filter(|table| content.rows.iter().any(|row| tables.all()[*table].fits(row)));
        let Some(nth) = fitting.or_else(|| tables.of_rows(&content.rows)) else {
            has_schema |= content.rows.iter().any(|row| tables::root(row).is_some());
            continue;
        };
        let table = &tables.all()[nth];
        salvaged.unreadable += content.unreadable;
        for row in &content.rows {
            if table.fits(row) {
                rows[nth] += table.insert(into, row)?;
            } else {
                salvaged.unreadable += 1;
            }
        }
    }
    salvaged.rows = tables.all().iter().zip(rows).map(|(table, rows)| (table.name.clone(), rows)).collect();
    let found = has_schema || salvaged.rows.iter().any(|(_, rows)| *rows > 0);
    Ok(found.then_some(salvaged))
}

/// Adds substitute rows for sessions whose own row is lost, so that their seconds have a place, and removes what belongs to
/// no session; returns the numbers of these sessions.
fn adopt_orphans(into: &Connection) -> rusqlite::Result<Vec<i64>> {
    let sql = "INSERT INTO session (id, started_us, last_us, source, clock, machine, profile_sha256, crop, software) \
               SELECT session, min(t_us) - 1000000, max(t_us), 'salvaged: the session''s own row is lost', 'unknown', \
               'unknown', '', 'unknown', 'unknown' FROM sample WHERE session NOT IN (SELECT id FROM session) \
               GROUP BY session RETURNING id";
    let mut statement = into.prepare(sql)?;
    let substituted = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    for table in OF_SESSION {
        into.execute(&format!("DELETE FROM {table} WHERE session NOT IN (SELECT id FROM session)"), [])?;
    }
    into.execute_batch(
        "DELETE FROM finding_step WHERE finding NOT IN (SELECT id FROM finding);
         DELETE FROM calibration_forgotten WHERE calibration NOT IN (SELECT id FROM calibration);
         UPDATE calibration SET session = NULL WHERE session NOT IN (SELECT id FROM session);
         UPDATE finding_step SET session = NULL WHERE session NOT IN (SELECT id FROM session);
         UPDATE session SET revision_of = NULL WHERE revision_of NOT IN (SELECT id FROM session);",
    )?;
    Ok(substituted)
}

/// Counts the seconds that are there.
fn finish(into: &Connection) -> rusqlite::Result<()> {
    into.execute_batch(
        "UPDATE session SET seconds = (SELECT count(*) FROM sample WHERE sample.session = session.id);
         UPDATE session SET last_us = (SELECT max(t_us) FROM sample WHERE sample.session = session.id) \
         WHERE last_us < (SELECT max(t_us) FROM sample WHERE sample.session = session.id);",
    )
}
