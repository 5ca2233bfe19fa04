//! The next step: the adjustment that is advised.

use super::canvas::Canvas;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::advice::{NextStep, Verdict};

/// Draws the line of the next step.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    canvas.put(1, y, 10, &view.word("screen-next"), Role::Label);
    canvas.rest(11, y, &text(view), Role::Value);
}

/// The next adjustment of the step's rule; the name of the step when the rule has none.
pub(crate) fn text(view: &View<'_>) -> String {
    let advice = &view.snapshot.advice;
    let Some(step) = advice.next_step else {
        // That there is nothing to do is shown, too.
        return view.word(if view.snapshot.estimate.is_some() { "screen-next-none" } else { "screen-next-unknown" });
    };
    let rule = view.snapshot.session.guide.rules.get(step);
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
