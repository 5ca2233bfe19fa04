//! A prompt for a name: typed, pasted, or chosen from recent names. Chinese comes from the terminal's input method, as
//! keys or as pasted text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::menu_item::MenuItem;
use grainloss_core::clean_text::is_hidden;
use grainloss_protocol::command::{self, CommandError, MAX_NAME_CHARS};

/// The name typed so far, and the item that it is for.
#[derive(Clone, Debug)]
pub(crate) struct TextPrompt {
    /// The item that gets the name.
    pub item: MenuItem,
    /// The text so far.
    pub text: String,
    /// Recent names, the newest first.
    recent: Vec<String>,
    /// Which recent name is shown; `None` when the text was typed.
    chosen: Option<usize>,
}

/// What a key did to a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PromptResult {
    /// The prompt stays open.
    Open,
    /// The name was entered.
    Entered(String),
    /// The text cannot be a name; the prompt stays open.
    Invalid(CommandError),
    /// The prompt was cancelled.
    Cancelled,
    /// The key is not for the prompt.
    OtherKey,
}

impl TextPrompt {
    pub const fn new(item: MenuItem, recent: Vec<String>) -> Self {
        Self { item, text: String::new(), recent, chosen: None }
    }

    /// A key. Every character is text; function keys are not for the prompt.
    pub fn key(&mut self, key: &KeyEvent) -> PromptResult {
        match key.code {
            KeyCode::Char(typed) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                self.push(typed);
            }
            KeyCode::Backspace => {
                self.text.pop();
                self.chosen = None;
            }
            KeyCode::Down => self.choose(|chosen, count| chosen.map_or(0, |at| (at + 1) % count)),
            KeyCode::Up => self.choose(|chosen, count| chosen.map_or(count - 1, |at| (at + count - 1) % count)),
            KeyCode::Enter => {
                return match command::name(&self.text) {
                    Ok(name) => PromptResult::Entered(name.to_owned()),
                    Err(why) => PromptResult::Invalid(why),
                };
            }
            KeyCode::Esc => return PromptResult::Cancelled,
            KeyCode::F(_) => return PromptResult::OtherKey,
            _ => {}
        }
        PromptResult::Open
    }

    /// Pasted text: its first line.
    pub fn paste(&mut self, text: &str) {
        let line = text.trim_start().lines().next().unwrap_or_default();
        line.chars().for_each(|pasted| self.push(pasted));
    }

    fn push(&mut self, typed: char) {
        if !is_hidden(typed) && self.text.chars().count() < MAX_NAME_CHARS {
            self.text.push(typed);
            self.chosen = None;
        }
    }

    /// Shows another recent name: `next` gets the index shown now and the number of names.
    fn choose(&mut self, next: impl Fn(Option<usize>, usize) -> usize) {
        if !self.recent.is_empty() {
            let at = next(self.chosen, self.recent.len());
            self.text.clone_from(&self.recent[at]);
            self.chosen = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(prompt: &mut TextPrompt, codes: &[KeyCode]) -> PromptResult {
        codes.iter().fold(PromptResult::Open, |_, code| prompt.key(&KeyEvent::from(*code)))
    }

    fn entered(name: &str) -> PromptResult {
        PromptResult::Entered(name.to_owned())
    }

    #[test]
    fn name_is_typed_or_chosen_from_recent_names() {
        let recent = vec!["张三".to_owned(), "Li Si".to_owned()];
        let mut prompt = TextPrompt::new(MenuItem::Operator, recent);
        let typed = [' ', '王', '五', ' ', 'q'].map(KeyCode::Char);
        press(&mut prompt, &typed);
        assert_eq!(press(&mut prompt, &[KeyCode::Backspace, KeyCode::Enter]), entered("王五"));
        assert_eq!(press(&mut prompt, &[KeyCode::Down, KeyCode::Enter]), entered("张三"));
        assert_eq!(press(&mut prompt, &[KeyCode::Down, KeyCode::Enter]), entered("Li Si"));
        assert_eq!(press(&mut prompt, &[KeyCode::Down, KeyCode::Enter]), entered("张三"), "after the last the first");
        assert_eq!(press(&mut prompt, &[KeyCode::Up, KeyCode::Char('!'), KeyCode::Enter]), entered("Li Si!"));
    }

    #[test]
    fn empty_name_is_invalid_and_pasted_text_is_one_line_without_control_characters() {
        let mut prompt = TextPrompt::new(MenuItem::Field, Vec::new());
        assert_eq!(press(&mut prompt, &[KeyCode::Down, KeyCode::Enter]), PromptResult::Invalid(CommandError::BadName));
        prompt.paste("\n东地\u{1b}[31m\t\nsecond line");
        assert_eq!(prompt.text, "东地[31m");
        prompt.paste(&"长".repeat(100));
        assert_eq!(prompt.text.chars().count(), MAX_NAME_CHARS);
        assert_eq!(press(&mut prompt, &[KeyCode::F(1)]), PromptResult::OtherKey);
        assert_eq!(press(&mut prompt, &[KeyCode::Esc]), PromptResult::Cancelled);
    }
}
