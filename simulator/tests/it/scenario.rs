//! Scenarios from text, and what is said about bad ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use grainloss_simulator::Scenario;
use proptest::prelude::*;

const WHEAT: &str = include_str!("../../scenarios/wheat.toml");

/// The message for the wheat scenario with one piece of text exchanged.
fn refused(from: &str, to: &str) -> String {
    assert!(WHEAT.contains(from), "{from}");
    Scenario::parse("mine.toml", &WHEAT.replacen(from, to, 1)).unwrap_err().to_string()
}

/// Line of the wheat scenario on which this text stands first.
fn line(text: &str) -> usize {
    WHEAT.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn every_bundled_scenario_loads_under_its_name_and_teaches_in_two_languages() {
    let names = Scenario::bundled_names();
    assert_eq!(names[0], "wheat");
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let scenario = Scenario::bundled(name).unwrap();
        assert_eq!(scenario.name(), name);
        assert!(!scenario.lesson().zh.is_ascii() && scenario.lesson().en.is_ascii(), "{name}");
    }
    let wheat = Scenario::bundled("wheat").unwrap();
    assert_eq!((wheat.crop(), wheat.machine(), wheat.start_unix_s()), ("wheat", "wheeled-8", 1_749_520_800));
}

#[test]
fn unknown_names_list_those_there_are() {
    let error = Scenario::bundled("weat").unwrap_err().to_string();
    assert!(error.starts_with("there is no scenario 'weat'; choose one of: wheat, wheat-steady, "), "{error}");
    let names = |key: &str, from: &str, to: &str| {
        let error = refused(&format!("\n{key} = \"{from}\""), &format!("\n{key} = \"{to}\""));
        let at = format!("mine.toml:{}: {key} is {to}; expected one of: ", line(&format!("{key} = \"{from}\"")));
        error.strip_prefix(&at).unwrap_or_else(|| panic!("{error}")).to_owned()
    };
    assert_eq!(names("machine", "wheeled-8", "big"), "tracked-6, wheeled-8, walker-12, rotor-25");
    assert_eq!(names("crop", "wheat", "oats"), "wheat, barley, rice, maize, soybean, canola");
    assert!(names("operator", "trained", "me").contains("works-the-throttle"));
    assert!(names("weather", "june-sunny", "snow").contains("dewy"));
}

#[test]
fn an_error_names_file_line_and_key() {
    let unknown = refused("cut_height_m", "cut_hight_m");
    let at = format!("mine.toml:{}: ", line("cut_height_m"));
    assert!(unknown.starts_with(&at) && unknown.contains("cut_hight_m"), "{unknown}");

    let at = format!("mine.toml:{}: ", line("latitude_deg"));
    assert_eq!(
        refused("latitude_deg = 36.2", "latitude_deg = 362.0"),
        format!("{at}field.latitude_deg is 362; expected -65 to 65")
    );

    let of_event = refused("\nspeed_m_s = 2.4", "\nspeed_m_s = 24.0");
    let at = format!("mine.toml:{}: ", line("speed_m_s = 2.4"));
    assert_eq!(of_event, format!("{at}event.speed_m_s is 24.0; expected 0.2 to 4"));

    let missing = refused("throttle_pct = 84\n", "");
    assert!(missing.ends_with("event.throttle_pct is missing; expected 10 to 100"), "{missing}");
    let foreign = refused("throttle_pct = 84", "throttle_pct = 84\nplate = \"shoe-left\"");
    assert!(
        foreign.ends_with("event.plate is there; expected no such key in an event of kind throttle-low"),
        "{foreign}"
    );
    assert!(refused("kind = \"too-fast\"", "kind = \"fast\"").contains("too-fast"));
    assert!(refused("passes = 160", "passes = 1.5").contains("mine.toml:"));
    assert!(refused("name = \"wheat\"", "name = \" \"").contains("name is empty"));
    assert!(refused("yield_cv = 0.12 ", "yield_cv = nan ").contains("yield_cv is NaN"));
}

#[test]
fn a_field_that_cannot_be_worked_is_refused() {
    let rounds = refused("headland_rounds = 0", "headland_rounds = 50").replace("passes = 160", "");
    assert!(rounds.contains("pass_length_m is 250; expected at least 305 with 50 rounds"), "{rounds}");
    let text = WHEAT.replace("headland_rounds = 0", "headland_rounds = 20").replace("passes = 160", "passes = 40");
    let narrow = Scenario::parse("mine.toml", &text).unwrap_err().to_string();
    assert!(narrow.contains("field.headland_rounds is 20; expected fewer than half of the 40 passes"), "{narrow}");
}

#[test]
fn a_timeline_that_contradicts_itself_is_refused() {
    let event = |kind: &str, from: u32| format!("\n[[event]]\nkind = \"{kind}\"\nstart_s = {from}\nduration_s = 100\n");
    let both = |a: &str, b: &str| Scenario::parse("mine.toml", &format!("{WHEAT}{a}{b}"));
    let error = both(&event("bus-off", 50), &event("interface-down", 100)).unwrap_err().to_string();
    assert!(error.contains("event.start_s is 100; expected 'interface-down' apart from 'bus-off'"), "{error}");
    assert!(both(&event("bus-off", 50), &event("interface-down", 150)).is_ok());
    let error = both(&event("counter-wrap", 5), "").unwrap_err().to_string();
    assert!(error.contains("event.start_s is 5; expected 0"), "{error}");
}

#[test]
fn faults_are_read_as_the_command_line_writes_them() {
    let with = |faults: &[&str]| {
        let mut scenario = Scenario::bundled("wheat-steady").unwrap();
        faults.iter().try_for_each(|fault| scenario.add_fault(fault)).map(|()| scenario)
    };
    let scenario = with(&["dead-plate@300-900", "silent-node:engine@60", "lost-frames:2.5", "bus-off@10-12"]).unwrap();
    let timeline: Vec<_> = scenario.timeline().collect();
    assert_eq!(timeline[0], ("dead-plate:sep-left", 300.0, 600.0));
    assert_eq!(timeline[1], ("silent-node:engine", 60.0, f64::INFINITY));
    assert_eq!((timeline[2].0, timeline[2].1), ("lost-frames", 0.0));
    for (fault, words) in [
        ("dead-plat", &["name is dead-plat", "dead-plate", "babbling-node"][..]),
        ("dead-plate:left", &["plate is left", "sep-left, sep-right, shoe-left, shoe-right"]),
        ("silent-node:radio", &["node is radio", "engine"]),
        ("lost-frames:200", &["percent is 200", "0.1 to 100"]),
        ("bus-off:3", &["argument is 3", "none"]),
        ("bus-off@9-3", &["end is 3", "more than the start, 9"]),
        ("bus-off@x", &["start is x", "seconds"]),
        ("counter-wrap@5", &["start is 5", "expected 0"]),
        ("operator", &["operator is missing", "hurried"]),
    ] {
        let error = with(&[fault]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("--fault {fault}: ")), "{error}");
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
    let error = with(&["clock-forward@5-9", "clock-backward@7"]).unwrap_err().to_string();
    assert!(error.contains("start is 7; expected 'clock-backward' apart from 'clock-forward'"), "{error}");
    assert!(with(&["dead-plate:sep-left", "dead-plate:sep-right"]).is_ok());
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever is typed, the answer is a fault in the timeline or an error that repeats it.
        #[test]
        fn any_fault_is_taken_or_refused(
            name in "dead-plate|lost-frames|bus-off|operator|clock-forward|fan|[a-z-]{0,12}",
            rest in "(:[a-z0-9.-]{0,9})?(@[0-9a-z.-]{0,9})?",
        ) {
            let fault = format!("{name}{rest}");
            let mut scenario = Scenario::bundled("wheat-steady").unwrap();
            match scenario.add_fault(&fault) {
                Ok(()) => {
                    let (label, start_s, duration_s) = scenario.timeline().next().unwrap();
                    prop_assert!(label.starts_with(&name) && start_s >= 0.0 && duration_s > 0.0);
                }
                Err(error) => {
                    prop_assert!(error.to_string().starts_with(&format!("--fault {fault}: ")), "{error}");
                    prop_assert_eq!(scenario.timeline().count(), 0);
                }
            }
        }

        /// A scenario with a line of anything in it is read or refused, never a panic.
        #[test]
        fn any_line_is_read_or_refused(at in 0..60usize, line in "[a-z_]{0,8} ?=? ?[-0-9a-z.\"\\[\\]]{0,8}") {
            let mut lines: Vec<&str> = WHEAT.lines().collect();
            lines.insert(at.min(lines.len()), &line);
            let _ = Scenario::parse("mine.toml", &lines.join("\n"));
        }
    }
}
