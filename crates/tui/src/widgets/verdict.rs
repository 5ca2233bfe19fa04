//! Where a loss stands against its limit: glyph, word and colour, the same on every screen. Red is for what is above only,
//! and never without its word.

use crate::theme::Role;
use crate::view::View;
use grainloss_core::advice::Excess;
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::{LimitEntry, LimitVerdict};

/// How a verdict looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerdictLook {
    /// Glyph and word: `△ 可能超过限值`.
    pub text: String,
    /// The same without the word for the limit, for lists of limits.
    pub short: String,
    /// The role of the words.
    pub role: Role,
    /// The role of the figure beside them.
    pub figure: Role,
}

/// The look of a verdict.
pub(crate) fn look(verdict: LimitVerdict, view: &View<'_>) -> VerdictLook {
    let (glyph, role, figure) = match verdict {
        LimitVerdict::Above => ("▲", Role::Over, Role::Over),
        LimitVerdict::ProbablyAbove => ("△", Role::Low, Role::Value),
        LimitVerdict::CannotTell => ("?", Role::Text, Role::Value),
        LimitVerdict::ProbablyBelow => ("▽", Role::Good, Role::Value),
        LimitVerdict::Below => ("▼", Role::Good, Role::Value),
    };
    let word = |stem: &str| format!("{glyph} {}", view.word(&format!("{stem}-{}", verdict.word())));
    VerdictLook { text: word("verdict"), short: word("verdict-short"), role, figure }
}

/// The verdict of what is lost now. A loss alarm that is active is never contradicted: it has judged for longer. That the loss
/// may be above the limit leaves open which side it is on, unless the interval says more.
pub(crate) fn of_now(limit: &LimitEntry, loss_pct: Interval90, view: &View<'_>) -> LimitVerdict {
    let advice = &view.snapshot.advice;
    let of_interval = limit.verdict(loss_pct);
    match advice.excess.filter(|_| advice.loss_alarm().is_some()) {
        Some(Excess::Probable) => match of_interval {
            LimitVerdict::Above | LimitVerdict::ProbablyAbove => LimitVerdict::ProbablyAbove,
            LimitVerdict::CannotTell | LimitVerdict::ProbablyBelow | LimitVerdict::Below => LimitVerdict::CannotTell,
        },
        Some(Excess::Above | Excess::Far) => LimitVerdict::Above,
        None => of_interval,
    }
}
