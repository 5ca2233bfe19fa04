//! `grainloss config`: which settings hold and where they are from, the schema, a sample, and a look through a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

use super::error::CliError;
use super::options::journal_path;
use super::run::RunFlags;
use super::table::say;
use crate::config::{self, Configuration, Document, Origin, Value};
use crate::service::default_socket;
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_tui::state_file;

/// Settings: which hold, where they are from, what can be set.
///
/// They are in grainloss.toml: the file after --config, else ~/.config/grainloss/grainloss.toml over
/// /etc/grainloss/grainloss.toml. The command line goes before the files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(Show),
    /// Print the JSON schema of grainloss.toml, for editors
    Schema,
    /// Print a commented grainloss.toml to begin with
    Sample,
    /// Look through the files that are read, or another one; exit status 2 when something is wrong
    Check {
        /// The file to look through
        file: Option<PathBuf>,
    },
}

/// Print every setting that holds
///
/// With the options of `run` it shows what such a run would use.
#[derive(Debug, clap::Args)]
struct Show {
    /// Where each value is from: command line, file and line, screen, or default
    #[arg(long)]
    origin: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "toml")]
    format: Format,
    #[command(flatten)]
    run: RunFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As grainloss.toml is written
    Toml,
    /// For programs
    Json,
}

pub(super) fn main(
    args: Args,
    words: &Words,
    load: impl FnOnce() -> Result<Configuration, CliError>,
) -> Result<(), CliError> {
    match args.command {
        Command::Show(show) => show.print(load()?, words),
        Command::Schema => say(&serde_json::to_string_pretty(&config::schema()).map_err(CliError::failed)?),
        Command::Sample => say(config::SAMPLE.trim_end()),
        Command::Check { file } => {
            let checked = match file {
                Some(file) => Configuration::load(Some(&file), words).map_err(CliError::input)?,
                None => load()?,
            };
            if checked.files.is_empty() {
                return say(&words.get("config-no-file"));
            }
            checked.files.iter().try_for_each(|file| say(&words.with("config-good", &[("file", file)])))
        }
    }
}

/// A setting as it is shown.
struct Shown {
    value: Option<Value>,
    /// It was chosen on the screen: the place in the file that remembers it.
    screen: Option<(String, usize)>,
}

impl Show {
    fn print(self, configuration: Configuration, words: &Words) -> Result<(), CliError> {
        let mut configuration = configuration.with_flags(&self.run.flags()).map_err(CliError::input)?;
        // Places that follow from the surroundings.
        let computed =
            [("journal.file", journal_path(None, &config::Config::default()).ok()), ("socket.path", default_socket())];
        for (key, path) in computed {
            let Some(path) = path else { continue };
            let value = Value { value: path.display().to_string().into(), origin: Origin::Default };
            configuration.values.entry(key.to_owned()).or_insert(value);
        }
        let keys: BTreeSet<String> = config::keys().into_iter().chain(configuration.values.keys().cloned()).collect();
        let mut chosen = chosen_on_the_screen(words);
        let keys: BTreeSet<String> = keys.into_iter().chain(chosen.keys().cloned()).collect();
        let shown = keys.into_iter().map(|key| {
            let value = configuration.values.remove(&key);
            let shown = match chosen.remove(&key) {
                Some((value, place)) => Shown { value: Some(value), screen: Some(place) },
                None => Shown { value, screen: None },
            };
            (key, shown)
        });
        let shown: Vec<(String, Shown)> = shown.collect();
        match self.format {
            Format::Toml => self.toml(&shown, words),
            Format::Json => say(&serde_json::to_string_pretty(&self.json(&shown)).map_err(CliError::failed)?),
        }
    }

    fn toml(&self, shown: &[(String, Shown)], words: &Words) -> Result<(), CliError> {
        let mut sections: BTreeMap<&str, Vec<(&str, &Shown)>> = BTreeMap::new();
        for (key, shown) in shown {
            let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
            sections.entry(section).or_default().push((name, shown));
        }
        let mut first = true;
        for (section, settings) in sections {
            say(&format!("{}[{section}]", if std::mem::take(&mut first) { "" } else { "\n" }))?;
            for (name, shown) in settings {
                let line = match &shown.value {
                    Some(value) => format!("{name} = {}", value.value),
                    None => format!("# {name} ="),
                };
                let origin = shown.origin(words);
                let origin = if self.origin { format!("  # {origin}") } else { String::new() };
                say(format!("{line:<48}{origin}").trim_end())?;
            }
        }
        Ok(())
    }

    fn json(&self, shown: &[(String, Shown)]) -> Json {
        let mut root = json!({});
        for (key, shown) in shown {
            let value = shown.value.as_ref().map_or(Json::Null, |value| json!(value.value));
            let value = if self.origin { shown.json(&value) } else { value };
            let mut place = &mut root;
            for part in key.split('.') {
                place = &mut place[part];
            }
            *place = value;
        }
        root
    }
}

impl Shown {
    fn origin(&self, words: &Words) -> String {
        if let Some((file, line)) = &self.screen {
            return words.with("config-from-screen", &[("place", &format!("{file}:{line}"))]);
        }
        match self.value.as_ref().map(|value| &value.origin) {
            None => words.get("config-not-set"),
            Some(Origin::Default) => words.get("config-from-default"),
            Some(Origin::File { file, line }) => format!("{file}:{line}"),
            Some(Origin::Flag(flag)) => words.with("config-from-flag", &[("flag", flag)]),
        }
    }

    fn json(&self, value: &Json) -> Json {
        if let Some((file, line)) = &self.screen {
            return json!({"value": value, "origin": "screen", "file": file, "line": line});
        }
        match self.value.as_ref().map(|value| &value.origin) {
            None => json!({"value": value, "origin": "not set"}),
            Some(Origin::Default) => json!({"value": value, "origin": "default"}),
            Some(Origin::File { file, line }) => json!({"value": value, "origin": "file", "file": file, "line": line}),
            Some(Origin::Flag(flag)) => json!({"value": value, "origin": "flag", "flag": flag}),
        }
    }
}

/// What the dashboard remembers: by key the value, and its place.
fn chosen_on_the_screen(words: &Words) -> BTreeMap<String, (Value, (String, usize))> {
    let Some(path) = config::state_folder().map(|folder| state_file(&folder)) else { return BTreeMap::new() };
    let file = path.display().to_string();
    let Ok(text) = read_text_bounded(&path, LONGEST_TEXT) else { return BTreeMap::new() };
    let Ok(document) = Document::parse_any(&file, &text, words) else { return BTreeMap::new() };
    let settings = document.entries.into_iter().filter(|(key, _)| !key.starts_with("pan."));
    let settings = settings.map(|(key, entry)| {
        let origin = Origin::File { file: file.clone(), line: entry.line };
        (key, (Value { value: entry.value, origin }, (file.clone(), entry.line)))
    });
    settings.collect()
}
