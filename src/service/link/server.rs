//! The service's end: any number of screens, none of which it waits for.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Hello, LinkError, MOST_TO_SERVICE, PROTOCOL, ToScreen, ToService, packed, peer, read, write};
use grainloss_protocol::command::{CommandError, CommandReply, CommandSender};
use grainloss_protocol::snapshot::Snapshot;

/// Screens at once, at most.
const MOST_SCREENS: usize = 32;
/// A screen that takes nothing for so long is let go.
const PATIENCE: Duration = Duration::from_secs(30);
/// A connection that does not say who it is.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// Answers to commands are looked for this often.
const ANSWER_EVERY: Duration = Duration::from_millis(20);
/// A mark without an answer for so long has none.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Where the socket is, and who may use it.
#[derive(Clone, Debug)]
pub struct SocketPlan {
    /// Its path.
    pub path: PathBuf,
    /// The group that may use it, besides the user; `None` leaves the folder's.
    pub group: Option<String>,
}

/// The socket, until dropped.
#[derive(Debug)]
pub struct Serving {
    path: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been reported where it happened.
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Listens, on a thread of its own. Every screen is sent what `snapshots` holds; what it commands goes to `commands`.
pub fn serve(plan: &SocketPlan, snapshots: watch::Receiver<Snapshot>, commands: CommandSender) -> io::Result<Serving> {
    let listener = listen(plan)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let work = move || {
        runtime.block_on(async move {
            let Ok(listener) = UnixListener::from_std(listener) else { return };
            tokio::select! {
                () = accept(listener, snapshots, commands) => {}
                _ = stopped => {}
            }
        });
    };
    let thread = std::thread::Builder::new().name("socket".to_owned()).spawn(work)?;
    Ok(Serving { path: plan.path.clone(), stop: Some(stop), thread: Some(thread) })
}

/// Binds the socket. One that a service left behind when it was killed is taken away; one that somebody listens at is not.
fn listen(plan: &SocketPlan) -> io::Result<std::os::unix::net::UnixListener> {
    let path = &plan.path;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let listener = match std::os::unix::net::UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            clear_stale(path)?;
            std::os::unix::net::UnixListener::bind(path)?
        }
        other => other?,
    };
    if let Some(group) = &plan.group {
        let unknown = || io::Error::other(format!("there is no group {group}; `groupadd {group}` makes it"));
        std::os::unix::fs::chown(path, None, Some(peer::group_id(group).ok_or_else(unknown)?))?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn clear_stale(path: &Path) -> io::Result<()> {
    if !std::fs::symlink_metadata(path)?.file_type().is_socket() {
        return Err(io::Error::other("there is a file of this name that is no socket; name another"));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::Error::other("another service listens here; stop it, or name another socket")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        Err(error) => Err(error),
    }
}

async fn accept(listener: UnixListener, snapshots: watch::Receiver<Snapshot>, commands: CommandSender) {
    // Packed once for all screens, and only while there are any.
    let (newest, bytes) = watch::channel(Arc::new(Vec::new()));
    tokio::spawn(pack(snapshots, newest));
    let room = Arc::new(tokio::sync::Semaphore::new(MOST_SCREENS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("the socket: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            tracing::warn!("{MOST_SCREENS} screens are connected already: one more is refused");
            continue;
        };
        let (bytes, name) = (bytes.clone(), peer::name(&stream));
        let commands = commands.named(&name);
        tokio::spawn(async move {
            tracing::info!("{name} watches");
            match screen(stream, bytes, commands).await {
                Ok(()) | Err(LinkError::Closed) => tracing::info!("{name} watches no more"),
                Err(error) => tracing::warn!("{name} is disconnected: {error}"),
            }
            drop(place);
        });
    }
}

async fn pack(mut snapshots: watch::Receiver<Snapshot>, newest: watch::Sender<Arc<Vec<u8>>>) {
    loop {
        // One receiver is the listener's own.
        if newest.receiver_count() > 1 {
            let snapshot = Box::new(snapshots.borrow_and_update().clone());
            match packed(&ToScreen::Snapshot(snapshot)) {
                Ok(bytes) => drop(newest.send(Arc::new(bytes))),
                Err(error) => tracing::warn!("a snapshot cannot be sent: {error}"),
            }
        } else {
            snapshots.mark_unchanged();
        }
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

/// One screen, until either side ends it.
async fn screen(
    stream: UnixStream,
    bytes: watch::Receiver<Arc<Vec<u8>>>,
    commands: CommandSender,
) -> Result<(), LinkError> {
    let (mut from, mut to) = stream.into_split();
    write(&mut to, &packed(&ToScreen::Hello(Hello::ours()))?).await?;
    match tokio::time::timeout(HELLO_WITHIN, read(&mut from, MOST_TO_SERVICE)).await {
        Ok(Ok(ToService::Hello(Hello { protocol: PROTOCOL, .. }))) => {}
        Ok(Ok(ToService::Hello(theirs))) => {
            let Hello { protocol, software, .. } = theirs;
            let why = format!("{software} speaks protocol {protocol}, the service {PROTOCOL}");
            return bye(&mut to, why).await;
        }
        Ok(Ok(ToService::OperatorCommand(..))) => {
            return bye(&mut to, "a mark before the first greeting".to_owned()).await;
        }
        Ok(Err(error @ (LinkError::TooLong(..) | LinkError::Damaged(_)))) => {
            return bye(&mut to, error.to_string()).await;
        }
        Ok(Err(error)) => return Err(error),
        Err(_) => return bye(&mut to, "no greeting came".to_owned()).await,
    }
    let (answers, answered) = mpsc::channel(8);
    let mut reading = tokio::spawn(listen_to(from, commands, answers));
    let why = tokio::select! {
        ended = &mut reading => ended.unwrap_or(LinkError::Closed),
        ended = tell(&mut to, bytes, answered) => {
            reading.abort();
            return ended;
        }
    };
    match why {
        LinkError::TooLong(..) | LinkError::Damaged(_) => bye(&mut to, why.to_string()).await,
        why => Err(why),
    }
}

/// Says why, and ends it. Whoever does not listen need not know.
async fn bye(to: &mut OwnedWriteHalf, why: String) -> Result<(), LinkError> {
    let message = packed(&ToScreen::Bye(why.clone()))?;
    let _ = tokio::time::timeout(Duration::from_secs(1), write(to, &message)).await;
    Err(LinkError::Bye(why))
}

/// Sends answers, and snapshots: whichever is the newest when the screen has taken the one before.
async fn tell(
    to: &mut OwnedWriteHalf,
    mut bytes: watch::Receiver<Arc<Vec<u8>>>,
    mut answered: mpsc::Receiver<(u64, CommandReply)>,
) -> Result<(), LinkError> {
    // What was packed for others is sent at once; for the first screen the next one comes in a tenth of a second.
    bytes.mark_changed();
    loop {
        let message = tokio::select! {
            biased;
            Some((id, answer)) = answered.recv() => Arc::new(packed(&ToScreen::CommandReply(id, answer))?),
            changed = bytes.changed() => {
                if changed.is_err() {
                    return bye(to, "the service stops".to_owned()).await;
                }
                Arc::clone(&bytes.borrow_and_update())
            }
        };
        if !message.is_empty() {
            let written = tokio::time::timeout(PATIENCE, write(to, &message)).await;
            written.map_err(|_| LinkError::Bye("it takes nothing any more".to_owned()))??;
        }
    }
}

/// Takes commands until the screen ends or errs.
async fn listen_to(
    mut from: OwnedReadHalf,
    commands: CommandSender,
    answers: mpsc::Sender<(u64, CommandReply)>,
) -> LinkError {
    loop {
        let (id, mark) = match read(&mut from, MOST_TO_SERVICE).await {
            Ok(ToService::OperatorCommand(id, mark)) => (id, mark),
            Ok(ToService::Hello(_)) => continue,
            Err(error) => return error,
        };
        let (waiting, answers) = (commands.send(mark), answers.clone());
        // Owned: what it waits in belongs to one thread at a time.
        let answer = async move {
            let mut every = tokio::time::interval(ANSWER_EVERY);
            loop {
                every.tick().await;
                if let Some(answer) = waiting.answer() {
                    return answer;
                }
            }
        };
        let answer =
            tokio::time::timeout(ANSWER_WITHIN, answer).await.unwrap_or(CommandReply::Refused(CommandError::Busy));
        if answers.send((id, answer)).await.is_err() {
            return LinkError::Closed;
        }
    }
}
