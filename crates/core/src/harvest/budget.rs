//! The loss budget: for every category of loss the amount with its 90 % interval, or why it is not known. For screens and
//! reports; the estimate uses nothing of it.

use super::estimate::{Basis, Estimate, Stream};
use super::interval::{Interval90, LogNormal};
use super::loss_sums::LossSums;
use super::pan::PanEntry;
use crate::params::TotalsParams;

/// No kernel in a sample means, with a probability of 0.95, fewer than three expected ones (Poisson: e^-3 = 0.05).
const NONE_FOUND: f64 = 3.0;

/// Where and how grain is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum LossCategory {
    /// Fallen before the harvest: not lost by the machine.
    NaturalShed,
    /// At the header.
    Header,
    /// Left in the ears.
    Threshing,
    /// Behind the separator.
    Separation,
    /// Behind the sieves.
    Cleaning,
}

impl LossCategory {
    /// All of them, in the order in which the crop meets them.
    pub const ALL: [Self; 5] = [Self::NaturalShed, Self::Header, Self::Threshing, Self::Separation, Self::Cleaning];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NaturalShed => "natural-shed",
            Self::Header => "header",
            Self::Threshing => "threshing",
            Self::Separation => "separation",
            Self::Cleaning => "cleaning",
        }
    }
}

/// Why a category has no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum NotMeasured {
    /// The natural shed was not counted beside any pan.
    NoSample,
    /// No plate separates unthreshed ears from grain in the straw: it is part of the separation loss.
    InSeparation,
    /// The loss is not known, since the grain that comes in is not.
    Unknown,
}

impl NotMeasured {
    /// All of them, for tests of the words.
    pub const ALL: [Self; 3] = [Self::NoSample, Self::InSeparation, Self::Unknown];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSample => "no-sample",
            Self::InSeparation => "in-separation",
            Self::Unknown => "unknown",
        }
    }
}

/// What an amount rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Grounds {
    /// The estimate, with its basis.
    Estimate(Basis),
    /// This many samples of the ground.
    Samples(usize),
}

/// Loss of one category, with its 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Amount {
    /// kg/s, of the last ten seconds of cutting; `None` in the budget of a session, and when not cutting.
    pub kg_s: Option<Interval90>,
    /// In the session, kg; `None` in the budget of the last ten seconds, and where no area is known.
    pub kg: Option<Interval90>,
    /// kg/ha, of the same ten seconds, or of the session; `None` where no area is known.
    pub kg_ha: Option<Interval90>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// One category and its amount.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BudgetLine {
    /// The category.
    pub part: LossCategory,
    /// The amount, or why there is none.
    pub amount: Result<Amount, NotMeasured>,
}

/// All categories, in the order of [`LossCategory::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LossBudget {
    /// The categories.
    pub lines: [BudgetLine; 5],
}

impl LossBudget {
    /// The line of one category.
    pub fn line(&self, part: LossCategory) -> &BudgetLine {
        &self.lines[part as usize]
    }

    fn new(amount: impl Fn(LossCategory) -> Result<Amount, NotMeasured>) -> Self {
        Self { lines: LossCategory::ALL.map(|part| BudgetLine { part, amount: amount(part) }) }
    }

    /// The budget of the last ten seconds of cutting.
    pub(super) fn now(estimate: &Estimate, shed: Option<NaturalShed>) -> Self {
        let recent = estimate.recent;
        let stream = |stream: Stream| {
            let (_, now) = estimate.streams()[stream as usize];
            now.loss.ok_or(NotMeasured::Unknown)?;
            let loss = recent.map(|recent| recent.streams[stream as usize]);
            let kg_ha = recent.zip(loss).and_then(|(recent, loss)| Some(recent.kg_m2(loss)?.scaled(1e4).band()));
            Ok(Amount { kg_s: loss.map(LogNormal::band), kg: None, kg_ha, grounds: Grounds::Estimate(now.basis) })
        };
        Self::new(|part| match part {
            LossCategory::NaturalShed => {
                let NaturalShed { kg_m2, samples } = shed.ok_or(NotMeasured::NoSample)?;
                let kg_s = recent.and_then(|recent| Some(times(kg_m2, recent.area_m2_s?)));
                Ok(Amount { kg_s, kg: None, kg_ha: Some(times(kg_m2, 1e4)), grounds: Grounds::Samples(samples) })
            }
            LossCategory::Threshing => Err(NotMeasured::InSeparation),
            LossCategory::Header => stream(Stream::Header),
            LossCategory::Separation => stream(Stream::Separation),
            LossCategory::Cleaning => stream(Stream::Cleaning),
        })
    }
}

fn times(band: Interval90, factor: f64) -> Interval90 {
    Interval90 { value: band.value * factor, lo: band.lo * factor, hi: band.hi * factor }
}

/// Grain that lay on the ground before the harvest.
#[derive(Clone, Copy, Debug)]
pub(super) struct NaturalShed {
    kg_m2: Interval90,
    samples: usize,
}

impl NaturalShed {
    /// The mean of the samples taken beside pans; `None` without a sample.
    pub fn of(pans: &[PanEntry], kernel_mass_kg: f64, params: &TotalsParams) -> Option<Self> {
        let possible =
            |&(kg_m2, area_m2): &(f64, f64)| kg_m2 >= 0.0 && area_m2 > 0.0 && kg_m2.is_finite() && area_m2.is_finite();
        let all = || pans.iter().filter_map(|entry| Some((entry.pan.shed_kg_m2?, entry.pan.area_m2)));
        let sampled = || all().filter(possible);
        let samples = sampled().count();
        if samples == 0 {
            return None;
        }
        let n = samples as f64;
        let mean = sampled().map(|(kg_m2, _)| kg_m2).sum::<f64>() / n;
        let area_m2: f64 = sampled().map(|(_, area_m2)| area_m2).sum();
        if mean <= 0.0 {
            let kg_m2 = Interval90 { value: 0.0, lo: 0.0, hi: NONE_FOUND * kernel_mass_kg / area_m2 };
            return Some(Self { kg_m2, samples });
        }
        let variance = sampled().map(|(kg_m2, _)| (kg_m2 - mean) * (kg_m2 - mean)).sum::<f64>() / (n - 1.0).max(1.0);
        let scatter = variance.sqrt() / mean;
        let log_sd = if n >= params.shed_samples { scatter } else { scatter.max(params.shed_sd) } / n.sqrt();
        Some(Self { kg_m2: LogNormal::of_mean(mean, log_sd).band(), samples })
    }
}

/// What the budget of a session needs besides the sums of the losses.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct SessionBudget {
    /// What each stream rested on when the machine last cut.
    bases: [Option<Basis>; 3],
    /// The same of separation and cleaning together.
    #[serde(default)]
    rear: Option<Basis>,
    /// Cut while all streams were known, m².
    area_m2: f64,
}

impl SessionBudget {
    /// What header and rear rested on when the machine last cut.
    pub fn stream_bases(&self) -> [Option<Basis>; 2] {
        [self.bases[Stream::Header as usize], self.rear]
    }

    /// Adds a step in which this area is cut, m².
    pub fn add(&mut self, estimate: &Estimate, area_m2: f64) {
        let streams = estimate.streams();
        if area_m2 > 0.0 && streams.iter().all(|(_, stream)| stream.loss.is_some()) {
            self.area_m2 += area_m2;
            self.bases = streams.map(|(_, stream)| Some(stream.basis));
            self.rear = Some(estimate.rear.basis);
        }
    }

    /// The budget of the session so far.
    pub fn budget(&self, losses: &LossSums, shed: Option<NaturalShed>) -> LossBudget {
        let per_ha = |band: Interval90| (self.area_m2 > 0.0).then(|| times(band, 1e4 / self.area_m2));
        let stream = |stream: Stream| {
            let (basis, kg) = self.bases[stream as usize].zip(losses.stream(stream)).ok_or(NotMeasured::Unknown)?;
            let kg = kg.band();
            Ok(Amount { kg_s: None, kg: Some(kg), kg_ha: per_ha(kg), grounds: Grounds::Estimate(basis) })
        };
        LossBudget::new(|part| match part {
            LossCategory::NaturalShed => {
                let NaturalShed { kg_m2, samples } = shed.ok_or(NotMeasured::NoSample)?;
                let kg = (self.area_m2 > 0.0).then(|| times(kg_m2, self.area_m2));
                Ok(Amount { kg_s: None, kg, kg_ha: Some(times(kg_m2, 1e4)), grounds: Grounds::Samples(samples) })
            }
            LossCategory::Threshing => Err(NotMeasured::InSeparation),
            LossCategory::Header => stream(Stream::Header),
            LossCategory::Separation => stream(Stream::Separation),
            LossCategory::Cleaning => stream(Stream::Cleaning),
        })
    }
}
