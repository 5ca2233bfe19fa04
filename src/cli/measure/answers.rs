//! From what is typed to the value of an item.

use serde_json::{Value, json};

use super::entry::{choices, what};
use grainloss_core::measured_point::{FieldKind, field, value_problem};
use grainloss_knowledge::Words;

/// The text of a choice in the reader's language.
pub(super) fn choice_text(key: &str, word: &str, words: &Words) -> String {
    let prefix = match key {
        "mode" => "harvest-mode-",
        "head.lodging" => "point-lodging-",
        _ => "point-kind-",
    };
    words.get(&format!("{prefix}{word}"))
}

/// The value that a text means for an item; the error says what is expected.
pub(super) fn value(key: &str, text: &str, words: &Words) -> Result<Value, String> {
    let Some(field) = field(key) else { return Err(words.get("point-problem-unknown")) };
    let text = text.trim();
    let value = match field.kind {
        FieldKind::Number(..) => {
            let number = text.replace(['\u{ff0c}', ','], ".").parse::<f64>();
            number
                .ok()
                .filter(|number| number.is_finite())
                .map(|number| json!(number))
                .ok_or_else(|| words.get("ask-number"))?
        }
        FieldKind::Whole(..) => text.parse::<i64>().map(|number| json!(number)).map_err(|_| words.get("ask-number"))?,
        FieldKind::Names => {
            let names = text.split([',', '\u{ff0c}', '\u{3001}', ';']).map(str::trim).filter(|name| !name.is_empty());
            json!(names.collect::<Vec<_>>())
        }
        FieldKind::Switch => {
            let yes = match text.to_lowercase().as_str() {
                "y" | "yes" | "true" | "1" | "\u{662f}" => true,
                "n" | "no" | "false" | "0" | "\u{5426}" => false,
                _ => return Err(words.with("ask-choice", &[("words", "y, n")])),
            };
            json!(yes)
        }
        FieldKind::Choice(_) => {
            let known = choices(key);
            let by_number = text.parse::<usize>().ok().and_then(|n| known.get(n.checked_sub(1)?));
            let by_word = || known.iter().find(|word| **word == text || choice_text(key, word, words) == text);
            let Some(word) = by_number.or_else(by_word) else {
                return Err(words.with("ask-choice", &[("words", &known.join(", "))]));
            };
            json!(word)
        }
        FieldKind::Text | FieldKind::Day | FieldKind::Time => json!(text),
    };
    match value_problem(field.kind, &value) {
        Some(problem) => Err(what(problem, words)),
        None => Ok(value),
    }
}
