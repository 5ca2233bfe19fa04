//! What the operator has open and chosen. Time, snapshots, keys and answers go in; pictures and effects come out. Reads no
//! clock, opens no file and makes no sound itself: whoever runs it does (see [`show`](super::show)).

mod alarms;
mod choices;
mod names;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;

use super::ability::Ability;
use super::items::Item;
use super::keys::{Action, KeyMap};
use super::naming::Naming;
use super::pan_form::PanForm;
use super::preferences::{Preferences, Remembered};
use super::screen;
use super::settings_screen;
use super::sound::{Device, Sound};
use super::theme::{Look, Theme, themes};
use super::units::{UnitBook, Units};
use super::view::{GONE_US, View};
use grainloss_core::advice::Advice;
use grainloss_core::harvest::{Activity, Estimate, PanKind};
use grainloss_core::machine::{Channel, Reading, Readings};
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::command::{CommandError, CommandReply, OperatorCommand, PanAnswer, SessionChoice};
use grainloss_protocol::snapshot::Snapshot;

/// A note stands for so long.
const NOTE_TIME: Duration = Duration::from_secs(6);
use alarms::Heard;
pub use alarms::SoundState;

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Tell the service.
    Send(OperatorCommand),
    /// Make a sound, with the device in use or to try one.
    Sound(Device, Sound),
    /// Write the preferences down; they or the device of the sounds have changed.
    Save,
}

/// The dashboard without its terminal.
#[derive(Debug)]
pub struct App {
    words: Words,
    remembered: Remembered,
    ability: Ability,
    themes: Vec<Theme>,
    book: UnitBook,
    units: Units,
    look: Look,
    snapshot: Snapshot,
    received: Duration,
    now: Duration,
    open: Action,
    help: bool,
    note: Option<(String, Duration)>,
    complaint: Option<String>,
    pub(super) cursor: usize,
    pub(super) form: PanForm,
    pub(super) last_pan: Option<PanAnswer>,
    /// The next key becomes that of this action.
    pub(super) rebinding: Option<Action>,
    /// Asked twice before a session is ended or begun.
    pub(super) sure: Option<Item>,
    /// What the next session is to be begun with.
    pub(super) choice: SessionChoice,
    /// The name that is being typed in; it takes every key but function keys.
    pub(super) naming: Option<Naming>,
    /// Somebody has been asked who drives and where.
    asked_names: bool,
    pub(super) sound: SoundState,
    heard: Vec<Heard>,
    /// Crop on a metre of the way, kg/m, as it has been in the last half minute of cutting, and when that was.
    crop: Option<(i64, f64)>,
    effects: Vec<Effect>,
}

impl App {
    /// Nothing is known yet. The language is that of `words` unless another is remembered, or the terminal cannot show
    /// Chinese.
    pub fn new(words: Words, remembered: Remembered, ability: Ability, snapshot: Snapshot) -> Self {
        let (themes, theme_complaint) = themes();
        let (book, unit_complaint) = UnitBook::load();
        let lang = match remembered.preferences.screen.language {
            Some(language) => language.into(),
            None if ability.ascii => Lang::En,
            None => words.lang,
        };
        let words = if words.lang == lang { words } else { Words::new(lang) };
        let units = book.choose(None, None, "", lang);
        let complaints = [
            remembered.complaint.clone(),
            theme_complaint.map(|error| error.to_string()),
            unit_complaint.map(|error| error.to_string()),
        ];
        let complaint = complaints.into_iter().flatten().next();
        let form = PanForm::new(&remembered.preferences.pan);
        let mut app = Self {
            words,
            remembered,
            ability,
            themes,
            book,
            units,
            look: Look::default(),
            snapshot,
            received: Duration::ZERO,
            now: Duration::ZERO,
            open: Action::Main,
            help: false,
            note: None,
            complaint: None,
            cursor: 0,
            form,
            last_pan: None,
            rebinding: None,
            sure: None,
            choice: SessionChoice::default(),
            naming: None,
            asked_names: false,
            sound: SoundState { in_use: Device::Bell, failed: None },
            heard: Vec::new(),
            crop: None,
            effects: Vec::new(),
        };
        app.learn_crop();
        app.form.keep_to(&app.snapshot.drops);
        if let Some(complaint) = complaint {
            // Longer than other notes: until it has been read.
            let text = app.words.with("note-bad-file", &[("problem", &complaint)]);
            app.note = Some((text, Duration::from_mins(1)));
            app.complaint = Some(complaint);
        }
        if let Some(notice) = app.remembered.notice.take() {
            app.note = Some((notice, Duration::from_mins(1)));
        }
        app.follow();
        app
    }

    /// What is preferred.
    pub const fn preferences(&self) -> &Preferences {
        &self.remembered.preferences
    }

    pub(super) const fn keys(&self) -> &KeyMap {
        &self.remembered.keys
    }

    pub(super) const fn words(&self) -> &Words {
        &self.words
    }

    pub(super) const fn look(&self) -> &Look {
        &self.look
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.remembered.preferences.screen.ascii.unwrap_or(self.ability.ascii)
    }

    pub(super) const fn screen(&self) -> Action {
        self.open
    }

    pub(super) const fn shows_help(&self) -> bool {
        self.help
    }

    pub(super) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Says something to the operator for some seconds, in the place of the menu.
    pub(super) fn say(&mut self, text: String) {
        self.note = Some((text, self.now + NOTE_TIME));
    }

    pub(super) fn note(&self) -> Option<String> {
        self.note.as_ref().map(|(text, _)| text.clone())
    }

    /// What is wrong with a file of the user's own, since the start.
    pub(super) fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// Asks for something to be done outside.
    pub(super) fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What is to be done since the last time.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Writes the preferences down, where they have a place; what goes wrong is said.
    pub fn save(&mut self) {
        if let Err(problem) = self.remembered.save() {
            let text = self.words.with("note-not-saved", &[("problem", &problem)]);
            self.say(text);
        }
    }

    /// Time passes. True when the picture changes by that alone.
    pub fn tick(&mut self, now: Duration) -> bool {
        let before = self.stale_us() / 1_000_000;
        self.now = now;
        let note_over = self.note.as_ref().is_some_and(|(_, until)| now >= *until);
        if note_over {
            self.note = None;
        }
        note_over || self.stale_us() / 1_000_000 != before
    }

    /// The newest snapshot.
    pub fn take(&mut self, snapshot: Snapshot, now: Duration) {
        let crop_changed = snapshot.session.crop_id != self.snapshot.session.crop_id;
        self.snapshot = snapshot;
        (self.received, self.now) = (now, now);
        if crop_changed {
            self.follow();
        }
        self.form.keep_to(&self.snapshot.drops);
        self.learn_crop();
        self.sound_alarms();
        self.ask_names();
    }

    /// Feed over speed, smoothed: both are noisy, and the feed comes later.
    fn learn_crop(&mut self) {
        const MEMORY_US: f64 = 30e6;
        let cutting = |estimate: &&Estimate| estimate.doing.activity == Some(Activity::Cutting);
        let Some(estimate) = self.snapshot.estimate.as_ref().filter(cutting) else { return };
        let Some((feed, speed)) = estimate.feed_kg_s.zip(estimate.ground_speed_m_s) else { return };
        let rated = self.snapshot.session.measures.rated_feed_kg_s;
        // Below a fifth of the load, or hardly moving, nothing can be told from it.
        if feed < 0.2 * rated || speed < 0.3 {
            return;
        }
        let now = feed / speed;
        self.crop = Some(match self.crop {
            Some((t_us, kg_m)) if estimate.t_us >= t_us => {
                let keep = (-((estimate.t_us - t_us) as f64) / MEMORY_US).exp();
                (estimate.t_us, keep * kg_m + (1.0 - keep) * now)
            }
            _ => (estimate.t_us, now),
        });
    }

    /// Crop on a metre of the way, kg/m; `None` before any was cut.
    pub(super) fn crop_kg_m(&self) -> Option<f64> {
        self.crop.map(|(_, kg_m)| kg_m)
    }

    /// The service's answer to a mark.
    pub fn answer(&mut self, mark: &OperatorCommand, answer: &CommandReply) {
        let note = match (mark, answer) {
            (_, CommandReply::Refused(why)) => self.refused(*why),
            (OperatorCommand::Acknowledge, _) => self.words.get("note-acknowledged"),
            (OperatorCommand::Drop { .. }, CommandReply::Dropped(number)) => {
                self.make(Sound::Drop);
                self.words.with("note-dropped", &[("number", &number.to_string())])
            }
            (OperatorCommand::Count { .. }, CommandReply::Pan(pan)) => {
                self.last_pan = Some(*pan);
                self.form.counted();
                let measures = self.form.measures(&self.remembered.preferences.pan);
                self.prefer(|preferences| preferences.pan = measures);
                self.words.get("note-counted")
            }
            (OperatorCommand::StartSession(_), _) => {
                self.choice = SessionChoice::default();
                self.words.get("note-taken")
            }
            _ => self.words.get("note-taken"),
        };
        self.say(note);
    }

    /// Why something was refused, in words.
    pub(super) fn refused(&self, why: CommandError) -> String {
        self.words.with("note-refused", &[("why", &self.words.get(&format!("refused-{}", why.word())))])
    }

    /// A key. One that means nothing does nothing.
    pub fn key(&mut self, key: &KeyEvent) {
        self.note = None;
        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
            self.effects.push(Effect::Quit);
            return;
        }
        if let Some(action) = self.rebinding.take() {
            self.rebind(action, key);
            return;
        }
        if self.name(key) {
            return;
        }
        if self.help {
            // Any key closes the help, and does what it does.
            self.help = false;
            if self.keys().action(key) == Some(Action::Help) {
                return;
            }
        }
        let of_screen = screen::of(self.open).map(|screen| screen.key);
        if of_screen.is_some_and(|of_screen| of_screen(self, key)) {
            return;
        }
        self.sure = None;
        if let Some(action) = self.keys().action(key) {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Acknowledge => self.effects.push(Effect::Send(OperatorCommand::Acknowledge)),
            Action::DropRear => self.effects.push(Effect::Send(OperatorCommand::Drop { kind: PanKind::Rear })),
            Action::DropFront => self.effects.push(Effect::Send(OperatorCommand::Drop { kind: PanKind::Front })),
            Action::MarkSetting => {
                self.effects.push(Effect::Send(OperatorCommand::Setting { what: "marked".to_owned(), to: None }));
            }
            Action::Operator => {
                self.open_settings(Item::Operator);
                self.naming = Some(Item::Operator.naming(self));
            }
            Action::NewSession => self.open_settings(Item::Crop),
            Action::Help => self.help = true,
            Action::Language => self.next_language(),
            Action::Units => self.next_units(),
            Action::Theme => self.next_theme(),
            Action::Quit => self.effects.push(Effect::Quit),
            // The key of the open screen goes back to the main one.
            screen => {
                self.open = if self.open == screen { Action::Main } else { screen };
                self.naming = None;
                self.cursor = 0;
            }
        }
    }

    /// The settings, at this line.
    fn open_settings(&mut self, item: Item) {
        self.open = Action::Settings;
        self.cursor = settings_screen::place(item);
    }

    /// Microseconds since the snapshot came; 0 after an orderly end, when its last figures stay and say so.
    fn stale_us(&self) -> i64 {
        if self.snapshot.ended {
            return 0;
        }
        i64::try_from(self.now.saturating_sub(self.received).as_micros()).unwrap_or(i64::MAX)
    }

    /// Draws the screen that is open. The texts that did not fit are given back.
    pub fn draw(&self, frame: &mut Frame<'_>) -> Vec<String> {
        let stale_us = self.stale_us();
        let gone = (stale_us >= GONE_US).then(|| self.without_now());
        let s = gone.as_ref().unwrap_or(&self.snapshot);
        let view = View { app: self, s, words: &self.words, units: &self.units, stale_us };
        screen::draw(frame, self, &view)
    }

    /// The snapshot without what it says of now: nobody knows that any more.
    fn without_now(&self) -> Snapshot {
        let mut readings = Readings::unknown(self.snapshot.readings.t_us);
        for &channel in Channel::ALL {
            readings.set(channel, Reading { value: None, ..*self.snapshot.readings.get(channel) });
        }
        Snapshot {
            readings,
            estimate: None,
            budget: None,
            pan_worth: None,
            advice: Advice::default(),
            ..self.snapshot.clone()
        }
    }
}
