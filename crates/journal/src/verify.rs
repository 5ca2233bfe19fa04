//! Checks whether a stored session was changed: hashes it again and compares.

use rusqlite::{OptionalExtension, params};

use super::chain::{facts, hashed};
use super::error::JournalError;
use super::numbered::TABLES;
use super::proof::{self, Altered, PROOF_VERSION, Proof, ProofMinute, Unsigned, VerifyResult};
use super::reader::Journal;
use super::records::{Correction, Minute, Stored as _};

impl Journal {
    /// The proof that an export of this session carries; `None` for a session without a seal.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn proof(&self, session: i64) -> Result<Option<Proof>, JournalError> {
        let sql = "SELECT facts, root, public_key, signature FROM proof WHERE session = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let found =
            self.connection.query_row(sql, [session], read).optional().map_err(|error| self.sqlite_error(error))?;
        let Some((facts, root, public_key, signature)) = found else { return Ok(None) };
        let minutes = self.all::<Minute>(session)?.into_iter().map(|minute| ProofMinute {
            end_us: minute.end_us,
            seconds: minute.seconds,
            columns: usize::try_from(minute.columns).unwrap_or(0),
            rows_sha256: minute.rows_sha256,
            records_sha256: minute.records_sha256,
        });
        let minutes = minutes.collect();
        Ok(Some(Proof { version: PROOF_VERSION, facts, minutes, root, public_key, signature }))
    }

    /// Compares a session with its chain, its seal and the signatures.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn verify(&self, session: i64) -> Result<VerifyResult, JournalError> {
        self.compare_minutes(session)
            .map_err(|error| self.sqlite_error(error))?
            .map_or_else(|| self.compare_seal(session), Ok)
    }

    /// The first minute that was changed; `None` when all minutes match.
    fn compare_minutes(&self, session: i64) -> rusqlite::Result<Option<VerifyResult>> {
        let mut statement = self.connection.prepare(Minute::SQL)?;
        let minutes = statement.query_map([session], Minute::of)?;
        let minutes = minutes.collect::<rusqlite::Result<Vec<Minute>>>()?;
        let altered = |nth: usize, end_us| Ok(Some(VerifyResult::Altered(Altered::Minute(nth + 1, end_us))));
        let (mut chain, mut seq, mut after_us) = (proof::beginning(), -1, i64::MIN);
        for (nth, stored) in minutes.iter().enumerate() {
            let columns = usize::try_from(stored.columns).unwrap_or(0);
            let now = hashed(&self.connection, session, stored.end_us, (seq, stored.last_seq), columns)?;
            chain = proof::link(&chain, &now);
            // A second that was inserted between two minutes belongs to neither.
            let between = self.samples(session, after_us, stored.end_us.saturating_sub(proof::MINUTE_US))?;
            if chain != stored.chain || between > 0 {
                return altered(nth, stored.end_us);
            }
            (seq, after_us) = (stored.last_seq, stored.end_us);
        }
        let sealed: bool =
            self.connection
                .query_row("SELECT EXISTS (SELECT 1 FROM proof WHERE session = ?1)", [session], |row| row.get(0))?;
        if sealed && (self.samples(session, after_us, i64::MAX)? > 0 || self.records_after(session, seq)? > 0) {
            return altered(minutes.len(), after_us.saturating_add(proof::MINUTE_US));
        }
        Ok(None)
    }

    fn samples(&self, session: i64, after_us: i64, to_us: i64) -> rusqlite::Result<i64> {
        let sql = "SELECT count(*) FROM sample WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3";
        self.connection.prepare_cached(sql)?.query_row(params![session, after_us, to_us], |row| row.get(0))
    }

    fn records_after(&self, session: i64, seq: i64) -> rusqlite::Result<i64> {
        let mut count = 0;
        for table in TABLES {
            let sql = format!("SELECT count(*) FROM {table} WHERE session = ?1 AND seq > ?2");
            count += self.connection.query_row(&sql, [session, seq], |row| row.get::<_, i64>(0))?;
        }
        Ok(count)
    }

    /// Compares the seal, once all minutes match.
    fn compare_seal(&self, session: i64) -> Result<VerifyResult, JournalError> {
        let Some(proof) = self.proof(session)? else {
            let ended = "SELECT end_reason IS NOT NULL FROM session WHERE id = ?1";
            let ended = self.connection.query_row(ended, [session], |row| row.get::<_, bool>(0));
            let ended = ended.map_err(|error| self.sqlite_error(error))?;
            return Ok(VerifyResult::Unsigned(if ended { Unsigned::NoSignature } else { Unsigned::Open }));
        };
        if facts(&self.connection, session).map_err(|error| self.sqlite_error(error))? != proof.facts {
            return Ok(VerifyResult::Altered(Altered::Facts));
        }
        let mut before = proof.root.clone();
        for (nth, correction) in self.all::<Correction>(session)?.iter().enumerate() {
            let chain = correction.link(&before);
            let signed = match (&correction.public_key, &correction.signature) {
                (Some(key), Some(signature)) => proof::is_signed(key, &chain, signature),
                (None, None) => true,
                _ => false,
            };
            if chain != correction.chain || !signed {
                return Ok(VerifyResult::Altered(Altered::Correction(nth + 1)));
            }
            before = chain;
        }
        Ok(proof.verify())
    }
}
