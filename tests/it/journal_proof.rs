//! The proof from outside: what is hashed and signed, and that no change goes unseen.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::db::{assert_sound, open, untyped, value};
use crate::support::hash::sha256;
use crate::support::run::Sandbox;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

/// A session of four and a half minutes with an alarm or two, and its proof.
fn proven(sandbox: &Sandbox) -> Value {
    sandbox.ok(&["demo", "--headless", "--seconds", "270", "--operator", "老王", "--db", "j.sqlite"]);
    sandbox.ok(&["session", "proof", "1", "--db", "j.sqlite", "--out", "p.json"]);
    sandbox.json("p.json")
}

#[test]
fn the_proof_is_what_the_documentation_says() {
    let sandbox = Sandbox::new();
    let proof = proven(&sandbox);
    let csv = sandbox.ok(&["report", "1", "--format", "csv", "--db", "j.sqlite"]).out;
    let rows: Vec<&str> = csv.split_inclusive('\n').skip(1).collect();
    assert_eq!(rows.len(), 270);
    let minutes = proof["minutes"].as_array().unwrap();
    // 02:00:00 to 02:04:30: five minutes of the clock, the last one half.
    assert_eq!(minutes.iter().map(|m| m["seconds"].as_i64().unwrap()).collect::<Vec<_>>(), [60, 60, 60, 60, 30]);
    let mut chain = sha256("grainloss proof 1");
    for (nth, minute) in minutes.iter().enumerate() {
        let text = rows[nth * 60..(nth * 60 + 60).min(270)].concat();
        assert_eq!(minute["rows_sha256"], sha256(text), "minute {nth}");
        assert_eq!(minute["end_us"], 1_749_520_800_000_000_i64 + (nth as i64 + 1) * 60_000_000);
        let part = |name: &str| minute[name].to_string().trim_matches('"').to_owned();
        let parts = ["end_us", "seconds", "columns", "rows_sha256", "records_sha256"].map(part);
        chain = sha256(format!("{chain}\n{}", parts.join("\n")));
    }
    let facts = proof["facts"].as_str().unwrap();
    assert_eq!(proof["root"], sha256(format!("{chain}\n{facts}")));
    let facts: Value = serde_json::from_str(facts).unwrap();
    assert_eq!((&facts["operator"], &facts["crop"], &facts["id"]), (&"老王".into(), &"wheat".into(), &1.into()));
    // The signature is over the root as it is written.
    let key = proof["public_key"].as_str().unwrap();
    let signature = Signature::from_bytes(&bytes::<64>(proof["signature"].as_str().unwrap()));
    let verifying = VerifyingKey::from_bytes(&bytes::<32>(key)).unwrap();
    verifying.verify_strict(proof["root"].as_str().unwrap().as_bytes(), &signature).unwrap();
    assert_eq!(sandbox.text("device.pub").trim_end(), key);
    let mode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("device.key"), mode("device.pub") & 0o137), (0o600, 0));
}

#[test]
fn no_change_of_a_stored_session_goes_unseen() {
    let sandbox = Sandbox::new();
    proven(&sandbox);
    let good = sandbox.ok(&["verify", "1", "--db", "j.sqlite"]).out;
    assert!(good.contains("session 1: untouched since it was signed with"), "{good}");
    assert!(sandbox.ok(&["verify", "j.sqlite"]).out.contains("session 1: untouched since it was signed with"));
    let whole = sandbox.bytes("j.sqlite");
    let t = |s: i64| 1_749_520_800_000_000 + s * 1_000_000;
    for (sql, told) in [
        (format!("UPDATE sample SET total_pct = 0.5 WHERE t_us = {}", t(130)), "altered in minute 3"),
        (format!("UPDATE sample SET state = 'turning' WHERE t_us = {}", t(1)), "altered in minute 1"),
        // It prints as the same second.
        (format!("UPDATE sample SET t_us = t_us + 300000 WHERE t_us = {}", t(130)), "altered in minute 3"),
        // In a table that has lost its types: what prints as the value that was there, or as the unknown one.
        (
            untyped(
                "sample",
                &format!("UPDATE sample SET total_pct = printf('%.4f', total_pct) WHERE t_us = {}", t(130)),
            ),
            "minute 3",
        ),
        (untyped("sample", &format!("UPDATE sample SET threshing_loss_kg_s = '' WHERE t_us = {}", t(130))), "minute 3"),
        (
            untyped("sample", &format!("UPDATE sample SET threshing_loss_kg_s = x'' WHERE t_us = {}", t(130))),
            "minute 3",
        ),
        (
            untyped("sample", &format!("UPDATE sample SET alarm_level = alarm_level + 0.0 WHERE t_us = {}", t(130))),
            "minute 3",
        ),
        (untyped("sample", &format!("UPDATE sample SET t_us = t_us + 0.0 WHERE t_us = {}", t(130))), "minute 3"),
        // A second on the minute is the minute's last.
        (format!("DELETE FROM sample WHERE t_us = {}", t(120)), "altered in minute 2"),
        (format!("DELETE FROM sample WHERE t_us = {}", t(121)), "altered in minute 3"),
        (format!("INSERT INTO sample (session, t_us) VALUES (1, {})", t(271)), "altered in minute 5"),
        (format!("INSERT INTO sample (session, t_us) VALUES (1, {})", t(7200)), "altered, rows in sample"),
        ("DELETE FROM activity WHERE seq = (SELECT min(seq) FROM activity)".to_owned(), "altered in minute"),
        ("UPDATE setting SET value = value * 1.01".to_owned(), "altered in minute"),
        (
            "INSERT INTO acknowledgement VALUES (1, 99999, 0, 'loss-level', NULL, 'nobody')".to_owned(),
            "altered, rows in acknowledgement",
        ),
        ("UPDATE session SET operator = '老李'".to_owned(), "altered in what the session says"),
        (
            "UPDATE session SET totals = replace(totals, '\"cutting_s\":', '\"cutting_s\":1')".to_owned(),
            "altered in what",
        ),
        ("UPDATE session SET limit_percent = 2".to_owned(), "altered in what"),
        (
            "UPDATE minute SET rows_sha256 = records_sha256 WHERE end_us = (SELECT min(end_us) FROM minute)".to_owned(),
            "",
        ),
        ("UPDATE proof SET facts = replace(facts, '老王', '老李')".to_owned(), "altered"),
        (
            "UPDATE proof SET signature = iif(signature LIKE 'f%', '0', 'f') || substr(signature, 2)".to_owned(),
            "altered in the chain",
        ),
        ("DELETE FROM proof".to_owned(), "altered in the chain"),
    ] {
        sandbox.write("j.sqlite", &whole);
        open(&sandbox.path("j.sqlite")).execute_batch(&sql).unwrap();
        let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
        assert_eq!(ended.code, Some(1), "{sql}: {}", ended.out);
        assert!(ended.out.contains(told), "{sql}: {}", ended.out);
    }
}

#[test]
fn the_key_that_is_known_decides() {
    let sandbox = Sandbox::new();
    proven(&sandbox);
    sandbox.ok(&["key", "rotate", "--db", "j.sqlite"]);
    let keys = sandbox.text("device.pub");
    let (first, second) = keys.trim_end().split_once('\n').expect("two keys");
    let shown = sandbox.ok(&["key", "show", "--db", "j.sqlite"]).out;
    assert!(shown.contains(&format!("{first}  earlier")) && shown.contains(&format!("{second}  in use")), "{shown}");
    // What the old key signed stays good; the next session is signed with the new one.
    sandbox.ok(&["demo", "--headless", "--seconds", "30", "--db", "j.sqlite"]);
    let told = sandbox.ok(&["verify", "j.sqlite"]).out;
    assert!(told.contains(first) && told.contains(second), "{told}");
    // The key that is known decides.
    let one = sandbox.run(&["verify", "j.sqlite", "--key", second]);
    assert_eq!(one.code, Some(1));
    assert!(one.out.contains("none of the known keys"), "{}", one.out);
    sandbox.ok(&["verify", "2", "--db", "j.sqlite", "--key", second]);
    sandbox.ok(&["verify", "1", "--db", "j.sqlite", "--key", "device.pub"]);
    sandbox.refused(&["verify", "1", "--db", "j.sqlite", "--key", "abc"], &["--key abc"]);
    // A key that others may read is not used, and that is said.
    fs::set_permissions(sandbox.path("device.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let told = sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]).err;
    assert!(told.contains("will not be signed") && told.contains("chmod 600"), "{told}");
    let ended = sandbox.run(&["verify", "3", "--db", "j.sqlite"]);
    assert!(ended.code == Some(1) && ended.out.contains("unsigned"), "{}", ended.out);
}

#[test]
fn an_export_is_checked_with_nothing_but_the_key() {
    let sandbox = Sandbox::new();
    let proof = proven(&sandbox);
    let key = proof["public_key"].as_str().unwrap().to_owned();
    let elsewhere = Sandbox::new();
    sandbox.ok(&["report", "1", "--format", "csv", "--db", "j.sqlite", "--out", "r.csv"]);
    let csv = sandbox.text("r.csv");
    elsewhere.write("r.csv.proof.json", sandbox.bytes("p.json"));
    let verify = |csv: &str| {
        elsewhere.write("r.csv", csv);
        elsewhere.run(&["verify", "r.csv", "--key", &key])
    };
    assert_eq!(verify(&csv).code, Some(0));
    // As a spreadsheet saves it.
    assert_eq!(verify(&("\u{feff}".to_owned() + &csv.replace('\n', "\r\n"))).code, Some(0));
    let lines: Vec<&str> = csv.split_inclusive('\n').collect();
    let with = |at: usize, line: &str| [&lines[..at], &[line], &lines[at + 1..]].concat().concat();
    for (changed, told) in [
        (with(70, &lines[70].replace("cutting", "stopped")), "altered in minute 2"),
        (with(200, ""), "altered in minute 4"),
        (with(270, &lines[270].repeat(2)), "altered in minute 5"),
        (lines[..241].concat(), "altered in minute 5"),
    ] {
        let ended = verify(&changed);
        assert_eq!(ended.code, Some(1), "{told}: {}", ended.out);
        assert!(ended.out.contains(told), "{told}: {}", ended.out);
    }
    assert_eq!(elsewhere.run(&["verify", "r.csv", "--key", &"0".repeat(64)]).code, Some(1));
    // The proof alone, and inside a report.
    elsewhere.write("p.json", sandbox.bytes("p.json"));
    elsewhere.ok(&["verify", "p.json", "--key", &key]);
    let facts: Value = serde_json::from_str(proof["facts"].as_str().unwrap()).unwrap();
    let totals: Value = serde_json::from_str(facts["totals"].as_str().unwrap()).unwrap();
    let mut report = serde_json::json!({"crop": "wheat", "totals": totals, "proof": proof});
    elsewhere.write("report.json", report.to_string());
    let ended = elsewhere.run(&["verify", "report.json", "--key", &key]);
    assert!(
        ended.code == Some(3) && ended.out.contains("only the totals and the data of the session"),
        "{}",
        ended.out
    );
    // Our own report in JSON carries it as well.
    sandbox.ok(&["report", "1", "--format", "json", "--db", "j.sqlite", "--out", "own.json"]);
    elsewhere.write("own.json", sandbox.bytes("own.json"));
    elsewhere.ok(&["verify", "own.json", "--key", &key]);
    elsewhere.write("own.json", sandbox.text("own.json").replace("combine-demo", "combine-best"));
    assert_eq!(elsewhere.run(&["verify", "own.json", "--key", &key]).code, Some(1));
    report["totals"]["total_loss_kg"]["value"] = 0.1.into();
    elsewhere.write("report.json", report.to_string());
    let ended = elsewhere.run(&["verify", "report.json", "--key", &key]);
    assert!(ended.code == Some(1) && ended.out.contains("altered in totals"), "{}", ended.out);
    elsewhere.write("none.json", "{}");
    elsewhere.refused(&["verify", "none.json"], &["none.json", "no proof"]);
    elsewhere.refused(&["verify", "gone.csv"], &["gone.csv"]);
}

#[test]
fn a_correction_is_an_addition() {
    let sandbox = Sandbox::new();
    proven(&sandbox);
    let correct = |to: &str, why: &str| {
        sandbox.ok(&[
            "session", "correct", "1", "--field", "operator", "--to", to, "--who", "站长", "--why", why, "--db",
            "j.sqlite",
        ])
    };
    assert!(correct("老李", "换人了").out.contains("operator is 老李, was 老王"));
    assert!(correct("小李", "写错了").out.contains("operator is 小李, was 老李"));
    let journal = open(&sandbox.path("j.sqlite"));
    // What was stored stays.
    assert_eq!(value::<String>(&journal, "SELECT operator FROM session", &[]), "老王");
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM correction WHERE who = '站长'", &[]), 2);
    assert_sound(&journal);
    let list: Value =
        serde_json::from_str(&sandbox.ok(&["sessions", "--format", "json", "--db", "j.sqlite"]).out).unwrap();
    assert_eq!(list[0]["operator"], "小李");
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
    for sql in ["UPDATE correction SET why = 'x' WHERE id = 2", "DELETE FROM correction WHERE id = 1"] {
        journal.execute_batch(&format!("PRAGMA wal_checkpoint; {sql}; PRAGMA wal_checkpoint(TRUNCATE)")).unwrap();
        let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
        assert!(ended.code == Some(1) && ended.out.contains("altered in correction"), "{sql}: {}", ended.out);
    }
    sandbox
        .refused(&["session", "correct", "1", "--field", "totals", "--who", "a", "--why", "b"], &["expected one of"]);
}

#[test]
fn a_session_that_looks_as_if_it_crashed_is_told_and_an_early_journal_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    proven(&sandbox);
    let journal = open(&sandbox.path("j.sqlite"));
    journal.execute_batch("DELETE FROM proof; UPDATE session SET end_reason = NULL").unwrap();
    let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
    assert!(ended.code == Some(1) && ended.out.contains("altered in what the session says"), "{}", ended.out);
    journal.execute_batch("UPDATE sample SET feed_kg_s = 1 WHERE t_us = 1749520830000000").unwrap();
    let ended = sandbox.run(&["verify", "1", "--db", "j.sqlite"]);
    assert!(ended.out.contains("altered in minute 1"), "{}", ended.out);
    // A journal of version 1 has no proof, and says so.
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/journal-version-1.sqlite");
    let ended = sandbox.run(&["verify", kept]);
    assert!(ended.code == Some(1) && ended.out.contains("session 1: unsigned"), "{}", ended.out);
    assert!(ended.out.contains("session 1: not checked: an earlier version"), "{}", ended.out);
}
