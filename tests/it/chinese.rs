//! Chinese is whole: what people read has no English beyond names, units and signs.

use std::fs;
use std::path::Path;

use crate::support::run::Sandbox;

/// Latin words that stand on Chinese screens and in errors: units, signs, names of standards and of keys.
const SIGNS: [&str; 57] = [
    "candump",
    "Vector",
    "CANedge",
    "SavvyCAN",
    "python-can",
    "pcap",
    "pcapng",
    "gzip",
    "zstd",
    "xz",
    "zip",
    "CAN",
    "DBC",
    "SPN",
    "FMI",
    "GNSS",
    "UTC",
    "TEC",
    "REC",
    "ISOBUS",
    "JSON",
    "CSV",
    "TOML",
    "UTF-8",
    "SHA-256",
    "PDF",
    "ASCII",
    "Linux",
    "kg",
    "km",
    "h",
    "mm",
    "cm",
    "m",
    "s",
    "g",
    "ha",
    "t",
    "ms",
    "r",
    "min",
    "MB",
    "kB",
    "kW",
    "Hz",
    "esc",
    "tab",
    "Tab",
    "Esc",
    "Enter",
    "grainloss",
    "English",
    "Language",
    "can",
    "vcan",
    "PgUp",
    "PgDn",
];

/// A word that is a name, a key, a file, a source or a number in hexadecimal, not English.
fn is_name(word: &str) -> bool {
    let letters = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    letters.len() <= 1
        || SIGNS.contains(&letters)
        || letters.contains(['.', '_', '/', '|', ':', '@', '=', '<', '\\'])
        || letters.chars().any(|c| c.is_ascii_digit())
        || letters.chars().all(|c| c.is_ascii_uppercase())
        || word.starts_with('-')
}

/// The English words of a text.
fn english(text: &str) -> Vec<String> {
    let cut = |c: char| c.is_whitespace() || (!c.is_ascii() && !c.is_alphanumeric()) || ",;()[]'\"`?".contains(c);
    let words = text.split(|c: char| cut(c) || ('\u{4e00}'..='\u{9fff}').contains(&c));
    words.filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()) && !is_name(word)).map(str::to_owned).collect()
}

#[test]
fn the_screens_in_chinese_have_no_english() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    // Names that the tests themselves have entered.
    let entered = ["combine-demo", "why", "belt", "DRIVE"];
    let mut seen = 0;
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.contains("-zh") {
            continue;
        }
        seen += 1;
        let found: Vec<String> = english(&fs::read_to_string(&path).unwrap())
            .into_iter()
            .filter(|word| !entered.contains(&&**word))
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
    assert!(seen > 20, "{seen} screens");
}

#[test]
fn errors_are_in_chinese() {
    let sandbox = Sandbox::new();
    sandbox.write("not.sqlite", "this is no database, whatever its name says");
    sandbox.write("empty.log", "");
    sandbox.write("two.csv", "t_unix,kind\n1\n");
    sandbox.simulate("a", "wheat", 1, 5);
    let cases: [&[&str]; 27] = [
        &["sessions"],
        &["sessions", "--db", "not.sqlite"],
        &["report", "last", "--format", "csv"],
        &["report", "--format", "csv"],
        &["report", "last"],
        &["report", "last", "--format", "doc"],
        &["reprot"],
        &["replay", "none.log", "--machine", "combine-demo", "--crop", "wheat"],
        &["replay", "empty.log", "--machine", "combine-demo", "--crop", "wheat"],
        &["replay", "a.log", "--machine", "nothing", "--crop", "wheat"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "millet"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--limit", "nothing"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--limit", "99"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--mode", "ear"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--pans", "two.csv"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--trace", "a.log"],
        &["replay", "a.log", "--machine", "combine-demo", "--crop", "wheat", "--trace", "/no/where.csv"],
        &["run", "--iface", "nothing0", "--machine", "combine-demo", "--crop", "wheat", "--db", "x.sqlite"],
        &["watch", "--once", "--socket", "nowhere.sock"],
        &["demo"],
        &["simulate", "--scenario", "nothing", "--out", "b.log"],
        &["simulate", "--out", "b.log", "--seconds", "x"],
        &["simulate", "--iface", "nothing0"],
        &["limits", "--crop", "millet"],
        &["calibration", "show", "1"],
        &["verify", "none.pdf"],
        &["session", "why", "1"],
    ];
    for args in cases {
        let mut command = sandbox.command(args);
        let ended: crate::support::run::Ended = command.env("LANG", "zh_CN.UTF-8").output().unwrap().into();
        assert_ne!(ended.code, Some(0), "{args:?}");
        // The line of usage has the names of options and commands.
        let said = ended.err.split("用法:").next().unwrap();
        let typed: Vec<&str> = args.iter().flat_map(|arg| arg.split(['.', '/'])).collect();
        let commands = [
            "sessions",
            "display-cn",
            "toml",
            "demo",
            "run",
            "replay",
            "report",
            "last",
            "xlsx",
            "html",
            "pdf",
            "csv",
            "json",
            "geojson",
            "isoxml",
            "ip",
            "link",
            "add",
            "dev",
            "type",
            "up",
            "set",
            "calibration",
            "list",
            "toml",
            "both",
            "combine-demo",
        ];
        let ids = grainloss_simulator::Scenario::bundled_names();
        let crops: Vec<String> = grainloss_knowledge::crops().unwrap().into_iter().map(|(id, _)| id).collect();
        let found: Vec<String> = english(said)
            .into_iter()
            .map(|word| word.trim_matches([':', '.']).to_owned())
            .filter(|word| !typed.contains(&&**word) && !commands.contains(&&**word))
            .filter(|word| !ids.contains(&&**word) && !crops.contains(word))
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{args:?}: {said}");
        assert!(said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{args:?}: {said}");
    }
}

#[test]
fn options_take_chinese_names() {
    let sandbox = Sandbox::new();
    let zh = |args: &[&str]| -> crate::support::run::Ended {
        sandbox.command(args).env("LANG", "zh_CN.UTF-8").env("TZ", "Asia/Shanghai").output().unwrap().into()
    };
    let wrote = zh(&[
        "simulate",
        "--scenario",
        "小麦",
        "--fault",
        "传感器失灵:shoe-left@10-20",
        "--seconds",
        "60",
        "--out",
        "a.log",
    ]);
    assert_eq!(wrote.code, Some(0), "{}", wrote.err);
    assert!(wrote.err.contains("已写出 a.log("), "{}", wrote.err);
    let args = [
        "replay",
        "a.log",
        "--machine",
        "模拟收割机",
        "--crop",
        "小麦",
        "--limit",
        "全国指导意见 1.2%",
        "--db",
        "a.sqlite",
    ];
    let replayed = zh(&args);
    assert_eq!(replayed.code, Some(0), "{}", replayed.err);
    let sessions = zh(&["sessions", "--db", "a.sqlite"]).out;
    assert!(sessions.contains("模拟收割机") && sessions.contains("小麦"), "{sessions}");
    assert!(sessions.contains("2025-06-10 10:00") && sessions.contains("UTC+8"), "{sessions}");
    // The journal keeps the identifiers and UTC.
    let json = zh(&["sessions", "--db", "a.sqlite", "--format", "json"]).out;
    assert!(json.contains("\"wheat\"") && json.contains("\"combine-demo\""), "{json}");
    assert!(zh(&["limits", "--crop", "小麦"]).out.contains("1.2 %"));
}

/// The text of a page: without styles, marks, and what is for programs (the text of the square code).
fn page_text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        rest = &rest[at..];
        let end = match rest {
            _ if rest.starts_with("<style") => "</style>",
            _ if rest.starts_with("<p class=\"code\"") => "</p>",
            _ => ">",
        };
        rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]);
        text.push(' ');
    }
    text + rest
}

#[test]
fn the_reports_in_chinese_have_no_english() {
    let sandbox = Sandbox::new();
    for (seed, scenario) in [("3", "wheat-faults"), ("4", "maize-rotor")] {
        let demo = ["demo", "--headless", "--seconds", "1500", "--db", "j.sqlite", "--seed", seed];
        sandbox.ok(&[&demo[..], &["--scenario", scenario, "--operator", "张三", "--township", "甲镇"]].concat());
    }
    for asked in [&["1"][..], &["2"], &["1", "--ticket"], &["1", "2"]] {
        let args = [&["report"], asked, &["--db", "j.sqlite", "--format", "html", "--lang", "zh"]].concat();
        let text = page_text(&sandbox.ok(&args).out).replace("&#39;", "'").replace("&quot;", "\"");
        // Signatures and the names of files are for programs.
        let is_hash = |word: &str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
        // A command as it is typed, and a program's name.
        let typed = ["verify", "grainloss", "report", "format", "xlsx", "html", "Excel", "followup", "compare"];
        let found: Vec<String> =
            english(&text).into_iter().filter(|word| !is_hash(word) && !typed.contains(&&**word)).collect();
        assert_eq!(found, Vec::<String>::new(), "{asked:?}");
        assert!(text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() > 100, "{asked:?}");
    }
}
