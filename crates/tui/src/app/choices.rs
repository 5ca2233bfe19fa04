//! Preferences that are changed on the screen and take effect at once.

use crossterm::event::KeyEvent;

use super::effect::Effect;
use super::keys::{Action, word_of};
use super::preferences::Preferences;
use super::state::State;
use crate::term::capabilities::Colours;
use crate::theme::{RoleStyles, Theme};
use grainloss_knowledge::{Lang, Words};

impl State {
    /// Sets units and colours as the preferences say.
    pub fn apply_preferences(&mut self) {
        let chosen = &self.remembered.preferences.screen;
        self.units = self.book.choose(
            chosen.units.as_deref(),
            chosen.speed.as_deref(),
            &self.snapshot.session.crop_id,
            self.words.lang,
        );
        self.styles = RoleStyles::of(self.theme().cloned());
    }

    /// The theme in use; `None` on a terminal without colours.
    pub fn theme(&self) -> Option<&Theme> {
        let all = || self.themes.iter().filter(|theme| self.can_show(theme));
        let chosen = self.remembered.preferences.screen.theme.as_deref();
        match self.capabilities.colours {
            Colours::None => None,
            _ => chosen.and_then(|id| all().find(|theme| theme.id == id)).or_else(|| all().next()),
        }
    }

    fn can_show(&self, theme: &Theme) -> bool {
        self.capabilities.colours == Colours::Many || theme.is_of_sixteen()
    }

    /// Switches to the other language.
    pub fn next_language(&mut self) {
        self.words = Words::new(self.words.lang.other());
        self.remembered.preferences.screen.language = Some(self.words.lang.into());
        self.preferences_changed();
    }

    /// Switches to the next set of units.
    pub fn next_units(&mut self) {
        let sets: Vec<&str> = self.book.sets().collect();
        let default = if self.words.lang == Lang::Zh { "kg-mu" } else { "kg-ha" };
        let next = after(&sets, self.remembered.preferences.screen.units.as_deref().unwrap_or(default));
        self.remembered.preferences.screen.units = next.map(str::to_owned);
        self.preferences_changed();
    }

    /// Switches to the next unit of speed.
    pub fn next_speed(&mut self) {
        let speeds: Vec<&str> = self.book.speeds().collect();
        let next = after(&speeds, self.remembered.preferences.screen.speed.as_deref().unwrap_or("km-h"));
        self.remembered.preferences.screen.speed = next.map(str::to_owned);
        self.preferences_changed();
    }

    /// Switches to the next theme that the terminal can show.
    pub fn next_theme(&mut self) {
        let ids: Vec<String> =
            self.themes.iter().filter(|theme| self.can_show(theme)).map(|theme| theme.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if let Some(now) = self.theme().map(|theme| theme.id.clone()) {
            self.remembered.preferences.screen.theme = after(&ids, &now).map(str::to_owned);
            self.preferences_changed();
        }
    }

    /// Switches between ASCII and all glyphs.
    pub fn next_glyphs(&mut self) {
        self.remembered.preferences.screen.ascii = Some(!self.is_ascii());
        self.preferences_changed();
    }

    /// Changes a preference.
    pub fn change_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.remembered.preferences);
        self.preferences_changed();
    }

    fn preferences_changed(&mut self) {
        self.apply_preferences();
        self.effects.push(Effect::Save);
    }

    /// Gives an action the key that was pressed.
    pub fn rebind(&mut self, action: Action, key: &KeyEvent) {
        let Some(word) = word_of(key) else { return };
        let bound = self.remembered.keys.rebind(action, &word).is_ok();
        if bound {
            self.preferences_changed();
        }
        let note = if bound { "note-rebound" } else { "note-key-taken" };
        let text = self.words.with(note, &[("key", &word)]);
        self.say(text);
    }
}

/// The entry after `now`; the first after the last, or when `now` is not in the list.
fn after<'a>(all: &[&'a str], now: &str) -> Option<&'a str> {
    let place = all.iter().position(|one| *one == now).map_or(0, |at| at + 1);
    all.get(place % all.len().max(1)).copied()
}
