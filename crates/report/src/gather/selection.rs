//! Which sessions a report is of.

use std::collections::BTreeMap;

use grainloss_core::measured_point::MeasuredPoint;
use grainloss_journal::Session;
use grainloss_knowledge::local_time;

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

    /// True when the measured point is chosen: by its day, and by what was entered of it. The machine is its plate or model.
    pub fn takes_point(&self, point: &MeasuredPoint) -> bool {
        let head = &point.head;
        let day = head.date.as_deref().and_then(|date| date.parse().ok());
        let day_us = day.and_then(|day| local_time::day_begins_us(day).ok());
        self.from_us.is_none_or(|from| day_us.is_some_and(|day| day >= from))
            && self.to_us.is_none_or(|to| day_us.is_some_and(|day| day < to))
            && self.entered.iter().all(|(item, asked)| {
                let is = |found: &Option<String>| found.as_deref() == Some(asked.as_str());
                match *item {
                    "operator" => is(&head.operator),
                    "crop" => point.crop == *asked,
                    "field" => is(&head.field),
                    "township" => is(&head.township),
                    _ => is(&head.plate) || is(&head.model),
                }
            })
    }
}
