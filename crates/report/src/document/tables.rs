//! The tables of a report: the same for page, workbook and PDF.

use super::columns::{heads, rows};
use super::content::{Cell, Table};
use super::pan_table::pan_counts;
use crate::model::{JudgedLimit, MU_PER_HA, Report, SessionReport, scaled};
use crate::rounding::losses_that_add;
use crate::text::ReportText;
use grainloss_core::advice::Excess;
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::harvest::Interval90;
use grainloss_core::record::EventRecord;
use grainloss_knowledge::local_time::{date_and_time, time_of_day, zone_at};

/// Kilometres an hour in a metre a second.
const KM_H: f64 = 3.6;

fn with_zone(t_us: i64) -> String {
    format!("{} {}", date_and_time(t_us), zone_at(t_us))
}

/// A value and the edges of its interval.
fn interval(interval: Option<Interval90>, decimals: usize) -> [Cell; 3] {
    let part = |of: fn(Interval90) -> f64| Cell::number(interval.map(of), decimals);
    [part(|i| i.value), part(|i| i.lo), part(|i| i.hi)]
}

/// One row for each session.
pub fn overview(report: &Report, text: &ReportText) -> Table {
    let keys = [
        "session",
        "start",
        "operator",
        "machine",
        "field",
        "crop",
        "cutting",
        "area",
        "yield",
        "loss-pct",
        "lo",
        "hi",
        "loss-mu",
        "basis",
        "limit",
        "standing",
        "turning-cuts",
        "luggings",
        "alarms",
    ];
    let row = |s: &SessionReport| {
        let t = &s.totals;
        let name = s.entered.machine_name.as_deref().unwrap_or(&s.machine);
        let loss_mu = t.loss_kg_ha().map(|loss| loss.value / MU_PER_HA);
        let mut cells = vec![
            Cell::Number(s.id as f64, 0),
            Cell::Time(s.started_us),
            Cell::text(s.entered.operator.as_deref()),
            Cell::Text(name.to_owned()),
            Cell::text(s.entered.field.as_deref()),
            Cell::Text(text.crop(&s.crop)),
            Cell::number(t.cutting_s.map(|s| s / 60.0), 1),
            Cell::number(t.area_ha.map(|ha| ha * MU_PER_HA), 2),
            Cell::number(t.harvested_kg_mu(), 1),
        ];
        cells.extend(interval(t.loss_pct, 2));
        cells.push(Cell::number(loss_mu, 2));
        cells.push(Cell::Text(text.basis_of_parts(t.basis, t.stream_bases)));
        cells.push(Cell::text(s.limit.as_ref().map(|judged| text.bilingual(&judged.limit.name)).as_deref()));
        cells.push(Cell::Text(comparison(s.limit.as_ref(), text)));
        cells.push(Cell::number(t.turning_cuts.map(|n| n as f64), 0));
        cells.push(Cell::number(t.luggings.map(|n| n as f64), 0));
        cells.push(Cell::Number(s.alarms.len() as f64, 0));
        cells
    };
    Table { heads: heads(text, false, &keys), rows: report.sessions.iter().map(row).collect() }
}

/// The comparison of the loss with a limit, in words.
fn comparison(judged: Option<&JudgedLimit>, text: &ReportText) -> String {
    let comparison = judged.and_then(|judged| judged.comparison);
    comparison.map_or_else(|| text.unknown(), |found| text.get(&format!("report-standing-{}", found.word())))
}

/// The names, totals and means of a session, each with its value in words.
pub fn facts(s: &SessionReport, text: &ReportText) -> Vec<(String, String)> {
    let t = &s.totals;
    let mut facts = Vec::new();
    let mut add = |key: &str, value: String| facts.push((text.get(&format!("report-{key}")), value));
    add("session", s.id.to_string());
    if let Some(original) = s.revision_of {
        add("revision-of", original.to_string());
    }
    add("start", with_zone(s.started_us));
    add("last", s.last_us.map_or_else(|| text.unknown(), with_zone));
    let end = s.end_reason.as_ref().map_or_else(|| "open".to_owned(), |reason| reason.replace(' ', "-"));
    add("end", text.word("end-", &end));
    add("machine", s.machine.clone());
    add("crop", text.crop(&s.crop));
    if !s.crop_said.is_empty() {
        let said = |(t_us, crop): &(i64, CropConditions)| format!("{} {}", time_of_day(*t_us), text.crop_said(crop));
        add("crop-said", s.crop_said.iter().map(said).collect::<Vec<_>>().join("; "));
    }
    if !s.checks.is_empty() {
        add("checks", s.checks.iter().filter_map(|event| text.check(event)).collect::<Vec<_>>().join("; "));
    }
    if !s.test_cuts.is_empty() {
        let one = |cut: &EventRecord| Some(format!("{} {}", time_of_day(cut.t_us), text.test_cut(cut)?));
        add("test-cuts", s.test_cuts.iter().filter_map(one).collect::<Vec<_>>().join("; "));
    }
    if !s.by_travel.is_empty() {
        let known = Travel::ALL.into_iter().filter_map(|travel| text.travel_loss(travel, s.by_travel.of(travel)));
        add("by-travel", known.collect::<Vec<_>>().join("; "));
    }
    let entered = &s.entered;
    let names = [
        ("operator", &entered.operator),
        ("machine-name", &entered.machine_name),
        ("plate", &entered.plate),
        ("field", &entered.field),
        ("place", &entered.place),
        ("township", &entered.township),
    ];
    // A name that was not entered has no row.
    for (key, name) in names {
        if let Some(name) = name {
            add(key, name.clone());
        }
    }
    let minutes = |seconds: Option<f64>| text.number(seconds.map(|s| s / 60.0), 1, "min");
    add("duration", minutes(t.duration_s));
    add("cutting", minutes(t.cutting_s));
    let (mu, kg_mu) = (text.get("report-unit-mu"), text.get("report-unit-kg-mu"));
    let area = t.area_ha.map(|ha| format!("{:.2} {mu} = {ha:.3} ha", ha * MU_PER_HA));
    add("area", area.unwrap_or_else(|| text.unknown()));
    let per_mu = |loss: Option<Interval90>| loss.map(|loss| scaled(loss, 1.0 / MU_PER_HA));
    add("grain", text.interval(t.grain_kg, 0, "kg"));
    add("grain-area", text.interval(per_mu(t.grain_kg_ha()), 1, &kg_mu));
    add("yield", text.number(t.harvested_kg_mu(), 1, &kg_mu));
    let [header_kg, rear_kg, loss_kg] = losses_that_add([t.header_kg, t.rear_kg, t.loss_kg], 1);
    add("header-loss", text.interval(header_kg, 1, "kg"));
    add("rear-loss", text.interval(rear_kg, 1, "kg"));
    add("total-loss", text.interval(loss_kg, 1, "kg"));
    add("loss-area", text.interval(per_mu(t.loss_kg_ha()), 2, &kg_mu));
    add("loss-of-grain", text.interval(t.loss_pct, 2, "%"));
    add("loss-of-yield", text.interval(t.loss_pct_of_yield(), 2, "%"));
    add("basis", text.basis_of_parts(t.basis, t.stream_bases));
    if let Some(origin) = &s.calibration {
        add("calibration", text.calibration(origin, s.started_us));
    }
    if !s.pans.is_empty() {
        add("pans", pan_counts(&s.pans, text));
    }
    add("known", text.number(t.known_share.map(|share| share * 100.0), 1, "%"));
    let limit = s.limit.as_ref().map(|judged| {
        let (name, source) = (text.bilingual(&judged.limit.name), text.limit_document(&judged.limit));
        format!("{name} = {} % ({source}): {}", judged.limit.percent, comparison(s.limit.as_ref(), text))
    });
    add("limit", limit.unwrap_or_else(|| text.get("screen-no-limit")));
    let count = |n: Option<i64>| n.map_or_else(|| text.unknown(), |n| n.to_string());
    add("turns", count(t.turns));
    add("turning-cuts", format!("{} ({} s)", count(t.turning_cuts), s.activities.turning_cut_s));
    add("luggings", format!("{} ({} s)", count(t.luggings), s.activities.lugging_s));
    add("alarms", s.alarms.len().to_string());
    add("moisture", text.number(s.moisture_pct, 1, "%"));
    add("header-height", text.number(s.header_height_m.map(|m| m * 100.0), 1, "cm"));
    add("width", text.number(s.working_width_m, 2, "m"));
    add("source", s.source.clone());
    add("clock", s.clock.clone());
    add("software", s.software.clone());
    add("profile", s.profile_sha256.clone());
    let seal = s.seal.as_ref().map_or_else(
        || text.get("report-seal-none"),
        |seal| match (&seal.signature, &seal.public_key) {
            (Some(signature), Some(key)) => format!("{} · Ed25519 {signature} · {key}", seal.root),
            _ => format!("{} · {}", seal.root, text.get("report-unsigned")),
        },
    );
    add("seal", seal);
    facts
}

/// Every limit in use for the crop.
pub fn limits(s: &SessionReport, text: &ReportText) -> Table {
    let row = |judged: &JudgedLimit| {
        let limit = &judged.limit;
        vec![
            Cell::Text(text.bilingual(&limit.name)),
            Cell::Number(limit.percent, 2),
            Cell::Text(comparison(Some(judged), text)),
            Cell::Text(text.limit_source(limit)),
            Cell::Text(limit.id.clone()),
            Cell::text(limit.mode.map(|mode| text.get(&format!("harvest-mode-{}", mode.word()))).as_deref()),
            Cell::number(limit.broken_percent, 1),
            Cell::number(limit.impurity_percent, 1),
            Cell::number(limit.stubble_m.map(|m| m * 100.0), 0),
            Cell::Text(text.get(&format!("limit-standing-{}", limit.standing.word()))),
        ]
    };
    let keys = [
        "limit",
        "limit-percent",
        "standing",
        "limit-source",
        "limit-id",
        "limit-mode",
        "limit-broken",
        "limit-impurity",
        "limit-stubble",
        "limit-verified",
    ];
    Table { heads: heads(text, false, &keys), rows: s.limits.iter().map(row).collect() }
}

/// One row for each minute.
pub fn minutes(sessions: &[SessionReport], text: &ReportText) -> Table {
    Table { heads: minute_heads(sessions, text), rows: minute_rows(sessions, text).collect() }
}

/// The heads of the minutes.
pub fn minute_heads(sessions: &[SessionReport], text: &ReportText) -> Vec<String> {
    let keys = [
        "minute",
        "seconds",
        "cutting-s",
        "known-s",
        "speed",
        "feed",
        "height",
        "engine",
        "moisture",
        "grain",
        "header-loss",
        "lo",
        "hi",
        "rear-loss",
        "lo",
        "hi",
        "loss-pct",
        "lo",
        "hi",
        "basis",
        "alarm-level",
    ];
    heads(text, sessions.len() > 1, &keys)
}

/// The rows of the minutes, made one at a time: a season has tens of thousands.
pub fn minute_rows(sessions: &[SessionReport], text: &ReportText) -> impl Iterator<Item = Vec<Cell>> {
    rows(
        sessions,
        |s| s.minutes.as_slice(),
        |m| {
            let mut cells = vec![
                Cell::Time(m.start_us),
                Cell::Number(f64::from(m.seconds), 0),
                Cell::Number(f64::from(m.cutting_s), 0),
                Cell::Number(f64::from(m.known_s), 0),
                Cell::number(m.ground_speed_m_s.map(|v| v * KM_H), 2),
                Cell::number(m.feed_kg_s, 2),
                Cell::number(m.header_height_m.map(|h| h * 100.0), 1),
                Cell::number(m.engine_rpm, 0),
                Cell::number(m.moisture_pct, 1),
                Cell::number(m.grain_kg, 1),
            ];
            cells.extend(interval(m.header_kg, 3));
            cells.extend(interval(m.rear_kg, 3));
            cells.extend(interval(m.loss_pct, 2));
            cells.push(m.basis.map_or(Cell::Empty, |basis| Cell::Text(text.basis(Some(basis)))));
            cells.push(Cell::Number(f64::from(m.alarm_level), 0));
            cells
        },
    )
}

/// The name of a stream, a setting or a channel in words; a name that is none of them stays as it is.
fn name_of(name: &str, text: &ReportText) -> String {
    let key = name.replace('.', "-");
    let found = ["stream-", "report-setting-", "channel-"].map(|prefix| text.word(prefix, &key));
    found.into_iter().find(|found| *found != key).unwrap_or_else(|| name.to_owned())
}

/// The alarms.
pub fn alarms(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["raised", "alarm", "stream", "level", "alarm-loss", "cleared", "seen", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.alarms.as_slice(),
        |alarm| {
            let a = &alarm.stored;
            let name = alarm.excess.map_or_else(
                || text.word("report-alarm-", &a.alarm),
                |excess| text.word("report-alarm-loss-level-", excess.word()),
            );
            let level = match (alarm.excess, a.level) {
                (Some(Excess::Probable), _) | (_, Some(0)) => Some(text.get("alarm-notice")),
                (_, level) => level.map(|level| text.word("alarm-level-", &level.to_string())),
            };
            vec![
                Cell::Time(a.raised_us),
                Cell::Text(name),
                Cell::text(a.stream.as_ref().map(|stream| name_of(stream, text)).as_deref()),
                Cell::text(level.as_deref()),
                Cell::number(a.loss_pct, 2),
                Cell::time(a.cleared_us),
                Cell::time(a.acknowledged_us),
                Cell::text(a.acknowledged_by.as_deref()),
            ]
        },
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// What a notice is about, in words.
fn notice(event: &EventRecord, text: &ReportText) -> String {
    let what = match &*event.kind {
        "notice" => return text.word("report-notice-", &event.id),
        "trouble" | "trouble-over" => trouble(event, text),
        kind if kind.starts_with("symptom-") => text.symptom(&event.id),
        _ => text.word("doubt-", &event.id),
    };
    format!("{}: {what}", text.word("event-", &event.kind))
}

/// A trouble code in words, the controller that reported it, and the gravest lamp that it had on.
fn trouble(event: &EventRecord, text: &ReportText) -> String {
    let mut what = text.trouble(&event.id);
    if let Some(address) = &event.stream {
        what = format!("{what} ({})", text.with("trouble-from", &[("address", address)]));
    }
    // As the journal numbers them; nothing for a number that it does not.
    let lamp = event.value.and_then(|value| ["malfunction", "protect", "amber", "red"].get((value - 1.0) as usize));
    if let Some(lamp) = lamp.filter(|_| event.kind == "trouble" && event.value.is_some_and(|value| value >= 1.0)) {
        what = format!("{what}, {}", text.get(&format!("lamp-{lamp}")));
    }
    what
}

/// The notices: operator faults, trouble codes and readings that contradict each other, one row each.
pub fn notices(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["time", "fault", "count"];
    let rows = rows(
        sessions,
        |s| s.notices.as_slice(),
        |n| vec![Cell::Time(n.t_us), Cell::Text(notice(n, text)), Cell::number(n.count.map(|n| n as f64), 0)],
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// The settings of the machine.
pub fn settings(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["from", "setting", "value", "unit", "origin", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.settings.as_slice(),
        |setting| {
            vec![
                Cell::Time(setting.t_us),
                Cell::Text(name_of(&setting.setting, text)),
                Cell::number(setting.value, 3),
                Cell::text(setting.unit.as_deref()),
                Cell::Text(text.word("report-origin-", &setting.origin)),
                Cell::text(setting.who.as_deref()),
            ]
        },
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}
