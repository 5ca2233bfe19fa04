//! Drop pans: what somebody found on the ground, and what it teaches the gains.
//!
//! A pan is dropped now and counted minutes later. What the model said at the drop is kept for two hours, so that the
//! count can be compared with it when it comes.

use std::collections::VecDeque;

use super::gain::{GainFilter, Lost, Observed};

/// How long what the model said is kept, s.
const KEPT_S: usize = 7200;
/// A pan belongs to the second nearest to its drop, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;
/// Loss lies in patches: standard deviation of the logarithm from pan to pan (assumed, 0.2 to 0.6).
const PATCHY_SD: f64 = 0.35;

/// Which loss a pan holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanKind {
    /// Dropped from below the machine: what leaves the rear.
    Rear,
    /// Taken behind the header, before anything falls from the rear: header loss, and the natural shed with it.
    Front,
}

/// One pan as it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pan {
    /// When it hit the ground, microseconds of bus time.
    pub t_us: i64,
    /// From when on its result is known.
    pub known_us: i64,
    /// What it holds.
    pub kind: PanKind,
    /// Area of the pan or frame, m².
    pub area_m2: f64,
    /// Width cut over the width on which the rear's loss falls: how much a rear pan is concentrated.
    pub concentration: f64,
    /// Grain in it, kg.
    pub grain_kg: f64,
    /// Natural shed on the same ground, kg/m²; `None` when it was not measured.
    pub shed_kg_m2: Option<f64>,
}

/// Why a pan teaches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PanRejection {
    /// The machine was not cutting at the drop, or nothing was known of its loss then.
    NotCutting,
    /// Longer ago than is kept.
    TooOld,
    /// A front sample holds the natural shed too, and that was not measured.
    ShedUnknown,
}

impl PanRejection {
    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotCutting => "not-cutting",
            Self::TooOld => "too-old",
            Self::ShedUnknown => "shed-unknown",
        }
    }
}

/// What became of a pan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PanOutcome {
    /// It was used; the logarithm of found over expected before it was.
    Used(f64),
    /// It was not.
    Rejected(PanRejection),
}

/// What the model said in one second of cutting, at gain 1.
#[derive(Clone, Copy, Debug)]
struct Moment {
    t_us: i64,
    lost: Lost,
    area_m2_s: f64,
}

/// What the model said in the last two hours, and the pans so far.
#[derive(Debug)]
pub(super) struct PanBook {
    moments: VecDeque<Moment>,
    pub rear_used: u32,
    pub front_used: u32,
}

impl PanBook {
    pub fn new() -> Self {
        Self { moments: VecDeque::with_capacity(KEPT_S), rear_used: 0, front_used: 0 }
    }

    /// Keeps what the model says in a second of cutting.
    pub fn keep(&mut self, t_us: i64, lost: Lost, area_m2_s: f64) {
        if self.moments.len() == KEPT_S {
            self.moments.pop_front();
        }
        self.moments.push_back(Moment { t_us, lost, area_m2_s });
    }

    /// Compares a pan with what the model said at its drop, and teaches the gains.
    pub fn judge(&mut self, pan: &Pan, kernel_mass_kg: f64, gains: &mut GainFilter) -> PanOutcome {
        let at = self.moments.partition_point(|moment| moment.t_us < pan.t_us);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| self.moments.get(at));
        let moment = near.min_by_key(|moment| (moment.t_us - pan.t_us).abs());
        let Some(moment) = moment.filter(|moment| (moment.t_us - pan.t_us).abs() <= NEAR_US).copied() else {
            let old = self.moments.len() == KEPT_S && self.moments.front().is_some_and(|first| pan.t_us < first.t_us);
            return PanOutcome::Rejected(if old { PanRejection::TooOld } else { PanRejection::NotCutting });
        };
        // Mass of loss for each square metre that was cut.
        let per_m2 = match (pan.kind, pan.shed_kg_m2) {
            (PanKind::Rear, _) => pan.grain_kg / pan.area_m2 / pan.concentration,
            (PanKind::Front, Some(shed)) => pan.grain_kg / pan.area_m2 - shed,
            (PanKind::Front, None) => return PanOutcome::Rejected(PanRejection::ShedUnknown),
        };
        // Half a kernel stands for none: a logarithm of nothing there is not.
        let caught_m2 = pan.area_m2 * if pan.kind == PanKind::Rear { pan.concentration } else { 1.0 };
        let kernels = (per_m2 * caught_m2 / kernel_mass_kg).max(0.0) + 0.5;
        let found_kg_s = kernels * kernel_mass_kg / caught_m2 * moment.area_m2_s;
        let newest_us = self.moments.back().map_or(moment.t_us, |newest| newest.t_us);
        let observed = Observed {
            log_kg_s: found_kg_s.ln(),
            variance: 1.0 / kernels + PATCHY_SD * PATCHY_SD,
            elapsed_s: (newest_us - moment.t_us) as f64 / 1e6,
        };
        let residual = match pan.kind {
            PanKind::Rear => gains.pan_behind(moment.lost, &observed),
            PanKind::Front => gains.pan_in_front(moment.lost, &observed),
        };
        match (residual, pan.kind) {
            (None, _) => PanOutcome::Rejected(PanRejection::NotCutting),
            (Some(residual), kind) => {
                *(if kind == PanKind::Rear { &mut self.rear_used } else { &mut self.front_used }) += 1;
                PanOutcome::Used(residual)
            }
        }
    }
}
