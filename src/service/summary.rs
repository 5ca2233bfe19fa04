//! `--summary`: the session in one JSON object.

use serde::Serialize;
use serde_json::{Value, json};

use super::pipeline::FrameCounts;
use crate::advice::{Alarm, AlarmId, Event, EventKind, Notice};
use crate::harvest::{PanEntry, PanOutcome, Totals};
use crate::knowledge::LimitEntry;
use crate::record::totals_json;

/// An alarm of the session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SummaryAlarm {
    /// When it was raised, s since 1970.
    pub t_unix: f64,
    /// 1 low, 2 medium, 3 high.
    pub level: u8,
    /// Which alarm.
    pub id: &'static str,
    /// The stream or the plate.
    pub stream: Option<&'static str>,
    /// When it was cleared; `None` when it still stood at the end.
    pub cleared_unix: Option<f64>,
}

/// Gathers the events of a session.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    alarms: Vec<(AlarmId, SummaryAlarm)>,
    notices: [u32; 3],
    pans: Vec<PanEntry>,
}

/// What the alarm speaks of: a stream of loss, or a plate.
pub(super) fn alarm_stream(alarm: &Alarm) -> Option<&'static str> {
    match alarm.id {
        AlarmId::PlateFault(plate) => Some(plate.name()),
        AlarmId::LossLevel => alarm.stream.map(crate::harvest::Stream::word),
    }
}

impl Summary {
    /// Takes an event in.
    pub fn event(&mut self, event: &Event) {
        let t_unix = event.t_us as f64 / 1e6;
        match event.kind {
            EventKind::Raised(alarm) => {
                let (id, stream) = (alarm.id.word(), alarm_stream(&alarm));
                let entry = SummaryAlarm { t_unix, level: alarm.level, id, stream, cleared_unix: None };
                self.alarms.push((alarm.id, entry));
            }
            EventKind::Cleared(alarm) => {
                if let Some((_, entry)) = self.alarms.iter_mut().rev().find(|(id, _)| *id == alarm.id) {
                    entry.cleared_unix = Some(t_unix);
                }
            }
            EventKind::Noticed(notice, count) => self.notices[notice as usize] = count,
        }
    }

    /// Takes a judged pan in.
    pub fn pan(&mut self, entry: &PanEntry) {
        self.pans.push(*entry);
    }

    /// How many pans there were, what became of them, and each of them; `n` counts those not known yet too.
    fn pans(&self, n: usize) -> Value {
        // As far as every mathematics library agrees.
        let round = |value: f64| (value * 1e4).round() / 1e4;
        let mut reasons = Vec::new();
        let list: Vec<Value> = self
            .pans
            .iter()
            .map(|PanEntry { pan, outcome }| {
                let (residual, weight, why) = match *outcome {
                    PanOutcome::Used { residual, weight } => (Some(round(residual)), Some(round(weight)), None),
                    PanOutcome::Rejected(why) => (None, None, Some(why.word())),
                };
                reasons.extend(why);
                json!({
                    "t_unix": pan.t_us as f64 / 1e6,
                    "t_known_unix": pan.known_us as f64 / 1e6,
                    "kind": pan.kind.word(),
                    "used": why.is_none(),
                    "rejected": why,
                    "log_found_over_expected": residual,
                    "weight": weight,
                })
            })
            .collect();
        let rejected = reasons.len();
        json!({
            "n": n,
            "used": list.len() - rejected,
            "rejected": rejected,
            "reasons": reasons,
            "not_known_yet": n.saturating_sub(list.len()),
            "list": list,
        })
    }

    /// The whole summary. `pans` is how many there were, known or not.
    pub fn json(
        &self,
        pans: usize,
        totals: &Totals,
        limit: Option<&LimitEntry>,
        frames: (FrameCounts, u64),
        hashes: (&str, Option<&str>),
    ) -> Value {
        let alarms: Vec<&SummaryAlarm> = self.alarms.iter().map(|(_, alarm)| alarm).collect();
        let faults: Vec<Value> = self
            .alarms
            .iter()
            .filter(|(id, _)| matches!(id, AlarmId::PlateFault(_)))
            .map(|(_, a)| json!({"channel": a.stream, "t_unix": a.t_unix, "cleared_unix": a.cleared_unix}))
            .collect();
        let notices: serde_json::Map<String, Value> =
            Notice::ALL.iter().map(|n| (n.word().to_owned(), json!(self.notices[*n as usize]))).collect();
        let mut summary = totals_json(totals);
        let (counts, bad) = frames;
        let rest = json!({
            "limit": limit.map(|l| json!({"id": l.id, "percent": l.percent, "source": l.source})),
            "pans": self.pans(pans),
            "alarms": alarms,
            "notices": notices,
            "faults": faults,
            "frames": {"read": counts.read, "decoded": counts.decoded, "unknown": counts.unknown, "bad": bad},
            "software": concat!("grainloss ", env!("CARGO_PKG_VERSION")),
            "profile_sha256": hashes.0,
            "log_sha256": hashes.1,
        });
        if let (Value::Object(summary), Value::Object(rest)) = (&mut summary, rest) {
            summary.extend(rest);
        }
        summary
    }
}
