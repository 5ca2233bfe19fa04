//! What the operator prefers, changed live.

use crossterm::event::KeyEvent;

use super::super::ability::Colours;
use super::super::keys::{Action, word_of};
use super::super::preferences::Preferences;
use super::super::theme::{Look, Theme};
use super::{App, Effect};
use grainloss_knowledge::{Lang, Words};

impl App {
    /// The preferences have changed: everything that follows from them does.
    pub(super) fn follow(&mut self) {
        let wanted = &self.remembered.preferences.screen;
        self.units = self.book.choose(
            wanted.units.as_deref(),
            wanted.speed.as_deref(),
            &self.snapshot.session.crop_id,
            self.words.lang,
        );
        self.look = Look::of(self.theme().cloned());
    }

    /// The theme in use; `None` on a terminal without colours.
    pub(in super::super) fn theme(&self) -> Option<&Theme> {
        let all = || self.themes.iter().filter(|theme| self.can_show(theme));
        let wanted = self.remembered.preferences.screen.theme.as_deref();
        match self.ability.colours {
            Colours::None => None,
            _ => wanted.and_then(|id| all().find(|theme| theme.id == id)).or_else(|| all().next()),
        }
    }

    fn can_show(&self, theme: &Theme) -> bool {
        self.ability.colours == Colours::Many || theme.is_of_sixteen()
    }

    /// The screen in another language, remembered.
    pub(in super::super) fn next_language(&mut self) {
        self.words = Words::new(self.words.lang.other());
        self.remembered.preferences.screen.language = Some(self.words.lang.into());
        self.changed();
    }

    pub(in super::super) fn next_units(&mut self) {
        let sets: Vec<&str> = self.book.sets().collect();
        let usual = if self.words.lang == Lang::Zh { "kg-mu" } else { "kg-ha" };
        let next = after(&sets, self.remembered.preferences.screen.units.as_deref().unwrap_or(usual));
        self.remembered.preferences.screen.units = next.map(str::to_owned);
        self.changed();
    }

    pub(in super::super) fn next_speed(&mut self) {
        let speeds: Vec<&str> = self.book.speeds().collect();
        let next = after(&speeds, self.remembered.preferences.screen.speed.as_deref().unwrap_or("km-h"));
        self.remembered.preferences.screen.speed = next.map(str::to_owned);
        self.changed();
    }

    pub(in super::super) fn next_theme(&mut self) {
        let ids: Vec<String> =
            self.themes.iter().filter(|theme| self.can_show(theme)).map(|theme| theme.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if let Some(now) = self.theme().map(|theme| theme.id.clone()) {
            self.remembered.preferences.screen.theme = after(&ids, &now).map(str::to_owned);
            self.changed();
        }
    }

    pub(in super::super) fn next_glyphs(&mut self) {
        self.remembered.preferences.screen.ascii = Some(!self.is_ascii());
        self.changed();
    }

    /// Changes a preference.
    pub(in super::super) fn prefer(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.remembered.preferences);
        self.changed();
    }

    fn changed(&mut self) {
        self.follow();
        self.effects.push(Effect::Save);
    }

    /// Gives an action the key that was pressed.
    pub(super) fn rebind(&mut self, action: Action, key: &KeyEvent) {
        let Some(word) = word_of(key) else { return };
        let bound = self.remembered.keys.rebind(action, &word).is_ok();
        if bound {
            self.changed();
        }
        let note = if bound { "note-rebound" } else { "note-key-taken" };
        let text = self.words.with(note, &[("key", &word)]);
        self.say(text);
    }
}

/// The one after this, the first after the last.
fn after<'a>(all: &[&'a str], now: &str) -> Option<&'a str> {
    let place = all.iter().position(|one| *one == now).map_or(0, |at| at + 1);
    all.get(place % all.len().max(1)).copied()
}
