//! The service's own packets: a block every ten minutes of work and at the close of a session, on a thread of its own.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use grainloss_journal::{DeviceKeys, Journal, JournalError, Minute, Session, SigningKey};
use grainloss_packet::PacketError;

use super::packed::{Done, Packed};
use super::sealed::packet;

/// A block of an open session has so many minutes at least.
const BLOCK_MINUTES: usize = 10;
/// How often the journal is looked into (our choice).
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How long the last block is waited for when the service ends: what is not packed by then is packed at the next start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Packs the sessions of a journal into a folder. It reads the journal by a connection of its own, which only reads.
#[derive(Debug)]
pub struct Packer {
    journal: PathBuf,
    folder: PathBuf,
    names: bool,
    /// What was said already, so that it is said once.
    said: BTreeSet<String>,
}

/// Why nothing could be packed.
#[derive(Debug, thiserror::Error)]
enum PackerError {
    #[error("{}: {error}", path.display())]
    Folder { path: PathBuf, error: io::Error },
    #[error("the device's key cannot be read: {0}")]
    Key(io::Error),
    #[error(transparent)]
    Packet(#[from] PacketError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Packer {
    /// Of this journal, into this folder; `names` puts names, plates and places into the packets.
    pub fn new(journal: PathBuf, folder: PathBuf, names: bool) -> Self {
        Self { journal, folder, names, said: BTreeSet::new() }
    }

    /// Packs what there is to pack now; gives the blocks that were written. What is wrong is said in the log, once.
    pub fn look(&mut self) -> Vec<PathBuf> {
        let mut written = Vec::new();
        if let Err(error) = self.try_look(&mut written) {
            self.say(format!("packets: {error}; it is tried again, the journal keeps everything"));
        }
        written
    }

    fn try_look(&mut self, written: &mut Vec<PathBuf>) -> Result<(), PackerError> {
        // The service may not have made it yet.
        if !self.journal.exists() {
            return Ok(());
        }
        let journal = Journal::open(&self.journal)?;
        let Some(identity) = journal.identity()? else { return Ok(()) };
        let in_folder = |error| PackerError::Folder { path: self.folder.clone(), error };
        let mut packed = Packed::open(&self.folder).map_err(in_folder)?;
        let key = DeviceKeys::beside(&self.journal).load().map_err(PackerError::Key)?;
        for session in journal.sessions()? {
            // One session that cannot be packed does not keep the others.
            if let Err(error) = self.session(&journal, &identity, &session, &key, &mut packed, written) {
                self.say(format!("packets: session {}: {error}", session.id));
            }
        }
        Ok(())
    }

    fn session(
        &mut self,
        journal: &Journal,
        identity: &str,
        session: &Session,
        key: &SigningKey,
        packed: &mut Packed,
        written: &mut Vec<PathBuf>,
    ) -> Result<(), PackerError> {
        let done = packed.of(identity, session.id);
        if done.last {
            return Ok(());
        }
        let minutes: Vec<Minute> = journal.all(session.id)?;
        let is_closed = session.end_reason.is_some();
        let new = minutes.len().saturating_sub(done.minutes);
        if !is_closed && new < BLOCK_MINUTES {
            return Ok(());
        }
        let folder = self.folder.clone();
        let in_folder = |error| PackerError::Folder { path: folder.clone(), error };
        if minutes.is_empty() {
            return packed.nothing(identity, session.id).map_err(in_folder);
        }
        // The end of a session whose minutes were all packed before goes with its last minute, which is counted once all the same.
        let from = if new == 0 { minutes.len() - 1 } else { done.minutes };
        let after_us = from.checked_sub(1).map_or(i64::MIN, |before| minutes[before].end_us);
        let Some(sealed) = packet(journal, session, after_us, self.names, key)? else {
            self.say(format!(
                "packets: session {} was changed and is not packed; grainloss verify says where",
                session.id
            ));
            return Ok(());
        };
        // Minutes may have come since they were counted.
        let minutes = journal.all::<Minute>(session.id)?;
        let minutes = minutes.iter().take_while(|minute| minute.end_us <= sealed.end_us).count();
        let done = Done { minutes, last: is_closed, name: sealed.name.clone() };
        written.push(packed.put(identity, session.id, &sealed, done).map_err(in_folder)?);
        Ok(())
    }

    fn say(&mut self, text: String) {
        if !self.said.contains(&text) {
            tracing::warn!("{text}");
            self.said.insert(text);
        }
    }

    /// Packs on a thread of its own until the service ends.
    ///
    /// # Errors
    /// When there is no thread.
    pub fn start(mut self) -> io::Result<Packing> {
        let (goes_on, still) = channel::<()>();
        let (ends, ended) = channel();
        let run = move || {
            loop {
                self.look();
                if still.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Disconnected) {
                    break;
                }
            }
            // The session has just been closed.
            self.look();
            drop(ends);
        };
        std::thread::Builder::new().name("packets".to_owned()).spawn(run)?;
        Ok(Packing { goes_on, ended })
    }
}

/// The packets of a service that runs.
#[derive(Debug)]
pub struct Packing {
    /// Its end is the end of the thread.
    goes_on: Sender<()>,
    ended: Receiver<()>,
}

impl Packing {
    /// The sessions are closed: packs their last blocks, and waits for them, some seconds at most.
    pub fn finish(self) {
        drop(self.goes_on);
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}
