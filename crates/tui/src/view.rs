//! The data that one picture is drawn from: snapshot, its age, words, units, and the state of the dashboard.

use crate::app::keys::Action;
use crate::app::state::State;
use crate::theme::Role;
use crate::units::Units;
use crate::widgets::numbers::DASH;
use grainloss_core::harvest::LogNormal;
use grainloss_core::machine::{Channel, Reading, ReadingState};
use grainloss_knowledge::Words;
use grainloss_protocol::snapshot::Snapshot;

/// From this age on a value is grey and called old, µs (our choice).
pub(crate) const OLD_US: i64 = 3_000_000;
/// From this age on a value is a dash, µs (our choice).
pub(crate) const GONE_US: i64 = 5_000_000;

/// Everything that a screen is drawn from.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub state: &'a State,
    /// The newest snapshot; without its current values when it is too old.
    pub snapshot: &'a Snapshot,
    pub words: &'a Words,
    pub units: &'a Units,
    /// Time since the snapshot came, µs; 0 after an orderly end.
    pub stale_us: i64,
}

/// A range of ground speed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeedRange {
    pub low_m_s: f64,
    pub high_m_s: f64,
}

/// A reading as text.
#[derive(Debug)]
pub(crate) struct ReadingText {
    /// The value, or a dash.
    pub value: String,
    /// The age of the value, or why there is none.
    pub age: String,
    pub role: Role,
}

impl View<'_> {
    /// The text under this key.
    pub fn word(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// The key of an action as people call it.
    pub fn key_name(&self, action: Action) -> String {
        match self.state.keys().key(action) {
            "space" => self.words.get("key-name-space"),
            key => key.to_owned(),
        }
    }

    /// The role of what is drawn from the estimate: `Old` once the snapshot is old.
    pub const fn role(&self, role: Role) -> Role {
        if self.stale_us >= OLD_US { Role::Old } else { role }
    }

    /// A channel's value, formatted by `text`, and its age.
    pub fn reading(&self, channel: Channel, text: impl Fn(f64) -> String) -> ReadingText {
        self.reading_text(self.snapshot.readings.get(channel), text)
    }

    /// A reading's value, formatted by `text`, and its age: grey and called old after 3 s, a dash after 5 s.
    fn reading_text(&self, reading: &Reading, text: impl Fn(f64) -> String) -> ReadingText {
        if self.snapshot.health.link_lost {
            return ReadingText { value: DASH.to_owned(), age: self.word("screen-no-link"), role: Role::Old };
        }
        let age_us = reading.age_us.map(|us| us.saturating_add(self.stale_us));
        let age = age_us.map(|us| self.ago(us));
        match (reading.value, reading.state, age_us) {
            (Some(value), ReadingState::Valid, Some(us)) if us < GONE_US => {
                let (age, old) = (age.unwrap_or_default(), us >= OLD_US);
                let age = if old { self.words.with("screen-old", &[("age", &age)]) } else { age };
                ReadingText { value: text(value), age, role: if old { Role::Old } else { Role::Value } }
            }
            (_, ReadingState::Valid | ReadingState::Stale, Some(_)) => {
                let age = self.words.with("screen-old", &[("age", &age.unwrap_or_default())]);
                ReadingText { value: DASH.to_owned(), age, role: Role::Old }
            }
            (_, state, _) => {
                let why = self.word(&format!("state-{}", state.word()));
                ReadingText { value: DASH.to_owned(), age: why, role: Role::Old }
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

    /// Time since `t_us` of bus time, as [`Self::ago`] writes it.
    pub fn since(&self, t_us: i64) -> String {
        self.ago(self.snapshot.readings.t_us.saturating_sub(t_us).saturating_add(self.stale_us))
    }

    /// The name of a channel.
    pub fn channel_name(&self, channel: Channel) -> String {
        self.word(&format!("channel-{}", channel.name().replace(['.', '_'], "-")))
    }

    /// A currency as people write it; an unknown one as it is.
    pub fn currency(&self, sign: &str) -> String {
        let key = format!("currency-{sign}");
        if self.words.has(&key) { self.word(&key) } else { sign.to_owned() }
    }

    /// The ground speeds at which the feed rate would be that of the goal in the crop of the last half minute: feed rate is
    /// proportional to speed. `None` when not cutting, when the crop is unknown, or the goal has no basis.
    pub fn target_speed(&self) -> Option<SpeedRange> {
        let (load, kg_m) = (self.snapshot.advice.target_load?, self.state.crop_kg_m()?);
        Some(SpeedRange { low_m_s: load.low_kg_s / kg_m, high_m_s: load.high_kg_s / kg_m })
    }

    /// The crop's yield, kg/m²: the estimate's, otherwise the expected one; `None` when neither is known.
    pub fn yield_kg_m2(&self) -> Option<f64> {
        let estimate = self.snapshot.estimate.as_ref();
        let value = |quantity: LogNormal| quantity.band().value;
        let now = estimate.and_then(|estimate| Some((value(estimate.loss_kg_m2?), value(estimate.total_share?))));
        let now = now.filter(|(_, share)| *share > 0.0).map(|(loss, share)| loss / share);
        let expected = Some(self.snapshot.session.measures.yield_kg_m2).filter(|expected| *expected > 0.0);
        now.or(expected).filter(|found| found.is_finite())
    }
}
