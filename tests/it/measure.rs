//! Measured points from outside: guide, template, entry in the terminal and from a file, arithmetic, verdict, correction,
//! export, and attacks on what is stored.

use crate::support::db::{open, value};
use crate::support::run::Sandbox;
use grainloss_core::measured_point::{AREA_FIELDS, FIELDS, ProblemKind};
use grainloss_knowledge::{Lang, Words};
use serde_json::Value;

/// The sheet whose arithmetic was done by hand: 4.446 + 2.880 = 7.326 g/m² of 451.1 kg/mu.
const SHEET: &str = r#"
crop = "wheat"
[head]
year = 2026
season = "三夏"
county = "莘县"
township = "张鲁镇"
point = "SX-07"
variety = "济麦22"
date = "2026-06-10"
start = "09:30"
end = "10:20"
operator = "王师傅"
plate = "鲁15-12345"
serial = "4LZ8-0001"
lodging = "none"
stubble_cm = 16
unit = "莘县农机站"
measured_by = "甲"
reviewed_by = "乙"
witnesses = ["丙", "丁"]
remarks = "晴,无露水"
[grain]
yield_kg_mu = 451.1
moisture_pct = 14.2
[shed]
cleared = true
[quality]
sample_g = 1000
impurity_g = 15
broken_g = 12.5
[[area]]
kind = "header"
length_m = 1
width_m = 1
total_g = 4.446
[[area]]
kind = "straw"
length_m = 1
width_m = 1
total_g = 1.880
[[area]]
kind = "chaff"
length_m = 1
width_m = 1
total_g = 1.000
"#;

fn add(sandbox: &Sandbox, text: &str) -> String {
    sandbox.write("p.toml", text);
    sandbox.ok(&["measure", "add", "p.toml", "--db", "j.sqlite"]).out
}

fn shown(sandbox: &Sandbox, id: &str) -> Value {
    let show = ["measure", "show", id, "--format", "json", "--db", "j.sqlite"];
    serde_json::from_str(&sandbox.ok(&show).out).unwrap()
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{value} is not {expected}"));
    assert!((value - expected).abs() < 1e-3 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn the_sheet_by_hand_is_stored_without_any_machine_and_its_arithmetic_is_shown() {
    let sandbox = Sandbox::new();
    let out = add(&sandbox, SHEET);
    // 451.1 × 1.5 = 676.65; 7.326 / (676.65 + 7.326) = 1.0711 %. Impurity 15 / 1000; broken 12.5 / 985 = 1.269 %.
    for line in [
        "4.446 + 1.880 + 1.000 = 7.326 g/m²",
        "451.1 kg/mu × 1.5 = 676.650 g/m²",
        "7.326 ÷ (676.650 + 7.326) × 100 % = 1.071 %",
        "12.5 ÷ (1000 − 15) × 100 % = 1.269 %",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let point = shown(&sandbox, "1");
    near(&point["result"]["loss_g_m2"], 7.326);
    near(&point["result"]["loss_pct"], 1.0711);
    assert!(point["machine_estimate"].is_null() && point["entered"]["head"]["witnesses"][1] == "丁");
    // Beside all limits of wheat: 2 %, 1.2 % with broken 1.0 %, impurity 2.0 % and stubble 15 cm, 1 %.
    let verdicts: Vec<(String, String, String)> = point["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| {
            let text = |key: &str| v[key].as_str().unwrap().to_owned();
            (text("limit_id"), text("of"), text("verdict"))
        })
        .collect();
    let of = |id: &str, of: &str, verdict: &str| (id.to_owned(), of.to_owned(), verdict.to_owned());
    assert_eq!(
        verdicts,
        [
            of("cn.wheat.industry_2pct", "loss", "under"),
            of("cn.wheat.guidance_1p2", "loss", "under"),
            of("cn.wheat.guidance_1p2", "broken", "over"),
            of("cn.wheat.guidance_1p2", "impurity", "under"),
            of("cn.wheat.guidance_1p2", "stubble", "over"),
            of("cn-sd.wheat.target_2025", "loss", "over"),
        ]
    );
    // In Chinese, with everything that was entered.
    let zh = sandbox.ok(&["--lang", "zh", "measure", "show", "1", "--db", "j.sqlite"]).out;
    for part in
        ["监测点编号", "SX-07", "济麦22", "出厂编号", "不倒伏", "审核人", "晴,无露水", "机收损失率: 7.326", "超过限值"]
    {
        assert!(zh.contains(part), "{part}: {zh}");
    }
    let list = sandbox.ok(&["--lang", "zh", "measure", "list", "--db", "j.sqlite"]).out;
    assert!(list.contains("张鲁镇") && list.contains("1.071") && list.contains("有效"), "{list}");
    sandbox.refused(&["measure", "show", "9", "--db", "j.sqlite"], &["no measured point 9", "measure list"]);
}

#[test]
fn what_is_wrong_is_named_by_its_item_and_nothing_is_stored() {
    let sandbox = Sandbox::new();
    let refused = |from: &str, to: &str, words: &[&str]| {
        let text = SHEET.replacen(from, to, 1);
        assert_ne!(text, SHEET, "{from}");
        sandbox.write("p.toml", &text);
        sandbox.refused(&["measure", "add", "p.toml", "--db", "j.sqlite"], words);
        assert_eq!(sandbox.text("p.toml"), text, "the file stays as it is");
        assert!(!sandbox.path("j.sqlite").exists(), "{from}");
    };
    refused("date = \"2026-06-10\"", "date = \"10.6.2026\"", &["head.date", "2026-06-10", "nothing was stored"]);
    refused("stubble_cm = 16", "stubble_cm = 1600", &["head.stubble_cm", "0 to 300"]);
    refused("cleared = true", "", &["shed.cleared"]);
    refused("total_g = 1.880", "", &["area.2.total_g", "is missing"]);
    refused("kind = \"chaff\"", "kind = \"all\"", &["area", "header with straw and chaff"]);
    refused("county = \"莘县\"", "countie = \"莘县\"", &["p.toml:6", "countie"]);
    refused("yield_kg_mu = 451.1", "yield_kg_mu = \"much\"", &["p.toml:24", "much"]);
    refused("crop = \"wheat\"", "crop = \"weat\"", &["weat", "wheat"]);
    refused("crop = \"wheat\"", "crop = \"wheat\"\nmode = \"ear\"", &["ear", "not harvested that way"]);
    refused("crop = \"wheat\"", "crop = \"wheat\"\nsession = 7", &["no journal here"]);
    // In Chinese too.
    let ended = {
        sandbox.write("p.toml", SHEET.replacen("cleared = true", "", 1));
        sandbox.run(&["--lang", "zh", "measure", "add", "p.toml", "--db", "j.sqlite"])
    };
    assert!(ended.code == Some(2) && ended.err.contains("自然落粒未说明"), "{}", ended.err);
    for bad in [&b"\xff\xfe"[..], b"[", b"", b"crop = 3"] {
        sandbox.write("p.toml", bad);
        sandbox.refused(&["measure", "add", "p.toml", "--db", "j.sqlite"], &["p.toml"]);
    }
}

#[test]
fn a_template_says_everything_and_is_a_point_once_it_is_filled_in() {
    let sandbox = Sandbox::new();
    for (crop, mode) in [
        ("wheat", ""),
        ("barley", ""),
        ("rice", "full-feed"),
        ("rice", "half-feed"),
        ("maize", "grain"),
        ("maize", "ear"),
        ("soybean", ""),
        ("canola", "pick-up"),
    ] {
        let mut args = vec!["measure", "template", "--crop", crop, "--width-m", "2.75"];
        if !mode.is_empty() {
            args.extend(["--mode", mode]);
        }
        let template = sandbox.ok(&args).out;
        for field in FIELDS {
            let name = field.key.rsplit('.').next().unwrap();
            if name == "mode" && mode.is_empty() {
                continue;
            }
            assert!(template.contains(&format!("{name} =")), "{crop} {name}: {template}");
        }
        let filled = template
            .replace("# date =", "date =")
            .replace("# cleared =", "cleared =")
            .replace("# total_g = ", "total_g = 12.5");
        let out = add(&sandbox, &filled);
        assert!(out.contains("rate is unknown"), "{crop} without a yield: {out}");
    }
    let rice = sandbox.ok(&["measure", "template", "--crop", "rice", "--mode", "half-feed"]).out;
    assert!(!rice.contains("straw_g"), "half-feed has no grain in the straw: {rice}");
}

#[test]
fn the_guide_leads_metre_by_metre() {
    let sandbox = Sandbox::new();
    let guide = |more: &[&str]| sandbox.ok(&[&["measure", "guide"], more].concat()).out;
    let wheat = guide(&["--crop", "wheat", "--width-m", "2.75", "--length-m", "200"]);
    // A quarter of 200 m; then 50 m less the metre that was marked out.
    for part in [
        "walk 50.0 m",
        "walk on 49.0 m (100.0 m",
        "walk on 49.0 m (150.0 m",
        "1.00 × 2.75 = 2.75 m²",
        "8.25 m²",
        "shed first",
    ] {
        assert!(wheat.contains(part), "{part}: {wheat}");
    }
    // 30 m² at 2.75 m are 10.9 m, so 11 m; kernels 2 m: 50 − 13 − 25.
    let maize = guide(&["--crop", "maize", "--width-m", "2.75", "--length-m", "100"]);
    for part in ["11.00 × 2.75 = 30.25 m²", "walk on 12.0 m (50.0 m", "walk on 23.0 m (75.0 m", "shell"] {
        assert!(maize.contains(part), "{part}: {maize}");
    }
    let rice = guide(&["--crop", "rice", "--mode", "half-feed"]);
    assert!(rice.contains("2.00 × 1.00 = 2.00 m²") && rice.contains("1/4") && rice.contains("no grain in the straw"));
    // Sources stand beside each fact, and what is only remembered says so.
    assert!(wheat.contains("[verified: Xuanzhou") && wheat.contains("recalled, not verified, no rule"), "{wheat}");
    let short = ["measure", "guide", "--crop", "maize", "--width-m", "2.75", "--length-m", "40"];
    // The first place needs 13 m in a quarter of the plot: 52 m.
    sandbox.refused(&short, &["--length-m 40", "52 m"]);
    sandbox.refused(&["measure", "guide", "--crop", "weat"], &["weat"]);
    sandbox.refused(&["measure", "guide", "--crop", "wheat", "--mode", "ear"], &["ear"]);
}

/// The answers of a person who measures wheat, one a line; what is not needed is skipped.
fn answers() -> Vec<&'static str> {
    let mut lines = vec!["2026", "三夏", "", "", "莘县", "张鲁镇", "西街", "SX-08", "", "12", "济麦22"];
    lines.extend(["2026-06-31", "2026-06-11", "25:00", "9:30", "09:30", "", "王师傅", "", "", "", "", "8", "2.75", ""]);
    // Position, lodging by number, stubble, yield, moistures, thousand-kernel mass, shed.
    lines.extend(["", "", "2", "14", "500", "", "", "", "", "y"]);
    // Two areas: weighed together, and by parts.
    lines.extend(["2", "", "", "20", "2", "", "", "25", "3", "2"]);
    // Sample, per cent, people.
    lines.extend(["", "1.5", "0.8", "", "甲", "", "", "丙、丁", ""]);
    lines
}

#[test]
fn the_terminal_asks_for_everything_and_an_interrupted_entry_goes_on() {
    let sandbox = Sandbox::new();
    let new = |lines: &[&str], more: &[&str]| {
        let input = lines.join("\n") + if lines.is_empty() { "" } else { "\n" };
        sandbox.with_stdin(&[&["measure", "new", "--db", "j.sqlite"], more].concat(), input.as_bytes())
    };
    let all = answers();
    // It stops in the middle, without an end: what was entered is in a file beside the journal.
    let begun = new(&all[..20], &["--crop", "wheat"]);
    assert_eq!(begun.code, Some(3), "{}{}", begun.out, begun.err);
    assert!(begun.err.contains("j.point.toml") && begun.err.contains("measure new"), "{}", begun.err);
    assert!(begun.out.contains("expected a day") && begun.out.contains("expected a time"), "{}", begun.out);
    assert!(sandbox.text("j.point.toml").contains("SX-08") && !sandbox.path("j.sqlite").exists());
    // No output takes its place; another crop is not mixed with it.
    sandbox.write("other.toml", SHEET);
    sandbox.ok(&["measure", "add", "other.toml", "--db", "j.sqlite"]);
    let export = ["measure", "export", "--format", "json", "--db", "j.sqlite", "--out", "j.point.toml"];
    sandbox.refused(&export, &["not finished"]);
    let other = new(&[], &["--crop", "rice"]);
    assert!(other.code == Some(2) && other.err.contains("--discard"), "{}", other.err);
    // It goes on where it stopped.
    let mut rest = all[20..].to_vec();
    rest.push("y");
    let done = new(&rest, &[]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.out, done.err);
    assert!(done.out.contains("Going on") && !sandbox.path("j.point.toml").exists(), "{}", done.out);
    let point = shown(&sandbox, "2");
    let entered = &point["entered"];
    assert_eq!((&entered["head"]["point"], &entered["head"]["lodging"]), (&"SX-08".into(), &"medium".into()));
    assert_eq!((&entered["head"]["witnesses"][1], &entered["area"][1]["straw_g"]), (&"丁".into(), &3.0.into()));
    // 20 g on 2.75 m² and 30 g on 2 × 2.75 m²: 50 / 8.25 = 6.0606 g/m²; of 750 g/m²: 0.80161 %.
    near(&point["result"]["loss_pct"], 0.80161);
}

#[test]
fn back_clear_and_help_do_what_they_say() {
    let sandbox = Sandbox::new();
    let lines = "2025\n<\n2026\n?\n三夏\n山东\n<\n-\n!\n";
    let ended = sandbox.with_stdin(&["measure", "new", "--crop", "wheat", "--db", "j.sqlite"], lines.as_bytes());
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.out.contains("one line of text"), "{}", ended.out);
    let draft = sandbox.text("j.point.toml");
    assert!(draft.contains("year = 2026") && draft.contains("三夏") && !draft.contains("山东"), "{draft}");
    // A draft that cannot be read is not thrown away.
    sandbox.write("j.point.toml", "asked = 3");
    let ended = sandbox.with_stdin(&["measure", "new", "--db", "j.sqlite"], b"");
    assert!(ended.code == Some(2) && ended.err.contains("--discard"), "{}", ended.err);
    assert_eq!(sandbox.text("j.point.toml"), "asked = 3");
    let ended = sandbox.with_stdin(&["measure", "new", "--discard", "--db", "j.sqlite"], b"wheat\n");
    assert!(ended.code == Some(3) && sandbox.text("j.point.toml").contains("wheat"), "{}", ended.err);
}

#[test]
fn a_correction_is_a_new_record_and_the_old_one_stays() {
    let sandbox = Sandbox::new();
    add(&sandbox, SHEET);
    let correct = |id: &str, more: &[&str]| {
        let who = ["--who", "站长", "--why", "称错"];
        [&["measure", "correct", id, "--db", "j.sqlite"], more, &who]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let run = |args: Vec<String>| sandbox.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let done = run(correct("1", &["--set", "area.1.total_g=8.446", "--set", "head.remarks="]));
    assert_eq!(done.code, Some(0), "{}", done.err);
    let (old, new) = (shown(&sandbox, "1"), shown(&sandbox, "2"));
    assert_eq!((&old["corrected_by"], &new["corrects"], &new["why"]), (&2.into(), &1.into(), &"称错".into()));
    near(&old["result"]["loss_g_m2"], 7.326);
    near(&new["result"]["loss_g_m2"], 11.326);
    assert!(new["entered"]["head"]["remarks"].is_null() && old["entered"]["head"]["remarks"] == "晴,无露水");
    let list = sandbox.ok(&["measure", "list", "--db", "j.sqlite"]).out;
    assert_eq!(list.lines().count(), 2, "{list}");
    assert_eq!(sandbox.ok(&["measure", "list", "--all", "--db", "j.sqlite"]).out.lines().count(), 3);
    for (args, words) in [
        (correct("1", &["--set", "head.county=x"]), ["corrected by point 2", "already"]),
        (correct("9", &["--set", "head.county=x"]), ["no measured point 9", "list"]),
        (correct("2", &["--set", "head.countie=x"]), ["head.countie", "no such item"]),
        (correct("2", &["--set", "area.7.total_g=1"]), ["area.7.total_g", "no such item"]),
        (correct("2", &["--set", "head.stubble_cm=high"]), ["head.stubble_cm", "a number"]),
        (correct("2", &["--set", "head.date="]), ["head.date", "is missing"]),
        (correct("2", &[]), ["--set", "--file"]),
    ] {
        let ended = run(args);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(words.iter().all(|word| ended.err.contains(word)), "{words:?}: {}", ended.err);
    }
    sandbox.ok(&["verify", "j.sqlite"]);
}

#[test]
fn every_edit_of_a_measured_point_is_found_by_verify() {
    let sandbox = Sandbox::new();
    add(&sandbox, SHEET);
    add(&sandbox, SHEET);
    let good = sandbox.ok(&["verify", "j.sqlite"]).out;
    assert!(good.contains("2 measured points: untouched since they were signed"), "{good}");
    let whole = sandbox.bytes("j.sqlite");
    let forged = "INSERT INTO measured_point SELECT 3, made_us, session, corrects, who, why, body, hash FROM measured_point WHERE id = 1";
    for (sql, said) in [
        ("UPDATE measured_point SET body = replace(body, '4.446', '1.446') WHERE id = 1", "measured point 1: altered"),
        ("UPDATE measured_point SET hash = 'x' WHERE id = 2", "measured point 2: altered"),
        ("UPDATE measured_point SET session = 5 WHERE id = 2", "measured point 2: altered"),
        ("UPDATE measured_point SET corrects = 1 WHERE id = 2", "measured point 2: altered"),
        ("DELETE FROM measured_point WHERE id = 1", "measured point 1: was removed"),
        ("DELETE FROM measured_point WHERE id = 2; DELETE FROM seal WHERE id = 2", "seals 2 to 2 are missing"),
        (forged, "measured point 3: the program did not store it"),
        ("UPDATE seal SET body = replace(body, '\"point\":1', '\"point\":2') WHERE id = 1", "seal 1"),
        ("UPDATE seal SET signature = NULL, public_key = NULL", "not all are signed"),
        ("DELETE FROM seal", "did not store it"),
    ] {
        sandbox.write("j.sqlite", &whole);
        let journal = open(&sandbox.path("j.sqlite"));
        journal.execute_batch(&format!("PRAGMA foreign_keys = off; {sql}")).unwrap();
        journal.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(journal);
        let ended = sandbox.run(&["verify", "j.sqlite"]);
        assert_eq!(ended.code, Some(1), "{sql}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(said), "{sql}: {}", ended.out);
    }
    // The number of a point that was removed is not used again.
    sandbox.write("j.sqlite", &whole);
    let journal = open(&sandbox.path("j.sqlite"));
    journal.execute_batch("DELETE FROM measured_point WHERE id = 2").unwrap();
    drop(journal);
    add(&sandbox, SHEET);
    assert_eq!(value::<i64>(&open(&sandbox.path("j.sqlite")), "SELECT max(id) FROM measured_point", &[]), 3);
    // A forged point is not signed when it is exported.
    let said = sandbox.ok(&["measure", "export", "--format", "html", "--out", "e.html", "--db", "j.sqlite"]).err;
    assert!(said.contains("not signed") && !sandbox.path("e.html.sig.json").exists(), "{said}");
}

#[test]
fn exports_hold_every_item_and_are_signed() {
    let sandbox = Sandbox::new();
    sandbox.write("IMG_1.jpg", b"a photo");
    sandbox.write("p.toml", SHEET);
    sandbox.ok(&["measure", "add", "p.toml", "--photo", "IMG_1.jpg", "--db", "j.sqlite"]);
    // SHA-256 of `a photo`, by sha256sum.
    let photo = shown(&sandbox, "1")["entered"]["photo"][0].clone();
    assert_eq!((&photo["name"], photo["sha256"].as_str().unwrap().len()), (&"IMG_1.jpg".into(), 64));
    sandbox.refused(&["measure", "add", "p.toml", "--photo", "none.jpg", "--db", "j.sqlite"], &["none.jpg"]);
    for format in ["json", "csv", "html", "xlsx"] {
        let name = format!("e.{format}");
        let export = ["--lang", "zh", "measure", "export", "1", "--format", format, "--out", &name, "--db", "j.sqlite"];
        sandbox.ok(&export);
        let first = sandbox.bytes(&name);
        sandbox.ok(&export);
        assert_eq!(sandbox.bytes(&name), first, "{format}: the same point gives the same bytes");
        let said = sandbox.ok(&["verify", &name, "--db", "j.sqlite"]).out;
        assert!(said.contains("untouched"), "{said}");
        let mut changed = first.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        sandbox.write(&name, changed);
        assert_ne!(sandbox.run(&["verify", &name, "--db", "j.sqlite"]).code, Some(0), "{format}");
        sandbox.write(&name, first);
    }
    for name in ["e.csv", "e.html"] {
        let text = sandbox.text(name);
        for part in
            ["莘县", "张鲁镇", "SX-07", "济麦22", "4LZ8-0001", "不倒伏", "甲", "乙", "丙, 丁", "IMG_1.jpg", "1.071"]
        {
            assert!(text.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn a_point_of_a_session_takes_its_head_and_place_and_none_of_its_figures() {
    let sandbox = Sandbox::new();
    let demo = ["demo", "--headless", "--seed", "3", "--seconds", "200", "--db", "j.sqlite"];
    sandbox.ok(&[&demo[..], &["--operator", "老王", "--township", "甲镇", "--plate", "鲁A"]].concat());
    let text = SHEET.replacen("crop = \"wheat\"", "crop = \"wheat\"\nsession = 1", 1);
    add(&sandbox, &text.replacen("operator = \"王师傅\"\n", "", 1));
    let point = shown(&sandbox, "1");
    let head = &point["entered"]["head"];
    assert_eq!((&head["operator"], &head["township"]), (&"老王".into(), &"张鲁镇".into()), "what was typed holds");
    assert!(head["latitude_deg"].is_f64() && head["cut_width_m"].is_f64(), "{head}");
    near(&point["result"]["loss_pct"], 1.0711);
    assert_eq!(point["machine_estimate"]["session"], 1);
    let zh = sandbox.ok(&["--lang", "zh", "measure", "show", "1", "--db", "j.sqlite"]).out;
    assert!(zh.contains("机载估计(作业 1)") && zh.contains("不参与"), "{zh}");
    // The session's report has the filled form; a redacted one hides the people.
    let report = |more: &[&str]| {
        sandbox.ok(&[&["--lang", "zh", "report", "1", "--format", "html", "--db", "j.sqlite"], more].concat()).out
    };
    let page = report(&[]);
    assert!(page.contains("SX-07") && page.contains("济麦22") && page.contains("7.326"), "the form is in the report");
    let redacted = report(&["--redact"]);
    assert!(!redacted.contains("SX-07") && !redacted.contains("莘县农机站") && redacted.contains("7.326"));
    // A changed point: the report of its session is not signed.
    let journal = open(&sandbox.path("j.sqlite"));
    journal.execute_batch("UPDATE measured_point SET body = replace(body, '4.446', '1.446')").unwrap();
    drop(journal);
    let said = sandbox.ok(&["report", "1", "--format", "html", "--out", "r.html", "--db", "j.sqlite"]).err;
    assert!(said.contains("not signed"), "{said}");
    let wrong = SHEET.replacen("crop = \"wheat\"", "crop = \"barley\"\nsession = 1", 1);
    sandbox.write("p.toml", wrong);
    sandbox.refused(&["measure", "add", "p.toml", "--db", "j.sqlite"], &["session 1 is of wheat"]);
}

#[test]
fn every_item_and_problem_has_words() {
    for lang in [Lang::Zh, Lang::En] {
        let words = Words::new(lang);
        let has = |key: &str| assert!(words.has(key), "{lang:?} {key}");
        for field in FIELDS {
            has(&format!("point-{}", field.key.replace(['.', '_'], "-")));
        }
        for field in AREA_FIELDS {
            has(&format!("point-area-{}", field.key.replace('_', "-")));
        }
        for problem in ProblemKind::ALL {
            has(&format!("point-problem-{}", problem.word()));
        }
    }
}

#[test]
fn every_crop_and_mode_has_a_procedure_whose_facts_name_their_sources() {
    let mut recalled = 0;
    for (crop, _) in grainloss_knowledge::crops().unwrap() {
        let modes = grainloss_knowledge::crop(&crop).unwrap().modes;
        let modes = if modes.is_empty() { vec![None] } else { modes.into_iter().map(Some).collect() };
        for mode in modes {
            let (procedure, facts, _) = grainloss_knowledge::procedure(&crop, mode).unwrap();
            assert!(procedure.at.len() >= 3 && procedure.has_ears == (crop == "maize"), "{crop}");
            for step in grainloss_knowledge::MeasuringStep::ALL {
                let needed = !matches!(
                    step,
                    grainloss_knowledge::MeasuringStep::Watch | grainloss_knowledge::MeasuringStep::Collect
                );
                assert!(!needed || facts.iter().any(|fact| fact.step == step), "{crop} {step:?}");
            }
            for fact in &facts {
                assert!(
                    fact.text.en.is_ascii() || fact.text.en.contains(['×', '²', '½', '¼', '¾', '°', '÷', '−']),
                    "{fact:?}"
                );
                assert!(fact.source(Lang::Zh).len() > 3 && fact.source(Lang::En).len() > 3, "{fact:?}");
                recalled += usize::from(fact.standing == grainloss_knowledge::FactStanding::Recalled);
            }
        }
    }
    assert!(recalled > 0, "what is only remembered is marked");
}
