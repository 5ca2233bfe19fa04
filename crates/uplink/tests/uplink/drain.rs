//! Blocks to a store that fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use grainloss_uplink::{
    Backoff, Budget, Drain, Outbox, S3Config, S3Credentials, S3Store, StatusFile, Store, StoreError, Tls, TlsFiles,
};

use super::simulated::blocks;
use super::store_server::{Does, StoreServer};

/// The server has so long to answer in tests of its silence.
const PATIENCE: Duration = Duration::from_millis(300);

fn s3(url: &str, patience: Duration) -> S3Store {
    let config = S3Config {
        endpoint: url.to_owned(),
        bucket: "county".to_owned(),
        prefix: "in/0123".to_owned(),
        region: "us-east-1".to_owned(),
        patience,
    };
    let credentials = S3Credentials { key: "key".to_owned(), secret: "word".to_owned(), token: None };
    S3Store::new(&config, Some(credentials), &Tls::load(&TlsFiles::default()).unwrap()).unwrap()
}

fn drain<S: Store>(folder: &Path, store: S, per_hour: Option<u64>) -> Drain<S> {
    let budget = Arc::new(Mutex::new(Budget::new(per_hour)));
    let status = Arc::new(StatusFile::open(folder));
    Drain::new(Outbox::new(folder), store, budget, Backoff::new("0123456789abcdef"), status)
}

/// Steps through simulated time until the outbox is empty; gives the time.
fn until_empty<S: Store>(drain: &mut Drain<S>, folder: &Path) -> Duration {
    let mut now = Duration::ZERO;
    for _ in 0..10_000 {
        if Outbox::new(folder).blocks().unwrap().is_empty() {
            return now;
        }
        now += drain.step(now);
    }
    panic!("the outbox is never empty");
}

fn assert_stored(server: &StoreServer, blocks: &[(String, Vec<u8>)]) {
    let expected: BTreeMap<String, Vec<u8>> =
        blocks.iter().map(|(name, bytes)| (format!("/county/in/0123/{name}"), bytes.clone())).collect();
    assert!(server.stored.lock().unwrap().objects == expected, "names and bytes");
}

#[test]
fn every_block_arrives_once_however_the_store_fails() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks(folder.path(), 4, 5_000);
    let plan = [
        Does::Breaks,
        Does::StoresAndBreaks,
        Does::Refuses(503),
        Does::StoresAndHangs,
        Does::LoginPage,
        Does::Refuses(403),
        Does::Stores,
        Does::StoresAndBreaks,
    ];
    let server = StoreServer::start(&plan);
    let mut drain = drain(folder.path(), s3(&server.url, PATIENCE), None);
    until_empty(&mut drain, folder.path());
    assert_stored(&server, &blocks);
    let status = StatusFile::read(folder.path()).unwrap().store.unwrap();
    assert_eq!((status.waiting, status.error), (0, None));
}

#[test]
fn a_block_that_is_refused_does_not_keep_the_others() {
    struct Refuses(Mutex<Vec<String>>);
    impl Store for &Refuses {
        fn put(&self, name: &str, _: &[u8]) -> Result<(), StoreError> {
            if name.contains("-0001-") {
                return Err(StoreError::Refused { status: 413, text: String::new() });
            }
            self.0.lock().unwrap().push(name.to_owned());
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks(folder.path(), 4, 10);
    let store = Refuses(Mutex::new(Vec::new()));
    let mut drain = drain(folder.path(), &store, None);
    let mut now = Duration::ZERO;
    for _ in 0..40 {
        now += drain.step(now);
    }
    let stored = store.0.into_inner().unwrap();
    assert_eq!(stored, blocks[1..].iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
}

#[test]
fn a_login_page_that_says_yes_costs_no_block() {
    let folder = tempfile::tempdir().unwrap();
    blocks(folder.path(), 1, 100);
    let server = StoreServer::start(&[Does::LoginPage]);
    assert_eq!(s3(&server.url, PATIENCE).put("a.parquet", b"a"), Err(StoreError::NoStore));
    server.stored.lock().unwrap().plan.push_back(Does::LoginPage);
    let mut drain = drain(folder.path(), s3(&server.url, PATIENCE), None);
    assert!(drain.step(Duration::ZERO) > Duration::ZERO && drain.is_failing());
    assert_eq!(Outbox::new(folder.path()).blocks().unwrap().len(), 1);
    let status = StatusFile::read(folder.path()).unwrap().store.unwrap();
    assert_eq!(status.problem.as_deref(), Some("no-store"));
    assert!(status.failing_unix_s.is_some());
}

#[test]
fn a_cab_whose_clock_was_never_set_signs_by_the_stores_clock() {
    // The store's date is 2033-11-06: any clock of ours is years away.
    let server = StoreServer::start(&[Does::WantsDay("20331106"), Does::WantsDay("20331106")]);
    let store = s3(&server.url, PATIENCE);
    assert_eq!(store.put("a.parquet", b"a"), Ok(()));
    // Learnt once: the next is right at once.
    server.stored.lock().unwrap().plan.push_back(Does::WantsDay("20331106"));
    assert_eq!(store.put("b.parquet", b"b"), Ok(()));
    assert_eq!(server.stored.lock().unwrap().requests, 3);
}

/// What was put, and when.
struct Clocked<'a>(&'a Mutex<(Duration, Vec<(Duration, u64)>)>);

impl Store for Clocked<'_> {
    fn put(&self, _: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut puts = self.0.lock().unwrap();
        let now = puts.0;
        puts.1.push((now, bytes.len() as u64));
        Ok(())
    }
}

#[test]
fn in_no_hour_more_is_sent_than_the_budget() {
    const BUDGET: u64 = 200_000;
    let folder = tempfile::tempdir().unwrap();
    blocks(folder.path(), 30, 30_000);
    let puts = Mutex::new((Duration::ZERO, Vec::new()));
    let mut drain = drain(folder.path(), Clocked(&puts), Some(BUDGET));
    let mut now = Duration::ZERO;
    while !Outbox::new(folder.path()).blocks().unwrap().is_empty() {
        puts.lock().unwrap().0 = now;
        now += drain.step(now);
    }
    let all = puts.into_inner().unwrap().1;
    for (from, _) in &all {
        let within = all.iter().filter(|(at, _)| at >= from && *at < *from + Duration::from_hours(1));
        let sum: u64 = within.map(|(_, bytes)| bytes).sum();
        assert!(sum <= BUDGET, "{sum} bytes in the hour from {from:?}");
    }
    // 30 blocks of 30 kB, six an hour: the last ones go after four whole hours, and no later.
    assert_eq!(all.len(), 30);
    assert_eq!(all.last().unwrap().0, Duration::from_hours(4));
}

#[test]
fn a_block_larger_than_the_budget_goes_and_takes_its_hours_and_a_restart_brings_no_new_budget() {
    let mut budget = Budget::new(Some(1000));
    assert_eq!(budget.wait(2500, Duration::ZERO), None);
    budget.spend(2500, Duration::ZERO);
    // Two and a half budgets: three hours.
    assert_eq!(budget.wait(1, Duration::from_mins(1)), Some(Duration::from_mins(179)));
    let kept = budget.kept(Duration::from_mins(60));
    let mut after = Budget::new(Some(1000));
    after.go_on(&kept, Duration::ZERO);
    let wait = after.wait(1, Duration::ZERO).unwrap();
    assert!(wait >= Duration::from_hours(2) && wait < Duration::from_mins(121), "{wait:?}");
}

#[test]
fn waits_double_and_have_a_bound_and_differ_from_cab_to_cab() {
    let mut waits = Backoff::new("0123456789abcdef");
    let all: Vec<Duration> = (0..20).map(|_| waits.failed()).collect();
    // 2 s doubled, each shortened by a quarter at most; 10 min at most.
    for (at, wait) in all.iter().enumerate() {
        let whole = (2.0 * 2f64.powi(at as i32)).min(600.0);
        assert!(wait.as_secs_f64() <= whole && wait.as_secs_f64() >= 0.75 * whole, "{at}: {wait:?}");
    }
    let mut other = Backoff::new("fedcba9876543210");
    assert_ne!(all, (0..20).map(|_| other.failed()).collect::<Vec<_>>());
    waits.worked();
    assert!(waits.failed() <= Duration::from_secs(2));
}

/// In the child only: drains a folder to a store until it is killed.
#[test]
fn child_drains() {
    let Ok(folder) = std::env::var("GRAINLOSS_TEST_DRAIN") else { return };
    let url = std::env::var("GRAINLOSS_TEST_STORE").unwrap();
    let mut drain = drain(Path::new(&folder), s3(&url, Duration::from_mins(5)), None);
    until_empty(&mut drain, Path::new(&folder));
}

#[test]
fn a_process_that_is_killed_between_put_and_removal_costs_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks(folder.path(), 3, 20_000);
    // The second block is stored, and never answered.
    let server = StoreServer::start(&[Does::Stores, Does::StoresAndHangs]);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "drain::child_drains"])
        .env("GRAINLOSS_TEST_DRAIN", folder.path())
        .env("GRAINLOSS_TEST_STORE", &server.url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while server.stored.lock().unwrap().puts.len() < 2 {
        std::thread::yield_now();
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(Outbox::new(folder.path()).blocks().unwrap().len(), 2, "what was not acknowledged is still there");
    let mut drain = drain(folder.path(), s3(&server.url, PATIENCE), None);
    until_empty(&mut drain, folder.path());
    assert_stored(&server, &blocks);
    let puts: Vec<usize> = server.stored.lock().unwrap().puts.values().copied().collect();
    assert_eq!(puts, [1, 2, 1]);
}
