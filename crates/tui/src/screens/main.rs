//! The main screen. At 80×24 each quantity is always at the same place; a larger terminal gets larger digits, a higher chart
//! of the last ten minutes, and the events. A smaller one gives up rows, one by one by their priority.

pub(crate) mod body;
mod narrow;

use super::large;
use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_COLUMNS, NOMINAL_ROWS};
use crate::widgets::loss_shown::LossShown;
use crate::widgets::rows::{Row, choose};
use crate::widgets::tap::Tap;
use crate::widgets::wrap::shorten;
use crate::widgets::{alarm_line, chrome, events, headline, next_step, session_lines, trend};

/// From this size on, columns and rows, the digits have eight rows.
const LARGE: (u16, u16) = (110, 34);
/// Most rows of the trend.
const MAX_TREND_ROWS: u16 = 12;
/// From this width on the facts have room beside the digits.
const BESIDE: u16 = 60;

/// A row of the main screen, or rows that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Alarm,
    /// A line across: which of them.
    Rule(u8),
    /// What the digits are of.
    Label,
    Digits,
    Flags,
    /// A fact below the digits, by its place in [`headline::facts`].
    Fact(usize),
    Trend,
    /// The streams with their heading.
    Streams,
    StreamLine,
    /// Labels and values of the machine.
    Values,
    Ages,
    ValueLine,
    /// The operator faults, or the pan that would tell most.
    Faults,
    Totals,
    /// The next step, as many lines as it needs; and in one line.
    Next,
    NextLine,
    Events,
    Keys,
    Status,
}

/// The rows of a window of this size, in their order, with height and priority.
fn rows(canvas: &Canvas<'_>, (large, pictures, is_ascii): (bool, bool, bool), next_rows: u16) -> Vec<Row<Part>> {
    let (columns, height) = (canvas.width(), canvas.height());
    let extra = headline::rows(large) - headline::rows(false);
    let spare = if columns < NOMINAL_COLUMNS { 0 } else { height.saturating_sub(NOMINAL_ROWS + extra) };
    let trend_rows = 1 + (spare / 2).min(MAX_TREND_ROWS - 1);
    let event_rows = spare - (trend_rows - 1);
    let (trend_rows, event_rows) = if pictures { large::divide(spare + 1) } else { (trend_rows, event_rows) };
    let one = |part, priority| Row::new(part, 1, priority);
    // Digits of ASCII have a row more: that of the flags, where those are beside them.
    let beside = columns >= BESIDE;
    let digit_rows = headline::digit_rows(large) + u16::from(is_ascii && !beside);
    let flags = if is_ascii && beside { 97 } else { 5 };
    let mut rows = vec![
        one(Part::Title, 20),
        one(Part::Alarm, 100),
        one(Part::Rule(0), 3),
        one(Part::Label, 93),
        Row::new(Part::Digits, digit_rows, 98),
    ];
    if !beside {
        // Verdict, interval, basis, per area.
        rows.extend([(3, 95), (0, 92), (2, 65), (1, 50)].map(|(fact, priority)| one(Part::Fact(fact), priority)));
    }
    rows.extend([
        one(Part::Flags, flags),
        Row::new(Part::Trend, trend_rows, 25),
        Row::new(Part::Streams, 4, 40),
        one(Part::StreamLine, 85).in_place_of(Part::Streams),
        one(Part::Rule(1), 2),
        Row::new(Part::Values, 2, 45),
        one(Part::Ages, 10),
        one(Part::ValueLine, 80).in_place_of(Part::Values),
        one(Part::Rule(2), 1),
        one(Part::Faults, 28),
        one(Part::Totals, 70),
        Row::new(Part::Next, next_rows, if next_rows > 1 { 60 } else { 94 }),
        one(Part::NextLine, 94).in_place_of(Part::Next),
    ]);
    let last = [one(Part::Keys, 99), one(Part::Status, 12)];
    // A high and narrow window has room for events.
    let used: u16 = rows.iter().chain(&last).filter(|row| row.in_place_of.is_none()).map(|row| row.height).sum();
    let event_rows = if columns < NOMINAL_COLUMNS { height.saturating_sub(used) } else { event_rows };
    if event_rows > 0 {
        rows.push(Row::new(Part::Events, event_rows, 0));
    }
    rows.extend(last);
    rows
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let large = canvas.width() >= LARGE.0 && canvas.height() >= LARGE.1 && !view.state.is_ascii();
    let loss = LossShown::of(view);
    let next = if canvas.width() < NOMINAL_COLUMNS { narrow::next_lines(canvas, view) } else { Vec::new() };
    let pictures = large::fits(canvas, view);
    let kind = (large, pictures, view.state.is_ascii());
    let parts = choose(&rows(canvas, kind, (next.len() as u16).max(1)), canvas.height());
    let has = |part| parts.iter().any(|(one, _)| *one == part);
    let flags_are_gone = !has(Part::Flags);
    let height_of = |part: Part, y: u16| {
        let below = parts.iter().skip_while(|(one, _)| *one != part).nth(1).map(|(_, next)| *next);
        below.unwrap_or(canvas.height()) - y
    };
    let heights: Vec<u16> = parts.iter().map(|&(part, y)| height_of(part, y)).collect();
    for (&(part, y), height) in parts.iter().zip(heights) {
        match part {
            Part::Title => chrome::title(canvas, y, view),
            Part::Alarm => alarm_line::draw(canvas, y, view),
            Part::Rule(_) => canvas.rule(y, ""),
            Part::Label if canvas.width() < BESIDE => narrow::label(canvas, y, &loss, view),
            Part::Label => canvas.put(1, y, 29, &loss.label(view), Role::Label),
            Part::Digits => {
                headline::digits(canvas, y, large, &loss, view);
                if canvas.width() >= BESIDE {
                    beside(canvas, (y, large), (has(Part::Label), flags_are_gone), &loss, view);
                }
            }
            Part::Flags if canvas.width() < BESIDE => {
                narrow::line(canvas, y, &[headline::flags(&loss, view)], Role::Value, view);
            }
            Part::Flags => {
                let x = headline::labels_x(canvas, large);
                let room = usize::from(canvas.width().saturating_sub(x + 1));
                canvas.rest(x, y, &shorten(&headline::flags(&loss, view), room), view.role(Role::Value));
            }
            Part::Fact(at) => narrow::fact(canvas, y, at, &loss, view),
            Part::Trend if pictures => large::upper(canvas, y, height, view),
            Part::Trend => trend::draw(canvas, y, height, view),
            Part::Streams if canvas.width() < NOMINAL_COLUMNS => narrow::streams(canvas, y, &loss, view),
            Part::Streams => body::streams(canvas, y, &loss, view),
            Part::StreamLine => narrow::stream_line(canvas, y, &loss, view),
            Part::Values => body::parameters(canvas, y, has(Part::Ages), view),
            Part::Ages => {}
            Part::ValueLine => narrow::value_line(canvas, y, view),
            Part::Faults => session_lines::faults(canvas, y, &loss, view),
            Part::Totals => session_lines::totals(canvas, y, view),
            Part::Next if canvas.width() < NOMINAL_COLUMNS => narrow::next(canvas, y, &next, view),
            Part::Next => next_step::draw(canvas, y, view),
            Part::NextLine => narrow::next_line(canvas, y, view),
            Part::Events if pictures => large::lower(canvas, y, height, view),
            Part::Events => {
                if height > 2 {
                    canvas.rule(y, &view.word("history-events"));
                    events::draw(canvas, y + 1, height - 1, view);
                }
            }
            Part::Keys => chrome::menu(canvas, y, view),
            Part::Status => chrome::status(canvas, y, view),
        }
        if let Some(action) = opens(part) {
            (y..y + height).for_each(|y| canvas.tap_row(y, Tap::Act(action)));
        }
    }
    if view.role(Role::Value) == Role::Old {
        let age = view.ago(view.stale_us);
        let y = parts.iter().find(|(part, _)| *part == Part::Label).map_or(0, |(_, y)| *y);
        canvas.put_right(y, &format!("{} ", view.words.with("screen-old", &[("age", &age)])), Role::Old);
    }
}

/// What a tap on a row opens; what has places of its own is not here.
const fn opens(part: Part) -> Option<Action> {
    match part {
        Part::Trend | Part::Events | Part::Totals => Some(Action::History),
        Part::Streams | Part::StreamLine => Some(Action::Budget),
        Part::Values | Part::Ages | Part::ValueLine | Part::Status => Some(Action::Machine),
        Part::Next | Part::NextLine => Some(Action::Advice),
        Part::Faults => Some(Action::Habits),
        _ => None,
    }
}

/// The facts beside the digits: as many as there are rows, the flags with the activity where they have no row.
fn beside(
    canvas: &mut Canvas<'_>,
    (y, large): (u16, bool),
    (label, flags_are_gone): (bool, bool),
    loss: &LossShown<'_>,
    view: &View<'_>,
) {
    let x = headline::labels_x(canvas, large);
    if canvas.width() < NOMINAL_COLUMNS {
        narrow::beside(canvas, y - u16::from(label), 4 + u16::from(label), loss, view);
        return;
    }
    let first = if label { y - 1 } else { y };
    headline::facts_beside(canvas, (x, first), 5.min(4 + usize::from(label)), loss, view);
    if flags_are_gone {
        let flags = headline::flags(loss, view);
        canvas.put_right(first + 3 + u16::from(label), &format!("{flags} "), view.role(Role::Value));
    }
}
