//! Which setting was changed: asked after a mark, over the open screen. What a change did is judged only with the answer.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::tap::Tap;
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

/// Draws the question from line `top` on: five lines.
pub(crate) fn draw(canvas: &mut Canvas<'_>, top: u16, view: &View<'_>) {
    /// Where the second column stands.
    const SECOND_X: u16 = 26;
    canvas.line(top, &view.word("changed-which"), Role::Label);
    let names = SETTINGS.map(|setting| view.channel_name(setting));
    let other = [view.word("changed-other")];
    let rows = (SETTINGS.len() as u16).div_ceil(2);
    for (at, name) in (0..).zip(names.iter().chain(&other)) {
        let (x, y) = (if at < rows { 3 } else { SECOND_X }, top + 1 + at % rows);
        canvas.rest(x, y, &format!("{}  {name}", at + 1), Role::Value);
        // '1' to '8'.
        let digit = char::from_digit(u32::from(at) + 1, 10).unwrap_or('0');
        canvas.tap_part(x, y, SECOND_X - 3, Tap::Key(KeyCode::Char(digit)));
    }
}
