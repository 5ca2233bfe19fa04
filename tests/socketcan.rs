//! `run` on real kernel sockets: vcan interfaces fed by `simulate` and by can-utils (candump, cansend, canplayer).
//!
//! Needs a kernel with AF_CAN, an interface vcan0 that is up, and can-utils. Without them every test says loudly that
//! it was skipped, and why; with `GRAINLOSS_NEED_CAN=1` that is a failure. This is why the file has a `main` of its own:
//! the ordinary harness would swallow the message.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

const BINARY: &str = env!("CARGO_BIN_EXE_grainloss");
/// Whoever waits longer than this waits in vain.
const DEADLINE: Duration = Duration::from_mins(1);

type Test = (&'static str, fn(&Path));

const TESTS: &[Test] = &[
    ("a_frame_of_cansend_reaches_the_journal", a_frame_of_cansend_reaches_the_journal),
    ("a_simulated_harvest_is_estimated_and_closed_by_term", a_simulated_harvest_is_estimated_and_closed_by_term),
    ("the_service_writes_nothing_to_the_bus", the_service_writes_nothing_to_the_bus),
    ("canplayer_gives_what_replay_gives", canplayer_gives_what_replay_gives),
    ("the_session_survives_the_interface_going_down", the_session_survives_the_interface_going_down),
    ("simulate_refuses_what_may_be_a_machine", simulate_refuses_what_may_be_a_machine),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    // `cargo test -- --list` asks for names only.
    if std::env::args().any(|arg| arg == "--list") {
        for (name, _) in TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    if let Some(why) = missing() {
        println!("\nSKIPPED: {} SocketCAN tests did not run: {why}\n", TESTS.len());
        let needed = std::env::var_os("GRAINLOSS_NEED_CAN").is_some();
        println!("test result: ok. 0 passed; 0 failed; {} ignored; 0 measured; 0 filtered out", TESTS.len());
        return if needed { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let mut passed = 0;
    for (name, test) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        // A failing assertion panics, prints, and ends the run: what follows would run on a bus in an unknown state.
        test(folder.path());
        println!("test {name} ... ok");
        passed += 1;
    }
    println!("\ntest result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
    ExitCode::SUCCESS
}

/// Why the tests cannot run here, if so.
fn missing() -> Option<String> {
    if !Path::new("/sys/class/net/vcan0").exists() {
        return Some(
            "no interface vcan0 (a kernel with CAN, `ip link add vcan0 type vcan`, `ip link set vcan0 up`)".to_owned(),
        );
    }
    let tools = ["candump", "cansend", "canplayer", "ip"];
    let there =
        |tool: &&&str| Command::new(tool).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let absent: Vec<&str> = tools.iter().filter(|tool| !there(tool)).copied().collect();
    (!absent.is_empty())
        .then(|| format!("these programs are missing (Debian: can-utils, iproute2): {}", absent.join(", ")))
}

/// The service on vcan0, killed when dropped.
struct Service {
    child: Child,
    db: PathBuf,
}

impl Service {
    fn start(folder: &Path) -> Self {
        let db = folder.join("journal.sqlite");
        let child = Command::new(BINARY)
            .args(["--lang", "en", "run", "--iface", "vcan0", "--machine", "combine-demo", "--crop", "wheat", "--db"])
            .arg(&db)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let service = Self { child, db };
        // The socket is open before the session is put down.
        wait_for("the session to begin", || service.number("SELECT count(*) FROM session") == Some(1));
        service
    }

    fn number(&self, sql: &str) -> Option<i64> {
        Connection::open(&self.db).ok()?.query_row(sql, [], |row| row.get(0)).ok()
    }

    /// All that was sent has been stored: the engine was heard, and then it was not.
    fn wait_for_silence(&self) {
        let silent = "SELECT count(*) FROM sample WHERE t_us > (SELECT max(t_us) FROM sample WHERE engine_rpm > 0)";
        wait_for("the bus to fall silent", || self.number(silent) > Some(1));
    }

    /// Asks it to stop, as systemd does; what it printed.
    fn term(mut self) -> String {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        let mut printed = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(self.child.wait().unwrap().success(), "{printed}");
        assert_eq!(self.number("SELECT count(*) FROM session WHERE end_reason = 'stopped'"), Some(1));
        printed
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods, reason = "a deadline for another process")]
fn wait_for(what: &str, mut true_now: impl FnMut() -> bool) {
    let began = Instant::now();
    while !true_now() {
        assert!(began.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn simulate(arguments: &[&str]) {
    let status = Command::new(BINARY).arg("simulate").args(arguments).status().unwrap();
    assert!(status.success(), "simulate {arguments:?}");
}

fn a_frame_of_cansend_reaches_the_journal(folder: &Path) {
    let service = Service::start(folder);
    // Golden vector: EEC1 with 1985.25 r/min.
    let sent = || Command::new("cansend").args(["vcan0", "0CF00400#71CDC50A3E00FFC8"]).status().unwrap().success();
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

fn a_simulated_harvest_is_estimated_and_closed_by_term(folder: &Path) {
    let service = Service::start(folder);
    // 40 s of harvest in real time: the first crop comes after half a minute.
    simulate(&["--iface", "vcan0", "--scenario", "wheat-steady", "--seed", "3", "--seconds", "45", "--speed", "1"]);
    service.wait_for_silence();
    assert!(service.number("SELECT count(*) FROM sample WHERE state = 'cutting' AND header_loss_kg_s > 0") > Some(5));
    let printed = service.term();
    assert!(printed.contains("stored: session 1"), "{printed}");
}

fn the_service_writes_nothing_to_the_bus(folder: &Path) {
    let seen = folder.join("seen.log");
    let mut candump = Command::new("candump")
        .args(["-r", "4194304", "-L", "vcan0"])
        .stdout(std::fs::File::create(&seen).unwrap())
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
        let text = std::fs::read_to_string(path).unwrap();
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

fn canplayer_gives_what_replay_gives(folder: &Path) {
    let log = folder.join("harvest.log");
    simulate(&["--scenario", "wheat-steady", "--seed", "5", "--seconds", "60", "--out", log.to_str().unwrap()]);
    let service = Service::start(folder);
    let played = Command::new("canplayer").args(["vcan0=can0", "-I"]).arg(&log).status().unwrap();
    assert!(played.success());
    service.wait_for_silence();
    let live_db = service.db.clone();
    service.term();
    let other = folder.join("replay.sqlite");
    let replayed = Command::new(BINARY)
        .args(["replay", "--machine", "combine-demo", "--crop", "wheat", "--db"])
        .args([&other, &log])
        .stdout(Stdio::null())
        .status();
    assert!(replayed.unwrap().success());
    // The same grain, but for the jitter of a live bus.
    let grain = |db: &Path| -> f64 {
        let sql = "SELECT sum(grain_in_kg_s) FROM sample";
        Connection::open(db).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let (live, replayed) = (grain(&live_db), grain(&other));
    assert!(replayed > 50.0 && (live / replayed - 1.0).abs() < 0.06, "live {live}, replayed {replayed}");
}

fn the_session_survives_the_interface_going_down(folder: &Path) {
    let link =
        |state: &str| assert!(Command::new("ip").args(["link", "set", "vcan0", state]).status().unwrap().success());
    let service = Service::start(folder);
    simulate(&["--iface", "vcan0", "--seconds", "5", "--speed", "1"]);
    wait_for("some seconds", || service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0") > Some(2));
    link("down");
    // While the bus is away time goes on, and the engine's speed is unknown, not zero.
    let unknown = "SELECT count(*) FROM sample WHERE engine_rpm IS NULL \
        AND t_us > (SELECT min(t_us) FROM sample WHERE engine_rpm > 0)";
    wait_for("seconds without the bus", || service.number(unknown) > Some(2));
    link("up");
    let before = service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0").unwrap();
    simulate(&["--iface", "vcan0", "--seconds", "6", "--speed", "1"]);
    wait_for("the engine to be heard again", || {
        service.number("SELECT count(*) FROM sample WHERE engine_rpm > 0") > Some(before + 2)
    });
    service.term();
}

fn simulate_refuses_what_may_be_a_machine(_: &Path) {
    let output = Command::new(BINARY).args(["simulate", "--iface", "lo", "--seconds", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-real-bus"));
}
