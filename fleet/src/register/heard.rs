//! What was heard of machines over MQTT.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::Register;
use crate::error::StoreError;
use crate::heard::{Alarm, Heard, State};

/// Makes the table, or adds to that of an earlier version what it lacks.
pub(super) fn make(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(include_str!("../../register/sqlite-heard.sql"))?;
    let sql = "SELECT count(*) FROM pragma_table_info('heard') WHERE name = 'clock_ahead_s'";
    if transaction.query_row(sql, [], |row| row.get::<_, i64>(0))? == 0 {
        transaction.execute_batch("ALTER TABLE heard ADD COLUMN clock_ahead_s INTEGER")?;
    }
    transaction.commit()
}

impl Register {
    /// The machines that are listened for: those of the register, but for those whose keys are all distrusted.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn machines_to_hear(&self) -> Result<BTreeSet<String>, StoreError> {
        let sql = "SELECT device FROM machine m \
            WHERE NOT EXISTS (SELECT 1 FROM device_key k WHERE k.device = m.device) \
            OR EXISTS (SELECT 1 FROM device_key k WHERE k.device = m.device AND k.state <> 'distrusted')";
        self.query(|connection| connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect())
    }

    /// What was heard, by machine.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn heard(&self) -> Result<Vec<Heard>, StoreError> {
        self.query(|connection| {
            connection.prepare("SELECT * FROM heard ORDER BY device")?.query_map([], heard)?.collect()
        })
    }

    /// Puts what was heard, and takes out what is of machines that are not listened for.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be written.
    pub fn put_heard(&mut self, changed: &[Heard], machines: &BTreeSet<String>) -> Result<(), StoreError> {
        self.change(|connection| {
            let known: Vec<String> =
                connection.prepare("SELECT device FROM heard")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for device in known.iter().filter(|device| !machines.contains(*device)) {
                connection.execute("DELETE FROM heard WHERE device = ?1", [device])?;
            }
            let mut put = connection.prepare(
                "INSERT OR REPLACE INTO heard (device, heard_s, online, state_us, activity, crop, area_m2, loss_ppm, \
                 loss_lo_ppm, loss_hi_ppm, limit_ppm, basis, blocks_waiting, alarm, alarm_happened, alarm_level, alarm_us, clock_ahead_s) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?;
            for one in changed {
                let (state, alarm) = (&one.state, one.alarm.as_ref());
                put.execute(params![
                    one.device,
                    one.heard_s,
                    one.is_online,
                    state.t_us,
                    state.activity,
                    state.crop,
                    state.area_m2,
                    state.loss_ppm.map(|loss| loss[0]),
                    state.loss_ppm.map(|loss| loss[1]),
                    state.loss_ppm.map(|loss| loss[2]),
                    state.limit_ppm,
                    state.basis,
                    state.blocks_waiting,
                    alarm.map(|alarm| &alarm.id),
                    alarm.map(|alarm| &alarm.happened),
                    alarm.and_then(|alarm| alarm.level),
                    alarm.map(|alarm| alarm.t_us),
                    one.clock_ahead_s,
                ])?;
            }
            Ok(())
        })
    }
}

fn heard(row: &Row<'_>) -> rusqlite::Result<Heard> {
    let loss: [Option<i64>; 3] = [row.get("loss_ppm")?, row.get("loss_lo_ppm")?, row.get("loss_hi_ppm")?];
    let loss_ppm = if let [Some(value), Some(lo), Some(hi)] = loss { Some([value, lo, hi]) } else { None };
    let alarm: (Option<String>, Option<String>, Option<i64>) =
        (row.get("alarm")?, row.get("alarm_happened")?, row.get("alarm_us")?);
    let alarm = match alarm {
        (Some(id), Some(happened), Some(t_us)) => Some(Alarm { id, happened, level: row.get("alarm_level")?, t_us }),
        _ => None,
    };
    Ok(Heard {
        device: row.get("device")?,
        heard_s: row.get("heard_s")?,
        is_online: row.get("online")?,
        state: State {
            t_us: row.get("state_us")?,
            activity: row.get("activity")?,
            crop: row.get("crop")?,
            area_m2: row.get("area_m2")?,
            loss_ppm,
            limit_ppm: row.get("limit_ppm")?,
            basis: row.get("basis")?,
            blocks_waiting: row.get("blocks_waiting")?,
        },
        alarm,
        clock_ahead_s: row.get("clock_ahead_s")?,
    })
}
