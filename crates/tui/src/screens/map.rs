//! The field map, with its legend; without a position the passes one by one.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::keys::Action;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_ROWS, clip};
use crate::widgets::field_map::{self, Projection};
use crate::widgets::loss_scale::LossScale;
use crate::widgets::numbers::{DASH, two_digits};
use crate::widgets::passes::passes;
use crate::widgets::{alarm_line, chrome};
use grainloss_core::time::SECOND_US;
use grainloss_knowledge::local_time::time_of_day;

/// From this width on the signs are explained beside the map.
const BESIDE: u16 = 100;
/// Columns of the explanations.
const EXPLAINED: u16 = 34;

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let map = &mut state.map;
    match key.code {
        KeyCode::Char('+' | '=') => map.nearer(),
        KeyCode::Char('-' | '_') => map.farther(),
        KeyCode::Enter => map.follow(),
        KeyCode::Left => map.go(-1.0, 0.0),
        KeyCode::Right => map.go(1.0, 0.0),
        KeyCode::Up => map.go(0.0, 1.0),
        KeyCode::Down => map.go(0.0, -1.0),
        _ => return false,
    }
    true
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let is_whole = height >= NOMINAL_ROWS;
    let title = view.word(&format!("key-{}", Action::Map.word()));
    let (top, bottom) = if is_whole { (3, height - 2) } else { (2, height - 1) };
    if is_whole {
        chrome::title(canvas, 0, view);
        alarm_line::draw(canvas, 1, view);
        canvas.rule(2, &title);
        chrome::status(canvas, height - 1, view);
    } else {
        alarm_line::draw(canvas, 0, view);
        canvas.rule(1, &title);
    }
    chrome::menu(canvas, bottom, view);
    body(canvas, Rect { x: 0, y: top, width, height: bottom - top }, view);
}

/// Map and legend, or why there is none.
fn body(canvas: &mut Canvas<'_>, place: Rect, view: &View<'_>) {
    let beside = if place.width >= BESIDE { EXPLAINED } else { 0 };
    let map = Rect { x: 1, width: place.width - 2 - beside, height: place.height - 1, ..place };
    let projection = field_map::draw(canvas, map, &view.state.map, view);
    let Some(projection) = projection else { return without_places(canvas, place, view) };
    legend(canvas, place.y + place.height - 1, &projection, view);
    let north = if projection.is_turned { "N ▶" } else { "N ▲" };
    canvas.put(map.x + map.width - 4, map.y, 4, north, Role::Value);
    if beside > 0 {
        explained(canvas, (place.width - beside, place.y), beside - 1, place.height - 1, view);
    } else if view.state.map == crate::app::map_view::MapView::default() && place.height > 8 {
        let keys = view.word("map-keys");
        canvas.put(1, place.y, place.width - 6, &clip(&keys, usize::from(place.width - 6)), Role::Label);
    }
}

/// Scale bar and colours in one line.
fn legend(canvas: &mut Canvas<'_>, y: u16, projection: &Projection, view: &View<'_>) {
    let (metres, columns) = projection.bar((canvas.width() / 5).clamp(4, 20));
    let bar = format!("├{}┤", "─".repeat(usize::from(columns.saturating_sub(2))));
    let scale = format!("{bar} {metres:.0} m  ");
    let mut x = 1;
    canvas.put(x, y, canvas.width() - 1, &scale, Role::Value);
    x += scale.width() as u16;
    for (text, style) in LossScale::of(view).legend(view) {
        if usize::from(x) + text.width() > usize::from(canvas.width()) {
            break;
        }
        canvas.put_styled(x, y, &text, style);
        x += text.width() as u16;
    }
}

/// What the signs mean, and the newest pans and alarms.
fn explained(canvas: &mut Canvas<'_>, (x, y): (u16, u16), columns: u16, rows: u16, view: &View<'_>) {
    let Some(charts) = &view.snapshot.charts else { return };
    let mut lines: Vec<(String, Role)> = ["map-colour", "map-signs", "map-signs-pans", "map-keys"]
        .into_iter()
        .flat_map(|key| crate::widgets::canvas::wrap(&view.word(key), usize::from(columns)))
        .map(|line| (line, Role::Label))
        .collect();
    let time = |t_s: i32| time_of_day(charts.started_us.unwrap_or(0) + i64::from(t_s) * SECOND_US);
    for pan in charts.map.pans.iter().rev().take(8) {
        let loss = pan.loss_pct.map_or_else(|| DASH.to_owned(), |loss| format!("{} %", two_digits(f64::from(loss))));
        let kind = view.word(&format!("pan-{}", pan.kind.word()));
        let sign = if pan.drop.is_some() { "○" } else { "●" };
        lines.push((format!("{sign} {} {kind} {loss}", time(pan.t_s)), Role::Value));
    }
    for alarm in charts.map.alarms.iter().rev().take(8) {
        let name = view.word(&format!("alarm-name-{}", alarm.id));
        lines.push((format!("! {} {name}", time(alarm.t_s)), Role::Text));
    }
    for (row, (line, role)) in (0..rows).zip(lines) {
        canvas.put(x, y + row, columns, &clip(&line, usize::from(columns)), role);
    }
}

/// Why there is no map, and the passes by time, the newest first.
fn without_places(canvas: &mut Canvas<'_>, place: Rect, view: &View<'_>) {
    let track = view.snapshot.charts.as_ref().map(|charts| &charts.map.track);
    let passes = view.snapshot.charts.as_ref().map_or_else(Vec::new, |charts| passes(charts));
    let key = match track {
        None => "map-not-yet",
        Some(track) if track.is_empty() => "map-nothing",
        Some(_) => "map-no-position",
    };
    let used = canvas.paragraph(1, place.y, 3, &view.word(key), Role::Value);
    let scale = LossScale::of(view);
    for (row, pass) in (used..place.height).zip(passes.iter().rev()) {
        let y = place.y + row;
        let figures = [
            ("from", &*time_of_day(pass.from_us)),
            ("minutes", &format!("{:.1}", pass.seconds() / 60.0)),
            ("mean", &pass.mean_pct.map_or_else(|| DASH.to_owned(), two_digits)),
            ("most", &pass.most_pct.map_or_else(|| DASH.to_owned(), two_digits)),
        ];
        let text = clip(&view.words.with("map-pass", &figures), usize::from(place.width - 2));
        canvas.put(1, y, place.width - 1, &text, Role::Text);
        let (x, room) = (text.width() as u16 + 3, place.width.saturating_sub(text.width() as u16 + 4));
        if let Some(mean) = pass.mean_pct {
            let columns = (mean / scale.most_pct() * f64::from(room)).round().clamp(0.0, f64::from(room)) as usize;
            let ink = scale.ink(mean);
            let sign = if scale.has_colours() { '█' } else { ink.sign };
            let style: Style = ink.style;
            canvas.put_styled(x, y, &sign.to_string().repeat(columns), style);
        }
    }
}
