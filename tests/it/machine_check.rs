//! `machine check` judges, and `machine publish` gives away what holds.

use std::path::Path;

use serde_json::Value;

use crate::support::run::Sandbox;

const DEMO: &str = include_str!("../../machines/combine-demo.toml");

/// The simulator's profile with some sources changed.
fn profile(sandbox: &Sandbox, changes: &[(&str, &str)]) {
    let mut text = DEMO.to_owned();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    sandbox.write("own.toml", text);
}

fn marks(sandbox: &Sandbox, code: i32) -> Value {
    let ended = sandbox.run(&["machine", "check", "own.toml", "a.log", "--format", "json"]);
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    serde_json::from_str::<Value>(&ended.out).unwrap()
}

fn reasons(json: &Value, channel: &str) -> Vec<String> {
    let reasons = json["marks"][channel]["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason["reason"].as_str().unwrap().to_owned()).collect()
}

fn mark<'a>(json: &'a Value, channel: &str) -> &'a str {
    json["marks"][channel]["mark"].as_str().unwrap()
}

#[test]
fn a_profile_of_guessed_set_points_fails_with_the_right_reasons() {
    let sandbox = Sandbox::new();
    sandbox.simulate("a", "wheat", 3, 900);
    profile(
        &sandbox,
        &[
            ("FEEDER.FeedRate\", status = \"FEEDER.FeedRateState\"", "SETPOINTS.SpFeedRate\""),
            ("REEL.ReelSpeed", "SETPOINTS.SpReelSpeed"),
            ("{ signal = \"HDR_STAT.WorkingWidth\" }, ", ""),
            (
                "\"LOSS_IDX.LossIdxSepRight\", status = \"LOSS_IDX.LossStateSepRight\"",
                "\"LOSS_IDX.LossIdxSepLeft\", status = \"LOSS_IDX.LossStateSepLeft\"",
            ),
        ],
    );
    let json = marks(&sandbox, 1);
    assert_eq!((mark(&json, "feed.rate"), &*reasons(&json, "feed.rate")[0]), ("wrong", "constant"));
    // This one follows the ground speed as the reel does, but comes every 3 s and turns with the header's clutch out.
    assert_eq!(mark(&json, "reel.speed"), "doubtful");
    assert!(reasons(&json, "reel.speed").contains(&"turns-undriven".to_owned()));
    for channel in ["loss_index.separation_left", "loss_index.separation_right"] {
        assert_eq!((mark(&json, channel), &*reasons(&json, channel)[0]), ("wrong", "shared-bits"), "{channel}");
    }
    for channel in ["ground.speed", "header.height", "engine.speed", "grain.flow", "loss.separation_left"] {
        assert_eq!(mark(&json, channel), "good", "{channel}");
    }
    // In words, in both languages, on one line each; and no Chinese in the English ones.
    let zh = sandbox.run(&["--lang", "zh", "machine", "check", "own.toml", "a.log"]);
    assert_eq!(zh.code, Some(1));
    assert!(zh.out.contains("错误  feed.rate:作业时始终为 6 kg/s"), "{}", zh.out);
    assert!(zh.err.contains("feed.rate") && zh.err.contains("映射错误"), "{}", zh.err);
    let en = sandbox.run(&["--lang", "en", "machine", "check", "own.toml", "a.log"]);
    assert!(en.out.contains("WRONG  feed.rate: always 6 kg/s at work"), "{}", en.out);
    assert!(en.out.contains("enough for: loss in per cent"), "{}", en.out);
    sandbox.run(&["machine", "publish", "own.toml", "a.log", "-o", "p.tar"]);
    assert!(!sandbox.path("p.tar").exists(), "what is wrong is not given away");
}

#[test]
fn each_slip_of_a_profile_is_named() {
    let sandbox = Sandbox::new();
    sandbox.simulate("a", "wheat", 4, 1200);
    let speeds = "  { signal = \"MSS.MachineSelectedSpeed\" },\n  { signal = \"WBSD.WheelBasedSpeed\" },\n  \
                  { signal = \"GBSD.GroundBasedSpeed\" },\n  { signal = \"COG_SOG.Sog\" },\n  \
                  { signal = \"VDS.NavBasedSpeed\" },\n";
    let speed = |more: &str| format!("{{ signal = \"MSS.MachineSelectedSpeed\"{more} }}");
    let heights = "  { signal = \"HDR_POS.HeaderHeightCentre\" },\n  { signal = \"HDR_POS.HeaderHeightLeft\" },\n  \
                   { signal = \"HDR_POS.HeaderHeightRight\" },\n";
    let flag = "{ signal = \"HDR_STAT.HeaderBelowWorkHeight\" }";
    // m/s taken for km/h: a factor of 1/3.6. Taken for mph: 0.447.
    let kmh = speed(", unit = \"km/h\", scale = 0.001");
    let mph = speed(", unit = \"mph\", scale = 0.001");
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (speeds, &kmh, "ground.speed", &["speed-factor"]),
        (speeds, &mph, "ground.speed", &["speed-factor"]),
        (
            speeds,
            "{ signal = \"SETPOINTS.SpGroundSpeed\" }",
            "ground.speed",
            &["constant", "set-point", "speed-unrelated", "speed-factor"],
        ),
        // Falling as the header rises.
        (
            heights,
            "{ signal = \"HDR_POS.HeaderHeightCentre\", scale = -0.1, offset = 900.0, unit = \"mm\" }",
            "header.height",
            &["inverted", "cuts-in-transport"],
        ),
        (
            heights,
            "{ signal = \"HDR_POS.HeaderHeightCentre\", offset = 600.0 }",
            "header.height",
            &["cuts-in-transport"],
        ),
        (
            flag,
            "{ signal = \"HDR_STAT.HeaderBelowWorkHeight\", values = { 0 = 1.0, 1 = 0.0 } }",
            "header.below_work_height",
            &["inverted"],
        ),
        (
            "{ signal = \"EEC1.EngSpeed\" }",
            "{ signal = \"EEC1.EngSpeed\", scale = 0.25 }",
            "engine.speed",
            &["out-of-range", "implausible"],
        ),
        (
            "{ signal = \"EEC1.EngSpeed\" }",
            "{ signal = \"THRESH.RotorSpeed\", scale = 0.0625 }",
            "engine.speed",
            &["out-of-range", "shared-bits"],
        ),
        ("{ signal = \"YIELD.GrainFlow\" }", "{ signal = \"FEEDER.FeedRate\" }", "grain.flow", &["shared-bits"]),
    ];
    for (from, to, channel, expected) in cases {
        profile(&sandbox, &[(from, to)]);
        let json = marks(&sandbox, 1);
        let found = reasons(&json, channel);
        assert_eq!(mark(&json, channel), "wrong", "{to}: {found:?}");
        assert!(expected.contains(&&*found[0]), "{to}: {found:?}");
        // The fault is not put on the others.
        let others: Vec<&str> = json["marks"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, of)| *name != channel && of["mark"] == "wrong" && of["reasons"][0]["other"] != *channel)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(others, [""; 0], "{to}");
    }
    // The factor is named: 0.001 km/h for 0.001 m/s.
    profile(&sandbox, &[(speeds, &kmh)]);
    let json = marks(&sandbox, 1);
    let reason = &json["marks"]["ground.speed"]["reasons"][0];
    let (figure, factor) = (reason["figure"].as_f64().unwrap(), reason["high"].as_f64().unwrap());
    assert!((figure * 3.6 - 1.0).abs() < 0.12 && (factor * 3.6 - 1.0).abs() < 1e-9, "{figure} {factor}");
}

#[test]
fn what_is_missing_for_more_is_said() {
    let sandbox = Sandbox::new();
    sandbox.simulate("a", "wheat", 5, 600);
    let head = DEMO.split("\n[[channel]]").next().unwrap();
    let only = |channels: &[&str]| {
        let entries = DEMO.split("\n[[channel]]").skip(1);
        let kept = entries.filter(|entry| channels.iter().any(|name| entry.contains(&format!("name = \"{name}\""))));
        sandbox.write("own.toml", kept.fold(head.to_owned(), |text, entry| text + "\n[[channel]]" + entry));
        let json = marks(&sandbox, 0);
        let missing = json["enough"]["missing"].to_string();
        (json["enough"]["level"].as_str().unwrap().to_owned(), missing, json["enough"]["bars_only"] == true)
    };
    assert_eq!(only(&["engine.speed"]).0, "nothing");
    assert_eq!(only(&["ground.speed", "header.height"]).0, "activity");
    let bars = only(&["ground.speed", "header.height", "loss_index.cleaning_left"]);
    assert_eq!(bars, ("kg-per-ha".to_owned(), "[[\"feed.rate\",\"grain.flow\"]]".to_owned(), true));
    let full = only(&["ground.speed", "header.below_work_height", "loss.cleaning_left", "grain.flow"]);
    assert_eq!(full, ("per-cent".to_owned(), "[]".to_owned(), false));
}

#[test]
fn every_bundled_profile_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    for (name, zh, en) in [
        (
            "display-cn",
            "缺少:header.height 或 header.below_work_height",
            "lacks: header.height or header.below_work_height",
        ),
        ("deere-2015", "夹带损失无法实测", "no sensed separation loss"),
        ("gleaner-2015", "清选损失无法实测", "no sensed cleaning loss"),
        ("cnh-2015", "缺少:header.height", "cutting is guessed by other signs"),
        ("combine-demo", "缺少:与损失有关的信号都有", "lacks: nothing that matters"),
    ] {
        assert!(sandbox.ok(&["--lang", "zh", "machine", "show", name]).out.contains(zh), "{name}");
        assert!(sandbox.ok(&["--lang", "en", "machine", "show", name]).out.contains(en), "{name}");
    }
}

/// A profile with everything that its owner would not give away.
fn private(sandbox: &Sandbox) {
    let text = DEMO
        .replace("name = \"combine-demo\"", "name = \"老王 鲁A12345\"")
        .replace("about = \"", "about = \"Owner Wang, serial 1Z0S790, ")
        .replace("dbc = \"combine-demo\"", "dbc = \"own.dbc\" # 老王's machine")
        .replace("{ signal = \"REEL.ReelSpeed\" }", "{ signal = \"REEL.ReelSpeed\", interface = \"can-wang\" }");
    sandbox.write("own.toml", text);
    let dbc = include_str!("../../can-dbc/dbc/combine-demo.dbc");
    sandbox.write("own.dbc", dbc.replace("CM_ SG_", "CM_ \"Owner Wang\";\nCM_ SG_"));
    let log = sandbox.text("a.log").replace(" can0 ", " can-wang ").replace(" vcan0 ", " can-wang ");
    sandbox.write("a.log", log);
}

#[test]
fn a_package_holds_nothing_private_and_is_verified() {
    let sandbox = Sandbox::new();
    sandbox.simulate("a", "wheat", 6, 600);
    private(&sandbox);
    let made = sandbox.ok(&["machine", "publish", "own.toml", "a.log", "-o", "p.tar", "--about", "tracked, 2.75 m"]);
    assert!(made.out.contains("p.tar: machine-"), "{}", made.out);
    let ok = sandbox.ok(&["machine", "publish", "--verify", "p.tar"]);
    assert!(ok.out.contains("every frame gives the stated value") && ok.out.contains("good 36"), "{}", ok.out);
    sandbox.ok(&["machine", "publish", "own.toml", "a.log", "-o", "p", "--name", "demo-6"]);
    sandbox.ok(&["machine", "publish", "--verify", "p"]);
    // The tar file is one that tar reads, with the same files.
    let listed = sandbox.program("tar", &["tf", "p.tar"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names = ["check.json", "manifest.json", "profile.toml", "signals.dbc", "vectors.jsonl"];
    assert_eq!(listed.lines().collect::<Vec<_>>(), names);
    for name in names {
        let text = sandbox.text(&format!("p/{name}"));
        for private in ["Wang", "wang", "老王", "12345", "1Z0S790", "CM_", "can0"] {
            assert!(!text.contains(private), "{name}: {private}");
        }
    }
    let vectors: Vec<Value> =
        sandbox.text("p/vectors.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!((100..=400).contains(&vectors.len()), "{}", vectors.len());
    assert_eq!(vectors[0]["t_ms"], 0);
    for vector in &vectors {
        let (id, data) = (vector["id"].as_str().unwrap(), vector["data"].as_str().unwrap());
        // PGN 129025 is the position; of 129026 only bytes 5 and 6, the speed, are left, of 65256 bytes 3 and 4.
        assert_ne!(&id[2..6], "F801", "{vector}");
        if &id[2..6] == "F802" {
            assert!(data.starts_with("ffffffff") && data.ends_with("ffff"), "{vector}");
        }
        for expected in vector["expect"].as_array().unwrap() {
            let channel = expected["channel"].as_str().unwrap();
            let is_place = ["gnss.latitude", "gnss.longitude", "ground.course"].contains(&channel);
            assert!(!is_place || expected.get("value").is_none(), "{vector}");
        }
    }
    // The published profile gives the same as the owner's.
    let value = |machine: &str| {
        let json = sandbox.ok(&["machine", "check", machine, "a.log", "--format", "json"]).out;
        serde_json::from_str::<Value>(&json).unwrap()["channels"]["loss.separation_left"]["max"].clone()
    };
    sandbox.write("log", sandbox.bytes("a.log"));
    let own = value("own.toml");
    let text = sandbox.text("p/profile.toml").replace("bus1", "can-wang");
    sandbox.write("p/profile.toml", text);
    assert_eq!(value("p/profile.toml"), own);
}

fn verify_fails(sandbox: &Sandbox, code: i32, words: &[&str]) {
    let ended = sandbox.run(&["machine", "publish", "--verify", "q"]);
    assert_eq!(ended.code, Some(code), "{words:?}: {} {}", ended.out, ended.err);
    for word in words {
        assert!(ended.err.contains(word), "{word} in {}", ended.err);
    }
    assert!(!ended.err.contains('\x1b') && !ended.out.contains('\x1b'));
}

fn copy(sandbox: &Sandbox, from: &str, to: &str) {
    let _ = std::fs::remove_dir_all(sandbox.path(to));
    std::fs::create_dir(sandbox.path(to)).unwrap();
    for entry in std::fs::read_dir(sandbox.path(from)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, sandbox.path(to).join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_changed_or_hostile_package_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.simulate("a", "wheat", 7, 400);
    sandbox.ok(&["machine", "publish", "combine-demo", "a.log", "-o", "p"]);
    let fresh = || copy(&sandbox, "p", "q");
    let edit = |name: &str, from: &str, to: &str| {
        fresh();
        let text = sandbox.text(&format!("q/{name}"));
        assert!(text.contains(from), "{name}: {from}");
        sandbox.write(&format!("q/{name}"), text.replacen(from, to, 1));
    };
    edit("check.json", "good", "wrong");
    verify_fails(&sandbox, 1, &["check.json"]);
    // A wider scale in the profile: hash and values differ.
    edit("signals.dbc", "(0.125,0)", "(0.25,0)");
    verify_fails(&sandbox, 1, &["signals.dbc", "another value"]);
    edit("profile.toml", "dbc = \"signals.dbc\"", "dbc = \"/etc/passwd\"");
    verify_fails(&sandbox, 2, &["profile.toml", "/etc/passwd"]);
    edit("profile.toml", "dbc = \"signals.dbc\"", "dbc = \"../p/signals.dbc\"");
    verify_fails(&sandbox, 2, &["profile.toml"]);
    edit("profile.toml", "about = \"", "unknown = \"");
    verify_fails(&sandbox, 2, &["unknown"]);
    edit("vectors.jsonl", "{", "[");
    verify_fails(&sandbox, 2, &["vectors.jsonl", "line 1"]);
    edit("manifest.json", "\"version\": 1", "\"version\": 2");
    verify_fails(&sandbox, 2, &["manifest.json", "version 1"]);
    fresh();
    sandbox.write("q/extra\x1b[2J.txt", "x");
    verify_fails(&sandbox, 2, &["extra\\u001b[2J.txt"]);
    fresh();
    std::fs::remove_file(sandbox.path("q/vectors.jsonl")).unwrap();
    verify_fails(&sandbox, 2, &["vectors.jsonl is missing"]);
    std::os::unix::fs::symlink("../p/vectors.jsonl", sandbox.path("q/vectors.jsonl")).unwrap();
    verify_fails(&sandbox, 2, &["vectors.jsonl", "plain files"]);
    fresh();
    sandbox.write("q/vectors.jsonl", vec![b'x'; 5 << 20]);
    verify_fails(&sandbox, 2, &["longer than"]);
    fresh();
    sandbox.write("q/vectors.jsonl", "[".repeat(200_000));
    verify_fails(&sandbox, 2, &["vectors.jsonl"]);
    // A name that a terminal would obey is spelled out.
    edit("profile.toml", "about = \"", "about = \"\\u001b[2J");
    let ended = sandbox.run(&["machine", "publish", "--verify", "q"]);
    assert!(ended.code == Some(1) && !ended.out.contains('\x1b') && ended.out.contains("\\u001b[2J"), "{}", ended.out);
    // As a tar file made by another program, with a path outside.
    fresh();
    let tar = |args: &[&str]| assert!(sandbox.program("tar", args).status().unwrap().success());
    tar(&[
        "--format=ustar",
        "-cf",
        "t.tar",
        "-C",
        "q",
        "check.json",
        "manifest.json",
        "profile.toml",
        "signals.dbc",
        "vectors.jsonl",
    ]);
    sandbox.ok(&["machine", "publish", "--verify", "t.tar"]);
    tar(&["--format=ustar", "-rf", "t.tar", "-C", "q", "-P", "../a.log"]);
    let refused = sandbox.refused(&["machine", "publish", "--verify", "t.tar"], &["../a.log"]);
    assert!(!refused.contains('\x1b') && Path::new(&sandbox.path("a.log")).exists());
    sandbox.refused(&["machine", "publish", "--verify", "/dev/zero"], &["plain file"]);
    sandbox.refused(&["machine", "publish", "combine-demo", "a.log", "-o", "p"], &["there is something already"]);
}
