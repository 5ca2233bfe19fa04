//! What the operator has open and chosen. Time, snapshots, keys and answers go in; pictures and effects come out. Reads no
//! clock, opens no file and makes no sound itself: whoever runs it does (see [`show`](super::show)).

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;

use super::ability::{Ability, Colours};
use super::items::Item;
use super::keys::{Action, KeyMap, word_of};
use super::pan_form::PanForm;
use super::preferences::{Preferences, Remembered};
use super::screen;
use super::sound::{Device, Sound};
use super::theme::{Look, Theme, themes};
use super::units::{UnitBook, Units};
use super::view::{GONE_US, View};
use crate::advice::{Advice, Alarm, AlarmId, Standing};
use crate::harvest::{Activity, Estimate, PanKind};
use crate::knowledge::{Lang, Words};
use crate::machine::{Channel, Reading, Readings};
use crate::marks::{Answer, Mark, PanAnswer, Refusal, SessionChoice};
use crate::snapshot::Snapshot;

/// A note stands for so long.
const NOTE_TIME: Duration = Duration::from_secs(6);
/// An alarm that nobody has acknowledged sounds again after so long; the highest sooner.
const AGAIN: Duration = Duration::from_mins(1);
const HIGH_AGAIN: Duration = Duration::from_secs(15);

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Tell the service.
    Send(Mark),
    /// Make a sound, with the device in use or to try one.
    Sound(Device, Sound),
    /// Write the preferences down; they or the device of the sounds have changed.
    Save,
}

/// How the sounds are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundState {
    /// What makes them.
    pub in_use: Device,
    /// What failed last, and why; `None` once a sound was made without a fault.
    pub failed: Option<(Device, String)>,
}

/// An alarm that has sounded.
#[derive(Clone, Copy, Debug)]
struct Heard {
    id: AlarmId,
    since_us: i64,
    level: u8,
    at: Duration,
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
        let lang = match remembered.preferences.language {
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
        app.follow();
        app
    }

    /// The preferences have changed: everything that follows from them does.
    fn follow(&mut self) {
        let wanted = &self.remembered.preferences;
        self.units = self.book.choose(
            wanted.units.as_deref(),
            wanted.speed.as_deref(),
            &self.snapshot.session.crop_id,
            self.words.lang,
        );
        self.look = Look::of(self.theme().cloned());
    }

    /// The theme in use; `None` on a terminal without colours.
    pub(super) fn theme(&self) -> Option<&Theme> {
        let all = || self.themes.iter().filter(|theme| self.can_show(theme));
        let wanted = self.remembered.preferences.theme.as_deref();
        match self.ability.colours {
            Colours::None => None,
            _ => wanted.and_then(|id| all().find(|theme| theme.id == id)).or_else(|| all().next()),
        }
    }

    fn can_show(&self, theme: &Theme) -> bool {
        self.ability.colours == Colours::Many || theme.is_of_sixteen()
    }

    /// The screen in another language, remembered.
    pub(super) fn next_language(&mut self) {
        self.words = Words::new(self.words.lang.other());
        self.remembered.preferences.language = Some(self.words.lang.into());
        self.changed();
    }

    pub(super) fn next_units(&mut self) {
        let sets: Vec<&str> = self.book.sets().collect();
        let usual = if self.words.lang == Lang::Zh { "kg-mu" } else { "kg-ha" };
        let next = after(&sets, self.remembered.preferences.units.as_deref().unwrap_or(usual));
        self.remembered.preferences.units = next.map(str::to_owned);
        self.changed();
    }

    pub(super) fn next_speed(&mut self) {
        let speeds: Vec<&str> = self.book.speeds().collect();
        let next = after(&speeds, self.remembered.preferences.speed.as_deref().unwrap_or("km-h"));
        self.remembered.preferences.speed = next.map(str::to_owned);
        self.changed();
    }

    pub(super) fn next_theme(&mut self) {
        let ids: Vec<String> =
            self.themes.iter().filter(|theme| self.can_show(theme)).map(|theme| theme.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if let Some(now) = self.theme().map(|theme| theme.id.clone()) {
            self.remembered.preferences.theme = after(&ids, &now).map(str::to_owned);
            self.changed();
        }
    }

    pub(super) fn next_glyphs(&mut self) {
        self.remembered.preferences.ascii = Some(!self.is_ascii());
        self.changed();
    }

    /// Changes a preference.
    pub(super) fn prefer(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.remembered.preferences);
        self.changed();
    }

    fn changed(&mut self) {
        self.follow();
        self.effects.push(Effect::Save);
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
        self.remembered.preferences.ascii.unwrap_or(self.ability.ascii)
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

    /// New alarms sound once, and again while nobody acknowledges them.
    fn sound_alarms(&mut self) {
        let standing: Vec<_> = self.snapshot.advice.list().filter(Standing::sounds).collect();
        self.heard
            .retain(|heard| standing.iter().any(|s| (s.alarm.id, s.alarm.since_us) == (heard.id, heard.since_us)));
        let mut due = None;
        for alarm in standing.iter().map(|standing| standing.alarm) {
            let again = if alarm.level >= 3 { HIGH_AGAIN } else { AGAIN };
            let heard = self.heard.iter_mut().find(|heard| heard.id == alarm.id);
            let sounds = match heard {
                Some(heard) if heard.level >= alarm.level && self.now < heard.at + again => false,
                Some(heard) => {
                    (heard.level, heard.at) = (alarm.level, self.now);
                    true
                }
                None => {
                    let Alarm { id, since_us, level, .. } = alarm;
                    self.heard.push(Heard { id, since_us, level, at: self.now });
                    true
                }
            };
            if sounds {
                due = due.max(Some(alarm.level));
            }
        }
        match due {
            Some(3..) => self.make(Sound::High),
            Some(_) => self.make(Sound::Medium),
            None => {}
        }
    }

    /// Makes a sound, if its switch is on.
    fn make(&mut self, sound: Sound) {
        if self.switch(sound) {
            self.effects.push(Effect::Sound(Device::Auto, sound));
        }
    }

    /// A sound's switch.
    pub(super) const fn switch(&self, sound: Sound) -> bool {
        let sounds = &self.remembered.preferences.sounds;
        match sound {
            Sound::Drop => sounds.drop,
            Sound::Medium => sounds.medium,
            Sound::High => sounds.high,
        }
    }

    /// How the sounds are doing has changed.
    pub fn sounds(&mut self, in_use: Device, failed: Option<(Device, String)>) {
        if failed.is_some() && failed != self.sound.failed {
            let text = self.words.get("note-sound-failed");
            self.say(text);
        }
        self.sound = SoundState { in_use, failed };
    }

    /// How the sounds are doing.
    pub const fn sound_state(&self) -> &SoundState {
        &self.sound
    }

    /// The service's answer to a mark.
    pub fn answer(&mut self, mark: &Mark, answer: &Answer) {
        let note = match (mark, answer) {
            (_, Answer::Refused(why)) => self.refused(*why),
            (Mark::Acknowledge, _) => self.words.get("note-acknowledged"),
            (Mark::Drop { .. }, Answer::Dropped(number)) => {
                self.make(Sound::Drop);
                self.words.with("note-dropped", &[("number", &number.to_string())])
            }
            (Mark::Count { .. }, Answer::Pan(pan)) => {
                self.last_pan = Some(*pan);
                self.form.counted();
                let measures = self.form.measures(&self.remembered.preferences.pan);
                self.prefer(|preferences| preferences.pan = measures);
                self.words.get("note-counted")
            }
            _ => self.words.get("note-taken"),
        };
        self.say(note);
    }

    /// Why something was refused, in words.
    pub(super) fn refused(&self, why: Refusal) -> String {
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

    fn rebind(&mut self, action: Action, key: &KeyEvent) {
        let Some(word) = word_of(key) else { return };
        let bound = self.remembered.keys.rebind(action, &word).is_ok();
        if bound {
            self.changed();
        }
        let note = if bound { "note-rebound" } else { "note-key-taken" };
        let text = self.words.with(note, &[("key", &word)]);
        self.say(text);
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Acknowledge => self.effects.push(Effect::Send(Mark::Acknowledge)),
            Action::DropRear => self.effects.push(Effect::Send(Mark::Drop { kind: PanKind::Rear })),
            Action::DropFront => self.effects.push(Effect::Send(Mark::Drop { kind: PanKind::Front })),
            Action::MarkSetting => {
                self.effects.push(Effect::Send(Mark::Setting { what: "marked".to_owned(), to: None }));
            }
            Action::Help => self.help = true,
            Action::Language => self.next_language(),
            Action::Units => self.next_units(),
            Action::Theme => self.next_theme(),
            Action::Quit => self.effects.push(Effect::Quit),
            // The key of the open screen goes back to the main one.
            screen => {
                self.open = if self.open == screen { Action::Main } else { screen };
                self.cursor = 0;
            }
        }
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
        Snapshot { readings, estimate: None, advice: Advice::default(), ..self.snapshot.clone() }
    }
}

/// The one after this, the first after the last.
fn after<'a>(all: &[&'a str], now: &str) -> Option<&'a str> {
    let place = all.iter().position(|one| *one == now).map_or(0, |at| at + 1);
    all.get(place % all.len().max(1)).copied()
}
