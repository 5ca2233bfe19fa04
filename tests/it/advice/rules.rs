//! The rule base: every rule is some crop's, every adjustment can come to be next.

use std::collections::BTreeSet;

use grainloss_core::advice::NextStep;
use grainloss_knowledge::Rules;

const CROPS: [&str; 6] = ["wheat", "barley", "rice", "maize", "soybean", "canola"];

/// The bundled rules as they are written.
fn written() -> Vec<toml::Table> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/advice");
    let mut all = Vec::new();
    for name in ["operator.toml", "machine.toml", "measuring.toml", "conditions.toml"] {
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
    // What the driver says of the crop: one after the other.
    let moves_on = [
        NextStep::SlowDown,
        NextStep::CheckSeparation,
        NextStep::CheckCleaning,
        NextStep::CheckHeader,
        NextStep::CheckFan,
        NextStep::WorkLodged,
        NextStep::WorkWet,
        NextStep::WorkWeedy,
        NextStep::WorkSlope,
    ];
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

/// Everything that a rule says, in both languages.
fn words_of(rule: &grainloss_knowledge::Rule) -> String {
    let both = |text: &grainloss_knowledge::Bilingual| format!("{} {} ", text.zh, text.en);
    let mut words = both(&rule.symptom) + &both(&rule.cause) + &rule.source;
    words.extend([&rule.source_zh, &rule.disagree, &rule.disagree_zh].into_iter().flatten().map(String::as_str));
    words.extend(rule.adjust.iter().map(|adjustment| both(&adjustment.text)));
    words
}

#[test]
fn no_rule_of_wheat_is_given_in_another_crop() {
    // What is wheat's own: its name, the reel of the review of wheat, the stubble of wheat's guidance.
    const OF_WHEAT: [&str; 6] = ["小麦", "wheat", "1.1–1.2", "1.1-1.2", "15厘米", "15 cm"];
    for crop in CROPS.into_iter().filter(|crop| *crop != "wheat") {
        let rules = Rules::load(crop).unwrap();
        for step in NextStep::ALL {
            let rule = rules.get(step).unwrap();
            let words = words_of(rule);
            let found: Vec<_> = OF_WHEAT.iter().filter(|word| words.contains(**word)).collect();
            assert!(found.is_empty(), "{crop} {step:?}: {found:?} in {words}");
            for goal in rule.adjust.iter().filter_map(|adjustment| adjustment.goal) {
                use grainloss_core::advice::Goal;
                let of_wheat = matches!(goal, Goal::AtMost(most) if (most - 0.15).abs() < 1e-9)
                    || matches!(goal, Goal::ReelIndex { low: Some(_), .. });
                assert!(!of_wheat, "{crop} {step:?}: {goal:?}");
            }
        }
    }
    // Nor is a crop named in another one's rule.
    let names = [("wheat", "小麦"), ("rice", "水稻"), ("maize", "玉米"), ("soybean", "大豆"), ("canola", "油菜")];
    let machine_steps =
        [NextStep::CheckHeader, NextStep::CheckSeparation, NextStep::CheckCleaning, NextStep::WorkLodged];
    for crop in CROPS {
        let rules = Rules::load(crop).unwrap();
        for step in machine_steps {
            let rule = rules.get(step).unwrap();
            for (_, other) in names.into_iter().filter(|(name, _)| *name != crop) {
                assert!(!words_of(rule).contains(other), "{crop} {step:?}: {other}");
            }
        }
    }
}

#[test]
fn every_rule_and_limit_names_its_source_in_both_languages() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge");
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut unsourced = Vec::new();
    let mut look = |what: String, fact: &toml::Table| {
        let text = |key: &str| fact.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let (en, zh) = (text("source"), text("source_zh"));
        if en.trim().is_empty() || is_chinese(&en) || !is_chinese(&zh) {
            unsourced.push(format!("{what}: source = {en:?}, source_zh = {zh:?}"));
        }
    };
    for rule in written() {
        let crops = rule.get("crops").map_or_else(String::new, toml::Value::to_string);
        look(format!("rule {} {crops}", rule["step"]), &rule);
    }
    let limits: toml::Table = std::fs::read_to_string(format!("{folder}/limits.toml")).unwrap().parse().unwrap();
    for limit in limits["limit"].as_array().unwrap() {
        look(format!("limit {}", limit["id"]), limit.as_table().unwrap());
        let standing = limit["standing"].as_str().unwrap();
        assert!(["read", "retold", "borrowed"].contains(&standing), "{limit}");
        assert!(limit["document"]["zh"].as_str().is_some_and(is_chinese), "{limit}");
    }
    assert!(unsourced.is_empty(), "without a source:\n{}", unsourced.join("\n"));
}
