//! Journals and packets to gather, and stores to look into.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grainloss_journal::{DeviceKeys, FileSignature, Journal, ProofMinute, RowsHash, SigningKey, minute_end};
use grainloss_packet::{Head, Packet, seal, write};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value};
use tempfile::TempDir;

/// A folder for journals, packets and a store.
pub struct Bench {
    pub folder: TempDir,
}

/// The seconds of a session: time, and the texts of every column.
pub type Seconds = Vec<(i64, Vec<String>)>;

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The journal of machine `a`, `b` or `c`, with its key beside it, in a folder of its own.
    pub fn journal(&self, machine: &str) -> PathBuf {
        let folder = self.path(&format!("cab-{machine}"));
        fs::create_dir_all(&folder).unwrap();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(machine);
        let packed = fs::read(data.join("j.sqlite.zst")).unwrap();
        fs::write(folder.join("j.sqlite"), zstd::decode_all(&packed[..]).unwrap()).unwrap();
        for name in ["device.key", "device.pub", "j.sqlite.head"] {
            fs::copy(data.join(name), folder.join(name)).unwrap();
        }
        fs::set_permissions(folder.join("device.key"), fs::Permissions::from_mode(0o600)).unwrap();
        folder.join("j.sqlite")
    }

    /// Packs every session of a machine's journal into a folder, as `grainloss pack` does; gives the files.
    pub fn pack(&self, machine: &str, names: bool) -> Vec<PathBuf> {
        let path = self.journal(machine);
        let journal = Journal::open(&path).unwrap();
        let key = key(&path);
        let sessions = journal.sessions().unwrap();
        let packets = sessions.iter().map(|session| {
            let mut report = Vec::new();
            grainloss_report::write_json(&journal, session, !names, None, &mut report).unwrap();
            let report = serde_json::from_slice(&report).unwrap();
            let sealed = seal(&journal, session, i64::MIN, Some(report), names, &key).unwrap();
            self.put(&format!("packets-{machine}"), &sealed.name, &sealed.bytes)
        });
        packets.collect()
    }

    pub fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> PathBuf {
        fs::create_dir_all(self.path(folder)).unwrap();
        let path = self.path(folder).join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn store(&self) -> PathBuf {
        self.path("store")
    }

    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("GRAINLOSS_STORE", self.store())
            .env("LANG", "en_US.UTF-8");
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").output().unwrap()
    }

    /// Runs the command, which is to end well; gives what it says.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert!(ended.status.success(), "{args:?}: {}", text(&ended.stderr));
        text(&ended.stdout)
    }

    /// Runs the command, which is to end with this status; gives what it complains of.
    #[track_caller]
    pub fn refused(&self, args: &[&str], status: i32) -> String {
        let ended = self.run(args);
        assert_eq!(ended.status.code(), Some(status), "{args:?}: {}{}", text(&ended.stdout), text(&ended.stderr));
        text(&ended.stderr)
    }

    /// Trusts the keys of machines `a` and `b`.
    pub fn trust_all(&self) {
        for machine in ["a", "b"] {
            let key = self.journal(machine).with_file_name("device.pub");
            self.ok(&["keys", "trust", key.to_str().unwrap()]);
        }
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn key(journal: &Path) -> SigningKey {
    DeviceKeys::beside(journal).load().unwrap()
}

/// Every file of the tables of a store, by its path in it.
pub fn tables(store: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = all_files(store);
    files.retain(|path, _| {
        path.ends_with(".parquet") && !path.starts_with("packets/") && !path.starts_with("quarantine/")
    });
    files
}

/// Every file of a store but the register, whose bytes depend on how it came to be.
pub fn all_files(store: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(store, store, &mut found);
    found.retain(|path, _| !path.starts_with("register.sqlite") && path != ".lock");
    found
}

fn collect(folder: &Path, store: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, store, found);
        } else {
            found.insert(path.strip_prefix(store).unwrap().display().to_string(), fs::read(&path).unwrap());
        }
    }
}

/// The rows of a table, in the order of folders and files, each with the values of its folders.
pub fn rows(store: &Path, table: &str) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    for (path, bytes) in tables(store).into_iter().filter(|(path, _)| path.starts_with(&format!("{table}/"))) {
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        for row in file.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let mut row: Map<String, Value> =
                row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect();
            let folders = path.split('/').filter_map(|part| part.split_once('='));
            row.extend(folders.map(|(name, value)| (name.to_owned(), Value::from(value))));
            rows.push(row);
        }
    }
    rows
}

fn value(field: &Field) -> Value {
    match field {
        Field::Long(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        Field::Null => Value::Null,
        other => panic!("{other:?}: neither a whole number nor text"),
    }
}

/// The sum of a column.
pub fn sum(rows: &[Map<String, Value>], column: &str) -> i64 {
    rows.iter().map(|row| row[column].as_i64().unwrap_or(0)).sum()
}

/// The rows of one session.
pub fn of_session(rows: Vec<Map<String, Value>>, session: &str) -> Vec<Map<String, Value>> {
    rows.into_iter().filter(|row| row["session"].as_str().is_some_and(|name| name.ends_with(session))).collect()
}

/// The whole packet of a session, taken apart.
pub struct Whole {
    pub head: Head,
    pub seconds: Seconds,
    pub key: SigningKey,
}

impl Whole {
    pub fn of(bench: &Bench, machine: &str, session: i64) -> Self {
        let journal = bench.journal(machine);
        let packet = bench.pack(machine, false).remove(usize::try_from(session).unwrap() - 1);
        let mut seconds = Vec::new();
        Journal::open(&journal)
            .unwrap()
            .seconds_within(session, (i64::MIN, i64::MAX), |t_us, texts| seconds.push((t_us, texts.to_vec())))
            .unwrap();
        Self { head: Packet::read(&packet).unwrap().head, seconds, key: key(&journal) }
    }

    /// The packet of minutes `from..to`: as the service makes it while the session runs, or, up to the end, when it is closed.
    pub fn block(&self, from: usize, to: usize) -> Vec<u8> {
        let mut head = self.head.clone();
        head.chain_before = ProofMinute::chain(&self.head.chain_before, &self.head.minutes[..from]);
        head.minutes = self.head.minutes[from..to].to_vec();
        if to < self.head.minutes.len() {
            head.last = false;
            head.report = None;
            // What is entered later is not known yet.
            (head.pans, head.points, head.findings, head.calibration) = (vec![], vec![], vec![], None);
            head.seal = 1 + to as i64;
        }
        let ends: Vec<i64> = head.minutes.iter().map(|minute| minute.end_us).collect();
        let seconds: Seconds =
            self.seconds.iter().filter(|(t_us, _)| ends.contains(&minute_end(*t_us))).cloned().collect();
        sign(&head, &seconds, &self.key)
    }
}

/// A signed packet with this head and these seconds.
pub fn sign(head: &Head, seconds: &Seconds, key: &SigningKey) -> Vec<u8> {
    let text = serde_json::to_string(head).unwrap();
    let hash = grainloss_core::data_file::sha256(&[text.as_bytes()]);
    write(head.session, &text, &FileSignature::sign(key, &[head.session], &hash), seconds).unwrap()
}

/// The minutes of seconds, hashed anew: what a machine's key could sign.
pub fn hashed(head: &mut Head, seconds: &Seconds) {
    for minute in &mut head.minutes {
        let mut hash = RowsHash::default();
        seconds.iter().filter(|(t_us, _)| minute_end(*t_us) == minute.end_us).for_each(|(_, texts)| hash.add(texts));
        minute.seconds = hash.seconds;
        minute.rows_sha256 = hash.finish();
    }
}
