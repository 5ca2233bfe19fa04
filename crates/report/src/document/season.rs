//! Page one of many sessions: a row for each crop, and drivers, machines and fields beside each other within a crop.

use super::bars;
use super::content::{Block, Cell, Section, Table};
use super::front::signatures;
use super::groups::{By, Compared, Group, compared, groups};
use super::sentence::{area_and_crop, short, verdict, verdict_words};
use super::tables;
use crate::model::{MU_PER_HA, Report};
use crate::text::ReportText;
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::local_time::date;

/// Most bars in a chart; the table has all.
const MOST_BARS: usize = 16;

/// The sections on all sessions together.
pub fn season(report: &Report, text: &ReportText) -> Vec<Section> {
    let crops = groups(report, By::Crop);
    let mut blocks = vec![Block::Lead(text.in_each(|text| sentence(report, &crops, text)))];
    if !report.asked.is_empty() {
        let asked = report.asked.iter().map(|(item, value)| (text.get(&format!("report-asked-{item}")), value.clone()));
        blocks.push(Block::Facts(asked.collect()));
    }
    blocks.push(Block::Table(totals(&crops, text)));
    blocks.push(Block::Note(text.get("report-note-totals")));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let sessions =
        report.sessions.iter().map(|s| (format!("{} · {}", s.id, date(s.started_us)), &s.crop, s.totals.loss_pct));
    let sessions: Vec<_> = sessions.collect();
    for (at, crop) in crops.iter().enumerate() {
        let limit = crop.limit.as_ref().map(|judged| judged.limit.percent);
        let rows: Vec<_> = (sessions.iter().filter(|(_, of, _)| **of == crop.crop))
            .map(|(name, _, loss)| (name.clone(), *loss))
            .collect();
        let caption = text.with("report-chart-sessions", &[("crop", &text.crop(&crop.crop))]);
        let newest = rows.len().saturating_sub(MOST_BARS);
        let chart = bars::rates("season-sessions", caption, &rows[newest..], limit, text);
        if at % 2 == 0 { &mut left } else { &mut right }.extend(chart.map(Block::Chart));
    }
    blocks.push(Block::Columns(vec![left, right]));
    blocks.push(signatures(text));
    let section = |id: &str, blocks: Vec<Block>, new_page: bool| Section {
        id: id.to_owned(),
        heading: text.get(&format!("report-{id}")),
        level: 1,
        blocks,
        new_page,
    };
    vec![
        section("season", blocks, false),
        section("compared", comparisons(report, text), true),
        section("sessions", vec![Block::Table(tables::overview(report, text))], true),
    ]
}

/// What all sessions are, and of each crop what was lost; per cent are never put together over crops.
pub fn sentence(report: &Report, crops: &[Group], text: &ReportText) -> String {
    let hours: f64 = crops.iter().map(|crop| crop.cutting_h).sum();
    let area = crops.iter().filter_map(|crop| crop.area_ha).sum::<f64>() * MU_PER_HA;
    let (n, hours, area) = (report.sessions.len().to_string(), short(hours), short(area));
    let mut said = text.with("report-say-season", &[("n", &n), ("hours", &hours), ("area", &area)]);
    for crop in crops {
        let of = area_and_crop(crop.area_ha, &crop.crop, text);
        let loss = crop.loss_pct.map_or_else(
            || text.unknown(),
            |Interval90 { value, lo, hi }| {
                text.with("report-say-loss", &[("loss", &short(value)), ("lo", &short(lo)), ("hi", &short(hi))])
            },
        );
        let verdict = crop_verdict(report, crop, text);
        said += &text.with("report-say", &[("area", &of), ("loss", &loss), ("verdict", &verdict)]);
        said += &text.get("report-say-end");
    }
    said
}

/// How a crop's loss stands beside its limit, as a part of a sentence.
fn crop_verdict(report: &Report, crop: &Group, text: &ReportText) -> String {
    let has_limit = report.sessions.iter().any(|s| s.crop == crop.crop && s.limit.is_some());
    if crop.limit.is_none() && has_limit {
        return text.get("report-say-several-limits");
    }
    verdict(crop.limit.as_ref(), crop.basis, crop.pans, text)
}

/// One row for each crop.
pub fn totals(crops: &[Group], text: &ReportText) -> Table {
    let keys = [
        "crop",
        "sessions-n",
        "hours",
        "area",
        "grain",
        "loss-kg",
        "lo",
        "hi",
        "loss-pct",
        "lo",
        "hi",
        "basis",
        "limit",
        "standing",
        "unknown-n",
    ];
    let row = |group: &Group| {
        let mut row = vec![Cell::Text(text.crop(&group.crop))];
        row.extend(figures(group));
        row.push(
            group
                .basis
                .map_or_else(|| Cell::Text(text.get("report-several")), |basis| Cell::Text(text.basis(Some(basis)))),
        );
        let limit = group.limit.as_ref();
        row.push(Cell::Text(
            limit.map_or_else(|| text.get("report-no-limit"), |judged| text.bilingual(&judged.limit.name)),
        ));
        row.push(Cell::Text(verdict_words(limit, text)));
        row.push(Cell::Number(group.unknown.len() as f64, 0));
        row
    };
    Table { heads: heads(&keys, text), rows: crops.iter().map(row).collect() }
}

/// Sessions, hours, area, grain, loss and loss rate.
fn figures(group: &Group) -> Vec<Cell> {
    let mut row = vec![
        Cell::Number(group.sessions.len() as f64, 0),
        Cell::Number(group.cutting_h, 2),
        Cell::number(group.area_ha.map(|ha| ha * MU_PER_HA), 2),
        Cell::number(group.grain_kg, 0),
    ];
    let parts = |band: Option<Interval90>, decimals: usize| {
        let part = |of: fn(Interval90) -> f64| Cell::number(band.map(of), decimals);
        [part(|i| i.value), part(|i| i.lo), part(|i| i.hi)]
    };
    row.extend(parts(group.loss_kg, 1));
    row.extend(parts(group.loss_pct, 2));
    row
}

fn heads(keys: &[&str], text: &ReportText) -> Vec<String> {
    keys.iter().map(|key| text.get(&format!("report-col-{key}"))).collect()
}

/// Drivers, machines and fields, each with what can be told of it beside the others of its crop.
fn comparisons(report: &Report, text: &ReportText) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (by, key) in [(By::Driver, "operator"), (By::Machine, "machine"), (By::Field, "field")] {
        let groups = groups(report, by);
        blocks.push(Block::Table(comparison(&groups, key, text)));
        if by == By::Driver {
            blocks.extend(charts(&groups, text));
        }
    }
    blocks.push(Block::Note(text.get("report-note-compared")));
    blocks
}

/// One row for each driver, machine or field in each crop.
pub fn comparison(groups: &[Group], key: &str, text: &ReportText) -> Table {
    let keys = [
        "crop",
        key,
        "sessions-n",
        "hours",
        "area",
        "grain",
        "loss-kg",
        "lo",
        "hi",
        "loss-pct",
        "lo",
        "hi",
        "compared",
    ];
    let name = |group: &Group| match &group.name {
        None => text.get("report-front-not-entered"),
        // One without a name of its owner's has that of its profile.
        Some(name) if key == "machine" => text.machine(None, name),
        Some(name) => name.clone(),
    };
    let row = |(group, found): (&Group, Compared)| {
        let mut row = vec![Cell::Text(text.crop(&group.crop)), Cell::Text(name(group))];
        row.extend(figures(group));
        row.push(Cell::Text(match found {
            Compared::Alone => text.get("report-compared-alone"),
            Compared::Lowest => text.get("report-compared-lowest"),
            Compared::Untold => text.get("report-compared-untold"),
            Compared::Above(other) => text.with("report-compared-above", &[("name", &name(&groups[other]))]),
        }));
        row
    };
    Table { heads: heads(&keys, text), rows: groups.iter().zip(compared(groups)).map(row).collect() }
}

/// The drivers of each crop that has more than one.
fn charts(groups: &[Group], text: &ReportText) -> Vec<Block> {
    let mut charts = Vec::new();
    for of_crop in groups.chunk_by(|a, b| a.crop == b.crop).filter(|of_crop| of_crop.len() > 1) {
        let rows: Vec<_> = of_crop
            .iter()
            .map(|group| (group.name.clone().unwrap_or_else(|| text.get("report-front-not-entered")), group.loss_pct))
            .take(MOST_BARS)
            .collect();
        let caption = text.with("report-chart-drivers-of", &[("crop", &text.crop(&of_crop[0].crop))]);
        let limit = of_crop[0].limit.as_ref().map(|judged| judged.limit.percent);
        charts.extend(bars::rates("season-drivers", caption, &rows, limit, text).map(Block::Chart));
    }
    let mut columns = vec![Vec::new(), Vec::new()];
    for (at, chart) in charts.into_iter().enumerate() {
        columns[at % 2].push(chart);
    }
    if columns[0].is_empty() { Vec::new() } else { vec![Block::Columns(columns)] }
}
