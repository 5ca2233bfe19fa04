//! The signature over an exported file's bytes.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::proof::{self, Altered, VerifyResult};

/// Version of the format.
const VERSION: u32 = 1;

/// A signature over the bytes of a file that the device exported. It says that the device made the file while the
/// journal was untouched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSignature {
    /// 1.
    pub version: u32,
    /// The numbers of the sessions in the file.
    pub sessions: Vec<i64>,
    /// SHA-256 of the signed bytes, hexadecimal.
    pub sha256: String,
    /// Ed25519 key, hexadecimal.
    pub public_key: String,
    /// Signature over the text of [`FileSignature::text`], hexadecimal.
    pub signature: String,
}

impl FileSignature {
    /// Signs a file of these sessions.
    pub fn sign(key: &SigningKey, sessions: &[i64], sha256: &str) -> Self {
        let (public_key, signature) = proof::sign(key, &Self::text(sessions, sha256));
        Self { version: VERSION, sessions: sessions.to_vec(), sha256: sha256.to_owned(), public_key, signature }
    }

    /// The text that is signed: three lines, without a last line feed: `grainloss export 1`, the numbers of the sessions
    /// separated by commas, and the hash.
    pub fn text(sessions: &[i64], sha256: &str) -> String {
        let sessions: Vec<String> = sessions.iter().map(i64::to_string).collect();
        format!("grainloss export {VERSION}\n{}\n{sha256}", sessions.join(","))
    }

    /// Checks it against the hash of the bytes that are there.
    pub fn verify(&self, sha256: &str) -> VerifyResult {
        if self.sha256 != sha256 {
            return VerifyResult::Altered(Altered::Bytes);
        }
        let text = Self::text(&self.sessions, sha256);
        if self.version != VERSION || !proof::is_signed(&self.public_key, &text, &self.signature) {
            return VerifyResult::Altered(Altered::Seal);
        }
        // A key is the same key in capitals.
        VerifyResult::Untouched { public_key: self.public_key.to_lowercase() }
    }
}
