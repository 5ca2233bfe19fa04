//! How bits flip and carry: what belongs together, and what is no signal.

/// How each bit of a word flips, and how often together with the bit below.
#[derive(Clone, Debug)]
pub(crate) struct Flips {
    pub frames: u32,
    pub counts: [u32; 64],
    together: [u32; 64],
    ones: [u32; 64],
    /// Whether each byte is the upper one of the byte below, by carries: 1 yes, −1 no, 0 unknown.
    bytes: [f32; 8],
}

/// Adds one to the counters of the bits that are set.
fn count(into: &mut [u32; 64], mut bits: u64) {
    while bits != 0 {
        into[bits.trailing_zeros() as usize] += 1;
        bits &= bits - 1;
    }
}

/// Where a byte went up or down by one: how far the byte below went the same way.
fn carry(before: u64, now: u64, steps: &mut [(u32, i64); 8]) {
    let (before, now) = (before.to_le_bytes(), now.to_le_bytes());
    for upper in 1..8 {
        let step = i64::from(now[upper]) - i64::from(before[upper]);
        if step.abs() == 1 {
            steps[upper].0 += 1;
            steps[upper].1 += step * (i64::from(now[upper - 1]) - i64::from(before[upper - 1]));
        }
    }
}

impl Flips {
    /// Of the words as they are (little endian), or each turned round by `turn`.
    pub fn of(words: &[u64], turn: impl Fn(u64) -> u64) -> Self {
        let (mut flips, mut together, mut ones) = ([0; 64], [0; 64], [0; 64]);
        let mut bytes = [0.0; 8];
        let mut steps = [(0u32, 0i64); 8];
        let mut before: Option<u64> = None;
        for &word in words {
            let word = turn(word);
            if let Some(before) = before {
                let flipped = before ^ word;
                if flipped != 0 {
                    count(&mut flips, flipped);
                    // Bit n: it flipped together with the bit below.
                    count(&mut together, flipped & (flipped << 1));
                    carry(before, word, &mut steps);
                }
            }
            before = Some(word);
        }
        for &word in words.iter().step_by((words.len() / 512).max(1)) {
            count(&mut ones, turn(word));
        }
        for (byte, (n, sum)) in bytes.iter_mut().zip(steps) {
            let mean = sum as f64 / f64::from(n.max(1));
            // A lower byte falls by a good part of its range while the upper one rises by one.
            *byte = match n {
                6.. if mean < -50.0 => 1.0,
                12.. if mean < -20.0 => 0.6,
                30.. if mean > -8.0 => -1.0,
                _ => 0.0,
            };
        }
        Self { frames: words.len() as u32, counts: flips, together, ones, bytes }
    }

    /// True for a bit that never moved and is 1: padding, or the top of a large number.
    pub fn is_constant_one(&self, bit: usize) -> bool {
        self.counts[bit] == 0 && self.ones[bit] > 0
    }

    /// True for a bit that never moved.
    pub fn is_constant(&self, bit: usize) -> bool {
        self.counts[bit] == 0
    }

    /// Whether bit `upper` belongs to the number of the bit below it: 1 certainly, −1 certainly not, 0 unknown.
    pub fn link(&self, upper: usize) -> f32 {
        let (low, high) = (self.counts[upper - 1], self.counts[upper]);
        if upper.is_multiple_of(8) && self.bytes[upper / 8] != 0.0 && low > 0 && high > 0 {
            return self.bytes[upper / 8];
        }
        match (low, high) {
            (0, 0) => return if self.is_constant_one(upper) == self.is_constant_one(upper - 1) { 0.1 } else { 0.0 },
            (_, 0) => return if self.is_constant_one(upper) { -0.2 } else { 0.1 },
            // A lower bit that stands still while the upper one moves is of something else.
            (0, _) => return if high >= 20 { -1.0 } else { -0.6 },
            _ => {}
        }
        // A step of one that moves the upper bit moves the lower one as well.
        let together = f64::from(self.together[upper]) / f64::from(high);
        let of_low = f64::from(low) / f64::from(self.frames.max(1));
        let ratio = f64::from(low) / f64::from(high);
        if high >= 3 && together >= 0.75 {
            return if of_low < 0.4 { 1.0 } else { 0.6 };
        }
        // In a number the lower bit moves at least as often.
        if ratio < 0.75 {
            return if low + high < 12 { -0.4 } else { -1.0 };
        }
        // Where the lower bit moves in half of the frames, they meet by chance as well.
        if of_low > 0.3 {
            return if together > 0.4 { 0.4 } else { -0.3 };
        }
        match together - of_low {
            lift if lift > 0.25 => 0.8,
            lift if lift > 0.1 => 0.4,
            _ if high >= 12 => -1.0,
            _ => -0.3,
        }
    }
}

/// Marks bits that are no signal: frame counters (the same step in each frame, whatever happens) and checksums (as good as
/// random in all their bits).
pub(crate) fn no_signals(words: &[u64], both: &[Flips; 2], bits: usize) -> u64 {
    let flips = &both[0];
    if words.len() < 32 {
        return 0;
    }
    let mut found = 0;
    for (start, width) in (0..bits / 8).map(|at| (at * 8, 8)).chain((0..bits / 4).map(|at| (at * 4, 4))) {
        let mask = ((1u64 << width) - 1) << start;
        if found & mask == 0
            && (is_frame_counter(words, start, width)
                || (width == 8 && !is_lower(both, bits, start) && is_checksum(words, flips, start)))
        {
            found |= mask;
        }
    }
    found
}

/// The same odd step in 19 frames of 20: an even one is the counter of the bits above.
fn is_frame_counter(words: &[u64], start: usize, width: usize) -> bool {
    let modulus = 1u64 << width;
    let value = |word: u64| (word >> start) & (modulus - 1);
    let mut steps = vec![0u32; modulus as usize];
    for pair in words.windows(2) {
        steps[(value(pair[1]).wrapping_sub(value(pair[0])) & (modulus - 1)) as usize] += 1;
    }
    let most = steps.iter().enumerate().max_by_key(|(_, count)| **count);
    most.is_some_and(|(step, count)| step % 2 == 1 && *count as usize * 20 >= (words.len() - 1) * 19)
}

/// True for the lower byte of a number, in either order.
fn is_lower(both: &[Flips; 2], bits: usize, start: usize) -> bool {
    let upper = start / 8 + 1;
    let turned = bits / 8 - start / 8;
    (upper * 8 < bits && both[0].bytes[upper] > 0.0) || (turned * 8 < bits && both[1].bytes[turned] > 0.0)
}

/// All eight bits flip about as often, and often; the byte changes when anything else does, and never alone.
fn is_checksum(words: &[u64], flips: &Flips, start: usize) -> bool {
    let of = &flips.counts[start..start + 8];
    let (low, high) = (of.iter().min().copied().unwrap_or(0), of.iter().max().copied().unwrap_or(0));
    if f64::from(low) < 0.05 * f64::from(flips.frames) || f64::from(low) < 0.7 * f64::from(high) {
        return false;
    }
    let byte = 0xFFu64 << start;
    // One that a frame counter makes change each time is the last or the first byte.
    let (mut alone, mut lagging, mut others) = (0u32, 0u32, 0u32);
    for pair in words.windows(2) {
        let flipped = pair[0] ^ pair[1];
        let (own, rest) = (flipped & byte != 0, flipped & !byte != 0);
        alone += u32::from(own && !rest);
        lagging += u32::from(!own && rest);
        others += u32::from(rest);
    }
    alone == 0 && lagging * 20 < others
}

/// A multiplexer: a byte or the low or high half of one with few values, all frames of which look alike in the rest, and
/// unlike those of other values. Start and width.
pub(crate) fn switch(words: &[u64], bits: usize) -> Option<(usize, usize)> {
    if words.len() < 64 {
        return None;
    }
    let places = (0..bits / 8).map(|at| (at * 8, 8)).chain((0..bits / 4).map(|at| (at * 4, 4)));
    let places = places.chain((0..bits / 8).flat_map(|at| [(at * 8, 2), (at * 8, 3)]));
    places
        .filter_map(|(start, width)| Some((gain(words, bits, start, width)?, start, width)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, start, width)| (start, width))
}

/// How many bits flip from frame to frame that would not from one frame of a page to the next; `None` when it is no switch.
fn gain(words: &[u64], bits: usize, start: usize, width: usize) -> Option<f64> {
    let mask = ((1u64 << width) - 1) << start;
    let rest = !mask & (u64::MAX >> (64 - bits));
    let mut pages: Vec<(u64, u64, u32)> = Vec::new();
    let (mut within, mut across, mut changes) = ([0u32; 64], [0u32; 64], 0usize);
    // What came after each page the last time, and how often it came again.
    let (mut after, mut again): (Vec<(u64, u64)>, usize) = (Vec::new(), 0);
    let mut before: Option<u64> = None;
    // A few thousand frames tell.
    let looked = words.len().min(4_000);
    for &word in &words[..looked] {
        let page = word & mask;
        if let Some(before) = before {
            count(&mut across, (before ^ word) & rest);
            changes += usize::from(before & mask != page);
            match after.iter_mut().find(|(known, _)| *known == before & mask) {
                Some((_, next)) => {
                    again += usize::from(*next == page);
                    *next = page;
                }
                None => after.push((before & mask, page)),
            }
        }
        before = Some(word);
        if let Some(known) = pages.iter_mut().find(|(known, ..)| *known == page) {
            count(&mut within, (known.1 ^ word) & rest);
            known.1 = word;
            known.2 += 1;
        } else if pages.len() < 16 {
            pages.push((page, word, 1));
        } else {
            return None;
        }
    }
    let rarest = pages.iter().map(|page| page.2).min().unwrap_or(0) as usize;
    if pages.len() < 2 || changes * 2 <= looked || rarest * pages.len() * 4 <= looked || again * 5 < looked * 4 {
        return None;
    }
    let fewer: u32 = across.iter().zip(&within).map(|(across, within)| across.saturating_sub(*within)).sum();
    let gain = f64::from(fewer) / looked as f64;
    (gain > 1.5).then_some(gain * (1.0 + 0.01 * width as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_one_number_and_its_neighbour_another() {
        // Bits 0 to 11 a ramp by 3, bits 12 to 15 a slower one.
        let words: Vec<u64> = (0..4000u64).map(|n| ((n * 3) & 0xFFF) | ((n / 200) & 0xF) << 12).collect();
        let flips = Flips::of(&words, |word| word);
        assert!(
            (3..12).all(|bit| flips.link(bit) > 0.3),
            "{:?}",
            (1..16).map(|bit| flips.link(bit)).collect::<Vec<_>>()
        );
        assert!(flips.link(12) < -0.3);
    }

    #[test]
    fn counters_and_switches_are_told_from_signals() {
        let words: Vec<u64> = (0..4000u64).map(|n| ((n & 0xF) << 4) | (((n / 37) & 0xFF) << 8)).collect();
        let flips = Flips::of(&words, |word| word);
        assert_eq!(no_signals(&words, &[flips.clone(), flips], 16), 0xF0);
        let paged: Vec<u64> =
            (0..4000u64).map(|n| (n % 3) | (([0x1200, 0xFE00, 0x5500][(n % 3) as usize] + n / 50) << 8)).collect();
        assert_eq!(switch(&paged, 24).map(|(start, _)| start), Some(0));
        assert_eq!(switch(&words, 16), None);
    }
}
