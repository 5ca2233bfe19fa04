//! The proof of a session: a chain of hashes over its minutes, closed by what the session says of itself, and signed.
//! `docs/journal.md` says which bytes are hashed, so that others can check it too.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use grainloss_core::data_file;

/// The form of the proof.
pub const PROOF_VERSION: u32 = 1;
/// What the chain begins with.
const BEGINNING: &str = "grainloss proof 1";
/// A minute, µs.
pub(super) const MINUTE_US: i64 = 60_000_000;

/// What an export carries, so that it can be checked with a public key alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// [`PROOF_VERSION`].
    pub version: u32,
    /// What the session says of itself, as the JSON text that is hashed.
    pub facts: String,
    /// The minutes, oldest first.
    pub minutes: Vec<ProofMinute>,
    /// SHA-256 over the chain's end and the facts, hexadecimal.
    pub root: String,
    /// Ed25519, hexadecimal; `None` when nobody signed.
    pub public_key: Option<String>,
    /// Over the root's 64 hexadecimal characters, hexadecimal.
    pub signature: Option<String>,
}

/// One minute of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofMinute {
    /// Its end, microseconds since 1970: seconds with `end_us - 60 s < t_us <= end_us` are in it.
    pub end_us: i64,
    /// How many seconds it has.
    pub seconds: i64,
    /// Of how many columns, from the first, each row is hashed.
    pub columns: usize,
    /// Of the rows as the CSV report prints them, each with its line feed.
    pub rows_sha256: String,
    /// Of everything else that happened.
    pub records_sha256: String,
}

/// What a check of a proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was changed since it was signed with this key.
    Untouched {
        /// The key, hexadecimal.
        public_key: String,
    },
    /// Something was changed.
    Altered(Altered),
    /// Nothing contradicts, and nothing proves it.
    Unsigned(Unsigned),
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Altered {
    /// This minute, from 1; its end.
    Minute(usize, i64),
    /// What the session says of itself, or its totals.
    Facts,
    /// The chain or its seal, so that the signature does not fit.
    Seal,
    /// A correction, from 1.
    Correction(usize),
}

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// The session was never closed: it runs, or it crashed.
    Open,
    /// It is of a version that did not sign, or there was no key.
    NoSignature,
}

/// SHA-256 in hexadecimal.
pub(super) fn hash(text: &str) -> String {
    data_file::sha256(&[text.as_bytes()])
}

/// The bytes of a text of exactly so many in hexadecimal.
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

/// The minute that a second belongs to, by its end.
pub fn minute_end(t_us: i64) -> i64 {
    // A time out of all bounds, from a file that somebody has changed, stays at the bound.
    t_us.saturating_sub(1).div_euclid(MINUTE_US).saturating_mul(MINUTE_US).saturating_add(MINUTE_US)
}

/// The hash of a minute's rows, one after the other.
#[derive(Clone, Debug, Default)]
pub struct RowsHash {
    hash: Sha256,
    /// How many so far.
    pub seconds: i64,
}

impl RowsHash {
    /// A row, as its fields are printed.
    pub fn add(&mut self, fields: &[impl AsRef<str>]) {
        for (nth, field) in fields.iter().enumerate() {
            if nth > 0 {
                self.hash.update(b",");
            }
            self.hash.update(field.as_ref().as_bytes());
        }
        self.hash.update(b"\n");
        self.seconds += 1;
    }

    /// In hexadecimal.
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

/// Public key and signature of a text.
pub(super) fn sign(key: &SigningKey, text: &str) -> (String, String) {
    (data_file::hex(key.verifying_key().as_bytes()), data_file::hex(&key.sign(text.as_bytes()).to_bytes()))
}

pub(super) fn is_signed(public_key: &str, text: &str, signature: &str) -> bool {
    let key = unhex::<32>(public_key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = unhex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(text.as_bytes(), &signature).is_ok())
}

impl Proof {
    /// Checks root and signature, without any rows.
    pub fn verdict(&self) -> Verdict {
        let chain = self.minutes.iter().fold(beginning(), |chain, minute| link(&chain, minute));
        if self.version != PROOF_VERSION || root(&chain, &self.facts) != self.root {
            return Verdict::Altered(Altered::Seal);
        }
        match (&self.public_key, &self.signature) {
            (Some(key), Some(signature)) if is_signed(key, &self.root, signature) => {
                Verdict::Untouched { public_key: key.clone() }
            }
            (None, None) => Verdict::Unsigned(Unsigned::NoSignature),
            _ => Verdict::Altered(Altered::Seal),
        }
    }

    /// Checks the rows of a CSV report as well: the fields of each, in order, as they are printed. The first field is the
    /// time in seconds.
    pub fn verdict_of_rows<'a>(&self, rows: impl Iterator<Item = Vec<&'a str>>) -> Verdict {
        let mut found: Vec<(i64, RowsHash)> = Vec::new();
        for fields in rows {
            let t_s = fields.first().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
            let end_us = minute_end((t_s * 1e6).round() as i64);
            if found.last().is_none_or(|(last_us, _)| *last_us != end_us) {
                found.push((end_us, RowsHash::default()));
            }
            let at = self.minutes.iter().find(|minute| minute.end_us == end_us);
            let columns = at.map_or(fields.len(), |minute| minute.columns.min(fields.len()));
            if let Some((_, hash)) = found.last_mut() {
                hash.add(&fields[..columns]);
            }
        }
        let mut found = found.into_iter().map(|(end_us, hash)| (end_us, hash.seconds, hash.finish())).peekable();
        for (nth, minute) in self.minutes.iter().enumerate() {
            let here = found.next_if(|(end_us, ..)| *end_us == minute.end_us);
            let fits = match here {
                Some((_, seconds, hash)) => seconds == minute.seconds && hash == minute.rows_sha256,
                None => minute.seconds == 0,
            };
            if !fits {
                return Verdict::Altered(Altered::Minute(nth + 1, minute.end_us));
            }
        }
        if let Some((end_us, ..)) = found.next() {
            return Verdict::Altered(Altered::Minute(self.minutes.len() + 1, end_us));
        }
        self.verdict()
    }
}
