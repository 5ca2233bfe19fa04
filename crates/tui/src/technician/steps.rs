//! The steps of the guide. Data, in `knowledge/learn-steps.toml`.

use serde::Deserialize;

use grainloss_core::data_file::FileError;
use grainloss_find::{Event, Quantity, Reading};
use grainloss_knowledge::Bilingual;

/// A step of the guide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub name: Bilingual,
    /// How long it takes, min.
    pub minutes: u32,
    /// What driver and technician do.
    pub text: Bilingual,
    /// Marks with their keys 1, 2, 3 …: words of a marks file.
    pub marks: Vec<String>,
    /// The channels whose candidates are shown.
    pub channels: Vec<String>,
}

/// What a key of a step notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Event(Event),
    Reading(Reading),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    step: Vec<Step>,
}

/// Every step, and what is wrong with the user's own file; `None` when there is none or it is valid.
pub fn steps() -> (Vec<Step>, Option<FileError>) {
    const EMBEDDED: &str = include_str!("../../../../knowledge/learn-steps.toml");
    crate::user_file::user_or_embedded("learn-steps.toml", EMBEDDED, |file: File| file.step)
}

impl Note {
    pub fn of(word: &str) -> Option<Self> {
        Event::of(word).map(Self::Event).or_else(|| Reading::of(word).map(Self::Reading))
    }
}

impl Step {
    /// Its marks; words that are none are left out.
    pub(crate) fn notes(&self) -> impl Iterator<Item = (&str, Note)> {
        self.marks.iter().filter_map(|word| Some((&**word, Note::of(word)?)))
    }

    /// The quantities whose candidates are shown.
    pub(crate) fn quantities(&self) -> impl Iterator<Item = Quantity> {
        Quantity::ALL.iter().copied().filter(|quantity| self.channels.iter().any(|name| name == quantity.channel()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_and_quantity_of_the_contract_has_its_step() {
        let (steps, complaint) = steps();
        assert_eq!(complaint, None);
        for step in &steps {
            assert!(step.marks.iter().all(|word| Note::of(word).is_some()), "{step:?}");
            assert_eq!(step.quantities().count(), step.channels.len(), "{step:?}");
            assert!(step.marks.len() <= 9 && step.minutes > 0, "{step:?}");
        }
        let has = |word: &str| steps.iter().any(|step| step.marks.iter().any(|mark| mark == word));
        let words = Event::WORDS.iter().map(|(word, _)| *word).chain(Reading::WORDS.iter().map(|(word, _)| *word));
        assert_eq!(words.filter(|word| !has(word)).collect::<Vec<_>>(), [""; 0]);
        let shown = |quantity: &&Quantity| steps.iter().any(|step| step.quantities().any(|one| one == **quantity));
        assert_eq!(Quantity::ALL.iter().filter(|quantity| !shown(quantity)).count(), 0);
        // Half an hour with what comes after it.
        assert!(steps.iter().map(|step| step.minutes).sum::<u32>() <= 25);
    }
}
