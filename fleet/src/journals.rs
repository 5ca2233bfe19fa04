//! Sessions of a journal, as if they had come in packets.
//!
//! The journal's own seals prove it, by a key that is trusted. The device's secret key is not asked for, even where it lies beside
//! the journal: an office signs nothing in a machine's name. What is kept is the packet that the cab would have made, but for its
//! signature.

use std::path::Path;

use grainloss_journal::{Journal, Session, SessionVerification};
use grainloss_packet::{Packet, PacketError, PointRecord, points_alone, unsigned};
use grainloss_report::{ReportError, write_json};

use crate::error::StoreError;
use crate::intake::{Refusal, Taken, sha256};
use crate::register::KeyState;
use crate::store::Store;

impl Store {
    /// Takes every session of a journal in, and gives what became of each. `names` takes names, plates and places along.
    ///
    /// # Errors
    /// [`StoreError::Journal`] when the journal cannot be read, another one when the store cannot be read or written.
    pub fn take_journal(
        &mut self,
        path: &Path,
        names: bool,
        mut became: impl FnMut(i64, Taken),
    ) -> Result<(), StoreError> {
        let journal = Journal::open(path)?;
        let verified = journal.verify()?;
        let is_whole = verified.journal.is_empty() && verified.points.problems.is_empty();
        for session in journal.sessions()? {
            let checked = verified.sessions.iter().find(|checked| checked.session == session.id);
            let taken = match checked.filter(|checked| is_whole && checked.problems.is_empty() && checked.signed) {
                Some(checked) => self.take_session(&journal, &session, checked, names)?,
                None => Some(Taken::Refused(Refusal::Session(session.id))),
            };
            if let Some(taken) = taken {
                became(session.id, taken);
            }
        }
        let alone = points_alone(&journal, names)?;
        if !alone.is_empty() {
            let signed = &verified.points;
            let is_proven = is_whole && signed.signed;
            let taken = if is_proven { self.take_points(&journal, &alone, names, &signed.keys)? } else { None };
            became(0, taken.unwrap_or(Taken::Refused(Refusal::Points)));
        }
        Ok(())
    }

    /// Takes in the measured points of a journal without sessions; `None` when its device cannot be told.
    fn take_points(
        &mut self,
        journal: &Journal,
        points: &[PointRecord],
        names: bool,
        keys: &[String],
    ) -> Result<Option<Taken>, StoreError> {
        let Some(identity) = journal.identity()? else { return Ok(None) };
        let device = match self.device_of(keys)? {
            Ok((device, _)) => device,
            Err(taken) => return Ok(taken),
        };
        let region = self.register.machine(&device)?.region().to_owned();
        let placed = crate::points::of(points, names, &self.zone, &region);
        self.step("note points")?;
        let mut is_new = false;
        self.register.change(|connection| {
            for point in &placed {
                is_new |= point.note(connection, &identity, &device)?;
            }
            Ok(())
        })?;
        Ok(Some(if is_new { Taken::New { minutes: 0 } } else { Taken::Known }))
    }

    /// The one machine of these keys, all of which are trusted, and one of them; the inner error is what becomes of what they
    /// signed when it is not so, `None` without a key.
    fn device_of<'a>(&self, keys: &'a [String]) -> Result<Result<(String, &'a String), Option<Taken>>, StoreError> {
        let mut devices = Vec::new();
        for key in keys {
            match self.register.key(key)? {
                (_, KeyState::Distrusted) => return Ok(Err(Some(Taken::Refused(Refusal::Distrusted(key.clone()))))),
                (_, KeyState::Unknown) => return Ok(Err(Some(Taken::Quarantined { public_key: key.clone() }))),
                (device, KeyState::Trusted) => devices.push((device, key)),
            }
        }
        devices.sort();
        let Some((device, key)) = devices.first() else { return Ok(Err(None)) };
        if let Some((other, _)) = devices.iter().find(|(other, _)| other != device) {
            return Ok(Err(Some(Taken::Refused(Refusal::OtherMachine(device.clone(), other.clone())))));
        }
        Ok(Ok((device.clone(), *key)))
    }

    /// `None` for a session that has no minute yet.
    fn take_session(
        &mut self,
        journal: &Journal,
        session: &Session,
        checked: &SessionVerification,
        names: bool,
    ) -> Result<Option<Taken>, StoreError> {
        let (device, key) = match self.device_of(&checked.keys)? {
            Ok(found) => found,
            Err(taken) => return Ok(Some(taken.unwrap_or(Taken::Refused(Refusal::Session(session.id))))),
        };
        let report = session.end_reason.is_some().then(|| report(journal, session, names)).transpose()?;
        let made = match unsigned(journal, session, report, names, key) {
            Ok(made) => made,
            Err(PacketError::Empty { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let packet = Packet::of_bytes(journal.path(), made.bytes.clone())?;
        self.take_proven(&packet, &made.bytes, &sha256(&made.bytes), key, &device, true).map(Some)
    }
}

fn report(journal: &Journal, session: &Session, names: bool) -> Result<serde_json::Value, StoreError> {
    let mut text = Vec::new();
    write_json(journal, session, !names, None, &mut text).map_err(|error| match error {
        ReportError::Journal(error) => StoreError::Journal(error),
        error => StoreError::Packet(PacketError::Write(error.to_string())),
    })?;
    serde_json::from_slice(&text).map_err(|error| StoreError::Packet(PacketError::Write(error.to_string())))
}
