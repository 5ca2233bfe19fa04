//! The dashboard in a real pseudo-terminal: what the operator sees, the keys, and the ways out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "deadlines for another process")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

const DEADLINE: Duration = Duration::from_mins(1);
const LEAVE_ALTERNATE_SCREEN: &str = "\x1b[?1049l";

/// A demo in a terminal of 80×24.
struct Cab {
    folder: tempfile::TempDir,
    child: Child,
    /// The operator's side; `None` once the terminal has gone.
    keys: Option<File>,
    /// The program's side, kept open to look at its modes.
    line: OwnedFd,
    before: Termios,
    seen: Arc<Mutex<Vec<u8>>>,
    hung_up: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Cab {
    fn new(lang: &str) -> Self {
        Self::with(lang, &[])
    }

    fn with(lang: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let operator = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&operator).unwrap();
        unlockpt(&operator).unwrap();
        let name = ptsname(&operator, Vec::new()).unwrap();
        let line = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        tcsetwinsize(&operator, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let before = tcgetattr(&line).unwrap();
        let side = || Stdio::from(line.try_clone().unwrap());
        let child = Command::new(env!("CARGO_BIN_EXE_grainloss"))
            .args(["--lang", lang, "demo", "--speed", "20", "--db"])
            .arg(folder.path().join("j.sqlite"))
            .args(more)
            .env("TERM", "xterm-256color")
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .spawn()
            .unwrap();
        let keys = File::from(operator);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, shown) = (keys.try_clone().unwrap(), Arc::clone(&seen));
        let hung_up = Arc::new(AtomicBool::new(false));
        let gone = Arc::clone(&hung_up);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            let tick = Timespec::try_from(Duration::from_millis(20)).unwrap();
            while !gone.load(Ordering::Relaxed) {
                let ready = poll(&mut [PollFd::new(&screen, PollFlags::IN)], Some(&tick)).unwrap_or(0);
                match if ready > 0 { screen.read(&mut buffer) } else { continue } {
                    Ok(n @ 1..) => shown.lock().unwrap().extend_from_slice(&buffer[..n]),
                    _ => return,
                }
            }
        });
        Self { folder, child, keys: Some(keys), line: line.into(), before, seen, hung_up, reader: Some(reader) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    /// Waits for a text, drawn with whatever jumps between its words.
    fn wait_for(&self, text: &str) {
        let began = Instant::now();
        while !drawn(&self.text()).contains(&drawn(text)) {
            assert!(began.elapsed() < DEADLINE, "'{text}' never came");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// The window is closed: nobody holds the operator's side any more.
    fn hang_up(&mut self) {
        self.hung_up.store(true, Ordering::Relaxed);
        self.reader.take().unwrap().join().unwrap();
        self.keys.take();
    }

    /// The window is there, and nobody reads what is written to it.
    fn stop_reading(&mut self) {
        self.hung_up.store(true, Ordering::Relaxed);
        self.reader.take().unwrap().join().unwrap();
    }

    fn end(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < DEADLINE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_raw(&self) -> bool {
        !tcgetattr(&self.line).unwrap().local_modes.contains(LocalModes::ICANON)
    }

    /// The terminal is as it was, and the session closed.
    fn check_restored(&self) {
        self.check_terminal();
        self.check_closed();
    }

    fn check_terminal(&self) {
        let began = Instant::now();
        while !self.text().contains(LEAVE_ALTERNATE_SCREEN) {
            assert!(began.elapsed() < DEADLINE, "the screen was not given back");
            std::thread::sleep(Duration::from_millis(20));
        }
        let after = tcgetattr(&self.line).unwrap();
        assert_eq!(after.local_modes, self.before.local_modes);
        assert_eq!(after.input_modes, self.before.input_modes);
    }

    fn check_closed(&self) {
        let journal = rusqlite::Connection::open(self.folder.path().join("j.sqlite")).unwrap();
        let reason: Option<String> = journal.query_row("SELECT end_reason FROM session", [], |row| row.get(0)).unwrap();
        assert_eq!(reason.as_deref(), Some("stopped"));
    }
}

/// What a terminal shows of these bytes: without control sequences, and without spaces, which are often jumped over.
fn drawn(bytes: &str) -> String {
    let mut parts = bytes.split("\x1b[");
    let plain = parts.next().unwrap_or_default();
    let shown =
        parts.map(|part| part.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap_or_default());
    std::iter::once(plain).chain(shown).collect::<String>().replace(' ', "")
}

impl Drop for Cab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_operator_sees_both_languages_and_quits_with_one_key() {
    let mut cab = Cab::new("zh");
    cab.wait_for("割台高度");
    cab.wait_for("收割");
    assert!(cab.is_raw());
    cab.press("l");
    cab.wait_for("Header height");
    cab.press("x\u{1b}[A");
    cab.press("q");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

#[test]
fn control_c_and_signals_restore_the_terminal_too() {
    for way in ["^C", "TERM", "HUP", "INT", "QUIT"] {
        let mut cab = Cab::new("en");
        cab.wait_for("Ground speed");
        match way {
            "^C" => cab.press("\u{3}"),
            signal => {
                let pid = cab.child.id().to_string();
                assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
            }
        }
        assert_eq!(cab.end().code(), Some(0), "{way}");
        cab.check_restored();
    }
}

#[test]
fn the_end_of_the_data_is_told_and_waits_for_the_operator() {
    let mut cab = Cab::with("en", &["--seconds", "20"]);
    cab.wait_for("end of data: the figures below are the last ones");
    cab.press("q");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_terminal();
}

#[test]
fn a_terminal_that_has_gone_ends_the_program_and_not_the_record() {
    let mut cab = Cab::new("en");
    cab.wait_for("Ground speed");
    cab.hang_up();
    cab.end();
    cab.check_closed();
}

#[test]
fn a_terminal_that_nobody_reads_does_not_hold_the_program_up() {
    let mut cab = Cab::new("en");
    cab.wait_for("Ground speed");
    cab.stop_reading();
    // Its buffer fills, and drawing stops in the middle.
    std::thread::sleep(Duration::from_secs(10));
    let pid = cab.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    cab.end();
    cab.check_closed();
}
