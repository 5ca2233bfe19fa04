//! An event: an alarm, a fault, what happened to a bus or the clock.

use std::borrow::Cow;

use serde::Serialize;

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredEvent {
    /// When, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// `alarm-raised`, `alarm-cleared`, `notice`, `pan`, `bus`, `clock` or `lost`.
    pub kind: Cow<'static, str>,
    /// Which alarm, which operator fault, or what happened to the bus or the clock.
    pub id: Cow<'static, str>,
    /// 1 low, 2 medium, 3 high.
    pub level: Option<u8>,
    /// The loss stream or the sensor plate; for `bus` the interface. `None` where the event concerns neither.
    pub stream: Option<Cow<'static, str>>,
    /// How often so far; for `lost` how many records or frames. `None` where nothing is counted.
    pub count: Option<i64>,
    /// Loss in per cent when an alarm was raised; for `clock` the seconds of a gap or jump; for `pan` the natural
    /// logarithm of found over expected. `None` where there is no number.
    pub value: Option<f64>,
}

impl StoredEvent {
    /// An event with time, kind and identifier; all other fields `None`.
    pub const fn new(t_us: i64, kind: &'static str, id: &'static str) -> Self {
        let (kind, id) = (Cow::Borrowed(kind), Cow::Borrowed(id));
        Self { t_us, kind, id, level: None, stream: None, count: None, value: None }
    }
}
