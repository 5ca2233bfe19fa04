//! What the names of a signal and its message say.

/// The longest of the hint's phrases that is in the names: every word of it begins a word of the signal's name, or of the
/// message's and at least one of the signal's.
pub(super) fn matching_words<'a>(phrases: &'a [String], message: &str, signal: &str) -> Option<&'a str> {
    let (of_message, of_signal) = (words(message), words(signal));
    let begins = |names: &[String], word: &str| names.iter().any(|name| same(name, word));
    let fits = |phrase: &&String| {
        if !phrase.is_ascii() {
            return signal.contains(phrase.as_str());
        }
        // A key of two letters is a whole name.
        if phrase.len() == 2 {
            return signal.eq_ignore_ascii_case(phrase);
        }
        let mut words = phrase.split(' ');
        words.clone().all(|word| begins(&of_signal, word) || begins(&of_message, word))
            && words.any(|word| begins(&of_signal, word))
    };
    phrases.iter().filter(fits).max_by_key(|phrase| phrase.split(' ').count()).map(String::as_str)
}

/// True when one of these words is a word of the names.
pub(super) fn has_word(all: &[String], message: &str, signal: &str) -> bool {
    let names = [words(message), words(signal)].concat();
    let has = |word: &String| {
        if word.is_ascii() {
            // What follows may be a number, or letters that the file has not parted.
            names
                .iter()
                .any(|name| name.strip_prefix(word.as_str()).is_some_and(|rest| word.len() >= 5 || is_number(rest)))
        } else {
            message.contains(word.as_str()) || signal.contains(word.as_str())
        }
    };
    all.iter().any(has)
}

/// True of digits only, and of nothing.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name's word and a phrase's: the same, or the name's is the beginning of the other, of three letters at least (`Eng`
/// for engine, `Sep` for separator), or has it as its beginning.
fn same(name: &str, word: &str) -> bool {
    name == word || (name.len() >= 3 && word.starts_with(name)) || (word.len() >= 4 && name.starts_with(word))
}

/// `LossRateSepLeft` and `loss_rate_sep_left` alike: loss, rate, sep, left; `SCRTank`: scr, tank.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut before, mut rest) = (' ', name.chars().peekable());
    while let Some(c) = rest.next() {
        let ends_capitals =
            (before.is_uppercase() || before.is_ascii_digit()) && rest.peek().is_some_and(|next| next.is_lowercase());
        let begins = !before.is_alphanumeric() || (c.is_uppercase() && (before.is_lowercase() || ends_capitals));
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !begins => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words_and_compared_by_them() {
        assert_eq!(words("LossRateSepLeft"), ["loss", "rate", "sep", "left"]);
        assert_eq!(words("eng_speed 2"), ["eng", "speed", "2"]);
        assert_eq!(words("SCRCatalystTankLevel"), ["scr", "catalyst", "tank", "level"]);
        let phrases = ["engine speed".to_owned(), "rpm".to_owned(), "es".to_owned()];
        assert_eq!(matching_words(&phrases, "EEC1", "EngSpeed"), Some("engine speed"));
        assert_eq!(matching_words(&phrases, "ENGINE", "Speed"), Some("engine speed"));
        assert_eq!(matching_words(&phrases, "ENGINE", "Torque"), None);
        assert_eq!(matching_words(&phrases, "Display", "es"), Some("es"));
        assert_eq!(matching_words(&phrases, "Display", "ES_Level"), None);
        assert_eq!(matching_words(&["割台高度".to_owned()], "HDR", "割台高度左"), Some("割台高度"));
    }

    #[test]
    fn words_of_another_sense_are_whole_words() {
        let other = ["air".to_owned(), "scr".to_owned(), "coolant".to_owned(), "尿素".to_owned()];
        for name in ["EngIntakeAirMassFlow", "SCR2TankLevel", "CoolantTemp1", "Air1", "尿素液位"] {
            assert!(has_word(&other, "M", name), "{name}");
        }
        assert!(has_word(&other, "SCR", "TankLevel"));
        for name in ["RepairCount", "ScreenLevel", "AirlessTank", "粮箱"] {
            assert!(!has_word(&other, "M", name), "{name}");
        }
    }
}
