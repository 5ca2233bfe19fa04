//! Packets from outside: what they hold, who can read them, and that a changed one is refused.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use grainloss_core::record::COLUMNS;
use serde_json::Value;

use crate::report::{modules, reader, source};
use crate::support::db::open;
use crate::support::run::Sandbox;

/// A sandbox with a closed session of 1500 s whose operator, field, machine and plate are named.
fn journal() -> Sandbox {
    let sandbox = Sandbox::new();
    let args = ["demo", "--headless", "--seed", "3", "--seconds", "1500", "--db", "j.sqlite"];
    let names = [
        "--operator",
        "张三",
        "--field",
        "东洼",
        "--machine-name",
        "一号机",
        "--plate",
        "鲁P12345",
        "--township",
        "甲镇",
    ];
    sandbox.ok(&[&args[..], &names[..]].concat());
    sandbox
}

/// Packs, and gives the files in their order.
fn packed(sandbox: &Sandbox, out: &str, more: &[&str]) -> Vec<PathBuf> {
    sandbox.ok(&[&["pack", "--db", "j.sqlite", "--out", out], more].concat());
    let mut files: Vec<PathBuf> = fs::read_dir(sandbox.path(out)).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// The head's text, as it stands in the file.
fn head(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    let at = text.rfind("{\"format\":\"grainloss-packet\"").unwrap();
    serde_json::Deserializer::from_str(&text[at..]).into_iter().next().unwrap().unwrap()
}

#[test]
fn a_packet_is_the_csv_report_to_the_last_digit_for_a_reader_of_another_make() {
    let sandbox = journal();
    let files = packed(&sandbox, "p", &[]);
    let mut node = Command::new("node");
    node.arg(source("packet.mjs")).arg(&files[0]).env("GRAINLOSS_NODE_MODULES", modules());
    let Some(read) = reader("npm hyparquet", &mut node) else { return };
    let read: Value = serde_json::from_slice(&read).unwrap();
    sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "csv", "--out", "r.csv"]);
    let csv = sandbox.text("r.csv");
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().trim_start_matches('\u{feff}').split(',').collect();
    let columns: Vec<&str> = read["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!((columns[0], &columns[1..]), ("t_us", &names[1..]));
    let rows = read["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1500);
    let mut compared = 0;
    for (row, line) in rows.iter().zip(lines) {
        for (name, field) in names.iter().zip(line.split(',')) {
            let (name, scale) = if *name == "t_unix" { ("t_us", 1e6) } else { (*name, 1.0) };
            let value = &row[name];
            let same = match field.parse::<f64>() {
                Ok(number) => {
                    value.as_f64().is_some_and(|value| (value - number * scale).abs() <= 1e-9 * number.abs() * scale)
                }
                Err(_) if field.is_empty() => value.is_null(),
                Err(_) => value == field,
            };
            assert!(same, "{name}: {value} in the packet, {field:?} in the report");
            compared += usize::from(!field.is_empty());
        }
    }
    assert!(compared > 1500 * 20, "{compared}");
}

#[test]
fn the_seconds_of_a_packet_add_up_to_the_session() {
    let sandbox = journal();
    let files = packed(&sandbox, "p", &[]);
    let packet = grainloss_packet::Packet::read(&files[0]).unwrap();
    let totals = &packet.head.report.as_ref().unwrap()["totals"];
    for (column, total, per_kg) in [
        ("cum_grain_kg", "grain_kg", 1e3),
        ("cum_header_loss_kg", "header_loss_kg", 1e4),
        ("cum_rear_loss_kg", "rear_loss_kg", 1e4),
        ("cum_total_loss_kg", "total_loss_kg", 1e4),
    ] {
        let so_far = packet.numbers(column).unwrap();
        let known: Vec<i64> = so_far.iter().map(|value| value.unwrap_or(0)).collect();
        let seconds: i64 = known.windows(2).map(|two| two[1] - two[0]).sum::<i64>() + known[0];
        let total = totals[total]["value"].as_f64().unwrap();
        // The totals have six digits.
        assert!((seconds as f64 / per_kg - total).abs() <= 1e-5 * total, "{column}: {seconds} {total}");
        assert!(total > 1.0, "{column}");
    }
}

#[test]
fn an_hour_takes_less_than_300_kb_and_the_same_session_is_the_same_file() {
    let sandbox = Sandbox::new();
    sandbox.ok(&[
        "demo",
        "--headless",
        "--seed",
        "4",
        "--seconds",
        "3600",
        "--scenario",
        "wheat-faults",
        "--db",
        "j.sqlite",
    ]);
    let files = packed(&sandbox, "p", &[]);
    assert_eq!(files.len(), 1);
    let once = fs::read(&files[0]).unwrap();
    assert!((50_000..300_000).contains(&once.len()), "{}", once.len());
    let again = sandbox.ok(&["pack", "last", "--db", "j.sqlite", "--out", "p"]);
    assert!(again.out.contains("is there already"), "{}", again.out);
    assert!(packed(&sandbox, "q", &[]).iter().all(|file| fs::read(file).unwrap() == once));
}

#[test]
fn names_stay_at_home_unless_they_are_asked_for() {
    let sandbox = journal();
    let names = ["张三", "东洼", "一号机", "鲁P12345"];
    let bytes = fs::read(&packed(&sandbox, "p", &[])[0]).unwrap();
    let plain = head(&bytes);
    assert_eq!((plain["names"].as_bool(), plain["report"]["township"].as_str()), (Some(false), Some("甲镇")));
    let text = plain.to_string();
    assert!(names.iter().all(|name| !text.contains(name)), "{text}");
    let whole = head(&fs::read(&packed(&sandbox, "n", &["--with-names"])[0]).unwrap());
    assert_eq!(whole["names"], true);
    assert_eq!(
        ["operator", "field", "machine_name", "plate"].map(|name| whole["report"][name].as_str().unwrap().to_owned()),
        names
    );
}

#[test]
fn a_packet_is_proven_by_the_key_of_its_device_only() {
    let sandbox = journal();
    let file = packed(&sandbox, "p", &[])[0].display().to_string();
    sandbox.ok(&["verify", &file, "--key", "device.pub"]);
    let stranger = sandbox.run(&["verify", &file, "--key", &"ab".repeat(32)]);
    assert_eq!(stranger.code, Some(1), "{}", stranger.out);
    assert!(stranger.out.contains("none of the known keys"), "{}", stranger.out);
}

#[test]
fn a_changed_second_is_named_by_its_minute() {
    let sandbox = journal();
    let file = packed(&sandbox, "p", &[]).remove(0);
    let bytes = fs::read(&file).unwrap();
    let text = head_text(&bytes);
    let signature = signature(&bytes);
    let seconds = seconds(&sandbox);
    // The same seconds again: nothing is wrong.
    let same = grainloss_packet::write(1, &text, &signature, &seconds).unwrap();
    assert_eq!(same, bytes);
    let feed = COLUMNS.iter().position(|column| column.name == "feed_kg_s").unwrap();
    let mut altered = seconds.clone();
    let at = altered.iter().position(|(_, texts)| texts[feed].starts_with('5')).unwrap();
    altered[at].1[feed].replace_range(0..1, "4");
    let nth = (altered[at].0 - 1).div_euclid(60_000_000) - (altered[0].0 - 1).div_euclid(60_000_000) + 1;
    refused(&sandbox, &grainloss_packet::write(1, &text, &signature, &altered).unwrap(), &format!("minute {nth}"));
    // A second that was taken out, one that was put in, two in the wrong order.
    let mut fewer = seconds.clone();
    fewer.remove(700);
    let mut more = seconds.clone();
    more.insert(700, more[700].clone());
    let mut swapped = seconds.clone();
    swapped.swap(700, 701);
    for changed in [fewer, more, swapped, seconds[..60].to_vec(), Vec::new()] {
        refused(&sandbox, &grainloss_packet::write(1, &text, &signature, &changed).unwrap(), "minute");
    }
    // Another head under the same signature: a loss that became smaller, a minute less.
    let smaller = text.replacen("\"total_loss_kg\":{\"hi\":", "\"total_loss_kg\":{\"hi\":1", 1);
    assert_ne!(smaller, text);
    for head in [smaller, text.replacen("\"session\":1", "\"session\":2", 1)] {
        refused(&sandbox, &grainloss_packet::write(1, &head, &signature, &seconds).unwrap(), "");
    }
}

#[test]
fn a_session_that_was_changed_is_not_packed() {
    let sandbox = journal();
    sandbox.ok(&["demo", "--headless", "--seed", "5", "--seconds", "130", "--db", "j.sqlite"]);
    open(&sandbox.path("j.sqlite")).execute("UPDATE sample SET feed_kg_s = 1 WHERE session = 1 AND t_us = (SELECT max(t_us) FROM sample WHERE session = 1)", []).unwrap();
    let ended = sandbox.run(&["pack", "--db", "j.sqlite", "--out", "p"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("session 1 was changed"), "{}", ended.err);
    let names: Vec<_> = fs::read_dir(sandbox.path("p")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1);
    assert!(names[0].to_string_lossy().contains("-000002-"), "{names:?}");
}

#[test]
fn bytes_from_anywhere_are_refused_or_are_the_packet() {
    let sandbox = journal();
    let file = packed(&sandbox, "p", &[]).remove(0);
    let bytes = fs::read(&file).unwrap();
    let whole = grainloss_packet::Packet::of_bytes(&file, bytes.clone()).unwrap();
    let untouched = whole.verify();
    // A byte of the file in a few thousand changed, and the file cut there; before, each bit of the first page, which has the
    // times: one that is not of a whole second prints as if it were.
    let times = (4..80).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    // And each letter of the key as a capital: it is the same key.
    let key = sandbox.text("device.pub");
    let key_at = bytes.windows(64).position(|text| text == key.trim().as_bytes()).unwrap();
    let letters = (key_at..key_at + 64).filter(|at| bytes[*at].is_ascii_alphabetic()).map(|at| (at, 5));
    let anywhere = (0..1500).map(|nth| ((nth * 7919) % bytes.len(), nth % 8));
    for (nth, (at, bit)) in times.chain(letters).chain(anywhere).enumerate() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        if let Ok(packet) = grainloss_packet::Packet::of_bytes(&file, changed) {
            // What no reader looks at (a page's statistics) may differ; what is said of the seconds may not.
            let same = packet.verify() == untouched && packet.t_us == whole.t_us && packet.head == whole.head;
            assert!(same || matches!(packet.verify(), grainloss_journal::VerifyResult::Altered(_)), "byte {at}");
        }
        if nth % 10 == 0 {
            assert!(grainloss_packet::Packet::of_bytes(&file, bytes[..at].to_vec()).is_err(), "cut at {at}");
        }
    }
    fs::write(sandbox.path("foreign.parquet"), b"PAR1 and nothing else").unwrap();
    sandbox.refused(&["verify", "foreign.parquet"], &["foreign.parquet", "no Parquet file, or a damaged one"]);
}

#[test]
fn without_the_device_key_nothing_is_packed() {
    let sandbox = journal();
    fs::remove_file(sandbox.path("device.key")).unwrap();
    sandbox.refused(&["pack", "--db", "j.sqlite", "--out", "p"], &["device.key"]);
    assert!(!sandbox.path("p").exists());
}

/// `verify` says that this was altered, with these words.
fn refused(sandbox: &Sandbox, bytes: &[u8], words: &str) {
    fs::write(sandbox.path("changed.parquet"), bytes).unwrap();
    let ended = sandbox.run(&["verify", "changed.parquet", "--key", "device.pub"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("altered") && ended.out.contains(words), "{words}: {}", ended.out);
}

fn head_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let at = text.rfind("{\"format\":\"grainloss-packet\"").unwrap();
    let mut read = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
    read.next().unwrap().unwrap();
    text[at..at + read.byte_offset()].to_owned()
}

fn signature(bytes: &[u8]) -> grainloss_journal::FileSignature {
    let text = String::from_utf8_lossy(bytes);
    let at = text.rfind("{\"version\":1,\"sessions\":").unwrap();
    serde_json::Deserializer::from_str(&text[at..]).into_iter().next().unwrap().unwrap()
}

/// The seconds of session 1, as the journal has them.
fn seconds(sandbox: &Sandbox) -> Vec<(i64, Vec<String>)> {
    let journal = grainloss_journal::Journal::open(&sandbox.path("j.sqlite")).unwrap();
    let mut seconds = Vec::new();
    journal.seconds_within(1, (i64::MIN, i64::MAX), |t_us, texts| seconds.push((t_us, texts.to_vec()))).unwrap();
    seconds
}
