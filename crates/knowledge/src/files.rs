//! The user's own files: `$XDG_CONFIG_HOME/grainloss/`, or `~/.config/grainloss/`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;

use crate::bounded::{LONGEST_TEXT, read_bounded};
use grainloss_core::data_file::{self, FileError, line_of};

/// The text of a file.
///
/// # Errors
///
/// When the file cannot be read, is longer than [`LONGEST_TEXT`], or is not UTF-8; then the error names the line.
pub fn read(path: &Path) -> Result<String, FileError> {
    let file = path.display().to_string();
    let bytes = read_bounded(path, LONGEST_TEXT).map_err(|error| FileError {
        file: file.clone(),
        line: None,
        problem: format!("cannot be read: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        FileError {
            file,
            line: Some(line_of(&good, good.len())),
            problem: "not UTF-8 text; save it as UTF-8".to_owned(),
        }
    })
}

/// A knowledge file: the user's own of this name, or the embedded one.
///
/// # Errors
///
/// When the user's file cannot be read, or the text does not parse; the error names file and line.
pub fn load<T: DeserializeOwned>(name: &str, embedded: &str) -> Result<T, FileError> {
    let (file, text) = text_of(name, embedded)?;
    data_file::parse(&file, &text)
}

/// The name and the text of a knowledge file: the user's own, or the embedded one.
fn text_of<'a>(name: &'a str, embedded: &'a str) -> Result<(Cow<'a, str>, Cow<'a, str>), FileError> {
    match user_file("knowledge", name) {
        Some(path) => Ok((path.display().to_string().into(), read(&path)?.into())),
        None => Ok((name.into(), embedded.into())),
    }
}

/// A knowledge file that is asked for often: it is read each time, and parsed only where its text has changed.
pub(crate) struct KeptFile<T> {
    name: &'static str,
    embedded: &'static str,
    newest: Mutex<Option<(Cow<'static, str>, Arc<T>)>>,
}

impl<T: DeserializeOwned> KeptFile<T> {
    pub const fn new(name: &'static str, embedded: &'static str) -> Self {
        Self { name, embedded, newest: Mutex::new(None) }
    }

    /// What it says now.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn get(&self) -> Result<Arc<T>, FileError> {
        let (file, text) = text_of(self.name, self.embedded)?;
        // Nothing panics while the lock is held.
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*newest {
            Some((known, parsed)) if *known == text => Ok(Arc::clone(parsed)),
            _ => {
                let parsed = Arc::new(data_file::parse(&file, &text)?);
                *newest = Some((text, Arc::clone(&parsed)));
                Ok(parsed)
            }
        }
    }
}

/// The user's own file in this folder, if there is one: `$XDG_CONFIG_HOME/grainloss/FOLDER/NAME`, or below `~/.config`.
pub fn user_file(folder: &str, name: &str) -> Option<PathBuf> {
    user_path(folder, name).filter(|path| path.is_file())
}

/// Where such a file would be; `None` without `XDG_CONFIG_HOME` and `HOME`.
pub fn user_path(folder: &str, name: &str) -> Option<PathBuf> {
    Some(user_folder(folder)?.join(name))
}

/// The names, without their extension, of the user's own files in this folder, in order.
pub fn user_names(folder: &str, extension: &str) -> Vec<String> {
    let files = user_folder(folder).and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<String> = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn user_folder(folder: &str) -> Option<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(config.join("grainloss").join(folder))
}
