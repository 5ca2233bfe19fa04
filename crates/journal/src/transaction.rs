//! One transaction: all pending records, in the order in which they happened.

use std::collections::VecDeque;
use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, TransactionBehavior, params};

use super::calibrations;
use super::closing::{seal_end, seal_minutes, store_open_minute};
use super::entry::{Entry, PanFound, PanRecord};
use super::hashed_columns::RECORDS;
use super::limit_tally::LimitTally;
use super::minute_rows::MinuteRows;
use super::progress::Progress;
use super::seals::Sealer;
use super::work_tally::WorkTally;
use grainloss_core::harvest::{Fusion, Pan, PanOutcome};
use grainloss_core::record::EventRecord;
use grainloss_core::record::{COLUMNS, Cell, FUSION_COLUMNS, SecondRow, TENTH_COLUMNS, TenthRow, totals_json};

/// Writes all entries or none of them; returns how far the session is written then. `lost` is the number of lost records
/// that are not noted yet.
pub(super) fn write(
    connection: &mut Connection,
    session: i64,
    written: &Progress,
    entries: &VecDeque<Entry>,
    lost: u64,
    sealer: &mut Sealer,
) -> rusqlite::Result<Progress> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut written = written.clone();
    let mut seals = sealer.clone();
    let mut rows = Rows {
        transaction: &transaction,
        session,
        seq: written.next_seq,
        chained_us: written.chain.end_us,
        seconds: 0,
        unhashed: &mut written.chain.rows,
        tally: written.tally.as_mut(),
        work: &mut written.work,
    };
    for entry in entries {
        rows.write(entry)?;
    }
    let newest = entries.iter().rev().find_map(|entry| match entry {
        Entry::Second(row, totals) => Some((row.t_us, totals)),
        _ => None,
    });
    if let (Some((t_us, _)), true) = (newest, lost > 0) {
        let count = Some(i64::try_from(lost).unwrap_or(i64::MAX));
        rows.event(&EventRecord { count, ..EventRecord::new(t_us, "lost", "records") })?;
    }
    let (next_seq, added) = (rows.seq, rows.seconds);
    if let Some((t_us, totals)) = newest {
        written.seconds += added;
        written.last_us = Some(t_us);
        written.totals = Some(totals_json(totals).to_string());
        let mut memory = serde_json::to_value(totals).ok();
        if let (Some(memory), Some(tally)) = (&mut memory, &written.tally) {
            tally.add_to(memory);
        }
        // The estimator's checkpoint stays in the memory beside the totals until a newer one is stored.
        transaction.execute(
            "UPDATE session SET last_us = ?2, totals = ?3, seconds = ?5, memory = CASE \
             WHEN json_type(memory, '$.learned') IS NULL THEN ?4 \
             ELSE json_set(?4, '$.learned', json_extract(memory, '$.learned')) END WHERE id = ?1",
            params![session, t_us, written.totals, memory.map(|memory| memory.to_string()), written.seconds],
        )?;
    }
    written.next_seq = next_seq;
    let ended = entries.iter().any(|entry| matches!(entry, Entry::End(_)));
    let now_us = newest.map_or(written.chain.end_us, |(t_us, _)| t_us);
    let complete = written.chain.close(&transaction, session, now_us, written.next_seq - 1, ended)?;
    if ended {
        written.work.store(&transaction, session)?;
        seal_end(&transaction, session, &written, &mut seals)?;
    } else {
        if complete {
            seal_minutes(&transaction, session, &written, &mut seals)?;
        }
        store_open_minute(&transaction, session, &written, &seals)?;
    }
    transaction.commit()?;
    *sealer = seals;
    if ended || complete {
        sealer.publish();
    }
    Ok(written)
}

static SAMPLE_SQL: LazyLock<String> = LazyLock::new(|| insert("sample", COLUMNS[1..].iter().map(|column| column.name)));
static TENTH_SQL: LazyLock<String> =
    LazyLock::new(|| insert("tenth", std::iter::once("state").chain(TENTH_COLUMNS.map(|(name, _)| name))));
static FUSION_SQL: LazyLock<String> =
    LazyLock::new(|| insert("fusion", FUSION_COLUMNS[1..].iter().map(|column| column.name)));

struct Rows<'a> {
    transaction: &'a Transaction<'a>,
    session: i64,
    seq: i64,
    /// End of the newest hashed minute, µs: rows up to it are not written any more.
    chained_us: i64,
    /// Number of seconds that were added.
    seconds: i64,
    /// What was added and is not hashed yet.
    unhashed: &'a mut MinuteRows,
    tally: Option<&'a mut LimitTally>,
    work: &'a mut WorkTally,
}

impl Rows<'_> {
    fn write(&mut self, entry: &Entry) -> rusqlite::Result<()> {
        match entry {
            Entry::Second(row, _) => self.second(row),
            Entry::Tenth(row) => self.tenth(row),
            Entry::Event(event) => self.event(event),
            Entry::Pan(record) => self.pan(record),
            Entry::Setting(r) => {
                self.record("setting", &[&r.t_us, &r.setting, &r.value, &r.unit, &r.origin.word(), &r.who])
            }
            Entry::Activity(t_us, state) => self.record("activity", &[t_us, state]),
            Entry::Acknowledgement(r) => self.record("acknowledgement", &[&r.t_us, &r.alarm, &r.stream, &r.who]),
            Entry::Fact(r) => self.record("fact", &[&r.t_us, &r.item.word(), &r.value, &r.who]),
            Entry::Sensor(r) => self.record("sensor", &[&r.t_us, &r.channel, &r.state]),
            Entry::Bus(r) => {
                let counts = [r.frames, r.error_frames, r.odd].map(to_i64);
                self.record("bus", &[&r.t_us, &r.interface, &r.state, &counts[0], &counts[1], &counts[2]])
            }
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

    /// Adds a row to one of [`RECORDS`]: its values after `seq`.
    fn record(&mut self, table: &'static str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        let Some(at) = RECORDS.iter().position(|(name, _)| *name == table) else {
            return Err(rusqlite::Error::InvalidParameterName(table.to_owned()));
        };
        let placeholders = vec!["?"; values.len() + 2].join(", ");
        let sql = format!("INSERT INTO {table} (session, {}) VALUES ({placeholders})", RECORDS[at].1);
        let seq = self.seq;
        let fixed: [&dyn ToSql; 2] = [&self.session, &seq];
        let all: Vec<&dyn ToSql> = fixed.into_iter().chain(values.iter().copied()).collect();
        self.transaction.prepare_cached(&sql)?.execute(&all[..])?;
        self.unhashed.add_record(at, &all[1..])?;
        self.seq += 1;
        Ok(())
    }

    fn event(&mut self, e: &EventRecord) -> rusqlite::Result<()> {
        self.record("event", &[&e.t_us, &e.kind, &e.id, &e.level, &e.stream, &e.count, &e.value])
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
            "pan",
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
        let values: Vec<Value> = COLUMNS[1..].iter().map(|column| value(column.cell(row))).collect();
        if self.row(&SAMPLE_SQL, row.t_us, &values)? {
            self.seconds += 1;
            self.unhashed.add_second(row.t_us, &values);
            if let Some(tally) = &mut self.tally {
                tally.add(&values);
            }
            self.work.add(&values);
        }
        row.fusions.iter().try_for_each(|fusion| self.fusion(row.t_us, fusion))
    }

    fn tenth(&mut self, row: &TenthRow) -> rusqlite::Result<()> {
        if row.t_us <= self.chained_us {
            return Ok(());
        }
        let state = row.state.map_or(Value::Null, |state| Value::Text(state.to_owned()));
        let values: Vec<Value> = std::iter::once(state).chain(row.cells().map(value)).collect();
        if self.row(&TENTH_SQL, row.t_us, &values)? {
            self.unhashed.add_tenth(row.t_us, &values);
        }
        Ok(())
    }

    /// Adds a fusion record under the end of its second, in place of its own time.
    fn fusion(&mut self, t_us: i64, fusion: &Fusion) -> rusqlite::Result<()> {
        let values: Vec<Value> = FUSION_COLUMNS[1..].iter().map(|column| value(column.cell(fusion))).collect();
        if self.row(&FUSION_SQL, t_us, &values)? {
            self.unhashed.add_fusion(t_us, &values);
        }
        Ok(())
    }

    /// Adds a row unless one of that time is stored; true when it was added. `sql`: of [`insert`].
    fn row(&self, sql: &str, t_us: i64, values: &[Value]) -> rusqlite::Result<bool> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        statement.raw_bind_parameter(1, self.session)?;
        statement.raw_bind_parameter(2, t_us)?;
        for (value, at) in values.iter().zip(3..) {
            statement.raw_bind_parameter(at, value)?;
        }
        Ok(statement.raw_execute()? > 0)
    }
}

/// Adds a row of these columns, after session and time, unless one of that time is stored.
fn insert(table: &str, names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<&str> = names.collect();
    let placeholders = vec!["?"; names.len() + 2].join(", ");
    format!("INSERT OR IGNORE INTO {table} (session, t_us, {}) VALUES ({placeholders})", names.join(", "))
}

fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Whole(number) => Value::Integer(number),
        Cell::Number(number) => Value::Real(number),
        Cell::Word(word) => Value::Text(word.to_owned()),
        Cell::Words(words) => Value::Text(words),
    }
}
