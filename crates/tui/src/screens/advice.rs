//! Why the next step is advised, whether the last change helped, and how the session compares with every limit.

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::{alarm_line, limits, next_step};
use grainloss_core::advice::{Comparison, Verdict};
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::Rule;

/// Rows of the reasons.
const WHY_ROWS: u16 = 13;
/// The last of them, for the document of the limit.
const LIMIT_ROWS: u16 = 3;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    next_step::draw(canvas, 3, view);
    let shown = view.snapshot.advice.shown_step();
    if let Some((shown, rule)) =
        shown.and_then(|shown| Some((shown, view.snapshot.session.guide.rules.get(shown.step)?)))
    {
        explain(canvas, 4, rule, shown.adjustment, view);
    }
    canvas.paragraph(1, 4 + WHY_ROWS - LIMIT_ROWS, LIMIT_ROWS, &limits::in_force(view), Role::Label);
    canvas.rule(4 + WHY_ROWS, "");
    canvas.line(18, &change(view), Role::Text);
    let y = 19 + canvas.paragraph(1, 19, 2, &limits::limits_line(view), Role::Text);
    canvas.line(y, &alarm_line::alarm_counts(view), Role::Text);
}

/// Cause, the adjustments in their order with the next one marked, source, and sources that disagree.
fn explain(canvas: &mut Canvas<'_>, y: u16, rule: &Rule, next: usize, view: &View<'_>) {
    let lang = view.words.lang;
    let cause = [("cause", rule.cause.get(lang))];
    canvas.line(y, &view.words.with("why-cause", &cause), Role::Text);
    for (at, adjustment) in rule.adjust.iter().enumerate() {
        let mark = if at == next { ">" } else { " " };
        let role = if at == next { Role::Value } else { Role::Text };
        let text = format!("{mark} {}  {}", at + 1, adjustment.text.get(lang));
        canvas.rest(3, y + 1 + at as u16, &text, role);
    }
    let mut source = view.words.with("why-source", &[("source", rule.source_in(lang))]);
    if let Some(disagree) = rule.disagree_in(lang) {
        source = format!("{source}. {}", view.words.with("why-disagree", &[("disagree", disagree)]));
    }
    let adjustments = rule.adjust.len() as u16;
    canvas.paragraph(
        1,
        y + 1 + adjustments,
        (WHY_ROWS - 1 - LIMIT_ROWS).saturating_sub(adjustments),
        &source,
        Role::Label,
    );
}

/// The newest change of a setting and its effect.
fn change(view: &View<'_>) -> String {
    let Some(Comparison { change, ratio, verdict, .. }) = view.snapshot.advice.comparison else {
        return view.word("change-none");
    };
    let what = change.setting.map_or_else(|| view.word("change-marked"), |setting| view.channel_name(setting));
    let verdict = match verdict {
        Verdict::More(minutes) => view.words.with("change-more", &[("minutes", &minutes.to_string())]),
        verdict => view.word(&format!("change-{}", verdict.word())),
    };
    let change = |ratio: Interval90| {
        let percent = |ratio: f64| (ratio - 1.0) * 100.0;
        format!("; {:+.0} % ({:+.0}…{:+.0})", percent(ratio.value), percent(ratio.lo), percent(ratio.hi.min(10.99)))
    };
    let ratio = ratio.map_or_else(String::new, change);
    view.words.with("change-line", &[("what", &what), ("verdict", &verdict), ("ratio", &ratio)])
}
