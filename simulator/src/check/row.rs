//! A row of the table that the check makes.

/// A figure of the simulator beside that of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// What is compared.
    pub what: &'static str,
    /// Its unit; `-` for a ratio.
    pub unit: &'static str,
    /// What the simulator does.
    pub simulated: f64,
    /// The least that the source allows.
    pub low: f64,
    /// The most that it allows.
    pub high: f64,
    /// Who measured it.
    pub source: &'static str,
}

impl CheckRow {
    /// True when the simulated figure lies in the source's range; one that cannot be computed does not.
    pub fn passes(&self) -> bool {
        (self.low..=self.high).contains(&self.simulated)
    }
}

/// A row, as the parts of the check write it.
pub(super) fn row(
    what: &'static str,
    unit: &'static str,
    simulated: f64,
    range: (f64, f64),
    source: &'static str,
) -> CheckRow {
    CheckRow { what, unit, simulated, low: range.0, high: range.1, source }
}
