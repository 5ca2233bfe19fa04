//! Any bytes as a log of any format: no panic, an end, and the same frames whether they come at once or byte by byte.
#![no_main]

use std::io::Read;

use grainloss_can::Frame;
use grainloss_can::log::{Format, LogCounts, Reader};
use libfuzzer_sys::fuzz_target;

/// A stream of three bytes at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = buffer.len().min(3);
        self.0.read(&mut buffer[..n])
    }
}

fn read(log: impl Read) -> (Format, Vec<Frame>, LogCounts) {
    let mut reader = Reader::new(log);
    let mut frames = Vec::new();
    while let Ok(Some(frame)) = reader.next_frame() {
        assert!(usize::from(frame.interface) < reader.interfaces().len());
        frames.push(frame);
    }
    assert_eq!(reader.counts().frames, frames.len() as u64);
    (reader.format(), frames, reader.counts().clone())
}

fuzz_target!(|log: &[u8]| {
    let whole = read(log);
    // Whether times of candump's screen are relative is told by the beginning that is there at first.
    if whole.0 != Format::CandumpScreen {
        let pieces = read(Slow(log));
        assert!(whole.0 == pieces.0 && whole.1 == pieces.1 && whole.2 == pieces.2);
    }
});
