//! Running a source to its end, with or without a dashboard.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use super::options::Prepared;
use super::{CliError, log_to_stderr};
use crate::bus::FrameSource;
use crate::capture::Capture;
use crate::dashboard;
use crate::journal::{Overflow, SessionStart, Writer};
use crate::knowledge::Words;
use crate::service::{self, Outputs, RunReport, Speed, TraceWriter};
use crate::snapshot::{SessionInfo, Snapshot, SourceKind};

/// How a session is run.
#[derive(Debug)]
pub(super) struct Plan {
    pub kind: SourceKind,
    pub speed: Speed,
    /// Where to store it, and what the journal says of it.
    pub journal: Option<(PathBuf, SessionStart)>,
    pub trace: Option<PathBuf>,
    /// Bytes that the captures of this journal may take; `None` captures nothing.
    pub capture: Option<u64>,
    /// The words of the dashboard, when there is to be one.
    pub dashboard: Option<Words>,
}

/// What a session leaves.
#[derive(Debug)]
pub(super) struct Ended<S> {
    pub report: RunReport<S>,
    pub session: Option<i64>,
}

/// A dashboard needs a terminal; asked before anything is begun.
pub(super) fn need_terminal() -> Result<(), CliError> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::input("the dashboard needs a terminal, and this is none; run it without one (demo: --headless)"))
}

/// Runs a source to its end, or until the user or a signal stops it.
pub(super) fn run<S: FrameSource + Send + 'static>(
    source: S,
    prepared: Prepared,
    plan: Plan,
    level: tracing::Level,
) -> Result<Ended<S>, CliError> {
    if plan.dashboard.is_none() {
        log_to_stderr(level);
    }
    let trace = plan.trace.as_deref().map(create_trace).transpose()?;
    // A bus does not wait for the disk, nor does a simulated one that keeps time; a replay has time.
    let overflow = match (plan.kind, plan.speed) {
        (SourceKind::Live, _) | (SourceKind::Demo, Speed::Times(_)) => Overflow::Count,
        _ => Overflow::Wait,
    };
    let journal = plan.journal.as_ref().map(|(path, start)| Writer::start(path, start, overflow)).transpose();
    let journal = journal.map_err(CliError::input)?;
    let session = journal.as_ref().map(|journal| journal.session);
    let capture = match (&plan.journal, session, plan.capture) {
        (Some((path, _)), Some(session), Some(budget)) => {
            Some(Capture::start(path, session, budget, overflow).map_err(CliError::input)?)
        }
        _ => None,
    };
    let info = SessionInfo {
        id: session,
        machine: prepared.profile.name.clone(),
        crop: prepared.crop.name.clone(),
        limit: prepared.limit.clone(),
        guide: prepared.guide.clone(),
        source: plan.kind,
    };
    let stop = service::stop_on_signals().map_err(CliError::failed)?;
    let (snapshot, mut screens) = watch::channel(Snapshot::empty(info));
    let outputs = Outputs { journal, trace, capture, snapshot, pans_found: prepared.pans_found };
    let running = service::run(source, prepared.pipeline, outputs, plan.speed, Arc::clone(&stop));
    let running = running.map_err(CliError::failed)?;
    let shown = if let Some(words) = plan.dashboard {
        // A fault of the screen must not cost the session: the loop is stopped in order, and the journal closed.
        let show = std::panic::AssertUnwindSafe(|| dashboard::show(&mut screens, words, &stop));
        std::panic::catch_unwind(show).unwrap_or_else(|_| Err(std::io::Error::other("a fault in the program")))
    } else {
        drop(screens);
        Ok(())
    };
    if shown.is_err() {
        // Without a screen nobody could stop it.
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    }
    let report = running.join().map_err(CliError::failed)?;
    shown.map_err(|error| CliError::failed(format!("the dashboard: {error}")))?;
    Ok(Ended { report, session })
}

fn create_trace(path: &Path) -> Result<TraceWriter, CliError> {
    TraceWriter::create(path).map_err(|error| CliError::input(format!("--trace {}: {error}", path.display())))
}

/// What did not reach the disk makes the command fail, after everything else is done.
pub(super) fn complain<S>(ended: &Ended<S>) -> Result<(), CliError> {
    if let Some((lost, error)) = &ended.report.journal_lost {
        let why = error.as_deref().unwrap_or("the disk was too slow");
        return Err(CliError::failed(format!("the journal is not complete: {lost} records lost: {why}")));
    }
    if let Some((lost, why)) = ended.report.captured.as_ref().and_then(|c| Some((c.lost, c.error.as_deref()?))) {
        return Err(CliError::failed(format!("the capture is not complete: {lost} frames lost: {why}")));
    }
    ended.report.trace_error.as_ref().map_or(Ok(()), |error| Err(CliError::failed(error)))
}
