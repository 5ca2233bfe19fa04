//! The test cut in five steps: drive, stop, frame, count, judge. The service holds it; the screen may close meanwhile.

use crossterm::event::{KeyCode, KeyEvent};

use super::pans;
use super::typed_figure::{Typed, figure_line, typing_key};
use crate::app::effect::Effect;
use crate::app::pan_form::FormField;
use crate::app::prepare::Figure;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::flow::Page;
use crate::widgets::next_step;
use crate::widgets::numbers::{DASH, two_digits};
use grainloss_core::advice::{NextStep, NowAndGoal};
use grainloss_core::machine::Channel;
use grainloss_core::test_cut::{Concern, CutQuality};
use grainloss_protocol::command::OperatorCommand;
use grainloss_protocol::open_symptom::OpenSymptom;
use grainloss_protocol::test_cut::{TestCut, TestCutCommand, TestCutStep, limits_of, symptom_of};

/// What can be typed in the last step, by its digit, with the factor from what is typed to per cent or m.
const TYPED: [(Figure, Concern, f64); 3] = [
    (Figure::Broken, Concern::Broken, 1.0),
    (Figure::Impurity, Concern::Impurity, 1.0),
    (Figure::Stubble, Concern::Stubble, 0.01),
];

fn send(state: &mut State, command: TestCutCommand) {
    state.ask(Effect::Send(OperatorCommand::TestCut(command)));
}

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    match typing_key(state, key) {
        Typed::NotForIt => {}
        Typed::Open => return true,
        Typed::Whole(figure, value) => {
            if let Some((_, what, factor)) = TYPED.into_iter().find(|(typed, ..)| *typed == figure) {
                send(state, TestCutCommand::Found { what, value: value.map(|value| value * factor) });
            }
            return true;
        }
    }
    let cut = state.snapshot().test_cut.clone();
    match (cut.as_ref().map(|cut| cut.step), key.code) {
        (None, KeyCode::Enter) => {
            if let Some(goal_m) = goal_m(state) {
                for (figure, ..) in TYPED {
                    state.prepare.figures.remove(&figure);
                }
                send(state, TestCutCommand::Begin { goal_m });
            }
        }
        (Some(TestCutStep::Drive | TestCutStep::Stop), KeyCode::Enter) => send(state, TestCutCommand::GoOn),
        (Some(TestCutStep::Frame), KeyCode::Enter) | (Some(TestCutStep::Judge), KeyCode::Char('4')) => {
            send(state, TestCutCommand::Frame);
        }
        (Some(TestCutStep::Count), _) => {
            state.form.drop = cut.and_then(|cut| cut.drop);
            return pans::key(state, key);
        }
        (Some(TestCutStep::Judge), KeyCode::Char(digit @ '1'..='3')) => {
            // '1' to '3' are digits.
            let at = digit as usize - '1' as usize;
            state.prepare.type_figure(TYPED[at].0);
        }
        (Some(TestCutStep::Judge), KeyCode::Enter) => send(state, TestCutCommand::Finish),
        (Some(_), KeyCode::Char('x' | 'X')) => send(state, TestCutCommand::Cancel),
        _ => return false,
    }
    true
}

/// How far a test cut goes in this crop, m.
fn goal_m(state: &State) -> Option<f64> {
    let crop = state.prepare.facts.crop(&state.snapshot().session.crop_id)?;
    Some(crop.test_cut_m.value)
}

pub(crate) fn page(view: &View<'_>) -> Page {
    let cut = view.snapshot.test_cut.as_ref();
    let keys = cut.map_or("begin", |cut| cut.step.word());
    let mut page = Page::new(view.word(&format!("test-cut-keys-{keys}")));
    let goal = cut.map(|cut| cut.goal_m).or_else(|| goal_m(view.state));
    let goal_text = goal.map_or_else(|| DASH.to_owned(), |m| format!("{m:.0}"));
    let driven = cut.and_then(|cut| cut.driven_m).map_or_else(|| DASH.to_owned(), |m| format!("{m:.0}"));
    let values = [("goal", &*goal_text), ("driven", &driven)];
    for (at, step) in TestCutStep::ALL.into_iter().enumerate() {
        let now = cut.is_some_and(|cut| cut.step == step);
        let done = cut.is_some_and(|cut| TestCutStep::ALL.iter().position(|s| *s == cut.step) > Some(at));
        let mark = if now {
            "▶"
        } else if done {
            "✓"
        } else {
            " "
        };
        let text = view.words.with(&format!("test-cut-step-{}", step.word()), &values);
        page.line(format!("{mark} {} {text}", at + 1), if now { Role::Value } else { Role::Text });
    }
    match cut {
        None => before(&mut page, view),
        Some(cut) => match cut.step {
            TestCutStep::Drive | TestCutStep::Stop => {
                page.line(view.words.with("test-cut-driven", &values), Role::Chosen);
                if cut.driven_m.is_none() {
                    page.line(view.word("test-cut-no-speed"), Role::Low);
                }
            }
            TestCutStep::Frame => page.line(view.word("test-cut-safe"), Role::Low),
            TestCutStep::Count => count(&mut page, view),
            TestCutStep::Judge => judge(&mut page, cut, view),
        },
    }
    page
}

fn before(page: &mut Page, view: &View<'_>) {
    let prepare = &view.state.prepare;
    page.line(view.word("test-cut-how"), Role::Text);
    if let Some(crop) = prepare.facts.crop(&view.snapshot.session.crop_id) {
        let key = &crop.test_cut_m.source;
        let mark = prepare.facts.mark(key, view.words);
        let source = view.words.with("window-source", &[("source", prepare.facts.source(key, view.words.lang))]);
        page.line(format!("{source}{mark}"), Role::Label);
    } else {
        page.line(view.word("window-no-crop"), Role::Low);
    }
}

/// The fields of the frame, as the form of the pans has them.
fn count(page: &mut Page, view: &View<'_>) {
    let form = &view.state.form;
    let unit = view.word(if form.weighed { "pans-grams" } else { "pans-kernels" });
    let fields = [
        (FormField::Amount, unit),
        (FormField::Area, view.word("pans-area")),
        (FormField::Shed, view.word("pans-shed")),
    ];
    for (field, label) in fields {
        let active = form.field == field;
        let typed = if active { format!("{}_", form.typed(field)) } else { form.typed(field).to_owned() };
        page.line(format!("  {label}  {typed}"), if active { Role::Chosen } else { Role::Text });
    }
    let chosen = view
        .snapshot
        .drops
        .iter()
        .find(|drop| view.snapshot.test_cut.as_ref().is_some_and(|cut| cut.drop == Some(drop.id)));
    let measures = &view.snapshot.session.measures;
    let pan = form.count().map(|count| Some((count?, chosen?)));
    match pan
        .and_then(|pan| pan.map(|(count, drop)| count.pan(*drop, view.snapshot.readings.t_us, measures)).transpose())
    {
        Err(why) => page.line(view.state.refused(why), Role::Low),
        Ok(None) => page.line(view.word("pans-type"), Role::Label),
        Ok(Some(pan)) => {
            let found = pan.sample().mass_per_area_kg_m2();
            let percent = view.yield_kg_m2().map(|kg_m2| 100.0 * found / kg_m2);
            let percent = percent.map_or_else(|| DASH.to_owned(), two_digits);
            let area = two_digits(view.units.per_area(found));
            let figures = [("area", &*area), ("unit", view.units.per_area_name()), ("percent", &percent)];
            page.line(view.words.with("pans-preview", &figures), Role::Value);
        }
    }
}

fn judge(page: &mut Page, cut: &TestCut, view: &View<'_>) {
    let limit = view.snapshot.session.limit.as_ref();
    let limits = limit.map(limits_of).unwrap_or_default();
    for concern in Concern::ALL {
        let (text, role) = verdict(concern, &cut.found, &limits, view);
        page.line(text, role);
    }
    for (at, (figure, concern, factor)) in TYPED.into_iter().enumerate() {
        if view.state.prepare.typing.as_ref().is_some_and(|(typed, _)| *typed == figure) {
            let default = cut.found.get(concern).map(|value| two_digits(value / factor));
            let (text, role) = figure_line(at as u8 + 1, figure, default, view);
            page.line(text, role);
        }
    }
    let frames = cut.samples.len().to_string();
    let document = limit.map_or_else(|| view.word("screen-no-limit"), |l| l.document_in(view.words.lang).to_owned());
    page.line(view.words.with("test-cut-basis", &[("frames", &frames), ("document", &document)]), Role::Label);
    match cut.found.first_concern(&limits) {
        None => page.line(view.word("test-cut-good"), Role::Value),
        Some(concern) => adjustment(page, concern, &limits, view),
    }
}

/// `loss 1.4 % / 1.2 %: above`
fn verdict(concern: Concern, found: &CutQuality, limits: &CutQuality, view: &View<'_>) -> (String, Role) {
    let text = |value: Option<f64>| {
        let unknown = || DASH.to_owned();
        match concern {
            Concern::Stubble => value.map_or_else(unknown, |m| format!("{:.0} cm", m * 100.0)),
            _ => value.map_or_else(unknown, |pct| format!("{} %", two_digits(pct))),
        }
    };
    let (word, role) = match found.is_over(limits, concern) {
        Some(true) => ("over", Role::Low),
        Some(false) => ("under", Role::Value),
        None if found.get(concern).is_none() => ("not-measured", Role::Text),
        None => ("no-limit", Role::Text),
    };
    let digit = TYPED
        .iter()
        .position(|(_, typed, _)| *typed == concern)
        .map_or_else(|| "  ".to_owned(), |at| format!("{} ", at + 1));
    let name = view.word(&format!("test-cut-{}", concern.word()));
    let standing = view.word(&format!("test-cut-{word}"));
    let values = [
        ("name", &*name),
        ("found", &text(found.get(concern))),
        ("limit", &text(limits.get(concern))),
        ("standing", &standing),
    ];
    (format!("{digit}{}", view.words.with("test-cut-verdict", &values)), role)
}

/// The first adjustment: the advice at hand for loss, the symptom's steps for the grain in the tank, the knife for stubble.
fn adjustment(page: &mut Page, concern: Concern, limits: &CutQuality, view: &View<'_>) {
    page.line(view.word("test-cut-adjust"), Role::Label);
    let guide = &view.snapshot.session.guide;
    let symptom = symptom_of(concern).and_then(|id| guide.symptoms.iter().find(|one| one.id == id));
    if let Some(symptom) = symptom {
        for (nth, step) in symptom.steps.iter().enumerate() {
            let figures = OpenSymptom::preview(symptom, nth).now_and_goal(symptom, &view.snapshot.readings);
            let figures = figures.map_or_else(String::new, |f| format!("  {}", next_step::figures_text(f, view)));
            let text = format!("  {} {}{figures}", nth + 1, step.text.get(view.words.lang));
            page.line(text, if nth == 0 { Role::Value } else { Role::Text });
        }
        let source = view.words.with("why-source", &[("source", symptom.source_in(view.words.lang))]);
        page.line(source, Role::Label);
    } else if concern == Concern::Stubble {
        let now = view.snapshot.readings.value(Channel::HeaderHeight);
        let figures = now.map_or_else(String::new, |now| {
            let goal = limits.stubble_m;
            format!("  {}", next_step::figures_text(NowAndGoal { channel: Channel::HeaderHeight, now, goal }, view))
        });
        page.line(format!("  1 {}{figures}", view.word("test-cut-lower")), Role::Value);
    } else {
        let step = view.snapshot.advice.next_step;
        let advised = step.filter(|step| !matches!(step, NextStep::TakePan | NextStep::Compare));
        let rule = advised.and_then(|step| guide.rules.get(step));
        if let Some(rule) = rule {
            page.line(format!("  1 {}", next_step::text(view)), Role::Value);
            for (nth, step) in rule.adjust.iter().enumerate().skip(view.snapshot.advice.adjustment + 1) {
                page.line(format!("  {} {}", nth + 1, step.text.get(view.words.lang)), Role::Text);
            }
            let source = view.words.with("why-source", &[("source", rule.source_in(view.words.lang))]);
            page.line(source, Role::Label);
        } else {
            page.line(format!("  1 {}", view.word("test-cut-slower")), Role::Value);
            page.line(format!("  2 {}", view.word("test-cut-part")), Role::Text);
        }
    }
}
