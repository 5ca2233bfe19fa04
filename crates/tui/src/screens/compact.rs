//! The main screen for terminals below 80×24, down to 40×10: loss, interval, alarm, next step.

use unicode_width::UnicodeWidthStr;

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::flow::Page;
use crate::widgets::{alarm_line, headline, next_step, session_lines};
use grainloss_core::machine::Channel;

/// A page of lines below the alarm: the first line of the screen stays that of the alarms.
pub(crate) fn page(canvas: &mut Canvas<'_>, page: &Page, view: &View<'_>) {
    first_line(canvas, view);
    page.draw(canvas, 1, canvas.height() - 1, view.state.prepare.hidden);
}

/// The name that is typed, a note, or the alarms.
fn first_line(canvas: &mut Canvas<'_>, view: &View<'_>) {
    if let Some(prompt) = &view.state.prompt {
        canvas.fill_line(0, Role::Chosen);
        canvas.line(0, &format!("{}: {}_", view.word("naming-compact"), prompt.text), Role::Chosen);
    } else if let Some(note) = view.state.note() {
        canvas.fill_line(0, Role::Chosen);
        canvas.line(0, note, Role::Chosen);
    } else {
        alarm_line::draw(canvas, 0, view);
    }
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    first_line(canvas, view);
    headline::digits(canvas, 1, false, view);
    // Beside the digits if the screen is wide enough, otherwise below them.
    let (x, mut y) = if canvas.width() >= 60 { (30, 1) } else { (1, 6) };
    for (label, value) in headline::facts(view) {
        let text = format!("{}: {value}", view.word(label));
        if y < canvas.height().min(9) {
            canvas.rest(x, y, &text, view.role(Role::Value));
        }
        y += 1;
    }
    let last = canvas.height() - 1;
    let speed = view.reading(Channel::GroundSpeed, |m_s| format!("{:.1}", view.units.speed(m_s)));
    let height = view.reading(Channel::HeaderHeight, |m| format!("{:.0} cm", m * 100.0));
    let readings = format!("{}  {} {}", height.value, speed.value, view.units.speed_name());
    let old = height.role == Role::Old || speed.role == Role::Old;
    if last > 9 {
        canvas.line(last - 1, &readings, if old { Role::Old } else { Role::Value });
    }
    if last > 10 {
        canvas.line(last - 2, &session_lines::totals_text(view), Role::Text);
    }
    let keys = view.word("screen-keys");
    let room = canvas.width().saturating_sub(keys.width() as u16 + 3);
    canvas.put(1, last, room, &clip(&next_step::text(view), usize::from(room)), Role::Value);
    canvas.put_right(last, &format!("{keys} "), Role::Label);
}
