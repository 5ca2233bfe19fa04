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

/// What is told, with the time, s.
fn told(seconds: f64, values: impl Fn(f64) -> Vec<(Channel, f64)>) -> Vec<(Inconsistency, bool, f64)> {
    let (mut check, mut told) = (ConsistencyCheck::new(), Vec::new());
    for step in 0..(seconds * 10.0) as i64 {
        let at_s = step as f64 / 10.0;
        let mut readings = Readings::unknown(crate::time::s_to_us(at_s));
        for (channel, value) in values(at_s) {
            readings.set_value(channel, value);
        }
        check.take(&readings, |what, began| told.push((what, began, at_s)));
    }
    told
}

#[test]
fn a_flag_that_contradicts_the_height_for_a_minute_and_ten_seconds_is_told_either_way() {
    use Inconsistency::HeaderFlagContradictsHeight as Wrong;
    let header = |down: f64, height: f64| {
        vec![(Channel::GroundSpeed, 1.4), (Channel::HeaderBelowWorkHeight, down), (Channel::HeaderHeight, height)]
    };
    // A minute of driving, then the ten seconds of every contradiction; over a minute after the last.
    let down = told(300.0, |at_s| if at_s < 200.0 { header(1.0, 0.9) } else { header(1.0, 0.15) });
    assert_eq!(down, [(Wrong, true, 69.9), (Wrong, false, 259.9)]);
    assert_eq!(told(100.0, |_| header(0.0, 0.15)), [(Wrong, true, 69.9)]);
    assert_eq!(told(600.0, |at_s| if at_s % 90.0 < 50.0 { header(1.0, 0.9) } else { header(0.0, 0.9) }), []);
    assert_eq!(told(600.0, |_| header(1.0, 0.5)), [], "between the two nothing is certain");
}

/// Northward at `true_m_s`, which is reported times `factor`.
fn drive(true_m_s: f64, factor: f64) -> impl Fn(f64) -> Vec<(Channel, f64)> {
    move |at_s| {
        let latitude = 36.0 + true_m_s * at_s / 111_195.0;
        vec![
            (Channel::GroundSpeed, true_m_s * factor),
            (Channel::GnssLatitude, latitude),
            (Channel::GnssLongitude, 116.0),
        ]
    }
}

#[test]
fn a_speed_that_does_not_fit_the_positions_is_told() {
    let wrong = Inconsistency::SpeedContradictsPosition;
    for factor in [3.6, 1.0 / 3.6, 2.237, 1.0 / 2.237, 1.609, 1.0 / 1.609] {
        let found = told(300.0, drive(1.5, factor));
        // Six stretches of 15 m at 1.5 m/s are 60 s, and ten seconds more.
        assert!(matches!(found[..], [(what, true, at_s)] if what == wrong && (at_s - 70.6).abs() < 1.0), "{found:?}");
    }
    for factor in [0.8, 1.0, 1.25] {
        assert_eq!(told(600.0, drive(1.5, factor)), [], "slip of the wheels");
    }
}

#[test]
fn a_median_that_no_combine_works_at_is_told_where_no_position_says_better() {
    let cut = |speed: f64| {
        vec![(Channel::GroundSpeed, speed), (Channel::HeaderBelowWorkHeight, 1.0), (Channel::ThresherEngaged, 1.0)]
    };
    let wrong = Inconsistency::SpeedImplausible;
    // Half of ten minutes, and the ten seconds of every contradiction.
    for speed in [0.34, 4.6] {
        assert_eq!(told(400.0, |_| cut(speed)), [(wrong, true, 310.0)], "{speed}");
    }
    for speed in [0.36, 1.4, 4.4] {
        assert_eq!(told(1300.0, |_| cut(speed)), [], "{speed}");
    }
    let by_turns = |at_s: f64| cut(if at_s % 10.0 < 4.9 { 0.2 } else { 1.4 });
    assert_eq!(told(1300.0, by_turns), [], "the median is not below");
    let with_position = |at_s: f64| [drive(0.3, 1.0)(at_s), cut(0.3)].concat();
    assert_eq!(told(900.0, with_position), [], "positions say that it is true");
}
