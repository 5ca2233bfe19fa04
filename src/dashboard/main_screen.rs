//! The main screen, laid out for 80×24: the same quantity is always at the same place.

use ratatui::Frame;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::{alarm_line, headline, lines};
use crate::knowledge::Words;
use crate::snapshot::Snapshot;

/// The smallest screen that everything fits.
pub(super) const COLUMNS: u16 = 80;
pub(super) const ROWS: u16 = 24;

/// Draws the snapshot. The texts that did not fit are given back: none should be.
pub fn draw(frame: &mut Frame<'_>, snapshot: &Snapshot, words: &Words) -> Vec<String> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area);
    if area.width < COLUMNS || area.height < ROWS {
        canvas.put(0, 0, area.width, &words.get("screen-too-small"), Style::new());
        return Vec::new();
    }
    lines::title(&mut canvas, 0, snapshot, words);
    alarm_line::alarm(&mut canvas, 1, snapshot, words);
    canvas.rule(2);
    headline::draw(&mut canvas, 3, snapshot, words);
    canvas.rule(9);
    lines::streams(&mut canvas, 10, snapshot, words);
    canvas.rule(14);
    lines::parameters(&mut canvas, 15, snapshot, words);
    canvas.rule(18);
    lines::session(&mut canvas, 19, snapshot, words);
    alarm_line::next_step(&mut canvas, 21, snapshot, words);
    canvas.rule(22);
    canvas.put_right(22, &format!(" {} ", words.get("screen-why")), Style::new());
    lines::status(&mut canvas, 23, snapshot, words);
    canvas.cut
}
