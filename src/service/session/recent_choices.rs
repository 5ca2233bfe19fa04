//! The last choices of crop, field, operator and limit, and the names used before, kept from one start to the next in a
//! small file beside the journal.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use grainloss_core::advice::Economy;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_protocol::command::MAX_NAME_CHARS;

/// Most names of a kind (our choice: what fits on a screen).
const MAX_NAMES: usize = 20;

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RecentChoices {
    /// The last crop, by its name in the knowledge files.
    pub crop: Option<String>,
    /// The last field.
    pub field: Option<String>,
    /// The last operator.
    pub operator: Option<String>,
    /// The last limit, as it was asked for.
    pub limit: Option<String>,
    /// The crops that were used, the last first.
    pub crops: Vec<String>,
    /// The fields that were named, the last first.
    pub fields: Vec<String>,
    /// The operators that were named, the last first.
    pub operators: Vec<String>,
    /// Prices and costs that were entered on a screen, by crop.
    pub prices: BTreeMap<String, Economy>,
}

/// The file for a journal.
pub(super) fn path(journal: &Path) -> PathBuf {
    journal.with_extension("remembered.toml")
}

impl RecentChoices {
    /// Reads the file. A missing file is empty, and so is one that cannot be read, with a warning.
    pub fn read(path: &Path) -> Self {
        let text = match read_text_bounded(path, LONGEST_TEXT) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::warn!("{}: {error}; nothing is remembered", path.display());
                return Self::default();
            }
        };
        toml::from_str(&text).unwrap_or_else(|error| {
            let what = error.message().replace('\n', "; ");
            tracing::warn!("{}: {what}; nothing is remembered, and the file will be written anew", path.display());
            Self::default()
        })
    }

    /// Writes the file completely or not at all. A full disk is a warning: it does not stop the harvest.
    pub fn write(&self, path: &Path) {
        let new = path.with_extension("toml.new");
        let write = || {
            let text = toml::to_string(self).map_err(std::io::Error::other)?;
            // Left by a run that was killed, perhaps readable by others.
            let _ = std::fs::remove_file(&new);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o640).open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, path)
        };
        if let Err(error) = write() {
            tracing::warn!("{}: cannot be written: {error}", path.display());
        }
    }

    /// A crop is used.
    pub fn crop(&mut self, crop: &str) {
        self.crop = Some(crop.to_owned());
        first(&mut self.crops, crop);
    }

    /// A field is worked on; `None` is one without a name.
    pub fn field(&mut self, field: Option<&str>) {
        self.field = field.map(str::to_owned);
        if let Some(field) = field {
            first(&mut self.fields, field);
        }
    }

    /// An operator drives; `None` is one without a name.
    pub fn operator(&mut self, operator: Option<&str>) {
        self.operator = operator.map(str::to_owned);
        if let Some(operator) = operator {
            first(&mut self.operators, operator);
        }
    }
}

/// Puts a name first; the oldest are dropped.
fn first(names: &mut Vec<String>, name: &str) {
    names.retain(|other| other != name && other.chars().count() <= MAX_NAME_CHARS);
    names.insert(0, name.to_owned());
    names.truncate(MAX_NAMES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_name_comes_first_and_the_oldest_are_dropped() {
        let mut choices = RecentChoices::default();
        for n in 0..25 {
            choices.field(Some(&format!("field {n}")));
        }
        choices.field(Some("field 20"));
        choices.field(None);
        assert_eq!(choices.fields.len(), MAX_NAMES);
        assert_eq!(choices.fields[..2], ["field 20", "field 24"]);
        assert_eq!(choices.field, None);
    }

    #[test]
    fn a_written_file_is_read_back_and_a_damaged_one_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(&folder.path().join("journal.sqlite"));
        assert_eq!(RecentChoices::read(&path), RecentChoices::default());
        let mut choices = RecentChoices::default();
        choices.crop("wheat");
        choices.operator(Some("张三 \"Z\""));
        choices.write(&path);
        assert_eq!(RecentChoices::read(&path), choices);
        assert!(path.ends_with("journal.remembered.toml"));
        for damage in ["crop = 3", "\u{0}\u{1}", "crop = \"wheat\"\nshoe = 42"] {
            std::fs::write(&path, damage).unwrap();
            assert_eq!(RecentChoices::read(&path), RecentChoices::default(), "{damage:?}");
        }
    }
}
