//! `{{key}}` in a page becomes the word under that key, escaped; `{{lang}}` and `{{other}}` the codes of the two languages.

use grainloss_knowledge::{Lang, Words};

/// A page in a language.
pub(crate) fn fill(page: &str, lang: Lang) -> String {
    let words = Words::new(lang);
    let mut filled = String::with_capacity(page.len() * 2);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((key, left)) = after.split_once("}}") else { break };
        filled.push_str(&word(key, &words));
        rest = left;
    }
    filled + rest
}

/// A page that says one thing in both languages: the word under the key, and under it the one of `KEY-text`.
pub(crate) fn in_both(page: &str, key: &str) -> String {
    let mut filled = page.to_owned();
    for (code, lang) in [("zh", Lang::Zh), ("en", Lang::En)] {
        let words = Words::new(lang);
        filled = filled.replace(&format!("{{{{{code}}}}}"), &escaped(&words.get(key)));
        filled = filled.replace(&format!("{{{{{code}-text}}}}"), &escaped(&words.get(&format!("{key}-text"))));
    }
    filled
}

fn word(key: &str, words: &Words) -> String {
    let code = |lang| match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    match key {
        "lang" => code(words.lang).to_owned(),
        "other" => code(words.lang.other()).to_owned(),
        // The script puts in the seconds.
        "page-lost" | "page-old" => escaped(&words.with(key, &[("seconds", "{n}")])),
        key => escaped(&words.get(key)),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            sign => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_page_is_there_in_both_languages() {
        let page = include_str!("index.html");
        for lang in [Lang::Zh, Lang::En] {
            let words = Words::new(lang);
            let keys = page.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
            for (key, _) in keys.filter(|(key, _)| !matches!(*key, "lang" | "other")) {
                assert!(words.has(key), "{lang:?}: {key}");
            }
            assert!(!fill(page, lang).contains("{{"));
        }
        assert_eq!(fill("<a>{{lang}}→{{other}}</a>", Lang::Zh), "<a>zh→en</a>");
    }

    #[test]
    fn a_plain_page_says_it_in_both_languages() {
        for key in ["page-no-token", "page-not-found"] {
            let page = in_both(include_str!("plain.html"), key);
            assert!(!page.contains("{{") && !page.contains(key), "{page}");
        }
    }

    #[test]
    fn what_could_be_markup_is_escaped() {
        assert_eq!(escaped("<b a=\"1\">'&'"), "&lt;b a=&quot;1&quot;&gt;&#39;&amp;&#39;");
    }
}
