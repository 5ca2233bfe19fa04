//! The line of time: where a log stands, or what is live.

use super::deck::Deck;
use super::look::Look;
use crate::theme::Role;
use crate::widgets::canvas::Canvas;
use grainloss_knowledge::local_time::time_of_day;
use unicode_width::UnicodeWidthStr;

/// Draws it: `▶ ×5  ────●────  12:03:04 / 12:25:00`.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, deck: &Deck, look: &Look) {
    let (_, shown_us) = deck.shown();
    let Some((began_us, end_us)) = deck.span() else {
        let time = if shown_us > 0 { time_of_day(shown_us) } else { String::new() };
        let key = if deck.is_paused() { "learn-held" } else { "learn-live" };
        return canvas.line(y, &look.words.with(key, &[("time", &time)]), Role::Label);
    };
    let state = if deck.is_paused() { "‖" } else { "▶" };
    let left = format!("{state} ×{} ", deck.speed());
    let right = format!(" {} / {}", time_of_day(shown_us), time_of_day(end_us));
    let columns = usize::from(canvas.width()).saturating_sub(left.width() + right.width() + 2).max(1);
    let share = (shown_us - began_us) as f64 / (end_us - began_us).max(1) as f64;
    let at = (share * (columns - 1) as f64).round() as usize;
    let bar: String = (0..columns).map(|place| if place == at { '●' } else { '─' }).collect();
    canvas.line(y, &format!("{left}{bar}{right}"), Role::Value);
}
