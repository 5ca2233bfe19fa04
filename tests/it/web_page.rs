//! The page for a phone in a real browser. Chromium and npm's playwright-core are used where they are installed
//! (`.ci/readers` does it); without them the test says so aloud, and fails when GRAINLOSS_NEED_READERS=1.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::page::serve;
use crate::support::run::Sandbox;

/// A harvest in which a loss plate dies after ten minutes: an alarm that stays.
const SCENARIO: [&str; 4] = ["--scenario", "wheat-dead-plate", "--speed", "40"];

/// Why the browser cannot be driven here; `None` where it can.
fn absent() -> Option<String> {
    let modules = std::env::var("GRAINLOSS_NODE_MODULES").unwrap_or_default();
    let found = Command::new("node").args(["-e", "require('playwright-core')"]).env("NODE_PATH", modules).output();
    match found {
        Err(error) => Some(error.to_string()),
        Ok(output) if !output.status.success() => Some("playwright-core is missing".to_owned()),
        Ok(_) => Command::new("chromium").arg("--version").output().err().map(|error| error.to_string()),
    }
}

/// Runs the script; at its word the service is ended. Its pictures stay where GRAINLOSS_PICTURES names a folder.
fn browse(sandbox: &Sandbox) -> Vec<Value> {
    let page = serve(sandbox, &SCENARIO);
    let modules = std::env::var("GRAINLOSS_NODE_MODULES").unwrap_or_default();
    let pictures = std::env::var_os("GRAINLOSS_PICTURES").map_or_else(|| sandbox.folder().to_owned(), Into::into);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/page.js");
    let mut command = Command::new("node");
    command.arg(script).arg(&page.url).arg(&pictures).env("NODE_PATH", modules).env("HOME", sandbox.folder());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut service, mut found) = (Some(page.service), Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let one: Value = serde_json::from_str(&line).unwrap();
        if one["what"] == "kill" {
            drop(service.take());
        }
        found.push(one);
    }
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert!(child.wait().unwrap().success(), "{errors}\n{found:?}");
    found
}

fn one<'a>(found: &'a [Value], what: &str, lang: Option<&str>) -> &'a Value {
    found.iter().find(|one| one["what"] == what && lang.is_none_or(|lang| one["lang"] == lang)).unwrap()
}

#[test]
fn the_page_holds_in_a_browser_on_a_phone_by_keys_and_when_the_link_is_lost() {
    if let Some(why) = absent() {
        eprintln!("SKIPPED: the page in a browser ({why}); .ci/readers installs what is needed");
        assert!(std::env::var_os("GRAINLOSS_NEED_READERS").is_none(), "a browser is needed: {why}");
        return;
    }
    let sandbox = Sandbox::new();
    let found = browse(&sandbox);
    // A phone of 360 pixels: nothing is wider, everything can be touched and read, by day and by night.
    let looks: Vec<&Value> = found.iter().filter(|one| one["what"] == "look" || one["what"] == "form").collect();
    assert_eq!(looks.len(), 5);
    for look in looks {
        assert!(look["overflow"].as_i64().unwrap() <= 0, "wider than the screen: {look}");
        assert_eq!(look["small"], Value::Array(Vec::new()), "too small to touch: {look}");
        assert_eq!(look["faint"], Value::Array(Vec::new()), "too faint to read: {look}");
    }
    for (lang, words) in
        [("zh", ["本次作业", "取样盘", "地块图"]), ("en", ["This session", "Drop pans", "Map of the field"])]
    {
        let text = one(&found, "text", Some(lang))["text"].as_str().unwrap();
        for word in words {
            assert!(text.contains(word), "{lang}: {word}: {text}");
        }
        for key in ["page-", "screen-", "{{", "undefined", "NaN", "null"] {
            assert!(!text.contains(key), "{lang}: {key}: {text}");
        }
        // The token is not left in the address.
        assert!(!one(&found, "text", Some(lang))["address"].as_str().unwrap().contains('?'));
        // What is shown is what the service says.
        let shown = one(&found, "shown", Some(lang));
        let (status, texts) = (&shown["state"]["status"], &shown["state"]["texts"]);
        assert_eq!((&shown["loss"], &shown["next"]), (&texts["loss"], &texts["next"]));
        assert_eq!(shown["session"], texts["session"]);
        assert_eq!(shown["facts"].as_array().unwrap().len(), texts["facts"].as_array().unwrap().len());
        if let Some(loss) = status["loss_10s"]["total_pct"]["value"].as_f64() {
            assert_eq!(shown["loss"], format!("{loss:.1}%"));
        }
    }
    let keys = one(&found, "keys", None);
    assert!(keys["focus"].as_array().unwrap().iter().any(|at| at == "rear"), "no key leads to the pans: {keys}");
    assert!(keys["meaning"].as_str().unwrap().contains("kg/"), "{keys}");
    assert_eq!(keys["waiting"], 0, "the pan was not entered: {keys}");

    let acknowledged = one(&found, "acknowledged", None);
    let waits = |alarms: &Value| {
        let alarms = alarms.as_array().unwrap();
        alarms.iter().any(|alarm| alarm["id"] == "plate-fault" && alarm["acknowledged"] == false)
    };
    assert!(waits(&acknowledged["before"]) && !waits(&acknowledged["after"]), "{acknowledged}");

    let asked = one(&found, "asked", None);
    assert_eq!(asked["requests"], Value::Array(vec![asked["origin"].clone()]), "asked of another place");
    assert_eq!(asked["complaints"], Value::Array(Vec::new()));

    let lost = one(&found, "lost", None);
    assert!(lost["link"].as_str().unwrap().contains("重连"), "{lost}");
    assert_eq!(lost["colour"][0], lost["colour"][1], "the figures are grey alike: {lost}");
    let gone = one(&found, "gone", None);
    assert_eq!((&gone["left"], &gone["drop"]), (&Value::Array(Vec::new()), &true.into()), "{gone}");
}
