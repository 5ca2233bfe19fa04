//! Whether packets and messages arrive.

#[cfg(feature = "uplink")]
use std::io;
use std::path::Path;

use super::check::{Check, State};
use crate::config::Config;
#[cfg(feature = "uplink")]
use grainloss_knowledge::local_time::date_and_time;
#[cfg(feature = "uplink")]
use grainloss_knowledge::spoken;
#[cfg(feature = "uplink")]
use grainloss_uplink::{Line, StatusFile};

/// On in the configuration, and not in this program.
#[cfg(not(feature = "uplink"))]
pub(super) fn uplink(config: &Config, _: &Path) -> Check {
    if config.uplink.is_on() {
        return Check::new("uplink", State::Fault, "uplink-not-here").remedy("uplink-build");
    }
    Check::new("uplink", State::Ok, "uplink-off")
}

/// How the uplink does, by the file that it keeps.
#[cfg(feature = "uplink")]
pub(super) fn uplink(config: &Config, journal: &Path) -> Check {
    if !config.uplink.is_on() {
        return Check::new("uplink", State::Ok, "uplink-off");
    }
    let outbox = config.outbox(journal);
    let status = match StatusFile::read(&outbox) {
        Ok(status) => status,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Check::new("uplink", State::Unknown, "uplink-new");
        }
        Err(_) => {
            let file = outbox.display().to_string();
            return Check::new("uplink", State::Unknown, "uplink-unreadable").with("file", file);
        }
    };
    let failing = |line: &Option<Line>, found| {
        let line = line.as_ref()?;
        let since = date_and_time(i64::try_from(line.failing_unix_s?).ok()?.saturating_mul(1_000_000));
        let problem = spoken().get(&format!("uplink-problem-{}", line.problem.as_deref().unwrap_or("unreachable")));
        let check = Check::new("uplink", State::Warning, found).with("since", since).with("problem", problem);
        let check = check.with("error", line.error.clone().unwrap_or_default());
        Some(check.with("waiting", line.waiting.to_string()).remedy("uplink-network"))
    };
    let waiting = |line: &Option<Line>| line.as_ref().map_or(0, |line| line.waiting).to_string();
    failing(&status.store, "uplink-store-fails")
        .or_else(|| failing(&status.broker, "uplink-broker-fails"))
        .unwrap_or_else(|| {
            Check::new("uplink", State::Ok, "uplink-fine")
                .with("blocks", waiting(&status.store))
                .with("alarms", waiting(&status.broker))
        })
}
