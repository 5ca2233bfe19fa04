//! Settings of this screen, and what the operator tells the record.

use crossterm::event::KeyEvent;

use super::app::App;
use super::canvas::{Canvas, clip};
use super::items::{self, Item};
use super::theme::Role;
use super::view::View;

const ITEMS: [Item; 12] = [
    Item::Language,
    Item::Units,
    Item::Speed,
    Item::Theme,
    Item::Glyphs,
    Item::MarkSetting,
    Item::Operator,
    Item::Crop,
    Item::Field,
    Item::Limit,
    Item::Begin,
    Item::EndSession,
];

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    items::draw(canvas, 3, &ITEMS, view);
    canvas.rule(15, "");
    let session = &view.s.session;
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| view.word("unknown"));
    let figures = [("field", &*named(&session.field)), ("operator", &named(&session.operator))];
    let text = view.words.with("settings-session", &figures);
    canvas.line(16, &clip(&text, usize::from(canvas.width() - 2)), Role::Text);
    let mut y = 17;
    if let Some(refused) = view.s.health.reload.as_ref().and_then(|reload| reload.refused.as_ref()) {
        y += canvas.paragraph(
            1,
            y,
            2,
            &clip(&view.words.with("settings-reload", &[("problem", refused)]), 150),
            Role::Over,
        );
    }
    if let Some(problem) = view.app.complaint() {
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
    let keys = if view.app.naming.is_some() { "naming-keys" } else { "items-keys" };
    canvas.line(21, &view.word(keys), Role::Label);
}

/// The line of an item.
pub(super) fn place(item: Item) -> usize {
    ITEMS.iter().position(|one| *one == item).unwrap_or(0)
}

pub(super) fn key(app: &mut App, key: &KeyEvent) -> bool {
    items::key(app, key, &ITEMS)
}
