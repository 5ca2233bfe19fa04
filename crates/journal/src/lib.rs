//! The journal: every session in one SQLite file, committed once a second, readable after any crash.
//!
//! ```text
//! service loop ──bounded queue──► writer thread ──one transaction a second──► journal.sqlite (WAL, synchronous=FULL)
//!                                        │
//!                                   JournalHealth ──► screen
//! ```
//!
//! The service loop never waits for the disk. While the disk refuses to write, records wait in memory for about an hour
//! and the write is tried again every second; records that are lost are counted, shown and noted. The journal holds no
//! settings of the program, so it can be copied and sent.

mod activity;
mod begin;
mod belongings;
mod calibration_file;
mod calibrations;
pub mod capture;
mod captures;
mod chain;
mod check;
mod closing;
mod correct;
mod drivers;
mod entry;
mod error;
mod file_signature;
mod findings;
mod fusions;
mod hashed_columns;
mod health;
mod integrity;
mod key;
mod limit_tally;
mod minute_rows;
mod numbered;
mod open;
mod overflow;
mod points;
mod progress;
mod proof;
mod quarantine;
mod reader;
mod records;
mod renew;
mod resume;
mod revise;
mod rows;
mod salvage;
mod schema;
mod seals;
mod seconds;
mod session;
mod session_start;
mod transaction;
mod verification;
mod verify;
mod wal;
mod work_tally;
mod writer;

pub use belongings::belonging;
pub use calibration_file::{CalibrationFile, CalibrationFileError};
pub use calibrations::{StoredCalibration, forget_calibration, import_calibration};
pub use captures::{Captures, PresentCapture, capture_path, mark_exported};
pub use check::problems;
pub use correct::{NewCorrection, correct};
pub use drivers::{DriverSpan, Drivers};
pub use ed25519_dalek::SigningKey;
pub use entry::{
    AcknowledgementRecord, BusRecord, Entry, FactRecord, Item, Origin, PanFound, PanRecord, SensorRecord, SettingRecord,
};
pub use error::JournalError;
pub use file_signature::FileSignature;
pub use findings::{Finding, FindingStep, add_findings};
pub use fusions::StoredFusion;
pub use health::JournalHealth;
pub use key::{DeviceKeys, public_keys};
pub use limit_tally::CuttingTally;
pub use open::make_folder;
pub use overflow::Overflow;
pub use points::{PointCorrection, StoredPoint, add_measured_point};
pub use proof::{Altered, PROOF_VERSION, Proof, ProofMinute, RowsHash, VerifyResult, is_signed, minute_end, sign};
pub use reader::{Journal, Snapshot};
pub use records::{
    ActivitySpan, Capture, Correction, Export, Minute, StoredAlarm, StoredBus, StoredFact, StoredPan, StoredSensor,
    StoredSetting,
};
pub use resume::Memory;
pub use revise::revise_alarms;
pub use salvage::{MissingSeconds, Salvaged, salvage};
pub use schema::VERSION as SCHEMA_VERSION;
pub use seconds::{Seal, SecondSums, StoredSecond, basis};
pub use session::Session;
pub use session_start::{Entered, ProfileText, SessionStart};
pub use verification::{
    Compared, JournalProblem, PointProblem, PointsVerification, Problem, SessionVerification, Unchecked, Verification,
};
pub use work_tally::RememberedWork;
pub use writer::Writer;
