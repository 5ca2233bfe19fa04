//! What is wrong with a forecast, and where.

use grainloss_knowledge::Words;

/// What is wrong with a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastProblem {
    /// Neither CSV with a line of columns nor JSON of this form.
    Form,
    /// A column, or an entry of the JSON, is missing.
    Missing,
    /// No column of this name is known.
    Unknown,
    /// The column is there twice.
    Twice,
    /// Another number of fields than columns, or of values than times.
    Count,
    /// Not a time.
    Time,
    /// Not later than the one before.
    Order,
    /// Not a number, or out of range.
    Number,
    /// A unit that is not known.
    Unit,
    /// No line, or too many.
    Length,
}

impl ForecastProblem {
    /// Every problem, for tests of the words.
    pub const ALL: [Self; 10] = [
        Self::Form,
        Self::Missing,
        Self::Unknown,
        Self::Twice,
        Self::Count,
        Self::Time,
        Self::Order,
        Self::Number,
        Self::Unit,
        Self::Length,
    ];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Twice => "twice",
            Self::Count => "count",
            Self::Time => "time",
            Self::Order => "order",
            Self::Number => "number",
            Self::Unit => "unit",
            Self::Length => "length",
        }
    }
}

/// Why a forecast was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {field}: {} ({found})", .problem.word())]
pub struct ForecastError {
    /// What is wrong.
    pub problem: ForecastProblem,
    /// Where: a line of a CSV file, or `JSON`.
    pub place: String,
    /// Which column, or which entry of the JSON.
    pub field: String,
    /// What was found there.
    pub found: String,
}

impl ForecastError {
    pub(super) fn new(problem: ForecastProblem, place: impl Into<String>, field: &str, found: &str) -> Self {
        // A value of any length must not fill the screen.
        let found = found.chars().take(40).collect();
        Self { problem, place: place.into(), field: field.to_owned(), found }
    }

    /// In words: file, line, field, what was expected, what to do.
    pub fn text(&self, file: &str, words: &Words) -> String {
        let values = [("file", file), ("place", &*self.place), ("field", &*self.field), ("found", &*self.found)];
        words.with(&format!("forecast-bad-{}", self.problem.word()), &values)
    }
}
