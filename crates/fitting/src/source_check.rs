//! What came of the sources of a channel.

use grainloss_core::machine::{ReadingState, SourceReading};

/// How often each state was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States([u64; ReadingState::ALL.len()]);

impl States {
    pub(crate) fn add(&mut self, state: ReadingState) {
        self.0[state as usize] += 1;
    }

    /// The share of all looks at which it was in this state, 0..=1.
    pub fn share(&self, state: ReadingState) -> f64 {
        self.0[state as usize] as f64 / self.0.iter().sum::<u64>().max(1) as f64
    }
}

/// What came of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceCheck {
    /// What it is, in the profile's words.
    pub origin: String,
    /// Its states.
    pub states: States,
    /// The newest raw code.
    pub raw: Option<i64>,
    /// The newest value, in the channel's unit.
    pub value: Option<f64>,
    /// The lowest and the highest value.
    pub range: Option<(f64, f64)>,
    /// Older than this, µs, its value is stale; `i64::MAX` for what is sent on change only.
    pub timeout_us: i64,
    /// How often it was the best that the channel had.
    used: u64,
    /// Where its counter begins again.
    modulus: Option<u64>,
    updates: Updates,
    counter: CounterSteps,
}

/// How often a value came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Updates {
    first_us: Option<i64>,
    last_us: i64,
    count: u64,
}

/// How a counter went on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct CounterSteps {
    last: Option<i64>,
    rises: u64,
    falls: u64,
}

impl SourceCheck {
    /// A source that has not been looked at yet.
    pub(crate) fn new(reading: &SourceReading<'_>) -> Self {
        let (timeout_us, modulus) = (reading.timeout_us, reading.counter_modulus);
        Self { origin: reading.origin.to_owned(), timeout_us, modulus, ..Self::default() }
    }

    /// A look at it, `every_us` after the last one.
    pub(crate) fn look(&mut self, reading: &SourceReading<'_>, t_us: i64, every_us: i64) {
        self.states.add(reading.state);
        self.value = reading.value.or(self.value);
        widen(&mut self.range, reading.value);
        if reading.age_us.is_some_and(|age_us| age_us < every_us) {
            self.updates.first_us.get_or_insert(t_us);
            self.updates.last_us = t_us;
            self.updates.count += 1;
        }
        if let (Some(modulus), Some(raw), true) = (self.modulus, reading.raw, reading.value.is_some()) {
            let step = self.counter.last.replace(raw).map_or(0, |last| raw - last);
            // Past its end a counter begins again: that is no fall.
            let wraps = step < 0 && -step > modulus as i64 / 2;
            self.counter.rises += u64::from(step > 0 || wraps);
            self.counter.falls += u64::from(step < 0 && !wraps);
        }
        self.raw = reading.raw.or(self.raw);
    }

    /// It was the best that the channel had.
    pub(crate) fn used(&mut self) {
        self.used += 1;
    }

    /// The mean time between two values, s; `None` where fewer than three came. Nothing below the time between two looks.
    pub fn period_s(&self) -> Option<f64> {
        let Updates { first_us, last_us, count } = self.updates;
        (count > 2).then(|| (last_us - first_us.unwrap_or(last_us)) as f64 / 1e6 / (count - 1) as f64)
    }

    /// How often its counter fell beyond beginning again, and how often it rose; `None` for what is no counter.
    pub fn counter_steps(&self) -> Option<(u64, u64)> {
        self.modulus.map(|_| (self.counter.falls, self.counter.rises))
    }
}

/// What came of a channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelCheck {
    /// Its states.
    pub states: States,
    /// The lowest and the highest value.
    pub range: Option<(f64, f64)>,
    /// Its sources, the most trusted first; none: the profile does not map it.
    pub sources: Vec<SourceCheck>,
}

impl ChannelCheck {
    /// The source that it took its value from most of the time; `None` when it never had one.
    pub fn in_use(&self) -> Option<&SourceCheck> {
        self.sources.iter().filter(|source| source.used > 0).max_by_key(|source| source.used)
    }
}

/// Takes a value into a range.
pub(crate) fn widen(range: &mut Option<(f64, f64)>, value: Option<f64>) {
    if let Some(value) = value {
        let (low, high) = range.unwrap_or((value, value));
        *range = Some((low.min(value), high.max(value)));
    }
}
