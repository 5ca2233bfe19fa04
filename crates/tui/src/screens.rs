//! The screens: for each one the function that draws it, and the one that takes its own keys.

mod advice;
mod alarms;
mod best_speed;
mod budget;
mod cab;
mod changed_setting;
mod conditions;
mod emergency;
mod frame;
mod habits;
mod help;
mod history;
mod large;
mod machine;
pub(crate) mod main;
mod map;
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
use crate::widgets::glyphs;

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
        ScreenId::Map => map::key(state, key),
        ScreenId::History => history::key(state, key),
        ScreenId::Main | ScreenId::Budget | ScreenId::Advice | ScreenId::Habits => false,
    }
}

/// True of a screen whose list can be filtered.
pub(crate) const fn has_filter(screen: ScreenId) -> bool {
    matches!(screen, ScreenId::History | ScreenId::Machine)
}

/// Draws the open screen. Returns the texts that did not fit; from 80×24 on there should be none.
pub(crate) fn draw(frame: &mut Frame<'_>, view: &View<'_>) -> Vec<String> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area, view.state.styles());
    let mut shown = view.state.shown.borrow_mut();
    shown.taps.clear();
    let mut cut = Vec::new();
    if area.width < MIN_COLUMNS || area.height < MIN_ROWS {
        canvas.rest(0, 0, &view.word("screen-too-small"), Role::Text);
        canvas.cut.clear();
    } else if view.state.open() == ScreenId::Main && !view.state.shows_help() && !view.state.asks_setting() {
        main::draw(&mut canvas, view);
    } else if view.state.open() == ScreenId::Map && !view.state.shows_help() && !view.state.asks_setting() {
        map::draw(&mut canvas, view);
    } else {
        let mut sheet = Canvas::sheet((area.width, area.height), view.state.styles());
        let title = draw_sheet(&mut sheet, view);
        cut.append(&mut sheet.cut);
        frame::draw(&mut canvas, &sheet.into_sheet(), &title, &mut shown, view);
    }
    // A narrow window shortens names and messages.
    if area.width >= NOMINAL_COLUMNS && area.height >= NOMINAL_ROWS {
        cut.append(&mut canvas.cut);
    }
    shown.taps.append(&mut canvas.taps);
    glyphs::without_hidden(frame.buffer_mut());
    if view.state.is_ascii() {
        glyphs::to_ascii(frame.buffer_mut());
    }
    cut
}

/// Writes the help, the question that is open, or the open screen; gives its title.
fn draw_sheet(canvas: &mut Canvas<'_>, view: &View<'_>) -> String {
    if view.state.shows_help() {
        help::draw(canvas, view);
        return view.word("key-help");
    }
    if view.state.asks_setting() {
        changed_setting::draw(canvas, frame::TOP, view);
        return view.word("key-mark-setting");
    }
    let screen = view.state.open();
    draw_body(canvas, screen, view);
    match screen {
        ScreenId::Main | ScreenId::Cab => String::new(),
        screen => {
            // Some say of which time their figures are.
            let word = screen.action().word();
            let own = format!("title-{word}");
            view.word(&if view.words.has(&own) { own } else { format!("key-{word}") })
        }
    }
}

/// What is between the alarm line and the menu line.
fn draw_body(canvas: &mut Canvas<'_>, screen: ScreenId, view: &View<'_>) {
    match screen {
        // They have rows of their own.
        ScreenId::Main | ScreenId::Map => {}
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
        ScreenId::Prepare => prepare::page(view).draw(canvas),
        ScreenId::TestCut => test_cut::page(view).draw(canvas),
        ScreenId::Emergency => emergency::page(view).draw(canvas),
        ScreenId::Habits => habits::draw(canvas, view),
        ScreenId::Cab => cab::draw(canvas, view),
    }
}
