//! Every frame is accounted for: those of the simulator, those received, those lost.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::service::{Service, simulate, wait_for};

/// Frames that anybody on this computer has written to the interface, as the kernel counts them.
fn written(interface: &str) -> u64 {
    let counter = format!("/sys/class/net/{interface}/statistics/tx_packets");
    fs::read_to_string(counter).unwrap().trim().parse().unwrap()
}

/// Frames of a simulated harvest, as a log of it has them.
fn frames_of(folder: &Path, harvest: &[&str]) -> u64 {
    let log = folder.join("sent.log");
    simulate(&[harvest, &["--out", log.to_str().unwrap()]].concat());
    fs::read_to_string(log).unwrap().lines().count() as u64
}

pub fn the_service_writes_nothing_to_the_bus(folder: &Path) {
    let seen = folder.join("seen.log");
    let mut candump = Command::new("candump")
        .args(["-r", "4194304", "-L", "vcan0"])
        .stdout(fs::File::create(&seen).unwrap())
        .spawn()
        .unwrap();
    let service = Service::start(folder);
    // The same harvest twice: on the bus, and as a log that says how many frames there are to see.
    let log = folder.join("sent.log");
    let harvest = ["--scenario", "wheat", "--seed", "9", "--seconds", "20"];
    simulate(&[&harvest[..], &["--out", log.to_str().unwrap()]].concat());
    simulate(&[&harvest[..], &["--iface", "vcan0", "--speed", "2"]].concat());
    service.wait_for_silence();
    service.term();
    candump.kill().unwrap();
    candump.wait().unwrap();
    let frames = |path: &Path| -> Vec<String> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter_map(|line| line.split(' ').nth(2).map(str::to_owned)).collect()
    };
    // candump writes in blocks, of which the last dies with it, and may itself miss frames on a busy computer; but each
    // frame that it saw must be one that the simulator sent, in that order, and nothing may stand between.
    let (seen, sent) = (frames(&seen), frames(&log));
    assert!(seen.len() > sent.len() / 2, "{} of {} frames seen", seen.len(), sent.len());
    let mut unseen = sent.iter();
    for (at, frame) in seen[..seen.len() - 1].iter().enumerate() {
        assert!(unseen.any(|sent| sent == frame), "frame {at} on the bus, {frame}, was not sent by the simulator");
    }
}

/// The kernel counts what is written to an interface, whoever writes it: after an hour's harvest that must be the
/// simulator's frames, all of them, and not one more.
pub fn an_hour_of_traffic_is_all_the_simulators(folder: &Path) {
    let harvest = ["--scenario", "wheat", "--seed", "9", "--seconds", "3600"];
    let sent = frames_of(folder, &harvest);
    assert!(sent > 800_000, "{sent}");
    let before = written("vcan0");
    // Far faster than any bus: more than the raw capture is made for, which would say that it is not complete.
    let service = Service::on(folder, &["vcan0", "--no-capture"]);
    simulate(&[&harvest[..], &["--iface", "vcan0", "--speed", "max"]].concat());
    service.wait_for_silence();
    let left = service.term();
    assert_eq!(written("vcan0") - before, sent);
    check_sum(&left, sent);
    assert_eq!(left.bus("vcan0", "bad"), 0);
}

/// The service is stopped while far more is sent than the kernel's queue holds.
pub fn frames_received_and_lost_are_frames_sent(folder: &Path) {
    let harvest = ["--scenario", "wheat", "--seed", "4", "--seconds", "300"];
    let sent = frames_of(folder, &harvest);
    let service = Service::on(folder, &["vcan0", "--all-frames", "--no-capture"]);
    service.signal("-STOP");
    simulate(&[&harvest[..], &["--iface", "vcan0", "--speed", "max"]].concat());
    service.signal("-CONT");
    service.wait_until_told("vcan0", "lost");
    // The kernel's count must come without another frame.
    wait_for("all that is left", || {
        let told = "SELECT max(count) FROM event WHERE kind = 'bus' AND id = 'lost'";
        service.number(told) > Some(sent as i64 / 2)
    });
    let left = service.term();
    // 2 × 8 MiB at 766 bytes a frame are 21,902.
    let received = left.bus("vcan0", "frames");
    assert!((20_000..24_000).contains(&received), "{received} of {sent}");
    check_sum(&left, sent);
    assert!(left.printed.contains("frames lost"), "{}", left.printed);
}

fn check_sum(left: &crate::service::Left, sent: u64) {
    let (received, lost) = (left.bus("vcan0", "frames"), left.bus("vcan0", "lost"));
    assert_eq!(received + lost, sent, "{received} received, {lost} lost");
    assert_eq!(left.summary["frames"]["read"], received);
    println!("  {sent} sent, {received} received, {lost} lost");
}
