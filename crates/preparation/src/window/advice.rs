//! What the card says.

use super::inputs::Cost;

/// Until when to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until {
    /// The time, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// It rests on hours of the day that are only recalled.
    pub is_recalled: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Go now.
    Go,
    /// Go, slower than usual.
    GoSlower,
    /// Wait; `None` when it cannot be said until when.
    Wait(Option<Until>),
    /// Go now and race the storm that begins then.
    Race(i64),
    /// What is missing decides.
    Unknown,
}

impl Advice {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::GoSlower => "slower",
            Self::Wait(None) => "wait",
            Self::Wait(Some(_)) => "wait-until",
            Self::Race(_) => "race",
            Self::Unknown => "unknown",
        }
    }
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The last part of its text key.
    pub word: &'static str,
    /// What stands in the text.
    pub values: Vec<(&'static str, String)>,
    /// Key of the source behind it; `None` where it rests on what was entered.
    pub source: Option<String>,
}

/// What is not known and would change the advice, or make it surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The hand check.
    Ripeness,
    /// Moisture of the grain.
    Moisture,
    /// Whether the crop is wet.
    Wet,
    /// The ground.
    Ground,
    /// The forecast, or one that covers now.
    Forecast,
    /// Rain in the forecast.
    Rain,
}

impl Missing {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ripeness => "ripeness",
            Self::Moisture => "moisture",
            Self::Wet => "wet",
            Self::Ground => "ground",
            Self::Forecast => "forecast",
            Self::Rain => "rain",
        }
    }
}

/// The card: what to do, why, what is missing, and what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What to do.
    pub advice: Advice,
    /// Why, the gravest first.
    pub reasons: Vec<Reason>,
    /// What is not known.
    pub missing: Vec<Missing>,
    /// Drying beside waiting; `None` without yield and cost of drying.
    pub cost: Option<Cost>,
}

impl Card {
    pub(super) fn because(&mut self, word: &'static str, values: &[(&'static str, String)], source: Option<&str>) {
        self.reasons.push(Reason { word, values: values.to_vec(), source: source.map(str::to_owned) });
    }
}
