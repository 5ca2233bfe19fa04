//! What a tap on a place of the screen does. Places are recorded where they are drawn.

use crossterm::event::KeyCode;
use ratatui::layout::Rect;

use crate::app::keys::Action;
use crate::app::pan_form::FormField;

/// What a tap does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tap {
    /// What the key of this action does, wherever it is pressed.
    Act(Action),
    /// What this key does on the open screen.
    Key(KeyCode),
    /// Chooses a line of a menu; on the chosen one what Enter does.
    Item(usize),
    /// Goes to a field of the form of the pans.
    Field(FormField),
    /// Chooses a dropped pan, by its number.
    Drop(u32),
}

impl Tap {
    /// What the key of this digit does, 0 to 9.
    pub fn digit(digit: usize) -> Self {
        let sign = u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or(' ');
        Self::Key(KeyCode::Char(sign))
    }
}

/// A place that was drawn, and what a tap on it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TapArea {
    pub place: Rect,
    pub tap: Tap,
}

/// What the newest picture has shown where: the places to tap, and how far it can be scrolled.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Later ones lie above earlier ones.
    pub taps: Vec<TapArea>,
    /// Lines of the open screen above what is seen.
    pub hidden: usize,
    /// The most of them.
    pub most_hidden: usize,
    /// Lines that are seen.
    pub seen: usize,
    /// They were scrolled by hand: the chosen line may be out of sight.
    pub by_hand: bool,
}

impl Shown {
    /// What a tap at this column and row does; `None` where nothing is to be tapped.
    pub fn tap(&self, column: u16, row: u16) -> Option<Tap> {
        let at = |area: &&TapArea| area.place.contains((column, row).into());
        self.taps.iter().rev().find(at).map(|area| area.tap)
    }

    /// Moves the lines by so many; false when there is nothing more that way.
    pub fn scroll(&mut self, by: isize) -> bool {
        let hidden = self.hidden.saturating_add_signed(by).min(self.most_hidden);
        let moves = hidden != self.hidden;
        (self.hidden, self.by_hand) = (hidden, self.by_hand || moves);
        moves
    }

    /// Another screen is open.
    pub const fn reset(&mut self) {
        (self.hidden, self.by_hand) = (0, false);
    }

    /// Finds the first line to show of `lines`, so that the line in focus is seen; there is room for `room`.
    pub fn place(&mut self, lines: usize, room: usize, focus: Option<usize>) -> usize {
        self.most_hidden = lines.saturating_sub(room);
        self.seen = room;
        if let Some(line) = focus.filter(|_| !self.by_hand) {
            self.hidden = self.hidden.clamp((line + 1).saturating_sub(room), line);
        }
        self.hidden = self.hidden.min(self.most_hidden);
        self.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_line_stays_in_sight_until_the_hand_moves_the_lines() {
        let mut shown = Shown::default();
        assert_eq!(shown.place(12, 5, Some(2)), 0);
        assert_eq!(shown.place(12, 5, Some(6)), 2, "the last line that is seen");
        assert_eq!(shown.place(12, 5, Some(0)), 0);
        assert!(shown.scroll(20) && !shown.scroll(1));
        assert_eq!(shown.place(12, 5, Some(0)), 7, "by hand");
        assert_eq!(shown.place(3, 5, None), 0, "all of it is seen");
        shown.reset();
        assert_eq!(shown.place(12, 5, Some(11)), 7);
    }
}
