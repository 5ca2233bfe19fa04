//! The proof of a session: a hash chain over its minutes, sealed with the session's facts and signed. `docs/journal.md`
//! states which bytes are hashed, so that other programs can check a proof too.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use grainloss_core::data_file;
use grainloss_core::record::COLUMNS;
use grainloss_core::time::SECOND_US;

/// Version of the proof's format.
pub const PROOF_VERSION: u32 = 1;
/// The text whose hash begins the chain.
const BEGINNING: &str = "grainloss proof 1";
/// Length of a minute, µs.
pub(super) const MINUTE_US: i64 = 60_000_000;

/// The proof that an export carries: a public key is enough to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// [`PROOF_VERSION`].
    pub version: u32,
    /// The session's facts, as the JSON text that is hashed.
    pub facts: String,
    /// The minutes, oldest first.
    pub minutes: Vec<ProofMinute>,
    /// SHA-256 over the chain's end and the facts, hexadecimal.
    pub root: String,
    /// Ed25519 key, hexadecimal; `None` when unsigned.
    pub public_key: Option<String>,
    /// Signature over the root's 64 hexadecimal characters, hexadecimal; `None` when unsigned.
    pub signature: Option<String>,
}

/// One minute of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofMinute {
    /// Its end, microseconds since 1970: seconds with `end_us - 60 s < t_us <= end_us` are in it.
    pub end_us: i64,
    /// Number of seconds in it.
    pub seconds: i64,
    /// Number of columns of each row that are hashed, from the first.
    pub columns: usize,
    /// SHA-256 of the rows as the CSV report prints them, each with its line feed.
    pub rows_sha256: String,
    /// SHA-256 of the other records of the minute.
    pub records_sha256: String,
}

/// Result of checking a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyResult {
    /// Unchanged since it was signed with this key.
    Untouched {
        /// The key, hexadecimal, in small letters.
        public_key: String,
    },
    /// Changed after it was sealed.
    Altered(Altered),
    /// No contradiction was found, and there is no signature.
    Unsigned,
}

/// The part of an export that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Altered {
    /// A minute: its number from 1, and its end, µs.
    Minute(usize, i64),
    /// What the session says of itself, or its totals: the name of the field.
    Fact(String),
    /// The header of a CSV report: the column's number from 1.
    Column(usize),
    /// The chain or the seal: the signature does not match.
    Seal,
    /// The file's bytes.
    Bytes,
}

/// SHA-256 of a text, hexadecimal.
pub(super) fn hash(text: &str) -> String {
    data_file::sha256(&[text.as_bytes()])
}

/// SHA-256 of a file, hexadecimal, read in pieces.
pub(super) fn file_sha256(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            n => hash.update(&piece[..n]),
        }
    }
    Ok(data_file::hex(&hash.finalize()))
}

/// The bytes of a text of exactly `2 N` hexadecimal digits; `None` for any other text.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// End of the minute that a second belongs to, µs.
pub fn minute_end(t_us: i64) -> i64 {
    // A time out of range, from a file that was tampered with, saturates.
    t_us.saturating_sub(1).div_euclid(MINUTE_US).saturating_mul(MINUTE_US).saturating_add(MINUTE_US)
}

/// Hashes the rows of a minute, one after the other.
#[derive(Clone, Debug, Default)]
pub struct RowsHash {
    hash: Sha256,
    /// The row that is added: few large pieces are hashed sooner than many small ones.
    line: String,
    /// Number of rows so far.
    pub seconds: i64,
}

impl RowsHash {
    /// Adds a row: its fields as they are printed.
    pub fn add(&mut self, fields: &[impl AsRef<str>]) {
        self.line.clear();
        for (nth, field) in fields.iter().enumerate() {
            if nth > 0 {
                self.line.push(',');
            }
            self.line.push_str(field.as_ref());
        }
        self.line.push('\n');
        self.hash.update(self.line.as_bytes());
        self.seconds += 1;
    }

    /// The hash, hexadecimal.
    pub fn finish(self) -> String {
        data_file::hex(&self.hash.finalize())
    }
}

/// The chain before the first minute.
pub(super) fn beginning() -> String {
    hash(BEGINNING)
}

/// The chain after a minute.
pub(super) fn link(before: &str, minute: &ProofMinute) -> String {
    let ProofMinute { end_us, seconds, columns, rows_sha256, records_sha256 } = minute;
    hash(&format!("{before}\n{end_us}\n{seconds}\n{columns}\n{rows_sha256}\n{records_sha256}"))
}

/// The root: the chain's end and the facts.
pub(super) fn root(chain: &str, facts: &str) -> String {
    hash(&format!("{chain}\n{facts}"))
}

/// Public key and signature of a text, both hexadecimal.
pub fn sign(key: &SigningKey, text: &str) -> (String, String) {
    (data_file::hex(key.verifying_key().as_bytes()), data_file::hex(&key.sign(text.as_bytes()).to_bytes()))
}

/// True when the signature of this text is valid and of this key, both hexadecimal.
pub fn is_signed(public_key: &str, text: &str, signature: &str) -> bool {
    let key = unhex::<32>(public_key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = unhex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(text.as_bytes(), &signature).is_ok())
}

impl Proof {
    /// Checks root and signature, without the rows.
    pub fn verify(&self) -> VerifyResult {
        let chain = ProofMinute::chain(&beginning(), &self.minutes);
        if self.version != PROOF_VERSION || root(&chain, &self.facts) != self.root {
            return VerifyResult::Altered(Altered::Seal);
        }
        match (&self.public_key, &self.signature) {
            (Some(key), Some(signature)) if is_signed(key, &self.root, signature) => {
                VerifyResult::Untouched { public_key: key.to_lowercase() }
            }
            (None, None) => VerifyResult::Unsigned,
            _ => VerifyResult::Altered(Altered::Seal),
        }
    }

    /// Checks also a CSV report: the names in its first line, and for each row its fields as they are printed, the first of
    /// them the time in seconds.
    pub fn verify_rows<'a>(&self, names: &[&str], rows: impl Iterator<Item = Vec<&'a str>>) -> VerifyResult {
        // The columns are a list of this program; a report of an earlier version has fewer of them.
        let wrong =
            names.iter().enumerate().find(|(at, name)| COLUMNS.get(*at).is_none_or(|column| column.name != **name));
        let fewest = self.minutes.iter().map(|minute| minute.columns).max().unwrap_or(1);
        if let Some(at) = wrong.map(|(at, _)| at).or((names.len() < fewest).then_some(names.len())) {
            return VerifyResult::Altered(Altered::Column(at + 1));
        }
        let rows = rows.map(|fields| {
            let t_s = fields.first().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
            ((t_s * 1e6).round() as i64, fields)
        });
        match ProofMinute::altered(&self.minutes, names.len(), rows) {
            Some(altered) => VerifyResult::Altered(altered),
            None => self.verify(),
        }
    }
}

impl ProofMinute {
    /// The hash chain after these minutes, which follow `before`.
    pub fn chain(before: &str, minutes: &[Self]) -> String {
        minutes.iter().fold(before.to_owned(), |chain, minute| link(&chain, minute))
    }

    /// The first of these minutes whose seconds are not those that were hashed; `None` when all of them are. A second is its
    /// time, µs, and its `columns` fields as they are printed; the seconds are in order.
    pub fn altered<T: AsRef<str>>(
        minutes: &[Self],
        columns: usize,
        seconds: impl Iterator<Item = (i64, Vec<T>)>,
    ) -> Option<Altered> {
        let hashed: BTreeMap<i64, usize> = minutes.iter().map(|minute| (minute.end_us, minute.columns)).collect();
        let mut found: Vec<(i64, RowsHash)> = Vec::new();
        for (t_us, fields) in seconds {
            let end_us = minute_end(t_us);
            if found.last().is_none_or(|(last_us, _)| *last_us != end_us) {
                found.push((end_us, RowsHash::default()));
            }
            // Fields beyond those that were hashed are empty, in a report of a session that an earlier version wrote.
            let hashed = hashed.get(&end_us).map_or(fields.len(), |hashed| (*hashed).min(fields.len()));
            // A row is of a whole second: what its printed time would hide is a change.
            if t_us % SECOND_US != 0
                || fields.len() != columns
                || fields[hashed..].iter().any(|field| !field.as_ref().is_empty())
            {
                return Some(Altered::Minute(found.len(), end_us));
            }
            if let Some((_, hash)) = found.last_mut() {
                hash.add(&fields[..hashed]);
            }
        }
        let mut found = found.into_iter().map(|(end_us, hash)| (end_us, hash.seconds, hash.finish())).peekable();
        for (nth, minute) in minutes.iter().enumerate() {
            let fits = match found.next_if(|(end_us, ..)| *end_us == minute.end_us) {
                Some((_, seconds, hash)) => seconds == minute.seconds && hash == minute.rows_sha256,
                None => minute.seconds == 0,
            };
            if !fits {
                return Some(Altered::Minute(nth + 1, minute.end_us));
            }
        }
        found.next().map(|(end_us, ..)| Altered::Minute(minutes.len() + 1, end_us))
    }
}
