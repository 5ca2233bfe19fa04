//! What pans have taught outlives the field: kept in the journal, taken on by the next session, carried to another machine,
//! forgotten.

use std::fs;
use std::path::PathBuf;

use crate::support::db::{assert_sound, open, value};
use crate::support::replays::{band, truth_of};
use crate::support::run::Sandbox;
use crate::support::screen::{LANGS, at, draw, draw_screen};
use crate::support::table::Table;
use grainloss_core::harvest::{Basis, CalibrationOrigin, OutsidePans, PansOutside};
use grainloss_journal::{Journal, StoredCalibration};
use grainloss_knowledge::Lang;
use serde_json::{Value, json};

const DAY_S: f64 = 86_400.0;

/// Two fields of wheat: the first with its pans, the second a day later. NAME1.log, NAME1.pans.csv, NAME2.log and
/// NAME2.truth.csv.
fn two_fields(sandbox: &Sandbox, name: &str, seed: u64) {
    let (log, pans, seed_text) = (format!("{name}1.log"), format!("{name}1.pans.csv"), seed.to_string());
    let first = ["simulate", "--scenario", "wheat", "--seconds", "2400", "--seed", &seed_text];
    sandbox.ok(&[&first[..], &["--out", &log, "--pans", &pans]].concat());
    sandbox.simulate(&format!("{name}2"), "wheat", seed + 50, 1200);
    let log = sandbox.text(&format!("{name}2.log"));
    let later: String = log.lines().map(|line| a_day_later(line) + "\n").collect();
    sandbox.write(&format!("{name}2.log"), later);
}

fn a_day_later(line: &str) -> String {
    let (time, rest) = line.trim_start_matches('(').split_once(')').unwrap();
    format!("({:.6}){rest}", time.parse::<f64>().unwrap() + DAY_S)
}

/// The first field, whose pans are stored in j.sqlite.
fn first_day(sandbox: &Sandbox, name: &str, more: &[&str]) {
    let (log, pans) = (format!("{name}1.log"), format!("{name}1.pans.csv"));
    let options = ["--pans", &pans, "--db", "j.sqlite", "--field", "东大田"];
    sandbox.replay(&log, &format!("{name}1"), &[&options[..], more].concat());
}

/// The second field; its summary.
fn second_day(sandbox: &Sandbox, name: &str, calibration: &str, more: &[&str]) -> Value {
    let options = ["--db", "j.sqlite", "--calibration", calibration];
    sandbox.replay(&format!("{name}2.log"), &format!("{name}2"), &[&options[..], more].concat());
    sandbox.json(&format!("{name}2.json"))
}

fn stored(sandbox: &Sandbox) -> Vec<StoredCalibration> {
    Journal::open(&sandbox.path("j.sqlite")).unwrap().calibrations().unwrap()
}

/// Upper over lower end of the interval of the loss behind the machine.
fn width(summary: &Value) -> f64 {
    let [lo, _, hi] = band(summary, "rear_loss_kg");
    hi / lo
}

/// The demonstration machine with a data sheet that promises twice the counts, which no technician can know.
fn promising_twice(sandbox: &Sandbox) {
    let profile =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("machines/combine-demo.toml")).unwrap();
    let promised = profile.replace("area_share = 0.05 ", "area_share = 0.10 ");
    assert_ne!(promised, profile);
    sandbox.write("m.toml", promised);
}

#[test]
fn the_day_after_begins_calibrated_and_is_nearer_to_the_truth() {
    let (mut with_error, mut without_error) = (0.0, 0.0);
    for seed in [3, 5, 7, 9] {
        let sandbox = Sandbox::new();
        two_fields(&sandbox, "w", seed);
        promising_twice(&sandbox);
        let replay = |day: u32, more: &[&str]| {
            let (log, trace, summary) = (format!("w{day}.log"), format!("w{day}.csv"), format!("w{day}.json"));
            let options = ["replay", &log, "--machine", "m.toml", "--crop", "wheat", "--db", "j.sqlite"];
            sandbox.ok(&[&options[..], &["--trace", &trace, "--summary", &summary], more].concat());
            sandbox.json(&summary)
        };
        replay(1, &["--pans", "w1.pans.csv", "--field", "东大田"]);
        let without = replay(2, &[]);
        let with = replay(2, &["--calibration", "latest", "--field", "西大田"]);
        let [_, _, truth, _] = truth_of(&Table::parse(&sandbox.text("w2.truth.csv")));
        let error = |summary: &Value| (band(summary, "rear_loss_kg")[1] / truth).ln().abs();
        eprintln!("seed {seed}: {:.2} with, {:.2} without", error(&with), error(&without));
        with_error += error(&with);
        without_error += error(&without);
        let [lo, _, hi] = band(&with, "rear_loss_kg");
        assert!((lo..=hi).contains(&truth), "seed {seed}: {truth} is not in {lo} to {hi}");
        assert!(width(&with) < 0.8 * width(&without), "seed {seed}: {} for {}", width(&with), width(&without));

        assert_eq!(without["calibration"], Value::Null);
        let last = stored(&sandbox).pop().unwrap();
        let told = &with["calibration"];
        assert_eq!((&told["rear_pans"], &told["header_pans"]), (&json!(last.rear_pans), &json!(last.header_pans)));
        assert_eq!((&told["field"], &told["counts"], &told["machine"]), (&json!("东大田"), &json!(true), &Value::Null));
        // Most of the day; where load or moisture is another one, it is not called so.
        let trace = Table::parse(&sandbox.text("w2.csv"));
        let bases = trace.texts("basis_rear").into_iter().zip(trace.texts("state"));
        let bases: Vec<&str> = bases.filter(|(_, state)| *state == "cutting").map(|(basis, _)| basis).collect();
        let calibrated = bases.iter().filter(|basis| **basis == "calibrated").count();
        assert!(calibrated * 2 > bases.len(), "seed {seed}: {calibrated} of {} seconds", bases.len());
    }
    assert!(with_error < 0.7 * without_error, "{with_error} with, {without_error} without");
}

#[test]
fn a_row_after_each_used_pan_and_the_proof_covers_what_was_learned() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    let summary = sandbox.json("w1.json");
    let connection = open(&sandbox.path("j.sqlite"));
    assert_sound(&connection);
    let rows: i64 = value(&connection, "SELECT count(*) FROM calibration WHERE session = 1", &[]);
    let used = summary["pans"]["used"].as_i64().unwrap();
    assert!(used > 2 && rows > used, "{rows} rows, {used} pans: one for each, and at the end");
    let unproven: i64 = value(
        &connection,
        "SELECT count(*) FROM calibration WHERE sha256 NOT IN \
         (SELECT stream FROM event WHERE kind = 'calibration' AND id = 'kept')",
        &[],
    );
    assert_eq!(unproven, 0);
    second_day(&sandbox, "w", "latest", &[]);
    for session in ["1", "2"] {
        sandbox.ok(&["verify", session, "--db", "j.sqlite"]);
    }
    sandbox.ok(&["journal", "check", "--db", "j.sqlite"]);
    // Who changes what was learned changes its hash; who changes the hash as well has changed a record.
    let newest = stored(&sandbox).pop().unwrap();
    let change = "UPDATE calibration SET learned = replace(learned, '\"pans\":', ' \"pans\":') WHERE id = ?1";
    connection.execute(change, [newest.id]).unwrap();
    assert_eq!(second_day(&sandbox, "w", "latest", &[])["calibration"], Value::Null, "it is not what was stored");
    let list: Value =
        serde_json::from_str(&sandbox.ok(&["calibration", "list", "--json", "--db", "j.sqlite"]).out).unwrap();
    assert_eq!(list[0]["state"], "unreadable");
    connection.execute("UPDATE event SET stream = 'f' || substr(stream, 2) WHERE kind = 'calibration'", []).unwrap();
    assert_eq!(sandbox.run(&["verify", "1", "--db", "j.sqlite"]).code, Some(1));
}

#[test]
fn what_is_forgotten_is_used_by_no_session() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    let id = stored(&sandbox)[0].id.to_string();
    assert!(second_day(&sandbox, "w", "latest", &[])["calibration"].is_object());
    let said = sandbox.ok(&["calibration", "forget", &id, "--db", "j.sqlite"]).out;
    assert!(said.contains("forgotten"), "{said}");
    let ended = sandbox.replay("w2.log", "w2", &["--db", "j.sqlite", "--calibration", "latest"]);
    assert!(ended.err.contains("--calibration latest: there is none"), "{}", ended.err);
    assert_eq!(sandbox.json("w2.json")["calibration"], Value::Null);
    let said = sandbox.ok(&["--lang", "zh", "calibration", "list", "--db", "j.sqlite"]).out;
    assert!(said.contains("东大田") && said.contains("已作废"), "{said}");
    sandbox.refused(&["calibration", "forget", "999", "--db", "j.sqlite"], &["j.sqlite", "999", "calibration list"]);
}

#[test]
fn another_machine_takes_it_from_a_file_and_is_less_sure() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &["--machine-name", "一号车"]);
    let id = stored(&sandbox)[0].id.to_string();
    sandbox.ok(&["calibration", "export", &id, "--out", "c.json", "--db", "j.sqlite"]);
    let own = second_day(&sandbox, "w", "latest", &["--machine-name", "一号车"]);
    let sister = ["--machine-name", "二号车"];
    assert_eq!(second_day(&sandbox, "w", "latest", &sister)["calibration"], Value::Null, "nobody has said that it may");
    let none = second_day(&sandbox, "w", "none", &sister);
    let from_file = second_day(&sandbox, "w", "c.json", &sister);
    let twice = [(); 2].map(|()| sandbox.ok(&["calibration", "import", "c.json", "--db", "j.sqlite"]).out);
    assert_eq!(twice[0], twice[1], "it is there once");
    let imported = second_day(&sandbox, "w", "latest", &sister);
    for taken in [&from_file, &imported] {
        assert_eq!(
            (&taken["calibration"]["machine"], &taken["calibration"]["counts"]),
            (&json!("一号车"), &json!(false))
        );
        assert!(
            width(&own) < width(taken) && width(taken) < width(&none),
            "{} {} {}",
            width(&own),
            width(taken),
            width(&none)
        );
        assert_ne!(taken["basis_rear"], "calibrated");
    }
    // Whose plates were touched begins them at their data sheet, in this session and in later ones.
    let touched = second_day(&sandbox, "w", "latest", &["--machine-name", "一号车", "--plates-touched"]);
    let later = second_day(&sandbox, "w", "latest", &["--machine-name", "一号车"]);
    for summary in [&touched, &later] {
        assert_eq!(summary["calibration"]["plates_reset"], json!(true));
        assert!(width(summary) > width(&own));
    }
}

#[test]
fn a_damaged_file_is_refused_by_its_field() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    let id = stored(&sandbox)[0].id.to_string();
    let text = sandbox.ok(&["calibration", "export", &id, "--db", "j.sqlite"]).out;
    let whole: Value = serde_json::from_str(&text).unwrap();
    let import = ["calibration", "import", "c.json", "--db", "j.sqlite"];
    for (path, value, field) in [
        ("/format", json!("other"), "format"),
        ("/version", json!(2), "version"),
        ("/crop", json!("wheet"), "sha256"),
        ("/learned/rated_feed_kg_s", json!(0), "learned.rated_feed_kg_s"),
        ("/learned/rear_pans/conditions/moisture/1", json!(17.5), "learned.rear_pans.conditions.moisture"),
        ("/learned/filter/states/0/mean", json!(99), "learned.filter.states.separation-gain.mean"),
        ("/learned/filter/states/0/sd", json!(-1), "learned.filter.states.separation-gain.sd"),
        ("/learned/filter/states/0/mean", json!(0.1), "sha256"),
        ("/learned/filter/model", json!(0), "learned.filter.model"),
        ("/learned/t_us", json!("yesterday"), "298"),
    ] {
        let mut damaged = whole.clone();
        *damaged.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        sandbox.write("c.json", serde_json::to_string_pretty(&damaged).unwrap());
        sandbox.refused(&import, &["c.json", field]);
        sandbox.refused(&[&["--lang", "zh"], &import[..]].concat(), &["c.json", field, "请"]);
    }
    sandbox.write("c.json", &text[..text.len() / 2]);
    sandbox.refused(&import, &["c.json: line ", "export it again"]);
    assert_eq!(stored(&sandbox).len(), 1, "nothing was taken in");
    sandbox.write("c.json", &text);
    let replay =
        ["replay", "w2.log", "--machine", "combine-demo", "--crop", "barley", "--db", "j.sqlite", "--calibration"];
    sandbox.refused(&[&replay[..], &[&id]].concat(), &["--calibration", "crop", "wheat", "barley"]);
    sandbox.refused(&[&replay[..], &["gone.json"]].concat(), &["--calibration gone.json", "cannot be read"]);
    sandbox.refused(&[&replay[..], &["999"]].concat(), &["no calibration 999"]);
}

#[test]
fn a_journal_of_an_earlier_version_keeps_calibrations_once_it_is_written() {
    let sandbox = Sandbox::new();
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal-version-1.sqlite");
    sandbox.write("j.sqlite", fs::read(kept).unwrap());
    assert!(stored_or_none(&sandbox), "it is read as it is");
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    assert_eq!(stored(&sandbox).len(), 1);
    assert!(second_day(&sandbox, "w", "latest", &[])["calibration"].is_object());
}

/// An older journal has no calibrations, which is no error.
fn stored_or_none(sandbox: &Sandbox) -> bool {
    let list = sandbox.ok(&["calibration", "list", "--json", "--db", "j.sqlite"]).out;
    serde_json::from_str::<Value>(&list).unwrap() == json!([])
}

#[test]
fn a_recomputed_session_begins_as_it_began() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    second_day(&sandbox, "w", "latest", &[]);
    sandbox.ok(&["session", "recompute", "2", "--log", "w2.log", "--db", "j.sqlite"]);
    let journal = Journal::open(&sandbox.path("j.sqlite")).unwrap();
    let totals = |id: &str| journal.session(id).unwrap().totals().unwrap()["rear_loss_kg"].clone();
    assert_eq!(totals("2"), totals("3"));
    assert_eq!(journal.calibration_origin(2).unwrap(), journal.calibration_origin(3).unwrap());
}

#[test]
fn screens_and_reports_say_where_it_comes_from() {
    let sandbox = Sandbox::new();
    two_fields(&sandbox, "w", 3);
    first_day(&sandbox, "w", &[]);
    second_day(&sandbox, "w", "latest", &[]);
    let report =
        |more: &[&str]| sandbox.ok(&[&["report", "2", "--format", "html", "--db", "j.sqlite"], more].concat()).out;
    assert!(report(&["--lang", "zh"]).contains("昨天已标定") && report(&["--lang", "zh"]).contains("地块东大田"));
    assert!(report(&["--lang", "en"]).contains("calibrated yesterday"));
    assert!(!report(&["--redact"]).contains("东大田"));

    let mut now = at("wheat", 3, 300);
    let newest_us = now.readings.t_us - 86_400_000_000;
    let field = Some("东大田".to_owned());
    let origin = CalibrationOrigin { newest_us, rear_pans: 3, field, counts: true, ..CalibrationOrigin::default() };
    now.session.calibration = Some(origin.clone());
    let estimate = now.estimate.as_mut().unwrap();
    (estimate.rear.basis, estimate.header.basis) = (Basis::Calibrated, Basis::Calibrated);
    let main = |now: &_, lang| draw(now, lang).text();
    assert!(main(&now, Lang::Zh).contains("昨天已标定,3 样,地块东大田"), "{}", main(&now, Lang::Zh));
    assert!(main(&now, Lang::En).contains("calibrated yesterday, pans: 3"), "{}", main(&now, Lang::En));
    now.estimate.as_mut().unwrap().header.basis = Basis::ModelOnly;
    assert!(main(&now, Lang::Zh).contains("机后昨天已标定 · 割台模型"), "{}", main(&now, Lang::Zh));
    // Outside the load or the moisture of its pans it is not called calibrated.
    now.estimate.as_mut().unwrap().rear.basis = Basis::Sensed;
    for (outside, zh, en) in [
        (OutsidePans::Load, "传感器;负荷超出标定范围", "sensed; outside the pans' load"),
        (OutsidePans::Moisture, "传感器;水分超出标定范围", "sensed; outside pans' moisture"),
    ] {
        now.pans_outside = PansOutside { rear: Some(outside), header: None };
        assert!(main(&now, Lang::Zh).contains(zh) && main(&now, Lang::En).contains(en), "{}", main(&now, Lang::En));
    }
    // On the screen of the pans the whole sentence has room, whatever is to be said.
    let long = CalibrationOrigin { header_pans: 2, machine: Some("二号车".repeat(3)), ..origin.clone() };
    let touched = CalibrationOrigin { header_pans: 2, plates_reset: true, ..origin.clone() };
    for origin in [origin, long, touched] {
        now.session.calibration = Some(origin);
        for lang in LANGS {
            let drawn = draw_screen(&now, lang, "p", (80, 24));
            assert!(drawn.cut.is_empty() && drawn.text().contains("东大田"), "{:?}\n{}", drawn.cut, drawn.text());
        }
    }
}
