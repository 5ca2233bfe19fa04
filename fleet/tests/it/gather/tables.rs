//! What stands in the tables: against the journal, read by SQL, and against calculations by hand.

use std::path::Path;

use grainloss_journal::{Finding, FindingStep, add_findings};
use rusqlite::Connection;
use serde_json::Value;

use super::support::{Bench, Whole, of_session, rows, sum};

/// A value of the journal.
fn asked<T: rusqlite::types::FromSql>(journal: &Path, sql: &str) -> T {
    Connection::open(journal).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The last value of a column of session 1, in units of `per`.
fn last(journal: &Path, column: &str, per: f64) -> i64 {
    let sql =
        format!("SELECT {column} FROM sample WHERE session = 1 AND {column} IS NOT NULL ORDER BY t_us DESC LIMIT 1");
    (asked::<f64>(journal, &sql) * per).round() as i64
}

#[test]
fn the_sums_of_the_store_are_those_of_the_journals() {
    let bench = Bench::new();
    bench.trust_all();
    for machine in ["a", "b"] {
        bench.pack(machine, false);
        bench.ok(&["gather", &format!("packets-{machine}")]);
    }
    for machine in ["a", "b"] {
        let journal = bench.journal(machine);
        let id = asked::<String>(&journal, "SELECT substr(hash, 1, 8) FROM seal WHERE id = 1");
        let name = format!("{id}-1");
        let session = of_session(rows(&bench.store(), "sessions"), &name).remove(0);
        let seconds = of_session(rows(&bench.store(), "seconds"), &name);
        for (column, of, per) in [
            ("grain_g", "cum_grain_kg", 1e3),
            ("header_loss_dg", "cum_header_loss_kg", 1e4),
            ("rear_loss_dg", "cum_rear_loss_kg", 1e4),
        ] {
            let expected = last(&journal, of, per);
            assert!(expected > 1000, "{column}: {expected}");
            assert_eq!((session[column].as_i64(), sum(&seconds, column)), (Some(expected), expected), "{column}");
        }
        let count = |sql: &str| Some(asked::<i64>(&journal, sql));
        assert_eq!(session["seconds"].as_i64(), count("SELECT count(*) FROM sample WHERE session = 1"));
        let cutting = "SELECT count(*) FROM sample WHERE session = 1 AND state = 'cutting'";
        assert_eq!(session["cutting_s"].as_i64(), count(cutting));
        let alarms = "SELECT count(*) FROM event WHERE session = 1 AND kind = 'alarm-raised'";
        assert_eq!(session["alarms"].as_i64(), count(alarms));
        let start = "SELECT min(t_us) / 1000000 FROM sample WHERE session = 1";
        assert_eq!(session["start_s"].as_i64(), count(start));
        let loss = ["header_loss_dg", "rear_loss_dg", "loss_dg"].map(|column| session[column].as_i64().unwrap());
        assert_eq!(loss[0] + loss[1], loss[2]);
        let area = "SELECT json_extract(totals, '$.area_ha') FROM session WHERE id = 1";
        assert_eq!(session["area_dm2"].as_i64(), Some((asked::<f64>(&journal, area) * 1e6).round() as i64));
        let drivers = of_session(rows(&bench.store(), "drivers"), &name);
        assert_eq!(sum(&drivers, "seconds"), session["seconds"].as_i64().unwrap());
        assert_eq!(drivers[0]["driver"], "driver-1");
        // Every value of a second, against the journal's own columns.
        let at = &seconds[200];
        let of = |column: &str| {
            let sql = format!("SELECT {column} FROM sample WHERE session = 1 ORDER BY t_us LIMIT 1 OFFSET 200");
            asked::<Option<f64>>(&journal, &sql)
        };
        for (column, of_journal, per) in [
            ("speed_mm_s", "ground_speed_m_s", 1e3),
            ("width_cm", "working_width_m", 1e2),
            ("feed_g_s", "feed_kg_s", 1e3),
            ("moisture_bp", "moisture_pct", 1e2),
            ("latitude_e7", "latitude_deg", 1e7),
            ("longitude_e7", "longitude_deg", 1e7),
            ("alarm_level", "alarm_level", 1.0),
        ] {
            let expected = of(of_journal).map(|value| (value * per).round() as i64);
            assert_eq!(at[column].as_i64(), expected, "{column}");
        }
        assert!(at["feed_g_s"].as_i64().is_some() && at["latitude_e7"].as_i64().is_some());
    }
}

#[test]
fn pans_points_and_calibrations_come_with_the_packets() {
    let bench = Bench::new();
    bench.trust_all();
    let journal = bench.journal("a");
    bench.pack("a", false);
    bench.ok(&["gather", "packets-a"]);
    // A revision counts in place of what it revises.
    let sessions = rows(&bench.store(), "sessions");
    let counts: Vec<(&str, i64)> =
        sessions.iter().map(|row| (&row["session"].as_str().unwrap()[8..], row["counts"].as_i64().unwrap())).collect();
    assert_eq!(counts, [("-1", 0), ("-2", 1)]);
    assert_eq!(sessions[1]["revises"], sessions[0]["session"]);
    let pans = of_session(rows(&bench.store(), "pans"), "-1");
    assert_eq!((pans.len(), pans[0]["place"].as_str(), pans[0]["outcome"].as_str()), (2, Some("rear"), Some("used")));
    // 1749520853 is what the table of pans says.
    assert_eq!(pans[0]["t_s"], 1_749_520_853);
    // 0.25 m² behind a machine that cuts 2.75 m and spreads over 1.3 m catch what fell on 0.25 × 2.75 ÷ 1.3 = 0.52885 m² of field.
    let grain_kg: f64 = asked(&journal, "SELECT grain_kg FROM pan WHERE session = 1 ORDER BY seq LIMIT 1");
    let found = pans[0]["found_mg_m2"].as_f64().unwrap();
    assert!((found - grain_kg / 0.528_85 * 1e6).abs() < 2e-4 * found, "{found} {grain_kg}");
    let points = rows(&bench.store(), "points");
    let of = |column: &str| points.iter().map(|row| row[column].clone()).collect::<Vec<Value>>();
    // The third corrects the first. 12 g on 1 m² beside a yield of 400 kg/mu = 600 g/m²: 12 ÷ 612 = 1.9608 %; 6 ÷ 606 = 0.9901 %.
    assert_eq!(of("point"), [1, 2, 3]);
    assert_eq!(of("counts"), [0, 1, 1]);
    // Their number is of their journal, whose name is that of its sessions.
    let name = &sessions[0]["session"].as_str().unwrap()[..8];
    assert_eq!(of("journal"), [name, name, name]);
    assert_eq!(of("loss_ppm"), [19_608, 9_901, 19_608]);
    assert_eq!(of("loss_mg_m2"), [12_000, 6_000, 12_000]);
    assert_eq!(of("yield_g_m2"), [600, 600, 600]);
    assert_eq!(of("township"), ["甲镇", "甲镇", "乙镇"]);
    assert_eq!(of("field"), [Value::Null, Value::Null, Value::Null]);
    let calibrations = rows(&bench.store(), "calibrations");
    assert_eq!((calibrations.len(), calibrations[0]["rear_pans"].as_i64()), (1, Some(2)));
    let sha256 = asked::<String>(&journal, "SELECT sha256 FROM calibration WHERE session = 1 ORDER BY id DESC LIMIT 1");
    assert_eq!(calibrations[0]["sha256"].as_str(), Some(&*sha256));
    assert_eq!(calibrations[0]["profile"], "combine-demo");
}

#[test]
fn names_are_in_the_store_only_with_consent() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.ok(&["gather", "packets-a"]);
    let names = ["张三", "东洼", "鲁P12345", "站长"];
    let everywhere = |store: &Path| {
        let tables = ["sessions", "drivers", "points", "events", "findings", "machines"];
        tables.iter().flat_map(|table| rows(store, table)).map(|row| Value::from(row).to_string()).collect::<String>()
    };
    let without = everywhere(&bench.store());
    assert!(names.iter().all(|name| !without.contains(name)), "{without}");
    bench.pack("a", true);
    bench.ok(&["gather", "packets-a"]);
    let with = rows(&bench.store(), "sessions");
    assert_eq!((&with[0]["operator"], &with[0]["field"]), (&"张三".into(), &"东洼".into()));
    assert_eq!(rows(&bench.store(), "drivers")[0]["driver"], "张三");
    assert_eq!(rows(&bench.store(), "points")[0]["field"], "东洼");
    assert_eq!(rows(&bench.store(), "seconds").len(), 840);
}

#[test]
fn a_finding_has_the_state_that_is_known_last() {
    let bench = Bench::new();
    bench.trust_all();
    let journal = bench.journal("a");
    let pack = |finding: &[Finding], steps: &[(i64, FindingStep)]| {
        add_findings(&journal, finding, steps).unwrap();
        let opened = grainloss_journal::Journal::open(&journal).unwrap();
        let session = opened.session("1").unwrap();
        let sealed =
            grainloss_packet::seal(&opened, &session, i64::MIN, None, false, &super::support::key(&journal)).unwrap();
        bench.put("findings", &sealed.name, &sealed.bytes)
    };
    let step = |step: &str| FindingStep {
        made_us: 1_750_000_000_000_000,
        step: step.to_owned(),
        who: Some("站长".to_owned()),
        session: None,
        note: None,
    };
    let finding = Finding {
        id: 0,
        raised_us: 1_749_600_000_000_000,
        rule: "loss".to_owned(),
        operator: Some("张三".to_owned()),
        machine: "combine-demo".to_owned(),
        session: 1,
        value: 1.46,
        above: 1.2,
        steps: Vec::new(),
    };
    let open = pack(&[finding], &[]);
    let assigned = pack(&[], &[(1, step("assigned"))]);
    let closed = pack(&[], &[(1, step("closed"))]);
    for (file, state) in [(&assigned, "assigned"), (&open, "assigned"), (&closed, "closed")] {
        bench.ok(&["gather", file.to_str().unwrap()]);
        let found = rows(&bench.store(), "findings");
        assert_eq!(found[0]["journal"].as_str(), found[0]["session"].as_str().map(|session| &session[..8]));
        assert_eq!(
            (found.len(), found[0]["state"].as_str(), found[0]["value_e6"].as_i64()),
            (1, Some(state), Some(1_460_000))
        );
        assert_eq!((&found[0]["operator"], found[0]["raised_s"].as_i64()), (&Value::Null, Some(1_749_600_000)));
    }
}

#[test]
fn an_open_session_is_in_the_store_and_its_end_completes_it() {
    let bench = Bench::new();
    bench.trust_all();
    let whole = Whole::of(&bench, "a", 1);
    bench.put("open", "open.parquet", &whole.block(0, 4));
    bench.ok(&["gather", "open"]);
    let session = rows(&bench.store(), "sessions").remove(0);
    assert_eq!(
        (&session["is_closed"], &session["seconds"], &session["area_dm2"]),
        (&0.into(), &240.into(), &Value::Null)
    );
    assert_eq!((&session["crop"], &session["limit_ppm"]), (&"wheat".into(), &12_000.into()));
    assert!(session["grain_g"].as_i64().unwrap() > 1000 && rows(&bench.store(), "drivers").is_empty());
    bench.put("end", "end.parquet", &whole.block(4, 7));
    bench.ok(&["gather", "end"]);
    let session = rows(&bench.store(), "sessions").remove(0);
    assert_eq!((&session["is_closed"], &session["seconds"]), (&1.into(), &420.into()));
    assert!(session["area_dm2"].as_i64().is_some() && !rows(&bench.store(), "drivers").is_empty());
}
