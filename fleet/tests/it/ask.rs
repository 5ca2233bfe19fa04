//! `ask`, `report` and `county`, through the program.

use std::path::Path;
use std::process::{Command, Output};

fn fleet(lang: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"));
    command.args(args).args(["--lang", lang]).env_remove("GRAINLOSS_STORE").output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn county(folder: &Path) -> String {
    let store = folder.join("store").display().to_string();
    said(&fleet("en", &["county", "--machines", "20", "--days", "3", "--seconds-per-day", "600", "--out", &store]));
    store
}

#[test]
fn answers_come_in_the_words_of_the_office() {
    let folder = tempfile::tempdir().unwrap();
    let store = county(folder.path());
    let list = said(&fleet("zh", &["ask"]));
    assert!(list.contains("ranking") && list.contains("损失排名"), "{list}");
    let table = said(&fleet("zh", &["ask", "day", "--crop", "小麦", "--store", &store]));
    let mut lines = table.lines();
    let head = lines.next().unwrap();
    assert!(head.starts_with("日期") && head.contains("损失 kg/亩"), "{head}");
    assert!(lines.clone().count() > 2 && lines.all(|line| line.contains("小麦")), "{table}");
    let names = [
        "day",
        "township",
        "co-op",
        "machine",
        "driver",
        "habits",
        "alarms",
        "findings",
        "missing",
        "seen",
        "ranking",
        "training",
        "points",
        "map",
        "calibrations",
    ];
    for (lang, name) in ["zh", "en"].into_iter().flat_map(|lang| names.map(|name| (lang, name))) {
        let table = said(&fleet(lang, &["ask", name, "--store", &store, "--now", "1780848000"]));
        assert!(table.lines().count() > 1 || name == "findings" || name == "points", "{name}");
        assert!(!table.contains("fleet-"), "{name}: a column without a heading: {}", table.lines().next().unwrap());
    }
}

#[test]
fn csv_and_json_give_whole_numbers_and_their_ratios() {
    let folder = tempfile::tempdir().unwrap();
    let store = county(folder.path());
    let csv = said(&fleet("en", &["ask", "co-op", "--store", &store, "--format", "csv"]));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let mut rows = 0;
    for row in reader.records().map(Result::unwrap) {
        let of = |name: &str| row[names.iter().position(|head| head == name).unwrap()].parse::<f64>().unwrap();
        // Per cent: 0.1 g over g.
        assert!((of("loss_pct") - of("loss_dg") / 10.0 / of("known_grain_g") * 100.0).abs() < 1e-5, "{row:?}");
        rows += 1;
    }
    assert!(rows > 1);
    let json = said(&fleet("en", &["ask", "ranking", "--store", &store, "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["rows"][0]["grain_g"].is_i64() && json["verdicts"][0]["verdict"].is_string(), "{json:#}");
}

#[test]
fn report_shows_what_another_engine_wrote_and_finds_the_same_hash() {
    let folder = tempfile::tempdir().unwrap();
    let store = county(folder.path());
    let answers = folder.path().join("answers").display().to_string();
    said(&fleet(
        "en",
        &["ask", "all", "--store", &store, "--now", "1780848000", "--format", "parquet", "--out", &answers],
    ));
    let sorted = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let here = sorted(said(&fleet("en", &["ask", "all", "--store", &store, "--now", "1780848000", "--hash"])));
    assert_eq!(here.len(), 15);
    assert_eq!(sorted(said(&fleet("en", &["report", &answers, "--hash"]))), here);
    let tables = said(&fleet("zh", &["report", &answers]));
    assert!(tables.contains("各合作社") && tables.contains("结论"), "{tables}");
}

#[test]
fn what_cannot_be_asked_is_said_with_what_can() {
    let folder = tempfile::tempdir().unwrap();
    let store = county(folder.path());
    let refused = |lang: &str, args: &[&str]| {
        let output = fleet(lang, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused("zh", &["ask", "dya", "--store", &store]).contains("没有这个问题:dya;可选:day"));
    assert!(refused("en", &["ask", "day", "--crop", "potato", "--store", &store]).contains("wheat"));
    assert!(refused("zh", &["ask", "day", "--store", "/no/such"]).contains("/no/such"));
    assert!(refused("en", &["ask", "day", "--from", "12.6.2026", "--store", &store]).contains("2026-06-12"));
    assert!(refused("en", &["county", "--out", &store]).contains("not empty"));
    assert!(refused("zh", &["report", folder.path().to_str().unwrap()]).contains("没有答案"));
    assert!(refused("en", &["ask", "day", "--store", &store, "--format", "parquet"]).contains("--out"));
}

#[test]
fn trainings_come_from_a_table_of_the_office() {
    let folder = tempfile::tempdir().unwrap();
    let store = county(folder.path());
    let csv = folder.path().join("trainings.csv");
    std::fs::write(&csv, "driver,co_op,day\n示例合作社1-机手2,示例合作社1,2026-06-02\n").unwrap();
    let said_of = said(&fleet("zh", &["trainings", csv.to_str().unwrap(), "--store", &store]));
    assert!(said_of.contains("1 次培训"), "{said_of}");
    let table = said(&fleet("en", &["ask", "training", "--store", &store, "--format", "csv"]));
    assert!(
        table.lines().count() > 1 && table.lines().skip(1).all(|line| line.starts_with("示例合作社1-机手2,")),
        "{table}"
    );
}
