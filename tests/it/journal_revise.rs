//! A session anew: from its frames, from its seconds, and what differs.

use crate::support::db::{assert_sound, open, value};
use crate::support::run::Sandbox;
use rusqlite::Connection;
use serde_json::Value;

fn rows(journal: &Connection, session: i64) -> Vec<String> {
    let columns: Vec<String> = {
        let mut names =
            journal.prepare("SELECT name FROM pragma_table_info('sample') WHERE name <> 'session'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let cells = columns.iter().map(|name| format!("coalesce({name}, '-')")).collect::<Vec<_>>().join(" || ',' || ");
    let mut rows = journal.prepare(&format!("SELECT {cells} FROM sample WHERE session = ?1 ORDER BY t_us")).unwrap();
    rows.query_map([session], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn differences(sandbox: &Sandbox, a: &str, b: &str) -> Vec<(String, Value, Value)> {
    let text = sandbox.ok(&["session", "diff", a, b, "--format", "json", "--db", "j.sqlite"]).out;
    let json: Value = serde_json::from_str(&text).unwrap();
    let list = json["differences"].as_array().unwrap().iter();
    list.map(|d| {
        let name = format!("{} {}", d["what"].as_str().unwrap(), d["item"].as_str().unwrap());
        (name.trim_end().to_owned(), d["a"].clone(), d["b"].clone())
    })
    .collect()
}

#[test]
fn the_same_frames_give_the_same_session_and_a_new_pan_another() {
    let sandbox = Sandbox::new();
    let demo = ["demo", "--headless", "--seed", "11", "--seconds", "1500", "--capture", "--field", "南坡"];
    sandbox.ok(&[&demo[..], &["--db", "j.sqlite"]].concat());
    let told = sandbox.ok(&["session", "recompute", "1", "--as", "again", "--db", "j.sqlite"]).out;
    assert!(told.contains("session 2 is a revision of session 1"), "{told}");
    let journal = open(&sandbox.path("j.sqlite"));
    assert_sound(&journal);
    assert_eq!(rows(&journal, 1), rows(&journal, 2));
    let text = |sql: &str| value::<String>(&journal, sql, &[]);
    assert_eq!(
        text("SELECT revision_of || ' ' || field || ' ' || source FROM session WHERE id = 2"),
        "1 南坡 capture of session 1"
    );
    let revision: Value = serde_json::from_str(&text("SELECT revision FROM session WHERE id = 2")).unwrap();
    assert_eq!((&revision["name"], &revision["from"]), (&"again".into(), &"capture".into()));
    // The same but for where it comes from.
    let names: Vec<String> = differences(&sandbox, "1", "2").into_iter().map(|d| d.0).collect();
    assert_eq!(names, ["diff-revision"]);

    // A pan with three times what was expected, and a limit of one's own.
    sandbox.write(
        "pans.csv",
        "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2\n\
         1749520900,1749521000,rear,0.3,1.30,2.75,150,,\n1749521300,1749521400,rear,0.3,1.30,2.75,150,,\n",
    );
    sandbox.ok(&["session", "recompute", "1", "--pans", "pans.csv", "--limit", "0.4", "--db", "j.sqlite"]);
    let found = differences(&sandbox, "1", "3");
    let of = |name: &str| found.iter().find(|d| d.0 == name).unwrap_or_else(|| panic!("{name}: {found:?}"));
    assert_eq!((&of("diff-pans").1, &of("diff-pans").2), (&"0/0".into(), &"2/2".into()));
    assert_eq!(of("diff-limit").2, "own 0.4 %");
    let rear = |id: i64| -> f64 {
        value(&journal, "SELECT json_extract(totals, '$.rear_loss_kg.value') FROM session WHERE id = ?1", &[&id])
    };
    assert!(rear(3) > 1.2 * rear(1), "{} after {}", rear(3), rear(1));
    // The stored pans go along when that is recomputed, and the limit.
    sandbox.ok(&["session", "recompute", "3", "--db", "j.sqlite"]);
    assert_eq!(rows(&journal, 3), rows(&journal, 4));
    // The first session is what it was.
    for id in ["1", "2", "3", "4"] {
        sandbox.ok(&["verify", id, "--db", "j.sqlite"]);
    }
    // In words, for people, in both languages.
    let table = sandbox.ok(&["session", "diff", "1", "3", "--db", "j.sqlite", "--lang", "zh"]).out;
    assert!(table.contains("限值") && table.contains("own 0.4 %"), "{table}");

    // A capture that is not what it was is not used silently.
    let path = "j-raw/session-000001.log.zst";
    let mut frames = sandbox.bytes(path);
    let middle = frames.len() / 2;
    frames[middle] ^= 1;
    sandbox.write(path, frames);
    sandbox.refused(&["session", "recompute", "1", "--db", "j.sqlite"], &["not what was captured", "--log"]);
}

#[test]
fn without_frames_the_seconds_tell_what_would_have_alarmed() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seed", "11", "--seconds", "1500", "--limit", "1.2", "--db", "j.sqlite"]);
    let alarms = |id: &str| -> i64 {
        let journal = open(&sandbox.path("j.sqlite"));
        value(&journal, "SELECT count(*) FROM alarm WHERE alarm = 'loss-level' AND session = ?1", &[&id])
    };
    let ended = sandbox.ok(&["session", "recompute", "1", "--limit", "0.3", "--db", "j.sqlite"]);
    assert!(ended.err.contains("no frames are kept of session 1"), "{}", ended.err);
    sandbox.ok(&["session", "recompute", "1", "--limit", "9", "--db", "j.sqlite"]);
    assert!(alarms("2") > 0, "0.3 % is below what is lost");
    assert_eq!(alarms("3"), 0, "9 % is above it");
    // The losses are what they were.
    let journal = open(&sandbox.path("j.sqlite"));
    assert_sound(&journal);
    let sum = |id: i64| -> f64 { value(&journal, "SELECT sum(rear_loss_kg_s) FROM sample WHERE session = ?1", &[&id]) };
    assert_eq!(sum(1), sum(2));
    let with_alarm: i64 = value(&journal, "SELECT count(*) FROM sample WHERE session = 2 AND alarm_level > 0", &[]);
    assert!(with_alarm > 10, "{with_alarm} s");
    let found = differences(&sandbox, "2", "3");
    assert!(found.iter().any(|d| d.0 == "diff-alarms loss-level" && d.2.is_null()), "{found:?}");
    sandbox.ok(&["verify", "j.sqlite"]);
    sandbox.refused(
        &["session", "recompute", "1", "--profile", "combine-demo", "--db", "j.sqlite"],
        &["no frames are kept"],
    );
    sandbox.refused(&["session", "recompute", "7", "--db", "j.sqlite"], &["no session 7"]);
}
