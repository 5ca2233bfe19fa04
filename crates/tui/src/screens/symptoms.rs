//! What the operator sees: the list, and for one of them cause, steps with the value now and the goal, and what came of it.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::next_step;
use crate::widgets::tap::Tap;
use grainloss_core::machine::Readings;
use grainloss_knowledge::Symptom;
use grainloss_protocol::command::OperatorCommand;
use grainloss_protocol::open_symptom::OpenSymptom;
use grainloss_protocol::symptom_word::SymptomWord;

/// What the digits say of the opened symptom.
const WORDS: [(char, SymptomWord); 4] =
    [('1', SymptomWord::Tried), ('2', SymptomWord::Helped), ('3', SymptomWord::NotHelped), ('4', SymptomWord::PutBack)];

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let KeyCode::Char(digit @ '0'..='9') = key.code else {
        let leaves = key.code == KeyCode::Backspace && state.symptom.is_some();
        if leaves {
            state.symptom = None;
        }
        return leaves;
    };
    let (symptoms, readings) = (state.snapshot().session.guide.symptoms.clone(), state.snapshot().readings.clone());
    let command = match state.symptom.take() {
        Some(_) if digit == '0' => None,
        Some(mut form) => {
            let word = WORDS.into_iter().find(|(key, _)| *key == digit).map(|(_, word)| word);
            let symptom = symptoms.iter().find(|symptom| symptom.id == form.id);
            let said = word.zip(symptom);
            let command = said.and_then(|(word, symptom)| said_of(&mut form, word, symptom, &readings));
            state.symptom = Some(form);
            command
        }
        None => {
            let at = digit.to_digit(10).and_then(|number| (number as usize).checked_sub(1));
            at.and_then(|at| symptoms.get(at)).and_then(|symptom| {
                let mut form = OpenSymptom::open(symptom, &readings);
                let command = said_of(&mut form, SymptomWord::Seen, symptom, &readings);
                state.symptom = Some(form);
                command
            })
        }
    };
    if let Some(command) = command {
        state.ask(Effect::Send(command));
    }
    true
}

/// What is said of a symptom moves it on here; the command says the same to the service.
fn said_of(
    form: &mut OpenSymptom,
    word: SymptomWord,
    symptom: &Symptom,
    readings: &Readings,
) -> Option<OperatorCommand> {
    let step = form.say(word, symptom, readings)?;
    Some(OperatorCommand::Symptom { id: symptom.id.clone(), step, word })
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let symptoms = &view.snapshot.session.guide.symptoms;
    let opened = view
        .state
        .symptom
        .as_ref()
        .and_then(|form| Some((form, symptoms.iter().find(|symptom| symptom.id == form.id)?)));
    match opened {
        None => list(canvas, symptoms, view),
        Some((form, symptom)) => card(canvas, form, symptom, view),
    }
}

fn list(canvas: &mut Canvas<'_>, symptoms: &[Symptom], view: &View<'_>) {
    canvas.line(3, &view.word("symptom-which"), Role::Label);
    for (at, symptom) in symptoms.iter().enumerate() {
        let text = format!("{}  {}", at + 1, symptom.name.get(view.words.lang));
        canvas.rest(3, 5 + at as u16, &text, Role::Value);
        canvas.tap_row(5 + at as u16, Tap::digit(at + 1));
    }
    canvas.foot(&view.word("symptom-list-keys"), Role::Label);
}

fn card(canvas: &mut Canvas<'_>, form: &OpenSymptom, symptom: &Symptom, view: &View<'_>) {
    let lang = view.words.lang;
    let role = if symptom.stop { Role::High } else { Role::Value };
    if symptom.stop {
        canvas.fill_line(3, role);
    }
    canvas.line(3, symptom.name.get(lang), role);
    let cause = view.words.with("why-cause", &[("cause", symptom.cause.get(lang))]);
    let mut y = 4 + canvas.paragraph(1, 4, 2, &cause, Role::Text);
    for (at, step) in symptom.steps.iter().enumerate() {
        let is_next = at == form.step && !form.over;
        let mark = if is_next { ">" } else { " " };
        let role = if is_next { Role::Value } else { Role::Text };
        canvas.rest(3, y, &format!("{mark} {}  {}", at + 1, step.text.get(lang)), role);
        y += 1;
    }
    let figures = form.now_and_goal(symptom, &view.snapshot.readings).filter(|_| !form.over);
    let figures = figures.map_or_else(String::new, |figures| next_step::figures_text(figures, view));
    canvas.line(y, &figures, Role::Value);
    canvas.line(y + 1, &trial(form, symptom, view), Role::Text);
    let keys = match (form.over, form.tried_us) {
        (true, _) => "symptom-keys-over",
        (false, None) if symptom.stop => "symptom-keys-stop",
        (false, None) => "symptom-keys-step",
        (false, Some(_)) => "symptom-keys-tried",
    };
    canvas.line(y + 2, &view.word(keys), Role::Label);
    let source = view.words.with("why-source", &[("source", symptom.source_in(lang))]);
    canvas.paragraph(1, y + 4, 21_u16.saturating_sub(y + 4), &source, Role::Label);
}

/// How long the step is still to be tried, or what came of all of them.
fn trial(form: &OpenSymptom, symptom: &Symptom, view: &View<'_>) -> String {
    if form.over {
        let helped = form.tried_us.is_some();
        return view.word(match (symptom.stop, helped) {
            (true, _) => "symptom-done",
            (false, true) => "symptom-helped",
            (false, false) => "symptom-nothing-left",
        });
    }
    let Some(since) = form.tried_us else {
        let seconds = symptom.test_s.to_string();
        return if symptom.stop { String::new() } else { view.words.with("symptom-test", &[("seconds", &seconds)]) };
    };
    let gone_s = (view.snapshot.readings.t_us - since) / 1_000_000;
    match i64::from(symptom.test_s) - gone_s {
        left @ 1.. => view.words.with("symptom-left", &[("seconds", &left.to_string())]),
        _ => view.word("symptom-judge"),
    }
}
