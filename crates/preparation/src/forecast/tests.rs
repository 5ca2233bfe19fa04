use super::*;
use grainloss_knowledge::Words;
use proptest::prelude::*;

/// 2025-06-10 00:00 UTC.
const START_US: i64 = 1_749_513_600_000_000;

fn refused(text: &str) -> (ForecastProblem, String, String) {
    let error = Forecast::parse(text).unwrap_err();
    (error.problem, error.place, error.field)
}

#[test]
fn csv_is_read_by_its_columns_and_an_empty_field_is_unknown() {
    let text =
        "time,humidity_pct,rain_mm\n2025-06-10T08:00+08:00,95,0\n2025-06-10T02:00Z,,1.5\n2025-06-10T04:00Z,60,4\n";
    let forecast = Forecast::parse(text).unwrap();
    let hours = forecast.hours();
    assert_eq!(hours.len(), 3);
    assert_eq!((hours[0].from_us, hours[0].until_us), (START_US, START_US + 2 * HOUR_US));
    assert_eq!((hours[0].humidity_pct, hours[1].humidity_pct, hours[0].wind_m_s), (Some(95.0), None, None));
    // 1.5 mm in two hours.
    assert_eq!(hours[1].rain_mm_h(), Some(0.75));
    assert_eq!(forecast.at(START_US + 3 * HOUR_US).unwrap().rain_mm, Some(1.5));
    assert_eq!(forecast.at(START_US - 1), None);
    assert_eq!(forecast.at(START_US + 5 * HOUR_US), None, "the last line holds for an hour");
}

#[test]
fn open_meteo_is_read_with_its_offset_its_units_and_rain_of_the_hour_before() {
    let text = r#"{"utc_offset_seconds":28800,"hourly_units":{"wind_speed_10m":"km/h","precipitation":"mm"},
        "hourly":{"time":["2025-06-10T08:00","2025-06-10T09:00","2025-06-10T10:00"],
        "precipitation":[9.0,0.5,null],"relative_humidity_2m":[95,80,60],"wind_speed_10m":[36.0,18.0,0]}}"#;
    let hours = Forecast::parse(text).unwrap().hours().to_vec();
    assert_eq!(hours[0].from_us, START_US);
    // 0.5 mm stated at 9:00 fell from 8:00 on; what follows is not known.
    assert_eq!([hours[0].rain_mm, hours[1].rain_mm, hours[2].rain_mm], [Some(0.5), None, None]);
    // 36 km/h = 10 m/s.
    assert_eq!((hours[0].wind_m_s, hours[0].temperature_c), (Some(10.0), None));
    let unix = text
        .replace("\"2025-06-10T08:00\",\"2025-06-10T09:00\",\"2025-06-10T10:00\"", "1749513600,1749517200,1749520800");
    assert_eq!(Forecast::parse(&unix).unwrap().hours(), &hours[..]);
}

#[test]
fn a_bad_forecast_is_refused_by_line_and_field() {
    use ForecastProblem as P;
    let csv = |rows: &str| refused(&format!("time,rain_mm\n2025-06-10 08:00,0\n{rows}"));
    let at = |problem, place: &str, field: &str| (problem, place.to_owned(), field.to_owned());
    assert_eq!(csv("soon,1\n"), at(P::Time, "3", "time"));
    assert_eq!(csv("2025-06-10 09:00,-1\n"), at(P::Number, "3", "rain_mm"));
    assert_eq!(csv("2025-06-10 09:00,NaN\n"), at(P::Number, "3", "rain_mm"));
    assert_eq!(csv("2025-06-10 09:00,0\n2025-06-10 09:00,0\n"), at(P::Order, "4", "time"));
    assert_eq!(csv("2025-06-10 09:00\n"), at(P::Count, "3", "-"));
    assert_eq!(refused("time,regen\n"), at(P::Unknown, "1", "regen"));
    assert_eq!(refused("time,time\n"), at(P::Twice, "1", "time"));
    assert_eq!(refused("rain_mm\n1\n"), at(P::Missing, "1", "time"));
    assert_eq!(refused("time\n").0, P::Length);
    assert_eq!(refused(""), at(P::Missing, "1", "time"));
    assert_eq!(refused("{\n\"hourly\":\n"), at(P::Form, "3", "JSON"));
    assert_eq!(refused("{}"), at(P::Missing, "JSON", "hourly"));
    let json = |list: &str| {
        refused(&format!(
            r#"{{"hourly_units":{{"wind_speed_10m":"bft"}},"hourly":{{"time":["2025-06-10T08:00"],{list}}}}}"#
        ))
    };
    assert_eq!(json(r#""precipitation":[1,2]"#), at(P::Count, "JSON", "hourly.precipitation"));
    assert_eq!(json(r#""relative_humidity_2m":[101]"#), at(P::Number, "JSON", "hourly.relative_humidity_2m[0]"));
    assert_eq!(json(r#""wind_speed_10m":[1]"#), at(P::Unit, "JSON", "hourly_units.wind_speed_10m"));
    let words = Words::new(grainloss_knowledge::Lang::Zh);
    for problem in P::ALL {
        let text = ForecastError::new(problem, "3", "rain_mm", "x").text("f.csv", &words);
        assert!(!text.contains("forecast-bad") && text.contains("f.csv") && text.contains('3'), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n){0,200}") {
        drop(Forecast::parse(&text));
    }

    #[test]
    fn any_table_is_read_or_refused(
        rows in prop::collection::vec(("[0-9TZ:+ -]{0,20}|2025-06-1[0-9] [0-2][0-9]:00", "[0-9.e+-]{0,8}"), 0..20),
    ) {
        let rows: Vec<String> = rows.iter().map(|(time, rain)| format!("{time},{rain}")).collect();
        if let Ok(forecast) = Forecast::parse(&format!("time,rain_mm\n{}\n", rows.join("\n"))) {
            prop_assert!(forecast.hours().is_sorted_by(|a, b| a.until_us <= b.from_us && a.from_us < a.until_us));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(
        times in prop::collection::vec(prop_oneof![any::<i64>().prop_map(|n| n.to_string()), Just("\"2025-06-10T08:00\"".to_owned())], 0..6),
        offset in any::<i64>(), rain in prop::collection::vec(any::<f64>().prop_map(|x| if x.is_finite() { format!("{x:e}") } else { "null".to_owned() }), 0..6),
    ) {
        let text = format!(
            "{{\"utc_offset_seconds\":{offset},\"hourly\":{{\"time\":[{}],\"precipitation\":[{}]}}}}",
            times.join(","), rain.join(",")
        );
        drop(Forecast::parse(&text));
    }
}
