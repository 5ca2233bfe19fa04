//! A report of many sessions: what adds up is added, a per cent is of one crop, and what cannot be told is not told.

use std::sync::OnceLock;

use crate::report::workbook;
use crate::support::run::Sandbox;

/// Two sessions of wheat by two drivers, and one of rice.
pub(crate) fn journal() -> &'static Sandbox {
    static MADE: OnceLock<Sandbox> = OnceLock::new();
    MADE.get_or_init(|| {
        let sandbox = Sandbox::new();
        let all = [("wheat-steady", "1", "张三"), ("wheat-hurried", "2", "李四"), ("rice-tracked", "3", "张三")];
        for (scenario, seed, operator) in all {
            let demo = ["demo", "--headless", "--scenario", scenario, "--seed", seed, "--seconds", "1200"];
            sandbox.ok(&[&demo[..], &["--db", "j.sqlite", "--operator", operator]].concat());
        }
        sandbox
    })
}

#[test]
fn kilograms_add_and_a_per_cent_is_of_one_crop() {
    let sandbox = journal();
    let totals: Vec<serde_json::Value> = ["1", "2"]
        .into_iter()
        .map(|id| {
            sandbox.ok(&["report", id, "--db", "j.sqlite", "--format", "json", "--out", "s.json"]);
            sandbox.json("s.json")["totals"].clone()
        })
        .collect();
    let of = |at: usize, key: &str, part: &str| totals[at][key][part].as_f64().unwrap();
    let sum = |key: &str, part: &str| of(0, key, part) + of(1, key, part);
    // The grain of which each loss is the share; the sums' share is their loss over it.
    let grain = |at: usize| of(at, "total_loss_kg", "value") / of(at, "total_loss_pct", "value");
    let percent = sum("total_loss_kg", "value") / (grain(0) + grain(1));
    sandbox.ok(&["report", "1", "2", "3", "--db", "j.sqlite", "--format", "xlsx", "--lang", "en", "--out", "m.xlsx"]);
    let Some(book) = workbook(sandbox, "m.xlsx") else { return };
    let sheet = &book["values"]["Summary"];
    let row = (1..40).find(|row| sheet[format!("A{row}")][1] == "wheat").expect("a row for wheat");
    let number = |column: &str| sheet[format!("{column}{row}")][1].as_f64().unwrap();
    assert_eq!(number("B"), 2.0);
    assert!((number("F") - sum("total_loss_kg", "value")).abs() < 1e-6, "{}", number("F"));
    assert!((number("G") - sum("total_loss_kg", "lo")).abs() < 1e-6);
    assert!((number("I") - percent).abs() < 1e-6, "{} {percent}", number("I"));
    let rice = (1..40).find(|row| sheet[format!("A{row}")][1] == "rice").expect("a row for rice");
    assert_eq!(rice, row + 1, "a row for each crop, and none over them");
    assert_ne!(sheet[format!("A{}", rice + 1)][1], "all");
}

#[test]
fn drivers_are_beside_each_other_within_a_crop_and_overlap_is_said() {
    let sandbox = journal();
    let args = ["report", "1", "2", "3", "--db", "j.sqlite", "--format", "html", "--lang", "en", "--out", "m.html"];
    sandbox.ok(&args);
    let page = sandbox.text("m.html");
    assert!(page.contains("wheat: loss rate of each driver") && !page.contains("rice: loss rate of each driver"));
    // Two uncalibrated sessions: the intervals are wider than any difference.
    assert!(page.contains("<td>cannot be told</td>") && !page.contains("<td>lowest</td>"));
    assert!(page.contains("3 sessions, ") && page.contains("below the limit of"), "a sentence for each crop");
}

#[test]
fn a_crop_without_a_limit_is_said_to_have_none() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "600", "--db", "j.sqlite"]);
    // As a session of a crop for which the files have no limit.
    let journal = rusqlite::Connection::open(sandbox.path("j.sqlite")).unwrap();
    journal.execute("UPDATE session SET limit_id = NULL, limit_percent = NULL, limit_source = NULL", []).unwrap();
    drop(journal);
    sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "html", "--lang", "zh", "--out", "n.html"]);
    assert!(sandbox.text("n.html").contains("该作物没有已知的限值"));
}
