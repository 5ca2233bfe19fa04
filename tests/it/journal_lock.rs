//! One service writes a journal, by whatever name it is opened.

use std::fs::{self, File, TryLockError};
use std::process::Stdio;

use crate::support::db::samples_so_far;
use crate::support::run::{Running, Sandbox, wait_for};

/// A service that writes `j.sqlite`, after its first second.
fn service(sandbox: &Sandbox) -> Running {
    let args = ["demo", "--headless", "--service", "--no-socket", "--db", "j.sqlite"];
    let running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for("a second", || Some(samples_so_far(&sandbox.path("j.sqlite"))).filter(|n| *n > 0));
    running
}

#[test]
fn a_second_service_is_refused_by_every_name_of_the_journal() {
    let sandbox = Sandbox::new();
    // Where an earlier version had its lock there is a link to a file of somebody else.
    sandbox.write("foreign", "mine");
    std::os::unix::fs::symlink("foreign", sandbox.path("j.sqlite.lock")).unwrap();
    let running = service(&sandbox);
    assert_eq!(sandbox.text("foreign"), "mine");
    fs::remove_file(sandbox.path("j.sqlite.lock")).unwrap();
    std::os::unix::fs::symlink("j.sqlite", sandbox.path("link.sqlite")).unwrap();
    fs::hard_link(sandbox.path("j.sqlite"), sandbox.path("hard.sqlite")).unwrap();
    fs::create_dir(sandbox.path("folder")).unwrap();
    std::os::unix::fs::symlink(sandbox.folder(), sandbox.path("folder/up")).unwrap();
    let pid = format!("pid {}", running.0.id());
    for name in ["j.sqlite", "./j.sqlite", "link.sqlite", "hard.sqlite", "folder/up/link.sqlite"] {
        let args = ["demo", "--headless", "--service", "--no-socket", "--seconds", "2", "--db", name];
        sandbox.refused(&args, &[name, "another service writes to this journal", &pid]);
    }
    // What is no service adds a session of its own, as before.
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]);
    drop(running);
    // However the first one ended, the next one starts.
    sandbox.ok(&["demo", "--headless", "--service", "--no-socket", "--seconds", "2", "--db", "j.sqlite"]);
}

#[test]
fn a_file_that_takes_the_journals_place_is_locked_too() {
    let sandbox = Sandbox::new();
    let _running = service(&sandbox);
    fs::rename(sandbox.path("j.sqlite"), sandbox.path("moved.sqlite")).unwrap();
    sandbox.write("j.sqlite", "");
    for name in ["j.sqlite", "moved.sqlite"] {
        wait_for("the lock", || {
            let tried = File::open(sandbox.path(name)).unwrap().try_lock();
            matches!(tried, Err(TryLockError::WouldBlock)).then_some(())
        });
    }
}
