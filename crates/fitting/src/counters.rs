//! Which parts of a payload count: a running number that goes up by one with every frame, or a total that only grows.

/// How many bytes of a payload are looked at: those of a classic frame.
const BYTES: usize = 8;
/// A running number may miss this share of its steps: frames get lost.
const MISSED: f64 = 0.05;
/// Fewer steps prove nothing.
const LEAST_STEPS: u32 = 16;
/// A total that grows by more than this between two frames is no total but a value that jumps (our choice).
const MOST_GROWTH: u16 = 4096;
/// A total must have grown so often.
const LEAST_GROWTHS: u32 = 8;

/// Watches the payloads of one identifier.
#[derive(Clone, Debug, Default)]
pub(super) struct CounterWatch {
    last: Option<[u8; BYTES]>,
    steps: u32,
    /// For each byte, low nibble and high nibble: how often it went up by one, round its end.
    ups: [[u32; 3]; BYTES],
    /// For each pair of bytes from an even place, low byte first: how often it grew a little, and whether it ever did
    /// something else.
    grew: [(u32, bool); BYTES / 2],
}

impl CounterWatch {
    pub fn take(&mut self, payload: &[u8]) {
        let mut bytes = [0; BYTES];
        for (to, from) in bytes.iter_mut().zip(payload) {
            *to = *from;
        }
        let Some(last) = self.last.replace(bytes) else { return };
        self.steps += 1;
        for (at, ups) in self.ups.iter_mut().enumerate() {
            let (then, now) = (last[at], bytes[at]);
            ups[0] += u32::from(now == then.wrapping_add(1));
            ups[1] += u32::from(now & 0xF == (then & 0xF).wrapping_add(1) & 0xF);
            ups[2] += u32::from(now >> 4 == (then >> 4).wrapping_add(1) & 0xF);
        }
        for (pair, (grew, other)) in self.grew.iter_mut().enumerate() {
            let word = |bytes: [u8; BYTES]| u16::from_le_bytes([bytes[2 * pair], bytes[2 * pair + 1]]);
            let growth = word(bytes).wrapping_sub(word(last));
            *grew += u32::from((1..MOST_GROWTH).contains(&growth));
            *other |= growth >= MOST_GROWTH;
        }
    }

    /// The places that count, as bytes from 1: `8` a byte, `8L` and `8H` its nibbles, `1-2` a growing total.
    pub fn found(&self) -> Vec<String> {
        let mut found = Vec::new();
        let enough = |ups: u32| self.steps >= LEAST_STEPS && f64::from(ups) >= f64::from(self.steps) * (1.0 - MISSED);
        for (at, ups) in self.ups.iter().enumerate() {
            // A byte that counts has a low nibble that counts.
            match ups.map(enough) {
                [true, ..] => found.push(format!("{}", at + 1)),
                [_, low, high] => {
                    found.extend(low.then(|| format!("{}L", at + 1)));
                    found.extend(high.then(|| format!("{}H", at + 1)));
                }
            }
        }
        for (pair, (grew, other)) in self.grew.iter().enumerate() {
            let numbered = (2 * pair + 1..=2 * pair + 2).any(|byte| found.iter().any(|f| *f == byte.to_string()));
            if self.steps >= LEAST_STEPS && *grew >= LEAST_GROWTHS && !other && !numbered {
                found.push(format!("{}-{}", 2 * pair + 1, 2 * pair + 2));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(payloads: impl Iterator<Item = [u8; 8]>) -> Vec<String> {
        let mut watch = CounterWatch::default();
        payloads.for_each(|payload| watch.take(&payload));
        watch.found()
    }

    #[test]
    fn running_numbers_and_totals_are_told_from_measurements() {
        // Byte 1: a running number. Byte 2: its low nibble alone runs. Bytes 3 and 4: a total that grows by 0 to 2 and
        // runs through the end of its sixteen bits. Bytes 5 and 6: a speed that goes up and down. Byte 8: constant.
        let payloads = (0..400u16).map(|n| {
            let total = 65_300u16.wrapping_add(n + n / 2).to_le_bytes();
            let speed = (1000.0 + 300.0 * (f64::from(n) / 20.0).sin()) as u16;
            let [low, high] = speed.to_le_bytes();
            [n as u8, 0x50 | (n as u8 & 0xF), total[0], total[1], low, high, 0xFF, 7]
        });
        assert_eq!(found(payloads), ["1", "2L", "3-4"]);
        assert!(found(std::iter::repeat_n([1, 2, 3, 4, 5, 6, 7, 8], 100)).is_empty());
        assert!(found((0..10).map(|n| [n; 8])).is_empty(), "too few to tell");
    }
}
