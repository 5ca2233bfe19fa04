//! What each byte of a payload does: its range, the bits that change, and how much it says.

/// Entropy is measured for these bytes only, so that memory is bounded: those of a classic frame.
const MEASURED: usize = 8;

/// Watches a byte.
#[derive(Clone, Debug, Default)]
struct ByteWatch {
    seen: u32,
    last: u8,
    min: u8,
    max: u8,
    flipped: u8,
    /// How often each value has come; `None` as long as there was only one, and for bytes that are not measured.
    values: Option<Box<[u32; 256]>>,
}

impl ByteWatch {
    fn take(&mut self, byte: u8, measured: bool) {
        if self.seen == 0 {
            (self.last, self.min, self.max) = (byte, byte, byte);
        }
        if byte != self.last {
            (self.min, self.max) = (self.min.min(byte), self.max.max(byte));
            self.flipped |= byte ^ self.last;
            if measured && self.values.is_none() {
                let mut values = Box::new([0; 256]);
                values[usize::from(self.last)] = self.seen;
                self.values = Some(values);
            }
            self.last = byte;
        }
        if let Some(values) = &mut self.values {
            values[usize::from(byte)] = values[usize::from(byte)].saturating_add(1);
        }
        self.seen = self.seen.saturating_add(1);
    }
}

/// What a byte has done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByteSeen {
    /// Which byte, from 1.
    pub byte: usize,
    /// The lowest and the highest value.
    pub range: (u8, u8),
    /// The bits that ever changed.
    pub flipped: u8,
    /// How many different values; `None` beyond byte 8 for one that changes.
    pub values: Option<usize>,
    /// Shannon's entropy of its values, bits: 0 for a constant, 8 for noise; `None` beyond byte 8 for one that changes.
    pub entropy_bits: Option<f64>,
}

/// Watches the bytes of an identifier's payloads.
#[derive(Clone, Debug, Default)]
pub(super) struct BytesWatch(Vec<ByteWatch>);

impl BytesWatch {
    pub fn take(&mut self, payload: &[u8]) {
        if self.0.len() < payload.len() {
            self.0.resize_with(payload.len(), ByteWatch::default);
        }
        for (at, (watch, &byte)) in self.0.iter_mut().zip(payload).enumerate() {
            watch.take(byte, at < MEASURED);
        }
    }

    /// Every byte that ever came.
    pub fn seen(&self) -> impl Iterator<Item = ByteSeen> + '_ {
        self.0.iter().zip(1..).map(|(watch, byte)| {
            let (values, entropy_bits) = match &watch.values {
                Some(values) => {
                    let some = values.iter().filter(|&&count| count > 0);
                    (Some(some.clone().count()), Some(entropy(some.map(|&count| f64::from(count)), watch.seen)))
                }
                None if watch.flipped == 0 => (Some(1), Some(0.0)),
                None => (None, None),
            };
            ByteSeen { byte, range: (watch.min, watch.max), flipped: watch.flipped, values, entropy_bits }
        })
    }
}

fn entropy(counts: impl Iterator<Item = f64>, n: u32) -> f64 {
    let n = f64::from(n);
    counts.map(|count| count / n * (n / count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_bits_and_entropy_are_those_of_the_values() {
        let mut watch = BytesWatch::default();
        // Byte 1 is 0x10, 0x11, 0x12, 0x13 in turn: two bits of entropy; byte 2 stands still; byte 3 comes now and then.
        for n in 0..64u8 {
            watch.take(if n % 2 == 0 { &[0x10, 7, 9][..] } else { &[0x10, 7][..] });
            watch.take(&[0x11, 7]);
            watch.take(&[0x12, 7]);
            watch.take(&[0x13, 7]);
        }
        let seen: Vec<ByteSeen> = watch.seen().collect();
        let two = ByteSeen { byte: 1, range: (0x10, 0x13), flipped: 3, values: Some(4), entropy_bits: Some(2.0) };
        assert_eq!(seen[0], two);
        let still = |byte, value| ByteSeen {
            byte,
            range: (value, value),
            flipped: 0,
            values: Some(1),
            entropy_bits: Some(0.0),
        };
        assert_eq!((seen[1], seen[2]), (still(2, 7), still(3, 9)));
    }
}
