//! What is left of the main screen below 80×24, down to 40×10: the loss, how sure, the alarm, the next step.

use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, clip};
use super::theme::Role;
use super::view::View;
use super::{alarm_line, headline, lines};
use grainloss_core::machine::Channel;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    if let Some(naming) = &view.app.naming {
        canvas.fill_line(0, Role::Chosen);
        canvas.line(0, &format!("{}: {}_", view.word("naming-compact"), naming.text), Role::Chosen);
    } else if let Some(note) = view.app.note() {
        canvas.fill_line(0, Role::Chosen);
        canvas.line(0, &note, Role::Chosen);
    } else {
        alarm_line::alarm(canvas, 0, view);
    }
    headline::digits(canvas, 1, false, view);
    // Beside the digits where there is room for both, below them otherwise.
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
        canvas.line(last - 2, &lines::so_far(view), Role::Text);
    }
    let keys = view.word("screen-keys");
    let room = canvas.width().saturating_sub(keys.width() as u16 + 3);
    canvas.put(1, last, room, &clip(&alarm_line::next_text(view), usize::from(room)), Role::Value);
    canvas.put_right(last, &format!("{keys} "), Role::Label);
}
