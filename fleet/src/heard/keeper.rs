//! Keeps what was heard: in the register, and as the table `heard` of the store. Works beside a gather.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::ears::Ears;
use crate::error::StoreError;
use crate::register::Register;
use crate::schema::HEARD;
use crate::store::{DEFAULT_ZONE, move_to};
use crate::table_file::TableFile;

/// What was heard, and where it is kept: by one program at a time.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    register: Register,
    /// The newest of each machine.
    pub ears: Ears,
    /// Held while it is open.
    _lock: File,
}

impl Keeper {
    /// Goes on with what the store in this folder has.
    ///
    /// # Errors
    /// [`StoreError::NoStore`] when there is no store, [`StoreError::Busy`] when another program listens for it, another one when
    /// its register cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        if !Register::path(folder).is_file() {
            return Err(StoreError::NoStore(folder.to_owned()));
        }
        let lock = folder.join(".listen.lock");
        let file = File::create(&lock).map_err(StoreError::file(&lock))?;
        file.try_lock().map_err(|_| StoreError::Busy(folder.to_owned()))?;
        let register = Register::open(folder, DEFAULT_ZONE)?;
        let ears = Ears::new(register.heard()?);
        Ok(Self { folder: folder.to_owned(), register, ears, _lock: file })
    }

    /// Writes what has changed, and looks which machines the register has now.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written: the next call writes it.
    pub fn keep(&mut self) -> Result<(), StoreError> {
        let machines = self.register.machines_to_hear()?;
        let gone = self.ears.listen_for(machines);
        let changed = self.ears.changed();
        if changed.is_empty() && !gone {
            return Ok(());
        }
        self.register.put_heard(&changed, self.ears.machines())?;
        let folder = self.folder.join(HEARD.name);
        fs::create_dir_all(&folder).map_err(StoreError::file(&folder))?;
        // No engine takes a file of this name for a part of the table.
        let staged = folder.join(".new");
        let mut file = TableFile::create(&staged, &HEARD)?;
        for heard in self.ears.all() {
            file.push(&heard.row())?;
        }
        file.finish()?;
        move_to(&staged, &folder.join("part-0.parquet"))?;
        self.ears.written();
        Ok(())
    }
}
