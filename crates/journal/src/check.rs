//! Checks a whole journal: on demand, and in the background while it is written.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::InterruptHandle;

use super::error::JournalError;
use super::health::JournalHealth;
use super::{integrity, open, wal};

/// What SQLite finds wrong with the file, at most twenty lines; empty when it is sound. `thorough` compares indices with
/// their tables as well, which takes longer.
///
/// # Errors
/// [`JournalError`] when the file is no journal, cannot be opened, or cannot be read.
pub fn problems(path: &Path, thorough: bool) -> Result<Vec<String>, JournalError> {
    let connection = open::to_read(path)?;
    let mut lines = integrity::problems(&connection, thorough).map_err(|error| JournalError::sqlite(path, error))?;
    lines.extend(wal::problem(path));
    Ok(lines)
}

/// A check that runs on a thread of its own while the journal is written.
pub(super) struct BackgroundCheck {
    interrupt: InterruptHandle,
    thread: JoinHandle<()>,
}

impl BackgroundCheck {
    /// Starts the check; its result goes into `health`. `None` when the file cannot be opened or no thread started: then
    /// nothing is checked, and the next start tries again.
    pub fn start(path: &Path, health: &Arc<JournalHealth>) -> Option<Self> {
        let connection = open::to_read(path).ok()?;
        let interrupt = connection.get_interrupt_handle();
        let health = Arc::clone(health);
        let check = move || match integrity::problems(&connection, false) {
            Ok(lines) if lines.is_empty() => {
                tracing::info!("the journal is whole");
                health.set_damage(None);
            }
            Ok(lines) => {
                tracing::warn!("the journal is damaged: {}", lines.join("; "));
                health.set_damage(Some(lines.join("; ")));
            }
            // Interrupted, or the disk is gone: the next start checks again.
            Err(error) => tracing::info!("the journal could not be checked: {error}"),
        };
        let thread = std::thread::Builder::new().name("journal-check".to_owned()).spawn(check).ok()?;
        Some(Self { interrupt, thread })
    }

    /// Interrupts the check and waits for its thread: its connection must be closed before the writer's.
    pub fn stop(self) {
        while !self.thread.is_finished() {
            self.interrupt.interrupt();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // A panic has been reported by its own hook.
        let _ = self.thread.join();
    }
}
