//! Emergencies: a card with its steps in order.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::flow::Page;
use crate::widgets::tap::Tap;

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let prepare = &mut state.prepare;
    match key.code {
        KeyCode::Char(digit @ '0'..='9') => {
            let at = digit.to_digit(10).and_then(|number| (number as usize).checked_sub(1));
            prepare.emergency = at.filter(|at| *at < prepare.facts.cards().len());
            state.shown.get_mut().reset();
        }
        KeyCode::Backspace => {
            prepare.emergency = None;
            state.shown.get_mut().reset();
        }
        _ => return false,
    }
    true
}

pub(crate) fn page(view: &View<'_>) -> Page {
    let prepare = &view.state.prepare;
    let lang = view.words.lang;
    let mut page = Page::new(view.word("emergency-keys"));
    let Some(card) = prepare.emergency.and_then(|at| prepare.facts.cards().get(at)) else {
        page.line(view.word("emergency-which"), Role::Label);
        for (at, card) in prepare.facts.cards().iter().enumerate() {
            page.line(format!("  {}  {}", at + 1, card.name.get(lang)), Role::Value);
            page.tap(Tap::digit(at + 1));
        }
        return page;
    };
    page.line(card.name.get(lang), Role::High);
    let mut sources: Vec<&str> = Vec::new();
    for (at, step) in card.steps.iter().enumerate() {
        let mark = prepare.facts.mark(&step.source, view.words);
        page.line(format!("{}  {}{mark}", at + 1, step.get(lang)), Role::Value);
        let source = prepare.facts.source(&step.source, lang);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    page.line(view.words.with("emergency-sources", &[("sources", &sources.join("; "))]), Role::Label);
    page
}
