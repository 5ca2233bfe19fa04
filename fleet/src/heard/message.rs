//! A message of a cab, checked: its size, its topic, its schema, whose it is, and its time.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Alarm, State};

/// Longest payload that is read, bytes: a state has some 1,500.
pub const LONGEST_BYTES: usize = 16 << 10;
/// A machine's clock may be ahead of this computer's by so much, µs: ten minutes (our choice).
pub const AHEAD_US: i64 = 600_000_000;
/// Longest text that is kept of a message, in characters.
const LONGEST_TEXT: usize = 64;
/// The topics, without the machine.
pub const TOPICS: [&str; 4] = ["state", "online", "alarm", "limit"];
/// What topics begin with.
pub const ROOT: &str = "grainloss/v1";

/// A message that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The machine.
    pub device: String,
    /// True when the broker had kept it: it was sent at an earlier time.
    pub is_kept: bool,
    /// What it says.
    pub said: Said,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The machine's state.
    State(State),
    /// Whether it is connected. That it is not may be said by the broker.
    Online(bool),
    /// An alarm, or the loss and its limit.
    Alarm(Alarm),
    /// Something, but its clock is ahead of this computer's by so many µs, more than [`AHEAD_US`]: its figures would hide later ones.
    Ahead(i64),
}

/// Why a message is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// Its topic is not `grainloss/v1/MACHINE/…`.
    Topic,
    /// It is longer than [`LONGEST_BYTES`].
    TooLarge,
    /// It is not as its schema in `docs/schema` says, or what it says cannot be.
    Schema,
    /// It names another machine than its topic.
    OtherMachine,
    /// The machine is not in the register, or its key is distrusted.
    Unknown,
    /// Its time is ahead of this computer's clock. That the machine was heard is kept, unless the broker had kept the message.
    Future,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Topic, Self::TooLarge, Self::Schema, Self::OtherMachine, Self::Unknown, Self::Future];

    /// Its word, by which its text is found in a language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::TooLarge => "too-large",
            Self::Schema => "schema",
            Self::OtherMachine => "other-machine",
            Self::Unknown => "unknown",
            Self::Future => "future",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The schemas that are published for the topics, in the order of [`TOPICS`].
static SCHEMAS: LazyLock<[Option<jsonschema::Validator>; 4]> = LazyLock::new(|| {
    [
        include_str!("../../../docs/schema/uplink-state.json"),
        include_str!("../../../docs/schema/uplink-online.json"),
        include_str!("../../../docs/schema/uplink-alarm.json"),
        include_str!("../../../docs/schema/uplink-limit.json"),
    ]
    // A test reads them all; without its schema a message would be refused.
    .map(|text| jsonschema::validator_for(&serde_json::from_str(text).ok()?).ok())
});

/// The machine that a topic names: 16 hexadecimal digits, lower case.
fn machine_of(topic: &str) -> Option<(&str, usize)> {
    let (device, last) = topic.strip_prefix(ROOT)?.strip_prefix('/')?.split_once('/')?;
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let topic = TOPICS.iter().position(|known| *known == last)?;
    (device.len() == 16 && device.chars().all(is_digit)).then_some((device, topic))
}

/// Reads a message. `now_us` is this computer's time, µs since 1970 UTC. Whether the machine is known is not looked at.
///
/// # Errors
/// [`Refused`] when it does not fit.
pub fn read(topic: &[u8], payload: &[u8], is_kept: bool, now_us: i64) -> Result<Message, Refused> {
    let topic = std::str::from_utf8(topic).map_err(|_| Refused::Topic)?;
    let (device, topic) = machine_of(topic).ok_or(Refused::Topic)?;
    if payload.len() > LONGEST_BYTES {
        return Err(Refused::TooLarge);
    }
    let json: serde_json::Value = serde_json::from_slice(payload).map_err(|_| Refused::Schema)?;
    if json.get("machine").and_then(|machine| machine.as_str()).is_some_and(|machine| machine != device) {
        return Err(Refused::OtherMachine);
    }
    if !SCHEMAS[topic].as_ref().is_some_and(|schema| schema.is_valid(&json)) {
        return Err(Refused::Schema);
    }
    let said = match TOPICS[topic] {
        "state" => Said::State(taken::<RawState>(json)?.state()?),
        "online" => Said::Online(taken::<RawOnline>(json)?.online),
        _ => Said::Alarm(taken::<RawAlarm>(json)?.alarm()?),
    };
    let t_us = match &said {
        Said::State(state) => state.t_us,
        Said::Alarm(alarm) => Some(alarm.t_us),
        Said::Online(_) | Said::Ahead(_) => None,
    };
    let ahead_us = t_us.map(|t_us| t_us.saturating_sub(now_us)).filter(|ahead_us| *ahead_us > AHEAD_US);
    let said = match ahead_us {
        // When it was sent is not known.
        Some(_) if is_kept => return Err(Refused::Future),
        Some(ahead_us) => Said::Ahead(ahead_us),
        None => said,
    };
    Ok(Message { device: device.to_owned(), is_kept, said })
}

/// What fits the schema and still cannot be held, such as a number of more than 64 bits, does not fit.
fn taken<T: for<'a> Deserialize<'a>>(json: serde_json::Value) -> Result<T, Refused> {
    serde_json::from_value(json).map_err(|_| Refused::Schema)
}

/// A short text of one line.
fn short(text: String) -> Result<String, Refused> {
    let fits = text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Refused::Schema) }
}

#[derive(Deserialize)]
struct RawState {
    t_us: Option<i64>,
    activity: Option<String>,
    crop: String,
    total_area_m2: Option<i64>,
    session_crop_loss_ppm: Option<RawBand>,
    limit_ppm: Option<i64>,
    basis: Option<String>,
    blocks_waiting: i64,
}

#[derive(Deserialize)]
struct RawBand {
    value: i64,
    lo: i64,
    hi: i64,
}

impl RawBand {
    /// Value and ends, in their order.
    fn shares(self) -> Result<[i64; 3], Refused> {
        share(self.hi)?;
        let is_ordered = self.lo <= self.value && self.value <= self.hi;
        is_ordered.then_some([self.value, self.lo, self.hi]).ok_or(Refused::Schema)
    }
}

/// A share of the grain, ppm: no more is lost than there is.
fn share(ppm: i64) -> Result<i64, Refused> {
    (0..=1_000_000).contains(&ppm).then_some(ppm).ok_or(Refused::Schema)
}

#[derive(Deserialize)]
struct RawOnline {
    online: bool,
}

#[derive(Deserialize)]
struct RawAlarm {
    alarm: String,
    happened: String,
    level: Option<i64>,
    t_us: i64,
}

impl RawState {
    fn state(self) -> Result<State, Refused> {
        Ok(State {
            t_us: self.t_us,
            activity: self.activity,
            crop: Some(short(self.crop)?),
            area_m2: self.total_area_m2,
            loss_ppm: self.session_crop_loss_ppm.map(RawBand::shares).transpose()?,
            limit_ppm: self.limit_ppm.map(share).transpose()?,
            basis: self.basis,
            blocks_waiting: Some(self.blocks_waiting),
        })
    }
}

impl RawAlarm {
    fn alarm(self) -> Result<Alarm, Refused> {
        let id = short(self.alarm)?;
        Ok(Alarm { id, happened: self.happened, level: self.level, t_us: self.t_us })
    }
}
