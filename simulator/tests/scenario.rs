//! Scenarios from text, and what is said about bad ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use grainloss_simulator::Scenario;

const WHEAT: &str = include_str!("../scenarios/wheat.toml");

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
fn every_bundled_scenario_loads_under_its_name() {
    assert_eq!(Scenario::bundled_names()[0], "wheat");
    for name in Scenario::bundled_names() {
        let scenario = Scenario::bundled(name).unwrap();
        assert_eq!((scenario.name(), scenario.crop(), scenario.start_unix_s()), (*name, "wheat", 1_749_520_800));
        assert!(!scenario.lesson().is_empty() && !scenario.lesson().contains('\n'));
    }
}

#[test]
fn unknown_names_list_those_there_are() {
    assert_eq!(
        Scenario::bundled("weat").unwrap_err().to_string(),
        "there is no scenario 'weat'; choose one of: wheat, wheat-steady, wheat-dead-plate"
    );
    assert_eq!(
        refused("machine = \"wheeled-8\"", "machine = \"big\""),
        "there is no machine 'big'; choose one of: wheeled-8"
    );
    assert_eq!(refused("crop = \"wheat\"", "crop = \"oats\""), "there is no crop 'oats'; choose one of: wheat");
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
    assert_eq!(of_event, format!("{at}event.speed_m_s is 24; expected 0.2 to 4"));

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
