//! Breaks texts into lines: at spaces and between Chinese characters, never within a figure or between it and its unit.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Units that stand behind a figure and a space.
const UNITS: [&str; 25] = [
    "%", "°", "s", "min", "h", "m", "mm", "cm", "km/h", "mph", "kg", "kg/s", "g", "t", "ha", "mu", "ac", "r/min",
    "kg/ha", "kg/mu", "jin/mu", "bu/ac", "bu", "x", "deg",
];

/// Closes what stands before it, so that no line begins with it.
const CLOSING: &str = ",.;:!?)]%°,。、;:!?)】》”’…–";
/// Opens what stands behind it, so that no line ends with it.
const OPENING: &str = "([(【《“‘";

/// Breaks a text into lines of at most `columns` columns.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(text) {
        let parts = if piece.trim_end().width() > columns { letters(piece) } else { vec![piece] };
        for part in parts {
            if used + part.trim_end().width() > columns && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            used += part.width();
            if let Some(line) = lines.last_mut() {
                line.push_str(part);
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The parts of a text between which a line may end, each with the spaces behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let Some(&(next_at, next)) = signs.peek() else { break };
        let breaks = if sign == ' ' {
            next != ' ' && !is_unit_behind(&text[..at], &text[next_at..]) && !is_joined(&text[..at], next)
        } else {
            let wide = |sign: char| sign.width() == Some(2);
            // A figure keeps its measure word: 12分钟.
            let figure = (sign.is_ascii_digit() || sign == '%') && wide(next);
            (wide(sign) || wide(next)) && next != ' ' && !figure && !CLOSING.contains(next) && !OPENING.contains(sign)
        };
        if breaks {
            pieces.push(&text[begin..next_at]);
            begin = next_at;
        }
    }
    pieces.push(&text[begin..]);
    pieces
}

/// A figure ends before the space, and its unit begins behind it.
fn is_unit_behind(before: &str, behind: &str) -> bool {
    let ends_figure = before.trim_end().ends_with(|sign: char| sign.is_ascii_digit() || sign == ')' || sign == '—');
    let word = behind.split(' ').next().unwrap_or_default();
    let word = word.trim_end_matches(|sign: char| CLOSING.contains(sign) && sign != '%' && sign != '°');
    let chinese = word.ends_with(['斤', '亩', '顷']) || word.starts_with("转/");
    ends_figure && (UNITS.contains(&word) || chinese)
}

/// An arrow stands on one side of the space: `800 → 848` is one figure. Or the sign of a verdict stands before its word.
fn is_joined(before: &str, next: char) -> bool {
    let before = before.trim_end();
    next == '→' || before.ends_with(['→', '▲', '△', '▽', '▼']) || before == "?" || before.ends_with(" ?")
}

/// Each sign for itself.
fn letters(text: &str) -> Vec<&str> {
    text.char_indices().map(|(at, sign)| &text[at..at + sign.len_utf8()]).collect()
}

/// Shortens a text to at most `columns` columns, with `…` at the end where it was cut. For texts of any length: names, and
/// messages of programs.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let start = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= columns
    });
    let start: String = start.collect();
    format!("{}…", start.trim_end())
}

/// The beginning of a text in at most `columns` columns, with `…` where it goes on; no figure is cut.
pub(crate) fn shorten(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let first = wrap(text, columns.saturating_sub(1)).into_iter().next().unwrap_or_default();
    format!("{first}…")
}

/// The first of these texts that fits, the longest first; the last one where none does.
pub(crate) fn fitting(texts: &[String], columns: usize) -> String {
    texts.iter().find(|text| text.width() <= columns).or(texts.last()).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_keeps_its_unit_and_its_measure_word() {
        assert_eq!(wrap("per area 7.7 (3.1–19) kg/ha now", 14), ["per area 7.7", "(3.1–19) kg/ha", "now"]);
        assert_eq!(wrap("损失率1.2 %", 8), ["损失率", "1.2 %"]);
        assert_eq!(wrap("还需收割约 12分钟才能判断", 14), ["还需收割约", "12分钟才能判断"]);
        assert_eq!(wrap("转速 848 转/分", 10), ["转速", "848 转/分"]);
        assert_eq!(wrap("drum 800 → 848 r/min", 16), ["drum", "800 → 848 r/min"]);
    }

    #[test]
    fn no_line_begins_with_a_comma_or_ends_with_a_bracket() {
        assert_eq!(wrap("limit 2 %  ? cannot tell", 12), ["limit 2 %", "? cannot", "tell"]);
        assert_eq!(wrap("行业标准 2%  △ 可能超过", 14), ["行业标准 2%", "△ 可能超过"]);
        assert_eq!(wrap("先停机,再下车(熄火)", 8), ["先停机,", "再下车", "(熄火)"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"], "what has no place to break");
    }
}
