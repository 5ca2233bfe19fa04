//! A menu as it is drawn: the name and the value of each item.

use super::canvas::{Canvas, clip};
use super::tap::Tap;
use crate::app::menu_item::MenuItem;
use crate::app::sound::Device;
use crate::theme::Role;
use crate::view::View;

/// Draws a menu from row `y` on; the chosen line is marked.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, items: &[MenuItem], view: &View<'_>) {
    let value_x = canvas.at(34);
    for (row, &item) in items.iter().enumerate() {
        let y = y + row as u16;
        let chosen = row == view.state.cursor.min(items.len() - 1);
        let (mark, role) = if chosen { ("▶", Role::Chosen) } else { (" ", Role::Text) };
        if chosen {
            canvas.fill_line(y, Role::Chosen);
            canvas.focus(y);
        }
        canvas.tap_row(y, Tap::Item(row));
        let role_of_value = if chosen { Role::Chosen } else { Role::Value };
        canvas.put(1, y, value_x - 2, &format!("{mark} {}", label(item, view)), role);
        let value = value(item, view);
        // The error text of a command can have any length.
        let room = usize::from(canvas.width() - value_x - 1);
        canvas.rest(value_x, y, &clip(&value, room), role_of_value);
    }
}

/// Its name.
fn label(item: MenuItem, view: &View<'_>) -> String {
    match item {
        MenuItem::Language => view.word("item-language"),
        MenuItem::Units => view.word("item-units"),
        MenuItem::Speed => view.word("item-speed"),
        MenuItem::Theme => view.word("item-theme"),
        MenuItem::Glyphs => view.word("item-glyphs"),
        MenuItem::Mouse => view.word("item-mouse"),
        MenuItem::Key(action) => {
            view.words.with("item-key", &[("what", &view.word(&format!("action-{}", action.word())))])
        }
        MenuItem::Switch(sound) => view.word(&format!("sound-{}", sound.word())),
        MenuItem::Device => view.word("item-device"),
        MenuItem::Try(device) => {
            view.words.with("item-try", &[("what", &view.word(&format!("device-{}", device.word())))])
        }
        MenuItem::MarkSetting => view.word("key-mark-setting"),
        MenuItem::Operator => view.word("item-operator"),
        MenuItem::Crop => view.word("item-crop"),
        MenuItem::Field => view.word("item-field"),
        MenuItem::Limit => view.word("item-limit"),
        MenuItem::EndSession => view.word("item-end"),
        MenuItem::Begin => view.word("item-begin"),
        MenuItem::Page => view.word("page-item"),
    }
}

/// Its value, or what a key press does.
fn value(item: MenuItem, view: &View<'_>) -> String {
    let state = view.state;
    if let Some(prompt) = state.prompt.as_ref().filter(|prompt| prompt.item == item) {
        return format!("{}_", prompt.text);
    }
    match item {
        MenuItem::Language => view.word("language-name"),
        MenuItem::Units => format!("{}, {}", view.units.per_area_name(), view.units.area_name()),
        MenuItem::Speed => view.units.speed_name().to_owned(),
        MenuItem::Theme => {
            state.theme().map_or_else(|| view.word("theme-none"), |theme| theme.name.get(view.words.lang).to_owned())
        }
        MenuItem::Glyphs => view.word(if state.is_ascii() { "glyphs-ascii" } else { "glyphs-all" }),
        MenuItem::Mouse => {
            view.word(if state.preferences().screen.mouse.unwrap_or(true) { "switch-on" } else { "switch-off" })
        }
        MenuItem::Key(action) if state.rebinding == Some(action) => view.word("item-press"),
        MenuItem::Key(action) => view.key_name(action),
        MenuItem::Switch(sound) => view.word(if state.is_on(sound) { "switch-on" } else { "switch-off" }),
        MenuItem::Device => {
            let (chosen, used) = (state.preferences().sounds.device, state.sound_state().in_use);
            let used = view.word(&format!("device-{}", used.word()));
            if chosen == Device::Auto { view.words.with("device-auto", &[("used", &used)]) } else { used }
        }
        MenuItem::Try(device) => match &state.sound_state().failed {
            Some((failed, why)) if *failed == device => view.words.with("sound-failed", &[("why", why)]),
            _ => view.word("item-enter"),
        },
        MenuItem::Operator => view.snapshot.session.operator.clone().unwrap_or_else(|| view.word("unknown")),
        MenuItem::Crop => state.next_session.crop.as_ref().map_or_else(
            || view.word("item-as-now"),
            |chosen| {
                let crop = view.snapshot.session.choices.crops.iter().find(|(id, _)| id == chosen);
                crop.map_or_else(|| chosen.clone(), |(_, name)| name.get(view.words.lang).to_owned())
            },
        ),
        MenuItem::Field => state.next_session.field.clone().unwrap_or_else(|| view.word("item-as-now")),
        MenuItem::Limit => state.next_session.limit.as_ref().map_or_else(
            || view.word("item-as-now"),
            |chosen| {
                let known = view.snapshot.session.choices.limits.iter().find(|limit| limit.id == *chosen);
                known.map_or_else(|| format!("{chosen} %"), |limit| limit.name.get(view.words.lang).to_owned())
            },
        ),
        MenuItem::EndSession | MenuItem::Begin if state.confirming == Some(item) => view.word("item-again"),
        MenuItem::Page => view.word("page-item-open"),
        MenuItem::MarkSetting | MenuItem::EndSession | MenuItem::Begin => view.word("item-enter"),
    }
}
