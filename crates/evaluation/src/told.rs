//! What a monitor said, second by second, in the one form in which all of them are judged.

/// A figure, and its 90 % interval where the monitor has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// The figure.
    pub value: f64,
    /// Its 90 % interval, `None` for a monitor that knows none.
    pub band: Option<(f64, f64)>,
}

impl Said {
    /// A figure without an interval.
    pub const fn bare(value: f64) -> Self {
        Self { value, band: None }
    }
}

/// A harvest as a monitor told it. Places in the lists are seconds of the harvest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Loss behind the machine in each second, kg/s; `None` where it said nothing.
    pub rear_kg_s: Vec<Option<Said>>,
    /// Loss behind the machine of the session, kg, as it stands at the end.
    pub rear_kg: Option<Said>,
    /// All loss of the session, kg, likewise.
    pub total_kg: Option<Said>,
    /// When a level alarm stood: first second, and the one after the last.
    pub level_alarms: Vec<(usize, usize)>,
    /// When an alarm of loss, of whatever kind, was raised.
    pub raised: Vec<usize>,
}
