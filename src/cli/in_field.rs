//! What the service or the journal says of the field now, for commands that can do without.

use std::path::PathBuf;

use super::error::CliError;
use super::options::journal_path;
use crate::config::Config;
use crate::service::{latest_snapshot, socket_to_watch};
use grainloss_core::machine::Channel;
use grainloss_core::record::COLUMNS;
use grainloss_journal::Journal;
use grainloss_knowledge::Words;
use grainloss_knowledge::files::user_file;
use grainloss_knowledge::local_time::date_time_zone;
use grainloss_protocol::snapshot::Snapshot;

/// A moisture that was measured longer ago says nothing of now, µs (our choice: a day of drying).
const OLD_US: i64 = 24 * 3_600_000_000;

/// Where service and journal are.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FieldOptions {
    /// The service's socket [default: as `grainloss watch`]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
}

/// What is known of the field now. `None` is unknown.
#[derive(Debug, Default)]
pub(super) struct InField {
    /// What the service shows.
    pub live: Option<Snapshot>,
    /// The crop's name in the knowledge files.
    pub crop: Option<String>,
    /// Moisture of the grain, % of wet mass, and where it comes from.
    pub moisture: Option<(f64, String)>,
}

impl FieldOptions {
    /// The service's socket; `None` when there is no place for it.
    pub fn socket(&self, config: &Config) -> Option<PathBuf> {
        self.socket.clone().or_else(|| config.socket.path()).or_else(socket_to_watch)
    }

    /// Asks the service, and else the newest session in the journal. Neither has to be there.
    pub fn look(&self, config: &Config, now_us: i64, words: &Words) -> InField {
        if let Some(live) = self.socket(config).and_then(|path| latest_snapshot(&path).ok()) {
            let moisture = live.readings.value(Channel::GrainMoisture);
            return InField {
                crop: Some(live.session.crop_id.clone()).filter(|crop| !crop.is_empty()),
                moisture: moisture.map(|share| (share * 100.0, words.get("window-moisture-live"))),
                live: Some(live),
            };
        }
        self.newest_session(config, now_us, words).unwrap_or_default()
    }

    fn newest_session(&self, config: &Config, now_us: i64, words: &Words) -> Option<InField> {
        let path = journal_path(self.db.clone(), config).ok().filter(|path| path.exists())?;
        let journal = Journal::open(&path).ok()?;
        let newest = journal.sessions().ok()?.into_iter().rfind(|session| session.revision_of.is_none())?;
        let last_us = newest.last_us.unwrap_or(newest.started_us);
        let at = COLUMNS.iter().position(|column| column.name == "moisture_pct");
        let mut moisture = None;
        if let Some(at) = at.filter(|_| (0..OLD_US).contains(&(now_us - last_us))) {
            let read = journal.each_second(newest.id, |row| {
                moisture = row.get(at).and_then(|text| text.parse::<f64>().ok()).or(moisture);
                Ok(())
            });
            // A journal that cannot be read to its end has still said something.
            drop(read);
        }
        let values = [("id", &*newest.id.to_string()), ("time", &date_time_zone(last_us))];
        let moisture = moisture.map(|pct| (pct, words.with("window-moisture-session", &values)));
        Some(InField { live: None, crop: Some(newest.crop), moisture })
    }
}

/// The crop that was named, else that of the field.
///
/// # Errors
/// When neither says one, or none of this name is known.
pub(super) fn crop_of(named: Option<&str>, field: &InField, words: &Words) -> Result<String, CliError> {
    let crop = named.or(field.crop.as_deref()).ok_or_else(|| CliError::input(words.get("window-needs-crop")))?;
    grainloss_knowledge::crop(crop).map_err(CliError::input)?;
    Ok(crop.to_owned())
}

/// The forecast that is read where none is named: `forecast.csv` or `forecast.json` beside `grainloss.toml`.
pub(super) fn usual_forecast() -> Option<PathBuf> {
    ["forecast.csv", "forecast.json"].into_iter().find_map(|name| user_file("", name))
}
