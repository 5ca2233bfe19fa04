//! Reading profile and settings again, from files that may never end.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::service::run_config::{AlarmsAndPrices, RunConfig};
use grainloss_core::machine::Profile;

/// Longer is not waited for (assumed: a slow disk needs some seconds for files of a few kilobytes).
const AT_MOST: Duration = Duration::from_secs(10);

/// Reads profile and settings again, on a thread of its own: a file that never ends holds up that thread only.
///
/// # Errors
/// When one of them cannot be used, or is not there within ten seconds; the text is for the technician.
pub(super) fn again(config: &RunConfig) -> Result<(Arc<Profile>, AlarmsAndPrices), String> {
    let (profile, settings) = (Arc::clone(&config.profile), Arc::clone(&config.reload_settings));
    let (done, read) = sync_channel(1);
    let work = move || {
        let both = profile().map_err(|error| error.to_string()).and_then(|profile| Ok((profile, settings()?)));
        // Nobody waits any more where it took too long.
        let _ = done.send(both);
    };
    std::thread::Builder::new().name("reading".to_owned()).spawn(work).map_err(|error| error.to_string())?;
    read.recv_timeout(AT_MOST).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => {
                "profile and settings cannot be read within 10 s: is each of them a file, and does its disk answer?"
            }
            RecvTimeoutError::Disconnected => "a fault in the program, which the log tells",
        }
        .to_owned())
    })
}
