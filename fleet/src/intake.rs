//! Taking a packet into the store: checked first, its bytes kept, then noted in the register.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use grainloss_journal::{Altered, ProofMinute, VerifyResult};
use grainloss_packet::{Head, Packet, PacketError};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::folders::{NO_CROP, folder};
use crate::register::{KeyState, KnownMinute, KnownSession};
use crate::store::Store;

/// What became of a packet.
#[derive(Debug)]
pub enum Taken {
    /// It is in the store now: how many of its minutes were not there before.
    New {
        /// Minutes that were not in the store.
        minutes: usize,
    },
    /// It is in the store already.
    Known,
    /// The key that signed it is not known; it waits in quarantine.
    Quarantined {
        /// The key.
        public_key: String,
    },
    /// It is not taken.
    Refused(Refusal),
}

/// Why a packet is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// It is no packet, or cannot be read.
    Unreadable(PacketError),
    /// It was changed after it was signed.
    Altered(Altered),
    /// Its key is not trusted.
    Distrusted(String),
    /// The store has another minute in this place: its end, µs. The first one stays.
    Conflict(i64),
    /// Its journal's packets are of another machine: that one, and the one that signed.
    OtherMachine(String, String),
    /// A journal whose session was changed, or not signed.
    Session(i64),
    /// A journal whose measured points were changed, or not signed.
    Points,
}

impl Store {
    /// Takes a packet in: these bytes, which came under this name. The rows are written by [`Store::settle`].
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or written. What is wrong with the packet is no error.
    pub fn take(&mut self, name: &Path, bytes: &[u8]) -> Result<Taken, StoreError> {
        let sha256 = sha256(bytes);
        if self.register.has_packet(&sha256)? {
            return Ok(Taken::Known);
        }
        let packet = match Packet::of_bytes(name, bytes.to_vec()) {
            Ok(packet) => packet,
            Err(error) => return Ok(Taken::Refused(Refusal::Unreadable(error))),
        };
        let public_key = match packet.verify() {
            VerifyResult::Untouched { public_key } => public_key.to_lowercase(),
            VerifyResult::Altered(what) => return Ok(Taken::Refused(Refusal::Altered(what))),
            VerifyResult::Unsigned => return Ok(Taken::Refused(Refusal::Altered(Altered::Seal))),
        };
        match self.register.key(&public_key)? {
            (_, KeyState::Distrusted) => Ok(Taken::Refused(Refusal::Distrusted(public_key))),
            (_, KeyState::Unknown) => {
                let path = self.quarantine().join(format!("{sha256}.parquet"));
                if !path.is_file() {
                    self.step("quarantine")?;
                    self.put(&path, bytes)?;
                }
                Ok(Taken::Quarantined { public_key })
            }
            (device, KeyState::Trusted) => self.take_proven(&packet, bytes, &sha256, &public_key, &device, false),
        }
    }

    /// Takes a packet in whose origin is proven, by its signature or by the seals of the journal it was made from: it is of this
    /// machine.
    pub(crate) fn take_proven(
        &mut self,
        packet: &Packet,
        bytes: &[u8],
        sha256: &str,
        public_key: &str,
        device: &str,
        from_journal: bool,
    ) -> Result<Taken, StoreError> {
        if self.register.has_packet(sha256)? {
            return Ok(Taken::Known);
        }
        let head = &packet.head;
        let of = self.register.device_of_journal(&head.journal)?;
        if let Some(other) = of.filter(|other| other != device) {
            return Ok(Taken::Refused(Refusal::OtherMachine(other, device.to_owned())));
        }
        let session = self.register.session(&head.journal, head.session)?;
        let known = session.as_ref().map(|session| self.register.minutes(session.id)).transpose()?.unwrap_or_default();
        let minutes = match self.place(packet, device, &known)? {
            Ok(minutes) => minutes,
            Err(end_us) => return Ok(Taken::Refused(Refusal::Conflict(end_us))),
        };
        let path = self.kept(device, sha256);
        self.step("keep a packet")?;
        self.put(&path, bytes)?;
        self.step("note a packet")?;
        let region = self.register.machine(device)?.region().to_owned();
        let session = known_session(packet, session, device);
        let place = folder(&self.zone, &region, session.started_us, &session.crop);
        let end_us = packet.t_us.iter().max().copied().unwrap_or(session.started_us);
        let points = crate::points::of(&head.points, head.names, &self.zone, &region);
        self.register.change(|connection| {
            let id = note_session(connection, &session, end_us, &place)?;
            note_packet(connection, id, head, sha256, public_key, from_journal)?;
            for point in &points {
                point.note(connection, &head.journal, device)?;
            }
            Ok(())
        })?;
        Ok(Taken::New { minutes })
    }

    /// How many minutes of a packet are not in the store; the inner error is the end of one that is there with other content.
    fn place(&self, packet: &Packet, device: &str, known: &[KnownMinute]) -> Result<Result<usize, i64>, StoreError> {
        let known: BTreeMap<i64, &KnownMinute> = known.iter().map(|minute| (minute.end_us, minute)).collect();
        let mut new = 0;
        for (minute, chain) in chains(&packet.head) {
            match known.get(&minute.end_us) {
                None => new += 1,
                Some(there) if there.chain == chain => {}
                Some(there) => {
                    // A session that was closed and then continued: its last minute was over later.
                    let kept = self.read_kept(device, &there.packet.sha256)?;
                    if !continues(&kept, packet, minute.end_us) {
                        return Ok(Err(minute.end_us));
                    }
                    new += usize::from(minute.seconds > there.seconds);
                }
            }
        }
        Ok(Ok(new))
    }

    /// Reads a packet of the store again.
    pub(crate) fn read_kept(&self, device: &str, sha256: &str) -> Result<Packet, StoreError> {
        let path = self.kept(device, sha256);
        let bytes = fs::read(&path).map_err(StoreError::file(&path))?;
        if self::sha256(&bytes) != sha256 {
            return Err(StoreError::KeptAltered(path));
        }
        Ok(Packet::of_bytes(&path, bytes)?)
    }
}

/// SHA-256 of bytes, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    crate::hex::hex(&Sha256::digest(bytes))
}

/// The minutes of a packet, each with the hash chain after it.
fn chains(head: &Head) -> Vec<(&ProofMinute, Vec<u8>)> {
    let mut chain = head.chain_before.clone();
    let mut found = Vec::with_capacity(head.minutes.len());
    for minute in &head.minutes {
        chain = ProofMinute::chain(&chain, std::slice::from_ref(minute));
        let bytes = (0..chain.len() / 2).filter_map(|at| u8::from_str_radix(chain.get(2 * at..2 * at + 2)?, 16).ok());
        found.push((minute, bytes.collect()));
    }
    found
}

/// True when the seconds of a minute in one packet go on with those in the other: one of them was made before the minute was over.
fn continues(one: &Packet, other: &Packet, end_us: i64) -> bool {
    let minute = |packet: &Packet| packet.head.minutes.iter().find(|minute| minute.end_us == end_us).cloned();
    let Some((a, b)) = minute(one).zip(minute(other)) else { return false };
    let (shorter, longer) = if a.seconds <= b.seconds { (a, other) } else { (b, one) };
    longer.rows_sha256(end_us, shorter.seconds, shorter.columns).is_some_and(|hash| hash == shorter.rows_sha256)
}

/// What the register says of the session with this packet.
fn known_session(packet: &Packet, known: Option<KnownSession>, device: &str) -> KnownSession {
    let head = &packet.head;
    let report = head.report.as_ref();
    let first_us = packet.t_us.iter().min().copied();
    let first_us = first_us.or(head.minutes.first().map(|minute| minute.end_us)).unwrap_or(0);
    let (known_by, started_us, crop) = match (&head.about, report) {
        (Some(about), _) => (2, about.started_us, about.crop.clone()),
        (None, Some(report)) => {
            let started_us = report["started_unix"].as_f64().map_or(first_us, |t_s| (t_s * 1e6).round() as i64);
            (1, started_us, report["crop"].as_str().unwrap_or(NO_CROP).to_owned())
        }
        (None, None) => (0, first_us, NO_CROP.to_owned()),
    };
    let stated = KnownSession {
        id: 0,
        device: device.to_owned(),
        journal: head.journal.clone(),
        number: head.session,
        revises: head.revision_of,
        started_us,
        crop,
        known_by,
    };
    match known {
        // The first second that is known, in whatever order packets come.
        Some(known) if known.known_by == known_by => {
            KnownSession { started_us: known.started_us.min(started_us), ..known }
        }
        Some(known) if known.known_by > known_by => known,
        _ => stated,
    }
}

fn note_session(connection: &Connection, s: &KnownSession, end_us: i64, place: &str) -> rusqlite::Result<i64> {
    let sql = "INSERT INTO session (device, journal, number, revises, started_us, crop, known_by, end_us, folder, changed) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1) ON CONFLICT DO UPDATE SET device = excluded.device, \
        started_us = excluded.started_us, \
        crop = excluded.crop, known_by = excluded.known_by, end_us = max(end_us, excluded.end_us), \
        folder = excluded.folder, changed = 1 RETURNING id";
    let values = params![s.device, s.journal, s.number, s.revises, s.started_us, s.crop, s.known_by, end_us, place];
    let id = connection.query_row(sql, values, |row| row.get(0))?;
    // A session that this one revises does not count any more.
    let sql = "UPDATE session SET changed = 1 WHERE journal = ?1 AND number = ?2";
    connection.execute(sql, params![s.journal, s.revises])?;
    Ok(id)
}

fn note_packet(
    connection: &Connection,
    session: i64,
    head: &Head,
    sha256: &str,
    public_key: &str,
    from_journal: bool,
) -> rusqlite::Result<()> {
    let steps: usize = head.findings.iter().map(|finding| finding.steps + 1).sum();
    connection.execute(
        "INSERT INTO packet (sha256, session, public_key, from_journal, last, seal, steps, names) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![sha256, session, public_key, from_journal, head.last, head.seal, steps as i64, head.names],
    )?;
    let packet = connection.last_insert_rowid();
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO minute VALUES (?1, ?2, ?3, ?4)")?;
    for (minute, chain) in chains(head) {
        insert.execute(params![packet, minute.end_us, minute.seconds, chain])?;
    }
    Ok(())
}
