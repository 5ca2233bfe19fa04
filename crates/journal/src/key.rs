//! The device's keys, beside the journal: `device.key` is the secret key, `device.pub` lists all public keys so far.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use super::proof::unhex;
use grainloss_core::data_file::hex;

/// What a secret key's file begins with.
const PREFIX: &str = "grainloss ed25519 secret key: ";
/// A key that is not in place yet, beside the journal.
const NEW_KEY: &str = "device.key.new";
/// Longest text of a key file that is read, bytes: a key has 95; ten thousand public keys fit.
const LONGEST_BYTES: u64 = 1 << 20;

/// True when a file begins like a secret key.
pub(super) fn is_secret_key(start: &[u8]) -> bool {
    start.starts_with(PREFIX.as_bytes())
}

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
        let key = match self.load() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.make(),
            loaded => loaded?,
        };
        self.remove_leftovers();
        // A run that was killed between the two files.
        if !self.public().contains(&hex(key.verifying_key().as_bytes()))
            && let Err(error) = self.publish(&key)
        {
            tracing::warn!("{}: the public key cannot be added: {error}", self.public.display());
        }
        Ok(key)
    }

    /// The secret key. A file that other users may read is refused: with the key they could sign in the device's name.
    ///
    /// # Errors
    /// When there is no key, others may read its file, or the file cannot be read or holds no key of grainloss.
    pub fn load(&self) -> io::Result<SigningKey> {
        let wrong =
            |problem: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {problem}", self.secret.display()));
        let file = File::open(&self.secret)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(wrong("others may read this secret key; take it from them with chmod 600, or make a new one"));
        }
        let mut text = String::new();
        file.take(LONGEST_BYTES).read_to_string(&mut text)?;
        let key = text.strip_prefix(PREFIX).and_then(|rest| unhex::<32>(rest.trim_end()));
        key.map(|key| SigningKey::from_bytes(&key)).ok_or_else(|| wrong("this is no key of grainloss"))
    }

    /// Creates a key. Two programs may do so at once: both then use the first.
    fn make(&self) -> io::Result<SigningKey> {
        let (key, file, lock) = self.write_new()?;
        let linked = std::fs::hard_link(&file, &self.secret);
        std::fs::remove_file(&file)?;
        drop(lock);
        match linked {
            Ok(()) => {
                self.publish(&key)?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.load(),
            Err(error) => Err(error),
        }
    }

    /// Replaces the secret key with a new one; the old public key stays in the list. A key is in place before it is in the
    /// list: if this is interrupted in between, the next use of the key adds it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn rotate(&self) -> io::Result<SigningKey> {
        let (key, file, _lock) = self.write_new()?;
        std::fs::rename(file, &self.secret)?;
        self.remove_leftovers();
        self.publish(&key)?;
        Ok(key)
    }

    /// Writes a new key under the one name that new keys have, so that an interrupted run leaves at most one, which the next
    /// one overwrites. The last is its lock, which the system takes from a run that is killed.
    fn write_new(&self) -> io::Result<(SigningKey, PathBuf, File)> {
        let mut seed = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut seed)?;
        let path = self.secret.with_file_name(NEW_KEY);
        let mut file = loop {
            if path.is_symlink() {
                std::fs::remove_file(&path)?;
            }
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            file.lock()?;
            // Whoever held the lock before may have put this very file in place as the key.
            let found = file.metadata()?;
            let is_there =
                std::fs::metadata(&path).is_ok_and(|now| (now.dev(), now.ino()) == (found.dev(), found.ino()));
            match (is_there, found.nlink()) {
                (true, 1) => break file,
                // A run was killed when it had just put this file in place as the key.
                (true, _) => std::fs::remove_file(&path)?,
                (false, _) => {}
            }
        };
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.set_len(0)?;
        writeln!(file, "{PREFIX}{}", hex(&seed))?;
        file.sync_all()?;
        Ok((SigningKey::from_bytes(&seed), path, file))
    }

    /// Removes what interrupted runs have left, also those of earlier versions (`device.key.PID`): each is a secret key. One
    /// that cannot be removed stays for the next time.
    fn remove_leftovers(&self) {
        let Some(folder) = self.secret.parent() else { return };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = file.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix("device.key.")) else { continue };
            let of_earlier = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
            // A run that is under way holds the lock.
            let idle = || File::options().write(true).open(file.path()).is_ok_and(|file| file.try_lock().is_ok());
            if of_earlier || rest == "new" && idle() {
                let _ = std::fs::remove_file(file.path());
            }
        }
    }

    fn publish(&self, key: &SigningKey) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).mode(0o640).open(&self.public)?;
        file.write_all(format!("{}\n", hex(key.verifying_key().as_bytes())).as_bytes())?;
        file.sync_all()
    }

    /// All public keys, oldest first, hexadecimal; empty when there is none yet.
    pub fn public(&self) -> Vec<String> {
        let mut text = String::new();
        match File::open(&self.public).and_then(|file| file.take(LONGEST_BYTES).read_to_string(&mut text)) {
            Ok(_) => public_keys(&text),
            Err(_) => Vec::new(),
        }
    }
}

/// The public keys in a text with one key a line; other lines are skipped.
pub fn public_keys(text: &str) -> Vec<String> {
    let keys = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default().to_lowercase());
    keys.filter(|key| unhex::<32>(key).is_some()).collect()
}
