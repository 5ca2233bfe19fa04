//! Golden traces: what the estimator says of eight simulated harvests, kept under version control, so that every commit
//! that moves an estimate shows by how much. They show *that* something moved, not that it is right.
//!
//! Renew them with `GRAINLOSS_RENEW_TRACES=1 cargo test --test change_indication`; the difference goes into the commit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::run::Sandbox;
use crate::support::table::Table;
use serde_json::Value;

/// Ten minutes of each.
const SECONDS: u64 = 600;
/// Figures that are compared: enough to see a change, few enough that another order of additions is none.
const DIGITS: usize = 4;

/// One harvest: name, scenario, crop, seed, whether pans are used, what is changed in the scenario's text.
struct Run {
    name: &'static str,
    scenario: &'static str,
    crop: &'static str,
    seed: u64,
    with_pans: bool,
    changes: &'static [(&'static str, &'static str)],
}

const fn run(name: &'static str, crop: &'static str, seed: u64, with_pans: bool) -> Run {
    Run { name, scenario: name, crop, seed, with_pans, changes: &[] }
}

const RUNS: [Run; 8] = [
    run("wheat", "wheat", 11, true),
    run("wheat-faults", "wheat", 12, false),
    run("wheat-dead-plate", "wheat", 13, true),
    run("wheat-lodged", "wheat", 14, false),
    run("wheat-throttle", "wheat", 15, false),
    Run {
        // The fan is turned up within the ten minutes.
        changes: &[
            ("start_s = 1200\nduration_s = 900", "start_s = 240\nduration_s = 120"),
            ("start_s = 2100", "start_s = 360"),
        ],
        ..run("canola-fan", "canola", 16, false)
    },
    run("rice-tracked", "rice", 17, true),
    run("barley-walker", "barley", 18, false),
];

#[test]
fn estimates_are_those_of_the_golden_traces() {
    let renew = std::env::var_os("GRAINLOSS_RENEW_TRACES").is_some();
    let folder = root().join("tests/change_indication");
    let mut report = String::new();
    std::thread::scope(|scope| {
        let runs: Vec<_> = RUNS.iter().map(|run| (run, scope.spawn(|| replayed(run)))).collect();
        for (run, found) in runs {
            let (trace, summary) = found.join().unwrap();
            let files = [(format!("{}.csv", run.name), trace), (format!("{}.json", run.name), summary)];
            for (name, found) in files {
                let path = folder.join(&name);
                if renew {
                    std::fs::write(&path, &found).unwrap();
                }
                let golden = std::fs::read_to_string(&path).unwrap_or_default();
                if golden != found {
                    writeln!(report, "{name}: {}", difference(&golden, &found)).unwrap();
                }
            }
        }
    });
    assert!(
        report.is_empty(),
        "estimates moved; if that is meant, renew with GRAINLOSS_RENEW_TRACES=1 and say why in the commit:\n{report}"
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Trace and summary of a run, rounded.
fn replayed(run: &Run) -> (String, String) {
    let sandbox = Sandbox::new();
    let file = root().join(format!("simulator/scenarios/{}.toml", run.scenario));
    let mut scenario = std::fs::read_to_string(file).unwrap();
    for (old, new) in run.changes {
        assert!(scenario.contains(old), "{}: no '{old}'", run.scenario);
        scenario = scenario.replace(old, new);
    }
    sandbox.write("scenario.toml", scenario);
    let (seconds, seed) = (SECONDS.to_string(), run.seed.to_string());
    sandbox.ok(&[
        "simulate",
        "--scenario",
        "scenario.toml",
        "--seed",
        &seed,
        "--seconds",
        &seconds,
        "--out",
        "bus.log",
        "--pans",
        "found.csv",
    ]);
    let mut args = vec![
        "replay",
        "bus.log",
        "--machine",
        "combine-demo",
        "--crop",
        run.crop,
        "--trace",
        "trace.csv",
        "--summary",
        "summary.json",
    ];
    if run.with_pans {
        sandbox.write("pans.csv", known_soon(&Table::parse(&sandbox.text("found.csv"))));
        args.extend(["--pans", "pans.csv"]);
    }
    sandbox.ok(&args);
    let summary = rounded_json(sandbox.json("summary.json"));
    (rounded_csv(&sandbox.text("trace.csv")), serde_json::to_string_pretty(&summary).unwrap() + "\n")
}

/// The same pans, counted half a minute after they fell, so that ten minutes see what they teach.
fn known_soon(pans: &Table) -> String {
    let (fell, known) = ("t_unix", "t_known_unix");
    let place = |name: &str| pans.header.iter().position(|column| column == name).unwrap();
    let mut text = pans.header.join(",") + "\n";
    for row in &pans.rows {
        let mut row = row.clone();
        row[place(known)] = (row[place(fell)].parse::<f64>().unwrap() + 30.0).to_string();
        text += &(row.join(",") + "\n");
    }
    text
}

/// A number to [`DIGITS`] figures; times keep all of theirs.
fn rounded(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || value.abs() >= 1e9 {
        return value.to_string();
    }
    format!("{value:.*e}", DIGITS - 1).parse::<f64>().unwrap().to_string()
}

fn rounded_csv(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let fields = line.split(',').map(|field| field.parse().map_or_else(|_| field.to_owned(), rounded));
        fields.collect::<Vec<_>>().join(",") + "\n"
    });
    lines.collect()
}

/// Without what changes with every version or path of a file.
fn rounded_json(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let dull = ["software", "log_sha256", "profile_sha256"];
            let kept = entries.into_iter().filter(|(key, _)| !dull.contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key, rounded_json(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(rounded_json).collect()),
        Value::Number(number) if number.is_f64() => {
            let value: f64 = rounded(number.as_f64().unwrap()).parse().unwrap();
            Value::from(value)
        }
        other => other,
    }
}

/// How many lines differ, the first of them, and the largest relative change of a number.
fn difference(golden: &str, found: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (golden.lines().collect(), found.lines().collect());
    if old.len() != new.len() {
        return format!("{} lines where there were {}", new.len(), old.len());
    }
    let differing: Vec<usize> = (0..old.len()).filter(|&at| old[at] != new[at]).collect();
    let first = differing[0];
    let numbers = |line: &str| -> Vec<f64> {
        line.split([',', ':', ' ']).map(|field| field.trim_matches('"').parse().unwrap_or(f64::NAN)).collect()
    };
    let change = |at: &usize| {
        let pairs = numbers(old[*at]).into_iter().zip(numbers(new[*at]));
        pairs
            .map(|(old, new)| (new - old).abs() / old.abs().max(new.abs()))
            .filter(|c| c.is_finite())
            .fold(0.0, f64::max)
    };
    let largest = differing.iter().map(change).fold(0.0, f64::max);
    format!(
        "{} of {} lines, largest change {:.2} %; line {}:\n  was {}\n  now {}",
        differing.len(),
        old.len(),
        100.0 * largest,
        first + 1,
        old[first],
        new[first]
    )
}
