//! The journal from outside: what is stored, what is reported from it, and what is left after kills and full disks.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::support::db::{assert_contiguous, assert_sound, commits, open, samples_so_far, times_us, value};
use crate::support::disk::on_the_disk;
use crate::support::run::{Ended, Running, Sandbox, wait_for};
use crate::support::table::Table;
use grainloss_can::{CanId, Frame};
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Activity, Harvest, Setup, Totals};
use grainloss_core::machine::{ChannelBank, Router};
use grainloss_core::pipeline::{Output, Pipeline};
use grainloss_core::record::SecondRow;
use grainloss_journal::{Entry, Overflow, SessionStart, Writer};
use grainloss_knowledge::{crop, profiles};
use rusqlite::ErrorCode;
use serde_json::Value;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_US: i64 = 1_749_520_800_000_000;

/// A headless demo that runs for longer than its test.
fn demo(sandbox: &Sandbox, db: &str, speed: &str) -> Running {
    let args = ["demo", "--headless", "--speed", speed, "--seconds", "36000", "--db", db];
    Running(sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

fn ended(mut running: Running) -> Ended {
    // What is left behind is a child that has been waited for.
    let child: &mut Child = &mut running.0;
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let code = child.wait().unwrap().code();
    let out = std::io::read_to_string(&mut stdout).unwrap();
    Ended { code, out, err: std::io::read_to_string(&mut stderr).unwrap() }
}

fn totals(connection: &rusqlite::Connection, session: i64) -> Value {
    let text: String = value(connection, "SELECT totals FROM session WHERE id = ?1", &[&session]);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_demo_is_stored_second_by_second_and_equals_its_replay() {
    let sandbox = Sandbox::new();
    let told = sandbox.ok(&["demo", "--headless", "--seed", "11", "--seconds", "1500", "--db", "j.sqlite"]).out;
    assert!(told.contains("session 1"), "{told}");
    sandbox.simulate("w", "wheat", 11, 1500);
    sandbox.replay("w.log", "r", &["--db", "r.sqlite"]);

    let journal = open(&sandbox.path("j.sqlite"));
    assert_eq!(value::<i64>(&journal, "PRAGMA application_id", &[]), 0x6772_6C6A);
    assert_eq!(value::<i64>(&journal, "PRAGMA user_version", &[]), 9);
    assert_eq!(value::<String>(&journal, "PRAGMA journal_mode", &[]), "wal");
    assert_sound(&journal);
    assert_eq!(times_us(&journal, 1), (1..=1500).map(|s| START_US + s * 1_000_000).collect::<Vec<_>>());
    let text = |column: &str| value::<String>(&journal, &format!("SELECT {column} FROM session WHERE id = 1"), &[]);
    assert_eq!(
        text("machine || '/' || crop || '/' || limit_id || '/' || clock"),
        "combine-demo/wheat/cn.wheat.guidance_1p2/simulator"
    );
    assert_eq!(text("end_reason"), "end of input");
    assert_eq!(value::<f64>(&journal, "SELECT limit_percent FROM session", &[]), 1.2);
    assert_eq!(value::<i64>(&journal, "SELECT last_us FROM session", &[]), START_US + 1_500_000_000);
    // The same second of the same session is there once.
    let twice = journal.execute("INSERT INTO sample (session, t_us) SELECT session, t_us FROM sample LIMIT 1", []);
    assert_eq!(twice.unwrap_err().sqlite_error_code(), Some(ErrorCode::ConstraintViolation));

    // The simulator in the process and its log say the same.
    let summary = sandbox.json("r.json");
    for (key, stored) in totals(&journal, 1).as_object().unwrap() {
        assert_eq!(stored, &summary[key], "{key}");
    }
    assert!(summary["total_loss_kg"]["value"].as_f64().is_some());
    // What was above the limit is counted while it is written, and the same as what is counted afterwards.
    let tally: Value = serde_json::from_str(&text("json_extract(memory, '$.limit_tally')")).unwrap();
    let count = |what: &str| value::<i64>(&journal, &format!("SELECT {what} FROM sample WHERE state = 'cutting'"), &[]);
    let counted = serde_json::json!({
        "limit_pct": 1.2,
        "cutting_s": count("count(*)"),
        "known_s": count("count(total_pct)"),
        "above_s": count("sum(total_pct > 1.2)"),
        "surely_above_s": count("sum(total_lo > 1.2)"),
    });
    assert_eq!(tally, counted);
    let (seconds, cutting): (f64, f64) = (
        value(&journal, "SELECT count(*) * 1.0 FROM sample", &[]),
        value(&journal, "SELECT count(*) * 1.0 FROM sample WHERE state = 'cutting'", &[]),
    );
    assert_eq!(summary["duration_s"].as_f64(), Some(seconds));
    assert!((summary["cutting_s"].as_f64().unwrap() - cutting).abs() < 20.0, "{cutting} s");

    // Reports are made of the journal alone, and say what the trace says.
    let trace = Table::parse(&sandbox.text("r.csv"));
    for db in ["j.sqlite", "r.sqlite"] {
        sandbox.ok(&["report", "1", "--format", "csv", "--db", db, "--out", "report.csv"]);
        let report = Table::parse(&sandbox.text("report.csv"));
        assert_eq!((&report.header, report.rows.len()), (&trace.header, 1500));
        for column in &trace.header {
            if ["state", "basis", "basis_header", "basis_rear", "crop"].contains(&column.as_str()) {
                assert_eq!(report.texts(column), trace.texts(column), "{column}");
            } else {
                assert_eq!(report.numbers(column), trace.numbers(column), "{column}");
            }
        }
    }
    let report: Value =
        serde_json::from_str(&sandbox.ok(&["report", "last", "--format", "json", "--db", "j.sqlite"]).out).unwrap();
    assert_eq!((&report["session"], &report["closed"], &report["seconds"]), (&1.into(), &true.into(), &1500.into()));
    assert_eq!(report["totals"], totals(&journal, 1));
    assert_eq!((&report["started"], &report["limit"]["percent"]), (&"2025-06-10T02:00:00Z".into(), &1.2.into()));
    let events = report["events"].as_array().unwrap();
    let raised: Vec<&Value> = events.iter().filter(|event| event["kind"] == "alarm-raised").collect();
    let alarms = summary["alarms"].as_array().unwrap();
    // One that comes back is the same alarm, told again.
    let times: u64 = alarms.iter().map(|alarm| alarm["times"].as_u64().unwrap()).sum();
    assert!(!alarms.is_empty() && raised.len() as u64 == times, "{alarms:?}");
    for (event, alarm) in raised.iter().take(1).zip(alarms) {
        for key in ["t_unix", "id", "level", "stream"] {
            assert_eq!(event[key], alarm[key], "{key}");
        }
    }
    let last_count = |id: &str| {
        events
            .iter()
            .rev()
            .find(|event| event["kind"] == "notice" && event["id"] == id)
            .map_or(0.into(), |event| event["count"].clone())
    };
    for notice in ["cuts-while-turning", "throttle"] {
        assert_eq!(last_count(notice), summary["notices"][notice], "{notice}");
        assert!(summary["notices"][notice].as_i64() > Some(0), "the scenario has both");
    }
}

#[test]
fn two_sessions_keep_apart_in_one_file() {
    let sandbox = Sandbox::new();
    // The journal that is used unless another is named.
    sandbox.ok(&["demo", "--headless", "--seconds", "40"]);
    let second = ["demo", "--headless", "--seconds", "60", "--scenario", "wheat-steady", "--limit", "2.5"];
    assert!(sandbox.ok(&second).out.contains("session 2"));
    let list: Value = serde_json::from_str(&sandbox.ok(&["sessions", "--format", "json"]).out).unwrap();
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|s| (s["session"].as_i64(), s["seconds"].as_i64())).collect();
    assert_eq!(ids, [(Some(1), Some(40)), (Some(2), Some(60))]);
    assert_eq!((&list[0]["limit"]["percent"], &list[1]["limit"]["id"]), (&1.2.into(), &"own".into()));
    let table = sandbox.ok(&["sessions"]).out;
    assert_eq!(table.lines().count(), 3, "{table}");
    let rows = |id| Table::parse(&sandbox.ok(&["report", id, "--format", "csv"]).out).rows.len();
    assert_eq!((rows("1"), rows("2"), rows("last")), (40, 60, 60));
    let journal = open(&sandbox.path("grainloss/journal.sqlite"));
    assert_sound(&journal);
}

/// Two programs may write at once: each session stays whole.
#[test]
fn two_writers_at_once_lose_nothing() {
    let sandbox = Sandbox::new();
    let args = ["demo", "--headless", "--seconds", "120", "--speed", "60", "--db", "j.sqlite"];
    let children: Vec<Running> = (0..2)
        .map(|_| Running(sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
        .collect();
    for child in children {
        let ended = ended(child);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let journal = open(&sandbox.path("j.sqlite"));
    assert_sound(&journal);
    for session in [1, 2] {
        assert_eq!(times_us(&journal, session).len(), 120, "session {session}");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_every_committed_second() {
    let sandbox = Sandbox::new();
    std::thread::scope(|scope| {
        for nth in 0..12_u32 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let name = format!("{nth}.sqlite");
                let path = sandbox.path(&name);
                let mut child = demo(sandbox, &name, "60");
                // Commits are a second apart: the kills fall into twelve parts of that second, before the second,
                // third or fourth commit.
                let wanted = i64::from(1 + 60 * (nth % 3));
                let seen = wait_for("samples", || Some(samples_so_far(&path)).filter(|n| *n >= wanted));
                std::thread::sleep(Duration::from_millis(83) * nth);
                child.0.kill().unwrap();
                child.0.wait().unwrap();

                let journal = open(&path);
                assert_sound(&journal);
                let times = times_us(&journal, 1);
                assert!(times.len() as i64 >= seen, "{seen} were there, {} are", times.len());
                assert_eq!(times[0], START_US + 1_000_000);
                assert_contiguous(&times);
                assert_eq!(value::<Option<String>>(&journal, "SELECT end_reason FROM session", &[]), None);
                // Totals and seconds are of one commit.
                assert_eq!(value::<i64>(&journal, "SELECT last_us FROM session", &[]), *times.last().unwrap());
                assert_eq!(totals(&journal, 1)["duration_s"].as_f64(), Some(times.len() as f64));
                drop(journal);

                sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", &name]);
                let journal = open(&path);
                assert_sound(&journal);
                assert_eq!((times_us(&journal, 1), times_us(&journal, 2).len()), (times, 5));
                let list: Value =
                    serde_json::from_str(&sandbox.ok(&["sessions", "--format", "json", "--db", &name]).out).unwrap();
                assert_eq!((&list[0]["closed"], &list[1]["closed"]), (&false.into(), &true.into()));
            });
        }
    });
}

#[test]
fn asked_to_stop_it_closes_the_session() {
    let sandbox = Sandbox::new();
    for signal in ["TERM", "INT", "HUP"] {
        let name = format!("{signal}.sqlite");
        let child = demo(&sandbox, &name, "60");
        wait_for("samples", || Some(samples_so_far(&sandbox.path(&name))).filter(|n| *n > 0));
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &child.0.id().to_string()]).status().unwrap().success()
        );
        let ended = ended(child);
        assert_eq!(ended.code, Some(0), "{signal}: {}", ended.err);
        assert!(ended.out.contains("session 1"), "{}", ended.out);
        let journal = open(&sandbox.path(&name));
        assert_sound(&journal);
        assert_contiguous(&times_us(&journal, 1));
        assert_eq!(value::<String>(&journal, "SELECT end_reason FROM session", &[]), "stopped");
    }
}

/// The row of one second in which nothing is known.
fn a_second() -> SecondRow {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = crop("wheat").unwrap().model(None, None);
    let harvest = Harvest::new(Setup { crop, geometry: profile.geometry.clone(), loss_plates: None });
    let mut pipeline =
        Pipeline::new(ChannelBank::new(Router::new(&profile).unwrap()), harvest, Advisor::new(Some(0.012), 10.0));
    let mut rows = Vec::new();
    for second in 0..3 {
        let frame = Frame::new(second * 1_000_000, CanId::standard(1).unwrap(), &[0]).unwrap();
        pipeline.frame(&frame, frame.t_us, &mut |output| {
            if let Output::Second(row, _) = output {
                rows.push(row.clone());
            }
        });
    }
    rows.remove(0)
}

/// A log whose time goes to and fro is read faster than once a second is committed, and each of its seconds is three records:
/// the writer commits when its memory is full, before it drops anything.
#[test]
fn an_idle_disk_loses_nothing_of_a_log_that_goes_to_and_fro() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("j.sqlite");
    let start = SessionStart { started_us: START_US, clock: "log", ..SessionStart::default() };
    let writer = Writer::start(&path, &start, Overflow::Wait).unwrap();
    let health = Arc::clone(writer.health());
    let mut row = a_second();
    row.doing.activity = Some(Activity::Cutting);
    for nth in 0..12_000 {
        // A gap after each second: the activity ends, and begins anew.
        writer.put(Entry::Second(SecondRow { t_us: START_US + nth * 3_000_000, ..row.clone() }, Totals::default()));
    }
    writer.finish("end of input");
    assert_eq!((health.lost(), health.stored()), (0, 12_000));
    let journal = open(&path);
    assert_eq!(times_us(&journal, 1).len(), 12_000);
    // From each second on it was cutting, and from its end on nothing is known.
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM activity", &[]), 2 * 12_000 - 1);
}

#[test]
fn one_commit_a_second() {
    let sandbox = Sandbox::new();
    let child = demo(&sandbox, "j.sqlite", "60");
    let path = sandbox.path("j.sqlite");
    wait_for("samples", || Some(samples_so_far(&path)).filter(|n| *n > 0));
    wait_for("ten minutes", || Some(samples_so_far(&path)).filter(|n| *n >= 600));
    drop(child);
    // Sixty seconds of harvest come in a second, with them events and states. A commit for each would be six hundred; one a
    // second is some ten, and on a machine so slow that the same takes five times as long, fifty.
    let commits = commits(&sandbox.bytes("j.sqlite-wal")).len();
    assert!((2..200).contains(&commits), "{commits} commits");
}

/// A replay that may not make any file longer than `blocks` of 512 bytes. A trace on a pipe knows no such limit.
fn replay_in(sandbox: &Sandbox, blocks: u32, trace: &str, speed: &str) -> Command {
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" replay w.log --machine combine-demo --crop wheat \
         --trace {trace} --summary w.json --db w.sqlite --speed {speed}"
    );
    sandbox.program("sh", &["-c", &script, env!("CARGO_BIN_EXE_grainloss")])
}

#[test]
fn a_full_disk_stops_the_journal_and_nothing_else() {
    let sandbox = Sandbox::new();
    sandbox.simulate("w", "wheat", 2, 900);
    sandbox.replay("w.log", "free", &[]);
    // Three commits of 300 s; the second or third of them is beyond 400 kB of write-ahead log, schema included.
    let ended: Ended = replay_in(&sandbox, 800, "/dev/stdout", "300").output().unwrap().into();
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("the journal is not complete"), "{}", ended.err);
    let trace: String = ended.out.split_inclusive('\n').take(901).collect();
    assert_eq!(trace, sandbox.text("free.csv"), "the estimate goes on to the last second");
    assert_eq!(sandbox.json("w.json")["duration_s"], 900.0);

    let journal = open(&sandbox.path("w.sqlite"));
    assert_sound(&journal);
    let times = times_us(&journal, 1);
    assert!((1..900).contains(&times.len()), "{} seconds fitted", times.len());
    assert_eq!(times[0], START_US + 1_000_000);
    assert_contiguous(&times);
    assert_eq!(value::<Option<String>>(&journal, "SELECT end_reason FROM session", &[]), None);
    // What was lost is told by number: the seconds, and with them events, activities, states, and the session's end.
    let missing = 900 - times.len();
    let told = ended.err.split(" records lost").next().and_then(|text| text.rsplit(' ').next()).unwrap();
    let told: usize = told.parse().unwrap_or_else(|_| panic!("{}", ended.err));
    assert!((missing + 1..missing + missing / 5).contains(&told), "{missing} seconds are missing: {}", ended.err);
}

#[test]
fn a_disk_that_stays_full_for_hours_does_not_slow_the_replay() {
    let sandbox = Sandbox::new();
    // Four hours: more than the journal keeps waiting for the disk.
    sandbox.simulate("w", "wheat-steady", 2, 4 * 3600);
    // The tables themselves take 205 kB of write-ahead log.
    let mut replay = replay_in(&sandbox, 420, "/dev/null", "max");
    on_the_disk(&mut replay).env("SHIM_REFUSED", "tries");
    let mut child = Running(replay.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let code = wait_for("the replay", || child.0.try_wait().unwrap());
    assert_eq!(code.code(), Some(1));
    // The disk is tried once a second, not for every one of 14,400 seconds and what happened in them.
    let tries = sandbox.bytes("tries").len();
    assert!((1..2000).contains(&tries), "the disk was tried {tries} times");
    assert_eq!(sandbox.json("w.json")["duration_s"], 4.0 * 3600.0);
    let journal = open(&sandbox.path("w.sqlite"));
    assert_sound(&journal);
}
