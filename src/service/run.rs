//! Starting the loop, and what it leaves.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::watch;

use super::engine::Loop;
use super::lifecycle::Lifecycle;
use super::pace::Speed;
use super::summary::Summary;
use super::trace::TraceWriter;
use grainloss_bus::{BusError, FrameSource};
use grainloss_core::harvest::{Pan, Totals};
use grainloss_core::machine::{ConsistencyCheck, Ranges, Readings};
use grainloss_core::pipeline::{FrameCounts, Pipeline};
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

/// Where everything goes, and where what is told comes from.
#[derive(Debug)]
pub struct Outputs {
    /// The journal, if one is kept.
    pub journal: Option<Writer>,
    /// The trace, if one is written.
    pub trace: Option<TraceWriter>,
    /// The frames' own record, if one is kept.
    pub capture: Option<Capture>,
    /// The screens' copy.
    pub snapshot: watch::Sender<Snapshot>,
    /// What the screens tell, if anybody can.
    pub commands: Option<CommandReceiver>,
    /// How sessions follow each other.
    pub flow: Lifecycle,
    /// What was typed in of the pans that the pipeline is to be told of.
    pub pans_found: Vec<(Pan, PanFound)>,
}

/// What a run leaves.
#[derive(Debug)]
pub struct RunReport<S> {
    /// The journal's number of the last session; `None` when nothing was stored.
    pub session: Option<i64>,
    /// The source, for what it counted.
    pub source: S,
    /// Events and totals.
    pub summary: Summary,
    /// The session's totals.
    pub totals: Totals,
    /// What became of the frames.
    pub counts: FrameCounts,
    /// Every channel at the last moment of bus time.
    pub readings: Readings,
    /// The range of each channel over the session.
    pub ranges: Ranges,
    /// Where the readings contradicted each other.
    pub doubts: ConsistencyCheck,
    /// Records that the journal could not take, and why.
    pub journal_lost: Option<(u64, Option<String>)>,
    /// The trace is not complete.
    pub trace_error: Option<String>,
    /// What became of the frames' own record.
    pub captured: Option<Captured>,
}

/// The loop on its thread.
#[derive(Debug)]
pub struct Running<S> {
    thread: JoinHandle<Result<RunReport<S>, RunError>>,
}

impl<S> Running<S> {
    /// True once the loop has ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the loop's end.
    pub fn join(self) -> Result<RunReport<S>, RunError> {
        self.thread.join().unwrap_or(Err(RunError::Panic))
    }
}

/// Starts the loop: until the source ends, or `stop` becomes true.
pub fn run<S: FrameSource + Send + 'static>(
    source: S,
    pipeline: Pipeline,
    outputs: Outputs,
    speed: Speed,
    stop: Arc<AtomicBool>,
) -> std::io::Result<Running<S>> {
    let task = Loop::new(source, pipeline, outputs, stop);
    let thread = std::thread::Builder::new().name("loop".to_owned()).spawn(move || task.run(speed))?;
    Ok(Running { thread })
}
