//! Which setting was changed: asked after a mark, over the open screen. What a change did is judged only with the answer.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use grainloss_core::machine::Channel;
use grainloss_protocol::command::{OTHER_SETTING, OperatorCommand};

/// The settings by digit, from 1 on; the digit after them is any other.
const SETTINGS: [Channel; 7] = [
    Channel::HeaderHeight,
    Channel::ReelSpeed,
    Channel::ThresherSpeed,
    Channel::ConcaveClearance,
    Channel::FanSpeed,
    Channel::UpperSieve,
    Channel::LowerSieve,
];

/// Takes the answer; any other key leaves the question without one. False when the key is not for it.
pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let digit = match key.code {
        KeyCode::Esc => return true,
        KeyCode::Char(digit) => digit.to_digit(10).and_then(|number| (number as usize).checked_sub(1)),
        _ => None,
    };
    let Some(at) = digit.filter(|at| *at <= SETTINGS.len()) else { return false };
    let what = SETTINGS.get(at).map_or(OTHER_SETTING, |setting| setting.name());
    state.ask(Effect::Send(OperatorCommand::Setting { what: what.to_owned(), to: None }));
    true
}

/// Draws the question from line `top` on: nine lines.
pub(crate) fn draw(canvas: &mut Canvas<'_>, top: u16, view: &View<'_>) {
    canvas.line(top, &view.word("changed-which"), Role::Label);
    let names = SETTINGS.map(|setting| view.channel_name(setting));
    let other = [view.word("changed-other")];
    for (number, name) in (1..).zip(names.iter().chain(&other)) {
        canvas.rest(3, top + number, &format!("{number}  {name}"), Role::Value);
    }
}
