//! Writing the rows: each folder whose sessions have changed is written anew.
//!
//! A file is written elsewhere and renamed over the old one, and the register says which folders are done; what was interrupted is
//! done again. Rows that move to another folder are taken out of the old one first, so that at no time they are in two.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::{Connection, params};

use super::{Store, move_to};
use crate::error::StoreError;
use crate::schema::{MACHINES, TABLES, Table};
use crate::session_rows::Assembled;
use crate::table_file::{TableFile, Value};

/// The one file of a folder.
const FILE: &str = "part-0.parquet";
/// Folders whose rows lie there and belong elsewhere.
const LOSING: &str = "SELECT settled FROM session WHERE settled IS NOT NULL AND settled IS NOT folder \
    UNION SELECT settled FROM point WHERE settled IS NOT NULL AND settled IS NOT folder ORDER BY 1";
/// Folders that do not have the rows that belong there, as they are now.
const LACKING: &str = "SELECT folder FROM session WHERE folder IS NOT NULL AND (changed = 1 OR settled IS NOT folder) \
    UNION SELECT folder FROM point WHERE folder IS NOT NULL AND (changed = 1 OR settled IS NOT folder) ORDER BY 1";

/// The files of a folder that is being written: one for each table that has rows there.
#[derive(Default)]
struct Files(BTreeMap<&'static str, TableFile>);

impl Files {
    fn push(&mut self, store: &Store, table: &'static Table, row: &[Value]) -> Result<(), StoreError> {
        let file = match self.0.entry(table.name) {
            std::collections::btree_map::Entry::Occupied(there) => there.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(TableFile::create(&store.staged(&format!("{}.parquet", table.name))?, table)?)
            }
        };
        file.push(row)
    }
}

impl Store {
    /// Writes every folder that is not as the register says; returns how many were written.
    ///
    /// # Errors
    /// [`StoreError`] when a packet of the store cannot be read, or a file cannot be written: the next call goes on from there.
    pub fn settle(&mut self) -> Result<usize, StoreError> {
        let folders = |store: &Self, sql: &str| {
            store.register.query(|connection| {
                connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
            })
        };
        let mut written = 0;
        for folder in folders(self, LOSING)? {
            self.write_folder(&folder, true)?;
            self.step("note what a folder lost")?;
            self.register.change(|connection| {
                for table in ["session", "point"] {
                    let sql = format!("UPDATE {table} SET settled = NULL WHERE settled = ?1 AND folder IS NOT ?1");
                    connection.execute(&sql, [&folder])?;
                }
                Ok(())
            })?;
            written += 1;
        }
        for folder in folders(self, LACKING)? {
            self.write_folder(&folder, false)?;
            self.step("note a folder")?;
            self.register.change(|connection| {
                for table in ["session", "point"] {
                    let sql = format!("UPDATE {table} SET settled = folder, changed = 0 WHERE folder = ?1");
                    connection.execute(&sql, [&folder])?;
                }
                Ok(())
            })?;
            written += 1;
        }
        self.register.change(|connection| {
            connection.execute("DELETE FROM session WHERE folder IS NULL AND settled IS NULL", [])?;
            connection.execute("DELETE FROM point WHERE folder IS NULL AND settled IS NULL", [])
        })?;
        self.write_machines()?;
        Ok(written)
    }

    /// Writes the files of a folder in every table; with `there` without the sessions and points that do not lie there yet.
    fn write_folder(&mut self, folder: &str, there: bool) -> Result<(), StoreError> {
        let mut files = Files::default();
        for session in self.register.sessions_in(folder, there)? {
            let Some(best) = self.register.best_packet(session.id)? else { continue };
            let minutes = self.register.minutes(session.id)?;
            let is_revised = self.register.is_revised(&session.journal, session.number)?;
            let device = session.device.clone();
            let read = |sha256: &str| self.read_kept(&device, sha256);
            let assembled = Assembled::read(session, is_revised, &minutes, &best.sha256, read)?;
            for table in TABLES.iter().filter(|table| table.is_partitioned) {
                for row in assembled.rows(table) {
                    files.push(self, table, &row)?;
                }
            }
            assembled.each_second(|row| files.push(self, &crate::schema::SECONDS, row))?;
        }
        for row in self.register.point_rows(folder, there)? {
            files.push(self, &crate::schema::POINTS, &row)?;
        }
        for table in TABLES.iter().filter(|table| table.is_partitioned) {
            let place = self.folder.join(table.name).join(folder).join(FILE);
            match files.0.remove(table.name) {
                Some(file) => {
                    file.finish()?;
                    self.step("put a table")?;
                    move_to(&self.staged(&format!("{}.parquet", table.name))?, &place)?;
                }
                None => {
                    if place.is_file() {
                        self.step("remove a table")?;
                        fs::remove_file(&place).map_err(StoreError::file(&place))?;
                        remove_empty(&place, &self.folder);
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the table of machines, if it is not as the register has it.
    fn write_machines(&mut self) -> Result<(), StoreError> {
        let seen: BTreeMap<String, i64> = self.register.last_seen()?.into_iter().collect();
        let staged = self.staged("machines.parquet")?;
        let mut file = TableFile::create(&staged, &MACHINES)?;
        for machine in self.register.machines()? {
            file.push(&[
                machine.device.as_str().into(),
                Value::text(machine.plate.as_deref()),
                Value::text(machine.name.as_deref()),
                Value::text(machine.co_op.as_deref()),
                Value::text(machine.township.as_deref()),
                machine.region().into(),
                Value::whole(seen.get(&machine.device).copied()),
                Value::Whole(i64::from(machine.expected)),
            ])?;
        }
        file.finish()?;
        let place = self.folder.join(MACHINES.name).join(FILE);
        let is_same = fs::read(&place).is_ok_and(|there| fs::read(&staged).is_ok_and(|new| new == there));
        if is_same {
            return fs::remove_file(&staged).map_err(StoreError::file(&staged));
        }
        self.step("put the machines")?;
        move_to(&staged, &place)
    }

    /// Places the rows of a machine in the folders of its region, as it is now.
    pub(crate) fn place_machine(&mut self, device: &str) -> Result<(), StoreError> {
        let region = self.register.machine(device)?.region().to_owned();
        let zone = self.zone.clone();
        self.register.change(|connection| {
            for (table, time) in [("session", "started_us"), ("point", "made_us")] {
                let sql = format!("SELECT rowid, {time}, crop FROM {table} WHERE device = ?1 AND folder IS NOT NULL");
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                let mut statement = connection.prepare(&sql)?;
                let rows: Vec<(i64, i64, String)> =
                    statement.query_map([device], read)?.collect::<rusqlite::Result<_>>()?;
                for (id, t_us, crop) in rows {
                    let place = crate::folders::folder(&zone, &region, t_us, &crop);
                    move_row(connection, table, id, &place)?;
                }
            }
            Ok(())
        })
    }
}

fn move_row(connection: &Connection, table: &str, id: i64, place: &str) -> rusqlite::Result<()> {
    connection.execute(&format!("UPDATE {table} SET folder = ?2 WHERE rowid = ?1"), params![id, place]).map(|_| ())
}

/// Removes the folders above a file that are empty, up to that of the store.
fn remove_empty(file: &Path, store: &Path) {
    let above = file.ancestors().skip(1).take_while(|folder| *folder != store);
    // A folder that is not empty stays, and so do those above it.
    above.take_while(|folder| fs::remove_dir(folder).is_ok()).for_each(drop);
}
