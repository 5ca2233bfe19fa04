//! The list of the screens: which key opens each, what it is called, what draws it, and what its own keys do. What every
//! screen has is drawn here: title, alarm line, menu, status.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use unicode_width::UnicodeWidthStr;

use super::app::App;
use super::canvas::{Canvas, clip};
use super::keys::Action;
use super::theme::Role;
use super::view::View;
use super::{
    advice_screen, alarm_line, alarms_screen, budget_screen, compact_screen, frame_lines, glyphs, help_screen,
    history_screen, machine_screen, main_screen, pans_screen, settings_screen, speed_screen,
};

/// The smallest screen that everything fits, and the smallest on which anything is drawn.
pub(super) const COLUMNS: u16 = 80;
pub(super) const ROWS: u16 = 24;
const LEAST_COLUMNS: u16 = 40;
const LEAST_ROWS: u16 = 10;

/// A screen.
pub(super) struct Screen {
    /// The action that opens it.
    pub opens: Action,
    /// Draws its body, between alarm line and menu.
    draw: fn(&mut Canvas<'_>, &View<'_>),
    /// Its own keys; true when one was meant for it.
    pub key: fn(&mut App, &KeyEvent) -> bool,
}

const fn no_keys(_: &mut App, _: &KeyEvent) -> bool {
    false
}

/// Every screen, in the order of the menu.
pub(super) const SCREENS: [Screen; 9] = [
    Screen { opens: Action::Main, draw: main_screen::draw, key: no_keys },
    Screen { opens: Action::Budget, draw: budget_screen::draw, key: no_keys },
    Screen { opens: Action::Advice, draw: advice_screen::draw, key: no_keys },
    Screen { opens: Action::Speed, draw: speed_screen::draw, key: no_keys },
    Screen { opens: Action::Pans, draw: pans_screen::draw, key: pans_screen::key },
    Screen { opens: Action::Machine, draw: machine_screen::draw, key: machine_screen::key },
    Screen { opens: Action::Alarms, draw: alarms_screen::draw, key: alarms_screen::key },
    Screen { opens: Action::History, draw: history_screen::draw, key: no_keys },
    Screen { opens: Action::Settings, draw: settings_screen::draw, key: settings_screen::key },
];

/// The screen that an action opens.
pub(super) fn of(action: Action) -> Option<&'static Screen> {
    SCREENS.iter().find(|screen| screen.opens == action)
}

/// Draws the screen that is open. The texts that did not fit are given back: none should be, from 80×24 on.
pub(super) fn draw(frame: &mut Frame<'_>, app: &App, view: &View<'_>) -> Vec<String> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area, app.look());
    if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
        canvas.rest(0, 0, &view.word("screen-too-small"), Role::Text);
        canvas.cut.clear();
    } else if area.width < COLUMNS || area.height < ROWS {
        compact_screen::draw(&mut canvas, view);
        canvas.cut.clear();
    } else {
        whole(&mut canvas, app, view);
    }
    let cut = std::mem::take(&mut canvas.cut);
    if app.is_ascii() {
        glyphs::to_ascii(frame.buffer_mut());
    }
    cut
}

fn whole(canvas: &mut Canvas<'_>, app: &App, view: &View<'_>) {
    let last = canvas.height() - 1;
    frame_lines::title(canvas, 0, view);
    alarm_line::alarm(canvas, 1, view);
    if app.shows_help() {
        canvas.rule(2, &view.word("key-help"));
        help_screen::draw(canvas, view);
    } else if let Some(screen) = of(app.screen()) {
        let title = if screen.opens == Action::Main { String::new() } else { view.word(&key_of(screen.opens)) };
        canvas.rule(2, &title);
        (screen.draw)(canvas, view);
    }
    menu(canvas, last - 1, app, view);
    frame_lines::status(canvas, last, view);
}

fn key_of(action: Action) -> String {
    format!("key-{}", action.word())
}

/// The keys of the screens; in its place for some seconds what the operator must be told.
fn menu(canvas: &mut Canvas<'_>, y: u16, app: &App, view: &View<'_>) {
    if let Some(note) = app.note() {
        canvas.fill_line(y, Role::Chosen);
        canvas.line(y, &clip(&note, usize::from(canvas.width() - 2)), Role::Chosen);
        return;
    }
    let mut x = 1;
    let entries = SCREENS.iter().map(|screen| screen.opens).chain([Action::Help, Action::Quit]);
    for action in entries {
        let key = app.keys().key(action);
        let text = format!("{key} {}", view.word(&format!("menu-{}", action.word())));
        let role = if app.screen() == action && !app.shows_help() { Role::Chosen } else { Role::Label };
        canvas.rest(x, y, &text, role);
        x += text.width() as u16 + 1;
    }
}
