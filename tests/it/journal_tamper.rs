//! Attacks on a stored journal: each must be told by `verify`, at its place.

use crate::support::db::{open, value};
use crate::support::run::Sandbox;

/// A journal with three closed, signed sessions, the second with tenths of a second and a capture.
fn journal() -> Sandbox {
    let sandbox = Sandbox::new();
    for (seconds, more) in [("130", &["--operator", "老王"][..]), ("70", &["--capture"][..]), ("65", &[][..])] {
        let args = ["demo", "--headless", "--seconds", seconds, "--db", "j.sqlite"];
        sandbox.ok(&[&args[..], more].concat());
    }
    sandbox
}

fn sqlite(sandbox: &Sandbox, sql: &str) {
    let journal = open(&sandbox.path("j.sqlite"));
    journal.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    journal.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// Every row and table of a session, but for what names it elsewhere.
fn deleted(session: i64) -> String {
    let tables = [
        "sample",
        "tenth",
        "fusion",
        "event",
        "pan",
        "setting",
        "activity",
        "acknowledgement",
        "fact",
        "sensor",
        "bus",
        "minute",
        "proof",
        "correction",
        "capture",
        "export",
        "seal",
        "open_minute",
        "calibration",
    ];
    let rows: String = tables.map(|table| format!("DELETE FROM {table} WHERE session = {session};")).concat();
    format!("{rows} DELETE FROM session WHERE id = {session}")
}

#[test]
fn every_edit_of_a_closed_journal_is_told_by_verify() {
    let sandbox = journal();
    let good = sandbox.ok(&["verify", "j.sqlite"]).out;
    for id in 1..=3 {
        assert!(good.contains(&format!("session {id}: untouched since it was signed with")), "{good}");
    }
    let key = sandbox.text("device.pub").trim().to_owned();
    sandbox.ok(&["verify", "j.sqlite", "--key", &key.to_uppercase()]);
    let whole = sandbox.bytes("j.sqlite");
    let forged = "insert into event(session,seq,t_us,kind,id,level) select 1,-2,last_us,'alarm-raised','plug',3 from session where id=1";
    let correction = "INSERT INTO correction (session, made_us, item, was, value, who, why, chain) \
        VALUES (1, 0, 'operator', '老王', 'Mallory', 'x', 'y', '00')";
    for (sql, told) in [
        (forged.to_owned(), "session 1: altered, rows in event"),
        ("INSERT INTO pan (session, seq, t_us, dropped_us, known_us, kind, area_m2, concentration, grain_kg, shed_kg_m2, outcome) VALUES (1, -5, 0, 0, 0, 'rear', 1, 1, 1, 0, 'used')".to_owned(), "rows in pan"),
        ("INSERT INTO acknowledgement VALUES (2, -9, 0, 'loss-level', NULL, 'x')".to_owned(), "session 2: altered, rows in acknowledgement"),
        ("INSERT INTO tenth (session, t_us) VALUES (1, 5)".to_owned(), "rows in tenth"),
        (format!("INSERT INTO tenth (session, t_us) VALUES (1, {})", i64::MAX), "rows in tenth"),
        (format!("INSERT INTO sample (session, t_us) VALUES (3, {})", i64::MIN), "session 3: altered, rows in sample"),
        ("UPDATE session SET made_us = made_us + 1 WHERE id = 1".to_owned(), "altered in what the session says"),
        ("UPDATE session SET software = 'grainloss 9' WHERE id = 1".to_owned(), "altered in what the session says"),
        ("UPDATE session SET clock = 'system' WHERE id = 1".to_owned(), "altered in what the session says"),
        ("UPDATE session SET end_reason = NULL WHERE id = 1".to_owned(), "session 1: altered"),
        (correction.to_owned(), "altered in correction 1"),
        ("CREATE TRIGGER x AFTER INSERT ON sample BEGIN SELECT 1; END".to_owned(), "did not make this trigger"),
        ("DROP VIEW alarm; CREATE VIEW alarm AS SELECT 1".to_owned(), "did not make this view, or it was changed: alarm"),
        ("CREATE TABLE t (a)".to_owned(), "did not make this table"),
        ("DROP INDEX seal_of_session".to_owned(), "seal_of_session"),
        (deleted(2), "session 2 was removed"),
        (deleted(3), "are missing: records were removed"),
        ("DELETE FROM seal WHERE id = 2".to_owned(), "seals 2 to 2 are missing"),
        ("UPDATE seal SET body = replace(body, 'wheat', 'rice') WHERE id = 1".to_owned(), "seal 1"),
        ("UPDATE seal SET signature = NULL, public_key = NULL".to_owned(), "unsigned"),
        ("DELETE FROM minute WHERE session = 1".to_owned(), "session 1: altered, rows in sample"),
        ("UPDATE capture SET frames = frames + 1".to_owned(), "session 2: altered in what the session says"),
        ("UPDATE capture SET pruned = 1".to_owned(), "the program did not delete it"),
        ("UPDATE profile SET text = text || ' '".to_owned(), "the stored machine profile is not the one"),
        ("DELETE FROM profile".to_owned(), "the stored machine profile is not the one"),
        ("DELETE FROM seal; DELETE FROM open_minute".to_owned(), "records were removed"),
    ] {
        sandbox.write("j.sqlite", &whole);
        sqlite(&sandbox, &format!("PRAGMA foreign_keys = off; {sql}"));
        let ended = sandbox.run(&["verify", "j.sqlite", "--key", &key]);
        assert_eq!(ended.code, Some(1), "{sql}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(told), "{sql}: {}", ended.out);
    }
    sandbox.write("j.sqlite", &whole);
    // The capture's file.
    let name = "j-raw/session-000002.log.zst";
    let capture = sandbox.bytes(name);
    sandbox.write(name, &capture[1..]);
    let ended = sandbox.run(&["verify", "j.sqlite"]);
    assert!(ended.code == Some(1) && ended.out.contains("session 2: altered, the capture file"), "{}", ended.out);
    std::fs::remove_file(sandbox.path(name)).unwrap();
    let ended = sandbox.run(&["verify", "j.sqlite"]);
    assert!(ended.code == Some(3) && ended.out.contains("session 2: not checked: the capture file"), "{}", ended.out);
    sandbox.write(name, &capture);
    // Without the file that names the newest seal the end cannot be checked, and that is said.
    std::fs::remove_file(sandbox.path("j.sqlite.head")).unwrap();
    let ended = sandbox.run(&["verify", "j.sqlite"]);
    assert!(ended.code == Some(3) && ended.out.contains("JOURNAL.head"), "{}", ended.out);
    // One session does not depend on it.
    sandbox.ok(&["verify", "3", "--db", "j.sqlite"]);
}

#[test]
fn a_number_is_not_used_again_and_the_next_session_names_what_is_missing() {
    let sandbox = journal();
    sqlite(&sandbox, &format!("PRAGMA foreign_keys = off; {}", deleted(3)));
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]);
    let newest = value::<i64>(&open(&sandbox.path("j.sqlite")), "SELECT max(id) FROM session", &[]);
    assert_eq!(newest, 4);
    let ended = sandbox.run(&["verify", "j.sqlite"]);
    assert!(ended.code == Some(1) && ended.out.contains("are missing: records were removed"), "{}", ended.out);
    assert!(ended.out.contains("session 4: untouched"), "{}", ended.out);
}

#[test]
fn what_is_signed_is_what_the_program_had_and_not_what_a_trigger_made_of_it() {
    let sandbox = journal();
    sqlite(
        &sandbox,
        "CREATE TRIGGER x AFTER INSERT ON sample BEGIN UPDATE sample SET total_pct = 0.01 \
         WHERE session = new.session AND t_us = new.t_us; END",
    );
    sandbox.ok(&["demo", "--headless", "--seconds", "65", "--db", "j.sqlite"]);
    sqlite(&sandbox, "DROP TRIGGER x");
    let ended = sandbox.run(&["verify", "last", "--db", "j.sqlite"]);
    assert!(ended.code == Some(1) && ended.out.contains("session 4: altered in minute"), "{}", ended.out);
}

#[test]
fn a_correction_that_was_removed_or_forged_is_told() {
    let sandbox = journal();
    let correct = |to: &str| {
        let args = ["session", "correct", "1", "--field", "operator", "--to", to, "--who", "站长", "--why", "x"];
        sandbox.ok(&[&args[..], &["--db", "j.sqlite"]].concat());
    };
    correct("老李");
    correct("小李");
    sandbox.ok(&["verify", "j.sqlite"]);
    let whole = sandbox.bytes("j.sqlite");
    for (sql, told) in [
        ("DELETE FROM correction WHERE id = 2", "corrections are missing: 1"),
        ("DELETE FROM correction", "corrections are missing: 2"),
        ("DELETE FROM correction WHERE id = 1", "altered in correction 1"),
        ("UPDATE correction SET value = 'Mallory' WHERE id = 2", "altered in correction 2"),
        ("UPDATE correction SET public_key = NULL, signature = NULL", "unsigned"),
    ] {
        sandbox.write("j.sqlite", &whole);
        sqlite(&sandbox, sql);
        let ended = sandbox.run(&["verify", "j.sqlite"]);
        assert!(ended.code == Some(1) && ended.out.contains(told), "{sql}: {}", ended.out);
    }
}

#[test]
fn an_export_proves_every_field_of_itself() {
    let sandbox = journal();
    for format in ["json", "csv", "geojson", "html"] {
        let name = format!("r.{format}");
        sandbox.ok(&["report", "1", "--format", format, "--out", &name, "--db", "j.sqlite"]);
        let told = sandbox.ok(&["verify", &name, "--db", "j.sqlite"]).out;
        assert!(told.contains("untouched"), "{told}");
        let whole = sandbox.text(&name);
        sandbox.write(&name, whole.replacen('1', "2", 1));
        assert_eq!(sandbox.run(&["verify", &name, "--db", "j.sqlite"]).code, Some(1), "{name}");
        sandbox.write(&name, &whole);
    }
    let whole = sandbox.text("r.json");
    for (from, to) in [
        ("\"operator\": \"老王\"", "\"operator\": \"老李\""),
        ("\"session\": 1,", "\"session\": 7,"),
        ("{\n  ", "{\n  \"totals\": 1,\n  "),
        ("\"events\": [", "\"events\": [],\n  \"earlier\": ["),
        ("\"closed\": true", "\"closed\": false"),
        ("\"kind\":", "\"what\":"),
        ("\"signed\": {", "\"signed\": {\"x\":1},\n  \"other\": {"),
    ] {
        assert!(whole.contains(from), "{from}");
        sandbox.write("r.json", whole.replacen(from, to, 1));
        let ended = sandbox.run(&["verify", "r.json", "--db", "j.sqlite"]);
        assert_eq!(ended.code, Some(1), "{from} -> {to}: {}", ended.out);
    }
    // Without its signature only the proof inside remains, and that is said.
    let at = whole.rfind(",\n  \"signed\"").unwrap();
    sandbox.write("r.json", format!("{}\n}}\n", &whole[..at]));
    let ended = sandbox.run(&["verify", "r.json", "--db", "j.sqlite"]);
    assert!(ended.code == Some(3) && ended.out.contains("only the totals"), "{}", ended.out);
    let csv = sandbox.text("r.csv");
    for (from, to) in [("header_loss_kg_s,rear_loss_kg_s", "rear_loss_kg_s,header_loss_kg_s"), ("state", "status")] {
        if csv.contains(from) {
            sandbox.write("r.csv", csv.replacen(from, to, 1));
            let ended = sandbox.run(&["verify", "r.csv", "--db", "j.sqlite"]);
            assert!(ended.code == Some(1) && ended.out.contains("name of column"), "{}", ended.out);
        }
    }
    let wide: String = csv.replace('\n', ",x\n");
    sandbox.write("r.csv", wide);
    assert_eq!(sandbox.run(&["verify", "r.csv", "--db", "j.sqlite"]).code, Some(1));
    // A report of a changed session is not signed.
    sqlite(&sandbox, "UPDATE session SET operator = '老李' WHERE id = 1");
    let told = sandbox.ok(&["report", "1", "--format", "html", "--out", "forged.html", "--db", "j.sqlite"]).err;
    assert!(told.contains("not signed"), "{told}");
    assert!(!sandbox.path("forged.html.sig.json").exists());
}
