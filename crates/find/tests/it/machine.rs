//! Invented machines: the simulator's quantities laid out anew, at random.

use grainloss_can::{ByteOrder, CanId, Frame, Kind, Signal};
use grainloss_find::{Event, Mark, Noted, Reading};

use crate::harvest::{Harvest, PER_S, SIGNALS};

/// SplitMix64 (Steele 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Where a quantity of a machine is.
#[derive(Clone, Debug)]
pub struct Place {
    pub what: usize,
    pub id: CanId,
    pub page: Option<u8>,
    /// As in a DBC file.
    pub start: usize,
    pub width: usize,
    pub big: bool,
    pub scale: f64,
    pub offset: f64,
    pub signal: Signal,
}

struct Message {
    id: CanId,
    period_ms: usize,
    fill: u8,
    pages: u8,
    counter: Option<usize>,
    checksum: bool,
    places: Vec<Place>,
}

pub struct Machine {
    messages: Vec<Message>,
    pub places: Vec<Place>,
}

/// Usual steps of a signal, in its unit in the simulator's database, with an offset.
fn steps(name: &str, random: &mut Random) -> (f64, f64, usize) {
    let shaft = [0.125, 0.25, 0.5, 1.0, 0.1];
    let (scale, offset, top) = match name {
        "MachineSelectedSpeed" => (random.pick(&[0.001, 0.01, 1.0 / 921.6, 0.1 / 3.6, 0.01 / 3.6]), 0.0, 12.0),
        "HeaderHeightCentre" | "SpCutHeight" => {
            let scale = random.pick(&[0.1, 1.0, 5.0, 10.0, 2.0]);
            (if random.chance(0.15) { -scale } else { scale }, random.pick(&[0.0, -100.0, -500.0, 0.0]), 2000.0)
        }
        "EngSpeed" => (random.pick(&shaft), 0.0, 3000.0),
        "RotorSpeed" | "FanSpeed" | "SpRotorSpeed" | "SpFanSpeed" | "CleanGrainElevatorSpeed" => {
            (random.pick(&shaft), 0.0, 1500.0)
        }
        "ReelSpeed" | "SpReelSpeed" => (random.pick(&shaft), 0.0, 100.0),
        "GrainMoisture" => (random.pick(&[0.01, 0.1, 0.05]), 0.0, 40.0),
        "FeedRate" | "GrainFlow" => (random.pick(&[0.001, 0.01, 0.1, 0.05, 0.1 / 3.6]), 0.0, 30.0),
        name if name.starts_with("LossCount") => (1.0, 0.0, random.pick(&[255.0, 65535.0, 65535.0])),
        "HarvestedArea" | "YieldTotalMass" => (1.0, 0.0, 4e9),
        "EngTotalHours" => (0.05, 0.0, 4e8),
        "FeederTorque" => (random.pick(&[0.5, 1.0]), 0.0, 2000.0),
        "FeederLayerHeight" => (random.pick(&[0.5, 1.0]), 0.0, 300.0),
        "HydOilTemp" => (1.0, -40.0, 200.0),
        "Pitch" => (random.pick(&[0.01, 0.1]), -200.0, 200.0),
        _ => (random.pick(&[0.4, 1.0, 0.5]), 0.0, 100.0),
    };
    let span = ((top - offset) / f64::abs(scale)).max(1.0);
    (scale, offset, (span + 1.0).log2().ceil() as usize)
}

fn is_flag(name: &str) -> bool {
    ["HeaderBelowWorkHeight", "ThresherEngaged", "UnloadAugerEngaged", "HeaderEngaged"].contains(&name)
}

impl Machine {
    pub fn invent(seed: u64) -> Self {
        let mut random = Random(seed ^ 0x5EED);
        let mut order: Vec<usize> = (0..SIGNALS.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        let big = random.chance(0.3);
        let odd = random.chance(0.35);
        let mut messages: Vec<Message> = Vec::new();
        let mut queue = order.into_iter().peekable();
        while queue.peek().is_some() {
            let at = messages.len();
            let bits = if random.chance(0.85) {
                0x18FF_0000 | (random.below(256) as u32) << 8 | random.pick(&[0x80u32, 0x81, 0x05, 0xF0])
            } else {
                0x100 + 16 * at as u32
            };
            let id = if bits > 0x7FF { CanId::extended(bits) } else { CanId::standard(bits) }.unwrap();
            if messages.iter().any(|message| message.id == id) {
                continue;
            }
            let pages = if random.chance(0.15) { 2 + random.below(3) as u8 } else { 0 };
            let counter = random.chance(0.3);
            let checksum = random.chance(0.2);
            let mut message = Message {
                id,
                period_ms: random.pick(&[50, 100, 100, 100, 200, 200, 500]),
                fill: if random.chance(0.65) { 0xFF } else { 0 },
                pages,
                counter: counter.then_some(if checksum { 48 } else { 56 }),
                checksum,
                places: Vec::new(),
            };
            let own_big = if random.chance(0.9) { big } else { !big };
            let end = 64 - if counter { 8 } else { 0 } - if checksum { 8 } else { 0 };
            for page in 0..pages.max(1) {
                let mut free: usize = if pages > 0 { 8 } else { 0 };
                let wanted = 2 + random.below(3);
                for _ in 0..wanted {
                    let Some(&what) = queue.peek() else { break };
                    let name = SIGNALS[what];
                    let (scale, offset, least) = if is_flag(name) { (1.0, 0.0, 2) } else { steps(name, &mut random) };
                    let width = match least {
                        2 => 2,
                        0..=8 if !name.starts_with("LossCount") && random.chance(0.4) => 16,
                        0..=8 => 8,
                        9..=16 if odd && random.chance(0.6) && !name.starts_with("LossCount") => least.max(9),
                        9..=16 => 16,
                        _ => 32,
                    };
                    let start = if width == 2 || (odd && width < 16 && random.chance(0.7)) {
                        free + free % 2
                    } else {
                        free.div_ceil(8) * 8
                    };
                    if start + width > end {
                        break;
                    }
                    queue.next();
                    free = start + width;
                    // A big-endian number lies in the word that begins with the first byte: its top bit is `start` from there.
                    let own = own_big && start / 8 != (start + width - 1) / 8;
                    let dbc = if own { start / 8 * 8 + 7 - start % 8 } else { start };
                    let (order, dbc) = if own_big && !own {
                        // Within a byte, filled from the top.
                        let top = 7 - start % 8;
                        (ByteOrder::LittleEndian, start / 8 * 8 + top + 1 - width)
                    } else if own {
                        (ByteOrder::BigEndian, dbc)
                    } else {
                        (ByteOrder::LittleEndian, dbc)
                    };
                    let signal = Signal::at(dbc as u64, width as u64, order, Kind::Unsigned, 8).unwrap();
                    message.places.push(Place {
                        what,
                        id,
                        page: (pages > 0).then_some(page),
                        start: dbc,
                        width,
                        big: own,
                        scale,
                        offset,
                        signal,
                    });
                }
            }
            messages.push(message);
        }
        let places = messages.iter().flat_map(|message| message.places.iter().cloned()).collect();
        Self { messages, places }
    }

    /// What it sends while it harvests.
    pub fn frames(&self, harvest: &Harvest, seed: u64) -> Vec<Frame> {
        let mut random = Random(seed);
        let mut frames = Vec::new();
        for message in &self.messages {
            let (mut count, mut at_us) = (0u64, random.below(message.period_ms) as i64 * 1000);
            loop {
                let sample = (at_us * PER_S as i64 / 1_000_000) as usize;
                let Some(values) = harvest.samples.get(sample) else { break };
                let mut data = [message.fill; 8];
                let page = (message.pages > 0).then(|| (count % u64::from(message.pages)) as u8);
                if let Some(page) = page {
                    data[0] = page;
                }
                for place in message.places.iter().filter(|place| place.page == page) {
                    let value = f64::from(values[place.what]);
                    let mask = (1u64 << place.width) - 1;
                    let top = if place.width <= 2 { mask - 2 } else { mask - (mask >> 7).max(1) };
                    let raw = ((value - place.offset) / place.scale).round();
                    let raw = match raw {
                        raw if raw.is_nan() => mask,
                        raw if place.scale < 0.0 => (raw + mask as f64 / 2.0).clamp(0.0, top as f64) as u64,
                        raw if SIGNALS[place.what].starts_with("LossCount") => raw as u64 & mask,
                        raw => raw.clamp(0.0, top as f64) as u64,
                    };
                    place.signal.encode(&mut data, raw as i64);
                }
                if let Some(start) = message.counter {
                    data[start / 8] = (count & 0xF) as u8 | message.fill & 0xF0;
                }
                if message.checksum {
                    data[7] = data[..7].iter().fold(0x5Au8, |sum, byte| (sum ^ byte).rotate_left(3).wrapping_mul(31));
                }
                frames.push(Frame::new(harvest.began_us + at_us, message.id, &data).unwrap());
                count += 1;
                at_us += message.period_ms as i64 * 1000 + random.below(2000) as i64 - 1000;
            }
        }
        frames.sort_by_key(|frame| frame.t_us);
        frames
    }
}

/// Whether something is on at a sample.
type State<'a> = Box<dyn Fn(usize) -> bool + 'a>;

/// What a technician notes: every change, up to two seconds late, and so many readings of each display.
pub fn marks(harvest: &Harvest, seed: u64, readings: usize) -> Vec<Noted> {
    let mut random = Random(seed ^ 0x4D41_524B);
    let n = harvest.samples.len();
    let mut marks = Vec::new();
    let t_us = |sample: usize, random: &mut Random| {
        harvest.began_us + sample as i64 * 1_000_000 / PER_S as i64 + (random.unit() * 2e6) as i64
    };
    let states: [(State<'_>, Event, Event); 5] = [
        (Box::new(|at| harvest.at("HeaderBelowWorkHeight", at) > 0.5), Event::HeaderDown, Event::HeaderUp),
        (Box::new(|at| harvest.at("MachineSelectedSpeed", at) > 0.1), Event::Drive, Event::Stop),
        (Box::new(|at| harvest.cutting[at]), Event::CuttingBegin, Event::CuttingEnd),
        (Box::new(|at| harvest.at("UnloadAugerEngaged", at) > 0.5), Event::UnloadBegin, Event::UnloadEnd),
        (Box::new(|at| harvest.at("ThresherEngaged", at) > 0.5), Event::ThresherOn, Event::ThresherOff),
    ];
    for (state, on, off) in &states {
        let mut before = state(PER_S);
        for at in PER_S..n {
            let now = state(at);
            // A change that lasts: nobody notes a flicker.
            if now != before && (at..(at + 2 * PER_S).min(n)).all(|later| state(later) == now) {
                marks.push(Noted { t_us: t_us(at, &mut random), mark: Mark::Event(if now { *on } else { *off }) });
                before = now;
            }
        }
    }
    for (name, reading, per, digit) in [
        ("MachineSelectedSpeed", Reading::SpeedKmH, 3.6, 0.1),
        ("EngSpeed", Reading::EngineRMin, 1.0, 1.0),
        ("HeaderHeightCentre", Reading::HeaderHeightCm, 0.1, 1.0),
        ("ReelSpeed", Reading::ReelRMin, 1.0, 1.0),
        ("RotorSpeed", Reading::ThresherRMin, 1.0, 1.0),
        ("FanSpeed", Reading::FanRMin, 1.0, 1.0),
        ("GrainMoisture", Reading::MoisturePct, 1.0, 0.1),
    ] {
        let mut left = readings;
        for _ in 0..1000 {
            let at = random.below(n);
            let value = f64::from(harvest.at(name, at)) * per;
            if left == 0 || value.is_nan() || (value == 0.0 && random.chance(0.8)) {
                continue;
            }
            left -= 1;
            let value = (value / digit).round() * digit;
            marks.push(Noted { t_us: t_us(at, &mut random), mark: Mark::Reading(reading, value, digit / 2.0) });
        }
    }
    marks.sort_by_key(|noted| noted.t_us);
    marks
}
