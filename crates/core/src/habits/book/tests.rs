//! Prices by hand.

use super::*;

/// Cutting: 3 kg/s of grain in 6 kg/s of crop, 5 m²/s.
fn second(t: i64, header: f64, rear: f64) -> WorkSecond {
    WorkSecond {
        t_us: t * 1_000_000,
        cuts: true,
        feed_kg_s: Some(6.0),
        grain_kg_s: Some(3.0),
        header_kg_s: Some(header),
        rear_kg_s: Some(rear),
        area_m2: Some(5.0),
    }
}

fn on(habit: Habit) -> Active {
    let mut active = Active::default();
    active.set(habit, true);
    active
}

const SURE: Option<Interval90> = Some(Interval90 { value: 1.0, lo: 1.0, hi: 1.0 });

/// Ten minutes of steady work, ten seconds of a fault at 400 s, and the loss behind the machine three times as high from
/// 403 to 418 s.
fn with_a_fault(habit: Habit, header: f64, rear: f64) -> HabitBook {
    let mut book = HabitBook::default();
    for t in 0..600 {
        let fault = (400..410).contains(&t);
        let after = (403..420).contains(&t);
        let second = second(t, if fault { header } else { 0.015 }, if after { rear } else { 0.03 });
        book.second(&second, if fault { on(habit) } else { Active::default() });
    }
    book
}

#[test]
fn a_fault_costs_what_is_lost_beyond_normal_work_at_the_header_at_once_and_behind_the_machine_later() {
    let book = with_a_fault(Habit::Throttle, 0.045, 0.09);
    let price = book.prices([1.0; 2], [SURE; 2]).next().unwrap();
    assert_eq!((price.habit, price.count, price.seconds), (Habit::Throttle, 1, 10.0));
    // Header: 10 s × (45 − 15) g/s = 0.300 kg. Behind: 60 g/s more for 17 s are 1.02 kg, of which the last seconds, when
    // less than a tenth of the crop that leaves was cut in the fault, are left out: 1.3 kg together at most.
    let kg = price.kg.unwrap();
    assert!((1.05..=1.32).contains(&kg.value), "{kg:?}");
    assert!(kg.lo > 0.5 && kg.hi < 2.0, "{kg:?}");
    assert!(kg.value <= price.lost_kg);
    // As fast as normal work: no time that can be told.
    assert_eq!(price.lost_s, Err(Untold::WithinScatter));
}

#[test]
fn what_is_no_more_than_normal_work_cannot_be_told() {
    let book = with_a_fault(Habit::HighCut, 0.015, 0.031);
    let price = book.prices([1.0; 2], [SURE; 2]).next().unwrap();
    assert_eq!(price.kg, Err(Untold::WithinScatter));
    assert!(price.lost_kg > 0.0);
}

#[test]
fn without_normal_work_nothing_is_compared() {
    let mut book = HabitBook::default();
    for t in 0..120 {
        book.second(&second(t, 0.05, 0.1), on(Habit::Overload));
    }
    let price = book.prices([1.0; 2], [SURE; 2]).next().unwrap();
    assert_eq!((price.kg, price.lost_s), (Err(Untold::NoNormalWork), Err(Untold::NoNormalWork)));
}

#[test]
fn one_loss_has_one_habit_and_prices_add_up_to_no_more_than_the_loss() {
    let mut book = HabitBook::default();
    let (mut lost, mut both) = (0.0, on(Habit::TurningCut));
    both.set(Habit::Overload, true);
    for t in 0..900 {
        let active = match t % 150 {
            100..110 => both,
            110..120 => on(Habit::Overload),
            _ => Active::default(),
        };
        let fault = active.first().is_some();
        let second =
            second(t, if fault { 0.06 } else { 0.015 }, if (104..130).contains(&(t % 150)) { 0.12 } else { 0.03 });
        lost += second.header_kg_s.unwrap() + second.rear_kg_s.unwrap();
        book.second(&second, active);
    }
    let prices: Vec<_> = book.prices([1.0; 2], [SURE; 2]).collect();
    let [corner, overload] = prices.as_slice() else { panic!("{prices:?}") };
    // Both at once for ten seconds, six times: of the turn alone.
    assert_eq!((corner.habit, corner.seconds, overload.seconds), (Habit::TurningCut, 60.0, 60.0));
    assert_eq!((corner.count, overload.count), (6, 6));
    let sum: f64 = prices.iter().map(|price| price.kg.unwrap().value).sum();
    let gross: f64 = prices.iter().map(|price| price.lost_kg).sum();
    assert!(sum > 0.0 && sum < gross && gross < lost, "{sum} {gross} {lost}");
}

#[test]
fn a_slow_fault_costs_time() {
    let mut book = HabitBook::default();
    for t in 0..600 {
        let fault = (300..360).contains(&t);
        let slow = WorkSecond { area_m2: Some(if fault { 2.0 } else { 5.0 }), ..second(t, 0.015, 0.03) };
        book.second(&slow, if fault { on(Habit::Throttle) } else { Active::default() });
    }
    // 60 s for 120 m², which normal work cuts in 24 s.
    let lost_s = book.prices([1.0; 2], [SURE; 2]).next().unwrap().lost_s.unwrap();
    assert!((lost_s.value - 36.0).abs() < 1e-9 && lost_s.lo > 25.0, "{lost_s:?}");
}

#[test]
fn an_error_of_the_level_scales_the_price_and_does_not_change_its_sign() {
    let book = with_a_fault(Habit::Throttle, 0.015, 0.09);
    let wide = Some(Interval90 { value: 1.0, lo: 0.3, hi: 3.0 });
    let kg = book.prices([1.0, 2.0], [SURE, wide]).next().unwrap().kg.unwrap();
    let narrow = book.prices([1.0; 2], [SURE; 2]).next().unwrap().kg.unwrap();
    // Twice the level is twice the price.
    assert!((kg.value / narrow.value - 2.0).abs() < 1e-6, "{kg:?} {narrow:?}");
    assert!(kg.lo > 0.0 && kg.lo < 0.35 * kg.value && kg.hi > 2.8 * kg.value, "{kg:?}");
}

#[test]
fn money_is_grain_at_its_price_and_time_at_its_cost() {
    let interval = |value, lo, hi| Interval90 { value, lo, hi };
    let price = HabitPrice {
        habit: Habit::Throttle,
        count: 2,
        seconds: 100.0,
        lost_kg: 20.0,
        kg: Ok(interval(10.0, 7.0, 14.0)),
        lost_s: Ok(interval(36.0, 18.0, 54.0)),
    };
    // 10 kg at 2.4 are 24 (16.8 to 33.6); 36 s at 300 an hour are 3 (1.5 to 4.5). Ends: 27 − √(7.2² + 1.5²) = 19.645,
    // 27 + √(9.6² + 1.5²) = 36.716.
    let money = price.money(2.4, Some(300.0)).unwrap();
    assert!((money.value - 27.0).abs() < 1e-9 && (money.lo - 19.645).abs() < 1e-3, "{money:?}");
    assert!((money.hi - 36.716).abs() < 1e-3, "{money:?}");
    assert_eq!(price.money(2.4, None).unwrap().value, 24.0);
    assert_eq!(HabitPrice { kg: Err(Untold::WithinScatter), ..price }.money(2.4, None), None);
}
