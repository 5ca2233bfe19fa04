//! The filter of a list: what is typed narrows it at once.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The longest filter, characters (our choice).
const LONGEST: usize = 40;

/// What a list is filtered by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// What was typed; a line that has it, whatever its case, is shown.
    pub text: String,
    /// Keys are part of it.
    pub is_open: bool,
}

impl Filter {
    /// Takes a key; false when it is not for the filter.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return false;
        }
        match key.code {
            KeyCode::Char('/') if !self.is_open => self.is_open = true,
            KeyCode::Esc if self.is_open || !self.text.is_empty() => *self = Self::default(),
            KeyCode::Enter if self.is_open => self.is_open = false,
            KeyCode::Backspace if self.is_open => drop(self.text.pop()),
            KeyCode::Char(sign) if self.is_open => self.push(sign),
            _ => return false,
        }
        true
    }

    /// Pasted text; false when the filter takes none.
    pub fn paste(&mut self, text: &str) -> bool {
        if self.is_open {
            text.chars().for_each(|sign| self.push(sign));
        }
        self.is_open
    }

    fn push(&mut self, sign: char) {
        if !sign.is_control() && self.text.chars().count() < LONGEST {
            self.text.push(sign);
        }
    }

    /// True when a line is shown.
    pub fn shows(&self, line: &str) -> bool {
        self.text.is_empty() || line.to_lowercase().contains(&self.text.to_lowercase())
    }

    /// True when there is something to be said of it.
    pub const fn is_used(&self) -> bool {
        self.is_open || !self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_narrows_at_once_and_esc_shows_all_again() {
        let mut filter = Filter::default();
        let key = |filter: &mut Filter, code| filter.key(&KeyEvent::from(code));
        assert!(!key(&mut filter, KeyCode::Char('q')), "not open: the key does what it does");
        assert!(key(&mut filter, KeyCode::Char('/')));
        "Plate".chars().for_each(|sign| assert!(key(&mut filter, KeyCode::Char(sign))));
        assert!(filter.shows("a loss plate is out") && !filter.shows("engine"));
        assert!(key(&mut filter, KeyCode::Enter));
        assert!(!key(&mut filter, KeyCode::Char('q')) && !filter.shows("engine"), "it stays");
        assert!(key(&mut filter, KeyCode::Esc) && filter.shows("engine"));
        assert!(!key(&mut filter, KeyCode::Esc), "nothing to clear: esc goes to the main screen");
    }
}
