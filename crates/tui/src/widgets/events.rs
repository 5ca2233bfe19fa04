//! The events of the session.

use super::canvas::{Canvas, clip};
use crate::app::filter::Filter;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::advice::Excess;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_knowledge::preparation::test_cut_text;
use grainloss_protocol::snapshot::EventRecord;

/// Draws the events in at most `rows` rows, the newest first.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    if view.snapshot.timeline.is_empty() {
        canvas.line(y, &view.word("history-none"), Role::Text);
    }
    for (row, event) in view.snapshot.timeline.iter().rev().take(usize::from(rows)).enumerate() {
        let text = clip(&event_text(event, view), usize::from(canvas.width() - 17));
        canvas.put(1, y + row as u16, 14, &view.since(event.t_us), Role::Label);
        canvas.rest(16, y + row as u16, &text, event.level.map_or(Role::Text, |_| Role::Value));
    }
}

/// The events, the newest first: how long ago, and what.
pub(crate) fn newest<'a>(view: &'a View<'_>) -> impl Iterator<Item = (String, String)> + 'a {
    view.snapshot.timeline.iter().rev().map(|event| (view.since(event.t_us), event_text(event, view)))
}

/// Draws the events that a filter shows; gives how many.
pub(crate) fn draw_filtered(canvas: &mut Canvas<'_>, y: u16, filter: &Filter, view: &View<'_>) -> usize {
    let style = |role| view.state.styles().style(role);
    let shown: Vec<_> = newest(view).filter(|(_, text)| filter.shows(text)).collect();
    for (row, (age, text)) in (y..).zip(&shown) {
        canvas.put(1, row, 14, age, Role::Label);
        canvas.put_styled(16, row, &clip(text, usize::from(canvas.width() - 17)), style(Role::Text));
    }
    shown.len()
}

/// An event in words; a kind or id without a text as the journal has it.
fn event_text(event: &EventRecord, view: &View<'_>) -> String {
    let kind_key = format!("event-{}", event.kind);
    let kind = if view.words.has(&kind_key) { view.word(&kind_key) } else { event.kind.to_string() };
    if let Some(trouble) = view.words.trouble(&event.id) {
        let address = event.stream.as_deref().unwrap_or_default();
        let count = event.count.map_or_else(String::new, |count| {
            format!(", {}", view.words.with("trouble-count", &[("count", &count.to_string())]))
        });
        return format!("{kind}: {trouble} ({}{count})", view.words.with("trouble-from", &[("address", address)]));
    }
    let id = ["alarm-name-", "notice-", "pan-", "bus-", "channel-", "change-", "step-", "next-", "doubt-"]
        .map(|stem| format!("{stem}{}", event.id.replace(['.', '_'], "-")))
        .into_iter()
        .find(|key| view.words.has(key))
        .or_else(|| Some("event-all".to_owned()).filter(|_| event.kind == "acknowledged" && event.id == "all"))
        .map_or_else(|| event.id.to_string(), |key| view.word(&key));
    let of_prepare = || view.state.prepare.facts.check_text(event, view.words);
    if let Some(text) = of_prepare().or_else(|| test_cut_text(event, view.words)) {
        return format!("{kind}: {text}");
    }
    let id = if event.kind == "crop" {
        CropConditions::named(&event.id)
            .map_or_else(|| view.word("crop-said-not-said"), |crop| view.words.crop_said(&crop))
    } else if event.kind.starts_with("symptom-") {
        let known = view.snapshot.session.guide.symptoms.iter().find(|symptom| symptom.id == *event.id);
        known.map_or(id, |symptom| symptom.name.get(view.words.lang).to_owned())
    } else {
        id
    };
    let part = event.stream.as_deref().unwrap_or_default();
    let part = ["stream-", "channel-"]
        .map(|stem| format!("{stem}{}", part.replace(['.', '_'], "-")))
        .into_iter()
        .find(|key| view.words.has(key))
        .or_else(|| Some("event-by-dashboard".to_owned()).filter(|_| part == "dashboard"))
        .map_or_else(|| part.to_owned(), |key| view.word(&key));
    let excess = event.count.and_then(Excess::numbered).filter(|_| event.id == "loss-level");
    if let Some(excess) = excess {
        return format!("{kind}: {} {part}", view.word(&format!("excess-{}", excess.word()))).trim_end().to_owned();
    }
    let count = event.count.map_or_else(String::new, |count| format!(" #{count}"));
    format!("{kind}: {id}{count} {part}").trim_end().to_owned()
}
