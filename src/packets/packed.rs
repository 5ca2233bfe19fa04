//! What was packed already, in a small file in the folder: blocks may have been sent or carried away since.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_packet::{Packet, Sealed};

/// The file.
const FILE: &str = ".packed.json";
/// What a block's name begins and ends with until it is noted as packed.
const PART: (&str, &str) = (".", ".part");
/// What a block's name ends with.
const ENDING: &str = ".parquet";
/// Blocks hold positions: for owner and group, as the journal.
const MODE: u32 = 0o640;

/// What was packed of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    /// So many of its minutes.
    pub minutes: usize,
    /// Its end as well: nothing more comes.
    pub last: bool,
    /// The newest block; empty where there was none.
    pub name: String,
}

/// A folder of blocks, and what was packed into it.
#[derive(Debug)]
pub(super) struct Packed {
    folder: PathBuf,
    /// By journal and session.
    sessions: BTreeMap<String, BTreeMap<i64, Done>>,
}

impl Packed {
    /// The folder as it was left; it is made when it is not there. Where its file is missing, the blocks that lie there are read.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let text = read_text_bounded(&folder.join(FILE), LONGEST_TEXT).ok();
        let kept = text.and_then(|text| serde_json::from_str(&text).ok());
        let is_kept = kept.is_some();
        let mut packed = Self { folder: folder.to_owned(), sessions: kept.unwrap_or_default() };
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if let Some(name) = name.strip_prefix(PART.0).and_then(|rest| rest.strip_suffix(PART.1)) {
                packed.settle(&path, name)?;
            } else if !is_kept && name.ends_with(ENDING) {
                packed.found(&path, name);
            }
        }
        Ok(packed)
    }

    /// A block that was left half way: it counts when it was noted, else it is made again.
    fn settle(&self, path: &Path, name: &str) -> io::Result<()> {
        let is_noted = self.sessions.values().flat_map(BTreeMap::values).any(|done| done.name == name);
        if is_noted { fs::rename(path, self.folder.join(name)) } else { fs::remove_file(path) }
    }

    /// A block that lies there. One that cannot be read is none.
    fn found(&mut self, path: &Path, name: &str) {
        let Ok(packet) = Packet::read(path) else { return };
        let minutes = name.split('-').nth(3).and_then(|minutes| minutes.parse().ok()).unwrap_or(0);
        let done = self.sessions.entry(packet.head.journal).or_default().entry(packet.head.session).or_default();
        if minutes >= done.minutes {
            let last = packet.head.last || done.last;
            *done = Done { minutes, last, name: name.to_owned() };
        }
    }

    /// What was packed of a session.
    pub fn of(&self, journal: &str, session: i64) -> Done {
        self.sessions.get(journal).and_then(|sessions| sessions.get(&session)).cloned().unwrap_or_default()
    }

    /// Nothing more of a session is to be packed, and it has no block.
    ///
    /// # Errors
    /// When it cannot be noted.
    pub fn nothing(&mut self, journal: &str, session: i64) -> io::Result<()> {
        let done = Done { last: true, ..self.of(journal, session) };
        self.note(journal, session, done)
    }

    /// Puts a block into the folder. Wherever this is interrupted, the block comes into it once: it is written whole under another
    /// name, noted, then named.
    ///
    /// # Errors
    /// When the block cannot be written.
    pub fn put(&mut self, journal: &str, session: i64, sealed: &Sealed, done: Done) -> io::Result<PathBuf> {
        let part = self.folder.join(format!("{}{}{}", PART.0, sealed.name, PART.1));
        write_synced(&part, &sealed.bytes)?;
        self.note(journal, session, done)?;
        let path = self.folder.join(&sealed.name);
        fs::rename(&part, &path)?;
        self.sync()?;
        Ok(path)
    }

    fn note(&mut self, journal: &str, session: i64, done: Done) -> io::Result<()> {
        let mut sessions = self.sessions.clone();
        sessions.entry(journal.to_owned()).or_default().insert(session, done);
        let new = self.folder.join(format!("{FILE}.new"));
        write_synced(&new, &serde_json::to_vec(&sessions)?)?;
        fs::rename(&new, self.folder.join(FILE))?;
        self.sync()?;
        self.sessions = sessions;
        Ok(())
    }

    /// The names are on the disk as well, where the file system can do so.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all().or(Ok(()))
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(MODE).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
