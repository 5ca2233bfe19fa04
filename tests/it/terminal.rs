//! The dashboard in a real pseudo-terminal: what the operator sees, the keys, and the ways out.
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
const PASTE_AS_KEYS: &str = "\x1b[?2004l";
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";
/// Every screen ends with the cursor hidden again.
const SCREEN_ENDS: &[u8] = b"\x1b[?25l";

/// A demo in a terminal of 80×24.
pub(crate) struct Cab {
    pub(crate) folder: tempfile::TempDir,
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
        Self::at_home(tempfile::tempdir().unwrap(), "xterm-256color", lang, more)
    }

    /// With the preferences in this folder, on this kind of terminal.
    fn at_home(folder: tempfile::TempDir, term: &str, lang: &str, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
        command
            .args(["--lang", lang, "demo", "--driven", "0", "--speed", "20", "--db"])
            .arg(folder.path().join("j.sqlite"))
            .args(more);
        Self::spawn(folder, term, command)
    }

    pub(crate) fn spawn(folder: tempfile::TempDir, term: &str, mut command: Command) -> Self {
        let operator = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&operator).unwrap();
        unlockpt(&operator).unwrap();
        let name = ptsname(&operator, Vec::new()).unwrap();
        let line = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        tcsetwinsize(&operator, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let before = tcgetattr(&line).unwrap();
        let side = || Stdio::from(line.try_clone().unwrap());
        let child = command
            .env("TERM", term)
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_STATE_HOME", folder.path())
            .env_remove("COLORTERM")
            .env_remove("NO_COLOR")
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
    pub(crate) fn wait_for(&self, text: &str) {
        let began = Instant::now();
        while !drawn(&self.text()).contains(&drawn(text)) {
            assert!(began.elapsed() < DEADLINE, "'{text}' never came");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How often a text has been drawn.
    fn times(&self, text: &str) -> usize {
        drawn(&self.text()).matches(&drawn(text)).count()
    }

    /// Waits until a text has been drawn so often.
    fn wait_for_times(&self, text: &str, times: usize) {
        let began = Instant::now();
        while self.times(text) < times {
            assert!(began.elapsed() < DEADLINE, "'{text}' came {} times, not {times}", self.times(text));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The lines of the terminal as the last whole screen left them: a screen that is half drawn is no screen.
    fn lines(&self) -> Vec<String> {
        let mut terminal = vt100::Parser::new(24, 80, 0);
        let seen = self.seen.lock().unwrap();
        if let Some(at) = seen.windows(SCREEN_ENDS.len()).rposition(|bytes| bytes == SCREEN_ENDS) {
            terminal.process(&seen[..at]);
        }
        terminal.screen().rows(0, 80).collect()
    }

    /// Waits until the terminal shows this on a line, and gives all of them.
    pub(crate) fn wait_for_line(&self, line: usize, text: &str) -> Vec<String> {
        self.wait_for_lines(&format!("'{text}' on line {line}"), |lines| lines[line].contains(text))
    }

    /// Waits until the lines of the terminal are so. What is waited for has to last: nobody knows when this looks.
    pub(crate) fn wait_for_lines(&self, what: &str, are: impl Fn(&[String]) -> bool) -> Vec<String> {
        let began = Instant::now();
        loop {
            let lines = self.lines();
            if are(&lines) {
                return lines;
            }
            assert!(began.elapsed() < DEADLINE, "{what} never came:\n{}", lines.join("\n"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
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

    pub(crate) fn end(&mut self) -> ExitStatus {
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

    pub(crate) fn check_terminal(&self) {
        let began = Instant::now();
        while !self.text().contains(LEAVE_ALTERNATE_SCREEN) {
            assert!(began.elapsed() < DEADLINE, "the screen was not given back");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(self.text().contains(PASTE_AS_KEYS), "pasted text comes as it did before");
        let text = self.text();
        assert!(text.rfind(MOUSE_OFF) >= text.rfind(MOUSE_ON), "the mouse is the terminal's own again");
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
fn both_languages_are_shown_and_one_key_quits() {
    let mut cab = Cab::new("zh");
    cab.wait_for("割台高度");
    cab.wait_for("收割");
    assert!(cab.is_raw());
    cab.press("l");
    cab.wait_for("Header height");
    cab.press("x\u{1b}[A");
    cab.press("qq");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

/// Taps come as a terminal reports them: button, column and row from 1 on.
#[test]
fn a_tap_opens_a_screen_the_wheel_scrolls_and_leaving_asks() {
    let mut cab = Cab::new("en");
    cab.wait_for_line(15, "Header height");
    assert!(cab.text().contains(MOUSE_ON));
    // The digits; then "esc main" at the left of the last line but one.
    cab.press("\u{1b}[<0;5;6M\u{1b}[<0;5;6m");
    cab.wait_for_line(2, "loss budget");
    cab.press("\u{1b}[<0;3;23M\u{1b}[<0;3;23m");
    cab.wait_for_line(15, "Header height");
    cab.press("?");
    cab.wait_for_line(2, "lines below");
    cab.press("\u{1b}[<65;5;6M");
    cab.wait_for_line(2, "↑");
    cab.press("?");
    cab.wait_for_line(15, "Header height");
    // One key asks, another one stays.
    cab.press("q");
    cab.wait_for_line(22, "Quitting ends this session");
    cab.press("n");
    cab.wait_for_line(22, "esc main");
    // Off in the settings: it is given back at once.
    cab.press("s\u{1b}[B\u{1b}[B\u{1b}[B\u{1b}[B\u{1b}[B\r");
    cab.wait_for_line(8, "off");
    let began = Instant::now();
    while !cab.text().contains(MOUSE_OFF) {
        assert!(began.elapsed() < DEADLINE, "the mouse is not given back");
        std::thread::sleep(Duration::from_millis(20));
    }
    cab.press("q\r");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

#[test]
fn control_c_and_signals_restore_the_terminal() {
    for way in ["^C", "TERM", "HUP", "INT", "QUIT"] {
        let mut cab = Cab::new("en");
        cab.wait_for("Speed (goal)");
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
fn panic_restores_the_terminal_before_its_message() {
    // This test's own program, with a thread behind the dashboard that panics.
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--ignored",
        "--exact",
        "terminal::the_loop_behind_a_dashboard_panics",
        "--nocapture",
        "--test-threads",
        "1",
    ]);
    let mut cab = Cab::spawn(tempfile::tempdir().unwrap(), "xterm-256color", command);
    cab.wait_for("Header height");
    assert!(cab.is_raw());
    cab.press("l");
    assert!(cab.end().success());
    cab.check_terminal();
    let text = cab.text();
    let (before, _) = text.split_once("wrong on purpose").unwrap();
    assert!(before.contains(LEAVE_ALTERNATE_SCREEN), "the message stands where it can be read");
}

#[test]
#[ignore = "the child of the test before"]
fn the_loop_behind_a_dashboard_panics() {
    let (sender, mut snapshots) = tokio::sync::watch::channel(grainloss::service::snapshot_before_contact());
    let (marks, _inbox) = grainloss_protocol::command::channel();
    let looper = std::thread::spawn(move || {
        let state = std::path::PathBuf::from(std::env::var_os("XDG_STATE_HOME").unwrap());
        // The key that the operator presses is written down: until then the dashboard stands.
        while !state.join("grainloss/screen.toml").exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _sender = sender;
        panic!("wrong on purpose");
    });
    let words = grainloss_knowledge::Words::new(grainloss_knowledge::Lang::En);
    let stop = AtomicBool::new(false);
    let state = std::path::PathBuf::from(std::env::var_os("XDG_STATE_HOME").unwrap());
    let remembered = grainloss_tui::Remembered::from_file(state.join("grainloss/screen.toml"));
    grainloss_tui::show(&mut snapshots, &marks, words, remembered, &stop).unwrap();
    assert!(looper.join().is_err());
}

#[test]
fn chinese_names_can_be_typed_and_pasted_text_is_not_keys() {
    let mut cab = Cab::new("zh");
    cab.wait_for_line(15, "割台高度");
    // Pasted where no name is asked for: not one letter of it is a key.
    cab.press("\u{1b}[200~qqq\u{1b}[201~");
    cab.press("o");
    cab.wait_for_line(21, "输入名称");
    cab.press("张");
    cab.press("\u{1b}[200~三q\n李四\u{1b}[201~");
    cab.wait_for_line(10, "张三q_");
    cab.press("\u{7f}\r");
    cab.wait_for_line(17, "机手: 张三");
    cab.press("\u{3}");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
    let journal = rusqlite::Connection::open(cab.folder.path().join("j.sqlite")).unwrap();
    let named = "SELECT value FROM fact WHERE item = 'operator'";
    assert_eq!(journal.query_row(named, [], |row| row.get::<_, String>(0)).unwrap(), "张三");
}

#[test]
fn end_of_data_is_shown_until_the_operator_quits() {
    let mut cab = Cab::with("en", &["--seconds", "20"]);
    cab.wait_for("end of data: the figures below are the last ones");
    cab.press("q");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_terminal();
}

#[test]
fn closed_terminal_ends_the_program_and_closes_the_session() {
    let mut cab = Cab::new("en");
    cab.wait_for("Speed (goal)");
    cab.hang_up();
    cab.end();
    cab.check_closed();
}

#[test]
fn terminal_that_is_not_read_does_not_block_the_program() {
    let mut cab = Cab::new("en");
    cab.wait_for("Speed (goal)");
    cab.stop_reading();
    // Its buffer fills, and drawing stops in the middle.
    std::thread::sleep(Duration::from_secs(10));
    let pid = cab.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    cab.end();
    cab.check_closed();
}

#[test]
fn alarm_acknowledged_on_another_screen_stays_active() {
    // The left shoe plate dies at 300 s.
    let mut cab = Cab::with("en", &["--scenario", "wheat-dead-plate", "--seed", "4"]);
    // On the list of the alarms it stands as long as the fault does, whatever else comes and goes above it.
    cab.press("w");
    cab.wait_for_line(2, "alarms and sounds");
    let fault = "loss sensor counts wrong or none: cleaning left";
    let lines = cab.wait_for_lines("the fault", |lines| lines.iter().any(|line| line.contains(fault)));
    assert!(!lines.iter().any(|line| line.contains(fault) && line.contains("[seen]")), "{}", lines.join("\n"));
    cab.press(" ");
    cab.wait_for_lines("the fault, seen", |lines| {
        lines[3..9].iter().any(|line| line.contains(fault) && line.contains("[seen]"))
    });
    cab.press("qq");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

#[test]
fn pan_is_dropped_counted_and_evaluated() {
    let mut cab = Cab::new("en");
    // A loss is known: the machine cuts, and what it loses is remembered.
    cab.wait_for_line(3, "–");
    cab.press("p");
    cab.wait_for_line(2, "pans");
    // One that falls in a turn is not used, and another is dropped: how fast this looks is the computer's affair.
    let lines = (1..)
        .find_map(|attempt| {
            cab.press("d");
            cab.wait_for(&format!("pan {attempt} stamped"));
            cab.wait_for_line(4, &format!("pan {attempt}  behind"));
            cab.press("142");
            cab.wait_for_line(11, "This pan: ");
            cab.press("\r");
            cab.wait_for_times("pan entered", attempt);
            let lines = cab.wait_for_line(4, "no pan waits");
            lines[13].contains(" times the estimate (used").then_some(lines)
        })
        .unwrap();
    assert!(lines[14].starts_with(" session ") && lines[14].contains(" → "), "{}", lines.join("\n"));
    cab.wait_for_line(17, " x expected");
    // Nothing is entered twice.
    cab.press("5");
    cab.wait_for_line(22, "esc main");
    cab.press("\r");
    cab.wait_for_line(22, "no pan waits to be counted");
    cab.press("\u{1b}");
    cab.wait_for_line(5, "rear calibrated");
    cab.press("qq");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

#[test]
fn preferences_are_restored_at_the_next_start() {
    let mut cab = Cab::new("zh");
    cab.wait_for_line(15, "割台高度");
    cab.press("l");
    cab.wait_for_line(15, "Header height");
    cab.press("u");
    cab.wait_for_line(22, "esc main");
    cab.press("qq");
    cab.end();
    let folder = std::mem::replace(&mut cab.folder, tempfile::tempdir().unwrap());
    let kept = std::fs::read_to_string(folder.path().join("grainloss/screen.toml")).unwrap();
    assert!(kept.contains("language = \"en\"") && kept.contains("units = \"bu-ac\""), "{kept}");
    std::fs::remove_file(folder.path().join("j.sqlite")).unwrap();
    let cab = Cab::at_home(folder, "xterm-256color", "zh", &[]);
    cab.wait_for_line(4, "bu/ac");
}

#[test]
fn linux_console_gets_ascii_and_no_terminal_is_queried() {
    let mut cab = Cab::at_home(tempfile::tempdir().unwrap(), "linux", "zh", &[]);
    cab.wait_for_line(3, "Total loss");
    cab.press("m");
    cab.wait_for_line(2, "machine and bus");
    let bytes = cab.seen.lock().unwrap().clone();
    assert!(bytes.is_ascii());
    // Questions to the terminal: cursor, attributes, keyboard, colours.
    let text = String::from_utf8(bytes).unwrap();
    for question in ["\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?u", "\x1b]10;?", "\x1b]11;?"] {
        assert!(!text.contains(question), "{question:?}");
    }
    assert!(!text.contains("38;2;") && !text.contains("48;2;"), "no colours beyond the palette");
    cab.press("qq");
    cab.end();
}

#[test]
fn window_can_be_resized_at_any_time() {
    let mut cab = Cab::new("en");
    cab.wait_for("Speed (goal)");
    for (columns, rows) in [(40, 10), (39, 9), (200, 60), (1, 1), (79, 24), (80, 23), (80, 24)] {
        tcsetwinsize(&cab.line, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let pid = cab.child.id().to_string();
        assert!(Command::new("kill").args(["-WINCH", &pid]).status().unwrap().success());
        // It answers a key, so it lives.
        let before = cab.seen.lock().unwrap().len();
        cab.press("?");
        cab.press("?");
        let began = Instant::now();
        while cab.seen.lock().unwrap().len() == before {
            assert!(began.elapsed() < DEADLINE, "{columns}×{rows}: nothing is drawn");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    cab.press("qq");
    assert_eq!(cab.end().code(), Some(0));
    cab.check_restored();
}

/// The demo opens in the middle of a morning: with pans behind it, a loss that has a figure, and nothing in the red.
#[test]
fn the_demo_opens_in_the_middle_of_a_morning_and_its_driver_is_not_in_the_red() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
    command.args(["--lang", "zh", "demo", "--db"]).arg(folder.path().join("j.sqlite"));
    let cab = Cab::spawn(folder, "xterm-256color", command);
    shows(&cab, "全国指导意见");
    let shown = cab.lines().join("\n");
    // Ten o'clock and 52 minutes, in the time zone of the computer; what was done is in the totals.
    assert!(shown.contains(":52:"), "{shown}");
    assert!(shown.contains("已标定,取样"), "{shown}");
    // The figure is in the red where it is above the limit; the words beside it say so.
    for alarming in ["▲ 超过限值", "△ 可能超过限值"] {
        assert!(!shown.contains(alarming), "{alarming}: {shown}");
    }
}

/// Waits until the terminal shows this.
fn shows(cab: &Cab, text: &str) {
    let began = Instant::now();
    while !cab.lines().iter().any(|line| line.contains(text)) {
        assert!(began.elapsed() < DEADLINE, "'{text}' is not shown: {:#?}", cab.lines());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A learner drives by keys; the dashboard's own keys stay what they are, and a line says which keys are on.
#[test]
fn a_learner_drives_by_keys_sees_the_dashboard_and_gets_the_lesson_at_the_end() {
    for (lang, words) in [
        ("zh", ["按 e 接合脱粒", "已接合", "车速 设 1.1", "已放下", "驾驶键停用", "驾驶训练成绩", "不评分"]),
        (
            "en",
            [
                "Press e",
                "thresher on",
                "speed set 1.1",
                "header down",
                "its keys are off",
                "Driving lesson",
                "not judged",
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
        command.args(["--lang", lang, "train", "--trainee", "Li", "--db"]).arg(folder.path().join("j.sqlite"));
        let mut cab = Cab::spawn(folder, "xterm-256color", command);
        let [engage, on, speed, lowered, off, lesson, judged] = words;
        shows(&cab, engage);
        cab.press("e");
        shows(&cab, on);
        for _ in 0..3 {
            cab.press("\x1b[A");
        }
        shows(&cab, speed);
        cab.press("g");
        shows(&cab, lowered);
        cab.press("\t");
        shows(&cab, off);
        cab.press("\t");
        cab.press("qq");
        cab.wait_for(lesson);
        cab.wait_for(judged);
    }
}
