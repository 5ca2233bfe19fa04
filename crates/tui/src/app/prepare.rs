//! What is open before and around the harvest: the card, the lists, the matching, the emergencies.

use std::collections::BTreeMap;

use grainloss_core::check_result::{CheckAnswer, CheckResult, CheckedItem};
use grainloss_core::data_file::FileError;
use grainloss_knowledge::preparation::Preparation;
use grainloss_preparation::{Forecast, Ground, Ripeness};
use grainloss_protocol::command;

/// Longest number that can be typed.
const MAX_LENGTH: usize = 8;

/// A page of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PreparePage {
    /// What there is.
    #[default]
    Menu,
    /// Go or wait.
    Window,
    /// Machine and crop.
    Match,
    /// A check list, by its place in the file.
    List(usize),
}

/// A number that is typed on a page, kept until the dashboard closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    /// Cost of drying a tonne.
    Drying,
    /// What waiting is feared to cost, % of the yield.
    Risk,
    /// Yield, kg/mu.
    Yield,
    /// Straw for each unit of grain.
    Straw,
    /// Width of cut, m.
    Width,
    /// Size of the field, mu.
    Field,
    /// Broken grain of the test cut, %.
    Broken,
    /// Impurity of the test cut, %.
    Impurity,
    /// Stubble of the test cut, cm.
    Stubble,
}

impl Figure {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drying => "drying",
            Self::Risk => "risk",
            Self::Yield => "yield",
            Self::Straw => "straw",
            Self::Width => "width",
            Self::Field => "field",
            Self::Broken => "broken",
            Self::Impurity => "impurity",
            Self::Stubble => "stubble",
        }
    }

    /// The lowest and highest that is believed.
    const fn range(self) -> (f64, f64) {
        match self {
            Self::Drying => (0.0, 10_000.0),
            Self::Risk | Self::Broken | Self::Impurity => (0.0, 100.0),
            Self::Yield => (1.0, 3000.0),
            Self::Straw => (0.0, 20.0),
            Self::Width => (0.3, 20.0),
            Self::Field => (0.01, 1e6),
            Self::Stubble => (0.0, 200.0),
        }
    }
}

/// A check list that is gone through.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListForm {
    /// The names of its items.
    pub ids: Vec<String>,
    /// What was found of each; `None` when it was not looked at.
    pub found: Vec<Option<(CheckAnswer, Option<String>)>>,
    /// The item that is next.
    pub at: usize,
    /// The note that is typed to the item before.
    pub note: Option<String>,
}

impl ListForm {
    /// A list of these items.
    pub fn new(ids: Vec<String>) -> Self {
        Self { found: vec![None; ids.len()], ids, ..Self::default() }
    }

    /// Answers the item at hand and goes on to the next; a note can be typed to what is not in order.
    pub fn answer(&mut self, answer: CheckAnswer) {
        if let Some(found) = self.found.get_mut(self.at) {
            *found = Some((answer, None));
            self.note = (answer == CheckAnswer::NotOk).then(String::new);
            if self.note.is_none() {
                self.at = (self.at + 1).min(self.ids.len() - 1);
            }
        }
    }

    /// The note is whole, if it can be one. False when it cannot.
    pub fn end_note(&mut self) -> bool {
        let Some(note) = self.note.take() else { return true };
        match command::name(&note) {
            Ok(name) => {
                if let Some(Some((_, kept))) = self.found.get_mut(self.at) {
                    *kept = Some(name.to_owned());
                }
            }
            Err(_) if note.trim().is_empty() => {}
            Err(_) => {
                self.note = Some(note);
                return false;
            }
        }
        self.at = (self.at + 1).min(self.ids.len().saturating_sub(1));
        true
    }

    /// What came of it; `None` until every item was looked at.
    pub fn result(&self, list: &str, at_us: i64, who: Option<String>) -> Option<CheckResult> {
        let item = |(id, found): (&String, &Option<(CheckAnswer, Option<String>)>)| {
            let (answer, note) = found.clone()?;
            Some(CheckedItem { id: id.clone(), answer, note })
        };
        let items = self.ids.iter().zip(&self.found).map(item).collect::<Option<Vec<_>>>()?;
        Some(CheckResult { list: list.to_owned(), at_us, who, items })
    }
}

/// What is open before and around the harvest.
#[derive(Debug, Default)]
pub(crate) struct PrepareState {
    /// The facts.
    pub facts: Preparation,
    /// The page of the screen.
    pub page: PreparePage,
    /// The emergency that is open; `None` for the list.
    pub emergency: Option<usize>,
    /// The hand check.
    pub ripeness: Option<Ripeness>,
    /// The crop is wet to the hand.
    pub wet: Option<bool>,
    /// The ground.
    pub ground: Option<Ground>,
    /// The forecast, or why it was refused; `None` when there is none.
    pub forecast: Option<Result<Forecast, String>>,
    /// The list that is gone through.
    pub list: ListForm,
    /// The numbers that were typed.
    pub figures: BTreeMap<Figure, f64>,
    /// The number that is being typed.
    pub typing: Option<(Figure, String)>,
}

impl PrepareState {
    /// Reads the facts; and what is wrong with them.
    pub fn load() -> (Self, Option<FileError>) {
        match Preparation::load() {
            Ok(facts) => (Self { facts, ..Self::default() }, None),
            Err(error) => (Self::default(), Some(error)),
        }
    }

    /// A number that was typed.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        self.figures.get(&figure).copied()
    }

    /// Begins to type a number.
    pub fn type_figure(&mut self, figure: Figure) {
        self.typing = Some((figure, String::new()));
    }

    /// A character of the number that is typed.
    pub fn push(&mut self, typed: char) {
        if let Some((_, text)) = &mut self.typing
            && text.len() < MAX_LENGTH
            && (typed.is_ascii_digit() || (typed == '.' && !text.contains('.')))
        {
            text.push(typed);
        }
    }

    /// The number is whole: kept where it can be, forgotten where nothing was typed. `None` when it cannot be.
    pub fn end_typing(&mut self) -> Option<(Figure, Option<f64>)> {
        let (figure, text) = self.typing.take()?;
        if text.is_empty() {
            self.figures.remove(&figure);
            return Some((figure, None));
        }
        let (low, high) = figure.range();
        let value = text.parse::<f64>().ok().filter(|value| (low..=high).contains(value))?;
        self.figures.insert(figure, value);
        Some((figure, Some(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_whole_when_every_item_was_looked_at() {
        let mut form = ListForm::new(["fluids", "knife", "fire"].map(str::to_owned).to_vec());
        form.answer(CheckAnswer::Ok);
        form.answer(CheckAnswer::NotOk);
        assert_eq!(form.at, 1, "the note belongs to it");
        form.note = Some("a\u{1b}[2J".to_owned());
        assert!(!form.end_note());
        form.note = Some(" third section ".to_owned());
        assert!(form.end_note());
        assert_eq!((form.at, form.result("shift", 5, None)), (2, None));
        form.answer(CheckAnswer::NotApplicable);
        let result = form.result("shift", 5, Some("张三".to_owned())).unwrap();
        assert_eq!(result.counts(), [1, 1, 1]);
        assert_eq!(result.items[1].note.as_deref(), Some("third section"));
    }

    #[test]
    fn a_number_is_typed_kept_and_taken_back() {
        let mut state = PrepareState::default();
        let typed = |state: &mut PrepareState, text: &str| {
            state.type_figure(Figure::Risk);
            text.chars().for_each(|c| state.push(c));
            state.end_typing()
        };
        assert_eq!(typed(&mut state, "6.5x."), Some((Figure::Risk, Some(6.5))));
        assert_eq!(typed(&mut state, "101"), None, "no per cent");
        assert_eq!(state.figure(Figure::Risk), Some(6.5));
        assert_eq!(typed(&mut state, ""), Some((Figure::Risk, None)));
        assert_eq!(state.figure(Figure::Risk), None);
    }
}
