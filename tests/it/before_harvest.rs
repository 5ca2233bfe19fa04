//! Before and around the harvest: go or wait, matching, check lists, emergencies; by command, on the screen, in journal and
//! report.

use std::path::PathBuf;
use std::time::Duration;

use crate::service::Service;
use crate::support::db::{open, value};
use crate::support::run::Sandbox;
use crate::support::screen::{Drawn, LANGS, app, draw_app, key, session};
use grainloss_core::check_result::CheckAnswer;
use grainloss_core::machine::{Channel, Readings};
use grainloss_core::test_cut::CutQuality;
use grainloss_knowledge::Lang;
use grainloss_knowledge::preparation::Preparation;
use grainloss_preparation::Forecast;
use grainloss_protocol::command::OperatorCommand;
use grainloss_protocol::snapshot::{PendingDrop, Snapshot};
use grainloss_protocol::test_cut::{TestCut, TestCutCommand, TestCutStep};
use grainloss_tui::{App, Effect};

/// 2025-06-10 08:00 UTC.
const MORNING_US: i64 = 1_749_542_400_000_000;

fn window(sandbox: &Sandbox, more: &str) -> String {
    let args = format!("--lang en window --crop wheat --at 2025-06-10T10:00Z --socket none {more}");
    sandbox.ok(&args.split_whitespace().collect::<Vec<_>>()).out
}

#[test]
fn the_card_says_go_or_wait_with_reasons_and_what_is_missing() {
    let sandbox = Sandbox::new();
    let known = "--ripe ripe --wet no --ground firm --moisture-pct 16.5";
    let told = window(&sandbox, known);
    assert!(told.contains("\ngo now\n") && told.contains("grain moisture 16.5 %, within 15.0 to 25.0 %"), "{told}");
    assert!(told.contains("not known: a forecast from now on") && told.contains("2025-06-10 10:00:00 (UTC)"), "{told}");
    // Nothing is known: nothing is decided, and the signs are shown with their sources.
    let told = window(&sandbox, "");
    assert!(told.contains("not decided: look at the ripeness first"), "{told}");
    assert!(
        told.contains("not known: ripeness, grain moisture, whether the crop is wet, the ground, a forecast"),
        "{told}"
    );
    assert!(told.contains("late wax [broadcast on the time to cut wheat"), "{told}");
    // 4 + 5 + 3 = 12 mm from 20:00 on.
    sandbox.write("f.csv", "time,rain_mm,humidity_pct\n2025-06-10 09:00,0,60\n2025-06-10 12:00,0,55\n2025-06-10 15:00,0,60\n2025-06-10 18:00,0,70\n2025-06-10 20:00,4,90\n2025-06-10 21:00,5,95\n2025-06-10 22:00,3,95\n");
    let told = window(&sandbox, &format!("{known} --forecast f.csv"));
    assert!(told.contains("race the storm: rain begins at 20:00") && told.contains("about 12 mm in a day"), "{told}");
    // Dew at six: the hours of the crop say nine.
    let early =
        "window --crop wheat --at 2025-06-10T06:00Z --socket none --ripe ripe --wet yes --ground firm --lang zh";
    let told = sandbox.ok(&early.split(' ').collect::<Vec<_>>()).out;
    assert!(told.contains("等到 09:00") && told.contains("手摸作物还湿"), "{told}");
    // Rapeseed is the reverse, and its hours are marked as not verified.
    let noon = "window --crop canola --at 2025-06-10T13:00Z --socket none --ripe ripe --wet no --ground firm --lang zh";
    let told = sandbox.ok(&noon.split(' ').collect::<Vec<_>>()).out;
    assert!(told.contains("等到 17:00(未核实)") && told.contains("角果已干,一碰就炸"), "{told}");
}

#[test]
fn drying_stands_beside_waiting() {
    let sandbox = Sandbox::new();
    // 500 kg × 100 yuan/t = 50 yuan a mu; ÷ 2.4 = 20.8 kg = 4.2 %; 6 % of the yield are 500 × 2.4 × 0.06 = 72 yuan.
    let money = "--ripe ripe --moisture-pct 27 --yield-kg-mu 500 --drying-per-t 100 --price-per-kg 2.4 --risk-pct 6";
    let told = window(&sandbox, money);
    assert!(told.contains("drying 50.0 ") && told.contains("/mu, as much as 20.8 kg, 4.2 % of the yield"), "{told}");
    assert!(
        told.contains("waiting is feared to cost 72.0") && told.contains("cutting and drying costs less"),
        "{told}"
    );
    assert!(told.contains("grain moisture 27.0 %, above 25.0 %"), "{told}");
    sandbox.refused(&["window", "--crop", "wheat", "--risk-pct", "101"], &["expected a number from 0 to 100"]);
    sandbox.refused(&["window", "--socket", "none"], &["which crop is not known"]);
}

#[test]
fn a_bad_forecast_is_refused_by_line_and_field_in_both_languages() {
    let sandbox = Sandbox::new();
    for (content, expected) in [
        (
            "time,rain_mm\n2025-06-10 08:00,much\n",
            ["f.csv:2: rain_mm is much, no number or out of range", "f.csv:2: rain_mm 为 much"],
        ),
        ("time,rain_mm\nnoon,1\n", ["f.csv:2: time is noon, which is no time", "f.csv:2: time 为 noon,不是时间"]),
        ("time,regen\n", ["f.csv:1: no column is called regen", "没有名为 regen 的列"]),
        (
            "{\"hourly\":{\"time\":[\"2025-06-10T08:00\"],\"precipitation\":[-1]}}",
            ["hourly.precipitation[0] is -1", "hourly.precipitation[0] 为 -1"],
        ),
        ("{\"hourly\":", ["f.csv:1: ", "不是天气预报文件"]),
    ] {
        sandbox.write("f.csv", content);
        for (lang, expected) in ["en", "zh"].into_iter().zip(expected) {
            let args = ["--lang", lang, "window", "--crop", "wheat", "--socket", "none", "--forecast", "f.csv"];
            sandbox.refused(&args, &[expected]);
        }
    }
}

#[test]
fn moisture_comes_from_the_newest_session_of_that_day() {
    let sandbox = Sandbox::new();
    // The demonstration's harvest begins at 2025-06-10 02:00 UTC; its wheat is at 16.5 % or so.
    sandbox.ok(&["demo", "--headless", "--seconds", "200", "--db", "j.sqlite"]);
    let at = |time: &str| {
        let args = ["--lang", "en", "window", "--at", time, "--socket", "none", "--db", "j.sqlite"];
        sandbox.ok(&args).out
    };
    let same_day = at("2025-06-10T05:00Z");
    assert!(same_day.contains("moisture from session 1") && !same_day.contains("grain moisture,"), "{same_day}");
    assert!(
        at("2025-06-12T05:00Z").contains("not known: ripeness, grain moisture"),
        "two days ago says nothing of now"
    );
}

#[test]
fn the_machine_is_matched_by_hand_calculated_figures() {
    let sandbox = Sandbox::new();
    let told = |more: &str| {
        let args = format!("--lang en match --crop wheat --socket none {more}");
        sandbox.ok(&args.split_whitespace().collect::<Vec<_>>()).out
    };
    // 2400 × 8 ÷ (2.75 × 450 × 2) = 7.76 km/h; 7.7576 × 2.75 ÷ 10 = 2.1333 ha/h, at 75 % 1.6 = 24 mu; 48 mu take 2 h.
    let figures = "--feed-kg-s 8 --width-m 2.75 --yield-kg-mu 450 --straw-to-grain 1 --field-mu 48 --efficiency-pct 75";
    let matched = told(figures);
    assert!(matched.contains("= 7.76 km/h") && matched.contains("no target"), "{matched}");
    assert!(matched.contains("1.60 ha = 24.0 mu an hour") && matched.contains("48 mu take 2.0 h"), "{matched}");
    // Recalled settings are marked, those that were read are not; r/min only where the drum is known: 28 × 60 ÷ (π × 0.55) = 972.
    assert!(matched.contains("drum rim speed  28–32 m/s  axial drum 20 to 26(recalled, not verified)"), "{matched}");
    assert!(matched.contains("concave gap  6–13 mm\n") && !matched.contains("r/min"), "{matched}");
    assert!(told(&format!("{figures} --drum-diameter-mm 550")).contains("= 972 to 1111 r/min"));
    // 21.333 ÷ 5 = 4.27 m at 5 km/h.
    assert!(told(&format!("{figures} --speed-km-h 5")).contains("at 5 km/h, a cut of 4.27 m"));
    let lodged = told(&format!("{figures} --conditions lodged"));
    assert!(lodged.contains("crop lodged: no speed from this") && !lodged.contains("7.76"), "{lodged}");
    // The machine's own figures: 2.75 m and 6 kg/s in the demonstration's profile.
    let own = told("--machine combine-demo --yield-kg-mu 450 --straw-to-grain 1");
    assert!(own.contains("cut 2.75 m"), "{own}");
    sandbox.refused(&["match", "--crop", "wheat", "--socket", "none"], &["give --machine, or --feed-kg-s"]);
    let bad = ["match", "--crop", "wheat", "--socket", "none", "--feed-kg-s", "0", "--width-m", "2"];
    sandbox.refused(&bad, &["feed rate must be above 0"]);
}

#[test]
fn an_emergency_begins_with_what_makes_safe() {
    let sandbox = Sandbox::new();
    for lang in ["zh", "en"] {
        let card = |name: &str| sandbox.ok(&["--lang", lang, "emergency", name]).out;
        let order = |text: &str, words: &[&str]| {
            let places: Vec<usize> =
                words.iter().map(|word| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"))).collect();
            assert!(places.is_sorted(), "{words:?}: {places:?} in {text}");
        };
        let (blockage, fire) = (card("blockage"), card("fire"));
        if lang == "zh" {
            order(&blockage, &["停止前进", "切断", "熄火", "停转", "垫好", "打开盖板"]);
            order(&fire, &["停止收割", "已收割的空地", "停车", "熄火", "119", "灭火器"]);
        } else {
            order(
                &blockage,
                &["stop travelling", "disengage", "engine off", "every part stands", "chock", "open and clear"],
            );
            order(
                &fire,
                &["drive out onto cut ground", "2. stop", "disengage", "engine off", "call 119", "extinguisher"],
            );
        }
    }
    let all = sandbox.ok(&["--lang", "en", "emergency"]).out;
    for name in ["blockage", "fire", "storm", "lodging", "slope", "sinking"] {
        assert!(all.contains(&format!("grainloss emergency {name}")), "{all}");
    }
    sandbox.refused(&["--lang", "zh", "emergency", "flood"], &["没有名为 flood 的卡片", "blockage, fire"]);
    // A card of one's own that is not safe is refused.
    let folder = "grainloss/knowledge/preparation";
    std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    let own =
        include_str!("../../knowledge/preparation/emergency.toml").replace("does = \"engine-off\"", "does = \"act\"");
    sandbox.write(&format!("{folder}/emergency.toml"), own);
    sandbox.refused(&["emergency", "blockage"], &["emergency.toml", "card blockage"]);
}

/// A line for each item of a list, all in order but one.
fn answers(list: &str, crop: &str, wrong: &str) -> String {
    let facts = Preparation::load().unwrap();
    let items = facts.items(facts.list(list).unwrap(), crop, None);
    let line = |id: &str| if id == wrong { format!("{id} not-ok two sections broken\n") } else { format!("{id} ok\n") };
    items.iter().map(|item| line(&item.id)).collect()
}

#[test]
fn a_check_list_goes_into_the_journal_of_the_session_and_into_its_report() {
    let mut service = Service::new();
    service.sandbox.write("shift.txt", answers("shift", "wheat", "knife"));
    // Before the service runs it is kept beside the journal.
    let check = [
        "--lang",
        "en",
        "checklist",
        "shift",
        "--crop",
        "wheat",
        "--answers",
        "shift.txt",
        "--who",
        "Zhang San",
        "--db",
        "j.sqlite",
        "--socket",
        "s.sock",
    ];
    let told = service.sandbox.ok(&check).out;
    assert!(
        told.contains("1 not ok") && told.contains("no broken or loose knife section: two sections broken"),
        "{told}"
    );
    assert!(told.contains("no service runs: kept in") && service.sandbox.path("j.sqlite.checks").is_file(), "{told}");
    service.start(&[]);
    service.shows("seconds stored", |shown| shown["health"]["journal_stored"].as_u64().unwrap() > 0);
    // While it runs, straight into the session.
    service.sandbox.write("after.txt", answers("after", "wheat", ""));
    let told =
        service.sandbox.ok(&["--lang", "en", "checklist", "after", "--answers", "after.txt", "--socket", "s.sock"]).out;
    assert!(told.contains("recorded in the session that runs"), "{told}");
    service.stop();
    assert!(!service.sandbox.path("j.sqlite.checks").is_file(), "taken once");
    let journal = open(&service.sandbox.path("j.sqlite"));
    let ids = "SELECT group_concat(kind || ' ' || substr(id, 1, 8), '/') FROM event WHERE session = 1 AND kind LIKE 'checklist%'";
    assert_eq!(value::<String>(&journal, ids, &[]), "checklist shift at/checklist-item shift/kn/checklist after at");
    service.sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
    let html = |more: &[&str]| {
        let args = [&["report", "1", "--db", "j.sqlite", "--format", "html", "--lang", "zh"], more].concat();
        service.sandbox.ok(&args).out
    };
    let report = html(&[]);
    assert!(report.contains("班前检查: 正常 13,不正常 1,不适用 0(检查人 Zhang San)"), "{report}");
    assert!(
        report.contains("刀片无缺损、无松动: two sections broken") && report.contains("班后保养: 正常 9"),
        "{report}"
    );
    let redacted = html(&["--redact"]);
    assert!(!redacted.contains("Zhang San") && !redacted.contains("two sections broken"), "{redacted}");
    assert!(redacted.contains("刀片无缺损、无松动"), "{redacted}");
}

#[test]
fn bad_answers_name_line_and_item() {
    let sandbox = Sandbox::new();
    for (content, expected) in [
        ("fluids perhaps\n", "a.txt:1: fluids perhaps; expected \"ITEM ok|not-ok|not-applicable NOTE\""),
        ("wings ok\n", "a.txt:1: the list has no item wings"),
        ("fluids ok\n", "radiator is missing"),
    ] {
        sandbox.write("a.txt", content);
        let args = ["--lang", "en", "checklist", "shift", "--crop", "wheat", "--socket", "none", "--answers", "a.txt"];
        sandbox.refused(&args, &[expected]);
    }
    sandbox.refused(&["--lang", "en", "checklist", "spring"], &["no list is called spring", "season, shift, after"]);
    let asked =
        sandbox.with_stdin(&["--lang", "en", "checklist", "after", "--crop", "wheat", "--socket", "none"], b"1\n1\n");
    assert_eq!(asked.code, Some(2), "{}", asked.err);
    let all = "1\n2\nloose belt\n".to_owned() + &"3\n1\n".repeat(4);
    let asked = sandbox.with_stdin(
        &["--lang", "en", "checklist", "after", "--crop", "wheat", "--socket", "none", "--db", "j.sqlite"],
        all.as_bytes(),
    );
    assert!(
        asked.out.contains("4 ok, 1 not ok, 4 not applicable") && asked.out.contains(": loose belt"),
        "{}",
        asked.out
    );
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split(' ').for_each(|word| app.key(&key(word)));
    app.effects()
}

fn commands(effects: Vec<Effect>) -> Vec<OperatorCommand> {
    effects
        .into_iter()
        .filter_map(|effect| if let Effect::Send(command) = effect { Some(command) } else { None })
        .collect()
}

/// Wheat in the morning, at 18 %.
fn morning() -> Snapshot {
    let mut readings = Readings::unknown(MORNING_US);
    readings.set_value(Channel::GrainMoisture, 0.18);
    readings.set_value(Channel::HeaderHeight, 0.22);
    readings.set_value(Channel::FanSpeed, 900.0);
    Snapshot { readings, ..Snapshot::empty(session()) }
}

fn judged() -> Snapshot {
    let found =
        CutQuality { loss_pct: Some(1.05), broken_pct: Some(0.8), impurity_pct: Some(2.6), stubble_m: Some(0.22) };
    let cut = TestCut {
        began_us: MORNING_US,
        goal_m: 50.0,
        driven_m: Some(52.4),
        step: TestCutStep::Judge,
        drop: None,
        samples: vec![1, 2],
        found,
    };
    Snapshot { test_cut: Some(cut), ..morning() }
}

#[test]
fn the_pages_equal_their_snapshots_and_are_whole_in_small_windows() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let forecast = || {
        Forecast::parse(
            "time,rain_mm,humidity_pct\n2025-06-10 08:00,0,95\n2025-06-10 09:00,0,88\n2025-06-10 10:00,0,70\n",
        )
    };
    let mut agreed: Vec<(String, Drawn)> = Vec::new();
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (name, keys) in [
            ("prepare-window", "r 1 1 1 2 3"),
            ("prepare-match", "r 2"),
            ("prepare-list", "r 4 1 2 b e l t enter 1"),
            ("test-cut-judge", "j"),
            ("emergency-fire", "e 2"),
            ("emergency-blockage", "e 1"),
        ] {
            let snapshot = if name == "test-cut-judge" { judged() } else { morning() };
            let mut app = app(&snapshot, lang);
            press(&mut app, keys);
            app.forecast(Some(forecast().map_err(|error| error.to_string())));
            agreed.push((format!("{name}-{code}"), draw_app(&app, (80, 24))));
            for size in [(80, 23), (60, 20), (40, 10)] {
                let small = draw_app(&app, size);
                assert!(small.cut.is_empty(), "{name} {size:?}: {:?}", small.cut);
                assert!(!small.line(1).is_empty() && !small.line(size.1 - 1).is_empty(), "{}", small.text());
            }
        }
    }
    for (name, drawn) in agreed {
        assert!(drawn.cut.is_empty(), "{name}: {:?}", drawn.cut);
        let file = folder.join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&file, drawn.text()).unwrap();
        }
        let agreed = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(drawn.text(), agreed, "{name} is now:\n{}", drawn.text());
    }
}

#[test]
fn the_card_on_the_screen_follows_the_keys_and_the_forecast_file() {
    let mut app = app(&morning(), Lang::En);
    assert!(press(&mut app, "r 1").contains(&Effect::ReadForecast));
    let text = |app: &App| draw_app(app, (80, 24)).text();
    assert!(text(&app).contains("wait until 09:00") && text(&app).contains("18.0 %"), "{}", text(&app));
    // Unripe, ripe; wet; firm.
    press(&mut app, "1");
    assert!(text(&app).contains("the crop is not ripe"), "{}", text(&app));
    press(&mut app, "1 2 3");
    assert!(text(&app).contains("wait until 09:00"), "{}", text(&app));
    press(&mut app, "2");
    assert!(text(&app).contains(" go now"), "{}", text(&app));
    app.forecast(Some(Err("f.csv:2: time is noon".to_owned())));
    assert!(text(&app).contains("f.csv:2: time is noon"), "a bad file is said: {}", text(&app));
    // 0.75 kg/m² are 500 kg/mu; 100 a tonne are 50 a mu.
    press(&mut app, "4 1 0 0 enter");
    assert!(text(&app).contains("drying 50.0"), "{}", text(&app));
    // A storm ahead.
    let storm = Forecast::parse("time,rain_mm\n2025-06-10 08:00,0\n2025-06-10 11:00,15\n");
    app.forecast(Some(storm.map_err(|error| error.to_string())));
    assert!(text(&app).contains("race the storm: rain begins at 11:00"), "{}", text(&app));
}

#[test]
fn a_list_is_gone_through_on_the_screen_and_sent_when_it_is_whole() {
    let mut app = app(&morning(), Lang::En);
    press(&mut app, "r 4");
    assert_eq!(commands(press(&mut app, "1 1 enter")), [], "not whole");
    assert!(draw_app(&app, (80, 24)).text().contains("the list is not whole"));
    // It stands at the third item now; the q of a note does not leave the dashboard.
    let effects = press(&mut app, "2 q space d enter");
    assert!(commands(effects).is_empty());
    let sent = commands(press(&mut app, "1 1 1 1 1 1 1 1 1 1 3 enter"));
    let [OperatorCommand::Checklist(result)] = &*sent else { panic!("{sent:?}") };
    assert_eq!((&*result.list, result.counts(), result.at_us), ("shift", [12, 1, 1], MORNING_US));
    let wrong = result.items.iter().find(|item| item.answer == CheckAnswer::NotOk).unwrap();
    assert_eq!((&*wrong.id, wrong.note.as_deref()), ("air-filter", Some("q d")));
}

#[test]
fn the_test_cut_is_led_by_the_service_so_that_a_screen_may_come_late() {
    let step = |step, drop| TestCut {
        began_us: MORNING_US,
        goal_m: 50.0,
        driven_m: Some(12.0),
        step,
        drop,
        samples: Vec::new(),
        found: CutQuality::default(),
    };
    let at = |cut: Option<TestCut>| {
        let drops = cut.as_ref().and_then(|cut| cut.drop);
        let drop = drops.map(|id| PendingDrop { id, t_us: MORNING_US, kind: grainloss_core::harvest::PanKind::Whole });
        Snapshot { test_cut: cut, drops: drop.into_iter().collect(), ..morning() }
    };
    let said = |snapshot: &Snapshot, keys: &str| commands(press(&mut app(snapshot, Lang::Zh), keys));
    let cut = |word| [OperatorCommand::TestCut(word)];
    // A new dashboard for each: what it needs is in the snapshot. Wheat is cut for 50 m.
    assert_eq!(said(&at(None), "j enter"), cut(TestCutCommand::Begin { goal_m: 50.0 }));
    assert_eq!(said(&at(Some(step(TestCutStep::Drive, None))), "j enter"), cut(TestCutCommand::GoOn));
    assert_eq!(said(&at(Some(step(TestCutStep::Drive, None))), "j x"), cut(TestCutCommand::Cancel));
    assert_eq!(said(&at(Some(step(TestCutStep::Frame, None))), "j enter"), cut(TestCutCommand::Frame));
    // 120 kernels, an area of 1 m², no shed: the form of the pans, for the drop of the test cut.
    let keys = "j 1 2 0 tab backspace backspace backspace backspace 1 tab tab 0 enter";
    let sent = said(&at(Some(step(TestCutStep::Count, Some(7)))), keys);
    let [OperatorCommand::Count { drop: 7, count }] = &*sent else { panic!("{sent:?}") };
    assert_eq!((count.area_m2, count.shed_kernels_m2), (1.0, Some(0.0)));
    let found = |what, value| cut(TestCutCommand::Found { what, value: Some(value) });
    let judge = at(Some(step(TestCutStep::Judge, None)));
    assert_eq!(said(&judge, "j 1 0 . 8 enter"), found(grainloss_core::test_cut::Concern::Broken, 0.8));
    assert_eq!(said(&judge, "j 3 2 0 enter"), found(grainloss_core::test_cut::Concern::Stubble, 0.2));
    assert_eq!(said(&judge, "j enter"), cut(TestCutCommand::Finish));
    for lang in LANGS {
        let mut app = app(&at(Some(step(TestCutStep::Drive, None))), lang);
        press(&mut app, "j");
        let text = draw_app(&app, (80, 24)).text();
        assert!(text.contains("12") && text.contains("50"), "{text}");
        // The verdict, and the gravest first: impurity 2.6 % beside 2 %.
        app.take(judged(), Duration::ZERO);
        let text = draw_app(&app, (80, 24)).text();
        let steps = if lang == Lang::Zh { "风量加大一点" } else { "a little more air" };
        assert!(text.contains("1.1 %") && text.contains("2.6 %") && text.contains(steps), "{text}");
        assert!(text.contains("900 → 954"), "value now and goal: 6 % more than 900: {text}");
    }
}
