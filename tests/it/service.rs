//! The service and its screens as processes of their own: the socket, signals, the lock, resuming, systemd.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::hash::sha256;
use crate::support::run::{Running, Sandbox, wait_for};
use ed25519_dalek::Signer;
use grainloss_core::harvest::{PanKind, PanOutcome};
use grainloss_core::pan_sample::GrainAmount;
use grainloss_core::record::EventRecord;
use grainloss_journal::Journal;
use grainloss_protocol::command::{CommandError, CommandReply, OperatorCommand, PanCount, SessionChoice};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::{Value, json};

/// A service without a combine, in a sandbox.
pub struct Service {
    pub sandbox: Sandbox,
    /// The journal, from the sandbox on.
    pub db: &'static str,
    pub child: Option<Running>,
}

impl Service {
    pub fn new() -> Self {
        Self { sandbox: Sandbox::new(), db: "j.sqlite", child: None }
    }

    pub fn socket(&self) -> PathBuf {
        self.sandbox.path("s.sock")
    }

    pub fn command(&self, more: &[&str]) -> Command {
        let mut args = vec!["demo", "--headless", "--service", "--db", self.db, "--socket", "s.sock"];
        args.extend(more);
        let mut command = self.sandbox.command(&args);
        let log = fs::File::options().append(true).create(true).open(self.sandbox.path("log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        command
    }

    pub fn start(&mut self, more: &[&str]) -> &mut Self {
        self.start_command(self.command(more))
    }

    pub fn start_command(&mut self, mut command: Command) -> &mut Self {
        self.child = Some(Running(command.spawn().unwrap()));
        let socket = self.socket();
        wait_for("the socket", || {
            let ended = self.child().try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", self.log());
            UnixStream::connect(&socket).ok().map(drop)
        });
        self
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child.as_mut().unwrap().0
    }

    pub fn signal(&mut self, signal: &str) {
        let pid = self.child().id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }

    /// Asks it to stop, and waits.
    pub fn stop(&mut self) {
        self.signal("TERM");
        let code = wait_for("its end", || self.child().try_wait().unwrap());
        assert_eq!(code.code(), Some(0), "{}", self.log());
        self.child = None;
    }

    pub fn kill(&mut self) {
        self.child = None;
    }

    /// What `watch --once` prints.
    pub fn look(&self) -> Value {
        let ended = self.sandbox.ok(&["watch", "--socket", "s.sock", "--once", "--format", "snapshot"]);
        serde_json::from_str(&ended.out).unwrap()
    }

    /// Waits until what is shown is so.
    pub fn shows(&self, what: &str, mut is: impl FnMut(&Value) -> bool) -> Value {
        wait_for(what, || Some(self.look()).filter(&mut is))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.sandbox.path("log")).unwrap_or_default()
    }

    pub fn screen(&self) -> Screen {
        let mut screen = Screen::connect(&self.socket());
        screen.greet(1);
        screen
    }

    pub fn journal(&self) -> Journal {
        Journal::open(&self.sandbox.path("j.sqlite")).unwrap()
    }
}

/// The other end of the socket, by hand: what goes over it is written down here as a screen of any language would.
pub struct Screen(pub UnixStream);

impl Screen {
    pub fn connect(path: &std::path::Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.set_write_timeout(Some(Duration::from_mins(1))).unwrap();
        Self(stream)
    }

    pub fn send(&mut self, message: &Value) {
        let bytes = rmp_serde::to_vec_named(message).unwrap();
        self.0.write_all(&u32::try_from(bytes.len()).unwrap().to_le_bytes()).unwrap();
        self.0.write_all(&bytes).unwrap();
    }

    pub fn greet(&mut self, protocol: u16) {
        self.send(&json!({"hello": {"protocol": protocol, "software": "a test", "pid": 1}}));
    }

    /// The next message; `None` when the connection has been closed.
    pub fn next(&mut self) -> Option<Value> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).ok()?;
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
        self.0.read_exact(&mut bytes).ok()?;
        Some(rmp_serde::from_slice(&bytes).unwrap())
    }

    pub fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().unwrap_or_else(|| panic!("closed before {kind}"));
            if let Some(found) = message.get(kind) {
                return found.clone();
            }
        }
    }

    /// True once the service has closed the connection; what it says before is why.
    pub fn told_and_closed(mut self) -> Option<String> {
        let mut why = None;
        while let Some(message) = self.next() {
            why = message.get("bye").map(|why| why.as_str().unwrap().to_owned()).or(why);
        }
        why
    }

    pub fn mark(&mut self, number: u64, mark: &OperatorCommand) -> CommandReply {
        self.send(&json!({"mark": [number, serde_json::to_value(mark).unwrap()]}));
        let answer = self.wait_for("answer");
        assert_eq!(answer[0], number);
        serde_json::from_value(answer[1].clone()).unwrap()
    }
}

/// `watch` in a terminal of 80×24.
struct Dashboard {
    child: Running,
    screen: fs::File,
    seen: Vec<u8>,
}

impl Dashboard {
    fn attach(service: &Service) -> Self {
        let operator = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&operator).unwrap();
        unlockpt(&operator).unwrap();
        let name = ptsname(&operator, Vec::new()).unwrap();
        let line = fs::File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        tcsetwinsize(&operator, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let side = || Stdio::from(line.try_clone().unwrap());
        let mut command = service.sandbox.command(&["watch", "--socket", "s.sock"]);
        command.env("TERM", "xterm-256color").stdin(side()).stdout(side()).stderr(side());
        Self { child: Running(command.spawn().unwrap()), screen: fs::File::from(operator), seen: Vec::new() }
    }

    /// Waits until this has been drawn, with whatever jumps between its words.
    fn wait_for(&mut self, text: &str) {
        let plain = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let mut parts = text.split("\x1b[");
            let first = parts.next().unwrap_or_default().to_owned();
            let rest =
                parts.map(|part| part.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap_or(""));
            std::iter::once(first.as_str()).chain(rest).collect::<String>().replace(' ', "")
        };
        let mut buffer = [0; 8192];
        while !plain(&self.seen).contains(&text.replace(' ', "")) {
            let drawn = PollFd::new(&self.screen, PollFlags::IN);
            let ready = poll(&mut [drawn], Some(&Timespec { tv_sec: 60, tv_nsec: 0 })).unwrap();
            let n = if ready > 0 { self.screen.read(&mut buffer).unwrap_or(0) } else { 0 };
            assert!(n > 0, "'{text}' never came; {}", plain(&self.seen));
            self.seen.extend_from_slice(&buffer[..n]);
        }
    }

    fn press(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).unwrap();
    }

    fn kill(&mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }
}

#[test]
fn a_dashboard_says_when_the_service_has_gone_and_finds_it_again() {
    let mut service = Service::new();
    service.start(&[]);
    let mut dashboard = Dashboard::attach(&service);
    dashboard.wait_for("Header height");
    service.kill();
    dashboard.wait_for("no connection to the service");
    dashboard.seen.clear();
    service.start(&[]);
    dashboard.wait_for("frames/s");
    dashboard.press("q");
    // A reader, so that what is drawn last does not hold it up.
    let mut buffer = [0; 8192];
    let code = wait_for("its end", || {
        let drawn = PollFd::new(&dashboard.screen, PollFlags::IN);
        if poll(&mut [drawn], Some(&Timespec { tv_sec: 0, tv_nsec: 1_000_000 })).unwrap() > 0 {
            let _ = dashboard.screen.read(&mut buffer);
        }
        dashboard.child.0.try_wait().unwrap()
    });
    assert_eq!(code.code(), Some(0));
    service.shows("the service goes on", |shown| shown["health"]["journal_error"].is_null());
    service.stop();
}

#[test]
fn two_screens_watch_and_the_death_of_one_is_nothing_to_the_service() {
    let mut service = Service::new();
    service.start(&[]);
    // It is there a moment before its mode is set.
    let mode = || fs::metadata(service.socket()).unwrap().permissions().mode() & 0o777;
    wait_for("its mode", || (mode() == 0o660).then_some(()));
    let mut screen = service.screen();
    let hello = screen.wait_for("hello");
    assert_eq!((&hello["protocol"], hello["pid"].as_u64()), (&json!(1), Some(u64::from(service.child().id()))));
    let first = screen.wait_for("snapshot");
    assert_eq!(first["session"]["source"], "demo");
    // Another one is a dashboard in a terminal, and is killed in the middle of its drawing.
    let mut dashboard = Dashboard::attach(&service);
    dashboard.wait_for("Header height");
    dashboard.kill();
    let stored = service.look()["health"]["journal_stored"].as_u64().unwrap();
    let now = screen.wait_for("snapshot");
    assert!(now["readings"]["t_us"].as_i64() > first["readings"]["t_us"].as_i64());
    service.shows("seconds stored", |shown| shown["health"]["journal_stored"].as_u64().unwrap() > stored);
    service.stop();
    assert!(!service.socket().exists(), "the socket goes with the service");
    assert_eq!(service.journal().sessions().unwrap()[0].end_reason.as_deref(), Some("stopped"));
}

#[test]
fn garbage_length_version_and_silence_close_one_connection_only() {
    let mut service = Service::new();
    service.start(&[]);
    let mut screen = service.screen();

    let mut garbage = service.screen();
    garbage.0.write_all(&[7, 0, 0, 0, 0xC1, 1, 2, 3, 4, 5, 6]).unwrap();
    assert!(garbage.told_and_closed().unwrap().contains("damaged"));

    let mut long = service.screen();
    long.0.write_all(&[0xFF, 0xFF, 0xFF, 0x7F]).unwrap();
    assert!(long.told_and_closed().unwrap().contains("2147483647 bytes"));

    let mut other = Screen::connect(&service.socket());
    other.greet(7);
    let why = other.told_and_closed().unwrap();
    assert!(why.contains("protocol 7") && why.contains('1'), "{why}");

    // Whoever may connect writes no line of the log, and none of what others are told.
    let mut liar = Screen::connect(&service.socket());
    liar.send(
        &json!({"hello": {"protocol": 7, "software": "x\nfake log line WARN all fine\u{1b}[31m\u{9b}", "pid": 1}}),
    );
    let why = liar.told_and_closed().unwrap();
    assert!(why.starts_with("x\\u000afake log line") && why.contains("\\u001b[31m\\u009b"), "{why}");

    let mut rude = Screen::connect(&service.socket());
    rude.send(&json!({"mark": [1, "acknowledge"]}));
    assert!(rude.told_and_closed().unwrap().contains("greeting"));

    let mut http = Screen::connect(&service.socket());
    http.0.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(http.told_and_closed().is_some());

    let mut half = service.screen();
    half.0.write_all(&[100, 0]).unwrap();
    drop(half);

    while screen.wait_for("snapshot")["readings"]["t_us"] == 0 {}
    assert_eq!(
        screen.mark(3, &OperatorCommand::Acknowledge),
        CommandReply::Refused(CommandError::NothingToAcknowledge)
    );
    let log = service.log();
    assert!(!log.lines().any(|line| line.starts_with("fake")) && !log.contains(['\u{1b}', '\u{9b}']), "{log}");
    service.stop();
}

#[test]
fn a_screen_that_reads_slowly_misses_snapshots_and_nobody_waits() {
    let mut service = Service::new();
    service.start(&[]);
    // Its socket buffers fill, and then the service has nowhere to put what is new.
    let mut slow = service.screen();
    let time = |screen: &mut Screen| screen.wait_for("snapshot")["readings"]["t_us"].as_i64().unwrap();
    let first = loop {
        let t_us = time(&mut slow);
        if t_us > 0 {
            break t_us;
        }
    };
    let mut quick = service.screen();
    let mut count = 0;
    let last = loop {
        let t_us = time(&mut quick);
        count += 1;
        // Far more than the buffers of a socket hold.
        if count >= 150 {
            break t_us;
        }
    };
    // What had been sent before comes first; after it, the newest and nothing between.
    let mut times = vec![first];
    while times[times.len() - 1] < last {
        times.push(time(&mut slow));
    }
    assert!(times.len() < count, "nothing was missed: {} of {count}", times.len());
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]));
    service.stop();
}

#[test]
fn no_network_port_is_opened() {
    let mut service = Service::new();
    service.start(&[]);
    service.screen().wait_for("snapshot");
    let pid = service.child().id();
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|fd| fs::read_link(fd.unwrap().path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|name| Some(name.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    assert!(!sockets.is_empty(), "the Unix socket at least");
    for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        let Ok(open) = fs::read_to_string(format!("/proc/{pid}/net/{table}")) else { continue };
        for line in open.lines().skip(1) {
            let inode = line.split_whitespace().nth(9).unwrap();
            assert!(!sockets.iter().any(|socket| socket == inode), "{table}: {line}");
        }
    }
    service.stop();
}

#[test]
fn the_second_service_on_a_journal_is_refused_with_the_pid_of_the_first() {
    let mut service = Service::new();
    service.start(&[]);
    let pid = service.child().id().to_string();
    let second = ["demo", "--headless", "--service", "--db", "j.sqlite", "--no-socket"];
    service.sandbox.refused(&second, &["j.sqlite", &format!("pid {pid}"), "--db"]);
    let run = ["run", "--iface", "can7", "--machine", "combine-demo", "--crop", "wheat", "--db", "j.sqlite"];
    service.sandbox.refused(&run, &["j.sqlite", &format!("pid {pid}")]);
    // However it ends, the next one may.
    service.kill();
    service.start(&[]);
    service.stop();
}

#[test]
fn a_journal_that_ends_in_the_future_is_not_gone_on_with() {
    let mut service = Service::new();
    // Ten times as fast as the wall clock: it ends ahead of it.
    service.start(&["--speed", "10"]);
    service.shows("two minutes stored", |shown| shown["health"]["journal_stored"].as_u64().unwrap() > 120);
    service.kill();
    assert_eq!(service.journal().session("1").unwrap().end_reason, None);
    service.start(&[]);
    service.shows("another session", |shown| shown["session"]["id"] == json!(2));
    service.stop();
}

#[test]
fn a_restart_goes_on_with_the_session_of_the_same_field_and_not_of_another() {
    let mut service = Service::new();
    service.start(&["--field", "东地"]);
    service.shows("seconds stored", |shown| shown["health"]["journal_stored"].as_u64().unwrap() >= 3);
    let started_us = service.look()["session"]["started_us"].clone();
    service.stop();
    let first = service.journal().session("1").unwrap();
    assert_eq!(first.end_reason.as_deref(), Some("stopped"));
    let duration = |totals: &Value| totals["duration_s"].as_f64().unwrap();

    // The same field, which is remembered.
    service.start(&[]);
    let before_s = duration(&first.totals().unwrap());
    let shown = service.shows("more seconds", |shown| duration(&shown["totals"]) > before_s);
    assert_eq!((&shown["session"]["id"], &shown["session"]["field"]), (&json!(1), &json!("东地")));
    assert_eq!(shown["session"]["started_us"], started_us);
    // Killed this time.
    service.kill();
    let open = service.journal().session("1").unwrap();
    assert_eq!(open.end_reason, None);
    service.start(&[]);
    let before = duration(&open.totals().unwrap());
    let again = service.shows("more than before", |shown| duration(&shown["totals"]) > before);
    assert_eq!(again["session"]["id"], 1);
    service.stop();
    let sessions = service.journal().sessions().unwrap();
    assert_eq!(sessions.len(), 1);
    let events = service.journal().events(1).unwrap();
    assert!(events.windows(2).all(|pair| pair[0].t_us <= pair[1].t_us));
    // Sealed after the first stop, gone on with twice, and sealed again over all of it.
    let verdict = service.journal().verify_session(1).unwrap();
    assert!(verdict.is_untouched() && verdict.sessions[0].signed && !verdict.sessions[0].open, "{verdict:?}");

    // Another field is another session.
    service.start(&["--field", "西地"]);
    assert_eq!(service.shows("a session", |shown| shown["session"]["id"] == json!(2))["session"]["field"], "西地");
    service.stop();
}

/// Signs the open minute of session 1 with the memory that it has now, as the program of that memory would have.
fn sign_open_minute(journal: &rusqlite::Connection, sandbox: &Sandbox) {
    let text = |sql: &str| journal.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let mut body: Value = serde_json::from_str(&text("SELECT body FROM open_minute")).unwrap();
    body["memory_sha256"] = sha256(text("SELECT memory FROM session")).into();
    let (body, key) = (body.to_string(), sandbox.text("device.key"));
    let seed = key.trim_end().rsplit(' ').next().unwrap();
    let seed: [u8; 32] = std::array::from_fn(|at| u8::from_str_radix(&seed[2 * at..2 * at + 2], 16).unwrap());
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed).sign(sha256(&body).as_bytes()).to_bytes();
    let signature: String = grainloss_core::data_file::hex(&signature);
    let sql = "UPDATE open_minute SET body = ?1, hash = ?2, signature = ?3";
    assert_eq!(journal.execute(sql, [&body, &sha256(&body), &signature]).unwrap(), 1);
}

/// In real time, since a session that ends in the future is not gone on with: it takes until the first crop has passed.
#[test]
fn what_pans_taught_and_those_that_wait_survive_a_kill() {
    let mut service = Service::new();
    service.start(&["--field", "东地"]);
    let mut screen = service.screen();
    service.shows("a loss", |shown| shown["totals"]["total_loss_kg"].is_object());
    let dropped = |screen: &mut Screen, kind| match screen.mark(1, &OperatorCommand::Drop { kind }) {
        CommandReply::Dropped(number) => number,
        other => panic!("{other:?}"),
    };
    let count = |drop, amount, shed_kernels_m2| OperatorCommand::Count {
        drop,
        count: PanCount {
            amount: GrainAmount::Kernels(amount),
            area_m2: 0.3,
            discharge_width_m: None,
            shed_kernels_m2,
        },
    };
    // One that falls while it cuts, however late this looks: one that does not is rejected, and the next is tried.
    let (pan, judged, waits, newest) = wait_for("a pan that was used", || {
        let [behind, front, another] =
            [PanKind::Rear, PanKind::Front, PanKind::Rear].map(|kind| dropped(&mut screen, kind));
        let CommandReply::Pan(pan) = screen.mark(2, &count(behind, 60.0, None)) else { panic!("counted") };
        assert_eq!(screen.mark(3, &OperatorCommand::Discard { drop: another }), CommandReply::Taken);
        let is_used = matches!(pan.entry.outcome, PanOutcome::Used { .. });
        if !is_used {
            assert_eq!(screen.mark(4, &OperatorCommand::Discard { drop: front }), CommandReply::Taken);
        }
        is_used.then_some((pan, another as usize / 3, front, another))
    });
    wait_for("the pan and its discarded neighbour on the disk", || {
        let events = service.journal().events(1).unwrap();
        let is_last = |event: &EventRecord| event.kind == "pan-discarded" && event.count == Some(i64::from(newest));
        events.iter().any(is_last).then_some(())
    });
    service.kill();

    // The same journal as another program would have left it: its filter has other states.
    let mut stranger = Service::new();
    for name in ["j.sqlite", "j.sqlite-wal", "j.sqlite.head", "j.remembered.toml", "device.key", "device.pub"]
        .iter()
        .filter(|name| service.sandbox.path(name).exists())
    {
        fs::copy(service.sandbox.path(name), stranger.sandbox.path(name)).unwrap();
    }
    let journal = rusqlite::Connection::open(stranger.sandbox.path("j.sqlite")).unwrap();
    let shorter = "UPDATE session SET memory = json_remove(memory, '$.learned.gains.mean[0]')";
    assert_eq!(journal.execute(shorter, []).unwrap(), 1);
    sign_open_minute(&journal, &stranger.sandbox);
    drop(journal);
    stranger.start(&[]);
    let shown = stranger.shows("the session", |shown| shown["session"]["id"] == json!(1));
    assert_eq!(shown["session"]["pans_forgotten"], json!(judged));
    assert!(stranger.log().contains(&format!("{judged} pans of the session")), "{}", stranger.log());
    stranger.stop();

    service.start(&["--speed", "20"]);
    let shown = service.shows("pans", |shown| shown["pans"].as_array().is_some_and(|pans| !pans.is_empty()));
    assert_eq!((&shown["session"]["id"], &shown["session"]["pans_forgotten"]), (&json!(1), &json!(0)));
    assert_eq!(shown["pans"].as_array().unwrap().len(), judged);
    assert_eq!(shown["pans"][judged - 1]["pan"]["t_us"], pan.entry.pan.t_us);
    // The drop that waited waits, with its number and its time; the next one gets a number of its own.
    let drops = shown["drops"].as_array().unwrap();
    assert_eq!((drops.len(), &drops[0]["id"], &drops[0]["kind"]), (1, &json!(waits), &json!("front")));
    // A drop needs the time of the bus.
    service.shows("bus time", |shown| shown["readings"]["t_us"].as_i64().unwrap() > 0);
    let mut screen = service.screen();
    assert_eq!(dropped(&mut screen, PanKind::Rear), newest + 1);
    // It is judged by what was known at its drop, before the kill.
    let CommandReply::Pan(front) = screen.mark(2, &count(waits, 60.0, Some(20.0))) else { panic!("counted") };
    assert!(matches!(front.entry.outcome, PanOutcome::Used { .. }), "{front:?}");
    // Cutting again it is calibrated without another pan behind; work beyond what the pan was taken under would not be.
    service.shows("a calibrated total", |shown| shown["totals"]["basis"] == json!("calibrated"));
    service.stop();
    let verdict = service.journal().verify_session(1).unwrap();
    assert!(verdict.is_untouched() && verdict.sessions[0].signed && !verdict.sessions[0].open, "{verdict:?}");
}

#[test]
fn sessions_are_ended_and_begun_from_a_screen() {
    let mut service = Service::new();
    service.start(&["--speed", "10"]);
    let mut screen = service.screen();
    service.shows("bus time", |shown| shown["readings"]["t_us"].as_i64().unwrap() > 0);
    let begin = |crop: &str, field: &str, limit: Option<&str>| {
        OperatorCommand::StartSession(SessionChoice {
            crop: Some(crop.to_owned()),
            field: Some(field.to_owned()),
            operator: None,
            limit: limit.map(str::to_owned),
        })
    };
    for (mark, why) in [
        (begin("triticale-of-mars", "a", None), CommandError::UnknownCrop),
        (begin("wheat", "", None), CommandError::BadName),
        (begin("wheat", "a", Some("no-such-limit")), CommandError::UnknownLimit),
    ] {
        assert_eq!(screen.mark(1, &mark), CommandReply::Refused(why));
    }
    assert_eq!(screen.mark(2, &begin("soybean", "北坡", Some("2.5"))), CommandReply::Taken);
    let shown = service.shows("the second session", |shown| shown["session"]["id"] == json!(2));
    assert_eq!((&shown["session"]["crop_id"], &shown["session"]["field"]), (&json!("soybean"), &json!("北坡")));
    assert_eq!(shown["session"]["limit"]["percent"], 2.5);
    assert_eq!(shown["session"]["choices"]["fields"], json!(["北坡"]));
    assert_eq!(screen.mark(3, &OperatorCommand::Operator("李四".to_owned())), CommandReply::Taken);
    service.shows("the operator", |shown| shown["session"]["operator"] == "李四");
    assert_eq!(screen.mark(4, &OperatorCommand::EndSession), CommandReply::Taken);
    // Work begins another one by itself, with the same choice.
    let third = service.shows("a session by work", |shown| shown["session"]["id"] == json!(3));
    assert_eq!((&third["session"]["crop_id"], &third["session"]["operator"]), (&json!("soybean"), &json!("李四")));
    service.stop();
    let sessions = service.journal().sessions().unwrap();
    let ends: Vec<_> = sessions.iter().map(|session| session.end_reason.as_deref().unwrap()).collect();
    assert_eq!(ends, ["new session", "closed", "stopped"]);
    assert_eq!(sessions[1].entered.field.as_deref(), Some("北坡"));
    assert_eq!(service.sandbox.text("j.remembered.toml").lines().next(), Some("crop = \"soybean\""));
}

#[test]
fn hours_without_work_close_the_session() {
    let mut service = Service::new();
    // The scenario stands for its first half minute: 0.001 h are 3.6 s.
    service.start(&["--idle-hours", "0.001", "--speed", "10"]);
    // What lasts is waited for: the time without a session may be over between two looks.
    service.shows("a session by work", |shown| shown["session"]["id"].as_i64() > Some(1));
    service.stop();
    let sessions = service.journal().sessions().unwrap();
    assert_eq!(sessions[0].end_reason.as_deref(), Some("idle"));
    let stood_us = sessions[1].started_us - sessions[0].last_us.unwrap();
    assert!(stood_us > 10_000_000, "no session while the machine stood, but {stood_us} µs");
}

/// One program that takes all places does not keep the others out.
#[test]
fn a_program_with_many_screens_gives_one_up_for_another_program() {
    let mut service = Service::new();
    service.start(&[]);
    // More than there is room for; those that are refused cannot be written to.
    let connect = |_| {
        let mut stream = UnixStream::connect(service.socket()).unwrap();
        let hello =
            rmp_serde::to_vec_named(&json!({"hello": {"protocol": 1, "software": "a test", "pid": 1}})).unwrap();
        let _ = stream.write_all(&u32::try_from(hello.len()).unwrap().to_le_bytes());
        let _ = stream.write_all(&hello);
        stream
    };
    let mut screens: Vec<UnixStream> = (0..40).map(connect).collect();
    wait_for("a refusal", || service.log().contains("is refused").then_some(()));
    wait_for("a place that is given up", || {
        // One place may have been free again.
        screens.push(connect(0));
        service.look();
        service.log().contains("all 32 places are taken").then_some(())
    });
    drop(screens);
    service.stop();
}

#[test]
fn a_machine_that_stands_has_no_session() {
    let mut service = Service::new();
    // Half a minute of standing lasts two and a half at this speed: no look comes too late.
    service.start(&["--idle-hours", "0.001", "--speed", "0.2"]);
    service.shows("a session", |shown| shown["session"]["id"] == 1);
    service.shows("no session", |shown| shown["session"]["id"].is_null());
    let ended = wait_for("its end", || service.journal().session("1").unwrap().end_reason);
    assert_eq!(ended, "idle");
    service.stop();
}

#[test]
fn hup_takes_a_good_profile_and_refuses_a_bad_one() {
    let mut service = Service::new();
    let profile = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/machines/combine-demo.toml")).unwrap();
    service.sandbox.write("my.toml", &profile);
    service.start(&["--machine", "my.toml"]);
    service.shows("a session", |shown| shown["session"]["id"] == 1);
    let reload = |shown: &Value| shown["health"]["reload"].clone();
    assert!(reload(&service.look()).is_null());
    service.sandbox.write("my.toml", profile.replace("[geometry]", "[geometrie]"));
    service.signal("HUP");
    let refused = service.shows("a reload", |shown| !reload(shown).is_null());
    let why = reload(&refused)["refused"].as_str().unwrap().to_owned();
    assert!(why.contains("my.toml") && why.contains("geometrie"), "{why}");
    assert!(service.log().contains("refused") && service.log().contains("geometrie"), "{}", service.log());
    let before = refused["readings"]["t_us"].as_i64().unwrap();
    service.shows("time goes on", |shown| shown["readings"]["t_us"].as_i64().unwrap() > before);
    let sources = |shown: &Value| shown["sources"].as_array().unwrap().len();
    let all = sources(&service.look());

    // One channel less is a good profile.
    let at = profile.find("name = \"engine.load\"").expect("the demo profile maps the load");
    let at = profile[..at].rfind("[[").unwrap();
    let end = profile[at + 2..].find("\n[[").map_or(profile.len(), |end| at + 2 + end);
    service.sandbox.write("my.toml", profile[..at].to_owned() + &profile[end..]);
    service.signal("HUP");
    service.shows("a good reload", |shown| reload(shown)["refused"].is_null() && sources(shown) < all);
    assert_eq!(service.look()["session"]["id"], 1, "the session goes on");
    service.stop();
    let events = service.journal().events(1).unwrap();
    let reloads: Vec<&str> = events.iter().filter(|event| event.kind == "reload").map(|event| &*event.id).collect();
    assert_eq!(reloads, ["refused", "taken"]);
}

#[test]
fn systemd_is_told_ready_alive_status_and_stopping() {
    let mut service = Service::new();
    let path = service.sandbox.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut command = service.command(&[]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000000");
    service.start_command(command);
    let mut told = Vec::new();
    let mut until = |what: &str, socket: &UnixDatagram| loop {
        let mut buffer = [0; 4096];
        let n = socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{what}: {error}"));
        let text = String::from_utf8(buffer[..n].to_vec()).unwrap();
        told.push(text.clone());
        if text.contains(what) {
            return text;
        }
    };
    until("READY=1", &socket);
    until("WATCHDOG=1", &socket);
    // The session begins with its first second.
    until("STATUS=session 1, wheat", &socket);
    until("WATCHDOG=1", &socket);
    // A loop that hangs is not alive: the whole process is stopped, and systemd hears nothing.
    service.signal("TERM");
    until("STOPPING=1", &socket);
    assert!(wait_for("its end", || service.child().try_wait().unwrap()).success());
    assert_eq!(told.iter().filter(|text| text.contains("READY=1")).count(), 1, "{told:?}");
}

#[test]
fn what_lies_beside_the_journal_names_people_to_owner_and_group_only() {
    let mut service = Service::new();
    // A file that an earlier version left readable by all is replaced, and so is what a killed run left.
    fs::create_dir_all(service.sandbox.path("deep")).unwrap();
    service.sandbox.write("deep/j.remembered.toml", "operator = \"老王\"\n");
    service.sandbox.write("deep/j.remembered.toml.new", "operator");
    let args = ["demo", "--headless", "--service", "--db", "deep/j.sqlite", "--socket", "s.sock", "--operator", "老王"];
    let mut command = service.sandbox.command(&args);
    command.args(["--capture", "--field", "F"]).stdout(Stdio::null()).stderr(Stdio::null());
    service.start_command(command);
    service.shows("a second", |seen| seen["readings"]["t_us"] != 0);
    service.stop();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in fs::read_dir(service.sandbox.path("deep")).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let most = match &*name {
            "device.key" => 0o600,
            "j-raw" => 0o750,
            // Holds a process number.
            "j.sqlite.lock" => 0o664,
            _ => 0o640,
        };
        assert_eq!(mode(&file) & !most, 0, "{name}: {:o}", mode(&file));
    }
    assert!(service.sandbox.text("deep/j.remembered.toml").contains("老王"));
    // Folders that are made on the way are closed to others as well.
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "1", "--db", "new/er/j.sqlite"]);
    assert_eq!((mode(&sandbox.path("new")) & 0o027, mode(&sandbox.path("new/er")) & 0o027), (0, 0));
    // Texts that name people are written like reports.
    sandbox.ok(&["session", "proof", "1", "--db", "new/er/j.sqlite", "--out", "p.json"]);
    assert_eq!(mode(&sandbox.path("p.json")) & 0o137, 0);
}

#[test]
fn without_a_service_watch_says_so() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["watch", "--socket", "none.sock", "--once"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("none.sock") && ended.err.contains("grainloss run"), "{}", ended.err);
    // What a killed service left behind is nobody, and no obstacle.
    drop(std::os::unix::net::UnixListener::bind(sandbox.path("stale.sock")).unwrap());
    assert_eq!(sandbox.run(&["watch", "--socket", "stale.sock", "--once"]).code, Some(1));
    sandbox.write("file.sock", "no socket");
    let args = ["demo", "--headless", "--db", "j.sqlite", "--seconds", "1", "--socket"];
    sandbox.ok(&[&args[..], &["stale.sock"]].concat());
    sandbox.refused(&[&args[..], &["file.sock"]].concat(), &["file.sock", "no socket"]);
    assert_eq!(sandbox.text("file.sock"), "no socket");
}
