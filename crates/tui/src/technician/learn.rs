//! The guide without a terminal: frames, keys, rankings and time go in; pictures and effects come out. It reads no clock and
//! no file.

mod draw;
mod keys;
mod state;

use crossterm::event::KeyEvent;
use ratatui::Frame as Picture;

use crate::widgets::glyphs;
pub use state::{Choice, Draft, Learn, LearnEffect, MarkLine, Offer, Ranked};

impl Learn {
    /// A key. An unknown one does nothing.
    pub fn key(&mut self, key: &KeyEvent) {
        keys::key(self, key);
        self.refresh();
    }

    /// Draws the open page. Returns the texts that did not fit.
    pub fn draw(&self, picture: &mut Picture<'_>) -> Vec<String> {
        let cut = draw::draw(self, picture);
        glyphs::without_hidden(picture.buffer_mut());
        if self.look.is_ascii {
            glyphs::to_ascii(picture.buffer_mut());
        }
        cut
    }
}
