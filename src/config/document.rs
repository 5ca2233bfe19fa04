//! One configuration file: its values, the line of each, and what is wrong with it.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::check;
use grainloss_core::data_file::{FileError, line_of};
use grainloss_knowledge::Words;

/// A value of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The value; never a table.
    pub value: toml::Value,
    /// The line of its key, from 1.
    pub line: usize,
}

/// A configuration file that has been read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The file's name.
    pub file: String,
    /// The values by their dotted keys, such as `service.idle_hours`.
    pub entries: BTreeMap<String, Entry>,
    /// Every section that it has, at the top.
    pub sections: Vec<String>,
}

impl Document {
    /// Reads TOML and checks it against the schema.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the lines.
    pub fn parse(file: &str, text: &str, words: &Words) -> Result<Self, Vec<FileError>> {
        let (document, mut problems) = Self::parse_unchecked(file, text, words, |at| check::problems(at, words))?;
        if problems.is_empty() {
            return Ok(document);
        }
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    /// Reads TOML that need not fit the schema.
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn parse_any(file: &str, text: &str, words: &Words) -> Result<Self, Vec<FileError>> {
        Self::parse_unchecked(file, text, words, |_| Vec::new()).map(|(document, _)| document)
    }

    fn parse_unchecked(
        file: &str,
        text: &str,
        words: &Words,
        check: impl FnOnce(&Source<'_>) -> Vec<FileError>,
    ) -> Result<(Self, Vec<FileError>), Vec<FileError>> {
        let syntax = |error: &toml::de::Error| {
            let line = error.span().map(|span| line_of(text, span.start));
            let place = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default().trim();
            let what = error.message().lines().next().unwrap_or_default();
            let key = if what == "duplicate key" { "config-duplicate" } else { "config-syntax" };
            let problem = words.with(key, &[("place", place), ("what", what)]);
            vec![FileError { file: file.to_owned(), line, problem }]
        };
        let spans = DeTable::parse(text).map_err(|error| syntax(&error))?;
        let table: toml::Table = toml::from_str(text).map_err(|error| syntax(&error))?;
        let source = Source { file, text, spans: spans.get_ref(), table: &table };
        let problems = check(&source);
        let mut document = Self { file: file.to_owned(), sections: table.keys().cloned().collect(), ..Self::default() };
        document.collect("", source.spans, &table, text);
        Ok((document, problems))
    }

    fn collect(&mut self, section: &str, spans: &DeTable<'_>, table: &toml::Table, text: &str) {
        for (name, value) in spans {
            let Some(plain) = table.get(name.get_ref().as_ref()) else { continue };
            let key = dotted(section, name.get_ref());
            if let (DeValue::Table(spans), toml::Value::Table(table)) = (value.get_ref(), plain) {
                self.collect(&key, spans, table, text);
            } else {
                let line = line_of(text, name.span().start);
                self.entries.insert(key, Entry { value: plain.clone(), line });
            }
        }
    }
}

/// A file while it is checked.
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub spans: &'a DeTable<'a>,
    pub table: &'a toml::Table,
}

/// `section.name`, or `name` at the top.
pub(super) fn dotted(section: &str, name: &str) -> String {
    if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") }
}
