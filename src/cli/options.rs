//! Options that several commands share, and the places they default to.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::error::CliError;
use super::{conditions, option_values};
use crate::cli::said::Said as _;
use crate::config::{self, Config, Configuration};
use crate::service::{AlarmsAndPrices, CalibrationChoice, CropSettings, LoadSettings};
use grainloss_core::clean_text::clean;
use grainloss_core::crop_conditions::TimedConditions;
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_journal::belonging;
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Message, Words};
use grainloss_report::files;

/// A year: no harvest is longer.
#[cfg(feature = "simulator")]
pub(super) const MAX_SECONDS: u64 = 365 * 86_400;

/// What is harvested, and the limit it is judged by.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CropOptions {
    /// Expected yield, kg/ha [default: the crop's usual one]
    #[arg(long, value_name = "N", value_parser = option_values::yield_kg_ha)]
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight, g [default: the crop's usual one]
    #[arg(long, value_name = "N", value_parser = option_values::tkw_g)]
    pub tkw_g: Option<f64>,
    /// Loss limit: a named one, or per cent of your own [default: the crop's]
    #[arg(long, value_name = "ID|PERCENT")]
    pub limit: Option<String>,
    /// How it is harvested, which chooses the limit: full-feed or half-feed (rice), grain or ear (maize), combined or pick-up
    /// (canola) [default: what the profile says, else the first of these]
    #[arg(long, value_name = "MODE", value_parser = option_values::harvest_mode)]
    pub mode: Option<HarvestMode>,
}

/// Hours without work that end a session.
pub(super) fn hours(text: &str) -> Result<f64, Message> {
    option_values::between(text, config::IDLE_HOURS_MIN, config::IDLE_HOURS_MAX)
}

impl CropOptions {
    /// What was asked for.
    pub fn settings(&self) -> CropSettings {
        let Self { yield_kg_ha, tkw_g, limit, mode } = self.clone();
        CropSettings { yield_kg_ha, tkw_g, limit, mode }
    }
}

/// What pans on earlier fields have taught.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CalibrationOptions {
    /// What pans on earlier fields have taught of this machine in this crop: `latest` in the journal, a number that
    /// `grainloss calibration list` shows, a file, or `none` [default: latest; none for replay, so that a log gives the
    /// same bytes]
    #[arg(long, value_name = "latest|ID|FILE|none")]
    calibration: Option<CalibrationChoice>,
    /// The loss plates were cleaned, moved, replaced or set since: they begin at their data sheet
    #[arg(long)]
    pub plates_touched: bool,
}

impl CalibrationOptions {
    /// What was asked for, or else this.
    pub fn choice(&self, default: CalibrationChoice) -> CalibrationChoice {
        self.calibration.clone().unwrap_or(default)
    }

    /// True when the newest was asked for by name.
    pub fn asks_for_latest(&self) -> bool {
        self.calibration == Some(CalibrationChoice::Latest)
    }
}

/// What the driver says of the crop.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ConditionsOptions {
    /// What the crop is like, as CSV: t_unix, stand (standing, leaning or lodged), wet, weedy, slope (yes or no), lie_deg (where
    /// lodged crop points, degrees from north). A row holds
    /// from its time until the next one; an empty t_unix is from the beginning, any other empty field is not said
    #[arg(long, value_name = "FILE.csv")]
    pub conditions: Option<PathBuf>,
}

impl ConditionsOptions {
    /// What the file says; nothing without one.
    pub fn read(&self, words: &Words) -> Result<Vec<TimedConditions>, CliError> {
        self.conditions.as_deref().map_or_else(|| Ok(Vec::new()), |path| conditions::read(path, words))
    }
}

/// Limits and prices of the configuration.
pub(super) fn alarms_and_prices(config: &Config) -> AlarmsAndPrices {
    AlarmsAndPrices { limits: config.alarms.limits.clone(), prices: config.prices.clone() }
}

/// Reads limits and prices again.
pub(super) fn reload_settings(settings: Configuration) -> LoadSettings {
    let reload = move || settings.reload().map(|settings| alarms_and_prices(&settings.config));
    Arc::new(move || reload().map_err(|refused| refused.to_string()))
}

/// The journal: the one that is named on the command line, else that of the configuration, else journal.sqlite in the folder
/// of the program's state.
pub(super) fn journal_path(asked: Option<PathBuf>, config: &Config) -> Result<PathBuf, CliError> {
    asked
        .or_else(|| config.journal.path())
        .or_else(|| config::state_folder().map(|state| state.join("journal.sqlite")))
        .ok_or_else(|| CliError::input(spoken().get("cli-no-journal-place")))
}

/// Outputs must be apart from the inputs and from each other: otherwise one would destroy the other.
pub(super) fn apart<'a>(
    inputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
    outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
) -> Result<(), CliError> {
    let mut taken: Vec<(&str, Identity)> =
        inputs.filter_map(|(option, path)| Some((option, identity(path)?))).collect();
    for (option, path) in outputs {
        let Some(identity) = identity(path) else { continue };
        if let Some((other, _)) = taken.iter().find(|(_, other)| *other == identity) {
            let problem = spoken().with("cli-same-file", &[("other", other)]);
            return Err(CliError::input(format!("{option} {}: {problem}", path.display())));
        }
        taken.push((option, identity));
    }
    Ok(())
}

/// The key of what belongs to a journal: the letters of its English name.
fn belonging_key(what: &str) -> String {
    let parts = what.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    format!("belongs-{}", parts.collect::<Vec<_>>().join("-").to_ascii_lowercase())
}

/// Outputs must not take the place of what belongs to this journal, or to any: keys, sessions, captures.
pub(super) fn spare<'a>(
    journal: Option<&Path>,
    outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
) -> Result<(), CliError> {
    for (option, path) in outputs {
        if let Some(what) = belonging(path, journal) {
            let problem = spoken().with("cli-belongs", &[("what", &spoken().get(&belonging_key(what)))]);
            return Err(CliError::input(format!("{option} {}: {problem}", path.display())));
        }
    }
    Ok(())
}

/// Writes JSON that may name people: completely or not at all, and readable by owner and group only. A link of the user's
/// own is followed.
pub(super) fn write_json(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    files::write_whole(&path, |out| out.write_all(clean(text).as_bytes()))
}

/// Every output must be writable before the first one is emptied: a slip in one must not cost what another holds.
pub(super) fn writable<'a>(outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>) -> Result<(), CliError> {
    for (option, path) in outputs {
        let opened = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => OpenOptions::new().append(true).open(path).map(drop),
            // A pipe or a device has nothing to lose.
            Ok(_) => Ok(()),
            Err(_) if path.is_symlink() => Ok(()),
            Err(_) => File::create_new(path).and_then(|_| std::fs::remove_file(path)),
        };
        opened.map_err(|error| CliError::input(format!("{option} {}: {}", path.display(), error.said())))?;
    }
    Ok(())
}

/// What makes a file itself, whatever path leads to it.
#[derive(PartialEq)]
enum Identity {
    There(u64, u64),
    ToBeMade(PathBuf),
}

/// `None` for what is no file: a pipe, a device, standard input.
fn identity(path: &Path) -> Option<Identity> {
    if let Ok(found) = std::fs::metadata(path) {
        return found.is_file().then(|| Identity::There(found.dev(), found.ino()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(Identity::ToBeMade(folder.canonicalize().ok()?.join(path.file_name()?)))
}
