//! What is around a screen: title, alarm line, rule, keys and status, as many of them as the window has rows for; and which
//! lines of the screen are seen.

use unicode_width::UnicodeWidthStr;

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_ROWS};
use crate::widgets::rows::{Row, choose};
use crate::widgets::sheet::Sheet;
use crate::widgets::tap::Shown;
use crate::widgets::wrap::shorten;
use crate::widgets::{alarm_line, chrome};

/// The row of a sheet that a screen begins with: title, alarm line and rule are above it.
pub(super) const TOP: u16 = 3;
/// Rows around a screen.
const AROUND: u16 = 5;
/// From so many lines on there is room for the line that stays.
const ROOM_FOR_FOOT: usize = 5;

/// A row of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Alarm,
    Rule,
    /// A line of the screen.
    Line(u16),
    Keys,
    Status,
}

/// The rows in their order, with their priorities.
fn rows(height: u16) -> Vec<Row<Part>> {
    let lines = height.max(NOMINAL_ROWS) - AROUND;
    let above = [(Part::Title, 20), (Part::Alarm, 100), (Part::Rule, 80)];
    let below = [(Part::Keys, 90), (Part::Status, 10)];
    let one = |(part, priority)| Row::new(part, 1, priority);
    let lines = (0..lines).map(|line| (Part::Line(line), 30));
    above.into_iter().chain(lines).chain(below).map(one).collect()
}

/// Draws the lines of a screen that the window has room for, and what is around them.
pub(super) fn draw(canvas: &mut Canvas<'_>, sheet: &Sheet, title: &str, shown: &mut Shown, view: &View<'_>) {
    let parts = choose(&rows(canvas.height()), canvas.height());
    let room = parts.iter().filter(|(part, _)| matches!(part, Part::Line(_))).count();
    let foot = sheet.foot.as_ref().filter(|_| room >= ROOM_FOR_FOOT);
    let room = room - usize::from(foot.is_some());
    let lines = sheet.lines(TOP, canvas.width(), canvas.width() < crate::widgets::canvas::NOMINAL_COLUMNS);
    let focus = sheet.focus.and_then(|row| lines.iter().position(|line| line.row == row));
    let first = shown.place(lines.len(), room, focus);
    let below = lines.len().saturating_sub(first + room);
    for (part, y) in parts {
        match part {
            Part::Title => chrome::title(canvas, y, view),
            Part::Alarm => alarm_line::draw(canvas, y, view),
            Part::Rule => {
                let more = more(first, below, view);
                let taken = more.width() as u16 + 6;
                canvas.rule(y, &shorten(title, usize::from(canvas.width().saturating_sub(taken))));
                if !more.is_empty() {
                    canvas.put_right(y, &format!(" {more} "), Role::Value);
                }
            }
            Part::Line(nth) => {
                let nth = usize::from(nth);
                let taps = &mut shown.taps;
                if let (Some(line), Some((buffer, window))) =
                    (lines.get(first + nth).filter(|_| nth < room), canvas.window())
                {
                    line.draw(buffer, window, y, taps);
                } else if let Some((text, style)) = foot.filter(|_| nth == room) {
                    canvas.put_styled(1, y, text, *style);
                }
            }
            Part::Keys => chrome::menu(canvas, y, view),
            Part::Status => chrome::status(canvas, y, view),
        }
    }
}

/// How many lines are above and below what is seen; empty when all are.
fn more(above: usize, below: usize, view: &View<'_>) -> String {
    let key = match (above, below) {
        (0, 0) => return String::new(),
        (0, _) => "screen-more-below",
        (_, 0) => "screen-more-above",
        _ => "screen-more-both",
    };
    view.words.with(key, &[("above", &above.to_string()), ("below", &below.to_string())])
}
