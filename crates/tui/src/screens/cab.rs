//! The driving screen: what an operator sees of the loss, how the controls are set, and their keys.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::screen_id::ScreenId;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::{headline, next_step};

/// The lines that name the keys of the controls.
pub(crate) const KEYS: [&str; 3] = ["cab-keys-drive", "cab-keys-switches", "cab-keys-settings"];

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    if key.code == KeyCode::Tab {
        state.open = ScreenId::Main;
        return true;
    }
    state.cab.as_mut().is_some_and(|cab| cab.key(key))
}

/// The lines of the controls; none where nobody drives.
fn lines(view: &View<'_>) -> Vec<String> {
    view.state.cab.as_ref().map_or_else(Vec::new, |cab| cab.lines(view.words))
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    headline::draw(canvas, 3, false, view);
    canvas.rule(9, &view.word("screen-cab"));
    for (row, line) in (0..6).zip(lines(view)) {
        canvas.line(10 + row, &line, if row == 0 { Role::Chosen } else { Role::Value });
    }
    canvas.rule(16, "");
    next_step::draw(canvas, 17, view);
    for (row, key) in (0..).zip(KEYS) {
        canvas.line(18 + row, &view.word(key), Role::Label);
    }
}
