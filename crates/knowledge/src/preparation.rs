//! What is to be known before and around the harvest: when a crop is ripe, what the machine is set to at the beginning, check
//! lists, and what to do in an emergency. Every fact names its source, and whether that was read or is only recalled.

mod checklist;
mod crop;
mod emergency;
mod fact;
mod test_cut_words;
mod words;

pub use checklist::{CheckItem, CheckList};
pub use crop::{CropPreparation, Dew, Setting};
pub use emergency::{EmergencyCard, EmergencyStep, StepPurpose};
pub use fact::{FactSource, NumberFact, RangeFact, Standing, TextFact};
pub use test_cut_words::test_cut_text;

use std::collections::BTreeMap;

use crate::files::load;
use crate::words::{Lang, Words};
use grainloss_core::data_file::FileError;
use grainloss_core::harvest_mode::HarvestMode;

const SOURCES: &str = "preparation/sources.toml";
const CROPS: &str = "preparation/crops.toml";
const CHECKLISTS: &str = "preparation/checklists.toml";
const EMERGENCY: &str = "preparation/emergency.toml";

/// Everything that is to be known before and around the harvest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preparation {
    sources: BTreeMap<String, FactSource>,
    crops: Vec<CropPreparation>,
    lists: Vec<CheckList>,
    cards: Vec<EmergencyCard>,
}

impl Preparation {
    /// Reads the four files.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or parsed, a fact names a source that is not in `sources.toml`, or the steps of an emergency
    /// stand in an order that is not safe.
    pub fn load() -> Result<Self, FileError> {
        let sources = load(SOURCES, include_str!("../../../knowledge/preparation/sources.toml"))?;
        let crops = load::<crop::File>(CROPS, include_str!("../../../knowledge/preparation/crops.toml"))?.crop;
        let lists =
            load::<checklist::File>(CHECKLISTS, include_str!("../../../knowledge/preparation/checklists.toml"))?.list;
        let cards =
            load::<emergency::File>(EMERGENCY, include_str!("../../../knowledge/preparation/emergency.toml"))?.card;
        let all = Self { sources, crops, lists, cards };
        all.check()?;
        Ok(all)
    }

    fn check(&self) -> Result<(), FileError> {
        let wrong = |file: &str, problem: String| FileError { file: file.to_owned(), line: None, problem };
        let known = |file: &str, what: &str, key: &str| {
            let problem = || format!("{what}: source \"{key}\" is not in sources.toml; name one of those, or add it");
            if self.sources.contains_key(key) { Ok(()) } else { Err(wrong(file, problem())) }
        };
        for crop in &self.crops {
            crop.check().map_err(|problem| wrong(CROPS, format!("crop {}: {problem}", crop.id)))?;
            crop.sources().try_for_each(|key| known(CROPS, &format!("crop {}", crop.id), key))?;
        }
        for list in &self.lists {
            list.check().map_err(|problem| wrong(CHECKLISTS, format!("list {}: {problem}", list.id)))?;
            list.item.iter().try_for_each(|item| known(CHECKLISTS, &format!("item {}", item.id), &item.source))?;
        }
        for card in &self.cards {
            card.check().map_err(|problem| wrong(EMERGENCY, format!("card {}: {problem}", card.id)))?;
            card.steps.iter().try_for_each(|step| known(EMERGENCY, &format!("card {}", card.id), &step.source))?;
        }
        Ok(())
    }

    /// What is known of a crop; `None` when the file has none of this name.
    pub fn crop(&self, id: &str) -> Option<&CropPreparation> {
        self.crops.iter().find(|crop| crop.id == id)
    }

    /// The check lists, in the order of the file.
    pub fn lists(&self) -> &[CheckList] {
        &self.lists
    }

    /// The list of this name.
    pub fn list(&self, id: &str) -> Option<&CheckList> {
        self.lists.iter().find(|list| list.id == id)
    }

    /// The items of a list that hold for a crop and a harvest mode; of an unknown one, those that hold for all.
    pub fn items<'a>(&'a self, list: &'a CheckList, crop: &str, mode: Option<HarvestMode>) -> Vec<&'a CheckItem> {
        list.item.iter().filter(|item| item.holds_for(crop, mode)).collect()
    }

    /// The emergencies, in the order of the file.
    pub fn cards(&self) -> &[EmergencyCard] {
        &self.cards
    }

    /// Whether the source of a fact was read, or the fact is only recalled.
    pub fn standing(&self, key: &str) -> Standing {
        self.sources.get(key).map_or(Standing::Recalled, |source| source.standing)
    }

    /// Where a fact was read, in this language.
    pub fn source<'a>(&'a self, key: &'a str, lang: Lang) -> &'a str {
        self.sources.get(key).map_or(key, |source| source.get(lang))
    }

    /// The mark behind a recalled fact, in the words' language; empty for one that was read.
    pub fn mark(&self, key: &str, words: &Words) -> String {
        match self.standing(key) {
            Standing::Verified => String::new(),
            Standing::Recalled => words.get("fact-recalled"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_source_in_both_languages_and_every_source_is_used() {
        let all = Preparation::load().unwrap();
        let mut used: Vec<&str> = all.crops.iter().flat_map(CropPreparation::sources).collect();
        used.extend(all.lists.iter().flat_map(|list| &list.item).map(|item| &*item.source));
        used.extend(all.cards.iter().flat_map(|card| &card.steps).map(|step| &*step.source));
        for (key, source) in &all.sources {
            assert!(source.source_zh.chars().any(|c| c > '\u{2e80}'), "{key} has no Chinese");
            assert!(!source.source_en.is_empty());
            let spoken_of_elsewhere = ["deere-moisture", "drying-hunan"].contains(&&**key);
            assert!(used.contains(&&**key) || spoken_of_elsewhere, "{key} is not used");
        }
        for (id, _) in crate::crops().unwrap() {
            assert!(all.crop(&id).is_some(), "{id}");
        }
    }

    #[test]
    fn an_emergency_that_is_not_safe_is_refused() {
        let all = Preparation::load().unwrap();
        for id in ["blockage", "fire"] {
            let card = all.cards().iter().find(|card| card.id == id).unwrap();
            let mut does: Vec<StepPurpose> = card.steps.iter().map(|step| step.does).collect();
            // A fire is driven out of the crop first: then the same order.
            assert_eq!(does[0] == StepPurpose::Leave, id == "fire");
            does.retain(|does| *does != StepPurpose::Leave);
            assert_eq!(
                does[..5],
                [
                    StepPurpose::Stop,
                    StepPurpose::Disengage,
                    StepPurpose::EngineOff,
                    StepPurpose::StandStill,
                    StepPurpose::Secure
                ],
                "{id}"
            );
            assert!(does[5..].iter().all(|does| *does == StepPurpose::Act));
            for (from, to) in [(2, 5), (0, 3)] {
                let mut wrong = card.clone();
                wrong.steps.swap(from, to);
                assert!(wrong.check().is_err(), "{id}: {from} and {to} exchanged");
            }
            let mut wrong = card.clone();
            wrong.steps.retain(|step| step.does != StepPurpose::EngineOff);
            assert!(wrong.check().unwrap_err().contains("engine-off"));
        }
    }

    #[test]
    fn lists_ask_only_what_the_machine_has() {
        let all = Preparation::load().unwrap();
        let ids = |list: &str, crop: &str, mode| -> Vec<String> {
            all.items(all.list(list).unwrap(), crop, mode).iter().map(|item| item.id.clone()).collect()
        };
        let has = |ids: &[String], id: &str| ids.iter().any(|one| one == id);
        let wheat = ids("season", "wheat", None);
        assert!(has(&wheat, "knife") && !has(&wheat, "stripper") && !has(&wheat, "feed-chain"));
        assert!(has(&ids("season", "rice", Some(HarvestMode::HalfFeed)), "feed-chain"));
        let maize = ids("shift", "maize", None);
        assert!(has(&maize, "stripper") && !has(&maize, "knife"));
    }
}
