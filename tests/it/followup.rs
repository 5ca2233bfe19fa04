//! Following up from outside: findings and what becomes of them, before and after, a county; as lists and as files.

use crate::support::db::open;
use crate::support::run::Sandbox;
use serde_json::Value;

/// A day, microseconds.
const DAY_US: i64 = 86_400_000_000;

/// Sessions of this length on the days from 2025-06-10 on, each with a township and the operator 张三.
fn sessions(sandbox: &Sandbox, seconds: &str, townships: &[&str]) {
    for (day, township) in townships.iter().enumerate() {
        let demo = ["demo", "--headless", "--seed", "3", "--seconds", seconds, "--db", "f.sqlite"];
        sandbox.ok(&[&demo[..], &["--operator", "张三", "--township", township]].concat());
        let later = "UPDATE session SET started_us = started_us + ?1 WHERE id = ?2";
        let journal = open(&sandbox.path("f.sqlite"));
        journal.execute(later, (day as i64 * DAY_US, day as i64 + 1)).unwrap();
    }
}

/// Gives a session other totals: a loss in per cent, hours of cutting, and how often the engine was pulled down.
fn set_totals(sandbox: &Sandbox, session: i64, loss: f64, hours: f64, luggings: i64, basis: &str) {
    let sql = "UPDATE session SET totals = json_set(totals, '$.total_loss_pct', json_object('value', ?1, 'lo', ?1 / 2, \
               'hi', ?1 * 2), '$.cutting_s', ?2, '$.luggings', ?3, '$.basis', ?4) WHERE id = ?5";
    let values = (loss, hours * 3600.0, luggings, basis, session);
    assert_eq!(open(&sandbox.path("f.sqlite")).execute(sql, values).unwrap(), 1);
}

fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    let more = ["--db", "f.sqlite", "--format", "json", "--lang", "en"];
    serde_json::from_str(&sandbox.ok(&[args, &more].concat()).out).unwrap()
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{value} is not {expected}"));
    assert!((value - expected).abs() < 1e-3 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn a_finding_goes_its_way() {
    let sandbox = Sandbox::new();
    sessions(&sandbox, "1500", &["甲镇", "甲镇", "甲镇"]);
    let raise = |more: &[&str]| json(&sandbox, &[&["followup", "findings", "--limit", "0.2"], more].concat());
    // The first session only, at first.
    let list = raise(&["--to", "2025-06-11"]);
    let first = &list[0];
    assert_eq!(first["What"], "loss above the limit for too much of the cutting time", "{list}");
    assert!(first["Found"] == "96.6 %" && first["State"] == "open" && first["Operator"] == "张三");
    assert_eq!(first["Session"], 1.0);
    assert_eq!(raise(&["--to", "2025-06-12"]), list, "once raised, not raised again");

    let step = |args: &[&str]| sandbox.ok(&[&["followup"], args, &["--db", "f.sqlite"]].concat());
    let refused =
        |args: &[&str], words: &[&str]| sandbox.refused(&[&["followup"], args, &["--db", "f.sqlite"]].concat(), words);
    let state = || {
        let list = json(&sandbox, &["followup", "findings", "--list"]);
        (list[0]["State"].as_str().unwrap().to_owned(), list[0]["History"].as_str().unwrap().to_owned())
    };
    step(&["assign", "1", "--to", "站长"]);
    assert_eq!(json(&sandbox, &["followup", "findings", "--list"])[0]["Assigned to"], "站长");
    refused(&["assign", "99", "--to", "x"], &["no finding 99", "followup findings --list"]);
    refused(&["reopen", "1", "--by", "站长", "--note", "x"], &["open already"]);
    // Evidence must be later than what raised it.
    refused(&["close", "1", "--by", "站长", "--evidence", "1"], &["--evidence", "not later"]);
    refused(&["close", "1", "--by", "站长", "--evidence", "77"], &["no session 77"]);
    step(&["close", "1", "--by", "站长", "--evidence", "2", "--note", "换筛"]);
    let (closed, history) = state();
    assert!(closed == "closed" && history.contains("closed 站长 #2 换筛"), "{closed}: {history}");
    refused(&["close", "1", "--by", "站长", "--evidence", "2"], &["closed already"]);
    // The evidence itself does not open it again, by hand it can be.
    raise(&["--to", "2025-06-12"]);
    assert_eq!(state().0, "closed");
    step(&["reopen", "1", "--by", "监测员", "--note", "复查"]);
    assert_eq!(state().0, "open");
    step(&["close", "1", "--by", "站长", "--evidence", "2"]);
    // The third session is as bad as the first, and later than the evidence.
    raise(&[]);
    let (opened, history) = state();
    assert!(opened == "open" && history.contains("reopened #3 loss-above-limit: "), "{opened}: {history}");
}

/// Six sessions of five minutes whose losses at header and rear are so many times those of the first, of like work.
fn like_sessions(sandbox: &Sandbox, times: &[f64; 6]) {
    sessions(sandbox, "300", &["甲镇"; 6]);
    let sql = "UPDATE session SET totals = json_set(totals, '$.header_loss_kg.value', json_extract(totals, \
               '$.header_loss_kg.value') * ?1, '$.rear_loss_kg.value', json_extract(totals, '$.rear_loss_kg.value') * ?1) \
               WHERE id = ?2";
    for (at, times) in times.iter().enumerate() {
        assert_eq!(open(&sandbox.path("f.sqlite")).execute(sql, (times, at as i64 + 1)).unwrap(), 1);
    }
}

/// Removes what was summed while sessions were written: as in journals of earlier versions, their seconds tell.
fn forget_work(journal: &rusqlite::Connection) {
    journal.execute("UPDATE session SET memory = json_remove(memory, '$.work')", []).unwrap();
}

#[test]
fn work_that_was_summed_while_it_was_written_is_that_of_the_seconds() {
    let sandbox = Sandbox::new();
    like_sessions(&sandbox, &[1.0, 1.1, 0.9, 4.0, 4.4, 3.6]);
    let journal = open(&sandbox.path("f.sqlite"));
    journal.execute("UPDATE session SET operator = '周八' WHERE id > 3", []).unwrap();
    let cells = "SELECT count(*) FROM session WHERE json_array_length(memory, '$.work.cells') > 0 \
                 AND json_extract(memory, '$.work.seconds') = seconds";
    assert_eq!(journal.query_row(cells, [], |row| row.get::<_, i64>(0)).unwrap(), 6);
    // With the digits that people see.
    let tables = || {
        [&["change", "--on", "2025-06-13"][..], &["compare", "--by", "operator"]].map(|args| {
            let more = ["--db", "f.sqlite", "--format", "csv", "--lang", "en"];
            sandbox.ok(&[&["followup"], args, &more].concat()).out
        })
    };
    let remembered = tables();
    assert!(remembered[1].contains("4.00"), "{}", remembered[1]);
    // It is what is used: with half as much lost in the first three, the ratio is 8, where the seconds say 4.
    let halved = "UPDATE session SET memory = json_set(memory, '$.work.cells', json((SELECT json_group_array(json(json_set(\
                  value, '$.header_kg', value ->> '$.header_kg' / 2, '$.rear_kg', value ->> '$.rear_kg' / 2))) \
                  FROM json_each(memory, '$.work.cells')))) WHERE id <= 3";
    journal.execute("CREATE TEMP TABLE kept AS SELECT id, memory FROM session", []).unwrap();
    assert_eq!(journal.execute(halved, []).unwrap(), 3);
    assert!(tables()[1].contains("8.00"), "{}", tables()[1]);
    journal.execute("UPDATE session SET memory = (SELECT memory FROM kept WHERE kept.id = session.id)", []).unwrap();
    assert_eq!(tables(), remembered);
    // A sum of another number of seconds is of another state of the session: not used.
    let others =
        "UPDATE session SET memory = json_set(memory, '$.work.seconds', seconds - 1, '$.work.cells', json('[]'))";
    journal.execute(others, []).unwrap();
    assert_eq!(tables(), remembered);
    forget_work(&journal);
    assert_eq!(tables(), remembered);
}

#[test]
fn before_and_after_by_hand() {
    let sandbox = Sandbox::new();
    like_sessions(&sandbox, &[1.0, 2.0, 4.0, 0.5, 1.0, 2.0]);
    for (n, luggings) in [8, 6, 6, 2, 2, 1].into_iter().enumerate() {
        let sql =
            "UPDATE session SET totals = json_set(totals, '$.cutting_s', 12000.0, '$.luggings', ?1) WHERE id = ?2";
        open(&sandbox.path("f.sqlite")).execute(sql, (luggings, n as i64 + 1)).unwrap();
    }
    let change = |on: &str| json(&sandbox, &["followup", "change", "--on", on]);
    let rows = change("2025-06-13");
    let loss = &rows[0];
    assert_eq!((&loss["Measure"], &loss["Crop"]), (&"Loss (%, like work)".into(), &"wheat".into()), "{loss}");
    assert_eq!((&loss["Before: sessions"], &loss["After: sessions"]), (&3.0.into(), &3.0.into()));
    // Logarithms 0, ln 2, ln 4 and the same less ln 2: variance (ln 2)² on each side, standard error √(2 (ln 2)² / 3) =
    // 0.5660, four degrees of freedom, t = 2.132: 0.5 times or over e^1.2066 = 3.342.
    for (column, expected) in [("After over before", 0.5), ("90 % low", 0.1496), ("90 % high", 1.671)] {
        near(&loss[column], expected);
    }
    near(&loss["Before"], 2.0 * loss["After"].as_f64().unwrap());
    // Less than half an hour of like work: half an hour more at least, and (1.2066 / 0.6931)² = 3.03 times the hours.
    let told = loss["Conclusion"].as_str().unwrap();
    assert!(told.starts_with("cannot be told yet: about 0.5 more hours"), "{loss}");
    assert!(loss["Strata and weights (feed rate, moisture, basis)"].as_str().unwrap().contains(" kg/s, "), "{loss}");
    // 20 in 10 h and 5 in 10 h: 5.5 / 20.5 = 0.2683; times or over e^(1.645 √(1/20.5 + 1/5.5)) = 2.2034.
    let lugging = rows.as_array().unwrap().iter().find(|row| row["Measure"] == "Engine pulled down (per h)").unwrap();
    for (column, expected) in
        [("Before", 2.0), ("After", 0.5), ("After over before", 0.2683), ("90 % low", 0.12176), ("90 % high", 0.5912)]
    {
        near(&lugging[column], expected);
    }
    assert_eq!(lugging["Conclusion"], "they differ");
    // Two sessions are fewer than three.
    let fewer = change("2025-06-14");
    let lugging = fewer.as_array().unwrap().iter().find(|row| row["Measure"] == "Engine pulled down (per h)").unwrap();
    assert_eq!(lugging["Conclusion"], "no: at least 3 sessions and 1 h of cutting on each side");
    assert_eq!(fewer[0]["After: sessions"], 2.0);
}

#[test]
fn nothing_is_compared_across_crops_or_bases() {
    let sandbox = Sandbox::new();
    like_sessions(&sandbox, &[1.0; 6]);
    let journal = open(&sandbox.path("f.sqlite"));
    // Wheat before, soybean after: no training has changed that.
    journal.execute("UPDATE session SET crop = 'soybean', limit_id = NULL WHERE id > 3", []).unwrap();
    let rows = json(&sandbox, &["followup", "change", "--on", "2025-06-13"]);
    let losses: Vec<&Value> =
        rows.as_array().unwrap().iter().filter(|row| row["Measure"] == "Loss (%, like work)").collect();
    assert_eq!(losses.iter().map(|row| row["Crop"].as_str().unwrap()).collect::<Vec<_>>(), ["wheat", "soybean"]);
    assert!(losses.iter().all(|row| row["After over before"].is_null()), "{rows}");
    let only = json(&sandbox, &["followup", "change", "--on", "2025-06-13", "--crop", "soybean"]);
    assert!(only.as_array().unwrap().iter().all(|row| row["Crop"] == "soybean"), "{only}");
    let county = json(&sandbox, &["followup", "county", "--crop", "wheat"]);
    assert!(county.as_array().unwrap().iter().all(|row| row["Crop"] == "wheat"), "{county}");
    assert_eq!(county[0]["Sessions beside"], 3.0, "{county}");
    // The same crop, and the losses of one side rest on something else.
    journal.execute("UPDATE session SET crop = 'wheat'", []).unwrap();
    journal.execute("UPDATE sample SET basis = 'calibrated' WHERE session > 3", []).unwrap();
    forget_work(&journal);
    let rows = json(&sandbox, &["followup", "change", "--on", "2025-06-13"]);
    assert!(rows[0]["Conclusion"].as_str().unwrap().contains("rest on something else"), "{rows}");
}

#[test]
fn drivers_and_machines_are_compared_where_their_work_was_alike() {
    let sandbox = Sandbox::new();
    like_sessions(&sandbox, &[1.0, 1.1, 0.9, 4.0, 4.4, 3.6]);
    let journal = open(&sandbox.path("f.sqlite"));
    journal.execute("UPDATE session SET operator = '周八' WHERE id > 3", []).unwrap();
    let compare = |by: &str| json(&sandbox, &["followup", "compare", "--by", by]);
    let pair = &compare("operator")[0];
    near(&pair["Second over first"], 4.0);
    assert_eq!((&pair["Crop"], &pair["First: sessions"]), (&"wheat".into(), &3.0.into()));
    assert!(
        pair["First"].as_str().unwrap().starts_with("张三 (") && pair["90 % low"].as_f64().unwrap() > 3.0,
        "{pair}"
    );
    // On one machine there is nothing to compare by machine; on two, drivers of different machines are not.
    assert_eq!(compare("machine"), serde_json::json!([]));
    journal.execute("UPDATE session SET machine_name = '二号' WHERE id > 3", []).unwrap();
    near(&compare("machine")[0]["Second over first"], 4.0);
    assert_eq!(compare("operator"), serde_json::json!([]));
}

/// Stores a measured point: wheat unless another crop, with one area of 1 m² and a yield of 400 kg/mu = 600 g/m².
fn measured(sandbox: &Sandbox, crop: &str, township: &str, found_g: f64) {
    let kinds: &[&str] = if crop == "maize" { &["kernels", "ears"] } else { &["all"] };
    let areas = kinds.iter().map(|kind| {
        let grams = found_g / kinds.len() as f64;
        format!("[[area]]\nkind = \"{kind}\"\nlength_m = 1\nwidth_m = 1\ntotal_g = {grams}\n")
    });
    let text = format!(
        "crop = \"{crop}\"\n[head]\ndate = \"2026-06-10\"\ntownship = \"{township}\"\n[grain]\nyield_kg_mu = 400\n[shed]\n\
         cleared = true\n{}",
        areas.collect::<String>()
    );
    sandbox.write("point.toml", text);
    sandbox.ok(&["measure", "add", "point.toml", "--db", "f.sqlite"]);
}

/// The grain that is found on 1 m² where the loss rate is so many per cent: L / (600 + L).
fn grams_of(pct: f64) -> f64 {
    600.0 * pct / (100.0 - pct)
}

#[test]
fn a_county_by_hand() {
    let sandbox = Sandbox::new();
    // Sessions are no points, whatever their loss: one of 丁镇, where no hand measured.
    sessions(&sandbox, "60", &["甲镇", "丁镇"]);
    set_totals(&sandbox, 1, 9.0, 1.0, 0, "calibrated");
    for (township, pct) in [("甲镇", 1.0), ("甲镇", 2.0), ("甲镇", 3.0), ("乙镇", 0.5)] {
        measured(&sandbox, "wheat", township, grams_of(pct));
    }
    measured(&sandbox, "maize", "甲镇", grams_of(4.0));
    let county = json(&sandbox, &["followup", "county", "--area", "wheat=620000"]);
    let rows = county.as_array().unwrap();
    let of = |crop: &str, name: &str| {
        let found = rows.iter().find(|row| row["Township"] == name && row["Crop"] == crop);
        found.unwrap_or_else(|| panic!("{crop} {name}: {county}"))
    };
    let columns = ["Points", "Mean loss (%)", "Standard deviation (points)", "Least (%)", "Most (%)", "Limit (%)"];
    // 1, 2, 3: mean 2, deviation √((1 + 0 + 1) / 2) = 1. The crop's limit is 1.2 %.
    for (column, expected) in columns.iter().zip([3.0, 2.0, 1.0, 1.0, 3.0, 1.2]) {
        near(&of("wheat", "甲镇")[column], expected);
    }
    assert_eq!(of("wheat", "甲镇")["Points above"], 2.0);
    // The session stands beside the points.
    assert_eq!(of("wheat", "甲镇")["Sessions beside"], 1.0);
    // One point has no spread.
    let second = of("wheat", "乙镇");
    near(&second["Mean loss (%)"], 0.5);
    assert!(second["Points above"] == 0.0 && second["Standard deviation (points)"].is_null());
    // A township with a session alone has no point.
    assert_eq!((&of("wheat", "丁镇")["Points"], &of("wheat", "丁镇")["Sessions beside"]), (&0.0.into(), &1.0.into()));
    // All four of wheat: mean 1.625; squares 0.3906 + 0.1406 + 1.8906 + 1.2656 = 3.6875, a third of it 1.2292, its root
    // 1.1087. Maize is not in it.
    for (column, expected) in columns.iter().zip([4.0, 1.625, 1.1087, 0.5, 3.0, 1.2]) {
        near(&of("wheat", "County")[column], expected);
    }
    // 2 × 6.2 = 12.4, so 13 points; nine are missing, and 丁镇. 4 on 620,000 mu are 0.645 on 100,000.
    let whole = of("wheat", "County");
    near(&whole["Points per 100,000 mu"], 0.64516);
    assert_eq!((&whole["Points needed"], &whole["Points above"]), (&13.0.into(), &2.0.into()));
    let missing = whole["Missing"].as_str().unwrap();
    assert!(missing.contains("9 more points") && missing.contains("丁镇") && !missing.contains("甲镇"), "{missing}");
    // Maize: 4 % is under its limit of 5 %; without an area it cannot be said how many points it needs.
    let maize = of("maize", "County");
    assert_eq!(
        (&maize["Points"], &maize["Points above"], &maize["Points needed"]),
        (&1.0.into(), &0.0.into(), &Value::Null)
    );
    assert!(maize["Missing"].as_str().unwrap().contains("--area"), "{maize}");
    // A limit that is named is of one crop.
    let refused = |args: &[&str], words: &[&str]| {
        sandbox.refused(&[&["followup", "county", "--db", "f.sqlite"], args].concat(), words);
    };
    refused(&["--limit", "1.2"], &["--limit", "maize, wheat", "--crop"]);
    refused(&["--area", "wheat"], &["--area wheat", "wheat=620000"]);
    refused(&["--area", "wheat=-1"], &["--area wheat=-1"]);
    refused(&["--area", "weat=10"], &["weat"]);
    refused(&["--mu", "10"], &["--mu", "--area"]);
    let one = json(&sandbox, &["followup", "county", "--crop", "wheat", "--limit", "2.5", "--mu", "100000"]);
    let last = one.as_array().unwrap().last().unwrap();
    assert_eq!((&last["Points above"], &last["Points needed"]), (&1.0.into(), &3.0.into()), "three townships: {last}");
    // A corrected point counts once, and what it says now.
    let set = ["measure", "correct", "1", "--set", "head.township=丁镇", "--who", "站长", "--why", "写错"];
    sandbox.ok(&[&set[..], &["--db", "f.sqlite"]].concat());
    let moved = json(&sandbox, &["followup", "county", "--crop", "wheat"]);
    let points: Vec<&Value> = moved.as_array().unwrap().iter().map(|row| &row["Points"]).collect();
    assert_eq!(points, [&Value::from(1.0), &1.0.into(), &2.0.into(), &4.0.into()], "{moved}");
    // The plan names the townships that must have a point.
    sandbox.write("plan.toml", "townships = [\"甲镇\", \"丙镇\"]\n[crop.wheat]\nmu = 20000\n");
    let planned = json(&sandbox, &["followup", "county", "--crop", "wheat", "--plan", "plan.toml"]);
    let last = planned.as_array().unwrap().last().unwrap();
    assert_eq!((&last["Points needed"], &last["Missing"]), (&2.0.into(), &"townships without a point: 丙镇".into()));
    sandbox.write("plan.toml", "[crop.wheat]\nmu = 0\n");
    refused(&["--plan", "plan.toml"], &["plan.toml:2", "no area"]);
}

#[test]
fn lists_are_files_too() {
    let sandbox = Sandbox::new();
    measured(&sandbox, "wheat", "=甲镇<b>", grams_of(1.5));
    let base = ["followup", "county", "--db", "f.sqlite", "--lang", "zh"];
    for format in ["csv", "json", "xlsx", "html"] {
        let out = format!("county.{format}");
        for _ in 0..2 {
            sandbox.ok(&[&base[..], &["--format", format, "--out", &out]].concat());
        }
    }
    assert!(
        sandbox.bytes("county.csv").starts_with(&[0xEF, 0xBB, 0xBF])
            && sandbox.text("county.csv").contains("'=甲镇<b>")
    );
    assert!(sandbox.bytes("county.xlsx").starts_with(b"PK"));
    let page = sandbox.text("county.html");
    for part in ["<html lang=\"zh-CN\">", "县级汇总", "=甲镇&lt;b&gt;", "1.50", "监测点"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<b>"));
    sandbox.refused(&[&base[..], &["--out", "x.html"]].concat(), &["csv、json、xlsx"]);
}
