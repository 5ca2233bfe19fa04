use super::*;
use crate::harvest::{Basis, Crop, Estimate, Pan, PanKind, PanOutcome, Setup};
use crate::machine::{Channel, Geometry, Readings};
use crate::params::CalibrationParams;

const DAY_US: i64 = 86_400_000_000;
/// 1.5 m/s on 2.75 m.
const AREA_M2_S: f64 = 1.5 * 2.75;
const CONCENTRATION: f64 = 2.75 / 1.3;
const NEXT_FIELD: Changed = Changed { field: true, plates: false, machine: false };

fn plates(detection_share: f64) -> LossPlates {
    LossPlates { area_share: 0.05, detection_share, dead_time_s: 0.0025 }
}

struct Drive {
    harvest: Harvest,
    readings: Readings,
}

impl Drive {
    fn new(detection_share: f64, rated_feed_kg_s: f64, start_us: i64) -> Self {
        let crop = Crop {
            kernel_mass_kg: 45e-6,
            yield_kg_m2: 0.7,
            yield_is_measured: false,
            straw_to_grain: 1.0,
            header_loss: 0.005,
            separation_loss: 0.0035,
            cleaning_loss: 0.0025,
            lowest_head_m: Some(0.65),
            best_reel_ratio: Some(1.15),
        };
        let geometry = Geometry {
            header_width_m: 2.75,
            discharge_width_m: 1.3,
            reel_diameter_m: Some(1.0),
            rated_feed_kg_s,
            rated_engine_rpm: 2200.0,
            threshing: None,
            yield_lag_s: None,
        };
        let mut readings = Readings::unknown(start_us);
        for (channel, value) in [
            (Channel::GroundSpeed, 1.5),
            (Channel::HeaderHeight, 0.15),
            (Channel::FeedRate, 5.8),
            (Channel::GrainMoisture, 0.14),
        ] {
            readings.set_value(channel, value);
        }
        Self { harvest: Harvest::new(Setup { crop, geometry, loss_plates: Some(plates(detection_share)) }), readings }
    }

    fn first() -> Self {
        Self::new(0.6, 8.0, DAY_US)
    }

    fn run(&mut self, seconds: usize) -> Estimate {
        let mut last = None;
        for _ in 0..10 * seconds {
            self.readings.t_us += 100_000;
            last = Some(self.harvest.step(&self.readings));
        }
        last.unwrap()
    }

    /// A pan with three times what is expected, dropped a second ago.
    fn pan(&mut self, kind: PanKind, times: f64) -> f64 {
        let estimate = self.run(60);
        let stream = if kind == PanKind::Front { estimate.header } else { estimate.rear };
        let (concentration, expected) =
            (if kind == PanKind::Rear { CONCENTRATION } else { 1.0 }, stream.loss.unwrap().median);
        let entry = self.harvest.pan(&Pan {
            t_us: self.readings.t_us - 1_000_000,
            known_us: self.readings.t_us,
            kind,
            area_m2: 0.5,
            concentration,
            grain_kg: times * expected / AREA_M2_S * concentration * 0.5,
            shed_kg_m2: (kind != PanKind::Rear).then_some(0.0),
        });
        match entry.outcome {
            PanOutcome::Used { weight, .. } | PanOutcome::Doubtful { weight, .. } => weight,
            PanOutcome::Rejected(why) => panic!("{why:?}"),
        }
    }

    fn calibration(&self) -> Option<Calibration> {
        self.harvest.calibration(self.readings.t_us, Some("east"))
    }
}

/// Three pans behind and one in front, each with half again what was expected.
fn calibrated() -> (Drive, Calibration) {
    let mut drive = Drive::first();
    drive.run(60);
    for kind in [PanKind::Rear, PanKind::Rear, PanKind::Rear, PanKind::Front] {
        assert!(drive.pan(kind, 1.5) > 0.5);
    }
    let calibration = drive.calibration().unwrap();
    (drive, calibration)
}

fn next(calibration: &Calibration, days: i64, changed: Changed, detection_share: f64) -> (Adopted, Estimate) {
    let mut next = Drive::new(detection_share, 8.0, calibration.t_us + days * DAY_US);
    let now_us = next.readings.t_us;
    let adopted = next.harvest.adopt(calibration, now_us, changed).unwrap();
    (adopted, next.run(120))
}

#[test]
fn nothing_is_kept_before_a_pan_that_counts() {
    let mut drive = Drive::first();
    drive.run(120);
    assert_eq!(drive.calibration(), None);
    // Five hundred times what was expected: a heap scooped up.
    assert!(drive.pan(PanKind::Rear, 500.0) < 0.5);
    assert_eq!(drive.calibration(), None);
    drive.pan(PanKind::Rear, 1.2);
    let kept = drive.calibration().unwrap();
    let pans = kept.rear_pans.as_ref().unwrap();
    assert_eq!((pans.pans, pans.newest_us, pans.field.as_deref()), (1, drive.readings.t_us - 1_000_000, Some("east")));
    assert_eq!((kept.header_pans.as_ref(), kept.pans()), (None, 1));
    assert_eq!(pans.moisture(), Some((0.14, 0.14)));
    // 5.8 of 8 kg/s, over three quarters.
    assert!((pans.load().0 - 5.8 / 8.0 / 0.75).abs() < 0.02, "{:?}", pans.load());
}

#[test]
fn the_next_field_begins_calibrated_and_wider() {
    let (mut drive, calibration) = calibrated();
    let before = drive.run(1).rear.loss.unwrap();
    let fresh = Drive::first().run(120);
    let (adopted, estimate) = next(&calibration, 1, NEXT_FIELD, 0.6);
    assert_eq!(adopted, Adopted { rear: true, header: true, plates_reset: false });
    assert_eq!((estimate.rear.basis, estimate.header.basis), (Basis::Calibrated, Basis::Calibrated));
    let (now, never) = (estimate.rear.loss.unwrap(), fresh.rear.loss.unwrap());
    assert!(before.log_sd < now.log_sd && now.log_sd < never.log_sd, "{before:?} {now:?} {never:?}");
    assert!(now.median > 1.2 * never.median, "{now:?} {never:?}");
    // The same after the way through the journal.
    let text = serde_json::to_string(&calibration).unwrap();
    let again = serde_json::from_str::<Calibration>(&text).unwrap();
    assert_eq!(again, calibration);
    assert_eq!(next(&again, 1, NEXT_FIELD, 0.6).1, estimate);
}

#[test]
fn it_is_called_calibrated_only_while_its_conditions_hold() {
    let (_, calibration) = calibrated();
    let rear = |days, changed, detection| next(&calibration, days, changed, detection).1.rear.basis;
    assert_eq!(rear(2, NEXT_FIELD, 0.6), Basis::Calibrated);
    assert_eq!(rear(4, NEXT_FIELD, 0.6), Basis::ModelOnly, "older than three days");
    assert_eq!(rear(1, Changed { plates: true, ..NEXT_FIELD }, 0.6), Basis::ModelOnly);
    assert_eq!(rear(1, NEXT_FIELD, 0.7), Basis::ModelOnly, "another data sheet is a change of the plates");
    assert_eq!(rear(1, Changed { machine: true, ..NEXT_FIELD }, 0.6), Basis::ModelOnly);
    // Wetter by five points than the pans.
    let mut wet_drive = Drive::new(0.6, 8.0, calibration.t_us + DAY_US);
    wet_drive.readings.set_value(Channel::GrainMoisture, 0.19);
    let now_us = wet_drive.readings.t_us;
    wet_drive.harvest.adopt(&calibration, now_us, NEXT_FIELD).unwrap();
    let wet = wet_drive.run(120).rear;
    assert_eq!(wet.basis, Basis::ModelOnly);
    let dry = next(&calibration, 1, NEXT_FIELD, 0.6).1.rear;
    assert!(wet.loss.unwrap().log_sd > 1.05 * dry.loss.unwrap().log_sd, "and it is known less well");
    assert_eq!(wet_drive.harvest.pans_outside().rear, Some(OutsidePans::Moisture));
    // Half the load of the pans, in grain as dry as theirs.
    let mut light = Drive::new(0.6, 8.0, calibration.t_us + DAY_US);
    light.readings.set_value(Channel::FeedRate, 2.9);
    let now_us = light.readings.t_us;
    light.harvest.adopt(&calibration, now_us, NEXT_FIELD).unwrap();
    assert_eq!(light.run(120).rear.basis, Basis::ModelOnly);
    assert_eq!(light.harvest.pans_outside().rear, Some(OutsidePans::Load));
    light.readings.set_value(Channel::FeedRate, 5.8);
    assert_eq!(light.run(120).rear.basis, Basis::Calibrated);
    assert_eq!(light.harvest.pans_outside(), PansOutside::default());
    // Touched plates tell nothing of the header.
    assert!(next(&calibration, 1, Changed { plates: true, ..NEXT_FIELD }, 0.6).0.header);
}

#[test]
fn an_older_calibration_goes_on_under_its_own_name() {
    let (_, calibration) = calibrated();
    let mut drive = Drive::new(0.6, 8.0, calibration.t_us + DAY_US);
    let now_us = drive.readings.t_us;
    drive.harvest.adopt(&calibration, now_us, NEXT_FIELD).unwrap();
    drive.run(60);
    assert_eq!(drive.harvest.calibration(drive.readings.t_us, Some("west")), None, "no pan of its own yet");
    drive.pan(PanKind::Rear, 1.0);
    let kept = drive.harvest.calibration(drive.readings.t_us, Some("west")).unwrap();
    let (rear, header) = (kept.rear_pans.unwrap(), kept.header_pans.unwrap());
    assert_eq!((rear.pans, rear.field.as_deref()), (1, Some("west")));
    assert_eq!((header.pans, header.field.as_deref()), (1, Some("east")));
    assert_eq!(header.newest_us, calibration.header_pans.unwrap().newest_us);
    // A restart in the middle loses nothing of it.
    let checkpoint = drive.harvest.checkpoint(drive.readings.t_us, &[], 0);
    let text = serde_json::to_string(&checkpoint).unwrap();
    let mut again = Drive::new(0.6, 8.0, drive.readings.t_us);
    assert!(again.harvest.restore(Some(&serde_json::from_str(&text).unwrap()), Vec::new(), drive.readings.t_us));
    assert_eq!(again.run(120).header.basis, Basis::Calibrated);
}

/// What counts have shown of the transit times outlives a restart as it is, and goes on to the next field by half, a
/// logarithm: from e⁻⁴ to e⁻².
#[test]
fn transit_times_are_kept_over_a_restart_and_to_the_next_field() {
    let (_, calibration) = calibrated();
    let mut value = serde_json::to_value(&calibration).unwrap();
    let learned = [-4.0, -2.0, -1.0, 0.0, -2.0, -4.0];
    for path in 0..2 {
        value["rear"]["transit"][path] = serde_json::json!(learned);
    }
    let calibration: Calibration = serde_json::from_value(value).unwrap();
    let mut field = Drive::new(0.6, 8.0, calibration.t_us + DAY_US);
    let now_us = field.readings.t_us;
    field.harvest.adopt(&calibration, now_us, NEXT_FIELD).unwrap();
    let evidence = |drive: &Drive| serde_json::to_value(drive.harvest.rear.carry()).unwrap()["transit"].clone();
    let near = |found: &serde_json::Value, expected: [f64; 6]| {
        for path in 0..2 {
            for (at, expected) in expected.into_iter().enumerate() {
                let found = found[path][at].as_f64().unwrap();
                assert!((found - expected).abs() < 1e-9, "{path} {at}: {found} for {expected}");
            }
        }
    };
    near(&evidence(&field), learned.map(|log_evidence| 0.5 * log_evidence));
    let checkpoint = field.harvest.checkpoint(now_us, &[], 0);
    let text = serde_json::to_string(&checkpoint).unwrap();
    let mut again = Drive::new(0.6, 8.0, now_us);
    assert!(again.harvest.restore(Some(&serde_json::from_str(&text).unwrap()), Vec::new(), now_us));
    near(&evidence(&again), learned.map(|log_evidence| 0.5 * log_evidence));
    // What pans have taught of their spreads is damaged: nothing of it is taken.
    let mut damaged = serde_json::to_value(&checkpoint).unwrap();
    *damaged.pointer_mut("/pans/dispersion/0/0").unwrap() = 7.0.into();
    let mut again = Drive::new(0.6, 8.0, now_us);
    assert!(!again.harvest.restore(Some(&serde_json::from_value(damaged).unwrap()), Vec::new(), now_us));
}

#[test]
fn another_size_and_damage_are_refused_by_field() {
    let (_, calibration) = calibrated();
    let mut large = Drive::new(0.6, 12.0, calibration.t_us);
    let refused = large.harvest.adopt(&calibration, calibration.t_us, Changed::default()).unwrap_err();
    assert_eq!((refused.field.as_str(), refused.problem), ("rated_feed_kg_s", CalibrationProblem::OtherSize));
    let whole = serde_json::to_value(&calibration).unwrap();
    for (path, value, field) in [
        ("/rated_feed_kg_s", 0.0, "rated_feed_kg_s"),
        ("/rear_pans/conditions/log_load/0", 6.0, "rear_pans.conditions.log_load"),
        ("/header_pans/conditions/moisture/1", 2.0, "header_pans.conditions.moisture"),
        ("/pans/rear_inflation/pans", 0.0, "pans.rear_inflation"),
        ("/pans/dispersion/1/0", -1.0, "pans.dispersion"),
        ("/rear/moisture", 14.0, "rear.moisture"),
        ("/rear/transit/0/2", 3.0, "rear.transit"),
        ("/filter/states/0/mean", 99.0, "filter.states.separation-gain.mean"),
    ] {
        let mut damaged = whole.clone();
        *damaged.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.into();
        let damaged: Calibration = serde_json::from_value(damaged).unwrap();
        assert_eq!(damaged.check().unwrap_err().field, field);
    }
    assert_eq!(CalibrationParams::DEFAULT.fresh_d, 3.0);
}
