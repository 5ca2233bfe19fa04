//! Why the filter says what it says: for every kind of measurement the newest record of what was measured beside what was
//! expected, and whether it was fused.

use super::pan::types::{PanKind, PanRejection};

const SECOND_US: i64 = 1_000_000;

/// A kind of measurement that the filter can be updated by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measurement {
    /// Kernels counted by the loss plates behind the separator.
    SeparationPlates,
    /// Kernels counted by the loss plates behind the sieves.
    CleaningPlates,
    /// The machine's own loss index of the separator, used where there are no plates.
    SeparationIndex,
    /// The machine's own loss index of the sieves, used where there are no plates.
    CleaningIndex,
    /// A drop pan behind the machine.
    RearPan,
    /// A frame behind the header.
    FrontPan,
    /// A sample over the whole width, after the machine has passed.
    WholePan,
}

impl Measurement {
    /// All of them, in the order of [`Fusions::iter`].
    pub const ALL: [Self; 7] = [
        Self::SeparationPlates,
        Self::CleaningPlates,
        Self::SeparationIndex,
        Self::CleaningIndex,
        Self::RearPan,
        Self::FrontPan,
        Self::WholePan,
    ];

    /// The word used in the journal and in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SeparationPlates => "separation-plates",
            Self::CleaningPlates => "cleaning-plates",
            Self::SeparationIndex => "separation-index",
            Self::CleaningIndex => "cleaning-index",
            Self::RearPan => "rear-pan",
            Self::FrontPan => "front-pan",
            Self::WholePan => "whole-pan",
        }
    }
}

impl From<PanKind> for Measurement {
    fn from(kind: PanKind) -> Self {
        match kind {
            PanKind::Rear => Self::RearPan,
            PanKind::Front => Self::FrontPan,
            PanKind::Whole => Self::WholePan,
        }
    }
}

/// What was measured beside what was expected, before the update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Innovation {
    /// ln(measured / expected); positive where more was measured.
    pub log_ratio: f64,
    /// The variance that `log_ratio` was expected to have: of the prediction and of the measurement together. Above 0.
    pub variance: f64,
}

impl Innovation {
    /// Normalised innovation squared (NIS): `log_ratio`² / `variance`. On average 1 where the filter knows how well it
    /// knows; above 3.84 in one case of twenty (χ² with one degree of freedom).
    pub fn test_ratio(self) -> f64 {
        self.log_ratio * self.log_ratio / self.variance
    }
}

/// Whether a measurement was fused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FusionOutcome {
    /// The filter was updated by it.
    Fused,
    /// The filter was updated by it, with less weight or a wider result than the measurement alone would give.
    Discounted(DiscountReason),
    /// The filter was not updated.
    NotFused(NotFusedReason),
}

impl FusionOutcome {
    /// The filter was updated, if only a little.
    pub const fn is_update(self) -> bool {
        !matches!(self, Self::NotFused(_))
    }

    /// The word used in the journal and in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fused => "fused",
            Self::Discounted(_) => "discounted",
            Self::NotFused(_) => "not-fused",
        }
    }

    /// The reason's word; `None` where it was simply fused.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Fused => None,
            Self::Discounted(reason) => Some(reason.word()),
            Self::NotFused(reason) => Some(reason.word()),
        }
    }
}

/// Why a measurement weighed less than it would alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiscountReason {
    /// The count fits a plate that is hardly hit and one that is hit faster than it can count: the interval is wider.
    Saturated,
}

impl DiscountReason {
    /// The word used in the journal and in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Saturated => "saturated",
        }
    }
}

/// Why the filter was not updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotFusedReason {
    /// Too little crop passes: the machine is not cutting, or runs empty. Of a pan: it was not cutting at the drop.
    NotCutting,
    /// It is not known what came in, now or some seconds ago.
    FeedUnknown,
    /// No sensor gives a value.
    NoReading,
    /// The plates of the path are out.
    PlateFault,
    /// The plates count about as much without grain as with it.
    PlateNoise,
    /// It is not known well enough when the crop came in that leaves now.
    TransitUnknown,
    /// The measurement is gathered over some seconds, and these are not over.
    WindowNotFull,
    /// The window is long enough, but not one kernel was counted.
    TooFewCounts,
    /// The loss index is at an end of its scale.
    IndexOutOfRange,
    /// The numbers cannot be: infinite, or less than nothing.
    Impossible,
    /// A pan older than what is remembered of the estimate.
    TooOld,
    /// A sample in front whose natural shed was not measured.
    ShedUnknown,
    /// A pan from before the session, or from the future.
    OutsideSession,
    /// A pan that is more likely a blunder than a measurement.
    BlunderProbable,
    /// The counts speak of a jump of the loss, which the next ones have to confirm.
    JumpUnconfirmed,
    /// More was counted than the grain that came in could give: sensor or model is wrong.
    MoreThanCameIn,
    /// The engine was pulled down or stood still with crop in the machine, which comes out as no model says.
    Disturbed,
}

impl NotFusedReason {
    /// Counts before it and after it do not belong together.
    pub(super) const fn interrupts(self) -> bool {
        use NotFusedReason::{Disturbed, FeedUnknown, NoReading, NotCutting, PlateFault, PlateNoise, TransitUnknown};
        matches!(self, NotCutting | FeedUnknown | NoReading | PlateFault | PlateNoise | TransitUnknown | Disturbed)
    }

    /// The word used in the journal and in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotCutting => "not-cutting",
            Self::FeedUnknown => "feed-unknown",
            Self::NoReading => "no-reading",
            Self::PlateFault => "plate-fault",
            Self::PlateNoise => "plate-noise",
            Self::TransitUnknown => "transit-unknown",
            Self::WindowNotFull => "window-not-full",
            Self::TooFewCounts => "too-few-counts",
            Self::IndexOutOfRange => "index-out-of-range",
            Self::Impossible => "impossible",
            Self::TooOld => "too-old",
            Self::ShedUnknown => "shed-unknown",
            Self::OutsideSession => "outside-session",
            Self::BlunderProbable => "blunder-probable",
            Self::JumpUnconfirmed => "jump-unconfirmed",
            Self::MoreThanCameIn => "more-than-came-in",
            Self::Disturbed => "disturbed",
        }
    }
}

impl From<PanRejection> for NotFusedReason {
    fn from(rejection: PanRejection) -> Self {
        match rejection {
            PanRejection::NotCutting => Self::NotCutting,
            PanRejection::TooOld => Self::TooOld,
            PanRejection::ShedUnknown => Self::ShedUnknown,
            PanRejection::OutsideSession => Self::OutsideSession,
            PanRejection::Impossible => Self::Impossible,
        }
    }
}

/// One record: what was measured, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fusion {
    /// Which measurement.
    pub measurement: Measurement,
    /// The step in which that was decided, microseconds of bus time.
    pub t_us: i64,
    /// `None` where nothing was compared with anything.
    pub innovation: Option<Innovation>,
    /// What became of it.
    pub outcome: FusionOutcome,
}

/// The newest record of each measurement. Within one second a record of an update stays although later steps of the same
/// second gather the next window, so that who looks once a second misses none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fusions([Option<Fusion>; Measurement::ALL.len()]);

impl Fusions {
    /// Takes a record in.
    pub(super) fn record(&mut self, fusion: Fusion) {
        // The second that ends with a whole one: (0, 1 s] is one.
        let second = |t_us: i64| t_us.saturating_sub(1).div_euclid(SECOND_US);
        let newest = &mut self.0[fusion.measurement as usize];
        let keeps = newest
            .is_some_and(|before| before.outcome.is_update() && second(before.t_us) == second(fusion.t_us))
            && !fusion.outcome.is_update();
        if !keeps {
            *newest = Some(fusion);
        }
    }

    /// The newest record of a measurement; `None` while there has been none.
    pub const fn get(&self, measurement: Measurement) -> Option<Fusion> {
        self.0[measurement as usize]
    }

    /// The newest record of every measurement that there has been, in the order of [`Measurement::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &Fusion> {
        self.0.iter().flatten()
    }

    /// Removes the records for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&Fusion) -> bool) {
        for newest in &mut self.0 {
            *newest = newest.filter(&mut keep);
        }
    }

    /// The records later than `t_us`: called with the end of the second before, what happened in the newest second.
    pub fn later_than(&self, t_us: i64) -> impl Iterator<Item = &Fusion> {
        self.iter().filter(move |fusion| fusion.t_us > t_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(t_us: i64, outcome: FusionOutcome) -> Fusion {
        Fusion { measurement: Measurement::CleaningPlates, t_us, innovation: None, outcome }
    }

    #[test]
    fn an_update_is_visible_until_its_second_ends() {
        let gathering = FusionOutcome::NotFused(NotFusedReason::WindowNotFull);
        let mut fusions = Fusions::default();
        let newest = |fusions: &Fusions| fusions.get(Measurement::CleaningPlates).unwrap();
        fusions.record(record(100_000, gathering));
        fusions.record(record(200_000, FusionOutcome::Fused));
        for step in 3..=10 {
            fusions.record(record(step * 100_000, gathering));
        }
        assert_eq!(newest(&fusions), record(200_000, FusionOutcome::Fused), "1.0 s ends the second");
        fusions.record(record(1_100_000, gathering));
        assert_eq!(newest(&fusions), record(1_100_000, gathering));
        assert_eq!((fusions.iter().count(), fusions.later_than(1_100_000).count()), (1, 0));
        assert_eq!(fusions.later_than(1_000_000).count(), 1);
    }

    #[test]
    fn the_test_ratio_is_the_square_over_the_variance() {
        assert!((Innovation { log_ratio: -0.6, variance: 0.09 }.test_ratio() - 4.0).abs() < 1e-12);
    }

    #[test]
    fn every_measurement_has_its_place() {
        for (at, measurement) in Measurement::ALL.into_iter().enumerate() {
            assert_eq!(measurement as usize, at);
        }
    }
}
