//! A screen's end: what the service says, and a new attempt whenever it has gone.

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

use super::{Hello, LinkError, MOST_TO_SCREEN, PROTOCOL, ToScreen, ToService, packed, read, write};
use grainloss_core::advice::Advice;
use grainloss_core::machine::Readings;
use grainloss_protocol::command::{CommandError, CommandReceiver, CommandReply, Sent};
use grainloss_protocol::snapshot::{Snapshot, SourceKind};

/// Between two attempts to reach the service.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A service that says nothing for so long hangs: it speaks ten times a second.
const SILENT: Duration = Duration::from_secs(5);
/// Marks are looked for this often.
const COMMANDS_EVERY: Duration = Duration::from_millis(20);

/// The link, on a thread of its own.
#[derive(Debug)]
pub struct Watching {
    thread: JoinHandle<Result<(), LinkError>>,
}

impl Watching {
    /// Waits for its end; an error is one that another attempt would not mend.
    pub fn join(self) -> Result<(), LinkError> {
        self.thread.join().unwrap_or(Err(LinkError::Closed))
    }
}

/// Keeps `snapshots` as new as the service's until `stop` becomes true, and carries commands. While the service cannot be
/// reached the snapshot says so, holds no figure, and the attempts go on.
pub fn watch_service(
    path: &Path,
    snapshots: watch::Sender<Snapshot>,
    commands: CommandReceiver,
    stop: Arc<AtomicBool>,
) -> io::Result<Watching> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let path = path.to_owned();
    let work = move || runtime.block_on(keep_watching(&path, &snapshots, &commands, &stop));
    Ok(Watching { thread: std::thread::Builder::new().name("link".to_owned()).spawn(work)? })
}

/// The newest snapshot, once; a service that says nothing within a few seconds hangs.
pub fn look(path: &Path) -> Result<Snapshot, LinkError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let look = async {
            // The other half stays open: a screen that hangs up is no screen any more.
            let (mut from, _to) = connect(path).await?;
            loop {
                match read(&mut from, MOST_TO_SCREEN).await? {
                    ToScreen::Snapshot(snapshot) => return Ok(*snapshot),
                    ToScreen::Bye(why) => return Err(LinkError::Bye(why)),
                    ToScreen::Hello(_) | ToScreen::CommandReply(..) => {}
                }
            }
        };
        let silent = |_| LinkError::Io(io::Error::new(io::ErrorKind::TimedOut, "the service is silent"));
        tokio::time::timeout(SILENT, look).await.map_err(silent)?
    })
}

async fn connect(path: &Path) -> Result<(OwnedReadHalf, OwnedWriteHalf), LinkError> {
    let nobody = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => LinkError::Forbidden(path.to_owned()),
        _ => LinkError::NobodyThere { path: PathBuf::from(path), error },
    };
    let (mut from, mut to) = UnixStream::connect(path).await.map_err(nobody)?.into_split();
    write(&mut to, &packed(&ToService::Hello(Hello::ours()))?).await?;
    match read(&mut from, MOST_TO_SCREEN).await? {
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
        let ended = match connect(path).await {
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
        snapshots.send_modify(lose);
        let mut left = AGAIN_AFTER;
        while !left.is_zero() && !stop.load(Ordering::Relaxed) {
            while let Some(sent) = commands.take() {
                sent.answer(CommandReply::Refused(CommandError::Gone));
            }
            tokio::time::sleep(COMMANDS_EVERY).await;
            left = left.saturating_sub(COMMANDS_EVERY);
        }
    }
    Ok(())
}

/// Nothing is of now any more.
fn lose(snapshot: &mut Snapshot) {
    snapshot.health.link_lost = true;
    (snapshot.budget, snapshot.pan_worth) = (None, None);
    snapshot.readings = Readings::unknown(snapshot.readings.t_us);
    snapshot.estimate = None;
    snapshot.advice = Advice::default();
    snapshot.health.bus_age_us = None;
    snapshot.sources.clear();
}

/// What is shown before the service has said anything.
pub fn nothing_yet() -> Snapshot {
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
    // Reading must not be broken off in the middle of a message: it has a task of its own.
    let (messages, mut said) = mpsc::channel(2);
    let reading = tokio::spawn(async move {
        loop {
            let message: Result<ToScreen, LinkError> = read(&mut from, MOST_TO_SCREEN).await;
            let ended = message.is_err();
            if messages.send(message).await.is_err() || ended {
                return;
            }
        }
    });
    let (mut asked, mut number) = (HashMap::<u64, Sent>::new(), 0);
    let mut every = tokio::time::interval(COMMANDS_EVERY);
    let mut silent = Duration::ZERO;
    let ended = loop {
        if stop.load(Ordering::Relaxed) {
            break Ok(());
        }
        tokio::select! {
            message = said.recv() => {
                silent = Duration::ZERO;
                match message {
                    Some(Ok(ToScreen::Snapshot(snapshot))) => drop(snapshots.send_replace(*snapshot)),
                    Some(Ok(ToScreen::CommandReply(number, answer))) => {
                        if let Some(sent) = asked.remove(&number) {
                            sent.answer(answer);
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
                    let message = packed(&ToService::OperatorCommand(number, sent.mark.clone()))?;
                    asked.insert(number, sent);
                    write(&mut to, &message).await?;
                }
            }
        }
    };
    reading.abort();
    ended
}
