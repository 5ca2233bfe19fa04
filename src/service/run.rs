//! Starting a run: signals, socket, systemd, and the loop on its own thread.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;

use super::event_loop::{Loop, Outputs, RunError, RunReport, TraceWriter};
use super::ipc::{SocketServer, serve, serve_when_possible};
use super::pacer::Speed;
use super::run_config::Sessions;
use super::session::{
    FileSessionFactory, Lifecycle, OpenedSession, SessionAnswer, SessionError, SessionRequest, SessionThread,
};
use super::systemd::{notify_systemd, stop_on_signals};
use grainloss_bus::FrameSource;
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::Overflow;
use grainloss_protocol::command::{self, CommandSender};
use grainloss_protocol::snapshot::{Clock, Snapshot};

/// Why a run cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The first session cannot begin.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The trace cannot be written.
    #[error("--trace {}: {error}", path.display())]
    Trace {
        /// The trace's file.
        path: PathBuf,
        /// What the system reports.
        error: io::Error,
    },
    /// The socket cannot be made.
    #[error("--socket {}: {error}", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system reports.
        error: io::Error,
    },
    /// A thread or the handling of signals cannot be started.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// The loop on its thread.
#[derive(Debug)]
pub struct LoopThread<S> {
    thread: JoinHandle<Result<RunReport<S>, RunError>>,
}

impl<S> LoopThread<S> {
    /// True once the loop has ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the loop's end.
    ///
    /// # Errors
    /// When the source failed, or the loop panicked.
    pub fn join(self) -> Result<RunReport<S>, RunError> {
        self.thread.join().unwrap_or(Err(RunError::Panic))
    }
}

/// Starts the loop alone: until the source ends, or `stop` becomes true.
///
/// # Errors
/// When the thread cannot be started.
pub fn start_loop<S: FrameSource + Send + 'static>(
    source: S,
    pipeline: Pipeline,
    outputs: Outputs,
    speed: Speed,
    stop: Arc<AtomicBool>,
) -> io::Result<LoopThread<S>> {
    let event_loop = Loop::new(source, pipeline, outputs, speed, stop);
    let thread = std::thread::Builder::new().name("loop".to_owned()).spawn(move || event_loop.run())?;
    Ok(LoopThread { thread })
}

/// A run under way.
#[derive(Debug)]
pub struct Running<S> {
    event_loop: LoopThread<S>,
    /// True asks the run to stop: set by a signal, or by the caller.
    pub stop: Arc<AtomicBool>,
    /// Sends commands to it.
    pub commands: CommandSender,
    socket: Option<SocketServer>,
    systemd: Option<JoinHandle<()>>,
}

impl<S> Running<S> {
    /// Waits for the end of the run; socket and notifications end with it.
    ///
    /// # Errors
    /// When the source failed, or the loop panicked.
    pub fn join(self) -> Result<RunReport<S>, RunError> {
        let report = self.event_loop.join()?;
        self.stop.store(true, Ordering::Relaxed);
        drop(self.socket);
        if let Some(systemd) = self.systemd {
            // A panic has been reported where it happened.
            let _ = systemd.join();
        }
        Ok(report)
    }
}

/// The service begins to estimate without waiting longer for its first session (our choice).
const FIRST_PATIENCE: Duration = Duration::from_secs(5);
/// What is said until that session is there.
const NOT_YET: &str = "the journal cannot be opened yet: the disk is slow, or another program holds it";

/// Begins the first session, dated `started_us`, and starts the run. What is published comes out of the receiver; without
/// a screen in this process, drop it.
///
/// # Errors
/// When the session cannot begin, the trace or the socket cannot be made, or a thread cannot be started.
pub fn run<S: FrameSource + Send + 'static>(
    source: S,
    mut factory: FileSessionFactory,
    started_us: i64,
) -> Result<(Running<S>, watch::Receiver<Snapshot>), StartError> {
    let config = factory.config();
    let trace =
        config.trace.clone().map(|path| TraceWriter::create(&path).map_err(|error| StartError::Trace { path, error }));
    let trace = trace.transpose()?;
    let (sessions, speed, clock, socket) = (config.sessions, config.speed, config.clock, config.socket.clone());
    let reload_on_hup = config.reload_on_hup;
    let (unpaced, is_service) = (config.overflow == Overflow::Wait, config.is_service());
    let pans_found = factory.take_pans();
    let reload = Arc::new(AtomicBool::new(false));
    // Before the first write: a file that may not grow is an error of that write then, and not the end.
    let stop = stop_on_signals(reload_on_hup.then(|| Arc::clone(&reload)))?;
    let unstored = is_service.then(|| factory.unstored()).transpose()?;
    let patience = if is_service { FIRST_PATIENCE } else { Duration::MAX };
    let thread = SessionThread::start(Box::new(factory))?;
    thread.ask(SessionRequest::First(started_us, pans_found.clone()));
    let first = match thread.wait(patience) {
        Ok(Some(SessionAnswer::First(opened))) => Some(*opened?),
        _ => None,
    };
    let first_is_awaited = first.is_none();
    let no_thread = || io::Error::other("the session's thread ended by a fault in the program");
    let OpenedSession { pipeline, journal, capture, info, notice, past } = first.or(unstored).ok_or_else(no_thread)?;
    let clock = Clock { source: clock.into(), ..Clock::default() };
    let mut snapshot = Snapshot { clock, ..Snapshot::empty(info) };
    snapshot.health.journal_error = first_is_awaited.then(|| NOT_YET.to_owned());
    let (snapshot, screens) = watch::channel(snapshot);
    let (commands, receiver) = command::channel();
    let socket = socket.map(|socket| {
        let serve = if is_service { serve_when_possible } else { serve };
        let served = serve(&socket, screens.clone(), commands.clone());
        served.map_err(|error| StartError::Socket { path: socket.path.clone(), error })
    });
    let socket = socket.transpose()?;
    let heartbeat = Arc::default();
    let systemd = notify_systemd(screens.clone(), Arc::clone(&heartbeat), Arc::clone(&stop))?;
    let (sessions, idle_us) = match sessions {
        Sessions::One => (None, None),
        Sessions::Many { idle_us, .. } => (Some(thread), idle_us),
    };
    let lifecycle = Lifecycle { sessions, first_is_awaited, unpaced, heartbeat, idle_us, reload, notice };
    let outputs = Outputs { journal, trace, capture, snapshot, commands: Some(receiver), lifecycle, pans_found, past };
    let event_loop = start_loop(source, pipeline, outputs, speed, Arc::clone(&stop))?;
    Ok((Running { event_loop, stop, commands, socket, systemd }, screens))
}
