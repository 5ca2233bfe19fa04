//! Running a source to its end, with or without a dashboard, with or without a socket for others.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::host::SessionHost;
use super::options::Prepared;
use super::{CliError, log_to_stderr};
use crate::config::{self, Configuration, Origin};
use crate::service::{self, Lifecycle, OpenedSession, Outputs, RunReport, SocketPlan, Speed, TraceWriter};
use grainloss_bus::FrameSource;
use grainloss_core::harvest::Pan;
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::capture::Capture;
use grainloss_journal::{Overflow, PanFound, SessionStart, Writer};
use grainloss_knowledge::Words;
use grainloss_protocol::command;
use grainloss_protocol::snapshot::{Clock, SessionInfo, Snapshot, SourceKind};
use grainloss_tui::Remembered;

/// How a session, or a row of them, is run.
pub(super) struct Plan {
    /// Whose time it is, for the screens.
    pub clock: &'static str,
    /// What has seen nothing yet, or goes on.
    pub pipeline: Pipeline,
    /// What the screens are told of the first session.
    pub info: SessionInfo,
    /// Where the first session is stored.
    pub journal: Option<Writer>,
    /// Where its frames are kept.
    pub capture: Option<Capture>,
    /// The pans that the pipeline will be told of, as they were typed in.
    pub pans_found: Vec<(Pan, PanFound)>,
    /// Who prepares the sessions that follow.
    pub host: Option<SessionHost>,
    /// How fast.
    pub speed: Speed,
    /// Where the trace goes.
    pub trace: Option<TraceWriter>,
    /// The words and preferences of the dashboard, when there is to be one.
    pub dashboard: Option<(Words, Remembered)>,
    /// Where others may watch.
    pub socket: Option<SocketPlan>,
    /// A session without work for so long is closed, µs.
    pub idle_us: Option<i64>,
    /// HUP reads profile and settings again; otherwise it stops.
    pub reloads: bool,
}

impl Plan {
    /// One session, of a log.
    pub fn of_log(prepared: Prepared, journal: Option<(&Path, SessionStart)>, speed: Speed) -> Result<Self, CliError> {
        let journal = journal.map(|(path, start)| Writer::start(path, &start, Overflow::Wait)).transpose();
        let journal = journal.map_err(CliError::input)?;
        let id = journal.as_ref().map(|journal| journal.session);
        let info = SessionInfo { id, source: SourceKind::Replay, ..prepared.info() };
        let (pipeline, pans_found) = (prepared.pipeline, prepared.pans_found);
        Ok(Self {
            pans_found,
            ..Self::new("log", OpenedSession { pipeline, journal, capture: None, info }, None, speed)
        })
    }

    /// Session after session.
    pub fn hosted(clock: &'static str, host: SessionHost, first: OpenedSession, speed: Speed) -> Self {
        Self::new(clock, first, Some(host), speed)
    }

    fn new(clock: &'static str, begun: OpenedSession, host: Option<SessionHost>, speed: Speed) -> Self {
        let OpenedSession { pipeline, journal, capture, info } = begun;
        Self {
            clock,
            pipeline,
            info,
            journal,
            capture,
            pans_found: Vec::new(),
            host,
            speed,
            trace: None,
            dashboard: None,
            socket: None,
            idle_us: None,
            reloads: false,
        }
    }
}

/// A dashboard needs a terminal; asked before anything is begun.
pub(super) fn need_terminal() -> Result<(), CliError> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::input("the dashboard needs a terminal, and this is none; run it without one (demo: --headless)"))
}

/// Tells events on standard error, unless a dashboard will own the terminal. Before anything can happen.
pub(super) fn log(dashboard: bool, level: tracing::Level) {
    if !dashboard {
        log_to_stderr(level);
    }
}

/// Runs a source to its end, or until the user or a signal stops it.
pub(super) fn run<S: FrameSource + Send + 'static>(source: S, plan: Plan) -> Result<RunReport<S>, CliError> {
    let reload = Arc::new(AtomicBool::new(false));
    let stop = service::stop_on_signals(plan.reloads.then(|| Arc::clone(&reload))).map_err(CliError::failed)?;
    let (snapshot, mut screens) = watch::channel(Snapshot {
        clock: Clock { source: plan.clock.into(), ..Clock::default() },
        ..Snapshot::empty(plan.info)
    });
    let (sender, inbox) = command::channel();
    let serving = plan.socket.as_ref().map(|socket| {
        let served = service::serve(socket, screens.clone(), sender.clone());
        served.map_err(|error| CliError::input(format!("--socket {}: {error}", socket.path.display())))
    });
    let serving = serving.transpose()?;
    let systemd = service::tell_systemd(screens.clone(), Arc::clone(&stop)).map_err(CliError::failed)?;
    let host = plan.host.map(|host| Box::new(host) as Box<dyn service::SessionFactory>);
    let outputs = Outputs {
        journal: plan.journal,
        trace: plan.trace,
        capture: plan.capture,
        snapshot,
        commands: Some(inbox),
        flow: Lifecycle { host, idle_us: plan.idle_us, reload },
        pans_found: plan.pans_found,
    };
    let running = service::run(source, plan.pipeline, outputs, plan.speed, Arc::clone(&stop));
    let running = running.map_err(CliError::failed)?;
    let shown = if let Some((words, remembered)) = plan.dashboard {
        // A fault of the screen must not cost the session: the loop is stopped in order, and the journal closed.
        let show =
            std::panic::AssertUnwindSafe(|| grainloss_tui::show(&mut screens, &sender, words, remembered, &stop));
        std::panic::catch_unwind(show).unwrap_or_else(|_| Err(std::io::Error::other("a fault in the program")))
    } else {
        drop(screens);
        Ok(())
    };
    if shown.is_err() {
        // Without a screen nobody could stop it.
        stop.store(true, Ordering::Relaxed);
    }
    let report = running.join().map_err(CliError::failed)?;
    stop.store(true, Ordering::Relaxed);
    drop(serving);
    if let Some(systemd) = systemd {
        // A panic has been reported where it happened.
        let _ = systemd.join();
    }
    shown.map_err(|error| CliError::failed(format!("the dashboard: {error}")))?;
    Ok(report)
}

/// What the dashboard begins with: the settings, and over them what was chosen on it.
pub(super) fn remembered(settings: &Configuration) -> Remembered {
    let mut screen = settings.config.screen.clone();
    if matches!(settings.origin("screen.language"), Some(Origin::Flag(_))) {
        // The words of the command are in that language already.
        screen.language = None;
    }
    let file = config::state_folder().map(|folder| grainloss_tui::state_file(&folder));
    let mut remembered = Remembered::load(screen, settings.config.sounds.clone(), file);
    remembered.notice = settings.notices.first().cloned();
    remembered
}

/// The trace's file.
pub(super) fn create_trace(path: &Path) -> Result<TraceWriter, CliError> {
    TraceWriter::create(path).map_err(|error| CliError::input(format!("--trace {}: {error}", path.display())))
}

/// What the raw capture lacks.
fn capture_lost<S>(report: &RunReport<S>) -> Option<String> {
    let captured = report.captured.as_ref()?;
    let why = captured.error.as_deref()?;
    Some(format!("the capture is not complete: {} frames lost: {why}", captured.lost))
}

/// The same for the service. Frames that the raw capture lacks are told, and stand in the journal; a service that was
/// stopped in order and has every second has not failed.
pub(super) fn complain_of_service<S>(report: &RunReport<S>) -> Result<(), CliError> {
    if report.journal_lost.is_none()
        && report.trace_error.is_none()
        && let Some(problem) = capture_lost(report)
    {
        super::complain(&problem);
        return Ok(());
    }
    complain(report)
}

/// What did not reach the disk makes the command fail, after everything else is done.
pub(super) fn complain<S>(report: &RunReport<S>) -> Result<(), CliError> {
    if let Some((lost, error)) = &report.journal_lost {
        let why = error.as_deref().unwrap_or("the disk was too slow");
        return Err(CliError::failed(format!("the journal is not complete: {lost} records lost: {why}")));
    }
    if let Some(problem) = capture_lost(report) {
        return Err(CliError::failed(problem));
    }
    report.trace_error.as_ref().map_or(Ok(()), |error| Err(CliError::failed(error)))
}
