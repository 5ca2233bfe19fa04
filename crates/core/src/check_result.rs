//! What came of a check list: which items were in order, which were not, and why.

use std::borrow::Cow;

use crate::record::EventRecord;

/// What was found of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckAnswer {
    /// In order.
    Ok,
    /// Not in order.
    NotOk,
    /// This machine has no such thing.
    NotApplicable,
}

impl CheckAnswer {
    /// Every answer, in the order of its key.
    pub const ALL: [Self; 3] = [Self::Ok, Self::NotOk, Self::NotApplicable];

    /// The word in files and journal, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotOk => "not-ok",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// The answer of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

/// An item that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckedItem {
    /// Its name in the list.
    pub id: String,
    /// What was found.
    pub answer: CheckAnswer,
    /// What is not in order; `None` when nothing was said.
    #[serde(default)]
    pub note: Option<String>,
}

/// A check list that was gone through.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CheckResult {
    /// The list's name.
    pub list: String,
    /// When, by the clock of those who checked, microseconds since 1970-01-01 UTC.
    pub at_us: i64,
    /// Who checked; `None` when it was not said.
    #[serde(default)]
    pub who: Option<String>,
    /// The items, in the order of the list.
    pub items: Vec<CheckedItem>,
}

/// A check list as the journal has it: its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSummary {
    /// The list's name.
    pub list: String,
    /// When it was gone through, microseconds since 1970-01-01 UTC.
    pub at_us: i64,
    /// How many items were in order, not in order, not applicable.
    pub counts: [usize; 3],
}

/// The kind of the event that sums up a list, and that of each item that is not in order.
pub const CHECKLIST: &str = "checklist";
/// The kind of the event of an item that is not in order.
pub const CHECKLIST_ITEM: &str = "checklist-item";

impl CheckResult {
    /// How many items were in order, not in order, not applicable.
    pub fn counts(&self) -> [usize; 3] {
        CheckAnswer::ALL.map(|answer| self.items.iter().filter(|item| item.answer == answer).count())
    }

    /// For the journal, at `t_us` of bus time: one event that sums up, then one for each item that is not in order. `from` is
    /// the sender, who stands in for a name that was not said.
    pub fn events(&self, t_us: i64, from: &str) -> Vec<EventRecord> {
        let who: Cow<'static, str> = self.who.clone().unwrap_or_else(|| from.to_owned()).into();
        let [ok, not_ok, not_applicable] = self.counts();
        let seconds = self.at_us.div_euclid(1_000_000);
        let sum = format!("{} at={seconds} ok={ok} not-ok={not_ok} not-applicable={not_applicable}", self.list);
        let event = |kind: &'static str, id: String| EventRecord {
            id: id.into(),
            stream: Some(who.clone()),
            ..EventRecord::new(t_us, kind, "")
        };
        let wrong = self.items.iter().filter(|item| item.answer == CheckAnswer::NotOk);
        let wrong = wrong.map(|item| {
            let note = item.note.as_deref().map_or_else(String::new, |note| format!(" {note}"));
            event(CHECKLIST_ITEM, format!("{}/{}{note}", self.list, item.id))
        });
        let sum = EventRecord { count: Some(not_ok as i64), ..event(CHECKLIST, sum) };
        std::iter::once(sum).chain(wrong).collect()
    }
}

impl CheckSummary {
    /// What an event of kind [`CHECKLIST`] says; `None` when it is none, or is damaged.
    pub fn of(event: &EventRecord) -> Option<Self> {
        let mut words = (event.kind == CHECKLIST).then_some(&event.id)?.split(' ');
        let list = words.next()?.to_owned();
        let mut number = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=')?.parse::<i64>().ok();
        let at_us = number("at")?.checked_mul(1_000_000)?;
        let mut count = |name: &str| usize::try_from(number(name)?).ok();
        let counts = [count("ok")?, count("not-ok")?, count("not-applicable")?];
        Some(Self { list, at_us, counts })
    }
}

/// List, item and note of an event of kind [`CHECKLIST_ITEM`]; `None` when it is none.
pub fn checked_item(event: &EventRecord) -> Option<(&str, &str, Option<&str>)> {
    let (list, rest) = (event.kind == CHECKLIST_ITEM).then_some(&*event.id)?.split_once('/')?;
    let (item, note) = rest.split_once(' ').map_or((rest, None), |(item, note)| (item, Some(note)));
    Some((list, item, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_gives_back_what_was_found() {
        let item = |id: &str, answer, note: Option<&str>| CheckedItem {
            id: id.to_owned(),
            answer,
            note: note.map(str::to_owned),
        };
        let result = CheckResult {
            list: "shift".to_owned(),
            at_us: 1_749_520_800_000_000,
            who: Some("张三".to_owned()),
            items: vec![
                item("fluids", CheckAnswer::Ok, None),
                item("knife", CheckAnswer::NotOk, Some("third section broken")),
                item("leaks", CheckAnswer::NotOk, None),
                item("brakes", CheckAnswer::Ok, None),
                item("chains", CheckAnswer::NotApplicable, None),
            ],
        };
        let events = result.events(5, "uid 1000");
        assert_eq!(events.len(), 3);
        let summary = CheckSummary::of(&events[0]).unwrap();
        assert_eq!((&*summary.list, summary.at_us, summary.counts), ("shift", result.at_us, [2, 2, 1]));
        assert_eq!((events[0].stream.as_deref(), events[0].count, events[0].t_us), (Some("张三"), Some(2), 5));
        assert_eq!(checked_item(&events[1]), Some(("shift", "knife", Some("third section broken"))));
        assert_eq!(checked_item(&events[2]), Some(("shift", "leaks", None)));
        assert_eq!(CheckSummary::of(&events[1]), None);
        let nameless = CheckResult { who: None, ..result };
        assert_eq!(nameless.events(5, "uid 1000")[0].stream.as_deref(), Some("uid 1000"));
    }
}
