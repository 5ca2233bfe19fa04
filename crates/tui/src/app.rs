//! The dashboard without a terminal: snapshots, keys, replies and time go in; pictures and effects come out. It reads no
//! clock and makes no sound; it reads data files at the start and writes preferences in [`App::save`].

mod alarm_sounds;
pub(crate) mod chart_view;
mod choices;
mod crop_density;
pub(crate) mod effect;
pub(crate) mod filter;
pub(crate) mod keys;
pub(crate) mod map_view;
pub(crate) mod menu;
pub(crate) mod menu_item;
mod mouse;
mod name_entry;
pub(crate) mod pan_form;
pub(crate) mod preferences;
pub(crate) mod prepare;
pub(crate) mod price_form;
pub(crate) mod screen_id;
pub(crate) mod sound;
mod sounded_alarm;
pub(crate) mod state;
mod text_prompt;
mod undo;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;

use crate::cab::Cab;
use crate::screens;
use crate::term::capabilities::Capabilities;
use crate::view::{GONE_US, View};
use effect::Effect;
use filter::Filter;
use grainloss_core::harvest::PanKind;
use grainloss_knowledge::Words;
use grainloss_preparation::Forecast;
use grainloss_protocol::command::{CommandReply, OperatorCommand, SessionChoice};
use grainloss_protocol::snapshot::Snapshot;
use keys::Action;
use menu_item::MenuItem;
use preferences::{Preferences, Remembered};
use prepare::PreparePage;
use screen_id::ScreenId;
use sound::{Device, Sound, SoundState};
use state::State;
use undo::Undo;

/// The dashboard without a terminal.
#[derive(Debug)]
pub struct App(State);

impl App {
    /// A dashboard that opens on the main screen. The language is the remembered one; otherwise English on a terminal
    /// without Chinese; otherwise that of `words`.
    pub fn new(words: Words, remembered: Remembered, capabilities: Capabilities, snapshot: Snapshot) -> Self {
        Self(State::new(words, remembered, capabilities, snapshot))
    }

    /// The same with a place at the controls, which it opens on; Tab goes there and back.
    #[must_use]
    pub fn with_cab(mut self, cab: Box<dyn Cab>) -> Self {
        self.0.cab = Some(cab);
        self.0.open = ScreenId::Cab;
        self
    }

    /// The same with a session that runs in this process: leaving the dashboard ends it, and asks before.
    #[must_use]
    pub const fn with_session_here(mut self) -> Self {
        self.0.session_is_here = true;
        self
    }

    /// The preferences.
    pub const fn preferences(&self) -> &Preferences {
        self.0.preferences()
    }

    /// The state of the sound output.
    pub const fn sound_state(&self) -> &SoundState {
        self.0.sound_state()
    }

    /// The newest snapshot.
    pub const fn snapshot(&self) -> &Snapshot {
        self.0.snapshot()
    }

    /// What the caller has to do; empties the list.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.0.effects)
    }

    /// Saves the preferences, if they have a file; a failure is shown as a note.
    pub fn save(&mut self) {
        let state = &mut self.0;
        if let Err(problem) = state.remembered.save() {
            let text = state.words.with("note-not-saved", &[("problem", &problem)]);
            state.say(text);
        }
    }

    /// Sets the time since the dashboard was opened. True when the picture changes by that alone.
    pub fn tick(&mut self, now: Duration) -> bool {
        let state = &mut self.0;
        let before = state.stale_us() / 1_000_000;
        state.now = now;
        let note_over = state.note.as_ref().is_some_and(|(_, until)| now >= *until);
        if note_over {
            state.note = None;
        }
        let asked_over = state.asks_setting_until.take_if(|until| now >= *until).is_some();
        // What can be taken back counts its seconds down.
        let left = state.undo_left().map(|left| left.as_secs());
        let undo_changed = state.undo.is_some() && left != state.undo_shown_s;
        state.undo_shown_s = left;
        if left.is_none() {
            state.undo = None;
        }
        asked_over || note_over || undo_changed || state.stale_us() / 1_000_000 != before
    }

    /// Takes the newest snapshot, which came at `now`.
    pub fn take(&mut self, snapshot: Snapshot, now: Duration) {
        let state = &mut self.0;
        let crop_changed = snapshot.session.crop_id != state.snapshot.session.crop_id;
        state.snapshot = snapshot;
        (state.received, state.now) = (now, now);
        if crop_changed {
            state.apply_preferences();
            state.symptom = None;
        }
        let said = state.snapshot.estimate.as_ref().map(|estimate| estimate.crop);
        if said == state.pending_crop {
            state.pending_crop = None;
        }
        state.form.follow_drops(&state.snapshot.drops);
        state.crop.update(&state.snapshot);
        state.sound_alarms();
        state.ask_names();
    }

    /// Takes the service's reply to a command.
    pub fn answer(&mut self, command: &OperatorCommand, reply: &CommandReply) {
        let state = &mut self.0;
        let is_undone = state.undoing.take_if(|undoing| undoing == command).is_some();
        if let Some(undo) = Undo::of(command, reply, state.now) {
            state.undo = Some(undo);
        }
        let note = match (command, reply) {
            (OperatorCommand::Conditions(_), CommandReply::Refused(why)) => {
                state.pending_crop = None;
                state.refused(*why)
            }
            (_, CommandReply::Refused(why)) => state.refused(*why),
            (OperatorCommand::Discard { drop }, _) if is_undone => {
                state.words.with("note-undone-drop", &[("number", &drop.to_string())])
            }
            (OperatorCommand::WithdrawSetting, _) => state.words.get("note-undone-mark"),
            (OperatorCommand::Acknowledge, _) => state.words.get("note-acknowledged"),
            (OperatorCommand::Drop { .. }, CommandReply::Dropped(number)) => {
                state.make(Sound::Drop);
                state.words.with("note-dropped", &[("number", &number.to_string())])
            }
            (OperatorCommand::Count { .. }, CommandReply::Pan(pan)) => {
                state.last_pan = Some(*pan);
                state.form.clear_amount();
                let measures = state.form.measures(&state.remembered.preferences.pan);
                state.change_preferences(|preferences| preferences.pan = measures);
                state.words.get("note-counted")
            }
            (OperatorCommand::StartSession(_), _) => {
                state.next_session = SessionChoice::default();
                state.words.get("note-taken")
            }
            _ => state.words.get("note-taken"),
        };
        state.say(note);
    }

    /// Takes the state of the sound output.
    pub fn sounds(&mut self, in_use: Device, failed: Option<(Device, String)>) {
        self.0.set_sound_state(SoundState { in_use, failed });
    }

    /// Takes the forecast, or why it was refused; `None` when there is no file.
    pub fn forecast(&mut self, forecast: Option<Result<Forecast, String>>) {
        self.0.prepare.forecast = forecast;
    }

    /// The words on the screen.
    pub const fn words(&self) -> &Words {
        self.0.words()
    }

    /// Pasted text: part of a name if one is being typed, otherwise ignored.
    pub fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.0.prompt {
            prompt.paste(text);
        } else {
            self.0.filter.paste(text);
        }
    }

    /// A key. An unknown one does nothing.
    pub fn key(&mut self, key: &KeyEvent) {
        let state = &mut self.0;
        state.note = None;
        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
            state.ask(Effect::Quit);
            return;
        }
        if std::mem::take(&mut state.quitting) {
            let yes = key.code == KeyCode::Enter || state.keys().action(key) == Some(Action::Quit);
            if yes {
                state.ask(Effect::Quit);
            }
            return;
        }
        if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
            // A session that runs here must not stand still.
            if !state.session_is_here {
                state.ask(Effect::Suspend);
            }
            return;
        }
        if let Some(action) = state.rebinding.take() {
            state.rebind(action, key);
            return;
        }
        if state.key_of_prompt(key) {
            return;
        }
        if !state.help && screens::has_filter(state.open) && state.filter.key(key) {
            state.shown.get_mut().reset();
            return;
        }
        if state.help {
            if scroll(state, key) {
                return;
            }
            // Any other key closes the help, and then does what it does without the help.
            state.help = false;
            state.shown.get_mut().reset();
            if state.keys().action(key) == Some(Action::Help) {
                return;
            }
        }
        if screens::key(state, key) {
            state.shown.get_mut().by_hand = false;
            return;
        }
        if scroll(state, key) {
            return;
        }
        state.confirming = None;
        if key.code == KeyCode::Tab && state.cab.is_some() {
            state.open = ScreenId::Cab;
            return;
        }
        if key.code == KeyCode::Backspace && state.open == ScreenId::Main {
            undo(state);
            return;
        }
        if let Some(action) = state.keys().action(key) {
            act(state, action);
        }
    }

    /// True when the terminal is to report the mouse.
    pub fn wants_mouse(&self) -> bool {
        self.0.wants_mouse()
    }

    /// Draws the open screen. Returns the texts that did not fit.
    pub fn draw(&self, frame: &mut Frame<'_>) -> Vec<String> {
        self.with_view(|view| screens::draw(frame, view))
    }

    /// Gives the data that a picture is drawn from.
    pub(crate) fn with_view<T>(&self, of: impl FnOnce(&View<'_>) -> T) -> T {
        let state = &self.0;
        let stale_us = state.stale_us();
        let past = (stale_us >= GONE_US).then(|| state.without_current_values());
        let snapshot = past.as_ref().unwrap_or(&state.snapshot);
        of(&View { state, snapshot, words: state.words(), units: state.units(), stale_us })
    }
}

/// Does what the key of an action does on every screen.
fn act(state: &mut State, action: Action) {
    match action {
        Action::Acknowledge => state.ask(Effect::Send(OperatorCommand::Acknowledge)),
        Action::DropRear => state.ask(Effect::Send(OperatorCommand::Drop { kind: PanKind::Rear })),
        Action::DropFront => state.ask(Effect::Send(OperatorCommand::Drop { kind: PanKind::Front })),
        Action::MarkSetting => menu::record_setting(state),
        Action::Operator => {
            open_settings(state, MenuItem::Operator);
            state.prompt = Some(menu::prompt(MenuItem::Operator, state));
        }
        Action::NewSession => open_settings(state, MenuItem::Crop),
        Action::Help => {
            state.help = true;
            state.shown.get_mut().reset();
        }
        Action::Language => state.next_language(),
        Action::Units => state.next_units(),
        Action::Theme => state.next_theme(),
        Action::Quit if state.session_is_here && !state.snapshot.ended => state.quitting = true,
        Action::Quit => state.ask(Effect::Quit),
        Action::Main => toggle(state, ScreenId::Main),
        Action::Budget => toggle(state, ScreenId::Budget),
        Action::Advice => toggle(state, ScreenId::Advice),
        Action::Speed => toggle(state, ScreenId::Speed),
        Action::Pans => toggle(state, ScreenId::Pans),
        Action::Machine => toggle(state, ScreenId::Machine),
        Action::Alarms => toggle(state, ScreenId::Alarms),
        Action::History => toggle(state, ScreenId::History),
        Action::Map => toggle(state, ScreenId::Map),
        Action::Conditions => toggle(state, ScreenId::Conditions),
        Action::Habits => toggle(state, ScreenId::Habits),
        Action::Symptoms => {
            // The one that is being tried, on whichever screen it was opened.
            state.symptom = state.snapshot.symptom.clone().filter(|open| !open.over);
            toggle(state, ScreenId::Symptoms);
        }
        Action::Prepare => toggle_page(state, ScreenId::Prepare),
        Action::TestCut => toggle_page(state, ScreenId::TestCut),
        Action::Emergency => toggle_page(state, ScreenId::Emergency),
        Action::Settings => toggle(state, ScreenId::Settings),
    }
}

/// A key that moves the lines of the open screen. False when it is none, or all lines are seen.
fn scroll(state: &mut State, key: &KeyEvent) -> bool {
    let shown = state.shown.get_mut();
    let page = isize::try_from(shown.seen.saturating_sub(1)).unwrap_or(1).max(1);
    let by = match key.code {
        KeyCode::Up => -1,
        KeyCode::Down => 1,
        KeyCode::PageUp => -page,
        KeyCode::PageDown => page,
        _ => return false,
    };
    shown.scroll(by);
    true
}

/// Takes the newest mark back, while that can be done.
fn undo(state: &mut State) {
    if let Some(Undo { command, .. }) = state.undo.take() {
        state.undoing = Some(command.clone());
        state.asks_setting_until = None;
        state.ask(Effect::Send(command));
    }
}

/// Opens a screen; the key of the open screen goes back to the main one.
fn toggle(state: &mut State, screen: ScreenId) {
    state.open = if state.open == screen { ScreenId::Main } else { screen };
    state.prompt = None;
    state.price_form = None;
    state.cursor = 0;
    state.shown.get_mut().reset();
    state.filter = Filter::default();
}

/// Opens a screen of pages at its beginning.
fn toggle_page(state: &mut State, screen: ScreenId) {
    state.prepare.typing = None;
    (state.prepare.page, state.prepare.emergency) = (PreparePage::Menu, None);
    toggle(state, screen);
}

/// Opens the settings at a line.
fn open_settings(state: &mut State, item: MenuItem) {
    state.open = ScreenId::Settings;
    state.cursor = screens::settings::line_of(item);
}
