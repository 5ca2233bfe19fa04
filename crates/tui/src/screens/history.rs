//! The history of the session: charts over time, or loss over the area cut where a service sends none; and the events.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use crate::app::chart_view::ChartView;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::numbers::two_digits;
use crate::widgets::time_charts::{at_cursor, available, buckets, chart as time_chart};
use crate::widgets::trend::{percent, red, top};
use crate::widgets::{events, session_lines};
use grainloss_protocol::session_charts::SessionCharts;
use grainloss_protocol::snapshot::MAX_TIMELINE_EVENTS;

const CHART_X: u16 = 10;
/// Least rows of a chart, where there are several.
const CHART_ROWS: u16 = 8;
/// From this width on two charts stand side by side.
const TWO_ACROSS: u16 = 140;

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let count = state.snapshot().charts.as_ref().map_or(0, |charts| buckets(charts, !state.charts.is_session).len());
    match key.code {
        KeyCode::Left => state.charts.go(-1, count),
        KeyCode::Right => state.charts.go(1, count),
        KeyCode::Enter => state.charts = ChartView { is_session: !state.charts.is_session, back: None },
        _ => return false,
    }
    true
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    // Half of the free rows for the chart, at least eight.
    let rows = (canvas.height() - 9) / 2 + 1;
    let rows = if let Some(charts) = &view.snapshot.charts {
        charts_over_time(canvas, charts, rows, view)
    } else {
        chart(canvas, 3, rows, view);
        rows
    };
    let y = 4 + rows;
    session_lines::draw(canvas, y, view);
    canvas.rule(y + 2, &view.word("history-events"));
    // All of them: what has no room is scrolled to.
    let filter = &view.state.filter;
    if filter.is_used() {
        let shown = events::draw_filtered(canvas, y + 3, filter, view);
        filter_line(canvas, shown, view.snapshot.timeline.len(), view);
    } else {
        events::draw(canvas, y + 3, MAX_TIMELINE_EVENTS as u16, view);
    }
}

/// What a list is filtered by, below it.
pub(super) fn filter_line(canvas: &mut Canvas<'_>, shown: usize, all: usize, view: &View<'_>) {
    let filter = &view.state.filter;
    let text = format!("{}{}", filter.text, if filter.is_open { "_" } else { "" });
    let figures = [("text", &*text), ("shown", &shown.to_string()), ("all", &all.to_string())];
    canvas.foot(&view.words.with("filter-line", &figures), Role::Chosen);
}

/// Draws as many charts as there is room for, and what the cursor is on; gives the rows less one.
fn charts_over_time(canvas: &mut Canvas<'_>, charts: &SessionCharts, rows: u16, view: &View<'_>) -> u16 {
    let seen = view.state.charts;
    let stretches = buckets(charts, !seen.is_session);
    let at = seen.at(stretches.len());
    let kinds = available(charts);
    let across = if canvas.window_columns() >= TWO_ACROSS { 2 } else { 1 };
    // A large window gives the charts two thirds.
    let rows = rows.max((canvas.height() - 9) * 2 / 3);
    let deep = (rows / CHART_ROWS).clamp(1, (kinds.len() as u16).div_ceil(across));
    let (width, height) = ((canvas.window_columns() - 1) / across, rows / deep);
    let span = view.word(if seen.is_session { "chart-session" } else { "chart-recent" });
    for (nth, kind) in (0..across * deep).zip(kinds) {
        let place = Rect { x: nth % across * width, y: 3 + nth / across * height, width: width - 1, height };
        let mut chart = time_chart(kind, stretches, at, charts, view);
        if nth == 0 {
            chart.title = format!("{} · {span}", chart.title);
        }
        chart.draw(canvas, place, view);
    }
    let text = match at.and_then(|at| stretches.get(at)) {
        Some(stretch) => at_cursor(stretch, charts, view),
        None => view.word("chart-keys"),
    };
    let role = if at.is_some() { Role::Value } else { Role::Label };
    canvas.line(3 + rows, &clip(&text, usize::from(canvas.width() - 2)), role);
    rows
}

/// Draws the mean loss over the area cut.
fn chart(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    let columns = canvas.window_columns() - CHART_X - 2;
    let newest_ha = view.snapshot.history.iter().filter_map(|past| past.area_ha).fold(0.0, f64::max);
    let mut bins = vec![(0.0, 0.0); usize::from(columns)];
    for past in &view.snapshot.history {
        let Some((area_ha, loss)) = past.area_ha.zip(percent(past)) else { continue };
        let bin = (area_ha / newest_ha * (bins.len() - 1) as f64) as usize;
        if let Some((sum, count)) = bins.get_mut(bin) {
            *sum += loss;
            *count += 1.0;
        }
    }
    let mean = |&(sum, count): &(f64, f64)| (count > 0.0).then(|| sum / count);
    // A short session has fewer points than columns: each bar is as wide as the distance to the next.
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
    let limit = view.snapshot.session.limit.as_ref().map(|limit| limit.percent);
    canvas.put(1, y, CHART_X - 2, &format!("{} %", two_digits(top)), Role::Label);
    canvas.put(1, y + rows - 1, CHART_X - 2, "0 %", Role::Label);
    canvas.bars(Rect { x: CHART_X, y, width: columns, height: rows }, &values, top, limit);
    red(canvas, y + 1, limit, view);
    if points == 0 {
        canvas.rest(CHART_X, y + rows / 2, &view.word("chart-nothing"), Role::Text);
    }
    canvas.mark(CHART_X, y + rows, columns, &"─".repeat(usize::from(columns)), Role::Label);
    let area = format!(" {} {} ", two_digits(view.units.area(newest_ha * 1e4)), view.units.area_name());
    canvas.put(1, y + rows, CHART_X - 2, "0", Role::Label);
    canvas.put_right(y + rows, &area, Role::Label);
}
