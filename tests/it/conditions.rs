//! What the driver says of the crop, from a file and by a command: what it moves, where it is told, and what bad files get.

use crate::support::db::{open, value};
use crate::support::run::{Sandbox, wait_for};
use crate::support::screen::{app, draw_app, key, pipeline, session};
use crate::support::session_loop;
use crate::support::table::Table;
use grainloss::service::{self, Speed};
use grainloss_core::crop_conditions::{CropConditions, Lie, Stand, TimedConditions, Travel};
use grainloss_core::harvest::EstimatorCheckpoint;
use grainloss_core::machine::Channel;
use grainloss_core::pipeline::Output;
use grainloss_core::record::TravelLosses;
use grainloss_journal::Journal;
use grainloss_knowledge::Lang;
use grainloss_protocol::command::{CommandReply, OperatorCommand};
use grainloss_protocol::symptom_word::SymptomWord;
use grainloss_simulator::{Scenario, Simulation};
use grainloss_tui::Effect;
use serde_json::json;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_S: i64 = 1_749_520_800;
const LODGED: CropConditions = CropConditions { stand: Some(Stand::Lodged), ..CropConditions::UNKNOWN };
const STANDING: CropConditions = CropConditions { stand: Some(Stand::Standing), ..CropConditions::UNKNOWN };

fn trace(sandbox: &Sandbox, name: &str) -> Table {
    Table::parse(&sandbox.text(&format!("{name}.csv")))
}

/// Median and half width, both of the logarithm, of the header's loss in each second with an ordinary one: below 6 % of the
/// grain, where nothing is cut off at what is possible.
fn header(trace: &Table) -> Vec<Option<(f64, f64)>> {
    let (lo, hi) = (trace.numbers("header_lo"), trace.numbers("header_hi"));
    let (loss, grain) = (trace.numbers("header_loss_kg_s"), trace.numbers("grain_in_kg_s"));
    let ordinary =
        loss.iter().zip(&grain).map(|(loss, grain)| loss.zip(*grain).is_some_and(|(loss, grain)| loss < 0.06 * grain));
    let band = |((lo, hi), ordinary): ((Option<f64>, Option<f64>), bool)| {
        let (lo, hi) = (lo.filter(|lo| ordinary && *lo > 1e-3)?.ln(), hi?.ln());
        Some((0.5 * (lo + hi), 0.5 * (hi - lo)))
    };
    lo.into_iter().zip(hi).zip(ordinary).map(band).collect()
}

#[test]
fn a_file_moves_the_headers_loss_and_is_told_from_its_times_on() {
    let sandbox = Sandbox::new();
    sandbox.simulate("w", "wheat-steady", 21, 600);
    sandbox.write("nothing.csv", "t_unix,stand,wet,weedy,slope\n");
    sandbox.write("standing.csv", "t_unix,stand\n,standing\n");
    sandbox.write("lodged.csv", "t_unix,stand\n,lodged\n");
    // Rows need no order; the last one takes back what was said.
    let (from, until) = (START_S + 300, START_S + 450);
    sandbox
        .write("told.csv", format!("t_unix,stand,wet,weedy,slope\n{until},,,,\n,standing,,,\n{from},lodged,yes,no,\n"));
    sandbox.replay("w.log", "without", &[]);
    for name in ["nothing", "standing", "lodged"] {
        sandbox.replay("w.log", &format!("{name}-trace"), &["--conditions", &format!("{name}.csv")]);
    }
    assert_eq!(sandbox.text("without.csv"), sandbox.text("nothing-trace.csv"), "nothing was said");
    // Only in lodged crop another figure: the prior of `crop_conditions.lodged_log`, 1.6, and a spread of its own.
    let [unknown, standing, lodged] =
        ["without", "standing-trace", "lodged-trace"].map(|name| header(&trace(&sandbox, name)));
    let mut seconds = 0;
    for ((unknown, standing), lodged) in unknown.iter().zip(&standing).zip(&lodged) {
        let (Some(unknown), Some(standing), Some(lodged)) = (unknown, standing, lodged) else { continue };
        // To a tenth: the mean of a wide law is taken as that of a spread of 1, which moves the middle a little.
        assert!(
            (lodged.0 - standing.0 - 1.6).abs() < 0.1 && (unknown.0 - standing.0).abs() < 0.1,
            "{unknown:?} {standing:?} {lodged:?}"
        );
        assert!(standing.1 < unknown.1 && unknown.1 < lodged.1, "not said is less sure than standing");
        seconds += 1;
    }
    assert!(seconds > 200, "{seconds}");

    sandbox.replay("w.log", "told-trace", &["--conditions", "told.csv", "--db", "j.sqlite"]);
    let told = trace(&sandbox, "told-trace");
    assert_eq!(told.header.last().map(String::as_str), Some("crop"), "columns are added at the end");
    let times = told.numbers("t_unix");
    for (at, word) in told.texts("crop").into_iter().enumerate() {
        let t_unix = times[at].unwrap() as i64;
        let expected = if t_unix < from {
            "standing"
        } else if t_unix < until {
            "lodged wet clean"
        } else {
            ""
        };
        assert_eq!(word, expected, "{t_unix}");
    }
    let said = &sandbox.json("told-trace.json")["crop_said"];
    let no = serde_json::Value::Null;
    assert_eq!(said[0]["stand"], "standing");
    assert_eq!(said[1], json!({"t_unix": from as f64, "stand": "lodged", "wet": true, "weedy": false, "slope": no}));
    assert_eq!(said[2], json!({"t_unix": until as f64, "stand": no, "wet": no, "weedy": no, "slope": no}));
    assert_eq!(said.as_array().unwrap().len(), 3);

    // Journal, report and a recomputation say the same.
    let journal = open(&sandbox.path("j.sqlite"));
    let ids = "SELECT group_concat(id, '/') FROM event WHERE session = 1 AND kind = 'crop'";
    assert_eq!(value::<String>(&journal, ids, &[]), "standing/lodged wet clean/not-said");
    let lodged_s = "SELECT count(*) FROM sample WHERE session = 1 AND crop = 'lodged wet clean'";
    assert_eq!(value::<i64>(&journal, lodged_s, &[]), 150);
    let html = |lang: &str| sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "html", "--lang", lang]).out;
    let (en, zh) = (html("en"), html("zh"));
    assert!(en.contains("02:05:00 lodged, wet, no weeds; 02:07:30 not said"), "{en}");
    assert!(zh.contains("02:05:00 倒伏、潮湿、无杂草; 02:07:30 未说明"), "{zh}");
    sandbox.ok(&["session", "recompute", "1", "--db", "j.sqlite", "--log", "w.log"]);
    let differ = "SELECT count(*) FROM sample a JOIN sample b ON a.t_us = b.t_us AND a.session = 1 AND b.session = 2 \
                  WHERE a.header_loss_kg_s IS NOT b.header_loss_kg_s OR a.rear_hi IS NOT b.rear_hi OR a.crop IS NOT b.crop";
    assert_eq!(value::<i64>(&journal, differ, &[]), 0);
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM sample WHERE session = 2 AND crop IS NOT NULL", &[]), 449);
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
}

#[test]
fn a_demo_takes_the_same_file() {
    let sandbox = Sandbox::new();
    sandbox.write("said.csv", "t_unix,stand,wet\n,leaning,yes\n");
    sandbox.ok(&["demo", "--headless", "--seconds", "30", "--db", "j.sqlite", "--conditions", "said.csv"]);
    let journal = open(&sandbox.path("j.sqlite"));
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM sample WHERE crop = 'leaning wet'", &[]), 30);
    // `run` looks at it before it opens a bus.
    sandbox.write("said.csv", "t_unix,stand\n,flat\n");
    let run = "run --iface none0 --machine combine-demo --crop wheat --db r.sqlite --conditions said.csv";
    sandbox.refused(&run.split(' ').collect::<Vec<_>>(), &["said.csv:2: stand is 'flat'"]);
}

#[test]
fn bad_files_name_line_and_column_and_what_to_do_in_both_languages() {
    let sandbox = Sandbox::new();
    sandbox.write("w.log", "(1749520800.000000) can0 0CFE6CEE#FFFFFFFFFFFFFFFF\n");
    let answer = ["expected yes or no; leave it empty when it is not known", "应为yes(是)或 no(否);不知道请留空"];
    let time = ["expected seconds since 1970-01-01 UTC, above 0; leave it empty", "自 1970-01-01 UTC 起的秒数,大于 0"];
    for (content, place, what) in [
        (
            "t_unix,stand\n,flat\n",
            "c.csv:2",
            ["stand is 'flat'; expected standing, leaning or lodged", "stand 为 'flat'"],
        ),
        ("t_unix,wet\n5,\n6,wet\n", "c.csv:3", answer),
        ("t_unix,weedy\n5,Yes\n", "c.csv:2", answer),
        ("t_unix,slope\nnoon,yes\n", "c.csv:2", time),
        ("t_unix,slope\n-1,yes\n", "c.csv:2", time),
        ("t_unix,slope\nNaN,yes\n", "c.csv:2", time),
        (
            "t_unix,dew\n5,yes\n",
            "c.csv:1",
            ["column 'dew' is unknown; expected t_unix, stand, wet", "不认识的列 'dew'"],
        ),
        ("stand,wet\nlodged,yes\n", "c.csv:1", ["column t_unix is missing; add it", "缺少 t_unix 列;请补上"]),
        (
            "t_unix,wet,wet\n5,yes,no\n",
            "c.csv:1",
            ["column wet is there twice; take one out", "wet 列出现两次;请删去一列"],
        ),
        ("t_unix,wet\n5,yes,no\n", "c.csv:2", ["expected 2 fields, as in the header", "有 2 栏"]),
        ("", "c.csv:1", ["column t_unix is missing", "缺少 t_unix 列"]),
    ] {
        sandbox.write("c.csv", content);
        for (lang, what) in ["en", "zh"].into_iter().zip(what) {
            let args = format!("--lang {lang} replay w.log --machine combine-demo --crop wheat --conditions c.csv");
            sandbox.refused(&args.split(' ').collect::<Vec<_>>(), &[place, what]);
        }
    }
    let args = "replay w.log --machine combine-demo --crop wheat --conditions none.csv";
    sandbox.refused(&args.split(' ').collect::<Vec<_>>(), &["--conditions none.csv", "name a CSV file"]);
}

#[test]
fn a_command_says_it_from_now_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let (outputs, screens, sender) = session_loop::outputs(&path, &scenario, session());
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(50.0), stop.clone()).unwrap();
    wait_for("a step", || screens.borrow().estimate.is_some().then_some(()));
    let said = CropConditions { wet: Some(true), ..LODGED };
    for crop in [said, CropConditions::UNKNOWN, LODGED] {
        let waiting = sender.named("uid 7").send(OperatorCommand::Conditions(crop));
        assert_eq!(wait_for("an answer", || waiting.poll()), CommandReply::Taken);
    }
    // What the operator sees is kept beside it, with what came of the step.
    for word in [SymptomWord::Seen, SymptomWord::Tried, SymptomWord::Helped] {
        let step = u8::from(word != SymptomWord::Seen);
        let seen = OperatorCommand::Symptom { id: "dirty-tank".to_owned(), step, word };
        let waiting = sender.send(seen);
        assert_eq!(wait_for("an answer", || waiting.poll()), CommandReply::Taken);
        // It is open on every screen, also on one that comes later.
        let open = || screens.borrow().symptom.clone().filter(|open| open.id == "dirty-tank");
        let open = wait_for("the symptom in the snapshot", open);
        let (tried, over) = (open.tried_us.is_some(), open.over);
        assert_eq!((open.step, tried, over), (0, word != SymptomWord::Seen, word == SymptomWord::Helped), "{word:?}");
    }
    let unknown = OperatorCommand::Symptom { id: "no-such".to_owned(), step: 0, word: SymptomWord::Seen };
    let waiting = sender.send(unknown);
    wait_for("an answer", || waiting.poll());
    assert_eq!(screens.borrow().symptom.as_ref().map(|open| open.id.clone()).as_deref(), Some("dirty-tank"));
    wait_for("it on the screen", || {
        (screens.borrow().estimate.as_ref().is_some_and(|estimate| estimate.crop == LODGED)).then_some(())
    });
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let report = running.join().unwrap();
    let events = Journal::open(&path).unwrap().events(1).unwrap();
    let told: Vec<_> =
        events.iter().filter(|event| event.kind == "crop").map(|e| (&*e.id, e.stream.as_deref())).collect();
    let symptoms: Vec<_> =
        events.iter().filter(|event| event.kind.starts_with("symptom-") && event.id == "dirty-tank").collect();
    let symptoms: Vec<_> = symptoms.iter().map(|event| (&*event.kind, &*event.id, event.count)).collect();
    let of = |kind, step| (kind, "dirty-tank", step);
    assert_eq!(symptoms, [of("symptom-seen", None), of("symptom-tried", Some(1)), of("symptom-helped", Some(1))]);
    let by = Some("uid 7");
    assert_eq!(told, [("lodged wet", by), ("not-said", by), ("lodged", by)]);
    assert!(report.totals.duration_s() > 0.0);
    // The checkpoint that a restart goes on with has it.
    let memory: String = value(&open(&path), "SELECT memory FROM session", &[]);
    let memory: serde_json::Value = serde_json::from_str(&memory).unwrap();
    assert_eq!(memory["learned"]["crop"], json!({"stand": "lodged", "wet": null, "weedy": null, "slope": null}));
}

#[test]
fn after_a_restart_the_crop_is_what_was_said_last() {
    let mut before = pipeline();
    let mut nothing = |_: Output<'_>| {};
    for t_us in [999_900_000, 1_000_000_000] {
        before.advance(t_us, &mut nothing);
    }
    before.set_crop(LODGED);
    let stored = serde_json::to_string(&before.harvest().checkpoint(1_000_000_000, &[], 0)).unwrap();
    let learned: EstimatorCheckpoint = serde_json::from_str(&stored).unwrap();
    let after = |file: Vec<TimedConditions>| {
        let mut after = pipeline().with_conditions(file);
        assert!(after.go_on(before.harvest().totals().clone(), Some(&learned), Vec::new(), 1_100_000_000));
        assert_eq!(after.harvest().crop(), LODGED);
        for t_us in [1_100_000_000, 1_100_100_000] {
            after.advance(t_us, &mut |_| {});
        }
        after.harvest().crop()
    };
    let row = |from_us, crop| TimedConditions { from_us, crop };
    // A row of the file that was older than the driver's word does not come back; a later one counts.
    assert_eq!(after(vec![row(i64::MIN, STANDING), row(900_000_000, STANDING)]), LODGED);
    assert_eq!(after(vec![row(1_050_000_000, STANDING)]), STANDING);
    // What an earlier version stored says nothing of the crop.
    let mut old: serde_json::Value = serde_json::from_str(&stored).unwrap();
    old.as_object_mut().unwrap().retain(|key, _| !key.starts_with("crop"));
    let old: EstimatorCheckpoint = serde_json::from_value(old).unwrap();
    let mut pipeline = pipeline();
    assert!(pipeline.go_on(before.harvest().totals().clone(), Some(&old), Vec::new(), 1_100_000_000));
    assert!(pipeline.harvest().crop().is_unknown());
}

/// Passes of `wheat-lodged` go 4 degrees from north, and back: what points there is driven along and against by turns.
#[test]
fn the_way_it_lies_is_kept_and_losses_are_shown_by_how_the_machine_drives_to_it() {
    let sandbox = Sandbox::new();
    sandbox.simulate("w", "wheat-lodged", 2, 900);
    sandbox.write("said.csv", "t_unix,stand,lie_deg\n,lodged,4\n");
    sandbox.write("plain-said.csv", "t_unix,stand\n,lodged\n");
    sandbox.replay("w.log", "lie", &["--conditions", "said.csv", "--db", "j.sqlite"]);
    sandbox.replay("w.log", "plain", &["--conditions", "plain-said.csv"]);
    let [lie, plain] = ["lie.json", "plain.json"].map(|name| sandbox.json(name));
    assert!(lie["crop_said"][0]["lie_deg"] == 4 && plain["crop_said"][0].get("lie_deg").is_none());
    assert_eq!(lie["total_loss_kg"], plain["total_loss_kg"], "a direction alone changes no estimate");
    assert!(plain.get("by_travel").is_none(), "not said is not known");
    let seconds = |travel: &str| lie["by_travel"][travel]["cutting_s"].as_f64().unwrap();
    assert!(seconds("along") > 200.0 && seconds("against") > 200.0, "{}", lie["by_travel"]);
    assert!(seconds("across") < 0.1 * seconds("along"), "{}", lie["by_travel"]);
    let kg: f64 = ["along", "across", "against"]
        .map(|travel| lie["by_travel"][travel]["grain_kg"].as_f64().unwrap())
        .iter()
        .sum();
    let all = lie["grain_kg"]["value"].as_f64().unwrap();
    assert!((kg / all - 1.0).abs() < 0.05, "{kg} of {all}");
    let trace = sandbox.text("lie.csv");
    assert!(trace.lines().nth(1).is_some_and(|row| row.contains("lodged lie-4")), "{}", trace.lines().nth(1).unwrap());
    let zh = sandbox.ok(&["--lang", "zh", "report", "1", "--db", "j.sqlite", "--format", "html", "--out", "r.html"]);
    let page = sandbox.text("r.html");
    assert!(page.contains("穗头朝北(4°)"), "{}", zh.err);
    for (text, words) in [
        ("t_unix,stand,lie_deg\n,lodged,400\n", "lie_deg"),
        ("t_unix,stand,lie_deg\n,standing,40\n", "leaning"),
        ("t_unix,stand,lie_deg\n,lodged,north\n", "'north'"),
    ] {
        sandbox.write("wrong.csv", text);
        sandbox.refused(
            &["replay", "w.log", "--machine", "combine-demo", "--crop", "wheat", "--conditions", "wrong.csv"],
            &["wrong.csv:2", words],
        );
    }
}

#[test]
fn the_screen_takes_the_way_it_lies_from_the_course_and_compares_the_directions() {
    let mut now = crate::support::screen::at("wheat-lodged", 2, 60);
    let course_rad = now.readings.value(Channel::GroundCourse).unwrap();
    for lang in [Lang::Zh, Lang::En] {
        let mut app = app(&now, lang);
        app.key(&key("k"));
        app.key(&key("3"));
        app.key(&key("9"));
        let sent = app.effects().into_iter().rev().find_map(|effect| match effect {
            Effect::Send(OperatorCommand::Conditions(crop)) => Some(crop),
            _ => None,
        });
        // "At me": where the machine comes from.
        let lie = sent.unwrap().lie.unwrap();
        assert_eq!(lie.travel(course_rad), Travel::Against);
        let drawn = draw_app(&app, (80, 24));
        let said = if lang == Lang::Zh { "现在逆倒向" } else { "now against it" };
        assert!(drawn.text().contains(said) && drawn.cut.is_empty(), "{:?} {}", drawn.cut, drawn.text());
    }
    let mut losses = TravelLosses::default();
    let mut pipeline = pipeline();
    pipeline.set_crop(CropConditions { lie: Lie::new(4), ..LODGED });
    let mut simulation = Simulation::new(&Scenario::bundled("wheat-lodged").unwrap(), 2);
    let mut frames = Vec::new();
    for _ in 0..60_000 {
        simulation.tick(&mut frames);
        for frame in frames.drain(..) {
            pipeline.frame(&frame, frame.t_us, &mut |output| {
                if let Output::Second(row, _) = output {
                    losses.add(row);
                }
            });
        }
    }
    now.by_travel = losses;
    let mut app = app(&now, Lang::Zh);
    app.key(&key("k"));
    let text = draw_app(&app, (80, 24)).text();
    for (travel, word) in [(Travel::Against, "逆倒向"), (Travel::Along, "顺倒向")] {
        let sum = losses.of(travel);
        assert!(sum.cutting_s > 100.0, "{travel:?} {sum:?}");
        let (all, header) =
            (100.0 * (sum.header_kg + sum.rear_kg) / sum.grain_kg, 100.0 * sum.header_kg / sum.grain_kg);
        let shown = format!("{word}: 损失 {all:.1} %(割台 {header:.1} %),{:.0} min", sum.cutting_s / 60.0);
        assert!(text.contains(&shown), "{shown}: {text}");
    }
}
