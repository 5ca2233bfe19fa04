//! One source of a profile, looked up, checked and compiled.

use grainloss_can::{ByteOrder, CanId, CodeRule, Kind, MAX_PAYLOAD, Message, Pgn, Signal, State};

use super::Target;
use super::condition::{Byte, Condition};
use crate::data_file::FileError;
use crate::machine::channel::Channel;
use crate::machine::profile::{
    BitsEntry, ByteTest, ChannelEntry, Codes, Combine, FrameEntry, High, Meaning, ProcessData, Profile, Source,
};
use crate::machine::source::SourceSpec;
use crate::machine::unit;

/// ISO 11783-7 process data.
const PROCESS_DATA: u32 = 51_968;
/// Groups that are sent on request only, so that they come seldom: engine hours, fuel totals, time and date (J1939DA
/// extract).
const ON_REQUEST: [u32; 3] = [65_253, 65_257, 65_254];

/// Which frames a source comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A message of the database, by its place there.
    Message(usize),
    /// A group that the profile describes.
    Group(Pgn),
    /// An identifier that the profile describes.
    Id(CanId),
}

/// A source, ready to be routed.
pub(super) struct Resolved {
    pub place: Place,
    pub signal: Signal,
    pub target: Target,
    pub condition: Condition,
    pub status: Option<(Place, Signal, Condition)>,
    pub spec: SourceSpec,
}

/// The channel that an entry names.
pub(super) fn channel(profile: &Profile, entry: &ChannelEntry) -> Result<Channel, FileError> {
    let name = entry.name.get_ref();
    let wrong = |problem| profile.error_at(entry.name.span(), problem);
    let channel = Channel::from_name(name)
        .ok_or_else(|| wrong(format!("channel '{name}' is unknown; the channels are: {}", Channel::names())))?;
    if entry.sources.is_empty() {
        return Err(wrong(format!("channel '{name}' has no sources; name one, or leave the channel out")));
    }
    if let Some(range) = &entry.plausible
        && range.get_ref().0.partial_cmp(&range.get_ref().1) != Some(std::cmp::Ordering::Less)
    {
        let problem = format!("channel {name}: plausible needs [lowest, highest], lowest first");
        return Err(profile.error_at(range.span(), problem));
    }
    if let Some(change) = &entry.change_per_s
        && !(change.get_ref() > &0.0 && change.get_ref().is_finite())
    {
        let problem = format!("channel {name}: change_per_s is {}; expected more than 0", change.get_ref());
        return Err(profile.error_at(change.span(), problem));
    }
    if let Some(combine) = &entry.combine {
        let problem = match combine.get_ref() {
            Combine::Sum => None,
            _ if channel.counts_kernels() => Some("kernels of several plates are summed: combine = \"sum\""),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(profile.error_at(combine.span(), format!("channel {name}: {problem}")));
        }
    }
    Ok(channel)
}

/// How the entry's sources make one value.
pub(super) fn combine(entry: &ChannelEntry) -> Option<Combine> {
    entry.combine.as_ref().map(|combine| *combine.get_ref())
}

/// One source; the error says what is wrong and what to do.
pub(super) fn source(
    profile: &Profile,
    entry: &ChannelEntry,
    channel: Channel,
    source: &Source,
) -> Result<Resolved, String> {
    let mut condition = Condition { from: source.from.clone(), to: source.to, ..Condition::default() };
    let mut cycle_ms = None;
    let (place, mut signal, origin) = match source {
        Source { signal: Some(name), frame: None, bits: None, process_data: None, .. } => {
            let found = find(profile, name)?;
            condition.pages = pages(found.message, found.signal);
            cycle_ms = found.message.cycle_ms;
            let signal = match &source.high {
                Some(high) => with_high(profile, name, &found, high)?,
                None => found.signal.clone(),
            };
            (Place::Message(found.number), signal, name.clone())
        }
        Source { signal: None, frame: Some(frame), bits: Some(bits), process_data: None, .. } => {
            let (place, rule, name) = frame_place(frame)?;
            let mut signal = bits_signal(*bits)?.with_rule(rule);
            match &source.high {
                Some(High::Bits(high)) => {
                    signal = signal.with_high(&bits_signal(*high)?).ok_or("bits and high are over 64 bits together")?;
                }
                Some(High::Signal(name)) => {
                    return Err(format!("high is '{name}'; a source with frame and bits needs bits there as well"));
                }
                None => {}
            }
            (place, signal, format!("{name} bits {}+{}", bits.start, bits.length))
        }
        Source { signal: None, frame: None, bits: None, process_data: Some(data), high: None, .. } => {
            condition.bytes.extend(process_data_tests(*data)?);
            let pgn = Pgn::new(PROCESS_DATA).ok_or("no such group")?;
            let value = BitsEntry { start: 32, length: 32, big_endian: false, signed: true };
            if source.scale.is_none() || source.unit.is_none() {
                return Err("process_data needs scale and unit, as the data dictionary has them for the DDI".to_owned());
            }
            (Place::Group(pgn), bits_signal(value)?, format!("DDI {} of element {}", data.ddi, data.element))
        }
        _ => return Err("a source is either signal, or frame with bits, or process_data".to_owned()),
    };
    condition.bytes.extend(source.when.iter().map(byte_test).collect::<Result<Vec<_>, _>>()?);
    signal = adjusted(signal, source)?;
    let target = target(channel, source, &signal)?;
    let status = match &source.status {
        Some(name) => {
            let found = find(profile, name)?;
            let own = Condition { from: source.from.clone(), to: source.to, ..Condition::default() };
            let own = Condition { pages: pages(found.message, found.signal), ..own };
            Some((Place::Message(found.number), found.signal.clone(), own))
        }
        None => None,
    };
    let on_request = matches!(place, Place::Message(at) if is_on_request(&profile.database.messages()[at]));
    let spec = SourceSpec::new(channel, entry, source, &signal, (cycle_ms, on_request), origin)?;
    Ok(Resolved { place, signal, target, condition, status, spec })
}

fn is_on_request(message: &Message) -> bool {
    message.id.j1939().is_some_and(|id| ON_REQUEST.contains(&id.pgn.number()))
}

/// A signal with its message and the message's place in the database.
struct Found<'a> {
    number: usize,
    message: &'a Message,
    signal: &'a Signal,
}

fn find<'a>(profile: &'a Profile, name: &str) -> Result<Found<'a>, String> {
    let (message_name, signal_name) =
        name.split_once('.').ok_or_else(|| format!("'{name}' is not of the form MESSAGE.Signal"))?;
    let database = &profile.database;
    let number = database
        .messages()
        .iter()
        .position(|message| message.name == message_name)
        .ok_or_else(|| format!("signal '{name}': {} has no message '{message_name}'", database.file))?;
    let message = &database.messages()[number];
    let signal = message.signal(signal_name).ok_or_else(|| {
        let names = message.signals.iter().map(|signal| signal.name.as_str()).collect::<Vec<_>>().join(", ");
        format!("{} has no signal '{signal_name}' in message {message_name}; it has: {names}", database.file)
    })?;
    Ok(Found { number, message, signal })
}

fn with_high(profile: &Profile, name: &str, low: &Found<'_>, high: &High) -> Result<Signal, String> {
    let high = match high {
        High::Signal(high_name) => {
            let high = find(profile, high_name)?;
            if high.number != low.number {
                return Err(format!("high '{high_name}' is in another message than '{name}'; both must be in one"));
            }
            high.signal.clone()
        }
        High::Bits(bits) => bits_signal(*bits)?,
    };
    let joined = low.signal.clone().with_high(&high);
    // The two parts' codes are not those of the whole.
    let whole = |signal: Signal| signal.with_codes(CodeRule::None, Vec::new());
    joined.map(whole).ok_or_else(|| format!("'{name}' and its high part are over 64 bits together"))
}

/// The switches above a signal, each with the pages that it must show.
fn pages(message: &Message, signal: &Signal) -> Vec<(Signal, grainloss_can::Pages)> {
    let mut pages = Vec::new();
    let mut on = signal.pages.as_ref();
    while let Some(below) = on {
        let switch = &message.signals[below.switch];
        pages.push((switch.clone(), below.clone()));
        on = switch.pages.as_ref();
    }
    pages
}

fn frame_place(frame: &FrameEntry) -> Result<(Place, CodeRule, String), String> {
    match (frame.pgn, &frame.id) {
        (Some(number), None) => {
            let pgn = Pgn::new(number).ok_or_else(|| format!("pgn {number} is over 262143"))?;
            if !pgn.is_broadcast() && number & 0xFF != 0 {
                let group = number & 0x3_FF00;
                return Err(format!("pgn {number} is sent to an address, which is its low byte; write pgn = {group}"));
            }
            let rule = if pgn.is_nmea2000() { CodeRule::Nmea2000 } else { CodeRule::J1939 };
            Ok((Place::Group(pgn), rule, format!("PGN {number}")))
        }
        (None, Some(text)) => {
            let bits = u32::from_str_radix(text, 16).ok();
            let id = match (text.len(), bits) {
                (3, Some(bits)) => CanId::standard(bits),
                (8, Some(bits)) => CanId::extended(bits),
                _ => None,
            };
            let wrong = || format!("id '{text}' is not three or eight hexadecimal digits of a CAN identifier");
            Ok((Place::Id(id.ok_or_else(wrong)?), CodeRule::None, text.clone()))
        }
        _ => Err("frame needs pgn or id".to_owned()),
    }
}

fn bits_signal(bits: BitsEntry) -> Result<Signal, String> {
    let order = if bits.big_endian { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
    let kind = if bits.signed { Kind::Signed } else { Kind::Unsigned };
    Signal::at(bits.start, bits.length, order, kind, MAX_PAYLOAD as u64)
        .map_err(|why| format!("bits {}+{}: {why}", bits.start, bits.length))
}

fn byte_test(test: &ByteTest) -> Result<Byte, String> {
    let mask = test.mask.unwrap_or(0xFF);
    match test.byte {
        0 | 65.. => Err(format!("when: byte is {}; bytes are counted from 1 to 64", test.byte)),
        _ if test.value & !mask != 0 => Err(format!("when: value {} has bits outside mask {mask}", test.value)),
        at => Ok(Byte { at: usize::from(at) - 1, mask, value: test.value }),
    }
}

/// Command "value" (3) and the element's low bits, its high bits, the DDI (layout: AgIsoStack++).
fn process_data_tests(data: ProcessData) -> Result<[Byte; 4], String> {
    const VALUE: u8 = 3;
    if data.element > 4095 {
        return Err(format!("process_data: element is {}; expected 0 to 4095", data.element));
    }
    let [low, high] = data.ddi.to_le_bytes();
    let first = (data.element & 0xF) as u8;
    let bytes = [first << 4 | VALUE, (data.element >> 4) as u8, low, high];
    let mut at = 0;
    Ok(bytes.map(|value| {
        at += 1;
        Byte { at: at - 1, mask: 0xFF, value }
    }))
}

/// The signal with what the source says instead of the database.
fn adjusted(mut signal: Signal, source: &Source) -> Result<Signal, String> {
    if let Some(codes) = source.codes {
        let rule = match codes {
            Codes::J1939 => CodeRule::J1939,
            Codes::Nmea2000 => CodeRule::Nmea2000,
            Codes::None => CodeRule::None,
        };
        signal = signal.with_codes(rule, Vec::new());
    }
    let mut special = Vec::with_capacity(source.special.len());
    for code in &source.special {
        let to = code.to.unwrap_or(code.code);
        if to < code.code {
            return Err(format!("special: code {} is above to = {to}; the lowest comes first", code.code));
        }
        special.push((code.code, to, state(code.means)));
    }
    signal = signal.with_special_codes(special);
    if source.invert_bits {
        signal = signal.with_bits_inverted();
    }
    if source.scale.is_some() || source.offset.is_some() {
        let (scale, offset) = signal.scale();
        let (scale, offset) = (source.scale.unwrap_or(scale), source.offset.unwrap_or(offset));
        let wrong = || format!("scale {scale} with offset {offset} cannot scale anything");
        signal = signal.with_scale(scale, offset).ok_or_else(wrong)?;
    }
    if let Some(unit) = &source.unit {
        signal.unit.clone_from(unit);
    }
    Ok(signal)
}

const fn state(meaning: Meaning) -> State {
    match meaning {
        Meaning::NotAvailable => State::NotAvailable,
        Meaning::Error => State::Error,
        Meaning::NotCalibrated => State::NotCalibrated,
        Meaning::Value => State::Valid,
    }
}

fn target(channel: Channel, source: &Source, signal: &Signal) -> Result<Target, String> {
    let Some(modulus) = source.counter_modulus else {
        if signal.unit == "count" && source.calibration.is_empty() {
            return Err("the signal is a counter; add its counter_modulus".to_owned());
        }
        return Ok(Target::Value);
    };
    if modulus == 0 {
        return Err("counter_modulus is 0; expected the counter's range".to_owned());
    }
    if !source.calibration.is_empty() || !source.values.is_empty() {
        return Err("counter_modulus goes with neither calibration nor values".to_owned());
    }
    let per_unit = unit::counter_factor(&signal.unit, channel)
        .ok_or_else(|| format!("a counter of '{}' has no rate in {}; set unit", signal.unit, channel.unit()))?;
    Ok(Target::Counter(modulus, signal.scale().0 * per_unit))
}
