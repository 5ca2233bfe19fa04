//! What a large main screen shows where a small one has the trend and the events: the machine with the losses at their
//! places, the chart of the last ten minutes, the field map.

use ratatui::layout::Rect;

use crate::app::keys::Action;
use crate::app::map_view::MapView;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_ROWS, clip};
use crate::widgets::time_charts::{self, TimeChart};
use crate::widgets::{events, field_map, machine_picture};

/// From this size on, columns and rows.
const FROM: (u16, u16) = (100, 30);
/// From so many rows on there are two rows of pictures.
const TWO_ROWS: u16 = 15;
/// From so many rows on the chart has the parts of the loss beside the total.
const ROOM_FOR_PARTS: u16 = 10;
/// From this width on two charts stand beside the machine, or the events beside the map.
const WIDE: u16 = 140;

/// True when the main screen has room for it, and there is something to draw.
pub(crate) fn fits(canvas: &Canvas<'_>, view: &View<'_>) -> bool {
    canvas.width() >= FROM.0 && canvas.height() >= FROM.1.max(NOMINAL_ROWS) && view.snapshot.charts.is_some()
}

/// How the rows are divided that the trend and the events have: rows of the upper and of the lower pictures.
pub(crate) const fn divide(rows: u16) -> (u16, u16) {
    if rows >= TWO_ROWS {
        let upper = if rows / 2 > machine_picture::ROWS + 4 { machine_picture::ROWS + 4 } else { rows / 2 };
        (upper, rows - upper)
    } else {
        (rows, 0)
    }
}

/// The machine and the loss of the last ten minutes.
pub(crate) fn upper(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    machine_picture::draw(canvas, (0, y), rows, view);
    let Some(charts) = &view.snapshot.charts else { return };
    let x = machine_picture::COLUMNS + 1;
    let place = Rect { x, y, width: canvas.width() - x - 1, height: rows };
    let mut chart = time_charts::chart(TimeChart::Loss, &charts.recent, None, charts, view);
    if rows < ROOM_FOR_PARTS {
        // In a few rows the parts would hide the total.
        chart.series.drain(..chart.series.len() - 1);
    }
    chart.draw(canvas, place, view);
}

/// The map, feed rate and speed, and the events.
pub(crate) fn lower(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    let Some(charts) = &view.snapshot.charts else { return };
    let keys = view.state.keys();
    let title = format!("{}  {}", view.word("history-events"), keys.key(Action::History));
    canvas.rule(y, &format!("{} {}", keys.key(Action::Map), view.word("map-title")));
    let x = machine_picture::COLUMNS + 1;
    canvas.put(x + 8, y, canvas.width() - x - 8, &format!(" {title} "), Role::Value);
    let map = Rect { x: 1, y: y + 1, width: x - 2, height: rows - 1 };
    let projection = field_map::draw(canvas, map, &MapView::default(), view);
    if let Some(projection) = projection {
        let north = if projection.is_turned { "N ▶" } else { "N ▲" };
        canvas.put_styled(map.x + map.width - 4, map.y, north, view.state.styles().style(Role::Value));
    } else {
        let key = if charts.map.track.is_empty() { "map-nothing" } else { "map-no-position" };
        for (row, line) in (0..rows - 1).zip(crate::widgets::canvas::wrap(&view.word(key), usize::from(map.width))) {
            canvas.put_styled(map.x, map.y + row, &line, view.state.styles().style(Role::Label));
        }
    }
    let beside = Rect { x, y: y + 1, width: canvas.width() - x - 1, height: rows - 1 };
    if canvas.width() < WIDE {
        events(canvas, beside, view);
        return;
    }
    let half = beside.width / 2;
    let feed = Rect { width: half, ..beside };
    time_charts::chart(TimeChart::Feed, &charts.recent, None, charts, view).draw(canvas, feed, view);
    events(canvas, Rect { x: beside.x + half + 2, width: beside.width - half - 2, ..beside }, view);
}

fn events(canvas: &mut Canvas<'_>, place: Rect, view: &View<'_>) {
    let style = |role| view.state.styles().style(role);
    if view.snapshot.timeline.is_empty() {
        canvas.put_styled(place.x, place.y, &view.word("history-none"), style(Role::Text));
    }
    for (row, (age, text)) in (0..place.height).zip(events::newest(view)) {
        let columns = usize::from(place.width.saturating_sub(14));
        canvas.put_styled(place.x, place.y + row, &clip(&age, 13), style(Role::Label));
        canvas.put_styled(place.x + 14, place.y + row, &clip(&text, columns), style(Role::Text));
    }
}
