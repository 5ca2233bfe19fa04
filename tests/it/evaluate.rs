//! `evaluate` from outside: its JSON, and its figures against a second reckoning from the files that `simulate` and
//! `replay` write.

use crate::support::run::Sandbox;
use crate::support::table::Table;
use grainloss_evaluation::geometry;
use serde_json::Value;

fn near(what: &str, value: &Value, expected: f64, share: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{what}: {value}"));
    assert!((value - expected).abs() <= share * expected.abs(), "{what}: {value}, reckoned {expected}");
}

fn row<'a>(report: &'a Value, scenario: &str, monitor: &str, pans: u64) -> &'a Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    rows.find(|row| row["scenario"] == scenario && row["monitor"] == monitor && row["pans"] == pans).unwrap()
}

#[test]
fn quick_has_every_key_and_the_same_bytes_again() {
    let sandbox = Sandbox::new();
    let args = ["evaluate", "--quick", "--format", "json"];
    let once = sandbox.ok(&args).out;
    assert_eq!(once, sandbox.ok(&args).out);
    let report: Value = serde_json::from_str(&once).unwrap();
    assert_eq!(report["note"], "simulated plants, structure not shared");
    let sets = report["sets"].as_array().unwrap();
    assert_eq!((&sets[0]["set"], &sets[0]["seeds"][0]), (&"tune".into(), &1.into()));
    assert_eq!((&sets[1]["set"], &sets[1]["seeds"][0]), (&"test".into(), &301.into()));
    let rows = report["rows"].as_array().unwrap();
    // Two sets, each as a whole and its one scenario, five monitors, two numbers of pans.
    assert_eq!(rows.len(), 2 * 2 * 5 * 2);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    for row in rows {
        assert_eq!(
            keys(row),
            "activity basis header level_alarms monitor pans rear scenario sessions set steps ten_seconds total"
        );
        for session in ["header", "rear", "total"] {
            assert_eq!(keys(&row[session]), "coverage error_median error_p90 factor ratio_median");
            assert!(row[session]["error_median"].is_number() && row[session]["error_p90"].is_number(), "{row}");
        }
        assert_eq!(keys(&row["ten_seconds"]), "coverage factor rmse told windows");
        assert_eq!(keys(&row["steps"]), "count delay_median_s told");
        assert_eq!(keys(&row["level_alarms"]), "by_cost cutting_h due false false_min_per_h false_per_h missed raised");
        assert!(row["ten_seconds"]["rmse"].as_f64().unwrap() > 0.0, "{row}");
        let ours = row["monitor"] == "grainloss";
        for of_ours_alone in [&row["activity"], &row["basis"], &row["rear"]["coverage"], &row["ten_seconds"]["factor"]]
        {
            assert_eq!(!of_ours_alone.is_null(), ours, "{row}");
        }
        if ours {
            assert_eq!(keys(&row["activity"]), "lugging right turning_cut");
            assert_eq!(keys(&row["basis"]), "calibrated fault model-only sensed");
        }
    }
    // A pan is used: with one the basis becomes calibrated, without one never.
    let calibrated = |pans| row(&report, "wheat-steady", "grainloss", pans)["basis"]["calibrated"].as_f64().unwrap();
    assert!(calibrated(0) == 0.0 && calibrated(1) > 0.0);
    for target in report["targets"].as_array().unwrap() {
        assert_eq!(keys(target), "figure id least met most");
        let met = target["figure"]
            .as_f64()
            .map(|figure| (target["least"].as_f64().unwrap()..=target["most"].as_f64().unwrap()).contains(&figure));
        assert_eq!(target["met"].as_bool(), met, "{target}");
    }
    let with_cpu: Value =
        serde_json::from_str(&sandbox.ok(&["evaluate", "--quick", "--format", "json", "--cpu"]).out).unwrap();
    assert!(row(&with_cpu, "wheat-steady", "grainloss", 0)["cpu_us_per_step"].as_f64().unwrap() > 0.0);
    let step_us =
        |share: &str| row(&with_cpu, "wheat-steady", "grainloss", 0)["cpu_us_of_a_step"][share].as_f64().unwrap();
    assert!(step_us("p50") > 0.0 && step_us("p50") <= step_us("p99"));
}

#[test]
fn a_harvest_after_a_field_with_pans_is_calibrated_without_its_own() {
    let sandbox = Sandbox::new();
    let plan = ["evaluate", "--format", "json", "--seeds", "1", "--seconds", "1800", "--pans", "0", "--persistence"];
    let out = sandbox.ok(&[&plan[..], &["--scenario", "wheat", "--scenario", "wheat-steady"]].concat()).out;
    let report: Value = serde_json::from_str(&out).unwrap();
    for scenario in ["wheat", "wheat-steady"] {
        let of = |monitor| row(&report, scenario, monitor, 0);
        let calibrated = |monitor| of(monitor)["basis"]["calibrated"].as_f64().unwrap();
        assert!(calibrated("grainloss") == 0.0 && calibrated("earlier-pans") > 0.5, "{scenario}");
        let factor = |monitor| of(monitor)["rear"]["factor"].as_f64().unwrap();
        assert!(factor("earlier-pans") < factor("grainloss"), "{scenario}");
    }
}

/// A harvest as the files of `simulate` and `replay` have it.
struct Files {
    truth: Table,
    trace: Table,
    summary: Value,
}

impl Files {
    fn truth(&self, column: &str) -> Vec<f64> {
        self.truth.numbers(column).into_iter().map(Option::unwrap).collect()
    }

    fn rear(&self) -> Vec<f64> {
        let parts = ["threshing_loss_kg_s", "separation_loss_kg_s", "cleaning_loss_kg_s"].map(|part| self.truth(part));
        (0..parts[0].len()).map(|at| parts.iter().map(|part| part[at]).sum()).collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn f1(told: &[&str], real: &[&str]) -> f64 {
    let count = |a: bool, b: bool| {
        told.iter().zip(real).filter(|(told, real)| ((**told == "1") == a) && ((**real == "1") == b)).count() as f64
    };
    let (precision, recall) = (
        count(true, true) / (count(true, true) + count(true, false)),
        count(true, true) / (count(true, true) + count(false, true)),
    );
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn the_figures_are_those_of_the_files_of_simulate_and_replay() {
    let sandbox = Sandbox::new();
    let args = "evaluate --scenario wheat --seeds 1 --seconds 1500 --pans 0 --sheet-off 1 --format json";
    let report: Value = serde_json::from_str(&sandbox.ok(&args.split(' ').collect::<Vec<_>>()).out).unwrap();
    sandbox.simulate("w", "wheat", 1, 1500);
    sandbox.replay("w.log", "w", &[]);
    let files = Files {
        truth: Table::parse(&sandbox.text("w.truth.csv")),
        trace: Table::parse(&sandbox.text("w.csv")),
        summary: sandbox.json("w.json"),
    };
    assert_eq!((files.truth.rows.len(), files.trace.rows.len()), (1500, 1500));
    let ours = row(&report, "wheat", "grainloss", 0);
    let (rear, header, grain) = (files.rear(), files.truth("header_loss_kg_s"), files.truth("grain_in_kg_s"));
    let rear_kg: f64 = rear.iter().sum();
    let total_kg = rear_kg + header.iter().sum::<f64>();
    let header_kg = total_kg - rear_kg;
    for (key, of, kg) in [
        ("header", "header_loss_kg", header_kg),
        ("rear", "rear_loss_kg", rear_kg),
        ("total", "total_loss_kg", total_kg),
    ] {
        let [lo, value, hi] = ["lo", "value", "hi"].map(|end| files.summary[of][end].as_f64().unwrap());
        near(key, &ours[key]["ratio_median"], value / kg, 1e-4);
        assert!((ours[key]["error_median"].as_f64().unwrap() - (value / kg - 1.0).abs()).abs() < 1e-4);
        near(key, &ours[key]["factor"], (hi / lo).sqrt(), 1e-4);
        near(key, &ours[key]["coverage"], if lo <= kg && kg <= hi { 1.0 } else { 0.0 }, 0.0);
    }

    let said = ["rear_loss_kg_s", "rear_lo", "rear_hi"].map(|column| files.trace.numbers(column));
    let states = files.truth.texts("state");
    let (mut squares, mut inside, mut widths) = (Vec::new(), Vec::new(), Vec::new());
    for from in (0..1500).step_by(10) {
        let (window, real) = (from..from + 10, mean(&rear[from..from + 10]));
        if window.clone().any(|at| states[at] != "cutting") || real < 0.0005 * mean(&grain[from..from + 10]) {
            continue;
        }
        let [value, lo, hi] =
            [0, 1, 2].map(|at| mean(&window.clone().map(|s| said[at][s].unwrap()).collect::<Vec<_>>()));
        squares.push((value / real).ln().powi(2));
        inside.push(if lo <= real && real <= hi { 1.0 } else { 0.0 });
        widths.push((hi / lo).ln());
    }
    let ten = &ours["ten_seconds"];
    assert!(squares.len() > 80, "{}", squares.len());
    assert_eq!((&ten["windows"], &ten["told"]), (&squares.len().into(), &squares.len().into()));
    near("rmse", &ten["rmse"], mean(&squares).sqrt(), 1e-3);
    near("coverage", &ten["coverage"], mean(&inside), 1e-4);
    near("factor", &ten["factor"], (mean(&widths) / 2.0).exp(), 1e-3);

    let right = files.trace.texts("state").iter().zip(&states).filter(|(told, real)| told == real).count();
    near("state", &ours["activity"]["right"], right as f64 / 1500.0, 1e-4);
    for column in ["turning_cut", "lugging"] {
        let reckoned = f1(&files.trace.texts(column), &files.truth.texts(column));
        near(column, &ours["activity"][column]["f1"], reckoned, 1e-4);
        assert!(reckoned > 0.3, "{column}: nothing to be compared");
    }
    let bases: Vec<&str> = files.trace.texts("basis_rear");
    let cutting: Vec<&str> = (0..1500).filter(|&at| states[at] == "cutting").map(|at| bases[at]).collect();
    let known = cutting.iter().filter(|basis| !basis.is_empty()).count() as f64;
    let sensed = cutting.iter().filter(|basis| **basis == "sensed").count() as f64;
    near("sensed", &ours["basis"]["sensed"], sensed / known, 1e-4);

    let alarms: Vec<_> =
        files.summary["alarms"].as_array().unwrap().iter().filter(|a| a["id"] == "loss-level").collect();
    let start = files.truth("t_unix")[0] - 1.0;
    let is_false = |alarm: &&&Value| {
        let at = (alarm["t_unix"].as_f64().unwrap() - start - 0.05).floor() as usize;
        let lost: f64 = (at - 19..=at).map(|at| rear[at] + header[at]).sum();
        lost / grain[at - 19..=at].iter().sum::<f64>() < 0.7 * 0.012
    };
    assert_eq!(ours["level_alarms"]["raised"], alarms.len());
    assert_eq!(ours["level_alarms"]["false"], alarms.iter().filter(is_false).count());

    // B3 without a pan: the crop's usual 0.8 % of the grain, half of three quarters of 8 kg/s, goes with the square of the
    // feed rate, of which it takes the mean of ten seconds.
    let feed: Vec<f64> = files.trace.numbers("feed_kg_s").into_iter().map(|feed| feed.unwrap_or(0.0)).collect();
    let law = 0.008 * 3.0 / 36.0;
    let told: f64 = (0..1500_usize).map(|at| law * mean(&feed[(at + 1).saturating_sub(10)..=at]).powi(2)).sum();
    near("B3", &row(&report, "wheat", "B3", 0)["rear"]["ratio_median"], told / rear_kg, 0.003);
}

#[test]
fn seed_blown_out_past_plates_that_cannot_count_so_fast_is_reported() {
    // Canola, its fan turned up after twenty minutes: four times the loss, and a fifth of the counts, since every hit begins the
    // plates' dead time anew.
    let plan = ["evaluate", "--format", "json", "--seeds", "2", "--seconds", "2100", "--pans", "0"];
    let out = Sandbox::new().ok(&[&plan[..], &["--scenario", "canola-fan"]].concat()).out;
    let report: Value = serde_json::from_str(&out).unwrap();
    let row = row(&report, "canola-fan", "grainloss", 0);
    let figure = |key: &str| row["level_alarms"][key].as_f64().unwrap();
    assert!(figure("due") >= 3.0, "{row}");
    assert!(figure("missed") <= 0.5 * figure("due"), "{row}");
    assert_eq!(figure("false_per_h"), 0.0, "{row}");
    assert!((0.67..1.5).contains(&row["rear"]["ratio_median"].as_f64().unwrap()), "{row}");
    assert!(row["ten_seconds"]["rmse"].as_f64().unwrap() < 0.6, "{row}");
}

/// Told that the crop is lodged, the estimator is the one of `replay --conditions`; both are beside each other.
#[test]
fn crop_that_a_driver_would_describe_is_run_untold_and_told() {
    let sandbox = Sandbox::new();
    let args = "evaluate --scenario wheat-lodged --seeds 1 --seconds 1200 --pans 0 --sheet-off 1";
    let run = |more: &str| sandbox.ok(&format!("{args} {more}").split(' ').collect::<Vec<_>>()).out;
    let report: Value = serde_json::from_str(&run("--format json")).unwrap();
    let rows = report["conditions"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    let both = &rows[0];
    assert_eq!(
        (&both["scenario"], &both["said"], &both["pans"]),
        (&"wheat-lodged".into(), &"lodged".into(), &0.into())
    );
    assert_eq!(both["untold"]["header"], row(&report, "wheat-lodged", "grainloss", 0)["header"]);
    sandbox.simulate("w", "wheat-lodged", 301, 1200);
    sandbox.write("lodged.csv", "t_unix,stand\n,lodged\n");
    let header_kg = Table::parse(&sandbox.text("w.truth.csv")).sum("header_loss_kg_s");
    for (side, more) in [("untold", &[][..]), ("told", &["--conditions", "lodged.csv"][..])] {
        sandbox.replay("w.log", side, more);
        let [lo, value, hi] = ["lo", "value", "hi"]
            .map(|end| sandbox.json(&format!("{side}.json"))["header_loss_kg"][end].as_f64().unwrap());
        near(side, &both[side]["header"]["ratio_median"], value / header_kg, 1e-3);
        near(side, &both[side]["header"]["factor"], (hi / lo).sqrt(), 1e-3);
        near(side, &both[side]["header"]["coverage"], if lo <= header_kg && header_kg <= hi { 1.0 } else { 0.0 }, 0.0);
    }
    for (lang, title, said) in
        [("en", "What the driver says of the crop", "lodged"), ("zh", "机手所述作物状况", "倒伏")]
    {
        let table = run(&format!("--lang {lang}"));
        let block = table.split("\n\n").find(|block| block.starts_with(title)).unwrap();
        assert!(block.contains(said) && block.lines().count() == 3, "{block}");
    }
}

#[test]
fn the_table_speaks_both_languages_and_its_columns_stand() {
    let sandbox = Sandbox::new();
    for (lang, title, met) in [("en", "structure not shared", "not judged"), ("zh", "模型结构不同源", "未评")]
    {
        let out = sandbox.ok(&["evaluate", "--quick", "--lang", lang]).out;
        for word in [title, met, "wheat-steady", "wheat-turns", "B0", "B1", "B2", "B3"] {
            assert!(out.contains(word), "{lang}: no {word} in\n{out}");
        }
        assert!(!out.contains("evaluate-"), "a key without its words:\n{out}");
        // The fourth column of the first block begins at the same place in every line.
        let block: Vec<&str> = out.split("\n\n").nth(1).unwrap().lines().skip(1).collect();
        let place = |line: &str| {
            let begins = |&(at, c): &(usize, char)| c != ' ' && line[..at].ends_with("  ");
            let third = line.char_indices().filter(begins).nth(2).unwrap().0;
            unicode_width::UnicodeWidthStr::width(&line[..third])
        };
        assert!(block.len() > 10 && block.iter().all(|line| place(line) == place(block[0])), "{out}");
    }
}

#[test]
fn bad_arguments_say_what_is_expected() {
    let sandbox = Sandbox::new();
    sandbox.refused(&["evaluate", "--scenario", "wheatt"], &["wheatt"]);
    sandbox.refused(&["evaluate", "--scenario", "wheat", "--set", "test"], &["--scenario", "--set"]);
    sandbox.refused(&["evaluate", "--seconds", "10"], &["300"]);
    sandbox.refused(&["evaluate", "--pans", "x"], &["--pans"]);
    sandbox.refused(&["evaluate", "--sheet-off", "0"], &["1 to 10"]);
    sandbox.refused(&["evaluate", "--quick", "--pans", "0,50"], &["--pans 50"]);
}

#[test]
fn every_machine_of_the_simulator_has_the_measures_of_its_data_sheet() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("simulator/machines");
    let mut machines = 0;
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let sheet: toml::Table = toml::from_str(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
        let name = entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
        let ours = geometry(&name).unwrap_or_else(|| panic!("{name}"));
        let number = |value: &toml::Value| value.as_float().unwrap();
        assert_eq!(ours.header_width_m, number(&sheet["header_width_m"]), "{name}");
        assert_eq!(ours.discharge_width_m, number(&sheet["discharge_width_m"]), "{name}");
        assert_eq!(ours.rated_feed_kg_s, number(&sheet["rated_feed_kg_s"]), "{name}");
        assert_eq!(ours.reel_diameter_m, Some(number(&sheet["header"]["reel_diameter_m"])), "{name}");
        assert_eq!(ours.rated_engine_rpm, number(&sheet["engine"]["rated_rpm"]), "{name}");
        machines += 1;
    }
    assert!(machines >= 4);
}

#[test]
fn parameters_are_listed_changed_and_swept() {
    let sandbox = Sandbox::new();
    let list = |more: &[&str]| -> Vec<Value> {
        let args = [&["evaluate", "--params", "--format", "json"], more].concat();
        serde_json::from_str(&sandbox.ok(&args).out).unwrap()
    };
    let value = |list: &[Value], name: &str| {
        list.iter().find(|param| param["name"] == name).unwrap()["value"].as_f64().unwrap()
    };
    let (usual, changed) = (list(&[]), list(&["--param", "filter.plate_sd=0.4"]));
    assert_eq!((value(&usual, "filter.plate_sd"), value(&changed, "filter.plate_sd")), (0.8, 0.4));
    assert_eq!(usual.iter().zip(&changed).filter(|(a, b)| a != b).count(), 1);
    assert!(sandbox.ok(&["evaluate", "--params"]).out.contains("filter.plate_sd"));
    sandbox.refused(&["evaluate", "--param", "filter.none=1"], &["filter.none", "no such parameter"]);
    // Plates of which little is known leave a wider interval than plates that are sure.
    let args = [
        "evaluate",
        "--quick",
        "--scenario",
        "wheat-steady",
        "--pans",
        "0",
        "--format",
        "json",
        "--sweep",
        "filter.plate_sd=0.1..0.9:2",
    ];
    let sweep: Vec<Value> = serde_json::from_str(&sandbox.ok(&args).out).unwrap();
    let factor =
        |at: usize| row(&sweep[at]["report"], "wheat-steady", "grainloss", 0)["rear"]["factor"].as_f64().unwrap();
    assert_eq!((sweep.len(), sweep[1]["value"].as_f64()), (2, Some(0.9)));
    assert!(factor(0) < factor(1), "{} {}", factor(0), factor(1));
    // The advisor gets them as well: where the loss is above the limit, an alarm whose mistake costs little is raised.
    let raised = |cost: &str| {
        let param = format!("level_alarm.false_alarm_cost={cost}");
        let args =
            "evaluate --quick --scenario wheat-hurried --pans 0 --format json --param".split(' ').chain([&*param]);
        let report: Value = serde_json::from_str(&sandbox.ok(&args.collect::<Vec<_>>()).out).unwrap();
        row(&report, "wheat-hurried", "grainloss", 0)["level_alarms"]["raised"].as_i64().unwrap()
    };
    let (unsure, sure) = (raised("0.5"), raised("100000"));
    assert!(unsure > 0 && sure == 0, "{unsure} {sure}");
}
