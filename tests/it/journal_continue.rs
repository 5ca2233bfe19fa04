//! A session that is continued: its seals stay, and a changed one is not continued.

use std::process::Stdio;

use crate::support::db::{open, samples_so_far, untyped, value};
use crate::support::run::{Running, Sandbox, wait_for};
use rusqlite::Connection;

/// Starts the service on the same field and waits until it has stored `seconds` more.
fn service(sandbox: &Sandbox, seconds: i64) -> Running {
    let path = sandbox.path("j.sqlite");
    let before = if path.exists() { samples_so_far(&path) } else { 0 };
    let args = ["demo", "--headless", "--service", "--no-socket", "--capture", "--field", "east", "--db", "j.sqlite"];
    let log = std::fs::File::options().append(true).create(true).open(sandbox.path("log")).unwrap();
    let running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(log).spawn().unwrap());
    wait_for("seconds", || Some(samples_so_far(&path)).filter(|now| *now >= before + seconds));
    running
}

/// Asks it to stop, and waits.
fn stop(mut running: Running) {
    let pid = running.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}

fn journal(sandbox: &Sandbox) -> Connection {
    open(&sandbox.path("j.sqlite"))
}

fn kinds(sandbox: &Sandbox) -> String {
    value(
        &journal(sandbox),
        "SELECT group_concat(session || ' ' || kind, ', ') FROM (SELECT * FROM seal ORDER BY id)",
        &[],
    )
}

#[test]
fn a_seal_outlives_the_session_that_is_continued_and_killed() {
    let sandbox = Sandbox::new();
    stop(service(&sandbox, 2));
    let root: String = value(&journal(&sandbox), "SELECT root FROM proof", &[]);
    assert!(sandbox.ok(&["verify", "1", "--db", "j.sqlite"]).out.contains("session 1: untouched since"));
    // Dropping it kills it.
    drop(service(&sandbox, 2));
    assert_eq!(value::<i64>(&journal(&sandbox), "SELECT count(*) FROM session", &[]), 1);
    assert_eq!(value::<String>(&journal(&sandbox), "SELECT root FROM proof", &[]), root);
    let seals = kinds(&sandbox);
    assert!(seals.starts_with("1 begin") && seals.contains("1 end, 1 continue"), "{seals}");
    let told = sandbox.ok(&["verify", "j.sqlite"]).out;
    assert!(told.contains("session 1: not closed; untouched to"), "{told}");
    // Closed again, the list names both ends.
    stop(service(&sandbox, 1));
    let seals = kinds(&sandbox);
    assert_eq!(seals.matches("1 end").count(), 2, "{seals}");
    assert_ne!(value::<String>(&journal(&sandbox), "SELECT root FROM proof", &[]), root);
    assert!(sandbox.ok(&["verify", "j.sqlite"]).out.contains("session 1: untouched since"));
    // What is summed while it is written holds the seconds from before the kill too.
    let sql = "SELECT json_extract(memory, '$.work.seconds') = seconds AND seconds = (SELECT count(*) FROM sample) AND \
               abs(coalesce(json_extract(memory, '$.work.sums.grain_kg'), 0) - \
               (SELECT coalesce(sum(grain_in_kg_s), 0) FROM sample)) < 1e-6 FROM session";
    assert_eq!(value::<Option<bool>>(&journal(&sandbox), sql, &[]), Some(true));
}

/// A recomputed session is newer than the interrupted one, and does not take its place.
#[test]
fn a_recomputed_session_does_not_keep_the_interrupted_one_from_going_on() {
    let sandbox = Sandbox::new();
    // Captured frames are on the disk in blocks of ten seconds.
    drop(service(&sandbox, 12));
    sandbox.ok(&["session", "recompute", "1", "--db", "j.sqlite"]);
    stop(service(&sandbox, 2));
    let sql = "SELECT group_concat(id || ' ' || coalesce(revision_of, '-') || ' ' || end_reason, ', ') FROM session";
    assert_eq!(value::<String>(&journal(&sandbox), sql, &[]), "1 - stopped, 2 1 end of input");
    let told = sandbox.ok(&["verify", "j.sqlite"]).out;
    assert!(told.contains("session 1: untouched since") && told.contains("session 2: untouched since"), "{told}");
}

#[test]
fn a_session_that_was_changed_is_not_continued_and_not_signed_again() {
    let changed = "UPDATE sample SET total_pct = 0.01, header_loss_kg_s = 0";
    let memory = "UPDATE session SET memory = json_set(memory, '$.cutting_s', 9e9)";
    let unsigned = "UPDATE open_minute SET public_key = NULL, signature = NULL";
    for (closed, sql) in [(true, changed), (false, changed), (true, memory), (false, memory), (false, unsigned)] {
        let sandbox = Sandbox::new();
        let running = service(&sandbox, 2);
        if closed {
            stop(running);
        } else {
            drop(running);
        }
        assert!(journal(&sandbox).execute(sql, []).unwrap() > 0, "{sql}");
        stop(service(&sandbox, 1));
        assert_eq!(value::<i64>(&journal(&sandbox), "SELECT count(*) FROM session", &[]), 2, "{sql}");
        assert!(sandbox.text("log").contains("session 1 is not continued"), "{}", sandbox.text("log"));
        let noted = "SELECT count(*) FROM event WHERE session = 2 AND kind = 'journal' AND id = 'not-continued'";
        assert_eq!(value::<i64>(&journal(&sandbox), noted, &[]), 1, "{sql}");
        let ended = sandbox.run(&["verify", "j.sqlite"]);
        assert_eq!(ended.code, Some(1), "{}", ended.out);
        assert!(ended.out.contains("session 1: ") && ended.out.contains("session 2: untouched since"), "{}", ended.out);
        assert!(!ended.out.contains("session 1: untouched since"), "{}", ended.out);
    }
}

/// A table can lose its types. A row whose time is no whole number is none of the program's, and the open minute does not
/// hash it.
#[test]
fn a_row_whose_time_is_of_another_type_is_found_in_a_minute_that_is_open() {
    let sandbox = Sandbox::new();
    drop(service(&sandbox, 2));
    journal(&sandbox).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert!(sandbox.ok(&["verify", "1", "--db", "j.sqlite"]).out.contains("session 1: not closed; untouched to"));
    let whole = sandbox.bytes("j.sqlite");
    for (table, time) in [("sample", "max(t_us) + 0.5"), ("sample", "'later'"), ("tenth", "max(t_us) + 0.5")] {
        sandbox.write("j.sqlite", &whole);
        let row = format!("INSERT INTO {table} (session, t_us) SELECT 1, {time} FROM sample WHERE session = 1 LIMIT 1");
        let changed = journal(&sandbox);
        changed.execute_batch(&untyped(table, &row)).unwrap();
        changed.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(changed);
        let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
        assert_eq!(ended.code, Some(1), "{row}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(&format!("session 1: altered, rows in {table}")), "{row}: {}", ended.out);
    }
}
