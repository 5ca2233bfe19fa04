//! The screens: for each one the function that draws it, and the one that takes its own keys.

mod advice;
mod alarms;
mod best_speed;
mod budget;
mod cab;
mod changed_setting;
mod compact;
mod conditions;
mod emergency;
mod habits;
mod help;
mod history;
mod machine;
pub(crate) mod main;
mod page_code;
pub(crate) mod pans;
mod prepare;
pub(crate) mod settings;
mod speed;
mod symptoms;
mod test_cut;
mod typed_figure;

use crossterm::event::KeyEvent;
use ratatui::Frame;

use crate::app::screen_id::ScreenId;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::{Canvas, NOMINAL_COLUMNS, NOMINAL_ROWS};
use crate::widgets::flow::Page;
use crate::widgets::{alarm_line, chrome, glyphs};

/// On a smaller terminal nothing is drawn but that it is too small.
const MIN_COLUMNS: u16 = 40;
const MIN_ROWS: u16 = 10;

/// Gives a key to the open screen. False when the key is not for it.
pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    if state.asks_setting_until.take().is_some() && changed_setting::key(state, key) {
        return true;
    }
    match state.open() {
        ScreenId::Pans => pans::key(state, key),
        ScreenId::Machine => machine::key(state, key),
        ScreenId::Alarms => alarms::key(state, key),
        ScreenId::Settings => settings::key(state, key),
        ScreenId::Conditions => conditions::key(state, key),
        ScreenId::Symptoms => symptoms::key(state, key),
        ScreenId::Prepare => prepare::key(state, key),
        ScreenId::TestCut => test_cut::key(state, key),
        ScreenId::Emergency => emergency::key(state, key),
        ScreenId::Speed => best_speed::key(state, key),
        ScreenId::Cab => cab::key(state, key),
        ScreenId::Main | ScreenId::Budget | ScreenId::Advice | ScreenId::Habits | ScreenId::History => false,
    }
}

/// Draws the open screen. Returns the texts that did not fit; from 80×24 on there should be none.
pub(crate) fn draw(frame: &mut Frame<'_>, view: &View<'_>) -> Vec<String> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area, view.state.styles());
    if area.width < MIN_COLUMNS || area.height < MIN_ROWS {
        canvas.rest(0, 0, &view.word("screen-too-small"), Role::Text);
        canvas.cut.clear();
    } else if view.state.asks_setting_until.is_some() && (area.width < NOMINAL_COLUMNS || area.height < NOMINAL_ROWS) {
        changed_setting::draw(&mut canvas, 0, view);
        canvas.cut.clear();
    } else if area.width < NOMINAL_COLUMNS || area.height < NOMINAL_ROWS {
        match page(view) {
            _ if view.state.shows_help() => compact::draw(&mut canvas, view),
            Some(page) => compact::page(&mut canvas, &page, view),
            None if view.state.open() == ScreenId::Cab => cab::draw_compact(&mut canvas, view),
            None => compact::draw(&mut canvas, view),
        }
        canvas.cut.clear();
    } else {
        draw_whole(&mut canvas, view);
    }
    let cut = std::mem::take(&mut canvas.cut);
    glyphs::without_hidden(frame.buffer_mut());
    if view.state.is_ascii() {
        glyphs::to_ascii(frame.buffer_mut());
    }
    cut
}

/// The open screen or the help, with title, alarm line, menu line and status line.
fn draw_whole(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let last = canvas.height() - 1;
    chrome::title(canvas, 0, view);
    alarm_line::draw(canvas, 1, view);
    if view.state.shows_help() {
        canvas.rule(2, &view.word("key-help"));
        help::draw(canvas, view);
    } else if view.state.asks_setting_until.is_some() {
        canvas.rule(2, &view.word("key-mark-setting"));
        changed_setting::draw(canvas, 3, view);
    } else {
        let screen = view.state.open();
        let title = match screen {
            ScreenId::Main | ScreenId::Cab => String::new(),
            screen => view.word(&format!("key-{}", screen.action().word())),
        };
        canvas.rule(2, &title);
        draw_body(canvas, screen, view);
    }
    chrome::menu(canvas, last - 1, view);
    chrome::status(canvas, last, view);
}

/// The page of a screen that is one; `None` for another screen.
fn page(view: &View<'_>) -> Option<Page> {
    match view.state.open() {
        ScreenId::Prepare => Some(prepare::page(view)),
        ScreenId::TestCut => Some(test_cut::page(view)),
        ScreenId::Emergency => Some(emergency::page(view)),
        _ => None,
    }
}

/// What is between the alarm line and the menu line.
fn draw_body(canvas: &mut Canvas<'_>, screen: ScreenId, view: &View<'_>) {
    match screen {
        ScreenId::Main => main::draw(canvas, view),
        ScreenId::Budget => budget::draw(canvas, view),
        ScreenId::Advice => advice::draw(canvas, view),
        ScreenId::Speed => speed::draw(canvas, view),
        ScreenId::Pans => pans::draw(canvas, view),
        ScreenId::Machine => machine::draw(canvas, view),
        ScreenId::Alarms => alarms::draw(canvas, view),
        ScreenId::History => history::draw(canvas, view),
        ScreenId::Settings => settings::draw(canvas, view),
        ScreenId::Conditions => conditions::draw(canvas, view),
        ScreenId::Symptoms => symptoms::draw(canvas, view),
        ScreenId::Prepare | ScreenId::TestCut | ScreenId::Emergency => {
            if let Some(page) = page(view) {
                page.draw(canvas, 3, canvas.height() - 5, view.state.prepare.hidden);
            }
        }
        ScreenId::Habits => habits::draw(canvas, view),
        ScreenId::Cab => cab::draw(canvas, view),
    }
}
