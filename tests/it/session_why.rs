//! `session why`: the estimate at one moment, and what each measurement contributed to it.

use crate::support::db::{open, value};
use crate::support::run::Sandbox;
use grainloss_knowledge::{Lang, Words};
use serde_json::Value;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_S: i64 = 1_749_520_800;

/// Ten minutes of wheat with one pan behind the machine, as session 1 of `j.sqlite`.
fn stored_session(sandbox: &Sandbox) {
    sandbox.ok(&["simulate", "--scenario", "wheat", "--seed", "11", "--seconds", "600", "--out", "w.log"]);
    let (dropped, known) = (START_S + 380, START_S + 420);
    sandbox.write(
        "pans.csv",
        format!(
            "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2\n\
             {dropped},{known},rear,0.3,1.30,2.75,42,,\n"
        ),
    );
    sandbox.replay("w.log", "w", &["--db", "j.sqlite", "--pans", "pans.csv"]);
}

fn why(sandbox: &Sandbox, more: &[&str]) -> Value {
    let args = [&["session", "why", "1", "--db", "j.sqlite", "--format", "json"], more].concat();
    serde_json::from_str(&sandbox.ok(&args).out).unwrap()
}

#[test]
fn the_answer_is_the_trace_and_the_stored_records_of_that_time() {
    let sandbox = Sandbox::new();
    stored_session(&sandbox);
    let connection = open(&sandbox.path("j.sqlite"));
    // An update of the sieves' plates, with all its numbers.
    let t_us: i64 = value(
        &connection,
        "SELECT max(t_us) FROM fusion WHERE measurement = 'cleaning-plates' AND outcome = 'fused'",
        &[],
    );
    let t_s = t_us / 1_000_000;
    let answer = why(&sandbox, &["--at-unix", &t_s.to_string()]);
    assert_eq!((&answer["session"], &answer["t_us"]), (&1.into(), &t_us.into()));

    // The estimate is the trace's row of that second.
    let trace = sandbox.text("w.csv");
    let mut lines = trace.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = lines.find(|line| line.starts_with(&format!("{t_s}."))).unwrap();
    let field = |name: &str| row.split(',').nth(names.iter().position(|n| *n == name).unwrap()).unwrap();
    let total = &answer["estimate"]["total_pct"];
    for (key, name) in [("value", "total_pct"), ("lo", "total_lo"), ("hi", "total_hi")] {
        assert_eq!(total[key].as_f64().unwrap(), field(name).parse::<f64>().unwrap(), "{name}");
    }
    assert_eq!(answer["estimate"]["basis"], field("basis"));

    // The measurement is the table's row, whose numbers fit each other.
    let measurements = answer["measurements"].as_array().unwrap();
    let find = |word: &str| measurements.iter().find(|found| found["measurement"] == word).unwrap();
    let plates = find("cleaning-plates");
    let column = |name: &str| -> f64 {
        let sql = format!("SELECT {name} FROM fusion WHERE measurement = 'cleaning-plates' AND t_us = ?1");
        value(&connection, &sql, &[&t_us])
    };
    let [innovation, variance, ratio] =
        ["innovation", "variance", "test_ratio"].map(|name| plates[name].as_f64().unwrap());
    assert_eq!([innovation, variance, ratio], ["innovation", "variance", "test_ratio"].map(column));
    assert!(variance > 0.0 && (ratio - innovation * innovation / variance).abs() < 1e-9);
    assert_eq!((&plates["t_us"], &plates["outcome"], &plates["reason"]), (&t_us.into(), &"fused".into(), &Value::Null));

    // The pan is found although it is older than the window: used, and its innovation is that of the pan's own record.
    let pan = find("rear-pan");
    let found: f64 = value(&connection, "SELECT log_found_over_expected FROM pan", &[]);
    assert!((pan["innovation"].as_f64().unwrap() - found).abs() < 1e-6, "{pan} {found}");
    assert_eq!(pan["t_us"], (START_S + 420) * 1_000_000);
    // Before the pan was known there is none.
    let before = why(&sandbox, &["--at-unix", &(START_S + 419).to_string()]);
    assert!(before["measurements"].as_array().unwrap().iter().all(|found| found["measurement"] != "rear-pan"));

    // 02:08:20 UTC is 500 s after the start; the same time both ways.
    assert_eq!(why(&sandbox, &["--at", "02:08:20"]), why(&sandbox, &["--at-unix", &(START_S + 500).to_string()]));
}

#[test]
fn the_table_has_plain_words_in_both_languages() {
    let sandbox = Sandbox::new();
    stored_session(&sandbox);
    let connection = open(&sandbox.path("j.sqlite"));
    let (innovation, variance): (f64, f64) = connection
        .query_row("SELECT innovation, variance FROM fusion WHERE measurement = 'rear-pan'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let args = ["session", "why", "last", "--db", "j.sqlite", "--at", "02:08"];
    let table = sandbox.ok(&args).out;
    assert!(table.starts_with("session 1 at 2025-06-10 02:08:00 UTC\nloss "), "{table}");
    let line = table.lines().find(|line| line.starts_with("pan behind the machine")).unwrap();
    let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let expected = [
        "02:07:00".to_owned(),
        format!("{:.2}", innovation.exp()),
        format!("{innovation:.3}"),
        format!("{:.3}", variance.sqrt()),
        format!("{:.2}", innovation * innovation / variance),
        "used".to_owned(),
    ];
    assert_eq!(cells[1..], expected, "{table}");
    let chinese = sandbox.ok(&[&args[..], &["--lang", "zh"]].concat()).out;
    assert!(chinese.contains("机后取样") && chinese.contains("采用") && chinese.contains("依据"), "{chinese}");
    assert!(!chinese.contains("why-") && !table.contains("why-"));
}

#[test]
fn a_time_outside_the_session_is_refused_and_an_old_journal_has_no_records() {
    let sandbox = Sandbox::new();
    stored_session(&sandbox);
    let args = ["session", "why", "1", "--db", "j.sqlite"];
    sandbox.refused(&[&args[..], &["--at", "03:00"]].concat(), &["--at", "02:00", "02:10:00 UTC"]);
    sandbox.refused(&[&args[..], &["--at", "25:00"]].concat(), &["25:00", "14:32:05"]);
    sandbox.refused(&[&args[..], &["--at-unix", "7"]].concat(), &["--at-unix", "name a time within it"]);
    let old = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal-version-1.sqlite");
    sandbox.write("old.sqlite", std::fs::read(old).unwrap());
    let answer = sandbox.ok(&["session", "why", "1", "--db", "old.sqlite"]).out;
    assert!(answer.contains("no record of a measurement"), "{answer}");
}

#[test]
fn every_reason_has_words() {
    use grainloss_core::harvest::NotFusedReason as Why;
    let reasons = [
        Why::NotCutting,
        Why::FeedUnknown,
        Why::NoReading,
        Why::PlateFault,
        Why::PlateNoise,
        Why::TransitUnknown,
        Why::WindowNotFull,
        Why::TooFewCounts,
        Why::IndexOutOfRange,
        Why::Impossible,
        Why::TooOld,
        Why::ShedUnknown,
        Why::OutsideSession,
        Why::BlunderProbable,
        Why::MoreThanCameIn,
        Why::JumpUnconfirmed,
        Why::Disturbed,
    ];
    for lang in [Lang::Zh, Lang::En] {
        let words = Words::new(lang);
        for why in reasons {
            assert!(words.has(&format!("session-why-reason-{}", why.word())), "{lang:?} {why:?}");
        }
        // A doubtful pan as an event, in reports and as a reason, and the event of the crop.
        for key in ["pan-doubtful", "pans-doubtful", "pans-doubtful-next", "pans-doubtful-short", "event-crop"] {
            assert!(words.has(key), "{lang:?} {key}");
        }
    }
}

#[test]
fn a_changed_record_breaks_the_proof() {
    let sandbox = Sandbox::new();
    stored_session(&sandbox);
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
    let changed = "UPDATE fusion SET innovation = innovation + 0.01 WHERE measurement = 'rear-pan'";
    assert_eq!(open(&sandbox.path("j.sqlite")).execute(changed, []).unwrap(), 1);
    let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
    // The pan was known 420 s after the start, the end of the seventh minute.
    assert!(ended.code == Some(1) && ended.out.contains("altered in minute 7"), "{}", ended.out);
}
