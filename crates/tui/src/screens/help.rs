//! The help: what the screen behind it offers, the keys, and what the symbols mean.

use crate::app::keys::Action;
use crate::app::screen_id::ScreenId;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::tap::Tap;

/// What is said below the keys.
const ABOUT: [&str; 8] =
    ["help-interval", "help-basis", "help-verdict", "help-age", "help-alarm", "help-pan", "help-undo", "help-mouse"];
/// Most lines of one of these texts.
const MOST_LINES: u16 = 6;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let mut y = super::frame::TOP;
    // Who drives has more keys: they come first.
    if view.state.open() == ScreenId::Cab {
        for key in super::cab::KEYS {
            y += canvas.paragraph(1, y, MOST_LINES, &view.word(key), Role::Value);
        }
    } else {
        let here = format!("help-on-{}", view.state.open().action().word());
        if view.words.has(&here) {
            y += canvas.paragraph(1, y, MOST_LINES, &view.word(&here), Role::Value);
        }
    }
    let actions: Vec<Action> = Action::all().collect();
    let rows = actions.len().div_ceil(2);
    for (at, &action) in actions.iter().enumerate() {
        // In a narrow window they stand below each other, in the order of the list.
        let (nominal_x, row) = if canvas.is_narrow() { (1, at) } else { (if at < rows { 1 } else { 40 }, at % rows) };
        let (x, y) = (canvas.at(nominal_x), y + row as u16);
        canvas.put(x, y, 9, &view.key_name(action), Role::Value);
        canvas.tap_part(x, y, 9, Tap::Act(action));
        canvas.put(x + 9, y, canvas.at(39) - 10, &view.word(&format!("key-{}", action.word())), Role::Text);
        canvas.tap_part(x + 9, y, canvas.at(39) - 10, Tap::Act(action));
    }
    y += if canvas.is_narrow() { actions.len() } else { rows } as u16;
    if view.state.cab.is_some() && view.state.open() != ScreenId::Cab {
        for key in super::cab::KEYS {
            y += canvas.paragraph(1, y, MOST_LINES, &view.word(key), Role::Value);
        }
    }
    for key in ABOUT {
        y += canvas.paragraph(1, y, MOST_LINES, &view.word(key), Role::Text);
    }
}
