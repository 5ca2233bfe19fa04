//! Check lists of the journal, in words.

use super::Preparation;
use crate::words::Words;
use grainloss_core::check_result::{CheckSummary, checked_item};
use grainloss_core::record::EventRecord;

impl Preparation {
    /// What an event says of a check list: its counts, or an item that was not in order. `None` for an event of another kind.
    pub fn check_text(&self, event: &EventRecord, words: &Words) -> Option<String> {
        if let Some(CheckSummary { list, counts, .. }) = CheckSummary::of(event) {
            let name = self.list(&list).map_or(&*list, |list| list.name.get(words.lang));
            let [ok, not_ok, na] = counts.map(|count| count.to_string());
            let values = [("name", name), ("ok", &ok), ("not-ok", &not_ok), ("na", &na)];
            return Some(words.with("checklist-done", &values));
        }
        let (list, item, note) = checked_item(event)?;
        let item = self.list(list).and_then(|list| list.item(item)).map_or(item, |item| item.get(words.lang));
        Some(note.map_or_else(|| item.to_owned(), |note| format!("{item}: {note}")))
    }
}
