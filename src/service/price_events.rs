//! Prices as the journal stores them: an event for each number that is known.

use grainloss_core::record::EventRecord;
use grainloss_protocol::prices::PriceEntry;

/// The events of an entry at this time; `from` is the sender, `None` the configuration. Without a sender, what is not known
/// has no event.
pub fn price_events(entry: &PriceEntry, t_us: i64, from: Option<&str>) -> Vec<EventRecord> {
    let items = entry.items().into_iter().filter(|(_, value)| value.is_some() || from.is_some());
    let event = |(id, value)| EventRecord {
        value,
        stream: from.map(|from| from.to_owned().into()),
        ..EventRecord::new(t_us, "price", id)
    };
    items.map(event).collect()
}
