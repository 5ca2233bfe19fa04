//! Millions of random frames, as text, through the whole chain: reader, database, channels, estimator, alarms. Nothing
//! panics, nothing grows, and what comes out is sound.

use std::io::{Read, Write};

use grainloss_can::log::Reader;
use grainloss_can::{CanId, Frame};
use grainloss_core::advice::Advisor;
use grainloss_core::clock::BusClock;
use grainloss_core::harvest::{Harvest, Setup};
use grainloss_core::machine::{ChannelBank, Router};
use grainloss_core::pipeline::Pipeline;
use grainloss_knowledge::profiles;

use crate::support::allocator::held_bytes;

/// How many, unless `GRAINLOSS_RANDOM_FRAMES` says otherwise.
const FRAMES: u64 = 3_000_000;

/// An endless log: mostly frames that the machine knows, with payloads of values, states and noise.
struct Noise {
    ids: Vec<CanId>,
    state: u64,
    t_us: i64,
    line: Vec<u8>,
    at: usize,
}

impl Noise {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn write_line(&mut self) {
        let (dice, noise, mask) = (self.next(), self.next(), self.next());
        self.line.clear();
        self.at = 0;
        // Mostly forward by up to 4 ms; now and then the clock jumps, by hours, both ways.
        self.t_us += match dice % 100_000 {
            0 => (noise % 20_000_000_000) as i64 - 10_000_000_000,
            _ => (noise % 4_000) as i64,
        };
        self.t_us = self.t_us.clamp(0, 4_000_000_000_000_000);
        let known = self.ids[(dice >> 32) as usize % self.ids.len()];
        let id = match dice >> 20 & 7 {
            0 => CanId::extended(noise as u32 & 0x1FFF_FFFF),
            1 => CanId::standard(noise as u32 & 0x7FF),
            // Another priority and source address.
            2 => CanId::extended(known.bits() & 0x03FF_FF00 | (noise as u32 & 0x1C00_00FF)),
            _ => Some(known),
        };
        let (seconds, micros) = (self.t_us / 1_000_000, self.t_us % 1_000_000);
        let _ = write!(self.line, "({seconds:010}.{micros:06}) can{} {}#", noise >> 60 & 3, id.unwrap_or(known));
        let payload = match dice >> 24 & 3 {
            0 => u64::MAX,
            1 => noise & mask,
            2 => noise | mask | self.next(),
            _ => noise,
        };
        let len = if (dice >> 28) % 8 == 0 { (noise % 9) as usize } else { 8 };
        for byte in &payload.to_le_bytes()[..len] {
            let _ = write!(self.line, "{byte:02X}");
        }
        // And some lines are damaged.
        if (dice >> 40) % 64 == 0 {
            let at = mask as usize % self.line.len();
            self.line[at] = (mask >> 32) as u8;
        }
        self.line.push(b'\n');
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.at == self.line.len() {
                self.write_line();
            }
            let n = (self.line.len() - self.at).min(buffer.len() - filled);
            buffer[filled..filled + n].copy_from_slice(&self.line[self.at..self.at + n]);
            self.at += n;
            filled += n;
        }
        Ok(filled)
    }
}

#[test]
fn random_frames_do_no_harm() {
    let profile = profiles::load("combine-demo").unwrap();
    let database = profile.database().clone();
    let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
    let setup = Setup { crop, geometry: profile.geometry.clone(), loss_plates: profile.loss_plates.clone() };
    let advisor = Advisor::new(Some(0.012), profile.geometry.rated_feed_kg_s);
    let bank = ChannelBank::new(Router::new(&profile).unwrap());
    let mut pipeline = Pipeline::new(bank, Harvest::new(setup), advisor);
    let ids = database.messages().iter().map(|message| message.id).collect();
    let noise = Noise { ids, state: 1, t_us: 1_749_520_800_000_000, line: Vec::with_capacity(128), at: 0 };
    let mut reader = Reader::new(noise);
    let mut clock = BusClock::default();
    let (mut outputs, mut signals, mut valid, mut held) = (0u64, 0u64, 0u64, 0);
    let frames = std::env::var("GRAINLOSS_RANDOM_FRAMES").map_or(FRAMES, |number| number.parse().unwrap());
    for number in 0..frames {
        let frame: Frame = reader.next_frame().unwrap().expect("the noise is endless");
        if let Some(message) = database.message_of(frame.id) {
            for signal in message.signals.iter().filter(|signal| message.holds(signal, &frame)) {
                let value = signal.decode(&frame);
                signals += 1;
                valid += u64::from(value.state == grainloss_can::State::Valid && value.physical.is_finite());
            }
        }
        let (t_us, _) = clock.on(frame.t_us);
        pipeline.frame(&frame, t_us, &mut |_| outputs += 1);
        // Everything has been seen by then: interfaces, names, open alarms.
        if number == frames / 4 {
            held = held_bytes();
        }
    }
    let counts = reader.counts();
    assert!(counts.frames == frames && counts.bad_lines > frames / 200, "{counts:?}");
    assert!(reader.interfaces().len() <= 256);
    assert!(signals > 2 * frames && valid > frames && outputs > 1000, "{signals} signals, {outputs} outputs");
    let grown = held_bytes() - held;
    // Damaged names of interfaces may still come in: each is a few bytes, and 256 are the end.
    assert!(grown < 64 << 10, "{grown} bytes more than after the first quarter");
}
