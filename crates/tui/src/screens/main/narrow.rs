//! The rows of the main screen in a window of less than 80 columns: whole figures, the most important first.

use unicode_width::UnicodeWidthStr;

use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::headline::{self, Fact};
use crate::widgets::loss_shown::LossShown;
use crate::widgets::next_step;
use crate::widgets::numbers::{DASH, two_digits, with_interval};
use crate::widgets::tap::Tap;
use crate::widgets::wrap::{clip, fitting, wrap};
use grainloss_core::harvest::Stream;
use grainloss_core::machine::Channel;

/// Where the facts stand beside the digits.
const FACTS_X: u16 = 30;
/// The next step has no more lines than this.
const NEXT_LINES: usize = 3;

/// The first of these texts that fits, the longest first; with none that fits nothing is drawn.
pub(super) fn line(canvas: &mut Canvas<'_>, y: u16, texts: &[String], role: Role, view: &View<'_>) {
    whole(canvas, (1, y), canvas.width().saturating_sub(2), texts, view.role(role));
}

fn whole(canvas: &mut Canvas<'_>, (x, y): (u16, u16), room: u16, texts: &[String], role: Role) {
    if let Some(text) = texts.iter().find(|text| text.width() <= usize::from(room)) {
        canvas.put(x, y, room, text, role);
    }
}

/// As many whole parts of a line as fit, the first ones first.
fn parts(parts: &[String], room: usize) -> String {
    let mut line = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let gap = if line.is_empty() { "" } else { "  " };
        if line.width() + gap.len() + part.width() <= room {
            line = format!("{line}{gap}{part}");
        }
    }
    line
}

/// What the digits are of, and at the right what the machine does.
pub(super) fn label(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let (label, activity) = (loss.label(view), headline::activity(view));
    let room = usize::from(canvas.width().saturating_sub(2));
    let label = clip(&label, room);
    canvas.put(1, y, canvas.width() - 1, &label, Role::Label);
    if label.width() + activity.width() + 2 <= room {
        canvas.put_right(y, &format!("{activity} "), view.role(Role::Value));
    }
}

/// A fact in a row of its own.
pub(super) fn fact(canvas: &mut Canvas<'_>, y: u16, at: usize, loss: &LossShown<'_>, view: &View<'_>) {
    let facts = headline::facts(loss, view);
    let Some(fact) = facts.get(at) else { return };
    put_fact(canvas, (1, y), fact, view);
}

fn put_fact(canvas: &mut Canvas<'_>, (x, y): (u16, u16), fact: &Fact, view: &View<'_>) {
    let room = canvas.width().saturating_sub(x + 1);
    let values_x = x + fact.label.width() as u16 + 1;
    canvas.put(x, y, room, &fact.label, fact.role);
    let left = canvas.width().saturating_sub(values_x);
    whole(canvas, (values_x, y), left, &fact.values, view.role(Role::Value));
    if let Some(action) = fact.tap {
        canvas.tap_part(x, y, room, Tap::Act(action));
    }
}

/// The facts beside the digits, in so many rows.
pub(super) fn beside(canvas: &mut Canvas<'_>, y: u16, rows: u16, loss: &LossShown<'_>, view: &View<'_>) {
    // Interval, verdict, activity, basis, per area: the order in which they are missed.
    let [interval, area, basis, verdict, activity] = headline::facts(loss, view);
    let order = [interval, verdict, basis, activity, area];
    for (y, fact) in (y..y + rows).zip(order) {
        put_fact(canvas, (FACTS_X, y), &fact, view);
    }
}

/// The streams, a row each, below their heading.
pub(super) fn streams(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let [share_x, amount_x, basis_x] = [13, 21, 46];
    let heads = super::body::heads(loss, view);
    canvas.put(1, y, canvas.width() - 1, &fitting(&[heads[0].clone()], usize::from(share_x - 2)), Role::Label);
    let last = basis_x.min(canvas.width());
    for (x, room, head) in [
        (share_x, amount_x - share_x - 1, &heads[1]),
        (amount_x, last.saturating_sub(amount_x + 1), &heads[2]),
        (basis_x, canvas.width().saturating_sub(basis_x + 1), &heads[3]),
    ] {
        whole(canvas, (x, y), room, std::slice::from_ref(head), Role::Label);
    }
    for (y, stream) in (y + 1..).zip(Stream::ALL) {
        let value = view.role(Role::Value);
        canvas.put(1, y, share_x - 2, &view.word(&format!("stream-{}", stream.word())), Role::Text);
        let shown = loss.stream(stream);
        let share = shown.map_or_else(|| DASH.to_owned(), |(percent, _)| format!("{} %", two_digits(percent)));
        whole(canvas, (share_x, y), amount_x - share_x - 1, &[share], value);
        let amounts = shown.map_or_else(
            || vec![DASH.to_owned()],
            |(_, amount)| vec![with_interval(amount.band()), two_digits(amount.band().value)],
        );
        whole(canvas, (amount_x, y), last.saturating_sub(amount_x + 1), &amounts, value);
        let basis = super::body::last_cells(stream, loss, view);
        whole(canvas, (basis_x, y), canvas.width().saturating_sub(basis_x + 1), &basis, view.role(Role::Text));
    }
}

/// The streams in one line, the largest first.
pub(super) fn stream_line(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let mut streams: Vec<(Stream, Option<f64>)> =
        Stream::ALL.map(|stream| (stream, loss.stream(stream).map(|(percent, _)| percent))).into();
    streams.sort_by(|a, b| b.1.unwrap_or(0.0).total_cmp(&a.1.unwrap_or(0.0)));
    let one = |(stream, percent): (Stream, Option<f64>)| {
        let percent = percent.map_or_else(|| DASH.to_owned(), |percent| format!("{} %", two_digits(percent)));
        format!("{} {percent}", view.word(&format!("stream-{}", stream.word())))
    };
    let cells: Vec<String> = streams.into_iter().map(one).collect();
    let text = parts(&cells, usize::from(canvas.width().saturating_sub(2)));
    canvas.line(y, &text, view.role(Role::Value));
}

/// Height, speed, feed and engine in one line.
pub(super) fn value_line(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let height = view.reading(Channel::HeaderHeight, |m| format!("{:.0} cm", m * 100.0));
    let name = view.units.speed_name();
    let speed = view.reading(Channel::GroundSpeed, |m_s| format!("{:.1} {name}", view.units.speed(m_s)));
    let feed = view.reading(Channel::FeedRate, |kg_s| format!("{kg_s:.1} kg/s"));
    let engine = view.reading(Channel::EngineSpeed, |rpm| format!("{rpm:.0} r/min"));
    let old = [&height, &speed].iter().any(|reading| reading.role == Role::Old);
    let cells = [format!("{} {}", view.word("screen-height"), height.value), speed.value, feed.value, engine.value];
    let text = parts(&cells, usize::from(canvas.width().saturating_sub(2)));
    canvas.line(y, &text, if old { Role::Old } else { Role::Value });
}

/// The next step in lines of this window.
pub(super) fn next_lines(canvas: &Canvas<'_>, view: &View<'_>) -> Vec<String> {
    let label = next_step::label(view);
    let text = format!("{label}: {}", next_step::text(view));
    let mut lines = wrap(&text, usize::from(canvas.width().saturating_sub(2)));
    if lines.len() > NEXT_LINES {
        lines.truncate(NEXT_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// Draws all lines of the next step.
pub(super) fn next(canvas: &mut Canvas<'_>, y: u16, lines: &[String], view: &View<'_>) {
    for (y, text) in (y..).zip(lines) {
        canvas.line(y, text, view.role(Role::Value));
    }
}

/// Draws the next step in one line: its text without the label, as far as it goes.
pub(super) fn next_line(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let room = usize::from(canvas.width().saturating_sub(3));
    let text = next_step::text(view);
    let lines = wrap(&text, room);
    let first = lines.first().cloned().unwrap_or_default();
    let more = if lines.len() > 1 { "…" } else { "" };
    canvas.line(y, &format!("{first}{more}"), view.role(Role::Value));
    canvas.tap_row(y, Tap::Act(Action::Advice));
}
