//! Any text as a forecast: refused with line and field, or read, and then in order of time.
#![no_main]

use grainloss_preparation::Forecast;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match Forecast::parse(&text) {
        Ok(forecast) => {
            let hours = forecast.hours();
            assert!(!hours.is_empty() && hours.is_sorted_by(|a, b| a.until_us <= b.from_us));
            assert!(hours.iter().all(|hour| hour.from_us < hour.until_us));
        }
        Err(error) => assert!(!error.place.is_empty()),
    }
});
