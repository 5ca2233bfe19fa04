//! The main screen, laid out for 80×24: the same quantity is always at the same place. A larger one has larger digits, a
//! higher chart of the last ten minutes, and what has happened.

use super::canvas::Canvas;
use super::screen::ROWS;
use super::theme::Role;
use super::view::View;
use super::{alarm_line, headline, history_screen, lines, trend};

/// From this size on the digits are of eight rows.
const LARGE: (u16, u16) = (110, 34);
/// The chart of the trend has no more rows than this.
const MOST_TREND_ROWS: u16 = 12;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let large = canvas.width() >= LARGE.0 && canvas.height() >= LARGE.1 && !view.app.is_ascii();
    let headline_rows = headline::rows(large);
    let spare = canvas.height() - ROWS - (headline_rows - headline::rows(false));
    let trend_rows = 1 + (spare / 2).min(MOST_TREND_ROWS - 1);
    let events = spare - (trend_rows - 1);
    headline::draw(canvas, 3, large, view);
    let mut y = 3 + headline_rows;
    trend::draw(canvas, y, trend_rows, view);
    y += trend_rows;
    lines::streams(canvas, y, view);
    canvas.rule(y + 4, "");
    lines::parameters(canvas, y + 5, view);
    canvas.rule(y + 8, "");
    lines::session(canvas, y + 9, view);
    alarm_line::next_step(canvas, y + 11, view);
    if events > 2 {
        canvas.rule(y + 12, &view.word("history-events"));
        history_screen::events(canvas, y + 13, events - 1, view);
    }
    debug_assert!(y + 12 + events == canvas.height() - 2, "the rows add up");
    if view.role(Role::Value) == Role::Old {
        let age = view.ago(view.stale_us);
        canvas.put_right(3, &format!("{} ", view.words.with("screen-old", &[("age", &age)])), Role::Old);
    }
}
