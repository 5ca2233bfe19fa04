//! Alarms that stand and who has seen them, every sound's switch, and a trial of everything that makes one.

use crossterm::event::KeyEvent;

use super::advice_screen::alarms;
use super::alarm_line::{alarm_text, level};
use super::app::App;
use super::canvas::Canvas;
use super::items::{self, Item};
use super::keys::Action;
use super::sound::{Device, Sound};
use super::theme::Role;
use super::view::View;
use grainloss_core::advice::Notice;

/// Alarms that are listed.
const LISTED: usize = 5;

const ITEMS: [Item; 8] = [
    Item::Switch(Sound::High),
    Item::Switch(Sound::Medium),
    Item::Switch(Sound::Drop),
    Item::Device,
    Item::Try(Device::REAL[0]),
    Item::Try(Device::REAL[1]),
    Item::Try(Device::REAL[2]),
    Item::Key(Action::Acknowledge),
];

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let standing: Vec<_> = view.s.advice.list().collect();
    if standing.is_empty() {
        canvas.line(3, &view.word("alarm-none"), Role::Text);
    }
    for (row, standing) in standing.iter().take(LISTED).enumerate() {
        let (alarm, y) = (standing.alarm, 3 + row as u16);
        let text = if alarm.level == 0 {
            view.words.with("alarm-lowered", &[("what", &alarm_text(&alarm, view))])
        } else {
            format!("{}  {}", level(alarm.level, view), alarm_text(&alarm, view))
        };
        let seen = match standing.acknowledged_us {
            Some(_) => view.word("alarm-seen"),
            None => view.since(alarm.since_us),
        };
        canvas.line(y, &text, Role::of_level(alarm.level));
        canvas.put_right(y, &format!(" {seen} "), Role::Text);
    }
    canvas.line(8, &operator(view), Role::Text);
    if let Some(why) = view.s.advice.muted {
        canvas.line(9, &view.word(&format!("suppressed-{}", why.word())), Role::Text);
    }
    canvas.line(10, &alarms(view), Role::Text);
    canvas.rule(11, &view.word("alarms-sounds"));
    items::draw(canvas, 12, &ITEMS, view);
    canvas.line(21, &view.word("items-keys"), Role::Label);
}

/// The operator faults and how often there was each.
fn operator(view: &View<'_>) -> String {
    let name = |notice: Notice| view.word(&format!("notice-{}", notice.word()));
    let count = |notice: Notice| view.s.advice.notices[notice as usize].count.to_string();
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

pub(super) fn key(app: &mut App, key: &KeyEvent) -> bool {
    items::key(app, key, &ITEMS)
}
