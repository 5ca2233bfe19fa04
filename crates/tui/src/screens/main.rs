//! The main screen, laid out for 80×24: each quantity is always at the same place. A larger terminal gets larger digits,
//! a higher chart of the last ten minutes, and the events.

pub(crate) mod body;

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_ROWS};
use crate::widgets::{events, headline, next_step, session_lines, trend};

/// From this size on, columns and rows, the digits have eight rows.
const LARGE: (u16, u16) = (110, 34);
/// Most rows of the trend.
const MAX_TREND_ROWS: u16 = 12;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let large = canvas.width() >= LARGE.0 && canvas.height() >= LARGE.1 && !view.state.is_ascii();
    let headline_rows = headline::rows(large);
    let spare = canvas.height() - NOMINAL_ROWS - (headline_rows - headline::rows(false));
    let trend_rows = 1 + (spare / 2).min(MAX_TREND_ROWS - 1);
    let event_rows = spare - (trend_rows - 1);
    headline::draw(canvas, 3, large, view);
    let mut y = 3 + headline_rows;
    trend::draw(canvas, y, trend_rows, view);
    y += trend_rows;
    body::streams(canvas, y, view);
    canvas.rule(y + 4, "");
    body::parameters(canvas, y + 5, view);
    canvas.rule(y + 8, "");
    session_lines::draw(canvas, y + 9, view);
    next_step::draw(canvas, y + 11, view);
    if event_rows > 2 {
        canvas.rule(y + 12, &view.word("history-events"));
        events::draw(canvas, y + 13, event_rows - 1, view);
    }
    debug_assert!(y + 12 + event_rows == canvas.height() - 2, "the rows add up");
    if view.role(Role::Value) == Role::Old {
        let age = view.ago(view.stale_us);
        canvas.put_right(3, &format!("{} ", view.words.with("screen-old", &[("age", &age)])), Role::Old);
    }
}
