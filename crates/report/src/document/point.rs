//! A measured point in words: what was entered, the arithmetic line by line, the verdict, the machine's estimate apart.

use serde_json::Value;

use super::content::{Block, Cell, Document, Paper, Section, Table};
use crate::points::PointReport;
use crate::text::ReportText;
use grainloss_core::measured_point::{AREA_FIELDS, AreaKind, AreaResult, FIELDS, MeasuredPoint, PointArea};
use grainloss_knowledge::QualityVerdict;
use grainloss_knowledge::local_time::date_time_zone;

/// The text key of an item's name.
pub(crate) fn label(key: &str) -> String {
    format!("point-{}", key.replace(['.', '_'], "-"))
}

/// The value of an item in words; empty when it was not entered.
pub(crate) fn shown(point: &MeasuredPoint, key: &str, text: &ReportText) -> String {
    let value = point.value(key);
    match (key, &value) {
        (_, Value::Null) => String::new(),
        ("crop", Value::String(crop)) => text.crop(crop),
        ("mode", Value::String(word)) => text.word("harvest-mode-", word),
        ("head.lodging", Value::String(word)) => text.word("point-lodging-", word),
        (_, Value::String(word)) => word.clone(),
        (_, Value::Bool(yes)) => text.get(if *yes { "point-yes" } else { "point-no" }),
        (_, Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        (_, number) => number.as_f64().map_or_else(|| number.to_string(), figure),
    }
}

/// A number without zeros that say nothing, with six decimals at most.
pub(crate) fn figure(value: f64) -> String {
    let text = format!("{value:.6}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// What was entered, but for the areas: names and values.
pub fn point_facts(report: &PointReport, text: &ReportText) -> Vec<(String, String)> {
    let point = &report.point;
    let entered = FIELDS.iter().map(|field| (text.get(&label(field.key)), shown(point, field.key, text)));
    let mut facts: Vec<(String, String)> = entered.filter(|(_, value)| !value.is_empty()).collect();
    for photo in &point.photo {
        let hash = photo.sha256.as_ref().map_or_else(String::new, |hash| format!(" (SHA-256 {hash})"));
        facts.push((text.get("point-photo"), format!("{}{hash}", photo.name)));
    }
    let stored = &report.stored;
    if stored.id > 0 {
        facts.push((text.get("point-stored"), date_time_zone(stored.made_us)));
    }
    let number = |id: Option<i64>| id.map(|id| id.to_string());
    let later = [
        ("point-corrects", number(stored.corrects)),
        ("point-corrected-by", number(stored.corrected_by)),
        ("point-who", stored.who.clone()),
        ("point-why", stored.why.clone()),
    ];
    facts.extend(later.into_iter().filter_map(|(key, value)| Some((text.get(key), value?))));
    facts
}

/// The areas as they were entered, with their results.
pub fn point_areas(report: &PointReport, text: &ReportText) -> Table {
    let mut heads = vec![text.get("point-area-n")];
    heads.extend(AREA_FIELDS.iter().map(|field| text.get(&label(&format!("area.{}", field.key)))));
    heads.extend(
        ["area-m2", "area-found", "area-shed", "area-loss", "area-rate"].map(|key| text.get(&format!("point-{key}"))),
    );
    let row = |(n, (area, result)): (usize, (&PointArea, &AreaResult))| {
        let entered =
            [area.length_m, area.width_m, area.ground_g, area.straw_g, area.unthreshed_g, area.total_g, area.kernels];
        let mut cells = vec![Cell::Number((n + 1) as f64, 0), Cell::Text(kind(area.kind, text))];
        cells.extend(entered.map(|value| value.map_or(Cell::Empty, |value| Cell::Text(figure(value)))));
        cells.extend([
            Cell::number(result.area_m2, 3),
            Cell::number(result.found_g, 3),
            Cell::number(result.shed_g, 3),
            Cell::number(result.loss_g_m2, 3),
            Cell::number(result.loss_pct, 3),
        ]);
        cells
    };
    let both = report.point.area.iter().zip(&report.result.areas);
    Table { heads, rows: both.enumerate().map(row).collect() }
}

fn kind(kind: AreaKind, text: &ReportText) -> String {
    text.get(&format!("point-kind-{}", kind.word()))
}

/// The arithmetic, a line for each step.
pub fn point_arithmetic(report: &PointReport, text: &ReportText) -> Vec<String> {
    let (point, result) = (&report.point, &report.result);
    let unknown = || text.unknown();
    let some = |value: Option<f64>| value.map_or_else(unknown, |value| format!("{value:.3}"));
    let mut lines = Vec::new();
    let mut say = |key: &str, values: &[(&str, &str)]| lines.push(text.with(&format!("point-sum-{key}"), values));
    match (point.shed.grams, point.shed.area_m2, result.shed_g_m2) {
        (Some(grams), Some(area), Some(per)) => {
            say("shed", &[("grams", &figure(grams)), ("area", &figure(area)), ("per", &format!("{per:.3}"))]);
        }
        _ => say("shed-cleared", &[]),
    }
    let grain = &point.grain;
    let corrected = grain.lost_moisture_pct.is_some() || grain.yield_moisture_pct.is_some();
    if corrected {
        let base = figure(report.base_moisture_pct);
        let factors = [
            ("moisture-lost", grain.lost_moisture_pct.or(grain.moisture_pct), result.lost_factor),
            ("moisture-yield", grain.yield_moisture_pct.or(grain.moisture_pct), result.yield_factor),
        ];
        for (key, moisture, factor) in factors {
            let moisture = moisture.map_or_else(unknown, figure);
            say(key, &[("moisture", &moisture), ("base", &base), ("factor", &format!("{factor:.5}"))]);
        }
    } else {
        say("moisture-same", &[]);
    }
    let times = |factor: f64| if corrected { format!(" × {factor:.5}") } else { String::new() };
    for (n, (area, of_it)) in point.area.iter().zip(&result.areas).enumerate() {
        let n = (n + 1).to_string();
        let found = if let (None, Some(kernels), Some(tkw)) = (area.total_g, area.kernels, grain.tkw_g) {
            let values = [("kernels", &*figure(kernels)), ("tkw", &*figure(tkw)), ("found", &*some(of_it.found_g))];
            text.with("point-sum-counted", &values)
        } else if let Some(total) = area.total_g {
            figure(total)
        } else {
            let parts = [area.ground_g, area.straw_g, area.unthreshed_g].into_iter().flatten().map(figure);
            format!("{} = {}", parts.collect::<Vec<_>>().join(" + "), some(of_it.found_g))
        };
        let [length, width] = [area.length_m, area.width_m].map(|value| value.map_or_else(unknown, figure));
        let values = [
            ("n", &*n),
            ("kind", &*kind(area.kind, text)),
            ("length", &*length),
            ("width", &*width),
            ("area", &*some(of_it.area_m2)),
            ("found", &*found),
            ("grams", &*some(of_it.found_g)),
            ("shed", &*some(of_it.shed_g)),
            ("factor", &*times(result.lost_factor)),
            ("loss", &*some(of_it.loss_g_m2)),
        ];
        say("area", &values);
    }
    for kind_result in &result.kinds {
        let k = |value: f64| format!("{value:.3}");
        let values = [
            ("kind", &*kind(kind_result.kind, text)),
            ("found", &*k(kind_result.found_g)),
            ("shed", &*k(kind_result.shed_g)),
            ("area", &*k(kind_result.area_m2)),
            ("factor", &*times(result.lost_factor)),
            ("loss", &*k(kind_result.loss_g_m2)),
        ];
        say("kind", &values);
    }
    if result.kinds.len() > 1 {
        let parts: Vec<String> = result.kinds.iter().map(|kind| format!("{:.3}", kind.loss_g_m2)).collect();
        say("total", &[("parts", &parts.join(" + ")), ("loss", &some(result.loss_g_m2))]);
    }
    match grain.yield_kg_mu {
        Some(kg) => {
            let values = [
                ("yield", &*figure(kg)),
                ("factor", &*times(result.yield_factor)),
                ("grams", &*some(result.yield_g_m2)),
            ];
            say("yield", &values);
            let values = [
                ("loss", &*some(result.loss_g_m2)),
                ("grams", &*some(result.yield_g_m2)),
                ("rate", &*some(result.loss_pct)),
            ];
            say("rate", &values);
        }
        None => say("no-yield", &[]),
    }
    lines.extend(quality_lines(report, text));
    lines
}

/// How broken grain and impurity were computed, where their masses were entered.
fn quality_lines(report: &PointReport, text: &ReportText) -> Vec<String> {
    let (quality, result) = (&report.point.quality, &report.result);
    let mut lines = Vec::new();
    let mut say = |key: &str, values: &[(&str, &str)]| lines.push(text.with(&format!("point-sum-{key}"), values));
    let impurity = quality.impurity_g.zip(quality.sample_g).filter(|_| quality.impurity_pct.is_none());
    if let (Some((impurity, sample)), Some(pct)) = (impurity, result.impurity_pct) {
        say("impurity", &[("part", &figure(impurity)), ("whole", &figure(sample)), ("rate", &format!("{pct:.3}"))]);
    }
    let broken = quality.broken_g.zip(quality.sample_g).filter(|_| quality.broken_pct.is_none());
    if let (Some((broken, sample)), Some(pct)) = (broken, result.broken_pct) {
        let impurity = figure(quality.impurity_g.unwrap_or(0.0));
        let values = [
            ("part", &*figure(broken)),
            ("whole", &*figure(sample)),
            ("impurity", &*impurity),
            ("rate", &*format!("{pct:.3}")),
        ];
        say("broken", &values);
    }
    lines
}

/// Every limit beside what was measured.
pub fn point_verdicts(report: &PointReport, text: &ReportText) -> Table {
    let heads = [
        "point-verdict-of",
        "point-verdict-measured",
        "point-verdict-limit",
        "point-verdict",
        "limits-verified",
        "limits-document",
    ];
    let row = |verdict: &QualityVerdict| {
        let unit = verdict.quality.unit();
        let with_unit = |value: f64, decimals: usize| format!("{value:.decimals$} {unit}");
        let measured = verdict.measured.map_or_else(|| text.get("point-not-measured"), |value| with_unit(value, 2));
        let comparison = verdict
            .comparison
            .map_or_else(|| text.unknown(), |found| text.get(&format!("report-standing-{}", found.word())));
        vec![
            Cell::Text(text.get(&format!("limits-{}", verdict.quality.word()))),
            Cell::Text(measured),
            Cell::Text(with_unit(verdict.limit, 1)),
            Cell::Text(comparison),
            Cell::Text(text.get(&format!("limit-standing-{}", verdict.entry.standing.word()))),
            Cell::Text(format!("{}: {}", text.bilingual(&verdict.entry.name), text.limit_document(&verdict.entry))),
        ]
    };
    Table { heads: heads.iter().map(|key| text.get(key)).collect(), rows: report.verdicts.iter().map(row).collect() }
}

/// What the machine estimated, as one line; `None` without a session.
pub fn point_estimate(report: &PointReport, text: &ReportText) -> Option<String> {
    let estimate = report.estimate?;
    let session = report.stored.session.map(|id| id.to_string()).unwrap_or_default();
    let (loss, basis) = (text.interval(estimate.loss_pct, 2, "%"), text.basis(estimate.basis));
    Some(text.with("point-estimate", &[("session", &session), ("loss", &loss), ("basis", &basis)]))
}

/// A number for its title: the survey's, and the journal's.
pub(crate) fn title(report: &PointReport, text: &ReportText) -> String {
    let id = report.stored.id.to_string();
    let in_survey = report.point.head.point.clone().unwrap_or_else(|| "—".to_owned());
    text.with("point-title", &[("id", &id), ("point", &in_survey)])
}

/// The sections of a point.
pub(crate) fn point_sections(report: &PointReport, text: &ReportText, level: u8) -> Vec<Section> {
    let id = report.stored.id;
    let section = |name: &str, heading: String, level: u8, blocks: Vec<Block>| Section {
        id: format!("point-{name}-{id}"),
        heading,
        level,
        blocks,
        new_page: false,
    };
    let lines = point_arithmetic(report, text).into_iter().map(Block::Note).collect();
    vec![
        section("head", title(report, text), level, vec![Block::Facts(point_facts(report, text))]),
        section("areas", text.get("point-head-areas"), 2, vec![Block::Table(point_areas(report, text))]),
        section("sum", text.get("point-head-arithmetic"), 2, lines),
        verdict_section(report, text),
    ]
}

/// The verdict, and the machine's estimate apart.
pub(crate) fn verdict_section(report: &PointReport, text: &ReportText) -> Section {
    let mut blocks = vec![Block::Table(point_verdicts(report, text)), Block::Note(text.get("point-note-verdict"))];
    if let Some(estimate) = point_estimate(report, text) {
        blocks.push(Block::Note(estimate));
        blocks.push(Block::Note(text.get("point-note-estimate")));
    }
    let id = format!("point-verdict-{}", report.stored.id);
    Section { id, heading: text.get("point-head-verdict"), level: 2, blocks, new_page: false }
}

/// Points as a document.
pub fn point_document(reports: &[PointReport], text: &ReportText) -> Document {
    let dated_us = reports.iter().map(|report| report.stored.made_us).max().unwrap_or(0);
    let sections = reports.iter().flat_map(|report| point_sections(report, text, 1)).collect();
    Document { title: text.get("point-document"), language: text.code(), dated_us, paper: Paper::A4Landscape, sections }
}

/// Points as a table, one a row: all that was entered, and the results.
pub fn point_table(reports: &[PointReport], text: &ReportText) -> Table {
    let results = [
        "point-result-areas",
        "point-result-m2",
        "point-result-found",
        "point-result-loss-g",
        "point-result-loss",
        "point-result-broken",
        "point-result-impurity",
    ];
    let mut heads = vec![text.get("point-number")];
    heads.extend(FIELDS.iter().map(|field| text.get(&label(field.key))));
    heads.extend(results.map(|key| text.get(key)));
    heads.push(text.get("point-photo"));
    let row = |report: &PointReport| {
        let (point, result) = (&report.point, &report.result);
        let mut cells = vec![Cell::Number(report.stored.id as f64, 0)];
        cells.extend(FIELDS.iter().map(|field| {
            let words = shown(point, field.key, text);
            match point.value(field.key).as_f64() {
                // As it was entered, without rounding.
                Some(value) => Cell::Number(value, words.split_once('.').map_or(0, |(_, decimals)| decimals.len())),
                None if words.is_empty() => Cell::Empty,
                None => Cell::Text(words),
            }
        }));
        let sum = |of: fn(&AreaResult) -> Option<f64>| result.areas.iter().map(of).sum::<Option<f64>>();
        cells.extend([
            Cell::Number(point.area.len() as f64, 0),
            Cell::number(sum(|area| area.area_m2), 3),
            Cell::number(sum(|area| area.found_g), 3),
            Cell::number(result.loss_g_m2, 3),
            Cell::number(result.loss_pct, 3),
            Cell::number(result.broken_pct, 3),
            Cell::number(result.impurity_pct, 3),
        ]);
        let photos: Vec<&str> = point.photo.iter().map(|photo| photo.name.as_str()).collect();
        cells.push(if photos.is_empty() { Cell::Empty } else { Cell::Text(photos.join(", ")) });
        cells
    };
    Table { heads, rows: reports.iter().map(row).collect() }
}
