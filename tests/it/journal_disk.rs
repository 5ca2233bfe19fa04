//! The journal on a disk that is slow, full, read-only, broken, or that tears what is written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::db::{assert_contiguous, assert_sound, commits, open, samples_so_far, times_us, value};
use crate::support::disk::on_the_disk;
use crate::support::run::{Ended, Running, Sandbox, wait_for};
use rusqlite::Connection;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_US: i64 = 1_749_520_800_000_000;

/// A headless demo that keeps time, and so drops what does not fit its queue, as on a machine.
fn demo(sandbox: &Sandbox, seconds: &str, speed: &str, more: &[&str], disk: &[(&str, &str)]) -> Running {
    let args = ["demo", "--headless", "--speed", speed, "--seconds", seconds, "--db", "j.sqlite"];
    let mut command = sandbox.command(&[&args[..], more].concat());
    on_the_disk(&mut command).envs(disk.iter().copied());
    Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// One that runs until it is stopped; what it tells goes to the file `told`.
fn told_demo(sandbox: &Sandbox, speed: &str, disk: &[(&str, &str)]) -> Running {
    let args = ["demo", "--headless", "--speed", speed, "--seconds", "360000", "--db", "j.sqlite"];
    let mut command = sandbox.command(&args);
    on_the_disk(&mut command).envs(disk.iter().copied());
    let told = fs::File::create(sandbox.path("told")).unwrap();
    Running(command.stdout(Stdio::null()).stderr(told).spawn().unwrap())
}

fn terminate(running: &Running) {
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

fn ended(mut running: Running) -> Ended {
    let child: &mut Child = &mut running.0;
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let code = child.wait().unwrap().code();
    let out = std::io::read_to_string(&mut stdout).unwrap();
    Ended { code, out, err: std::io::read_to_string(&mut stderr).unwrap() }
}

fn lost(journal: &Connection) -> i64 {
    value(journal, "SELECT coalesce(sum(count), 0) FROM event WHERE kind = 'lost'", &[])
}

#[test]
fn no_second_is_lost_when_a_sync_takes_half_a_second() {
    let sandbox = Sandbox::new();
    // Ten rows a second beside the seconds, at ten times real time: 110 records a second, more than any machine has.
    let disk = [("SHIM_SYNC_MS", "500"), ("SHIM_SYNCS", "syncs")];
    let ended = ended(demo(&sandbox, "120", "10", &["--tenths"], &disk));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let journal = open(&sandbox.path("j.sqlite"));
    assert_sound(&journal);
    assert_eq!(times_us(&journal, 1), (1..=120).map(|s| START_US + s * 1_000_000).collect::<Vec<_>>());
    assert_eq!(value::<i64>(&journal, "SELECT count(*) FROM tenth", &[]), 1200);
    assert_eq!(lost(&journal), 0);
    // The disk was slow indeed, and more than once.
    let syncs = sandbox.bytes("syncs").len();
    assert!(syncs >= 3, "{syncs} syncs");
}

#[test]
fn what_overflows_is_counted_and_recorded() {
    let sandbox = Sandbox::new();
    // Three seconds for a sync and 2200 records a second: twice what the queue holds.
    let disk = [("SHIM_SYNC_MS", "3000")];
    let ended = ended(demo(&sandbox, "2000", "200", &["--tenths"], &disk));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let journal = open(&sandbox.path("j.sqlite"));
    assert_sound(&journal);
    let rows: i64 = value(&journal, "SELECT (SELECT count(*) FROM sample) + (SELECT count(*) FROM tenth)", &[]);
    let missing = 2000 + 20_000 - rows;
    assert!(missing > 0, "the disk was not slow enough to show anything");
    // What is lost after the last commit with a second is told on the terminal only, and events may be lost too.
    let told: i64 = ended.err.split(" records lost").next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((missing..missing + 60.max(missing / 5)).contains(&told), "{missing} are missing: {}", ended.err);
    assert!(lost(&journal) > 0 && lost(&journal) <= told, "{} recorded of {told}", lost(&journal));
}

#[test]
fn what_a_sick_disk_refuses_is_written_when_it_is_well_again() {
    let faults = ["eio", "enospc", "erofs", "torn"];
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                let sandbox = Sandbox::new();
                let path = sandbox.path("j.sqlite");
                let mut running = told_demo(&sandbox, "60", &[("SHIM_FAULT", "fault")]);
                let first = wait_for("samples", || Some(samples_so_far(&path)).filter(|n| *n > 0));
                sandbox.write("fault", fault);
                let told = |words: &str| {
                    wait_for(words, || sandbox.text("told").contains(words).then_some(()));
                };
                told("cannot be written, trying again every second");
                // What a refused commit held waits; what comes meanwhile waits with it.
                let refused = samples_so_far(&path);
                assert!(running.0.try_wait().unwrap().is_none(), "{fault}: it must go on");
                fs::remove_file(sandbox.path("fault")).unwrap();
                told("is being written again");
                let resumed = wait_for("the journal", || Some(samples_so_far(&path)).filter(|n| *n > refused + 120));
                assert!(first <= refused && refused < resumed, "{fault}: {first}, {refused}, {resumed}");
                terminate(&running);
                assert_eq!(running.0.wait().unwrap().code(), Some(0), "{fault}: {}", sandbox.text("told"));
                let journal = open(&path);
                assert_sound(&journal);
                let times = times_us(&journal, 1);
                assert!(times[0] == START_US + 1_000_000 && times.len() as i64 >= resumed, "{fault}");
                assert_contiguous(&times);
                assert_eq!(lost(&journal), 0, "{fault}");
            });
        }
        // A disk that takes one byte at a time is slow, and no fault.
        scope.spawn(|| {
            let sandbox = Sandbox::new();
            sandbox.write("fault", "short");
            let ended = ended(demo(&sandbox, "60", "60", &[], &[("SHIM_FAULT", "fault")]));
            assert_eq!(ended.code, Some(0), "{}", ended.err);
            let journal = open(&sandbox.path("j.sqlite"));
            assert_sound(&journal);
            assert_eq!(times_us(&journal, 1).len(), 60);
        });
    });
}

#[test]
fn a_kill_in_the_middle_of_a_torn_write_costs_what_was_not_committed() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("j.sqlite");
    let mut running = told_demo(&sandbox, "60", &[("SHIM_FAULT", "fault")]);
    wait_for("samples", || Some(samples_so_far(&path)).filter(|n| *n > 100));
    sandbox.write("fault", "torn");
    // Once a commit was refused, none that began before is under way any more.
    wait_for("a torn write", || sandbox.text("told").contains("cannot be written").then_some(()));
    let committed = samples_so_far(&path);
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    let journal = open(&path);
    assert_sound(&journal);
    assert_eq!(times_us(&journal, 1).len() as i64, committed);
    assert_contiguous(&times_us(&journal, 1));
}

/// A journal whose write-ahead log was never written back: as a pulled battery leaves it.
fn killed(sandbox: &Sandbox) -> (Vec<u8>, Vec<u8>) {
    let args = ["demo", "--headless", "--speed", "30", "--seconds", "36000", "--db", "j.sqlite"];
    let mut running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for("samples", || Some(samples_so_far(&sandbox.path("j.sqlite"))).filter(|n| *n > 150));
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    (sandbox.bytes("j.sqlite"), sandbox.bytes("j.sqlite-wal"))
}

/// The seconds of a journal with this log; the file must be sound.
fn seconds_of(sandbox: &Sandbox, name: &str, base: &[u8], wal: &[u8]) -> usize {
    sandbox.write(name, base);
    sandbox.write(&format!("{name}-wal"), wal);
    let _ = fs::remove_file(sandbox.path(&format!("{name}-shm")));
    let journal = open(&sandbox.path(name));
    let tables: i64 = value(&journal, "SELECT count(*) FROM sqlite_schema WHERE name = 'sample'", &[]);
    if tables == 0 {
        return 0;
    }
    assert_sound(&journal);
    let times = times_us(&journal, 1);
    assert_contiguous(&times);
    // Seconds and totals are of one commit.
    let newest: Option<i64> = value(&journal, "SELECT max(last_us) FROM session", &[]);
    assert_eq!(newest, times.last().copied());
    times.len()
}

#[test]
fn a_log_that_was_cut_or_altered_gives_every_commit_before() {
    let sandbox = Sandbox::new();
    let (base, wal) = killed(&sandbox);
    let commits = commits(&wal);
    assert!(commits.len() > 4, "{} commits in {} bytes", commits.len(), wal.len());
    let at_commit: Vec<usize> =
        commits.iter().map(|end| seconds_of(&sandbox, "c.sqlite", &base, &wal[..*end])).collect();
    assert!(at_commit.is_sorted() && *at_commit.last().unwrap() > 150, "{at_commit:?}");
    let before = |at: usize| commits.iter().rposition(|end| *end <= at).map_or(0, |nth| at_commit[nth]);
    let mut tried = 0;
    for at in (0..wal.len()).step_by(wal.len() / 60) {
        assert_eq!(seconds_of(&sandbox, "t.sqlite", &base, &wal[..at]), before(at), "cut at {at} of {}", wal.len());
        let mut altered = wal.clone();
        altered[at] ^= 0x55;
        // The header counts as part of all that follows.
        let whole = if at < 32 { 0 } else { before(at) };
        assert_eq!(seconds_of(&sandbox, "t.sqlite", &base, &altered), whole, "altered at {at} of {}", wal.len());
        tried += 1;
    }
    assert!(tried >= 60);
}

fn damaged(sandbox: &Sandbox, name: &str, seconds: &str, page: usize) -> usize {
    sandbox.ok(&["demo", "--headless", "--seconds", seconds, "--db", name]);
    let mut bytes = sandbox.bytes(name);
    let at = page * 4096;
    assert!(at + 4096 <= bytes.len());
    bytes[at..at + 4096].fill(0xA5);
    sandbox.write(name, &bytes);
    bytes.len() / 4096
}

/// The page that holds this second of session 1: the leaf in which its time stands as an eight-byte number.
fn page_of(path: &Path, t_us: i64) -> usize {
    let bytes = fs::read(path).unwrap();
    let sample: u32 =
        open(path).query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sample'", [], |row| row.get(0)).unwrap();
    // Leaf pages of an index tree begin with 10; the root itself is an inner page by now.
    // The second after it as well: one alone may stand in an inner page, and its time in another table.
    let has = |page: &[u8], t_us: i64| page.windows(8).any(|word| word == t_us.to_be_bytes());
    let leaf = |page: &&[u8]| page[0] == 10 && has(page, t_us) && has(page, t_us + 1_000_000);
    let page = bytes.chunks(4096).enumerate().filter(|(nth, page)| *nth + 1 != sample as usize && leaf(page));
    page.map(|(nth, _)| nth).next().expect("a leaf with that second")
}

#[test]
fn a_damaged_journal_is_set_aside_and_a_new_one_begun() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "600", "--db", "j.sqlite"]);
    sandbox.ok(&["journal", "check", "--db", "j.sqlite"]);
    let page = page_of(&sandbox.path("j.sqlite"), START_US + 293_000_000);
    damaged(&sandbox, "j.sqlite", "5", page);
    let before = sandbox.bytes("j.sqlite");
    let check = sandbox.run(&["journal", "check", "--db", "j.sqlite"]);
    assert_eq!(check.code, Some(1), "{}", check.out);
    assert!(check.err.contains("journal salvage"), "{}", check.err);

    for nth in 1..=2 {
        let told = sandbox.ok(&["demo", "--headless", "--seconds", "40", "--db", "j.sqlite"]);
        let name = format!("j.damaged-{nth}.sqlite");
        for word in ["the journal is damaged", &name, "journal salvage"] {
            assert!(told.err.contains(word), "no {word}: {}", told.err);
        }
        assert_eq!(sandbox.bytes(&name), before, "what is set aside stays as it is");
        let new = open(&sandbox.path("j.sqlite"));
        assert_sound(&new);
        assert_eq!(times_us(&new, 1).len(), 40);
        drop(new);
        sandbox.write("j.sqlite", &before);
    }

    let told = sandbox.ok(&["journal", "salvage", "j.damaged-1.sqlite", "saved.sqlite"]).out;
    assert_eq!(sandbox.bytes("j.damaged-1.sqlite"), before);
    let saved = open(&sandbox.path("saved.sqlite"));
    assert_sound(&saved);
    let times = times_us(&saved, 1);
    // A page holds about a dozen seconds; all others are there, on both sides of the hole.
    assert!((560..600).contains(&times.len()), "{} seconds: {told}", times.len());
    assert_eq!((times[0], *times.last().unwrap()), (START_US + 1_000_000, START_US + 600_000_000));
    assert!(!times.contains(&(START_US + 293_000_000)));
    assert_eq!(times_us(&saved, 2).len(), 5);
    sandbox.refused(&["journal", "salvage", "j.damaged-1.sqlite", "saved.sqlite"], &["there already"]);
    sandbox.ok(&["journal", "check", "--db", "saved.sqlite"]);
}

/// A file too large to be looked through first is looked through meanwhile.
#[test]
fn damage_that_is_found_later_costs_nothing_from_then_on() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "600", "--db", "j.sqlite"]);
    let bulk = "INSERT INTO profile (sha256, name, text, dbc) VALUES ('0', 'bulk', '', zeroblob(40000000))";
    open(&sandbox.path("j.sqlite")).execute_batch(bulk).unwrap();
    let page = page_of(&sandbox.path("j.sqlite"), START_US + 293_000_000);
    let mut bytes = sandbox.bytes("j.sqlite");
    bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
    sandbox.write("j.sqlite", &bytes);
    let told = sandbox.ok(&["demo", "--headless", "--speed", "40", "--seconds", "400", "--db", "j.sqlite"]);
    assert!(told.out.contains("session 1 "), "the number that it has now: {}", told.out);
    let told = told.err;
    for word in ["the journal is damaged", "j.damaged-1.sqlite", "goes on in the new one as session 1"] {
        assert!(told.contains(word), "no {word}: {told}");
    }
    // What was written before it was found is in the old file, everything else in the new one.
    let new = open(&sandbox.path("j.sqlite"));
    assert_sound(&new);
    let times = times_us(&new, 1);
    assert_contiguous(&times);
    assert_eq!(times.last(), Some(&(START_US + 400_000_000)));
    let old = open(&sandbox.path("j.damaged-1.sqlite"));
    let before = times_us(&old, 2);
    assert_eq!(before.len() + times.len(), 400, "{} before, {} after", before.len(), times.len());
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
}

#[test]
fn a_journal_without_its_first_page_is_salvaged_too() {
    let sandbox = Sandbox::new();
    damaged(&sandbox, "j.sqlite", "300", 0);
    let told = sandbox.ok(&["journal", "salvage", "j.sqlite", "saved.sqlite"]).out;
    let saved = open(&sandbox.path("saved.sqlite"));
    assert_sound(&saved);
    assert_eq!(times_us(&saved, 1).len(), 300, "{told}");
    assert_eq!(value::<String>(&saved, "SELECT crop FROM session", &[]), "wheat");
}

/// In a journal that was migrated the tables do not lie where they lie in a new one.
#[test]
fn a_migrated_journal_without_its_first_page_is_salvaged_too() {
    let sandbox = Sandbox::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal-version-1.sqlite");
    sandbox.write("j.sqlite", fs::read(kept).unwrap());
    sandbox.ok(&["demo", "--headless", "--seconds", "300", "--db", "j.sqlite"]);
    let finding =
        "INSERT INTO finding (raised_us, rule, machine, session, value, above) VALUES (1, 'r', 'm', 2, 3.0, 2.0);
                   INSERT INTO finding_step (finding, made_us, step, who) VALUES (1, 2, 'assigned', '站长');";
    open(&sandbox.path("j.sqlite")).execute_batch(finding).unwrap();
    damaged(&sandbox, "j.sqlite", "5", 0);
    let told = sandbox.ok(&["journal", "salvage", "j.sqlite", "saved.sqlite"]).out;
    let saved = open(&sandbox.path("saved.sqlite"));
    assert_sound(&saved);
    assert_eq!([1, 2, 3].map(|session| times_us(&saved, session).len()), [120, 300, 5], "{told}");
    assert_eq!(
        value::<String>(&saved, "SELECT who FROM finding_step JOIN finding ON finding.id = finding", &[]),
        "站长"
    );
    sandbox.ok(&["verify", "2", "--db", "saved.sqlite"]);
}

#[test]
fn an_empty_file_becomes_a_journal() {
    let sandbox = Sandbox::new();
    sandbox.write("j.sqlite", "");
    sandbox.refused(&["sessions", "--db", "j.sqlite"], &["no journal here"]);
    let told = sandbox.ok(&["demo", "--service", "--headless", "--seconds", "5", "--db", "j.sqlite"]);
    assert!(!told.err.contains("not a grainloss journal"), "{}", told.err);
    // Dated now, it begins within a second.
    assert!(times_us(&open(&sandbox.path("j.sqlite")), 1).len() >= 5);
}

#[test]
fn what_is_no_journal_is_neither_set_aside_nor_salvaged() {
    let sandbox = Sandbox::new();
    sandbox.write("diary.txt", "Dear diary, this is no database at all, and nobody may touch it. ".repeat(100));
    let before = sandbox.bytes("diary.txt");
    sandbox.refused(&["demo", "--headless", "--seconds", "5", "--db", "diary.txt"], &["diary.txt"]);
    sandbox.refused(&["journal", "salvage", "diary.txt", "new.sqlite"], &["diary.txt"]);
    assert_eq!(sandbox.bytes("diary.txt"), before);
    let names: Vec<PathBuf> = fs::read_dir(sandbox.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.iter().all(|name| !name.to_str().unwrap().contains("damaged")), "{names:?}");
}
