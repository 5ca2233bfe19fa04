//! An event of a session, as the journal stores it and the screens list it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// An event of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// When, microseconds since 1970-01-01 UTC, bus time.
    pub t_us: i64,
    /// What kind: `alarm-raised`, `alarm-cleared`, `acknowledged`, `notice`, `pan`, `setting`, `operator`, `bus`, `clock`,
    /// `lost`, `trouble` and `trouble-over` (a trouble code has come or gone), `doubt` and `doubt-over` (readings contradict
    /// each other) and others.
    pub kind: Cow<'static, str>,
    /// Which alarm, which operator fault, which setting, what happened to the bus, or a name.
    pub id: Cow<'static, str>,
    /// Level of an alarm: 1 low, 2 medium, 3 high; `None` for anything else.
    pub level: Option<u8>,
    /// The loss stream or the loss sensor; the interface of a bus; the source address
    /// of a trouble code; the sender of an operator command.
    pub stream: Option<Cow<'static, str>>,
    /// How often so far; for the level alarm how far above the limit the loss is (1 may be above, 2 above, 3 far above);
    /// the number of a pan; how many records, or frames, were lost; how often
    /// a trouble code has occurred.
    pub count: Option<i64>,
    /// Loss in per cent when an alarm was raised, or its word changed; for `clock` the seconds of a gap or jump; for `pan` the natural logarithm
    /// of found over expected; the value of a setting; for a trouble code the gravest lamp that its controller had on, 1 malfunction
    /// indicator, 2 protect, 3 amber warning, 4 red stop. `None` where there is no number.
    pub value: Option<f64>,
}

impl EventRecord {
    /// An event with nothing but its time, kind and identifier.
    pub const fn new(t_us: i64, kind: &'static str, id: &'static str) -> Self {
        let (kind, id) = (Cow::Borrowed(kind), Cow::Borrowed(id));
        Self { t_us, kind, id, level: None, stream: None, count: None, value: None }
    }

    /// True for events that come from the machine or from this program. Events that an operator entered may carry a name.
    pub fn is_impersonal(&self) -> bool {
        self.kind.starts_with("alarm-")
            || [
                "notice",
                "advice",
                "setting",
                "setting-judged",
                "trouble",
                "trouble-over",
                "doubt",
                "doubt-over",
                "calibration",
                "habit",
                "habit-over",
                "habits",
                "bus",
                "clock",
                "lost",
                "capture",
                "reload",
                "journal",
            ]
            .contains(&&*self.kind)
    }
}
