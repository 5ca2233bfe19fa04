//! Text from elsewhere that is shown: a terminal must not obey it, and a reader must not be misled by what he cannot see.
//! A name may come from a DBC file, a log, the journal or the socket; all of them are cleaned here, where they go out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for a character that is not seen as itself: control characters (C0, DEL, C1), marks that change the direction of
/// what follows, characters without width, and the line and paragraph separators of Unicode.
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text of several lines, safe to print: each hidden character except line feed and tab is written as in JSON, `\u001b`.
/// A JSON text stays the same JSON, since there such a character can only be inside a string.
pub fn clean(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// The same for a text that must stay on its line, such as a name: line feed and tab are written as `\u000a` and `\u0009`.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

fn escaped(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_bad) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_bad(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a string does not fail.
                let _ = write!(clean, "\\u{unit:04x}");
            }
        } else {
            clean.push(c);
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_or_nobody_can_see_is_spelled_out() {
        assert_eq!(clean_line("\x1b]0;x\x07\u{9b}31m\x7f"), "\\u001b]0;x\\u0007\\u009b31m\\u007f");
        assert_eq!(clean_line("a\u{202e}b\u{2066}\u{200b}\u{feff}\u{2028}"), "a\\u202eb\\u2066\\u200b\\ufeff\\u2028");
        assert_eq!(clean_line("a\nb\tc"), "a\\u000ab\\u0009c");
        assert_eq!(clean("a\nb\tc\r"), "a\nb\tc\\u000d");
        // Beyond the first plane as a pair, as JSON wants it (RFC 8259, section 7).
        assert_eq!(clean_line("\u{e0041}"), "\\udb40\\udc41");
    }

    #[test]
    fn names_of_people_and_fields_stay_as_they_are() {
        for name in ["张三", "Łódź", "東北 40 mu", "ह", "🌾", "a\u{301}", "l'été \"x\" \\ y", "鄂A·12345"]
        {
            assert!(matches!(clean_line(name), Cow::Borrowed(same) if same == name), "{name}");
        }
    }
}
