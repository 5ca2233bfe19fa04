//! The tables of a report: the same for page, workbook and PDF.

use super::document::{Cell, Table};
use super::model::{Judged, Report, SessionReport, Totals, scaled};
use super::text::{MU_PER_HA, ReportText};
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::local_time::{date_and_time, zone_at};

/// Metres a second in kilometres an hour.
const KM_H: f64 = 3.6;

fn with_zone(t_us: i64) -> String {
    format!("{} {}", date_and_time(t_us), zone_at(t_us))
}

fn heads(tongue: &ReportText, many: bool, keys: &[&str]) -> Vec<String> {
    let session = many.then_some("session");
    session.iter().chain(keys).map(|key| tongue.get(&format!("report-col-{key}"))).collect()
}

/// Rows of several sessions, each with its number in front when there are several.
fn rows<'a, T: 'a>(
    sessions: &'a [SessionReport],
    of: impl Fn(&'a SessionReport) -> &'a [T],
    row: impl Fn(&'a T) -> Vec<Cell>,
) -> impl Iterator<Item = Vec<Cell>> {
    let number = |id: i64| (sessions.len() > 1).then_some(Cell::Number(id as f64, 0));
    let all = sessions.iter().flat_map(move |session| of(session).iter().map(move |one| (session.id, one)));
    all.map(move |(id, one)| number(id).into_iter().chain(row(one)).collect())
}

fn value(band: Option<Interval90>) -> Option<f64> {
    band.map(|band| band.value)
}

fn edges(band: Option<Interval90>, decimals: usize) -> [Cell; 3] {
    [value(band), band.map(|b| b.lo), band.map(|b| b.hi)].map(|number| Cell::number(number, decimals))
}

/// Every session in a row.
pub fn overview(report: &Report, tongue: &ReportText) -> Table {
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
            Cell::Text(tongue.crop(&s.crop)),
            Cell::number(t.cutting_s.map(|s| s / 60.0), 1),
            Cell::number(t.area_ha.map(|ha| ha * MU_PER_HA), 2),
            Cell::number(harvested_kg_mu(t), 1),
        ];
        cells.extend(edges(t.loss_pct, 2));
        cells.push(Cell::number(loss_mu, 2));
        cells.push(Cell::Text(tongue.basis(t.basis)));
        cells.push(Cell::text(s.limit.as_ref().map(|judged| tongue.bilingual(&judged.limit.name)).as_deref()));
        cells.push(Cell::Text(standing(s.limit.as_ref(), tongue)));
        cells.push(Cell::number(t.turning_cuts.map(|n| n as f64), 0));
        cells.push(Cell::number(t.luggings.map(|n| n as f64), 0));
        cells.push(Cell::Number(s.alarms.len() as f64, 0));
        cells
    };
    Table { heads: heads(tongue, false, &keys), rows: report.sessions.iter().map(row).collect() }
}

/// What was harvested, without what was lost, kg/mu.
pub fn harvested_kg_mu(totals: &Totals) -> Option<f64> {
    let grain = totals.grain_kg_ha()?.value / MU_PER_HA;
    Some(grain * (1.0 - totals.loss_pct?.value / 100.0))
}

/// How a loss stands against a limit, in words.
pub fn standing(judged: Option<&Judged>, tongue: &ReportText) -> String {
    let standing = judged.and_then(|judged| judged.standing);
    standing.map_or_else(|| tongue.unknown(), |standing| tongue.get(&format!("report-standing-{}", standing.word())))
}

/// Everything that is known of a session in figures and names.
pub fn facts(s: &SessionReport, tongue: &ReportText) -> Vec<(String, String)> {
    let t = &s.totals;
    let mut facts = Vec::new();
    let mut add = |key: &str, text: String| facts.push((tongue.get(&format!("report-{key}")), text));
    add("session", s.id.to_string());
    if let Some(original) = s.revision_of {
        add("revision-of", original.to_string());
    }
    add("start", with_zone(s.started_us));
    add("last", s.last_us.map_or_else(|| tongue.unknown(), with_zone));
    let end = s.end_reason.as_ref().map_or_else(|| "open".to_owned(), |reason| reason.replace(' ', "-"));
    add("end", tongue.word("end-", &end));
    add("machine", s.machine.clone());
    add("crop", tongue.crop(&s.crop));
    let entered = &s.entered;
    let names = [
        ("operator", &entered.operator),
        ("machine-name", &entered.machine_name),
        ("plate", &entered.plate),
        ("field", &entered.field),
        ("place", &entered.place),
        ("township", &entered.township),
    ];
    // Who was not entered is not asked for here either.
    for (key, name) in names {
        if let Some(name) = name {
            add(key, name.clone());
        }
    }
    let minutes = |seconds: Option<f64>| tongue.number(seconds.map(|s| s / 60.0), 1, "min");
    add("duration", minutes(t.duration_s));
    add("cutting", minutes(t.cutting_s));
    let (mu, kg_mu) = (tongue.get("report-unit-mu"), tongue.get("report-unit-kg-mu"));
    let area = t.area_ha.map(|ha| format!("{:.2} {mu} = {ha:.3} ha", ha * MU_PER_HA));
    add("area", area.unwrap_or_else(|| tongue.unknown()));
    let per_mu = |band: Option<Interval90>| band.map(|band| scaled(band, 1.0 / MU_PER_HA));
    add("grain", tongue.band(t.grain_kg, 0, "kg"));
    add("grain-area", tongue.band(per_mu(t.grain_kg_ha()), 1, &kg_mu));
    add("yield", tongue.number(harvested_kg_mu(t), 1, &kg_mu));
    add("header-loss", tongue.band(t.header_kg, 1, "kg"));
    add("rear-loss", tongue.band(t.rear_kg, 1, "kg"));
    add("total-loss", tongue.band(t.loss_kg, 1, "kg"));
    add("loss-area", tongue.band(per_mu(t.loss_kg_ha()), 2, &kg_mu));
    add("loss-of-grain", tongue.band(t.loss_pct, 2, "%"));
    add("loss-of-yield", tongue.band(t.loss_pct_of_yield(), 2, "%"));
    add("basis", tongue.basis(t.basis));
    add("known", tongue.number(t.known_share.map(|share| share * 100.0), 1, "%"));
    let limit = s.limit.as_ref().map(|judged| {
        let (name, source) = (tongue.bilingual(&judged.limit.name), &judged.limit.source);
        format!("{name} = {} % ({source}): {}", judged.limit.percent, standing(s.limit.as_ref(), tongue))
    });
    add("limit", limit.unwrap_or_else(|| tongue.get("screen-no-limit")));
    let count = |n: Option<i64>| n.map_or_else(|| tongue.unknown(), |n| n.to_string());
    add("turns", count(t.turns));
    add("turning-cuts", format!("{} ({} s)", count(t.turning_cuts), s.activities.turning_cut_s));
    add("luggings", format!("{} ({} s)", count(t.luggings), s.activities.lugging_s));
    add("alarms", s.alarms.len().to_string());
    add("moisture", tongue.number(s.moisture_pct, 1, "%"));
    add("header-height", tongue.number(s.header_height_m.map(|m| m * 100.0), 1, "cm"));
    add("width", tongue.number(s.working_width_m, 2, "m"));
    add("source", s.source.clone());
    add("clock", s.clock.clone());
    add("software", s.software.clone());
    add("profile", s.profile_sha256.clone());
    let seal = s.seal.as_ref().map_or_else(
        || tongue.get("report-seal-none"),
        |seal| match (&seal.signature, &seal.public_key) {
            (Some(signature), Some(key)) => format!("{} · Ed25519 {signature} · {key}", seal.root),
            _ => format!("{} · {}", seal.root, tongue.get("report-unsigned")),
        },
    );
    add("seal", seal);
    facts
}

/// Every limit in use for the crop.
pub fn limits(s: &SessionReport, tongue: &ReportText) -> Table {
    let row = |judged: &Judged| {
        let limit = &judged.limit;
        vec![
            Cell::Text(tongue.bilingual(&limit.name)),
            Cell::Number(limit.percent, 2),
            Cell::Text(standing(Some(judged), tongue)),
            Cell::Text(limit.source.clone()),
            Cell::Text(limit.id.clone()),
        ]
    };
    let keys = ["limit", "limit-percent", "standing", "limit-source", "limit-id"];
    Table { heads: heads(tongue, false, &keys), rows: s.limits.iter().map(row).collect() }
}

/// A row a minute.
pub fn minutes(sessions: &[SessionReport], tongue: &ReportText) -> Table {
    Table { heads: minute_heads(sessions, tongue), rows: minute_rows(sessions, tongue).collect() }
}

/// The heads over the minutes.
pub fn minute_heads(sessions: &[SessionReport], tongue: &ReportText) -> Vec<String> {
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
    heads(tongue, sessions.len() > 1, &keys)
}

/// The minutes one by one: a season has tens of thousands.
pub fn minute_rows(sessions: &[SessionReport], tongue: &ReportText) -> impl Iterator<Item = Vec<Cell>> {
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
            cells.extend(edges(m.header_kg, 3));
            cells.extend(edges(m.rear_kg, 3));
            cells.extend(edges(m.loss_pct, 2));
            cells.push(m.basis.map_or(Cell::Empty, |basis| Cell::Text(tongue.basis(Some(basis)))));
            cells.push(Cell::Number(f64::from(m.alarm_level), 0));
            cells
        },
    )
}

/// A stream of loss, a channel or a setting by its name; what somebody called it otherwise stays.
fn place(name: &str, tongue: &ReportText) -> String {
    let key = name.replace('.', "-");
    let found = ["stream-", "report-setting-", "channel-"].map(|prefix| tongue.word(prefix, &key));
    found.into_iter().find(|found| *found != key).unwrap_or_else(|| name.to_owned())
}

/// The drop pans.
pub fn pans(sessions: &[SessionReport], tongue: &ReportText) -> Table {
    let keys = [
        "pan-dropped",
        "pan-kind",
        "pan-area",
        "pan-kernels",
        "pan-grams",
        "pan-grain",
        "pan-concentration",
        "pan-shed",
        "pan-ground",
        "pan-who",
        "pan-outcome",
        "pan-ratio",
        "pan-weight",
    ];
    let rows = rows(
        sessions,
        |s| s.pans.as_slice(),
        |p| {
            let outcome = match p.outcome.as_str() {
                "used" => tongue.get("report-pan-used"),
                why => tongue.word("pan-", why),
            };
            vec![
                Cell::Time(p.dropped_us),
                Cell::Text(tongue.word("report-pan-", &p.kind)),
                Cell::Number(p.area_m2, 3),
                Cell::number(p.kernels, 0),
                Cell::number(p.grams, 2),
                Cell::Number(p.grain_kg * 1000.0, 2),
                Cell::Number(p.concentration, 2),
                Cell::number(p.shed_kg_m2.map(|kg| kg * 1000.0), 2),
                Cell::Number(
                    p.grain_kg * 1000.0 / p.area_m2 / p.concentration - p.shed_kg_m2.unwrap_or(0.0) * 1000.0,
                    2,
                ),
                Cell::text(p.who.as_deref()),
                Cell::Text(outcome),
                Cell::number(p.log_found_over_expected.map(f64::exp), 2),
                Cell::number(p.weight, 2),
            ]
        },
    );
    Table { heads: heads(tongue, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// The alarms.
pub fn alarms(sessions: &[SessionReport], tongue: &ReportText) -> Table {
    let keys = ["raised", "alarm", "stream", "level", "alarm-loss", "cleared", "seen", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.alarms.as_slice(),
        |a| {
            vec![
                Cell::Time(a.raised_us),
                Cell::Text(tongue.word("report-alarm-", &a.alarm)),
                Cell::text(a.stream.as_ref().map(|stream| place(stream, tongue)).as_deref()),
                Cell::text(a.level.map(|level| tongue.word("alarm-level-", &level.to_string())).as_deref()),
                Cell::number(a.loss_pct, 2),
                Cell::time(a.cleared_us),
                Cell::time(a.acknowledged_us),
                Cell::text(a.acknowledged_by.as_deref()),
            ]
        },
    );
    Table { heads: heads(tongue, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// Operator faults, one by one.
pub fn notices(sessions: &[SessionReport], tongue: &ReportText) -> Table {
    let keys = ["time", "fault", "count"];
    let rows = rows(
        sessions,
        |s| s.notices.as_slice(),
        |n| {
            vec![
                Cell::Time(n.t_us),
                Cell::Text(tongue.word("report-notice-", &n.id)),
                Cell::number(n.count.map(|n| n as f64), 0),
            ]
        },
    );
    Table { heads: heads(tongue, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// The settings of the machine.
pub fn settings(sessions: &[SessionReport], tongue: &ReportText) -> Table {
    let keys = ["from", "setting", "value", "unit", "origin", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.settings.as_slice(),
        |setting| {
            vec![
                Cell::Time(setting.t_us),
                Cell::Text(place(&setting.setting, tongue)),
                Cell::number(setting.value, 3),
                Cell::text(setting.unit.as_deref()),
                Cell::Text(tongue.word("report-origin-", &setting.origin)),
                Cell::text(setting.who.as_deref()),
            ]
        },
    );
    Table { heads: heads(tongue, sessions.len() > 1, &keys), rows: rows.collect() }
}
