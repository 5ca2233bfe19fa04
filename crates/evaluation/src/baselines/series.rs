//! A loss for each second of a harvest, and means over the last seconds.

/// Length of the moving averages, s.
pub(super) const AVERAGE_S: usize = 10;
/// Loss behind the machine in each second, kg/s: as it was reported in that second, and as recomputed at
/// the end with all pans.
#[derive(Debug, PartialEq)]
pub(super) struct Series {
    pub live: Vec<Option<f64>>,
    pub at_end: Vec<Option<f64>>,
}

impl Series {
    pub fn constant(values: Vec<Option<f64>>, factor: f64) -> Self {
        let live: Vec<_> = values.into_iter().map(|value| value.map(|value| value * factor)).collect();
        Self { at_end: live.clone(), live }
    }
}

/// The mean of the last seconds up to this one.
pub(super) fn average(values: &[Option<f64>], at: usize) -> Option<f64> {
    mean(values[(at + 1).saturating_sub(AVERAGE_S)..=at].iter().copied().flatten())
}

/// The mean; `None` of no values.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
