//! SQLite's integrity check of an open file.

use rusqlite::Connection;

use super::error::is_damage;

/// Number of problems after which the check stops; more lines would add nothing for the reader (assumed).
const MAX_PROBLEMS: usize = 20;

/// What SQLite finds wrong with the file, at most [`MAX_PROBLEMS`] lines; empty when it is sound. `thorough` compares
/// indices with their tables as well, which takes longer.
pub(super) fn problems(connection: &Connection, thorough: bool) -> rusqlite::Result<Vec<String>> {
    let check = if thorough { "integrity_check" } else { "quick_check" };
    let mut statement = connection.prepare(&format!("PRAGMA {check}({MAX_PROBLEMS})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>();
    let mut lines = match lines {
        // A page that cannot be read is a finding of the check, not a failure to check.
        Err(error) if is_damage(&error) => vec![error.to_string()],
        lines => lines?,
    };
    lines.retain(|line| line != "ok");
    if thorough && lines.is_empty() {
        let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
        let orphans = orphans.query_map([], |row| row.get::<_, String>(0))?;
        for table in orphans.take(MAX_PROBLEMS) {
            lines.push(format!("a row of {} is of no session", table?));
        }
    }
    Ok(lines)
}
