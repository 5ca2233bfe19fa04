//! The commands of the README, in their order, in a fresh folder: what a reader types works, and needs no file that no
//! earlier command has made.

use std::process::Stdio;

use crate::support::run::{Ended, Running, Sandbox, wait_for};

/// Commands that cannot run here, and why. Each is found in the README, or the list is too long.
const ELSEWHERE: [(&str, &str); 17] = [
    ("cargo run", "builds the program that is tested here"),
    ("cargo test", "runs this test"),
    ("cd fleet", "builds the office's program"),
    ("grainloss-fleet", "is the office's program, which has tests of its own"),
    ("grainloss run --iface can0", "needs a CAN interface"),
    ("grainloss machine learn --can can0", "needs a CAN interface and a terminal"),
    ("grainloss machine watch --can can0", "needs a CAN interface and a terminal"),
    ("grainloss watch", "needs a terminal"),
    ("grainloss checklist shift", "asks in a terminal"),
    ("grainloss train", "needs a terminal"),
    ("grainloss measure new", "asks in a terminal"),
    ("grainloss measure show", "needs a point that was measured: see measure.rs"),
    ("grainloss measure export", "needs a point that was measured: see measure.rs"),
    ("grainloss report last --format pdf", "needs a Chinese font: see report.rs"),
    ("grainloss doctor", "its status tells of this computer"),
    ("t_unix,", "the head of a file"),
    ("ip link", "needs a CAN adapter"),
];

/// The indented blocks, a command a line; what follows `#` is a remark.
fn commands(readme: &str) -> Vec<String> {
    let blocks = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let lines = blocks.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned());
    lines.filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

fn readme(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn is_elsewhere(command: &str) -> bool {
    ELSEWHERE.iter().any(|(start, _)| command.starts_with(start))
}

fn run_all(name: &str, lang: &str) {
    let sandbox = Sandbox::new();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_grainloss")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    for command in commands(&readme(name)).iter().filter(|command| !is_elsewhere(command)) {
        if command.starts_with("grainloss report last --format xlsx") && cfg!(not(feature = "xlsx")) {
            continue;
        }
        // As a person's shell has it: one home for everything, no folders named apart.
        let at_home = |line: &str| {
            let mut shell = sandbox.program("sh", &["-c", line]);
            shell.env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME").env_remove("XDG_RUNTIME_DIR");
            shell.env("PATH", &path).env("LANG", lang);
            shell
        };
        if let Some(service) = command.strip_suffix('&') {
            // The shell becomes the program, so that the program is ended and not its shell.
            let mut service = at_home(&format!("exec {service}"));
            let _service = Running(service.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
            let watch = || at_home("grainloss watch --once --format json").output().unwrap();
            wait_for("the service in the background", || watch().status.success().then_some(()));
            continue;
        }
        let mut shell = at_home(command);
        let ended: Ended = shell.output().unwrap().into();
        assert_eq!(ended.code, Some(0), "{name}: {command}: {}", ended.err);
    }
}

#[test]
fn the_commands_of_the_readme_work_in_their_order() {
    run_all("README.md", "en_GB.UTF-8");
}

#[test]
fn the_commands_of_the_chinese_readme_work_in_their_order() {
    run_all("README.zh.md", "zh_CN.UTF-8");
}

#[test]
fn both_readmes_have_the_same_commands() {
    assert_eq!(commands(&readme("README.zh.md")), commands(&readme("README.md")));
}

#[test]
fn only_commands_of_the_readme_are_excused() {
    let text = readme("README.md") + &readme("README.zh.md");
    for (start, _) in ELSEWHERE {
        assert!(text.contains(start), "{start} is not in the README any more");
    }
}
