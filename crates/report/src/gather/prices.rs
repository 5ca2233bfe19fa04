//! The prices that were said in a session.

use crate::model::Prices;
use grainloss_core::record::EventRecord;

/// The prices that were said last in a session.
pub fn prices(events: &[EventRecord]) -> Prices {
    let mut prices = Prices::default();
    for event in events.iter().filter(|event| event.kind == "price") {
        match &*event.id {
            "grain" => prices.grain_per_kg = event.value,
            "hour" => prices.hour = event.value,
            _ => {}
        }
    }
    prices
}
