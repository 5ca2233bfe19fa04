//! What the compiler cannot say of the house: that the core does no I/O, that nothing but `simulate` writes to a bus, that
//! sources stay short. Which crate may use which stands in the crates' manifests.

use std::fs;
use std::path::{Path, PathBuf};

mod circles;

/// Below these folders is every source that ships.
const SOURCES: [&str; 4] = ["src", "crates", "can-dbc/src", "simulator/src"];

/// What the core may not name: files, clocks, threads, network, environment.
const NOT_IN_CORE: [&str; 7] =
    ["std::fs", "std::io", "std::time", "std::thread", "std::net", "std::env", "std::process"];

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
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// The text without comments. Strings may hold `//` as well: what follows there is lost, which hides nothing here.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect()
}

/// The identifier at the start of the text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The one file that may send frames, and the one that holds the sockets that are read.
/// Makes the Unix socket for the screens.
const SCREENS: &str = "src/service/ipc/server.rs";
/// Makes the TCP socket of the page for a phone: an address to listen on is a type of `std::net`.
const PAGE_LISTENS: &str = "crates/listen/src/address.rs";
/// Takes its connections.
const PAGE_SERVES: &str = "crates/web/src/server.rs";
const SENDS: &str = "src/cli/simulate/vcan.rs";
const RECEIVES: &str = "crates/bus/src/socketcan/socket.rs";
/// The one file that may be unsafe, and the one foreign function that it may call.
const UNSAFE: &str = "crates/bus/src/socketcan/receive.rs";
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
    let opened = ["CanFdSocket", "CanSocket", "AF_CAN", "PF_CAN", "AddressFamily::CAN", "socket2"];
    check(&opened, &[SENDS, RECEIVES]);
    // The page listens, and nothing connects to anywhere: neither by the standard library nor by tokio or hyper.
    check(&["std::net"], &[SENDS, RECEIVES, PAGE_LISTENS, PAGE_SERVES]);
    check(&["TcpListener", "TcpStream"], &[PAGE_LISTENS, PAGE_SERVES]);
    check(&["UdpSocket", "TcpSocket", "TcpStream::connect", "hyper::client", "client::legacy"], &[]);
    check(&["rustix::net"], &[SCREENS]);
    check(&[".write_frame("], &[SENDS]);
    // Descriptors turned into something else that can write.
    check(&["unsafe ", "FromRawFd", "from_raw_fd"], &[UNSAFE]);
    if path.starts_with("crates/bus/") {
        check(&["write_all", ".write(", ".send(", "sendto", "sendmsg", "sendmmsg", "io::Write", "OwnedFd"], &[]);
    }
    // The sender is nobody's but simulate's.
    check(&["VirtualBus"], &[SENDS, "src/cli/simulate/outlet.rs"]);
    if path.starts_with("src/cli/run") || path.starts_with("src/service") || path == "src/cli/runner.rs" {
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

/// Everything in a source of the core that reaches outside.
fn wrong_in_core(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let named = NOT_IN_CORE.into_iter().filter(|name| code.contains(name));
    named.map(|name| format!("{path}: the core must not name {name}")).collect()
}

#[test]
fn the_core_does_no_io_and_reads_no_clock() {
    let wrong: Vec<String> =
        sources("crates/core/src").iter().flat_map(|(path, text)| wrong_in_core(path, text)).collect();
    assert_none(&wrong);
    let lib = fs::read_to_string(root().join("crates/core/src/lib.rs")).unwrap();
    assert!(lib.contains("#![forbid(unsafe_code)]"));
}

#[test]
fn only_simulate_writes_to_a_bus() {
    let all = SOURCES.into_iter().flat_map(sources);
    let wrong: Vec<String> = all.flat_map(|(path, text)| wrong_writes(&path, &text)).collect();
    assert_none(&wrong);
    // The files that are named here are there: a rename must not make the check empty.
    for (path, holds) in [
        (SENDS, "CanFdSocket"),
        (RECEIVES, "CanFdSocket"),
        (UNSAFE, "libc::recvmmsg("),
        (PAGE_LISTENS, "TcpListener::bind"),
        (PAGE_SERVES, "listener.accept()"),
    ] {
        assert!(code(&fs::read_to_string(root().join(path)).unwrap()).contains(holds), "{path}: {holds}");
    }
}

/// Each library and the others that it may use; the compiler holds them to it once a manifest says so.
const MAY_USE: [(&str, &[&str]); 18] = [
    ("can-dbc", &[]),
    ("simulator", &["can"]),
    ("crates/core", &["can"]),
    ("crates/knowledge", &["can", "core"]),
    ("crates/find", &["can", "simulator"]),
    ("crates/fitting", &["can", "core", "find", "knowledge", "simulator"]),
    ("crates/bus", &["can", "core"]),
    ("crates/journal", &["can", "core"]),
    ("crates/listen", &[]),
    ("crates/packet", &["core", "journal"]),
    ("crates/preparation", &["core", "knowledge"]),
    ("crates/protocol", &["core", "knowledge"]),
    ("crates/report", &["core", "journal", "knowledge"]),
    ("crates/tui", &["can", "core", "find", "knowledge", "preparation", "protocol"]),
    ("crates/uplink", &["core", "protocol"]),
    ("crates/usage", &["core", "knowledge"]),
    ("crates/web", &["core", "knowledge", "listen", "protocol", "tui"]),
    ("crates/evaluation", &["can", "core", "knowledge", "simulator"]),
];

/// What of ours a manifest names.
fn ours(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Value = toml::from_str(&text).unwrap();
    let mut names: Vec<String> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|table| manifest.get(table)?.as_table())
        .flat_map(toml::Table::keys)
        .filter_map(|name| Some(name.strip_prefix("grainloss-")?.to_owned()))
        .collect();
    names.sort();
    names
}

#[test]
fn manifests_name_only_what_a_crate_may_use() {
    for (folder, allowed) in MAY_USE {
        assert_eq!(ours(folder), allowed, "{folder}/Cargo.toml");
    }
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = format!("crates/{}", entry.unwrap().file_name().to_str().unwrap());
        assert!(MAY_USE.iter().any(|(name, _)| *name == folder), "{folder}: say what it may use");
    }
}

#[test]
fn no_source_is_longer_than_can_be_read_at_once() {
    let all = SOURCES.into_iter().flat_map(sources);
    let long: Vec<String> = all
        .map(|(path, text)| (path, text.lines().take_while(|line| *line != "#[cfg(test)]").count()))
        .filter(|(_, lines)| *lines > 400)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(&long);
}

#[test]
fn nothing_is_left_to_be_done() {
    let all = SOURCES.into_iter().flat_map(sources);
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
    assert_eq!(wrong_in_core("crates/core/src/advice.rs", "use std::time::Instant;").len(), 1);
    assert_eq!(wrong_in_core("crates/core/src/advice.rs", "use std::fmt; // not std::fs"), [""; 0]);
    for (path, text) in [
        (RECEIVES, "self.0.write_frame(&frame)"),
        (RECEIVES, "use std::io::Write;"),
        ("crates/bus/src/log.rs", "CanSocket::open(name)"),
        ("src/cli/run.rs", "use super::simulate;"),
        ("src/cli/run.rs", "VirtualBus::open(name)"),
        (UNSAFE, "unsafe { libc::sendmmsg(fd) }"),
        ("src/service/run.rs", "unsafe { f() }"),
        ("src/service/run.rs", "libc::write(fd, p, n)"),
        ("src/cli/web.rs", "std::net::TcpListener::bind(address)"),
        ("crates/web/src/live.rs", "tokio::net::TcpStream"),
        (PAGE_SERVES, "TcpStream::connect(address)"),
    ] {
        assert!(!wrong_writes(path, text).is_empty(), "{path}: {text}");
    }
    assert_eq!(wrong_writes(UNSAFE, "unsafe { libc::recvmmsg(fd) }\n#[cfg(test)]\ntheirs.send(b)"), [""; 0]);
    assert_eq!(wrong_writes("crates/journal/src/writer.rs", "queue.send(entry)").len(), 0);
}
