//! One message: eight bytes of it, on one page of its multiplexer, resampled.

use crate::bits::{self, Flips};
use crate::grid::PER_S;
use crate::page::Page;
use crate::recording::{Key, Words};

/// Frames of one layout.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub key: Key,
    pub page: Option<Page>,
    /// Bits of this piece.
    pub bits: usize,
    /// Little endian as it came; and each word turned round, so that a big-endian number is its bits in order.
    pub flips: [Flips; 2],
    pub no_signals: u64,
    /// The last word of each step.
    pub grid: Vec<Option<u64>>,
}

/// Turns the bytes of a word of so many bits round.
pub(crate) fn turned(word: u64, bits: usize) -> u64 {
    word.swap_bytes() >> (64 - bits)
}

/// The streams of one identifier: one, or one for each page.
pub(crate) fn streams(key: Key, words: &Words, steps: usize) -> Vec<Stream> {
    let (_, _, length, piece) = key;
    let bits = (usize::from(length) - 8 * usize::from(piece)).min(8) * 8;
    if words.words.len() < 8 || bits == 0 {
        return Vec::new();
    }
    let Some((start, width)) = bits::switch(&words.words, bits) else {
        return vec![stream(key, None, bits, words, steps, 0)];
    };
    let mask = (1u64 << width) - 1;
    let mut pages: Vec<u64> = words.words.iter().map(|word| (word >> start) & mask).collect();
    pages.sort_unstable();
    pages.dedup();
    pages.truncate(16);
    let of = |value: u64| {
        let kept = words.words.iter().zip(&words.t_ms).filter(|(word, _)| (*word >> start) & mask == value);
        let (mut words, mut t_ms) = (Vec::new(), Vec::new());
        for (word, t) in kept {
            words.push(*word);
            t_ms.push(*t);
        }
        let page = Page { start: start + 64 * usize::from(piece), length: width, value };
        let words = Words { t_ms, words };
        (words.words.len() >= 8).then(|| stream(key, Some(page), bits, &words, steps, mask << start))
    };
    pages.into_iter().filter_map(of).collect()
}

fn stream(key: Key, page: Option<Page>, bits: usize, words: &Words, steps: usize, switch: u64) -> Stream {
    let flips = [Flips::of(&words.words, |word| word), Flips::of(&words.words, |word| turned(word, bits))];
    let no_signals = bits::no_signals(&words.words, &flips, bits) | switch;
    let (first, last) = (words.t_ms[0], words.t_ms[words.t_ms.len() - 1]);
    let rate_hz = 1e3 * words.words.len() as f64 / f64::from((last - first).max(1));
    // A value holds for three periods, a second at least; then the sender is silent.
    let hold = ((3.0 / rate_hz).max(1.0) * PER_S as f64).ceil() as usize;
    let mut grid = vec![None; steps];
    let mut fresh = usize::MAX;
    let mut at = 0;
    let mut held = None;
    for (step, cell) in grid.iter_mut().enumerate() {
        let end_ms = ((step + 1) * 1000 / PER_S) as u32;
        while at < words.t_ms.len() && words.t_ms[at] < end_ms {
            held = Some(words.words[at]);
            fresh = step;
            at += 1;
        }
        *cell = held.filter(|_| step - fresh.min(step) <= hold);
    }
    Stream { key, page, bits, flips, no_signals, grid }
}
