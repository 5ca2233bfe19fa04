//! A name that is being typed in, or chosen from those that were used before. Chinese comes through the terminal's input
//! method as it is, by keys or as pasted text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::items::Item;
use grainloss_protocol::command::{self, CommandError, MAX_NAME_CHARS};

/// What has been typed so far, and for what.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    /// The line whose name it will be.
    pub item: Item,
    /// As typed.
    pub text: String,
    /// Names that were used before, the last first.
    known: Vec<String>,
    /// Which of them stands there, unless it was typed.
    at: Option<usize>,
}

/// What a key has made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// It goes on.
    More,
    /// This is the name.
    Done(String),
    /// This cannot be a name; it goes on.
    Refused(CommandError),
    /// No name after all.
    Left,
    /// The key is for somebody else.
    Other,
}

impl Naming {
    pub const fn new(item: Item, known: Vec<String>) -> Self {
        Self { item, text: String::new(), known, at: None }
    }

    /// A key. Every sign is text; function keys are not.
    pub fn key(&mut self, key: &KeyEvent) -> Typed {
        match key.code {
            KeyCode::Char(sign) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                self.add(sign);
            }
            KeyCode::Backspace => {
                self.text.pop();
                self.at = None;
            }
            KeyCode::Down => self.step(|at, count| at.map_or(0, |at| (at + 1) % count)),
            KeyCode::Up => self.step(|at, count| at.map_or(count - 1, |at| (at + count - 1) % count)),
            KeyCode::Enter => {
                return match command::name(&self.text) {
                    Ok(name) => Typed::Done(name.to_owned()),
                    Err(why) => Typed::Refused(why),
                };
            }
            KeyCode::Esc => return Typed::Left,
            KeyCode::F(_) => return Typed::Other,
            _ => {}
        }
        Typed::More
    }

    /// Pasted text: its first line.
    pub fn paste(&mut self, text: &str) {
        let line = text.trim_start().lines().next().unwrap_or_default();
        line.chars().for_each(|sign| self.add(sign));
    }

    fn add(&mut self, sign: char) {
        if !sign.is_control() && self.text.chars().count() < MAX_NAME_CHARS {
            self.text.push(sign);
            self.at = None;
        }
    }

    /// Another of the names that were used before.
    fn step(&mut self, to: impl Fn(Option<usize>, usize) -> usize) {
        if !self.known.is_empty() {
            let at = to(self.at, self.known.len());
            self.text.clone_from(&self.known[at]);
            self.at = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(naming: &mut Naming, codes: &[KeyCode]) -> Typed {
        codes.iter().fold(Typed::More, |_, code| naming.key(&KeyEvent::from(*code)))
    }

    #[test]
    fn a_name_is_typed_pasted_or_found_among_those_of_before() {
        let known = vec!["张三".to_owned(), "Li Si".to_owned()];
        let mut naming = Naming::new(Item::Operator, known);
        let done = |name: &str| Typed::Done(name.to_owned());
        let typed = [' ', '王', '五', ' ', 'q'].map(KeyCode::Char);
        press(&mut naming, &typed);
        assert_eq!(press(&mut naming, &[KeyCode::Backspace, KeyCode::Enter]), done("王五"));
        assert_eq!(press(&mut naming, &[KeyCode::Down, KeyCode::Enter]), done("张三"));
        assert_eq!(press(&mut naming, &[KeyCode::Down, KeyCode::Enter]), done("Li Si"));
        assert_eq!(press(&mut naming, &[KeyCode::Down, KeyCode::Enter]), done("张三"), "round again");
        assert_eq!(press(&mut naming, &[KeyCode::Up, KeyCode::Char('!'), KeyCode::Enter]), done("Li Si!"));

        let mut naming = Naming::new(Item::Field, Vec::new());
        assert_eq!(press(&mut naming, &[KeyCode::Down, KeyCode::Enter]), Typed::Refused(CommandError::BadName));
        naming.paste("\n东地\u{1b}[31m\t\nsecond line");
        assert_eq!(naming.text, "东地[31m", "one line, without what would command the terminal");
        naming.paste(&"长".repeat(100));
        assert_eq!(naming.text.chars().count(), MAX_NAME_CHARS);
        assert_eq!(press(&mut naming, &[KeyCode::F(1)]), Typed::Other);
        assert_eq!(press(&mut naming, &[KeyCode::Esc]), Typed::Left);
    }
}
