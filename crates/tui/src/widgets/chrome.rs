//! The lines around every screen: title, menu and status.

use crossterm::event::KeyCode;
use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, NOMINAL_COLUMNS, NOMINAL_ROWS, clip};
use super::tap::Tap;
use super::wrap::fitting;
use crate::app::keys::Action;
use crate::app::screen_id::ScreenId;
use crate::theme::Role;
use crate::view::View;
use grainloss_knowledge::local_time::{time_of_day, zone_at};
use grainloss_protocol::snapshot::{BusFault, SourceKind};

/// Crop, machine, source, session, time.
pub(crate) fn title(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let session = &view.snapshot.session;
    let source = view.word(match session.source {
        SourceKind::Live => "source-live",
        SourceKind::Replay => "source-replay",
        SourceKind::Demo => "source-demo",
    });
    let left = format!(
        "grainloss  {} · {} · {source}",
        session.crop.get(view.words.lang),
        view.words.machine_name(&session.machine)
    );
    let named = [&session.field, &session.operator].into_iter().flatten();
    let left = named.fold(left, |left, name| format!("{left} · {name}"));
    let t_us = view.snapshot.readings.t_us;
    // Without a time zone the clock shows UTC; the text says so.
    let zone = Some(zone_at(t_us)).filter(|zone| zone == "UTC").map_or_else(String::new, |zone| zone + " ");
    let time = format!("{} {zone}", time_of_day(t_us));
    let id = session.id.map_or_else(
        || view.word("screen-no-journal"),
        |id| view.words.with("screen-session", &[("id", &id.to_string())]),
    );
    let time = if t_us > 0 { time } else { String::new() };
    let right = format!("{id}  {time}");
    let room = usize::from(canvas.width()).saturating_sub(right.width() + 2);
    canvas.put(1, y, canvas.width() - 1, &clip(&left, room), Role::Value);
    canvas.put_right(y, &right, Role::Text);
}

/// The keys of the screens, as many as fit; for some seconds a note in their place, or the question that is open.
pub(crate) fn menu(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let state = view.state;
    let room = usize::from(canvas.width() - 2);
    let prompt = state.prompt.as_ref().filter(|_| canvas.height() < NOMINAL_ROWS);
    let prompt = prompt.map(|prompt| format!("{}: {}_", view.word("naming-compact"), prompt.text));
    let question = state.is_quitting().then(|| fitting(&quit_texts(view), room));
    let note = question.or_else(|| state.note().map(str::to_owned)).or(prompt);
    if let Some(note) = note {
        canvas.fill_line(y, Role::Chosen);
        canvas.line(y, &clip(&note, room), Role::Chosen);
        return;
    }
    let open = state.open().action();
    let is_open = |action: Action| action == open && state.open() != ScreenId::Cab && !state.shows_help();
    let mut items: Vec<MenuEntry> = ScreenId::MENU
        .map(ScreenId::action)
        .into_iter()
        .chain([Action::Help, Action::Quit])
        .map(|action| MenuEntry {
            text: format!("{} {}", state.keys().key(action), view.word(&format!("menu-{}", action.word()))),
            role: if is_open(action) { Role::Chosen } else { Role::Label },
            tap: Tap::Act(action),
            rank: RANK.iter().position(|ranked| *ranked == action).unwrap_or(RANK.len()),
        })
        .collect();
    if let Some(left) = state.undo_left().filter(|_| state.open() == ScreenId::Main) {
        items[0] = MenuEntry {
            text: view.words.with("menu-undo", &[("seconds", &left.as_secs().to_string())]),
            role: Role::Chosen,
            tap: Tap::Key(KeyCode::Backspace),
            rank: 0,
        };
    }
    let width = |items: &[MenuEntry]| items.iter().map(|item| item.text.width() + 1).sum::<usize>();
    while width(&items) > usize::from(canvas.width()) {
        let Some(last) = items.iter().enumerate().max_by_key(|(_, item)| item.rank).map(|(at, _)| at) else { break };
        items.remove(last);
    }
    let mut x = 1;
    for MenuEntry { text, role, tap, .. } in items {
        let columns = text.width() as u16;
        canvas.rest(x, y, &text, role);
        canvas.tap_part(x, y, columns, tap);
        x += columns + 1;
    }
}

/// A key of the menu line.
struct MenuEntry {
    text: String,
    role: Role,
    tap: Tap,
    /// What has the highest one goes first where there is no room.
    rank: usize,
}

/// The keys in the order in which they stay.
const RANK: [Action; 11] = [
    Action::Help,
    Action::Quit,
    Action::Main,
    Action::Budget,
    Action::Advice,
    Action::Pans,
    Action::Alarms,
    Action::Settings,
    Action::Machine,
    Action::Speed,
    Action::History,
];

/// The question before the end, the longest text first.
fn quit_texts(view: &View<'_>) -> Vec<String> {
    let stored = view.snapshot.session.id.is_some();
    let key = view.state.keys().key(Action::Quit);
    let word = |length: &str| {
        let kind = if stored { "stored" } else { "not-stored" };
        view.words.with(&format!("quit-ask-{kind}-{length}"), &[("key", key)])
    };
    vec![word("long"), word("short")]
}

/// Bus, journal, sound.
pub(crate) fn status(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    /// After this time without a frame the bus is called silent (our choice).
    const SILENT_US: i64 = 2_000_000;
    const COLUMNS: u16 = 22;
    const HEALTH_COLUMNS: u16 = 38;
    let health = &view.snapshot.health;
    let silent = health.bus_age_us.is_none_or(|age_us| age_us.saturating_add(view.stale_us) > SILENT_US);
    let (bus, role) = if view.snapshot.ended {
        (view.word("screen-ended"), Role::Text)
    } else if let Some(fault) = &health.bus_fault {
        (bus_fault(fault, COLUMNS, view), Role::Low)
    } else if silent {
        (view.word("screen-bus-silent"), Role::Low)
    } else {
        (view.words.with("screen-bus", &[("frames", &health.frames_per_s.to_string())]), Role::Text)
    };
    canvas.put(1, y, COLUMNS, &clip(&bus, usize::from(COLUMNS)), role);
    let failing = health.journal_error.is_some();
    let stored = health.journal_stored.to_string();
    let journal = match view.snapshot.session.id {
        _ if failing => {
            let (waiting, lost) = (health.journal_waiting.to_string(), health.journal_lost.to_string());
            view.words.with("screen-not-stored", &[("waiting", &waiting), ("lost", &lost)])
        }
        None => view.word("screen-no-journal"),
        Some(_) if health.journal_aside.is_some() => view.words.with("screen-stored-anew", &[("seconds", &stored)]),
        Some(_) if health.journal_lost > 0 => {
            let lost = health.journal_lost.to_string();
            view.words.with("screen-stored-lost", &[("seconds", &stored), ("lost", &lost)])
        }
        Some(_) => view.words.with("screen-stored", &[("seconds", &stored)]),
    };
    let warns = failing || health.journal_aside.is_some();
    let room = usize::from(canvas.width().saturating_sub(25).min(HEALTH_COLUMNS));
    let journal = if canvas.width() < NOMINAL_COLUMNS { clip(&journal, room) } else { journal };
    canvas.put(24, y, HEALTH_COLUMNS, &journal, if warns { Role::Low } else { Role::Text });
    if canvas.width() < NOMINAL_COLUMNS {
        // No room beside the journal.
    } else if view.state.cab.is_some() && view.state.open() != ScreenId::Cab {
        canvas.put_right(y, &format!("{} ", view.word("cab-off")), Role::Chosen);
    } else if view.state.sound_state().failed.is_some() {
        canvas.put_right(y, &format!("{} ", view.word("screen-sound-failed")), Role::Low);
    }
}

/// Interface and fault; the fault alone when the interface's name, up to 15 letters, leaves no room.
fn bus_fault(fault: &BusFault, columns: u16, view: &View<'_>) -> String {
    let word = view.word(&format!("bus-{}", fault.word));
    let named = format!("{} {word}", fault.interface);
    if named.width() > usize::from(columns) { word } else { named }
}
