//! The work stops at any step, as in a power cut; the next gather makes the same store, and at no time does a row count twice.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use grainloss_fleet::error::StoreError;
use grainloss_fleet::register::Machine;
use grainloss_fleet::sources::{Options, gather};
use grainloss_fleet::store::Store;

use super::support::{Bench, Whole, all_files, rows};

/// Opens the store. A program that another test starts holds the lock, too, until it runs: then it is asked again.
fn opened(folder: &Path) -> Store {
    loop {
        match Store::open_or_make(folder, None) {
            Err(StoreError::Busy(_)) => std::thread::yield_now(),
            store => return store.unwrap(),
        }
    }
}

/// Opens the store, to stop at this step.
fn stopping(folder: &Path, at: usize, done: &Rc<Cell<usize>>) -> Store {
    let mut store = opened(folder);
    let done = done.clone();
    done.set(0);
    store.on_step(Box::new(move |name| {
        if done.get() == at {
            return Err(StoreError::Stopped(name.to_owned()));
        }
        done.set(done.get() + 1);
        Ok(())
    }));
    store
}

/// No session has two rows.
fn counts_once(store: &Path) {
    let mut known = BTreeSet::new();
    for row in rows(store, "sessions") {
        assert!(known.insert((row["device"].to_string(), row["session"].to_string())), "{row:?}");
    }
    let mut known = BTreeSet::new();
    for row in rows(store, "points") {
        assert!(known.insert((row["device"].to_string(), row["point"].to_string())), "{row:?}");
    }
}

/// Does the work once as it is, then stops at each of its steps and does it again: the same files.
fn same_after_every_crash(prepare: impl Fn(&Path), work: impl Fn(&mut Store) -> Result<(), StoreError>) {
    let folder = tempfile::tempdir().unwrap();
    let steps = Rc::new(Cell::new(0));
    let whole = folder.path().join("whole");
    prepare(&whole);
    work(&mut stopping(&whole, usize::MAX, &steps)).unwrap();
    let (total, whole) = (steps.get(), all_files(&whole));
    assert!(total > 5, "{total}");
    for at in 0..total {
        let store = folder.path().join(format!("stopped-{at}"));
        prepare(&store);
        let ended = work(&mut stopping(&store, at, &steps));
        assert!(matches!(ended, Err(StoreError::Stopped(_))), "{at}: {ended:?}");
        counts_once(&store);
        work(&mut stopping(&store, usize::MAX, &steps)).unwrap();
        counts_once(&store);
        assert!(all_files(&store) == whole, "stopped before step {at}");
    }
}

#[test]
fn a_gather_that_is_cut_short_is_made_good_by_the_next() {
    let bench = Bench::new();
    let keys: Vec<_> = ["a", "b"].map(|machine| bench.journal(machine).with_file_name("device.pub")).into();
    bench.pack("a", false);
    let whole = Whole::of(&bench, "b", 1);
    bench.put("blocks", "1.parquet", &whole.block(0, 2));
    bench.put("blocks", "2.parquet", &whole.block(2, 5));
    let prepare = |folder: &Path| {
        let mut store = opened(folder);
        for key in &keys {
            for key in store.keys_of(key.to_str().unwrap()).unwrap() {
                store.trust(&key, None).unwrap();
            }
        }
        store.settle().unwrap();
    };
    let places = ["packets-a", "blocks"].map(|name| bench.path(name).display().to_string());
    same_after_every_crash(prepare, |store| gather(store, &places, &Options::default()).map(drop));
}

#[test]
fn rows_that_move_to_another_region_are_never_in_two() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.pack("b", false);
    bench.ok(&["gather", "packets-a", "packets-b"]);
    // Both change places: each folder gives and takes.
    let prepare = |folder: &Path| {
        copy(&bench.store(), folder);
        let mut store = opened(folder);
        let regions = ["east", "west"];
        let placed: Vec<Machine> = machines_with(&store, &regions);
        store.set_machines(&placed).unwrap();
    };
    same_after_every_crash(prepare, |store| {
        let placed = machines_with(store, &["west", "east"]);
        store.set_machines(&placed)
    });
}

#[test]
fn a_key_that_is_distrusted_in_a_power_cut_is_so_afterwards() {
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", false);
    bench.pack("b", false);
    bench.ok(&["gather", "packets-a", "packets-b"]);
    let key = std::fs::read_to_string(bench.path("cab-a/device.pub")).unwrap();
    same_after_every_crash(
        |folder| copy(&bench.store(), folder),
        |store| {
            store.distrust(key.trim())?;
            store.settle().map(drop)
        },
    );
}

fn machines_with(store: &Store, regions: &[&str]) -> Vec<Machine> {
    let machines = store.register.machines().unwrap().into_iter();
    machines.zip(regions).map(|(machine, region)| Machine { region: Some((*region).to_owned()), ..machine }).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
