//! Whose packets count, and where a machine's rows lie.

use std::fs;

use grainloss_journal::SigningKey;

use super::support::{Bench, Whole, all_files, rows, sign, tables};

#[test]
fn an_unknown_key_waits_until_it_is_trusted() {
    let bench = Bench::new();
    let packets = bench.pack("a", false);
    bench.pack("b", false);
    bench.trust_all();
    bench.ok(&["gather", "packets-a", "packets-b"]);
    let trusted = tables(&bench.store());
    fs::remove_dir_all(bench.store()).unwrap();
    let key_b = bench.path("cab-b/device.pub");
    bench.ok(&["keys", "trust", key_b.to_str().unwrap()]);
    let out = bench.ok(&["gather", "packets-a", "packets-b"]);
    assert!(out.contains("1 new, 5 minutes") && out.contains("2 wait in quarantine"), "{out}");
    assert_eq!(rows(&bench.store(), "seconds").len(), 250);
    // The bytes wait as they came, also when the stick is gone.
    let waiting: Vec<Vec<u8>> = all_files(&bench.store())
        .into_iter()
        .filter(|(path, _)| path.starts_with("quarantine/"))
        .map(|(_, b)| b)
        .collect();
    assert!(waiting.len() == 2 && packets.iter().all(|path| waiting.contains(&fs::read(path).unwrap())));
    let key = fs::read_to_string(bench.path("cab-a/device.pub")).unwrap().trim().to_owned();
    assert!(out.contains(&format!("keys trust {key}")), "{out}");
    let out = bench.ok(&["keys", "trust", &key]);
    assert!(out.contains("2 packets taken in"), "{out}");
    assert!(tables(&bench.store()) == trusted);
    assert!(all_files(&bench.store()).keys().all(|path| !path.starts_with("quarantine/")));
}

#[test]
fn a_distrusted_key_counts_no_more_until_it_is_trusted_again() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.pack("b", false);
    bench.ok(&["gather", "packets-a", "packets-b"]);
    let before = tables(&bench.store());
    let list = bench.ok(&["keys", "list"]);
    let device =
        list.lines().find(|line| line.contains("  1 packets")).unwrap().split_whitespace().next().unwrap().to_owned();
    bench.ok(&["keys", "distrust", &device]);
    let left = rows(&bench.store(), "seconds");
    assert!(left.len() == 840 && left.iter().all(|row| row["device"] != *device));
    assert_eq!(rows(&bench.store(), "sessions").len(), 2);
    let complaint = bench.refused(&["gather", "packets-b"], 1);
    assert!(complaint.contains("distrusted"), "{complaint}");
    assert_eq!(rows(&bench.store(), "seconds").len(), 840);
    bench.ok(&["keys", "trust", &device]);
    assert!(tables(&bench.store()) == before);
}

#[test]
fn a_machine_with_a_new_key_stays_the_same_machine() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "b", 1);
    bench.put("old", "old.parquet", &whole.block(0, 3));
    bench.ok(&["gather", "old"]);
    let new = SigningKey::from_bytes(&[7; 32]);
    let public: String = grainloss_core::data_file::hex(new.verifying_key().as_bytes());
    bench.put("new", "new.parquet", &sign(&whole.head, &whole.seconds, &new));
    bench.ok(&["gather", "new"]);
    // The same journal under another key is another machine's, or a copy: it would count twice.
    let complaint = bench.refused(&["keys", "trust", &public], 1);
    assert!(complaint.contains("--same-as"), "{complaint}");
    assert_eq!(rows(&bench.store(), "seconds").len(), 180);
    let old = fs::read_to_string(bench.path("cab-b/device.pub")).unwrap();
    bench.ok(&["keys", "trust", &public, "--same-as", old.trim()]);
    let seconds = rows(&bench.store(), "seconds");
    assert!(seconds.len() == 250 && seconds.iter().all(|row| row["device"] == seconds[0]["device"]));
}

#[test]
fn a_region_moves_the_rows_and_a_table_of_machines_goes_out_and_in() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.pack("b", false);
    bench.ok(&["gather", "packets-a", "packets-b"]);
    let devices: Vec<String> = bench
        .ok(&["machines", "list"])
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    bench.ok(&["machines", "set", &devices[0], "--region", "东昌府区", "--plate", "鲁P12345", "--expected", "1"]);
    let seconds = rows(&bench.store(), "seconds");
    assert_eq!(seconds.len(), 2 * 420 + 250);
    assert!(seconds.iter().all(|row| (row["region"] == "东昌府区") == (row["device"] == *devices[0])));
    let machine = rows(&bench.store(), "machines").remove(0);
    assert_eq!((&machine["plate"], &machine["is_expected"]), (&"鲁P12345".into(), &1.into()));
    // 02:00:00 UTC and 420 or 250 s.
    let last = machine["last_seen_s"].as_i64().unwrap();
    assert!([1_749_520_800 + 420, 1_749_520_800 + 250].contains(&last), "{last}");
    bench.ok(&["machines", "export", "m.csv"]);
    let csv = fs::read_to_string(bench.path("m.csv")).unwrap();
    assert!(csv.starts_with("device,plate,name,co_op,township,region,expected\n"), "{csv}");
    assert!(csv.contains(&format!("{},鲁P12345,,,,东昌府区,1", devices[0])), "{csv}");
    bench.put("", "in.csv", csv.replace(",,,,东昌府区", ",,一社,,茌平区").as_bytes());
    bench.ok(&["machines", "import", "in.csv"]);
    assert!(rows(&bench.store(), "seconds").iter().all(|row| row["region"] != "东昌府区"));
    assert_eq!(rows(&bench.store(), "machines")[0]["co_op"], "一社");
    bench.put("", "wrong.csv", format!("device,region\n{},a/b\n", devices[0]).as_bytes());
    let complaint = bench.refused(&["machines", "import", "wrong.csv"], 2);
    assert!(complaint.contains("wrong.csv: line 2: region"), "{complaint}");
    let complaint = bench.refused(&["machines", "set", "0123456789abcdef", "--plate", "x"], 2);
    assert!(complaint.contains("machines list"), "{complaint}");
}

#[test]
fn without_a_store_the_command_says_what_to_do() {
    let bench = Bench::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"));
    let ended = command.args(["keys", "list", "--lang", "zh"]).env_remove("GRAINLOSS_STORE").output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("请加 --store"), "{ended:?}");
    assert!(bench.refused(&["keys", "list"], 2).contains("there is no store"));
    assert!(bench.refused(&["gather", "nowhere"], 1).contains("nowhere"));
}
