//! Glyphs of bars, and their replacements on a terminal with ASCII only.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use grainloss_core::clean_text::is_hidden;

/// The eight heights of a bar within one row.
pub(crate) const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Takes out of the picture what a terminal would obey or nobody can see, whichever name it came with.
pub(crate) fn without_hidden(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().contains(is_hidden) {
            let visible: String = cell.symbol().chars().filter(|&c| !is_hidden(c)).collect();
            cell.set_symbol(if visible.width() == cell.symbol().width() { &visible } else { "?" });
        }
    }
}

/// Replaces every character of one column by an ASCII one. Chinese characters stay: a terminal that cannot show them is
/// set to English.
pub(crate) fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let ascii = match cell.symbol() {
            "─" | "–" | "—" | "▃" | "╌" | "▔" | "−" | "▽" => "-",
            "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┴" | "╘" | "╔" | "╗" | "╚" | "▅" | "△" => {
                "+"
            }
            "│" | "‖" => "|",
            "×" => "x",
            "÷" => "/",
            "·" | "…" | "▁" => ".",
            "²" => "2",
            "▶" | "→" | "≥" => ">",
            "●" | "█" => "#",
            "○" => "o",
            "▂" => "_",
            "▄" | "═" => "=",
            "░" => ":",
            "◎" => "@",
            "←" => "<",
            "▆" => "*",
            "▇" => "%",
            "▲" | "↑" => "^",
            "↓" | "▼" => "v",
            other if other.is_ascii() || other.width() != 1 => continue,
            _ => "?",
        };
        cell.set_symbol(ascii);
    }
}
