use super::*;

fn values(reel_m: Option<f64>, readings: &[(Channel, f64)]) -> SettingValues {
    let mut values = SettingValues::new(&NextStepParams::DEFAULT);
    values.set_reel_diameter(reel_m);
    for &(channel, value) in readings {
        values.values[slot(channel).unwrap()] = Some(value);
    }
    values
}

const WHEAT: Option<Goal> = Some(Goal::ReelIndex { low: Some(1.1), high: 1.2 });
const REEL: Option<Channel> = Some(Channel::ReelSpeed);

#[test]
fn the_reel_is_told_in_its_own_unit() {
    // 1.5 m/s and a rim of π × 1.0 m: 60 × 1.5 / π = 28.648 r/min for each unit of the ratio. 1.15 of it are 32.945.
    let fast = values(Some(1.0), &[(Channel::GroundSpeed, 1.5), (Channel::ReelSpeed, 43.0)]);
    let told = fast.now_and_goal(REEL, WHEAT, None).unwrap();
    assert_eq!((told.channel, told.now), (Channel::ReelSpeed, 43.0));
    assert!((told.goal.unwrap() - 32.945).abs() < 0.001, "{told:?}");
    assert!(!fast.is_reached(REEL, WHEAT));
    // At most 1.25: 35.81 r/min.
    let most = fast.now_and_goal(REEL, Some(Goal::ReelIndex { low: None, high: 1.25 }), None).unwrap();
    assert!((most.goal.unwrap() - 35.810).abs() < 0.001, "{most:?}");
}

#[test]
fn a_reel_at_its_goal_is_there() {
    // 33 r/min are 1.152; 30 and 36 are 1.047 and 1.257, within 5 % of the range; 29.5 and 36.5 are 1.030 and 1.274.
    for (rpm, reached) in [(33.0, true), (30.0, true), (36.0, true), (29.5, false), (36.5, false)] {
        let values = values(Some(1.0), &[(Channel::GroundSpeed, 1.5), (Channel::ReelSpeed, rpm)]);
        assert_eq!(values.is_reached(REEL, WHEAT), reached, "{rpm} r/min");
    }
}

#[test]
fn what_the_bus_or_the_profile_does_not_tell_gets_no_number() {
    let (speed, reel) = ((Channel::GroundSpeed, 1.5), (Channel::ReelSpeed, 43.0));
    for (what, values) in [
        ("no diameter", values(None, &[speed, reel])),
        ("no speed", values(Some(1.0), &[reel])),
        ("no reel", values(Some(1.0), &[speed])),
        ("it stands", values(Some(1.0), &[(Channel::GroundSpeed, 0.2), reel])),
    ] {
        assert_eq!(values.now_and_goal(REEL, WHEAT, None), None, "{what}");
        assert!(!values.is_reached(REEL, WHEAT), "{what}");
    }
}

#[test]
fn a_height_is_at_most_its_goal_and_one_from_another_zero_is_not_told() {
    let (setting, goal) = (Some(Channel::HeaderHeight), Some(Goal::AtMost(0.15)));
    for (height_m, told, reached) in
        [(0.18, true, false), (0.157, true, true), (0.08, true, true), (0.75, false, false)]
    {
        let values = values(None, &[(Channel::HeaderHeight, height_m)]);
        let expected = told.then_some(NowAndGoal { channel: Channel::HeaderHeight, now: height_m, goal: Some(0.15) });
        assert_eq!(values.now_and_goal(setting, goal, None), expected, "{height_m} m");
        assert_eq!(values.is_reached(setting, goal), reached, "{height_m} m");
    }
}

#[test]
fn a_change_by_a_share_starts_where_it_was_advised() {
    // 15 % less than 20 mm are 17 mm, also when 18 mm are reached already.
    let setting = Some(Channel::ConcaveClearance);
    let told = values(None, &[(Channel::ConcaveClearance, 0.018)]).now_and_goal(
        setting,
        Some(Goal::Change(-0.15)),
        Some(0.020),
    );
    let told = told.unwrap();
    assert!(told.now == 0.018 && (told.goal.unwrap() - 0.017).abs() < 1e-12, "{told:?}");
    // A direction that depends on what is seen has no goal.
    let fan = values(None, &[(Channel::FanSpeed, 950.0)]).now_and_goal(Some(Channel::FanSpeed), None, Some(950.0));
    assert_eq!(fan, Some(NowAndGoal { channel: Channel::FanSpeed, now: 950.0, goal: None }));
}

#[test]
fn figures_that_cannot_be_worked_with_are_refused() {
    for goal in [
        Goal::ReelIndex { low: Some(1.2), high: 1.1 },
        Goal::ReelIndex { low: None, high: 0.0 },
        Goal::AtMost(f64::NAN),
        Goal::AtMost(-0.1),
        Goal::Change(1.0),
        Goal::Speed(f64::INFINITY),
    ] {
        assert!(!goal.is_valid(), "{goal:?}");
    }
    assert!(Goal::ReelIndex { low: Some(1.1), high: 1.2 }.is_valid() && Goal::Speed(-0.1).is_valid());
}
