//! Pans against the truth that they were taken from.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use grainloss_simulator::{Activity, PanKind, PanRow, Pans, Scenario, Simulation, TruthRow};

fn taken(name: &str, seed: u64, seconds: usize) -> Vec<(PanRow, TruthRow)> {
    let scenario = Scenario::bundled(name).unwrap();
    let (mut simulation, mut pans) = (Simulation::new(&scenario, seed), Pans::new(&scenario, seed));
    let (mut frames, mut taken) = (Vec::new(), Vec::new());
    for _ in 0..seconds * 100 {
        frames.clear();
        simulation.tick(&mut frames);
        if let Some(row) = simulation.take_truth() {
            taken.extend(pans.look(&row).map(|pan| (pan, row)));
        }
    }
    taken
}

/// A rear pan of 0.25 m² on a swath of 1.3 m: loss in kg/s over speed and swath gives kg/m², times 0.25 m² over 42 mg
/// the kernels. Each scatters by about 35 % and its count, their sum over many by far less.
#[test]
fn what_is_found_is_what_fell() {
    let (mut found, mut fell, mut rear, mut front) = (0.0, 0.0, 0, 0);
    for seed in 1..=4 {
        for (pan, row) in taken("wheat-steady", seed, 5400) {
            assert!(
                row.state == Activity::Cutting && pan.t_unix == row.t_unix && pan.t_known_unix >= pan.t_unix + 300.0
            );
            assert_eq!((pan.header_width_m, pan.discharge_width_m), (2.75, 1.3));
            assert!(pan.kernels.is_some() || pan.grams.is_some());
            let kernels = pan.kernels.map_or_else(|| pan.grams.unwrap() / 0.042, f64::from);
            if pan.kind == PanKind::Rear {
                let kg_s = row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s;
                fell += kg_s / (row.ground_speed_m_s * 1.3) * 0.25 / 42e-6;
                found += kernels;
                rear += 1;
                assert_eq!(pan.natural_shed_kernels_m2, None);
            } else {
                // 0.5 m² of the header's width, and 6 kernels per m² from before.
                let of_header = row.header_loss_kg_s / (row.ground_speed_m_s * 2.75) * 0.5 / 42e-6;
                assert!(kernels < 6.0 * (of_header + 3.0) + 10.0, "{kernels} for {of_header}");
                front += 1;
            }
        }
    }
    assert!(rear >= 30 && front >= 12, "{rear} rear, {front} front");
    assert!((found / fell - 1.0_f64).abs() < 0.2, "{found} found, {fell} fell, {rear} pans");
}

#[test]
fn light_seeds_are_weighed_and_the_columns_are_the_contract_s() {
    assert_eq!(
        PanRow::HEADER,
        "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2"
    );
    let pans = taken("canola-fan", 1, 3000);
    assert!(pans.len() >= 6);
    for (pan, _) in &pans {
        assert_eq!(pan.csv().split(',').count(), 9);
        if pan.kind == PanKind::Rear {
            assert!(pan.grams.is_some() && pan.kernels.is_none_or(|kernels| kernels <= 800));
        }
    }
    assert!(pans.iter().any(|(pan, _)| pan.csv().contains(",front,0.5,1.55,9.1,")));
}
