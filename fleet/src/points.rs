//! Measured points in the register, and their rows.

use grainloss_core::measured_point::{MeasuredPoint, result};
use grainloss_knowledge::procedure;
use grainloss_packet::PointRecord;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::folders::folder;
use crate::register::{Register, journal_name, session_name};
use crate::table_file::Value;

/// A point of a packet, with the folder that its row belongs in.
#[derive(Debug)]
pub(crate) struct PlacedPoint<'a> {
    record: &'a PointRecord,
    body: String,
    names: bool,
    folder: String,
}

/// These points, with names or without.
pub(crate) fn of<'a>(points: &'a [PointRecord], names: bool, zone: &TimeZone, region: &str) -> Vec<PlacedPoint<'a>> {
    let placed = |record: &'a PointRecord| PlacedPoint {
        record,
        // A struct of numbers, texts and lists always is JSON.
        body: serde_json::to_string(&record.body).unwrap_or_default(),
        names,
        folder: folder(zone, region, record.made_us, &record.body.crop),
    };
    points.iter().map(placed).collect()
}

impl PlacedPoint<'_> {
    /// Notes it in the register; false when it is there already. Of two the one with names stays.
    pub fn note(&self, connection: &Connection, journal: &str, device: &str) -> rusqlite::Result<bool> {
        let Self { record, body, names, folder } = self;
        let new = connection.execute(
            "INSERT INTO point (journal, number, device, made_us, session, corrects, names, crop, body, folder, changed) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1) ON CONFLICT DO UPDATE SET device = excluded.device, \
             names = excluded.names, body = excluded.body, folder = excluded.folder, changed = 1 \
             WHERE excluded.names > names OR folder IS NULL",
            params![
                journal,
                record.id,
                device,
                record.made_us,
                record.session,
                record.corrects,
                names,
                record.body.crop,
                body,
                folder
            ],
        )?;
        if new > 0 {
            // One that this one takes the place of does not count any more.
            let sql = "UPDATE point SET changed = 1 WHERE journal = ?1 AND number = ?2";
            connection.execute(sql, params![journal, record.corrects])?;
        }
        Ok(new > 0)
    }
}

impl Register {
    /// The rows of the points that belong in this folder; with `there` of those only that lie there already.
    pub(crate) fn point_rows(&self, folder: &str, there: bool) -> Result<Vec<Vec<Value>>, StoreError> {
        let sql = "SELECT device, number, journal, session, made_us, body, EXISTS (SELECT 1 FROM point AS later \
            WHERE later.journal = point.journal AND later.corrects = point.number AND later.folder IS NOT NULL) FROM point \
            WHERE folder = ?1 AND (NOT ?2 OR settled = ?1) ORDER BY device, journal, number";
        self.query(|connection| connection.prepare(sql)?.query_map(params![folder, there], row)?.collect())
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let (device, journal, body): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(5)?);
    let (number, session, made_us): (i64, Option<i64>, i64) = (row.get(1)?, row.get(3)?, row.get(4)?);
    let is_corrected: bool = row.get(6)?;
    let point: Option<MeasuredPoint> = serde_json::from_str(&body).ok();
    let result = point.as_ref().and_then(|point| {
        let (procedure, ..) = procedure(&point.crop, point.mode).ok()?;
        Some(result(point, point.grain.base_moisture_pct.unwrap_or(procedure.base.percent)))
    });
    let scaled = |number: Option<f64>, factor: f64| Value::whole(number.map(|number| (number * factor).round() as i64));
    let head = point.as_ref().map(|point| &point.head);
    Ok(vec![
        device.as_str().into(),
        Value::Whole(number),
        Value::text(session.map(|session| session_name(&journal, session)).as_deref()),
        Value::Whole(i64::from(!is_corrected)),
        Value::Whole(made_us.div_euclid(1_000_000)),
        scaled(result.as_ref().and_then(|result| result.loss_pct), 1e4),
        scaled(result.as_ref().and_then(|result| result.loss_g_m2), 1e3),
        scaled(result.as_ref().and_then(|result| result.yield_g_m2), 1.0),
        Value::text(head.and_then(|head| head.township.as_deref())),
        Value::text(head.and_then(|head| head.field.as_deref())),
        body.as_str().into(),
        journal_name(&journal).as_str().into(),
    ])
}
