//! The journal's schema: versions, what is entered, what is beside the seconds, and who may read it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::db::{assert_sound, open, value};
use crate::support::run::Sandbox;
use grainloss_core::record::COLUMNS;
use grainloss_core::record::EventRecord;
use grainloss_journal::{
    AcknowledgementRecord, ActivitySpan, Entered, Entry, FactRecord, Item, Journal, Overflow, SessionStart,
    StoredAlarm, StoredFact, StoredPan, StoredSensor, StoredSetting, Writer,
};
use serde_json::Value;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_US: i64 = 1_749_520_800_000_000;

/// A journal that the program of version 1 wrote: 120 s of `wheat`, seed 3.
fn version_1(sandbox: &Sandbox) {
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal-version-1.sqlite");
    sandbox.write("old.sqlite", fs::read(kept).unwrap());
}

#[test]
fn a_journal_of_version_1_is_read_as_it_is_and_migrated_when_it_is_written() {
    let sandbox = Sandbox::new();
    version_1(&sandbox);
    let before = sandbox.bytes("old.sqlite");
    let old = open(&sandbox.path("old.sqlite"));
    assert_eq!(value::<i64>(&old, "PRAGMA user_version", &[]), 1);
    let sum = "SELECT sum(total_pct) || '/' || sum(t_us) || '/' || count(*) FROM sample WHERE session = 1";
    let seconds: String = value(&old, sum, &[]);
    let events: i64 = value(&old, "SELECT count(*) FROM event WHERE session = 1", &[]);
    drop(old);

    // Reading changes nothing.
    let list: Value =
        serde_json::from_str(&sandbox.ok(&["sessions", "--db", "old.sqlite", "--format", "json"]).out).unwrap();
    assert_eq!((&list[0]["seconds"], &list[0]["crop"]), (&120.into(), &"wheat".into()));
    assert_eq!(sandbox.ok(&["report", "1", "--format", "csv", "--db", "old.sqlite"]).out.lines().count(), 121);
    assert_eq!(sandbox.bytes("old.sqlite"), before);

    sandbox.ok(&["demo", "--headless", "--seconds", "30", "--db", "old.sqlite"]);
    let new = open(&sandbox.path("old.sqlite"));
    assert_eq!(value::<i64>(&new, "PRAGMA user_version", &[]), 9);
    assert_sound(&new);
    assert_eq!(value::<String>(&new, sum, &[]), seconds);
    assert_eq!(value::<i64>(&new, "SELECT count(*) FROM event WHERE session = 1", &[]), events);
    assert_eq!(value::<i64>(&new, "SELECT count(*) FROM sample WHERE session = 2", &[]), 30);

    // A migrated journal and a new one have the same form.
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "new.sqlite"]);
    let form = |name: &str| {
        let journal = open(&sandbox.path(name));
        let mut statement = journal.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect::<Vec<(String, String, Option<String>)>>()
    };
    assert_eq!(form("old.sqlite"), form("new.sqlite"));
    let columns: Vec<String> = {
        let mut statement = new.prepare("SELECT name FROM pragma_table_info('sample')").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for column in &COLUMNS[1..] {
        assert!(columns.iter().any(|name| name == column.name), "{} is in no migration", column.name);
    }
}

#[test]
fn a_journal_of_a_later_program_is_not_touched() {
    let sandbox = Sandbox::new();
    version_1(&sandbox);
    open(&sandbox.path("old.sqlite")).pragma_update(None, "user_version", 10).unwrap();
    let before = sandbox.bytes("old.sqlite");
    for command in [vec!["sessions"], vec!["demo", "--headless", "--seconds", "5"]] {
        sandbox.refused(&[&command[..], &["--db", "old.sqlite"]].concat(), &["version 10", "update grainloss"]);
    }
    assert_eq!(sandbox.bytes("old.sqlite"), before);
}

#[test]
fn what_is_entered_is_stored_and_nothing_is_guessed() {
    let sandbox = Sandbox::new();
    let demo = ["demo", "--headless", "--seconds", "20", "--db", "j.sqlite"];
    let entered = ["--operator", " 王师傅 ", "--field", "东大田 3", "--township", "大张镇", "--plate", "鲁15-12345"];
    sandbox.ok(&[&demo[..], &entered].concat());
    sandbox.ok(&demo);
    let journal = Journal::open(&sandbox.path("j.sqlite")).unwrap();
    let first = journal.session("1").unwrap().entered;
    assert_eq!(
        [first.operator, first.field, first.township, first.plate].map(Option::unwrap),
        ["王师傅", "东大田 3", "大张镇", "鲁15-12345"]
    );
    assert_eq!((first.place, first.machine_name), (None, None));
    assert_eq!(journal.session("2").unwrap().entered, Entered::default());
    // Both sessions used one profile, which is there once, with its database.
    let connection = open(&sandbox.path("j.sqlite"));
    assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM profile", &[]), 1);
    let session = journal.session("1").unwrap();
    let profile = journal.profile(&session.profile_sha256).unwrap().unwrap();
    let restored =
        grainloss_core::machine::Profile::restore("kept", &profile.text, profile.dbc.as_ref().map(|dbc| &*dbc.1))
            .unwrap();
    assert_eq!((restored.sha256, restored.name), (session.profile_sha256, session.machine));
    for bad in ["", "  ", "two\nlines", &"x".repeat(121)] {
        sandbox.refused(&[&demo[..], &["--operator", bad]].concat(), &["--operator", "expected 1 to 120 characters"]);
    }
}

#[test]
fn beside_the_seconds_are_activities_alarms_settings_sensors_and_pans() {
    let sandbox = Sandbox::new();
    sandbox.ok(&[
        "simulate",
        "--scenario",
        "wheat",
        "--seed",
        "11",
        "--seconds",
        "1500",
        "--out",
        "w.log",
        "--pans",
        "p.csv",
    ]);
    sandbox.write(
        "pans.csv",
        "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2\n\
         1749520900,1749521000,rear,0.3,1.30,2.75,42,,\n1749520905,1749521100,front,0.25,,,30,1.2,20\n",
    );
    sandbox.replay("w.log", "w", &["--db", "j.sqlite", "--pans", "pans.csv"]);
    let journal = Journal::open(&sandbox.path("j.sqlite")).unwrap();

    // Activities cover the session without a hole, and say what the seconds say.
    let spans: Vec<ActivitySpan> = journal.all(1).unwrap();
    assert_eq!((spans[0].from_us, spans.last().unwrap().to_us), (START_US, Some(START_US + 1_500_000_000)));
    for pair in spans.windows(2) {
        assert_eq!(pair[0].to_us, Some(pair[1].from_us));
        assert_ne!(pair[0].state, pair[1].state);
    }
    let connection = open(&sandbox.path("j.sqlite"));
    let cutting: i64 = value(&connection, "SELECT count(*) FROM sample WHERE state = 'cutting'", &[]);
    let in_spans = spans.iter().filter(|span| span.state.as_deref() == Some("cutting"));
    assert_eq!(in_spans.map(|span| (span.to_us.unwrap() - span.from_us) / 1_000_000).sum::<i64>(), cutting);
    assert!(cutting > 600 && spans.len() > 3, "{cutting} s in {} spans", spans.len());

    let alarms: Vec<StoredAlarm> = journal.all(1).unwrap();
    let told = sandbox.json("w.json");
    let told = told["alarms"].as_array().unwrap();
    assert!(!told.is_empty());
    for alarm in told {
        let raised_us = (alarm["t_unix"].as_f64().unwrap() * 1e6).round() as i64;
        let stored = alarms.iter().find(|a| a.raised_us == raised_us && a.alarm == alarm["id"].as_str().unwrap());
        let stored = stored.unwrap_or_else(|| panic!("no {alarm}"));
        if alarm["times"] == 1 {
            let cleared = stored.cleared_us.map(|us| us as f64 / 1e6);
            assert_eq!(cleared, alarm["cleared_unix"].as_f64(), "{alarm}");
        }
        assert_eq!(stored.acknowledged_us, None);
    }

    // Simulated settings are told once at least, in the channel's unit.
    let settings: Vec<StoredSetting> = journal.all(1).unwrap();
    let fan = settings.iter().find(|setting| setting.setting == "fan.speed").expect("a fan");
    assert!((200.0..2000.0).contains(&fan.value.unwrap()) && fan.unit.as_deref() == Some("r/min"), "{fan:?}");
    let sensors: Vec<StoredSensor> = journal.all(1).unwrap();
    let valid = |name: &str| sensors.iter().any(|sensor| sensor.channel == name && sensor.state == "valid");
    assert!(valid("ground.speed") && valid("feed.rate"));

    let pans: Vec<StoredPan> = journal.all(1).unwrap();
    assert_eq!(pans.len(), 2);
    let rear = &pans[0];
    assert_eq!((rear.dropped_us, rear.known_us), (START_US + 100_000_000, START_US + 200_000_000));
    assert_eq!((rear.kind.as_str(), rear.area_m2, rear.outcome.as_str()), ("rear", 0.3, "used"));
    // 2.75 m cut fall on 1.30 m.
    assert!((rear.concentration - 2.115_384_6).abs() < 1e-6, "{rear:?}");
    assert_eq!((rear.kernels, rear.grams, rear.header_width_m), (Some(42.0), None, Some(2.75)));
    assert_eq!((pans[1].kernels, pans[1].grams, pans[1].grain_kg), (Some(30.0), Some(1.2), 0.0012));
    assert_eq!(pans[1].shed_kernels_m2, Some(20.0));
}

/// What people enter while a session runs, through the writer that the service has.
#[test]
fn acknowledgements_and_facts_stand_beside_what_they_speak_of() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("j.sqlite");
    let start = SessionStart {
        started_us: START_US,
        clock: "system",
        entered: Entered { operator: Some("老王".to_owned()), ..Entered::default() },
        ..SessionStart::default()
    };
    let writer = Writer::start(&path, &start, Overflow::Wait).unwrap();
    let at = |s: i64| START_US + s * 1_000_000;
    let alarm = |s, kind| {
        let stream = Some("header".into());
        writer.put(Entry::Event(EventRecord { level: Some(2), stream, ..EventRecord::new(at(s), kind, "loss-level") }));
    };
    let seen = |s, who: &str| {
        let who = Some(who.to_owned());
        let record = AcknowledgementRecord { t_us: at(s), alarm: "loss-level".to_owned(), stream: None, who };
        writer.put(Entry::Acknowledgement(record));
    };
    let fact = |s, item, value: Option<&str>| {
        let record = FactRecord { t_us: at(s), item, value: value.map(str::to_owned), who: Some("站长".to_owned()) };
        writer.put(Entry::Fact(record));
    };
    alarm(10, "alarm-raised");
    seen(12, "老王");
    seen(13, "小李");
    alarm(20, "alarm-cleared");
    alarm(30, "alarm-raised");
    alarm(40, "alarm-cleared");
    alarm(50, "alarm-raised");
    seen(55, "小李");
    fact(60, Item::Operator, Some("小李"));
    fact(61, Item::Field, Some("北坡"));
    fact(62, Item::Field, None);
    fact(63, Item::Note, Some("雨"));
    writer.finish("stopped");

    let journal = Journal::open(&path).unwrap();
    let alarms: Vec<StoredAlarm> = journal.all(1).unwrap();
    let spans: Vec<_> =
        alarms.iter().map(|a| (a.raised_us, a.cleared_us, a.acknowledged_us, a.acknowledged_by.as_deref())).collect();
    // The first who saw it counts; an alarm that nobody saw was seen by nobody.
    let expected = [
        (at(10), Some(at(20)), Some(at(12)), Some("老王")),
        (at(30), Some(at(40)), None, None),
        (at(50), None, Some(at(55)), Some("小李")),
    ];
    assert_eq!(spans, expected);
    let session = journal.session("1").unwrap();
    assert_eq!((session.entered.operator.as_deref(), session.entered.field), (Some("小李"), None));
    let facts: Vec<StoredFact> = journal.all(1).unwrap();
    assert_eq!(facts.iter().map(|f| f.item.as_str()).collect::<Vec<_>>(), ["operator", "field", "field", "note"]);
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
}

#[test]
fn others_may_not_read_it() {
    let sandbox = Sandbox::new();
    let mode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "new.sqlite"]);
    assert_eq!(mode("new.sqlite") & 0o137, 0, "{:o}", mode("new.sqlite"));
    // What an earlier version left open to everybody is closed.
    version_1(&sandbox);
    fs::set_permissions(sandbox.path("old.sqlite"), fs::Permissions::from_mode(0o664)).unwrap();
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "old.sqlite"]);
    assert_eq!(mode("old.sqlite"), 0o640);
    // The write-ahead log has the mode of its journal.
    let reader = open(&sandbox.path("new.sqlite"));
    reader.execute_batch("BEGIN IMMEDIATE; UPDATE session SET end_reason = end_reason; COMMIT").unwrap();
    assert_eq!(mode("new.sqlite-wal"), mode("new.sqlite"));
}

#[test]
fn a_position_is_stored_with_its_second() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "90", "--db", "j.sqlite"]);
    let journal = open(&sandbox.path("j.sqlite"));
    // The scenario's field lies at 36.2 N, 115.6 E.
    let far: f64 = value(
        &journal,
        "SELECT max(abs(latitude_deg - 36.2), abs(longitude_deg - 115.6)) FROM sample WHERE t_us = ?1",
        &[&(START_US + 60_000_000)],
    );
    assert!(far < 0.05, "{far}");
    let course: f64 = value(&journal, "SELECT max(course_deg) FROM sample", &[]);
    assert!((0.0..=360.0).contains(&course), "{course}");
    assert!(value::<i64>(&journal, "SELECT count(latitude_deg) FROM sample", &[]) > 80);
}

/// The budget of the disk: eight megabytes for an hour with ten rows a second.
#[test]
fn an_hour_takes_little_room() {
    let sandbox = Sandbox::new();
    let megabytes = |name: &str, more: &[&str]| {
        let demo = ["demo", "--headless", "--seed", "3", "--seconds", "3600", "--db", name];
        sandbox.ok(&[&demo[..], more].concat());
        fs::metadata(sandbox.path(name)).unwrap().len() as f64 / 1e6
    };
    let (seconds, tenths) = (megabytes("s.sqlite", &[]), megabytes("t.sqlite", &["--tenths"]));
    eprintln!("an hour: {seconds:.2} MB with a row a second, {tenths:.2} MB with ten more");
    assert!(seconds < 2.0 && tenths < 8.0, "{seconds} and {tenths} MB");
    let journal = open(&sandbox.path("t.sqlite"));
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM tenth", &[]), 36_000);
    // The last tenth of a second says what the second says, where that is the state at its end.
    let differing: i64 = value(
        &journal,
        "SELECT count(*) FROM sample JOIN tenth USING (session, t_us) WHERE sample.state IS NOT tenth.state \
         OR sample.total_pct IS NOT tenth.total_pct",
        &[],
    );
    assert_eq!(differing, 0);
}
