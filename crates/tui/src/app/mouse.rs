//! The mouse, or a finger on a screen that reports as one.

use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};

use super::keys::Action;
use super::{App, act};
use crate::widgets::tap::Tap;

impl App {
    /// The mouse, or a finger: a tap does what was drawn there says, the wheel moves the lines. True when the picture may
    /// have changed.
    pub fn mouse(&mut self, event: &MouseEvent) -> bool {
        /// Lines that one step of the wheel moves.
        const WHEEL: isize = 3;
        let state = &mut self.0;
        match event.kind {
            MouseEventKind::ScrollDown => state.shown.get_mut().scroll(WHEEL),
            MouseEventKind::ScrollUp => state.shown.get_mut().scroll(-WHEEL),
            MouseEventKind::Down(MouseButton::Left) => {
                let tap = state.shown.get_mut().tap(event.column, event.row);
                self.tap(tap);
                true
            }
            _ => false,
        }
    }

    fn tap(&mut self, tap: Option<Tap>) {
        let state = &mut self.0;
        (state.note, state.rebinding) = (None, None);
        if std::mem::take(&mut state.quitting) {
            return;
        }
        if state.help && !matches!(tap, Some(Tap::Act(_))) {
            state.help = false;
            state.shown.get_mut().reset();
            return;
        }
        match tap {
            Some(Tap::Act(action)) => {
                let closes = std::mem::take(&mut state.help) && action == Action::Help;
                (state.prompt, state.asks_setting_until) = (None, None);
                if !closes {
                    act(state, action);
                }
            }
            Some(Tap::Key(code)) => self.key(&KeyEvent::from(code)),
            Some(Tap::Item(at)) if state.cursor == at => self.key(&KeyEvent::from(KeyCode::Enter)),
            Some(Tap::Item(at)) => (state.cursor, state.confirming, state.prompt) = (at, None, None),
            Some(Tap::Field(field)) => state.form.field = field,
            Some(Tap::Drop(drop)) => state.form.drop = Some(drop),
            None => {}
        }
    }
}
