//! What a profile may say of a channel and its sources, as it is written in the file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::machine::channel::Channel;

/// A quantity and where it comes from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelEntry {
    /// Which quantity.
    #[schemars(with = "Channel")]
    pub name: Spanned<String>,
    /// Its sources, the most trusted first.
    #[schemars(with = "Vec<Source>", length(min = 1))]
    pub sources: Vec<Spanned<Source>>,
    /// How several sources make one value; without it, the first that has a value is taken. Each source must be plausible
    /// by itself.
    #[serde(default)]
    #[schemars(with = "Option<Combine>")]
    pub combine: Option<Spanned<Combine>>,
    /// Older than this, a value is stale, ms; 0 for what is sent on change only.
    #[serde(default)]
    pub timeout_ms: Option<u32>,
    /// Lowest and highest value to believe, in the channel's unit.
    #[serde(default)]
    #[schemars(with = "Option<(f64, f64)>")]
    pub plausible: Option<Spanned<(f64, f64)>>,
    /// The fastest change to believe, in the channel's unit per second.
    #[serde(default)]
    #[schemars(with = "Option<f64>", extend("exclusiveMinimum" = 0))]
    pub change_per_s: Option<Spanned<f64>>,
}

/// How several sources make one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Combine {
    /// The mean of those that have a value.
    Mean,
    /// The smallest of those that have a value.
    Min,
    /// The largest of those that have a value.
    Max,
    /// The sum; unknown unless every source has a value.
    Sum,
}

/// One source of a channel: a `signal` of the database, or `bits` of a `frame`, or a value of `process_data`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["signal"] },
    { "required": ["frame", "bits"] },
    { "required": ["process_data"] },
]))]
pub(crate) struct Source {
    /// `MESSAGE.Signal` of the database.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[^.]+\..+$"))]
    pub signal: Option<String>,
    /// Which frames, when the database has no such signal.
    #[serde(default)]
    pub frame: Option<FrameEntry>,
    /// Where the value is in the frame.
    #[serde(default)]
    pub bits: Option<BitsEntry>,
    /// A value of ISO 11783 process data, instead of `frame` and `bits`; needs `scale` and `unit`.
    #[serde(default)]
    pub process_data: Option<ProcessData>,
    /// The upper bits of a value that the sender has split: `MESSAGE.Signal` of the same message, or bits of the same
    /// frame. Every code of the whole is a value, unless `codes` or `special` say otherwise.
    #[serde(default)]
    pub high: Option<High>,
    /// Only frames in which these bytes have these values: opcodes, pages.
    #[serde(default)]
    pub when: Vec<ByteTest>,
    /// Only frames from these source addresses; any, if there is none. Holds for `status` as well.
    #[serde(default)]
    pub from: Vec<u8>,
    /// Only frames to this destination address. Holds for `status` as well.
    #[serde(default)]
    pub to: Option<u8>,
    /// Only frames from this interface, such as can0. Holds for `status` as well.
    #[serde(default)]
    pub interface: Option<String>,
    /// Which codes are not values, by what rule. If it is not said: the database's way; for `frame` with `pgn`, that of its
    /// standard; else every code is a value.
    #[serde(default)]
    pub codes: Option<Codes>,
    /// Codes that mean something else than a value, looked at before the rule.
    #[serde(default)]
    pub special: Vec<SpecialCode>,
    /// Every bit is turned round before anything else: 0 means 1.
    #[serde(default)]
    pub invert_bits: bool,
    /// What one count is, in `unit`, instead of what the database says; negative to turn the sign.
    #[serde(default)]
    pub scale: Option<f64>,
    /// What is added to count times scale, in `unit`, instead of what the database says.
    #[serde(default)]
    pub offset: Option<f64>,
    /// The unit, instead of what the database says, such as km/h, mm, %, r/min.
    #[serde(default)]
    pub unit: Option<String>,
    /// What the raw codes mean, in the channel's unit; a code that stands here is a value whatever the rule says, all others
    /// are not available.
    #[serde(default)]
    pub values: BTreeMap<String, f64>,
    /// Two to sixteen points [signal, channel]: what the signal reads, and the channel's value there. Beyond the ends the
    /// sensor is taken to be broken.
    #[serde(default)]
    #[schemars(length(min = 2, max = 16))]
    pub calibration: Vec<(f64, f64)>,
    /// The signal counts up and starts again from 0 at this number; the channel is its rate.
    #[serde(default)]
    #[schemars(range(min = 2, max = 4_294_967_296u64))]
    pub counter_modulus: Option<u64>,
    /// `MESSAGE.Signal` whose value table says whether the sensor is in order: `Error`, `NotCalibrated`.
    #[serde(default)]
    pub status: Option<String>,
    /// A flag must be on for so long before it counts as on, ms.
    #[serde(default)]
    pub hold_on_ms: Option<u32>,
    /// A flag must be off for so long before it counts as off, ms.
    #[serde(default)]
    pub hold_off_ms: Option<u32>,
    /// The middle one of so many values is taken: 3, 5, 7 or 9.
    #[serde(default)]
    #[schemars(range(min = 3, max = 9))]
    pub median: Option<usize>,
    /// Smoothed with this time constant, s, up to 60.
    #[serde(default)]
    #[schemars(range(min = 0, max = 60))]
    pub smooth_s: Option<f64>,
    /// How often it is sent, ms, instead of what the database says.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub period_ms: Option<u32>,
    /// Older than this, this source is stale, ms; 0 for what is sent on change only. If it is not said: what the channel says;
    /// else three periods and at least 300 ms; 10 s for groups that are sent on request; 3 s where no period is known.
    #[serde(default)]
    pub timeout_ms: Option<u32>,
}

/// Which frames: by `pgn` or by `id`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["pgn"] }, { "required": ["id"] }]))]
pub(crate) struct FrameEntry {
    /// The parameter group number; priority, and unless `from` and `to` say otherwise, the addresses do not matter.
    #[serde(default)]
    #[schemars(range(max = 262_143))]
    pub pgn: Option<u32>,
    /// The whole identifier as candump writes it: three hexadecimal digits, or eight for 29 bits.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-7][0-9A-Fa-f]{2}$|^[01][0-9A-Fa-f]{7}$"))]
    pub id: Option<String>,
    /// The group comes by the fast-packet protocol of NMEA 2000, in several frames.
    #[serde(default)]
    pub fast_packet: bool,
}

/// Where a value is in a frame, numbered as in a DBC file.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BitsEntry {
    /// The lowest bit of a little-endian value, the highest of a big-endian one; bit 8 is the least significant of the
    /// second byte.
    pub start: u64,
    /// How many bits, 1 to 64.
    #[schemars(range(min = 1, max = 64))]
    pub length: u64,
    /// The high byte comes first.
    #[serde(default)]
    pub big_endian: bool,
    /// Two's complement.
    #[serde(default)]
    pub signed: bool,
}

/// The upper part of a split value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "high: expected \"MESSAGE.Signal\" or { start = .., length = .. }")]
pub(crate) enum High {
    /// `MESSAGE.Signal`.
    Signal(String),
    /// Bits of the same frame.
    Bits(BitsEntry),
}

/// A byte that must have a value.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByteTest {
    /// Which byte, from 1, as the standards count.
    #[schemars(range(min = 1))]
    pub byte: u8,
    /// Its value, 0 to 255.
    pub value: u8,
    /// Only these bits of it are looked at.
    #[serde(default)]
    pub mask: Option<u8>,
}

/// A value of ISO 11783-7 process data (PGN 51968).
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcessData {
    /// The number in the data dictionary of ISO 11783-11.
    pub ddi: u16,
    /// The device element's number, 0 to 4095.
    #[schemars(range(max = 4095))]
    pub element: u16,
}

/// A rule for codes that are not values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Codes {
    /// SAE J1939-71: FB to FF in the top byte are not values.
    J1939,
    /// NMEA 2000: the three largest codes are not values.
    Nmea2000,
    /// Every code is a value.
    None,
}

/// A raw code that is not a value, or a run of them.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecialCode {
    /// The code, or the lowest of the run.
    pub code: i64,
    /// The highest of the run.
    #[serde(default)]
    pub to: Option<i64>,
    /// What it means.
    pub means: Meaning,
}

/// What a code that is not a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Meaning {
    /// There is no such sensor.
    NotAvailable,
    /// The sensor is broken.
    Error,
    /// The sensor is not calibrated.
    NotCalibrated,
    /// It is a value after all, whatever the rule says.
    Value,
}
