//! `run` on real kernel sockets: vcan interfaces fed by `simulate` and by can-utils, an slcan adapter that the test plays,
//! and, where the machine has them, two Kvaser cards on one bus.
//!
//! Needs a kernel with AF_CAN, an interface vcan0 that is up, and can-utils. Without them every test says loudly that
//! it was skipped, and why; with `GRAINLOSS_NEED_CAN=1` that is a failure. This is why the file has a `main` of its own:
//! the ordinary harness would swallow the message.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "socketcan/adapter.rs"]
mod adapter;
#[path = "socketcan/counts.rs"]
mod counts;
#[path = "socketcan/service.rs"]
mod service;
#[path = "socketcan/session.rs"]
mod session;
#[path = "socketcan/source.rs"]
mod source;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// A test, and why it cannot run here, if so.
type Test = (&'static str, fn(&Path), fn() -> Option<String>);

const TESTS: &[Test] = &[
    ("a_frame_of_cansend_reaches_the_journal", session::a_frame_of_cansend_reaches_the_journal, vcan),
    (
        "a_simulated_harvest_is_estimated_and_closed_by_term",
        session::a_simulated_harvest_is_estimated_and_closed_by_term,
        vcan,
    ),
    ("canplayer_gives_what_replay_gives", session::canplayer_gives_what_replay_gives, vcan),
    ("the_session_survives_the_interface_going_down", session::the_session_survives_the_interface_going_down, vcan),
    ("two_interfaces_make_one_session", session::two_interfaces_make_one_session, two_vcans),
    ("simulate_refuses_what_may_be_a_machine", session::simulate_refuses_what_may_be_a_machine, vcan),
    ("the_service_writes_nothing_to_the_bus", counts::the_service_writes_nothing_to_the_bus, vcan),
    ("an_hour_of_traffic_is_all_the_simulators", counts::an_hour_of_traffic_is_all_the_simulators, vcan),
    ("frames_received_and_lost_are_frames_sent", counts::frames_received_and_lost_are_frames_sent, vcan),
    ("filters_let_pass_what_the_database_knows", source::filters_let_pass_what_the_database_knows, vcan),
    ("a_frame_asks_for_no_memory", source::a_frame_asks_for_no_memory, vcan),
    ("two_interfaces_are_merged_by_time", source::two_interfaces_are_merged_by_time, two_vcans),
    ("a_removed_interface_is_waited_for", source::a_removed_interface_is_waited_for, vcan),
    ("the_wall_clock_may_be_set", source::the_wall_clock_may_be_set, may_set_the_clock),
    ("an_adapter_fails_and_is_mended", adapter::an_adapter_fails_and_is_mended, adapter::no_slcan),
    ("a_card_that_loses_frames_says_so", adapter::a_card_that_loses_frames_says_so, adapter::no_kvaser),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    // `cargo test -- --list` asks for names only.
    if std::env::args().any(|arg| arg == "--list") {
        for (name, ..) in TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let needed = std::env::var_os("GRAINLOSS_NEED_CAN").is_some();
    let (mut passed, mut skipped) = (0, 0);
    for (name, test, missing) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        if let Some(why) = missing() {
            println!("SKIPPED: {name} did not run: {why}");
            skipped += 1;
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        // A failing assertion panics, prints, and ends the run: what follows would run on a bus in an unknown state.
        test(folder.path());
        println!("test {name} ... ok");
        passed += 1;
    }
    // Nothing at all has run: either there is no CAN here, or nothing of what was asked for can run.
    let failed = needed && passed == 0;
    let result = if failed { "FAILED" } else { "ok" };
    println!("\ntest result: {result}. {passed} passed; 0 failed; {skipped} ignored; 0 measured; 0 filtered out");
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Why there is no virtual bus to test on.
fn vcan() -> Option<String> {
    if !Path::new("/sys/class/net/vcan0").exists() {
        return Some(
            "no interface vcan0 (a kernel with CAN, `ip link add vcan0 type vcan`, `ip link set vcan0 up`)".to_owned(),
        );
    }
    absent(&["candump", "cansend", "canplayer", "ip"])
}

/// Which of these programs are not installed.
fn absent(programs: &[&str]) -> Option<String> {
    let there =
        |tool: &&&str| Command::new(tool).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let absent: Vec<&str> = programs.iter().filter(|tool| !there(tool)).copied().collect();
    (!absent.is_empty())
        .then(|| format!("these programs are missing (Debian: can-utils, iproute2): {}", absent.join(", ")))
}

fn two_vcans() -> Option<String> {
    let second = Path::new("/sys/class/net/vcan1").exists();
    vcan().or_else(|| (!second).then(|| "no second interface, vcan1".to_owned()))
}

/// Nobody wants a test to set a real computer's clock.
fn may_set_the_clock() -> Option<String> {
    let may = std::env::var_os("GRAINLOSS_MAY_SET_CLOCK").is_some();
    vcan().or_else(|| (!may).then(|| "it sets this computer's clock; GRAINLOSS_MAY_SET_CLOCK=1 allows that".to_owned()))
}
