//! Names of operator and field: asked for once, and typed.

use crossterm::event::KeyEvent;

use super::keys::Action;
use super::menu;
use super::state::{LONG_NOTE_TIME, State};
use super::text_prompt::PromptResult;
use grainloss_protocol::snapshot::SourceKind;

impl State {
    /// On a machine, asks once for the names of operator and field when the session has neither.
    pub fn ask_names(&mut self) {
        let session = &self.snapshot.session;
        let has_name = session.field.is_some() || session.operator.is_some();
        if session.source == SourceKind::Live && session.id.is_some() && !self.asked_names {
            self.asked_names = true;
            if !has_name {
                let keys = [Action::Operator, Action::NewSession].map(|action| self.keys().key(action).to_owned());
                let figures = [("operator", &*keys[0]), ("session", &keys[1])];
                let text = self.words.with("note-name-session", &figures);
                self.note = Some((text, self.now + LONG_NOTE_TIME));
            }
        }
    }

    /// Gives a key to the name being typed. False when there is none, or the key is not for it.
    pub fn key_of_prompt(&mut self, key: &KeyEvent) -> bool {
        let Some(prompt) = &mut self.prompt else { return false };
        let item = prompt.item;
        match prompt.key(key) {
            PromptResult::Open => {}
            PromptResult::OtherKey => return false,
            PromptResult::Cancelled => self.prompt = None,
            PromptResult::Invalid(why) => {
                let text = self.refused(why);
                self.say(text);
            }
            PromptResult::Entered(name) => {
                self.prompt = None;
                menu::set_name(item, self, name);
            }
        }
        true
    }
}
