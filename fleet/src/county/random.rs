//! Random numbers that are the same on every computer.

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of this seed and these numbers.
    pub(super) fn of(seed: u64, numbers: &[u64]) -> Self {
        let mut random = Self(seed);
        for number in numbers {
            random.0 = random.next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1);
        low + (self.next() % span) as i64
    }

    /// Whether it happens, so many times in a thousand.
    pub(super) fn happens(&mut self, permille: i64) -> bool {
        self.between(1, 1000) <= permille
    }
}
