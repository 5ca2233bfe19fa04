//! Glyphs of bars, and their replacements on a terminal with ASCII only.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

/// The eight heights of a bar within one row.
pub(crate) const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Replaces every character of one column by an ASCII one. Chinese characters stay: a terminal that cannot show them is
/// set to English.
pub(crate) fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let ascii = match cell.symbol() {
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
            other if other.is_ascii() || other.width() != 1 => continue,
            _ => "?",
        };
        cell.set_symbol(ascii);
    }
}
