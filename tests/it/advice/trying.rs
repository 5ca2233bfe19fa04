//! What the speed is worth, whether a change helped, and what is advised next.

use grainloss_core::advice::{AdjustmentOrder, EventKind, NextStep, Pace, Verdict, net_gain};
use grainloss_core::advice::{Economy, SettingChange};
use grainloss_core::harvest::{Basis, Estimate, LogNormal, StreamLoss};
use grainloss_core::machine::{Channel, Readings};

use super::{HIGH, LIMIT, LOW, Watch, estimate};

#[test]
fn the_published_example_of_the_prairie_institute_comes_out() {
    // 160 acres of canola at 10 $ a bushel of 50 lb; 3 mph: 14.5 ac/h, 1 bu/ac lost; 4 mph: 19.4 ac/h, 3 bu/ac; an hour
    // costs 300 $. 160 / 14.5 − 160 / 19.4 = 11.034 − 8.247 = 2.787 h saved = 836 $ (published, rounded to 2.8 h: 840);
    // 2 bu/ac × 160 × 10 $ = 3200 $ more loss. Net −2364 $ (published −2360).
    const HA: f64 = 0.404_686;
    const BUSHEL_KG: f64 = 22.6796;
    let pace = |ac_h: f64, bu_ac: f64| Pace { area_ha_h: ac_h * HA, loss_kg_ha: bu_ac * BUSHEL_KG / HA };
    let net = net_gain(160.0 * HA, pace(14.5, 1.0), pace(19.4, 3.0), 10.0 / BUSHEL_KG, 300.0);
    assert!((net - -2363.9).abs() < 1.0, "{net}");
    assert!((net / -2360.0 - 1.0).abs() < 0.005, "{net}");
}

/// 1 % behind the machine, 0.4 % at the header, of 3 kg/s on 1.5 m/s × 2.75 m.
fn working(rear_share: f64) -> Estimate {
    let loss = |share: f64, log_sd| Some(LogNormal { median: 3.0 * share, log_sd });
    Estimate {
        header: StreamLoss { loss: loss(0.004, 0.3), basis: Basis::ModelOnly },
        rear: StreamLoss { loss: loss(rear_share, 0.3), basis: Basis::Sensed },
        stream_shares: Some([0.004, 0.6 * rear_share, 0.4 * rear_share]),
        ..estimate(LOW)
    }
}

#[test]
fn what_the_speed_is_worth_is_as_by_hand() {
    let mut watch = Watch::new(Some(LIMIT));
    watch.advisor =
        watch.advisor.with_economy(Economy { price_per_kg: Some(2.0), cost_per_h: Some(300.0), drying_per_kg: None });
    watch.see(60.0, &working(0.01));
    let [less, now, more] = watch.advisor.advice().worth.unwrap();
    // 1.5 m/s × 2.75 m = 4.125 m²/s = 1.485 ha/h; ×1.1 = 1.6335. 3 e^(0.2² / 2) kg/s on it are 7419.6 kg/ha.
    assert!((now.area_ha_h - 1.485).abs() < 1e-9 && (more.area_ha_h - 1.6335).abs() < 1e-9);
    // Now: 3 e^(0.2² / 2) × 3600 × 1.4 % = 154.25 kg/h, the mean.
    assert!((now.loss_kg_h.value / 154.254 - 1.0).abs() < 0.001, "{:?}", now.loss_kg_h);
    // +10 %: 1.1^1.9 = 1.19853 of the 1 %: 0.19853 % of 7419.6 kg/ha = 14.730 kg/ha more.
    assert!((more.more_kg_ha.value - 14.730).abs() < 0.01, "{:?}", more.more_kg_ha);
    // First-order spread, in shares: 0.0019853 × 0.3, 0.0119853 × 0.09531 × 0.9, 0.004 × 0.09531 × 0.5; together
    // √(0.00059559² + 0.0010281² + 0.00019062²) = 0.0012034, × 1.645 × 7419.6 = 14.688 kg/ha either way.
    assert!((more.more_kg_ha.hi - more.more_kg_ha.value - 14.688).abs() < 0.02, "{:?}", more.more_kg_ha);
    // Hours: 1 / 1.485 − 1 / 1.6335 = 0.061218 h/ha × 300 = 18.365, less 14.730 × 2 = 29.459: −11.09 a hectare.
    let gain = more.gain_per_ha.unwrap();
    assert!((gain.value - -11.09).abs() < 0.03 && gain.lo < gain.value && gain.hi > gain.value, "{gain:?}");
    assert!(less.more_kg_ha.value < 0.0 && less.loss_kg_h.value < now.loss_kg_h.value);
    assert!((now.more_kg_ha.value, now.more_kg_ha.hi) == (0.0, 0.0));
    // Without a price there are kilograms only; without the header or the width there is nothing.
    let mut poor = Watch::new(Some(LIMIT));
    poor.see(60.0, &working(0.01));
    assert!(poor.advisor.advice().worth.unwrap()[2].gain_per_ha.is_none());
    let mut blind = Watch::new(Some(LIMIT));
    blind.see(60.0, &Estimate { working_width_m: None, ..working(0.01) });
    assert_eq!(blind.advisor.advice().worth, None);
}

fn readings(concave_m: f64) -> Readings {
    let mut readings = Readings::unknown(0);
    for (channel, value) in [
        (Channel::ConcaveClearance, concave_m),
        (Channel::FanSpeed, 950.0),
        (Channel::GroundSpeed, 1.5),
        (Channel::GrainMoisture, 0.14),
    ] {
        readings.set_value(channel, value);
    }
    readings
}

fn changes(watch: &Watch) -> Vec<SettingChange> {
    let change = |kind: &EventKind| if let EventKind::Changed(began) = kind { Some(began.change) } else { None };
    watch.told.iter().filter_map(change).collect()
}

#[test]
fn a_concave_that_is_closed_is_noticed_and_judged_at_equal_load() {
    for (after, verdict) in [(0.006, Verdict::Better), (0.016, Verdict::Worse)] {
        let mut watch = Watch::new(Some(LIMIT));
        watch.advisor.read(&readings(0.020));
        watch.see(600.0, &working(0.01));
        assert_eq!(changes(&watch), []);
        // A millimetre is noise; five are a change.
        watch.advisor.read(&readings(0.021));
        watch.see(60.0, &working(0.01));
        assert_eq!(changes(&watch), []);
        watch.advisor.read(&readings(0.015));
        watch.see(45.0, &working(after));
        let [change] = changes(&watch)[..] else { panic!("{:?}", watch.told) };
        let (from, to) = change.from_to.unwrap();
        assert_eq!(change.setting, Some(Channel::ConcaveClearance));
        assert!((from - 0.020).abs() < 1e-9 && (to - 0.015).abs() < 1e-9, "{change:?}");
        assert!(matches!(watch.advisor.advice().comparison.unwrap().verdict, Verdict::More(_)));
        watch.see(150.0, &working(after));
        let judged = watch.advisor.advice().comparison.unwrap();
        assert_eq!(judged.verdict, verdict);
        assert!((judged.ratio.unwrap().value / (after / 0.01) - 1.0).abs() < 0.05, "{judged:?}");
        assert!(watch.told.contains(&EventKind::Judged(judged)));
    }
}

#[test]
fn a_change_that_no_channel_shows_can_be_marked() {
    let mut watch = Watch::new(Some(LIMIT));
    watch.see(300.0, &working(0.01));
    watch.advisor.mark_change(None);
    watch.see(180.0, &working(0.005));
    assert_eq!(changes(&watch), [SettingChange { setting: None, from_to: None }]);
    assert_eq!(watch.advisor.advice().comparison.unwrap().verdict, Verdict::Better);
    watch.advisor.mark_change(Some(Channel::UpperSieve));
    watch.see(180.0, &working(0.005));
    assert_eq!(changes(&watch)[1], SettingChange { setting: Some(Channel::UpperSieve), from_to: None });
}

/// Above the limit, with the straw.
fn in_the_straw(rear_share: f64) -> Estimate {
    let part = |share: f64| Some(LogNormal { median: 3.0 * share, log_sd: 0.5 });
    let mut high = Estimate { total_share: Some(LogNormal { median: HIGH, log_sd: 0.5 }), ..working(rear_share) };
    (high.separation.loss, high.cleaning.loss) = (part(rear_share), part(0.001));
    high
}

#[test]
fn one_change_at_a_time_in_the_order_of_the_rules_and_nothing_said_twice() {
    let mut plan = AdjustmentOrder::default();
    let order = [Some(Channel::ConcaveClearance), Some(Channel::ThresherSpeed), None];
    plan.set(NextStep::CheckSeparation, order.into_iter());
    let mut watch = Watch::new(Some(LIMIT));
    watch.advisor = watch.advisor.with_order(plan);
    watch.advisor.read(&readings(0.020));
    let next = |watch: &Watch| (watch.advisor.advice().next_step, watch.advisor.advice().adjustment);
    watch.see(300.0, &in_the_straw(0.02));
    assert_eq!(next(&watch), (Some(NextStep::CheckSeparation), 0));
    // Gone and back: shown again, but not said again within ten minutes.
    watch.see(60.0, &working(0.02));
    watch.see(60.0, &in_the_straw(0.02));
    let said = |watch: &Watch| watch.advised.iter().filter(|(step, _)| *step == NextStep::CheckSeparation).count();
    assert_eq!((next(&watch), said(&watch)), ((Some(NextStep::CheckSeparation), 0), 1));
    watch.see(250.0, &in_the_straw(0.02));
    assert_eq!(said(&watch), 2, "after ten minutes untried");
    // Tried: nothing else, until it is known what it did.
    watch.advisor.read(&readings(0.015));
    watch.see(45.0, &in_the_straw(0.02));
    assert_eq!(next(&watch), (Some(NextStep::Compare), 0));
    // It did nothing: the next in order.
    watch.see(1200.0, &in_the_straw(0.02));
    assert_eq!(watch.advisor.advice().comparison.unwrap().verdict, Verdict::NoDifference);
    assert_eq!(next(&watch), (Some(NextStep::CheckSeparation), 1));
    // What made it worse is to be taken back.
    watch.advisor.read(&readings(0.010));
    watch.see(300.0, &in_the_straw(0.04));
    assert_eq!(watch.advisor.advice().comparison.unwrap().verdict, Verdict::Worse);
    assert_eq!(next(&watch), (Some(NextStep::PutBack), 0));
}
