//! How long to wait after a failure.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(2);
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(10);
/// Twice 2 s until 10 min are passed.
const MOST_DOUBLINGS: u32 = 9;

/// Waits that double from 2 s to 10 min. Each is shortened by up to a quarter, by the machine's own number, so that a thousand
/// cabs whose store was away do not come back in one second.
#[derive(Clone, Debug)]
pub struct Backoff {
    seed: String,
    failures: u32,
    longest: Duration,
}

impl Backoff {
    /// The waits of this machine.
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), failures: 0, longest: LONGEST }
    }

    /// The same, none longer than this.
    #[must_use]
    pub fn at_most(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// It worked.
    pub fn worked(&mut self) {
        self.failures = 0;
    }

    /// The newest try failed.
    pub fn is_waiting(&self) -> bool {
        self.failures > 0
    }

    /// It failed: the time to wait.
    pub fn failed(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(MOST_DOUBLINGS)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        let mut hash = DefaultHasher::new();
        (&self.seed, self.failures).hash(&mut hash);
        let share = (hash.finish() % 1000) as u32;
        whole.saturating_sub(whole / 4 * share / 1000)
    }
}
