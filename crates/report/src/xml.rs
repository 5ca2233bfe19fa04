//! Escaping for HTML, SVG and XML.

use grainloss_core::clean_text::is_hidden;

/// The text as it may stand in HTML and XML, inside an element or an attribute in double quotes. Control characters,
/// which neither can hold, and characters that nobody can see become U+FFFD.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if is_hidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_and_control_characters_are_escaped() {
        let hostile = "\"><script>alert('1')</script>&\u{0}\u{ffff}\u{9b}\u{202e}";
        let expected = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\u{fffd}";
        assert_eq!(escaped(hostile), expected);
    }
}
