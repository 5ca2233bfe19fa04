use grainloss_core::machine::LossPlates;

use super::*;
use grainloss_core::harvest::{Pan, PanKind};

/// Kernels of 40 mg; a plate sees 5 % of the loss and counts 60 % of that, so that a kernel counted by one plate a second
/// stands for 40e-6 / 0.03 = 1.3333e-3 kg/s of its path.
fn setup() -> MonitorSetup {
    MonitorSetup {
        kernel_mass_kg: 40e-6,
        plates: LossPlates { area_share: 0.05, detection_share: 0.6, dead_time_s: 0.0025 },
        usual_rear: 0.006,
        usual_header: 0.005,
        usual_feed_law: 0.0004,
    }
}

/// Cutting 4 m²/s of 0.75 kg/m²: 3 kg/s of grain, 6 kg/s of crop; so many kernels a second on each plate.
fn steady(seconds: usize, kernels_s: [f64; 4], bar: f64) -> Vec<Option<MonitorInput>> {
    let plate = |at: usize, kernels_s: f64| Some((at as f64 * kernels_s, kernels_s));
    let input = |at: usize| MonitorInput {
        cutting: true,
        area_m2_s: Some(4.0),
        feed_kg_s: Some(6.0),
        grain_kg_s: Some(3.0),
        plates: kernels_s.map(|kernels_s| plate(at, kernels_s)),
        bars: [Some(bar); 4],
    };
    (0..seconds).map(|at| Some(input(at))).collect()
}

/// A rear pan of 0.5 m² under a machine that concentrates twice, dropped in second `at`, with so much grain.
fn pan(kind: PanKind, at: usize, known_at: usize, grain_kg: f64) -> Pan {
    let us = |at: usize| (at as i64 + 1) * 1_000_000;
    let (concentration, shed_kg_m2) = if kind == PanKind::Rear { (2.0, None) } else { (1.0, Some(0.001)) };
    Pan { t_us: us(at), known_us: us(known_at), kind, area_m2: 0.5, concentration, grain_kg, shed_kg_m2 }
}

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("a figure");
    assert!((value / expected - 1.0).abs() < 1e-4, "{value}, by hand {expected}");
}

fn live(harvest: &ReportedHarvest, at: usize) -> Option<f64> {
    harvest.rear_kg_s[at].map(|report| report.value)
}

#[test]
fn factory_gain_by_hand() {
    // Separation: 4 and 8 counted a second; blind for 1 % and 2 % of the time, 4.0404 and 8.1633 came, 6.10183 on
    // average. Cleaning: 2 and 2, 2.01005. Together 8.11188 × 1.3333e-3 = 0.0108158 kg/s.
    let inputs = steady(60, [4.0, 8.0, 2.0, 2.0], 0.2);
    let none = Pans::new(&[], 1.0);
    let b0 = reported(Baseline::FactoryGain, &inputs, &none, &setup(), None);
    assert_eq!(live(&b0, 0), None, "nothing before the first difference");
    near(live(&b0, 30), 0.010_815_8);
    near(b0.rear_kg.map(|report| report.value), 59.0 * 0.010_815_8);
    // And the header's usual 0.5 % of 3 kg/s for 60 s, 0.9 kg.
    near(b0.total_kg.map(|report| report.value), 59.0 * 0.010_815_8 + 0.9);
    // A plate that says it is broken is left out: 4.0404 + 2.01005 = 6.05045.
    let mut broken = inputs;
    broken.iter_mut().flatten().for_each(|input| input.plates[1] = None);
    near(live(&reported(Baseline::FactoryGain, &broken, &none, &setup(), None), 30), 0.008_067_27);
}

#[test]
fn pan_ratio_by_hand() {
    let inputs = steady(400, [4.0, 8.0, 2.0, 2.0], 0.2);
    // 5 g and 7 g in 0.5 m², concentrated twice: 5 and 7 g/m² of ground, at 4 m²/s 0.02 and 0.028 kg/s. The factory says
    // 0.0108158: the ratio is 1.84914 after the first, 0.048 / 0.0216316 = 2.21898 after the second.
    let pans = [pan(PanKind::Rear, 50, 100, 0.005), pan(PanKind::Rear, 150, 200, 0.007)];
    let b2 = reported(Baseline::PanRatio, &inputs, &Pans::new(&pans, 1.0), &setup(), None);
    near(live(&b2, 100), 0.010_815_8);
    near(live(&b2, 101), 0.02);
    near(live(&b2, 201), 0.024);
    near(b2.rear_kg.map(|report| report.value), 399.0 * 0.024);
    // A front sample: 4 g in 0.5 m² less 1 g/m² of shed is 7 g/m², at 4 m²/s 0.028 of 3 kg/s of grain.
    let pans = [pans[0], pans[1], pan(PanKind::Front, 60, 120, 0.004)];
    let b2 = reported(Baseline::PanRatio, &inputs, &Pans::new(&pans, 1.0), &setup(), None);
    near(b2.total_kg.map(|report| report.value), 399.0 * 0.024 + 400.0 * 0.028);
}

#[test]
fn the_bar_by_hand() {
    let mut inputs = steady(400, [4.0; 4], 0.23);
    inputs[350..].iter_mut().flatten().for_each(|input| input.bars = [Some(0.41); 4]);
    // Shown 0.2, which the operator calls the usual 0.6 % of 3 kg/s, 0.018 kg/s; 0.41 is shown as 0.4, twice that.
    let b1 = reported(Baseline::Bar, &inputs, &Pans::new(&[], 1.0), &setup(), None);
    near(live(&b1, 340), 0.018);
    near(live(&b1, 399), 0.036);
    // By a pan of 0.02 kg/s, from when it is known; of the session from its beginning: 0.2 is 0.02.
    let pans = Pans::new(&[pan(PanKind::Rear, 50, 100, 0.005)], 1.0);
    let b1 = reported(Baseline::Bar, &inputs[..340], &pans, &setup(), None);
    near(live(&b1, 50), 0.018);
    near(live(&b1, 101), 0.02);
    near(b1.rear_kg.map(|report| report.value), 340.0 * 0.02);
}

#[test]
fn the_feed_law_by_hand() {
    // Without a pan 0.0004 × 6² = 0.0144 kg/s.
    let inputs = steady(400, [4.0; 4], 0.2);
    near(live(&reported(Baseline::FeedOnly, &inputs, &Pans::new(&[], 1.0), &setup(), None), 50), 0.0144);
    // One pan of 0.02 kg/s at 6 kg/s.
    let pans = Pans::new(&[pan(PanKind::Rear, 50, 100, 0.005)], 1.0);
    near(live(&reported(Baseline::FeedOnly, &inputs, &pans, &setup(), None), 101), 0.02);
    // Exact points of 0.001 f + 0.0002 f²: 0.0072 at 4, 0.0132 at 6, 0.0208 at 8.
    let (b, c) = feed_law::fit(&[(4.0, 0.0072), (6.0, 0.0132), (8.0, 0.0208)]).unwrap();
    near(Some(b), 0.001);
    near(Some(c), 0.0002);
    // Points of f³ would want a negative b: the square alone, the mean of loss / f², 4e-4, 6e-4, 8e-4.
    let (b, c) = feed_law::fit(&[(4.0, 0.0064), (6.0, 0.0216), (8.0, 0.0512)]).unwrap();
    assert_eq!(b, 0.0);
    near(Some(c), 6e-4);
    // A constant loss would want a negative c: b is Σxy / Σx² of x = 1 / f, y = 0.01 / f².
    let (b, c) = feed_law::fit(&[(4.0, 0.01), (6.0, 0.01), (8.0, 0.01)]).unwrap();
    assert_eq!(c, 0.0);
    // Σ x³ = 0.015625 + 0.0046296 + 0.0019531 = 0.0222078; Σ x² = 0.0625 + 0.0277778 + 0.015625 = 0.1059028.
    near(Some(b), 0.01 * 0.022_207_8 / 0.105_902_8);
}
