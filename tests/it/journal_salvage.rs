//! What is physically in a damaged journal comes back, and what does not is listed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use crate::support::db::{assert_sound, commits, open, samples_so_far, times_us, value};
use crate::support::run::{Running, Sandbox, wait_for};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PAGE: usize = 4096;

fn journal(seconds: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", seconds, "--db", "j.sqlite"]);
    sandbox
}

fn salvaged(sandbox: &Sandbox, bytes: &[u8]) -> (usize, String) {
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(sandbox.path(&format!("new.sqlite{ending}")));
    }
    sandbox.write("d.sqlite", bytes);
    let told = sandbox.ok(&["journal", "salvage", "d.sqlite", "new.sqlite"]).out;
    let new = open(&sandbox.path("new.sqlite"));
    assert_sound(&new);
    (times_us(&new, 1).len(), told)
}

#[test]
fn a_cut_file_gives_back_every_second_within_the_cut() {
    let sandbox = journal("1700");
    let whole = sandbox.bytes("j.sqlite");
    assert_eq!(salvaged(&sandbox, &whole).0, 1700);
    for (percent, off) in [(95, 0), (95, 777), (80, 0), (80, 777), (50, 0), (50, 777), (30, 0), (30, 777)] {
        let cut = &whole[..whole.len() * percent / 100 / PAGE * PAGE + off];
        let (found, told) = salvaged(&sandbox, cut);
        let within = rows_within(&sandbox, cut.len() / PAGE);
        assert!(found >= within, "{percent} % + {off}: {found} of {within}: {told}");
        assert!(found == 1700 || told.contains("session 1: up to "), "{told}");
        eprintln!("cut at {percent} % + {off}: {found} of 1700 seconds, {within} of them on whole pages");
    }
}

/// One to three pages zeroed, filled with noise, swapped, or with a flipped bit: nothing crashes or hangs, and only what
/// stood on those pages is missing.
#[test]
fn random_damage_costs_what_stood_on_the_damaged_pages() {
    let sandbox = journal("900");
    let whole = sandbox.bytes("j.sqlite");
    let pages = whole.len() / PAGE;
    let rows_on = {
        let journal = open(&sandbox.path("j.sqlite"));
        let mut statement = journal.prepare("SELECT pageno, ncell FROM dbstat WHERE name = 'sample'").unwrap();
        let number = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(|n| n as usize);
        let rows = statement.query_map([], |row| Ok((number(row, 0)?, number(row, 1)?))).unwrap();
        rows.map(Result::unwrap).collect::<HashMap<usize, usize>>()
    };
    let mut random = ChaCha8Rng::seed_from_u64(17);
    for nth in 0..32 {
        let mut bytes = whole.clone();
        let hit: Vec<usize> = (0..random.random_range(1..=3)).map(|_| random.random_range(1..=pages)).collect();
        let kind = ["zeroed", "noise", "swapped", "flipped bit"][nth % 4];
        let mut damaged: HashSet<usize> = hit.iter().copied().collect();
        for page in &hit {
            let place = (page - 1) * PAGE..page * PAGE;
            match kind {
                "zeroed" => bytes[place].fill(0),
                "noise" => random.fill(&mut bytes[place]),
                "swapped" => {
                    let other = random.random_range(1..=pages);
                    damaged.insert(other);
                    for at in 0..PAGE {
                        bytes.swap(place.start + at, (other - 1) * PAGE + at);
                    }
                }
                _ => bytes[place.start + random.random_range(0..PAGE)] ^= 1 << random.random_range(0..8),
            }
        }
        let what = format!("damage {nth}: {kind}, pages {damaged:?}");
        let lost: usize = damaged.iter().filter_map(|page| rows_on.get(page)).sum();
        let (found, told) = salvaged(&sandbox, &bytes);
        assert!(found + lost >= 900, "{what}: {found} found, {lost} stood there: {told}");
        assert!(found <= 900, "{what}: {found}");
        for args in [&["sessions"][..], &["verify", "1"], &["journal", "check"], &["report", "1", "--format", "json"]] {
            let ended = sandbox.run(&[args, &["--db", "d.sqlite"]].concat());
            assert!(matches!(ended.code, Some(0..=3)), "{what}: {args:?}: {:?} {}", ended.code, ended.err);
        }
    }
}

/// Seconds of the journal that SQLite itself counts on its first pages. Where each second lies depends on how fast the machine
/// committed, so that no fixed share of them can be expected.
fn rows_within(sandbox: &Sandbox, pages: usize) -> usize {
    let sql = "SELECT sum(ncell) FROM dbstat WHERE name = 'sample' AND pageno <= ?1";
    value::<i64>(&open(&sandbox.path("j.sqlite")), sql, &[&(pages as i64)]) as usize
}

#[test]
fn a_zeroed_root_page_costs_what_stood_on_it() {
    let sandbox = journal("1700");
    let whole = sandbox.bytes("j.sqlite");
    for table in ["session", "sample", "event", "minute", "sqlite_schema"] {
        let root = if table == "sqlite_schema" {
            1
        } else {
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
            value::<i64>(&open(&sandbox.path("j.sqlite")), sql, &[&table]) as usize
        };
        let mut bytes = whole.clone();
        bytes[(root - 1) * PAGE..root * PAGE].fill(0);
        let (found, told) = salvaged(&sandbox, &bytes);
        // The root of `sample` is an inner page and holds a few rows itself.
        assert!(found >= if table == "sample" { 1600 } else { 1700 }, "{table}: {found}: {told}");
        assert_eq!(told.contains("its own row is lost"), table == "session", "{told}");
        assert!(found == 1700 || told.contains("up to 1 s missing from "), "{told}");
        eprintln!("root of {table} zeroed: {found} of 1700 seconds");
    }
}

#[test]
fn commits_after_a_broken_frame_are_told_set_aside_and_salvaged() {
    let sandbox = Sandbox::new();
    let args = ["demo", "--headless", "--speed", "30", "--seconds", "36000", "--db", "j.sqlite"];
    let mut running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for("samples", || Some(samples_so_far(&sandbox.path("j.sqlite"))).filter(|n| *n > 150));
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    let mut wal = sandbox.bytes("j.sqlite-wal");
    // A copy that SQLite reads whole tells how many seconds there are.
    sandbox.write("c.sqlite", sandbox.bytes("j.sqlite"));
    sandbox.write("c.sqlite-wal", &wal);
    assert!(!sandbox.ok(&["journal", "check", "--db", "c.sqlite"]).err.contains("damaged"));
    let all = times_us(&open(&sandbox.path("c.sqlite")), 1).len();
    let ends = commits(&wal);
    let at = ends[ends.len() / 2] + 24 + 3000;
    wal[at] ^= 0x10;
    sandbox.write("j.sqlite-wal", &wal);
    let _ = fs::remove_file(sandbox.path("j.sqlite-shm"));
    let check = sandbox.run(&["journal", "check", "--db", "j.sqlite"]);
    assert!(check.code == Some(1) && check.out.contains("write-ahead log is damaged"), "{}{}", check.out, check.err);
    let told = sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]).err;
    assert!(told.contains("write-ahead log is damaged") && told.contains("j.damaged-1.sqlite"), "{told}");
    let told = sandbox.ok(&["journal", "salvage", "j.damaged-1.sqlite", "new.sqlite"]).out;
    let found = times_us(&open(&sandbox.path("new.sqlite")), 1).len();
    assert!(found + 1 >= all, "{found} of {all}: {told}");
    eprintln!("broken frame: {found} of {all} seconds");
}

#[test]
fn a_closed_journal_is_read_where_nothing_may_be_written() {
    let sandbox = journal("60");
    fs::create_dir(sandbox.path("r")).unwrap();
    fs::rename(sandbox.path("j.sqlite"), sandbox.path("r/a b?.sqlite")).unwrap();
    let mode = |mode| fs::set_permissions(sandbox.path("r"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    if fs::write(sandbox.path("r/probe"), "").is_ok() {
        eprintln!("not tried: this user writes to a read-only folder; run the test as another user than root");
        mode(0o755);
        return;
    }
    for args in [&["sessions"][..], &["verify", "1"], &["journal", "check"], &["report", "1", "--format", "json"]] {
        sandbox.ok(&[args, &["--db", "r/a b?.sqlite"]].concat());
    }
    mode(0o755);
}

/// A member of the group reads a closed journal, though SQLite can make no file beside it. Only root can become one.
#[test]
fn a_member_of_the_group_reads_a_closed_journal() {
    const NOBODY: u32 = 65_534;
    let sandbox = journal("60");
    let mode = |name: &str, mode| fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(sandbox.path("g")).unwrap();
    for name in ["g", "j.sqlite", "device.pub"] {
        if chown(sandbox.path(name), None, Some(NOBODY)).is_err() {
            eprintln!("not tried: only root can give a file to another group");
            return;
        }
    }
    for name in ["j.sqlite", "j.sqlite.head", "device.pub"] {
        fs::rename(sandbox.path(name), sandbox.path("g").join(name)).unwrap();
    }
    mode("g", 0o750);
    mode(".", 0o755);
    for args in [&["sessions"][..], &["verify", "1"], &["journal", "check"], &["report", "1", "--format", "json"]] {
        let mut command = sandbox.command(&[args, &["--db", "g/j.sqlite"]].concat());
        let ended = match command.uid(NOBODY).gid(NOBODY).output() {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                eprintln!("not tried: another user cannot reach the program");
                return;
            }
            ended => ended.unwrap(),
        };
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{args:?}: {:?} {told}", ended.status);
    }
    mode("g/j.sqlite", 0o600);
    let ended = sandbox.command(&["sessions", "--db", "g/j.sqlite"]).uid(NOBODY).gid(NOBODY).output().unwrap();
    assert!(!ended.status.success(), "it runs as another user");
}
