//! Against calculations by hand, and for any masses.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::harvest_mode::HarvestMode;

fn wheat() -> PointRules {
    PointRules { parts: vec![LossPart::Ground, LossPart::Straw, LossPart::Unthreshed], has_ears: false }
}

fn area(length_m: f64, width_m: f64, total_g: f64) -> PointArea {
    let [length_m, width_m, total_g] = [length_m, width_m, total_g].map(Some);
    PointArea { length_m, width_m, total_g, ..PointArea::default() }
}

fn point(area: Vec<PointArea>, yield_kg_mu: f64) -> MeasuredPoint {
    MeasuredPoint {
        crop: "wheat".to_owned(),
        head: PointHead { date: Some("2026-06-10".to_owned()), ..PointHead::default() },
        grain: PointGrain { yield_kg_mu: Some(yield_kg_mu), ..PointGrain::default() },
        shed: NaturalShed { cleared: Some(true), ..NaturalShed::default() },
        area,
        ..MeasuredPoint::default()
    }
}

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("a value");
    assert!((value - expected).abs() < 1e-3 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn the_sheet_of_4_446_and_2_880_grams_gives_1_071_per_cent() {
    // Header 4.446 g/m² and behind 2.880 g/m² (straw 1.880, chaff 1.000) are 7.326 g/m². Of 451.1 kg/mu = 676.65 g/m²:
    // 7.326 / (676.65 + 7.326) = 1.0711 %.
    let of = |kind, grams| PointArea { kind, ..area(1.0, 1.0, grams) };
    let areas = vec![of(AreaKind::Header, 4.446), of(AreaKind::Straw, 1.880), of(AreaKind::Chaff, 1.0)];
    let point = point(areas, 451.1);
    assert_eq!(problems(&point, &wheat()), []);
    let result = result(&point, 12.5);
    near(result.loss_g_m2, 7.326);
    near(result.loss_pct, 1.0711);
}

#[test]
fn areas_are_pooled_by_their_size_and_shed_is_taken_off() {
    // 2.75 m² with 20 g and 5.5 m² with 30 g; shed 1.2 g on 3 m² = 0.4 g/m². (50 − 0.4 × 8.25) / 8.25 = 46.7 / 8.25
    // = 5.6606 g/m²; of 500 kg/mu = 750 g/m²: 5.6606 / 755.6606 = 0.74909 %.
    let mut point = point(vec![area(1.0, 2.75, 20.0), area(2.0, 2.75, 30.0)], 500.0);
    point.shed = NaturalShed { cleared: None, area_m2: Some(3.0), grams: Some(1.2) };
    let result = result(&point, 12.5);
    near(result.loss_g_m2, 5.6606);
    near(result.loss_pct, 0.74909);
    // The first area alone: (20 − 1.1) / 2.75 = 6.8727 g/m².
    near(result.areas[0].loss_g_m2, 6.8727);
}

#[test]
fn moisture_is_corrected_where_it_differs_and_the_base_does_not_matter_to_the_rate() {
    // Yield weighed at 15 %, the lost grain dried to 10 %: at 12.5 % base 7 × 90 / 87.5 = 7.2 g/m² and 600 × 85 / 87.5 =
    // 582.857 g/m²; 7.2 / 590.057 = 1.22022 %.
    let mut dried = point(vec![area(1.0, 1.0, 7.0)], 400.0);
    dried.grain.lost_moisture_pct = Some(10.0);
    assert_eq!(problems(&dried, &wheat())[0].kind, ProblemKind::NeedsMoisture);
    dried.grain.moisture_pct = Some(15.0);
    assert_eq!(problems(&dried, &wheat()), []);
    let at = |base| result(&dried, base);
    near(at(12.5).loss_g_m2, 7.2);
    near(at(12.5).yield_g_m2, 582.857);
    near(at(12.5).loss_pct, 1.22022);
    near(at(14.0).loss_pct, 1.22022);
}

#[test]
fn ears_lie_on_a_strip_of_their_own() {
    // Kernels: 33 g on 2 × 11 m² = 1.5 g/m²; ears: 900 g shelled on 30 m² = 30 g/m²; 31.5 / (900 + 31.5) = 3.38164 %.
    let kernels = PointArea { kind: AreaKind::Kernels, ..area(2.0, 5.5, 16.5) };
    let ears = PointArea { kind: AreaKind::Ears, ..area(10.0, 3.0, 900.0) };
    let maize = PointRules { parts: vec![LossPart::Ground], has_ears: true };
    let mut point = point(vec![kernels, kernels, ears], 600.0);
    assert_eq!(problems(&point, &maize), []);
    near(result(&point, 14.0).loss_pct, 3.38164);
    // Without ears most of the loss is not known.
    point.area.pop();
    assert_eq!(result(&point, 14.0).loss_pct, None);
    assert_eq!(problems(&point, &maize)[0].kind, ProblemKind::KindsIncomplete);
}

#[test]
fn kernels_are_weighed_by_the_thousand_kernel_mass() {
    // 120 kernels of 45 g a thousand are 5.4 g on 2 m²: 2.7 g/m²; of 450 kg/mu = 675 g/m²: 0.39841 %.
    let counted = PointArea { kernels: Some(120.0), total_g: None, ..area(1.0, 2.0, 0.0) };
    let mut point = point(vec![counted], 450.0);
    assert_eq!(problems(&point, &wheat())[0].kind, ProblemKind::NeedsKernelMass);
    point.grain.tkw_g = Some(45.0);
    assert_eq!(problems(&point, &wheat()), []);
    near(result(&point, 12.5).loss_pct, 0.39841);
}

#[test]
fn broken_grain_is_of_the_clean_grain_and_impurity_of_the_sample() {
    // 1000 g with 20 g impurity and 9.8 g broken: 2 % and 9.8 / 980 = 1 %.
    let mut point = point(vec![area(1.0, 1.0, 1.0)], 450.0);
    point.quality =
        PointQuality { sample_g: Some(1000.0), impurity_g: Some(20.0), broken_g: Some(9.8), ..PointQuality::default() };
    let result = result(&point, 12.5);
    near(result.impurity_pct, 2.0);
    near(result.broken_pct, 1.0);
    point.quality.broken_g = Some(1001.0);
    assert_eq!(problems(&point, &wheat())[0].kind, ProblemKind::MoreThanSample);
}

#[test]
fn what_is_missing_or_cannot_be_is_named_by_its_item() {
    let mut bad = point(vec![PointArea { ground_g: Some(3.0), ..area(1.0, 2.0, 0.0) }], 450.0);
    bad.area[0].total_g = None;
    bad.head.date = Some("2026-02-29".to_owned());
    bad.head.start = Some("24:00".to_owned());
    bad.head.stubble_cm = Some(1500.0);
    bad.head.county = Some("two\nlines".to_owned());
    bad.shed = NaturalShed::default();
    let found: Vec<(String, ProblemKind)> =
        problems(&bad, &wheat()).into_iter().map(|problem| (problem.key, problem.kind)).collect();
    let key = |key: &str| key.to_owned();
    for expected in [
        (key("head.date"), ProblemKind::NotADay),
        (key("head.start"), ProblemKind::NotATime),
        (key("head.stubble_cm"), ProblemKind::OutOfRange(0.0, 300.0)),
        (key("head.county"), ProblemKind::BadText),
        (key("shed.cleared"), ProblemKind::ShedUnknown),
        (key("area.1.straw_g"), ProblemKind::Missing),
        (key("area.1.unthreshed_g"), ProblemKind::Missing),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not in {found:?}");
    }
    assert_eq!(found.len(), 7, "{found:?}");
    // More lay there before than was found.
    let mut shed = point(vec![area(1.0, 1.0, 1.0)], 450.0);
    shed.shed = NaturalShed { cleared: Some(false), area_m2: Some(1.0), grams: Some(2.0) };
    assert_eq!(problems(&shed, &wheat())[0].kind, ProblemKind::BelowShed);
}

#[test]
fn every_item_of_a_point_is_in_the_list_and_in_the_form() {
    let json = serde_json::to_value(tests_point()).unwrap();
    let mut keys = Vec::new();
    for (name, value) in json.as_object().unwrap() {
        match value.as_object() {
            Some(table) => keys.extend(table.keys().map(|key| format!("{name}.{key}"))),
            None if name != "area" && name != "photo" => keys.push(name.clone()),
            None => {}
        }
    }
    keys.sort();
    let mut listed: Vec<String> = FIELDS.iter().map(|field| field.key.to_owned()).collect();
    listed.sort();
    assert_eq!(keys, listed);
    let of_area: Vec<&str> = AREA_FIELDS.iter().map(|field| field.key).collect();
    let mut found: Vec<&String> = json["area"][0].as_object().unwrap().keys().collect();
    found.sort_by_key(|key| of_area.iter().position(|name| name == key));
    assert_eq!(found, of_area);
}

#[test]
fn an_item_is_read_and_set_by_its_key() {
    let all = tests_point();
    assert_eq!(all.value("area.1.ground_g"), 10.0);
    assert_eq!(all.value("area.2.ground_g"), Value::Null);
    for field in FIELDS {
        let same = all.with_value(field.key, all.value(field.key)).unwrap();
        assert_eq!(same, all, "{}", field.key);
        if field.key != "crop" {
            let without = all.with_value(field.key, Value::Null).unwrap();
            assert_ne!(without, all, "{}", field.key);
        }
    }
    let more = all.with_value("area.2.total_g", 3.0.into()).unwrap();
    assert_eq!((more.area.len(), more.area[1].total_g), (2, Some(3.0)));
    for bad in ["area.4.total_g", "area.0.total_g", "area", "head", "photo.1.name", "head.county.x", "", "nothing"] {
        assert_eq!(all.with_value(bad, 1.0.into()), None, "{bad}");
    }
    assert_eq!(all.with_value("grain.tkw_g", "heavy".into()), None);
}

/// A point with every item filled in.
fn tests_point() -> MeasuredPoint {
    let text = |text: &str| Some(text.to_owned());
    MeasuredPoint {
        crop: "wheat".to_owned(),
        mode: Some(HarvestMode::FullFeed),
        session: Some(1),
        head: PointHead {
            year: Some(2026),
            season: text("三夏"),
            province: text("山东"),
            city: text("聊城"),
            county: text("莘县"),
            township: text("张鲁"),
            village: text("西街"),
            point: text("7"),
            field: text("东地"),
            field_mu: Some(12.0),
            variety: text("济麦22"),
            date: text("2026-06-10"),
            start: text("09:30"),
            end: text("10:40"),
            operator: text("王"),
            phone: text("1"),
            plate: text("鲁15"),
            maker: text("厂"),
            model: text("4LZ-8"),
            feed_kg_s: Some(8.0),
            cut_width_m: Some(2.75),
            serial: text("S1"),
            stubble_cm: Some(14.0),
            lodging: Some(LodgingClass::None),
            latitude_deg: Some(36.2),
            longitude_deg: Some(115.6),
            unit: text("站"),
            measured_by: text("甲"),
            recorded_by: text("乙"),
            reviewed_by: text("丙"),
            witnesses: vec!["丁".to_owned()],
            remarks: text("晴"),
        },
        grain: PointGrain {
            yield_kg_mu: Some(500.0),
            moisture_pct: Some(15.0),
            yield_moisture_pct: Some(15.0),
            lost_moisture_pct: Some(14.0),
            base_moisture_pct: Some(12.5),
            tkw_g: Some(45.0),
        },
        shed: NaturalShed { cleared: Some(false), area_m2: Some(3.0), grams: Some(1.0) },
        quality: PointQuality {
            sample_g: Some(1000.0),
            impurity_g: Some(10.0),
            broken_g: Some(5.0),
            impurity_pct: Some(1.0),
            broken_pct: Some(0.5),
        },
        area: vec![PointArea {
            kind: AreaKind::All,
            length_m: Some(1.0),
            width_m: Some(2.75),
            ground_g: Some(10.0),
            straw_g: Some(1.0),
            unthreshed_g: Some(1.0),
            total_g: Some(12.0),
            kernels: Some(260.0),
        }],
        photo: Vec::new(),
    }
}

proptest! {
    /// Cutting an area in two, each with its part of the grain, changes nothing of the sum; the parts add up to the whole.
    #[test]
    fn areas_add_up(
        sizes in prop::collection::vec((0.1f64..20.0, 0.3f64..10.0, 0.0f64..500.0), 1..12),
        shed_g_m2 in 0.0f64..0.01,
        grain in 50.0f64..2000.0,
    ) {
        let areas: Vec<PointArea> = sizes.iter().map(|(l, w, g)| area(*l, *w, *g)).collect();
        let halves: Vec<PointArea> =
            sizes.iter().flat_map(|(l, w, g)| [area(*l / 2.0, *w, *g * 0.3), area(*l / 2.0, *w, *g * 0.7)]).collect();
        let with_shed = |areas| {
            let mut point = point(areas, grain);
            point.shed = NaturalShed { cleared: None, area_m2: Some(1.0), grams: Some(shed_g_m2) };
            result(&point, 12.5)
        };
        let (whole, cut) = (with_shed(areas), with_shed(halves));
        let (a, b) = (whole.loss_g_m2.unwrap(), cut.loss_g_m2.unwrap());
        prop_assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
        let found: f64 = whole.areas.iter().map(|area| area.found_g.unwrap() - area.shed_g.unwrap()).sum();
        prop_assert!((found - a * whole.kinds[0].area_m2).abs() < 1e-6 * (1.0 + found.abs()));
        let by_size: f64 = whole.areas.iter().map(|area| area.loss_g_m2.unwrap() * area.area_m2.unwrap()).sum();
        prop_assert!((by_size - found).abs() < 1e-6 * (1.0 + found.abs()));
    }

    /// No file makes it panic: it is refused by line, or read, and what is read is refused by item or has a result.
    #[test]
    fn any_file_is_refused_or_read(
        at in 0usize..2000,
        cut in 0usize..40,
        put in "[ -~\\n\\u{4e00}-\\u{4e10}]{0,12}",
    ) {
        let whole = toml::to_string(&tests_point()).unwrap();
        let chars: Vec<char> = whole.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        let text: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        match crate::data_file::parse::<MeasuredPoint>("p.toml", &text) {
            Ok(point) => {
                let found = problems(&point, &wheat());
                let result = result(&point, 12.5);
                prop_assert!(!found.is_empty() || result.loss_g_m2.is_some_and(f64::is_finite), "{text}");
                prop_assert!(found.iter().all(|problem| !problem.key.is_empty()));
            }
            Err(error) => prop_assert!(error.to_string().starts_with("p.toml")),
        }
    }

    /// No numbers make it panic, and no rate is outside 0 to 100 where nothing is refused.
    #[test]
    fn any_numbers_are_refused_or_give_a_rate(
        values in prop::collection::vec(prop::num::f64::ANY, 8),
        kind in 0usize..6,
    ) {
        let [length_m, width_m, ground_g, straw_g, unthreshed_g, yield_kg_mu, shed, moisture] = values[..] else {
            return Ok(());
        };
        let [length_m, width_m, ground_g, straw_g, unthreshed_g] =
            [length_m, width_m, ground_g, straw_g, unthreshed_g].map(Some);
        let area =
            PointArea { kind: AreaKind::ALL[kind], length_m, width_m, ground_g, straw_g, unthreshed_g, ..PointArea::default() };
        let mut point = point(vec![area], yield_kg_mu);
        point.shed = NaturalShed { cleared: None, area_m2: Some(1.0), grams: Some(shed) };
        point.grain.moisture_pct = Some(moisture);
        let found = problems(&point, &wheat());
        let loss = result(&point, 12.5).loss_pct;
        if found.is_empty() {
            prop_assert!(loss.is_some_and(|pct| (0.0..=100.0).contains(&pct)), "{point:?} {loss:?}");
        }
    }
}
