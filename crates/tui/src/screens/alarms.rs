//! The active alarms, the operator faults, and the sounds: a switch for each, and a test of each device.

use crossterm::event::KeyEvent;

use crate::app::keys::Action;
use crate::app::menu;
use crate::app::menu_item::MenuItem;
use crate::app::sound::{Device, Sound};
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::alarm_line::{alarm_counts, alarm_text, notice_or_alarm};
use crate::widgets::canvas::Canvas;
use crate::widgets::menu as menu_lines;
use grainloss_core::advice::Notice;

/// Number of alarms listed.
const LISTED: usize = 5;

const ITEMS: [MenuItem; 8] = [
    MenuItem::Switch(Sound::High),
    MenuItem::Switch(Sound::Medium),
    MenuItem::Switch(Sound::Drop),
    MenuItem::Device,
    MenuItem::Try(Device::REAL[0]),
    MenuItem::Try(Device::REAL[1]),
    MenuItem::Try(Device::REAL[2]),
    MenuItem::Key(Action::Acknowledge),
];

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let active: Vec<_> = view.snapshot.advice.list().collect();
    if active.is_empty() {
        canvas.line(3, &view.word("alarm-none"), Role::Text);
    }
    for (row, active) in active.iter().take(LISTED).enumerate() {
        let (alarm, y) = (active.alarm, 3 + row as u16);
        let text = if alarm.level == 0 {
            view.words.with("alarm-lowered", &[("what", &alarm_text(&alarm, view))])
        } else {
            notice_or_alarm(&alarm, view)
        };
        let role = if alarm.is_notice() { Role::Text } else { Role::of_level(alarm.level) };
        let acknowledged_or_age = match active.acknowledged_us {
            Some(_) => view.word("alarm-seen"),
            None => view.since(alarm.since_us),
        };
        canvas.line(y, &text, role);
        canvas.put_right(y, &format!(" {acknowledged_or_age} "), Role::Text);
    }
    canvas.line(8, &operator(view), Role::Text);
    if let Some(why) = view.snapshot.advice.muted {
        canvas.line(9, &view.word(&format!("suppressed-{}", why.word())), Role::Text);
    }
    canvas.line(10, &alarm_counts(view), Role::Text);
    canvas.rule(11, &view.word("alarms-sounds"));
    menu_lines::draw(canvas, 12, &ITEMS, view);
    canvas.foot(&view.word("items-keys"), Role::Label);
}

/// The operator faults and the count of each.
fn operator(view: &View<'_>) -> String {
    let name = |notice: Notice| view.word(&format!("notice-{}", notice.word()));
    let count = |notice: Notice| view.snapshot.advice.notices[notice as usize].count.to_string();
    let [turns, curves, throttle] = Notice::ALL.map(|notice| (name(notice), count(notice)));
    let parts = [
        ("turns-name", &*turns.0),
        ("turns", &*turns.1),
        ("curves-name", &*curves.0),
        ("curves", &*curves.1),
        ("throttle-name", &*throttle.0),
        ("throttle", &*throttle.1),
    ];
    view.words.with("alarms-operator", &parts)
}

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    menu::key(state, key, &ITEMS)
}
