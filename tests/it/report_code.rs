//! The square code of a report: what is photographed is checked, and what was altered is named.

use std::sync::OnceLock;

use crate::support::run::Sandbox;

/// A journal with one session, and the text of its code as the report holds it.
fn journal() -> &'static (Sandbox, String) {
    static MADE: OnceLock<(Sandbox, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let sandbox = Sandbox::new();
        let names = ["--operator", "张三", "--field", "秘密地块", "--machine-name", "红旗", "--plate", "鲁P12345"];
        sandbox.ok(&[&["demo", "--headless", "--seconds", "900", "--db", "j.sqlite"][..], &names].concat());
        let text = code(&sandbox, "html", &[]);
        (sandbox, text)
    })
}

/// The code's text: the page has it beside the picture, for who cannot scan it.
fn code(sandbox: &Sandbox, format: &str, more: &[&str]) -> String {
    let base = ["report", "last", "--db", "j.sqlite", "--format", format];
    let page = sandbox.ok(&[&base[..], more].concat()).out;
    let at = page.find("GRAINLOSS 1 SESSION").expect("the page has the code's text");
    page[at..].chars().take_while(|c| !matches!(c, '<' | '"')).collect()
}

#[test]
fn a_photographed_code_is_that_of_the_journal() {
    let (sandbox, text) = journal();
    let ended = sandbox.ok(&["verify", text, "--db", "j.sqlite", "--lang", "en"]);
    assert!(ended.out.contains("session 1 in the journal") && ended.out.contains("untouched"), "{}", ended.out);
    // A phone breaks lines and writes small letters; a file and standard input do as well.
    sandbox.write("photo.txt", text.to_lowercase().replace(" key ", "\nkey\n"));
    sandbox.ok(&["verify", "photo.txt", "--db", "j.sqlite"]);
    // Elsewhere, without the journal, the key alone proves it.
    let key = sandbox.text("device.pub").trim().to_owned();
    let other = Sandbox::new();
    let ended = other.ok(&["verify", text, "--key", &key, "--lang", "en"]);
    assert!(ended.out.contains("no journal here") && ended.out.contains("untouched"), "{}", ended.out);
    let stranger = "3".repeat(64);
    assert_eq!(other.run(&["verify", text, "--key", &stranger]).code, Some(1));
    assert_eq!(other.run(&["verify", "GRAINLOSS 1 nothing"]).code, Some(2));
}

#[test]
fn an_altered_code_is_refused_and_what_differs_is_named() {
    let (sandbox, text) = journal();
    let value = |name: &str| {
        let words: Vec<&str> = text.split(' ').collect();
        words[words.iter().position(|word| *word == name).unwrap() + 1].to_owned()
    };
    for (field, name, other) in [
        ("RATE", "loss rate", "0.10%"),
        ("LOSS", "loss is", "1.0KG"),
        ("AREA", "area", "99.0000HA"),
        ("CROP", "crop", "RICE"),
        ("START", "start", "2025-06-11T02:00:00Z"),
        ("SEAL", "seal", "0000000000000000"),
    ] {
        let altered = text.replacen(&format!("{field} {}", value(field)), &format!("{field} {other}"), 1);
        assert_ne!(altered, *text, "{field}");
        let ended = sandbox.run(&["verify", &altered, "--db", "j.sqlite", "--lang", "en"]);
        assert_eq!(ended.code, Some(1), "{field}");
        assert!(
            ended.out.contains(name) && ended.out.contains(other) && ended.out.contains(&value(field)),
            "{}",
            ended.out
        );
        // Without the journal the signature does not fit.
        let key = sandbox.text("device.pub").trim().to_owned();
        let ended = Sandbox::new().run(&["verify", &altered, "--key", &key, "--lang", "en"]);
        assert!(ended.code == Some(1) && ended.out.contains("altered"), "{}", ended.out);
    }
    // A signature of other text, a field twice, none at all.
    let twice = text.replacen(" RATE ", " RATE 0.10% 0.05-0.20 RATE ", 1);
    assert_eq!(sandbox.run(&["verify", &twice, "--db", "j.sqlite"]).code, Some(1));
    let unsigned = text.split(" KEY ").next().unwrap();
    let ended = sandbox.run(&["verify", unsigned, "--db", "j.sqlite", "--lang", "en"]);
    assert!(ended.code == Some(1) && ended.out.contains("unsigned"), "{}", ended.out);
}

#[test]
fn a_code_has_no_name_and_no_place() {
    let (sandbox, text) = journal();
    assert!(text.is_ascii() && text.len() < 500, "{} {text}", text.len());
    // Only what a square code holds most densely: it stays small enough for a phone.
    assert!(text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " -.:%".contains(c)), "{text}");
    assert_eq!(code(sandbox, "html", &["--redact"]), *text, "a redacted report is of the same session");
    assert_eq!(code(sandbox, "html", &["--ticket"]), *text);
}
