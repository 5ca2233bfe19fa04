//! The lines of the main screen below the trend: the streams and the machine.

use unicode_width::UnicodeWidthStr;

use crate::theme::Role;
use crate::view::{ReadingText, View};
use crate::widgets::canvas::Canvas;
use crate::widgets::loss_shown::LossShown;
use crate::widgets::numbers::{DASH, two_digits, with_interval};
use crate::widgets::wrap::fitting;
use grainloss_core::harvest::Stream;
use grainloss_core::machine::Channel;

/// The heading of the streams: of which time they are, share, amount, and what they rest on or how they compare.
pub(crate) fn heads(loss: &LossShown<'_>, view: &View<'_>) -> [String; 4] {
    let keys = match loss {
        LossShown::LastPass(_) => ["screen-streams-pass", "screen-share", "screen-amount-pass", "screen-than-before"],
        _ => ["screen-streams", "screen-share", "screen-amount-now", "screen-basis"],
    };
    keys.map(|key| view.word(key))
}

/// What a stream's loss rests on, or how that of the last pass compares with the one before; the longest text first.
pub(crate) fn last_cells(stream: Stream, loss: &LossShown<'_>, view: &View<'_>) -> Vec<String> {
    match loss {
        LossShown::LastPass(_) => match loss.stream_trend(stream, view) {
            empty if empty.is_empty() => vec![DASH.to_owned()],
            text => vec![text],
        },
        LossShown::Now(estimate, _) => {
            let (_, now) = estimate.streams()[stream as usize];
            let Some(basis) = now.loss.map(|_| now.basis) else { return vec![DASH.to_owned()] };
            vec![view.word(&format!("basis-{}", basis.word())), view.word(&format!("budget-{}", basis.word()))]
        }
        LossShown::Unknown(_) => vec![DASH.to_owned()],
    }
}

/// Draws the three streams: share of the grain and amount with interval, both of the same time, and basis or comparison.
pub(crate) fn streams(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let [share_x, rate_x, basis_x] = [16, 30, 57].map(|x| canvas.at(x));
    let [what, share, amount, last] = heads(loss, view);
    canvas.put(1, y, share_x - 2, &what, Role::Label);
    canvas.put(share_x, y, rate_x - share_x - 1, &share, Role::Label);
    canvas.put(rate_x, y, basis_x - rate_x - 1, &amount, Role::Label);
    canvas.rest(basis_x, y, &last, Role::Label);
    let role = view.role(Role::Value);
    for (y, stream) in (y + 1..).zip(Stream::ALL) {
        let shown = loss.stream(stream);
        let dash = || DASH.to_owned();
        let share = shown.map_or_else(dash, |(percent, _)| format!("{} %", two_digits(percent)));
        let amount = shown.map_or_else(dash, |(_, amount)| with_interval(amount.band()));
        canvas.put(1, y, share_x - 2, &view.word(&format!("stream-{}", stream.word())), Role::Text);
        canvas.put(share_x, y, rate_x - share_x - 1, &share, role);
        canvas.put(rate_x, y, basis_x - rate_x - 1, &amount, role);
        let room = usize::from(canvas.width() - basis_x);
        canvas.rest(basis_x, y, &fitting(&last_cells(stream, loss, view), room), view.role(Role::Text));
    }
}

/// Draws header height, ground speed with its target, feed rate, and engine speed: as many columns as the window has, each
/// with its age where there is a row for it.
pub(crate) fn parameters(canvas: &mut Canvas<'_>, y: u16, with_ages: bool, view: &View<'_>) {
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
        let room = next - x - 1;
        // A narrow window has as many whole columns as fit.
        let widest = [&label, &value, &age].into_iter().map(|text| text.width()).max().unwrap_or(0);
        if usize::from(x) + widest.min(usize::from(room)) > usize::from(canvas.width()) {
            break;
        }
        canvas.put(x, y, room, &label, Role::Label);
        canvas.put(x, y + 1, room, &value, role);
        if with_ages {
            canvas.put(x, y + 2, room, &age, if role == Role::Old { Role::Old } else { Role::Label });
        }
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
