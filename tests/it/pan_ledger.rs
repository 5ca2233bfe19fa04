//! What a pan may teach and what it may not: the ledger, the conditions it holds for, blunders, and the machine's own bars.
use grainloss_core::harvest::{
    Basis, Crop, Estimate, FusionOutcome, Harvest, Measurement, NotFusedReason, Pan, PanKind, PanOutcome, PanRejection,
    Setup,
};
use grainloss_core::machine::{Channel, Geometry, Readings};

/// 1.5 m/s on 2.75 m.
const AREA_M2_S: f64 = 1.5 * 2.75;
const PAN_M2: f64 = 0.5;
const CONCENTRATION: f64 = 2.75 / 1.3;

struct Drive {
    harvest: Harvest,
    readings: Readings,
}

impl Drive {
    /// Wheat of 7 t/ha into a machine of 8 kg/s without loss plates, at 5.8 kg/s.
    fn new() -> Self {
        let setup = Setup {
            crop: Crop {
                kernel_mass_kg: 45e-6,
                yield_kg_m2: 0.7,
                yield_is_measured: false,
                straw_to_grain: 1.0,
                header_loss: 0.005,
                separation_loss: 0.0035,
                cleaning_loss: 0.0025,
                lowest_head_m: Some(0.65),
                best_reel_ratio: Some(1.15),
            },
            geometry: Geometry {
                header_width_m: 2.75,
                discharge_width_m: 1.3,
                reel_diameter_m: Some(1.0),
                rated_feed_kg_s: 8.0,
                rated_engine_rpm: 2200.0,
                threshing: None,
                yield_lag_s: None,
            },
            loss_plates: None,
        };
        let mut readings = Readings::unknown(1_000_000_000);
        for (channel, value) in [
            (Channel::GroundSpeed, 1.5),
            (Channel::HeaderHeight, 0.15),
            (Channel::FeedRate, 5.8),
            (Channel::GrainMoisture, 0.14),
        ] {
            readings.set_value(channel, value);
        }
        Self { harvest: Harvest::new(setup), readings }
    }

    fn run(&mut self, seconds: usize) -> Estimate {
        let mut last = None;
        for _ in 0..10 * seconds {
            self.readings.t_us += 100_000;
            last = Some(self.harvest.step(&self.readings));
        }
        last.unwrap()
    }

    /// A pan dropped a second ago that holds `factor` times what is expected.
    fn rear_pan(&self, expected_kg_s: f64, factor: f64) -> Pan {
        let t_us = self.readings.t_us - 1_000_000;
        Pan {
            t_us,
            known_us: self.readings.t_us,
            kind: PanKind::Rear,
            area_m2: PAN_M2,
            concentration: CONCENTRATION,
            grain_kg: factor * expected_kg_s / AREA_M2_S * CONCENTRATION * PAN_M2,
            shed_kg_m2: None,
        }
    }
}

fn rear(estimate: &Estimate) -> (f64, f64) {
    let loss = estimate.rear.loss.unwrap();
    (loss.median, loss.log_sd)
}

#[test]
fn one_patchy_pan_weighs_by_what_it_is_worth() {
    let mut drive = Drive::new();
    let (before, sd_before) = rear(&drive.run(120));
    let entry = drive.harvest.pan(&drive.rear_pan(before, 2.0));
    let PanOutcome::Used { residual, weight } = entry.outcome else { panic!("{entry:?}") };
    // ln 2, and half the logarithm of 1 and the laws' mean squared variation (by their weights 0.0125 + 0.0528 + 0.1141 +
    // 0.12 + 0.128 + 0.2028 = 0.6302), 0.2443, since a logarithm of patches lies low; beside it, the sum of two
    // log-normals has another median than the sum of their medians.
    assert!((0.0..0.2).contains(&(residual - 2f64.ln() - 0.2443)), "{residual}");
    assert!(weight > 0.9, "{weight}");
    let after = drive.run(1);
    let (median, sd) = rear(&after);
    assert!((1.3..1.95).contains(&(median / before)), "towards the pan, not onto it: {}", median / before);
    // No better than the pan itself.
    assert!(sd < 0.75 * sd_before && sd > 0.25, "{sd} after {sd_before}");
    assert_eq!(after.rear.basis, Basis::Calibrated);
    assert_eq!(drive.harvest.pans(), [entry]);
}

#[test]
fn a_blunder_is_kept_in_the_ledger_and_does_not_count() {
    let mut drive = Drive::new();
    let (before, _) = rear(&drive.run(120));
    for _ in 0..4 {
        drive.harvest.pan(&drive.rear_pan(before, 1.0));
    }
    let (agreed, _) = rear(&drive.run(1));
    let entry = drive.harvest.pan(&drive.rear_pan(before, 100.0));
    let PanOutcome::Doubtful { weight, .. } = entry.outcome else { panic!("{entry:?}") };
    assert!(weight < 0.1, "{weight}");
    let (median, _) = rear(&drive.run(1));
    assert!((median / agreed - 1.0).abs() < 1e-4, "{}", median / agreed);
}

#[test]
fn impossible_pans_are_named_and_teach_nothing() {
    let (mut drive, mut twin) = (Drive::new(), Drive::new());
    let (loss, _) = rear(&drive.run(120));
    twin.run(120);
    let good = drive.rear_pan(loss, 1.0);
    let hour_us = 3_600_000_000;
    for (pan, why) in [
        (Pan { area_m2: 0.0, ..good }, PanRejection::Impossible),
        (Pan { area_m2: f64::NAN, ..good }, PanRejection::Impossible),
        (Pan { grain_kg: -1e-3, ..good }, PanRejection::Impossible),
        (Pan { grain_kg: f64::INFINITY, ..good }, PanRejection::Impossible),
        (Pan { concentration: 0.0, ..good }, PanRejection::Impossible),
        (Pan { shed_kg_m2: Some(-1.0), ..good }, PanRejection::Impossible),
        (Pan { t_us: good.t_us + hour_us, ..good }, PanRejection::OutsideSession),
        (Pan { t_us: good.t_us - hour_us, ..good }, PanRejection::OutsideSession),
        (Pan { t_us: i64::MIN, ..good }, PanRejection::OutsideSession),
        (Pan { kind: PanKind::Front, ..good }, PanRejection::ShedUnknown),
    ] {
        assert_eq!(drive.harvest.pan(&pan).outcome, PanOutcome::Rejected(why), "{pan:?}");
    }
    // The records name the newest reason of each kind of pan; beside them nothing differs.
    let (estimate, expected) = (drive.run(1), twin.run(1));
    let outcome = |measurement| estimate.fusions.get(measurement).unwrap().outcome;
    assert_eq!(outcome(Measurement::RearPan), FusionOutcome::NotFused(NotFusedReason::OutsideSession));
    assert_eq!(outcome(Measurement::FrontPan), FusionOutcome::NotFused(NotFusedReason::ShedUnknown));
    assert!(expected.fusions.get(Measurement::RearPan).is_none());
    assert_eq!(Estimate { fusions: expected.fusions, ..estimate }, expected);
}

#[test]
fn pans_hold_for_the_crop_they_were_taken_in() {
    let mut drive = Drive::new();
    let (loss, _) = rear(&drive.run(120));
    for _ in 0..8 {
        drive.harvest.pan(&drive.rear_pan(loss, 1.0));
    }
    let (_, sd) = rear(&drive.run(1));
    // Six points of moisture more: 5 % each, once the mean of ten seconds is there.
    drive.readings.set_value(Channel::GrainMoisture, 0.20);
    let wet = drive.run(60);
    assert_ne!(wet.rear.basis, Basis::Calibrated);
    assert!(rear(&wet).1 > sd.hypot(0.28), "{} after {sd}", rear(&wet).1);
    drive.readings.set_value(Channel::GrainMoisture, 0.14);
    assert_eq!(drive.run(1).rear.basis, Basis::Calibrated);
    // What the header's samples have taught has no such range: there were none.
    assert_eq!(drive.run(1).header.basis, Basis::ModelOnly);
}

#[test]
fn a_calibration_ages() {
    let mut drive = Drive::new();
    let (loss, _) = rear(&drive.run(120));
    for _ in 0..8 {
        drive.harvest.pan(&drive.rear_pan(loss, 1.0));
    }
    let (_, fresh) = rear(&drive.run(1));
    let (_, old) = rear(&drive.run(4 * 3600));
    assert!(old > fresh + 0.05, "{fresh} and then {old}");
}

#[test]
fn the_machines_own_bar_tells_changes_and_no_level() {
    let (mut with, mut without) = (Drive::new(), Drive::new());
    with.readings.set_value(Channel::LossIndexSeparationLeft, 0.2);
    let (shown, model) = (with.run(600), without.run(600));
    assert_eq!((shown.separation.basis, model.separation.basis), (Basis::Sensed, Basis::ModelOnly));
    assert_eq!(shown.rear.basis, Basis::ModelOnly, "no bar shows the sieves' part");
    // Whatever the bar shows, the level is the model's, and as uncertain.
    assert!((rear(&shown).0 / rear(&model).0 - 1.0).abs() < 0.02);
    assert!(rear(&shown).1 > 0.85 * rear(&model).1, "{} {}", rear(&shown).1, rear(&model).1);
    with.readings.set_value(Channel::LossIndexSeparationLeft, 0.6);
    let (more, same) = (with.run(300), without.run(300));
    assert!(rear(&more).0 > 1.1 * rear(&same).0, "{} {}", rear(&more).0, rear(&same).0);
    // A bar at its end says only "much".
    with.readings.set_value(Channel::LossIndexSeparationLeft, 1.0);
    with.run(600);
    assert!(with.harvest.totals().rear_loss_kg().is_some());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Whatever a sample finds: one that is less likely a measurement than a blunder changes no figure, no basis and nothing
    /// that was learned.
    #[test]
    fn a_pan_that_is_more_likely_a_blunder_changes_nothing(
        earlier in proptest::collection::vec(0.5..2.0f64, 0..4),
        log_factor in -4.0..4.0f64,
        kind in 0..2usize,
    ) {
        let (mut drive, mut twin) = (Drive::new(), Drive::new());
        let (before, _) = rear(&drive.run(120));
        twin.run(120);
        for factor in earlier {
            let pan = drive.rear_pan(before, factor);
            proptest::prop_assert_eq!(drive.harvest.pan(&pan), twin.harvest.pan(&pan));
            drive.run(10);
            twin.run(10);
        }
        let pan = drive.rear_pan(before, log_factor.exp());
        let pan = if kind == 0 { pan } else { Pan { kind: PanKind::Front, shed_kg_m2: Some(0.0), ..pan } };
        let learned = |drive: &Drive| {
            let mut learned = serde_json::to_value(drive.harvest.checkpoint(drive.readings.t_us, &[], 0)).unwrap();
            learned["pans"].as_object_mut().unwrap().remove("doubtful");
            learned
        };
        match drive.harvest.pan(&pan).outcome {
            PanOutcome::Doubtful { weight, .. } => {
                proptest::prop_assert!(weight < 0.5);
                proptest::prop_assert_eq!(learned(&drive), learned(&twin));
                let [mut after, untouched] = [drive.run(30), twin.run(30)];
                after.fusions = untouched.fusions;
                proptest::prop_assert_eq!(after, untouched);
            }
            PanOutcome::Used { weight, .. } => proptest::prop_assert!(weight >= 0.5),
            PanOutcome::Rejected(why) => proptest::prop_assert!(false, "{why:?}"),
        }
    }
}
