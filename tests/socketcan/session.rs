//! A session on a bus, from its first frame to its end.

use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use crate::service::{BINARY, Service, link, simulate, wait_for};

/// Golden vector: EEC1 with 1985.25 r/min.
const ENGINE: &str = "0CF00400#71CDC50A3E00FFC8";

pub fn a_frame_of_cansend_reaches_the_journal(folder: &Path) {
    let service = Service::start(folder);
    let sent = || Command::new("cansend").args(["vcan0", ENGINE]).status().unwrap().success();
    wait_for("the engine speed", || {
        assert!(sent());
        service.number("SELECT count(*) FROM sample WHERE engine_rpm BETWEEN 1985.1 AND 1985.4") > Some(0)
    });
    // Nothing else was said: nothing else is claimed.
    let claims = "SELECT count(*) FROM sample WHERE header_loss_kg_s IS NOT NULL OR rear_loss_kg_s IS NOT NULL \
        OR feed_kg_s IS NOT NULL OR state IS NOT NULL";
    assert_eq!(service.number(claims), Some(0));
    service.term();
}

pub fn a_simulated_harvest_is_estimated_and_closed_by_term(folder: &Path) {
    let service = Service::start(folder);
    // 40 s of harvest in real time: the first crop comes after half a minute.
    simulate(&["--iface", "vcan0", "--scenario", "wheat-steady", "--seed", "3", "--seconds", "45", "--speed", "1"]);
    service.wait_for_silence();
    assert!(service.number("SELECT count(*) FROM sample WHERE state = 'cutting' AND header_loss_kg_s > 0") > Some(5));
    let printed = service.term().printed;
    assert!(printed.contains("stored: session 1"), "{printed}");
}

pub fn canplayer_gives_what_replay_gives(folder: &Path) {
    let log = folder.join("harvest.log");
    simulate(&["--scenario", "wheat-steady", "--seed", "5", "--seconds", "60", "--out", log.to_str().unwrap()]);
    let service = Service::start(folder);
    let played = Command::new("canplayer").args(["vcan0=can0", "-I"]).arg(&log).status().unwrap();
    assert!(played.success());
    service.wait_for_silence();
    let live_db = service.term().db;
    let other = folder.join("replay.sqlite");
    let replayed = Command::new(BINARY)
        .args(["replay", "--machine", "combine-demo", "--crop", "wheat", "--db"])
        .args([&other, &log])
        .stdout(Stdio::null())
        .status();
    assert!(replayed.unwrap().success());
    // The same grain, but for the jitter of a live bus; what holds for a moment after its last frame is in no log.
    let grain = |db: &Path| -> f64 {
        let sql = "SELECT sum(grain_in_kg_s) FROM sample WHERE engine_rpm IS NOT NULL";
        Connection::open(db).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let (live, replayed) = (grain(&live_db), grain(&other));
    assert!(replayed > 50.0 && (live / replayed - 1.0).abs() < 0.06, "live {live}, replayed {replayed}");
}

pub fn the_session_survives_the_interface_going_down(folder: &Path) {
    let service = Service::start(folder);
    simulate(&["--iface", "vcan0", "--seconds", "5", "--speed", "1"]);
    wait_for("some seconds", || service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0") > Some(2));
    link(&["set", "vcan0", "down"]);
    // While the bus is away time goes on, and the engine's speed is unknown, not zero.
    let unknown = "SELECT count(*) FROM sample WHERE engine_rpm IS NULL \
        AND t_us > (SELECT min(t_us) FROM sample WHERE engine_rpm > 0)";
    wait_for("seconds without the bus", || service.number(unknown) > Some(2));
    link(&["set", "vcan0", "up"]);
    wait_for("the news of it", || service.told("vcan0", "down") == 1 && service.told("vcan0", "up") == 1);
    let before = service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0").unwrap();
    simulate(&["--iface", "vcan0", "--seconds", "6", "--speed", "1"]);
    wait_for("the engine to be heard again", || {
        service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0") > Some(before + 2)
    });
    service.term();
}

/// Engine on one bus, the rest on the other; one goes down, and the other does not care.
pub fn two_interfaces_make_one_session(folder: &Path) {
    let service = Service::on(folder, &["vcan0,vcan1", "--all-frames"]);
    let send = |interface: &str, frame: &str| {
        assert!(Command::new("cansend").args([interface, frame]).status().unwrap().success());
    };
    send("vcan0", "123#01");
    link(&["set", "vcan1", "down"]);
    service.wait_until_told("vcan1", "down");
    wait_for("the engine on the other bus", || {
        send("vcan0", ENGINE);
        service.number("SELECT count(*) FROM sample WHERE engine_rpm > 1985") > Some(0)
    });
    link(&["set", "vcan1", "up"]);
    service.wait_until_told("vcan1", "up");
    let before = service.number("SELECT max(t_us) FROM sample").unwrap();
    wait_for("the engine on this bus", || {
        send("vcan1", ENGINE);
        service.number(&format!("SELECT count(*) FROM sample WHERE engine_rpm > 1985 AND t_us > {before}")) > Some(3)
    });
    assert_eq!(service.number("SELECT count(*) FROM session WHERE source = 'interface vcan0, vcan1'"), Some(1));
    let left = service.term();
    assert!(left.bus("vcan0", "frames") > 1 && left.bus("vcan1", "frames") > 1, "{}", left.summary["bus"]);
    assert_eq!((left.bus("vcan0", "down"), left.bus("vcan1", "down")), (0, 1));
    assert_eq!(left.summary["frames"]["unknown"], 1);
}

pub fn simulate_refuses_what_may_be_a_machine(_: &Path) {
    let output = Command::new(BINARY).args(["simulate", "--iface", "lo", "--seconds", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-real-bus"));
}
