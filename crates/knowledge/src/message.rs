//! A message for people that becomes text where it is shown, in the language there.

use std::fmt;

use crate::words::{Words, spoken};

/// A message: the key of its words, and what is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The key in the words; empty when the text is fixed.
    key: String,
    values: Vec<(&'static str, Value)>,
    /// What is shown where the words have no such key.
    fixed: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Message(Message),
}

impl Message {
    /// The words under this key.
    pub fn new(key: impl Into<String>) -> Self {
        let key = key.into();
        Self { fixed: key.clone(), key, values: Vec::new() }
    }

    /// A text that is the same in every language, or in words already.
    pub fn fixed(text: impl Into<String>) -> Self {
        Self { key: String::new(), values: Vec::new(), fixed: text.into() }
    }

    /// Fills in a name, number or path.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((name, Value::Text(value.to_string())));
        self
    }

    /// Fills in what is a message itself, such as the reason.
    #[must_use]
    pub fn because(mut self, name: &'static str, message: Self) -> Self {
        self.values.push((name, Value::Message(message)));
        self
    }

    /// The text to show where the words have no such key.
    #[must_use]
    pub fn or(mut self, text: impl Into<String>) -> Self {
        self.fixed = text.into();
        self
    }

    /// The text in this language.
    pub fn text(&self, words: &Words) -> String {
        if self.key.is_empty() || !words.has(&self.key) {
            return self.fixed.clone();
        }
        let values: Vec<(&str, String)> = self
            .values
            .iter()
            .map(|(name, value)| match value {
                Value::Text(text) => (*name, text.clone()),
                Value::Message(message) => (*name, message.text(words)),
            })
            .collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, &**text)).collect();
        words.with(&self.key, &values)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::fixed(text)
    }
}

/// In the language of errors, for logs and for libraries that show an error by themselves.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(spoken()))
    }
}

impl std::error::Error for Message {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn a_message_is_in_the_language_of_whoever_reads_it() {
        let message = Message::new("usage-range").with("value", 9).with("range", "1..=5");
        assert!(message.text(&Words::new(Lang::Zh)).contains('9'));
        assert!(!message.text(&Words::new(Lang::Zh)).is_ascii());
        assert!(message.to_string().is_ascii());
        assert_eq!(Message::new("no-such-key").or("as it came").to_string(), "as it came");
    }
}
