//! What belongs to a journal beside it: no output of another command may take its place.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::capture::file::folder;
use super::key::is_secret_key;
use super::open::has_application_id;

/// Most symbolic links that are followed, as in the kernel (path_resolution(7)).
const MOST_LINKS: usize = 40;
/// Files that belong to a journal, by what comes after its name.
const AFTER_ITS_NAME: [(&str, &str); 6] = [
    ("-wal", "what the journal has not taken up yet"),
    ("-shm", "the index of what the journal has not taken up yet"),
    ("-journal", "what the journal would be mended with"),
    (".head", "the newest seal, by which removed sessions are noticed"),
    (".lock", "the lock of the service that writes the journal"),
    (".checks", "check lists that wait for the next session"),
];
const REMEMBERED: (&str, &str) = ("remembered.toml", "the names that were used before");
/// An entry of a measured point that is not finished, beside its journal.
const POINT_DRAFT: (&str, &str) = ("point.toml", "the entry of a measured point that is not finished");
const SECRET_KEY: &str = "the device's secret key";
const PUBLIC_KEYS: &str = "the device's public keys, by which sessions are verified";
const JOURNAL: &str = "a journal, with its sessions";
const CAPTURE: &str = "the capture of a session";

/// What an output of another command would destroy: the file at `out`, or the one that a link leads to, if it belongs to
/// `journal` or to any journal in the same folder. Hard links are found for `journal`. `None` when nothing would be lost.
pub fn belonging(out: &Path, journal: Option<&Path>) -> Option<&'static str> {
    let out = resolved(out)?;
    if let Some(journal) = journal.and_then(resolved) {
        let file = identity(&out);
        let is_out = |path: &Path| *path == *out || file.is_some() && identity(path) == file;
        if let Some((_, what)) = belongings(&journal).into_iter().find(|(path, _)| is_out(path)) {
            return Some(what);
        }
    }
    by_content(&out).or_else(|| by_name(&out))
}

/// All that belongs to this journal, whether it is there or not.
fn belongings(journal: &Path) -> Vec<(PathBuf, &'static str)> {
    let mut all = vec![
        (journal.to_owned(), JOURNAL),
        (journal.with_file_name("device.key"), SECRET_KEY),
        (journal.with_file_name("device.pub"), PUBLIC_KEYS),
        (journal.with_extension(REMEMBERED.0), REMEMBERED.1),
        (journal.with_extension(POINT_DRAFT.0), POINT_DRAFT.1),
    ];
    all.extend(AFTER_ITS_NAME.map(|(ending, what)| {
        let mut path = journal.as_os_str().to_owned();
        path.push(ending);
        (PathBuf::from(path), what)
    }));
    let captures = std::fs::read_dir(folder(journal)).into_iter().flatten().flatten();
    all.extend(captures.map(|file| (file.path(), CAPTURE)));
    all
}

/// What a file says of itself.
fn by_content(path: &Path) -> Option<&'static str> {
    if !path.is_file() {
        return None;
    }
    if has_application_id(path) {
        return Some(JOURNAL);
    }
    let mut start = Vec::new();
    File::open(path).ok()?.take(64).read_to_end(&mut start).ok()?;
    is_secret_key(&start).then_some(SECRET_KEY)
}

/// What its name and what lies beside it say.
fn by_name(path: &Path) -> Option<&'static str> {
    let (name, parent) = (path.file_name()?.to_str()?, path.parent()?);
    match name {
        "device.key" => return Some(SECRET_KEY),
        "device.pub" => return Some(PUBLIC_KEYS),
        _ => {}
    }
    for (ending, what) in AFTER_ITS_NAME {
        if name.strip_suffix(ending).is_some_and(|journal| has_application_id(&parent.join(journal))) {
            return Some(what);
        }
    }
    let journal_called = |folder: &Path, stem: &str| {
        let beside = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
        beside.filter(|path| path.file_stem().is_some_and(|other| other == stem)).any(|path| has_application_id(&path))
    };
    for (ending, what) in [REMEMBERED, POINT_DRAFT] {
        let stem = name.strip_suffix(ending).and_then(|rest| rest.strip_suffix('.'));
        if stem.is_some_and(|stem| journal_called(parent, stem)) {
            return Some(what);
        }
    }
    let stem = parent.file_name()?.to_str()?.strip_suffix("-raw")?;
    (name.starts_with("session-") && journal_called(parent.parent()?, stem)).then_some(CAPTURE)
}

/// The path without links, also where the last one leads to nothing yet; `None` where its folder is not there.
fn resolved(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(found) = path.canonicalize() {
            return Some(found);
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(target) = path.read_link() else { return Some(parent.canonicalize().ok()?.join(path.file_name()?)) };
        path = parent.join(target);
    }
    None
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|found| (found.dev(), found.ino()))
}
