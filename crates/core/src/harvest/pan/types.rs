//! A pan as it was found, and what became of it.

use super::super::filter::{CaughtStreams, PerPath};
use super::super::fusion::Fusion;
pub use crate::pan_sample::PanKind;
use crate::pan_sample::PanSample;

/// A pan that lies on the ground, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingDrop {
    /// Its number in this session, from 1.
    pub id: u32,
    /// When it was dropped, bus time.
    pub t_us: i64,
    /// Behind the machine or in front of it.
    pub kind: PanKind,
}

impl PanKind {
    /// The streams that lie in such a pan.
    pub(super) const fn caught(self) -> CaughtStreams {
        CaughtStreams { header: !matches!(self, Self::Rear), rear: !matches!(self, Self::Front) }
    }

    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Rear, Self::Front, Self::Whole];
}

/// One pan as it was found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pan {
    /// When it hit the ground, microseconds of bus time.
    pub t_us: i64,
    /// From when on its result is known.
    pub known_us: i64,
    /// What it holds.
    pub kind: PanKind,
    /// Area of the pan or frame, m².
    pub area_m2: f64,
    /// Width cut over the width on which the rear's loss falls: how much a rear pan is concentrated. Other kinds take no
    /// notice of it.
    pub concentration: f64,
    /// Grain in it, kg.
    pub grain_kg: f64,
    /// Natural shed on the same ground, kg/m²; `None` when it was not measured.
    pub shed_kg_m2: Option<f64>,
}

impl Pan {
    /// The pan with this content, dropped at `t_us` and known from `known_us` on.
    pub const fn of(sample: PanSample, t_us: i64, known_us: i64) -> Self {
        let PanSample { kind, grain_kg, area_m2, concentration, shed_kg_m2 } = sample;
        Self { t_us, known_us, kind, area_m2, concentration, grain_kg, shed_kg_m2 }
    }

    /// Its content.
    pub const fn sample(&self) -> PanSample {
        let Self { kind, area_m2, concentration, grain_kg, shed_kg_m2, .. } = *self;
        PanSample { kind, grain_kg, area_m2, concentration, shed_kg_m2 }
    }

    /// False where a number is none, or below what can be.
    pub(super) fn is_possible(&self) -> bool {
        let above_0 = |value: f64| value > 0.0 && value.is_finite();
        let not_below_0 = |value: f64| value >= 0.0 && value.is_finite();
        above_0(self.area_m2)
            && above_0(self.concentration)
            && not_below_0(self.grain_kg)
            && self.shed_kg_m2.is_none_or(not_below_0)
    }
}

/// Why a pan was not fused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanRejection {
    /// The machine was not cutting at the drop, or nothing was known of its loss then.
    NotCutting,
    /// Longer ago than is remembered.
    TooOld,
    /// A front or whole-width sample holds the natural shed too, and that was not measured.
    ShedUnknown,
    /// Before the session began, or later than now.
    OutsideSession,
    /// No pan can be like that: less than no grain, no area, a number that is none.
    Impossible,
}

impl PanRejection {
    /// The reason of this word.
    pub fn of(word: &str) -> Option<Self> {
        let all = [Self::NotCutting, Self::TooOld, Self::ShedUnknown, Self::OutsideSession, Self::Impossible];
        all.into_iter().find(|why| why.word() == word)
    }

    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotCutting => "not-cutting",
            Self::TooOld => "too-old",
            Self::ShedUnknown => "shed-unknown",
            Self::OutsideSession => "outside-session",
            Self::Impossible => "impossible",
        }
    }
}

/// What became of a pan.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanOutcome {
    /// It was fused.
    Used {
        /// ln(found / expected), before it was.
        residual: f64,
        /// How probable it is that it is no blunder, 0..=1.
        weight: f64,
    },
    /// It differs so far from what was expected that it may be a blunder: it changes nothing until another one beside it
    /// finds the same.
    Doubtful {
        /// ln(found / expected).
        residual: f64,
        /// How probable it is that it is no blunder, below ½.
        weight: f64,
    },
    /// It cannot be compared.
    Rejected(PanRejection),
}

/// A line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PanEntry {
    /// The pan as it was found.
    pub pan: Pan,
    /// What became of it.
    pub outcome: PanOutcome,
}

/// What became of a pan: the line of the ledger, the record of it, and what it says of saturated plates.
pub(in crate::harvest) struct PanFusion {
    pub entry: PanEntry,
    pub fusion: Fusion,
    /// When it was dropped, bus time, and `saturated_evidence` as in [`PanUpdate`](super::PanUpdate); the same of a doubtful
    /// one that it has confirmed.
    pub saturated: [Option<(i64, PerPath<f64>)>; 2],
}
