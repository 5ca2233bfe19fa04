//! Texts of several lines, Chinese or not.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::theme::Role;
use crate::widgets::canvas::Canvas;

/// Writes a text in as many lines as it needs, at most `most`, and returns how many.
pub(crate) fn paragraph(canvas: &mut Canvas<'_>, y: u16, most: u16, text: &str) -> u16 {
    let lines = wrap(text, usize::from(canvas.width().saturating_sub(2)));
    let count = (lines.len() as u16).min(most);
    for (row, line) in lines.iter().take(usize::from(count)).enumerate() {
        canvas.line(y + row as u16, line, Role::Text);
    }
    if lines.len() as u16 > most {
        canvas.cut.push(text.to_owned());
    }
    count
}

/// Breaks a text into lines of at most `columns` columns: at spaces, and between Chinese characters.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text.split_inclusive(' ').flat_map(|word| pieces(word, columns)) {
        // `lines` is never empty: it starts with one line.
        let line = lines.len() - 1;
        if lines[line].width() + piece.trim_end().width() > columns {
            lines.push(piece);
        } else {
            lines[line].push_str(&piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The parts of a word that stay whole: each Chinese character with the punctuation behind it, letters and digits between
/// them, and the characters of what is too long for a line.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let is_wide = |c: char| c.width() == Some(2);
    let is_too_long = !word.contains(is_wide) && word.trim_end().width() > columns;
    let mut pieces: Vec<String> = Vec::new();
    let mut before = None;
    for c in word.chars() {
        let closes = "。，、；：！？）”》,.;:!?)%… ".contains(c);
        let stays = closes || !is_wide(c) && before.is_some_and(|before| !is_wide(before));
        match pieces.last_mut().filter(|_| stays && !is_too_long) {
            Some(last) => last.push(c),
            None => pieces.push(c.to_string()),
        }
        before = Some(c);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrap("lift the header now", 10), ["lift the", "header now"]);
        assert_eq!(wrap("停 5 秒,再放到地上,停稳", 12), ["停 5 秒,再放", "到地上,停稳"]);
        // No line begins with what ends a phrase, and no number is cut.
        assert_eq!(wrap("割台升到最高,按 12345", 12), ["割台升到最", "高,按 12345"]);
        assert_eq!(wrap("abcdefgh", 5), ["abcde", "fgh"]);
    }
}
