//! The questions against stores whose answers are calculated by hand, and against SQLite, which runs the very same files.

use crate::support::{SqliteStore, TinyStore, asked, rows};
use grainloss_fleet::engine::{Answer, Asked, QUESTIONS, StorePlace, Value, ask, question};

fn answer(store: &TinyStore, name: &str, asked: &Asked) -> Answer {
    ask(&store.place(), question(name).unwrap().sql, asked).unwrap()
}

/// The rows of some columns, as the hash writes them.
fn columns(answer: &Answer, names: &[&str]) -> Vec<String> {
    let at: Vec<usize> = names.iter().map(|name| answer.column(name).unwrap_or_else(|| panic!("{name}"))).collect();
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Whole(value) => value.to_string(),
        Value::Text(text) => text.to_string(),
    };
    answer.rows.iter().map(|row| at.iter().map(|at| text(&row[*at])).collect::<Vec<_>>().join(" ")).collect()
}

/// Two machines of co-op 甲, one of none. On the first day a1 has a session with a known loss, one that it revises, and one
/// with an unknown loss; b1 has one; c1, of no co-op, has one of another township and crop.
#[allow(clippy::too_many_lines, reason = "the rows of every table")]
fn tiny() -> TinyStore {
    let mut store = TinyStore::new();
    for (device, co_op, seen, expected) in [
        ("a1", Some("甲"), Some(2000), 1),
        ("b1", Some("甲"), None, 1),
        ("c1", None, Some(900_000), 1),
        ("d1", None, None, 0),
    ] {
        store.add("machines", "", rows![device, format!("鲁-{device}"), (), co_op, "东镇", "r", seen, expected]);
    }
    // Heard by MQTT: a1 a while ago and still connected, c1 before its newest packet; what is of a state and an alarm is unknown.
    let unknown = || std::iter::repeat_with(|| Value::Null);
    for (device, heard, online) in [("a1", 899_900, 1), ("c1", 100, 1)] {
        let mut row = rows![device, heard, online];
        row.extend(unknown().take(15));
        store.add("heard", "", row);
    }
    let wheat = "season=2026/region=r/day=2026-06-12/crop=wheat";
    let next = "season=2026/region=r/day=2026-06-14/crop=wheat";
    let rice = "season=2026/region=r/day=2026-06-13/crop=rice";
    // device, session, revises, counts, closed, start, end, seconds, cutting, area, grain, header, rear, loss, lo, hi, bases…
    let session = |device: &str,
                   id: &str,
                   counts: i64,
                   cutting: i64,
                   area: i64,
                   grain: i64,
                   loss: Option<i64>,
                   basis: Option<&str>,
                   township: Option<&str>| {
        rows![
            device,
            id,
            (),
            counts,
            1,
            1000,
            1999,
            1000,
            cutting,
            area,
            grain,
            loss.map(|l| l / 4),
            loss.map(|l| l - l / 4),
            loss,
            loss.map(|l| l / 2),
            loss.map(|l| l * 2),
            basis,
            basis,
            basis,
            3,
            1,
            2,
            4,
            (),
            12_000,
            township,
            (),
            (),
            "test"
        ]
    };
    store.add(
        "sessions",
        wheat,
        session("a1", "a1-1", 0, 9999, 9999, 9_999_999, Some(99_999), Some("sensed"), Some("东镇")),
    );
    store.add(
        "sessions",
        wheat,
        session("a1", "a1-2", 1, 800, 60_000, 500_000, Some(40_000), Some("sensed"), Some("东镇")),
    );
    store.add("sessions", wheat, session("a1", "a1-3", 1, 100, 7_000, 70_000, None, None, Some("东镇")));
    store.add(
        "sessions",
        wheat,
        session("b1", "b1-1", 1, 600, 50_000, 300_000, Some(20_000), Some("calibrated"), Some("东镇")),
    );
    store.add("sessions", next, session("a1", "a1-4", 1, 400, 30_000, 200_000, Some(10_000), Some("sensed"), None));
    store.add(
        "sessions",
        rice,
        session("c1", "c1-1", 1, 300, 20_000, 100_000, Some(6_000), Some("model-only"), Some("西镇")),
    );
    // Drivers: 王 drove on both days; a1-3 without a name.
    let driver = |device: &str, id: &str, name: &str, counts: i64, cutting: i64, grain: i64, loss: Option<i64>| {
        rows![
            device,
            id,
            name,
            counts,
            1000,
            1000,
            cutting,
            1000,
            grain,
            loss.map(|l| l / 4),
            loss.map(|l| l - l / 4),
            loss,
            loss.map(|l| l / 2),
            loss.map(|l| l * 2),
            loss.map(|_| "sensed"),
            1,
            2,
            4
        ]
    };
    store.add("drivers", wheat, driver("a1", "a1-1", "王", 0, 9999, 9_999_999, Some(99_999)));
    store.add("drivers", wheat, driver("a1", "a1-2", "王", 1, 800, 500_000, Some(40_000)));
    store.add("drivers", wheat, driver("a1", "a1-3", "driver-1", 1, 100, 70_000, None));
    store.add("drivers", wheat, driver("b1", "b1-1", "driver-1", 1, 600, 300_000, Some(20_000)));
    store.add("drivers", next, driver("a1", "a1-4", "王", 1, 400, 200_000, Some(10_000)));
    store.add("drivers", rice, driver("c1", "c1-1", "王", 1, 300, 100_000, Some(6_000)));
    store.add("trainings", "", rows!["王", "甲", "2026-06-13"]);
    // Habits: two rows of overload, one of them without a price; one that does not count.
    let habit = |id: &str, counts: i64, n: i64, cost: Option<i64>| {
        let untold = if cost.is_none() { Some("within-scatter") } else { None };
        rows!["a1", id, "王", counts, "overload", n, n * 8000, cost, cost.map(|c| c / 2), cost.map(|c| c * 3), untold]
    };
    store.add("habits", wheat, habit("a1-1", 0, 50, Some(50)));
    store.add("habits", wheat, habit("a1-2", 1, 5, Some(900)));
    store.add("habits", wheat, habit("a1-3", 1, 2, None));
    for (device, counts, kind, level) in [
        ("a1", 1, "alarm-raised", 2),
        ("a1", 1, "alarm-raised", 2),
        ("b1", 1, "alarm-raised", 2),
        ("b1", 1, "alarm-raised", 3),
        ("b1", 1, "alarm-cleared", 3),
        ("b1", 0, "alarm-raised", 3),
    ] {
        store.add("events", wheat, rows![device, "s", counts, 1_000_000, kind, "loss-step", level, "rear", (), ()]);
    }
    for (finding, state) in [(1, "open"), (2, "closed"), (3, "assigned")] {
        store.add(
            "findings",
            wheat,
            rows!["a1", finding, "a1-2", 1500, "throttle", (), state, 5_000_000, 4_000_000, "a1"],
        );
    }
    for (point, session, counts) in [(1, Some("a1-2"), 1), (2, None, 1), (3, Some("a1-2"), 0)] {
        let field: Option<&str> = None;
        store.add(
            "points",
            wheat,
            rows!["a1", point, session, counts, 1600, 15_000, 9_000, 600, "东镇", field, "{}", "a1"],
        );
    }
    for (t_s, sha256) in [(10, "old"), (20, "new"), (15, "between")] {
        store.add(
            "calibrations",
            wheat,
            rows!["a1", "a1-2", t_s, "deere-2015", 4, 2, 700_000, 1_200_000, 1200, 1500, sha256, "{}"],
        );
    }
    // Seconds: of a1-2 two in one stratum and cell, one in another; one of a session that does not count, one of one with an
    // unknown loss, one in a turn.
    let second =
        |id: &str, t_s: i64, state: &str, grain: i64, header: i64, rear: i64, feed: i64, moisture: i64, cell: i64| {
            rows![
                "a1",
                id,
                t_s,
                state,
                0,
                0,
                grain,
                header,
                rear,
                1500,
                450,
                feed,
                moisture,
                1,
                1,
                cell,
                7,
                "model-only",
                "sensed",
                0
            ]
        };
    store.add("seconds", wheat, second("a1-2", 1, "cutting", 4000, 10, 30, 8499, 1499, 100));
    store.add("seconds", wheat, second("a1-2", 2, "cutting", 4200, -2, 32, 8000, 1200, 100));
    store.add("seconds", wheat, second("a1-2", 3, "cutting", 4500, 11, 40, 8500, 1500, 101));
    store.add("seconds", wheat, second("a1-2", 4, "turning", 0, 0, 3, 100, 1500, 101));
    store.add("seconds", wheat, second("a1-1", 1, "cutting", 9000, 90, 90, 8000, 1200, 100));
    store.add("seconds", wheat, second("a1-3", 1, "cutting", 9000, 0, 0, 8000, 1200, 100));
    store.add("seconds", next, second("a1-4", 1, "cutting", 3000, 10, 20, 8100, 1300, 100));
    store.write();
    store
}

#[test]
fn day_leaves_out_revised_sessions_and_keeps_unknown_losses_apart() {
    let answer = answer(&tiny(), "day", &asked());
    // 12 June, 东镇, 甲: a1-2 + a1-3 + b1-1; known: a1-2 and b1-1.
    assert_eq!(
        columns(
            &answer,
            &[
                "day",
                "crop",
                "township",
                "co_op",
                "sessions",
                "sessions_known",
                "machines",
                "cutting_s",
                "area_dm2",
                "grain_g"
            ]
        ),
        [
            "2026-06-12 wheat 东镇 甲 3 2 2 1500 117000 870000",
            "2026-06-13 rice 西镇 - 1 1 1 300 20000 100000",
            "2026-06-14 wheat - 甲 1 1 1 400 30000 200000",
        ]
    );
    assert_eq!(
        columns(
            &answer,
            &[
                "loss_dg",
                "loss_lo_dg",
                "loss_hi_dg",
                "known_grain_g",
                "known_area_dm2",
                "model_only",
                "sensed",
                "calibrated",
                "fault",
                "alarms"
            ]
        ),
        [
            "60000 30000 120000 800000 110000 0 1 1 0 12",
            "6000 3000 12000 100000 20000 1 0 0 0 4",
            "10000 5000 20000 200000 30000 0 1 0 0 4",
        ]
    );
}

#[test]
fn machine_co_op_and_township_sum_over_days_but_not_over_crops() {
    let store = tiny();
    let names = ["sessions", "sessions_known", "cutting_s", "grain_g", "loss_dg", "known_grain_g"];
    assert_eq!(
        columns(&answer(&store, "machine", &asked()), &[&["crop", "device", "plate", "co_op"], &names[..]].concat()),
        [
            "rice c1 鲁-c1 - 1 1 300 100000 6000 100000",
            "wheat a1 鲁-a1 甲 3 2 1300 770000 50000 700000",
            "wheat b1 鲁-b1 甲 1 1 600 300000 20000 300000",
        ]
    );
    assert_eq!(
        columns(&answer(&store, "co-op", &asked()), &[&["crop", "co_op"], &names[..]].concat()),
        ["rice - 1 1 300 100000 6000 100000", "wheat 甲 4 3 1900 1070000 70000 1000000"]
    );
    assert_eq!(
        columns(&answer(&store, "township", &asked()), &[&["crop", "township"], &names[..]].concat()),
        [
            "rice 西镇 1 1 300 100000 6000 100000",
            "wheat - 1 1 400 200000 10000 200000",
            "wheat 东镇 3 2 1500 870000 60000 800000",
        ]
    );
}

#[test]
fn an_answer_holds_the_days_and_the_crop_that_were_asked_about() {
    let store = tiny();
    let days = |from: Option<&str>, to: Option<&str>, crop: Option<&str>| {
        let asked = Asked {
            from_day: from.map(str::to_owned),
            to_day: to.map(str::to_owned),
            crop: crop.map(str::to_owned),
            ..asked()
        };
        columns(&answer(&store, "day", &asked), &["day"])
    };
    assert_eq!(days(Some("2026-06-13"), None, None), ["2026-06-13", "2026-06-14"]);
    assert_eq!(days(None, Some("2026-06-13"), None), ["2026-06-12", "2026-06-13"]);
    assert_eq!(days(None, None, Some("wheat")), ["2026-06-12", "2026-06-14"]);
    assert_eq!(days(None, None, Some("maize")), [""; 0]);
}

#[test]
fn drivers_without_a_name_are_never_taken_for_one_person() {
    assert_eq!(
        columns(
            &answer(&tiny(), "driver", &asked()),
            &[
                "crop",
                "co_op",
                "driver",
                "sessions",
                "sessions_known",
                "cutting_s",
                "grain_g",
                "loss_dg",
                "known_grain_g",
                "turning_cuts",
                "luggings"
            ]
        ),
        [
            "rice - 王 1 1 300 100000 6000 100000 1 2",
            "wheat 甲 - 2 1 700 370000 20000 300000 2 4",
            "wheat 甲 王 2 2 1200 700000 50000 700000 2 4",
        ]
    );
}

#[test]
fn habits_have_all_cutting_hours_under_them_and_count_what_cannot_be_told() {
    // All cutting of wheat in 甲: 800 + 100 + 600 + 400.
    assert_eq!(
        columns(
            &answer(&tiny(), "habits", &asked()),
            &[
                "crop",
                "co_op",
                "habit",
                "n",
                "duration_ms",
                "cutting_s",
                "cost_dg",
                "cost_lo_dg",
                "cost_hi_dg",
                "priced",
                "untold"
            ]
        ),
        ["wheat 甲 overload 7 56000 1900 900 450 2700 1 1"]
    );
}

#[test]
fn alarms_are_counted_when_raised() {
    assert_eq!(
        columns(&answer(&tiny(), "alarms", &asked()), &["crop", "alarm", "level", "n", "machines", "cutting_s"]),
        ["wheat loss-step 2 3 2 1900", "wheat loss-step 3 1 1 1900"]
    );
}

#[test]
fn findings_are_open_until_they_are_closed() {
    assert_eq!(
        columns(&answer(&tiny(), "findings", &asked()), &["finding", "state", "plate"]),
        ["1 open 鲁-a1", "3 assigned 鲁-a1"]
    );
}

#[test]
fn missing_are_expected_machines_that_were_not_seen_for_so_many_days() {
    // Now is 900,000 s; three days before it is 640,800 s. c1 was seen, d1 is not expected.
    assert_eq!(
        columns(
            &answer(&tiny(), "missing", &asked()),
            &["device", "last_seen_s", "silent_s", "mqtt_s", "seen_s", "seen_by"]
        ),
        ["a1 2000 898000 899900 899900 mqtt", "b1 - - - - -"]
    );
}

#[test]
fn last_seen_is_the_newer_of_packets_and_messages() {
    // Now is 900,000 s: a1 was heard 100 s ago, c1 899,900 s ago, which is no connection whatever the broker said last.
    assert_eq!(
        columns(
            &answer(&tiny(), "seen", &asked()),
            &["device", "seen_s", "seen_by", "packet_s", "mqtt_s", "is_online", "activity"]
        ),
        ["c1 900000 packets 900000 100 0 -", "d1 - - - - - -", "a1 899900 mqtt 2000 899900 1 -", "b1 - - - - - -"]
    );
}

#[test]
fn findings_and_points_of_one_number_in_two_journals_are_two_rows_in_one_order() {
    let place = "season=2026/region=r/day=2026-06-12/crop=wheat";
    let mut hashes = Vec::new();
    for journals in [["aaaaaaaa", "bbbbbbbb"], ["bbbbbbbb", "aaaaaaaa"]] {
        let mut store = TinyStore::new();
        for journal in journals {
            let session = format!("{journal}-1");
            let (value, field): (i64, Option<&str>) = (if journal == "aaaaaaaa" { 5 } else { 6 }, None);
            store.add(
                "findings",
                place,
                rows!["a1", 1, session.clone(), 1500, "throttle", (), "open", value, 4, journal],
            );
            store.add(
                "points",
                place,
                rows!["a1", 1, session, 1, 1600, value, 9_000, 600, "东镇", field, "{}", journal],
            );
        }
        store.write();
        let findings = answer(&store, "findings", &asked());
        assert_eq!(columns(&findings, &["finding", "value_e6", "journal"]), ["1 5 aaaaaaaa", "1 6 bbbbbbbb"]);
        let points = answer(&store, "points", &asked());
        assert_eq!(columns(&points, &["point", "measured_ppm", "journal"]), ["1 5 aaaaaaaa", "1 6 bbbbbbbb"]);
        hashes.push([findings.sha256(), points.sha256()]);
    }
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn ranking_sums_settled_seconds_by_classes_of_feed_rate_and_moisture() {
    // Classes: 8000 to 8500 g/s and 12 to 15 %: 4000 + 4200 g with 40 + 30 dg in a1-2, 3000 g with 30 dg in a1-4.
    // Squares: 8200² + 3000² = 76,240,000; 8200 × 70 + 3000 × 30 = 664,000; 70² + 30² = 5800.
    assert_eq!(
        columns(
            &answer(&tiny(), "ranking", &asked()),
            &[
                "crop",
                "feed_from_g_s",
                "moisture_from_bp",
                "basis_header",
                "basis_rear",
                "device",
                "sessions",
                "seconds",
                "grain_g",
                "loss_dg",
                "grain_grain",
                "grain_loss",
                "loss_loss"
            ]
        ),
        [
            "wheat 8000 1200 model-only sensed a1 2 3 11200 100 76240000 664000 5800",
            "wheat 8500 1500 model-only sensed a1 1 1 4500 51 20250000 229500 2601",
        ]
    );
}

#[test]
fn training_compares_the_named_driver_of_that_co_op_before_and_after() {
    // 王 of 甲 only: before 12 June a1-2, after 14 June a1-4. 500,000 × 40,000 and so on.
    assert_eq!(
        columns(
            &answer(&tiny(), "training", &asked()),
            &[
                "driver",
                "co_op",
                "trained_day",
                "crop",
                "basis",
                "before_sessions",
                "before_grain_g",
                "before_loss_dg",
                "before_grain_loss",
                "before_faults",
                "after_sessions",
                "after_grain_g",
                "after_loss_dg",
                "after_loss_loss",
                "after_faults"
            ]
        ),
        ["王 甲 2026-06-13 wheat sensed 1 500000 40000 20000000000 3 1 200000 10000 100000000 3"]
    );
}

#[test]
fn points_stand_beside_the_estimate_of_their_own_session_only() {
    assert_eq!(
        columns(
            &answer(&tiny(), "points", &asked()),
            &["point", "measured_ppm", "sensor_grain_g", "sensor_loss_dg", "sensor_loss_lo_dg", "basis"]
        ),
        ["1 15000 500000 40000 20000 sensed", "2 15000 - - - -"]
    );
}

#[test]
fn map_sums_cells_of_counted_sessions_with_a_known_loss() {
    assert_eq!(
        columns(
            &answer(&tiny(), "map", &asked()),
            &[
                "day",
                "township",
                "cell_north",
                "cell_east",
                "seconds",
                "known_grain_g",
                "header_loss_dg",
                "rear_loss_dg",
                "loss_dg"
            ]
        ),
        [
            "2026-06-12 东镇 100 7 2 8200 8 62 70",
            "2026-06-12 东镇 101 7 1 4500 11 40 51",
            "2026-06-14 - 100 7 1 3000 10 20 30"
        ]
    );
}

#[test]
fn calibrations_give_the_newest_of_a_machine() {
    assert_eq!(
        columns(&answer(&tiny(), "calibrations", &asked()), &["crop", "profile", "device", "t_s", "sha256"]),
        ["wheat deere-2015 a1 20 new"]
    );
}

#[test]
fn sqlite_gives_the_same_rows_for_every_question() {
    let store = tiny();
    let sqlite = SqliteStore::of(&store.place(), &asked());
    for question in QUESTIONS {
        let here = answer(&store, question.name, &asked());
        assert_eq!(here, sqlite.ask(question.sql), "{}", question.name);
        assert!(!here.rows.is_empty(), "{}", question.name);
    }
}

#[test]
fn an_empty_store_answers_every_question_with_no_rows() {
    let folder = tempfile::tempdir().unwrap();
    for question in QUESTIONS {
        let answer = ask(&StorePlace::Folder(folder.path().to_owned()), question.sql, &asked()).unwrap();
        assert!(answer.rows.is_empty() && answer.columns.len() > 3, "{}", question.name);
    }
}

#[test]
fn a_question_cannot_write_and_a_fraction_is_refused() {
    let store = tiny();
    let copy = format!("COPY sessions TO '{}/stolen.parquet'", store.folder().display());
    assert!(ask(&store.place(), &copy, &asked()).is_err());
    let error = ask(&store.place(), "SELECT 1.0 / 3 AS share FROM asked", &asked()).unwrap_err();
    assert!(error.to_string().contains("share"), "{error}");
}

#[test]
fn the_hash_is_that_of_the_written_form() {
    let text = |text: &str| Value::Text(text.into());
    let answer = Answer {
        columns: vec!["a".into(), "b".into()],
        rows: vec![vec![text("小麦\t1"), Value::Whole(-5)], vec![Value::Null, text("x\\y")]],
    };
    // printf '小麦\\t1\t-5\n\\N\tx\\\\y\n' | sha256sum
    assert_eq!(answer.sha256(), "294e29f298eb8fca783e0c569665e0c1e3edcb49f814dba05234992068a5bf05");
}

#[test]
fn the_scripts_for_other_engines_know_every_table_and_column() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/engines");
    let tables: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}/tables.json")).unwrap()).unwrap();
    let expected: Vec<serde_json::Value> = grainloss_fleet::schema::TABLES
        .iter()
        .map(|table| {
            let kind = |kind| if kind == grainloss_fleet::schema::Kind::Whole { "whole" } else { "text" };
            let columns: Vec<_> = table.columns.iter().map(|column| [column.name, kind(column.kind)]).collect();
            serde_json::json!({ "name": table.name, "partitioned": table.is_partitioned, "columns": columns })
        })
        .collect();
    assert_eq!(tables, serde_json::Value::from(expected));
    let ddl = std::fs::read_to_string(format!("{folder}/clickhouse.sql")).unwrap();
    for table in grainloss_fleet::schema::TABLES {
        let of = ddl.split("CREATE ").filter(|part| part.contains(&format!("fleet.{}", table.name)));
        let of: String = of.collect();
        assert!(table.columns.iter().all(|column| of.contains(&format!("{} Nullable", column.name))), "{}", table.name);
    }
}

#[test]
fn every_question_says_what_it_answers_in_both_languages_and_divides_nothing() {
    for question in QUESTIONS {
        let [zh, en] = [grainloss_knowledge::Lang::Zh, grainloss_knowledge::Lang::En].map(|lang| question.about(lang));
        assert!(zh != question.name && en != question.name && zh != en, "{}", question.name);
        let sql: String = question.sql.lines().filter(|line| !line.starts_with("--")).collect();
        assert!(sql.contains("ORDER BY") && !sql.contains('/'), "{}", question.name);
    }
}
