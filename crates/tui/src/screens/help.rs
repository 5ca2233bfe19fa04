//! The help: the keys, and what the symbols mean.

use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, wrap};

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let actions: Vec<Action> = Action::all().collect();
    let rows = actions.len().div_ceil(2);
    for (at, &action) in actions.iter().enumerate() {
        let (x, y) = (canvas.at(if at < rows { 1 } else { 40 }), 3 + (at % rows) as u16);
        canvas.put(x, y, 9, view.state.keys().key(action), Role::Value);
        canvas.put(x + 9, y, canvas.at(39) - 10, &view.word(&format!("key-{}", action.word())), Role::Text);
    }
    let mut y = 3 + rows as u16;
    // Who drives has more keys: they come first.
    if view.state.cab.is_some() {
        for key in super::cab::KEYS {
            canvas.line(y, &view.word(key), Role::Value);
            y += 1;
        }
    }
    for key in ["help-interval", "help-basis", "help-age", "help-alarm", "help-pan"] {
        // Keys go first: what has no room below them is left out, the last first.
        let room = canvas.height().saturating_sub(y + 2);
        let text = view.word(key);
        if wrap(&text, usize::from(canvas.width().saturating_sub(2))).len() > usize::from(room) {
            break;
        }
        y += canvas.paragraph(1, y, room, &text, Role::Text);
    }
}
