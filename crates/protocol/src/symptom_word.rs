//! What the operator says of a symptom, and of the steps against it.

use serde::{Deserialize, Serialize};

/// What the operator says of a symptom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SymptomWord {
    /// It is there.
    Seen,
    /// The step was done; its trial begins.
    Tried,
    /// The step helped.
    Helped,
    /// The step did not help.
    NotHelped,
    /// What the step changed was put back.
    PutBack,
}

impl SymptomWord {
    /// Every word.
    pub const ALL: [Self; 5] = [Self::Seen, Self::Tried, Self::Helped, Self::NotHelped, Self::PutBack];

    /// The kind of the event in the journal.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Seen => "symptom-seen",
            Self::Tried => "symptom-tried",
            Self::Helped => "symptom-helped",
            Self::NotHelped => "symptom-not-helped",
            Self::PutBack => "symptom-put-back",
        }
    }
}
