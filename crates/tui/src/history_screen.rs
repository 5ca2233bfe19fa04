//! The session so far: loss over the area cut, and what has happened.

use ratatui::layout::Rect;

use super::canvas::{Canvas, clip};
use super::numbers::two_digits;
use super::theme::Role;
use super::trend::{percent, top};
use super::view::View;
use grainloss_protocol::snapshot::EventRecord;

const CHART_X: u16 = 10;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    // Half of what there is for the chart, at least eight rows.
    let rows = (canvas.height() - 9) / 2 + 1;
    chart(canvas, 3, rows, view);
    let y = 4 + rows;
    super::lines::session(canvas, y, view);
    canvas.rule(y + 2, &view.word("history-events"));
    events(canvas, y + 3, canvas.height() - 2 - (y + 3), view);
}

/// Mean loss over the area, from the first to the newest square metre.
fn chart(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    let columns = canvas.width() - CHART_X - 2;
    let newest_ha = view.s.history.iter().filter_map(|past| past.area_ha).fold(0.0, f64::max);
    let mut bins = vec![(0.0, 0.0); usize::from(columns)];
    for past in &view.s.history {
        let Some((area_ha, loss)) = past.area_ha.zip(percent(past)) else { continue };
        let bin = (area_ha / newest_ha * (bins.len() - 1) as f64) as usize;
        if let Some((sum, count)) = bins.get_mut(bin) {
            *sum += loss;
            *count += 1.0;
        }
    }
    let mean = |&(sum, count): &(f64, f64)| (count > 0.0).then(|| sum / count);
    // A short session has fewer points than columns: each is as wide as the way to the next.
    let mut values: Vec<Option<f64>> = bins.iter().map(mean).collect();
    let points = values.iter().flatten().count();
    let widest = usize::from(columns).div_ceil(points.max(1));
    let mut last = (None, 0);
    for value in &mut values {
        last = match *value {
            Some(known) => (Some(known), 0),
            None => (last.0, last.1 + 1),
        };
        *value = last.0.filter(|_| last.1 < widest);
    }
    let top = top(&values, view);
    let limit = view.s.session.limit.as_ref().map(|limit| limit.percent);
    canvas.put(1, y, CHART_X - 2, &format!("{} %", two_digits(top)), Role::Label);
    canvas.put(1, y + rows - 1, CHART_X - 2, "0 %", Role::Label);
    canvas.bars(Rect { x: CHART_X, y, width: columns, height: rows }, &values, top, limit);
    if points == 0 {
        canvas.rest(CHART_X, y + rows / 2, &view.word("chart-nothing"), Role::Text);
    }
    canvas.put(CHART_X, y + rows, columns, &"─".repeat(usize::from(columns)), Role::Label);
    let area = format!(" {} {} ", two_digits(view.units.area(newest_ha * 1e4)), view.units.area_name());
    canvas.put(1, y + rows, CHART_X - 2, "0", Role::Label);
    canvas.put_right(y + rows, &area, Role::Label);
}

/// What has happened, the newest first.
pub(super) fn events(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    if view.s.timeline.is_empty() {
        canvas.line(y, &view.word("history-none"), Role::Text);
    }
    for (row, moment) in view.s.timeline.iter().rev().take(usize::from(rows)).enumerate() {
        let text = clip(&moment_text(moment, view), usize::from(canvas.width() - 17));
        canvas.put(1, y + row as u16, 14, &view.since(moment.t_us), Role::Label);
        canvas.rest(16, y + row as u16, &text, moment.level.map_or(Role::Text, |_| Role::Value));
    }
}

/// What happened, in words where there are any, otherwise as the journal has it.
fn moment_text(moment: &EventRecord, view: &View<'_>) -> String {
    let kind_key = format!("event-{}", moment.kind);
    let kind = if view.words.has(&kind_key) { view.word(&kind_key) } else { moment.kind.to_string() };
    let id = ["alarm-name-", "notice-", "pan-", "bus-", "channel-", "change-", "step-", "next-"]
        .map(|stem| format!("{stem}{}", moment.id.replace(['.', '_'], "-")))
        .into_iter()
        .find(|key| view.words.has(key))
        .map_or_else(|| moment.id.to_string(), |key| view.word(&key));
    let part = moment.stream.as_deref().unwrap_or_default();
    let part = ["stream-", "channel-"]
        .map(|stem| format!("{stem}{}", part.replace(['.', '_'], "-")))
        .into_iter()
        .find(|key| view.words.has(key))
        .map_or_else(|| part.to_owned(), |key| view.word(&key));
    let count = moment.count.map_or_else(String::new, |count| format!(" #{count}"));
    format!("{kind}: {id}{count} {part}").trim_end().to_owned()
}
