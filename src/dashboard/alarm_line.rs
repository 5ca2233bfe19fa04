//! The lines that tell what to heed and what to do: the reserved alarm line, and the next step.

use super::canvas::Canvas;
use super::lines::{BOLD, REVERSED};
use crate::advice::{Alarm, AlarmId, NextStep, Verdict};
use crate::knowledge::Words;
use crate::machine::Channel;
use crate::snapshot::Snapshot;
use ratatui::style::Style;

/// The reserved alarm line: the highest alarm, in reverse; what the alarm budget has lowered; or why there is none.
pub(super) fn alarm(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let columns = canvas.area.width - 1;
    if snapshot.ended {
        canvas.fill_line(y, REVERSED);
        canvas.put(1, y, columns, &words.get("screen-ended-line"), REVERSED);
        return;
    }
    if snapshot.health.link_lost {
        canvas.fill_line(y, REVERSED);
        canvas.put(1, y, columns, &words.get("screen-link-lost"), REVERSED);
        return;
    }
    let advice = &snapshot.advice;
    let Some(alarm) = advice.alarms().next() else {
        let text = match (advice.lowered_now(), advice.suppressed) {
            (Some(lowered), _) => words.with("alarm-lowered", &[("what", &alarm_text(&lowered, snapshot, words))]),
            (None, Some(why)) => words.get(&format!("suppressed-{}", why.word())),
            (None, None) => words.get("alarm-none"),
        };
        canvas.put(1, y, columns, &text, Style::new());
        return;
    };
    canvas.fill_line(y, REVERSED);
    let level = words.get(&format!("alarm-level-{}", alarm.level));
    let symbol = "!".repeat(usize::from(alarm.level));
    let text = format!("{symbol} {level}  {}", alarm_text(&alarm, snapshot, words));
    canvas.put(1, y, columns, &text, REVERSED);
}

fn alarm_text(alarm: &Alarm, snapshot: &Snapshot, words: &Words) -> String {
    let key = format!("alarm-{}", alarm.id.word());
    let stream = || alarm.stream.map_or_else(|| words.get("unknown"), |s| words.get(&format!("stream-{}", s.word())));
    match alarm.id {
        AlarmId::LossLevel => {
            let limit =
                snapshot.session.limit.as_ref().map_or_else(String::new, |limit| limit.name.get(words.lang).to_owned());
            words.with(&key, &[("limit", &limit), ("stream", &stream())])
        }
        AlarmId::LossStep => words.with(&key, &[("stream", &stream())]),
        AlarmId::LossRelative | AlarmId::BusSilent | AlarmId::PlatesSilent => words.get(&key),
        AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => {
            words.with(&key, &[("what", &channel_name(channel, words))])
        }
    }
}

/// The words for a channel that alarms and comparisons speak of.
pub(super) fn channel_name(channel: Channel, words: &Words) -> String {
    words.get(&format!("channel-{}", channel.name().replace(['.', '_'], "-")))
}

/// The next thing to try.
pub(super) fn next_step(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    canvas.put(1, y, 10, &words.get("screen-next"), Style::new());
    canvas.put(11, y, canvas.area.width - 11, &next_text(snapshot, words), BOLD);
}

/// The adjustment that is next, where the step's rule has any; otherwise the step.
fn next_text(snapshot: &Snapshot, words: &Words) -> String {
    let advice = &snapshot.advice;
    let Some(step) = advice.next_step else { return words.get("screen-next-none") };
    let rule = snapshot.session.guide.rules.get(step);
    if let Some(adjustment) = rule.and_then(|rule| rule.adjust.get(advice.adjustment)) {
        return adjustment.text.get(words.lang).to_owned();
    }
    let key = format!("next-{}", step.word());
    match (step, advice.comparison.map(|comparison| comparison.verdict)) {
        (NextStep::Compare, Some(Verdict::More(minutes))) => words.with(&key, &[("minutes", &minutes.to_string())]),
        _ => words.get(&key),
    }
}
