//! `grainloss.toml` from outside: what is refused and in which words, where each value is from, what it does, old files,
//! the sample, the schema and the reference.
//!
//! `GRAINLOSS_RENEW=1` writes the expected messages and the reference anew; look at the difference before you keep it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::run::{Ended, Running, Sandbox, wait_for};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The .toml files of a folder below tests/: their names and texts.
fn configs(folder: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(root().join("tests").join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect()
}

/// Compares with a file of the repository, or writes it.
fn assert_same(path: &Path, text: &str) {
    if std::env::var_os("GRAINLOSS_RENEW").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, expected, "{}", path.display());
}

/// A sandbox with this user's file.
fn with_user_file(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("grainloss")).unwrap();
    sandbox.write("grainloss/grainloss.toml", text);
    sandbox
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}{}", ended.out, ended.err))
}

#[test]
fn every_invalid_file_is_refused_with_file_line_and_remedy_in_both_languages() {
    let files = configs("invalid_configs");
    assert!(files.len() >= 30, "{}", files.len());
    for (name, bytes) in files {
        let sandbox = Sandbox::new();
        let file = format!("{name}.toml");
        sandbox.write(&file, &bytes);
        for lang in ["zh", "en"] {
            let ended = sandbox.run(&["--lang", lang, "config", "check", &file]);
            assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{name}: {}", ended.err);
            let text = ended.err.strip_prefix("grainloss: ").unwrap();
            for line in text.lines() {
                let place =
                    line.strip_prefix(&format!("{file}:")).unwrap_or_else(|| panic!("{name}: no file in {line}"));
                assert!(place.starts_with(|c: char| c.is_ascii_digit()), "{name}: no line in {line}");
                assert!(!line.contains("config-"), "{name}: a key in place of its text: {line}");
            }
            let is_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(is_chinese, lang == "zh", "{name}: {text}");
            assert_same(&root().join(format!("tests/invalid_configs/{name}.{lang}.txt")), text);
        }
        // Every command that reads settings refuses it, not the check alone.
        let refused = sandbox.run(&["--config", &file, "run", "--iface", "can77", "--machine", "combine-demo"]);
        assert_eq!(refused.code, Some(2), "{name}");
        assert!(refused.err.contains(&file), "{name}: {}", refused.err);
    }
}

#[test]
fn what_is_no_configuration_file_is_refused() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("folder")).unwrap();
    sandbox.write("long.toml", "# a comment of forty characters, no more\n".repeat(8000));
    for (file, words) in [
        ("folder", ["folder: this is a folder", "expected a file"]),
        ("long.toml", ["long.toml: longer than 256 KiB", "no configuration file"]),
        ("none.toml", ["none.toml: no such file", "--config"]),
    ] {
        sandbox.refused(&["--config", file, "sessions"], &words);
    }
    // The user's own file is looked at in the same way, and needs not be named.
    fs::create_dir_all(sandbox.path("grainloss/grainloss.toml")).unwrap();
    sandbox.refused(&["sessions"], &["grainloss.toml: this is a folder"]);
}

#[test]
fn a_file_that_may_not_be_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = with_user_file("");
    let file = sandbox.path("grainloss/grainloss.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&file).is_ok() {
        println!("SKIPPED: this user may read everything");
        return;
    }
    sandbox.refused(&["sessions"], &["grainloss.toml: cannot be read", "right"]);
}

#[test]
fn every_valid_file_is_taken_and_fits_the_schema() {
    let sandbox = Sandbox::new();
    let schema = json(&sandbox.ok(&["config", "schema"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, bytes) in configs("valid_configs") {
        let file = format!("{name}.toml");
        sandbox.write(&file, &bytes);
        let ended = sandbox.ok(&["config", "check", &file]);
        assert!(ended.out.contains(&file) && ended.err.is_empty(), "{name}: {}{}", ended.out, ended.err);
        let table: toml::Table = toml::from_str(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let problems: Vec<_> =
            validator.iter_errors(&serde_json::to_value(table).unwrap()).map(|e| e.to_string()).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
    }
    // Without any file there is nothing wrong either.
    assert!(sandbox.ok(&["config", "check"]).out.contains("no configuration file"));
}

#[test]
fn every_value_says_where_it_is_from() {
    let sandbox =
        with_user_file("# mine\n[service]\ninterfaces = [\"can0\"]\nidle_hours = 2\n\n[sounds]\nmedium = false\n");
    let args = ["config", "show", "--origin", "--format", "json", "--iface", "can1,can2", "--no-capture"];
    let shown = json(&sandbox.ok(&args));
    let file = sandbox.path("grainloss/grainloss.toml").display().to_string();
    let origin = |key: &str| {
        let value = key.split('.').fold(&shown, |at, part| &at[part]);
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        (value["value"].clone(), text("origin"), text("flag") + &text("file"), value["line"].as_u64())
    };
    let flag = |value: Value, flag: &str| (value, "flag".to_owned(), flag.to_owned(), None);
    assert_eq!(origin("service.interfaces"), flag(serde_json::json!(["can1", "can2"]), "--iface"));
    assert_eq!(origin("capture.enabled"), flag(false.into(), "--no-capture"));
    assert_eq!(origin("service.idle_hours"), (2.into(), "file".to_owned(), file.clone(), Some(4)));
    assert_eq!(origin("sounds.medium"), (false.into(), "file".to_owned(), file.clone(), Some(7)));
    assert_eq!(origin("sounds.high"), (true.into(), "default".to_owned(), String::new(), None));
    assert_eq!(origin("service.machine"), (Value::Null, "not set".to_owned(), String::new(), None));
    // The place that follows from the surroundings is shown as well.
    let journal = sandbox.path("grainloss/journal.sqlite").display().to_string();
    assert_eq!(origin("journal.file"), (journal.into(), "default".to_owned(), String::new(), None));

    // In words, as TOML that can be read again.
    for (lang, words) in
        [("en", ["default", "command line, --iface", "not set"]), ("zh", ["默认", "命令行 --iface", "未设置"])]
    {
        let text = sandbox.ok(&["--lang", lang, "config", "show", "--origin", "--iface", "can1"]).out;
        assert!(words.iter().all(|word| text.contains(word)) && text.contains(&format!("# {file}:4")), "{text}");
        sandbox.write("again.toml", &text);
        sandbox.ok(&["config", "check", "again.toml"]);
    }
}

#[test]
fn a_file_that_is_named_takes_the_place_of_the_users() {
    let sandbox = with_user_file("[service]\nidle_hours = 2\n");
    sandbox.write("other.toml", "[capture]\nbudget_mb = 7\n");
    let hours = |args: &[&str]| json(&sandbox.ok(&[args, &["config", "show", "--format", "json"]].concat()));
    assert_eq!(hours(&[])["service"]["idle_hours"], 2);
    let other = hours(&["--config", "other.toml"]);
    assert_eq!((&other["service"]["idle_hours"], &other["capture"]["budget_mb"]), (&4.0.into(), &7.into()));
}

#[test]
fn what_the_file_says_is_what_the_commands_do() {
    let sandbox = with_user_file("");
    let configure = |text: &str| sandbox.write("grainloss/grainloss.toml", text);
    let journal = sandbox.path("season.sqlite");
    configure(&format!("[journal]\nfile = \"{}\"\ntenths = true\n[capture]\nenabled = true\n", journal.display()));
    sandbox.ok(&["demo", "--headless", "--seconds", "30"]);
    assert!(journal.is_file() && sandbox.path("season-raw").is_dir(), "journal and capture are where the file says");
    assert!(sandbox.ok(&["sessions"]).out.contains("wheat"));
    let tenths: i64 = rusqlite::Connection::open(&journal)
        .unwrap()
        .query_row("SELECT count(*) FROM tenth", [], |row| row.get(0))
        .unwrap();
    assert!(tenths > 100, "{tenths}");
    // The command line goes before the file.
    sandbox.ok(&["demo", "--headless", "--seconds", "30", "--db", "other.sqlite", "--no-capture"]);
    assert!(sandbox.path("other.sqlite").is_file() && !sandbox.path("other-raw").exists());

    sandbox.simulate("field", "wheat", 1, 60);
    sandbox.replay("field.log", "before", &[]);
    configure(
        "[alarms.limits]\nwheat = \"0.7\"\n[prices.wheat]\ncurrency = \"CNY\"\nprice_per_kg = 2.4\nprice_source = \"mill\"\n\
         cost_per_h = 300\ncost_source = \"contractor\"\n",
    );
    sandbox.replay("field.log", "after", &[]);
    let (before, after) = (sandbox.json("before.json"), sandbox.json("after.json"));
    assert!(before["economy"].is_null() && after["economy"]["price_source"] == "mill", "{}", after["economy"]);
    assert_eq!((&before["limit"]["percent"], &after["limit"]["percent"]), (&1.2.into(), &0.7.into()));
    sandbox.replay("field.log", "flag", &["--limit", "1.5"]);
    assert_eq!(sandbox.json("flag.json")["limit"]["percent"], 1.5);

    // There are no such interfaces anywhere.
    configure("[service]\ninterfaces = [\"can77\"]\nmachine = \"combine-demo\"\nfirst_crop = \"wheat\"\n");
    sandbox.refused(&["run"], &["can77"]);
    sandbox.refused(&["run", "--iface", "can78"], &["can78"]);
    configure("[service]\ninterfaces = [\"can77\"]\n");
    sandbox.refused(&["run"], &["no machine", "--machine", "service.machine", "grainloss.toml"]);
    configure("");
    sandbox.refused(&["run"], &["no interface", "--iface", "service.interfaces", "grainloss.toml"]);
}

#[test]
fn prices_and_limits_are_read_again_while_the_service_runs() {
    let sandbox = with_user_file("");
    sandbox.write("screen.toml", "");
    let args = ["demo", "--headless", "--service", "--socket", "s.sock", "--db", "j.sqlite"];
    let service = Running(sandbox.command(&args).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    let look = || {
        // The screen's own settings are others: those of the service are wrong for a while.
        let ended =
            sandbox.run(&["--config", "screen.toml", "watch", "--once", "--format", "snapshot", "--socket", "s.sock"]);
        (ended.code == Some(0)).then(|| json(&ended)).filter(|seen| seen["session"]["id"].is_number())
    };
    let hang_up = || {
        let number = service.0.id().to_string();
        assert!(sandbox.program("kill", &["-HUP", &number]).status().unwrap().success());
    };
    let first = wait_for("the service", look);
    assert!(first["session"]["guide"]["economy"].is_null());
    let prices = OLD_PRICES.replace("[wheat]", "[prices.wheat]");
    sandbox.write("grainloss/grainloss.toml", prices.replace("2.4", "-2.4"));
    hang_up();
    let refused = wait_for("the refusal", || look()?["health"]["reload"]["refused"].as_str().map(str::to_owned));
    assert!(refused.contains("grainloss.toml:4: prices.wheat.price_per_kg"), "{refused}");
    sandbox.write("grainloss/grainloss.toml", format!("{prices}[alarms.limits]\nwheat = \"0.7\"\n"));
    hang_up();
    let has_them =
        |seen: &Value| !seen["session"]["guide"]["economy"].is_null() && seen["health"]["reload"]["refused"].is_null();
    let taken = wait_for("the prices, and no refusal", || look().filter(has_them));
    assert_eq!(taken["session"]["guide"]["economy"]["price_source"], "mill");
    assert_eq!(taken["session"]["limit"]["percent"], 0.7);
}

const OLD_DASHBOARD: &str = "units = \"jin-mu\"\ntheme = \"night\"\n\n[sounds]\ndevice = \"bell\"\nmedium = false\n\n[keys]\n\
    acknowledge = \"f1\"\n\n[pan]\narea_m2 = 0.25\nweighed = true\n";
const OLD_PRICES: &str = "# the mill's\n[wheat]\ncurrency = \"CNY\"\nprice_per_kg = 2.4\nprice_source = \"mill\"\n\
    cost_per_h = 300.0\ncost_source = \"contractor\"\n";

fn with_old_files() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("grainloss/knowledge/advice")).unwrap();
    sandbox.write("grainloss/dashboard.toml", OLD_DASHBOARD);
    sandbox.write("grainloss/knowledge/advice/economy.toml", OLD_PRICES);
    sandbox
}

#[test]
fn old_files_are_taken_over_once_and_said_once() {
    for (lang, said) in [("en", "are now in"), ("zh", "已并入")] {
        let sandbox = with_old_files();
        let own = "# my own file\n[service]\nidle_hours = 3 # a short day\n";
        sandbox.write("grainloss/grainloss.toml", own);
        let show = ["--lang", lang, "config", "show", "--format", "json"];
        let first = sandbox.ok(&show);
        assert_eq!(first.err.matches(said).count(), 2, "{}", first.err);
        for (name, text) in [("dashboard.toml", OLD_DASHBOARD), ("knowledge/advice/economy.toml", OLD_PRICES)] {
            assert!(first.err.contains(name), "{}", first.err);
            assert!(!sandbox.path("grainloss").join(name).exists());
            assert_eq!(sandbox.text(&format!("grainloss/{name}.old")), text, "nothing of the user's is lost");
        }
        assert!(sandbox.text("grainloss/grainloss.toml").starts_with(own), "comments and values stay as they were");
        let shown = json(&first);
        assert_eq!(shown["service"]["idle_hours"], 3);
        assert_eq!((&shown["screen"]["units"], &shown["screen"]["theme"]), (&"jin-mu".into(), &"night".into()));
        assert_eq!(shown["screen"]["keys"]["acknowledge"], "f1");
        assert_eq!((&shown["sounds"]["device"], &shown["sounds"]["medium"]), (&"bell".into(), &false.into()));
        assert_eq!(shown["prices"]["wheat"]["price_per_kg"], 2.4);
        let state = sandbox.text("grainloss/screen.toml");
        assert!(state.contains("area_m2 = 0.25") && state.contains("weighed = true"), "{state}");
        let second = sandbox.ok(&show);
        assert_eq!((&*second.err, json(&second)), ("", shown));
    }
}

#[test]
fn old_files_do_not_replace_what_the_new_one_says() {
    let sandbox = with_old_files();
    let own = "[screen]\ntheme = \"day\"\n[prices]\n";
    sandbox.write("grainloss/grainloss.toml", own);
    sandbox.write("grainloss/dashboard.toml.old", "older\n");
    let first = sandbox.ok(&["config", "show", "--format", "json"]);
    assert_eq!(first.err.matches("is not read any more").count(), 2, "{}", first.err);
    assert_eq!(json(&first)["screen"]["theme"], "day");
    assert_eq!(sandbox.text("grainloss/grainloss.toml"), own);
    assert_eq!(sandbox.text("grainloss/dashboard.toml.old"), "older\n");
    assert_eq!(sandbox.text("grainloss/dashboard.toml.old-2"), OLD_DASHBOARD);
    assert_eq!(sandbox.ok(&["config", "show"]).err, "");
}

#[test]
fn old_files_that_are_wrong_stay_where_they_are() {
    let sandbox = with_old_files();
    sandbox.write("grainloss/dashboard.toml", "theme = \"night\"\nvolume = 11\n");
    for _ in 0..2 {
        let ended = sandbox.ok(&["config", "show", "--format", "json"]);
        assert!(
            ended.err.contains("dashboard.toml: screen.volume") && ended.err.contains("correct it"),
            "{}",
            ended.err
        );
        assert!(json(&ended)["screen"]["theme"].is_null(), "nothing of it");
    }
    assert!(sandbox.path("grainloss/dashboard.toml").exists());
    // Wrong prices have always been refused.
    let sandbox = with_old_files();
    sandbox.write("grainloss/knowledge/advice/economy.toml", OLD_PRICES.replace("\"mill\"", "\"\""));
    sandbox.refused(&["config", "show"], &["economy.toml:5: "]);
    assert!(sandbox.path("grainloss/dashboard.toml").exists() && !sandbox.path("grainloss/grainloss.toml").exists());
    // A named file is all there is: the old ones are neither read nor moved.
    let sandbox = with_old_files();
    sandbox.write("named.toml", "");
    assert_eq!(sandbox.ok(&["--config", "named.toml", "config", "show"]).err, "");
    assert!(sandbox.path("grainloss/dashboard.toml").exists());
}

/// Each key with its part of the schema; what has keys of free names is one.
fn keys(schema: &Value) -> BTreeMap<String, Value> {
    fn resolved(schema: &Value, node: &Value) -> Value {
        let Some(pointer) = node["$ref"].as_str() else { return node.clone() };
        let mut whole = schema.pointer(pointer.trim_start_matches('#')).unwrap().clone();
        for (name, value) in node.as_object().unwrap() {
            whole[name] = value.clone();
        }
        whole
    }
    let mut keys = BTreeMap::new();
    for (section, node) in schema["properties"].as_object().unwrap() {
        let node = resolved(schema, node);
        let price = node.get("additionalProperties").filter(|any| any.is_object()).map(|any| resolved(schema, any));
        let (prefix, node) = price.map_or((section.clone(), node), |price| (format!("{section}.<crop>"), price));
        for (name, member) in node["properties"].as_object().unwrap() {
            keys.insert(format!("{prefix}.{name}"), resolved(schema, member));
        }
    }
    keys
}

/// The settings of the sample: by key its value, and whether the line is a comment.
fn sample_settings(text: &str) -> BTreeMap<String, (toml::Value, bool)> {
    let mut settings = BTreeMap::new();
    let mut section = String::new();
    for line in text.lines() {
        let (line, comment) = line.strip_prefix("# ").map_or((line, false), |line| (line, true));
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        } else if let Ok(table) = line.parse::<toml::Table>() {
            for (name, value) in table {
                let before = settings.insert(format!("{section}.{name}"), (value, comment));
                assert!(before.is_none(), "{section}.{name} twice");
            }
        }
    }
    settings
}

#[test]
fn the_sample_holds_every_key_with_its_default_and_fits_the_schema() {
    let sandbox = Sandbox::new();
    let sample = sandbox.ok(&["config", "sample"]).out;
    assert_eq!(sample, fs::read_to_string(root().join("packaging/grainloss.toml")).unwrap());
    let schema = json(&sandbox.ok(&["config", "schema"]));
    let settings = sample_settings(&sample);
    for (key, form) in keys(&schema) {
        if form["type"] == "object" {
            let some = settings.keys().any(|setting| setting.starts_with(&format!("{key}.")));
            assert!(some, "{key}: no example in the sample");
            continue;
        }
        let key = key.replace("<crop>", "wheat");
        let (value, comment) = settings.get(&key).unwrap_or_else(|| panic!("{key} is not in the sample"));
        let expected = form.get("default").or_else(|| form["examples"].get(0));
        let expected = expected.unwrap_or_else(|| panic!("{key}: neither default nor example in the schema"));
        assert_eq!(&serde_json::to_value(value).unwrap(), expected, "{key}");
        // Only what must be said is said: everything else is what it is without the line.
        assert_eq!(!comment, ["service.interfaces", "service.machine", "service.first_crop"].contains(&&*key), "{key}");
    }
    // As it is, and with every comment taken for a setting.
    let all: Vec<String> = sample
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.starts_with('[') || setting.parse::<toml::Table>().is_ok() => setting.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, text) in [("sample.toml", sample), ("all.toml", all.join("\n"))] {
        sandbox.write(name, &text);
        sandbox.ok(&["config", "check", name]);
        let table: toml::Table = toml::from_str(&text).unwrap();
        assert!(validator.is_valid(&serde_json::to_value(table).unwrap()), "{name}");
    }
}

#[test]
fn the_schema_refuses_what_it_can() {
    let schema = json(&Sandbox::new().ok(&["config", "schema"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    // What only the program can know: names of data files, paths of this computer, keys that collide.
    let beyond = [
        "interface-name",
        "unknown-theme",
        "unknown-unit",
        "unknown-action",
        "key-reserved",
        "key-twice",
        "key-unknown",
        "journal-is-folder",
        "relative-path",
        "journal-below-file",
        "socket-path-too-long",
        "price-with-empty-source",
        "unknown-crop-in-prices",
        "unknown-limit",
        "limit-of-another-crop",
        "limit-too-high",
        "unknown-first-crop",
        "sound-without-command",
        "web-address-is-a-name",
        "web-token-with-spaces",
        "packets-relative",
        "uplink-key-alone",
        "uplink-without-endpoint",
    ];
    for (name, bytes) in configs("invalid_configs") {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let Ok(table) = toml::from_str::<toml::Table>(&text) else { continue };
        let Ok(value) = serde_json::to_value(table) else { continue };
        if name != "not-a-number" {
            assert_eq!(validator.is_valid(&value), beyond.contains(&&*name), "{name}");
        }
    }
}

#[test]
fn the_reference_names_every_key_as_the_schema_has_it() {
    let schema = json(&Sandbox::new().ok(&["config", "schema"]));
    let mut table =
        String::from("| key | what it is | value | default | on the command line |\n|---|---|---|---|---|\n");
    for (key, form) in keys(&schema) {
        let choices = form["enum"].as_array().cloned().or_else(|| {
            let all = form["oneOf"].as_array()?;
            Some(all.iter().map(|one| one["const"].clone()).collect())
        });
        let choices = choices.map(|all| all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "));
        let range = form["maximum"].as_f64().map(|high| match form["minimum"].as_f64() {
            Some(low) => format!("{low} to {high}"),
            None => format!("above 0, at most {high}"),
        });
        let kind = match form["type"].as_str() {
            Some("boolean") => "`true` or `false`",
            Some("array") => "list of texts",
            Some("object") => "section of texts",
            _ => "text",
        };
        let value = choices.or(range).unwrap_or_else(|| kind.to_owned());
        let default = form.get("default").map_or(String::new(), |default| format!("`{default}`"));
        let flag = form["x-flag"].as_str().map_or(String::new(), |flag| format!("`{}`", flag.replace(", ", "`, `")));
        let about = form["description"].as_str().unwrap_or_else(|| panic!("{key}: no description"));
        let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(table, "| `{key}` | {about} | {value} | {default} | {flag} |").unwrap();
    }
    let path = root().join("docs/configuration.md");
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- keys: written by the test of this page -->\n", "<!-- end of keys -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    assert_same(&path, &format!("{before}{begin}{table}{end}{after}"));
}

#[cfg(not(feature = "uplink"))]
#[test]
fn an_uplink_is_refused_by_its_line_in_a_program_without_one() {
    let sandbox = Sandbox::new();
    let store = "[uplink]\nendpoint = \"https://s3.example\"\ns3 = \"s3://county/in\"\nmqtt = \"mqtts://b.example\"\n";
    for (text, place) in [
        ("# the county\n[uplink]\nmqtt = \"mqtts://b.example\"\n", "g.toml:3: uplink.mqtt: "),
        (store, "g.toml:3: uplink.s3: "),
    ] {
        sandbox.write("g.toml", text);
        // The same file may be on cabs whose program has the uplink.
        sandbox.ok(&["config", "check", "g.toml"]);
        let start = [
            "--config",
            "g.toml",
            "demo",
            "--headless",
            "--service",
            "--no-socket",
            "--seconds",
            "60",
            "--db",
            "j.sqlite",
        ];
        let said = sandbox.refused(&start, &[place, "cargo build --features uplink", "[uplink]"]);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!sandbox.path("j.sqlite").exists());
        let doctor = sandbox.run(&["--config", "g.toml", "doctor", "--db", "j.sqlite"]);
        assert!(doctor.out.contains("[uplink]"), "{}", doctor.out);
    }
}
