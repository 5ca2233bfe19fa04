//! What can still be read of a damaged journal goes into a new one. The damaged file stays as it is.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::first_page;
use super::open::{self, JournalError};
use super::quarantine::beside;

/// Numbered by themselves, or by something else than session and time.
const PLAIN: [&str; 8] = ["profile", "session", "capture", "export", "correction", "proof", "finding", "finding_step"];
/// Numbered by session and one more column.
const BY_SESSION: [(&str, &str); 11] = [
    ("sample", "t_us"),
    ("tenth", "t_us"),
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

/// A table whose upper pages are gone fails wherever it is read: after so many failures it is left (our choice).
const MOST_HOLES: u64 = 5000;

/// What was recovered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Rows by table.
    pub rows: Vec<(&'static str, u64)>,
    /// Reads that ended at a damaged page.
    pub holes: u64,
}

/// Reads everything readable from `damaged` into a new journal at `new`, where no file may be.
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
        // Half a journal would be taken for what there was.
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(new, ending));
        }
    }
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&copy, ending));
    }
    done
}

/// `mend`: the first page may be made anew.
fn recover(copy: &Path, damaged: &Path, new: &Path, mend: bool) -> Result<Salvaged, JournalError> {
    let sqlite = |path: &Path| {
        let path = path.to_owned();
        move |error| JournalError::Sqlite { path, error }
    };
    let mut into = open::to_write(new)?;
    let from = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite(damaged))?;
    if let Err(error) = from.query_row("SELECT count(*) FROM session", [], |row| row.get::<_, i64>(0)) {
        drop(from);
        if !mend || !make_first_page(copy, new)? {
            return Err(sqlite(damaged)(error));
        }
        return recover(copy, damaged, new, false);
    }
    into.pragma_update(None, "foreign_keys", false).map_err(sqlite(new))?;
    let transaction = into.transaction().map_err(sqlite(new))?;
    let mut task = Task { from: &from, into: &transaction, salvaged: Salvaged::default() };
    for table in PLAIN {
        task.plain(table).map_err(sqlite(new))?;
    }
    let sessions = task.sessions().map_err(sqlite(new))?;
    for (table, key) in BY_SESSION {
        task.by_session(table, key, &sessions).map_err(sqlite(new))?;
    }
    // A session whose own row is gone: its seconds are worth having.
    task.adopt().map_err(sqlite(new))?;
    let salvaged = task.salvaged;
    transaction.commit().map_err(sqlite(new))?;
    Ok(salvaged)
}

/// The first page is gone, with it the way to all others: it is made anew. False where that cannot be.
fn make_first_page(copy: &Path, new: &Path) -> Result<bool, JournalError> {
    let io = |error| JournalError::Copy { path: copy.to_owned(), error };
    let lender = beside(new, ".lender");
    drop(open::to_write(&lender)?);
    let fresh = std::fs::read(&lender).map_err(io);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&lender, ending));
    }
    let (fresh, mut bytes) = (fresh?, std::fs::read(copy).map_err(io)?);
    let made = first_page::make_anew(&mut bytes, &fresh);
    if made {
        std::fs::write(copy, bytes).map_err(io)?;
    }
    Ok(made)
}

/// How far a query could be copied.
enum Copied {
    All,
    /// There is damage behind the row of this key; `None` when no row could be read.
    Until(Option<i64>),
}

struct Task<'a> {
    from: &'a Connection,
    into: &'a Connection,
    salvaged: Salvaged,
}

impl Task<'_> {
    /// The columns that both files know, in order.
    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        let of = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
            statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        };
        let there = of(self.from).unwrap_or_default();
        Ok(of(self.into)?.into_iter().filter(|name| there.contains(name)).collect())
    }

    fn plain(&mut self, table: &'static str) -> rusqlite::Result<()> {
        let columns = self.columns(table)?;
        if columns.is_empty() {
            return Ok(());
        }
        // From the front as far as it goes, and from the back.
        for order in ["", " DESC"] {
            let sql = format!("SELECT {} FROM {table} ORDER BY {}{order}", columns.join(", "), columns[0]);
            self.copy(table, &columns, &sql, &[], columns.len())?;
        }
        Ok(())
    }

    /// The sessions that are known, or may have been.
    fn sessions(&self) -> rusqlite::Result<Vec<i64>> {
        let newest: i64 = self.into.query_row("SELECT coalesce(max(id), 0) FROM session", [], |row| row.get(0))?;
        let seen = "SELECT session FROM sample ORDER BY session DESC LIMIT 1";
        let seen: i64 = self.from.query_row(seen, [], |row| row.get(0)).unwrap_or(0);
        Ok((1..=newest.max(seen)).collect())
    }

    fn by_session(&mut self, table: &'static str, key: &str, sessions: &[i64]) -> rusqlite::Result<()> {
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
            // Where an end cannot be read, it is where it may be at most.
            let (low, high) = match (end(""), end(" DESC")) {
                (Err(rusqlite::Error::QueryReturnedNoRows), Err(rusqlite::Error::QueryReturnedNoRows)) => continue,
                (low, high) => {
                    let most = if key == "seq" { 1 << 32 } else { 1 << 52 };
                    (low.unwrap_or(0), high.unwrap_or(most))
                }
            };
            let step = if key == "seq" { 1 } else { 1_000_000 };
            self.range(table, &columns, &sql, session, (low, high), step)?;
        }
        Ok(())
    }

    /// Reads a range of keys; behind a damaged page it goes on with halves of what is left.
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
        let most = self.salvaged.holes + MOST_HOLES;
        while let Some((low, high)) = left.pop()
            && self.salvaged.holes < most
        {
            let values = [Value::Integer(session), Value::Integer(low), Value::Integer(high)];
            let Copied::Until(reached) = self.copy(table, columns, sql, &values, columns.len())? else { continue };
            let from = reached.map_or(low, |key| key + 1);
            if high - from > step {
                let middle = i64::midpoint(from, high);
                left.push((middle + 1, high));
                // Nothing of it was read: it begins within the damage, and only its halves can tell more.
                left.push((from, middle));
            }
        }
        Ok(())
    }

    /// Copies what the query gives, as far as it goes.
    fn copy(
        &mut self,
        table: &'static str,
        columns: &[String],
        sql: &str,
        values: &[Value],
        key_at: usize,
    ) -> rusqlite::Result<Copied> {
        let marks = vec!["?"; columns.len()].join(", ");
        let put = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        let mut put = self.into.prepare_cached(&put)?;
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
                // What is no row of this table any more is left out.
                copied += put.execute(params_from_iter(cells)).unwrap_or(0) as u64;
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

    fn adopt(&self) -> rusqlite::Result<()> {
        self.into.execute(
            "INSERT INTO session (id, started_us, last_us, source, clock, machine, profile_sha256, crop, software) \
             SELECT session, min(t_us) - 1000000, max(t_us), 'salvaged: the session''s own row is lost', 'unknown', 'unknown', \
             '', 'unknown', 'unknown' FROM sample WHERE session NOT IN (SELECT id FROM session) GROUP BY session",
            [],
        )?;
        for (table, _) in BY_SESSION {
            self.into.execute(&format!("DELETE FROM {table} WHERE session NOT IN (SELECT id FROM session)"), [])?;
        }
        for table in ["capture", "export", "correction", "proof", "finding"] {
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
