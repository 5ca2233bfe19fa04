//! What leaves the cab while the service runs: packets in a folder, and the uplink from there.

use std::path::Path;

use tokio::sync::watch;

use super::error::CliError;
use crate::config::Configuration;
#[cfg(not(feature = "uplink"))]
use crate::config::Origin;
use crate::packets::{Packer, Packing};
#[cfg(not(feature = "uplink"))]
use grainloss_core::data_file::FileError;
use grainloss_knowledge::Words;
use grainloss_protocol::snapshot::Snapshot;

#[cfg(feature = "uplink")]
mod up;

/// Stands for the uplink in a program without it.
#[cfg(not(feature = "uplink"))]
mod up {
    /// There is none.
    #[derive(Debug, Default)]
    pub(super) struct Plan;
    /// Never runs.
    #[derive(Debug)]
    pub(super) struct Running;

    impl Plan {
        #[allow(clippy::unused_self, reason = "as with the uplink")]
        pub fn start(self, _: tokio::sync::watch::Receiver<grainloss_protocol::snapshot::Snapshot>) -> Option<Running> {
            None
        }
    }

    impl Running {
        #[allow(clippy::unused_self, reason = "as with the uplink")]
        pub fn finish(self) {}
    }
}

/// What is to be packed and sent, if anything.
#[derive(Debug, Default)]
pub(super) struct Sending {
    packets: Option<Packer>,
    uplink: up::Plan,
}

/// The same while it runs.
#[derive(Debug)]
pub(super) struct Sends {
    packets: Option<Packing>,
    uplink: Option<up::Running>,
}

impl Sending {
    /// As the settings say, of this journal.
    ///
    /// # Errors
    /// When the uplink is on and not in this program, or an address is none.
    pub fn of(settings: &Configuration, journal: &Path, words: &Words) -> Result<Self, CliError> {
        let config = &settings.config;
        let folder = config.packets_folder(journal);
        let packets = folder.map(|folder| Packer::new(journal.to_owned(), folder, config.packets.with_names));
        Ok(Self { packets, uplink: plan(settings, journal, words)? })
    }

    /// Starts it. What cannot start is said, and the work goes on without.
    pub fn start(self, snapshots: watch::Receiver<Snapshot>) -> Sends {
        let packets = self.packets.and_then(|packer| {
            packer.start().inspect_err(|error| tracing::warn!("there are no packets: {error}")).ok()
        });
        Sends { packets, uplink: self.uplink.start(snapshots) }
    }
}

impl Sends {
    /// The sessions are closed: packs and sends what is left, some seconds at most.
    pub fn finish(self) {
        if let Some(packets) = self.packets {
            packets.finish();
        }
        if let Some(uplink) = self.uplink {
            uplink.finish();
        }
    }
}

#[cfg(feature = "uplink")]
fn plan(settings: &Configuration, journal: &Path, words: &Words) -> Result<up::Plan, CliError> {
    up::Plan::of(&settings.config, journal, words)
}

/// The same file may be on cabs whose programs have the uplink: it is refused where something is to be sent, and not before.
#[cfg(not(feature = "uplink"))]
fn plan(settings: &Configuration, _: &Path, words: &Words) -> Result<up::Plan, CliError> {
    let uplink = &settings.config.uplink;
    let key = match (&uplink.s3, &uplink.mqtt) {
        (Some(_), _) => "uplink.s3",
        (None, Some(_)) => "uplink.mqtt",
        (None, None) => return Ok(up::Plan),
    };
    let problem = format!("{key}: {}", words.get("uplink-not-here"));
    Err(match settings.origin(key) {
        Some(Origin::File { file, line }) => {
            CliError::input(FileError { file: file.clone(), line: Some(*line), problem })
        }
        _ => CliError::input(problem),
    })
}
