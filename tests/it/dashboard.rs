//! The dashboard without its terminal: keys, sounds, pans, age, units, preferences.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use crate::support::screen::{Drawn, LANGS, SCREENS, app, at, draw_app, key, session};
use grainloss_core::advice::{Alarm, AlarmId, LoadBasis, TargetLoad};
use grainloss_core::harvest::{Activity, Estimate, LogNormal, PanKind};
use grainloss_core::machine::{Channel, Reading, ReadingState};
use grainloss_core::pan_sample::GrainAmount;
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::command::{CommandError, CommandReply, OperatorCommand, PanCount, SessionChoice};
use grainloss_protocol::snapshot::{LimitChoice, PendingDrop, Snapshot, SourceKind};
use grainloss_tui::{Action, App, Capabilities, Colours, Device, Effect, KeyMap, Remembered, Sound};
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr;

fn draw(app: &App) -> Drawn {
    draw_app(app, (80, 24))
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ').for_each(|word| app.key(&key(word)));
    app.effects()
}

fn marks(effects: Vec<Effect>) -> Vec<OperatorCommand> {
    effects.into_iter().filter_map(|effect| if let Effect::Send(mark) = effect { Some(mark) } else { None }).collect()
}

/// Wheat being cut, with the yield that the figures in the tests are for: 1.28 % of it is 96 kg/ha, so it is 7.5 t/ha.
fn cutting() -> Snapshot {
    let mut snapshot = at("wheat", 11, 300);
    let estimate = snapshot.estimate.as_mut().unwrap();
    let twofold = |median| Some(LogNormal { median, log_sd: 2f64.ln() / 1.644_853_627 });
    (estimate.total_share, estimate.loss_kg_m2) = (twofold(0.0128), twofold(0.0096));
    snapshot
}

#[test]
fn acknowledge_key_works_on_every_screen_and_can_be_changed() {
    let mut app = app(&cutting(), Lang::En);
    for (name, opens) in SCREENS {
        app.key(&key("esc"));
        app.key(&key(opens));
        assert_eq!(marks(press(&mut app, "space")), [OperatorCommand::Acknowledge], "{name}");
    }
    // On the page of the alarms, the last item gives it another key.
    let effects = press(&mut app, "esc w up enter f1");
    assert!(effects.contains(&Effect::Save));
    assert_eq!(marks(press(&mut app, "f1")), [OperatorCommand::Acknowledge]);
    assert_eq!(marks(press(&mut app, "space")), []);
    // A key that has a meaning is not given away.
    press(&mut app, "enter q");
    assert!(draw(&app).text().contains("q is taken"), "{}", draw(&app).text());
    assert_eq!(marks(press(&mut app, "f1")), [OperatorCommand::Acknowledge]);
}

#[test]
fn unknown_key_does_nothing() {
    let mut app = app(&cutting(), Lang::En);
    for (name, opens) in SCREENS {
        press(&mut app, "esc");
        app.key(&key(opens));
        app.effects();
        let before = draw(&app).text();
        assert_eq!(press(&mut app, "ß"), [], "{name}");
        // The help goes at any key.
        assert!(name == "help" || draw(&app).text() == before, "{name}");
    }
}

#[test]
fn help_lists_every_key_on_every_screen() {
    for lang in LANGS {
        let mut app = app(&cutting(), lang);
        for (_, opens) in &SCREENS[..9] {
            app.key(&key("esc"));
            app.key(&key(opens));
            app.key(&key("?"));
            let mut text = draw(&app).text();
            for _ in 0..20 {
                app.key(&KeyEvent::from(KeyCode::PageDown));
                text += &draw(&app).text();
            }
            for action in Action::all() {
                let words = Words::new(lang);
                let shown = match KeyMap::default().key(action) {
                    "space" if lang == Lang::Zh => "空格".to_owned(),
                    key => key.to_owned(),
                };
                let meaning = words.get(&format!("key-{}", action.word()));
                assert!(text.contains(&meaning) && text.contains(&shown), "{action:?}\n{text}");
            }
        }
    }
}

#[test]
fn alarms_sound_by_level_and_can_be_switched_off() {
    let alarm = |level, since_us| Alarm {
        id: AlarmId::LossLevel,
        level,
        stream: None,
        since_us,
        share: None,
        times: 1,
        excess: None,
    };
    let quiet = cutting();
    let with = |level, since_us| {
        let mut snapshot = quiet.clone();
        snapshot.advice.activate(alarm(level, since_us));
        snapshot
    };
    let mut app = app(&quiet, Lang::En);
    let at = |app: &mut App, snapshot: &Snapshot, second: u64| -> Vec<Effect> {
        app.take(snapshot.clone(), Duration::from_secs(second));
        app.effects()
    };
    assert_eq!(at(&mut app, &with(1, 5), 1), [], "the lowest never sounds");
    let medium = [Effect::Sound(Device::Auto, Sound::Medium)];
    assert_eq!(at(&mut app, &with(2, 6), 2), medium);
    assert_eq!(at(&mut app, &with(2, 6), 3), [], "once");
    assert_eq!(at(&mut app, &with(2, 6), 61), [], "not within a minute");
    assert_eq!(at(&mut app, &with(2, 6), 62), medium, "again, since nobody has acknowledged it");
    let high = [Effect::Sound(Device::Auto, Sound::High)];
    assert_eq!(at(&mut app, &with(3, 6), 63), high, "it has become worse");
    assert_eq!(at(&mut app, &with(3, 6), 77), []);
    assert_eq!(at(&mut app, &with(3, 6), 78), high, "the highest after 15 s");
    at(&mut app, &quiet, 79);
    assert_eq!(at(&mut app, &with(2, 80), 80), medium, "a new one");
    // The switches: high, then medium, on the page of the alarms.
    press(&mut app, "w down enter");
    at(&mut app, &quiet, 81);
    assert_eq!(at(&mut app, &with(2, 90), 90), []);
    assert_eq!(at(&mut app, &with(3, 91), 91), high, "only the middle one is off");
    press(&mut app, "up enter");
    at(&mut app, &quiet, 92);
    assert_eq!(at(&mut app, &with(3, 93), 93), []);
}

#[test]
fn every_sound_device_can_be_tested_and_a_failure_is_shown() {
    let mut app = app(&cutting(), Lang::En);
    press(&mut app, "w down down down");
    for device in Device::REAL {
        assert_eq!(press(&mut app, "down enter"), [Effect::Sound(device, Sound::High)]);
    }
    app.sounds(Device::Bell, Some((Device::Tone, "aplay: not found".to_owned())));
    let text = draw(&app).text();
    assert!(text.contains("sound failed: aplay: not found"), "{text}");
    press(&mut app, "esc");
    assert!(draw(&app).line(23).ends_with("sound failed"), "on every screen, until it is mended");
    app.sounds(Device::Bell, None);
    assert!(!draw(&app).text().contains("sound failed"));
}

#[test]
fn pan_is_entered_in_ten_keys_after_a_preview() {
    let mut snapshot = cutting();
    let mut app = app(&snapshot, Lang::En);
    let mut keys = 0;
    let mut type_keys = |app: &mut App, words: &str| {
        keys += words.split(' ').count();
        press(app, words)
    };
    assert_eq!(marks(type_keys(&mut app, "d")), [OperatorCommand::Drop { kind: PanKind::Rear }]);
    app.answer(&OperatorCommand::Drop { kind: PanKind::Rear }, &CommandReply::Dropped(1));
    assert!(draw(&app).text().contains("pan 1 stamped"));
    assert_eq!(app.effects(), [Effect::Sound(Device::Auto, Sound::Drop)], "heard without looking");
    snapshot.drops = vec![PendingDrop { id: 1, t_us: snapshot.readings.t_us - 600_000_000, kind: PanKind::Rear }];
    app.take(snapshot, Duration::from_mins(10));
    assert_eq!(type_keys(&mut app, "p 1 4 2"), []);
    let text = draw(&app).text();
    // 142 kernels × 45 mg = 6.39 g on 0.3 m², concentrated 2.75 / 1.10 = 2.5 times: 8.52 g/m², 85 kg/ha, and of the
    // 7.5 t/ha that stand here 1.136 %.
    assert!(text.contains("This pan: 85 kg/ha = 1.1 %"), "{text}");
    assert!(text.contains("pan 1  behind  dropped 10 min ago"), "{text}");
    // The palm: 1.2 % of 0.75 kg/m² is 9 g/m², 200 kernels/m²; 4 / 180 m² of them are 4.44.
    assert!(text.contains("Palm: 4.4 kernels at most (limit 1.2 %, 7500 kg/ha, 45.0 g/1000)"), "{text}");
    let count =
        PanCount { amount: GrainAmount::Kernels(142.0), area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None };
    assert_eq!(marks(type_keys(&mut app, "enter")), [OperatorCommand::Count { drop: 1, count }]);
    assert!(keys <= 10, "{keys} keys");
}

#[test]
fn impossible_pan_is_refused_in_the_form_with_the_reason() {
    let mut snapshot = cutting();
    let drop = |id, kind| PendingDrop { id, t_us: snapshot.readings.t_us - 60_000_000, kind };
    snapshot.drops = vec![drop(1, PanKind::Rear), drop(2, PanKind::Front)];
    for lang in LANGS {
        let words = Words::new(lang);
        let refused =
            |why: CommandError| words.with("note-refused", &[("why", &words.get(&format!("refused-{}", why.word())))]);
        let app = || {
            let mut app = app(&snapshot, lang);
            app.take(snapshot.clone(), Duration::ZERO);
            press(&mut app, "p");
            app
        };
        for (keys, why) in [
            // More than a pan holds; an area of 0; a width of 99 m; a front sample without the natural shed; its shed wrong.
            ("9 9 9 9 9 9 9", CommandError::ImpossibleAmount),
            ("5 tab backspace backspace backspace 0", CommandError::ImpossibleArea),
            ("5 tab backspace backspace backspace", CommandError::ImpossibleArea),
            ("5 tab tab 9 9", CommandError::ImpossibleWidth),
            ("5 down", CommandError::ShedMissing),
            ("5 down tab tab tab 9 9 9 9 9 9", CommandError::ImpossibleShed),
        ] {
            let mut app = app();
            press(&mut app, keys);
            let expected = refused(why);
            assert!(draw(&app).line(11).contains(&expected), "{keys}: {}", draw(&app).text());
            assert_eq!(marks(press(&mut app, "enter")), [], "{keys}");
            assert!(draw(&app).line(22).contains(&expected), "{keys}: {}", draw(&app).text());
        }
        // The service has the last word.
        let mut app = app();
        app.answer(&OperatorCommand::Discard { drop: 9 }, &CommandReply::Refused(CommandError::UnknownDrop));
        assert!(draw(&app).line(22).contains(&refused(CommandError::UnknownDrop)));
        // A front sample with its shed, weighed.
        press(&mut app, "g 1 . 5 down tab tab tab 8 0");
        let count = PanCount {
            amount: GrainAmount::Grams(1.5),
            area_m2: 0.3,
            discharge_width_m: None,
            shed_kernels_m2: Some(80.0),
        };
        assert_eq!(marks(press(&mut app, "enter")), [OperatorCommand::Count { drop: 2, count }]);
        assert_eq!(marks(press(&mut app, "x")), [OperatorCommand::Discard { drop: 2 }]);
    }
}

#[test]
fn language_units_and_theme_change_at_once_and_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screen.toml");
    let new =
        || App::new(Words::new(Lang::Zh), Remembered::from_file(file.clone()), Capabilities::default(), cutting());
    let mut app = new();
    let per_area = |app: &App| draw(app).part(4, 46, 80).trim_end().to_owned();
    // A median of 96 kg/ha, 48 to 192, and a mean of 96 e^(0.4214² / 2) = 104.9: over 15 in a mu, twice that in jin; over 67.25 in bushels of 60 lb to the acre.
    assert_eq!(per_area(&app), "7.0 (3.2–13) kg/亩");
    for (key, expected) in [
        ("u", "14 (6.4–26) 斤/亩"),
        ("u", "105 (48–192) kg/公顷"),
        ("u", "1.6 (0.71–2.9) 蒲式耳/英亩"),
        ("l", "1.6 (0.71–2.9) bu/ac"),
        ("u", "7.0 (3.2–13) kg/mu"),
    ] {
        assert!(press(&mut app, key).contains(&Effect::Save));
        assert_eq!(per_area(&app), expected);
    }
    let ground = |app: &App| draw(app).buffer[(0, 3)].bg;
    assert_eq!(ground(&app), Color::Indexed(231));
    press(&mut app, "t");
    assert_eq!(ground(&app), Color::Indexed(16));
    app.save();
    let again = new();
    assert_eq!(ground(&again), Color::Indexed(16));
    assert_eq!(per_area(&again), "7.0 (3.2–13) kg/mu");
    // Speed: the third line of the settings. 1 m/s is 2.237 mph.
    let m_s = cutting().readings.value(Channel::GroundSpeed).unwrap();
    press(&mut app, "s down down enter esc");
    let text = draw(&app).part(16, 41, 61);
    assert!(text.starts_with(&format!("{:.1}", m_s * 2.236_936)), "{text}");
    assert!(draw(&app).line(15).contains("mph"));
}

#[test]
fn bad_preferences_file_is_reported_and_defaults_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screen.toml");
    std::fs::write(&file, "[screen]\nvolume = 11\n").unwrap();
    let mut app = App::new(Words::new(Lang::En), Remembered::from_file(file), Capabilities::default(), cutting());
    assert!(draw(&app).line(22).contains("file refused, defaults used: "), "{}", draw(&app).text());
    assert_eq!(draw(&app).buffer[(0, 3)].bg, Color::Indexed(231), "nothing of it");
    press(&mut app, "s");
    let text = draw(&app).text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("screen.toml:2: unknown field `volume`"), "{text}");
}

#[test]
fn old_values_are_marked_and_then_become_a_dash() {
    let mut snapshot = cutting();
    let speed = Channel::GroundSpeed;
    let aged = |snapshot: &Snapshot, age_us: i64, value: Option<f64>, state| {
        let mut snapshot = snapshot.clone();
        snapshot.readings.set(speed, Reading { value, state, age_us: Some(age_us), impacts: 0.0 });
        draw(&app(&snapshot, Lang::En))
    };
    let cell = |drawn: &Drawn, y: u16| drawn.part(y, 41, 60).trim_end().to_owned();
    let fresh = aged(&snapshot, 2_900_000, Some(1.0), ReadingState::Valid);
    assert!(cell(&fresh, 16).starts_with("3.6") && cell(&fresh, 17) == "2 s ago");
    let old = aged(&snapshot, 3_000_000, Some(1.0), ReadingState::Valid);
    assert!(cell(&old, 16).starts_with("3.6") && cell(&old, 17) == "old, 3 s ago");
    assert_ne!(old.buffer[(41, 16)].fg, fresh.buffer[(41, 16)].fg, "greyed");
    let gone = aged(&snapshot, 5_000_000, Some(1.0), ReadingState::Valid);
    assert_eq!((&*cell(&gone, 16), &*cell(&gone, 17)), ("—", "old, 5 s ago"));
    let stale = aged(&snapshot, 7_200_000_000, None, ReadingState::Stale);
    assert_eq!((&*cell(&stale, 16), &*cell(&stale, 17)), ("—", "old, 2 h ago"));

    // The service itself falls silent: everything ages, and after 5 s nothing is left that speaks of now.
    snapshot.advice.clear(AlarmId::LossLevel);
    let mut app = app(&snapshot, Lang::En);
    app.take(snapshot.clone(), Duration::from_secs(10));
    let digits = |drawn: &Drawn| (4..8).filter(|&y| !drawn.part(y, 1, 30).trim().is_empty()).count();
    for (second, rows, line) in [(12, 4, None), (13, 4, Some("old, 3 s ago")), (16, 1, Some("old, 6 s ago"))] {
        app.tick(Duration::from_secs(second));
        let drawn = draw(&app);
        assert_eq!(digits(&drawn), rows, "{second}: {}", drawn.text());
        assert_eq!(line.is_some(), drawn.line(3).contains("old"), "{second}");
        assert!(line.is_none_or(|line| drawn.line(3).ends_with(line)), "{}", drawn.line(3));
    }
    let drawn = draw(&app);
    assert!(drawn.line(1).contains("nothing from the service for 6 s"), "{}", drawn.text());
    for x in [1, 21, 41, 61] {
        assert_eq!(drawn.part(16, x, x + 19).trim(), "—");
    }
    assert!(drawn.line(20).contains("So far: "), "what has been cut stays cut");
    // An orderly end says itself that the figures are the last ones.
    snapshot.ended = true;
    app.take(snapshot, Duration::from_secs(20));
    app.tick(Duration::from_secs(90));
    assert_eq!(digits(&draw(&app)), 4);
}

#[test]
fn ascii_console_shows_only_ascii() {
    let console = Capabilities { colours: Colours::Sixteen, ascii: true, remote: false };
    let mut app = App::new(Words::new(Lang::Zh), Remembered::default(), console, cutting());
    for (name, opens) in SCREENS {
        press(&mut app, "esc");
        app.key(&key(opens));
        let drawn = draw(&app);
        // English, since such a console has no Chinese.
        let other: String = drawn.text().chars().filter(|sign| !sign.is_ascii()).collect();
        // The names of the two languages are in both.
        assert!(other.replace("中文语言", "").replace("中文", "").replace("语言", "").is_empty(), "{name}: {other}");
        assert!(drawn.cut.is_empty());
        let colours = drawn.buffer.content.iter().flat_map(|cell| [cell.fg, cell.bg]);
        assert!(colours.into_iter().all(|colour| matches!(colour, Color::Indexed(0..16) | Color::Reset)), "{name}");
    }
    press(&mut app, "esc");
    // Digits of five rows.
    assert!((4..9).all(|y| draw(&app).part(y, 1, 30).contains('#')), "{}", draw(&app).text());
}

#[test]
fn prices_are_typed_on_the_speed_screen_and_sent_as_a_command() {
    let mut snapshot = cutting();
    snapshot.session.prices.economy.cost_per_h = Some(300.0);
    let mut app = app(&snapshot, Lang::Zh);
    press(&mut app, "v");
    press(&mut app, "1");
    for typed in ["2", ".", "4"] {
        press(&mut app, typed);
    }
    assert!(draw(&app).text().contains("粮价(每 kg): 2.4_"), "{}", draw(&app).text());
    let sent = press(&mut app, "enter");
    let [Effect::Send(OperatorCommand::Prices(entry))] = sent.as_slice() else { panic!("{sent:?}") };
    // What was not typed stays.
    assert_eq!((entry.economy.price_per_kg, entry.economy.cost_per_h), (Some(2.4), Some(300.0)));
    assert_eq!(entry.rain.hours_left, None);
    // A price that is taken back.
    press(&mut app, "2");
    let sent = press(&mut app, "enter");
    let [Effect::Send(OperatorCommand::Prices(entry))] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(entry.economy.cost_per_h, None);
    // Without a price there are kilograms only.
    press(&mut app, "esc");
    press(&mut app, "v");
    assert!(draw(&app).text().contains("未设粮价"), "{}", draw(&app).text());
}

#[test]
fn loss_is_shown_in_money_when_there_is_a_price() {
    let mut snapshot = cutting();
    snapshot.session.prices.economy.price_per_kg = Some(2.4);
    let lost_kg = snapshot.totals.total_loss_kg().unwrap().value;
    let money = lost_kg * 2.4;
    let text = draw(&app(&snapshot, Lang::En)).text();
    let line = text.lines().find(|line| line.contains(" CNY")).unwrap_or_else(|| panic!("{text}")).to_owned();
    let shown: f64 =
        line.rsplit(" = ").next().unwrap().split(" CNY").next().unwrap().parse().unwrap_or_else(|_| panic!("{line}"));
    // Two digits of it.
    assert!((shown / money - 1.0).abs() < 0.06, "{line}: {money}");
}

#[test]
fn target_speed_is_that_of_the_goal_of_the_load() {
    let mut snapshot = cutting();
    let estimate: &mut Estimate = snapshot.estimate.as_mut().unwrap();
    estimate.doing.activity = Some(Activity::Cutting);
    (estimate.ground_speed_m_s, estimate.feed_kg_s, estimate.feed_is_measured) = (Some(1.2), Some(4.8), true);
    snapshot.readings.set_value(Channel::GroundSpeed, 1.2);
    snapshot.advice.target_load = Some(TargetLoad { low_kg_s: 3.2, high_kg_s: 4.0, basis: LoadBasis::Stated });
    // 4.8 kg/s at 1.2 m/s are 4 kg/m; 4 kg/s come at 1 m/s = 3.6 km/h, 3.2 kg/s at 2.88.
    let drawn = draw(&app(&snapshot, Lang::En));
    assert_eq!(drawn.part(16, 41, 60).trim_end(), "4.3 (2.9–3.6)");
    // Without a basis there is none: the nameplate alone is no goal.
    snapshot.advice.target_load = None;
    assert_eq!(draw(&app(&snapshot, Lang::En)).part(16, 41, 60).trim_end(), "4.3");
}

#[test]
fn session_starts_and_ends_only_after_a_second_press() {
    let mut snapshot = cutting();
    let name = |name: &str| grainloss_knowledge::crop(name).unwrap().name;
    snapshot.session.choices.crops = vec![("rice".to_owned(), name("rice")), ("maize".to_owned(), name("maize"))];
    let mut app = app(&snapshot, Lang::En);
    // The last line ends the session; another key in between takes it back.
    assert_eq!(marks(press(&mut app, "s up enter")), []);
    assert!(draw(&app).text().contains("Enter again, to be sure"));
    assert_eq!(marks(press(&mut app, "up down enter")), []);
    assert_eq!(marks(press(&mut app, "enter")), [OperatorCommand::EndSession]);
    // Above it: begin; limit; field; crop; operator.
    press(&mut app, "up up up up enter enter");
    assert!(draw(&app).text().contains("maize"));
    let choice = SessionChoice { crop: Some("maize".to_owned()), ..SessionChoice::default() };
    assert_eq!(marks(press(&mut app, "down down down enter enter")), [OperatorCommand::StartSession(choice.clone())]);
    // Once it has begun, the next is chosen anew.
    app.answer(&OperatorCommand::StartSession(choice), &CommandReply::Taken);
    assert_eq!(marks(press(&mut app, "enter enter")), [OperatorCommand::StartSession(SessionChoice::default())]);
}

/// A mark asks which setting was changed; the answer is a mark of its own.
#[test]
fn a_marked_change_asks_what_was_changed() {
    let mut app = app(&cutting(), Lang::En);
    let setting = |what: &str| OperatorCommand::Setting { what: what.to_owned(), to: None };
    assert_eq!(marks(press(&mut app, "c")), [setting("marked")]);
    let asked = draw(&app);
    assert!(asked.text().contains("Which one was changed?") && asked.cut.is_empty(), "{}", asked.text());
    assert!(draw_app(&app, (40, 10)).text().contains("7  lower sieve"), "{}", draw_app(&app, (40, 10)).text());
    assert_eq!(marks(press(&mut app, "5")), [setting("fan.speed")]);
    assert!(!draw(&app).text().contains("Which one was changed?"));
    // Another one; none; and a key that means something else.
    assert_eq!(marks(press(&mut app, "c 8")), [setting("marked"), setting("other")]);
    assert_eq!(marks(press(&mut app, "c esc 5")), [setting("marked")]);
    assert_eq!(marks(press(&mut app, "c d")), [setting("marked"), OperatorCommand::Drop { kind: PanKind::Rear }]);
    // It does not hide the losses for long.
    press(&mut app, "c");
    assert!(app.tick(Duration::from_mins(1)));
    assert!(!draw(&app).text().contains("Which one was changed?"));
}

#[test]
fn new_session_takes_a_typed_field_and_a_known_or_typed_limit() {
    let mut snapshot = cutting();
    let limit = |crop: &str, id: &str| LimitChoice {
        crop: crop.to_owned(),
        id: id.to_owned(),
        name: toml::from_str(&format!("zh = \"限 {id}\"\nen = \"limit {id}\"")).unwrap(),
    };
    let names = ["wheat", "maize"].map(|name| (name.to_owned(), grainloss_knowledge::crop(name).unwrap().name));
    snapshot.session.choices.crops = names.to_vec();
    snapshot.session.choices.limits = vec![limit("wheat", "w1"), limit("wheat", "w2"), limit("maize", "m1")];
    snapshot.session.choices.fields = vec!["西地".to_owned()];
    for lang in LANGS {
        let mut app = app(&snapshot, lang);
        // One key, then the field's line: a name by the input method, with keys that mean something elsewhere.
        press(&mut app, "n down enter 东 地 space q");
        assert!(draw(&app).text().contains("东地 q_"), "{}", draw(&app).text());
        app.paste("二号\nq");
        assert_eq!(marks(press(&mut app, "backspace enter")), [], "{lang:?}");
        // The limits of the crop that is cut, then of the one that is chosen: none of another crop.
        press(&mut app, "down enter");
        assert!(draw(&app).text().contains("w1"));
        press(&mut app, "enter");
        assert!(draw(&app).text().contains("w2"));
        press(&mut app, "up up enter enter down down enter");
        assert!(draw(&app).text().contains("m1"), "{}", draw(&app).text());
        let choice = |limit: &str| SessionChoice {
            crop: Some("maize".to_owned()),
            field: Some("东地 q二".to_owned()),
            operator: None,
            limit: Some(limit.to_owned()),
        };
        assert_eq!(marks(press(&mut app, "down enter enter")), [OperatorCommand::StartSession(choice("m1"))]);
        // A figure of one's own.
        press(&mut app, "up 1 . . 2 5 x backspace");
        assert!(draw(&app).text().contains("1.2 %"), "{}", draw(&app).text());
        assert_eq!(marks(press(&mut app, "down enter enter")), [OperatorCommand::StartSession(choice("1.2"))]);
        assert!(draw(&app).cut.is_empty(), "{:?}", draw(&app).cut);
    }
}

#[test]
fn operator_name_is_typed_or_chosen_from_recent_names() {
    let mut snapshot = cutting();
    snapshot.session.choices.operators = vec!["张三".to_owned(), "Wang".to_owned()];
    let mut app = app(&snapshot, Lang::En);
    assert_eq!(marks(press(&mut app, "o down enter")), [OperatorCommand::Operator("张三".to_owned())]);
    app.paste("x");
    assert_eq!(marks(press(&mut app, "esc o L i space S i enter")), [OperatorCommand::Operator("Li Si".to_owned())]);
    // Nothing typed is refused in place; Esc leaves it, and the keys are keys again.
    assert_eq!(marks(press(&mut app, "o enter")), []);
    assert!(draw(&app).text().contains("1 to 40 characters"), "{}", draw(&app).text());
    assert_eq!(press(&mut app, "esc q"), [Effect::Quit]);
    // Alarms are acknowledged by a function key meanwhile.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screen.toml");
    std::fs::write(&file, "[screen.keys]\nacknowledge = \"f1\"\n").unwrap();
    let mut app = App::new(Words::new(Lang::En), Remembered::from_file(file), Capabilities::default(), snapshot);
    assert_eq!(
        marks(press(&mut app, "o a f1 b enter")),
        [OperatorCommand::Acknowledge, OperatorCommand::Operator("ab".to_owned())]
    );
}

#[test]
fn missing_names_are_asked_for_once() {
    let mut snapshot = cutting();
    (snapshot.session.source, snapshot.session.id) = (SourceKind::Live, Some(3));
    let mut unnamed = app(&Snapshot::empty(session()), Lang::En);
    unnamed.take(snapshot.clone(), Duration::ZERO);
    assert!(draw(&unnamed).line(22).starts_with(" Nobody is named yet: o who drives   n field"));
    press(&mut unnamed, "b");
    unnamed.take(snapshot.clone(), Duration::ZERO);
    assert!(draw(&unnamed).line(22).contains("esc main"));
    snapshot.session.operator = Some("张三".to_owned());
    let mut named = app(&Snapshot::empty(session()), Lang::En);
    named.take(snapshot, Duration::ZERO);
    assert!(draw(&named).line(22).contains("esc main"));
}

#[test]
fn trend_is_empty_where_the_loss_is_unknown() {
    let mut app = app(&Snapshot::empty(session()), Lang::En);
    assert_eq!(draw(&app).line(9).trim_start_matches(" 10 min").trim(), "—");
    app.take(cutting(), Duration::ZERO);
    assert!(draw(&app).line(9).width() < 80);
}
