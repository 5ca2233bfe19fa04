//! The loss budget: every way in which grain is lost, with a figure or the reason why there is none.

use grainloss_core::harvest::{
    Amount, Basis, Estimate, Grounds, Harvest, LossCategory, NotMeasured, Pan, PanKind, Setup,
};
use grainloss_core::machine::{Channel, Readings};
use grainloss_knowledge::profiles;

/// So long in wheat at 1.5 m/s and 6 kg/s, without plates.
fn cut(seconds: u32) -> (Harvest, Estimate) {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
    let mut harvest = Harvest::new(Setup { crop, geometry: profile.geometry, loss_plates: None });
    let mut readings = Readings::unknown(0);
    for (channel, value) in [
        (Channel::GroundSpeed, 1.5),
        (Channel::HeaderHeight, 0.15),
        (Channel::FeedRate, 6.0),
        (Channel::HeaderWorkingWidth, 2.75),
    ] {
        readings.set_value(channel, value);
    }
    let mut newest = None;
    for _ in 0..seconds * 10 {
        readings.t_us += 100_000;
        newest = Some(harvest.step(&readings));
    }
    (harvest, newest.unwrap())
}

fn front(harvest: &mut Harvest, t_s: i64, shed_kg_m2: Option<f64>) {
    let (t_us, known_us) = (t_s * 1_000_000, t_s * 1_000_000);
    let area_m2 = 0.5;
    harvest.pan(&Pan { t_us, known_us, kind: PanKind::Front, area_m2, concentration: 1.0, grain_kg: 5e-3, shed_kg_m2 });
}

fn amount(harvest: &Harvest, part: LossCategory) -> Result<Amount, NotMeasured> {
    harvest.session_budget().line(part).amount
}

#[test]
fn every_part_has_a_figure_with_its_grounds_or_the_reason_why_not() {
    let (harvest, estimate) = cut(600);
    let now = harvest.budget(&estimate);
    assert_eq!(now.lines.map(|line| line.part), LossCategory::ALL);
    assert_eq!(now.line(LossCategory::NaturalShed).amount, Err(NotMeasured::NoSample));
    assert_eq!(now.line(LossCategory::Threshing).amount, Err(NotMeasured::InSeparation));
    for (part, stream) in [
        (LossCategory::Header, estimate.header),
        (LossCategory::Separation, estimate.separation),
        (LossCategory::Cleaning, estimate.cleaning),
    ] {
        let now = now.line(part).amount.unwrap();
        // In steady work the last ten seconds are as the last step.
        let (told, step) = (now.kg_s.unwrap(), stream.loss.unwrap().band());
        assert!((told.value / step.value - 1.0).abs() < 1e-3 && (told.hi / step.hi - 1.0).abs() < 1e-3, "{told:?}");
        assert_eq!((now.kg, now.grounds), (None, Grounds::Estimate(Basis::ModelOnly)));
        // At a steady 1.5 m/s × 2.75 m = 4.125 m²/s: kg/s over it, by 10 000; as far as the yield and the feed agree.
        let by_area = stream.loss.unwrap().mean() / 4.125 * 1e4;
        let told = now.kg_ha.unwrap();
        assert!((told.value / by_area - 1.0).abs() < 0.1 && told.lo < told.value, "{part:?}: {told:?} {by_area}");
        let session = amount(&harvest, part).unwrap();
        let (kg, kg_ha) = (session.kg.unwrap(), session.kg_ha.unwrap());
        // Nearly all of the session is that steady cutting: 600 s, less the first twelve.
        let expected = stream.loss.unwrap().mean() * 588.0;
        assert!((kg.value / expected - 1.0).abs() < 0.05, "{part:?}: {kg:?} {expected}");
        assert!((kg_ha.value / (kg.value / (4.125 * 588.0) * 1e4) - 1.0).abs() < 0.02, "{part:?}: {kg_ha:?}");
    }
    let (nothing, before) = cut(1);
    assert_eq!(nothing.budget(&before).line(LossCategory::Separation).amount, Err(NotMeasured::Unknown));
    assert_eq!(amount(&nothing, LossCategory::Header), Err(NotMeasured::Unknown));
}

#[test]
fn the_natural_shed_is_the_mean_of_its_samples_and_none_found_is_not_none() {
    let (mut harvest, _) = cut(600);
    front(&mut harvest, 300, None);
    assert_eq!(amount(&harvest, LossCategory::NaturalShed), Err(NotMeasured::NoSample));
    // Nothing on half a square metre: below three kernels on it, each of about 40 mg: 2.4 kg/ha.
    front(&mut harvest, 350, Some(0.0));
    let none = amount(&harvest, LossCategory::NaturalShed).unwrap();
    let kernel_mg = grainloss_knowledge::crop("wheat").unwrap().model(None, None).kernel_mass_kg * 1e6;
    assert!((none.kg_ha.unwrap().hi - 3.0 * kernel_mg * 1e-6 / 0.5 * 1e4).abs() < 1e-9, "{none:?}");
    assert_eq!((none.kg_ha.unwrap().value, none.grounds), (0.0, Grounds::Samples(1)));
    // 0 and 2 g/m²: 1 g/m² is 10 kg/ha. What is impossible does not count.
    front(&mut harvest, 400, Some(2e-3));
    front(&mut harvest, 420, Some(-1.0));
    let shed = amount(&harvest, LossCategory::NaturalShed).unwrap();
    let kg_ha = shed.kg_ha.unwrap();
    assert!((kg_ha.value - 10.0).abs() < 1e-9 && kg_ha.lo > 0.0 && kg_ha.hi > 20.0, "{shed:?}");
    assert_eq!(shed.grounds, Grounds::Samples(2));
}

#[test]
fn a_pan_moves_the_session_s_budget_as_it_moves_its_totals() {
    let (mut harvest, _) = cut(600);
    let before = amount(&harvest, LossCategory::Header).unwrap().kg.unwrap();
    front(&mut harvest, 300, Some(0.0));
    let after = amount(&harvest, LossCategory::Header).unwrap();
    let (told, kg) = (harvest.totals().header_loss_kg().unwrap(), after.kg.unwrap());
    assert!((kg.value / told.value - 1.0).abs() < 0.01 && kg.value > before.value, "{kg:?} {told:?}");
    assert!(kg.hi / kg.lo < before.hi / before.lo, "narrower: {kg:?} {before:?}");
}
