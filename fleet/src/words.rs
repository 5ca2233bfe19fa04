//! The words of this program, in two languages.

use grainloss_knowledge::{Lang, Words};

/// The words of the cab's program, and this one's own.
pub fn words(lang: Lang) -> Words {
    let own = match lang {
        Lang::Zh => include_str!("../text/zh.ftl"),
        Lang::En => include_str!("../text/en.ftl"),
    };
    Words::new(lang).and(own)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (mut zh, en) = (keys(include_str!("../text/zh.ftl")), keys(include_str!("../text/en.ftl")));
        // The English help stands at the arguments in the source.
        zh.retain(|key| !key.starts_with("fleet-help-"));
        assert_eq!(zh, en);
        assert!(words(Lang::Zh).get("fleet-about").contains("收割机"));
    }
}
