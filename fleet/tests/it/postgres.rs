//! The register of a county: a store's SQLite brought over to PostgreSQL with PostGIS. Needs both, and sqlite3; without them the
//! test says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use grainloss_fleet::heard::keeper::Keeper;
use rusqlite::types::ValueRef;

use crate::gather::support::Bench;

/// A server of PostgreSQL in a folder of its own, reached by a socket in it.
struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

/// Runs a program; as the user postgres where this one is root, as which the server refuses to run.
fn run(program: &Path, args: &[&str]) -> Result<String, String> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0);
    let mut command = Command::new(if is_root { Path::new("runuser") } else { program });
    if is_root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    let ended = command.args(args).current_dir("/").output().map_err(|error| error.to_string())?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ended.status.success() { Ok(said(&ended.stdout)) } else { Err(said(&ended.stderr)) }
}

impl Postgres {
    fn start() -> Result<Self, String> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").map_err(|_| "no /usr/lib/postgresql".to_owned())?;
        let programs = versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).max();
        let programs = programs.filter(|programs| programs.join("initdb").is_file()).ok_or("no initdb")?;
        run(&programs.join("psql"), &["--version"])?;
        Command::new("sqlite3").arg("--version").output().map_err(|_| "no sqlite3")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        // The server's user writes into it.
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), all).map_err(|error| error.to_string())?;
        let server = Self { folder, programs };
        let data = server.data();
        run(
            &server.programs.join("initdb"),
            &["-D", &data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "office"],
        )?;
        let options = format!("-k {} -h '' -F", server.folder.path().display());
        let log = format!("{data}/log");
        run(&server.programs.join("pg_ctl"), &["-D", &data, "-o", &options, "-l", &log, "-w", "start"])?;
        server.ask("postgres", "CREATE DATABASE county")?;
        server.ask("county", "CREATE EXTENSION postgis; DROP EXTENSION postgis")?;
        Ok(server)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn database(&self, name: &str) -> String {
        format!("postgresql://office@/{name}?host={}", self.folder.path().display())
    }

    fn ask(&self, database: &str, sql: &str) -> Result<String, String> {
        run(&self.programs.join("psql"), &["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.database(database)])
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = run(&self.programs.join("pg_ctl"), &["-D", &self.data(), "-m", "immediate", "stop"]);
        let _ = run(Path::new("rm"), &["-r", &self.data()]);
    }
}

/// The rows of a table, sorted, in the text format of PostgreSQL's COPY.
fn rows(register: &rusqlite::Connection, table: &str) -> Vec<String> {
    let mut all = register.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = all.column_count();
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => "\\N".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).unwrap();
            text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
        }
        ValueRef::Blob(bytes) => {
            format!("\\\\x{}", grainloss_core::data_file::hex(bytes))
        }
        ValueRef::Real(_) => unreachable!("the register has whole numbers only"),
    };
    let row = |row: &rusqlite::Row<'_>| {
        Ok((0..columns).map(|at| text(row.get_ref(at).unwrap())).collect::<Vec<_>>().join("\t"))
    };
    let mut rows: Vec<String> = all.query_map([], row).unwrap().map(Result::unwrap).collect();
    rows.sort();
    rows
}

#[test]
fn a_register_comes_over_to_postgresql_as_it_is() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => return eprintln!("SKIPPED: postgresql, postgresql-15-postgis-3 and sqlite3 are needed: {why}"),
    };
    let bench = Bench::new();
    bench.trust_all();
    bench.pack("a", true);
    bench.pack("b", false);
    bench.ok(&["gather", "packets-a", "packets-b"]);
    let key = std::fs::read_to_string(bench.path("cab-a/device.pub")).unwrap();
    let device = grainloss_packet::device(key.trim());
    // What CSV has to quote, an empty text beside what is unknown.
    bench.ok(&[
        "machines",
        "set",
        &device,
        "--plate",
        "鲁\"P\",1",
        "--co-op",
        "一社\n二社",
        "--township",
        "\\N",
        "--region",
        "r",
    ]);
    let mut keeper = Keeper::open(&bench.store()).unwrap();
    keeper.keep().unwrap();
    let online = grainloss_uplink::online(&device, true, "1.0").to_string();
    keeper.ears.hear(format!("grainloss/v1/{device}/online").as_bytes(), online.as_bytes(), false, 1_000_000);
    keeper.keep().unwrap();
    drop(keeper);

    let path = bench.store().join("register.sqlite");
    let register = rusqlite::Connection::open(&path).unwrap();
    register.execute("UPDATE machine SET name = '' WHERE device = ?1", [&device]).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("register/to-postgres");
    let brought = || Command::new(&script).arg(&path).arg(server.database("county")).output().unwrap();
    let first = brought();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    for table in ["about", "device_key", "machine", "session", "packet", "minute", "point", "object", "heard"] {
        let mut found: Vec<String> =
            server.ask("county", &format!("COPY {table} TO STDOUT")).unwrap().lines().map(str::to_owned).collect();
        found.sort();
        let expected = rows(&register, table);
        assert_eq!(found, expected, "{table}");
        assert!(!expected.is_empty() || matches!(table, "point" | "object"), "{table}");
        let said = format!("{table} {}\n", expected.len());
        assert!(String::from_utf8_lossy(&first.stdout).contains(&said), "{said}");
    }
    // Not twice into one database; and the next session has a number of its own.
    assert!(!brought().status.success());
    let insert = "INSERT INTO session (device, journal, number, started_us, crop, known_by, end_us, changed) \
        VALUES ('x', 'y', 1, 0, 'wheat', 0, 0, 0) RETURNING id";
    assert_eq!(server.ask("county", insert).unwrap().trim(), "4");
    // The township of a place, by its area.
    let area = "INSERT INTO township_area VALUES ('东镇', 'r', ST_Multi(ST_MakeEnvelope(115, 36, 116, 37, 4326)))";
    server.ask("county", area).unwrap();
    let place =
        "SELECT township FROM township_area WHERE ST_Contains(area, ST_SetSRID(ST_MakePoint(115.98, 36.45), 4326))";
    assert_eq!(server.ask("county", place).unwrap().trim(), "东镇");
}
