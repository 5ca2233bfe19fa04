//! A day without a network costs nothing: the same journal to the last row, no frame lost, an outbox that stays small, and every
//! block in the store once when there is a network again.
//!
//! Two hours; `GRAINLOSS_OFFLINE_HOURS=24` is a whole day.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use grainloss::packets::Packer;
use grainloss::service::{self, Speed};
use grainloss::simulated::SimulatedSource;
use grainloss_packet::Packet;
use grainloss_protocol::snapshot::Snapshot;
use grainloss_simulator::Scenario;
use grainloss_uplink::{
    Credentials, MOST_ALARMS, MqttConfig, Outbox, S3Config, S3Credentials, StatusFile, TlsFiles, Uplink, UplinkConfig,
    start,
};
use rusqlite::types::Value;
use tokio::sync::watch;

use crate::store_server::StoreServer;
use crate::support::db::{open, times_us};
use crate::support::run::wait_for;
use crate::support::screen::{pipeline, session};
use crate::support::session_loop;

/// What an hour of work may take (docs/packet.md).
const MOST_BYTES_PER_HOUR: u64 = 300_000;

fn hours() -> u64 {
    std::env::var("GRAINLOSS_OFFLINE_HOURS").map_or(2, |hours| hours.parse().unwrap())
}

/// A journal's folder with the device's key.
fn cab(folder: &Path, name: &str) -> PathBuf {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    let journal = folder.join("j.sqlite");
    fs::write(folder.join("device.key"), KEY).unwrap();
    fs::set_permissions(folder.join("device.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    journal
}

/// A key that signs nothing else.
const KEY: &str = include_str!("../../fleet/tests/data/b/device.key");

/// Works through the hours; gives how many frames were read. `beside` runs again and again meanwhile.
fn work(
    journal: &Path,
    beside: impl FnMut() + Send,
    uplink: impl FnOnce(watch::Receiver<Snapshot>) -> Option<Uplink>,
) -> u64 {
    let scenario = Scenario::bundled("wheat-faults").unwrap();
    let (outputs, screens, _commands) = session_loop::outputs(journal, &scenario, session());
    let uplink = uplink(screens);
    let source = SimulatedSource::new(&scenario, 7, Some(hours() * 3600));
    let stop = Arc::new(AtomicBool::new(false));
    let running = service::start_loop(source, pipeline(), outputs, Speed::Max, stop).unwrap();
    let mut beside = beside;
    while !running.is_finished() {
        beside();
        std::thread::sleep(Duration::from_millis(20));
    }
    let report = running.join().unwrap();
    beside();
    if let Some(uplink) = uplink {
        uplink.finish();
    }
    report.counts.read
}

fn config(outbox: &Path, endpoint: &str, broker: u16) -> UplinkConfig {
    UplinkConfig {
        outbox: outbox.to_owned(),
        machine: "0123456789abcdef".to_owned(),
        software: "1.0".to_owned(),
        s3: Some(S3Config {
            endpoint: endpoint.to_owned(),
            bucket: "county".to_owned(),
            prefix: "in".to_owned(),
            region: "us-east-1".to_owned(),
            patience: Duration::from_mins(1),
        }),
        mqtt: Some(MqttConfig { host: "127.0.0.1".to_owned(), port: broker, is_encrypted: false }),
        credentials: Credentials {
            s3: Some(S3Credentials { key: "key".to_owned(), secret: "word".to_owned(), token: None }),
            mqtt: None,
        },
        tls: TlsFiles::default(),
        budget_bytes_per_hour: None,
    }
}

/// What differs in any two runs: the wall clock, and how records fell into minutes and seals when the disk was written.
const OF_THE_DISK: [(&str, &str); 8] = [
    ("session", "made_us"),
    ("minute", "last_seq"),
    ("minute", "records_sha256"),
    ("minute", "chain"),
    ("proof", "facts"),
    ("proof", "root"),
    ("proof", "signature"),
    ("seal", ""),
];

/// Every row of every table, as it lies in the file.
fn rows(journal: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let journal = open(journal);
    let names = |sql: &str| -> Vec<String> {
        let mut statement = journal.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let all = |table: String| {
        let columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let columns: Vec<String> =
            columns.into_iter().filter(|column| !OF_THE_DISK.contains(&(&*table, &**column))).collect();
        let list = columns.join("\", \"");
        let mut statement = journal.prepare(&format!("SELECT \"{list}\" FROM {table} ORDER BY 1, 2")).unwrap();
        let row = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|at| row.get(at)).collect();
        let rows = statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
        (table, rows)
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    tables.into_iter().filter(|table| !OF_THE_DISK.contains(&(&**table, ""))).map(all).collect()
}

#[test]
fn a_day_offline_costs_nothing_and_every_block_arrives_once_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let alone = cab(folder.path(), "alone");
    let read_alone = work(&alone, || {}, |_| None);
    let sends = cab(folder.path(), "sends");
    let outbox = sends.with_file_name("outbox");
    // The store refuses every connection; the broker accepts, and says nothing.
    let (away, store) = crate::broker::silent();
    drop(away);
    let (_silent, broker) = crate::broker::silent();
    let away = config(&outbox, &format!("http://127.0.0.1:{store}"), broker);
    let mut packer = Packer::new(sends.clone(), outbox.clone(), false);
    let read = work(&sends, || drop(packer.look()), |screens| Some(start(away, screens).unwrap()));
    // Not a frame, and not a row.
    assert_eq!(read, read_alone);
    let (rows, rows_alone) = (rows(&sends), rows(&alone));
    for (table, rows_alone) in &rows_alone {
        assert!(rows[table] == *rows_alone, "{table}: {} and {} rows", rows[table].len(), rows_alone.len());
    }
    assert_eq!(rows.len(), rows_alone.len());
    // The bus's own clock is set on in this scenario, and no second is left out.
    assert!(rows["sample"].len() as u64 >= hours() * 3600, "{} seconds", rows["sample"].len());
    // The outbox holds the packets of the day, and the alarms.
    let blocks = Outbox::new(&outbox).blocks().unwrap();
    let bytes: u64 = fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < hours() * MOST_BYTES_PER_HOUR, "{bytes} bytes");
    assert!(blocks.len() as u64 <= hours() * 6 + 1, "{} blocks", blocks.len());
    let alarms: serde_json::Value = serde_json::from_slice(&fs::read(outbox.join(".alarms.json")).unwrap()).unwrap();
    let waiting = alarms["waiting"].as_array().unwrap().len();
    assert!((1..=MOST_ALARMS).contains(&waiting), "{waiting} alarms");
    let status = StatusFile::read(&outbox).unwrap();
    assert_eq!(status.store.unwrap().problem.as_deref(), Some("unreachable"));
    // The network is there again: each block once, and in them each second once.
    let there: BTreeMap<String, Vec<u8>> = files(&outbox)
        .into_iter()
        .map(|path| (format!("/county/in/{}", name(&path)), fs::read(path).unwrap()))
        .collect();
    let server = StoreServer::start(&[]);
    let (_snapshots, screens) = watch::channel(Snapshot::empty(session()));
    let uplink = start(UplinkConfig { mqtt: None, ..config(&outbox, &server.url, broker) }, screens).unwrap();
    wait_for("an empty outbox", || files(&outbox).is_empty().then_some(()));
    uplink.finish();
    let stored = server.stored.lock().unwrap();
    assert!(stored.objects == there, "{:?}", stored.objects.keys());
    assert!(stored.puts.values().all(|puts| *puts == 1), "{:?}", stored.puts);
    let mut times: Vec<i64> = Vec::new();
    for (name, bytes) in &stored.objects {
        let packet = Packet::of_bytes(Path::new(name), bytes.clone()).unwrap();
        times.extend(&packet.t_us);
    }
    times.sort_unstable();
    let journal = open(&sends);
    assert_eq!(times, times_us(&journal, 1));
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The packets of the outbox.
fn files(outbox: &Path) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
    fs::read_dir(outbox).unwrap().map(|entry| entry.unwrap().path()).filter(ours).collect()
}
