//! Calibrations: what pans have taught, kept for the next field. Rows are added, never changed; a second table says which
//! are forgotten.

use std::path::Path;

use rusqlite::{Connection, Row, TransactionBehavior, params};
use serde::Serialize;

use super::calibration_file::CalibrationFile;
use super::error::JournalError;
use super::open;
use super::reader::Journal;
use grainloss_core::data_file;
use grainloss_core::harvest::{Calibration, CalibrationOrigin, PansTaught};
use grainloss_core::record::EventRecord;

/// A calibration as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredCalibration {
    /// Its number.
    pub id: i64,
    /// The session whose pans taught it; `None` when it was imported.
    pub session: Option<i64>,
    /// When it was true, microseconds since 1970-01-01 UTC, bus time.
    pub t_us: i64,
    /// The machine profile's name.
    pub machine: String,
    /// The owner's name for the machine.
    pub machine_name: Option<String>,
    /// Licence plate.
    pub plate: Option<String>,
    /// The crop's name.
    pub crop: String,
    /// The field's name.
    pub field: Option<String>,
    /// Pans that told of the loss behind the machine.
    pub rear_pans: u32,
    /// Pans that told of the loss at the header.
    pub header_pans: u32,
    /// The smallest load at which they were taken, over that of ordinary work.
    pub load_lo: Option<f64>,
    /// The largest.
    pub load_hi: Option<f64>,
    /// The driest grain, share of wet mass; `None` when it was not measured.
    pub moisture_lo: Option<f64>,
    /// The wettest.
    pub moisture_hi: Option<f64>,
    /// SHA-256 of `learned`, hexadecimal.
    pub sha256: String,
    /// What the estimator knew, as JSON.
    #[serde(skip)]
    pub learned: String,
    /// When it was imported, by the wall clock; `None` when it was not.
    pub imported_us: Option<i64>,
    /// When it was forgotten, by the wall clock; `None` when it was not.
    pub forgotten_us: Option<i64>,
}

/// The columns of [`StoredCalibration`].
const COLUMNS: &str = "id, session, t_us, machine, machine_name, plate, crop, field, rear_pans, header_pans, load_lo, load_hi, \
    moisture_lo, moisture_hi, sha256, learned, imported_us, \
    (SELECT made_us FROM calibration_forgotten WHERE calibration = calibration.id) AS forgotten_us";
/// Of a session the newest alone.
const NEWEST: &str = "(session IS NULL OR id = (SELECT max(id) FROM calibration AS other WHERE other.session = \
    calibration.session))";

impl StoredCalibration {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            session: row.get("session")?,
            t_us: row.get("t_us")?,
            machine: row.get("machine")?,
            machine_name: row.get("machine_name")?,
            plate: row.get("plate")?,
            crop: row.get("crop")?,
            field: row.get("field")?,
            rear_pans: row.get("rear_pans")?,
            header_pans: row.get("header_pans")?,
            load_lo: row.get("load_lo")?,
            load_hi: row.get("load_hi")?,
            moisture_lo: row.get("moisture_lo")?,
            moisture_hi: row.get("moisture_hi")?,
            sha256: row.get("sha256")?,
            learned: row.get("learned")?,
            imported_us: row.get("imported_us")?,
            forgotten_us: row.get("forgotten_us")?,
        })
    }

    /// What the estimator knew; `None` when another version of the program stored it, or it was changed since.
    pub fn calibration(&self) -> Option<Calibration> {
        let is_whole = data_file::sha256(&[self.learned.as_bytes()]) == self.sha256;
        serde_json::from_str(&self.learned).ok().filter(|_| is_whole)
    }

    /// The name by which people know its machine: the owner's, else the licence plate, else the profile's.
    pub fn known_as(&self) -> String {
        self.machine_name.as_ref().or(self.plate.as_ref()).unwrap_or(&self.machine).clone()
    }

    /// The file to export; `None` as for [`calibration`](Self::calibration).
    pub fn file(&self) -> Option<CalibrationFile> {
        let Self { machine, machine_name, plate, crop, field, .. } = self.clone();
        Some(CalibrationFile::new(machine, machine_name, plate, crop, field, self.calibration()?))
    }

    /// True for a calibration of this machine: of its profile, and with no other name and no other plate.
    pub fn is_of(&self, machine: &str, machine_name: Option<&str>, plate: Option<&str>) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| one.zip(other).map(|(one, other)| one == other);
        let (name, plate) = (same(self.machine_name.as_deref(), machine_name), same(self.plate.as_deref(), plate));
        // What came from elsewhere is of this machine only when something says so.
        let by_default = self.session.is_some();
        self.machine == machine
            && name != Some(false)
            && plate != Some(false)
            && (by_default || name == Some(true) || plate == Some(true))
    }
}

/// The columns that say what the pans of a calibration span.
fn spans(calibration: &Calibration) -> [Option<f64>; 4] {
    let taught = || [&calibration.rear_pans, &calibration.header_pans].into_iter().flatten();
    let over = |ranges: &mut dyn Iterator<Item = (f64, f64)>| {
        ranges.reduce(|(low, high), (l, h)| (low.min(l), high.max(h))).unzip()
    };
    let (load_lo, load_hi) = over(&mut taught().map(PansTaught::load));
    let (moisture_lo, moisture_hi) = over(&mut taught().filter_map(PansTaught::moisture));
    [load_lo, load_hi, moisture_lo, moisture_hi]
}

fn pans(taught: Option<&PansTaught>) -> u32 {
    taught.map_or(0, |taught| taught.pans)
}

/// Adds what a session has taught; its SHA-256, `None` when it cannot be written as JSON.
pub(super) fn keep(
    connection: &Connection,
    session: i64,
    calibration: &Calibration,
) -> rusqlite::Result<Option<String>> {
    let Ok(learned) = serde_json::to_string(calibration) else { return Ok(None) };
    let sha256 = data_file::sha256(&[learned.as_bytes()]);
    let newest = calibration.rear_pans.as_ref().or(calibration.header_pans.as_ref());
    let [load_lo, load_hi, moisture_lo, moisture_hi] = spans(calibration);
    let sql = "INSERT INTO calibration (session, t_us, machine, machine_name, plate, crop, field, rear_pans, header_pans, \
               load_lo, load_hi, moisture_lo, moisture_hi, sha256, learned) \
               SELECT id, ?2, machine, machine_name, plate, crop, coalesce(?3, field), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 \
               FROM session WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        session,
        calibration.t_us,
        newest.and_then(|taught| taught.field.as_ref()),
        pans(calibration.rear_pans.as_ref()),
        pans(calibration.header_pans.as_ref()),
        load_lo,
        load_hi,
        moisture_lo,
        moisture_hi,
        sha256,
        learned
    ])?;
    Ok(Some(sha256))
}

/// Adds a calibration of a file, imported at `imported_us` by the wall clock; its number. One that was
/// imported before and is not forgotten is not added again.
///
/// # Errors
/// [`JournalError`] when the journal cannot be opened or written.
pub fn import_calibration(path: &Path, file: &CalibrationFile, imported_us: i64) -> Result<i64, JournalError> {
    let mut connection = open::to_write(path)?;
    let mut add = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let c = &file.learned;
        let learned = serde_json::to_string(c).unwrap_or_default();
        let sha256 = data_file::sha256(&[learned.as_bytes()]);
        let there = "SELECT max(id) FROM calibration WHERE sha256 = ?1 AND session IS NULL AND id NOT IN \
                     (SELECT calibration FROM calibration_forgotten)";
        if let Some(id) = transaction.query_row(there, [&sha256], |row| row.get::<_, Option<i64>>(0))? {
            return Ok(id);
        }
        let [load_lo, load_hi, moisture_lo, moisture_hi] = spans(c);
        transaction.execute(
            "INSERT INTO calibration (t_us, machine, machine_name, plate, crop, field, rear_pans, header_pans, load_lo, \
             load_hi, moisture_lo, moisture_hi, sha256, learned, imported_us) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                c.t_us,
                file.machine,
                file.machine_name,
                file.plate,
                file.crop,
                file.field,
                pans(c.rear_pans.as_ref()),
                pans(c.header_pans.as_ref()),
                load_lo,
                load_hi,
                moisture_lo,
                moisture_hi,
                sha256,
                learned,
                imported_us
            ],
        )?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        Ok(id)
    };
    add().map_err(|error| JournalError::sqlite(path, error))
}

/// No session begins with this calibration any more, from `made_us` on by the wall clock. Said twice, it stays as it was
/// said first.
///
/// # Errors
/// [`JournalError::NoCalibration`] when there is none of this number; another one when the journal cannot be opened or
/// written.
pub fn forget_calibration(path: &Path, id: i64, made_us: i64) -> Result<(), JournalError> {
    Journal::open(path)?.calibration(id)?;
    let connection = open::to_write(path)?;
    let sql = "INSERT OR IGNORE INTO calibration_forgotten (calibration, made_us) VALUES (?1, ?2)";
    connection.execute(sql, params![id, made_us]).map(drop).map_err(|error| JournalError::sqlite(path, error))
}

impl Journal {
    /// Every calibration, oldest first; of a session the newest alone.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn calibrations(&self) -> Result<Vec<StoredCalibration>, JournalError> {
        self.calibrations_where(&format!("{NEWEST} ORDER BY id"), &[])
    }

    /// One of them, by its number.
    ///
    /// # Errors
    /// [`JournalError::NoCalibration`] when there is none of this number, [`JournalError::Sqlite`] when the file cannot be
    /// read.
    pub fn calibration(&self, id: i64) -> Result<StoredCalibration, JournalError> {
        let found = self.calibrations_where("id = ?1", &[&id])?.pop();
        found.ok_or_else(|| JournalError::NoCalibration { path: self.path().to_owned(), id })
    }

    /// Those that a session in this crop can begin with at bus time `now_us`: not forgotten, not of later, not of a session
    /// that was recomputed; newest first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn calibrations_for(&self, crop: &str, now_us: i64) -> Result<Vec<StoredCalibration>, JournalError> {
        let original =
            "NOT EXISTS (SELECT 1 FROM session WHERE session.id = calibration.session AND revision_of NOT NULL)";
        let which = format!(
            "{NEWEST} AND crop = ?1 AND t_us <= ?2 AND forgotten_us IS NULL AND {original} ORDER BY t_us DESC, id DESC"
        );
        self.calibrations_where(&which, &[&crop, &now_us])
    }

    /// Where the calibration comes from that a session began with; `None` when it began with none. Of one out of a file that
    /// was not imported only the number of pans and their age are known.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn calibration_origin(&self, session: i64) -> Result<Option<CalibrationOrigin>, JournalError> {
        let of = |event: &&EventRecord, id: &str| event.kind == "calibration" && event.id == id;
        let events = self.events(session)?;
        let Some(event) = events.iter().find(|event| of(event, "adopted") || of(event, "adopted-other")) else {
            return Ok(None);
        };
        let stored = self.adopted_calibration(session)?;
        let origin = match stored.as_ref().and_then(|stored| Some((stored, stored.calibration()?))) {
            Some((stored, calibration)) => {
                let other = (event.id == "adopted-other").then(|| stored.known_as());
                calibration.origin(stored.field.clone(), other)
            }
            None => CalibrationOrigin {
                newest_us: event.t_us - event.value.map_or(0, |days| (days * 86_400e6) as i64),
                rear_pans: event.count.and_then(|pans| u32::try_from(pans).ok()).unwrap_or(0),
                ..CalibrationOrigin::default()
            },
        };
        let plates_reset = events.iter().any(|event| of(&event, "plates-reset"));
        Ok(Some(CalibrationOrigin { plates_reset, counts: event.level == Some(1), ..origin }))
    }

    /// The calibration that a session began with; `None` when it began with none, or with one of a file.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn adopted_calibration(&self, session: i64) -> Result<Option<StoredCalibration>, JournalError> {
        // What was exported and imported again is there twice: of this machine the original, of another one the import.
        let of = |id: &str, first: &str| {
            let sha256 =
                format!("SELECT stream FROM event WHERE session = ?1 AND kind = 'calibration' AND id = '{id}'");
            let which = format!("sha256 = ({sha256} ORDER BY seq LIMIT 1) ORDER BY {first}, id DESC LIMIT 1");
            self.calibrations_where(&which, &[&session])
        };
        let own = of("adopted", "session IS NULL")?.pop();
        own.map_or_else(|| Ok(of("adopted-other", "session NOT NULL")?.pop()), |own| Ok(Some(own)))
    }

    /// When somebody last said, until bus time `until_us`, that the loss plates of this machine, by its profile's name, were
    /// touched; `None` when nobody did.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn plates_touched_us(&self, machine: &str, until_us: i64) -> Result<Option<i64>, JournalError> {
        let sql = "SELECT max(t_us) FROM event JOIN session ON session.id = event.session \
                   WHERE kind = 'calibration' AND event.id = 'plates-touched' AND machine = ?1 \
                   AND t_us <= ?2";
        let found = self.connection.prepare_cached(sql);
        found
            .and_then(|mut found| found.query_row(params![machine, until_us], |row| row.get(0)))
            .map_err(|error| self.sqlite_error(error))
    }

    fn calibrations_where(
        &self,
        which: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<StoredCalibration>, JournalError> {
        let read = || {
            let mut statement =
                self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM calibration WHERE {which}"))?;
            statement.query_map(values, StoredCalibration::of)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.sqlite_error(error))
    }
}
