//! Drop pans: what somebody found on the ground, and what it teaches the gains.
//!
//! A pan is dropped now and counted minutes later. What the model said at the drop, with the wander of then, is kept for
//! two hours, so that the count can be compared with it when it comes. How much pans scatter is learned from them.

use std::collections::VecDeque;

use super::gain::{GainFilter, Judged, Lost, Observed, Wanders};
use super::rear::Conditions;

/// How long what the model said is kept, s.
const KEPT_S: usize = 7200;
/// A pan belongs to the second nearest to its drop, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;
/// Loss lies in patches: variation from pan to pan (assumed, 0.2 to 0.6), more so between the frames in front.
const PATCHY_BEHIND: f64 = 0.35;
const PATCHY_IN_FRONT: f64 = 0.50;
/// The shed that was measured apart is of other ground: variation from spot to spot (assumed, as in front).
const SHED_PATCHY: f64 = 0.40;
/// How patchy it is, is learned from the pans: the prior weighs as so many of them, and no pan, however odd, counts as
/// more than a surprise of so much; the learned factor on the spread stays in this range (our choice).
const PRIOR_PANS: f64 = 8.0;
const MOST_SURPRISE: f64 = 6.0;
const SCATTER_RANGE: (f64, f64) = (0.7, 2.0);

/// Which loss a pan holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanKind {
    /// Dropped from below the machine: what leaves the rear.
    Rear,
    /// Taken behind the header, before anything falls from the rear: header loss, and the natural shed with it.
    Front,
}

impl PanKind {
    /// The word used in files and machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rear => "rear",
            Self::Front => "front",
        }
    }
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
    /// Width cut over the width on which the rear's loss falls: how much a rear pan is concentrated.
    pub concentration: f64,
    /// Grain in it, kg.
    pub grain_kg: f64,
    /// Natural shed on the same ground, kg/m²; `None` when it was not measured.
    pub shed_kg_m2: Option<f64>,
}

impl Pan {
    /// False where a number is none, or below what there can be.
    fn is_possible(&self) -> bool {
        let above_0 = |value: f64| value > 0.0 && value.is_finite();
        let not_below_0 = |value: f64| value >= 0.0 && value.is_finite();
        above_0(self.area_m2)
            && above_0(self.concentration)
            && not_below_0(self.grain_kg)
            && self.shed_kg_m2.is_none_or(not_below_0)
    }
}

/// Why a pan teaches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanRejection {
    /// The machine was not cutting at the drop, or nothing was known of its loss then.
    NotCutting,
    /// Longer ago than is kept.
    TooOld,
    /// A front sample holds the natural shed too, and that was not measured.
    ShedUnknown,
    /// Before the session began, or later than now.
    OutsideSession,
    /// No pan can be like that: less than no grain, no area, a number that is none.
    Impossible,
}

impl PanRejection {
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
    /// It was used.
    Used {
        /// The logarithm of found over expected, before it was.
        residual: f64,
        /// How much it counted beside an ordinary pan, 0..=1: near 0 where it looks like a blunder.
        weight: f64,
    },
    /// It was not.
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

/// What the model said in one second of cutting, at gain 1, and what the gains wandered to then.
#[derive(Clone, Copy, Debug)]
struct Moment {
    t_us: i64,
    lost: Lost,
    wanders: Wanders,
    area_m2_s: f64,
    conditions: Conditions,
}

/// How far apart the pans of a kind lie, as a factor on the spread that was assumed.
#[derive(Clone, Copy, Debug)]
struct Scatter {
    surprises: f64,
    pans: f64,
}

impl Scatter {
    const PRIOR: Self = Self { surprises: PRIOR_PANS, pans: PRIOR_PANS };

    fn variance_factor(self) -> f64 {
        let (low, high) = SCATTER_RANGE;
        (self.surprises / self.pans).clamp(low * low, high * high)
    }

    fn learn(&mut self, judged: &Judged) {
        self.surprises += judged.surprise.min(MOST_SURPRISE);
        self.pans += 1.0;
    }
}

/// What the model said in the last two hours, and the pans so far.
#[derive(Debug)]
pub(super) struct PanBook {
    moments: VecDeque<Moment>,
    ledger: Vec<PanEntry>,
    first_us: Option<i64>,
    now_us: i64,
    scatter: [Scatter; 2],
    pub rear_used: u32,
    pub front_used: u32,
    /// What the rear pans were taken under.
    pub envelope: Option<Envelope>,
}

/// The conditions that the used rear pans span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    log_load: (f64, f64),
    moisture: Option<(f64, f64)>,
}

/// How far a value is outside a range.
fn beyond((low, high): (f64, f64), value: f64) -> f64 {
    (low - value).max(value - high).max(0.0)
}

impl Envelope {
    fn of(conditions: &Conditions) -> Self {
        let Conditions { log_load, moisture } = *conditions;
        Self { log_load: (log_load, log_load), moisture: moisture.map(|m| (m, m)) }
    }

    fn stretch(&mut self, to: &Conditions) {
        let over = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        self.log_load = over(self.log_load, to.log_load);
        if let Some(moisture) = to.moisture {
            self.moisture = Some(self.moisture.map_or((moisture, moisture), |range| over(range, moisture)));
        }
    }

    /// How far the logarithm of the load is outside.
    pub fn beyond_load(&self, conditions: &Conditions) -> f64 {
        beyond(self.log_load, conditions.log_load)
    }

    /// How far the moisture is outside, as a share of wet mass; 0 where it is not known.
    pub fn beyond_moisture(&self, conditions: &Conditions) -> f64 {
        self.moisture.zip(conditions.moisture).map_or(0.0, |(range, moisture)| beyond(range, moisture))
    }
}

impl PanBook {
    pub fn new() -> Self {
        Self {
            moments: VecDeque::with_capacity(KEPT_S),
            ledger: Vec::new(),
            first_us: None,
            now_us: 0,
            scatter: [Scatter::PRIOR; 2],
            rear_used: 0,
            front_used: 0,
            envelope: None,
        }
    }

    /// Every pan so far, as they became known.
    pub fn ledger(&self) -> &[PanEntry] {
        &self.ledger
    }

    /// Time passes.
    pub fn at(&mut self, t_us: i64) {
        self.first_us.get_or_insert(t_us);
        self.now_us = t_us;
    }

    /// Keeps what the model says in a second of cutting.
    pub fn keep(&mut self, t_us: i64, lost: Lost, wanders: Wanders, area_m2_s: f64, conditions: Conditions) {
        if self.moments.len() == KEPT_S {
            self.moments.pop_front();
        }
        self.moments.push_back(Moment { t_us, lost, wanders, area_m2_s, conditions });
    }

    /// Compares a pan with what the model said at its drop, teaches the gains, and writes it down.
    pub fn judge(&mut self, pan: &Pan, kernel_mass_kg: f64, gains: &mut GainFilter) -> PanEntry {
        let outcome = match self.teach(pan, kernel_mass_kg, gains) {
            Ok(judged) => PanOutcome::Used { residual: judged.residual, weight: judged.weight },
            Err(why) => PanOutcome::Rejected(why),
        };
        let entry = PanEntry { pan: *pan, outcome };
        self.ledger.push(entry);
        entry
    }

    fn teach(&mut self, pan: &Pan, kernel_mass_kg: f64, gains: &mut GainFilter) -> Result<Judged, PanRejection> {
        if !pan.is_possible() {
            return Err(PanRejection::Impossible);
        }
        let moment = self.moment(pan)?;
        let (concentration, patchy, shed) = match (pan.kind, pan.shed_kg_m2) {
            (PanKind::Rear, _) => (pan.concentration, PATCHY_BEHIND, 0.0),
            (PanKind::Front, Some(shed)) => (1.0, PATCHY_IN_FRONT, shed),
            (PanKind::Front, None) => return Err(PanRejection::ShedUnknown),
        };
        // Half a kernel stands for none: a logarithm of nothing there is not.
        let caught_m2 = pan.area_m2 * concentration;
        let (found, shed) = (pan.grain_kg / kernel_mass_kg, shed * caught_m2 / kernel_mass_kg);
        let kernels = (found - shed).max(0.0) + 0.5;
        let scatter = &mut self.scatter[usize::from(pan.kind == PanKind::Front)];
        let patchy_variance = patchy * patchy * scatter.variance_factor();
        // Counting, and the shed that is taken off, weigh the more the less is left.
        let counting = (found + 0.5 + (SHED_PATCHY * shed).powi(2)) / (kernels * kernels);
        let observed = Observed {
            // The mean of patches is what is asked for; the logarithm of one lies low by half their squared spread.
            log_kg_s: (kernels * kernel_mass_kg / caught_m2 * moment.area_m2_s).ln() + 0.5 * patchy_variance,
            variance: counting + patchy_variance,
            elapsed_s: (self.now_us - moment.t_us) as f64 / 1e6,
            wanders: moment.wanders,
        };
        let judged = match pan.kind {
            PanKind::Rear => gains.pan_behind(moment.lost, &observed),
            PanKind::Front => gains.pan_in_front(moment.lost, &observed),
        };
        let judged = judged.ok_or(PanRejection::NotCutting)?;
        scatter.learn(&judged);
        if pan.kind == PanKind::Rear {
            self.rear_used += 1;
            self.envelope.get_or_insert_with(|| Envelope::of(&moment.conditions)).stretch(&moment.conditions);
        } else {
            self.front_used += 1;
        }
        Ok(judged)
    }

    /// What the model said at the drop.
    fn moment(&self, pan: &Pan) -> Result<Moment, PanRejection> {
        let first_us = self.first_us.ok_or(PanRejection::OutsideSession)?;
        if !(first_us - NEAR_US..=self.now_us + NEAR_US).contains(&pan.t_us) {
            return Err(PanRejection::OutsideSession);
        }
        let at = self.moments.partition_point(|moment| moment.t_us < pan.t_us);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| self.moments.get(at));
        let moment = near.min_by_key(|moment| (moment.t_us - pan.t_us).abs()).copied();
        moment.filter(|moment| (moment.t_us - pan.t_us).abs() <= NEAR_US).ok_or_else(|| {
            let old = self.moments.len() == KEPT_S && self.moments.front().is_some_and(|first| pan.t_us < first.t_us);
            if old { PanRejection::TooOld } else { PanRejection::NotCutting }
        })
    }
}
