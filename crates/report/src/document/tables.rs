//! The tables of a report: the same for page, workbook and PDF.

use super::columns::{heads, rows};
use super::content::{Cell, Table};
use super::pan_table::pan_counts;
use super::sentence::verdict_words;
use crate::model::{JudgedLimit, MU_PER_HA, Report, SessionReport, scaled};
use crate::text::ReportText;
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::harvest::Interval90;
use grainloss_core::record::EventRecord;
use grainloss_core::rounding::losses_that_add;
use grainloss_knowledge::local_time::{date_time_zone, time_of_day};

/// Kilometres an hour in a metre a second.
const KM_H: f64 = 3.6;

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
        let name = text.machine(s.entered.machine_name.as_deref(), &s.machine);
        let loss_mu = t.loss_kg_ha().map(|loss| loss.value / MU_PER_HA);
        let mut cells = vec![
            Cell::Number(s.id as f64, 0),
            Cell::Time(s.started_us),
            Cell::text(s.entered.operator.as_deref()),
            Cell::Text(name),
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
        cells.push(Cell::Text(verdict_words(s.limit.as_ref(), text)));
        cells.push(Cell::number(t.turning_cuts.map(|n| n as f64), 0));
        cells.push(Cell::number(t.luggings.map(|n| n as f64), 0));
        cells.push(Cell::Number(s.alarms.len() as f64, 0));
        cells
    };
    Table { heads: heads(text, false, &keys), rows: report.sessions.iter().map(row).collect() }
}

/// The names, totals and means of a session, each with its value in words.
pub fn facts(s: &SessionReport, text: &ReportText) -> Vec<(String, String)> {
    keyed_facts(s, text).into_iter().map(|(key, value)| (text.get(&format!("report-{key}")), value)).collect()
}

/// The same without what [`figures`] has as numbers.
#[cfg(feature = "xlsx")]
pub fn named_facts(s: &SessionReport, text: &ReportText) -> Vec<(String, String)> {
    let facts = keyed_facts(s, text).into_iter().filter(|(key, _)| !FIGURES.contains(key));
    facts.map(|(key, value)| (text.get(&format!("report-{key}")), value)).collect()
}

/// The facts that [`figures`] has.
#[cfg(feature = "xlsx")]
const FIGURES: [&str; 21] = [
    "duration",
    "cutting",
    "area",
    "grain",
    "grain-area",
    "yield",
    "header-loss",
    "rear-loss",
    "total-loss",
    "loss-area",
    "loss-of-grain",
    "loss-of-yield",
    "known",
    "turns",
    "turning-cuts",
    "luggings",
    "alarms",
    "moisture",
    "header-height",
    "width",
    "front-money",
];

/// The figures of a session as numbers: name with unit, value, and the edges of the interval where there is one.
#[cfg(feature = "xlsx")]
pub fn figures(s: &SessionReport, text: &ReportText) -> Table {
    let t = &s.totals;
    let (mu, kg_mu) = (text.get("report-unit-mu"), text.get("report-unit-kg-mu"));
    let per_mu = |loss: Option<Interval90>| loss.map(|loss| scaled(loss, 1.0 / MU_PER_HA));
    let one = |value: Option<f64>, decimals: usize| [Cell::number(value, decimals), Cell::Empty, Cell::Empty];
    let count = |n: Option<i64>| one(n.map(|n| n as f64), 0);
    let ([header_kg, rear_kg, loss_kg], decimals) = super::front::losses_kg(s);
    let money = super::front::money(s);
    let rows: Vec<(&str, &str, [Cell; 3])> = vec![
        ("area", &mu, one(t.area_ha.map(|ha| ha * MU_PER_HA), 2)),
        ("area", "ha", one(t.area_ha, 3)),
        ("grain", "kg", interval(t.grain_kg, 0)),
        ("grain-area", &kg_mu, interval(per_mu(t.grain_kg_ha()), 1)),
        ("yield", &kg_mu, one(t.harvested_kg_mu(), 1)),
        ("header-loss", "kg", interval(header_kg, decimals)),
        ("rear-loss", "kg", interval(rear_kg, decimals)),
        ("total-loss", "kg", interval(loss_kg, decimals)),
        ("loss-area", &kg_mu, interval(per_mu(t.loss_kg_ha()), 2)),
        ("loss-of-grain", "%", interval(t.loss_pct, 2)),
        ("loss-of-yield", "%", interval(t.loss_pct_of_yield(), 2)),
        ("front-money", "", interval(money, 1)),
        ("duration", "min", one(t.duration_s.map(|s| s / 60.0), 1)),
        ("cutting", "min", one(t.cutting_s.map(|s| s / 60.0), 1)),
        ("known", "%", one(t.known_share.map(|share| share * 100.0), 1)),
        ("turns", "", count(t.turns)),
        ("turning-cuts", "", count(t.turning_cuts)),
        ("luggings", "", count(t.luggings)),
        ("alarms", "", one(Some(s.alarms.len() as f64), 0)),
        ("moisture", "%", one(s.moisture_pct, 1)),
        ("header-height", "cm", one(s.header_height_m.map(|m| m * 100.0), 1)),
        ("width", "m", one(s.working_width_m, 2)),
    ];
    let row = |(key, unit, cells): (&str, &str, [Cell; 3])| {
        let name = text.get(&format!("report-{key}"));
        let name = if unit.is_empty() { name } else { format!("{name} ({unit})") };
        std::iter::once(Cell::Text(name)).chain(cells).collect()
    };
    // Without a price the row says so by being empty; unknown is no 0.
    let keys = ["item", "value", "lo", "hi"];
    Table { heads: heads(text, false, &keys), rows: rows.into_iter().map(row).collect() }
}

fn keyed_facts(s: &SessionReport, text: &ReportText) -> Vec<(&'static str, String)> {
    let t = &s.totals;
    let mut facts = Vec::new();
    let mut add = |key: &'static str, value: String| facts.push((key, value));
    add("session", s.id.to_string());
    if let Some(original) = s.revision_of {
        add("revision-of", original.to_string());
    }
    add("start", date_time_zone(s.started_us));
    add("last", s.last_us.map_or_else(|| text.unknown(), date_time_zone));
    let end = s.end_reason.as_ref().map_or_else(|| "open".to_owned(), |reason| reason.replace(' ', "-"));
    add("end", text.word("end-", &end));
    add("machine", text.machine(None, &s.machine));
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
        format!("{name} = {} % ({source}): {}", judged.limit.percent, verdict_words(s.limit.as_ref(), text))
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
    add("source", text.source(&s.source));
    add("clock", text.word("clock-", &s.clock));
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
            Cell::Text(verdict_words(Some(judged), text)),
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
