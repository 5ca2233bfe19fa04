//! The machines: plates, co-ops, regions.

use rusqlite::{Row, params};

use super::Register;
use crate::error::StoreError;

/// A machine of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// The machine: 16 hexadecimal digits.
    pub device: String,
    /// Licence plate; `None` when it was not entered, as of what follows.
    pub plate: Option<String>,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The co-op it belongs to.
    pub co_op: Option<String>,
    /// Its home township.
    pub township: Option<String>,
    /// Its region: the folder of its rows.
    pub region: Option<String>,
    /// The office expects packets of it.
    pub expected: bool,
}

/// The folder of machines without a region.
pub const NO_REGION: &str = "unknown";

impl Machine {
    /// The name of its region's folder.
    pub fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(NO_REGION)
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            device: row.get("device")?,
            plate: row.get("plate")?,
            name: row.get("name")?,
            co_op: row.get("co_op")?,
            township: row.get("township")?,
            region: row.get("region")?,
            expected: row.get("expected")?,
        })
    }
}

impl Register {
    /// Every machine, by its digits.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn machines(&self) -> Result<Vec<Machine>, StoreError> {
        self.query(|connection| {
            connection.prepare("SELECT * FROM machine ORDER BY device")?.query_map([], Machine::of)?.collect()
        })
    }

    /// This machine; one of which nothing is known when it is not in the register.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn machine(&self, device: &str) -> Result<Machine, StoreError> {
        let found = self.machines()?.into_iter().find(|machine| machine.device == device);
        Ok(found.unwrap_or_else(|| Machine { device: device.to_owned(), ..Machine::default() }))
    }

    /// The newest second of each machine that has any, s since 1970 UTC.
    pub(crate) fn last_seen(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = "SELECT device, max(end_us) / 1000000 FROM session WHERE folder IS NOT NULL GROUP BY device";
        self.query(|connection| connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
    }

    pub(crate) fn put_machines(&mut self, machines: &[Machine]) -> Result<(), StoreError> {
        self.change(|connection| {
            for m in machines {
                connection.execute(
                    "INSERT INTO machine (device, plate, name, co_op, township, region, expected) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET plate = excluded.plate, \
                     name = excluded.name, co_op = excluded.co_op, township = excluded.township, \
                     region = excluded.region, expected = excluded.expected",
                    params![m.device, m.plate, m.name, m.co_op, m.township, m.region, m.expected],
                )?;
            }
            Ok(())
        })
    }
}
