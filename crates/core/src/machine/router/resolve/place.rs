//! Where a source's bits are: a signal of the database, or what the profile itself says of frames, bytes and bits.

use grainloss_can::{ByteOrder, CanId, CodeRule, Kind, LONGEST_BROADCAST, Message, Pages, Pgn, Signal};

use crate::machine::profile::definition::Profile;
use crate::machine::profile::source::{BitsEntry, ByteTest, FrameEntry, High, ProcessData};
use crate::machine::router::condition::Byte;
use crate::machine::router::route::Place;

/// ISO 11783-7 process data.
const PROCESS_DATA: u32 = 51_968;

/// A signal with its message and the message's place in the database.
pub(super) struct Found<'a> {
    pub number: usize,
    pub message: &'a Message,
    pub signal: &'a Signal,
}

/// The signal of this name, `MESSAGE.Signal`.
pub(super) fn find<'a>(profile: &'a Profile, name: &str) -> Result<Found<'a>, String> {
    let (message_name, signal_name) =
        name.split_once('.').ok_or_else(|| format!("'{name}' is not of the form MESSAGE.Signal"))?;
    let database = &profile.database;
    if database.messages().is_empty() {
        return Err(format!(
            "signal '{name}': there is no database to find it in; name one (dbc = ), or say frame and bits"
        ));
    }
    let number = database.messages().iter().position(|message| message.name == message_name).ok_or_else(|| {
        let names = database.messages().iter().map(|message| message.name.as_str()).collect::<Vec<_>>().join(", ");
        format!("signal '{name}': {} has no message '{message_name}'; it has: {names}", database.file)
    })?;
    let message = &database.messages()[number];
    let signal = message.signal(signal_name).ok_or_else(|| {
        let names = message.signals.iter().map(|signal| signal.name.as_str()).collect::<Vec<_>>().join(", ");
        format!("{} has no signal '{signal_name}' in message {message_name}; it has: {names}", database.file)
    })?;
    Ok(Found { number, message, signal })
}

/// A signal of the database with the upper bits that its sender has put elsewhere.
pub(super) fn with_high(profile: &Profile, name: &str, low: &Found<'_>, high: &High) -> Result<Signal, String> {
    let high = match high {
        High::Signal(high_name) => {
            let high = find(profile, high_name)?;
            if high.number != low.number {
                return Err(format!("high '{high_name}' is in another message than '{name}'; both must be in one"));
            }
            high.signal.clone()
        }
        High::Bits(bits) => of_bits(*bits)?,
    };
    joined(low.signal, &high)
}

/// Two parts of one value; every code of it is a value unless the source says otherwise.
pub(super) fn joined(low: &Signal, high: &Signal) -> Result<Signal, String> {
    let too_wide = || {
        let (low, high) = (low.width(), high.width());
        format!("{low} bits and {high} bits above them make no whole number; together they may have 64")
    };
    low.clone().with_high(high).map(without_codes).ok_or_else(too_wide)
}

/// The signal without the codes of its parts: they are not those of the whole.
fn without_codes(signal: Signal) -> Signal {
    signal.with_codes(CodeRule::None, Vec::new())
}

/// The switches above a signal, each with the pages that it must show.
pub(super) fn pages(message: &Message, signal: &Signal) -> Vec<(Signal, Pages)> {
    let mut pages = Vec::new();
    let mut on = signal.pages.as_ref();
    while let Some(below) = on {
        let switch = &message.signals[below.switch];
        pages.push((switch.clone(), below.clone()));
        on = switch.pages.as_ref();
    }
    pages
}

/// The frames that the profile describes, the rule of their codes, and their name.
pub(super) fn of_frame(frame: &FrameEntry) -> Result<(Place, CodeRule, String), String> {
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
            if frame.fast_packet {
                return Err("fast_packet is for groups; write pgn instead of id".to_owned());
            }
            let digits = text.bytes().all(|digit| digit.is_ascii_hexdigit());
            let bits = u32::from_str_radix(text, 16).ok().filter(|_| digits);
            let id = match (text.len(), bits) {
                (3, Some(bits)) => CanId::standard(bits),
                (8, Some(bits)) => CanId::extended(bits),
                _ => None,
            };
            let wrong = || format!("id '{text}' is not three or eight hexadecimal digits of a CAN identifier");
            Ok((Place::Id(id.ok_or_else(wrong)?), CodeRule::None, text.clone()))
        }
        _ => Err("frame needs either pgn or id".to_owned()),
    }
}

/// The bits that the profile describes.
pub(super) fn of_bits(bits: BitsEntry) -> Result<Signal, String> {
    let order = if bits.big_endian { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
    let kind = if bits.signed { Kind::Signed } else { Kind::Unsigned };
    Signal::at(bits.start, bits.length, order, kind, LONGEST_BROADCAST as u64)
        .map_err(|why| format!("bits from {}, {} long: {why}", bits.start, bits.length))
}

/// A byte that the profile wants to see.
pub(super) fn byte_test(test: ByteTest) -> Result<Byte, String> {
    let mask = test.mask.unwrap_or(0xFF);
    match test.byte {
        0 => Err("when: byte is 0; bytes are counted from 1".to_owned()),
        _ if test.value & !mask != 0 => {
            Err(format!("when: value {} has bits outside mask {mask}, so that no frame could match", test.value))
        }
        at => Ok(Byte { at: usize::from(at) - 1, mask, value: test.value }),
    }
}

/// Where all process data travel.
pub(super) fn process_data() -> Result<Place, String> {
    Pgn::new(PROCESS_DATA).map(Place::Group).ok_or_else(|| "no such group".to_owned())
}

/// Command "value" (3) and the element's low bits, its high bits, the DDI (layout: AgIsoStack++).
pub(super) fn process_data_tests(data: ProcessData) -> Result<[Byte; 4], String> {
    const VALUE: u8 = 3;
    if data.element > 4095 {
        return Err(format!("process_data: element is {}; expected 0 to 4095", data.element));
    }
    let [low, high] = data.ddi.to_le_bytes();
    let first = (data.element & 0xF) as u8;
    let whole = |at, value| Byte { at, mask: 0xFF, value };
    let element_high = (data.element >> 4) as u8;
    Ok([whole(0, first << 4 | VALUE), whole(1, element_high), whole(2, low), whole(3, high)])
}
