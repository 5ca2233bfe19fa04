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

mod entry;
mod health;
mod open;
mod reader;
mod seconds;
mod start;
mod stored;
mod transaction;
mod writer;

pub use entry::{
    AcknowledgementRecord, BusRecord, Entry, FactRecord, Item, Origin, PanFound, PanRecord, SensorRecord, SettingRecord,
};
pub use health::JournalHealth;
pub use open::JournalError;
pub use reader::{Journal, StoredEvent};
pub use seconds::{CuttingTally, Seal, StoredSecond, basis};
pub use start::{Entered, ProfileText, SessionStart};
pub use stored::{
    ActivitySpan, Capture, Correction, Export, Minute, Session, StoredAlarm, StoredBus, StoredFact, StoredPan,
    StoredSensor, StoredSetting,
};
pub use writer::{Overflow, Writer};
