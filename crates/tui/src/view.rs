//! What a screen is drawn from: the snapshot as old as it is, words, units, and what the operator has chosen.

use super::app::App;
use super::numbers::DASH;
use super::theme::Role;
use super::units::Units;
use grainloss_core::machine::{Channel, Reading, ReadingState};
use grainloss_knowledge::Words;
use grainloss_protocol::snapshot::Snapshot;

/// From this age on a value is old, and from that on it is none any more, µs.
pub(super) const OLD_US: i64 = 3_000_000;
pub(super) const GONE_US: i64 = 5_000_000;

/// Everything that a screen needs.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub app: &'a App,
    pub s: &'a Snapshot,
    pub words: &'a Words,
    pub units: &'a Units,
    /// How long ago the snapshot came, µs; 0 after an orderly end.
    pub stale_us: i64,
}

/// A value as it is shown.
#[derive(Debug)]
pub(super) struct Shown {
    /// The value, or a dash.
    pub value: String,
    /// How old it is; why there is none.
    pub age: String,
    pub role: Role,
}

impl View<'_> {
    /// The text under this key.
    pub fn word(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// The role of what is drawn from the estimate: greyed once it is old.
    pub const fn role(&self, role: Role) -> Role {
        if self.stale_us >= OLD_US { Role::Old } else { role }
    }

    /// A channel's value, made by `text`, and its age.
    pub fn reading(&self, channel: Channel, text: impl Fn(f64) -> String) -> Shown {
        self.shown(self.s.readings.get(channel), text)
    }

    /// A reading's value, made by `text`, and its age: greyed and called old after 3 s, gone after 5 s.
    pub fn shown(&self, reading: &Reading, text: impl Fn(f64) -> String) -> Shown {
        if self.s.health.link_lost {
            return Shown { value: DASH.to_owned(), age: self.word("screen-no-link"), role: Role::Old };
        }
        let age_us = reading.age_us.map(|us| us.saturating_add(self.stale_us));
        let age = age_us.map(|us| self.ago(us));
        match (reading.value, reading.state, age_us) {
            (Some(value), ReadingState::Valid, Some(us)) if us < GONE_US => {
                let (age, old) = (age.unwrap_or_default(), us >= OLD_US);
                let age = if old { self.words.with("screen-old", &[("age", &age)]) } else { age };
                Shown { value: text(value), age, role: if old { Role::Old } else { Role::Value } }
            }
            (_, ReadingState::Valid | ReadingState::Stale, Some(_)) => {
                let age = self.words.with("screen-old", &[("age", &age.unwrap_or_default())]);
                Shown { value: DASH.to_owned(), age, role: Role::Old }
            }
            (_, state, _) => {
                let why = self.word(&format!("state-{}", state.word()));
                Shown { value: DASH.to_owned(), age: why, role: Role::Old }
            }
        }
    }

    /// `<1 s ago`, `7 s ago`, `12 min ago`.
    pub fn ago(&self, us: i64) -> String {
        let seconds = us.max(0) / 1_000_000;
        let number = |n: i64| n.to_string();
        match seconds {
            0 => self.words.with("screen-age", &[("seconds", "<1")]),
            1..120 => self.words.with("screen-age", &[("seconds", &number(seconds))]),
            120..7200 => self.words.with("screen-age-minutes", &[("minutes", &number(seconds / 60))]),
            _ => self.words.with("screen-age-hours", &[("hours", &number(seconds / 3600))]),
        }
    }

    /// How long ago a moment of bus time was.
    pub fn since(&self, t_us: i64) -> String {
        self.ago(self.s.readings.t_us.saturating_sub(t_us).saturating_add(self.stale_us))
    }

    /// The crop's yield, kg/m²: that of the newest cutting, else the expected one, else `None`.
    pub fn yield_kg_m2(&self) -> Option<f64> {
        let estimate = self.s.estimate.as_ref();
        let now = estimate.and_then(|estimate| Some((estimate.loss_kg_m2?.median, estimate.total_share?.median)));
        let now = now.filter(|(_, share)| *share > 0.0).map(|(loss, share)| loss / share);
        let expected = Some(self.s.session.measures.yield_kg_m2).filter(|expected| *expected > 0.0);
        now.or(expected).filter(|found| found.is_finite())
    }
}
