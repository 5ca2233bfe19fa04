//! What a terminal without more than ASCII shows instead, and digits of several rows for it.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

/// Rows of a digit that is made of `#`.
pub(super) const ASCII_DIGIT_ROWS: u16 = 5;

/// Eight heights of a bar.
pub(super) const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Puts an ASCII letter in the place of every other sign of one column. Chinese stays: a terminal that cannot show it is
/// set to English.
pub(super) fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let sign = match cell.symbol() {
            "─" | "–" | "—" | "▃" => "-",
            "│" => "|",
            "×" => "x",
            "÷" => "/",
            "·" | "…" | "▁" => ".",
            "²" => "2",
            "▶" | "→" => ">",
            "●" | "█" => "#",
            "○" => "o",
            "▂" => "_",
            "▄" => "=",
            "▅" => "+",
            "▆" => "*",
            "▇" => "%",
            "▲" | "↑" => "^",
            "↓" => "v",
            sign if sign.is_ascii() || sign.width() != 1 => continue,
            _ => "?",
        };
        cell.set_symbol(sign);
    }
}

/// A digit, or a sign beside digits, in five rows of three columns; a bit is a `#`.
const fn rows(sign: char) -> [u8; 5] {
    match sign {
        '0' => [0b111, 0b101, 0b101, 0b101, 0b111],
        '1' => [0b010, 0b110, 0b010, 0b010, 0b111],
        '2' => [0b111, 0b001, 0b111, 0b100, 0b111],
        '3' => [0b111, 0b001, 0b111, 0b001, 0b111],
        '4' => [0b101, 0b101, 0b111, 0b001, 0b001],
        '5' => [0b111, 0b100, 0b111, 0b001, 0b111],
        '6' => [0b111, 0b100, 0b111, 0b101, 0b111],
        '7' => [0b111, 0b001, 0b010, 0b010, 0b010],
        '8' => [0b111, 0b101, 0b111, 0b101, 0b111],
        '9' => [0b111, 0b101, 0b111, 0b001, 0b111],
        '.' => [0, 0, 0, 0, 0b010],
        '-' => [0, 0, 0b111, 0, 0],
        '<' => [0b001, 0b010, 0b100, 0b010, 0b001],
        '%' => [0b101, 0b001, 0b010, 0b100, 0b101],
        _ => [0; 5],
    }
}

/// A number in five lines of `#`.
pub(super) fn ascii_digits(text: &str) -> [String; ASCII_DIGIT_ROWS as usize] {
    let line = |row: usize| {
        let one = |sign| {
            let bits = rows(sign)[row];
            (0..4).map(move |column| if column < 3 && bits & (0b100 >> column) != 0 { '#' } else { ' ' })
        };
        text.chars().flat_map(one).collect()
    };
    std::array::from_fn(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_told_apart() {
        let signs: Vec<char> = "0123456789.-<%".chars().collect();
        let shapes: std::collections::BTreeSet<[u8; 5]> = signs.iter().map(|&sign| rows(sign)).collect();
        assert_eq!(shapes.len(), signs.len());
        assert_eq!(ascii_digits("1"), [" #  ", "##  ", " #  ", " #  ", "### "]);
    }
}
