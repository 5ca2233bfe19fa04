//! Why the next step is advised, whether the last change helped, and how the session stands against every limit.

use super::alarm_line::{channel_name, next_step};
use super::budget_screen::limits;
use super::canvas::Canvas;
use super::theme::Role;
use super::view::View;
use grainloss_core::advice::{Comparison, Verdict};
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::Rule;

/// Rows of the reasons.
const WHY_ROWS: u16 = 13;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    next_step(canvas, 3, view);
    if let Some(rule) = view.s.advice.next_step.and_then(|step| view.s.session.guide.rules.get(step)) {
        explain(canvas, 4, rule, view.s.advice.adjustment, view);
    }
    canvas.rule(4 + WHY_ROWS, "");
    canvas.line(18, &change(view), Role::Text);
    canvas.line(19, &limits(view), Role::Text);
    canvas.line(20, &alarms(view), Role::Text);
}

/// Cause, the order of the adjustments with the one that is next, source and who disagrees.
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
    let tried = rule.adjust.len() as u16;
    canvas.paragraph(1, y + 1 + tried, (WHY_ROWS - 1).saturating_sub(tried), &source, Role::Label);
}

/// The newest change of a setting and what became of it.
fn change(view: &View<'_>) -> String {
    let Some(Comparison { change, ratio, verdict, .. }) = view.s.advice.comparison else {
        return view.word("change-none");
    };
    let what = change.setting.map_or_else(|| view.word("change-marked"), |setting| channel_name(setting, view));
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

/// How often there was an alarm, and what was lowered.
pub(super) fn alarms(view: &View<'_>) -> String {
    let (advice, working_s) = (&view.s.advice, view.s.totals.working_s());
    // A rate needs some minutes to be one.
    let rate = (working_s >= 600.0).then(|| format!("{:.1}", f64::from(advice.raised) * 3600.0 / working_s));
    let rate = rate.unwrap_or_else(|| "—".to_owned());
    let (raised, lowered) = (advice.raised.to_string(), advice.shelved.to_string());
    view.words.with("alarms-line", &[("raised", &raised), ("lowered", &lowered), ("rate", &rate)])
}
