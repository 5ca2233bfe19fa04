//! What keys do in a menu: move, change an item, type a value.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::effect::Effect;
use super::menu_item::MenuItem;
use super::sound::{Device, Sound};
use super::state::State;
use super::text_prompt::TextPrompt;
use grainloss_protocol::command::{OperatorCommand, UNNAMED_SETTING};

/// How long it is asked which setting was changed (our choice: an answer takes three seconds, and the losses are to be seen
/// again by themselves).
const ASK_TIME: Duration = Duration::from_secs(20);

/// A key in a menu of these items: up and down move, Enter activates. False when the key is not for the menu.
pub(crate) fn key(state: &mut State, key: &KeyEvent, items: &[MenuItem]) -> bool {
    let at = state.cursor.min(items.len() - 1);
    if !matches!(key.code, KeyCode::Enter | KeyCode::Right) {
        state.confirming = None;
    }
    if items[at] == MenuItem::Limit && type_limit(state, key) {
        return true;
    }
    match key.code {
        KeyCode::Down | KeyCode::Tab => state.cursor = (at + 1) % items.len(),
        KeyCode::Up => state.cursor = (at + items.len() - 1) % items.len(),
        KeyCode::Enter | KeyCode::Right => activate(items[at], state),
        _ => return false,
    }
    true
}

/// Enter was pressed on an item.
fn activate(item: MenuItem, state: &mut State) {
    let confirmed = state.confirming.take() == Some(item);
    match item {
        MenuItem::Language => state.next_language(),
        MenuItem::Units => state.next_units(),
        MenuItem::Speed => state.next_speed(),
        MenuItem::Theme => state.next_theme(),
        MenuItem::Glyphs => state.next_glyphs(),
        MenuItem::Mouse => {
            let on = state.preferences().screen.mouse.unwrap_or(true);
            state.change_preferences(|preferences| preferences.screen.mouse = Some(!on));
        }
        MenuItem::Key(action) => state.rebinding = Some(action),
        MenuItem::Switch(sound) => {
            let on = !state.is_on(sound);
            state.change_preferences(|preferences| match sound {
                Sound::Drop => preferences.sounds.drop = on,
                Sound::Medium => preferences.sounds.medium = on,
                Sound::High => preferences.sounds.high = on,
            });
        }
        MenuItem::Device => next_device(state),
        MenuItem::Try(device) => state.ask(Effect::Sound(device, Sound::High)),
        MenuItem::MarkSetting => record_setting(state),
        MenuItem::Operator | MenuItem::Field => state.prompt = Some(prompt(item, state)),
        MenuItem::Crop => {
            let crops = state.snapshot().session.choices.crops.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
            state.next_session.crop = next_or_none(&crops, state.next_session.crop.as_ref());
            // Each limit belongs to one crop.
            state.next_session.limit = None;
        }
        MenuItem::Limit => {
            let limits = limits_of_crop(state);
            let now = state.next_session.limit.take();
            state.next_session.limit = next_or_none(&limits, now.as_ref().filter(|now| limits.contains(now)));
        }
        MenuItem::Page => state.shown_url = Some(0),
        MenuItem::EndSession if confirmed => state.ask(Effect::Send(OperatorCommand::EndSession)),
        MenuItem::Begin if confirmed => {
            let choice = state.next_session.clone();
            state.ask(Effect::Send(OperatorCommand::StartSession(choice)));
        }
        MenuItem::EndSession | MenuItem::Begin => state.confirming = Some(item),
    }
}

/// Chooses the next sound device; `Command` only when there is one.
fn next_device(state: &mut State) {
    let sounds = &state.preferences().sounds;
    let usable = |device: Device| device != Device::Command || !sounds.command.is_empty();
    let at = Device::ALL.iter().position(|device| *device == sounds.device).unwrap_or(0);
    let mut following = (1..=Device::ALL.len()).map(|by| Device::ALL[(at + by) % Device::ALL.len()]);
    let next = following.find(|device| usable(*device)).unwrap_or_default();
    state.change_preferences(|preferences| preferences.sounds.device = next);
}

/// Records that the operator changed a setting, and asks which.
pub(super) fn record_setting(state: &mut State) {
    state.ask(Effect::Send(OperatorCommand::Setting { what: UNNAMED_SETTING.to_owned(), to: None }));
    state.asks_setting_until = Some(state.now + ASK_TIME);
}

/// A prompt for the name of an operator or a field, with the recent names.
pub(super) fn prompt(item: MenuItem, state: &State) -> TextPrompt {
    let choices = &state.snapshot().session.choices;
    let recent = if item == MenuItem::Operator { &choices.operators } else { &choices.fields };
    TextPrompt::new(item, recent.clone())
}

/// Takes the name that was entered for an item.
pub(super) fn set_name(item: MenuItem, state: &mut State, name: String) {
    if item == MenuItem::Operator {
        state.ask(Effect::Send(OperatorCommand::Operator(name)));
    } else {
        state.next_session.field = Some(name);
    }
}

/// A key of the number that can be typed as the limit, per cent. False when the key is not for it.
fn type_limit(state: &mut State, key: &KeyEvent) -> bool {
    /// `12.25`
    const MAX_LENGTH: usize = 5;
    let typed = match key.code {
        KeyCode::Char(typed @ ('0'..='9' | '.')) => Some(typed),
        KeyCode::Backspace => None,
        _ => return false,
    };
    let is_number = |text: &String| text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let mut text = state.next_session.limit.take().filter(is_number).unwrap_or_default();
    match typed {
        Some(typed) if text.len() < MAX_LENGTH && !(typed == '.' && text.contains('.')) => text.push(typed),
        Some(_) => {}
        None => drop(text.pop()),
    }
    state.next_session.limit = Some(text).filter(|text| !text.is_empty());
    true
}

/// The limits of the crop chosen for the next session, otherwise of the crop being cut.
fn limits_of_crop(state: &State) -> Vec<String> {
    let session = &state.snapshot().session;
    let crop = state.next_session.crop.as_ref().unwrap_or(&session.crop_id);
    session.choices.limits.iter().filter(|limit| limit.crop == *crop).map(|limit| limit.id.clone()).collect()
}

/// The entry after `now`; after the last one `None`; after `None` the first.
fn next_or_none(all: &[String], now: Option<&String>) -> Option<String> {
    let next = now.map_or(0, |now| all.iter().position(|one| one == now).map_or(0, |at| at + 1));
    all.get(next).cloned()
}
