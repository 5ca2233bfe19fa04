//! A report in order: what the page and the PDF show.

use super::document::{Block, Cell, Document, Section, Table};
use super::loss_sheet::{self, COLUMNS, Kind, LossSheet};
use super::model::{Report, SessionReport};
use super::text::ReportText;
use super::{ReportError, charts, tables};
use grainloss_knowledge::local_time::{date_and_time, zone_at};

/// Above this many sessions a document holds the overview only; the workbook has every minute of any number.
pub const MOST_DETAILED: usize = 5;

/// The document of a report.
pub fn document(report: &Report, tongue: &ReportText) -> Result<Document, ReportError> {
    let mut sections = vec![about(report, tongue)];
    let detailed = report.sessions.len() <= MOST_DETAILED;
    for session in report.sessions.iter().filter(|_| detailed) {
        sections.extend(of_session(session, tongue)?);
    }
    Ok(Document { title: title(report, tongue), language: tongue.code(), dated_us: dated_us(report), sections })
}

/// The title of a report.
pub fn title(report: &Report, tongue: &ReportText) -> String {
    match report.sessions.as_slice() {
        [one] => tongue.with("report-title-one", &[("id", &one.id.to_string())]),
        all => tongue.with("report-title-many", &[("n", &all.len().to_string())]),
    }
}

/// The newest second of the sessions: a document is as old as what it tells.
pub fn dated_us(report: &Report) -> i64 {
    report.sessions.iter().map(|s| s.last_us.unwrap_or(s.started_us)).max().unwrap_or(0)
}

/// What a reader must know of every figure.
pub fn how_to_read(report: &Report, tongue: &ReportText) -> Vec<String> {
    let keys = ["interval", "denominators", "basis", "unknown", "limits", "estimate"];
    let zone = report.sessions.first().map_or_else(|| "UTC".to_owned(), |first| zone_at(first.started_us));
    let note = |key: &&str| tongue.with(&format!("report-note-{key}"), &[("zone", &zone)]);
    let mut notes: Vec<String> = keys.iter().map(note).collect();
    if report.redacted {
        notes.push(tongue.get("report-note-redacted"));
    }
    notes
}

fn about(report: &Report, tongue: &ReportText) -> Section {
    let mut blocks = Vec::new();
    if !report.asked.is_empty() {
        let asked =
            report.asked.iter().map(|(item, value)| (tongue.get(&format!("report-asked-{item}")), value.clone()));
        blocks.push(Block::Facts(asked.collect()));
    }
    if report.sessions.len() != 1 {
        blocks.push(Block::Table(tables::overview(report, tongue)));
        if report.sessions.len() > MOST_DETAILED {
            let n = MOST_DETAILED.to_string();
            blocks.push(Block::Note(tongue.with("report-note-overview-only", &[("n", &n)])));
        }
    }
    blocks.extend(how_to_read(report, tongue).into_iter().map(Block::Note));
    Section { id: "about".to_owned(), heading: tongue.get("report-about"), level: 1, blocks }
}

fn of_session(s: &SessionReport, tongue: &ReportText) -> Result<Vec<Section>, ReportError> {
    let one = std::slice::from_ref(s);
    let head =
        tongue.with("report-session-head", &[("id", &s.id.to_string()), ("start", &date_and_time(s.started_us))]);
    let section = |name: &str, level: u8, blocks: Vec<Block>| Section {
        id: format!("{name}-{}", s.id),
        heading: if level == 1 { head.clone() } else { tongue.get(&format!("report-sheet-{name}")) },
        level,
        blocks,
    };
    let chart = |drawing: Option<super::drawing::Drawing>| drawing.map(Block::Chart);
    let mut summary = vec![Block::Facts(tables::facts(s, tongue))];
    if !s.limits.is_empty() {
        summary.push(Block::Table(tables::limits(s, tongue)));
    }
    let mut curves = Vec::new();
    curves.extend(chart(charts::budget(s, tongue)));
    curves.push(Block::Note(tongue.get("report-note-budget")));
    curves.extend(chart(charts::loss_over_time(s, tongue)));
    curves.extend(chart(charts::loss_over_feed(s, tongue)));
    curves.push(Block::Note(law(s, tongue)));
    curves.extend(chart(charts::map(s, tongue)));
    if s.track.is_empty() {
        curves.push(Block::Note(tongue.get("report-note-no-track")));
    }
    let table =
        |table: Table| if table.rows.is_empty() { Block::Note(tongue.get("report-none")) } else { Block::Table(table) };
    Ok(vec![
        section("summary", 1, summary),
        section("charts", 2, curves),
        section(
            "alarms",
            2,
            vec![
                Block::Note(alarm_rate(s, tongue)),
                table(tables::alarms(one, tongue)),
                table(tables::notices(one, tongue)),
            ],
        ),
        section("pans", 2, vec![table(tables::pans(one, tongue))]),
        section("settings", 2, vec![table(tables::settings(one, tongue))]),
        measured(&loss_sheet::sheet(s, tongue).map_err(ReportError::Knowledge)?, s.id, tongue),
        section("minutes", 2, vec![table(tables::minutes(one, tongue))]),
    ])
}

/// How often there was an alarm, against the budget. A rate needs some minutes of work to be one.
fn alarm_rate(s: &SessionReport, tongue: &ReportText) -> String {
    let working_s = f64::from(s.activities.cutting_s + s.activities.turning_s);
    let rate = (working_s >= 600.0).then(|| format!("{:.1}", s.alarms.len() as f64 * 3600.0 / working_s));
    let rate = rate.unwrap_or_else(|| tongue.unknown());
    tongue.with("report-alarm-rate", &[("n", &s.alarms.len().to_string()), ("rate", &rate)])
}

/// The curve in words.
fn law(s: &SessionReport, tongue: &ReportText) -> String {
    let n = s.feed.samples.len().to_string();
    let Some(law) = s.feed.law else { return tongue.with("report-law-none", &[("n", &n)]) };
    let exponent = format!("{:.2} ({:.2}–{:.2})", law.exponent.value, law.exponent.lo, law.exponent.hi);
    let (at, feed) = (format!("{:.3}", law.at_mean_pct), format!("{:.2}", law.mean_feed_kg_s));
    tongue.with("report-law", &[("at", &at), ("feed", &feed), ("exponent", &exponent), ("n", &n)])
}

/// The sheet as a table: the areas that are filled in, and what they come to.
fn measured(sheet: &LossSheet, id: i64, tongue: &ReportText) -> Section {
    let label = |name: &str| tongue.bilingual(&sheet.labels.columns[name]);
    let mut rows = Vec::new();
    for (n, area) in sheet.areas.iter().enumerate().filter(|(_, area)| area.area_m2.is_some()) {
        let (mass, loss, of_yield, of_grain) = sheet.reckon(area);
        let kind = area.kind.map(|kind| tongue.bilingual(&sheet.labels.kinds[kind.key()]));
        rows.push(vec![
            Cell::Number((n + 1) as f64, 0),
            Cell::text(kind.as_deref()),
            Cell::Empty,
            Cell::Empty,
            Cell::number(area.area_m2, 3),
            Cell::number(area.factor, 4),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::number(area.kernels, 0),
            Cell::number(mass, 2),
            Cell::number(area.shed_g_m2, 2),
            Cell::number(loss, 3),
            Cell::number(of_yield, 3),
            Cell::number(of_grain, 3),
        ]);
    }
    let sums = [
        ("rear", sheet.mean(Kind::Rear)),
        ("front", sheet.mean(Kind::Front)),
        ("all", sheet.mean(Kind::All)),
        ("total", sheet.total()),
    ];
    for (key, loss) in sums.into_iter().filter(|(_, loss)| loss.is_some()) {
        let (of_yield, of_grain) = sheet.rates(loss);
        let mut row = vec![Cell::Empty, Cell::Text(tongue.bilingual(&sheet.labels.sums[key]))];
        row.extend(std::iter::repeat_n(Cell::Empty, COLUMNS.len() - 5));
        row.extend([Cell::number(loss, 3), Cell::number(of_yield, 3), Cell::number(of_grain, 3)]);
        rows.push(row);
    }
    let parameter = |name: &str| tongue.bilingual(&sheet.labels.parameters[name]);
    let number = |value: Option<f64>| tongue.number(value, 1, "");
    let mut facts = sheet.fields.clone();
    facts.push((parameter("yield"), number(sheet.yield_kg_mu)));
    facts.push((parameter("tkw"), number(sheet.tkw_g)));
    let heads = COLUMNS.iter().map(|name| label(name)).collect();
    let table = if rows.is_empty() {
        Block::Note(tongue.get("report-none-measured"))
    } else {
        Block::Table(Table { heads, rows })
    };
    let heading = tongue.bilingual(&sheet.labels.title);
    let note = Block::Note(tongue.get("report-note-sheet"));
    Section { id: format!("sheet-{id}"), heading, level: 2, blocks: vec![Block::Facts(facts), table, note] }
}
