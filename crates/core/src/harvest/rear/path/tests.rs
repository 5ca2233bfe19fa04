//! What becomes of the measurements of one path, step by step.

use super::*;
use crate::harvest::fusion::FusionOutcome::{Fused, NotFused};
use crate::machine::{Geometry, LossPlates, Reading, ReadingState};

const PLATES: [Channel; 2] = [Channel::LossCleaningLeft, Channel::LossCleaningRight];
const RATED_STRAW_KG_S: f64 = 4.0;

/// The sieves of a machine in wheat.
struct Sieves {
    model: PathModel,
    filter: LossFilter,
    readings: Readings,
    straw_kg_s: f64,
    feed_is_known: bool,
    has_plates: bool,
    /// Kernels a second on each plate.
    kernels_s: f64,
}

impl Sieves {
    /// With plates of this dead time, s, or without.
    fn new(dead_time_s: Option<f64>) -> Self {
        let setup = Setup {
            crop: Crop {
                kernel_mass_kg: 40e-6,
                yield_kg_m2: 0.7,
                yield_is_measured: false,
                straw_to_grain: 1.0,
                header_loss: 0.005,
                separation_loss: 0.005,
                cleaning_loss: 0.004,
                lowest_head_m: None,
                best_reel_ratio: None,
            },
            geometry: Geometry {
                header_width_m: 2.75,
                discharge_width_m: 1.3,
                reel_diameter_m: None,
                rated_feed_kg_s: 8.0,
                rated_engine_rpm: 2200.0,
                threshing: None,
                yield_lag_s: None,
            },
            loss_plates: dead_time_s.map(|dead_time_s| LossPlates {
                area_share: 0.05,
                detection_share: 0.6,
                dead_time_s,
            }),
        };
        let params = Params::default();
        let mut readings = Readings::unknown(0);
        readings.set_value(Channel::ThresherSpeed, 900.0);
        Self {
            model: PathModel::new(&setup, &params, RearPath::Cleaning, RATED_STRAW_KG_S),
            filter: LossFilter::new(&params),
            readings,
            straw_kg_s: 3.0,
            feed_is_known: true,
            has_plates: dead_time_s.is_some(),
            kernels_s: 0.0,
        }
    }

    fn set_plates(&mut self, state: ReadingState) {
        for channel in PLATES {
            let impacts = self.readings.get(channel).impacts + self.kernels_s * STEP_S;
            let value = (state == ReadingState::Valid).then_some(self.kernels_s);
            self.readings.set(channel, Reading { value, state, age_us: Some(0), impacts });
        }
    }

    fn step(&mut self) -> Fusion {
        self.readings.t_us += 100_000;
        let at_feeder = CropFlow { grain_kg_s: self.straw_kg_s, straw_kg_s: self.straw_kg_s };
        let input = StepInput {
            at_feeder,
            feed_is_known: self.feed_is_known,
            settings: Moves::default(),
            conditions_log: 0.0,
            is_disturbed: false,
        };
        let fusion = self.model.step(&input, &self.readings, &mut self.filter).1;
        assert_eq!(fusion.t_us, self.readings.t_us);
        assert_eq!(fusion.innovation.is_some(), fusion.outcome.is_update(), "{fusion:?}");
        fusion
    }

    /// The outcome of the last step after so long with plates that count.
    fn outcome_after(&mut self, seconds: f64) -> FusionOutcome {
        let mut last = None;
        for _ in 0..(seconds / STEP_S).round() as usize {
            if self.has_plates {
                self.set_plates(ReadingState::Valid);
            }
            last = Some(self.step().outcome);
        }
        last.unwrap()
    }
}

#[test]
fn every_reason_for_not_using_counts_is_reported() {
    let mut sieves = Sieves::new(Some(0.0025));
    let fusion = sieves.step();
    assert_eq!(fusion.measurement, Measurement::CleaningPlates);
    assert_eq!(fusion.outcome, NotFused(NotFusedReason::NoReading));
    sieves.feed_is_known = false;
    assert_eq!(sieves.outcome_after(0.1), NotFused(NotFusedReason::FeedUnknown));
    sieves.feed_is_known = true;
    // 0.2 s in, no straw has come through yet; 4 s in, by the short hypotheses it has, by the long ones not.
    assert_eq!(sieves.outcome_after(0.1), NotFused(NotFusedReason::NotCutting));
    assert_eq!(sieves.outcome_after(4.0), NotFused(NotFusedReason::TransitUnknown));
    // Steady: a window without a kernel is too short, then too empty, and after a minute the plates are out.
    sieves.outcome_after(40.0);
    sieves.kernels_s = 20.0;
    sieves.outcome_after(3.0);
    sieves.kernels_s = 0.0;
    assert_eq!(sieves.outcome_after(8.0), NotFused(NotFusedReason::WindowNotFull));
    assert_eq!(sieves.outcome_after(20.0), NotFused(NotFusedReason::TooFewCounts));
    assert_eq!(sieves.outcome_after(90.0), NotFused(NotFusedReason::PlateFault));
    // Both plates have had no value for three seconds.
    for _ in 0..40 {
        sieves.set_plates(ReadingState::Stale);
        sieves.step();
    }
    assert_eq!(sieves.step().outcome, NotFused(NotFusedReason::PlateFault));
}

#[test]
fn a_full_window_is_fused_once() {
    // 12 g/s by the model at ordinary load, 25,000 kernels per kg on the ground, 3 % of them counted on each plate.
    let mut sieves = Sieves::new(Some(0.0025));
    sieves.outcome_after(60.0);
    sieves.kernels_s = 9.0;
    // After a minute without a kernel that is a jump, which is believed once it has lasted.
    assert!((0..40).any(|_| sieves.outcome_after(0.1) == NotFused(NotFusedReason::JumpUnconfirmed)));
    sieves.outcome_after(10.0);
    let mut fused = Vec::new();
    for _ in 0..100 {
        sieves.set_plates(ReadingState::Valid);
        let fusion = sieves.step();
        match fusion.outcome {
            Fused => fused.push(fusion),
            outcome => assert_eq!(outcome, NotFused(NotFusedReason::WindowNotFull)),
        }
    }
    // 18 kernels a second: the 30 of a window come in less than the two seconds that it takes at least.
    assert!((4..=5).contains(&fused.len()), "{}", fused.len());
    assert!(fused.iter().all(|fusion| fusion.innovation.unwrap().variance > 0.0));
    assert!(sieves.model.is_fresh() && sieves.model.basis() == Basis::Sensed);
}

#[test]
fn plates_that_count_without_grain_are_not_used() {
    let mut sieves = Sieves::new(Some(0.0025));
    sieves.kernels_s = 20.0;
    sieves.outcome_after(60.0);
    sieves.straw_kg_s = 0.0;
    sieves.outcome_after(120.0);
    assert_eq!(sieves.outcome_after(1.0), NotFused(NotFusedReason::PlateNoise));
}

#[test]
fn a_loss_index_stands_for_plates_that_are_not_there() {
    let mut sieves = Sieves::new(None);
    sieves.outcome_after(30.0);
    let fusion = sieves.step();
    assert_eq!(fusion.measurement, Measurement::CleaningIndex);
    assert_eq!(fusion.outcome, NotFused(NotFusedReason::NoReading));
    sieves.readings.set_value(Channel::LossIndexCleaningLeft, 0.4);
    let outcomes: Vec<_> = (0..101).map(|_| sieves.step().outcome).collect();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_update()).count(), 1);
    assert_eq!(outcomes[50], NotFused(NotFusedReason::WindowNotFull));
    sieves.readings.set_value(Channel::LossIndexCleaningLeft, 1.0);
    let saturated = (0..101).map(|_| sieves.step().outcome);
    assert!(saturated.into_iter().any(|outcome| outcome == NotFused(NotFusedReason::IndexOutOfRange)));
    sieves.straw_kg_s = 0.0;
    sieves.outcome_after(60.0);
    assert_eq!(sieves.step().outcome, NotFused(NotFusedReason::NotCutting));
}

#[test]
fn counts_that_fall_from_the_limit_alone_are_more_loss_and_with_the_crop_less() {
    // Paralyzable plates with a dead time of 0.2 s count 5/e = 1.839 a second at most, where they are hit 5 times. Of 28.2 hits
    // they count 28.2 e^(−5.64) = 0.10, and as many of 0.102. At the limit they were hit 2.5 to 9 times.
    let loss_over_that_at_the_limit = |straw_kg_s: f64| {
        let mut sieves = Sieves::new(Some(0.2));
        let loss_kg_s = |sieves: &Sieves| {
            let ModelLoss { kg_s, point } = sieves.model.predicted;
            kg_s * sieves.filter.path_factor(RearPath::Cleaning, &point).0
        };
        sieves.kernels_s = 1.8;
        sieves.outcome_after(400.0);
        let at_limit = loss_kg_s(&sieves);
        (sieves.straw_kg_s, sieves.kernels_s) = (straw_kg_s, 0.10);
        sieves.outcome_after(120.0);
        (loss_kg_s(&sieves) / at_limit, sieves.model.ambiguity().other)
    };
    let (alone, below) = loss_over_that_at_the_limit(3.0);
    assert!((28.2 / 9.0..28.2 / 2.5).contains(&alone) && below < 0.35, "{alone} {below}");
    //
    let (with_the_crop, above) = loss_over_that_at_the_limit(1.0);
    assert!(with_the_crop < 0.102 / 2.5 && above < 0.35, "{with_the_crop} {above}");
}
