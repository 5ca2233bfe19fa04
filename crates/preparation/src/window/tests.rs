use super::*;
use crate::forecast::{Forecast, HOUR_US};
use grainloss_knowledge::preparation::Preparation;

/// 2025-06-10 00:00 UTC, which is the local time of the tests.
const DAY_US: i64 = 1_749_513_600_000_000;

fn hour(hour: f64) -> i64 {
    DAY_US + (hour * HOUR_US as f64) as i64
}

/// A forecast by the hour from midnight on: rain of some hours, humidity of the rest.
fn forecast(rain: &[(usize, f64)], humidity: impl Fn(usize) -> f64) -> Forecast {
    let row = |at: usize| {
        let rain = rain.iter().find(|(hour, _)| *hour == at).map_or(0.0, |(_, mm)| *mm);
        format!("2025-06-{} {:02}:00,{rain},{}\n", 10 + at / 24, at % 24, humidity(at))
    };
    let rows: String = (0..72).map(row).collect();
    Forecast::parse(&format!("time,rain_mm,humidity_pct\n{rows}")).unwrap()
}

fn with<'a>(facts: &'a Preparation, crop: &str, now: f64) -> Inputs<'a> {
    Inputs {
        crop: facts.crop(crop).unwrap(),
        facts,
        now_us: hour(now),
        moisture_pct: Some(18.0),
        ripeness: Some(Ripeness::Ripe),
        wet: Some(false),
        ground: Some(Ground::Firm),
        forecast: None,
        costs: Costs::default(),
    }
}

fn words(card: &Card) -> Vec<&'static str> {
    card.reasons.iter().map(|reason| reason.word).collect()
}

#[test]
fn dry_ripe_crop_is_cut_and_what_is_not_known_is_listed() {
    let facts = Preparation::load().unwrap();
    let ready = with(&facts, "wheat", 10.0);
    let told = card(&ready);
    assert_eq!((told.advice, told.missing), (Advice::Go, vec![Missing::Forecast]));
    // Without the hand check nothing is decided.
    let told = card(&Inputs { ripeness: None, moisture_pct: None, wet: None, ground: None, ..ready });
    assert_eq!(told.advice, Advice::Unknown);
    let all = [Missing::Ripeness, Missing::Moisture, Missing::Wet, Missing::Ground, Missing::Forecast];
    assert_eq!(told.missing, all);
    assert_eq!(card(&Inputs { ripeness: Some(Ripeness::Unripe), ..ready }).advice, Advice::Wait(None));
    assert_eq!(card(&Inputs { ground: Some(Ground::Boggy), ..ready }).advice, Advice::Wait(None));
    assert_eq!(card(&Inputs { ground: Some(Ground::Soft), ..ready }).advice, Advice::GoSlower);
}

#[test]
fn dew_is_waited_for_in_wheat_and_sought_in_rapeseed() {
    let facts = Preparation::load().unwrap();
    // The air is dry enough from 8:00 on.
    let sky = forecast(&[], |hour| if hour % 24 < 8 { 96.0 } else { 60.0 });
    let until = |hours: f64, is_recalled| Advice::Wait(Some(Until { t_us: hour(hours), is_recalled }));
    let early = Inputs { wet: Some(true), forecast: Some(&sky), ..with(&facts, "wheat", 6.5) };
    assert_eq!(card(&early).advice, until(8.0, false));
    // Without a forecast the crop's hours say so: from 9 on, which was read; in rice it is only recalled.
    assert_eq!(card(&Inputs { forecast: None, ..early }).advice, until(9.0, false));
    assert_eq!(card(&Inputs { forecast: None, crop: facts.crop("rice").unwrap(), ..early }).advice, until(9.0, true));
    assert_eq!(card(&Inputs { wet: None, ..early }).advice, until(8.0, false));
    assert_eq!(card(&Inputs { wet: None, forecast: None, ..early }).advice, until(9.0, false));
    // Wet at eleven without a forecast: wait, and look again.
    assert_eq!(card(&Inputs { forecast: None, now_us: hour(11.0), ..early }).advice, Advice::Wait(None));

    let rape = Inputs { crop: facts.crop("canola").unwrap(), moisture_pct: Some(12.0), ..early };
    assert_eq!(card(&rape).advice, Advice::Go, "dew is right");
    let noon = Inputs { now_us: hour(13.0), wet: Some(false), ..rape };
    assert_eq!(card(&noon).advice, until(17.0, true), "hours of the day are our choice");
    assert_eq!(words(&card(&noon))[0], "dew-needed");
    // Overcast and humid: at any hour.
    let grey = forecast(&[], |_| 92.0);
    assert_eq!(card(&Inputs { wet: None, forecast: Some(&grey), ..noon }).advice, Advice::Go);
    // A moisture is not judged where no range was read.
    assert!(!words(&card(&rape)).iter().any(|word| word.starts_with("moisture")));
}

#[test]
fn rain_is_waited_for_and_a_storm_is_raced() {
    let facts = Preparation::load().unwrap();
    let ready = with(&facts, "wheat", 10.0);
    // 2 mm now, dry from 12:00 on.
    let shower = forecast(&[(10, 1.0), (11, 1.0)], |hour| if hour < 12 { 95.0 } else { 60.0 });
    let told = card(&Inputs { forecast: Some(&shower), ..ready });
    assert_eq!(told.advice, Advice::Wait(Some(Until { t_us: hour(12.0), is_recalled: false })));
    // 4 + 5 + 3 = 12 mm from 20:00 on.
    let storm = forecast(&[(20, 4.0), (21, 5.0), (23, 3.0)], |_| 60.0);
    let told = card(&Inputs { forecast: Some(&storm), ..ready });
    assert_eq!(told.advice, Advice::Race(hour(20.0)));
    assert_eq!(told.reasons[0].values, [("time", "20:00".to_owned()), ("mm", "12".to_owned())]);
    assert!(told.missing.is_empty());
    // Wet grain is raced too, and dried the same day; without a storm it waits. Unripe grain is never cut.
    let wet_grain = Inputs { moisture_pct: Some(27.0), ..ready };
    assert_eq!(card(&wet_grain).advice, Advice::Wait(None));
    let told = card(&Inputs { forecast: Some(&storm), ..wet_grain });
    assert_eq!(told.advice, Advice::Race(hour(20.0)));
    assert!(words(&told).contains(&"dry-same-day"));
    let told = card(&Inputs { forecast: Some(&storm), ripeness: Some(Ripeness::Unripe), ..ready });
    assert_eq!((told.advice, words(&told)[0]), (Advice::Wait(None), "unripe-storm"));
    let told = card(&Inputs { forecast: Some(&storm), ground: Some(Ground::Boggy), ..ready });
    assert_eq!(told.advice, Advice::Wait(None), "no race into a bog");
    // 9 mm, and 12 mm in three days, are no storm.
    let drizzle = forecast(&[(20, 9.0)], |_| 60.0);
    assert_eq!(card(&Inputs { forecast: Some(&drizzle), ..ready }).advice, Advice::Go);
    let late = forecast(&[(60, 20.0)], |_| 60.0);
    assert_eq!(card(&Inputs { forecast: Some(&late), ..ready }).advice, Advice::Go, "50 h ahead");
    // An old forecast is none.
    let next_week = Inputs { now_us: hour(200.0), forecast: Some(&storm), ..ready };
    assert_eq!(card(&next_week).missing, [Missing::Forecast]);
}

#[test]
fn drying_is_set_beside_waiting() {
    // 500 kg × 100 yuan/t ÷ 1000 = 50 yuan a mu = 50 ÷ 2.4 = 20.8 kg = 4.17 %; 6 % of 500 kg at 2.4 yuan are 72 yuan.
    let costs =
        Costs { yield_kg_mu: Some(500.0), drying_per_t: Some(100.0), price_per_kg: Some(2.4), risk_pct: Some(6.0) };
    let cost = costs.cost().unwrap();
    assert_eq!(cost.drying_per_mu, 50.0);
    assert!((cost.drying_kg.unwrap() - 20.833).abs() < 1e-3 && (cost.break_even_pct.unwrap() - 4.1667).abs() < 1e-3);
    assert!((cost.waiting_per_mu.unwrap() - 72.0).abs() < 1e-9);
    let cost = Costs { price_per_kg: None, ..costs }.cost().unwrap();
    assert_eq!((cost.drying_kg, cost.waiting_per_mu), (None, None));
    assert_eq!(Costs { yield_kg_mu: None, ..costs }.cost(), None);
}
