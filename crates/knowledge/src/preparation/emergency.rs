//! Emergencies: cards with steps whose order is safe.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::words::Lang;

/// What a step of an emergency is for, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepPurpose {
    /// Drive out of danger.
    Leave,
    /// Stop travelling.
    Stop,
    /// Header and threshing disengaged.
    Disengage,
    /// Engine off, key out.
    EngineOff,
    /// Wait until every part stands.
    StandStill,
    /// Chock, lock the header; in a fire: the fire brigade called.
    Secure,
    /// What the card is about.
    Act,
}

impl StepPurpose {
    /// What must come before anything is done to the machine by hand.
    const BEFORE_HANDS: [(Self, &'static str); 5] = [
        (Self::Stop, "stop"),
        (Self::Disengage, "disengage"),
        (Self::EngineOff, "engine-off"),
        (Self::StandStill, "stand-still"),
        (Self::Secure, "secure"),
    ];
}

/// A step of an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyStep {
    /// What it is for.
    pub does: StepPurpose,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Key of its source.
    pub source: String,
}

impl EmergencyStep {
    /// In this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What to do in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyCard {
    /// Its name in commands.
    pub id: String,
    /// Its name for people.
    pub name: Bilingual,
    /// Hands go to the machine: everything must stand and be locked before.
    #[serde(default)]
    pub machine: bool,
    /// What to do, in this order.
    pub steps: Vec<EmergencyStep>,
}

impl EmergencyCard {
    /// A card of the machine has every step of the safe order, in that order, before its first `act`; in another card no
    /// `stop` comes behind an `act`.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.steps.is_empty() {
            return Err("no step; expected at least one".to_owned());
        }
        if !self.machine {
            let stops_late = self.steps.iter().skip_while(|step| step.does != StepPurpose::Act);
            let late = stops_late.filter(|step| step.does <= StepPurpose::Stop).count();
            return if late == 0 {
                Ok(())
            } else {
                Err("a step \"stop\" comes after \"act\"; put it first".to_owned())
            };
        }
        if !self.steps.is_sorted_by_key(|step| step.does) {
            return Err(
                "steps in another order than leave, stop, disengage, engine-off, stand-still, secure, act".to_owned()
            );
        }
        for (purpose, word) in StepPurpose::BEFORE_HANDS {
            if !self.steps.iter().any(|step| step.does == purpose) {
                return Err(format!("no step \"{word}\"; it must come before anything is done by hand"));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub card: Vec<EmergencyCard>,
}
