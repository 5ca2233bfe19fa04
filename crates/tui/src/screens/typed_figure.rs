//! A number that is typed on a page.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::prepare::Figure;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use grainloss_protocol::command::CommandError;

/// What a key did to the number that is being typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Typed {
    /// No number is typed, or the key is not for it.
    NotForIt,
    /// It is still open, given up, or refused.
    Open,
    /// It is whole; `None` was taken back.
    Whole(Figure, Option<f64>),
}

/// A key of the number that is being typed.
pub(crate) fn typing_key(state: &mut State, key: &KeyEvent) -> Typed {
    if state.prepare.typing.is_none() {
        return Typed::NotForIt;
    }
    match key.code {
        KeyCode::Char(typed @ ('0'..='9' | '.')) => state.prepare.push(typed),
        KeyCode::Backspace => {
            if let Some((_, text)) = &mut state.prepare.typing {
                text.pop();
            }
        }
        KeyCode::Esc => state.prepare.typing = None,
        KeyCode::Enter => {
            if let Some((figure, value)) = state.prepare.end_typing() {
                return Typed::Whole(figure, value);
            }
            let text = state.refused(CommandError::ImpossibleValue);
            state.say(text);
        }
        _ => return Typed::NotForIt,
    }
    Typed::Open
}

/// `4 drying cost per tonne: 100_`: a number with its digit, as it is typed or was entered.
pub(crate) fn figure_line(digit: u8, figure: Figure, default: Option<String>, view: &View<'_>) -> (String, Role) {
    let prepare = &view.state.prepare;
    let typed = prepare.typing.as_ref().filter(|(typed, _)| *typed == figure);
    let value = match (typed, prepare.figure(figure), default) {
        (Some((_, text)), ..) => format!("{text}_"),
        (None, Some(value), _) => value.to_string(),
        (None, None, Some(default)) => default,
        (None, None, None) => view.word("conditions-not-said"),
    };
    let text = format!("{digit} {}", view.words.with(&format!("figure-{}", figure.word()), &[("value", &value)]));
    (text, if typed.is_some() { Role::Chosen } else { Role::Text })
}
