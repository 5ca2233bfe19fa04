//! SQLite's write-ahead log, read without SQLite, which stops at the first frame that does not fit its checksum and does
//! not tell what comes after it (SQLite's file format, chapter 4).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::quarantine::beside;
use super::schema::{APPLICATION_ID, APPLICATION_ID_AT};

/// Length of the log's header, bytes.
const HEADER_BYTES: u64 = 32;
/// Length of a frame's own header, bytes; a page follows it.
const FRAME_BYTES: u64 = 24;
/// How the log begins when its checksums are of big-endian words; one less for little-endian.
const MAGIC_BIG: u32 = 0x377F_0683;

/// A frame of the log's present generation: an image of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The page's number.
    pub page: u32,
    /// Where its image stands in the log.
    pub at: u64,
    /// True when it ends a transaction.
    pub commits: bool,
    /// True when it fits its checksum, counted on from the one before as that stands in the log.
    pub fits: bool,
}

/// A write-ahead log, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wal {
    /// Page size, bytes.
    pub page_size: u32,
    /// All frames, in the order in which they were written.
    pub frames: Vec<Frame>,
    /// True when the log's header does not fit its checksum: then SQLite reads nothing of it.
    header_is_broken: bool,
}

impl Wal {
    /// Reads the log of the journal at this path; without a frame when there is none.
    ///
    /// # Errors
    /// When the log is there and cannot be read.
    pub fn of(journal: &Path) -> std::io::Result<Self> {
        match File::open(beside(journal, "-wal")) {
            Ok(file) => Self::read(&file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Reads a log.
    pub fn read(file: &File) -> std::io::Result<Self> {
        let length = file.metadata()?.len();
        let mut header = [0; HEADER_BYTES as usize];
        if length < HEADER_BYTES + FRAME_BYTES {
            return Ok(Self::default());
        }
        file.read_exact_at(&mut header, 0)?;
        let magic = word(&header, 0);
        let big = magic == MAGIC_BIG;
        let size = word(&header, 8);
        let mut wal = Self { page_size: if is_page_size(size) { size } else { 4096 }, ..Self::default() };
        let sum = checksum(big, (0, 0), &header[..24]);
        wal.header_is_broken =
            magic | 1 != MAGIC_BIG || size != wal.page_size || sum != (word(&header, 24), word(&header, 28));
        let mut salt = (word(&header, 16), word(&header, 20));
        let mut before = (word(&header, 24), word(&header, 28));
        let mut frame = vec![0; FRAME_BYTES as usize + wal.page_size as usize];
        let (mut at, mut present) = (HEADER_BYTES, 0);
        while at + frame.len() as u64 <= length {
            file.read_exact_at(&mut frame, at)?;
            let own = (word(&frame, 8), word(&frame, 12));
            if at == HEADER_BYTES && wal.header_is_broken {
                // The newest generation begins the file.
                salt = own;
            }
            let stored = (word(&frame, 16), word(&frame, 20));
            let is_present = own == salt;
            let fits = is_present && checksum(big, checksum(big, before, &frame[..8]), &frame[24..]) == stored;
            let (page, commits) = (word(&frame, 0), word(&frame, 4) != 0);
            wal.frames.push(Frame { page, at: at + FRAME_BYTES, commits, fits });
            if is_present {
                present = wal.frames.len();
            }
            before = stored;
            at += frame.len() as u64;
        }
        // Frames of an earlier generation follow those of this one; they are in the database.
        wal.frames.truncate(present);
        Ok(wal)
    }

    /// How many frames, from the first, SQLite reads: up to the last commit before one that does not fit.
    pub fn readable(&self) -> usize {
        if self.header_is_broken {
            return 0;
        }
        let whole = self.frames.iter().take_while(|frame| frame.fits).count();
        self.frames[..whole].iter().rposition(|frame| frame.commits).map_or(0, |last| last + 1)
    }

    /// Number of transactions that were committed whole after a damaged frame, and that SQLite does not read for that
    /// reason; 0 when the log is sound.
    ///
    /// A power cut may leave the last transaction without its first frames, and one that failed may leave its last frames
    /// behind a newer one: neither leaves a whole transaction after the damage.
    pub fn lost_commits(&self) -> usize {
        let mut lost = 0;
        let mut is_whole = true;
        for frame in &self.frames[self.readable()..] {
            is_whole &= frame.fits;
            if frame.commits {
                lost += usize::from(is_whole);
                is_whole = true;
            }
        }
        // Without damage nothing comes after the last commit that SQLite reads.
        lost
    }
}

/// Number of transactions in the log of this journal that SQLite does not read, because a frame before them is damaged.
/// 0 as well when the log cannot be read: then SQLite says so itself.
pub(super) fn lost_commits(journal: &Path) -> usize {
    let look = || Wal::of(journal).map_or((0, 0), |wal| (wal.lost_commits(), wal.readable()));
    let first = look();
    if first.0 == 0 {
        return 0;
    }
    // Another program may have been writing the log at that moment: damage stays.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let again = look();
    if again == first { first.0 } else { 0 }
}

/// What is wrong with the log of this journal; `None` when SQLite reads all of it.
pub(super) fn problem(journal: &Path) -> Option<String> {
    let lost = lost_commits(journal);
    (lost > 0).then(|| format!("the write-ahead log is damaged: {lost} commits after the damage are not read"))
}

/// True when the log holds a first page with our `application_id`: that of a new journal may stand in the log only.
pub(super) fn has_application_id(journal: &Path) -> bool {
    let Ok(file) = File::open(beside(journal, "-wal")) else { return false };
    let first = Wal::read(&file).unwrap_or_default().frames.into_iter().find(|frame| frame.page == 1 && frame.fits);
    let mut id = [0; 4];
    first.is_some_and(|frame| {
        file.read_exact_at(&mut id, frame.at + APPLICATION_ID_AT as u64).is_ok()
            && id == (APPLICATION_ID as u32).to_be_bytes()
    })
}

const fn is_page_size(size: u32) -> bool {
    size.is_power_of_two() && size >= 512 && size <= 65_536
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// SQLite's checksum over these bytes, counted on from `sum`.
fn checksum(big: bool, sum: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let word = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    bytes.chunks_exact(8).fold(sum, |(one, two), pair| {
        let one = one.wrapping_add(word(&pair[..4])).wrapping_add(two);
        (one, two.wrapping_add(word(&pair[4..])).wrapping_add(one))
    })
}
