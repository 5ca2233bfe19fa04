//! Every value with the place that it is from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;

use super::document::Document;
use super::{Config, Flags, SYSTEM_FILE, meaning, old_files, places};
use grainloss_core::data_file::FileError;
use grainloss_knowledge::{Lang, Words};

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has set it.
    Default,
    /// A file.
    File {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// The command line.
    Flag(&'static str),
}

/// A value and where it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The value; never a table.
    pub value: toml::Value,
    /// Where it is from.
    pub origin: Origin,
}

/// Why a configuration is refused: everything that is wrong with its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<FileError>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

impl From<Vec<FileError>> for Refused {
    fn from(problems: Vec<FileError>) -> Self {
        Self(problems)
    }
}

/// What holds: defaults, files and flags, one over the other.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The settings.
    pub config: Config,
    /// The values by their dotted keys, in order. A key that is not here is not set and has no default.
    pub values: BTreeMap<String, Value>,
    /// The files that were read, the one that counts most last.
    pub files: Vec<String>,
    /// What the user has to be told once: old files that were taken over.
    pub notices: Vec<String>,
    /// How it was asked for, to do it again.
    named: Option<PathBuf>,
    lang: Lang,
    flags: Flags,
}

impl Configuration {
    /// The defaults alone.
    pub fn defaults() -> Self {
        let config = Config::default();
        let mut values = BTreeMap::new();
        // Plain figures and texts can always be written as TOML.
        flatten("", &toml::Table::try_from(&config).unwrap_or_default(), &mut values);
        Self {
            config,
            values,
            files: Vec::new(),
            notices: Vec::new(),
            named: None,
            lang: Lang::default(),
            flags: Flags::default(),
        }
    }

    /// Reads the files: the one that is named, else the system's and over it the user's. Without any, the defaults.
    ///
    /// # Errors
    /// When a file is refused: every problem with its file, line and remedy.
    pub fn load(named: Option<&Path>, words: &Words) -> Result<Self, Refused> {
        let loaded = match named {
            Some(path) => Self::of_files(&[path.to_owned()], true, words)?,
            None => Self::of_system_and_user(words)?,
        };
        Ok(Self { named: named.map(Path::to_owned), lang: words.lang, ..loaded })
    }

    /// Reads the files again, with the same command line over them.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn reload(&self) -> Result<Self, Refused> {
        Self::load(self.named.as_deref(), &Words::new(self.lang))?.with_flags(&self.flags)
    }

    fn of_system_and_user(words: &Words) -> Result<Self, Refused> {
        let user = places::user_file();
        let old = user.as_deref().map(|user| old_files::take_over(user, words)).transpose()?;
        let system = PathBuf::from(SYSTEM_FILE);
        let files: Vec<PathBuf> = match user {
            Some(user) if user == system => vec![user],
            user => std::iter::once(system).chain(user).collect(),
        };
        let mut loaded = Self::of_files(&files, false, words)?;
        if let Some(old) = old {
            loaded.notices = old.notices;
            // What could not be written into the user's file holds all the same, below that file.
            loaded.put_below(&old.unwritten);
            loaded.rebuild()?;
        }
        Ok(loaded)
    }

    fn of_files(files: &[PathBuf], must_exist: bool, words: &Words) -> Result<Self, Refused> {
        let mut loaded = Self::defaults();
        for path in files {
            let file = path.display().to_string();
            let text = match places::read(path, words) {
                Ok(Some(text)) => text,
                Ok(None) if must_exist => {
                    let problem = words.get("config-not-there");
                    return Err(Refused(vec![FileError { file, line: None, problem }]));
                }
                Ok(None) => continue,
                // The system's file may be for the service's eyes only.
                Err(_) if path == Path::new(SYSTEM_FILE) && files.len() > 1 && !can_be_read(path) => continue,
                Err(error) => return Err(Refused(vec![error])),
            };
            loaded.put(&Document::parse(&file, &text, words)?);
            loaded.files.push(file);
        }
        loaded.rebuild()?;
        let problems = meaning::problems(&loaded, words);
        if problems.is_empty() { Ok(loaded) } else { Err(Refused(problems)) }
    }

    /// The values of a file over what is here. A crop's price is one thing: it is replaced as a whole.
    pub fn put(&mut self, document: &Document) {
        let priced = document.entries.keys().filter_map(|key| price_of(key));
        for prefix in priced.collect::<std::collections::BTreeSet<_>>() {
            self.values.retain(|key, _| price_of(key) != Some(prefix));
        }
        for (key, entry) in &document.entries {
            let origin = Origin::File { file: document.file.clone(), line: entry.line };
            self.values.insert(key.clone(), Value { value: entry.value.clone(), origin });
        }
    }

    /// The values of a file where nothing else is set.
    fn put_below(&mut self, document: &Document) {
        let above = self.values.clone();
        self.put(document);
        self.values.extend(above.into_iter().filter(|(_, value)| value.origin != Origin::Default));
    }

    /// What the command line says, over the files.
    ///
    /// # Errors
    /// When a value does not fit its key; the command line's own checks come first, so that none should.
    pub fn with_flags(mut self, flags: &Flags) -> Result<Self, Refused> {
        for (key, flag, value) in flags.iter() {
            self.values.insert((*key).to_owned(), Value { value: value.clone(), origin: Origin::Flag(flag) });
        }
        self.flags.extend(flags);
        self.rebuild()?;
        Ok(self)
    }

    /// The settings that follow from the values.
    ///
    /// # Errors
    /// When the values do not fit the settings.
    pub fn rebuild(&mut self) -> Result<(), Refused> {
        let mut table = toml::Table::new();
        for (key, value) in &self.values {
            insert(&mut table, key, value.value.clone());
        }
        self.config = Config::deserialize(table).map_err(|error| {
            let file = self.files.last().cloned().unwrap_or_else(|| super::NAME.to_owned());
            Refused(vec![FileError { file, line: None, problem: error.message().to_owned() }])
        })?;
        Ok(())
    }

    /// Where the value of this key is from; `None` when it is not set.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.values.get(key).map(|value| &value.origin)
    }
}

fn can_be_read(path: &Path) -> bool {
    std::fs::File::open(path).is_ok()
}

/// `prices.wheat` of `prices.wheat.currency`.
fn price_of(key: &str) -> Option<&str> {
    let crop = key.strip_prefix("prices.")?.split('.').next()?;
    key.get(.."prices.".len() + crop.len())
}

fn flatten(section: &str, table: &toml::Table, values: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = super::document::dotted(section, name);
        match value {
            toml::Value::Table(table) => flatten(&key, table, values),
            value => {
                values.insert(key, Value { value: value.clone(), origin: Origin::Default });
            }
        }
    }
}

/// Puts a value under its dotted key.
pub(super) fn insert(table: &mut toml::Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let within = table.entry(section).or_insert_with(|| toml::Table::new().into());
            if let toml::Value::Table(within) = within {
                insert(within, rest, value);
            }
        }
    }
}
