//! The price of habits, and who drove: against the simulator's truth, and parts that add up to their session.

use crate::support::db::{open, value};
use crate::support::run::Sandbox;
use crate::support::table::Table;
use serde_json::Value;

/// What a fault cost in truth, kg: by plain sums over the simulator's rows. At the header, the loss beyond the usual share
/// while it goes on; behind the machine, the same of the grain that was cut six seconds before, from the fourth second of
/// a fault to the twelfth after it.
fn truth_kg(truth: &Table, faults: &[bool]) -> f64 {
    let column = |name: &str| truth.numbers(name).into_iter().map(Option::unwrap).collect::<Vec<f64>>();
    let (grain, header) = (column("grain_in_kg_s"), column("header_loss_kg_s"));
    let rear = ["threshing_loss_kg_s", "separation_loss_kg_s", "cleaning_loss_kg_s"].map(column);
    let rear: Vec<f64> = (0..grain.len()).map(|at| rear.iter().map(|part| part[at]).sum()).collect();
    let cutting: Vec<bool> = truth.texts("state").into_iter().map(|state| state == "cutting").collect();
    let any = |from: usize, to: usize| faults[from..=to.min(faults.len() - 1)].iter().any(|fault| *fault);
    let normal = |at: &usize| *at >= 20 && cutting[at - 15..=*at].iter().all(|cuts| *cuts) && !any(at - 20, at + 2);
    let normal: Vec<usize> = (0..grain.len()).filter(normal).collect();
    let sum = |of: &[f64]| normal.iter().map(|at| of[*at]).sum::<f64>();
    let (at_header, behind) = (sum(&header) / sum(&grain), sum(&rear) / sum(&grain));
    let more_header: f64 = (0..grain.len()).filter(|at| faults[*at]).map(|at| header[at] - at_header * grain[at]).sum();
    let left = |at: &usize| *at >= 11 && any(at - 11, at - 3);
    let more_rear: f64 = (0..grain.len()).filter(left).map(|at| rear[at] - behind * grain[at - 6]).sum();
    more_header + more_rear
}

/// Half an hour of a scenario: the report, and the truth.
fn half_an_hour(scenario: &str, seed: &str) -> (Sandbox, Value, Table) {
    let sandbox = Sandbox::new();
    let common = ["--scenario", scenario, "--seed", seed, "--seconds", "1800"];
    sandbox.ok(&[&["simulate", "--out", "s.log", "--truth", "s.csv"], &common[..]].concat());
    sandbox.ok(&[&["demo", "--headless", "--db", "j.sqlite", "--operator", "张三"], &common[..]].concat());
    let report = sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "json"]).out;
    let truth = Table::parse(&sandbox.text("s.csv"));
    (sandbox, serde_json::from_str(&report).unwrap(), truth)
}

fn price<'a>(report: &'a Value, habit: &str) -> &'a Value {
    let habits = report["drivers"][0]["habits"].as_array().unwrap();
    habits.iter().find(|price| price["habit"] == habit).unwrap_or_else(|| panic!("{habit}: {habits:?}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[test]
fn cuts_in_the_turn_and_a_knife_too_high_cost_what_they_cost_in_truth() {
    for (scenario, habit) in [("wheat-corners", "turning-cut"), ("wheat-header", "high-cut")] {
        for seed in ["1", "2"] {
            let (_, report, truth) = half_an_hour(scenario, seed);
            let faults: Vec<bool> = if habit == "turning-cut" {
                truth.numbers("turning_cut").into_iter().map(|flag| flag == Some(1.0)).collect()
            } else {
                // The crop's stubble limit of 15 cm, and 3 cm for the sensor.
                let high = truth.numbers("header_height_m").into_iter().map(|m| (0.18..0.5).contains(&m.unwrap()));
                high.zip(truth.texts("state")).map(|(high, state)| high && state == "cutting").collect()
            };
            let (found, true_kg) = (price(&report, habit), truth_kg(&truth, &faults));
            let [lo, told, hi] = ["lo", "value", "hi"].map(|end| number(&found["kg"][end]));
            assert!(lo < true_kg && true_kg < hi, "{scenario} {seed}: truth {true_kg}, {found}");
            assert!(told > 0.0 && told < number(&found["lost_kg"]), "{found}");
        }
    }
}

#[test]
fn prices_of_habits_add_up_to_less_than_the_loss_and_what_is_noise_is_not_told() {
    let (_, report, truth) = half_an_hour("wheat", "2");
    let habits = report["drivers"][0]["habits"].as_array().unwrap();
    let told: f64 = habits.iter().filter_map(|price| price["kg"]["value"].as_f64()).sum();
    let gross: f64 = habits.iter().map(|price| number(&price["lost_kg"])).sum();
    let lost = number(&report["totals"]["total_loss_kg"]["value"]);
    assert!(told > 0.0 && told <= gross && gross <= lost, "{told} {gross} {lost}");
    // Pulled down: the truth's flag, 95 % of the rated speed while feeding.
    let pulled: Vec<bool> = truth.numbers("lugging").into_iter().map(|flag| flag == Some(1.0)).collect();
    let (found, true_kg) = (&price(&report, "throttle")["kg"], truth_kg(&truth, &pulled));
    assert!(number(&found["lo"]) < true_kg && true_kg < number(&found["hi"]), "{true_kg} {found}");
    for price in habits {
        assert_eq!(price["kg"].is_null(), !price["kg_untold"].is_null(), "null and a reason, or a figure: {price}");
        assert!(price["money"].is_null(), "no price, no money: {price}");
    }
    // An operator who works the throttle most of the time has no normal work to compare with.
    let (_, report, _) = half_an_hour("wheat-throttle", "1");
    let found = price(&report, "throttle");
    assert!(found["kg"].is_null() && found["kg_untold"] == "no-normal-work", "{found}");
}

/// Another driver from this second of the session on, as the service records it.
fn changes_driver(sandbox: &Sandbox, at_s: i64, name: &str, turns: i64) -> i64 {
    let journal = open(&sandbox.path("j.sqlite"));
    let began: i64 = value(&journal, "SELECT min(t_us) FROM sample WHERE session = 1", &[]);
    let (t_us, seq) = (began + at_s * 1_000_000, 1_000_000);
    let turned = "INSERT INTO event (session, seq, t_us, kind, id, count) VALUES (1, ?1, ?2, 'turns', 'at-change', ?3)";
    journal.execute(turned, (seq, t_us, turns)).unwrap();
    let fact = "INSERT INTO fact (session, seq, t_us, item, value) VALUES (1, ?1, ?2, 'operator', ?3)";
    journal.execute(fact, (seq + 1, t_us, name)).unwrap();
    t_us
}

#[test]
fn two_drivers_add_up_to_their_session_and_each_has_the_faults_of_the_own_time() {
    let (sandbox, whole, _) = half_an_hour("wheat", "2");
    let only = whole["drivers"][0].clone();
    assert_eq!(whole["drivers"].as_array().unwrap().len(), 1);
    let journal = open(&sandbox.path("j.sqlite"));
    // After the first times that the engine was pulled down, and before nothing else of the kind.
    let last = "SELECT max(t_us) - (SELECT min(t_us) FROM sample) FROM event WHERE kind = 'notice' AND id = 'throttle'";
    let last_s = value::<i64>(&journal, last, &[]) / 1_000_000;
    let t_us = changes_driver(&sandbox, last_s + 60, "周八", 3);
    let report = sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "json"]).out;
    let report: Value = serde_json::from_str(&report).unwrap();
    let [first, second] = report["drivers"].as_array().unwrap().as_slice() else { panic!("{}", report["drivers"]) };
    assert_eq!((&first["operator"], &second["operator"]), (&"张三".into(), &"周八".into()));
    for whole in ["seconds", "cutting_s", "turning_s", "turns", "turning_cuts", "luggings", "alarms"] {
        let sum = number(&first[whole]) + number(&second[whole]);
        assert_eq!(sum, number(&only[whole]), "{whole}");
    }
    for part in ["grain_kg", "area_ha"] {
        let sum = number(&first[part]) + number(&second[part]);
        assert!((sum / number(&only[part]) - 1.0).abs() < 1e-5, "{part}: {sum} {}", only[part]);
    }
    for part in ["header_loss_kg", "rear_loss_kg", "total_loss_kg"] {
        let sum = number(&first[part]["value"]) + number(&second[part]["value"]);
        let session = number(&report["totals"][part]["value"]);
        assert!((sum / session - 1.0).abs() < 2e-5, "{part}: {sum} {session}");
    }
    let seconds = "SELECT count(*) FROM sample WHERE session = 1 AND t_us <= ?1";
    assert_eq!(number(&first["seconds"]) as i64, value::<i64>(&journal, seconds, &[&t_us]));
    // Every lugging was the first driver's, and so is its price.
    assert_eq!((number(&second["luggings"]), number(&second["turning_cuts"])), (0.0, 0.0));
    assert!(number(&first["luggings"]) > 0.0);
    let throttle = |driver: &Value| driver["habits"].as_array().unwrap().iter().any(|one| one["habit"] == "throttle");
    assert!(throttle(first) && !throttle(second), "{}", report["drivers"]);

    // A finding is of who did it: luggings of the first driver were booked to the second.
    let list = sandbox.ok(&["followup", "findings", "--db", "j.sqlite", "--format", "json", "--lang", "en"]).out;
    let list: Value = serde_json::from_str(&list).unwrap();
    let of = |what: &str| -> Vec<&Value> {
        list.as_array().unwrap().iter().filter(|row| row["What"] == what).map(|row| &row["Operator"]).collect()
    };
    assert_eq!(of("pulls the engine down too often"), ["张三"], "{list}");

    // The report's tables name both; a redacted one names none.
    let html = sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "html", "--lang", "zh"]).out;
    for part in ["操作习惯", "油门控制不当", "周八", "多损失 (kg)"] {
        assert!(html.contains(part), "{part}");
    }
    for format in ["html", "json"] {
        let hidden = sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", format, "--redact"]).out;
        assert!(!hidden.contains("周八") && !hidden.contains("张三"), "{format}: a name");
    }
    // Chosen by either name.
    for name in ["张三", "周八"] {
        sandbox.ok(&["report", "--operator", name, "--db", "j.sqlite", "--format", "xlsx", "--out", "o.xlsx"]);
    }
}

#[test]
fn a_driver_of_two_minutes_is_not_charged_with_what_happened_before() {
    // A journal of before, which says nothing of habits and turns.
    let (sandbox, _, _) = half_an_hour("wheat", "2");
    open(&sandbox.path("j.sqlite"))
        .execute("DELETE FROM event WHERE kind IN ('habit', 'habit-over', 'habits')", [])
        .unwrap();
    changes_driver(&sandbox, 1680, "周八", 0);
    open(&sandbox.path("j.sqlite")).execute("DELETE FROM event WHERE kind = 'turns'", []).unwrap();
    let report = sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "json"]).out;
    let report: Value = serde_json::from_str(&report).unwrap();
    let [first, second] = report["drivers"].as_array().unwrap().as_slice() else { panic!("{}", report["drivers"]) };
    assert!(first["turns"].is_null() && second["turns"].is_null(), "not known to whom");
    assert!((number(&second["seconds"]) - 120.0).abs() <= 1.0);
    let list = sandbox.ok(&["followup", "findings", "--db", "j.sqlite", "--format", "json", "--lang", "en"]).out;
    assert!(!list.contains("周八"), "less than ten minutes of cutting raise nothing: {list}");
}
