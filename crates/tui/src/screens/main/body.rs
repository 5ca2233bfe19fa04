//! The lines of the main screen below the trend: the streams and the machine.

use crate::theme::Role;
use crate::view::{ReadingText, View};
use crate::widgets::canvas::Canvas;
use crate::widgets::numbers::{DASH, two_digits, with_interval};
use grainloss_core::harvest::{Estimate, Stream};
use grainloss_core::machine::Channel;

/// Draws the three streams: share of the grain and kg/s with interval, both of the last ten seconds of cutting, and basis.
pub(crate) fn streams(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let [share_x, rate_x, basis_x] = [16, 30, 57].map(|x| canvas.at(x));
    canvas.put(1, y, share_x - 2, &view.word("screen-streams"), Role::Label);
    canvas.put(share_x, y, rate_x - share_x - 1, &view.word("screen-share"), Role::Label);
    canvas.put(rate_x, y, basis_x - rate_x - 1, "kg/s (90 %)", Role::Label);
    canvas.rest(basis_x, y, &view.word("screen-basis"), Role::Label);
    let estimate = view.snapshot.estimate.as_ref();
    let losses = estimate.map(Estimate::streams);
    let recent = estimate.and_then(|estimate| estimate.recent);
    let role = view.role(Role::Value);
    for (row, stream) in Stream::ALL.into_iter().enumerate() {
        let y = y + 1 + row as u16;
        let basis = losses.and_then(|losses| losses[row].1.loss.map(|_| losses[row].1.basis));
        let dash = || DASH.to_owned();
        let share = recent.map(|recent| recent.percent(recent.streams[row]));
        let share = share.map_or_else(dash, |percent| format!("{} %", two_digits(percent)));
        let rate = recent.map_or_else(dash, |recent| with_interval(recent.streams[row].band()));
        let basis = basis.map_or_else(dash, |basis| view.word(&format!("basis-{}", basis.word())));
        canvas.put(1, y, share_x - 2, &view.word(&format!("stream-{}", stream.word())), Role::Text);
        canvas.put(share_x, y, rate_x - share_x - 1, &share, role);
        canvas.put(rate_x, y, basis_x - rate_x - 1, &rate, role);
        canvas.rest(basis_x, y, &basis, view.role(Role::Text));
    }
}

/// Draws header height, feed rate, ground speed with its target, and engine speed, each with its age.
pub(crate) fn parameters(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let speed = view.reading(Channel::GroundSpeed, |m_s| {
        let target = view.target_speed().map_or_else(String::new, |target| {
            format!(
                " ({}–{})",
                two_digits(view.units.speed(target.low_m_s)),
                two_digits(view.units.speed(target.high_m_s))
            )
        });
        format!("{:.1}{target}", view.units.speed(m_s))
    });
    let speed_label = view.words.with("screen-speed-target", &[("unit", view.units.speed_name())]);
    let cells = [
        (view.word("screen-height"), view.reading(Channel::HeaderHeight, |m| format!("{:.0} cm", m * 100.0))),
        (view.word("screen-feed"), feed(view)),
        (speed_label, speed),
        (view.word("screen-engine"), view.reading(Channel::EngineSpeed, |rpm| format!("{rpm:.0} r/min"))),
    ];
    for (column, (label, ReadingText { value, age, role })) in cells.into_iter().enumerate() {
        let (x, next) = (canvas.at(1 + 20 * column as u16), canvas.at(21 + 20 * column as u16));
        canvas.put(x, y, next - x - 1, &label, Role::Label);
        canvas.put(x, y + 1, next - x - 1, &value, role);
        canvas.put(x, y + 2, next - x - 1, &age, if role == Role::Old { Role::Old } else { Role::Label });
    }
}

/// The feed rate beside the rated one. Without a sensor it is computed from speed, width and yield, and marked as such.
pub(crate) fn feed(view: &View<'_>) -> ReadingText {
    let rated = view.snapshot.session.measures.rated_feed_kg_s;
    let text = |kg_s: f64| {
        if rated > 0.0 { format!("{kg_s:.1} / {rated:.1} kg/s") } else { format!("{kg_s:.1} kg/s") }
    };
    let modelled = view.snapshot.estimate.as_ref().filter(|e| !e.feed_is_measured).and_then(|e| e.feed_kg_s);
    match modelled {
        Some(kg_s) => {
            ReadingText { value: text(kg_s), age: view.word("screen-modelled"), role: view.role(Role::Value) }
        }
        None => view.reading(Channel::FeedRate, text),
    }
}
