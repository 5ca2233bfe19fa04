//! What the service remembers from one start to the next: the last choice, and the names that were used. A small file
//! beside the journal.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use grainloss_protocol::command::LONGEST_NAME;

/// Names of a kind, at most.
const MOST_NAMES: usize = 20;

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Remembered {
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
}

/// Where it is kept for a journal.
pub(super) fn path(journal: &Path) -> PathBuf {
    journal.with_extension("remembered.toml")
}

impl Remembered {
    /// Reads it. Nothing there is nothing remembered; nor is what cannot be read, and that is told.
    pub fn read(path: &Path) -> Self {
        let text = match std::fs::read_to_string(path) {
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

    /// Writes it, whole or not at all. A disk that takes nothing does not stop the harvest.
    pub fn write(&self, path: &Path) {
        let new = path.with_extension("toml.new");
        let write = || {
            let text = toml::to_string(self).map_err(std::io::Error::other)?;
            let mut file = std::fs::File::create(&new)?;
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

    /// A field is worked on, or none that has a name.
    pub fn field(&mut self, field: Option<&str>) {
        self.field = field.map(str::to_owned);
        if let Some(field) = field {
            first(&mut self.fields, field);
        }
    }

    /// Somebody drives, or nobody who has said so.
    pub fn operator(&mut self, operator: Option<&str>) {
        self.operator = operator.map(str::to_owned);
        if let Some(operator) = operator {
            first(&mut self.operators, operator);
        }
    }
}

/// Puts a name first; the oldest are forgotten.
fn first(names: &mut Vec<String>, name: &str) {
    names.retain(|other| other != name && other.chars().count() <= LONGEST_NAME);
    names.insert(0, name.to_owned());
    names.truncate(MOST_NAMES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_comes_first_and_the_oldest_are_forgotten() {
        let mut remembered = Remembered::default();
        for n in 0..25 {
            remembered.field(Some(&format!("field {n}")));
        }
        remembered.field(Some("field 20"));
        remembered.field(None);
        assert_eq!(remembered.fields.len(), MOST_NAMES);
        assert_eq!(remembered.fields[..2], ["field 20", "field 24"]);
        assert_eq!(remembered.field, None);
    }

    #[test]
    fn it_is_read_as_it_was_written_and_damage_is_nothing_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(&folder.path().join("journal.sqlite"));
        assert_eq!(Remembered::read(&path), Remembered::default());
        let mut remembered = Remembered::default();
        remembered.crop("wheat");
        remembered.operator(Some("张三 \"Z\""));
        remembered.write(&path);
        assert_eq!(Remembered::read(&path), remembered);
        assert!(path.ends_with("journal.remembered.toml"));
        for damage in ["crop = 3", "\u{0}\u{1}", "crop = \"wheat\"\nshoe = 42"] {
            std::fs::write(&path, damage).unwrap();
            assert_eq!(Remembered::read(&path), Remembered::default(), "{damage:?}");
        }
    }
}
