//! The loss budget: every way in which grain is lost, with what it comes to and how sure that is, or why it is not known.
//! For screens and reports; nothing here is used by the estimate.

use super::estimate::{Basis, Estimate, Stream};
use super::interval::{Interval90, LogNormal};
use super::loss_sums::LossSums;
use super::pan::PanEntry;

/// Samples of the natural shed scatter by this much, as a standard deviation of the logarithm, while there are too few to
/// tell (our choice), and so many tell.
const SHED_SD: f64 = 0.5;
const SHED_TELLS: usize = 4;
/// No kernel in a sample is, with a probability of 0.95, less than three of them (Poisson).
const NONE_FOUND: f64 = 3.0;

/// A way in which grain is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Part {
    /// Fallen before the harvest: not the machine's.
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

impl Part {
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

/// Why a part has no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum NotMeasured {
    /// No pan was taken beside which the natural shed was counted.
    NoSample,
    /// No plate tells ears that were not threshed from grain in the straw: it is in the separation's figure.
    InSeparation,
    /// What comes in is not known, so nor is what is lost of it.
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

/// What a figure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Grounds {
    /// The estimate, with its basis.
    Estimate(Basis),
    /// So many samples of the ground.
    Samples(usize),
}

/// What a part comes to, with its 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Amount {
    /// Now, kg/s; `None` in the budget of a session.
    pub kg_s: Option<Interval90>,
    /// In the session, kg; `None` in the budget of the moment.
    pub kg: Option<Interval90>,
    /// kg/ha, of the last ten seconds of cutting or of the session; `None` where no area is known.
    pub kg_ha: Option<Interval90>,
    /// What it rests on.
    pub grounds: Grounds,
}

/// One part, and what it comes to.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BudgetLine {
    /// Which.
    pub part: Part,
    /// The figure, or why there is none.
    pub amount: Result<Amount, NotMeasured>,
}

/// All parts, in the order of [`Part::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LossBudget {
    /// The parts.
    pub lines: [BudgetLine; 5],
}

impl LossBudget {
    /// One part's line.
    pub fn line(&self, part: Part) -> &BudgetLine {
        &self.lines[part as usize]
    }

    fn new(amount: impl Fn(Part) -> Result<Amount, NotMeasured>) -> Self {
        Self { lines: Part::ALL.map(|part| BudgetLine { part, amount: amount(part) }) }
    }

    /// Of the moment; the pans bring the natural shed.
    pub(super) fn now(estimate: &Estimate, pans: &[PanEntry], kernel_mass_kg: f64) -> Self {
        let area_m2_s = estimate.working_width_m.zip(estimate.ground_speed_m_s).map(|(width, speed)| width * speed);
        // kg/m² of grain, from the two forms of the same loss.
        let grain = estimate.loss_kg_m2.zip(estimate.total_share).map(|(loss, share)| loss.median / share.median);
        let stream = |stream: Stream| {
            let (_, now) = estimate.streams()[stream as usize];
            let loss = now.loss.ok_or(NotMeasured::Unknown)?;
            let share = estimate.stream_shares.map(|shares| shares[stream as usize]);
            let kg_m2 = share.zip(grain).map(|(share, grain)| LogNormal { median: share * grain, ..loss });
            let kg_ha = kg_m2.filter(|kg_m2| kg_m2.median.is_finite()).map(|kg_m2| kg_m2.scaled(1e4).band());
            Ok(Amount { kg_s: Some(loss.band()), kg: None, kg_ha, grounds: Grounds::Estimate(now.basis) })
        };
        Self::new(|part| match part {
            Part::NaturalShed => {
                let (kg_m2, n) = natural_shed(pans, kernel_mass_kg).ok_or(NotMeasured::NoSample)?;
                let kg_s = area_m2_s.map(|area_m2_s| times(kg_m2, area_m2_s));
                Ok(Amount { kg_s, kg: None, kg_ha: Some(times(kg_m2, 1e4)), grounds: Grounds::Samples(n) })
            }
            Part::Threshing => Err(NotMeasured::InSeparation),
            Part::Header => stream(Stream::Header),
            Part::Separation => stream(Stream::Separation),
            Part::Cleaning => stream(Stream::Cleaning),
        })
    }
}

fn times(band: Interval90, factor: f64) -> Interval90 {
    Interval90 { value: band.value * factor, lo: band.lo * factor, hi: band.hi * factor }
}

/// Mean of what lay on the ground before, kg/m², and from how many samples.
fn natural_shed(pans: &[PanEntry], kernel_mass_kg: f64) -> Option<(Interval90, usize)> {
    let possible =
        |&(kg_m2, area_m2): &(f64, f64)| kg_m2 >= 0.0 && area_m2 > 0.0 && kg_m2.is_finite() && area_m2.is_finite();
    let all = || pans.iter().filter_map(|entry| Some((entry.pan.shed_kg_m2?, entry.pan.area_m2)));
    let sampled = || all().filter(possible);
    let n = sampled().count();
    if n == 0 {
        return None;
    }
    let mean = sampled().map(|(kg_m2, _)| kg_m2).sum::<f64>() / n as f64;
    let area_m2: f64 = sampled().map(|(_, area_m2)| area_m2).sum();
    if mean <= 0.0 {
        return Some((Interval90 { value: 0.0, lo: 0.0, hi: NONE_FOUND * kernel_mass_kg / area_m2 }, n));
    }
    let variance = sampled().map(|(kg_m2, _)| (kg_m2 - mean) * (kg_m2 - mean)).sum::<f64>() / (n as f64 - 1.0).max(1.0);
    let seen = variance.sqrt() / mean;
    let log_sd = if n >= SHED_TELLS { seen } else { seen.max(SHED_SD) } / (n as f64).sqrt();
    Some((LogNormal { median: mean, log_sd }.band(), n))
}

/// What the session's budget needs beside the sums of the losses.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct SessionBudget {
    /// What each stream rested on when something was cut last.
    bases: [Option<Basis>; 3],
    /// Cut while all streams were known, m².
    area_m2: f64,
}

impl SessionBudget {
    /// Adds a step in which so much is cut, m².
    pub fn add(&mut self, estimate: &Estimate, area_m2: f64) {
        let streams = estimate.streams();
        if area_m2 > 0.0 && streams.iter().all(|(_, stream)| stream.loss.is_some()) {
            self.area_m2 += area_m2;
            self.bases = streams.map(|(_, stream)| Some(stream.basis));
        }
    }

    /// The budget of the session so far.
    pub fn budget(&self, losses: &LossSums, pans: &[PanEntry], kernel_mass_kg: f64) -> LossBudget {
        let per_ha = |band: Interval90| (self.area_m2 > 0.0).then(|| times(band, 1e4 / self.area_m2));
        let stream = |stream: Stream| {
            let (basis, kg) = self.bases[stream as usize].zip(losses.stream(stream)).ok_or(NotMeasured::Unknown)?;
            let kg = kg.band();
            Ok(Amount { kg_s: None, kg: Some(kg), kg_ha: per_ha(kg), grounds: Grounds::Estimate(basis) })
        };
        LossBudget::new(|part| match part {
            Part::NaturalShed => {
                let (kg_m2, n) = natural_shed(pans, kernel_mass_kg).ok_or(NotMeasured::NoSample)?;
                let kg = (self.area_m2 > 0.0).then(|| times(kg_m2, self.area_m2));
                Ok(Amount { kg_s: None, kg, kg_ha: Some(times(kg_m2, 1e4)), grounds: Grounds::Samples(n) })
            }
            Part::Threshing => Err(NotMeasured::InSeparation),
            Part::Header => stream(Stream::Header),
            Part::Separation => stream(Stream::Separation),
            Part::Cleaning => stream(Stream::Cleaning),
        })
    }
}
