//! Drop pans through the front door: what they teach the estimate, from when on, and what bad ones get.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HEADER: &str =
    "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2\n";
/// The demonstration machine's widths, m.
const WIDTHS: (f64, f64) = (2.75, 1.30);

struct Field {
    folder: tempfile::TempDir,
}

impl Field {
    /// Twenty minutes of steady harvest with its truth.
    fn new() -> Self {
        let field = Self { folder: tempfile::tempdir().unwrap() };
        let (log, truth) = (field.path("h.log"), field.path("truth.csv"));
        let output = Command::new(env!("CARGO_BIN_EXE_grainloss"))
            .args(["simulate", "--scenario", "wheat-steady", "--seed", "21", "--seconds", "1200", "--out"])
            .arg(log)
            .arg("--truth")
            .arg(truth)
            .output();
        assert!(output.unwrap().status.success());
        field
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn replay(&self, pans: Option<&str>, name: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
        command.args(["replay", "--machine", "combine-demo", "--crop", "wheat", "--trace"]);
        command.arg(self.path(&format!("{name}.csv"))).arg("--summary").arg(self.path(&format!("{name}.json")));
        if let Some(pans) = pans {
            std::fs::write(self.path("pans.csv"), [HEADER, pans].concat()).unwrap();
            command.arg("--pans").arg(self.path("pans.csv"));
        }
        command.arg(self.path("h.log")).output().unwrap()
    }

    fn summary(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(&format!("{name}.json"))).unwrap()).unwrap()
    }

    fn rows(&self, name: &str) -> Vec<Vec<String>> {
        rows(&self.path(&format!("{name}.csv")))
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Pans with what the truth says, times `factor`, in grams; four of them, each known a minute after its drop.
fn true_pans(field: &Field, factor: f64) -> String {
    let truth = rows(&field.path("truth.csv"));
    let number = |row: &Vec<String>, at: usize| row[at].parse::<f64>().unwrap();
    // In the middle of a pass: forty seconds of cutting before.
    let steady = |at: usize| (at - 40..=at).all(|at| truth[at][1] == "cutting");
    let spots: Vec<usize> = (200..900).filter(|&at| steady(at)).step_by(100).take(4).collect();
    let line = |at: usize| {
        let row = &truth[at];
        // Columns 7 to 9 are threshing, separation and cleaning loss, 5 grain in, 12 the yield in kg/ha.
        let rear_kg_s = number(row, 7) + number(row, 8) + number(row, 9);
        let area_m2_s = number(row, 5) / (number(row, 12) * 1e-4);
        let grams = 1000.0 * factor * rear_kg_s / area_m2_s * WIDTHS.0 / WIDTHS.1 * 0.5;
        let t = number(row, 0);
        format!("{t},{},rear,0.5,{},{},,{grams},\n", t + 60.0, WIDTHS.1, WIDTHS.0)
    };
    assert_eq!(spots.len(), 4);
    spots.into_iter().map(line).collect()
}

#[test]
fn pans_pull_the_estimate_to_what_lies_on_the_ground() {
    let field = Field::new();
    assert!(field.replay(None, "without").status.success());
    let kg = |name: &str| field.summary(name)["rear_loss_kg"].clone();
    let width = |band: &serde_json::Value| (band["hi"].as_f64().unwrap() / band["lo"].as_f64().unwrap()).ln();
    let truth: f64 = rows(&field.path("truth.csv"))
        .iter()
        .map(|row| row[7..10].iter().map(|cell| cell.parse::<f64>().unwrap()).sum::<f64>())
        .sum();
    for factor in [1.0, 2.5] {
        // That the plates count less than they were made for is told by pans alone.
        let output = field.replay(Some(&true_pans(&field, factor)), "with");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let with = kg("with");
        let ratio = with["value"].as_f64().unwrap() / (truth * factor);
        // Four pans of 35 % scatter each: within twice 35 % / √4, and the prior still pulls a little.
        assert!((0.65..1.35).contains(&ratio), "factor {factor}: {ratio}");
        assert!(width(&with) < 0.75 * width(&kg("without")), "the interval narrows");
        let summary = field.summary("with");
        assert_eq!((&summary["pans"]["n"], &summary["pans"]["used"]), (&4.into(), &4.into()));
        let list = summary["pans"]["list"].as_array().unwrap();
        assert_eq!(list.len(), 4);
        assert!(list.iter().all(|pan| pan["kind"] == "rear" && pan["used"] == true && pan["weight"].is_number()));
        assert_eq!(summary["basis_rear"], "calibrated");
    }
}

#[test]
fn a_pan_teaches_nothing_before_it_is_known() {
    let field = Field::new();
    field.replay(None, "without");
    field.replay(Some(&true_pans(&field, 3.0)), "with");
    let (without, with) = (field.rows("without"), field.rows("with"));
    let known: f64 = true_pans(&field, 3.0).split(',').nth(1).unwrap().parse().unwrap();
    let first = without.iter().zip(&with).find(|(a, b)| a != b).map(|(_, b)| b[0].parse::<f64>().unwrap()).unwrap();
    assert!((known..known + 3.0).contains(&first), "known at {known}, different from {first} on");
}

#[test]
fn what_cannot_be_used_is_told_with_its_reason() {
    let field = Field::new();
    let start: f64 = rows(&field.path("truth.csv"))[0][0].parse().unwrap();
    // The first crop comes after half a minute; and a front sample without its shed cannot be judged.
    let pans = format!(
        "{},{},rear,0.5,1.3,2.75,50,,\n{},{},front,0.5,,,50,,\n",
        start + 3.0,
        start + 9.0,
        start + 300.0,
        start + 400.0
    );
    assert!(field.replay(Some(&pans), "odd").status.success());
    let pans = &field.summary("odd")["pans"];
    assert_eq!(pans["rejected"], 2);
    assert_eq!(pans["reasons"], serde_json::json!(["not-cutting", "shed-unknown"]));
}

#[test]
fn bad_pans_are_refused_with_line_and_column() {
    let field = Field::new();
    for (row, expected) in [
        ("x,,rear,0.5,1.3,2.75,50,,\n", "pans.csv:2: t_unix: "),
        ("1,,side,0.5,1.3,2.75,50,,\n", "pans.csv:2: kind is 'side'"),
        ("1,,rear,0,1.3,2.75,50,,\n", "pans.csv:2: pan_area_m2 is 0"),
        ("1,,rear,0.5,1.3,2.75,-5,,\n", "pans.csv:2: kernels is -5"),
        ("1,,rear,0.5,1.3,2.75,,,\n", "pans.csv:2: neither kernels nor grams"),
        ("1,,rear,0.5,0,2.75,50,,\n", "pans.csv:2: discharge_width_m is 0"),
        ("10,5,rear,0.5,1.3,2.75,50,,\n", "pans.csv:2: t_known_unix is 5, before"),
        ("1,,rear,NaN,1.3,2.75,50,,\n", "pans.csv:2: pan_area_m2 is NaN"),
    ] {
        let output = field.replay(Some(row), "bad");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{row}: {message}");
        assert!(message.contains(expected), "{row}: {message}");
    }
}

/// Columns of the loss behind the machine.
const REAR: [&str; 8] = [
    "rear_loss_kg_s",
    "rear_lo",
    "rear_hi",
    "separation_loss_kg_s",
    "cleaning_loss_kg_s",
    "basis_rear",
    "cum_rear_loss_kg",
    "rear_pct",
];

/// The same sample a second and `seconds` later.
fn later(pan: &str, seconds: f64) -> String {
    let fields: Vec<&str> = pan.trim_end().split(',').collect();
    let [dropped, known] = [0, 1].map(|at| fields[at].parse::<f64>().unwrap() + seconds);
    format!("{dropped},{known},{}\n", fields[2..].join(","))
}

#[test]
fn a_blunder_changes_nothing_until_a_second_sample_beside_it_finds_the_same() {
    let field = Field::new();
    let good = true_pans(&field, 1.0);
    let (good, blunder) = (good.split_inclusive('\n').take(3).collect::<String>(), true_pans(&field, 6.0));
    let blunder = format!("{}\n", blunder.lines().nth(3).unwrap());
    assert!(field.replay(Some(&good), "good").status.success());
    assert!(field.replay(Some(&[&*good, &blunder].concat()), "doubtful").status.success());
    let text = |name: &str| std::fs::read_to_string(field.path(&format!("{name}.csv"))).unwrap();
    let (one, other) = (text("good"), text("doubtful"));
    let other_line = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert!(one == other, "the trace is another: {other_line:?}");
    let pans = &field.summary("doubtful")["pans"];
    assert_eq!((&pans["n"], &pans["used"], &pans["rejected"]), (&4.into(), &3.into(), &1.into()));
    assert_eq!(pans["reasons"], serde_json::json!(["doubtful"]));
    let weight = pans["list"][3]["weight"].as_f64().unwrap();
    assert!(pans["list"][3]["used"] == false && weight < 0.5, "{pans}");

    // Another beside it, eight seconds on, known later.
    let second = later(&blunder, 8.0);
    let db = field.path("j.sqlite");
    let all = [&*good, &blunder, &second].concat();
    std::fs::write(field.path("pans.csv"), [HEADER, &all].concat()).unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_grainloss")).args(args).arg("--db").arg(&db).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let (log, pans, summary) = (field.path("h.log"), field.path("pans.csv"), field.path("both.json"));
    let [log, pans, summary] = [&log, &pans, &summary].map(|path| path.to_str().unwrap());
    run(&["replay", log, "--machine", "combine-demo", "--crop", "wheat", "--pans", pans, "--summary", summary]);
    let pans_told = &field.summary("both")["pans"];
    assert_eq!((&pans_told["n"], &pans_told["used"], &pans_told["rejected"]), (&5.into(), &5.into(), &0.into()));
    // The journal keeps both rows of the first one, with what was entered; its readers take the later.
    let journal = crate::support::db::open(&db);
    let outcomes = "SELECT group_concat(outcome, ' ') FROM pan WHERE session = 1";
    let outcomes: String = crate::support::db::value(&journal, outcomes, &[]);
    assert_eq!(outcomes, "used used used doubtful used used");
    let entered: i64 = crate::support::db::value(&journal, "SELECT count(grams) FROM pan", &[]);
    assert_eq!(entered, 6);
    let stored: Vec<grainloss_journal::StoredPan> = grainloss_journal::Journal::open(&db).unwrap().all(1).unwrap();
    assert_eq!(stored.iter().map(|pan| &*pan.outcome).collect::<Vec<_>>(), ["used"; 5]);
    // The first one keeps its place, and what was found in it.
    assert!(stored.windows(2).all(|pair| pair[0].known_us <= pair[1].known_us));
    assert!(stored.iter().all(|pan| pan.grams.is_some()));
    let report = run(&["report", "1", "--format", "html", "--lang", "en"]);
    assert!(report.contains("used: 5, not used: 0"), "{report}");
    // A recomputation takes each pan once, and comes to the same.
    run(&["session", "recompute", "1", "--log", log]);
    let losses = "SELECT count(*) FROM sample a JOIN sample b ON a.t_us = b.t_us AND a.session = 1 AND b.session = 2 \
                  WHERE a.rear_loss_kg_s IS NOT b.rear_loss_kg_s OR a.cum_total_loss_kg IS NOT b.cum_total_loss_kg";
    assert_eq!(crate::support::db::value::<i64>(&journal, losses, &[]), 0);
    // At the doubtful one `session why` says so, and after the second one that it was used.
    let known: f64 = blunder.split(',').nth(1).unwrap().parse().unwrap();
    let why = |at: f64, lang: &str| run(&["session", "why", "1", "--at-unix", &at.to_string(), "--lang", lang]);
    assert!(why(known + 4.0, "en").contains("a second one beside it decides"), "{}", why(known + 4.0, "en"));
    assert!(why(known + 4.0, "zh").contains("请在旁边再取一个样核实"));
    let after = why(known + 20.0, "en");
    let line = after.lines().find(|line| line.starts_with("pan behind the machine")).unwrap();
    assert!(line.trim_end().ends_with("used") && !line.contains("not used"), "{after}");
}

#[test]
fn the_same_mistake_made_twice_confirms_nothing_where_a_believed_sample_lies_between() {
    let field = Field::new();
    let (good, wrong) = (true_pans(&field, 1.0), true_pans(&field, 20.0));
    let line = |pans: &str, nth: usize| format!("{}\n", pans.lines().nth(nth).unwrap());
    let mixed = [line(&good, 0), line(&wrong, 1), line(&good, 2), line(&wrong, 3)].concat();
    assert!(field.replay(Some(&[line(&good, 0), line(&good, 2)].concat()), "good").status.success());
    assert!(field.replay(Some(&mixed), "mixed").status.success());
    let pans = &field.summary("mixed")["pans"];
    assert_eq!((&pans["n"], &pans["used"], &pans["rejected"]), (&4.into(), &2.into(), &2.into()), "{pans}");
    assert_eq!(pans["reasons"], serde_json::json!(["doubtful", "doubtful"]));
    let text = |name: &str| std::fs::read_to_string(field.path(&format!("{name}.csv"))).unwrap();
    assert!(text("good") == text("mixed"), "the trace is another");
}

#[test]
fn a_front_sample_touches_nothing_behind() {
    let field = Field::new();
    field.replay(None, "without");
    let start: f64 = rows(&field.path("truth.csv"))[0][0].parse().unwrap();
    let front = format!("{},{},front,0.5,,,300,,20\n", start + 300.0, start + 360.0);
    field.replay(Some(&front), "with");
    assert_eq!(field.summary("with")["pans"]["used"], 1);
    let table = |name: &str| {
        crate::support::table::Table::parse(&std::fs::read_to_string(field.path(&format!("{name}.csv"))).unwrap())
    };
    let (without, with) = (table("without"), table("with"));
    assert_ne!(without.texts("header_loss_kg_s"), with.texts("header_loss_kg_s"));
    for column in REAR {
        assert!(without.texts(column) == with.texts(column), "{column} is another");
    }
}
