//! Lines that can be chosen and changed: a list of data for the pages of alarms and of settings.

use crossterm::event::{KeyCode, KeyEvent};

use super::app::{App, Effect};
use super::canvas::{Canvas, clip};
use super::keys::Action;
use super::naming::Naming;
use super::sound::{Device, Sound};
use super::theme::Role;
use super::view::View;
use grainloss_protocol::command::OperatorCommand;

/// Something that can be changed or tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Language,
    Units,
    Speed,
    Theme,
    Glyphs,
    /// A key to be given to an action.
    Key(Action),
    /// A sound's switch.
    Switch(Sound),
    /// What makes the sounds.
    Device,
    /// Tries one.
    Try(Device),
    /// A setting of the machine was changed.
    MarkSetting,
    /// Somebody else drives from now on: a name that is typed in, or one that was used before.
    Operator,
    /// What the next session is begun with: a crop, a field by its name, and one of the crop's limits or a number of per
    /// cent.
    Crop,
    Field,
    Limit,
    /// A session begins; asked twice.
    Begin,
    /// The session is over; asked twice.
    EndSession,
}

/// The one after this in a list, then `None`, then the first again.
fn following(all: &[String], now: Option<&String>) -> Option<String> {
    let next = now.map_or(0, |now| all.iter().position(|one| one == now).map_or(0, |at| at + 1));
    all.get(next).cloned()
}

impl Item {
    fn label(self, view: &View<'_>) -> String {
        match self {
            Self::Language => view.word("item-language"),
            Self::Units => view.word("item-units"),
            Self::Speed => view.word("item-speed"),
            Self::Theme => view.word("item-theme"),
            Self::Glyphs => view.word("item-glyphs"),
            Self::Key(action) => {
                view.words.with("item-key", &[("what", &view.word(&format!("action-{}", action.word())))])
            }
            Self::Switch(sound) => view.word(&format!("sound-{}", sound.word())),
            Self::Device => view.word("item-device"),
            Self::Try(device) => {
                view.words.with("item-try", &[("what", &view.word(&format!("device-{}", device.word())))])
            }
            Self::MarkSetting => view.word("key-mark-setting"),
            Self::Operator => view.word("item-operator"),
            Self::Crop => view.word("item-crop"),
            Self::Field => view.word("item-field"),
            Self::Limit => view.word("item-limit"),
            Self::EndSession => view.word("item-end"),
            Self::Begin => view.word("item-begin"),
        }
    }

    fn value(self, view: &View<'_>) -> String {
        let app = view.app;
        if let Some(naming) = app.naming.as_ref().filter(|naming| naming.item == self) {
            return format!("{}_", naming.text);
        }
        match self {
            Self::Language => view.word("language-name"),
            Self::Units => format!("{}, {}", view.units.per_area_name(), view.units.area_name()),
            Self::Speed => view.units.speed_name().to_owned(),
            Self::Theme => {
                app.theme().map_or_else(|| view.word("theme-none"), |theme| theme.name.get(view.words.lang).to_owned())
            }
            Self::Glyphs => view.word(if app.is_ascii() { "glyphs-ascii" } else { "glyphs-all" }),
            Self::Key(action) if app.rebinding == Some(action) => view.word("item-press"),
            Self::Key(action) => app.keys().key(action).to_owned(),
            Self::Switch(sound) => view.word(if app.switch(sound) { "switch-on" } else { "switch-off" }),
            Self::Device => {
                let (wanted, used) = (app.preferences().sounds.device, app.sound_state().in_use);
                let used = view.word(&format!("device-{}", used.word()));
                if wanted == Device::Auto { view.words.with("device-auto", &[("used", &used)]) } else { used }
            }
            Self::Try(device) => match &app.sound_state().failed {
                Some((failed, why)) if *failed == device => view.words.with("sound-failed", &[("why", why)]),
                _ => view.word("item-enter"),
            },
            Self::Operator => view.s.session.operator.clone().unwrap_or_else(|| view.word("unknown")),
            Self::Crop => app.choice.crop.as_ref().map_or_else(
                || view.word("item-as-now"),
                |chosen| {
                    let crop = view.s.session.choices.crops.iter().find(|(id, _)| id == chosen);
                    crop.map_or_else(|| chosen.clone(), |(_, name)| name.get(view.words.lang).to_owned())
                },
            ),
            Self::Field => app.choice.field.clone().unwrap_or_else(|| view.word("item-as-now")),
            Self::Limit => app.choice.limit.as_ref().map_or_else(
                || view.word("item-as-now"),
                |chosen| {
                    let known = view.s.session.choices.limits.iter().find(|limit| limit.id == *chosen);
                    known.map_or_else(|| format!("{chosen} %"), |limit| limit.name.get(view.words.lang).to_owned())
                },
            ),
            Self::EndSession | Self::Begin if app.sure == Some(self) => view.word("item-again"),
            Self::MarkSetting | Self::EndSession | Self::Begin => view.word("item-enter"),
        }
    }

    /// Enter was pressed on it.
    fn act(self, app: &mut App) {
        let sure = app.sure.take() == Some(self);
        match self {
            Self::Language => app.next_language(),
            Self::Units => app.next_units(),
            Self::Speed => app.next_speed(),
            Self::Theme => app.next_theme(),
            Self::Glyphs => app.next_glyphs(),
            Self::Key(action) => app.rebinding = Some(action),
            Self::Switch(sound) => {
                let on = !app.switch(sound);
                app.prefer(|preferences| match sound {
                    Sound::Drop => preferences.sounds.drop = on,
                    Sound::Medium => preferences.sounds.medium = on,
                    Sound::High => preferences.sounds.high = on,
                });
            }
            Self::Device => {
                let sounds = &app.preferences().sounds;
                let can = |device: Device| device != Device::Command || !sounds.command.is_empty();
                let place = Device::ALL.iter().position(|device| *device == sounds.device).unwrap_or(0);
                let next = (1..=Device::ALL.len()).map(|by| Device::ALL[(place + by) % Device::ALL.len()]);
                let next = next.into_iter().find(|device| can(*device)).unwrap_or_default();
                app.prefer(|preferences| preferences.sounds.device = next);
            }
            Self::Try(device) => app.ask(Effect::Sound(device, Sound::High)),
            Self::MarkSetting => {
                app.ask(Effect::Send(OperatorCommand::Setting { what: "marked".to_owned(), to: None }));
            }
            Self::Operator | Self::Field => app.naming = Some(self.naming(app)),
            Self::Crop => {
                let crops = app.snapshot().session.choices.crops.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
                app.choice.crop = following(&crops, app.choice.crop.as_ref());
                // A limit is one of its crop.
                app.choice.limit = None;
            }
            Self::Limit => {
                let limits = limits_of(app);
                let now = app.choice.limit.take();
                app.choice.limit = following(&limits, now.as_ref().filter(|now| limits.contains(now)));
            }
            Self::EndSession if sure => app.ask(Effect::Send(OperatorCommand::EndSession)),
            Self::Begin if sure => {
                let choice = app.choice.clone();
                app.ask(Effect::Send(OperatorCommand::StartSession(choice)));
            }
            Self::EndSession | Self::Begin => app.sure = Some(self),
        }
    }
}

impl Item {
    /// A name for this line, to be typed in or chosen from those that were used before.
    pub(super) fn naming(self, app: &App) -> Naming {
        let choices = &app.snapshot().session.choices;
        let known = if self == Self::Operator { &choices.operators } else { &choices.fields };
        Naming::new(self, known.clone())
    }

    /// The name has been typed in.
    pub(super) fn named(self, app: &mut App, name: String) {
        if self == Self::Operator {
            app.ask(Effect::Send(OperatorCommand::Operator(name)));
        } else {
            app.choice.field = Some(name);
        }
    }

    /// A key of the line itself: a limit of one's own is typed in.
    fn typed(self, app: &mut App, key: &KeyEvent) -> bool {
        /// `12.25`
        const LONGEST: usize = 5;
        let sign = match key.code {
            KeyCode::Char(sign @ ('0'..='9' | '.')) => Some(sign),
            KeyCode::Backspace => None,
            _ => return false,
        };
        if self != Self::Limit {
            return false;
        }
        let is_figure = |text: &String| text.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
        let mut text = app.choice.limit.take().filter(is_figure).unwrap_or_default();
        match sign {
            Some(sign) if text.len() < LONGEST && !(sign == '.' && text.contains('.')) => text.push(sign),
            Some(_) => {}
            None => drop(text.pop()),
        }
        app.choice.limit = Some(text).filter(|text| !text.is_empty());
        true
    }
}

/// The limits of the crop that is chosen, or of the one that is cut.
fn limits_of(app: &App) -> Vec<String> {
    let session = &app.snapshot().session;
    let crop = app.choice.crop.as_ref().unwrap_or(&session.crop_id);
    session.choices.limits.iter().filter(|limit| limit.crop == *crop).map(|limit| limit.id.clone()).collect()
}

/// Draws a list from `y` on; the chosen line is marked.
pub(super) fn draw(canvas: &mut Canvas<'_>, y: u16, items: &[Item], view: &View<'_>) {
    let value_x = canvas.at(34);
    for (row, item) in items.iter().enumerate() {
        let y = y + row as u16;
        let chosen = row == view.app.cursor.min(items.len() - 1);
        let (mark, role) = if chosen { ("▶", Role::Chosen) } else { (" ", Role::Text) };
        if chosen {
            canvas.fill_line(y, Role::Chosen);
        }
        let role_of_value = if chosen { Role::Chosen } else { Role::Value };
        canvas.put(1, y, value_x - 2, &format!("{mark} {}", item.label(view)), role);
        let value = item.value(view);
        // What a command has to say may be of any length.
        let room = usize::from(canvas.width() - value_x - 1);
        canvas.rest(value_x, y, &clip(&value, room), role_of_value);
    }
}

/// Up and down choose, enter acts.
pub(super) fn key(app: &mut App, key: &KeyEvent, items: &[Item]) -> bool {
    let at = app.cursor.min(items.len() - 1);
    if !matches!(key.code, KeyCode::Enter | KeyCode::Right) {
        app.sure = None;
    }
    if items[at].typed(app, key) {
        return true;
    }
    match key.code {
        KeyCode::Down | KeyCode::Tab => app.cursor = (at + 1) % items.len(),
        KeyCode::Up => app.cursor = (at + items.len() - 1) % items.len(),
        KeyCode::Enter | KeyCode::Right => items[at].act(app),
        _ => return false,
    }
    true
}
