use grainloss_simulator::{Scenario, Simulation};

use super::*;
use crate::ReportedValue;

/// Cutting all the time: 3 kg/s of grain, and so much of it lost behind the machine in each second.
fn truth(rear_kg_s: &[f64]) -> Vec<TruthRow> {
    let mut simulation = Simulation::new(&Scenario::bundled("wheat").unwrap(), 1);
    let mut frames = Vec::new();
    let row = loop {
        simulation.tick(&mut frames);
        if let Some(row) = simulation.take_truth() {
            break row;
        }
    };
    let second = |(at, &rear): (usize, &f64)| TruthRow {
        t_unix: at as f64,
        state: Activity::Cutting,
        grain_in_kg_s: 3.0,
        header_loss_kg_s: 0.0,
        threshing_loss_kg_s: 0.0,
        separation_loss_kg_s: rear,
        cleaning_loss_kg_s: 0.0,
        ..row.clone()
    };
    rear_kg_s.iter().enumerate().map(second).collect()
}

fn reported(rear_kg_s: &[f64]) -> ReportedHarvest {
    ReportedHarvest {
        rear_kg_s: rear_kg_s.iter().map(|&kg_s| Some(ReportedValue::bare(kg_s))).collect(),
        ..ReportedHarvest::default()
    }
}

/// `low` until second `at`, `high` from it on, of `all`.
fn stepped(at: usize, low: f64, high: f64, all: usize) -> Vec<f64> {
    (0..all).map(|second| if second < at { low } else { high }).collect()
}

#[test]
fn a_step_is_found_where_it_is_and_its_telling_is_timed() {
    let truth = truth(&stepped(200, 0.01, 0.03, 400));
    let steps = steps(&truth);
    assert_eq!(steps.len(), 1);
    // Threefold: 15 s of the half minute make its mean twice the former; halfway is where it jumps.
    assert_eq!(steps[0].at, 200);
    // ReportedHarvest at once: the mean of ten seconds is 0.01 (1 + 2 n / 10) after n, above 0.01414 with n = 3, the third second.
    let low_until = |at| delay_s(&steps[0], &reported(&stepped(at, 0.002, 0.006, 400)));
    assert_eq!(low_until(200), Some(2.0));
    assert_eq!(low_until(208), Some(10.0));
    assert_eq!(low_until(300), None, "a report after a minute does not count");
    let alarm = ReportedHarvest { raised: vec![207], ..reported(&[0.002; 400]) };
    assert_eq!(delay_s(&steps[0], &alarm), Some(7.0));
    assert!(super::steps(&self::truth(&stepped(200, 0.01, 0.019, 400))).is_empty(), "not twice");
}

#[test]
fn heavy_losses_must_be_told_and_alarms_far_below_the_limit_are_false() {
    // 1 % of 3 kg/s is 0.03; from second 200 on 3 %, to 230.
    let mut rear = stepped(200, 0.03, 0.09, 900);
    rear[230..].fill(0.03);
    let truth = truth(&rear);
    let score = |limit, spans: &[(usize, usize)]| AlarmTruth::new(&truth, limit).judge(spans);
    // Ten seconds are above 1.5 × 1.59 % = 2.385 % where 7 of them are at 3 %, 2.4 %: from second 197 to 232. One heavy loss.
    let none = score(0.0159, &[]);
    assert_eq!((none.cutting_s, none.due, none.missed, none.raised, none.wrong), (900, 1, 1, 0, 0));
    let missed = |from| score(0.0159, &[(from, from + 5)]).missed;
    assert_eq!([missed(191), missed(193), missed(242), missed(243)], [1, 0, 0, 1]);
    // 1 % is 0.625 of 1.6 %: an alarm is false there, and where twenty seconds of which one is at 3 % are 1.1 %.
    let wrong = |from| score(0.016, &[(from, 300)]).wrong;
    assert_eq!([wrong(100), wrong(200), wrong(201)], [1, 1, 0]);
    // Seconds 100 to 199 lose 1 %; 200 is the last whose twenty seconds are below 1.12 %.
    let wrong_s = |from, to| score(0.016, &[(from, to)]).wrong_s;
    assert_eq!([wrong_s(100, 150), wrong_s(190, 240), wrong_s(880, 1000)], [50, 11, 20]);
    // A turn from 300 to 329, and 20 s of the next pass before the machine is full again: 10 s on either side.
    let mut turned = truth.clone();
    turned[300..330].iter_mut().for_each(|row| row.state = Activity::Turning);
    assert_eq!(AlarmTruth::new(&turned, 0.016).judge(&[(290, 360)]).wrong_s, 20);
    // 1 % is 0.71 of 1.4 %.
    assert_eq!(score(0.014, &[(100, 120)]).wrong, 0);
    // What comes back within ten minutes is the same alarm.
    let again = score(0.016, &[(100, 120), (720, 730), (800, 810)]);
    assert_eq!((again.raised, again.wrong), (1, 1));
    assert_eq!(score(0.016, &[(100, 120), (721, 730)]).wrong, 2);
}

#[test]
fn a_heavy_loss_is_ten_seconds_of_cutting_on_end() {
    let mut heavy = truth(&stepped(50, 0.09, 0.03, 200));
    heavy.iter_mut().skip(9).step_by(9).for_each(|row| row.state = Activity::Turning);
    assert_eq!(AlarmTruth::new(&heavy, 0.016).judge(&[]).due, 0);
}

#[test]
fn a_simple_alarm_needs_ten_settled_seconds() {
    let shares: Vec<Option<f64>> = stepped(100, 0.01, 0.02, 200).into_iter().map(Some).collect();
    assert_eq!(simple_level_alarms(&shares, &[true; 200], 0.015), [(109, 200)]);
    let mut cutting = [true; 200];
    cutting[105] = false;
    // Full again 20 s after the pause.
    assert_eq!(simple_level_alarms(&shares, &cutting, 0.015), [(135, 200)]);
    let high: Vec<Option<f64>> = stepped(150, 0.02, 0.01, 200).into_iter().map(Some).collect();
    assert_eq!(simple_level_alarms(&high, &[true; 200], 0.015), [(29, 169)]);
}
