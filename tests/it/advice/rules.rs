//! The rule base: every rule is some crop's, every adjustment can come to be next.

use std::collections::BTreeSet;

use grainloss_core::advice::NextStep;
use grainloss_knowledge::Rules;

const CROPS: [&str; 6] = ["wheat", "barley", "rice", "maize", "soybean", "canola"];

/// The bundled rules as they are written.
fn written() -> Vec<toml::Table> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/advice");
    let mut all = Vec::new();
    for name in ["operator.toml", "machine.toml", "measuring.toml"] {
        let file: toml::Table = std::fs::read_to_string(format!("{folder}/{name}")).unwrap().parse().unwrap();
        all.extend(file["rule"].as_array().unwrap().iter().map(|rule| rule.as_table().unwrap().clone()));
    }
    all
}

#[test]
fn every_crop_has_a_rule_for_every_step_and_every_rule_is_some_crops() {
    let mut used = BTreeSet::new();
    for crop in CROPS {
        let rules = Rules::load(crop).unwrap();
        for step in NextStep::ALL {
            let rule = rules.get(step).unwrap();
            assert_eq!(rule.step, step, "{crop}");
            assert!(rule.crops.is_empty() || rule.crops.iter().any(|name| name == crop), "{crop} {step:?}");
            used.insert((step.word(), rule.crops.join(",")));
        }
    }
    let written: BTreeSet<_> = written()
        .iter()
        .map(|rule| {
            let crops = rule.get("crops").and_then(toml::Value::as_array).cloned().unwrap_or_default();
            let crops: Vec<&str> = crops.iter().map(|name| name.as_str().unwrap()).collect();
            let step = NextStep::ALL.into_iter().find(|step| step.word() == rule["step"].as_str().unwrap()).unwrap();
            (step.word(), crops.join(","))
        })
        .collect();
    assert_eq!(used, written);
    assert!(written.iter().all(|(_, crops)| crops.split(',').all(|name| name.is_empty() || CROPS.contains(&name))));
}

#[test]
fn only_steps_that_move_on_have_more_than_one_adjustment() {
    // The settings, when one did not help; slowing down, when it was not enough. Elsewhere a second one would never be next.
    let moves_on = [NextStep::SlowDown, NextStep::CheckSeparation, NextStep::CheckCleaning, NextStep::CheckHeader];
    for crop in CROPS {
        let rules = Rules::load(crop).unwrap();
        for step in NextStep::ALL {
            let rule = rules.get(step).unwrap();
            assert!(rule.adjust.len() <= 1 || moves_on.contains(&step), "{crop} {step:?}");
            assert!(
                !rule.source.is_empty() && rule.disagree.is_none() == rule.disagree_zh.is_none(),
                "{crop} {step:?}"
            );
        }
    }
}
