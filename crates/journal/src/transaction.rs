//! One transaction: all pending records, in the order in which they happened.

use std::collections::VecDeque;

use ed25519_dalek::SigningKey;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, TransactionBehavior, params};

use super::calibrations;
use super::entry::{Entry, PanFound, PanRecord};
use super::progress::Progress;
use grainloss_core::harvest::{Fusion, Pan, PanOutcome};
use grainloss_core::record::EventRecord;
use grainloss_core::record::{COLUMNS, Cell, FUSION_COLUMNS, SecondRow, TENTH_COLUMNS, TenthRow, totals_json};

/// Writes all entries or none of them; returns how far the session is written then. `lost` is the number of lost records
/// that are not noted yet, `key` signs the session when it ends.
pub(super) fn write(
    connection: &mut Connection,
    session: i64,
    written: &Progress,
    entries: &VecDeque<Entry>,
    lost: u64,
    key: Option<&SigningKey>,
) -> rusqlite::Result<Progress> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut rows = Rows {
        transaction: &transaction,
        session,
        seq: written.next_seq,
        chained_us: written.chain.end_us,
        seconds: 0,
    };
    for entry in entries {
        rows.write(entry)?;
    }
    let newest = entries.iter().rev().find_map(|entry| match entry {
        Entry::Second(row, totals) => Some((row.t_us, totals)),
        _ => None,
    });
    if let Some((t_us, totals)) = newest {
        if lost > 0 {
            let count = Some(i64::try_from(lost).unwrap_or(i64::MAX));
            rows.event(&EventRecord { count, ..EventRecord::new(t_us, "lost", "records") })?;
        }
        // The estimator's checkpoint stays in the memory beside the totals until a newer one is stored.
        transaction.execute(
            "UPDATE session SET last_us = ?2, totals = ?3, seconds = seconds + ?5, memory = CASE \
             WHEN json_type(memory, '$.learned') IS NULL THEN ?4 \
             ELSE json_set(?4, '$.learned', json_extract(memory, '$.learned')) END WHERE id = ?1",
            params![session, t_us, totals_json(totals).to_string(), serde_json::to_string(totals).ok(), rows.seconds],
        )?;
    }
    let mut written = Progress { next_seq: rows.seq, chain: written.chain.clone() };
    let ended = entries.iter().any(|entry| matches!(entry, Entry::End(_)));
    let now_us = newest.map_or(written.chain.end_us, |(t_us, _)| t_us);
    written.chain.close(&transaction, session, now_us, written.next_seq - 1, ended)?;
    if ended {
        written.chain.seal(&transaction, session, key)?;
    }
    transaction.commit()?;
    Ok(written)
}

struct Rows<'a> {
    transaction: &'a Transaction<'a>,
    session: i64,
    seq: i64,
    /// End of the newest hashed minute, µs: rows up to it are not written any more.
    chained_us: i64,
    /// Number of seconds that were added.
    seconds: i64,
}

impl Rows<'_> {
    fn write(&mut self, entry: &Entry) -> rusqlite::Result<()> {
        match entry {
            Entry::Second(row, _) => self.second(row),
            Entry::Tenth(row) => self.tenth(row),
            Entry::Event(event) => self.event(event),
            Entry::Pan(record) => self.pan(record),
            Entry::Setting(r) => self.record(
                "INSERT INTO setting (session, seq, t_us, setting, value, unit, origin, who) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                &[&r.t_us, &r.setting, &r.value, &r.unit, &r.origin.word(), &r.who],
            ),
            Entry::Activity(t_us, state) => {
                self.record("INSERT INTO activity (session, seq, t_us, state) VALUES (?1, ?2, ?3, ?4)", &[t_us, state])
            }
            Entry::Acknowledgement(r) => self.record(
                "INSERT INTO acknowledgement (session, seq, t_us, alarm, stream, who) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                &[&r.t_us, &r.alarm, &r.stream, &r.who],
            ),
            Entry::Fact(r) => self.record(
                "INSERT INTO fact (session, seq, t_us, item, value, who) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                &[&r.t_us, &r.item.word(), &r.value, &r.who],
            ),
            Entry::Sensor(r) => self.record(
                "INSERT INTO sensor (session, seq, t_us, channel, state) VALUES (?1, ?2, ?3, ?4, ?5)",
                &[&r.t_us, &r.channel, &r.state],
            ),
            Entry::Bus(r) => self.record(
                "INSERT INTO bus (session, seq, t_us, interface, state, frames, error_frames, odd) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                &[&r.t_us, &r.interface, &r.state, &to_i64(r.frames), &to_i64(r.error_frames), &to_i64(r.odd)],
            ),
            Entry::EstimatorCheckpoint(checkpoint) => {
                let checkpoint = serde_json::to_string(checkpoint).ok();
                let sql = "UPDATE session SET memory = json_set(coalesce(memory, '{}'), '$.learned', json(?2)) \
                           WHERE id = ?1 AND ?2 IS NOT NULL";
                self.transaction.prepare_cached(sql)?.execute(params![self.session, checkpoint]).map(drop)
            }
            Entry::Calibration(calibration) => {
                let kept = calibrations::keep(self.transaction, self.session, calibration)?;
                kept.map_or(Ok(()), |sha256| {
                    let event = EventRecord::new(calibration.t_us, "calibration", "kept");
                    let count = Some(i64::from(calibration.pans()));
                    self.event(&EventRecord { stream: Some(sha256.into()), count, ..event })
                })
            }
            Entry::End(reason) => self
                .transaction
                .execute("UPDATE session SET end_reason = ?2 WHERE id = ?1", params![self.session, reason])
                .map(drop),
        }
    }

    /// Adds a row to a table whose first two columns are session and `seq`.
    fn record(&mut self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        let fixed: [&dyn ToSql; 2] = [&self.session, &self.seq];
        let values: Vec<&dyn ToSql> = fixed.into_iter().chain(values.iter().copied()).collect();
        self.transaction.prepare_cached(sql)?.execute(&values[..])?;
        self.seq += 1;
        Ok(())
    }

    fn event(&mut self, e: &EventRecord) -> rusqlite::Result<()> {
        self.record(
            "INSERT INTO event (session, seq, t_us, kind, id, level, stream, count, value) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            &[&e.t_us, &e.kind, &e.id, &e.level, &e.stream, &e.count, &e.value],
        )
    }

    fn pan(&mut self, record: &PanRecord) -> rusqlite::Result<()> {
        let PanRecord { t_us, entry, found } = record;
        let found = if *found == PanFound::default() { &self.found_before(&entry.pan)? } else { found };
        let (pan, outcome) = (&entry.pan, entry.outcome);
        let (word, residual, weight) = match outcome {
            PanOutcome::Used { residual, weight } => ("used", Some(residual), Some(weight)),
            PanOutcome::Doubtful { residual, weight } => ("doubtful", Some(residual), Some(weight)),
            PanOutcome::Rejected(why) => (why.word(), None, None),
        };
        self.record(
            "INSERT INTO pan (session, seq, t_us, dropped_us, known_us, kind, area_m2, header_width_m, \
             discharge_width_m, concentration, kernels, grams, grain_kg, shed_kernels_m2, shed_kg_m2, who, outcome, \
             log_found_over_expected, weight) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            &[
                t_us,
                &pan.t_us,
                &pan.known_us,
                &pan.kind.word(),
                &pan.area_m2,
                &found.header_width_m,
                &found.discharge_width_m,
                &pan.concentration,
                &found.kernels,
                &found.grams,
                &pan.grain_kg,
                &found.shed_kernels_m2,
                &pan.shed_kg_m2,
                &found.who,
                &word,
                &residual,
                &weight,
            ],
        )
    }

    /// What was entered about a pan that was doubtful, when it is judged again.
    fn found_before(&self, pan: &Pan) -> rusqlite::Result<PanFound> {
        let sql = "SELECT kernels, grams, header_width_m, discharge_width_m, shed_kernels_m2, who FROM pan \
                   WHERE session = ?1 AND dropped_us = ?2 AND known_us = ?3 AND kind = ?4 AND grain_kg = ?5 \
                   AND outcome = 'doubtful' ORDER BY seq DESC LIMIT 1";
        let found = |row: &Row<'_>| {
            Ok(PanFound {
                kernels: row.get(0)?,
                grams: row.get(1)?,
                header_width_m: row.get(2)?,
                discharge_width_m: row.get(3)?,
                shed_kernels_m2: row.get(4)?,
                who: row.get(5)?,
            })
        };
        let which = params![self.session, pan.t_us, pan.known_us, pan.kind.word(), pan.grain_kg];
        Ok(self.transaction.prepare_cached(sql)?.query_row(which, found).optional()?.unwrap_or_default())
    }

    /// A second with its fusion records. One that is stored already stays as it is: writing is idempotent on (session, time).
    fn second(&mut self, row: &SecondRow) -> rusqlite::Result<()> {
        if row.t_us <= self.chained_us {
            return Ok(());
        }
        let names = COLUMNS[1..].iter().map(|column| column.name);
        let cells = COLUMNS[1..].iter().map(|column| value(&column.cell(row)));
        self.seconds += self.row("sample", names, row.t_us, cells)?;
        row.fusions.iter().try_for_each(|fusion| self.fusion(row.t_us, fusion))
    }

    fn tenth(&self, row: &TenthRow) -> rusqlite::Result<()> {
        if row.t_us <= self.chained_us {
            return Ok(());
        }
        let names = std::iter::once("state").chain(TENTH_COLUMNS.map(|(name, _)| name));
        let state = row.state.map_or(Value::Null, |state| Value::Text(state.to_owned()));
        self.row("tenth", names, row.t_us, std::iter::once(state).chain(row.cells().map(|cell| value(&cell)))).map(drop)
    }

    /// Adds a fusion record under the end of its second, in place of its own time.
    fn fusion(&self, t_us: i64, fusion: &Fusion) -> rusqlite::Result<()> {
        let names = FUSION_COLUMNS[1..].iter().map(|column| column.name);
        let cells = FUSION_COLUMNS[1..].iter().map(|column| value(&column.cell(fusion)));
        self.row("fusion", names, t_us, cells).map(drop)
    }

    /// Adds a row unless one of that time is stored; returns the number of rows added.
    fn row(
        &self,
        table: &str,
        names: impl Iterator<Item = &'static str>,
        t_us: i64,
        values: impl Iterator<Item = Value>,
    ) -> rusqlite::Result<i64> {
        let names: Vec<&str> = names.collect();
        let placeholders = vec!["?"; names.len() + 2].join(", ");
        let sql =
            format!("INSERT OR IGNORE INTO {table} (session, t_us, {}) VALUES ({placeholders})", names.join(", "));
        let fixed = [Value::Integer(self.session), Value::Integer(t_us)];
        let values = rusqlite::params_from_iter(fixed.into_iter().chain(values));
        Ok(self.transaction.prepare_cached(&sql)?.execute(values)? as i64)
    }
}

fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Whole(number) => Value::Integer(*number),
        Cell::Number(number) => Value::Real(*number),
        Cell::Word(word) => Value::Text((*word).to_owned()),
        Cell::Words(words) => Value::Text(words.clone()),
    }
}
