//! The first look and the doctor.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use crate::support::run::Sandbox;
use serde_json::Value;

/// Nothing of a service of this computer's own.
fn sandbox() -> Sandbox {
    Sandbox::new()
}

fn doctor(sandbox: &Sandbox, more: &[&str]) -> (Option<i32>, Value) {
    let args = [&["doctor", "--format", "json", "--socket", "none.sock"], more].concat();
    let ended = sandbox.run(&args);
    (ended.code, serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}{}", ended.out, ended.err)))
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["checks"].as_array().unwrap().iter().find(|check| check["check"] == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn alone_it_says_what_it_has_found_and_what_to_do() {
    let sandbox = sandbox();
    for (lang, words) in [
        (
            "en",
            ["CAN interfaces", "combine-demo", "not made yet", "grainloss demo", "grainloss doctor", "grainloss run"],
        ),
        ("zh", ["CAN 接口", "combine-demo", "尚未建立", "grainloss demo", "grainloss doctor", "grainloss run"]),
    ] {
        let ended = sandbox.ok(&["--lang", lang]);
        for word in words {
            assert!(ended.out.contains(word), "{word}: {}", ended.out);
        }
        assert!(!ended.out.contains("first-"), "a key: {}", ended.out);
    }
    std::fs::create_dir_all(sandbox.path("grainloss/machines")).unwrap();
    sandbox.write("grainloss/machines/my-combine.toml", "");
    sandbox.ok(&["demo", "--headless", "--seconds", "5"]);
    let ended = sandbox.ok(&[]);
    assert!(ended.out.contains("yours: my-combine") && ended.out.contains("1 sessions"), "{}", ended.out);
}

#[test]
fn the_doctor_tells_what_hinders_and_its_exit_status_says_so() {
    let sandbox = sandbox();
    let (code, report) = doctor(&sandbox, &["--machine", "combine-demo", "--iface", "can77"]);
    // There is no such interface anywhere.
    assert_eq!((code, &report["ready"]), (Some(1), &Value::Bool(false)));
    let interface = check(&report, "interface");
    assert_eq!((&interface["state"], &interface["of"]), (&"fault".into(), &"can77".into()));
    assert!(interface["remedy"].as_str().unwrap().contains("ip link"));
    let profile = check(&report, "profile");
    assert_eq!((&profile["state"], &profile["values"]["name"]), (&"ok".into(), &"combine-demo".into()));
    assert!(profile["values"]["frames"].as_str().unwrap().parse::<u32>().unwrap() > 10);
    // The same figure as the system's own tool, within what others write meanwhile.
    let disk = check(&report, "disk");
    let mb: f64 = disk["values"]["mb"].as_str().unwrap().parse().unwrap();
    let df = sandbox.program("df", &["--output=avail", "-B1000000", "."]).output().unwrap();
    let df: f64 = String::from_utf8(df.stdout).unwrap().lines().nth(1).unwrap().trim().parse().unwrap();
    assert!((mb - df).abs() < 0.2 * df, "{mb} {df}");
    assert_eq!(check(&report, "service")["found"], "no-service");
    assert_eq!(check(&report, "terminal")["found"], "no-terminal");
    for id in ["kernel-can", "buffer", "clock", "gnss", "sound"] {
        let state = check(&report, id)["state"].as_str().unwrap();
        assert!(["ok", "warning", "fault", "unknown"].contains(&state), "{id}: {state}");
    }
}

#[test]
fn the_doctor_reads_a_profile_as_run_does_and_a_table_in_both_languages() {
    let sandbox = sandbox();
    sandbox.write("bad.toml", "[geometrie]\n");
    let (code, report) = doctor(&sandbox, &["--machine", "bad.toml"]);
    let profile = check(&report, "profile");
    assert_eq!((code, &profile["state"]), (Some(1), &"fault".into()));
    assert!(profile["text"].as_str().unwrap().contains("bad.toml"), "{profile}");
    for (lang, words) in
        [("en", ["kernel CAN", "profile", "disk", "bad.toml"]), ("zh", ["内核 CAN", "机型配置", "磁盘", "bad.toml"])]
    {
        let ended = sandbox.run(&["--lang", lang, "doctor", "--machine", "bad.toml", "--socket", "none.sock"]);
        assert_eq!(ended.code, Some(1));
        for word in words {
            assert!(ended.out.contains(word), "{word}: {}", ended.out);
        }
        assert!(!ended.out.contains("doctor-"), "a key: {}", ended.out);
    }
}

#[test]
fn a_socket_that_nobody_listens_at_and_a_journal_that_is_none_are_told() {
    let sandbox = sandbox();
    drop(UnixListener::bind(sandbox.path("stale.sock")).unwrap());
    sandbox.write("j.sqlite", "no database");
    let args = ["doctor", "--format", "json", "--socket", "stale.sock", "--db", "j.sqlite"];
    let report: Value = serde_json::from_str(&sandbox.run(&args).out).unwrap();
    assert_eq!(check(&report, "service")["found"], "no-service");
    assert_eq!(check(&report, "journal")["state"], "fault");
}

#[test]
fn man_pages_and_completions_name_every_command() {
    let sandbox = sandbox();
    sandbox.ok(&["packaging", "--out", "out"]);
    for command in ["run", "watch", "doctor", "demo", "replay", "machine-check"] {
        let page = sandbox.text(&format!("out/man/grainloss-{command}.1"));
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    for file in ["grainloss.bash", "_grainloss", "grainloss.fish"] {
        let text = sandbox.text(&format!("out/completions/{file}"));
        assert!(
            ["watch", "doctor", "--socket"].iter().all(|word| text.contains(word.trim_start_matches('-'))),
            "{file}"
        );
    }
    assert!(!sandbox.ok(&["--help"]).out.contains("packaging"), "it is nobody's business but a packager's");
}

/// The table of `Cargo.toml` that `cargo deb` reads.
fn package() -> toml::Table {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    manifest["package"]["metadata"]["deb"].as_table().unwrap().clone()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn everything_that_the_package_installs_is_there() {
    let sandbox = sandbox();
    sandbox.ok(&["packaging", "--out", "out"]);
    let mut installed = Vec::new();
    for asset in package()["assets"].as_array().unwrap() {
        let [from, to, mode] = [0, 1, 2].map(|at| asset[at].as_str().unwrap());
        assert!(["644", "755"].contains(&mode) && !to.starts_with('/'), "{asset}");
        installed.push(to.to_owned());
        let path = match from.strip_prefix("target/packaging/") {
            _ if from == "target/dist/grainloss" => continue,
            Some(made) => sandbox.path("out").join(made),
            None => root().join(from),
        };
        let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
        let (begin, end) = name.split_once('*').unwrap_or((name, ""));
        let fits = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            entry.path().is_file() && name.starts_with(begin) && name.ends_with(end)
        };
        let found = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{from}: {error}"));
        assert!(found.map(Result::unwrap).any(fits), "{from}: there is no such file");
    }
    // The unit, its user, its settings; the binary, its pages, three shells; what a machine and a limit are made from.
    for place in [
        "usr/bin/",
        "usr/lib/systemd/system/",
        "usr/lib/sysusers.d/grainloss.conf",
        "etc/default/grainloss",
        "etc/grainloss/",
        "usr/share/man/man1/",
        "usr/share/bash-completion/completions/grainloss",
        "usr/share/zsh/vendor-completions/",
        "usr/share/fish/vendor_completions.d/",
        "usr/share/grainloss/machines/",
        "usr/share/grainloss/knowledge/",
    ] {
        assert!(installed.iter().any(|to| to == place), "{place} is not in the package");
    }
    assert!(package()["recommends"].as_str().unwrap().contains("fonts-noto-cjk"), "reports in Chinese need a font");
}

#[test]
fn the_unit_starts_the_service_as_its_settings_have_it() {
    let sandbox = sandbox();
    let unit = std::fs::read_to_string(root().join("packaging/systemd/grainloss.service")).unwrap();
    let settings = std::fs::read_to_string(root().join("packaging/deb/grainloss.default")).unwrap();
    assert!(unit.contains("ExecStart=/usr/bin/grainloss run $GRAINLOSS_RUN\n"), "{unit}");
    let added = settings.lines().find_map(|line| line.strip_prefix("GRAINLOSS_RUN=")).unwrap();
    assert_eq!(added, "", "everything is in grainloss.toml");
    // The unit's configuration folder is /etc, so that the package's own file is the user's.
    assert!(unit.contains("\nEnvironment=XDG_CONFIG_HOME=/etc\n"), "{unit}");
    let config = std::fs::read_to_string(root().join("packaging/grainloss.toml")).unwrap().replace("can0", "can78");
    std::fs::create_dir(sandbox.path("grainloss")).unwrap();
    sandbox.write("grainloss/grainloss.toml", config);
    sandbox.refused(&["run"], &["can78"]);
    // What earlier packages had in it is understood as before, and goes before the file.
    let settings = "--iface can0 --machine combine-demo --crop wheat";
    // Everything is understood; what is missing here, wherever this runs, is an interface of that name.
    let settings = settings.replace("can0", "can77");
    let args: Vec<&str> = std::iter::once("run").chain(settings.split(' ')).collect();
    sandbox.refused(&args, &["can77"]);
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("SKIPPED: there is no systemd-analyze here to verify the unit");
        return;
    }
    sandbox.write("grainloss.service", unit.replace("/usr/bin/grainloss", env!("CARGO_BIN_EXE_grainloss")));
    let verified = sandbox.program("systemd-analyze", &["verify", "--man=no", "grainloss.service"]).output().unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    // It looks at units of the computer's own too.
    assert!(!said.contains("grainloss.service"), "{said}");
}

#[test]
fn the_package_scripts_are_shell_that_stops_at_the_first_fault() {
    for script in ["postinst", "prerm", "postrm"] {
        let path = root().join("packaging/deb").join(script);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -e\n"), "{script}");
        assert!(Command::new("sh").arg("-n").arg(&path).status().unwrap().success(), "{script}");
    }
}
