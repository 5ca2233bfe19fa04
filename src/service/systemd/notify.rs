//! Notifications to systemd: ready, alive, status, stopping. Does nothing unless started by systemd (`NOTIFY_SOCKET` unset).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sd_notify::NotifyState;
use tokio::sync::watch;

use grainloss_protocol::snapshot::Snapshot;

/// How often the loop's progress is checked.
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// How often the status line is renewed.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// Notifies systemd, on its own thread, until `stop` becomes true or the loop has ended. `None` without systemd.
///
/// `READY` is sent once the loop has published, `WATCHDOG` only as long as its heartbeat grows: systemd restarts a loop that
/// hangs.
///
/// # Errors
/// When the thread cannot be started.
pub fn notify_systemd(
    snapshots: watch::Receiver<Snapshot>,
    heartbeat: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) -> std::io::Result<Option<JoinHandle<()>>> {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return Ok(None);
    }
    let work = move || {
        // Half the time that systemd allows, as it asks for.
        let alive_every = sd_notify::watchdog_enabled().map(|allowed| allowed / 2);
        follow(&snapshots, &heartbeat, alive_every, &stop);
        notify(&[NotifyState::Stopping, NotifyState::Status("stopping: the session is being closed")]);
    };
    std::thread::Builder::new().name("systemd".to_owned()).spawn(work).map(Some)
}

#[allow(clippy::disallowed_methods, reason = "the watchdog runs on the wall clock")]
fn follow(
    snapshots: &watch::Receiver<Snapshot>,
    heartbeat: &AtomicU64,
    alive_every: Option<Duration>,
    stop: &AtomicBool,
) {
    let (mut ready, mut heard) = (false, 0);
    let mut alive: Option<Instant> = None;
    let mut status: Option<(Instant, String)> = None;
    let due = |last: Option<Instant>, every: Duration| last.is_none_or(|last| last.elapsed() >= every);
    while !stop.load(Ordering::Relaxed) {
        let Ok(published) = snapshots.has_changed() else { return };
        if published && !ready {
            ready = true;
            notify(&[NotifyState::Ready]);
        }
        let beats = heartbeat.load(Ordering::Relaxed);
        if ready && beats != heard && alive_every.is_some_and(|every| due(alive, every)) {
            (alive, heard) = (Some(Instant::now()), beats);
            notify(&[NotifyState::Watchdog]);
        }
        if ready && due(status.as_ref().map(|status| status.0), STATUS_EVERY) {
            let line = line(&snapshots.borrow());
            if status.as_ref().is_none_or(|(_, before)| *before != line) {
                notify(&[NotifyState::Status(&line)]);
            }
            status = Some((Instant::now(), line));
        }
        std::thread::sleep(CHECK_EVERY);
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::info!("systemd cannot be notified: {error}");
    }
}

/// One line for `systemctl status`.
fn line(snapshot: &Snapshot) -> String {
    let session = snapshot.session.id.map_or_else(|| "no session".to_owned(), |id| format!("session {id}"));
    let activity = snapshot.estimate.as_ref().and_then(|estimate| estimate.doing.activity);
    let activity = activity.map_or("activity unknown", |activity| activity.word());
    let loss = snapshot.totals.total_loss_pct();
    let loss = loss.map_or_else(
        || "loss unknown".to_owned(),
        |loss| format!("loss {:.2} % ({:.2}-{:.2})", loss.value, loss.lo, loss.hi),
    );
    let health = &snapshot.health;
    let bus = match (&health.bus_fault, health.frames) {
        (Some(fault), _) => format!("{} {}", fault.interface, fault.word),
        (None, 0) => "no frame yet".to_owned(),
        (None, _) => format!("{} frames/s", health.frames_per_s),
    };
    let journal = health.journal_error.as_ref().map_or_else(String::new, |error| format!(", journal: {error}"));
    format!("{session}, {}, {activity}, {loss}, {bus}{journal}", snapshot.session.crop_id)
}
