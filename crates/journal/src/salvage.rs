//! Copies all that can be read of a damaged journal into a new one. The damaged file stays as it is.

mod header;

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::error::JournalError;
use super::open;
use super::quarantine::beside;

/// Tables that are small and copied as a whole.
const WHOLE_TABLES: [&str; 12] = [
    "profile",
    "session",
    "capture",
    "export",
    "correction",
    "proof",
    "seal",
    "open_minute",
    "finding",
    "finding_step",
    "calibration",
    "calibration_forgotten",
];
/// Tables whose primary key is the session and this column.
const KEYED_BY_SESSION: [(&str, &str); 12] = [
    ("sample", "t_us"),
    ("tenth", "t_us"),
    ("fusion", "t_us"),
    ("minute", "end_us"),
    ("event", "seq"),
    ("pan", "seq"),
    ("setting", "seq"),
    ("activity", "seq"),
    ("acknowledgement", "seq"),
    ("fact", "seq"),
    ("sensor", "seq"),
    ("bus", "seq"),
];

/// A table whose inner pages are destroyed fails wherever it is read: after this many failures it is given up (our choice).
const MAX_DAMAGED_READS: u64 = 5000;

/// Result of a salvage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Number of rows recovered, by table.
    pub rows: Vec<(&'static str, u64)>,
    /// Number of reads that ended at a damaged page.
    pub holes: u64,
}

/// Copies all rows that can be read in `damaged` into a new journal at `new`.
///
/// # Errors
/// [`JournalError::Missing`] when `damaged` is no file, [`JournalError::Exists`] when `new` exists; another one when nothing
/// can be read or the new journal cannot be written.
pub fn salvage(damaged: &Path, new: &Path) -> Result<Salvaged, JournalError> {
    if !damaged.is_file() {
        return Err(JournalError::Missing(damaged.to_owned()));
    }
    if new.exists() {
        return Err(JournalError::Exists(new.to_owned()));
    }
    let copy = beside(new, ".copy");
    let io = |error| JournalError::Copy { path: copy.clone(), error };
    std::fs::copy(damaged, &copy).map_err(io)?;
    let wal = beside(damaged, "-wal");
    if wal.exists() {
        std::fs::copy(wal, beside(&copy, "-wal")).map_err(io)?;
    }
    let done = recover(&copy, damaged, new, true);
    if done.is_err() {
        // An incomplete journal could be mistaken for the whole.
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(new, ending));
        }
    }
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&copy, ending));
    }
    done
}

/// `rebuild_header`: whether the first page may be rebuilt when the file cannot be opened.
fn recover(copy: &Path, damaged: &Path, new: &Path, rebuild_header: bool) -> Result<Salvaged, JournalError> {
    let sqlite = |path: &Path| {
        let path = path.to_owned();
        move |error| JournalError::Sqlite { path, error }
    };
    let mut into = open::to_write(new)?;
    let from = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite(damaged))?;
    if let Err(error) = from.query_row("SELECT count(*) FROM session", [], |row| row.get::<_, i64>(0)) {
        drop(from);
        if !rebuild_header || !rebuild_first_page(copy, new)? {
            return Err(sqlite(damaged)(error));
        }
        return recover(copy, damaged, new, false);
    }
    into.pragma_update(None, "foreign_keys", false).map_err(sqlite(new))?;
    let transaction = into.transaction().map_err(sqlite(new))?;
    let mut task = Task { from: &from, into: &transaction, salvaged: Salvaged::default() };
    for table in WHOLE_TABLES {
        task.whole_table(table).map_err(sqlite(new))?;
    }
    let sessions = task.sessions().map_err(sqlite(new))?;
    for (table, key) in KEYED_BY_SESSION {
        task.keyed_by_session(table, key, &sessions).map_err(sqlite(new))?;
    }
    // Seconds of a session whose own row is lost are kept: the session gets a substitute row.
    task.adopt_orphans().map_err(sqlite(new))?;
    let salvaged = task.salvaged;
    transaction.commit().map_err(sqlite(new))?;
    Ok(salvaged)
}

/// Rebuilds a destroyed first page, without which no other page is found. False when that is not possible.
fn rebuild_first_page(copy: &Path, new: &Path) -> Result<bool, JournalError> {
    let io = |error| JournalError::Copy { path: copy.to_owned(), error };
    // A new, empty journal supplies the header.
    let template = beside(new, ".lender");
    drop(open::to_write(&template)?);
    let fresh = std::fs::read(&template).map_err(io);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&template, ending));
    }
    let (fresh, mut bytes) = (fresh?, std::fs::read(copy).map_err(io)?);
    let made = header::rebuild(&mut bytes, &fresh);
    if made {
        std::fs::write(copy, bytes).map_err(io)?;
    }
    Ok(made)
}

/// How far the rows of a query could be copied.
enum Copied {
    /// All rows.
    All,
    /// There is damage after the row with this key; `None` when no row could be read.
    Until(Option<i64>),
}

/// The copying from the damaged file into the new one.
struct Task<'a> {
    from: &'a Connection,
    into: &'a Connection,
    salvaged: Salvaged,
}

impl Task<'_> {
    /// The columns that the table has in both files, in order.
    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        let of = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
            statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        };
        let existing = of(self.from).unwrap_or_default();
        Ok(of(self.into)?.into_iter().filter(|name| existing.contains(name)).collect())
    }

    /// Copies a table without knowing its sessions.
    fn whole_table(&mut self, table: &'static str) -> rusqlite::Result<()> {
        let columns = self.columns(table)?;
        if columns.is_empty() {
            return Ok(());
        }
        // From the first row until damage, and from the last row back.
        for order in ["", " DESC"] {
            let sql = format!("SELECT {} FROM {table} ORDER BY {}{order}", columns.join(", "), columns[0]);
            self.copy(table, &columns, &sql, &[], columns.len())?;
        }
        Ok(())
    }

    /// Numbers of all sessions that may exist.
    fn sessions(&self) -> rusqlite::Result<Vec<i64>> {
        let newest: i64 = self.into.query_row("SELECT coalesce(max(id), 0) FROM session", [], |row| row.get(0))?;
        let newest_sampled = "SELECT session FROM sample ORDER BY session DESC LIMIT 1";
        let newest_sampled: i64 = self.from.query_row(newest_sampled, [], |row| row.get(0)).unwrap_or(0);
        Ok((1..=newest.max(newest_sampled)).collect())
    }

    /// Copies a table session by session, around damaged pages.
    fn keyed_by_session(&mut self, table: &'static str, key: &str, sessions: &[i64]) -> rusqlite::Result<()> {
        let columns = self.columns(table)?;
        if columns.is_empty() {
            return Ok(());
        }
        let names = columns.join(", ");
        let sql =
            format!("SELECT {names}, {key} FROM {table} WHERE session = ?1 AND {key} BETWEEN ?2 AND ?3 ORDER BY {key}");
        for &session in sessions {
            let ends = format!("SELECT {key} FROM {table} WHERE session = ?1 ORDER BY {key}");
            let end = |order: &str| {
                self.from.query_row(&format!("{ends}{order} LIMIT 1"), [session], |row| row.get::<_, i64>(0))
            };
            // An end that cannot be read is set to the lowest or highest key possible.
            let (low, high) = match (end(""), end(" DESC")) {
                (Err(rusqlite::Error::QueryReturnedNoRows), Err(rusqlite::Error::QueryReturnedNoRows)) => continue,
                (low, high) => {
                    let max = if key == "seq" { 1 << 32 } else { 1 << 52 };
                    (low.unwrap_or(0), high.unwrap_or(max))
                }
            };
            let step = if key == "seq" { 1 } else { 1_000_000 };
            self.range(table, &columns, &sql, session, (low, high), step)?;
        }
        Ok(())
    }

    /// Copies a range of keys; after a damaged page it continues with the two halves of the rest.
    fn range(
        &mut self,
        table: &'static str,
        columns: &[String],
        sql: &str,
        session: i64,
        whole: (i64, i64),
        step: i64,
    ) -> rusqlite::Result<()> {
        let mut left = vec![whole];
        let max_holes = self.salvaged.holes + MAX_DAMAGED_READS;
        while let Some((low, high)) = left.pop()
            && self.salvaged.holes < max_holes
        {
            let values = [Value::Integer(session), Value::Integer(low), Value::Integer(high)];
            let Copied::Until(reached) = self.copy(table, columns, sql, &values, columns.len())? else { continue };
            let from = reached.map_or(low, |key| key + 1);
            if high - from > step {
                let middle = i64::midpoint(from, high);
                left.push((middle + 1, high));
                // The first half may begin within the damage: it is halved again.
                left.push((from, middle));
            }
        }
        Ok(())
    }

    /// Copies the rows of a query until its end or damage. `key_at` is the index of the column with the key.
    fn copy(
        &mut self,
        table: &'static str,
        columns: &[String],
        sql: &str,
        values: &[Value],
        key_at: usize,
    ) -> rusqlite::Result<Copied> {
        let placeholders = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({placeholders})", columns.join(", "));
        let mut insert = self.into.prepare_cached(&insert)?;
        let (mut reached, mut copied) = (None, 0);
        let whole = (|| -> rusqlite::Result<()> {
            let mut statement = self.from.prepare_cached(sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let cells =
                    (0..columns.len()).map(|at| row.get::<_, Value>(at)).collect::<rusqlite::Result<Vec<_>>>()?;
                if key_at < row.as_ref().column_count() {
                    reached = Some(row.get(key_at)?);
                }
                // A row that breaks a constraint of the table is garbage and left out.
                copied += insert.execute(params_from_iter(cells)).unwrap_or(0) as u64;
            }
            Ok(())
        })();
        match self.salvaged.rows.iter_mut().find(|(name, _)| *name == table) {
            Some((_, rows)) => *rows += copied,
            None => self.salvaged.rows.push((table, copied)),
        }
        if whole.is_err() {
            self.salvaged.holes += 1;
            return Ok(Copied::Until(reached));
        }
        Ok(Copied::All)
    }

    /// Adds substitute rows for sessions whose own row is lost, and removes what belongs to no session.
    fn adopt_orphans(&self) -> rusqlite::Result<()> {
        self.into.execute(
            "INSERT INTO session (id, started_us, last_us, source, clock, machine, profile_sha256, crop, software) \
             SELECT session, min(t_us) - 1000000, max(t_us), 'salvaged: the session''s own row is lost', 'unknown', 'unknown', \
             '', 'unknown', 'unknown' FROM sample WHERE session NOT IN (SELECT id FROM session) GROUP BY session",
            [],
        )?;
        for (table, _) in KEYED_BY_SESSION {
            self.into.execute(&format!("DELETE FROM {table} WHERE session NOT IN (SELECT id FROM session)"), [])?;
        }
        for table in ["capture", "export", "correction", "proof", "open_minute", "finding"] {
            self.into.execute(&format!("DELETE FROM {table} WHERE session NOT IN (SELECT id FROM session)"), [])?;
        }
        self.into.execute("DELETE FROM finding_step WHERE finding NOT IN (SELECT id FROM finding)", [])?;
        self.into
            .execute("UPDATE finding_step SET session = NULL WHERE session NOT IN (SELECT id FROM session)", [])?;
        let count = "UPDATE session SET seconds = (SELECT count(*) FROM sample WHERE sample.session = session.id)";
        self.into.execute(count, [])?;
        self.into
            .execute("UPDATE session SET revision_of = NULL WHERE revision_of NOT IN (SELECT id FROM session)", [])?;
        Ok(())
    }
}
