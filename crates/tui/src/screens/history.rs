//! The history of the session: loss over the area cut, and the events.

use ratatui::layout::Rect;

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::numbers::two_digits;
use crate::widgets::trend::{percent, red, top};
use crate::widgets::{events, session_lines};
use grainloss_protocol::snapshot::MAX_TIMELINE_EVENTS;

const CHART_X: u16 = 10;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    // Half of the free rows for the chart, at least eight.
    let rows = (canvas.height() - 9) / 2 + 1;
    chart(canvas, 3, rows, view);
    let y = 4 + rows;
    session_lines::draw(canvas, y, view);
    canvas.rule(y + 2, &view.word("history-events"));
    // All of them: what has no room is scrolled to.
    events::draw(canvas, y + 3, MAX_TIMELINE_EVENTS as u16, view);
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
