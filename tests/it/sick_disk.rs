//! The service on a disk that is full, read-only, slow, locked or taken away: the estimate, the screens and the alarms go on,
//! it is said, and storing begins by itself.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::service::Service;
use crate::support::db::{assert_contiguous, assert_sound, open, times_us, value};
use crate::support::run::wait_for;
use grainloss_protocol::command::{CommandReply, OperatorCommand, SessionChoice};
use rusqlite::Connection;
use serde_json::{Value, json};

fn error(shown: &Value) -> Option<&str> {
    shown["health"]["journal_error"].as_str()
}

fn stored(shown: &Value) -> u64 {
    shown["health"]["journal_stored"].as_u64().unwrap()
}

fn t_us(shown: &Value) -> i64 {
    shown["readings"]["t_us"].as_i64().unwrap()
}

fn times_told(shown: &Value, kind: &str, id: &str) -> usize {
    shown["timeline"].as_array().unwrap().iter().filter(|event| event["kind"] == kind && event["id"] == id).count()
}

/// The estimate runs, nothing is stored, and this is said of it.
fn runs_unstored(service: &Service, why: &str) {
    let first = service.shows(why, |shown| t_us(shown) > 0 && error(shown).is_some_and(|error| error.contains(why)));
    service.shows("time goes on", |shown| t_us(shown) > t_us(&first) + 1_000_000 && shown["estimate"].is_object());
    assert!(first["session"]["id"].is_null(), "{}", first["session"]["id"]);
    assert_eq!(stored(&first), 0);
}

/// Storing has begun by itself, with every second since the start.
fn was_stored_from_the_start(service: &mut Service, session: i64) {
    let shown = service.shows("seconds stored", |shown| stored(shown) > 3 && error(shown).is_none());
    assert_eq!(shown["session"]["id"], session);
    service.stop();
    let journal = open(&service.sandbox.path(service.db));
    assert_sound(&journal);
    let times = times_us(&journal, session);
    assert_contiguous(&times);
    let began: i64 = value(&journal, &format!("SELECT started_us FROM session WHERE id = {session}"), &[]);
    // A journal that cannot be opened yet is waited for a second or two, and the session begins then.
    assert!(times[0] - began < 8_000_000, "the first second is {} µs after the start", times[0] - began);
}

/// A small file system of its own; unmounted at the end. `None` where none may be mounted.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(path: &Path) -> Option<Self> {
        fs::create_dir(path).unwrap();
        let args = ["-t", "tmpfs", "-o", "size=3m", "tmpfs"];
        let mounted = Command::new("mount").args(args).arg(path).output().is_ok_and(|ended| ended.status.success());
        mounted.then(|| Self(path.to_owned()))
    }

    fn remount(&self, how: &str) {
        let option = format!("remount,{how}");
        assert!(Command::new("mount").args(["-o", &option]).arg(&self.0).status().unwrap().success());
    }

    fn fill(&self) {
        let zeros = [0; 1024];
        let mut file = fs::File::create(self.0.join("fill")).unwrap();
        while std::io::Write::write_all(&mut file, &zeros).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.join("fill")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_or_read_only_disk_keeps_no_service_from_starting() {
    let mut service = Service::new();
    let Some(disk) = SmallDisk::mount(&service.sandbox.path("fs")) else {
        println!("SKIPPED: no file system may be mounted here");
        return;
    };
    // Without a journal and a lock file there.
    disk.fill();
    service.db = "fs/j.sqlite";
    service.start(&[]);
    runs_unstored(&service, "full");
    disk.free();
    was_stored_from_the_start(&mut service, 1);
    // With both, for another field: a session must be begun.
    disk.fill();
    service.start(&["--field", "other"]);
    runs_unstored(&service, "fs/j.sqlite");
    disk.free();
    was_stored_from_the_start(&mut service, 2);
    disk.remount("ro");
    service.start(&["--field", "third"]);
    runs_unstored(&service, "fs/j.sqlite");
    disk.remount("rw");
    was_stored_from_the_start(&mut service, 3);
}

#[test]
fn a_folder_at_the_journals_path_keeps_no_service_from_starting() {
    let mut service = Service::new();
    fs::create_dir(service.sandbox.path("j.sqlite")).unwrap();
    service.start(&[]);
    runs_unstored(&service, "not a file's name");
    fs::remove_dir(service.sandbox.path("j.sqlite")).unwrap();
    was_stored_from_the_start(&mut service, 1);
}

#[test]
fn a_limit_of_file_sizes_is_no_death() {
    let mut service = Service::new();
    let inner = service.command(&["--speed", "50"]);
    let mut command = service.sandbox.program("sh", &["-c", "ulimit -f 420; exec \"$0\" \"$@\""]);
    command.arg(inner.get_program()).args(inner.get_args());
    let log = fs::File::create(service.sandbox.path("log")).unwrap();
    command.stdout(std::process::Stdio::null()).stderr(log);
    service.start_command(command);
    let refused = service.shows("a refusal", |shown| error(shown).is_some());
    service.shows("time goes on", |shown| t_us(shown) > t_us(&refused) + 10_000_000);
    service.signal("TERM");
    let code = wait_for("its end", || service.child().try_wait().unwrap());
    assert_eq!(code.code(), Some(1), "what was lost is told: {}", service.log());
    assert!(service.log().contains("records lost"), "{}", service.log());
}

#[test]
fn a_damaged_version_field_costs_neither_the_service_nor_the_journal() {
    for bit in [1, 4, 8, 128] {
        let mut service = Service::new();
        service.sandbox.ok(&["demo", "--headless", "--seconds", "30", "--db", "j.sqlite"]);
        let mut bytes = service.sandbox.bytes("j.sqlite");
        // The lowest byte of `user_version` (SQLite's file format, chapter 1.3).
        bytes[63] ^= bit;
        service.sandbox.write("j.sqlite", &bytes);
        service.start(&[]);
        was_stored_from_the_start(&mut service, 2);
        assert_eq!(times_us(&open(&service.sandbox.path("j.sqlite")), 1).len(), 30, "bit {bit}");
        service.sandbox.ok(&["verify", "2", "--db", "j.sqlite"]);
    }
}

#[test]
fn a_taken_socket_keeps_no_service_from_starting() {
    let mut service = Service::new();
    let other = UnixListener::bind(service.socket()).unwrap();
    let child = service.command(&[]).spawn().unwrap();
    service.child = Some(crate::support::run::Running(child));
    let path = service.sandbox.path("j.sqlite");
    wait_for("seconds", || Some(crate::support::db::samples_so_far(&path)).filter(|n| *n > 2));
    assert!(service.log().contains("another service listens here"), "{}", service.log());
    assert!(service.socket().exists(), "the other's socket stays");
    drop(other);
    wait_for("the socket", || service.log().contains("screens can attach now").then_some(()));
    service.shows("a screen", |shown| stored(shown) > 2);
    service.stop();
}

/// The times of the newest session: a number is not used again in a new file.
fn newest_times(journal: &Connection) -> Vec<i64> {
    times_us(journal, value(journal, "SELECT max(id) FROM session", &[]))
}

#[test]
fn a_journal_removed_renamed_or_replaced_is_told_and_a_new_one_begun() {
    let mut service = Service::new();
    let path = service.sandbox.path("j.sqlite");
    service.start(&[]);
    let lost = |shown: &Value| shown["health"]["journal_lost"].as_u64().unwrap();
    service.shows("seconds", |shown| stored(shown) >= 3);

    fs::remove_file(&path).unwrap();
    service.shows("the removal", |shown| lost(shown) >= 3);
    let anew = service.shows("seconds in the new file", |shown| stored(shown) >= 2 && error(shown).is_none());
    assert!(times_told(&anew, "journal", "removed") > 0);
    assert!(newest_times(&open(&path)).len() >= 2);

    fs::rename(&path, service.sandbox.path("k.sqlite")).unwrap();
    let before = lost(&anew);
    service.shows("the renaming", |shown| lost(shown) > before);
    service.shows("seconds in the third file", |shown| stored(shown) >= 2 && error(shown).is_none());
    // Whoever has it finds all of it in it.
    let kept = open(&service.sandbox.path("k.sqlite"));
    assert_sound(&kept);
    assert!(newest_times(&kept).len() >= 2);

    service.sandbox.write("victim", "precious");
    fs::remove_file(&path).unwrap();
    symlink(service.sandbox.path("victim"), &path).unwrap();
    service.shows("the link", |shown| stored(shown) == 0 && error(shown).is_some_and(|why| why.contains("symbolic")));
    fs::remove_file(&path).unwrap();
    service.shows("seconds in the fourth file", |shown| stored(shown) >= 2 && error(shown).is_none());
    assert_eq!(service.sandbox.text("victim"), "precious");

    service.signal("TERM");
    let code = wait_for("its end", || service.child().try_wait().unwrap());
    assert_eq!(code.code(), Some(1), "what was lost is told at the end as well: {}", service.log());
    let journal = open(&path);
    assert_sound(&journal);
    assert_contiguous(&newest_times(&journal));
}

#[test]
fn each_removal_of_the_capture_folder_is_told_and_a_new_file_begun() {
    let mut service = Service::new();
    service.start(&["--capture", "--speed", "10"]);
    let folder = service.sandbox.path("j-raw");
    let size = || fs::metadata(folder.join("session-000001.log.zst")).map_or(0, |found| found.len());
    wait_for("frames", || (size() > 0).then_some(()));
    for _ in 0..3 {
        // The next removal comes as soon as there is a file again: each is recorded.
        fs::rename(&folder, service.sandbox.path("gone")).unwrap();
        fs::remove_dir_all(service.sandbox.path("gone")).unwrap();
        wait_for("frames in the new file", || (size() > 0).then_some(()));
    }
    service.shows("the removals", |shown| times_told(shown, "capture", "removed") == 3);
    service.stop();
    assert!(service.log().contains("frames lost"), "{}", service.log());
    let sql = "SELECT lost > 0 AND frames > 0 FROM capture WHERE session = 1";
    assert!(value::<bool>(&open(&service.sandbox.path("j.sqlite")), sql, &[]));
}

/// Holds the database as another program may, until it is dropped.
fn held(path: &Path) -> Connection {
    let holder = Connection::open(path).unwrap();
    holder.busy_timeout(Duration::from_mins(1)).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    holder
}

#[test]
#[allow(clippy::disallowed_methods, reason = "how long the loop stands is a matter of the wall clock")]
fn the_loop_does_not_wait_while_another_program_holds_the_database_for_20_s() {
    let mut service = Service::new();
    service.start(&[]);
    service.shows("seconds", |shown| stored(shown) >= 2);
    let mut screen = service.screen();
    let holder = held(&service.sandbox.path("j.sqlite"));
    let choice = SessionChoice { field: Some("another".to_owned()), ..SessionChoice::default() };
    screen.send(&json!({"mark": [7, serde_json::to_value(OperatorCommand::StartSession(choice)).unwrap()]}));
    let (mut answer, mut longest_us, mut before, began) = (None, 0, None, Instant::now());
    while began.elapsed() < Duration::from_secs(20) {
        let message = screen.next().expect("the service goes on");
        if let Some(found) = message.get("answer") {
            answer = Some(found.clone());
        } else if let Some(shown) = message.get("snapshot") {
            // The simulated bus keeps time: a loop that stands shows nothing meanwhile.
            longest_us = longest_us.max(before.map_or(0, |before: Instant| before.elapsed().as_micros()));
            before = Some(Instant::now());
            assert!(shown["session"]["id"].is_null() || shown["session"]["id"] == 1);
        }
    }
    println!("the longest time between two snapshots: {longest_us} µs");
    // A loop that waits would show nothing for as long as the lock is held.
    assert!(longest_us < 5_000_000, "{longest_us} µs between two snapshots");
    let reply: CommandReply = serde_json::from_value(answer.expect("an answer within 20 s")[1].clone()).unwrap();
    assert_eq!(reply, CommandReply::Taken);
    let shown = service.shows("it is said", |shown| error(shown).is_some());
    assert_eq!(shown["session"]["field"], "another");
    drop(holder);
    was_stored_from_the_start(&mut service, 2);
    // The end of the first waited as well.
    let journal = open(&service.sandbox.path("j.sqlite"));
    assert_contiguous(&times_us(&journal, 1));
}

#[test]
fn a_database_that_another_program_holds_keeps_no_service_from_starting() {
    let mut service = Service::new();
    // It would go on with this session; it begins another one, and loses no second.
    service.start(&[]);
    service.shows("seconds", |shown| stored(shown) > 2);
    service.stop();
    let holder = held(&service.sandbox.path("j.sqlite"));
    service.start(&[]);
    let first = service.shows("the reason", |shown| t_us(shown) > 0 && error(shown).is_some());
    service.shows("time goes on", |shown| t_us(shown) > t_us(&first) + 1_000_000);
    drop(holder);
    was_stored_from_the_start(&mut service, 2);
}

#[test]
fn a_profile_that_never_ends_holds_up_neither_the_loop_nor_the_end() {
    let mut service = Service::new();
    let profile = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/machines/combine-demo.toml")).unwrap();
    service.sandbox.write("my.toml", profile);
    service.start(&["--machine", "my.toml"]);
    let before = service.shows("seconds", |shown| stored(shown) >= 2);
    fs::remove_file(service.sandbox.path("my.toml")).unwrap();
    assert!(service.sandbox.program("mkfifo", &["my.toml"]).status().unwrap().success());
    service.signal("HUP");
    service.shows("seconds are stored", |shown| stored(shown) > stored(&before) + 4);
    let refused = service.shows("the refusal", |shown| !shown["health"]["reload"].is_null());
    assert!(refused["health"]["reload"]["refused"].as_str().unwrap().contains("10 s"));
    service.signal("HUP");
    service.stop();
}

#[test]
fn a_screen_gone_wild_does_not_fill_the_journal_with_sessions() {
    let mut service = Service::new();
    service.start(&[]);
    service.shows("bus time", |shown| t_us(shown) > 0);
    let mut screen = service.screen();
    let begin = OperatorCommand::StartSession(SessionChoice::default());
    let taken = (0..20).filter(|nth| screen.mark(*nth, &begin) == CommandReply::Taken).count();
    // A slow computer may need more than a minute for them.
    assert!((1..20).contains(&taken), "{taken} sessions");
    service.stop();
}
