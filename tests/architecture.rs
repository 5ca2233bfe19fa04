//! The arrows of the house: who may know whom. Reads the sources; a wrong arrow fails here before it becomes a habit.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and those it may use, in the order in which the data flows. `cli` may use all.
const ARROWS: [(&str, &[&str]); 17] = [
    ("data_file", &[]),
    ("bus", &["data_file"]),
    ("machine", &["data_file"]),
    ("harvest", &["machine"]),
    ("advice", &["harvest", "machine"]),
    ("knowledge", &["data_file", "harvest", "advice"]),
    ("fitting", &["data_file", "machine", "knowledge"]),
    ("record", &["machine", "harvest", "advice"]),
    ("journal", &["data_file", "harvest", "record"]),
    ("capture", &["data_file", "journal"]),
    ("report", &["data_file", "harvest", "knowledge", "journal", "record"]),
    ("snapshot", &["machine", "harvest", "advice", "knowledge"]),
    ("marks", &["harvest", "snapshot"]),
    ("dashboard", &["data_file", "snapshot", "marks", "knowledge", "harvest", "advice", "machine"]),
    (
        "service",
        &["bus", "machine", "harvest", "advice", "knowledge", "record", "journal", "capture", "snapshot", "marks"],
    ),
    ("evaluation", &["data_file", "bus", "machine", "harvest", "advice", "knowledge", "record", "service"]),
    (
        "cli",
        &[
            "data_file",
            "bus",
            "machine",
            "harvest",
            "advice",
            "knowledge",
            "fitting",
            "record",
            "journal",
            "capture",
            "report",
            "snapshot",
            "marks",
            "dashboard",
            "service",
            "evaluation",
        ],
    ),
];

/// What a module may not name at all.
const FORBIDDEN: [(&[&str], &[&str]); 4] = [
    (
        &["harvest", "advice"],
        &[
            "grainloss_can",
            "grainloss_simulator",
            "std::time",
            "std::fs",
            "std::thread",
            "std::net",
            "std::env",
            "std::io",
        ],
    ),
    (
        &[
            "data_file",
            "machine",
            "knowledge",
            "fitting",
            "record",
            "journal",
            "report",
            "snapshot",
            "dashboard",
            "service",
        ],
        &["grainloss_simulator"],
    ),
    (&["harvest", "advice", "record", "journal", "report", "snapshot", "dashboard"], &["socketcan", "grainloss_can"]),
    (&["harvest", "advice", "machine", "record", "snapshot", "report"], &["rusqlite", "ratatui", "tokio", "crossterm"]),
];

/// Where a clock may be read.
const CLOCKS: [&str; 8] = [
    "src/bus.rs",
    "src/bus/",
    "src/service.rs",
    "src/service/",
    "src/cli/",
    "src/journal/open.rs",
    "src/journal/writer.rs",
    "src/dashboard/terminal.rs",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source below a folder: its path from the root, and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    assert!(found.len() > 3, "{folder} has sources");
    found
}

/// The text without comments. Strings may hold `//` as well: what follows there is lost, which hides nothing here.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect()
}

/// `src/harvest/feed.rs` is of `harvest`; `None` for `lib.rs` and `main.rs`.
fn module_of(path: &str) -> Option<&str> {
    let first = path.strip_prefix("src/")?.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&name)).then_some(name)
}

/// The identifier at the start of the text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The first names of what stands behind `crate::`: one, or each of a group in braces.
fn names_behind(text: &str) -> Vec<&str> {
    let Some(group) = text.strip_prefix('{') else { return vec![word(text)] };
    let (mut names, mut depth, mut fresh) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && (c.is_alphanumeric() || c == '_') => {
                names.push(word(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

/// The modules that a source names, by `crate::` or by as many `super::` as lead to the root.
fn used(path: &str, text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        used.extend(names_behind(&code[at + found.len()..]).into_iter().map(str::to_owned));
    }
    let up = "super::".repeat(path.matches('/').count());
    for (at, found) in code.match_indices(&up) {
        used.extend(names_behind(&code[at + found.len()..]).into_iter().map(str::to_owned));
    }
    used.retain(|name| ARROWS.iter().any(|(module, _)| module == name));
    used
}

/// Everything in a source that the arrows do not allow.
fn wrong_arrows(path: &str, text: &str) -> Vec<String> {
    let Some(module) = module_of(path) else { return Vec::new() };
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![format!(
            "{path}: module {module} has no arrows yet; say in tests/architecture.rs what it may use"
        )];
    };
    let mut wrong: Vec<String> = used(path, text)
        .into_iter()
        .filter(|name| name != module && !allowed.contains(&name.as_str()))
        .map(|name| format!("{path}: {module} must not use {name}"))
        .collect();
    let code = code(text);
    for (modules, names) in FORBIDDEN {
        if modules.contains(&module) {
            let named = names.iter().filter(|name| code.contains(**name));
            wrong.extend(named.map(|name| format!("{path}: {module} must not name {name}")));
        }
    }
    wrong
}

/// Reading a clock where time is an argument.
fn wrong_clocks(path: &str, text: &str) -> Vec<String> {
    if CLOCKS.iter().any(|allowed| path == *allowed || allowed.ends_with('/') && path.starts_with(allowed)) {
        return Vec::new();
    }
    let code = code(text);
    let read = ["SystemTime::now", "Instant::now"].into_iter().filter(|name| code.contains(name));
    read.map(|name| format!("{path}: {name}")).collect()
}

/// The one file that may send frames, and the one that holds the sockets that are read.
const SENDS: &str = "src/cli/simulate/vcan.rs";
const RECEIVES: &str = "src/bus/socketcan/socket.rs";
/// The one file that may be unsafe, and the one foreign function that it may call.
const UNSAFE: &str = "src/bus/socketcan/receive.rs";
const FOREIGN: [&str; 1] = ["recvmmsg"];

/// Everything in a source by which a frame could get onto a bus, or by which that could be hidden.
fn wrong_writes(path: &str, text: &str) -> Vec<String> {
    // Tests may send: they have their own sockets.
    let shipped = text.split("\n#[cfg(test)]\n").next().unwrap_or("").split("\n#![cfg(test)]\n").next();
    let code = code(shipped.unwrap_or(""));
    let mut wrong = Vec::new();
    let mut check = |names: &[&str], allowed: &[&str]| {
        if !allowed.contains(&path) {
            wrong.extend(names.iter().filter(|name| code.contains(**name)).map(|name| format!("{path}: {name}")));
        }
    };
    // Opening a socket: by the crate, or by hand.
    let opened = ["CanFdSocket", "CanSocket", "AF_CAN", "PF_CAN", "rustix::net", "socket2", "std::net"];
    check(&opened, &[SENDS, RECEIVES]);
    check(&[".write_frame("], &[SENDS]);
    // Descriptors turned into something else that can write.
    check(&["unsafe ", "FromRawFd", "from_raw_fd"], &[UNSAFE]);
    if path.starts_with("src/bus") {
        check(&["write_all", ".write(", ".send(", "sendto", "sendmsg", "sendmmsg", "io::Write", "OwnedFd"], &[]);
    }
    // The sender is nobody's but simulate's.
    check(&["VirtualBus"], &[SENDS, "src/cli/simulate/outlet.rs"]);
    if path.starts_with("src/cli/run") || path.starts_with("src/service") || path == "src/cli/session.rs" {
        check(&["simulate"], &[]);
    }
    let calls = code.match_indices("libc::").map(|(at, found)| &code[at + found.len()..]);
    let calls = calls.map(|rest| (word(rest), rest)).filter(|(name, rest)| rest[name.len()..].starts_with('('));
    wrong.extend(calls.filter(|(name, _)| !FOREIGN.contains(name)).map(|(name, _)| format!("{path}: libc::{name}")));
    wrong
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn data_flows_one_way() {
    let wrong: Vec<String> = sources("src").iter().flat_map(|(path, text)| wrong_arrows(path, text)).collect();
    assert_none(&wrong);
    // Every arrow leads to a module that is there.
    for (module, _) in ARROWS {
        let there = root().join("src").join(format!("{module}.rs")).exists();
        assert!(there, "{module} has arrows and no source");
    }
}

#[test]
fn time_is_an_argument() {
    let all = ["src", "can-dbc/src", "simulator/src"].into_iter().flat_map(sources);
    let wrong: Vec<String> = all.flat_map(|(path, text)| wrong_clocks(&path, &text)).collect();
    assert_none(&wrong);
}

#[test]
fn only_simulate_writes_to_a_bus() {
    let all = ["src", "can-dbc/src", "simulator/src"].into_iter().flat_map(sources);
    let wrong: Vec<String> = all.flat_map(|(path, text)| wrong_writes(&path, &text)).collect();
    assert_none(&wrong);
    // The files that are named here are there: a rename must not make the check empty.
    for (path, holds) in [(SENDS, "CanFdSocket"), (RECEIVES, "CanFdSocket"), (UNSAFE, "libc::recvmmsg(")] {
        assert!(code(&fs::read_to_string(root().join(path)).unwrap()).contains(holds), "{path}: {holds}");
    }
}

#[test]
fn the_simulator_knows_frames_and_nothing_of_the_estimator() {
    let manifest: toml::Value =
        toml::from_str(&fs::read_to_string(root().join("simulator/Cargo.toml")).unwrap()).unwrap();
    let ours = ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|table| manifest.get(table)?.as_table())
        .flat_map(toml::Table::keys)
        .filter(|name| name.starts_with("grainloss"));
    assert_eq!(ours.collect::<Vec<_>>(), ["grainloss-can"]);
    for (path, text) in sources("simulator/src") {
        assert!(!code(&text).contains("grainloss::"), "{path}");
    }
}

#[test]
fn no_source_is_longer_than_can_be_read_at_once() {
    let all = ["src", "can-dbc/src", "simulator/src"].into_iter().flat_map(sources);
    let long: Vec<String> = all
        .map(|(path, text)| (path, text.lines().take_while(|line| *line != "#[cfg(test)]").count()))
        .filter(|(_, lines)| *lines > 400)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(&long);
}

#[test]
fn nothing_is_left_to_be_done() {
    let all = ["src", "can-dbc/src", "simulator/src"].into_iter().flat_map(sources);
    let marks = ["todo!", "unimplemented!", "dbg!", "TODO", "FIXME", "XXX"];
    let left: Vec<String> = all
        .flat_map(|(path, text)| {
            marks.into_iter().filter(|m| text.contains(m)).map(move |m| format!("{path}: {m}")).collect::<Vec<_>>()
        })
        .collect();
    assert_none(&left);
}

#[test]
fn the_checks_fail_when_they_should() {
    for (path, text, named) in [
        ("src/harvest/feed.rs", "use crate::journal::Writer;", "journal"),
        ("src/harvest.rs", "fn f() { crate::advice::raise() }", "advice"),
        ("src/harvest/lag/deep.rs", "use super::super::super::bus::Frame;", "bus"),
        (
            "src/report/csv.rs",
            "use crate::{\n    record::{self, COLUMNS},\n    bus::{FrameSource, journal},\n};",
            "bus",
        ),
        ("src/dashboard/lines.rs", "use crate::journal;", "journal"),
        ("src/advice.rs", "use std::time::Instant;", "std::time"),
        ("src/harvest/gain.rs", "use grainloss_simulator::Scenario;", "grainloss_simulator"),
        ("src/uplink.rs", "", "uplink"),
    ] {
        let wrong = wrong_arrows(path, text);
        assert!(wrong.len() == 1 && wrong[0].contains(named), "{path}: {wrong:?}");
    }
    for (path, text) in [
        ("src/harvest/feed.rs", "use crate::machine::{Channel, Readings}; // not crate::journal"),
        ("src/harvest/feed.rs", "use super::crop::Setup; use super::super::machine::Unit;"),
        ("src/cli/run.rs", "use crate::{bus, service::{self, Speed}};"),
        ("src/main.rs", "use crate::journal;"),
    ] {
        assert_eq!(wrong_arrows(path, text), [""; 0], "{path}");
    }
    assert_eq!(wrong_clocks("src/journal/reader.rs", "let t = Instant::now();").len(), 1);
    assert_eq!(wrong_clocks("src/service/pace.rs", "let t = Instant::now();").len(), 0);
    for (path, text) in [
        (RECEIVES, "self.0.write_frame(&frame)"),
        (RECEIVES, "use std::io::Write;"),
        ("src/bus/log.rs", "CanSocket::open(name)"),
        ("src/cli/run.rs", "use super::simulate;"),
        ("src/cli/run.rs", "VirtualBus::open(name)"),
        (UNSAFE, "unsafe { libc::sendmmsg(fd) }"),
        ("src/service/run.rs", "unsafe { f() }"),
        ("src/service/run.rs", "libc::write(fd, p, n)"),
    ] {
        assert!(!wrong_writes(path, text).is_empty(), "{path}: {text}");
    }
    assert_eq!(wrong_writes(UNSAFE, "unsafe { libc::recvmmsg(fd) }\n#[cfg(test)]\ntheirs.send(b)"), [""; 0]);
    assert_eq!(wrong_writes("src/journal/writer.rs", "queue.send(entry)").len(), 0);
}
