//! Which sessions: by number, or by period, operator, machine, field, township and crop.

use clap::Args;

use super::super::error::CliError;
use grainloss_journal::{Journal, Session};
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Message, local_time};
use grainloss_report::Selection;

/// Which sessions are meant, where none is named.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which sessions")]
pub(in crate::cli) struct SelectionOptions {
    /// Begun on this day or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day_us)]
    from: Option<i64>,
    /// Begun before this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day_us)]
    to: Option<i64>,
    /// Driven by
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Machine: what its owner calls it, its plate, or the profile's name
    #[arg(long, value_name = "NAME")]
    machine: Option<String>,
    /// Field
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// Township
    #[arg(long, value_name = "NAME")]
    township: Option<String>,
    /// Crop, by its name in the knowledge files, such as wheat
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
}

/// When a day begins here, microseconds since 1970-01-01 UTC.
pub(in crate::cli) fn day_us(text: &str) -> Result<i64, Message> {
    let no_day = || Message::new("option-day");
    let date: jiff::civil::Date = text.parse().map_err(|_| no_day())?;
    local_time::day_begins_us(date).map_err(|_| no_day())
}

impl SelectionOptions {
    fn names(&self) -> [(&'static str, &Option<String>); 5] {
        [
            ("operator", &self.operator),
            ("machine", &self.machine),
            ("field", &self.field),
            ("township", &self.township),
            ("crop", &self.crop),
        ]
    }

    /// What was asked for, as the report states it.
    pub fn asked(&self) -> Vec<(&'static str, String)> {
        let days = [("from", self.from), ("to", self.to)];
        let days = days.into_iter().filter_map(|(item, t_us)| Some((item, local_time::date(t_us?))));
        days.chain(self.names().into_iter().filter_map(|(item, name)| Some((item, name.clone()?)))).collect()
    }

    /// What is chosen.
    pub fn selection(&self) -> Selection {
        let names = self.names().into_iter().filter_map(|(item, name)| Some((item, name.clone()?)));
        Selection { from_us: self.from, to_us: self.to, entered: names.collect() }
    }

    /// The sessions of these numbers, or those chosen; at least one.
    pub fn sessions(&self, journal: &Journal, ids: &[String]) -> Result<Vec<Session>, CliError> {
        let selection = self.selection();
        let chosen = selection != Selection::default();
        match (ids.is_empty(), chosen) {
            (false, false) => ids.iter().map(|id| journal.session(id).map_err(CliError::input)).collect(),
            (false, true) => Err(CliError::input(spoken().get("selection-both"))),
            (true, false) => Err(CliError::input(spoken().get("selection-none"))),
            (true, true) => {
                let mut sessions = journal.sessions().map_err(CliError::failed)?;
                sessions.retain(|session| selection.takes(session));
                if sessions.is_empty() {
                    return Err(CliError::input(spoken().get("selection-no-match")));
                }
                Ok(sessions)
            }
        }
    }
}
