//! What a service says to programs: `docs/status.md`, by a real service.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::support::run::{Ended, Running, Sandbox, wait_for};

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}{}", ended.out, ended.err))
}

/// A service that drives a simulated machine at this multiple of real time, and the first status that is as asked.
fn status_of(sandbox: &Sandbox, speed: &str, is: impl Fn(&Value) -> bool) -> (Running, Value) {
    let args = ["demo", "--headless", "--service", "--speed", speed, "--db", "j.sqlite"];
    let running = Running(sandbox.command(&args).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    let status = wait_for("a status", || {
        let ended = sandbox.run(&["watch", "--once"]);
        (ended.code == Some(0)).then(|| json(&ended)).filter(|status| is(status))
    });
    (running, status)
}

/// Every null in an object of figures has a reason, and every name is in the document.
fn check(part: &str, figures: &Value, document: &str) {
    for (name, figure) in figures.as_object().unwrap() {
        assert!(document.contains(&format!("`{name}`")), "{part}.{name} is not in docs/status.md");
        if figure.get("value").is_some_and(Value::is_null) {
            assert!(figure["reason"].is_string(), "{part}.{name}: {figure}");
        }
    }
}

#[test]
fn a_status_has_units_reasons_and_no_key_that_is_not_documented_and_needs_no_runtime_folder() {
    let sandbox = Sandbox::new();
    let document = fs::read_to_string("docs/status.md").unwrap();
    // No XDG_RUNTIME_DIR, no --socket: both ends find the same place.
    let (_service, status) = status_of(&sandbox, "20", |status| status["loss_10s"]["total_pct"]["value"].is_number());
    assert_eq!((&status["format"], &status["version"]), (&"grainloss-status".into(), &1.into()));
    for key in status.as_object().unwrap().keys() {
        assert!(document.contains(&format!("`{key}`")), "{key} is not in docs/status.md");
    }
    for part in ["now", "loss_10s", "session_totals", "session", "journal"] {
        check(part, &status[part], &document);
    }
    let loss = &status["loss_10s"];
    let value = |name: &str| loss[name]["value"].as_f64().unwrap();
    let parts = value("header_pct") + value("separation_pct") + value("cleaning_pct");
    assert!((parts / value("total_pct") - 1.0).abs() < 1e-4, "{loss}");
    assert!(loss["total_pct"]["lo"].as_f64().unwrap() < value("total_pct"), "{loss}");
    // The demo's machine has no such sensor.
    let channel = &status["channels"]["loss_claimed.header"];
    assert!(channel["value"].is_null() && channel["state"] == "not-mapped", "{channel}");

    let text = sandbox.ok(&["watch", "--once", "--format", "prometheus"]).out;
    let mut typed = BTreeSet::new();
    for line in text.lines() {
        if let Some(named) = line.strip_prefix("# TYPE ") {
            assert!(typed.insert(named.trim_end_matches(" gauge").to_owned()), "twice: {line}");
        } else if !line.starts_with('#') {
            let (metric, value) = line.rsplit_once(' ').unwrap();
            assert!(typed.contains(metric.split('{').next().unwrap()), "{line}");
            assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
        }
    }
    assert!(typed.contains("grainloss_session_totals_grain_kg") && typed.contains("grainloss_channel"), "{typed:?}");
}

#[test]
fn while_nothing_is_cut_a_loss_is_null_with_the_reason() {
    let sandbox = Sandbox::new();
    // A fifth of real time: the first frames come, and the machine has not begun to cut.
    let (_service, status) = status_of(&sandbox, "0.2", |status| status["now"]["activity"]["value"].is_string());
    let total = &status["loss_10s"]["total_pct"];
    assert!(total["value"].is_null(), "{total}");
    assert!(["not-cutting", "not-known"].contains(&total["reason"].as_str().unwrap()), "{total}");
    assert!(status["session_totals"]["total_loss_pct"]["reason"].is_string(), "{status}");
}
