//! The store: a folder with Parquet files, the packets that they are made from, and the register.
//!
//! ```text
//! STORE/register.sqlite                                        what is in the store, and where
//! STORE/packets/DEVICE/SHA256.parquet                          every packet that was taken in, as it came
//! STORE/quarantine/SHA256.parquet                              packets whose key is not known yet
//! STORE/TABLE/season=…/region=…/day=…/crop=…/part-0.parquet    rows: made from the packets, and from nothing else
//! STORE/.staging/                                              what is being written
//! ```
//!
//! The rows are a function of the packets: the same packets give the same files, in whatever order they came. The register says
//! for each session where its rows belong, where they lie, and whether they have changed since; whatever interrupts the work, the
//! next gather goes on from there.

mod settle;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::error::StoreError;
use crate::register::Register;

/// The zone of a new store's days.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";

/// The folder of files that are being written.
const STAGING: &str = ".staging";

/// Is called before each step that changes what is on the disk, with its name. An error ends the work there, as a power cut
/// would: for tests.
pub type Step = Box<dyn FnMut(&str) -> Result<(), StoreError>>;

/// A store that is open for writing: by one program at a time.
pub struct Store {
    pub(crate) folder: PathBuf,
    /// The register.
    pub register: Register,
    pub(crate) zone: TimeZone,
    step: Step,
    /// Held while the store is open.
    _lock: File,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in this folder, and makes it when there is none; its days are those of `zone` then, or of
    /// [`DEFAULT_ZONE`].
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened or made, or another program is writing it.
    pub fn open_or_make(folder: &Path, zone: Option<&str>) -> Result<Self, StoreError> {
        let zone = zone.unwrap_or(DEFAULT_ZONE);
        TimeZone::get(zone).map_err(|_| StoreError::Zone(zone.to_owned()))?;
        fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        Self::open_with(folder, zone)
    }

    /// Opens the store in this folder.
    ///
    /// # Errors
    /// [`StoreError::NoStore`] when there is none, another one when it cannot be opened, or another program is writing it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        if !Register::path(folder).is_file() {
            return Err(StoreError::NoStore(folder.to_owned()));
        }
        Self::open_with(folder, DEFAULT_ZONE)
    }

    fn open_with(folder: &Path, zone: &str) -> Result<Self, StoreError> {
        let lock = folder.join(".lock");
        let file = File::create(&lock).map_err(StoreError::file(&lock))?;
        file.try_lock().map_err(|_| StoreError::Busy(folder.to_owned()))?;
        // What an interrupted run has left half written.
        let staging = folder.join(STAGING);
        if staging.is_dir() {
            fs::remove_dir_all(&staging).map_err(StoreError::file(&staging))?;
        }
        let register = Register::open(folder, zone)?;
        let name = register.zone()?;
        let zone = TimeZone::get(&name).map_err(|_| StoreError::Zone(name))?;
        Ok(Self { folder: folder.to_owned(), register, zone, step: Box::new(|_| Ok(())), _lock: file })
    }

    /// The zone whose dates are the store's days.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Calls this before each step, from now on: for tests.
    pub fn on_step(&mut self, step: Step) {
        self.step = step;
    }

    pub(crate) fn step(&mut self, name: &str) -> Result<(), StoreError> {
        (self.step)(name)
    }

    /// A file of the store's that is being written; it is renamed to its place when it is whole.
    pub(crate) fn staged(&self, name: &str) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(STAGING);
        fs::create_dir_all(&folder).map_err(StoreError::file(&folder))?;
        Ok(folder.join(name))
    }

    /// Where the bytes of a packet lie that was taken in.
    pub(crate) fn kept(&self, device: &str, sha256: &str) -> PathBuf {
        self.folder.join("packets").join(device).join(format!("{sha256}.parquet"))
    }

    /// The folder of packets whose key is not known.
    pub(crate) fn quarantine(&self) -> PathBuf {
        self.folder.join("quarantine")
    }

    /// Puts a file with these bytes at `path`, whole or not at all.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let staged = self.staged("packet")?;
        let written = fs::write(&staged, bytes).and_then(|()| File::open(&staged)?.sync_all());
        written.map_err(StoreError::file(&staged))?;
        move_to(&staged, path)
    }
}

/// Renames a file to its place, whose folder is made when it is not there.
pub(crate) fn move_to(from: &Path, to: &Path) -> Result<(), StoreError> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
    fs::rename(from, to).map_err(StoreError::file(to))?;
    // The name is on the disk where the file system can synchronise a folder.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
