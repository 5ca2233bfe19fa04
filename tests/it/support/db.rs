//! Looking into a journal from outside, without any code of ours.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, ToSql, types::FromSql};

/// Opens the file as any other program would.
pub fn open(path: &Path) -> Connection {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection
}

/// One value.
pub fn value<T: FromSql>(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> T {
    connection.query_row(sql, values, |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Times of a session's samples, in order.
pub fn times_us(connection: &Connection, session: i64) -> Vec<i64> {
    let mut statement = connection.prepare("SELECT t_us FROM sample WHERE session = ?1 ORDER BY t_us").unwrap();
    let times = statement.query_map([session], |row| row.get(0)).unwrap();
    times.map(Result::unwrap).collect()
}

/// Samples in the file, 0 while it is not there or not readable yet.
pub fn samples_so_far(path: &Path) -> i64 {
    let count = |connection: Connection| connection.query_row("SELECT count(*) FROM sample", [], |row| row.get(0));
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(count).unwrap_or(0)
}

/// SQLite's own check.
pub fn assert_sound(connection: &Connection) {
    assert_eq!(value::<String>(connection, "PRAGMA integrity_check", &[]), "ok");
    let mut foreign = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!foreign.exists([]).unwrap(), "a sample or event without its session");
}

/// Every second follows the one before.
pub fn assert_contiguous(times_us: &[i64]) {
    for pair in times_us.windows(2) {
        assert_eq!(pair[1] - pair[0], 1_000_000, "a hole after {}", pair[0]);
    }
}

/// Where commits end in a write-ahead log, by SQLite's file format: a header of 32 bytes, then frames of 24 bytes and a
/// page; a frame whose second word is not 0 ends a transaction.
pub fn commits(wal: &[u8]) -> Vec<usize> {
    let word = |at: usize| u32::from_be_bytes(wal[at..at + 4].try_into().unwrap());
    let (page, salt) = (word(8) as usize, word(16));
    let frames = (32..).step_by(24 + page).take_while(|at| at + 24 + page <= wal.len() && word(at + 8) == salt);
    frames.filter(|at| word(at + 4) != 0).map(|at| at + 24 + page).collect()
}

/// A change in a table that takes values of any type meanwhile, and looks as before afterwards.
pub fn untyped(table: &str, change: &str) -> String {
    let set = |sql: &str| {
        format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = {sql} WHERE name = '{table}'; \
             PRAGMA writable_schema = RESET; "
        )
    };
    let free = "replace(replace(replace(replace(sql, 'STRICT, ', ''), ' REAL', ''), ' INTEGER', ''), ' TEXT', '')";
    let keep = format!("CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = '{table}'; ");
    [&keep, &set(free), change, "; ", &set("(SELECT sql FROM kept)"), "DROP TABLE kept; "].concat()
}
