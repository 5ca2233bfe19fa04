//! Faults of sensors and machine as the journal, the report and the screen's words tell them.

use crate::support::db::open;
use crate::support::run::Sandbox;

/// What happened in a simulated harvest of wheat that is replayed into `j.sqlite`: seconds since its start, kind, what,
/// and which part.
fn events(sandbox: &Sandbox, seed: u64, seconds: u64, faults: &[&str]) -> Vec<(f64, String, String, String)> {
    let (seed, seconds) = (seed.to_string(), seconds.to_string());
    let mut args =
        vec!["simulate", "--scenario", "wheat-steady", "--seed", &seed, "--seconds", &seconds, "--out", "f.log"];
    for fault in faults {
        args.extend(["--fault", *fault]);
    }
    sandbox.ok(&args);
    sandbox.ok(&["replay", "f.log", "--machine", "combine-demo", "--crop", "wheat", "--db", "j.sqlite"]);
    let journal = open(&sandbox.path("j.sqlite"));
    let sql = "SELECT (t_us - (SELECT started_us FROM session)) / 1e6, kind, id, coalesce(stream, '') FROM event
               WHERE kind NOT IN ('advice', 'notice') ORDER BY seq";
    let mut statement = journal.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Seconds at which the events of this kind happened.
fn times(events: &[(f64, String, String, String)], kind: &str, id: &str, part: &str) -> Vec<f64> {
    let is_it = |e: &&(f64, String, String, String)| (&*e.1, &*e.2, &*e.3) == (kind, id, part);
    events.iter().filter(is_it).map(|e| e.0).collect()
}

/// Events that accuse a sensor, a signal, the machine or a setting.
fn accusing(events: &[(f64, String, String, String)]) -> Vec<&(f64, String, String, String)> {
    let accuses = |e: &&(f64, String, String, String)| {
        ["plate-fault", "signal-fault", "plates-silent"].contains(&&*e.2)
            || ["trouble", "doubt", "setting"].contains(&&*e.1)
    };
    events.iter().filter(accuses).collect()
}

#[test]
fn a_harvest_without_faults_accuses_nothing() {
    for seed in [1, 2] {
        assert_eq!(accusing(&events(&Sandbox::new(), seed, 1500, &[])), [] as [&_; 0], "seed {seed}");
    }
}

#[test]
fn a_fouled_plate_is_named_within_ten_minutes_and_no_other_is() {
    for seed in [1, 2] {
        let told = events(&Sandbox::new(), seed, 1200, &["fouled-plate:sep-left@300-1100"]);
        let found = times(&told, "alarm-raised", "plate-fault", "loss.separation_left");
        assert!(matches!(found[..], [at] if (300.0..900.0).contains(&at)), "seed {seed}: {found:?}");
        assert_eq!(accusing(&told).len(), 1, "seed {seed}: raised and, as it stays fouled, never cleared: {told:?}");
    }
}

#[test]
fn a_stuck_height_is_told_and_cleared_and_is_no_setting() {
    for seed in [1, 2] {
        let told = events(&Sandbox::new(), seed, 900, &["stuck-height@300-700"]);
        let raised = times(&told, "alarm-raised", "signal-fault", "header.height");
        let cleared = times(&told, "alarm-cleared", "signal-fault", "header.height");
        assert!(matches!(raised[..], [at] if (330.0..360.0).contains(&at)), "seed {seed}: {raised:?}");
        assert!(matches!(cleared[..], [at] if (700.0..730.0).contains(&at)), "seed {seed}: {cleared:?}");
        assert_eq!(accusing(&told).len(), 2, "seed {seed}: {told:?}");
    }
}

#[test]
fn trouble_codes_are_told_once_and_once_when_they_have_gone_also_in_the_report() {
    let sandbox = Sandbox::new();
    // One frame, then a broadcast of three codes.
    let told = events(&sandbox, 1, 600, &["dm1-one@100-200", "dm1-three@300-400"]);
    let codes =
        |kind: &str, id: &str| -> Vec<i64> { times(&told, kind, id, "0").iter().map(|at| *at as i64).collect() };
    let near = |found: Vec<i64>, expected: &[i64]| {
        assert_eq!(found.len(), expected.len(), "{told:?}");
        found.iter().zip(expected).for_each(|(found, expected)| assert!((found - expected).abs() <= 2, "{told:?}"));
    };
    near(codes("trouble", "spn-100-fmi-1"), &[100, 300]);
    near(codes("trouble-over", "spn-100-fmi-1"), &[210, 410]);
    for id in ["spn-110-fmi-0", "spn-94-fmi-18"] {
        near(codes("trouble", id), &[300]);
        near(codes("trouble-over", id), &[410]);
    }
    for (lang, words) in [
        (
            "en",
            "trouble code: SPN 100 FMI 1, engine oil pressure, below normal, most severe (address 0), amber warning lamp",
        ),
        ("zh", "故障码: SPN 100 FMI 1, 机油压力, 过低(最严重) (地址 0), 琥珀色警告灯"),
    ] {
        let page = format!("{lang}.html");
        sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "html", "--lang", lang, "--out", &page]);
        assert!(sandbox.text(&page).contains(words), "{lang}");
    }
}

#[test]
fn a_speed_in_the_wrong_unit_is_told_where_positions_show_it() {
    let told = events(&Sandbox::new(), 1, 900, &["wrong-unit:speed@300-600"]);
    let (began, over) = ("doubt", "doubt-over");
    let began = times(&told, began, "speed-contradicts-position", "");
    let over = times(&told, over, "speed-contradicts-position", "");
    assert!(matches!(began[..], [at] if (300.0..420.0).contains(&at)), "{began:?}");
    assert!(matches!(over[..], [at] if (600.0..720.0).contains(&at)), "{over:?}");
}
