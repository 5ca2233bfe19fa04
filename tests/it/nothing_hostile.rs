//! Text of others, in DBC files, logs, journals and from the socket: no command hands it to a terminal as it is.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use crate::support::db::open;
use crate::support::run::{Ended, Sandbox};
use crate::support::screen::{LANGS, SCREENS, draw_screen, session};
use grainloss_protocol::snapshot::{SessionInfo, Snapshot};
use serde_json::{Value, json};

/// Sets the title, rings, turns text red by C1, hides, turns the direction, and begins a line of its own.
const HOSTILE: &str = "\x1b]0;pwn\x07\u{9b}31mEvil\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\nfake row";
/// The same where a line ends the text: interfaces and units.
const HOSTILE_WORD: &str = "\x1b]0;pwn\x07\u{9b}31mE\u{202e}\u{200b}";

/// Written down here on its own: what a terminal obeys (ECMA-48: C0, DEL, C1), and what Unicode has to hide or turn text.
fn must_not_get_out(c: char) -> bool {
    let code = u32::from(c);
    (code < 0x20 && c != '\n' && c != '\t')
        || (0x7F..=0x9F).contains(&code)
        || (0x200B..=0x200F).contains(&code)
        || (0x2028..=0x202E).contains(&code)
        || (0x2060..=0x2069).contains(&code)
        || [0x61C, 0xFEFF].contains(&code)
}

fn assert_clean(what: &str, ended: &Ended) {
    // A table for a spreadsheet begins with the byte-order mark.
    for text in [ended.out.strip_prefix('\u{feff}').unwrap_or(&ended.out), &ended.err] {
        let bad: Vec<char> = text.chars().filter(|&c| must_not_get_out(c)).collect();
        assert!(bad.is_empty(), "{what}: {bad:?} in {text:?}");
        // A line of a page is not a row of it.
        let row = !text.starts_with("<!DOCTYPE html>") && text.lines().any(|line| line.starts_with("fake row"));
        assert!(!row, "{what}: a row of its own in {text:?}");
    }
}

/// A log with a hostile interface, and a database with a hostile unit.
fn write_log(sandbox: &Sandbox) {
    let lines = (0..40).map(|n| {
        let (interface, t) = (if n % 2 == 0 { HOSTILE_WORD } else { "can0" }, 1_749_520_800 + n / 4);
        format!("({t}.{:06}) {interface} 0CF00400#FFFFFF0{}10FFFFFF\n", n % 4 * 250_000, n % 10)
    });
    sandbox.write("esc.log", lines.collect::<String>());
    let dbc = format!(
        "VERSION \"\"\nBU_: E\nBO_ 2364540926 EEC1: 8 E\n SG_ EngSpeed : 24|16@1+ (0.125,0) [0|8031.875] \"{HOSTILE_WORD}\" E\n\
         VAL_ 2364540926 EngSpeed 65535 \"{HOSTILE_WORD}\" ;\n"
    );
    sandbox.write("esc.dbc", dbc.replace("2364540926", "2364539904"));
}

/// Two sessions in which somebody has written hostile names.
fn write_journal(sandbox: &Sandbox) {
    for _ in 0..2 {
        let args = ["demo", "--headless", "--seconds", "90", "--operator", "A", "--field", "F", "--db", "j.sqlite"];
        sandbox.ok(&args);
    }
    let journal = open(&sandbox.path("j.sqlite"));
    let all =
        "UPDATE session SET operator = ?1, field = ?1 || id, place = ?1, township = ?1, machine = ?1, source = ?1";
    journal.execute(all, [HOSTILE]).unwrap();
    let setting = "INSERT INTO setting (session, seq, t_us, setting, value, unit, origin, who) \
                   SELECT 1, 900000, last_us, ?1, 1.0, ?1, 'operator', ?1 FROM session WHERE id = 1";
    journal.execute(setting, [HOSTILE]).unwrap();
}

#[test]
fn no_command_hands_the_terminal_what_others_have_written() {
    let sandbox = Sandbox::new();
    write_log(&sandbox);
    write_journal(&sandbox);
    let db = ["--db", "j.sqlite"];
    let commands: [(&[&str], &str); 21] = [
        (&["decode", "esc.log", "--dbc", "esc.dbc"], "\\u001b]0;pwn\\u0007\\u009b31mE\\u202e\\u200b"),
        (
            &["decode", "esc.log", "--dbc", "esc.dbc", "--format", "jsonl"],
            "\\u001b]0;pwn\\u0007\\u009b31mE\\u202e\\u200b",
        ),
        (&["machine", "seen", "esc.log"], "\\u001b]0;pwn"),
        (&["machine", "seen", "esc.log", "--dbc", "esc.dbc"], "\\u001b]0;pwn"),
        (&["machine", "seen", "esc.log", "--format", "json"], "\\u009b31mE"),
        (&["machine", "suggest", "esc.log", "--dbc", "esc.dbc"], ""),
        (&["machine", "suggest", "esc.log", "--dbc", "esc.dbc", "--toml"], ""),
        (&["machine", "check", "combine-demo", "esc.log"], ""),
        (&["convert", "esc.log", "-"], ") \\u001b]0;pwn\\u0007\\u009b31mE\\u202e\\u200b 0CF00400#"),
        (&["replay", "esc.log", "--machine", "combine-demo", "--crop", "wheat"], ""),
        (&["sessions", db[0], db[1]], "\\u001b]0;pwn\\u0007\\u009b31mEvil\\u007f"),
        (&["sessions", "--format", "json", db[0], db[1]], "\\u009b31mEvil\\u007f\\u202e"),
        (&["session", "diff", "1", "2", db[0], db[1]], "\\u000afake row"),
        (&["session", "diff", "1", "2", "--format", "json", db[0], db[1]], "\\u009b"),
        (&["followup", "change", "--on", "2025-06-10", db[0], db[1]], "\\u001b]0;pwn"),
        (&["followup", "change", "--on", "2025-06-10", "--format", "csv", db[0], db[1]], "\\u001b]0;pwn"),
        (&["followup", "change", "--on", "2025-06-10", "--format", "json", db[0], db[1]], "\\u009b31mEvil"),
        (&["followup", "county", db[0], db[1]], "\\u001b]0;pwn"),
        (&["report", "1", "--format", "json", db[0], db[1]], "\\u009b31mEvil"),
        (&["report", "1", "--format", "html", db[0], db[1]], ""),
        (&["verify", "1", db[0], db[1]], ""),
    ];
    for (args, shown) in commands {
        let ended = sandbox.run(args);
        assert_clean(&format!("{args:?}"), &ended);
        assert!(ended.out.contains(shown), "{args:?}: it is spelled out: {} {}", ended.out, ended.err);
    }
    // JSON says the same as ever.
    let sessions: Value =
        serde_json::from_str(&sandbox.ok(&["sessions", "--format", "json", db[0], db[1]]).out).unwrap();
    assert_eq!(sessions[0]["operator"], HOSTILE);
    let report: Value =
        serde_json::from_str(&sandbox.ok(&["report", "1", "--format", "json", db[0], db[1]]).out).unwrap();
    assert_eq!(report["operator"], HOSTILE);
    let decoded = sandbox.ok(&["decode", "esc.log", "--dbc", "esc.dbc", "--format", "jsonl"]).out;
    let first: Value = serde_json::from_str(decoded.lines().next().unwrap()).unwrap();
    assert_eq!((&first["iface"], &first["unit"]), (&HOSTILE_WORD.into(), &HOSTILE_WORD.into()));
    // A converted log is told, and can be read.
    let ended = sandbox.ok(&["convert", "esc.log", "plain.log"]);
    assert!(ended.err.contains("characters that cannot be seen"), "{}", ended.err);
    let again = sandbox.ok(&["decode", "plain.log", "--dbc", "esc.dbc", "--stats"]).out;
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["frames"], 40);
    // Whoever types such a name is refused.
    for name in ["\u{202e}evil", "\u{2066}x", "\u{200b}", "a\u{feff}b", "a\u{9b}b", "a\nb", "a\u{200d}b"] {
        sandbox.refused(&["demo", "--headless", "--seconds", "1", "--operator", name], &["visible"]);
    }
}

#[test]
fn the_dashboard_draws_no_name_that_a_terminal_would_obey() {
    let name = || Some(HOSTILE.to_owned());
    let (machine, crop_id) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    let mut snapshot = Snapshot::empty(SessionInfo { operator: name(), field: name(), machine, crop_id, ..session() });
    snapshot.session.choices.fields = vec![HOSTILE.to_owned()];
    for lang in LANGS {
        for (screen, keys) in SCREENS {
            let drawn = draw_screen(&snapshot, lang, keys, (100, 30));
            let shown: String = drawn.buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            let bad: Vec<char> = shown.chars().filter(|&c| must_not_get_out(c)).collect();
            assert!(bad.is_empty(), "{screen}: {bad:?}");
        }
    }
}

/// A service at a socket that says these messages, once.
fn service(listener: UnixListener, messages: Vec<Vec<u8>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let (mut stream, _): (UnixStream, _) = listener.accept().unwrap();
        for message in messages {
            stream.write_all(&u32::try_from(message.len()).unwrap().to_le_bytes()).unwrap();
            stream.write_all(&message).unwrap();
        }
        // Until the screen has gone.
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

#[test]
fn what_a_hostile_service_says_cannot_break_out_of_watch() {
    let sandbox = Sandbox::new();
    let pack = |message: &Value| rmp_serde::to_vec_named(message).unwrap();
    let hello =
        |protocol: u16, software: &str| pack(&json!({"hello": {"protocol": protocol, "software": software, "pid": 1}}));
    let watch = |name: &str, messages: Vec<Vec<u8>>| {
        let listener = UnixListener::bind(sandbox.path(name)).unwrap();
        let told = service(listener, messages);
        let ended = sandbox.run(&["watch", "--once", "--socket", name]);
        told.join().unwrap();
        assert_clean(name, &ended);
        ended
    };
    let version = watch("version", vec![hello(99, HOSTILE)]);
    assert!(version.err.contains("\\u001b]0;pwn") && version.err.lines().count() == 1, "{}", version.err);
    let bye = watch("bye", vec![hello(1, HOSTILE), pack(&json!({"bye": HOSTILE}))]);
    assert!(bye.err.contains("\\u000afake row") && bye.err.lines().count() == 1, "{}", bye.err);
    let session = SessionInfo { operator: Some(HOSTILE.to_owned()), ..SessionInfo::default() };
    let snapshot = rmp_serde::to_vec_named(&BTreeMap::from([("snapshot", Snapshot::empty(session))])).unwrap();
    let ended = watch("names", vec![hello(1, "x"), snapshot]);
    let shown: Value = serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.err));
    assert_eq!(shown["session"]["operator"], HOSTILE);
}
