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

pub mod capture;
mod captures;
mod chain;
mod check;
mod correct;
mod entry;
mod findings;
mod first_page;
mod health;
mod key;
mod open;
mod proof;
mod quarantine;
mod reader;
mod records;
mod revise;
mod rows;
mod salvage;
mod seconds;
mod start;
mod transaction;
mod verify;
mod writer;

pub use captures::{Captures, capture_path, mark_exported};
pub use check::problems;
pub use correct::{NewCorrection, correct};
pub use entry::{
    AcknowledgementRecord, BusRecord, Entry, FactRecord, Item, Origin, PanFound, PanRecord, SensorRecord, SettingRecord,
};
pub use findings::{Finding, FindingStep, add_findings};
pub use health::JournalHealth;
pub use key::{DeviceKeys, public_keys};
pub use open::JournalError;
pub use proof::{Altered, PROOF_VERSION, Proof, ProofMinute, RowsHash, Unsigned, Verdict, minute_end};
pub use reader::{Journal, StoredEvent};
pub use records::{
    ActivitySpan, Capture, Correction, Export, Minute, Session, StoredAlarm, StoredBus, StoredFact, StoredPan,
    StoredSensor, StoredSetting,
};
pub use revise::revise_alarms;
pub use salvage::{Salvaged, salvage};
pub use seconds::{CuttingTally, Seal, StoredSecond, basis};
pub use start::{Entered, Memory, ProfileText, SessionStart};
pub use writer::{Overflow, Writer};
