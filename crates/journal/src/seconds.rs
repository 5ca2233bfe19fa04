//! The seconds of a session as numbers, and sums over them that SQLite makes.

use rusqlite::{OptionalExtension, Row};

use super::error::JournalError;
use super::limit_tally::{self, CuttingTally};
use super::reader::Journal;
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::harvest::{Activity, Basis, Interval90};

/// A second as it is stored, in the units of its columns. `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StoredSecond {
    /// Its end, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// The machine's activity.
    pub activity: Option<Activity>,
    /// Cutting in a curve.
    pub turning_cut: Option<bool>,
    /// The engine was pulled down while feeding.
    pub lugging: Option<bool>,
    /// Speed over ground, m/s.
    pub ground_speed_m_s: Option<f64>,
    /// Height of the knife, m.
    pub header_height_m: Option<f64>,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Engine speed, r/min.
    pub engine_rpm: Option<f64>,
    /// Grain entering at the header, kg/s.
    pub grain_in_kg_s: Option<f64>,
    /// Loss at the header, kg/s, 90 % interval.
    pub header_kg_s: Option<Interval90>,
    /// Loss behind the machine, kg/s, 90 % interval.
    pub rear_kg_s: Option<Interval90>,
    /// Loss behind the separator, unthreshed grain included, kg/s.
    pub separation_kg_s: Option<f64>,
    /// Loss behind the sieves, kg/s.
    pub cleaning_kg_s: Option<f64>,
    /// Loss over grain in, per cent, 90 % interval.
    pub total_pct: Option<Interval90>,
    /// What the loss estimate is based on.
    pub basis: Option<Basis>,
    /// Level of the highest active alarm, 0..=3.
    pub alarm_level: Option<u8>,
    /// Width being cut, m.
    pub working_width_m: Option<f64>,
    /// Water in the grain, per cent of wet mass.
    pub moisture_pct: Option<f64>,
    /// WGS 84, degrees: latitude, longitude.
    pub position_deg: Option<(f64, f64)>,
    /// Loss at the header over grain in, of the ten seconds of `total_pct`, per cent.
    pub header_pct: Option<f64>,
    /// Loss behind the machine over grain in, of the same ten seconds, per cent.
    pub rear_pct: Option<f64>,
    /// Course over ground, clockwise from north, degrees.
    pub course_deg: Option<f64>,
    /// How the machine drove to the crop that lay; `None` where the lie or the course was not known.
    pub travel: Option<Travel>,
}

const SECOND: &str = "SELECT t_us, state, turning_cut, lugging, ground_speed_m_s, header_height_m, feed_kg_s, engine_rpm, \
    grain_in_kg_s, header_loss_kg_s, header_lo, header_hi, rear_loss_kg_s, rear_lo, rear_hi, separation_loss_kg_s, \
    cleaning_loss_kg_s, total_pct, total_lo, total_hi, basis, alarm_level, working_width_m, moisture_pct, latitude_deg, \
    longitude_deg, course_deg, crop, header_pct, rear_pct FROM sample WHERE session = ?1";

fn activity(word: &str) -> Option<Activity> {
    use Activity::{Cutting, Stopped, Transport, Turning};
    [Stopped, Transport, Cutting, Turning].into_iter().find(|activity| activity.word() == word)
}

/// The [`Basis`] of this word; `None` for an unknown word.
pub fn basis(word: &str) -> Option<Basis> {
    use Basis::{Calibrated, Fault, ModelOnly, Sensed};
    [ModelOnly, Sensed, Calibrated, Fault].into_iter().find(|basis| basis.word() == word)
}

fn second(row: &Row<'_>) -> rusqlite::Result<StoredSecond> {
    let number = |at: usize| row.get::<_, Option<f64>>(at);
    // Three columns; none has a meaning without the others.
    let interval = |at: usize| -> rusqlite::Result<Option<Interval90>> {
        Ok(match (number(at)?, number(at + 1)?, number(at + 2)?) {
            (Some(value), Some(lo), Some(hi)) => Some(Interval90 { value, lo, hi }),
            _ => None,
        })
    };
    Ok(StoredSecond {
        t_us: row.get(0)?,
        activity: row.get_ref(1)?.as_str_or_null().unwrap_or(None).and_then(activity),
        turning_cut: row.get(2)?,
        lugging: row.get(3)?,
        ground_speed_m_s: number(4)?,
        header_height_m: number(5)?,
        feed_kg_s: number(6)?,
        engine_rpm: number(7)?,
        grain_in_kg_s: number(8)?,
        header_kg_s: interval(9)?,
        rear_kg_s: interval(12)?,
        separation_kg_s: number(15)?,
        cleaning_kg_s: number(16)?,
        total_pct: interval(17)?,
        basis: row.get_ref(20)?.as_str_or_null().unwrap_or(None).and_then(basis),
        alarm_level: row.get(21)?,
        working_width_m: number(22)?,
        moisture_pct: number(23)?,
        position_deg: number(24)?.zip(number(25)?),
        header_pct: number(28)?,
        rear_pct: number(29)?,
        course_deg: number(26)?,
        travel: {
            let crop = row.get_ref(27)?.as_str_or_null().unwrap_or(None).and_then(CropConditions::named);
            crop.unwrap_or_default().travel(number(26)?.map(f64::to_radians))
        },
    })
}

/// Grain and losses of a session as its seconds have them, kg: what was estimated then. `None` when no second knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SecondSums {
    /// Grain in.
    pub grain_kg: Option<f64>,
    /// Loss at the header, of the seconds in which grain and both losses are known.
    pub header_kg: Option<f64>,
    /// Loss behind the machine, of the same seconds.
    pub rear_kg: Option<f64>,
}

/// The seal of a closed session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Root of the chain over its minutes and facts, SHA-256 in hexadecimal.
    pub root: String,
    /// Ed25519 key, hexadecimal; `None` when it is unsigned.
    pub public_key: Option<String>,
    /// Its signature over the root, hexadecimal.
    pub signature: Option<String>,
}

impl Journal {
    /// Calls `take` with each second of a session, oldest first. The inner result is the first error of `take`, which ends
    /// the reading.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn each_row<E>(
        &self,
        session: i64,
        mut take: impl FnMut(&StoredSecond) -> Result<(), E>,
    ) -> Result<Result<(), E>, JournalError> {
        let mut read = || {
            let mut statement = self.connection.prepare_cached(&format!("{SECOND} ORDER BY t_us"))?;
            let mut rows = statement.query([session])?;
            while let Some(row) = rows.next()? {
                if let Err(error) = take(&second(row)?) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|error| self.sqlite_error(error))
    }

    /// The newest second of a session that ends at `t_us` or before; `None` when there is none.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn second_at(&self, session: i64, t_us: i64) -> Result<Option<StoredSecond>, JournalError> {
        let sql = format!("{SECOND} AND t_us <= ?2 ORDER BY t_us DESC LIMIT 1");
        self.connection.query_row(&sql, [session, t_us], second).optional().map_err(|error| self.sqlite_error(error))
    }

    /// How long a session cut, and how long with a loss above this limit, per cent: as it was counted while it was written, or
    /// with another limit than its own by counting its seconds.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn cutting_tally(&self, session: i64, limit_percent: f64) -> Result<CuttingTally, JournalError> {
        let read = || match limit_tally::remembered(&self.connection, session, limit_percent)? {
            Some(tally) => Ok(tally),
            None => limit_tally::count(&self.connection, session, limit_percent),
        };
        read().map_err(|error| self.sqlite_error(error))
    }

    /// Grain and losses of a session, summed over its seconds.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn second_sums(&self, session: i64) -> Result<SecondSums, JournalError> {
        let sql = "SELECT sum(grain_in_kg_s), \
                   sum(header_loss_kg_s) FILTER (WHERE grain_in_kg_s IS NOT NULL AND rear_loss_kg_s IS NOT NULL), \
                   sum(rear_loss_kg_s) FILTER (WHERE grain_in_kg_s IS NOT NULL AND header_loss_kg_s IS NOT NULL) \
                   FROM sample WHERE session = ?1";
        let read = || {
            self.connection.prepare_cached(sql)?.query_row([session], |row| {
                Ok(SecondSums { grain_kg: row.get(0)?, header_kg: row.get(1)?, rear_kg: row.get(2)? })
            })
        };
        read().map_err(|error| self.sqlite_error(error))
    }

    /// The seal of a session; `None` while it is open and when it was never sealed.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn seal(&self, session: i64) -> Result<Option<Seal>, JournalError> {
        let seal = |row: &Row<'_>| Ok(Seal { root: row.get(0)?, public_key: row.get(1)?, signature: row.get(2)? });
        let sql = "SELECT root, public_key, signature FROM proof WHERE session = ?1";
        let found = self.connection.prepare_cached(sql).and_then(|mut found| found.query_row([session], seal));
        found.optional().map_err(|error| self.sqlite_error(error))
    }
}
