//! The device's keys, beside the journal: `device.key` is the secret key, `device.pub` lists all public keys so far.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use super::proof::unhex;
use grainloss_core::data_file::hex;

/// What a secret key's file begins with.
const PREFIX: &str = "grainloss ed25519 secret key: ";

/// The keys of the journals in a folder.
#[derive(Clone, Debug)]
pub struct DeviceKeys {
    secret: PathBuf,
    public: PathBuf,
}

impl DeviceKeys {
    /// The keys beside this journal.
    pub fn beside(journal: &Path) -> Self {
        Self { secret: journal.with_file_name("device.key"), public: journal.with_file_name("device.pub") }
    }

    /// The secret key; a new one is created when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, others may read it, or it holds no key of grainloss.
    pub fn load_or_make(&self) -> io::Result<SigningKey> {
        match self.load() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(),
            loaded => loaded,
        }
    }

    /// The secret key. A file that other users may read is refused: with the key they could sign in the device's name.
    ///
    /// # Errors
    /// When there is no key, others may read its file, or the file cannot be read or holds no key of grainloss.
    pub fn load(&self) -> io::Result<SigningKey> {
        let wrong =
            |problem: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {problem}", self.secret.display()));
        let mut file = File::open(&self.secret)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(wrong("others may read this secret key; take it from them with chmod 600, or make a new one"));
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let key = text.strip_prefix(PREFIX).and_then(|rest| unhex::<32>(rest.trim_end()));
        key.map(|key| SigningKey::from_bytes(&key)).ok_or_else(|| wrong("this is no key of grainloss"))
    }

    /// Creates a key. Two programs may do so at once: both then use the first.
    fn make(&self) -> io::Result<SigningKey> {
        let (key, file) = self.write_new()?;
        let linked = std::fs::hard_link(&file, &self.secret);
        std::fs::remove_file(&file)?;
        match linked {
            Ok(()) => {
                self.publish(&key)?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.load(),
            Err(error) => Err(error),
        }
    }

    /// Replaces the secret key with a new one; the old public key stays in the list.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn rotate(&self) -> io::Result<SigningKey> {
        let (key, file) = self.write_new()?;
        self.publish(&key)?;
        std::fs::rename(file, &self.secret)?;
        Ok(key)
    }

    fn write_new(&self) -> io::Result<(SigningKey, PathBuf)> {
        let mut seed = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut seed)?;
        let path = self.secret.with_file_name(format!("device.key.{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        writeln!(file, "{PREFIX}{}", hex(&seed))?;
        file.sync_all()?;
        Ok((SigningKey::from_bytes(&seed), path))
    }

    fn publish(&self, key: &SigningKey) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).mode(0o640).open(&self.public)?;
        file.write_all(format!("{}\n", hex(key.verifying_key().as_bytes())).as_bytes())?;
        file.sync_all()
    }

    /// All public keys, oldest first, hexadecimal; empty when there is none yet.
    pub fn public(&self) -> Vec<String> {
        public_keys(&std::fs::read_to_string(&self.public).unwrap_or_default())
    }
}

/// The public keys in a text with one key a line; other lines are skipped.
pub fn public_keys(text: &str) -> Vec<String> {
    let keys = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default().to_lowercase());
    keys.filter(|key| unhex::<32>(key).is_some()).collect()
}
