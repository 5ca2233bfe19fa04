//! The screen's side: receives snapshots, sends commands, and connects again when the service has gone.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

use super::error::LinkError;
use super::messages::{Hello, PROTOCOL, ToScreen, ToService};
use super::wire::{MAX_TO_SCREEN, encode, read, write};
use grainloss_core::advice::Advice;
use grainloss_core::harvest::PansOutside;
use grainloss_core::machine::Readings;
use grainloss_protocol::command::{CommandError, CommandReceiver, CommandReply, OperatorCommand, SentCommand};
use grainloss_protocol::session_charts::SessionCharts;
use grainloss_protocol::snapshot::{Snapshot, SourceKind};

/// Pause between two attempts to connect.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A service that sends nothing for so long is taken to hang: it publishes ten times a second.
const SILENT: Duration = Duration::from_secs(5);
/// How often commands are taken from the queue.
const COMMANDS_EVERY: Duration = Duration::from_millis(20);

/// The thread that holds the connection.
#[derive(Debug)]
pub struct WatchThread {
    thread: JoinHandle<Result<(), LinkError>>,
}

impl WatchThread {
    /// Waits for its end.
    ///
    /// # Errors
    /// An error that connecting again would not solve: no permission, or another version of the protocol.
    pub fn join(self) -> Result<(), LinkError> {
        self.thread.join().unwrap_or(Err(LinkError::Closed))
    }
}

/// Copies the service's snapshots into `snapshots` and sends it the commands, until `stop` becomes true. While the service
/// cannot be reached, the snapshot is marked as stale and holds no figures, and connecting is tried again.
///
/// # Errors
/// When the thread or its runtime cannot be started.
pub fn watch_service(
    path: &Path,
    snapshots: watch::Sender<Snapshot>,
    commands: CommandReceiver,
    stop: Arc<AtomicBool>,
) -> io::Result<WatchThread> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let path = path.to_owned();
    let work = move || runtime.block_on(keep_watching(&path, &snapshots, &commands, &stop));
    Ok(WatchThread { thread: std::thread::Builder::new().name("link".to_owned()).spawn(work)? })
}

/// The newest snapshot, once.
///
/// # Errors
/// When the service cannot be reached, refuses, or sends nothing within five seconds.
pub fn latest_snapshot(path: &Path) -> Result<Snapshot, LinkError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let first = async {
            // The writing half stays open: the service drops a screen that closes it.
            let (mut from, _to) = connect(path, false).await?;
            loop {
                match read(&mut from, MAX_TO_SCREEN).await? {
                    ToScreen::Snapshot(snapshot) => return Ok(*snapshot),
                    ToScreen::Bye(why) => return Err(LinkError::Bye(why)),
                    ToScreen::Hello(_) | ToScreen::Charts(_) | ToScreen::CommandReply(..) => {}
                }
            }
        };
        let silent = |_| LinkError::Io(io::Error::new(io::ErrorKind::TimedOut, "the service is silent"));
        tokio::time::timeout(SILENT, first).await.map_err(silent)?
    })
}

/// Sends one command; gives the reply.
///
/// # Errors
/// When the service cannot be reached, refuses the connection, or does not answer within five seconds.
pub fn send_command(path: &Path, command: OperatorCommand) -> Result<CommandReply, LinkError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let answered = async {
            let (mut from, mut to) = connect(path, false).await?;
            write(&mut to, &encode(&ToService::OperatorCommand(1, command))?).await?;
            loop {
                match read(&mut from, MAX_TO_SCREEN).await? {
                    ToScreen::CommandReply(_, reply) => return Ok(reply),
                    ToScreen::Bye(why) => return Err(LinkError::Bye(why)),
                    ToScreen::Hello(_) | ToScreen::Charts(_) | ToScreen::Snapshot(_) => {}
                }
            }
        };
        let silent = |_| LinkError::Io(io::Error::new(io::ErrorKind::TimedOut, "the service is silent"));
        tokio::time::timeout(SILENT, answered).await.map_err(silent)?
    })
}

async fn connect(path: &Path, charts: bool) -> Result<(OwnedReadHalf, OwnedWriteHalf), LinkError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => LinkError::Forbidden(path.to_owned()),
        _ => LinkError::NoService { path: PathBuf::from(path), error },
    };
    let (mut from, mut to) = UnixStream::connect(path).await.map_err(failed)?.into_split();
    write(&mut to, &encode(&ToService::Hello(Hello::of_screen(charts)))?).await?;
    match read(&mut from, MAX_TO_SCREEN).await? {
        ToScreen::Hello(Hello { protocol: PROTOCOL, .. }) => Ok((from, to)),
        ToScreen::Hello(Hello { protocol, software, .. }) => Err(LinkError::Version { theirs: software, protocol }),
        ToScreen::Bye(why) => Err(LinkError::Bye(why)),
        _ => Err(LinkError::Damaged("the service did not greet".to_owned())),
    }
}

async fn keep_watching(
    path: &Path,
    snapshots: &watch::Sender<Snapshot>,
    commands: &CommandReceiver,
    stop: &AtomicBool,
) -> Result<(), LinkError> {
    while !stop.load(Ordering::Relaxed) {
        let ended = match connect(path, true).await {
            Ok((from, to)) => attached(from, to, snapshots, commands, stop).await,
            // Another attempt would end no better.
            Err(error @ (LinkError::Forbidden(_) | LinkError::Version { .. })) => {
                stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::info!("{error}");
        }
        snapshots.send_modify(mark_stale);
        let mut left = AGAIN_AFTER;
        while !left.is_zero() && !stop.load(Ordering::Relaxed) {
            while let Some(sent) = commands.take() {
                sent.reply(CommandReply::Refused(CommandError::Gone));
            }
            tokio::time::sleep(COMMANDS_EVERY).await;
            left = left.saturating_sub(COMMANDS_EVERY);
        }
    }
    Ok(())
}

/// The connection is lost: what was current is no longer shown.
fn mark_stale(snapshot: &mut Snapshot) {
    snapshot.health.link_lost = true;
    (snapshot.budget, snapshot.pan_worth) = (None, None);
    snapshot.pans_outside = PansOutside::default();
    snapshot.readings = Readings::unknown(snapshot.readings.t_us);
    snapshot.estimate = None;
    snapshot.advice = Advice::default();
    snapshot.health.bus_age_us = None;
    snapshot.sources.clear();
}

/// What is shown before the service has sent anything.
pub fn snapshot_before_contact() -> Snapshot {
    let mut snapshot =
        Snapshot::empty(grainloss_protocol::snapshot::SessionInfo { source: SourceKind::Live, ..Default::default() });
    snapshot.health.link_lost = true;
    snapshot
}

/// One connection, until it ends or `stop` becomes true.
async fn attached(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    snapshots: &watch::Sender<Snapshot>,
    commands: &CommandReceiver,
    stop: &AtomicBool,
) -> Result<(), LinkError> {
    // Reading must not be cancelled in the middle of a message: it has its own task.
    let (messages, mut received) = mpsc::channel(2);
    let reading = tokio::spawn(async move {
        loop {
            let message: Result<ToScreen, LinkError> = read(&mut from, MAX_TO_SCREEN).await;
            let ended = message.is_err();
            if messages.send(message).await.is_err() || ended {
                return;
            }
        }
    });
    let (mut unanswered, mut number) = (HashMap::<u64, SentCommand>::new(), 0);
    let mut every = tokio::time::interval(COMMANDS_EVERY);
    let mut silent = Duration::ZERO;
    let mut charts: Option<Arc<SessionCharts>> = None;
    let ended = loop {
        if stop.load(Ordering::Relaxed) {
            break Ok(());
        }
        tokio::select! {
            message = received.recv() => {
                silent = Duration::ZERO;
                match message {
                    Some(Ok(ToScreen::Snapshot(snapshot))) => {
                        let charts = charts.clone();
                        drop(snapshots.send_replace(Snapshot { charts, ..*snapshot }));
                    }
                    Some(Ok(ToScreen::Charts(newest))) => charts = Some(Arc::new(*newest)),
                    Some(Ok(ToScreen::CommandReply(number, answer))) => {
                        if let Some(sent) = unanswered.remove(&number) {
                            sent.reply(answer);
                        }
                    }
                    Some(Ok(ToScreen::Bye(why))) => break Err(LinkError::Bye(why)),
                    Some(Ok(ToScreen::Hello(_))) => {}
                    Some(Err(error)) => break Err(error),
                    None => break Err(LinkError::Closed),
                }
            }
            _ = every.tick() => {
                silent += COMMANDS_EVERY;
                if silent >= SILENT {
                    break Err(LinkError::Io(io::Error::other("the service is silent")));
                }
                while let Some(sent) = commands.take() {
                    number += 1;
                    let message = encode(&ToService::OperatorCommand(number, sent.command.clone()))?;
                    unanswered.insert(number, sent);
                    write(&mut to, &message).await?;
                }
            }
        }
    };
    reading.abort();
    ended
}
