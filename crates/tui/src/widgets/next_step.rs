//! The next step: the adjustment that is advised, in figures where the bus tells them.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::advice::{KeptStep, NextStep, NowAndGoal, Verdict};
use grainloss_core::machine::Channel;

/// Columns for the step at 80 columns.
const ROOM: usize = 68;

/// Draws the line of the next step.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    canvas.put(1, y, 10, &label(view), Role::Label);
    canvas.rest(11, y, &text(view), Role::Value);
}

/// That it is the next step, or that now is the time to set what the last pass has shown.
pub(crate) fn label(view: &View<'_>) -> String {
    let advice = &view.snapshot.advice;
    let kept = advice.kept.filter(|kept| advice.next_step.is_none() && kept.now_and_goal.is_some());
    view.word(if kept.is_some() { "screen-next-set-now" } else { "screen-next" })
}

/// How the machine drives to crop that lies, behind the step for it; nothing where that is not known.
fn travel_now(step: NextStep, text: &str, view: &View<'_>) -> Option<String> {
    let crop = view.snapshot.estimate.as_ref()?.crop;
    let travel = crop.travel(view.snapshot.readings.value(Channel::GroundCourse))?;
    let travel = view.word(&format!("travel-{}", travel.word()));
    let now = format!("{text} ({})", view.words.with("travel-compare", &[("travel", &travel)]));
    (step == NextStep::WorkLodged && now.width() <= ROOM).then_some(now)
}

/// The next adjustment of the step's rule, with the value now and the goal; the name of the step when the rule has none.
pub(crate) fn text(view: &View<'_>) -> String {
    let advice = &view.snapshot.advice;
    let Some(KeptStep { step, adjustment, now_and_goal, sample_of }) = advice.shown_step() else {
        // That there is nothing to do is shown, too.
        return view.word(if view.snapshot.estimate.is_some() { "screen-next-none" } else { "screen-next-unknown" });
    };
    let rule = view.snapshot.session.guide.rules.get(step);
    let figures = now_and_goal.map(|now_and_goal| figures(now_and_goal, view));
    if let Some(adjustment) = rule.and_then(|rule| rule.adjust.get(adjustment)) {
        let text = adjustment.text.get(view.words.lang);
        if let Some(now) = travel_now(step, text, view).filter(|_| figures.is_none()) {
            return now;
        }
        return match figures {
            Some(Figures { setting, now, goal: Some(goal), unit }) => {
                let what = view.word(&format!("goal-what-{}", step.word()));
                let parts = [("what", &*what), ("setting", &setting), ("now", &now), ("goal", &goal), ("unit", &unit)];
                view.words.with("goal-line", &parts)
            }
            Some(Figures { now, goal: None, unit, .. }) => {
                let now = view.words.with("goal-now", &[("now", &now), ("unit", &unit)]);
                let with_now = format!("{text} ({now})");
                if with_now.width() <= ROOM { with_now } else { text.to_owned() }
            }
            None => text.to_owned(),
        };
    }
    let key = format!("next-{}", step.word());
    match (step, advice.comparison.map(|comparison| comparison.verdict)) {
        (NextStep::Compare, Some(Verdict::More(minutes))) => {
            view.words.with(&key, &[("minutes", &minutes.to_string())])
        }
        (NextStep::Compare, _) => view.word("next-compare-some"),
        (NextStep::TakePan, _) => {
            sample_of.map_or_else(|| view.word(&key), |stream| view.word(&format!("{key}-{}", stream.word())))
        }
        _ => view.word(&key),
    }
}

/// A setting, its value now and its goal, as they are read on the machine.
pub(crate) fn figures_text(now_and_goal: NowAndGoal, view: &View<'_>) -> String {
    let Figures { setting, now, goal, unit } = figures(now_and_goal, view);
    match goal {
        Some(goal) => format!("{setting} {now} → {goal} {unit}"),
        None => format!("{setting} {now} {unit}"),
    }
}

/// A value and its goal as they are read on the machine.
struct Figures {
    setting: String,
    now: String,
    goal: Option<String>,
    unit: String,
}

fn figures(NowAndGoal { channel, now, goal }: NowAndGoal, view: &View<'_>) -> Figures {
    let (scale, decimals, unit) = match channel {
        Channel::GroundSpeed => (view.units.speed(1.0), 1, view.units.speed_name().to_owned()),
        Channel::HeaderHeight => (100.0, 0, view.word("goal-unit-height")),
        Channel::ConcaveClearance | Channel::UpperSieve | Channel::LowerSieve => {
            (1000.0, 0, view.word("goal-unit-clearance"))
        }
        _ => (1.0, 0, view.word("goal-unit-speed")),
    };
    let number = |value: f64| format!("{:.decimals$}", value * scale);
    let setting = view.word(&format!("goal-{}", channel.name().replace(['.', '_'], "-")));
    Figures { setting, now: number(now), goal: goal.map(number), unit }
}
