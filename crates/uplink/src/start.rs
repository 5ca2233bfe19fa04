//! Starting the uplink, and ending it.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::budget::Budget;
use super::credentials::Credentials;
use super::drain::Drain;
use super::mqtt::{Messages, MqttConfig};
use super::outbox::Outbox;
use super::s3::{S3Config, S3Store};
use super::status::StatusFile;
use super::tls::{Tls, TlsError, TlsFiles};
use grainloss_protocol::snapshot::Snapshot;

/// How long the threads are waited for when the service ends: what is not sent by then is sent at the next start.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where to, and as whom.
#[derive(Clone, Debug)]
pub struct UplinkConfig {
    /// The folder of the blocks.
    pub outbox: PathBuf,
    /// The machine's pseudonymous number: 16 hexadecimal digits of the hash of its public key.
    pub machine: String,
    /// The program's version, as messages state it.
    pub software: String,
    /// The store; `None` leaves the blocks where they are.
    pub s3: Option<S3Config>,
    /// The broker; `None` sends no messages.
    pub mqtt: Option<MqttConfig>,
    /// Keys and passwords.
    pub credentials: Credentials,
    /// Whom to trust, and our certificate.
    pub tls: TlsFiles,
    /// Bytes an hour; `None` is without limit.
    pub budget_bytes_per_hour: Option<u64>,
}

/// Why the uplink cannot start.
#[derive(Debug, thiserror::Error)]
pub enum UplinkError {
    /// A file of certificates cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Store or broker are impossible.
    #[error("{0}")]
    Impossible(String),
    /// No thread.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// The uplink while it runs. Dropping it stops it.
#[derive(Debug)]
pub struct Uplink {
    /// Its end is the end of the store's thread.
    goes_on: Option<Sender<()>>,
    stop: watch::Sender<bool>,
    /// Ends when every thread has.
    ended: Receiver<()>,
}

/// Starts the uplink. Nothing is asked of the network before this returns.
///
/// # Errors
/// [`UplinkError`] when a file cannot be used, an address is impossible, or there is no thread.
pub fn start(config: UplinkConfig, snapshots: watch::Receiver<Snapshot>) -> Result<Uplink, UplinkError> {
    let tls = Tls::load(&config.tls)?;
    let status = Arc::new(StatusFile::open(&config.outbox));
    status.configured(config.s3.is_some(), config.mqtt.is_some());
    let begun = Instant::now();
    let mut budget = Budget::new(config.budget_bytes_per_hour);
    budget.go_on(&status.now().budget, Duration::ZERO);
    let budget = Arc::new(Mutex::new(budget));
    let outbox = Outbox::new(&config.outbox);
    let (stop, stopped) = watch::channel(false);
    let (goes_on, still) = channel();
    let (ends, ended) = channel();
    if let Some(s3) = &config.s3 {
        let store = S3Store::new(s3, config.credentials.s3.clone(), &tls).map_err(UplinkError::Impossible)?;
        let backoff = Backoff::new(&config.machine);
        let drain = Drain::new(outbox.clone(), store, Arc::clone(&budget), backoff, Arc::clone(&status));
        let ends = ends.clone();
        let run = move || {
            drain_until_stopped(drain, begun, &still);
            drop(ends);
        };
        std::thread::Builder::new().name("uplink store".to_owned()).spawn(run)?;
    }
    if let Some(mqtt) = config.mqtt {
        let encrypted = mqtt.is_encrypted.then(|| tls.for_mqtt()).transpose().map_err(UplinkError::Impossible)?;
        let messages = Messages {
            config: mqtt,
            credentials: config.credentials.mqtt,
            tls: encrypted,
            machine: config.machine,
            software: config.software,
            outbox,
            budget,
            status,
            snapshots,
            begun,
            stop: stopped,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let run = move || {
            runtime.block_on(messages.run());
            // A name that is looked up for ever is not waited for.
            runtime.shutdown_background();
            drop(ends);
        };
        std::thread::Builder::new().name("uplink mqtt".to_owned()).spawn(run)?;
    }
    Ok(Uplink { goes_on: Some(goes_on), stop, ended })
}

fn drain_until_stopped(mut drain: Drain<S3Store>, begun: Instant, goes_on: &Receiver<()>) {
    loop {
        let wait = drain.step(begun.elapsed());
        if goes_on.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
            break;
        }
    }
    // The last block of the session was written a moment ago.
    if !drain.is_failing() {
        while drain.step(begun.elapsed()).is_zero() {}
    }
}

impl Uplink {
    /// Ends it: what is under way is waited for, some seconds at most.
    pub fn finish(mut self) {
        self.tell();
        // It ends by the senders' end; a thread that hangs in the network is left behind.
        let _ = self.ended.recv_timeout(PATIENCE);
    }

    fn tell(&mut self) {
        self.goes_on = None;
        self.stop.send_replace(true);
    }
}

impl Drop for Uplink {
    fn drop(&mut self) {
        self.tell();
    }
}
