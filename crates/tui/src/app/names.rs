//! Who drives and where: asked once, and typed in.

use std::time::Duration;

use crossterm::event::KeyEvent;

use super::super::keys::Action;
use super::super::naming::Typed;
use super::App;
use grainloss_protocol::snapshot::SourceKind;

impl App {
    /// On a machine a session that nobody has named yet asks once who drives and where.
    pub(super) fn ask_names(&mut self) {
        let session = &self.snapshot.session;
        let is_known = session.field.is_some() || session.operator.is_some();
        if session.source == SourceKind::Live && session.id.is_some() && !self.asked_names {
            self.asked_names = true;
            if !is_known {
                let keys = [Action::Operator, Action::NewSession].map(|action| self.keys().key(action).to_owned());
                let figures = [("operator", &*keys[0]), ("session", &keys[1])];
                let text = self.words.with("note-name-session", &figures);
                self.note = Some((text, self.now + Duration::from_mins(1)));
            }
        }
    }

    /// Pasted text: a name where one is being typed in, and nothing otherwise.
    pub fn paste(&mut self, text: &str) {
        if let Some(naming) = &mut self.naming {
            naming.paste(text);
        }
    }

    /// A key while a name is being typed in; true when it was meant for that.
    pub(super) fn name(&mut self, key: &KeyEvent) -> bool {
        let Some(naming) = &mut self.naming else { return false };
        let item = naming.item;
        match naming.key(key) {
            Typed::More => {}
            Typed::Other => return false,
            Typed::Left => self.naming = None,
            Typed::Refused(why) => {
                let text = self.refused(why);
                self.say(text);
            }
            Typed::Done(name) => {
                self.naming = None;
                item.named(self, name);
            }
        }
        true
    }
}
