use super::*;
use crate::math::sin;

/// Runs `seconds` of steps of 100 ms from `from_s` on, with the channel values that `values` gives for each time, s.
fn run(check: &mut ConsistencyCheck, from_s: f64, seconds: f64, values: impl Fn(f64) -> Vec<(Channel, f64)>) {
    for step in 0..(seconds * 10.0) as i64 {
        let at_s = from_s + step as f64 / 10.0;
        let mut readings = Readings::unknown(crate::time::s_to_us(at_s));
        for (channel, value) in values(at_s) {
            readings.set_value(channel, value);
        }
        check.take(&readings, |_, _| {});
    }
}

fn found(check: &ConsistencyCheck) -> Vec<(Inconsistency, f64)> {
    check.found().collect()
}

#[test]
fn driving_with_a_stopped_engine_is_reported_after_ten_seconds() {
    let mut check = ConsistencyCheck::new();
    let drives = |rpm: f64| move |_: f64| vec![(Channel::GroundSpeed, 1.5), (Channel::EngineSpeed, rpm)];
    run(&mut check, 0.0, 9.9, drives(0.0));
    assert_eq!(found(&check), []);
    run(&mut check, 9.9, 1.0, drives(2200.0));
    assert_eq!(found(&check), [], "it has turned in between");
    run(&mut check, 10.9, 15.0, drives(99.0));
    assert_eq!(found(&check), [(Inconsistency::DrivesWithoutEngine, 15.0)]);
    run(&mut check, 25.9, 20.0, |_| vec![(Channel::GroundSpeed, 1.5)]);
    assert_eq!(
        found(&check),
        [(Inconsistency::DrivesWithoutEngine, 15.0)],
        "an unknown engine speed is no contradiction"
    );
}

#[test]
fn the_time_of_a_gap_is_not_counted() {
    let mut check = ConsistencyCheck::new();
    for t_us in [0, 60_000_000, 120_000_000] {
        let mut readings = Readings::unknown(t_us);
        readings.set_value(Channel::GroundSpeed, 1.5);
        readings.set_value(Channel::EngineSpeed, 0.0);
        check.take(&readings, |_, _| {});
    }
    assert_eq!(found(&check), []);
}

#[test]
fn a_constant_header_height_is_reported_once_the_reel_has_been_adjusted() {
    let work = |height: fn(f64) -> f64, reel: fn(f64) -> f64| {
        move |at_s: f64| {
            let driving = [(Channel::GroundSpeed, 1.2), (Channel::EngineSpeed, 2200.0)];
            driving
                .into_iter()
                .chain([(Channel::HeaderHeight, height(at_s)), (Channel::ReelSpeed, reel(at_s))])
                .collect()
        }
    };
    let mut frozen = ConsistencyCheck::new();
    run(&mut frozen, 0.0, 150.0, work(|_| 0.15, |at_s| 30.0 + (at_s / 30.0).floor()));
    // From 120 s of driving on.
    assert_eq!(found(&frozen), [(Inconsistency::HeaderHeightFrozen, 30.0)]);
    let mut moving = ConsistencyCheck::new();
    run(&mut moving, 0.0, 300.0, work(|at_s| 0.15 + 0.001 * (at_s / 100.0).floor(), |at_s| 30.0 + at_s / 30.0));
    assert_eq!(found(&moving), []);
    let mut steady = ConsistencyCheck::new();
    run(&mut steady, 0.0, 300.0, work(|_| 0.15, |_| 30.0));
    assert_eq!(found(&steady), [], "on an even field with the reel left alone it may be true");
}

#[test]
fn a_moving_position_at_zero_ground_speed_is_reported() {
    let mut check = ConsistencyCheck::new();
    let at = |latitude: fn(f64) -> f64, speed: f64| {
        move |at_s: f64| {
            let (latitude, longitude) = (latitude(at_s), 116.0);
            vec![(Channel::GroundSpeed, speed), (Channel::GnssLatitude, latitude), (Channel::GnssLongitude, longitude)]
        }
    };
    // 2 m of noise, then 1.5 m/s: 1° of latitude is 111.2 km.
    run(&mut check, 0.0, 60.0, at(|at_s| 36.0 + 2.0 / 111_195.0 * sin(at_s), 0.0));
    run(&mut check, 60.0, 60.0, at(|at_s| 36.0 + 1.5 / 111_195.0 * (at_s - 60.0), 1.5));
    assert_eq!(found(&check), []);
    run(&mut check, 120.0, 60.0, at(|at_s| 36.0 + 1.5 / 111_195.0 * (at_s - 60.0), 0.0));
    // 10 m are 6.7 s.
    let (inconsistency, seconds) = found(&check)[0];
    assert!(inconsistency == Inconsistency::StandsAndMoves && (seconds - 53.3).abs() < 0.2, "{seconds}");
}

#[test]
fn a_turning_drum_with_thresher_off_is_reported() {
    let mut check = ConsistencyCheck::new();
    let drum = |flag: f64| move |_: f64| vec![(Channel::ThresherEngaged, flag), (Channel::ThresherSpeed, 900.0)];
    run(&mut check, 0.0, 30.0, drum(1.0));
    assert_eq!(found(&check), []);
    run(&mut check, 30.0, 20.0, drum(0.0));
    assert_eq!(found(&check), [(Inconsistency::ThresherTurnsUndriven, 20.0)]);
}
