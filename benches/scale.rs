//! Ten years on one machine: a journal of 1,000 sessions and 5,000 hours at one row a second, and how long lists,
//! reports and a season's follow-up take on it, with how much memory: `cargo bench --bench scale`.
//!
//! The journal is made by copying one simulated session inside SQLite: about 5 GB in the target folder, removed at the
//! end. `cargo test` runs the same on a small journal, where only the answers are looked at, not the time.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a bench")]
#![allow(clippy::disallowed_methods, reason = "a bench measures the wall clock")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

const DAY_US: i64 = 86_400_000_000;
/// Sessions and the seconds of each: 5,000 hours.
const WHOLE: (i64, &str) = (1000, "18000");
/// The same for `cargo test`.
const SMALL: (i64, &str) = (30, "300");
/// A season is a tenth of the sessions, and in the small journal ten of them.
const SEASON: i64 = 100;

/// No command may take more memory, MB.
const MOST_MB: f64 = 150.0;

/// A command that has ended.
struct Run {
    time: Duration,
    /// The high-water mark of its memory, MB.
    most_mb: f64,
    good: bool,
    out: String,
}

fn grainloss(args: &[&str]) -> Run {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grainloss"))
        .args(args)
        .env("LANG", "en_GB.UTF-8")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(&mut stdout).unwrap());
    let mut most_mb = 0.0f64;
    let status = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        most_mb = most_mb.max(mark.map_or(0.0, |kb: f64| kb / 1024.0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let time = started.elapsed();
    Run { time, most_mb, good: status.success(), out: reader.join().unwrap() }
}

/// Every table that has rows of a session, with what its rows are found by.
const TABLES: [&str; 12] = [
    "session",
    "sample",
    "minute",
    "proof",
    "event",
    "pan",
    "setting",
    "activity",
    "fact",
    "sensor",
    "bus",
    "acknowledgement",
];

/// Copies the first session to the days after it; ten operators, four machines, five townships.
fn copies(path: &Path, sessions: i64) {
    let journal = Connection::open(path).unwrap();
    let fast = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                PRAGMA cache_size = -64000;";
    journal.execute_batch(fast).unwrap();
    for table in TABLES {
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
    // As the program leaves it.
    let mode: String = journal.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

/// What is asked of the journal.
struct Job<'a> {
    name: &'a str,
    args: Vec<&'a str>,
    /// At most so long, s; `None` is shown only.
    limit_s: Option<f64>,
    /// What the answer has to hold so often.
    holds: Option<(&'a str, usize)>,
}

fn main() {
    // `cargo bench` says --bench, `cargo test` does not.
    let measured = std::env::args().any(|arg| arg == "--bench");
    let (sessions, seconds) = if measured { WHOLE } else { SMALL };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let db = folder.path().join("scale.sqlite");
    let db_text = db.to_str().unwrap();
    let demo = ["demo", "--headless", "--seconds", seconds, "--seed", "7", "--operator", "operator 0", "--db", db_text];
    let made = grainloss(&demo);
    assert!(made.good, "the demo failed");
    println!("one session of {seconds} s simulated and stored in {:.1} s", made.time.as_secs_f64());
    let started = Instant::now();
    copies(&db, sessions);
    let size = std::fs::metadata(&db).unwrap().len() as f64 / 1e9;
    println!("{sessions} sessions in {:.0} s: {size:.3} GB", started.elapsed().as_secs_f64());
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let out = out.to_str().unwrap();
    let in_season = SEASON.min(sessions / 3);
    let season_day = |n: i64| {
        let date = jiff::civil::date(2025, 6, 10).checked_add(jiff::Span::new().days(n)).unwrap();
        date.to_string()
    };
    let (from, to) = (season_day(sessions / 3), season_day(sessions / 3 + in_season));
    let season = ["--from", from.as_str(), "--to", to.as_str()];
    for job in jobs(out, &season, sessions, in_season) {
        let args = [&job.args[..], &["--db", db_text]].concat();
        let first = grainloss(&args);
        assert!(first.good, "{} failed", job.name);
        if let Some((text, times)) = job.holds {
            assert_eq!(first.out.matches(text).count(), times, "{}: {text}", job.name);
        }
        if !measured {
            continue;
        }
        // The fastest of five: whatever else the machine does only adds to the time of a command.
        let runs: Vec<Run> = (0..5).map(|_| grainloss(&args)).collect();
        let fastest = runs.iter().map(|run| run.time).min().unwrap_or_default();
        let memory = runs.iter().map(|run| run.most_mb).fold(0.0, f64::max);
        let (cold, seconds) = (first.time.as_secs_f64(), fastest.as_secs_f64());
        let limit = job.limit_s.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        let above = job.limit_s.is_some_and(|limit| seconds > limit) || memory > MOST_MB;
        let verdict = if above { "ABOVE" } else { "" };
        println!(
            "{:20} {seconds:7.3} s (first {cold:7.3} s, limit {limit} s)  {memory:6.1} MB (limit {MOST_MB})  {verdict}",
            job.name
        );
    }
    if !measured {
        println!("scale: {sessions} sessions, every answer as it should be");
    }
}

fn jobs<'a>(out: &'a str, season: &[&'a str], sessions: i64, in_season: i64) -> Vec<Job<'a>> {
    let one = |format: &'a str| vec!["report", "last", "--format", format, "--out", out, "--lang", "both"];
    let job = |name, args, limit_s| Job { name, args, limit_s, holds: None };
    let followup = |what: &[&'a str], holds| Job {
        name: what[1],
        args: [what, season, &["--format", "csv"]].concat(),
        limit_s: Some(5.0),
        holds,
    };
    vec![
        Job { holds: Some(("operator ", sessions as usize)), ..job("list", vec!["sessions"], Some(0.05)) },
        job("one, xlsx", one("xlsx"), Some(2.0)),
        job("one, html", one("html"), Some(2.0)),
        #[cfg(feature = "pdf")]
        job("one, pdf", one("pdf"), Some(5.0)),
        job("one, geojson", one("geojson"), Some(2.0)),
        job("one, csv", one("csv"), Some(2.0)),
        // Ten operators on four machines meet in twenty pairs; four measures each.
        followup(&["followup", "change", "--on", "2025-06-25"], Some(("operator ", 80.min(4 * in_season as usize)))),
        followup(&["followup", "findings"], None),
        // A line for each of five townships; the line of the county names them again, since no point was measured in them.
        followup(&["followup", "county", "--mu", "500000"], Some(("township ", 10))),
        job("season, xlsx", [&["report", "--format", "xlsx", "--out", out], season].concat(), None),
        job("season, html", [&["report", "--format", "html", "--out", out], season].concat(), None),
    ]
}
