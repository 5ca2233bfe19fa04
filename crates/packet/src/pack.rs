//! Making a packet from a journal.

use serde_json::Value;

use grainloss_core::data_file;
use grainloss_journal::{FileSignature, Journal, Minute, Session, SigningKey};

use crate::error::PacketError;
use crate::head::{FORMAT, Head, VERSION};
use crate::records::Records;
use crate::write::write;

/// A packet that is ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The name of its file: eight digits of the journal, the session's number, its first and last minute within the session
    /// from 1, eight digits of the head's hash. The same packet has the same name, another one another.
    pub name: String,
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// How many seconds are in it.
    pub seconds: usize,
    /// The end of its newest minute, µs: the next packet of an open session begins there.
    pub end_us: i64,
}

/// The machine that signs with this public key, hexadecimal, without naming it: 16 hexadecimal digits of the SHA-256 of the key's
/// text.
pub fn device(public_key: &str) -> String {
    first_digits(&data_file::sha256(&[public_key.to_lowercase().as_bytes()]), 16)
}

/// Makes the packet of a session's minutes that end after `after_us` (`i64::MIN` for the whole session). Of an open session it
/// has the complete minutes, without `report`.
///
/// The caller has verified the session: what is signed here is what the journal holds. `report` is the session's JSON report;
/// `names` says that names, plates and places are in it.
///
/// # Errors
/// [`PacketError::Empty`] when there is no such minute, [`PacketError::NoSeal`] for a journal of an early version,
/// [`PacketError::Journal`] when it cannot be read.
pub fn seal(
    journal: &Journal,
    session: &Session,
    after_us: i64,
    report: Option<Value>,
    names: bool,
    key: &SigningKey,
) -> Result<Sealed, PacketError> {
    make(journal, session, after_us, report, names, |hash| FileSignature::sign(key, &[session.id], hash))
}

/// Makes the packet of a whole session without the device's key: the same but for its signature, which proves nothing. For a
/// program that has proven the session by the journal's seals, and keeps it by its own means; `public_key` is the seals' key.
///
/// # Errors
/// As [`seal`].
pub fn unsigned(
    journal: &Journal,
    session: &Session,
    report: Option<Value>,
    names: bool,
    public_key: &str,
) -> Result<Sealed, PacketError> {
    make(journal, session, i64::MIN, report, names, |hash| FileSignature {
        version: 1,
        sessions: vec![session.id],
        sha256: hash.to_owned(),
        public_key: public_key.to_owned(),
        signature: String::new(),
    })
}

fn make(
    journal: &Journal,
    session: &Session,
    after_us: i64,
    report: Option<Value>,
    names: bool,
    sign: impl FnOnce(&str) -> FileSignature,
) -> Result<Sealed, PacketError> {
    let all: Vec<Minute> = journal.all(session.id)?;
    let first = all.iter().position(|minute| minute.end_us > after_us);
    let Some((first, newest)) = first.zip(all.last()) else { return Err(PacketError::Empty { session: session.id }) };
    let identity = journal.identity()?.ok_or(PacketError::NoSeal)?;
    let last = session.end_reason.is_some();
    let begin_us = first.checked_sub(1).map_or(i64::MIN, |before| all[before].end_us);
    let report = report.filter(|_| last).map(without_proof);
    let records = Records::read(journal, session, (begin_us, newest.end_us), names)?;
    let head = Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        journal: identity.clone(),
        session: session.id,
        revision_of: session.revision_of,
        chain_before: Minute::chain_before(&all, first),
        minutes: all[first..].iter().map(Minute::proof_minute).collect(),
        last,
        names,
        about: Some(records.about),
        seal: records.seal,
        events: if report.is_some() { Vec::new() } else { records.events },
        pans: records.pans,
        points: records.points,
        calibration: records.calibration,
        findings: records.findings,
        report,
    };
    let head = serde_json::to_string(&head).map_err(|error| PacketError::Write(error.to_string()))?;
    let hash = data_file::sha256(&[head.as_bytes()]);
    let signature = sign(&hash);
    let mut seconds = Vec::new();
    journal
        .seconds_within(session.id, (begin_us, newest.end_us), |t_us, texts| seconds.push((t_us, texts.to_vec())))?;
    let bytes = write(session.id, &head, &signature, &seconds)?;
    let (journal, id, begin, end) = (first_digits(&identity, 8), session.id, first + 1, all.len());
    let name = format!("{journal}-{id:06}-{begin:04}-{end:04}-{}.parquet", first_digits(&hash, 8));
    Ok(Sealed { name, bytes, seconds: seconds.len(), end_us: newest.end_us })
}

fn first_digits(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

/// The proof's minutes are in the head, and its facts hold names.
fn without_proof(mut report: Value) -> Value {
    if let Some(report) = report.as_object_mut() {
        report.remove("proof");
    }
    report
}
