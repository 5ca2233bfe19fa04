//! The pages of a damaged journal, from the file and its write-ahead log, without SQLite.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::quarantine::beside;
use crate::wal::Wal;

/// What a SQLite file begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Page size of every journal that this program makes: SQLite's usual one.
const USUAL_PAGE_SIZE: usize = 4096;

/// A page's image: in the log at this place, or in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// The page's number, from 1.
    pub page: u32,
    in_log: Option<u64>,
}

/// The pages of a journal.
pub(super) struct Images {
    file: File,
    log: Option<File>,
    /// Where the newest image of a page stands in the log.
    newest: HashMap<u32, u64>,
    /// Every image to be read, the one that counts first.
    pub all: Vec<Image>,
    /// Bytes of a whole page.
    pub page_size: usize,
    /// Number of pages that the file says it has and that are cut away.
    pub cut: u64,
}

impl Images {
    /// Opens a journal's file and its log.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let log = File::open(beside(path, "-wal")).ok();
        let wal = log.as_ref().map(Wal::read).transpose()?.unwrap_or_default();
        let mut header = [0; 100];
        let has_header = file.read_exact_at(&mut header, 0).is_ok() && header.starts_with(MAGIC);
        let said = usize::from(u16::from_be_bytes([header[16], header[17]]));
        let said = Some(said).filter(|size| has_header && size.is_power_of_two() && *size >= 512);
        let logged = Some(wal.page_size as usize).filter(|_| !wal.frames.is_empty());
        let page_size = said.or(logged).unwrap_or(USUAL_PAGE_SIZE);
        let in_file = file.metadata()?.len().div_ceil(page_size as u64);
        let said = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
        // More pages than are logged: a number that cannot be told from a damaged one.
        let cut = if has_header { said.saturating_sub(in_file) } else { 0 };
        let is_damaged = wal.lost_commits() > 0;
        let counted = if is_damaged { wal.frames.len() } else { wal.readable() };
        let good = wal.frames[..counted].iter().filter(|frame| frame.fits);
        let newest: HashMap<u32, u64> = good.clone().map(|frame| (frame.page, frame.at)).collect();
        let mut images =
            Self { file, log, newest, all: Vec::new(), page_size, cut: if wal.frames.is_empty() { cut } else { 0 } };
        let image = |page, in_log| Image { page, in_log };
        let in_file = (1..=u32::try_from(in_file).unwrap_or(u32::MAX)).map(|page| image(page, None));
        if is_damaged {
            // The page that a damaged frame held may be told by an older one only: every image counts, the newest first.
            images.all.extend(good.rev().map(|frame| image(frame.page, Some(frame.at))));
            images.all.extend(in_file);
            let broken = wal.frames.iter().rev().filter(|frame| !frame.fits);
            images.all.extend(broken.map(|frame| image(frame.page, Some(frame.at))));
        } else {
            images.all.extend(images.newest.iter().map(|(page, at)| image(*page, Some(*at))));
            images.all.extend(in_file.filter(|image| !images.newest.contains_key(&image.page)));
        }
        // A page that is free may hold rows that were replaced.
        let free = images.free();
        images.all.sort_by_key(|image| free.contains(&image.page));
        Ok(images)
    }

    /// The bytes of an image; fewer than a page where the file is cut.
    pub fn bytes(&self, image: Image) -> Option<Vec<u8>> {
        match image.in_log {
            Some(at) => read(self.log.as_ref()?, at, self.page_size),
            None => read(&self.file, u64::from(image.page.checked_sub(1)?) * self.page_size as u64, self.page_size),
        }
    }

    /// The newest image of a page.
    pub fn page(&self, page: u32) -> Option<Vec<u8>> {
        self.bytes(Image { page, in_log: self.newest.get(&page).copied() })
    }

    /// The pages that the file's header says are free.
    fn free(&self) -> HashSet<u32> {
        let word = |page: &[u8], at: usize| {
            page.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
        };
        let first = self.page(1).filter(|page| page.starts_with(MAGIC));
        let mut trunk = first.map_or(0, |page| word(&page, 32));
        let mut free = HashSet::new();
        while trunk > 1 && free.insert(trunk) {
            let Some(page) = self.page(trunk) else { break };
            let count = (word(&page, 4) as usize).min(self.page_size / 4 - 2);
            free.extend((0..count).map(|nth| word(&page, 8 + 4 * nth)));
            trunk = word(&page, 0);
        }
        free
    }
}

/// As many bytes as are there, up to `size`; `None` when there are none.
fn read(file: &File, at: u64, size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size];
    let mut filled = 0;
    while filled < size {
        match file.read_at(&mut bytes[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // A sector that the disk cannot read any more.
            Err(_) => break,
        }
    }
    bytes.truncate(filled);
    (filled > 0).then_some(bytes)
}
