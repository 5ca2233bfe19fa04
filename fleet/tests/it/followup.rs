//! One journal, followed up in the cab and asked about in the office: the same figures. The journal has three sessions of two
//! drivers in two crops, three measured points of which one was corrected, and a finding.

use grainloss_fleet::engine::{Answer, Asked, StorePlace, Value, ask, question};
use grainloss_journal::Journal;
use grainloss_knowledge::Lang;
use grainloss_report::followup::{CountyPlan, Detail, Visit, county, county_sessions, findings_table, rules, visits};
use grainloss_report::{Languages, PointReport, ReportText, measured_point, table_json, write_json};
use serde_json::Value as Json;

use crate::gather::support::Bench;

/// A mu (667 m²) has so many hundredths of a square metre.
const DM2_OF_MU: f64 = 200_000.0 / 3.0;

/// The journal, and its store with names.
fn both() -> (Bench, Journal) {
    let bench = Bench::new();
    let path = bench.journal("c");
    let key = path.with_file_name("device.pub");
    bench.ok(&["keys", "trust", key.to_str().unwrap()]);
    bench.ok(&["gather", path.to_str().unwrap(), "--with-names"]);
    let journal = Journal::open(&path).unwrap();
    (bench, journal)
}

/// The rows of an answer as objects.
fn answer(bench: &Bench, sql: &str) -> Vec<Json> {
    let Answer { columns, rows } = ask(
        &StorePlace::Folder(bench.store()),
        sql,
        &Asked { now_s: 1_800_000_000, missing_days: 3, ..Asked::default() },
    )
    .unwrap();
    let json = |value: Value| match value {
        Value::Null => Json::Null,
        Value::Whole(whole) => whole.into(),
        Value::Text(text) => (&*text).into(),
    };
    rows.into_iter().map(|row| Json::Object(columns.iter().cloned().zip(row.into_iter().map(json)).collect())).collect()
}

fn asked(bench: &Bench, name: &str) -> Vec<Json> {
    answer(bench, question(name).unwrap().sql)
}

/// Whole numbers are rounded once for each session that is in them.
#[track_caller]
fn near(found: &Json, expected: f64, rounded: usize) {
    let found = found.as_i64().unwrap_or_else(|| panic!("{found} is not {expected}"));
    assert!((found as f64 - expected).abs() <= 0.5 * rounded as f64 + 1e-9, "{found} is not {expected}");
}

#[test]
fn a_session_has_the_area_hours_loss_basis_and_faults_of_the_cab() {
    let (bench, journal) = both();
    let rows = answer(&bench, "SELECT * FROM sessions ORDER BY start_s, session");
    let visits = visits(&journal, &journal.sessions().unwrap(), None, Detail::Sessions).unwrap();
    assert_eq!((rows.len(), visits.len()), (3, 3));
    for visit in &visits {
        let end = format!("-{}", visit.session);
        let row = rows.iter().find(|row| row["session"].as_str().unwrap().ends_with(&end)).unwrap();
        assert_eq!((&row["crop"], &row["township"]), (&visit.crop.clone().into(), &visit.township.clone().into()));
        assert_eq!(row["operator"], Json::from(visit.operator.clone()));
        assert_eq!(row["basis"], Json::from(visit.basis.unwrap().word()));
        // The office counts seconds that end in cutting; the cab has tenths.
        near(&row["cutting_s"], visit.cutting_h * 3600.0, 2);
        near(&row["area_dm2"], visit.area_mu.unwrap() * DM2_OF_MU, 1);
        near(&row["limit_ppm"], visit.limit_pct.unwrap() * 1e4, 1);
        near(&row["turning_cuts"], visit.faults.turning_cuts.unwrap(), 0);
        near(&row["luggings"], visit.faults.luggings.unwrap(), 0);
        near(&row["turns"], visit.faults.turns.unwrap(), 0);
        // 0.1 g over g, in per cent: to the digits that the report has.
        let loss_pct = row["loss_dg"].as_f64().unwrap() / row["grain_g"].as_f64().unwrap() * 10.0;
        let expected = visit.loss_pct.unwrap();
        assert!((loss_pct - expected).abs() < 1e-4 * expected, "{loss_pct} is not {expected}");
    }
}

#[test]
fn sums_of_crops_and_machines_are_those_of_the_cabs_reports() {
    let (bench, journal) = both();
    let reports: Vec<Json> = journal
        .sessions()
        .unwrap()
        .iter()
        .map(|session| {
            let mut report = Vec::new();
            write_json(&journal, session, false, None, &mut report).unwrap();
            serde_json::from_slice(&report).unwrap()
        })
        .collect();
    let sum = |crop: &str, of: &dyn Fn(&Json) -> f64| -> f64 {
        reports.iter().filter(|report| report["crop"] == crop).map(of).sum()
    };
    for name in ["machine", "day", "township"] {
        let rows = asked(&bench, name);
        for crop in ["wheat", "rice"] {
            let of_crop: Vec<&Json> = rows.iter().filter(|row| row["crop"] == crop).collect();
            let n = if crop == "wheat" { 2 } else { 1 };
            let total = |column: &str| Json::from(of_crop.iter().map(|row| row[column].as_i64().unwrap()).sum::<i64>());
            assert_eq!(total("sessions"), n, "{name} {crop}");
            let kg = |part: &'static str, end: &'static str| {
                move |report: &Json| report["totals"][part][end].as_f64().unwrap()
            };
            near(&total("grain_g"), sum(crop, &kg("grain_kg", "value")) * 1e3, n);
            near(&total("loss_dg"), sum(crop, &kg("total_loss_kg", "value")) * 1e4, n);
            near(&total("loss_lo_dg"), sum(crop, &kg("total_loss_kg", "lo")) * 1e4, n);
            near(&total("loss_hi_dg"), sum(crop, &kg("total_loss_kg", "hi")) * 1e4, n);
            near(&total("area_dm2"), sum(crop, &|report| report["totals"]["area_ha"].as_f64().unwrap()) * 1e6, n);
            let alarms = |report: &Json| -> f64 {
                report["drivers"].as_array().unwrap().iter().map(|driver| driver["alarms"].as_f64().unwrap()).sum()
            };
            near(&total("alarms"), sum(crop, &alarms), 0);
            let basis =
                |word: &'static str| move |report: &Json| f64::from(u8::from(report["totals"]["basis"] == word));
            for (column, word) in [("model_only", "model-only"), ("sensed", "sensed"), ("calibrated", "calibrated")] {
                near(&total(column), sum(crop, &basis(word)), 0);
            }
        }
        // No row is of two crops.
        assert_eq!(rows.iter().map(|row| row["sessions"].as_i64().unwrap()).sum::<i64>(), 3);
        assert!(rows.iter().all(|row| row["crop"].is_string()), "{name}");
    }
}

#[test]
fn a_driver_has_the_hours_and_faults_of_the_cab_in_each_crop() {
    let (bench, journal) = both();
    let rows = asked(&bench, "driver");
    let visits = visits(&journal, &journal.sessions().unwrap(), None, Detail::Drivers).unwrap();
    // 张三 in wheat, 李四 in wheat and in rice.
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let of = |visit: &&Visit| row["crop"] == *visit.crop && row["driver"] == Json::from(visit.operator.clone());
        let of: Vec<&Visit> = visits.iter().filter(of).collect();
        assert_eq!((of.len(), &row["sessions"]), (1, &1.into()), "{row}");
        near(&row["cutting_s"], of[0].cutting_h * 3600.0, 2);
        near(&row["area_dm2"], of[0].area_mu.unwrap() * DM2_OF_MU, 1);
        near(&row["turning_cuts"], of[0].faults.turning_cuts.unwrap(), 0);
        near(&row["luggings"], of[0].faults.luggings.unwrap(), 0);
        let loss_pct = row["loss_dg"].as_f64().unwrap() / row["known_grain_g"].as_f64().unwrap() * 10.0;
        assert!((loss_pct / of[0].loss_pct.unwrap() - 1.0).abs() < 1e-4, "{row}");
    }
}

#[test]
fn the_points_of_a_county_are_those_of_followup_and_crops_are_not_mixed() {
    let (bench, journal) = both();
    let stored = journal.measured_points().unwrap();
    let holds = stored.iter().filter(|stored| stored.corrected_by.is_none());
    let points: Vec<PointReport> = holds.filter_map(|stored| measured_point(&journal, stored).unwrap()).collect();
    let sessions = county_sessions(&journal, &journal.sessions().unwrap()).unwrap();
    let text = ReportText::new(Languages::One(Lang::En));
    let table = table_json(&county(&points, &sessions, &CountyPlan::default(), None, &text).unwrap());
    let (asked_points, townships) = (asked(&bench, "points"), asked(&bench, "township"));
    assert_eq!(asked_points.len(), 3, "the one that was corrected does not count");
    for (crop, name, township, n) in [("rice", "rice", "乙镇", 1), ("wheat", "wheat", "甲镇", 2)] {
        let of = |row: &&Json| row["Crop"] == name && row["Township"] == township;
        let row = table.as_array().unwrap().iter().find(of).unwrap_or_else(|| panic!("{table:#}"));
        let of = |row: &&Json| row["crop"] == crop && row["township"] == township;
        let losses: Vec<i64> =
            asked_points.iter().filter(of).map(|row| row["measured_ppm"].as_i64().unwrap()).collect();
        assert_eq!((losses.len(), row["Points"].as_f64()), (n, Some(n as f64)));
        let [mean, least, most] =
            ["Mean loss (%)", "Least (%)", "Most (%)"].map(|head| row[head].as_f64().unwrap() * 1e4);
        near(&losses.iter().sum::<i64>().into(), mean * n as f64, n);
        near(&(*losses.iter().min().unwrap()).into(), least, 1);
        near(&(*losses.iter().max().unwrap()).into(), most, 1);
        let beside = townships.iter().find(of).unwrap();
        assert_eq!(beside["sessions"].as_f64(), row["Sessions beside"].as_f64());
        near(&beside["area_dm2"], row["Area of the sessions (mu)"].as_f64().unwrap() * DM2_OF_MU, n);
    }
    // The crop's row is that of its townships: nothing is added over crops.
    assert_eq!((table.as_array().unwrap().len(), townships.len()), (4, 2));
    // Asked about one crop, the other is not there.
    let rice = Asked { crop: Some("rice".to_owned()), ..Asked::default() };
    let only = ask(&StorePlace::Folder(bench.store()), question("points").unwrap().sql, &rice).unwrap();
    assert_eq!(only.rows.len(), 1);
}

#[test]
fn findings_are_those_of_the_journal() {
    let (bench, journal) = both();
    let known = journal.findings().unwrap();
    let rows = asked(&bench, "findings");
    assert_eq!((known.len(), rows.len()), (1, 1));
    let (finding, row) = (&known[0], &rows[0]);
    assert_eq!((&row["finding"], &row["rule"]), (&finding.id.into(), &finding.rule.clone().into()));
    assert_eq!((&row["operator"], &row["crop"]), (&Json::from(finding.operator.clone()), &"wheat".into()));
    near(&row["value_e6"], finding.value * 1e6, 1);
    near(&row["above_e6"], finding.above * 1e6, 1);
    assert_eq!((&row["state"], finding.is_open()), (&"open".into(), true));
    // As `grainloss followup findings` shows it.
    let table = table_json(&findings_table(&known, &rules().unwrap(), &ReportText::new(Languages::One(Lang::En))));
    assert_eq!(
        (&table[0]["Finding"], &table[0]["Found"]),
        (&1.0.into(), &format!("{:.1} %", 100.0 * finding.value).into())
    );
}
