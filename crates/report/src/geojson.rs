//! Track and seconds as GeoJSON (RFC 7946: WGS 84, longitude first), each second with the loss of the crop that stood there.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::lag::{CLEANING_LAG_S, SEPARATION_LAG_S, Shift, Shifted};
use super::{ReportError, session_json};
use grainloss_journal::{Journal, Session};

/// Two seconds further apart are no way between them, µs.
const BREAK_US: i64 = 5_000_000;

/// Writes the sessions, one second after the other: memory does not grow with their length, but for the track.
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
            return Err(no_positions(session));
        }
        feature(out, &track.feature(journal, session)?)?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(())
}

/// A session that nobody can put on a map.
pub fn no_positions(session: &Session) -> ReportError {
    ReportError::NoPositions(session.id)
}

/// The seconds of a session, with the loss of each at its place.
pub fn each_shifted(
    journal: &Journal,
    session: &Session,
    mut take: impl FnMut(&Shifted) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let mut shift = Shift::default();
    journal.each_row(session.id, |second| shift.push(second).map_or(Ok(()), |shifted| take(&shifted)))??;
    while let Some(shifted) = shift.pop() {
        take(&shifted)?;
    }
    Ok(())
}

/// No finer than it is known.
fn round(value: Option<f64>, decimals: i32) -> Option<f64> {
    let factor = 10f64.powi(decimals);
    value.map(|value| (value * factor).round() / factor)
}

fn position(shifted: &Shifted) -> Option<[f64; 2]> {
    shifted.second.position_deg.map(|(latitude, longitude)| [longitude, latitude])
}

fn point(session: i64, shifted: &Shifted) -> Option<Value> {
    let s = &shifted.second;
    let (pct, kg_s) = (shifted.loss_pct, shifted.loss_kg_s);
    Some(json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": position(shifted)?},
        "properties": {
            "session": session,
            "t_utc": super::utc(s.t_us),
            "state": s.activity.map(grainloss_core::harvest::Activity::word),
            "loss_pct": round(pct.map(|b| b.value), 3),
            "loss_pct_lo": round(pct.map(|b| b.lo), 3),
            "loss_pct_hi": round(pct.map(|b| b.hi), 3),
            "loss_kg_s": round(kg_s.map(|b| b.value), 5),
            "loss_kg_s_lo": round(kg_s.map(|b| b.lo), 5),
            "loss_kg_s_hi": round(kg_s.map(|b| b.hi), 5),
            "basis": pct.and(s.basis).map(grainloss_core::harvest::Basis::word),
            "feed_kg_s": s.feed_kg_s,
            "ground_speed_m_s": s.ground_speed_m_s,
        },
    }))
}

/// The way, in pieces without a gap.
#[derive(Debug, Default)]
struct Track {
    lines: Vec<Vec<[f64; 2]>>,
    last_us: i64,
}

impl Track {
    fn push(&mut self, shifted: &Shifted) {
        let Some(position) = position(shifted) else { return };
        let t_us = shifted.second.t_us;
        match self.lines.last_mut().filter(|_| t_us - self.last_us <= BREAK_US) {
            Some(line) => line.push(position),
            None => self.lines.push(vec![position]),
        }
        self.last_us = t_us;
    }

    fn feature(mut self, journal: &Journal, session: &Session) -> Result<Value, ReportError> {
        // A line has two ends.
        for line in self.lines.iter_mut().filter(|line| line.len() == 1) {
            line.push(line[0]);
        }
        let mut properties = session_json(session);
        properties["seal"] = super::seal_json(journal.seal(session.id)?);
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
