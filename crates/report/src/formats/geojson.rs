//! GeoJSON (RFC 7946: WGS 84, longitude first): the track, and each second with the loss of the crop that stood there.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::json::{seal_json, session_json};
use super::utc::utc;
use crate::error::ReportError;
use crate::gather::crop_shift::{CLEANING_LAG_S, SEPARATION_LAG_S, ShiftedSecond, each_shifted};
use grainloss_core::harvest::{Activity, Basis};
use grainloss_journal::{Journal, Session};

/// Two positions further apart in time are not joined by a line, µs (assumed).
const BREAK_US: i64 = 5_000_000;

/// Writes the sessions, second by second: only the track is held in memory.
///
/// # Errors
///
/// The journal cannot be read, a session has no positions, or `out` cannot be written.
pub fn write_geojson(journal: &Journal, sessions: &[Session], out: &mut dyn Write) -> Result<(), ReportError> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut first = true;
    let mut feature = |out: &mut dyn Write, feature: &Value| -> io::Result<()> {
        out.write_all(if std::mem::take(&mut first) { b"\n" } else { b",\n" })?;
        serde_json::to_writer(out, feature).map_err(io::Error::from)
    };
    for session in sessions {
        let mut track = Track::default();
        each_shifted(journal, session, |shifted| {
            if let Some(point) = point(session.id, shifted) {
                track.push(shifted);
                feature(out, &point)?;
            }
            Ok(())
        })?;
        if track.lines.is_empty() {
            return Err(ReportError::NoPositions(session.id));
        }
        feature(out, &track.feature(journal, session)?)?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(())
}

/// Rounded to so many decimals: further digits mean nothing.
fn round(value: Option<f64>, decimals: i32) -> Option<f64> {
    let factor = 10f64.powi(decimals);
    value.map(|value| (value * factor).round() / factor)
}

fn position(shifted: &ShiftedSecond) -> Option<[f64; 2]> {
    shifted.second.position_deg.map(|(latitude, longitude)| [longitude, latitude])
}

fn point(session: i64, shifted: &ShiftedSecond) -> Option<Value> {
    let s = &shifted.second;
    let (pct, kg_s) = (shifted.loss_pct, shifted.loss_kg_s);
    Some(json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": position(shifted)?},
        "properties": {
            "session": session,
            "t_utc": utc(s.t_us),
            "state": s.activity.map(Activity::word),
            "loss_pct": round(pct.map(|b| b.value), 3),
            "loss_pct_lo": round(pct.map(|b| b.lo), 3),
            "loss_pct_hi": round(pct.map(|b| b.hi), 3),
            "loss_kg_s": round(kg_s.map(|b| b.value), 5),
            "loss_kg_s_lo": round(kg_s.map(|b| b.lo), 5),
            "loss_kg_s_hi": round(kg_s.map(|b| b.hi), 5),
            "basis": pct.and(s.basis).map(Basis::word),
            "feed_kg_s": s.feed_kg_s,
            "ground_speed_m_s": s.ground_speed_m_s,
        },
    }))
}

/// The track, in lines without a gap.
#[derive(Debug, Default)]
struct Track {
    lines: Vec<Vec<[f64; 2]>>,
    last_us: i64,
}

impl Track {
    fn push(&mut self, shifted: &ShiftedSecond) {
        let Some(position) = position(shifted) else { return };
        let t_us = shifted.second.t_us;
        match self.lines.last_mut().filter(|_| t_us - self.last_us <= BREAK_US) {
            Some(line) => line.push(position),
            None => self.lines.push(vec![position]),
        }
        self.last_us = t_us;
    }

    fn feature(mut self, journal: &Journal, session: &Session) -> Result<Value, ReportError> {
        // A line needs two positions.
        for line in self.lines.iter_mut().filter(|line| line.len() == 1) {
            line.push(line[0]);
        }
        let mut properties = session_json(session);
        properties["seal"] = seal_json(journal.seal(session.id)?);
        properties["loss_is"] = json!({
            "denominator": "grain in: yield and loss together",
            "interval": "90 %: lo to hi",
            "lag_removed_s": {"separation": SEPARATION_LAG_S, "cleaning": CLEANING_LAG_S},
        });
        Ok(json!({
            "type": "Feature",
            "geometry": {"type": "MultiLineString", "coordinates": self.lines},
            "properties": properties,
        }))
    }
}
