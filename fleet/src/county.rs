//! A made-up county, written straight into a store: for tests of the questions and for measuring.
//!
//! The same county has the same bytes on every computer. Sessions have [`SOFTWARE`] as their program, names begin with
//! "示例" (sample). Seconds add to their sessions exactly. The laws are plain: loss grows with the square of the feed rate, times
//! a factor of the machine; a trained driver loses a fifth less. It is no simulation: `simulator/` has one.

mod basis;
mod files;
mod machine;
mod random;
mod rows;
mod session;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use grainloss_core::data_file::FileError;
use grainloss_knowledge::{crop, limit};

use crate::error::StoreError;
use crate::heard::{Alarm, Heard, State};
use crate::schema;
use crate::table_file::Value;
use files::Files;
use machine::{Machine, trainings};
use rows::Rows;
use session::Given;

/// The program that these sessions name as theirs.
pub const SOFTWARE: &str = "county generator";
/// First day of a county's harvest, days since 1970: 2026-06-01.
const FIRST_DAY: i64 = 20_605;
const DAY_S: i64 = 86_400;
/// Midnight in China, s after that in UTC.
const MIDNIGHT_S: i64 = -8 * 3600;

/// Which county.
#[derive(Clone, Copy, Debug)]
pub struct County {
    /// Machines.
    pub machines: u64,
    /// Days from 2026-06-01.
    pub days: u32,
    /// The same seed makes the same county.
    pub seed: u64,
    /// Seconds that a machine records in a day, at least 600.
    pub seconds_per_day: u32,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows of the table `seconds`.
    pub seconds: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Files.
    pub files: u64,
}

/// Why no county was written.
#[derive(Debug, thiserror::Error)]
pub enum CountyError {
    /// There is a store already.
    #[error("{path}: not empty", path = .0.display())]
    NotEmpty(PathBuf),
    /// A file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The limits of crops cannot be read.
    #[error(transparent)]
    Knowledge(#[from] FileError),
}

impl County {
    /// The day of this number, as `2026-06-01`.
    fn day(number: u32) -> String {
        civil(FIRST_DAY + i64::from(number))
    }

    /// The end of the last day, s since 1970 UTC.
    pub fn end_s(&self) -> i64 {
        (FIRST_DAY + i64::from(self.days)) * DAY_S + MIDNIGHT_S
    }

    /// Writes it into an empty folder, on all processors.
    ///
    /// # Errors
    /// [`CountyError`]
    pub fn write(&self, store: &Path) -> Result<Written, CountyError> {
        if store.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(CountyError::NotEmpty(store.to_owned()));
        }
        let machines: Vec<Machine> = (0..self.machines).map(|number| Machine::of(self, number)).collect();
        let given = Given {
            trained: trainings(self).map(|(driver, _, day)| (driver, day)).collect(),
            limits: limits(machines.iter().map(|machine| machine.crop))?,
        };
        let mut groups: BTreeMap<(String, &str), Vec<&Machine>> = BTreeMap::new();
        for machine in &machines {
            groups.entry((machine.region(self), machine.crop)).or_default().push(machine);
        }
        let jobs: Vec<(u32, &(String, &str), &Vec<&Machine>)> =
            (0..self.days).flat_map(|day| groups.iter().map(move |(key, of)| (day, key, of))).collect();
        let (next, done) = (AtomicUsize::new(0), Mutex::new((Written::default(), BTreeMap::new(), None)));
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while let Some((day, (region, crop), of)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.write_day(store, *day, region, crop, of, &given);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        match result {
                            Ok((written, seen)) => {
                                done.0.add(written);
                                for (machine, end_s) in seen {
                                    let newest = done.1.entry(machine).or_insert(end_s);
                                    *newest = end_s.max(*newest);
                                }
                            }
                            Err(error) => done.2 = Some(error),
                        }
                    }
                });
            }
        });
        let (mut written, seen, error) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = error {
            return Err(error);
        }
        written.add(self.write_register(store, &machines, &seen)?);
        Ok(written)
    }

    fn write_day(
        &self,
        store: &Path,
        day: u32,
        region: &str,
        crop: &str,
        machines: &[&Machine],
        given: &Given,
    ) -> Result<(Written, Vec<(u64, i64)>), CountyError> {
        let name = Self::day(day);
        let partition = format!("season={}/region={region}/day={name}/crop={crop}", &name[..4]);
        let mut files = Files::new(store, &partition);
        let mut seen = Vec::new();
        for machine in machines.iter().filter(|machine| day < machine.days) {
            for part in 0..2 {
                let start_s = (FIRST_DAY + i64::from(day)) * DAY_S
                    + MIDNIGHT_S
                    + 7 * 3600
                    + part * (i64::from(self.seconds_per_day) / 2 + 1800);
                let end_s = session::write(self, machine, (day, part, start_s), given, &mut files)?;
                seen.push((machine.number, end_s));
            }
        }
        Ok((files.finish()?, seen))
    }

    fn write_register(
        &self,
        store: &Path,
        machines: &[Machine],
        seen: &BTreeMap<u64, i64>,
    ) -> Result<Written, CountyError> {
        let mut rows = Rows::new(store, &schema::MACHINES, "");
        for machine in machines {
            let region = machine.region(self);
            rows.push(&[
                machine.device.as_str().into(),
                machine.plate.as_str().into(),
                Value::Unknown,
                machine.co_op.as_str().into(),
                machine.township.as_str().into(),
                region.as_str().into(),
                seen.get(&machine.number).copied().into(),
                1.into(),
            ])?;
        }
        let mut written = Written::default();
        written.add_file(rows.finish()?);
        let mut rows = Rows::new(store, &schema::TRAININGS, "");
        for (driver, co_op, day) in trainings(self) {
            rows.push(&[driver.as_str().into(), co_op.as_str().into(), Self::day(day).as_str().into()])?;
        }
        written.add_file(rows.finish()?);
        let mut rows = Rows::new(store, &schema::HEARD, "");
        for machine in machines {
            if let Some(heard) = self.heard(machine, seen.get(&machine.number).copied()) {
                rows.push(&heard.row())?;
            }
        }
        written.add_file(rows.finish()?);
        Ok(written)
    }

    /// What was heard of a machine over MQTT: of three in four that work; one that has fallen silent is on line still.
    fn heard(&self, machine: &Machine, seen_s: Option<i64>) -> Option<Heard> {
        let seen_s = seen_s.filter(|_| machine.number % 4 != 2)?;
        let is_silent = machine.days < self.days;
        Some(Heard {
            device: machine.device.clone(),
            heard_s: Some(if is_silent { self.end_s() - 120 } else { seen_s + 40 }),
            is_online: Some(is_silent),
            state: State {
                t_us: Some((seen_s + 20) * 1_000_000),
                activity: Some("stopped".to_owned()),
                crop: Some(machine.crop.to_owned()),
                area_m2: Some(40_000),
                loss_ppm: Some([13, 8, 22].map(|factor| machine.loss_permille * factor)),
                limit_ppm: None,
                basis: Some("sensed".to_owned()),
                blocks_waiting: Some(if is_silent { 40 } else { 0 }),
            },
            alarm: machine.number.is_multiple_of(3).then(|| Alarm {
                id: "loss-level".to_owned(),
                happened: "raised".to_owned(),
                level: Some(1),
                t_us: (seen_s - 300) * 1_000_000,
            }),
            clock_ahead_s: (machine.number % 16 == 5).then_some(1500),
        })
    }
}

/// The limit of each of these crops that has one: its name and ppm.
fn limits(crops: impl Iterator<Item = &'static str>) -> Result<BTreeMap<&'static str, (String, i64)>, FileError> {
    let mut limits = BTreeMap::new();
    for name in crops {
        if !limits.contains_key(name)
            && let Some(found) = limit(None, name, &crop(name)?)?
        {
            limits.insert(name, (found.id, (found.percent * 1e4).round() as i64));
        }
    }
    Ok(limits)
}

impl Written {
    fn add(&mut self, other: Self) {
        self.seconds += other.seconds;
        self.rows += other.rows;
        self.bytes += other.bytes;
        self.files += other.files;
    }

    fn add_file(&mut self, (rows, bytes): (u64, u64)) {
        self.rows += rows;
        self.bytes += bytes;
        self.files += u64::from(rows > 0);
    }
}

/// The date of a day since 1970, as `2026-06-01` (Hinnant, days to civil).
fn civil(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_the_dates_of_the_calendar() {
        // date -u -d @$((20605*86400)) +%F, and so on.
        assert_eq!(civil(20_605), "2026-06-01");
        assert_eq!(civil(0), "1970-01-01");
        assert_eq!(civil(20_634), "2026-06-30");
        assert_eq!(civil(20_635), "2026-07-01");
        assert_eq!(civil(19_782), "2024-02-29");
    }
}
