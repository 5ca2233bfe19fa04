//! The address of the page for a phone, as a code to be scanned and as text. It opens from the settings.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::state::State;
use crate::theme::{Role, Theme, rgb};
use crate::view::View;
use crate::widgets::canvas::{Canvas, wrap};
use crate::widgets::qr::QrCode;

/// Columns between the code and the text.
const BETWEEN: u16 = 2;
/// The first row of a screen.
const TOP: u16 = 3;

/// True while it is open.
pub(crate) fn is_open(state: &State) -> bool {
    state.shown_url.is_some_and(|at| at < state.urls().len())
}

/// Draws the code and, beside it, the address and what it gives; as far as the window is wide enough.
pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let urls = view.state.urls();
    let Some(url) = view.state.shown_url.and_then(|at| urls.get(at)) else { return };
    let is_dark = view.state.theme().is_none_or(ground_is_dark);
    let rows = QrCode::of(url).map(|code| code.half_blocks(is_dark)).unwrap_or_default();
    let columns = rows.first().map_or(0, |row| row.chars().count() as u16);
    let fits = !rows.is_empty() && !view.state.is_ascii();
    let (mut x, mut y) = (1, TOP);
    if fits {
        for (y, row) in (TOP..).zip(&rows) {
            canvas.rest(1, y, row, Role::Text);
        }
        // In a narrow window the text is below the code.
        (x, y) = if canvas.is_narrow() { (1, TOP + rows.len() as u16) } else { (1 + columns + BETWEEN, TOP + 1) };
    }
    let room = usize::from(canvas.window_columns().saturating_sub(x + 1));
    let mut lines = |text: &str, role: Role| {
        for line in wrap(text, room) {
            canvas.rest(x, y, &line, role);
            y += 1;
        }
        y += 1;
    };
    if !fits {
        lines(&view.word("page-no-code"), Role::Value);
    }
    lines(&view.word("page-scan"), Role::Text);
    for (at, other) in urls.iter().enumerate() {
        lines(other, if Some(at) == view.state.shown_url { Role::Value } else { Role::Label });
    }
    lines(&view.word(if urls.len() > 1 { "page-keys-more" } else { "page-keys" }), Role::Label);
}

/// True where a theme has light signs on a dark ground.
fn ground_is_dark(theme: &Theme) -> bool {
    let (text, ground) = theme.colours(Role::Text);
    let lightness = |index| rgb(index).into_iter().map(u32::from).sum::<u32>();
    lightness(text) > lightness(ground)
}

/// Enter shows the next address, or closes it after the last; Esc closes it, and so does any other key, which then does what it
/// does without it.
pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let Some(at) = state.shown_url.take() else { return false };
    match key.code {
        KeyCode::Enter | KeyCode::Right => {
            state.shown_url = Some(at + 1).filter(|next| *next < state.urls().len());
            true
        }
        KeyCode::Esc => true,
        _ => false,
    }
}
