//! What belongs to a journal is never the output of another command; what is read has a longest length; what was typed in is
//! redacted.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::db::open;
use crate::support::run::Sandbox;

/// A closed, captured session with everything that can lie beside it.
fn harvest(sandbox: &Sandbox) {
    sandbox.ok(&["demo", "--headless", "--seconds", "90", "--capture", "--db", "j.sqlite"]);
    sandbox.write("j.sqlite.lock", "4711\n");
    sandbox.write("j.remembered.toml", "operator = \"老王\"\n");
    sandbox.write("j.sqlite.checks", "{}\n");
}

const CAPTURE: &str = "j-raw/session-000001.log.zst";
const BELONGINGS: [(&str, &str); 10] = [
    ("j.sqlite", "journal"),
    ("j.sqlite-wal", "not taken up"),
    ("j.sqlite-shm", "index"),
    ("j.sqlite.lock", "lock"),
    ("j.sqlite.head", "newest seal"),
    ("j.sqlite.checks", "check lists that wait"),
    ("j.remembered.toml", "names"),
    ("device.key", "secret key"),
    ("device.pub", "public keys"),
    (CAPTURE, "capture"),
];

#[test]
fn no_output_takes_the_place_of_what_belongs_to_a_journal() {
    let sandbox = Sandbox::new();
    harvest(&sandbox);
    // While somebody reads it, the journal has its log and index beside it.
    let reader = open(&sandbox.path("j.sqlite"));
    reader.query_row("SELECT count(*) FROM sample", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = BELONGINGS.map(|(name, _)| sandbox.bytes(name));
    let check = |what: &str| {
        for ((name, _), before) in BELONGINGS.iter().zip(&before) {
            // The index holds who reads just now.
            assert!(*name == "j.sqlite-shm" || sandbox.bytes(name) == *before, "{what}: {name} was written");
        }
    };
    for (nth, (name, word)) in BELONGINGS.iter().enumerate() {
        let (link, hard) = (format!("link-{nth}"), format!("hard-{nth}"));
        symlink(sandbox.path(name), sandbox.path(&link)).unwrap();
        fs::hard_link(sandbox.path(name), sandbox.path(&hard)).unwrap();
        for out in [*name, &link, &hard] {
            for command in [
                &["report", "1", "--format", "json", "--db", "j.sqlite", "--out", out][..],
                &["report", "1", "--format", "csv", "--db", "j.sqlite", "--out", out],
                &["session", "proof", "1", "--db", "j.sqlite", "--out", out],
                &["followup", "county", "--format", "csv", "--db", "j.sqlite", "--out", out],
            ] {
                let told = sandbox.refused(command, &[out, "destroy"]);
                // The journal itself is named as what --db is.
                assert!(told.contains(word) || told.contains("--db"), "{out}: {told}");
            }
            check(out);
        }
        // Commands that know of no journal see what the name, the content and the neighbours say.
        for out in [*name, &link] {
            sandbox
                .refused(&["simulate", "--scenario", "wheat", "--seconds", "1", "--out", out], &[out, "destroy", word]);
            sandbox.refused(&["convert", CAPTURE, out], &[out, "destroy"]);
            let replay = ["replay", CAPTURE, "--machine", "combine-demo", "--crop", "wheat", "--summary", out];
            sandbox.refused(&replay, &[out, "destroy"]);
            check(out);
        }
    }
    drop(reader);
    // What is not there yet is not taken either, also by a link that leads to it; other names are free.
    fs::remove_file(sandbox.path("link-1")).unwrap();
    let _ = fs::remove_file(sandbox.path("j.sqlite-wal"));
    symlink(sandbox.path("j.sqlite-wal"), sandbox.path("link-1")).unwrap();
    for out in ["j.sqlite-wal", "link-1"] {
        sandbox.refused(&["report", "1", "--format", "json", "--db", "j.sqlite", "--out", out], &[out, "destroy"]);
    }
    for out in ["r.json", "device.keys.json", "j.sqlite.json", "j-raw.json"] {
        sandbox.ok(&["report", "1", "--format", "json", "--db", "j.sqlite", "--out", out]);
    }
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
}

#[test]
fn a_file_that_never_ends_is_refused_by_name_with_the_limit() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "2", "--db", "j.sqlite"]);
    let good = include_str!("../../machines/combine-demo.toml");
    sandbox.write("endless.toml", good.replace("dbc = \"combine-demo\"", "dbc = \"/dev/zero\""));
    assert!(sandbox.text("endless.toml").contains("/dev/zero"));
    symlink("/dev/zero", sandbox.path("zero.toml")).unwrap();
    sandbox.write("one.log", "(1749520800.000000) can0 0CF00400#FFFFFF0010FFFFFF\n");
    let replay = ["replay", "one.log", "--machine", "combine-demo", "--crop", "wheat"];
    let commands: [(&[&str], &str, &str); 7] = [
        (&["machine", "show", "./endless.toml"], "/dev/zero", "64 MB"),
        (&["decode", "one.log", "--dbc", "/dev/zero"], "/dev/zero", "64 MB"),
        (&["machine", "show", "./zero.toml"], "zero.toml", "4 MB"),
        (&["simulate", "--scenario", "zero.toml", "--out", "s.log"], "zero.toml", "4 MB"),
        (&[&replay[..], &["--conditions", "/dev/zero"]].concat(), "/dev/zero", "4 MB"),
        (&[&replay[..], &["--pans", "/dev/zero"]].concat(), "/dev/zero", "4 MB"),
        (&["calibration", "import", "/dev/zero", "--db", "j.sqlite"], "/dev/zero", "1 MB"),
    ];
    for (args, file, most) in commands {
        let mut command = sandbox.program("sh", &["-c", "ulimit -v 2000000; exec \"$@\"", "sh"]);
        command.arg(env!("CARGO_BIN_EXE_grainloss")).args(args);
        let ended = crate::support::run::Ended::from(command.output().unwrap());
        assert_eq!(ended.code, Some(2), "{args:?}: {}", ended.err);
        assert!(ended.err.contains(file) && ended.err.contains(most), "{args:?}: {}", ended.err);
    }
}

#[test]
fn a_database_of_a_hundred_thousand_signals_is_still_read() {
    let sandbox = Sandbox::new();
    let signal = |m: u32, byte: u32| format!(" SG_ S{m}_{byte} : {}|8@1+ (1,0) [0|250] \"kg\" E\n", byte * 8);
    let message = |m: u32| {
        let signals: String = (0..8).map(|byte| signal(m, byte)).collect();
        format!("BO_ {} M{m}: 8 E\n{signals}", 0x8C00_0000 + m)
    };
    let dbc = format!("VERSION \"\"\nBU_: E\n{}", (0..12_500).map(message).collect::<String>());
    sandbox.write("large.dbc", dbc);
    sandbox.write("one.log", "(1749520800.000000) can0 0C0030D3#0102030405060708\n");
    let told = sandbox.ok(&["decode", "one.log", "--dbc", "large.dbc", "--stats"]).out;
    assert!(told.contains("\"signals\":8"), "{told}");
}

/// The parts of a zip file, one after the other (APPNOTE 4.3.7: local headers; all are deflated).
fn unzipped(packed: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for at in (0..packed.len() - 30).filter(|&at| packed[at..].starts_with(b"PK\x03\x04")) {
        let length = |from: usize| usize::from(u16::from_le_bytes([packed[at + from], packed[at + from + 1]]));
        let _ = flate2::read::DeflateDecoder::new(&packed[at + 30 + length(26) + length(28)..]).read_to_end(&mut all);
    }
    assert!(all.windows(9).any(|word| word == b"<workbook"), "the parts of a workbook");
    all
}

#[test]
fn a_redacted_report_has_no_word_that_somebody_typed() {
    let sandbox = Sandbox::new();
    let names = ["--operator", "Secret-O", "--field", "Secret-F", "--place", "Secret-P", "--plate", "Secret-L"];
    sandbox.ok(&[&["demo", "--headless", "--seconds", "90", "--db", "j.sqlite"][..], &names].concat());
    let journal = open(&sandbox.path("j.sqlite"));
    for (seq, setting) in [(900_000, "Secret-S of Zhang"), (900_001, "fan.speed")] {
        let sql = "INSERT INTO setting (session, seq, t_us, setting, value, unit, origin, who) \
                   SELECT 1, ?1, last_us, ?2, 812, NULL, 'operator', 'Secret-W' FROM session WHERE id = 1";
        journal.execute(sql, rusqlite::params![seq, setting]).unwrap();
    }
    drop(journal);
    let args = ["report", "1", "--redact", "--lang", "en", "--db", "j.sqlite", "--format"];
    for format in ["json", "csv", "html", "xlsx", "pdf"] {
        let out = format!("r.{format}");
        let ended = sandbox.run(&[&args[..], &[format, "--out", &out]].concat());
        // Without a font for Chinese names there is no PDF; the readers' tests ask for one.
        let has_none = ["this build has no", "no font for Simplified Chinese"];
        if ended.code == Some(2) && has_none.iter().any(|why| ended.err.contains(why)) {
            continue;
        }
        assert_eq!(ended.code, Some(0), "{format}: {}", ended.err);
        let bytes = if format == "xlsx" { unzipped(&sandbox.bytes(&out)) } else { sandbox.bytes(&out) };
        let found = bytes.windows(6).any(|word| word == b"Secret");
        assert!(!found, "{format} has a word that somebody typed");
    }
    let page = sandbox.text("r.html");
    assert_eq!(page.matches(">812<").count(), 2, "the values stay: {page}");
    // The same report as it is has them, so that this test would see them.
    let whole = sandbox.ok(&["report", "1", "--format", "html", "--lang", "en", "--db", "j.sqlite"]).out;
    let book = sandbox.run(&["report", "1", "--format", "xlsx", "--out", "w.xlsx", "--db", "j.sqlite"]);
    if book.code == Some(0) {
        assert!(String::from_utf8_lossy(&unzipped(&sandbox.bytes("w.xlsx"))).contains("Secret-S of Zhang"));
    }
    for word in ["Secret-O", "Secret-F", "Secret-P", "Secret-L", "Secret-S of Zhang", "Secret-W"] {
        assert!(whole.contains(word), "{word}");
    }
}

#[test]
fn a_rotation_that_was_killed_leaves_no_key_behind() {
    let sandbox = Sandbox::new();
    let demo = || sandbox.ok(&["demo", "--headless", "--seconds", "3", "--db", "j.sqlite"]);
    let keys = || {
        let mut names: Vec<String> = fs::read_dir(sandbox.folder())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("device."))
            .collect();
        names.sort();
        names
    };
    demo();
    let key = sandbox.text("device.key");
    assert_eq!(keys(), ["device.key", "device.pub"]);
    // As one of this version and one of an earlier version leave it: both go with the next session.
    sandbox.write("device.key.new", &key[..50]);
    sandbox.write("device.key.4711", &key);
    demo();
    assert_eq!(
        (keys(), sandbox.text("device.key")),
        (vec!["device.key".to_owned(), "device.pub".to_owned()], key.clone())
    );
    // Killed when the very key had its two names: nothing is written into it.
    fs::hard_link(sandbox.path("device.key"), sandbox.path("device.key.new")).unwrap();
    sandbox.ok(&["key", "rotate", "--db", "j.sqlite"]);
    let rotated = sandbox.text("device.key");
    assert_ne!(rotated, key);
    assert_eq!((keys().len(), rotated.len(), sandbox.text("device.pub").lines().count()), (2, key.len(), 2));
    assert_eq!(fs::metadata(sandbox.path("device.key")).unwrap().permissions().mode() & 0o777, 0o600);
    // Killed between the key and the list: the next session adds it, and all verify.
    let public = sandbox.text("device.pub");
    sandbox.write("device.pub", format!("{}\n", public.lines().next().unwrap()));
    demo();
    assert_eq!(sandbox.text("device.pub"), public);
    for session in ["1", "2", "3"] {
        sandbox.ok(&["verify", session, "--db", "j.sqlite"]);
    }
}

/// Twenty killed rotations and four at once: one key in place, and no other.
#[test]
fn rotations_at_once_and_killed_ones_leave_one_key() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "3", "--db", "j.sqlite"]);
    for nth in 0..20_u64 {
        let mut child = sandbox.command(&["key", "rotate", "--db", "j.sqlite"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(nth));
        let _ = child.kill();
        child.wait().unwrap();
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| sandbox.ok(&["key", "rotate", "--db", "j.sqlite"]));
        }
    });
    sandbox.ok(&["demo", "--headless", "--seconds", "3", "--db", "j.sqlite"]);
    let files: Vec<String> = fs::read_dir(sandbox.folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("device."))
        .collect();
    assert_eq!(files.len(), 2, "{files:?}");
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
    sandbox.ok(&["verify", "2", "--db", "j.sqlite"]);
}

#[test]
fn a_report_that_finds_the_disk_full_says_so_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "60", "--db", "j.sqlite"]);
    for format in ["csv", "json", "html", "xlsx"] {
        let report = ["report", "1", "--db", "j.sqlite", "--format", format, "--lang", "en", "--out", "/dev/full"];
        sandbox.refused(&report, &["/dev/full", "the disk is full"]);
    }
}
