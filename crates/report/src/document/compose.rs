//! Puts the sections of a report in order, as the page and the PDF show them.

use super::content::{Block, Cell, Document, Paper, Section, Table};
use super::drawing::Drawing;
use super::loss_sheet::{self, COLUMNS, LossSheet};
use super::point_sheet::filled_sheet;
use super::{bars, charts, driver_tables, front, pan_table, point, records, season, tables};
use crate::error::ReportError;
use crate::model::{MAX_DETAILED_SESSIONS, Report, SessionReport};
use crate::text::ReportText;
use grainloss_knowledge::local_time::{date_and_time, zone_at};

/// The document of a report.
///
/// # Errors
///
/// The labels of the measuring sheet cannot be read.
pub fn document(report: &Report, text: &ReportText) -> Result<Document, ReportError> {
    let mut sections = Vec::new();
    let detailed = report.sessions.len() <= MAX_DETAILED_SESSIONS;
    if let [one] = report.sessions.as_slice() {
        let (own, annexes) = session_sections(one, text)?;
        sections.push(front::front(one, text));
        sections.extend(own);
        sections.push(about(report, text));
        sections.extend(annexes);
    } else {
        sections.extend(season::season(report, text));
        sections.push(about(report, text));
        for session in report.sessions.iter().filter(|_| detailed) {
            let (own, annexes) = session_sections(session, text)?;
            sections.push(Section { new_page: true, ..front::front(session, text) });
            sections.extend(own.into_iter().chain(annexes));
        }
    }
    Ok(Document {
        title: title(report, text),
        language: text.code(),
        dated_us: dated_us(report),
        paper: Paper::A4Landscape,
        sections,
    })
}

/// The tickets of the sessions, one on a page.
pub fn ticket(report: &Report, text: &ReportText) -> Document {
    let ids: Vec<String> = report.sessions.iter().map(|s| s.id.to_string()).collect();
    let title = text.with("report-ticket-title", &[("id", &ids.join(", "))]);
    let sections = report.sessions.iter().enumerate().map(|(at, s)| front::ticket(s, at > 0, text)).collect();
    Document { title, language: text.code(), dated_us: dated_us(report), paper: Paper::A5Portrait, sections }
}

/// The title of a report.
pub fn title(report: &Report, text: &ReportText) -> String {
    match report.sessions.as_slice() {
        [one] => text.with("report-title-one", &[("id", &one.id.to_string())]),
        all => text.with("report-title-many", &[("n", &all.len().to_string())]),
    }
}

/// Time of the newest second of the sessions, microseconds since 1970-01-01 UTC: the date of the document.
pub fn dated_us(report: &Report) -> i64 {
    report.sessions.iter().map(|s| s.last_us.unwrap_or(s.started_us)).max().unwrap_or(0)
}

/// Notes on how to read the figures: interval, denominators, basis, and so on.
pub fn how_to_read(report: &Report, text: &ReportText) -> Vec<String> {
    let keys = ["interval", "denominators", "basis", "unknown", "limits", "estimate"];
    let zone = report.sessions.first().map_or_else(|| "UTC".to_owned(), |first| zone_at(first.started_us));
    let note = |key: &&str| text.with(&format!("report-note-{key}"), &[("zone", &zone)]);
    let mut notes: Vec<String> = keys.iter().map(note).collect();
    if report.sessions.iter().any(|session| !session.has_totals) {
        notes.push(text.get("report-note-uncorrected"));
    }
    if report.redacted {
        notes.push(text.get("report-note-redacted"));
    }
    notes
}

fn about(report: &Report, text: &ReportText) -> Section {
    let mut blocks = Vec::new();
    if report.sessions.len() > MAX_DETAILED_SESSIONS {
        let n = MAX_DETAILED_SESSIONS.to_string();
        blocks.push(Block::Note(text.with("report-note-overview-only", &[("n", &n)])));
    }
    blocks.extend(how_to_read(report, text).into_iter().map(Block::Note));
    Section { id: "about".to_owned(), heading: text.get("report-about"), level: 1, blocks, new_page: false }
}

/// The sections of a session after its first page: its own, and the annexes (forms and minutes).
fn session_sections(s: &SessionReport, text: &ReportText) -> Result<(Vec<Section>, Vec<Section>), ReportError> {
    let one = std::slice::from_ref(s);
    let head = text.with("report-session-head", &[("id", &s.id.to_string()), ("start", &date_and_time(s.started_us))]);
    let section = |name: &str, level: u8, blocks: Vec<Block>| Section {
        id: format!("{name}-{}", s.id),
        heading: if name == "summary" { head.clone() } else { text.get(&format!("report-sheet-{name}")) },
        level,
        blocks,
        new_page: level == 1,
    };
    let chart = |drawing: Option<Drawing>| drawing.map(Block::Chart);
    let mut summary = vec![Block::Facts(tables::facts(s, text))];
    if !s.limits.is_empty() {
        summary.push(Block::Table(tables::limits(s, text)));
    }
    let pair = [chart(bars::budget(s, text)), chart(charts::loss_over_feed(s, text))];
    let mut curves = vec![Block::Columns(pair.into_iter().map(|chart| chart.into_iter().collect()).collect())];
    curves.push(Block::Note(text.get("report-note-budget")));
    curves.push(Block::Note(law(s, text)));
    curves.extend(chart(charts::loss_over_time(s, text)));
    let table =
        |table: Table| if table.rows.is_empty() { Block::Note(text.get("report-none")) } else { Block::Table(table) };
    let mut changed = vec![table(records::settings(one, text))];
    changed.extend(records::kept(s, text).map(Block::Note));
    let sections = vec![
        section("summary", 1, summary),
        section("charts", 1, curves),
        section(
            "drivers",
            1,
            vec![
                table(driver_tables::drivers(one, text)),
                Block::Note(text.get("report-note-drivers")),
                table(driver_tables::habits(one, text)),
                Block::Note(text.get("report-note-habits")),
            ],
        ),
        section("settings", 2, changed),
    ];
    let sheet = loss_sheet::sheet(s, text).map_err(ReportError::Knowledge)?;
    let mut annexes = vec![measured(&sheet, &format!("sheet-{}", s.id), sheet_title(&sheet, text), text)];
    for point in &s.points {
        let sheet = filled_sheet(point, text).map_err(ReportError::Knowledge)?;
        let heading = format!("{}: {}", sheet_title(&sheet, text), point::title(point, text));
        annexes.push(measured(&sheet, &format!("sheet-point-{}", point.stored.id), heading, text));
        annexes.push(point::verdict_section(point, text));
    }
    annexes.push(section("pans", 2, vec![table(pan_table::pans(one, text))]));
    let alarms =
        vec![Block::Note(alarm_rate(s, text)), table(records::alarms(one, text)), table(records::notices(one, text))];
    annexes.push(section("alarms", 2, alarms));
    annexes.push(section("minutes", 2, vec![table(tables::minutes(one, text))]));
    if let Some(first) = annexes.first_mut() {
        first.new_page = true;
        first.heading = text.with("report-annex", &[("what", &first.heading)]);
    }
    Ok((sections, annexes))
}

/// Alarms per hour of work, compared with the budget; unknown below ten minutes of work (assumed).
fn alarm_rate(s: &SessionReport, text: &ReportText) -> String {
    let working_s = f64::from(s.activities.cutting_s + s.activities.turning_s);
    let rate = (working_s >= 600.0).then(|| format!("{:.1}", s.alarms.len() as f64 * 3600.0 / working_s));
    let rate = rate.unwrap_or_else(|| text.unknown());
    text.with("report-alarm-rate", &[("n", &s.alarms.len().to_string()), ("rate", &rate)])
}

/// The power law in words.
fn law(s: &SessionReport, text: &ReportText) -> String {
    let n = s.feed.samples.len().to_string();
    let Some(law) = s.feed.law else { return text.with("report-law-none", &[("n", &n)]) };
    let exponent = format!("{:.2} ({:.2}–{:.2})", law.exponent.value, law.exponent.lo, law.exponent.hi);
    let (at, feed) = (format!("{:.3}", law.at_mean_pct), format!("{:.2}", law.mean_feed_kg_s));
    text.with("report-law", &[("at", &at), ("feed", &feed), ("exponent", &exponent), ("n", &n)])
}

/// The measuring sheet as a table: the areas that are filled in, and their results.
fn sheet_title(sheet: &LossSheet, text: &ReportText) -> String {
    text.bilingual(&sheet.labels.title)
}

fn measured(sheet: &LossSheet, id: &str, heading: String, text: &ReportText) -> Section {
    let label = |name: &str| text.bilingual(&sheet.labels.columns[name]);
    let mut rows = Vec::new();
    for (n, area) in sheet.areas.iter().enumerate().filter(|(_, area)| area.area_m2.is_some()) {
        let result = sheet.area_result(area);
        let kind = area.kind.map(|kind| sheet.kind_name(kind, text));
        rows.push(vec![
            Cell::Number((n + 1) as f64, 0),
            Cell::text(kind.as_deref()),
            Cell::number(area.measures_m.map(|(length, _)| length), 2),
            Cell::number(area.measures_m.map(|(_, width)| width), 2),
            Cell::number(area.area_m2, 3),
            Cell::number(area.factor(), 4),
            Cell::number(area.parts_g[0], 2),
            Cell::number(area.parts_g[1], 2),
            Cell::number(area.parts_g[2], 2),
            Cell::number(area.kernels, 0),
            Cell::number(result.grain_g, 2),
            Cell::number(area.shed_g_m2, 2),
            Cell::number(result.loss_g_m2, 3),
            Cell::number(result.shares.of_yield_pct, 3),
            Cell::number(result.shares.of_grain_pct, 3),
        ]);
    }
    let means = sheet.kinds.iter().map(|kind| (kind.key(), sheet.mean_g_m2(*kind)));
    for (key, loss) in means.chain([("total", sheet.total_g_m2())]).filter(|(_, loss)| loss.is_some()) {
        let shares = sheet.loss_shares(loss);
        let mut row = vec![Cell::Empty, Cell::Text(sheet.sum_name(key, text))];
        row.extend(std::iter::repeat_n(Cell::Empty, COLUMNS.len() - 5));
        row.extend([loss, shares.of_yield_pct, shares.of_grain_pct].map(|value| Cell::number(value, 3)));
        rows.push(row);
    }
    let parameter = |name: &str| text.bilingual(&sheet.labels.parameters[name]);
    let number = |value: Option<f64>| text.number(value, 1, "");
    let mut facts = sheet.fields.clone();
    facts.push((parameter("yield"), number(sheet.yield_kg_mu)));
    facts.push((parameter("tkw"), number(sheet.tkw_g)));
    let heads = COLUMNS.iter().map(|name| label(name)).collect();
    let table = if rows.is_empty() {
        Block::Note(text.get("report-none-measured"))
    } else {
        Block::Table(Table { heads, rows })
    };
    let note = Block::Note(text.get("report-note-sheet"));
    Section { id: id.to_owned(), heading, level: 2, blocks: vec![Block::Facts(facts), table, note], new_page: false }
}
