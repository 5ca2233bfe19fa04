//! The journal: every session in one SQLite file, committed once a second, readable after any crash.
//!
//! ```text
//! service loop ──bounded queue──► writer thread ──one transaction a second──► journal.sqlite (WAL, synchronous=FULL)
//!                                        │
//!                                   JournalHealth ──► screen
//! ```
//!
//! The loop never waits for the disk. What the disk does not take is kept for an hour and tried again every second;
//! what overflows is counted, shown and recorded. Settings do not live here: a journal can be copied and sent.

mod health;
mod open;
mod reader;
mod writer;

pub use health::JournalHealth;
pub use open::JournalError;
pub use reader::{Journal, Session, StoredEvent};
pub use writer::{Entry, Overflow, SessionStart, Writer};
