//! Which sessions a report is of.

use std::collections::BTreeMap;

use grainloss_journal::Session;

/// Which sessions are chosen where none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Started at this time or later, microseconds since 1970-01-01 UTC; `None` for any.
    pub from_us: Option<i64>,
    /// Started before this time, microseconds since 1970-01-01 UTC; `None` for any.
    pub to_us: Option<i64>,
    /// Entered names that must be equal: `operator`, `machine`, `field`, `township`, `crop`.
    pub entered: BTreeMap<&'static str, String>,
}

impl Selection {
    /// True when the session is chosen. A revision never is: its original is.
    pub fn takes(&self, session: &Session) -> bool {
        let entered = &session.entered;
        self.from_us.is_none_or(|from| session.started_us >= from)
            && self.to_us.is_none_or(|to| session.started_us < to)
            && session.revision_of.is_none()
            && self.entered.iter().all(|(item, asked)| {
                let is = |found: &Option<String>| found.as_deref() == Some(asked.as_str());
                match *item {
                    // Anyone who drove in it.
                    "operator" => session.drivers.names().contains(&Some(asked)),
                    "crop" => session.crop == *asked,
                    "field" => is(&entered.field),
                    "township" => is(&entered.township),
                    // The machine: its owner's name for it, its plate, or its profile.
                    _ => is(&entered.machine_name) || is(&entered.plate) || session.machine == *asked,
                }
            })
    }
}
