//! Whose packets count: keys are trusted and distrusted, and what waits in quarantine is taken in.

use std::fs;
use std::path::{Path, PathBuf};

use grainloss_journal::public_keys;
use grainloss_packet::LARGEST_BYTES;

use crate::error::StoreError;
use crate::intake::{Refusal, Taken, sha256};
use crate::register::KeyState;
use crate::store::Store;

impl Store {
    /// The keys that a text means: a key of 64 hexadecimal digits, a machine that was met, or a file with a key a line, as
    /// `device.pub` is.
    ///
    /// # Errors
    /// [`StoreError::NoKey`] when it is none of them.
    pub fn keys_of(&self, text: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = public_keys(text);
        if keys.is_empty() {
            let known = self.register.keys()?.into_iter().filter(|key| key.device == text);
            keys = known.map(|key| key.public_key).collect();
        }
        if keys.is_empty() {
            // Longer files are no lists of keys.
            let is_short = fs::metadata(text).is_ok_and(|found| found.is_file() && found.len() <= 1 << 20);
            keys = is_short
                .then(|| fs::read_to_string(text).ok())
                .flatten()
                .map(|text| public_keys(&text))
                .unwrap_or_default();
        }
        if keys.is_empty() { Err(StoreError::NoKey(text.to_owned())) } else { Ok(keys) }
    }

    /// Trusts a key and takes in what waits for it. `same_as` is an earlier key of the same machine. Returns how many packets
    /// were taken in, and those that were refused.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub fn trust(
        &mut self,
        public_key: &str,
        same_as: Option<&str>,
    ) -> Result<(usize, Vec<(PathBuf, Refusal)>), StoreError> {
        let (device, state) = self.register.key(public_key)?;
        self.register.set_key(public_key, KeyState::Trusted, same_as)?;
        let (now, _) = self.register.key(public_key)?;
        if now != device && state == KeyState::Trusted {
            self.withdraw(&device)?;
        }
        self.take_quarantine()
    }

    /// Distrusts a key: its packets leave the store for the quarantine, and later ones are refused.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub fn distrust(&mut self, public_key: &str) -> Result<(), StoreError> {
        self.register.set_key(public_key, KeyState::Distrusted, None)?;
        let (device, _) = self.register.key(public_key)?;
        self.withdraw(&device)?;
        // Those of the machine's other keys come back.
        self.take_quarantine().map(drop)
    }

    /// Moves every packet of a machine to the quarantine. What was made from a journal goes: the journal proves it again.
    fn withdraw(&mut self, device: &str) -> Result<(), StoreError> {
        let sql =
            "SELECT sha256, from_journal FROM packet JOIN session ON session.id = packet.session WHERE device = ?1";
        let packets = self.register.query(|connection| {
            let packet = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            connection.prepare(sql)?.query_map([device], packet)?.collect::<rusqlite::Result<Vec<(String, bool)>>>()
        })?;
        for (sha256, _) in packets.iter().filter(|(_, from_journal)| !from_journal) {
            let kept = self.kept(device, sha256);
            let bytes = fs::read(&kept).map_err(StoreError::file(&kept))?;
            self.put(&self.quarantine().join(format!("{sha256}.parquet")), &bytes)?;
        }
        self.step("withdraw a machine")?;
        self.register.change(|connection| {
            let of = "session IN (SELECT id FROM session WHERE device = ?1)";
            connection.execute(&format!("DELETE FROM packet WHERE {of}"), [device])?;
            connection.execute("UPDATE session SET folder = NULL WHERE device = ?1", [device])?;
            connection.execute("UPDATE point SET folder = NULL WHERE device = ?1", [device])
        })?;
        for (sha256, _) in packets {
            let kept = self.kept(device, &sha256);
            fs::remove_file(&kept).map_err(StoreError::file(&kept))?;
        }
        Ok(())
    }

    /// Takes in what waits in quarantine for a key that is trusted now. Returns how many packets, and those that were refused.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written.
    pub fn take_quarantine(&mut self) -> Result<(usize, Vec<(PathBuf, Refusal)>), StoreError> {
        let (mut taken, mut refused) = (0, Vec::new());
        for path in waiting(&self.quarantine())? {
            let bytes = fs::read(&path).map_err(StoreError::file(&path))?;
            let is_whole = path.file_stem().and_then(|name| name.to_str()) == Some(&*sha256(&bytes));
            if bytes.len() as u64 > LARGEST_BYTES || !is_whole {
                continue;
            }
            match self.take(&path, bytes)? {
                Taken::New { .. } | Taken::Known => {
                    taken += 1;
                    self.step("leave the quarantine")?;
                    fs::remove_file(&path).map_err(StoreError::file(&path))?;
                }
                Taken::Quarantined { .. } | Taken::Refused(Refusal::Distrusted(_)) => {}
                Taken::Refused(refusal) => refused.push((path, refusal)),
            }
        }
        Ok((taken, refused))
    }
}

/// The packets in a folder, by name; none where there is no folder.
fn waiting(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let files = files.collect::<Result<Vec<_>, _>>().map_err(StoreError::file(folder))?;
    let mut paths: Vec<PathBuf> = files.into_iter().map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    paths.sort();
    Ok(paths)
}
