//! What the loop is given, and what it leaves.

use thiserror::Error;
use tokio::sync::watch;

use super::summary::Summary;
use super::trace::TraceWriter;
use crate::service::session::{Lifecycle, SessionPast};
use grainloss_bus::BusError;
use grainloss_can::Transfers;
use grainloss_core::harvest::{CalibrationOrigin, Pan, Totals};
use grainloss_core::machine::{ConsistencyCheck, Ranges, Readings};
use grainloss_core::pipeline::FrameCounts;
use grainloss_journal::capture::{Capture, Captured};
use grainloss_journal::{PanFound, Writer};
use grainloss_protocol::command::CommandReceiver;
use grainloss_protocol::snapshot::Snapshot;

/// Why the loop could not go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// The source failed.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The loop panicked; the panic itself has been reported where it happened.
    #[error("the loop ended by a fault in the program")]
    Panic,
}

/// Where the loop's results go, and where commands come from.
#[derive(Debug)]
pub struct Outputs {
    /// The journal; `None` stores nothing.
    pub journal: Option<Writer>,
    /// The trace; `None` writes none.
    pub trace: Option<TraceWriter>,
    /// The capture of the raw frames; `None` keeps none.
    pub capture: Option<Capture>,
    /// The snapshot for the screens.
    pub snapshot: watch::Sender<Snapshot>,
    /// Commands; `None` takes none.
    pub commands: Option<CommandReceiver>,
    /// How sessions follow each other.
    pub lifecycle: Lifecycle,
    /// What was entered about the pans that the pipeline knows beforehand.
    pub pans_found: Vec<(Pan, PanFound)>,
    /// What screens show of the past of a session that goes on; `None` in a new one.
    pub past: Option<SessionPast>,
}

/// What a run leaves.
#[derive(Debug)]
pub struct RunReport<S> {
    /// The journal's number of the last session; `None` when nothing was stored.
    pub session: Option<i64>,
    /// The source, for what it counted.
    pub source: S,
    /// The calibration of an earlier field that the last session began with; `None` without one.
    pub calibration: Option<CalibrationOrigin>,
    /// Events and totals.
    pub summary: Summary,
    /// The session's totals.
    pub totals: Totals,
    /// What became of the frames.
    pub counts: FrameCounts,
    /// What became of the messages of several frames.
    pub transfers: Transfers,
    /// Messages of trouble codes (DM1) that were no list of codes.
    pub bad_trouble_messages: u64,
    /// Every channel at the end.
    pub readings: Readings,
    /// The range of each channel over the session.
    pub ranges: Ranges,
    /// Where the readings contradicted each other.
    pub consistency: ConsistencyCheck,
    /// Records that the journal could not take, and why; `None` when it is complete.
    pub journal_lost: Option<(u64, Option<String>)>,
    /// Why the trace is not complete; `None` when it is.
    pub trace_error: Option<String>,
    /// What became of the capture; `None` when none was kept.
    pub captured: Option<Captured>,
}
