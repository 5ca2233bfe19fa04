//! Settings of this screen, and what the operator tells the record.

use crossterm::event::KeyEvent;

use super::app::App;
use super::canvas::{Canvas, clip};
use super::items::{self, Item};
use super::theme::Role;
use super::view::View;

const ITEMS: [Item; 11] = [
    Item::Language,
    Item::Units,
    Item::Speed,
    Item::Theme,
    Item::Glyphs,
    Item::MarkSetting,
    Item::Operator,
    Item::Crop,
    Item::Field,
    Item::Begin,
    Item::EndSession,
];

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    items::draw(canvas, 3, &ITEMS, view);
    canvas.rule(14, "");
    let session = &view.s.session;
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| view.word("unknown"));
    let figures = [("field", &*named(&session.field)), ("operator", &named(&session.operator))];
    canvas.line(15, &view.words.with("settings-session", &figures), Role::Text);
    let mut y = 16;
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
    if y + 2 < 21 {
        canvas.paragraph(1, y, 3, &view.word("settings-about"), Role::Label);
    }
    canvas.line(21, &view.word("items-keys"), Role::Label);
}

pub(super) fn key(app: &mut App, key: &KeyEvent) -> bool {
    items::key(app, key, &ITEMS)
}
