//! The folder that blocks wait in until the store has them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What a block's name ends with.
const ENDING: &str = ".parquet";
/// A longer name is none of ours.
const LONGEST_NAME: usize = 200;

/// A folder of blocks. Files that are no blocks, and names that begin with a point, are left alone.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// A block that waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// Its file's name, which is its name in the store too: the same block has the same name, another one another.
    pub name: String,
    /// Its size, bytes.
    pub bytes: u64,
}

impl Outbox {
    /// The blocks of this folder, which need not be there yet.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What waits, by name: the oldest of each journal first. None where there is no folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn blocks(&self) -> io::Result<Vec<Block>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut blocks = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().filter(|name| is_block(name)).map(str::to_owned) else {
                continue;
            };
            // It may have been taken away in between.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                blocks.push(Block { name, bytes: about.len() });
            }
        }
        blocks.sort();
        Ok(blocks)
    }

    /// A block's bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, block: &Block) -> io::Result<Vec<u8>> {
        fs::read(self.folder.join(&block.name))
    }

    /// The store has the block: it is removed. To do so twice does no harm.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(&self, block: &Block) -> io::Result<()> {
        match fs::remove_file(self.folder.join(&block.name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => File::open(&self.folder)?.sync_all(),
        }
    }
}

fn is_block(name: &str) -> bool {
    let stem = name.strip_suffix(ENDING).unwrap_or("");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !stem.is_empty() && name.len() <= LONGEST_NAME && stem.chars().all(plain)
}
