//! What the loop of a session on the demo machine needs, with a journal of its own.

use std::path::Path;

use grainloss::service::{Lifecycle, Outputs};
use grainloss_journal::{Overflow, SessionStart, Writer};
use grainloss_protocol::command::{self, CommandSender};
use grainloss_protocol::snapshot::{SessionInfo, Snapshot};
use grainloss_simulator::Scenario;
use tokio::sync::watch;

/// The outputs of the loop over a scenario of wheat, what screens see of it, and where their commands go.
pub fn outputs(
    journal: &Path,
    scenario: &Scenario,
    info: SessionInfo,
) -> (Outputs, watch::Receiver<Snapshot>, CommandSender) {
    let start = SessionStart {
        started_us: scenario.start_unix_s() * 1_000_000,
        source: "simulator".to_owned(),
        clock: "simulator",
        machine: "combine-demo".to_owned(),
        crop: "wheat".to_owned(),
        ..SessionStart::default()
    };
    let (snapshot, screens) = watch::channel(Snapshot::empty(info));
    let (sender, inbox) = command::channel();
    let outputs = Outputs {
        journal: Some(Writer::start(journal, &start, Overflow::Wait).unwrap()),
        trace: None,
        capture: None,
        snapshot,
        commands: Some(inbox),
        lifecycle: Lifecycle::default(),
        pans_found: Vec::new(),
        past: None,
    };
    (outputs, screens, sender)
}
