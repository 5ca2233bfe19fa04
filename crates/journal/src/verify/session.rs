//! One session: its rows, its seals, its corrections, its profile and its capture.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::list::{SealList, StoredSeal};
use crate::captures::capture_path;
use crate::chain::{begun, facts, hashed};
use crate::closing::memory_sha256;
use crate::minute_rows::MinuteRows;
use crate::numbered::TABLES;
use crate::proof;
use crate::records::{Correction, Minute, Stored as _};
use crate::verification::{Compared, Problem, SessionVerification, Unchecked};
use grainloss_core::data_file;

/// Checks a session.
pub(super) fn verify(
    connection: &Connection,
    journal: &Path,
    list: &SealList,
    session: i64,
) -> rusqlite::Result<SessionVerification> {
    let ended = "SELECT end_reason IS NOT NULL FROM session WHERE id = ?1";
    let ended: Option<bool> = connection.prepare_cached(ended)?.query_row([session], |row| row.get(0)).optional()?;
    let mut check = Check {
        connection,
        session,
        found: SessionVerification {
            session,
            problems: Vec::new(),
            keys: Vec::new(),
            signed: true,
            open: ended != Some(true),
            to_us: None,
            compared: Compared::default(),
            unchecked: Vec::new(),
        },
    };
    let seals: Vec<&StoredSeal> = list.of(session).collect();
    let earlier = list.earlier(session);
    let begun = seals.iter().any(|seal| seal.kind == "begin");
    if !begun {
        check.found.unchecked.push(Unchecked::EarlierVersion);
        if earlier.is_none() && !list.seals.is_empty() {
            check.problem(Problem::Unsealed);
        }
    }
    let minutes = check.minutes()?;
    check.seals(&seals, &minutes)?;
    check.end(&seals, &minutes, begun)?;
    check.corrections(&seals, earlier)?;
    check.profile(&seals)?;
    check.capture(journal, &seals)?;
    check.calibrations()?;
    Ok(check.found)
}

struct Check<'a> {
    connection: &'a Connection,
    session: i64,
    found: SessionVerification,
}

impl Check<'_> {
    fn problem(&mut self, problem: Problem) {
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }

    /// Notes who signed something; false when the signature is not valid.
    fn signature(&mut self, public_key: Option<&String>, signed: Option<bool>) -> bool {
        match (public_key, signed) {
            (Some(key), Some(true)) => {
                if !self.found.keys.contains(key) {
                    self.found.keys.push(key.clone());
                }
                true
            }
            (None, None) => {
                self.found.signed = false;
                true
            }
            _ => false,
        }
    }

    fn number(&self, sql: &str) -> rusqlite::Result<i64> {
        self.connection.prepare_cached(sql)?.query_row([self.session], |row| row.get(0))
    }

    /// Compares the minutes with the rows and with each other, and the rows with the minutes.
    fn minutes(&mut self) -> rusqlite::Result<Vec<Minute>> {
        let mut statement = self.connection.prepare_cached(Minute::SQL)?;
        let minutes = statement.query_map([self.session], Minute::of)?.collect::<rusqlite::Result<Vec<Minute>>>()?;
        let (mut before, mut seq) = (proof::beginning(), -1);
        let (mut seconds, mut timed) = (0, 0);
        for (nth, stored) in minutes.iter().enumerate() {
            let columns = usize::try_from(stored.columns).unwrap_or(0);
            let (now, rows) = hashed(self.connection, self.session, stored.end_us, (seq, stored.last_seq), columns)?;
            if now != stored.proof_minute() || proof::link(&before, &now) != stored.chain {
                self.problem(Problem::Minute(nth + 1, stored.end_us));
            }
            seconds += now.seconds;
            timed += rows;
            before.clone_from(&stored.chain);
            seq = stored.last_seq;
        }
        self.found.compared.minutes = minutes.len();
        // What comes after the last minute belongs to the one that is open, if there is one.
        let never_hashed = minutes.is_empty() && self.found.unchecked.contains(&Unchecked::EarlierVersion);
        if !never_hashed && (!self.found.open || self.has_open_minute()?) {
            let after_us = minutes.last().map_or(i64::MIN, |minute| minute.end_us);
            if self.found.open {
                seconds += self.open_rows("sample", after_us)?;
                timed += self.open_rows("tenth", after_us)? + self.open_rows("fusion", after_us)?;
            }
            let samples = self.number("SELECT count(*) FROM sample WHERE session = ?1")?;
            self.uncovered("sample", samples - seconds);
            let sql = "SELECT (SELECT count(*) FROM tenth WHERE session = ?1) + (SELECT count(*) FROM fusion WHERE session = ?1)";
            let rows = self.number(sql)?;
            self.uncovered("tenth", rows - timed);
            let last = if self.found.open { i64::MAX } else { seq };
            for table in TABLES {
                let sql = format!("SELECT count(*) FROM {table} WHERE session = ?1 AND (seq < 0 OR seq > ?2)");
                let outside =
                    self.connection.prepare_cached(&sql)?.query_row(params![self.session, last], |row| row.get(0))?;
                self.uncovered(table, outside);
            }
        }
        self.found.compared.seconds = seconds;
        Ok(minutes)
    }

    fn uncovered(&mut self, table: &'static str, count: i64) {
        if count != 0 {
            self.problem(Problem::Uncovered(table, count));
        }
    }

    /// How many rows of a table the open minute can hash: their times are whole numbers, unless the table lost its types.
    fn open_rows(&self, table: &str, after_us: i64) -> rusqlite::Result<i64> {
        let sql = format!("SELECT count(*) FROM {table} WHERE session = ?1 AND t_us > ?2 AND typeof(t_us) = 'integer'");
        self.connection.prepare_cached(&sql)?.query_row(params![self.session, after_us], |row| row.get(0))
    }

    fn has_open_minute(&self) -> rusqlite::Result<bool> {
        Ok(self.number("SELECT count(*) FROM open_minute WHERE session = ?1")? > 0)
    }

    /// Compares the seals with what they state.
    fn seals(&mut self, seals: &[&StoredSeal], minutes: &[Minute]) -> rusqlite::Result<()> {
        for seal in seals {
            if !seal.fits || !self.signature(seal.public_key.as_ref(), seal.is_signed()) {
                self.problem(Problem::Seal(Some(seal.id)));
                continue;
            }
            match seal.kind.as_str() {
                "begin" => {
                    let now = Value::Object(begun(self.connection, self.session)?);
                    if now != seal.stated["begun"] {
                        self.problem(Problem::Facts);
                    }
                    let made: Option<Option<i64>> = self
                        .connection
                        .query_row("SELECT made_us FROM session WHERE id = ?1", [self.session], |row| row.get(0))
                        .optional()?;
                    if Value::from(made.flatten()) != seal.stated["made_us"] {
                        self.problem(Problem::Facts);
                    }
                }
                "minutes" => {
                    let end_us = seal.stated["end_us"].as_i64().unwrap_or_default();
                    let named = minutes.iter().find(|minute| minute.end_us == end_us);
                    if named.is_none_or(|minute| seal.stated["chain"] == *minute.chain) {
                        if named.is_none() {
                            self.problem(Problem::MinuteMissing(end_us));
                        }
                    } else {
                        self.problem(Problem::Seal(Some(seal.id)));
                    }
                    self.found.to_us = Some(end_us);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Compares the end: the seal of a closed session, or the minute that is open.
    fn end(&mut self, seals: &[&StoredSeal], minutes: &[Minute], begun: bool) -> rusqlite::Result<()> {
        let head = minutes.last().map_or_else(proof::beginning, |minute| minute.chain.clone());
        let sql = "SELECT facts, root, public_key, signature FROM proof WHERE session = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let proof: Option<(String, String, Option<String>, Option<String>)> =
            self.connection.prepare_cached(sql)?.query_row([self.session], read).optional()?;
        let last = seals.iter().rev().find(|seal| matches!(seal.kind.as_str(), "end" | "continue" | "begin"));
        let closed = last.map(|seal| seal.kind == "end");
        if begun && closed == Some(self.found.open) {
            // The session says that it is closed and no seal says so, or the other way round.
            self.problem(Problem::Facts);
        }
        if self.found.open {
            return self.open_minute(&head);
        }
        let Some((stored_facts, root, key, signature)) = proof else {
            self.found.signed = false;
            if begun {
                self.problem(Problem::Seal(None));
            }
            return Ok(());
        };
        let listed = serde_json::from_str::<Value>(&stored_facts).is_ok_and(|facts| facts.get("seals").is_some());
        let now = Value::Object(facts(self.connection, self.session, listed)?).to_string();
        if now != stored_facts {
            self.problem(Problem::Facts);
        }
        let valid = key.as_ref().zip(signature.as_ref()).map(|(key, text)| proof::is_signed(key, &root, text));
        let mut fits = self.signature(key.as_ref(), valid) && proof::root(&head, &stored_facts) == root;
        fits &= listed == begun || (listed && seals.iter().any(|seal| seal.kind == "continue"));
        if let Some(end) = last.filter(|seal| seal.kind == "end") {
            fits &= end.stated["root"] == *root && end.stated["facts"] == *stored_facts;
            if Value::from(memory_sha256(self.connection, self.session)?) != end.stated["memory_sha256"] {
                self.problem(Problem::Facts);
            }
        }
        if !fits {
            self.problem(Problem::Seal(None));
        }
        self.found.to_us = Some(self.number("SELECT coalesce(last_us, started_us) FROM session WHERE id = ?1")?);
        Ok(())
    }

    /// Compares what was stated of the open minute with what is stored.
    fn open_minute(&mut self, head: &str) -> rusqlite::Result<()> {
        let sql = "SELECT body, hash, public_key, signature FROM open_minute WHERE session = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let stored: Option<(String, String, Option<String>, Option<String>)> =
            self.connection.prepare_cached(sql)?.query_row([self.session], read).optional()?;
        let Some((body, hash, key, signature)) = stored else {
            let rows = self.number("SELECT count(*) FROM sample WHERE session = ?1")?;
            if rows > 0 {
                self.found.signed = false;
                if !self.found.unchecked.contains(&Unchecked::EarlierVersion) {
                    self.problem(Problem::OpenMinute);
                }
            }
            return Ok(());
        };
        let valid = key.as_ref().zip(signature.as_ref()).map(|(key, text)| proof::is_signed(key, &hash, text));
        let mut fits = self.signature(key.as_ref(), valid) && proof::hash(&body) == hash;
        let stated: Value = serde_json::from_str(&body).unwrap_or_default();
        let last_minute = "SELECT end_us, last_seq FROM minute WHERE session = ?1 ORDER BY end_us DESC LIMIT 1";
        let last_minute = self
            .connection
            .prepare_cached(last_minute)?
            .query_row([self.session], |row| Ok((row.get(0)?, row.get(1)?)));
        let (after_us, after_seq) = last_minute.optional()?.unwrap_or((i64::MIN, -1));
        let now = MinuteRows::read(self.connection, self.session, after_us, after_seq)?.hashed(i64::MAX);
        fits &= stated["session"] == self.session && stated["chain"] == *head;
        fits &= serde_json::to_value(&now).is_ok_and(|now| stated["minute"] == now);
        if !fits {
            self.problem(Problem::OpenMinute);
        }
        let sql = "SELECT last_us, seconds, totals FROM session WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (last_us, seconds, totals): (Option<i64>, i64, Option<String>) =
            self.connection.prepare_cached(sql)?.query_row([self.session], read)?;
        let says = (Value::from(last_us), Value::from(seconds), Value::from(totals));
        let memory = Value::from(memory_sha256(self.connection, self.session)?);
        if says != (stated["last_us"].clone(), stated["seconds"].clone(), stated["totals"].clone())
            || memory != stated["memory_sha256"]
        {
            self.problem(Problem::Facts);
        }
        self.found.to_us = last_us.or(self.found.to_us);
        Ok(())
    }

    /// Compares the corrections with each other and with their seals.
    fn corrections(&mut self, seals: &[&StoredSeal], earlier: Option<&Value>) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(Correction::SQL)?;
        let corrections =
            statement.query_map([self.session], Correction::of)?.collect::<rusqlite::Result<Vec<Correction>>>()?;
        let sealed: Vec<&Value> =
            seals.iter().filter(|seal| seal.kind == "correction").map(|seal| &seal.stated).collect();
        let without_seal = earlier.and_then(|entry| entry["corrections"].as_u64()).unwrap_or(0);
        let without_seal = usize::try_from(without_seal).unwrap_or(0);
        let root = "SELECT root FROM proof WHERE session = ?1";
        let root: Option<String> =
            self.connection.prepare_cached(root)?.query_row([self.session], |row| row.get(0)).optional()?;
        let old_journal = self.found.unchecked.contains(&Unchecked::EarlierVersion) && earlier.is_none();
        let mut before = root.unwrap_or_else(proof::beginning);
        for (nth, correction) in corrections.iter().enumerate() {
            // A session that was continued after a correction has another root since: the seal names the one of then.
            let sealed_from = nth.checked_sub(without_seal).and_then(|nth| sealed.get(nth)).map(|seal| &seal["from"]);
            if let Some(from) = sealed_from.and_then(Value::as_str).filter(|_| nth == 0) {
                from.clone_into(&mut before);
            }
            let chain = correction.link(&before);
            let signed = correction
                .public_key
                .as_ref()
                .zip(correction.signature.as_ref())
                .map(|(key, signature)| proof::is_signed(key, &chain, signature));
            let valid = self.signature(correction.public_key.as_ref(), signed);
            let stated = old_journal
                || nth < without_seal
                || sealed.get(nth - without_seal).is_some_and(|stated| stated["chain"] == *correction.chain);
            if chain != correction.chain || !valid || !stated {
                self.problem(Problem::Correction(nth + 1));
            }
            before.clone_from(&correction.chain);
        }
        let missing = (sealed.len() + without_seal).saturating_sub(corrections.len());
        if missing > 0 {
            self.problem(Problem::CorrectionsMissing(missing));
        }
        self.found.compared.corrections = corrections.len();
        Ok(())
    }

    /// Compares the stored profile with the hash that the session names.
    fn profile(&mut self, seals: &[&StoredSeal]) -> rusqlite::Result<()> {
        let sql = "SELECT text, dbc, profile_sha256 FROM session LEFT JOIN profile ON profile.sha256 = profile_sha256 \
            WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found: Option<(Option<String>, Option<Vec<u8>>, String)> =
            self.connection.prepare_cached(sql)?.query_row([self.session], read).optional()?;
        match found {
            Some((Some(text), dbc, sha256)) => {
                if data_file::sha256(&[text.as_bytes(), &dbc.unwrap_or_default()]) != sha256 {
                    self.problem(Problem::Profile);
                }
            }
            _ if seals.iter().any(|seal| seal.stated["profile_kept"] == true) => self.problem(Problem::Profile),
            _ => self.found.unchecked.push(Unchecked::ProfileMissing),
        }
        Ok(())
    }

    /// Compares the capture's file with its hash.
    fn capture(&mut self, journal: &Path, seals: &[&StoredSeal]) -> rusqlite::Result<()> {
        let sql = "SELECT file, sha256, pruned FROM capture WHERE session = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found: Option<(String, Option<String>, bool)> =
            self.connection.prepare_cached(sql)?.query_row([self.session], read).optional()?;
        let Some((file, sha256, deleted)) = found else { return Ok(()) };
        let said = seals.iter().any(|seal| seal.kind == "capture-deleted");
        let path = capture_path(journal, &file);
        let old = self.found.unchecked.contains(&Unchecked::EarlierVersion);
        if deleted || said {
            if said || old {
                self.found.unchecked.push(Unchecked::CaptureDeleted);
            } else {
                self.problem(Problem::CaptureDeleted);
            }
        } else if let Some(sha256) = sha256 {
            match path.map(|path| proof::file_sha256(&path)) {
                Some(Ok(now)) if now == sha256 => {}
                Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                    self.found.unchecked.push(Unchecked::CaptureMissing);
                }
                _ => self.problem(Problem::Capture),
            }
        } else {
            self.found.unchecked.push(Unchecked::CaptureOpen);
        }
        Ok(())
    }

    /// Compares what was learned from pans with the events that name it.
    fn calibrations(&mut self) -> rusqlite::Result<()> {
        let sql = "SELECT learned, sha256 IN (SELECT stream FROM event WHERE event.session = ?1 AND kind = 'calibration' \
            AND id = 'kept'), sha256 FROM calibration WHERE session = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([self.session])?;
        let mut altered = false;
        while let Some(row) = rows.next()? {
            let (learned, named, sha256): (String, Option<bool>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            altered |= named != Some(true) || proof::hash(&learned) != sha256;
        }
        if altered {
            self.problem(Problem::Calibration);
        }
        Ok(())
    }
}
