//! The settings: how the screen looks, and what the operator enters about the session.

use crossterm::event::KeyEvent;

use crate::app::menu;
use crate::app::menu_item::MenuItem;
use crate::app::state::State;
use crate::screens::page_code;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::menu as menu_lines;

/// The items; the last one is there only where there is a page.
const ITEMS: [MenuItem; 14] = [
    MenuItem::Language,
    MenuItem::Units,
    MenuItem::Speed,
    MenuItem::Theme,
    MenuItem::Glyphs,
    MenuItem::Mouse,
    MenuItem::MarkSetting,
    MenuItem::Operator,
    MenuItem::Crop,
    MenuItem::Field,
    MenuItem::Limit,
    MenuItem::Begin,
    MenuItem::EndSession,
    MenuItem::Page,
];

fn items(state: &State) -> &'static [MenuItem] {
    if state.urls().is_empty() { &ITEMS[..ITEMS.len() - 1] } else { &ITEMS }
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    if page_code::is_open(view.state) {
        return page_code::draw(canvas, view);
    }
    let items = items(view.state);
    menu_lines::draw(canvas, 3, items, view);
    let y = 3 + items.len() as u16;
    canvas.rule(y, "");
    let session = &view.snapshot.session;
    let name_or_unknown = |name: &Option<String>| name.clone().unwrap_or_else(|| view.word("unknown"));
    let figures = [("field", &*name_or_unknown(&session.field)), ("operator", &name_or_unknown(&session.operator))];
    let text = view.words.with("settings-session", &figures);
    canvas.line(y + 1, &clip(&text, usize::from(canvas.width() - 2)), Role::Text);
    let mut y = y + 2;
    if let Some(refused) = view.snapshot.health.reload.as_ref().and_then(|reload| reload.refused.as_ref()) {
        y += canvas.paragraph(
            1,
            y,
            2,
            &clip(&view.words.with("settings-reload", &[("problem", refused)]), 150),
            Role::Over,
        );
    }
    if let Some(problem) = view.state.complaint() {
        y += canvas.paragraph(
            1,
            y,
            3,
            &clip(&view.words.with("note-bad-file", &[("problem", problem)]), 220),
            Role::Over,
        );
    }
    if y + 1 < 21 {
        canvas.paragraph(1, y, 21 - y, &view.word("settings-about"), Role::Label);
    }
    let keys = if view.state.prompt.is_some() { "naming-keys" } else { "items-keys" };
    canvas.foot(&view.word(keys), Role::Label);
}

/// The index of an item.
pub(crate) fn line_of(item: MenuItem) -> usize {
    ITEMS.iter().position(|one| *one == item).unwrap_or(0)
}

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    if page_code::is_open(state) && page_code::key(state, key) {
        return true;
    }
    menu::key(state, key, items(state))
}
