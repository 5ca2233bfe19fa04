//! The texts of a Fluent file, each parsed when it is first asked for: a command says a few of some thousand.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_syntax::ast::{Entry, Pattern};
use fluent_syntax::parser::parse_runtime;

/// Texts by their keys. No text of ours refers to another.
#[derive(Debug)]
pub(crate) struct Texts(HashMap<&'static str, Text>);

/// One text.
#[derive(Debug)]
struct Text {
    /// With its key, as it stands in the file.
    source: &'static str,
    /// `None` for one that cannot be read.
    pattern: OnceLock<Option<Pattern<&'static str>>>,
}

impl Texts {
    /// Finds the texts of a file. Of two under one key the last counts.
    pub fn new(file: &'static str) -> Self {
        let mut texts = HashMap::new();
        let (mut at, mut begin) = (0, None);
        // A text reaches to the next line that begins another, or a comment; its further lines are indented.
        for line in file.split_inclusive('\n').chain(std::iter::once("#")) {
            let is_text = line.starts_with(|first: char| first.is_ascii_alphabetic());
            if is_text || line.starts_with('#') {
                if let Some(begin) = begin.take() {
                    let source: &'static str = &file[begin..at];
                    let is_key = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
                    let key = source.split(|letter| !is_key(letter)).next().unwrap_or_default();
                    texts.insert(key, Text { source, pattern: OnceLock::new() });
                }
                begin = is_text.then_some(at);
            }
            at += line.len();
        }
        Self(texts)
    }

    /// The text under this key; `None` where there is none, or it cannot be read.
    pub fn get(&self, key: &str) -> Option<&Pattern<&'static str>> {
        let text = self.0.get(key)?;
        text.pattern.get_or_init(|| parsed(text.source)).as_ref()
    }

    /// True when there is a text under this key.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

fn parsed(source: &'static str) -> Option<Pattern<&'static str>> {
    let resource = parse_runtime(source).ok()?;
    resource.body.into_iter().find_map(|entry| match entry {
        Entry::Message(message) => message.value,
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_that_fluent_reads_in_the_whole_file() {
        for file in [
            include_str!("../../../knowledge/text/zh.ftl"),
            include_str!("../../../knowledge/text/en.ftl"),
            include_str!("../../../fleet/text/zh.ftl"),
            include_str!("../../../fleet/text/en.ftl"),
            "# A comment\n\n## Another\n\none = 1\n\n# of two\ntwo-a =\n    more { $n }\n    lines\nthree_3 = { $n ->\n   *[other] many\n}\nlast = end",
        ] {
            let whole = parse_runtime(file).unwrap();
            let texts = Texts::new(file);
            let mut count = 0;
            for entry in &whole.body {
                let Entry::Message(message) = entry else { continue };
                assert_eq!(texts.get(message.id.name), message.value.as_ref(), "{}", message.id.name);
                // What would have to be looked up in another text.
                let parsed = format!("{:?}", message.value);
                assert!(!parsed.contains("MessageReference") && !parsed.contains("TermReference"), "{parsed}");
                count += 1;
            }
            assert_eq!(texts.0.len(), count);
            assert!(count >= 4);
        }
    }

    #[test]
    fn a_broken_text_spoils_no_other_and_the_last_of_two_counts() {
        let texts = Texts::new("broken = { $n\nwhole = text\ntwice = first\ntwice = second\n");
        assert!(!texts.has("broken") && !texts.has("missing"));
        assert!(texts.has("whole"));
        assert_eq!(texts.get("twice"), Texts::new("twice = second\n").get("twice"));
    }
}
