//! Is the file whole? In the background at start, and on demand.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::{Connection, InterruptHandle};

use super::health::JournalHealth;
use super::open::{self, JournalError};

/// Problems beyond this number tell nothing new.
const MOST: usize = 20;

/// What SQLite finds wrong with the file, at most twenty lines; empty when it is whole. `thorough` compares indices with
/// their tables as well, which takes longer.
pub fn problems(path: &Path, thorough: bool) -> Result<Vec<String>, JournalError> {
    let connection = open::to_read(path)?;
    examine(&connection, thorough).map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })
}

fn examine(connection: &Connection, thorough: bool) -> rusqlite::Result<Vec<String>> {
    let check = if thorough { "integrity_check" } else { "quick_check" };
    let mut statement = connection.prepare(&format!("PRAGMA {check}({MOST})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>();
    let mut lines = match lines {
        // A page that cannot even be looked at is an answer, not a failure to answer.
        Err(error) if is_damage(&error) => vec![error.to_string()],
        lines => lines?,
    };
    lines.retain(|line| line != "ok");
    if thorough && lines.is_empty() {
        let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
        let orphans = orphans.query_map([], |row| row.get::<_, String>(0))?;
        for table in orphans.take(MOST) {
            lines.push(format!("a row of {} is of no session", table?));
        }
    }
    Ok(lines)
}

/// True when SQLite says that the file itself is at fault.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// A check that runs beside the writing.
pub(super) struct Background {
    interrupt: InterruptHandle,
    thread: JoinHandle<()>,
}

impl Background {
    /// Begins to check; the outcome goes into `health`. `None` when it cannot: then nothing is said either.
    pub fn start(path: &Path, health: &Arc<JournalHealth>) -> Option<Self> {
        let connection = open::to_read(path).ok()?;
        let interrupt = connection.get_interrupt_handle();
        let health = Arc::clone(health);
        let look = move || match examine(&connection, false) {
            Ok(lines) if lines.is_empty() => {
                tracing::info!("the journal is whole");
                health.set_checked(None);
            }
            Ok(lines) => {
                tracing::warn!("the journal is damaged: {}", lines.join("; "));
                health.set_checked(Some(lines.join("; ")));
            }
            // Interrupted, or the disk is away: the next start looks again.
            Err(error) => tracing::info!("the journal could not be checked: {error}"),
        };
        let thread = std::thread::Builder::new().name("journal-check".to_owned()).spawn(look).ok()?;
        Some(Self { interrupt, thread })
    }

    /// Nobody waits for the answer any more: its connection must not outlive the writer's.
    pub fn stop(self) {
        while !self.thread.is_finished() {
            self.interrupt.interrupt();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // A panic has been reported by its own hook.
        let _ = self.thread.join();
    }
}
