//! What is on the bus, live or from a log, without a terminal: frames, keys and time go in; pictures come out.

mod draw;
mod state;

use ratatui::Frame as Picture;

use crate::widgets::glyphs;
pub use state::{Meaning, Watch};

impl Watch {
    /// Draws it. Returns the texts that did not fit.
    pub fn draw(&self, picture: &mut Picture<'_>) -> Vec<String> {
        let cut = draw::draw(self, picture);
        glyphs::without_hidden(picture.buffer_mut());
        if self.look.is_ascii {
            glyphs::to_ascii(picture.buffer_mut());
        }
        cut
    }
}
