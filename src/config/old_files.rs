//! Settings that used to be in files of their own: `dashboard.toml`, and the prices in `knowledge/advice/economy.toml`. What
//! they hold is written into `grainloss.toml` once; the old file stays beside, as NAME.old.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::document::Document;
use super::origin::Configuration;
use super::{meaning, places};
use grainloss_core::data_file::{self, FileError};
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::{EconomyEntry, Words, files};

const DASHBOARD: &str = "dashboard.toml";
const ECONOMY: &str = "knowledge/advice/economy.toml";
/// What the dashboard remembers by itself.
const STATE: &str = "screen.toml";

/// What has become of the old files.
#[derive(Debug, Default)]
pub(super) struct OldFiles {
    /// What the user is told.
    pub notices: Vec<String>,
    /// Values that hold, but could not be written into `grainloss.toml`.
    pub unwritten: Document,
}

/// Takes over what old files beside the user's `grainloss.toml` hold.
///
/// # Errors
/// When the prices are wrong: they never were used then.
pub(super) fn take_over(user_file: &Path, words: &Words) -> Result<OldFiles, Vec<FileError>> {
    let mut done = OldFiles::default();
    let Some(folder) = user_file.parent() else { return Ok(done) };
    let (dashboard, economy) = (folder.join(DASHBOARD), folder.join(ECONOMY));
    if !dashboard.is_file() && !economy.is_file() {
        return Ok(done);
    }
    // A new file that is refused is told first; the old ones wait.
    let Ok(before) = places::read(user_file, words) else { return Ok(done) };
    let Ok(sections) = sections(user_file, before.as_deref().unwrap_or_default(), words) else { return Ok(done) };
    let has = |names: &[&str]| names.iter().any(|name| sections.iter().any(|section| section == name));
    let mut olds = Vec::new();
    if economy.is_file() {
        olds.push(Old { table: prices(&economy)?, pan: None, superseded: has(&["prices"]), path: economy });
    }
    if dashboard.is_file() {
        match of_dashboard(&dashboard, words) {
            Ok((table, pan)) => {
                olds.push(Old { table, pan, superseded: has(&["screen", "sounds"]), path: dashboard });
            }
            Err(problem) => done.notices.push(words.with("config-old-refused", &[("problem", &problem.to_string())])),
        }
    }
    for old in olds {
        old.take_over(user_file, words, &mut done);
    }
    Ok(done)
}

/// The sections that the new file has.
fn sections(file: &Path, text: &str, words: &Words) -> Result<Vec<String>, Vec<FileError>> {
    Document::parse_any(&file.display().to_string(), text, words).map(|document| document.sections)
}

/// An old file that can be used.
struct Old {
    path: PathBuf,
    /// Its values, as sections of the new file.
    table: toml::Table,
    /// The pan that was used last.
    pan: Option<toml::Value>,
    /// The new file has these sections already: the old one is not read any more.
    superseded: bool,
}

impl Old {
    fn take_over(self, user_file: &Path, words: &Words, done: &mut OldFiles) {
        let old = self.path.display().to_string();
        let new = user_file.display().to_string();
        if !self.superseded
            && let Err(error) = self.append(user_file)
        {
            // A folder that only may be read, such as /etc for the service.
            let text = toml::to_string(&self.table).unwrap_or_default();
            if let Ok(document) = Document::parse_any(&old, &text, words) {
                done.unwritten.file.clone_from(&old);
                done.unwritten.entries.extend(document.entries);
            }
            let values = [("old", &*old), ("new", &new), ("error", &error.to_string())];
            done.notices.push(words.with("config-old-not-written", &values));
            return;
        }
        self.remember_pan();
        let told = match set_aside(&self.path) {
            Ok(kept) => {
                let key = if self.superseded { "config-old-superseded" } else { "config-old-taken-over" };
                words.with(key, &[("old", &old), ("new", &new), ("kept", &kept.display().to_string())])
            }
            // Another process has done all of it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => words.with("config-old-not-moved", &[("old", &old), ("error", &error.to_string())]),
        };
        done.notices.push(told);
    }

    /// Adds the sections to the end of the new file; what is in it stays as it is.
    fn append(&self, user_file: &Path) -> io::Result<()> {
        if self.table.is_empty() {
            return Ok(());
        }
        // A link leads to the file that is meant.
        let file = std::fs::canonicalize(user_file).unwrap_or_else(|_| user_file.to_owned());
        let mut text = match read_text_bounded(&file, LONGEST_TEXT) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        if !text.is_empty() {
            text += if text.ends_with('\n') { "\n" } else { "\n\n" };
        }
        text += &toml::to_string(&self.table).map_err(io::Error::other)?;
        write_whole(&file, &text)
    }

    fn remember_pan(&self) {
        let Some((pan, folder)) = self.pan.clone().zip(places::state_folder()) else { return };
        let state = folder.join(STATE);
        if state.exists() {
            return;
        }
        let text = toml::to_string(&BTreeMap::from([("pan", pan)])).unwrap_or_default();
        // The measures of a pan are soon typed again; nothing else hangs on them.
        if let Err(error) = write_whole(&state, &text) {
            tracing::warn!("{}: {error}", state.display());
        }
    }
}

/// The prices of the old file, under `prices`.
fn prices(path: &Path) -> Result<toml::Table, Vec<FileError>> {
    let read = || {
        let text = files::read(path)?;
        data_file::parse::<BTreeMap<String, EconomyEntry>>(&path.display().to_string(), &text)
    };
    let prices = read().map_err(|error| vec![error])?;
    if prices.is_empty() {
        return Ok(toml::Table::new());
    }
    let prices = toml::Value::try_from(prices).unwrap_or_else(|_| toml::Table::new().into());
    Ok(toml::Table::from_iter([("prices".to_owned(), prices)]))
}

/// The settings of the old dashboard's file as sections of the new one, and the pan that was used last.
fn of_dashboard(path: &Path, words: &Words) -> Result<(toml::Table, Option<toml::Value>), FileError> {
    let file = path.display().to_string();
    let text = files::read(path)?;
    let mut old: toml::Table = data_file::parse(&file, &text)?;
    let (pan, sounds) = (old.remove("pan"), old.remove("sounds"));
    let mut new = toml::Table::new();
    if !old.is_empty() {
        new.insert("screen".to_owned(), old.into());
    }
    new.extend(sounds.map(|sounds| ("sounds".to_owned(), sounds)));
    let text = toml::to_string(&new).unwrap_or_default();
    let document = Document::parse(&file, &text, words).map_err(first)?;
    let mut alone = Configuration::defaults();
    alone.put(&document);
    alone.rebuild().map_err(|refused| first(refused.0))?;
    match meaning::problems(&alone, words) {
        problems if problems.is_empty() => Ok((new, pan)),
        problems => Err(first(problems)),
    }
}

/// The first problem. Its line is one of the new form, which nobody has seen.
fn first(problems: Vec<FileError>) -> FileError {
    let first = problems.into_iter().next();
    first.map_or(FileError { file: String::new(), line: None, problem: String::new() }, |first| FileError {
        line: None,
        ..first
    })
}

/// Gives the old file the name NAME.old, or NAME.old-2 and so on: a file that is there is never replaced.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let mut nth = 1;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(if nth == 1 { ".old".to_owned() } else { format!(".old-{nth}") });
        let kept = PathBuf::from(name);
        match renameat_with(CWD, path, CWD, &kept, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(kept),
            Err(Errno::EXIST) if nth < 100 => nth += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes a file whole or not at all, whenever the power goes. The rights of a file that is there stay.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let new = PathBuf::from(name);
    let mut file = std::fs::File::create(&new)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
        if let Ok(found) = std::fs::metadata(path) {
            std::fs::set_permissions(&new, found.permissions())?;
        }
        std::fs::rename(&new, path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_knowledge::Lang;

    #[test]
    fn what_cannot_be_written_holds_all_the_same_and_the_old_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dashboard.toml");
        std::fs::write(&path, "theme = \"night\"\n").unwrap();
        let words = Words::new(Lang::En);
        let (table, pan) = of_dashboard(&path, &words).unwrap();
        let mut done = OldFiles::default();
        let old = Old { path: path.clone(), table, pan, superseded: false };
        // Nobody can make a folder there, not even root.
        old.take_over(Path::new("/proc/self/none/grainloss.toml"), &words, &mut done);
        assert!(done.notices.len() == 1 && done.notices[0].contains("could not be written"), "{:?}", done.notices);
        assert!(path.exists());
        let mut configuration = Configuration::defaults();
        configuration.put(&done.unwritten);
        configuration.rebuild().unwrap();
        assert_eq!(configuration.config.screen.theme.as_deref(), Some("night"));
    }
}
