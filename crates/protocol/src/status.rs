//! The state of a service for programs: one JSON object, described in `docs/status.md`. Units are in the names; what is not
//! known is null, with the reason beside it.

use serde_json::{Map, Value, json};

use crate::snapshot::{Bus, SessionInfo, Snapshot};
use grainloss_core::advice::{Alarm, Excess, NextStep, Suppression};
use grainloss_core::harvest::{Activity, Estimate, Interval90, LogNormal, Stream, Totals};
use grainloss_core::machine::{Channel, Readings};
use grainloss_core::record::totals_json;

/// The format's name and number. Keys may be added; what a key means changes with the number only.
const FORMAT: &str = "grainloss-status";
const VERSION: u32 = 1;

/// m² in a hectare.
const M2_PER_HA: f64 = 1e4;

/// Everything that a program needs of a snapshot.
pub fn status(snapshot: &Snapshot) -> Value {
    let estimate = snapshot.estimate.as_ref();
    json!({
        "format": FORMAT,
        "version": VERSION,
        "software": env!("CARGO_PKG_VERSION"),
        "bus_time_unix_s": estimate.map(|estimate| unix_s(estimate.t_us)),
        "ended": snapshot.ended,
        "session": session(&snapshot.session),
        "now": now(estimate, &snapshot.readings),
        "loss_10s": recent(estimate),
        "session_totals": totals(&snapshot.totals),
        "channels": channels(&snapshot.readings),
        "alarms": snapshot.advice.list().map(|active| alarm(&active.alarm, active.is_acknowledged(), active.sounds())).collect::<Value>(),
        "loss_alarm_suppressed": snapshot.advice.suppressed.map(Suppression::word),
        "advice": snapshot.advice.next_step.map(NextStep::word),
        "trouble_codes": snapshot.troubles.iter().map(|active| active.trouble.word()).collect::<Value>(),
        "buses": snapshot.health.buses.iter().map(bus).collect::<Value>(),
        "bus_age_s": snapshot.health.bus_age_us.map(|age_us| rounded(age_us as f64 / 1e6)),
        "journal": {
            "stored_s": snapshot.health.journal_stored,
            "waiting": snapshot.health.journal_waiting,
            "lost": snapshot.health.journal_lost,
            "error": snapshot.health.journal_error,
        },
        "pans_on_the_ground": snapshot.drops.len(),
    })
}

fn session(session: &SessionInfo) -> Value {
    json!({
        "number": session.id,
        "started_unix_s": session.started_us.map(unix_s),
        "machine": session.machine,
        "crop": session.crop_id,
        "field": session.field,
        "operator": session.operator,
        "limit": session.limit.as_ref().map(|limit| json!({
            "id": limit.id,
            "percent": limit.percent,
            "name_zh": limit.name.zh,
            "name_en": limit.name.en,
        })),
    })
}

/// What the machine does in this moment.
fn now(estimate: Option<&Estimate>, readings: &Readings) -> Value {
    let of = |channel: Channel, value: Option<f64>| figure(value, readings.get(channel).state.word());
    let Some(estimate) = estimate else {
        let names =
            ["ground_speed_m_s", "header_height_m", "engine_rpm", "feed_kg_s", "working_width_m", "grain_in_kg_s"];
        let unknown = names.map(|name| (name.to_owned(), figure(None, "no-frame-yet")));
        let mut all: Map<String, Value> = unknown.into_iter().collect();
        all.insert("activity".to_owned(), figure(None, "no-frame-yet"));
        return all.into();
    };
    let flag = |flag: Option<bool>| {
        flag.map_or_else(|| json!({"value": null, "reason": "not-known"}), |flag| json!({"value": flag}))
    };
    json!({
        "activity": estimate.doing.activity.map_or_else(
            || json!({"value": null, "reason": "not-known"}),
            |activity| json!({"value": activity.word()}),
        ),
        "cut_in_turn": flag(estimate.doing.turning_cut),
        "lugging": flag(estimate.doing.lugging),
        "unloading": flag(estimate.doing.unloading),
        "plugged": flag(estimate.doing.plugged),
        "ground_speed_m_s": of(Channel::GroundSpeed, estimate.ground_speed_m_s),
        "header_height_m": of(Channel::HeaderHeight, estimate.header_height_m),
        "engine_rpm": of(Channel::EngineSpeed, estimate.engine_rpm),
        "feed_kg_s": of(Channel::FeedRate, estimate.feed_kg_s),
        "feed_is_measured": {"value": estimate.feed_is_measured},
        "working_width_m": figure(estimate.working_width_m, "not-known"),
        "grain_in_kg_s": interval(estimate.grain_in.map(LogNormal::band), "not-known"),
    })
}

/// Losses of the last ten seconds of cutting.
fn recent(estimate: Option<&Estimate>) -> Value {
    let recent = estimate.and_then(|estimate| estimate.recent.as_ref());
    let reason = match estimate {
        None => "no-frame-yet",
        Some(estimate) if estimate.doing.activity != Some(Activity::Cutting) => "not-cutting",
        Some(_) => "not-known",
    };
    let percent = |of: fn(&grainloss_core::harvest::RecentLoss) -> LogNormal| {
        interval(
            recent.map(|recent| {
                let share = recent.share(of(recent)).band();
                let most = |share: f64| (100.0 * share).min(100.0);
                Interval90 { value: recent.percent(of(recent)), lo: most(share.lo), hi: most(share.hi) }
            }),
            reason,
        )
    };
    let basis =
        |basis: fn(&Estimate) -> grainloss_core::harvest::Basis| estimate.map(|estimate| basis(estimate).word());
    json!({
        "grain_in_kg_s": figure(recent.map(|recent| recent.grain_kg_s), reason),
        "header_pct": percent(|recent| recent.streams[Stream::Header as usize]),
        "separation_pct": percent(|recent| recent.streams[Stream::Separation as usize]),
        "cleaning_pct": percent(|recent| recent.streams[Stream::Cleaning as usize]),
        "rear_pct": percent(|recent| recent.rear),
        "total_pct": percent(|recent| recent.total),
        "total_kg_ha": interval(
            recent.and_then(|recent| Some(recent.kg_m2(recent.total)?.scaled(M2_PER_HA).band())),
            reason,
        ),
        "basis_header": basis(|estimate| estimate.header.basis),
        "basis_rear": basis(|estimate| estimate.rear.basis),
        "basis_total": basis(|estimate| estimate.total.basis),
    })
}

/// The session so far, as in summaries and reports; each null figure with a reason.
fn totals(totals: &Totals) -> Value {
    let Value::Object(all) = totals_json(totals) else { return Value::Null };
    let with_reason = |(name, value): (String, Value)| match value {
        Value::Null => (name, json!({"value": null, "reason": "nothing-known-yet"})),
        Value::Object(_) => (name, value),
        value => (name, json!({"value": value})),
    };
    Value::Object(all.into_iter().map(with_reason).collect())
}

fn channels(readings: &Readings) -> Value {
    let of = |&channel: &Channel| {
        let reading = readings.get(channel);
        // A position needs all its digits.
        let value = reading.value.filter(|value| value.is_finite());
        let entry = json!({"unit": channel.unit(), "state": reading.state.word(), "value": value});
        (channel.name().to_owned(), entry)
    };
    Value::Object(Channel::ALL.iter().map(of).collect())
}

fn alarm(alarm: &Alarm, is_acknowledged: bool, sounds: bool) -> Value {
    json!({
        "id": alarm.id.word(),
        "level": alarm.level,
        "stream": alarm.stream.map(Stream::word),
        "excess": alarm.excess.map(Excess::word),
        "since_unix_s": unix_s(alarm.since_us),
        "acknowledged": is_acknowledged,
        "sounds": sounds,
    })
}

fn bus(bus: &Bus) -> Value {
    json!({
        "interface": bus.interface,
        "state": bus.state,
        "frames": bus.frames,
        "error_frames": bus.error_frames,
        "lost": bus.lost,
    })
}

/// A figure, or null with the reason why there is none.
fn figure(value: Option<f64>, reason: &str) -> Value {
    match value.filter(|value| value.is_finite()) {
        Some(value) => json!({"value": rounded(value)}),
        None => json!({"value": null, "reason": reason}),
    }
}

/// The same with its 90 % interval.
fn interval(band: Option<Interval90>, reason: &str) -> Value {
    match band.filter(|band| [band.value, band.lo, band.hi].iter().all(|end| end.is_finite())) {
        Some(Interval90 { value, lo, hi }) => json!({"value": rounded(value), "lo": rounded(lo), "hi": rounded(hi)}),
        None => json!({"value": null, "reason": reason}),
    }
}

fn unix_s(t_us: i64) -> f64 {
    t_us as f64 / 1e6
}

/// Six significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
