//! Ten years on one machine: a journal of 1,000 sessions and 5,000 hours at one row a second, and how long lists,
//! reports and a season's follow-up take on it, with how much memory: `cargo bench --bench scale`.
//!
//! The journal is made by copying one simulated session inside SQLite: about 4 GB in the target folder, removed at the
//! end. GRAINLOSS_SCALE_SESSIONS makes it smaller.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a bench")]
#![allow(clippy::disallowed_methods, reason = "a bench measures the wall clock")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Five hours: 1,000 sessions are 5,000 hours.
const SECONDS: &str = "18000";
const DAY_US: i64 = 86_400_000_000;

fn grainloss(args: &[&str]) -> (Duration, f64, bool) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grainloss"))
        .args(args)
        .env("LANG", "en_GB.UTF-8")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most_mb = 0.0f64;
    let status = loop {
        // The high-water mark of its memory, as long as it runs.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        most_mb = most_mb.max(mark.map_or(0.0, |kb: f64| kb / 1024.0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    (started.elapsed(), most_mb, status.success())
}

/// Copies the first session to the days after it; ten operators, four machines, five townships.
fn copies(path: &Path, sessions: i64) {
    let journal = Connection::open(path).unwrap();
    journal.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;").unwrap();
    for table in ["session", "sample", "event", "setting", "activity", "pan"] {
        let mut statement = journal.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap().collect::<Result<Vec<_>, _>>();
        let names = names.unwrap();
        let copied = names.iter().map(|name| match (table, name.as_str()) {
            ("session", "id") | (_, "session") => format!("{name} + ?1"),
            (_, name) if name.ends_with("_us") => format!("{name} + ?1 * {DAY_US}"),
            ("session", "operator") => "'operator ' || (?1 % 10)".to_owned(),
            ("session", "machine_name") => "'machine ' || (?1 % 4)".to_owned(),
            ("session", "township") => "'township ' || (?1 % 5)".to_owned(),
            _ => name.clone(),
        });
        let key = if table == "session" { "id" } else { "session" };
        let (names, copied) = (names.join(", "), copied.collect::<Vec<_>>().join(", "));
        let sql = format!("INSERT INTO {table} ({names}) SELECT {copied} FROM {table} WHERE {key} = 1");
        let mut insert = journal.prepare(&sql).unwrap();
        for n in 1..sessions {
            insert.execute([n]).unwrap();
        }
    }
}

fn main() {
    let sessions: i64 = std::env::var("GRAINLOSS_SCALE_SESSIONS").map_or(1000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let db = folder.path().join("scale.sqlite");
    let (db_text, out) = (db.to_str().unwrap(), folder.path().join("out"));
    let (made, ..) = grainloss(&["demo", "--headless", "--seconds", SECONDS, "--seed", "7", "--db", db_text]);
    println!("one session of five hours simulated and stored in {:.1} s", made.as_secs_f64());
    let started = Instant::now();
    copies(&db, sessions);
    let size = std::fs::metadata(&db).unwrap().len() as f64 / 1e9;
    println!("{sessions} sessions in {:.0} s: {size:.2} GB", started.elapsed().as_secs_f64());
    let out = out.to_str().unwrap();
    let one = |format| vec!["report", "last", "--format", format, "--out", out, "--lang", "both"];
    let season = ["--from", "2026-01-01", "--to", "2026-04-11"];
    let jobs: Vec<(&str, Vec<&str>, f64)> = vec![
        ("list of sessions", vec!["sessions"], 0.05),
        ("one session, xlsx", one("xlsx"), 2.0),
        ("one session, html", one("html"), 2.0),
        ("one session, pdf", one("pdf"), 5.0),
        ("one session, geojson", one("geojson"), 2.0),
        ("season, change", [&["followup", "change", "--on", "2026-02-20"], &season[..]].concat(), 5.0),
        ("season, findings", [&["followup", "findings"], &season[..]].concat(), 5.0),
        ("season, county", [&["followup", "county", "--mu", "500000"], &season[..]].concat(), 5.0),
        ("season, xlsx", [&["report", "--format", "xlsx", "--out", out], &season[..]].concat(), f64::NAN),
    ];
    for (name, mut args, limit) in jobs {
        args.extend(["--db", db_text]);
        let _ = grainloss(&args);
        let mut times: Vec<(Duration, f64, bool)> = (0..3).map(|_| grainloss(&args)).collect();
        times.sort_by_key(|(time, ..)| *time);
        let (time, memory, good) = times[1];
        let seconds = time.as_secs_f64();
        let verdict = if !good {
            "FAILED"
        } else if seconds > limit || memory > 150.0 {
            "above"
        } else {
            ""
        };
        println!("{name:22} {seconds:8.3} s (limit {limit} s)  {memory:6.1} MB (limit 150)  {verdict}");
    }
}
