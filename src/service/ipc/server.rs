//! The service's side: several screens at once; the service waits for none of them.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use super::error::LinkError;
use super::messages::{Hello, PROTOCOL, ToScreen, ToService};
use super::peer;
use super::places::Places;
use super::wire::{MAX_TO_SERVICE, encode, read, write};
use grainloss_core::clean_text::clean_line;
use grainloss_protocol::command::{CommandError, CommandReply, CommandSender};
use grainloss_protocol::session_charts::SessionCharts;
use grainloss_protocol::snapshot::Snapshot;

/// Most screens at once (our choice).
const MAX_SCREENS: usize = 32;
/// So many connections may wait to be accepted (the standard library's number).
const BACKLOG: i32 = 128;
/// A screen that takes nothing for so long is disconnected.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that sends no greeting for so long is closed.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);
/// A socket that cannot be made is tried again so often.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// How often the reply to a command is looked for.
const REPLY_POLL: Duration = Duration::from_millis(20);
/// A command without a reply for so long is answered with `Busy`.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the socket is, and who may use it.
#[derive(Clone, Debug)]
pub struct SocketConfig {
    /// Its path.
    pub path: PathBuf,
    /// The group that may use it, besides the user; `None` leaves the folder's.
    pub group: Option<String>,
}

/// The listening socket; dropping it closes and removes the socket.
#[derive(Debug)]
pub struct SocketServer {
    path: PathBuf,
    /// The socket has been made: it is removed at the end. Another program's stays.
    is_ours: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been reported where it happened.
            let _ = thread.join();
        }
        if self.is_ours.load(Ordering::Relaxed) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Listens on its own thread. Every screen is sent the snapshots; its commands go to `commands`.
///
/// # Errors
/// When the socket cannot be made: another service listens there, the folder cannot be written, the group is unknown.
pub fn serve(
    config: &SocketConfig,
    snapshots: watch::Receiver<Snapshot>,
    commands: CommandSender,
) -> io::Result<SocketServer> {
    let listener = listen(config)?;
    start(config, Some(listener), snapshots, commands)
}

/// As [`serve`]; a socket that cannot be made now, since another program listens at its path or the disk is full, is tried
/// again every second: the service does without screens until then.
///
/// # Errors
/// When the thread cannot be started.
pub fn serve_when_possible(
    config: &SocketConfig,
    snapshots: watch::Receiver<Snapshot>,
    commands: CommandSender,
) -> io::Result<SocketServer> {
    let listener = listen(config).inspect_err(|error| {
        tracing::warn!("{}: no screen can attach, trying again every second: {error}", config.path.display());
    });
    start(config, listener.ok(), snapshots, commands)
}

fn start(
    config: &SocketConfig,
    listener: Option<std::os::unix::net::UnixListener>,
    snapshots: watch::Receiver<Snapshot>,
    commands: CommandSender,
) -> io::Result<SocketServer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let is_ours = Arc::new(AtomicBool::new(listener.is_some()));
    let (wanted, made) = (config.clone(), Arc::clone(&is_ours));
    let work = move || {
        runtime.block_on(async move {
            let serving = async {
                let listener = match listener {
                    Some(listener) => listener,
                    None => listen_when_possible(&wanted, &made).await,
                };
                if let Ok(listener) = UnixListener::from_std(listener) {
                    accept(listener, snapshots, commands).await;
                }
            };
            tokio::select! {
                () = serving => {}
                _ = stopped => {}
            }
        });
    };
    let thread = std::thread::Builder::new().name("socket".to_owned()).spawn(work)?;
    Ok(SocketServer { path: config.path.clone(), is_ours, stop: Some(stop), thread: Some(thread) })
}

async fn listen_when_possible(config: &SocketConfig, is_ours: &AtomicBool) -> std::os::unix::net::UnixListener {
    loop {
        tokio::time::sleep(RETRY_EVERY).await;
        if let Ok(listener) = listen(config) {
            tracing::warn!("{}: screens can attach now", config.path.display());
            is_ours.store(true, Ordering::Relaxed);
            return listener;
        }
    }
}

/// Binds the socket. One that a killed service left behind is removed; one that a service listens on is not.
fn listen(config: &SocketConfig) -> io::Result<std::os::unix::net::UnixListener> {
    let path = &config.path;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    if let Err(error) = rustix::net::bind(&socket, &address) {
        if error != Errno::ADDRINUSE {
            return Err(error.into());
        }
        clear_stale(path)?;
        rustix::net::bind(&socket, &address)?;
    }
    if let Some(group) = &config.group {
        let unknown = || io::Error::other(format!("there is no group {group}; `groupadd {group}` makes it"));
        std::os::unix::fs::chown(path, None, Some(peer::group_id(group).ok_or_else(unknown)?))?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    // Only now can anyone connect.
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
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

/// The newest of everything as messages; empty while there is none.
#[derive(Clone, Debug, Default)]
struct Newest {
    snapshot: Arc<Vec<u8>>,
    charts: Arc<Vec<u8>>,
}

async fn accept(listener: UnixListener, snapshots: watch::Receiver<Snapshot>, commands: CommandSender) {
    // Encoded once for all screens, and only while there are any.
    let (newest, bytes) = watch::channel(Newest::default());
    let came = Arc::new(Notify::new());
    tokio::spawn(encode_newest(snapshots, newest, Arc::clone(&came)));
    let places = Arc::new(Mutex::new(Places::new(MAX_SCREENS)));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("the socket: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let (bytes, name) = (bytes.clone(), peer::name(&stream));
        came.notify_one();
        let (leave, asked_to_leave) = oneshot::channel::<()>();
        let taken = places.lock().unwrap_or_else(PoisonError::into_inner).take(peer::of(&stream), leave);
        let Some((place, left)) = taken else {
            tracing::warn!("{MAX_SCREENS} screens are connected already: {name} is refused");
            continue;
        };
        if let Some(leave) = left {
            // One that has just ended does not hear it.
            let _: Result<(), ()> = leave.send(());
        }
        let (commands, places) = (commands.named(&name), Arc::clone(&places));
        tokio::spawn(async move {
            tracing::info!("{name} watches");
            tokio::select! {
                ended = screen(stream, bytes, commands) => match ended {
                    Ok(()) | Err(LinkError::Closed) => tracing::info!("{name} watches no more"),
                    Err(error) => tracing::warn!("{name} is disconnected: {error}"),
                },
                Ok(()) = asked_to_leave => {
                    tracing::warn!("{name} is disconnected: all {MAX_SCREENS} places are taken, and it holds most");
                }
            }
            places.lock().unwrap_or_else(PoisonError::into_inner).leave(place);
        });
    }
}

/// `came`: a screen has come.
async fn encode_newest(mut snapshots: watch::Receiver<Snapshot>, newest: watch::Sender<Newest>, came: Arc<Notify>) {
    let (mut shown, mut charts) = (None::<Arc<SessionCharts>>, Arc::default());
    loop {
        // One receiver is the listener's own.
        if newest.receiver_count() > 1 {
            let snapshot = Box::new(snapshots.borrow_and_update().clone());
            if let Some(changed) = changed_charts(&mut shown, &snapshot) {
                charts = changed;
            }
            match encode(&ToScreen::Snapshot(snapshot)) {
                Ok(bytes) => drop(newest.send(Newest { snapshot: Arc::new(bytes), charts: Arc::clone(&charts) })),
                Err(error) => tracing::warn!("a snapshot cannot be sent: {error}"),
            }
        } else {
            // The next screen is not to begin with what was shown to the last one.
            newest.send_if_modified(|bytes| !std::mem::take(bytes).snapshot.is_empty());
            (shown, charts) = (None, Arc::default());
            // Without a screen this thread sleeps.
            came.notified().await;
            snapshots.mark_unchanged();
        }
        if snapshots.changed().await.is_err() {
            return;
        }
    }
}

/// Map and charts as a message when they are others than those that were shown.
fn changed_charts(shown: &mut Option<Arc<SessionCharts>>, snapshot: &Snapshot) -> Option<Arc<Vec<u8>>> {
    let newest = snapshot.charts.as_ref()?;
    if shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, newest)) {
        return None;
    }
    *shown = Some(Arc::clone(newest));
    match encode(&ToScreen::Charts(Box::new(SessionCharts::clone(newest)))) {
        Ok(bytes) => Some(Arc::new(bytes)),
        Err(error) => {
            tracing::warn!("map and charts cannot be sent: {error}");
            None
        }
    }
}

/// One screen, until either side ends it.
async fn screen(stream: UnixStream, bytes: watch::Receiver<Newest>, commands: CommandSender) -> Result<(), LinkError> {
    let (mut from, mut to) = stream.into_split();
    write(&mut to, &encode(&ToScreen::Hello(Hello::ours()))?).await?;
    let asks_charts = match tokio::time::timeout(HELLO_TIMEOUT, read(&mut from, MAX_TO_SERVICE)).await {
        Ok(Ok(ToService::Hello(Hello { protocol: PROTOCOL, charts, .. }))) => charts,
        Ok(Ok(ToService::Hello(theirs))) => {
            let Hello { protocol, software, .. } = theirs;
            // It goes into the log: one line, of some length.
            let software: String = clean_line(&software).chars().take(60).collect();
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
    };
    let (answers, answered) = mpsc::channel(8);
    let mut reading = tokio::spawn(take_commands(from, commands, answers));
    let why = tokio::select! {
        ended = &mut reading => ended.unwrap_or(LinkError::Closed),
        ended = send(&mut to, bytes, asks_charts, answered) => {
            reading.abort();
            return ended;
        }
    };
    match why {
        LinkError::TooLong(..) | LinkError::Damaged(_) => bye(&mut to, why.to_string()).await,
        why => Err(why),
    }
}

/// Sends the reason and ends the connection. A screen that does not read it is not waited for.
async fn bye(to: &mut OwnedWriteHalf, why: String) -> Result<(), LinkError> {
    let message = encode(&ToScreen::Bye(why.clone()))?;
    let _ = tokio::time::timeout(Duration::from_secs(1), write(to, &message)).await;
    Err(LinkError::Bye(why))
}

/// Sends replies and snapshots: always the newest when the screen has taken the one before.
async fn send(
    to: &mut OwnedWriteHalf,
    mut bytes: watch::Receiver<Newest>,
    asks_charts: bool,
    mut answered: mpsc::Receiver<(u64, CommandReply)>,
) -> Result<(), LinkError> {
    // What was encoded for other screens is sent at once; the first screen gets the next one in a tenth of a second.
    bytes.mark_changed();
    let mut charts_sent = Arc::default();
    loop {
        let messages = tokio::select! {
            biased;
            Some((id, answer)) = answered.recv() => [Arc::new(encode(&ToScreen::CommandReply(id, answer))?), Arc::default()],
            changed = bytes.changed() => {
                if changed.is_err() {
                    return bye(to, "the service stops".to_owned()).await;
                }
                let Newest { snapshot, charts } = bytes.borrow_and_update().clone();
                let is_new = asks_charts && !Arc::ptr_eq(&charts, &charts_sent);
                if is_new {
                    charts_sent = Arc::clone(&charts);
                }
                [if is_new { charts } else { Arc::default() }, snapshot]
            }
        };
        for message in messages.into_iter().filter(|message| !message.is_empty()) {
            let written = tokio::time::timeout(SEND_TIMEOUT, write(to, &message)).await;
            written.map_err(|_| LinkError::Bye("it takes nothing any more".to_owned()))??;
        }
    }
}

/// Takes commands until the screen closes or sends something wrong.
async fn take_commands(
    mut from: OwnedReadHalf,
    commands: CommandSender,
    answers: mpsc::Sender<(u64, CommandReply)>,
) -> LinkError {
    loop {
        let (id, command) = match read(&mut from, MAX_TO_SERVICE).await {
            Ok(ToService::OperatorCommand(id, command)) => (id, command),
            Ok(ToService::Hello(_)) => continue,
            Err(error) => return error,
        };
        let (waiting, answers) = (commands.send(command), answers.clone());
        // Owned by this future: a pending reply belongs to one thread at a time.
        let answer = async move {
            let mut every = tokio::time::interval(REPLY_POLL);
            loop {
                every.tick().await;
                if let Some(answer) = waiting.poll() {
                    return answer;
                }
            }
        };
        let answer =
            tokio::time::timeout(REPLY_TIMEOUT, answer).await.unwrap_or(CommandReply::Refused(CommandError::Busy));
        if answers.send((id, answer)).await.is_err() {
            return LinkError::Closed;
        }
    }
}
