//! Who drove when in a session: the name entered at its start, those entered while it ran, and corrections.

/// A time in which one person drove: from `from_us` to the next one's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverSpan {
    /// What is dated later than this belongs to it, microseconds of bus time; `i64::MIN` for the first.
    pub from_us: i64,
    /// Name of who drove; `None` when none was entered.
    pub operator: Option<String>,
}

/// Who drove when in a session. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drivers(Vec<DriverSpan>);

impl Drivers {
    /// Only this one, from the start on; `None` when no name was entered.
    pub fn only(operator: Option<String>) -> Self {
        Self(vec![DriverSpan { from_us: i64::MIN, operator }])
    }

    /// Adds a change of the driver. The same name again is no change.
    pub(super) fn entered(&mut self, from_us: i64, operator: Option<String>) {
        if self.0.last().is_none_or(|last| last.operator != operator) {
            self.0.push(DriverSpan { from_us, operator });
        }
    }

    /// Applies a correction: who was called `was` is called `value`.
    pub(super) fn corrected(&mut self, was: Option<&str>, value: Option<&str>) {
        for span in self.0.iter_mut().filter(|span| span.operator.as_deref() == was) {
            span.operator = value.map(str::to_owned);
        }
        self.0.dedup_by(|next, before| next.operator == before.operator);
    }

    /// The times in order.
    pub fn spans(&self) -> &[DriverSpan] {
        &self.0
    }

    /// Which of the times this moment, µs of bus time, belongs to. What is dated exactly at a change is the former's.
    pub fn span_at(&self, t_us: i64) -> usize {
        self.0.iter().rposition(|span| span.from_us < t_us).unwrap_or(0)
    }

    /// Everyone who drove, each once, in the order in which they first drove.
    pub fn names(&self) -> Vec<Option<&str>> {
        let mut names: Vec<Option<&str>> = Vec::new();
        for span in &self.0 {
            if !names.contains(&span.operator.as_deref()) {
                names.push(span.operator.as_deref());
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_no_change_and_a_correction_renames_one_person_only() {
        let mut drivers = Drivers::only(Some("张三".into()));
        drivers.entered(5, Some("张三".into()));
        drivers.entered(9, Some("周八".into()));
        assert_eq!(drivers.spans().iter().map(|span| span.from_us).collect::<Vec<_>>(), [i64::MIN, 9]);
        assert_eq!([8, 9, 10].map(|t_us| drivers.span_at(t_us)), [0, 0, 1]);
        drivers.corrected(Some("周八"), Some("周把"));
        assert_eq!(drivers.names(), [Some("张三"), Some("周把")]);
        drivers.corrected(Some("周把"), Some("张三"));
        assert_eq!(drivers, Drivers::only(Some("张三".into())));
    }
}
