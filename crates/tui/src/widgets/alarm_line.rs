//! The alarm line, and the texts of alarms.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::numbers::DASH;
use super::tap::Tap;
use super::wrap::shorten;
use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::{GONE_US, View};
use grainloss_core::advice::{ActiveAlarm, Alarm, AlarmId, Excess};

/// The alarm line: its text, how it is drawn, and the alarm that it is of.
#[derive(Debug)]
pub(crate) struct AlarmLine {
    pub text: String,
    /// `Text` where nothing is to be seen to.
    pub role: Role,
    /// The alarm or notice of the highest priority, an unacknowledged one first; `None` without one.
    pub active: Option<ActiveAlarm>,
}

/// The alarm of the highest priority, an unacknowledged one first; otherwise an alarm that was lowered to a message; otherwise
/// why there is none.
pub(crate) fn line(view: &View<'_>) -> AlarmLine {
    let plain = |text, role| AlarmLine { text, role, active: None };
    if view.snapshot.ended {
        return plain(view.word("screen-ended-line"), Role::Low);
    }
    if view.snapshot.health.link_lost {
        return plain(view.word("screen-link-lost"), Role::Medium);
    }
    if view.stale_us >= GONE_US {
        let seconds = (view.stale_us / 1_000_000).to_string();
        return plain(view.words.with("alarm-no-service", &[("seconds", &seconds)]), Role::Medium);
    }
    let advice = &view.snapshot.advice;
    let alarm = advice.list().find(|active| !active.alarm.is_notice());
    if let Some(active) = alarm.or_else(|| advice.list().next()) {
        let role = if active.alarm.is_notice() { Role::Text } else { Role::of_level(active.alarm.level) };
        return AlarmLine { text: notice_or_alarm(&active.alarm, view), role, active: Some(active) };
    }
    let text = match (advice.shelved_alarm(), advice.suppressed) {
        (Some(lowered), _) => view.words.with("alarm-lowered", &[("what", &alarm_text(&lowered, view))]),
        (None, Some(why)) => view.word(&format!("suppressed-{}", why.word())),
        (None, None) => view.word("alarm-none"),
    };
    plain(text, Role::Text)
}

/// Draws the alarm line.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let advice = &view.snapshot.advice;
    // A tap acknowledges what waits for it, otherwise it opens the alarms.
    let tap = if advice.unacknowledged() > 0 { Action::Acknowledge } else { Action::Alarms };
    canvas.tap_row(y, Tap::Act(tap));
    let AlarmLine { text, role, active } = line(view);
    let text = match &active {
        Some(active) => fitted(&active.alarm, canvas.width(), view),
        None if role == Role::Text => shorten(&text, usize::from(canvas.width().saturating_sub(2))),
        None => text,
    };
    if role != Role::Text {
        canvas.fill_line(y, role);
    }
    canvas.line(y, &text, role);
    let Some(active) = active.filter(|active| !active.alarm.is_notice()) else { return };
    // The number of other alarms, and the key to acknowledge or that it was pressed: as far as there is room.
    let (hint, others) = (
        acknowledge_hint(active.is_acknowledged(), view),
        advice.alarms().filter(|alarm| !alarm.is_notice()).count() - 1,
    );
    let more = if others > 0 { format!("+{others} ") } else { String::new() };
    let room = usize::from(canvas.width()).saturating_sub(text.width() + 2);
    let hints = [format!("{more}{hint} "), format!("{hint} "), more];
    if let Some(hint) = hints.iter().find(|hint| hint.width() <= room) {
        canvas.put_right(y, hint, role);
    }
}

/// A tick when the alarm is acknowledged, otherwise the key to press.
fn acknowledge_hint(acknowledged: bool, view: &View<'_>) -> String {
    if acknowledged {
        view.word("alarm-seen")
    } else {
        view.words.with("alarm-press", &[("key", &*view.key_name(Action::Acknowledge))])
    }
}

/// An alarm in a line of so many columns: in fewer words where it has no room.
fn fitted(alarm: &Alarm, columns: u16, view: &View<'_>) -> String {
    let room = usize::from(columns.saturating_sub(2));
    let text = notice_or_alarm(alarm, view);
    if text.width() <= room {
        return text;
    }
    let short = text_of(alarm, "alarm-short", view);
    shorten(&format!("{} {short}", word_of_level(alarm, view)), room)
}

/// An alarm with symbol and word of its level, or a notice with the word for it.
pub(crate) fn notice_or_alarm(alarm: &Alarm, view: &View<'_>) -> String {
    format!("{}  {}", word_of_level(alarm, view), alarm_text(alarm, view))
}

fn word_of_level(alarm: &Alarm, view: &View<'_>) -> String {
    if alarm.is_notice() { view.word("alarm-notice") } else { level(alarm.level, view) }
}

/// Symbol and word of a level: 1 low, 2 medium, 3 high priority.
fn level(level: u8, view: &View<'_>) -> String {
    format!("{} {}", "!".repeat(usize::from(level)), view.word(&format!("alarm-level-{level}")))
}

/// The text of an alarm.
pub(crate) fn alarm_text(alarm: &Alarm, view: &View<'_>) -> String {
    text_of(alarm, "alarm", view)
}

/// The same from the texts of this stem.
fn text_of(alarm: &Alarm, stem: &str, view: &View<'_>) -> String {
    let key = format!("{stem}-{}", alarm.id.word());
    let stream = || {
        let stream = alarm.stream.map_or_else(|| view.word("unknown"), |s| view.word(&format!("stream-{}", s.word())));
        let crop = view.snapshot.estimate.as_ref().map(|estimate| estimate.crop);
        // What was said of the crop stands beside the place: in a lodged field it is the reason.
        let hard = crop.and_then(|crop| crop.hard_words().next().map(|word| view.word(&format!("crop-said-{word}"))));
        hard.map_or(stream.clone(), |hard| view.words.with("alarm-in-crop", &[("stream", &stream), ("crop", &hard)]))
    };
    match alarm.id {
        AlarmId::LossLevel => {
            let limit = view.snapshot.session.limit.as_ref();
            let limit = limit.map_or_else(String::new, |limit| limit.name.get(view.words.lang).to_owned());
            let key = format!("{key}-{}", alarm.excess.unwrap_or(Excess::Above).word());
            view.words.with(&key, &[("limit", &limit), ("stream", &stream())])
        }
        AlarmId::LossStep => view.words.with(&key, &[("stream", &stream())]),
        AlarmId::LossRelative
        | AlarmId::BusSilent
        | AlarmId::PlatesSilent
        | AlarmId::Plugged
        | AlarmId::EngineStalling => view.word(&key),
        AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => {
            view.words.with(&key, &[("what", &view.channel_name(channel))])
        }
    }
}

/// The number of alarms in this session, per hour of work, and of those lowered to messages.
pub(crate) fn alarm_counts(view: &View<'_>) -> String {
    let (advice, working_s) = (&view.snapshot.advice, view.snapshot.totals.working_s());
    // A rate needs at least ten minutes (our choice).
    let rate = (working_s >= 600.0).then(|| format!("{:.1}", f64::from(advice.raised) * 3600.0 / working_s));
    let rate = rate.unwrap_or_else(|| DASH.to_owned());
    let (raised, lowered) = (advice.raised.to_string(), advice.shelved.to_string());
    view.words.with("alarms-line", &[("raised", &raised), ("lowered", &lowered), ("rate", &rate)])
}
