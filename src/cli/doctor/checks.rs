//! The checks.

use std::io::IsTerminal;
use std::path::Path;

use super::check::{Check, State};
use super::system::{self, KernelCan};
use crate::service::{LinkError, latest_snapshot};
use crate::wall_clock::wall_us;
use grainloss_bus::{Filter, LiveSource, can_interfaces};
use grainloss_core::machine::Router;
use grainloss_journal::Journal;
use grainloss_knowledge::profiles;

/// A session takes about 1 MB an hour; with less than this a season does not fit, MB (our choice).
const SCARCE_MB: u64 = 1000;
/// With less than this a day does not fit.
const FULL_MB: u64 = 50;
/// 2026-01-01: a clock before it was never set.
const NOT_BEFORE_US: i64 = 1_767_225_600_000_000;
/// Smallest receive buffer that is enough for a socket, bytes: a second of a full bus.
const LEAST_BUFFER: u64 = 1_500_000;

/// The settings that are looked at.
pub(super) struct Asked<'a> {
    /// The CAN interfaces.
    pub interfaces: &'a [String],
    /// The machine's profile.
    pub machine: Option<&'a str>,
    /// The journal.
    pub db: Option<&'a Path>,
    /// The service's socket.
    pub socket: Option<&'a Path>,
    /// Where the page for a phone listens; `None` when it is off.
    pub page: Option<&'a str>,
}

pub(super) fn all(asked: &Asked<'_>) -> Vec<Check> {
    let Asked { interfaces: names, machine, db, socket, page: address } = *asked;
    let mut checks = vec![kernel()];
    checks.extend(interfaces(names));
    checks.push(buffer());
    checks.push(clock());
    checks.push(gnss());
    checks.extend(db.map(disk));
    checks.extend(db.filter(|db| db.exists()).map(journal));
    checks.push(sound());
    checks.push(terminal());
    checks.push(profile(machine));
    checks.push(service(socket));
    checks.push(page(address));
    checks
}

/// Who can reach the page for a phone. What is not of this computer alone is not encrypted.
fn page(address: Option<&str>) -> Check {
    let Some(address) = address else { return Check::new("page", State::Ok, "page-off") };
    let check = |state, found| Check::new("page", state, found).with("address", address);
    match super::super::web::is_loopback(address) {
        Some(true) => check(State::Ok, "page-loopback"),
        Some(false) => check(State::Warning, "page-open").remedy("own-network"),
        None => check(State::Fault, "page-unknown").remedy("page-address"),
    }
}

fn kernel() -> Check {
    match system::kernel_can() {
        KernelCan::Loaded => Check::new("kernel-can", State::Ok, "can-loaded"),
        KernelCan::Module => Check::new("kernel-can", State::Ok, "can-module"),
        KernelCan::Missing => Check::new("kernel-can", State::Fault, "can-missing").remedy("other-kernel"),
    }
}

fn interfaces(asked: &[String]) -> Vec<Check> {
    let there = can_interfaces();
    let names = if asked.is_empty() { &there } else { asked };
    if names.is_empty() {
        return vec![Check::new("interface", State::Fault, "no-interface").remedy("plug-in")];
    }
    let missing = |name: &String| Check::new("interface", State::Fault, "not-there").of(name).remedy("plug-in");
    let one = |name: &String| if there.contains(name) { interface(name) } else { vec![missing(name)] };
    names.iter().flat_map(one).collect()
}

fn interface(name: &str) -> Vec<Check> {
    if !system::is_up(name) {
        return vec![Check::new("interface", State::Fault, "down").of(name).with("iface", name).remedy("set-up")];
    }
    let link = match system::link(name) {
        None => Check::new("interface", State::Unknown, "up-rate-unknown").remedy("iproute2"),
        Some(link) if link.is_virtual => Check::new("interface", State::Ok, "virtual"),
        Some(link) => {
            let rate = link.bit_rate.map_or_else(|| "?".to_owned(), |rate| format!("{}", rate / 1000));
            let check = |state, found| Check::new("interface", state, found).with("rate", rate.clone());
            match () {
                () if !link.listen_only => {
                    check(State::Warning, "up-not-listen-only").with("iface", name).remedy("listen-only")
                }
                () if !link.restarts => check(State::Ok, "up-no-restart"),
                () => check(State::Ok, "up"),
            }
        }
    };
    // Opened as `run` opens it: the permission, and the kernel's word.
    let opened = match LiveSource::open(&[name.to_owned()], &Filter::All) {
        Ok(_) => Check::new("permission", State::Ok, "opened"),
        Err(error) => Check::new("permission", State::Fault, "not-opened").with("error", error.to_string()),
    };
    vec![link.of(name), opened.of(name)]
}

fn buffer() -> Check {
    let text = std::fs::read_to_string("/proc/sys/net/core/rmem_max").ok();
    let Some(most) = text.and_then(|text| text.trim().parse::<u64>().ok()) else {
        return Check::new("buffer", State::Unknown, "buffer-unknown");
    };
    let (state, remedy) = if most < LEAST_BUFFER { (State::Warning, Some("buffer")) } else { (State::Ok, None) };
    Check { remedy, ..Check::new("buffer", state, "buffer").with("bytes", most.to_string()) }
}

fn clock() -> Check {
    if wall_us() < NOT_BEFORE_US {
        return Check::new("clock", State::Fault, "clock-never-set").remedy("set-clock");
    }
    match system::clock_is_synchronised() {
        Some(true) => Check::new("clock", State::Ok, "clock-kept"),
        Some(false) => Check::new("clock", State::Warning, "clock-free").remedy("time-server"),
        None => Check::new("clock", State::Unknown, "clock-unknown"),
    }
}

fn gnss() -> Check {
    let found = system::gnss_time();
    if found.is_empty() {
        return Check::new("gnss", State::Unknown, "gnss-none");
    }
    Check::new("gnss", State::Ok, "gnss").with("what", found.join(", "))
}

/// Room where the journal is, and whether it may be written.
fn disk(db: &Path) -> Check {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that is still to be made is made in the nearest that is there.
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let shown = there.display().to_string();
    let check = |state, found| Check::new("disk", state, found).with("folder", shown.clone());
    if rustix::fs::access(there, rustix::fs::Access::WRITE_OK).is_err() {
        return check(State::Fault, "not-writable").remedy("folder-rights");
    }
    let Ok(found) = rustix::fs::statvfs(there) else { return check(State::Unknown, "room-unknown") };
    let mb = found.f_bavail.saturating_mul(found.f_frsize) / 1_000_000;
    let check = check(
        if mb < FULL_MB {
            State::Fault
        } else if mb < SCARCE_MB {
            State::Warning
        } else {
            State::Ok
        },
        "room",
    );
    let check = check.with("mb", mb.to_string());
    if mb < SCARCE_MB { check.remedy("make-room") } else { check }
}

fn journal(db: &Path) -> Check {
    match Journal::open(db).and_then(|journal| journal.sessions()) {
        Ok(sessions) => Check::new("journal", State::Ok, "journal").with("sessions", sessions.len().to_string()),
        Err(error) => Check::new("journal", State::Fault, "not-opened").with("error", error.to_string()),
    }
}

fn sound() -> Check {
    let cards = system::sound_cards();
    if cards.is_empty() {
        return Check::new("sound", State::Warning, "sound-none").remedy("sounder");
    }
    Check::new("sound", State::Ok, "sound").with("cards", cards.join(", "))
}

fn terminal() -> Check {
    if !std::io::stdout().is_terminal() {
        return Check::new("terminal", State::Unknown, "no-terminal");
    }
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let utf8 = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).into_iter().find(|value| !value.is_empty());
    let utf8 = utf8.is_some_and(|value| value.to_lowercase().replace('-', "").contains("utf8"));
    let colours = match (variable("COLORTERM").as_str(), variable("TERM").as_str()) {
        ("truecolor" | "24bit", _) => "16777216",
        (_, term) if term.contains("256color") => "256",
        (_, "dumb" | "") => "0",
        _ => "16",
    };
    let (width, height) = crossterm::terminal::size().unwrap_or((0, 0));
    let check = |state, found| {
        let check = Check::new("terminal", state, found).with("term", variable("TERM")).with("colours", colours);
        check.with("width", width.to_string()).with("height", height.to_string())
    };
    match () {
        () if width < 80 || height < 24 => check(State::Warning, "terminal-small").remedy("larger-terminal"),
        () if !utf8 => check(State::Warning, "terminal-no-utf8").remedy("utf8"),
        () => check(State::Ok, "terminal"),
    }
}

fn profile(machine: Option<&str>) -> Check {
    let Some(machine) = machine else {
        return Check::new("profile", State::Unknown, "no-profile").remedy("name-profile");
    };
    let loaded = profiles::load(machine).map_err(|error| error.to_string());
    let routed = loaded.and_then(|profile| match Router::new(&profile) {
        Ok(router) => Ok((profile, router.matchings().count())),
        Err(error) => Err(error.to_string()),
    });
    match routed {
        Ok((profile, frames)) => {
            Check::new("profile", State::Ok, "profile").with("name", profile.name).with("frames", frames.to_string())
        }
        Err(error) => Check::new("profile", State::Fault, "not-opened").with("error", error),
    }
}

fn service(socket: Option<&Path>) -> Check {
    let Some(socket) = socket else { return Check::new("service", State::Unknown, "no-socket") };
    let path = socket.display().to_string();
    match latest_snapshot(socket) {
        Ok(snapshot) => {
            let session = snapshot.session.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
            Check::new("service", State::Ok, "service").with("path", path).with("session", session)
        }
        Err(LinkError::NoService { .. }) => Check::new("service", State::Unknown, "no-service").with("path", path),
        Err(error) => Check::new("service", State::Warning, "not-opened").with("error", error.to_string()),
    }
}
