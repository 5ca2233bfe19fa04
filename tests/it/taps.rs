//! Taps and the wheel, the question before the end, and what can be taken back.

use std::time::Duration;

use crate::support::screen::{Drawn, LANGS, app, at, draw_app, key, session};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use grainloss_core::advice::{Alarm, AlarmId};
use grainloss_core::harvest::PanKind;
use grainloss_core::machine::Channel;
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::command::{CommandReply, OperatorCommand};
use grainloss_protocol::snapshot::{PendingDrop, Snapshot};
use grainloss_tui::{App, Capabilities, Effect, Remembered};
use unicode_width::UnicodeWidthStr;

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ').for_each(|word| app.key(&key(word)));
    asked(app)
}

/// What the dashboard asks for, but for sounds.
fn asked(app: &mut App) -> Vec<Effect> {
    app.effects().into_iter().filter(|effect| !matches!(effect, Effect::Sound(..))).collect()
}

fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
    MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
}

/// Where a text stands.
fn place(drawn: &Drawn, text: &str) -> (u16, u16) {
    for y in 0..drawn.buffer.area.height {
        let line = drawn.line(y);
        if let Some(at) = line.find(text) {
            return (line[..at].width() as u16, y);
        }
    }
    panic!("{text} is not there:\n{}", drawn.text());
}

/// Taps on a text of the picture.
fn tap(app: &mut App, size: (u16, u16), text: &str) -> Vec<Effect> {
    let (x, y) = place(&draw_app(app, size), text);
    app.mouse(&event(MouseEventKind::Down(MouseButton::Left), x, y));
    asked(app)
}

fn cutting() -> Snapshot {
    let mut snapshot = at("wheat", 11, 300);
    snapshot.advice.activate(Alarm {
        id: AlarmId::PlateFault(Channel::LossCleaningLeft),
        level: 3,
        stream: None,
        since_us: snapshot.readings.t_us,
        share: None,
        times: 1,
        excess: None,
    });
    snapshot
}

#[test]
fn a_tap_opens_what_was_drawn_there_in_every_size() {
    let snapshot = cutting();
    for size in [(40, 10), (60, 16), (80, 23), (80, 24), (100, 30)] {
        for lang in LANGS {
            let words = Words::new(lang);
            let word = |key: &str| words.get(key);
            let title = |app: &App, key: &str| draw_app(app, size).text().contains(&format!("─ {}", word(key)));
            let mut app = app(&snapshot, lang);
            // The digits: the loss budget; its key in the line below goes back.
            draw_app(&app, size);
            let digits = place(&draw_app(&app, size), "▀▀");
            app.mouse(&event(MouseEventKind::Down(MouseButton::Left), digits.0, digits.1));
            assert!(title(&app, "key-budget"), "{size:?} {}", draw_app(&app, size).text());
            tap(&mut app, size, &word("menu-help"));
            assert!(title(&app, "key-help"), "{}", draw_app(&app, size).text());
            tap(&mut app, size, &word("menu-help"));
            press(&mut app, "esc");
            // The alarm waits to be acknowledged.
            let plate = if lang == Lang::Zh { "清选传感器" } else { "cleaning" };
            assert_eq!(tap(&mut app, size, plate), [Effect::Send(OperatorCommand::Acknowledge)], "{size:?}");
        }
    }
    let mut app = app(&snapshot, Lang::En);
    tap(&mut app, (80, 24), "Next");
    assert!(draw_app(&app, (80, 24)).text().contains("why this advice"), "{}", draw_app(&app, (80, 24)).text());
    tap(&mut app, (80, 24), "s setup");
    assert!(draw_app(&app, (80, 24)).line(2).contains("settings"), "{}", draw_app(&app, (80, 24)).text());
}

#[test]
fn a_tap_in_a_list_chooses_and_a_second_one_activates() {
    let mut app = app(&cutting(), Lang::En);
    press(&mut app, "s");
    let size = (80, 24);
    assert_eq!(tap(&mut app, size, "theme"), [], "chosen only");
    assert!(tap(&mut app, size, "theme").contains(&Effect::Save), "activated");
    // A form: the field that was tapped takes the digits.
    let mut snapshot = cutting();
    let drop = |id| PendingDrop { id, t_us: snapshot.readings.t_us - 60_000_000, kind: PanKind::Rear };
    snapshot.drops = vec![drop(1), drop(2)];
    app.take(snapshot, Duration::ZERO);
    press(&mut app, "esc p");
    let area = Words::new(Lang::En).get("pans-area");
    tap(&mut app, size, &area);
    press(&mut app, "backspace backspace backspace 5");
    assert!(draw_app(&app, size).text().contains("5_"), "{}", draw_app(&app, size).text());
    tap(&mut app, size, "pan 2");
    assert!(draw_app(&app, size).text().contains("▶ pan 2"), "{}", draw_app(&app, size).text());
}

#[test]
fn the_wheel_moves_the_lines_and_says_that_there_are_more() {
    let mut app = app(&cutting(), Lang::En);
    press(&mut app, "b");
    let size = (40, 10);
    let before = draw_app(&app, size);
    assert!(before.text().contains("lines below"), "{}", before.text());
    assert!(app.mouse(&event(MouseEventKind::ScrollDown, 5, 5)));
    let after = draw_app(&app, size);
    assert_ne!(before.text(), after.text());
    assert!(after.text().contains('↑'), "{}", after.text());
    assert!(app.mouse(&event(MouseEventKind::ScrollUp, 5, 5)));
    assert_eq!(draw_app(&app, size).text(), before.text());
    assert!(!app.mouse(&event(MouseEventKind::Moved, 5, 5)), "a move changes nothing");
}

#[test]
fn the_mouse_can_be_switched_off_and_is_off_on_a_bare_console() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screen.toml");
    std::fs::write(&file, "[screen]\nmouse = false\n").unwrap();
    let new = |capabilities| {
        App::new(Words::new(Lang::En), Remembered::from_file(file.clone()), capabilities, Snapshot::empty(session()))
    };
    let mut app = new(Capabilities::default());
    assert!(!app.wants_mouse());
    // The sixth line of the settings.
    assert!(press(&mut app, "s down down down down down enter").contains(&Effect::Save));
    assert!(app.wants_mouse());
    app.save();
    assert!(new(Capabilities::default()).wants_mouse());
    assert!(!new(Capabilities { ascii: true, ..Capabilities::default() }).wants_mouse());
}

#[test]
fn quitting_asks_where_the_session_runs_here() {
    let elsewhere = |lang| app(&cutting(), lang);
    for lang in LANGS {
        assert_eq!(press(&mut elsewhere(lang), "q"), [Effect::Quit], "a screen of a service closes at once");
        let mut here = elsewhere(lang).with_session_here();
        for size in [(40, 10), (80, 24)] {
            assert_eq!(press(&mut here, "q"), []);
            let text = draw_app(&here, size).text();
            let says = if lang == Lang::Zh { "作业" } else { "end" };
            assert!(text.lines().last().unwrap().contains(says) || text.contains(says), "{text}");
            assert!(draw_app(&here, size).cut.is_empty());
            // Any other key stays, and does nothing else.
            assert_eq!(press(&mut here, "d"), []);
            assert!(
                !draw_app(&here, size).text().contains(&Words::new(lang).with("quit-ask-stored-long", &[("key", "q")]))
            );
        }
        assert_eq!(press(&mut here, "q q"), [Effect::Quit]);
        assert_eq!(press(&mut here, "q enter"), [Effect::Quit]);
        // Nothing runs any more.
        let mut ended = cutting();
        ended.ended = true;
        here.take(ended, Duration::ZERO);
        assert_eq!(press(&mut here, "q"), [Effect::Quit]);
    }
}

#[test]
fn a_pan_and_a_mark_can_be_taken_back_for_half_a_minute() {
    let drop = OperatorCommand::Drop { kind: PanKind::Rear };
    let mark = OperatorCommand::Setting { what: "marked".to_owned(), to: None };
    for lang in LANGS {
        for (command, reply, back) in [
            (&drop, CommandReply::Dropped(7), OperatorCommand::Discard { drop: 7 }),
            (&mark, CommandReply::Taken, OperatorCommand::WithdrawSetting),
        ] {
            let mut app = app(&cutting(), lang);
            assert_eq!(press(&mut app, "backspace"), [], "nothing to take back");
            app.answer(command, &reply);
            app.tick(Duration::from_secs(10));
            let word = if lang == Lang::Zh { "撤销(20 秒)" } else { "undo (20 s)" };
            for size in [(40, 10), (80, 24)] {
                assert!(draw_app(&app, size).text().contains(word), "{}", draw_app(&app, size).text());
            }
            assert_eq!(press(&mut app, "backspace"), [Effect::Send(back.clone())]);
            assert_eq!(press(&mut app, "backspace"), [], "once");
            app.answer(&back, &CommandReply::Taken);
            let said = if lang == Lang::Zh { "已撤销" } else { "taken back" };
            assert!(draw_app(&app, (80, 24)).text().contains(said), "{}", draw_app(&app, (80, 24)).text());
            // Too late.
            app.answer(command, &reply);
            app.tick(Duration::from_secs(41));
            assert!(!draw_app(&app, (80, 24)).text().contains("撤销(") && press(&mut app, "backspace").is_empty());
        }
    }
}
