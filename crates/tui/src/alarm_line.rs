//! The lines that tell what to heed and what to do: the reserved alarm line, and the next step.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::keys::Action;
use super::theme::Role;
use super::view::{GONE_US, View};
use grainloss_core::advice::{Alarm, AlarmId, NextStep, Verdict};
use grainloss_core::machine::Channel;

/// The reserved alarm line: the highest alarm, one that nobody has acknowledged first; what the alarm budget has lowered;
/// or why there is none.
pub(super) fn alarm(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    if view.s.ended {
        canvas.fill_line(y, Role::Low);
        canvas.line(y, &view.word("screen-ended-line"), Role::Low);
        return;
    }
    if view.s.health.link_lost {
        canvas.fill_line(y, Role::Medium);
        canvas.line(y, &view.word("screen-link-lost"), Role::Medium);
        return;
    }
    if view.stale_us >= GONE_US {
        canvas.fill_line(y, Role::Medium);
        let seconds = (view.stale_us / 1_000_000).to_string();
        canvas.line(y, &view.words.with("alarm-no-service", &[("seconds", &seconds)]), Role::Medium);
        return;
    }
    let advice = &view.s.advice;
    let Some(standing) = advice.list().find(|standing| standing.alarm.level > 0) else {
        let text = match (advice.shelved_alarm(), advice.suppressed) {
            (Some(lowered), _) => view.words.with("alarm-lowered", &[("what", &alarm_text(&lowered, view))]),
            (None, Some(why)) => view.word(&format!("suppressed-{}", why.word())),
            (None, None) => view.word("alarm-none"),
        };
        canvas.line(y, &text, Role::Text);
        return;
    };
    let alarm = standing.alarm;
    let role = Role::of_level(alarm.level);
    canvas.fill_line(y, role);
    let text = format!("{}  {}", level(alarm.level, view), alarm_text(&alarm, view));
    canvas.line(y, &text, role);
    // How many more there are, and what to press or that it was pressed: as far as there is room.
    let (sign, others) = (sign(standing.is_acknowledged(), view), advice.alarms().count() - 1);
    let more = if others > 0 { format!("+{others} ") } else { String::new() };
    let room = usize::from(canvas.width()).saturating_sub(text.width() + 2);
    let signs = [format!("{more}{sign} "), format!("{sign} "), more];
    if let Some(sign) = signs.iter().find(|sign| sign.width() <= room) {
        canvas.put_right(y, sign, role);
    }
}

/// A tick for what was seen, the key for what was not.
fn sign(acknowledged: bool, view: &View<'_>) -> String {
    if acknowledged {
        view.word("alarm-seen")
    } else {
        view.words.with("alarm-press", &[("key", view.app.keys().key(Action::Acknowledge))])
    }
}

/// Symbol and word of a level.
pub(super) fn level(level: u8, view: &View<'_>) -> String {
    format!("{} {}", "!".repeat(usize::from(level)), view.word(&format!("alarm-level-{level}")))
}

/// What an alarm says.
pub(super) fn alarm_text(alarm: &Alarm, view: &View<'_>) -> String {
    let key = format!("alarm-{}", alarm.id.word());
    let stream = || alarm.stream.map_or_else(|| view.word("unknown"), |s| view.word(&format!("stream-{}", s.word())));
    match alarm.id {
        AlarmId::LossLevel => {
            let limit = view.s.session.limit.as_ref();
            let limit = limit.map_or_else(String::new, |limit| limit.name.get(view.words.lang).to_owned());
            view.words.with(&key, &[("limit", &limit), ("stream", &stream())])
        }
        AlarmId::LossStep => view.words.with(&key, &[("stream", &stream())]),
        AlarmId::LossRelative
        | AlarmId::BusSilent
        | AlarmId::PlatesSilent
        | AlarmId::Plugged
        | AlarmId::EngineStalling => view.word(&key),
        AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => {
            view.words.with(&key, &[("what", &channel_name(channel, view))])
        }
    }
}

/// The words for a channel.
pub(super) fn channel_name(channel: Channel, view: &View<'_>) -> String {
    view.word(&format!("channel-{}", channel.name().replace(['.', '_'], "-")))
}

/// The next thing to try.
pub(super) fn next_step(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    canvas.put(1, y, 10, &view.word("screen-next"), Role::Label);
    canvas.rest(11, y, &next_text(view), Role::Value);
}

/// The adjustment that is next, where the step's rule has any; otherwise the step.
pub(super) fn next_text(view: &View<'_>) -> String {
    let advice = &view.s.advice;
    let Some(step) = advice.next_step else {
        // Nothing to do is a finding, too.
        return view.word(if view.s.estimate.is_some() { "screen-next-none" } else { "screen-next-unknown" });
    };
    let rule = view.s.session.guide.rules.get(step);
    if let Some(adjustment) = rule.and_then(|rule| rule.adjust.get(advice.adjustment)) {
        return adjustment.text.get(view.words.lang).to_owned();
    }
    let key = format!("next-{}", step.word());
    match (step, advice.comparison.map(|comparison| comparison.verdict)) {
        (NextStep::Compare, Some(Verdict::More(minutes))) => {
            view.words.with(&key, &[("minutes", &minutes.to_string())])
        }
        (NextStep::Compare, _) => view.word("next-compare-some"),
        _ => view.word(&key),
    }
}
