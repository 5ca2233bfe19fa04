//! Twice is once, any order is the same store, nothing forged counts.

use std::fs;

use grainloss_core::record::COLUMNS;
use proptest::prelude::*;

use super::support::{Bench, Whole, all_files, hashed, of_session, rows, sign, tables};

#[test]
fn what_is_gathered_twice_counts_once() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.pack("b", false);
    let out = bench.ok(&["gather", "packets-a", "packets-b"]);
    // Two sessions of 420 s in 7 minutes, one of 250 s in 5.
    assert!(out.contains("3 new, 19 minutes; 0 were there already"), "{out}");
    let once = all_files(&bench.store());
    assert_eq!(rows(&bench.store(), "seconds").len(), 2 * 420 + 250);
    let out = bench.ok(&["gather", "packets-b", "packets-a", "packets-a"]);
    assert!(out.contains("0 new, 0 minutes; 5 were there already"), "{out}");
    assert!(all_files(&bench.store()) == once);
}

#[test]
fn the_same_minute_in_ten_packets_counts_once() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "b", 1);
    for (nth, (from, to)) in
        [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (1, 3)].into_iter().enumerate()
    {
        bench.put("blocks", &format!("{nth}.parquet"), &whole.block(from, to));
    }
    let out = bench.ok(&["gather", "blocks"]);
    assert!(out.contains("10 new, 5 minutes"), "{out}");
    let many = tables(&bench.store());
    assert_eq!(rows(&bench.store(), "seconds").len(), 250);
    let other = Bench::new();
    other.trust_all();
    other.pack("b", false);
    other.ok(&["gather", "packets-b"]);
    let mut once = tables(&other.store());
    // The other store knows both machines, too.
    assert_eq!(once.remove("machines/part-0.parquet"), many.get("machines/part-0.parquet").cloned());
    assert!(once.iter().all(|(path, bytes)| many.get(path) == Some(bytes)));
    assert_eq!(many.len(), once.len() + 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_in_any_order_are_the_same_store(cuts in prop::collection::btree_set(1usize..7, 0..4), seed in any::<u64>()) {
        let bench = Bench::new();
        bench.trust_all();
        let whole = Whole::of(&bench, "a", 1);
        let ends: Vec<usize> = cuts.into_iter().chain([7]).collect();
        let mut from = 0;
        let mut blocks: Vec<Vec<u8>> = ends.iter().map(|to| {
            let block = whole.block(from, *to);
            from = *to;
            block
        }).collect();
        bench.put("reference", "whole.parquet", &whole.block(0, 7));
        bench.ok(&["gather", "reference", "--store", "reference-store"]);
        // The reference store has no key: it waits, and is trusted afterwards.
        let key = bench.path("cab-a/device.pub");
        bench.ok(&["keys", "trust", key.to_str().unwrap(), "--store", "reference-store"]);
        let mut state = seed;
        while !blocks.is_empty() {
            // A few of them at a time.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let block = blocks.remove((state >> 33) as usize % blocks.len());
            let name = format!("{state:x}.parquet");
            let file = bench.put("blocks", &name, &block);
            if state & (1 << 60) == 0 || blocks.is_empty() {
                bench.ok(&["gather", "blocks"]);
            } else {
                prop_assert!(file.is_file());
            }
        }
        let (mut blocks, mut reference) = (tables(&bench.store()), tables(&bench.path("reference-store")));
        // It knows one machine more.
        blocks.remove("machines/part-0.parquet");
        reference.remove("machines/part-0.parquet");
        prop_assert!(blocks.len() >= 7, "{:?}", blocks.keys());
        prop_assert!(blocks == reference);
    }
}

#[test]
fn a_changed_packet_is_refused_by_its_minute_and_the_others_are_taken() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("b", false);
    let whole = Whole::of(&bench, "a", 1);
    let mut seconds = whole.seconds.clone();
    let feed = COLUMNS.iter().position(|column| column.name == "feed_kg_s").unwrap();
    // The 200th second is in the fourth minute.
    let at = (200..420).find(|at| !seconds[*at].1[feed].is_empty()).unwrap();
    seconds[at].1[feed] = "9.999".to_owned();
    let text = serde_json::to_string(&whole.head).unwrap();
    let hash = grainloss_core::data_file::sha256(&[text.as_bytes()]);
    let signature = grainloss_journal::FileSignature::sign(&whole.key, &[1], &hash);
    let bytes = grainloss_packet::write(1, &text, &signature, &seconds).unwrap();
    bench.put("packets-b", "changed.parquet", &bytes);
    bench.put("packets-b", "noise.parquet", b"PAR1 and nothing else");
    let complaint = bench.refused(&["gather", "packets-b"], 1);
    // Its fourth minute ends at 10:04 in China: the session began at 02:00 UTC.
    assert!(complaint.contains("changed.parquet: altered in minute 4 (until 2025-06-10 10:04)"), "{complaint}");
    assert!(complaint.contains("noise.parquet") && complaint.contains("no Parquet file"), "{complaint}");
    assert_eq!(rows(&bench.store(), "seconds").len(), 250);
    let zh = bench.refused(&["gather", "packets-b", "--lang", "zh"], 1);
    assert!(zh.contains("changed.parquet:第 4 分钟(到 2025-06-10 10:04)被改动过"), "{zh}");
}

#[test]
fn another_content_of_a_minute_that_is_there_is_refused() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "b", 1);
    bench.put("one", "first.parquet", &whole.block(0, 5));
    bench.ok(&["gather", "one"]);
    let first = tables(&bench.store());
    // The machine's own key signs other seconds for minutes 2 and 3.
    let (mut head, mut seconds) = (whole.head.clone(), whole.seconds.clone());
    let feed = COLUMNS.iter().position(|column| column.name == "feed_kg_s").unwrap();
    seconds[90].1[feed] = "9.999".to_owned();
    hashed(&mut head, &seconds);
    bench.put("two", "second.parquet", &sign(&head, &seconds, &whole.key));
    let complaint = bench.refused(&["gather", "two"], 1);
    assert!(complaint.contains("second.parquet") && complaint.contains("until 2025-06-10 10:02"), "{complaint}");
    assert!(tables(&bench.store()) == first);
}

#[test]
fn a_minute_that_was_closed_too_early_is_completed_in_either_order() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "b", 1);
    // Closed at 02:02:20, and continued: the third minute has 20 s at first.
    let mut head = whole.head.clone();
    head.minutes.truncate(3);
    let seconds = whole.seconds[..140].to_vec();
    hashed(&mut head, &seconds);
    head.seal = 2;
    bench.put("early", "early.parquet", &sign(&head, &seconds, &whole.key));
    bench.put("whole", "whole.parquet", &whole.block(0, 5));
    bench.ok(&["gather", "early"]);
    assert_eq!(rows(&bench.store(), "seconds").len(), 140);
    bench.ok(&["gather", "whole"]);
    let forward = tables(&bench.store());
    assert_eq!(rows(&bench.store(), "seconds").len(), 250);
    fs::remove_dir_all(bench.store()).unwrap();
    bench.trust_all();
    bench.ok(&["gather", "whole"]);
    bench.ok(&["gather", "early"]);
    assert!(tables(&bench.store()) == forward);
}

#[test]
fn a_journal_gives_the_rows_that_its_packets_give() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.ok(&["gather", "packets-a"]);
    let packets = tables(&bench.store());
    fs::remove_dir_all(bench.store()).unwrap();
    bench.trust_all();
    let journal = bench.journal("a");
    fs::remove_file(journal.with_file_name("device.key")).unwrap();
    let out = bench.ok(&["gather", "cab-a"]);
    assert!(out.contains("2 new, 14 minutes"), "{out}");
    assert!(tables(&bench.store()) == packets);
    // And both together are no more.
    bench.ok(&["gather", "packets-a", "cab-a"]);
    assert!(tables(&bench.store()) == packets);
}

#[test]
fn a_session_that_was_changed_in_its_journal_is_refused_and_the_others_are_taken() {
    let bench = Bench::new();
    bench.trust_all();
    let journal = bench.journal("a");
    let change = "UPDATE sample SET feed_kg_s = 9 WHERE session = 2 AND t_us = (SELECT max(t_us) FROM sample)";
    rusqlite::Connection::open(&journal).unwrap().execute(change, []).unwrap();
    let complaint = bench.refused(&["gather", "cab-a"], 1);
    assert!(complaint.contains("j.sqlite #2: session 2 was changed"), "{complaint}");
    assert_eq!(of_session(rows(&bench.store(), "seconds"), "-1").len(), 420);
    assert_eq!(rows(&bench.store(), "sessions").len(), 1);
}

#[test]
fn points_that_an_office_measured_without_a_machine_are_taken_from_its_journal() {
    let bench = Bench::new();
    bench.trust_all();
    let office = bench.path("office");
    fs::create_dir_all(&office).unwrap();
    for name in ["device.key", "device.pub"] {
        fs::copy(bench.journal("b").with_file_name(name), office.join(name)).unwrap();
    }
    let entered =
        r#"{"crop": "maize", "head": {"township": "丙镇", "operator": "张三"}, "grain": {"yield_kg_mu": 600}}"#;
    let point = serde_json::from_str(entered).unwrap();
    let journal = office.join("j.sqlite");
    grainloss_journal::add_measured_point(&journal, &point, None, 1_760_000_000_000_000).unwrap();
    bench.ok(&["gather", "office"]);
    let points = rows(&bench.store(), "points");
    // 600 kg/mu × 1.5 = 900 g/m²; nothing was found yet.
    assert_eq!(
        (&points[0]["crop"], &points[0]["yield_g_m2"], &points[0]["loss_ppm"]),
        (&"maize".into(), &900.into(), &serde_json::Value::Null)
    );
    assert!(!points[0]["body"].to_string().contains("张三"));
    let before = tables(&bench.store());
    let out = bench.ok(&["gather", "office"]);
    assert!(out.contains("0 new, 0 minutes; 1 were there already") && tables(&bench.store()) == before, "{out}");
    rusqlite::Connection::open(&journal).unwrap().execute("UPDATE measured_point SET made_us = 1", []).unwrap();
    assert!(bench.refused(&["gather", "office"], 1).contains("measured points were changed"));
}

#[test]
fn a_packet_of_an_earlier_program_is_taken_and_a_newer_one_completes_it() {
    let bench = Bench::new();
    bench.trust_all();
    let earlier = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/earlier");
    bench.ok(&["gather", earlier.to_str().unwrap()]);
    let session = rows(&bench.store(), "sessions").remove(0);
    assert_eq!(
        (&session["crop"], &session["day"], &session["township"]),
        (&"wheat".into(), &"2025-06-10".into(), &"甲镇".into())
    );
    assert_eq!(rows(&bench.store(), "pans").len(), 0);
    bench.pack("a", false);
    bench.ok(&["gather", "packets-a"]);
    assert_eq!(of_session(rows(&bench.store(), "pans"), "-1").len(), 2);
    assert_eq!(rows(&bench.store(), "seconds").len(), 840);
}

#[test]
fn a_packet_that_claims_gigabytes_is_refused_in_little_memory() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "a", 1);
    let mut bytes = sign(&whole.head, &whole.seconds[..3].to_vec(), &whole.key);
    // The header of the first page, after the file's four letters: 0x15 and its kind, 0x15 and its size unpacked, 0x15 and its size,
    // in zigzag. It claims 2^31 - 1 bytes now; the four bytes that this takes more are taken from the page.
    assert_eq!((&bytes[4..7], bytes[8]), (&[0x15, 0, 0x15][..], 0x15));
    let packed = bytes[9];
    bytes.splice(7..10, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, packed - 2 * 4]);
    let end = (5..bytes.len()).find(|at| bytes[*at..].starts_with(&[0x15, 0, 0x15])).unwrap();
    bytes.drain(end - 4..end);
    bench.put("packets", "claims.parquet", &bytes);
    let ended = std::process::Command::new("sh")
        .args(["-c", r#"ulimit -v 1000000; exec "$0" gather packets"#, env!("CARGO_BIN_EXE_grainloss-fleet")])
        .current_dir(bench.folder.path())
        .env("GRAINLOSS_STORE", bench.store())
        .env("LANG", "en_US.UTF-8")
        .output()
        .unwrap();
    let said = super::support::text(&ended.stderr);
    assert!(said.contains("claims.parquet: 2147483647 bytes when it is unpacked; a packet has at most"), "{said}");
    assert_eq!(ended.status.code(), Some(1));
}
