//! What is said over MQTT: topics and JSON, as `docs/uplink.md` and the schemas in `docs/schema` state them. Names are those of
//! ISO 11783-11 where it has them, in its units, so that values are whole numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use grainloss_core::harvest::{Activity, Interval90, LogNormal};
use grainloss_core::machine::{Channel, Readings};
use grainloss_core::record::EventRecord;
use grainloss_protocol::snapshot::Snapshot;

/// Of all payloads.
pub const VERSION: u32 = 1;
/// What topics begin with.
const ROOT: &str = "grainloss/v1";
/// Per cent in parts per million.
const PPM_OF_PERCENT: f64 = 1e4;

/// What a message is about: the last part of its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The state of the machine, once a minute, retained.
    State,
    /// Whether the cab is connected, retained; the broker says no when it is lost.
    Online,
    /// An alarm.
    Alarm,
    /// The loss and its limit.
    Limit,
}

impl Topic {
    /// The whole topic of this machine.
    pub fn of(self, machine: &str) -> String {
        let last = match self {
            Self::State => "state",
            Self::Online => "online",
            Self::Alarm => "alarm",
            Self::Limit => "limit",
        };
        format!("{ROOT}/{machine}/{last}")
    }
}

/// An alarm, or a limit warning, until the broker has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// What happened.
    pub event: EventRecord,
    /// The session's number in the journal; `None` when nothing is stored.
    pub session: Option<i64>,
    /// The crop's name.
    pub crop: String,
    /// The loss limit, per cent; `None` without one.
    pub limit_percent: Option<f64>,
}

impl News {
    /// The topic: what is about the loss and its limit has one of its own.
    pub fn topic(&self) -> Topic {
        if self.event.id == "loss-level" { Topic::Limit } else { Topic::Alarm }
    }

    /// The payload. `late` says that it was not sent when it happened.
    pub fn payload(&self, machine: &str, late: bool) -> Value {
        let event = &self.event;
        let happened = event.kind.strip_prefix("alarm-").unwrap_or(&event.kind);
        let mut payload = json!({
            "format": "grainloss-alarm",
            "version": VERSION,
            "machine": machine,
            "session": self.session,
            "crop": self.crop,
            "t_us": event.t_us,
            "happened": happened,
            "alarm": event.id,
            "level": event.level,
            "stream": event.stream,
            "late": late,
        });
        if self.topic() == Topic::Limit {
            payload["format"] = json!("grainloss-limit");
            payload["excess"] = json!(event.count.and_then(excess));
            payload["percentage_crop_loss_ppm"] = whole(event.value.map(|percent| percent * PPM_OF_PERCENT));
            payload["limit_ppm"] = whole(self.limit_percent.map(|percent| percent * PPM_OF_PERCENT));
        }
        payload
    }
}

fn excess(number: i64) -> Option<&'static str> {
    ["probable", "above", "far"].get(usize::try_from(number - 1).ok()?).copied()
}

/// Whether the cab is connected.
pub fn online(machine: &str, is_online: bool, software: &str) -> Value {
    json!({
        "format": "grainloss-online",
        "version": VERSION,
        "machine": machine,
        "online": is_online,
        "software": software,
    })
}

/// What the uplink says of itself in the state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    /// Blocks in the outbox.
    pub blocks: usize,
    /// Alarms that were dropped since too many waited.
    pub alarms_lost: u64,
}

/// The state of the machine.
pub fn state(machine: &str, snapshot: &Snapshot, waiting: Waiting) -> Value {
    let estimate = snapshot.estimate.as_ref();
    let readings = &snapshot.readings;
    let recent = estimate.and_then(|estimate| estimate.recent.as_ref());
    let loss = recent.map(|recent| {
        let share = recent.share(recent.total).band();
        let least = |share: f64| share.min(1.0);
        Interval90 { value: recent.percent(recent.total) / 100.0, lo: least(share.lo), hi: least(share.hi) }
    });
    let per_area = recent.and_then(|recent| Some(recent.kg_m2(recent.total)?.band()));
    let totals = &snapshot.totals;
    json!({
        "format": "grainloss-state",
        "version": VERSION,
        "machine": machine,
        "session": snapshot.session.id,
        "crop": snapshot.session.crop_id,
        "t_us": estimate.map(|estimate| estimate.t_us),
        "activity": estimate.and_then(|estimate| estimate.doing.activity).map(Activity::word),
        "actual_working_height_mm": whole(estimate.and_then(|estimate| estimate.header_height_m).map(|m| m * 1e3)),
        "actual_working_width_mm": whole(estimate.and_then(|estimate| estimate.working_width_m).map(|m| m * 1e3)),
        "mass_per_time_yield_mg_s": band(estimate.and_then(|estimate| estimate.grain_in).map(LogNormal::band), 1e6),
        "percentage_crop_loss_ppm": band(loss, 1e6),
        "mass_per_area_crop_loss_mg_m2": band(per_area, 1e6),
        "crop_moisture_ppm": whole(value(readings, Channel::GrainMoisture).map(|share| share * 1e6)),
        "total_area_m2": whole(totals.area_ha().map(|ha| ha * 1e4)),
        "yield_total_mass_kg": band(totals.grain_kg(), 1.0),
        "effective_total_time_s": whole(Some(totals.cutting_s())),
        "session_crop_loss_ppm": band(totals.total_loss_pct(), PPM_OF_PERCENT),
        "basis": totals.basis().map(grainloss_core::harvest::Basis::word),
        "limit_ppm": whole(snapshot.session.limit.as_ref().map(|limit| limit.percent * PPM_OF_PERCENT)),
        "alarms": snapshot.advice.list().map(|active| json!({
            "alarm": active.alarm.id.word(),
            "level": active.alarm.level,
            "since_us": active.alarm.since_us,
        })).collect::<Value>(),
        "bus_age_s": snapshot.health.bus_age_us.map(|age_us| age_us / 1_000_000),
        "journal_error": snapshot.health.journal_error,
        "blocks_waiting": waiting.blocks,
        "alarms_lost": waiting.alarms_lost,
    })
}

fn value(readings: &Readings, channel: Channel) -> Option<f64> {
    readings.value(channel)
}

/// A whole number; null when it is not known.
fn whole(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, |value| json!(value.round() as i64))
}

/// A figure with its 90 % interval, in whole numbers; null when it is not known.
fn band(band: Option<Interval90>, scale: f64) -> Value {
    match band.filter(|band| [band.value, band.lo, band.hi].iter().all(|end| end.is_finite())) {
        None => Value::Null,
        Some(band) => {
            json!({"value": whole(Some(band.value * scale)), "lo": whole(Some(band.lo * scale)), "hi": whole(Some(band.hi * scale))})
        }
    }
}
