//! The service in a process of its own, and what moves the bus.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;

pub const BINARY: &str = env!("CARGO_BIN_EXE_grainloss");
/// Whoever waits longer than this waits in vain.
const DEADLINE: Duration = Duration::from_mins(2);

/// `run`, killed when dropped.
pub struct Service {
    pub child: Child,
    db: PathBuf,
    summary: PathBuf,
}

/// What it left.
pub struct Left {
    pub db: PathBuf,
    pub printed: String,
    pub summary: Value,
}

impl Service {
    pub fn start(folder: &Path) -> Self {
        Self::on(folder, &["vcan0"])
    }

    /// On these interfaces, with more options behind them.
    pub fn on(folder: &Path, interfaces: &[&str]) -> Self {
        let (db, summary) = (folder.join("journal.sqlite"), folder.join("summary.json"));
        let child = Command::new(BINARY)
            .args(["--lang", "en", "run", "--machine", "combine-demo", "--crop", "wheat", "--db"])
            .arg(&db)
            .arg("--summary")
            .arg(&summary)
            .arg("--iface")
            .args(interfaces)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let service = Self { child, db, summary };
        // The socket is open before the session is put down.
        wait_for("the session to begin", || service.number("SELECT count(*) FROM session") == Some(1));
        service
    }

    pub fn number(&self, sql: &str) -> Option<i64> {
        Connection::open(&self.db).ok()?.query_row(sql, [], |row| row.get(0)).ok()
    }

    /// How often the journal tells this of an interface.
    pub fn told(&self, interface: &str, what: &str) -> i64 {
        let of = format!("WHERE kind = 'bus' AND stream = '{interface}' AND id = '{what}'");
        self.number(&format!("SELECT count(*) FROM event {of}")).unwrap_or(0)
    }

    pub fn wait_until_told(&self, interface: &str, what: &str) {
        wait_for(&format!("{interface}: {what}"), || self.told(interface, what) > 0);
    }

    /// All that was sent has been stored: the engine was heard, and then it was not.
    pub fn wait_for_silence(&self) {
        let silent = "SELECT count(*) FROM sample WHERE t_us > (SELECT max(t_us) FROM sample WHERE engine_rpm > 0)";
        wait_for("the bus to fall silent", || self.number(silent) > Some(1));
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Asks it to stop, as systemd does.
    pub fn term(mut self) -> Left {
        self.signal("-TERM");
        let mut printed = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(self.child.wait().unwrap().success(), "{printed}");
        assert_eq!(self.number("SELECT count(*) FROM session WHERE end_reason = 'stopped'"), Some(1));
        let summary = serde_json::from_str(&fs::read_to_string(&self.summary).unwrap()).unwrap();
        Left { db: self.db.clone(), printed, summary }
    }
}

impl Left {
    /// A number that the summary has of an interface: one of its own, or how often something happened.
    pub fn bus(&self, interface: &str, what: &str) -> u64 {
        let bus = &self.summary["bus"][interface];
        bus[what].as_u64().or_else(|| bus["counts"][what].as_u64()).unwrap_or_else(|| panic!("{what}: {bus}"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods, reason = "a deadline for another process")]
pub fn wait_for(what: &str, mut true_now: impl FnMut() -> bool) {
    let began = Instant::now();
    while !true_now() {
        assert!(began.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub fn simulate(arguments: &[&str]) {
    let status = Command::new(BINARY).arg("simulate").args(arguments).status().unwrap();
    assert!(status.success(), "simulate {arguments:?}");
}

/// `ip link …`
pub fn link(arguments: &[&str]) {
    let status = Command::new("ip").arg("link").args(arguments).status().unwrap();
    assert!(status.success(), "ip link {arguments:?}");
}
