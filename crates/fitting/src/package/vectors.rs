//! Frames with the values that they must give: chosen evenly over a log, with nothing in them that the profile does not read.

use std::collections::BTreeMap;

use grainloss_can::{CanId, Frame};
use grainloss_core::data_file::hex;
use grainloss_core::machine::{Channel, ChannelBank, Profile, ReadingState, Router};
use serde::{Deserialize, Serialize};

use super::error::PackageError;
use super::files::VECTORS;
use super::profile::bus_name;

/// Where a machine was is nobody's business: frames are stripped of these.
const PLACES: [Channel; 3] = [Channel::GnssLatitude, Channel::GnssLongitude, Channel::GroundCourse];
/// Frames in all, about; and the most that a package may hold (our choice).
const WANTED: usize = 200;
const MOST: usize = 2000;
/// Frames of one identifier that follow each other, so that counters have a rate and pages come round.
const RUN: usize = 4;
/// Runs of one identifier that are kept while reading.
const MOST_RUNS: usize = 32;
/// Identifiers that are looked at.
const MOST_IDS: usize = 400;
/// Longer pauses are shortened to this, ms.
const LONGEST_PAUSE_MS: i64 = 10_000;

/// A frame, and what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Milliseconds since the first frame, pauses shortened.
    t_ms: i64,
    /// `bus1` and so on, where the profile tells interfaces apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bus: Option<String>,
    /// The identifier, three or eight hexadecimal digits.
    id: String,
    /// The payload in hexadecimal; bits that the profile does not read, and those of positions, are ones.
    data: String,
    /// What each source that it feeds says then.
    expect: Vec<Expected>,
}

/// What a source of a channel says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    channel: Channel,
    /// Which source of the channel, from 0.
    source: usize,
    state: ReadingState,
    /// In the channel's unit, where it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
}

#[derive(Clone, Debug)]
struct Kept {
    at: u64,
    t_us: i64,
    frame: Frame,
    bus: Option<usize>,
}

/// The runs of one identifier.
#[derive(Debug, Default)]
struct Runs {
    seen: u64,
    stride: u64,
    kept: Vec<Vec<Kept>>,
}

/// Chooses frames of a log.
#[derive(Debug)]
pub struct VectorMaker<'a> {
    profile: &'a Profile,
    router: Router,
    interfaces: &'a [String],
    names: Vec<String>,
    kept: BTreeMap<(CanId, Option<usize>), Runs>,
    frames: u64,
}

impl<'a> VectorMaker<'a> {
    /// For a public profile; `interfaces` are the owner's names of its interfaces, in order.
    ///
    /// # Errors
    ///
    /// Where the profile does not fit its database.
    pub fn new(profile: &'a Profile, interfaces: &'a [String]) -> Result<Self, PackageError> {
        let router = Router::new(profile).map_err(|error| PackageError::Unpublishable(error.to_string()))?;
        Ok(Self { profile, router, interfaces, names: Vec::new(), kept: BTreeMap::new(), frames: 0 })
    }

    /// Says which interfaces the frames' numbers stand for.
    pub fn name_interfaces(&mut self, names: &[String]) {
        names.clone_into(&mut self.names);
    }

    /// Takes a frame in at bus time, µs.
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        self.frames += 1;
        let Some(mask) = self.router.bits_read(frame.id, &PLACES) else { return };
        let name = self.names.get(usize::from(frame.interface));
        let bus = name.and_then(|name| self.interfaces.iter().position(|other| other == name));
        if self.kept.len() >= MOST_IDS && !self.kept.contains_key(&(frame.id, bus)) {
            return;
        }
        let runs = self.kept.entry((frame.id, bus)).or_default();
        let (run, within) = (runs.seen / RUN as u64, runs.seen % RUN as u64);
        runs.seen += 1;
        let stride = runs.stride.max(1);
        if !run.is_multiple_of(stride) {
            return;
        }
        let mut bytes = [0; 64];
        let payload = frame.payload();
        for ((to, from), mask) in bytes.iter_mut().zip(payload).zip(mask) {
            *to = from | !mask;
        }
        // The masked payload is as long as the frame's own.
        let Some(masked) = Frame::new(frame.t_us, frame.id, &bytes[..payload.len()]) else { return };
        if within == 0 {
            runs.kept.push(Vec::with_capacity(RUN));
        }
        if let Some(last) = runs.kept.last_mut() {
            last.push(Kept { at: self.frames, t_us, frame: masked, bus });
        }
        if runs.kept.len() > MOST_RUNS && within == RUN as u64 - 1 {
            // Every other one, and from now on half as many.
            let mut keep = false;
            runs.kept.retain(|_| {
                keep = !keep;
                keep
            });
            runs.stride = stride * 2;
        }
    }

    /// The chosen frames with what the profile makes of them.
    ///
    /// # Errors
    ///
    /// Where no frame of the log is one that the profile reads.
    pub fn vectors(&self) -> Result<Vec<Vector>, PackageError> {
        let runs_each = (WANTED / RUN / self.kept.len().max(1)).max(1);
        let mut chosen: Vec<Kept> = Vec::new();
        for runs in self.kept.values() {
            let n = runs.kept.len();
            let mut places: Vec<usize> = (0..runs_each).map(|at| (2 * at + 1) * n / (2 * runs_each)).collect();
            places.dedup();
            chosen.extend(places.into_iter().filter_map(|at| runs.kept.get(at)).flatten().cloned());
        }
        chosen.sort_by_key(|kept| kept.at);
        chosen.truncate(MOST);
        if chosen.is_empty() {
            return Err(PackageError::Unpublishable("no frame of the log is one that the profile reads".to_owned()));
        }
        let (mut t_ms, mut last_us) = (0, chosen[0].t_us);
        let mut vectors: Vec<Vector> = Vec::new();
        for kept in &chosen {
            t_ms += ((kept.t_us - last_us) / 1000).clamp(0, LONGEST_PAUSE_MS);
            last_us = kept.t_us;
            vectors.push(Vector {
                t_ms,
                bus: kept.bus.map(bus_name),
                id: kept.frame.id.to_string(),
                data: hex(kept.frame.payload()),
                expect: Vec::new(),
            });
        }
        let outcomes = outcomes(self.profile, &vectors)?;
        for (vector, expect) in vectors.iter_mut().zip(outcomes) {
            vector.expect = expect;
        }
        Ok(vectors)
    }
}

/// One JSON object a line.
pub(super) fn read(text: &[u8]) -> Result<Vec<Vector>, PackageError> {
    let text = std::str::from_utf8(text).map_err(|error| PackageError::form(VECTORS, error))?;
    let line = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| PackageError::form(VECTORS, format!("line {}: {error}", at + 1)))
    };
    let vectors: Vec<Vector> = text.lines().take(MOST + 1).enumerate().map(line).collect::<Result<_, _>>()?;
    if vectors.is_empty() || vectors.len() > MOST {
        return Err(PackageError::form(VECTORS, format!("expected 1 to {MOST} lines")));
    }
    Ok(vectors)
}

/// As they stand in the package.
pub(super) fn write(vectors: &[Vector]) -> Vec<u8> {
    let mut text = Vec::new();
    for vector in vectors {
        // Finite numbers and strings alone always serialise.
        text.extend(serde_json::to_vec(vector).unwrap_or_default());
        text.push(b'\n');
    }
    text
}

/// The numbers of the vectors that decode to something else with this profile and this program.
pub(super) fn differing(profile: &Profile, vectors: &[Vector]) -> Result<Vec<usize>, PackageError> {
    let outcomes = outcomes(profile, vectors)?;
    let same = |a: &Expected, b: &Expected| {
        let values = match (a.value, b.value) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9),
            (a, b) => a == b,
        };
        (a.channel, a.source, a.state) == (b.channel, b.source, b.state) && values
    };
    let differs = |(vector, now): (&Vector, &Vec<Expected>)| {
        vector.expect.len() != now.len() || !vector.expect.iter().zip(now).all(|(a, b)| same(a, b))
    };
    Ok((0..vectors.len()).filter(|at| differs((&vectors[*at], &outcomes[*at]))).collect())
}

/// What each vector gives, one after the other.
fn outcomes(profile: &Profile, vectors: &[Vector]) -> Result<Vec<Vec<Expected>>, PackageError> {
    let router = Router::new(profile).map_err(|error| PackageError::Unpublishable(error.to_string()))?;
    let buses = router.interface_names().to_vec();
    let mut bank = ChannelBank::new(router);
    bank.name_interfaces(&buses);
    let mut before: BTreeMap<(usize, usize), ReadingState> = BTreeMap::new();
    let mut all = Vec::with_capacity(vectors.len());
    let mut last_us = 0;
    for (at, vector) in vectors.iter().enumerate() {
        let wrong = |what: &str| PackageError::form(VECTORS, format!("line {}: {what}", at + 1));
        let t_us = vector.t_ms.checked_mul(1000).filter(|t_us| *t_us >= last_us && *t_us < i64::MAX / 4);
        let t_us = t_us.ok_or_else(|| wrong("t_ms runs backward or is too large"))?;
        last_us = t_us;
        let mut frame = frame(vector, t_us).ok_or_else(|| wrong("id or data are no frame's"))?;
        let place = |bus: &String| buses.iter().position(|name| name == bus).and_then(|at| u8::try_from(at).ok());
        frame.interface = vector.bus.as_ref().map_or(Some(u8::MAX), place).unwrap_or(u8::MAX);
        bank.take(&frame, t_us);
        let mut now = Vec::new();
        for &channel in Channel::ALL {
            for (source, reading) in bank.sources(channel, t_us).enumerate() {
                let key = (channel as usize, source);
                let changed = before.insert(key, reading.state) != Some(reading.state);
                let is_known = reading.state != ReadingState::NeverSeen && reading.state != ReadingState::Stale;
                if reading.age_us == Some(0) || (changed && is_known) {
                    now.push(Expected { channel, source, state: reading.state, value: reading.value });
                }
            }
        }
        all.push(now);
    }
    Ok(all)
}

fn frame(vector: &Vector, t_us: i64) -> Option<Frame> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(&vector.id, 16).ok().filter(|_| digits(&vector.id))?;
    let id = match vector.id.len() {
        3 => CanId::standard(number),
        8 => CanId::extended(number),
        _ => None,
    }?;
    if vector.data.len() > 128 || vector.data.len() % 2 == 1 || !digits(&vector.data) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&vector.data[at..at + 2], 16).ok();
    let bytes: Vec<u8> = (0..vector.data.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    Frame::new(t_us, id, &bytes)
}
