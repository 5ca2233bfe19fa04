//! Bits to numbers and back, against values computed by hand, published examples, and a bit-by-bit reference.

use grainloss_can::{ByteOrder, CanId, Database, Frame, Kind, Signal, State, Value};
use proptest::prelude::*;

/// An 11-bit identifier; PGN 65504 (J1939, proprietary) and PGN 129026 (NMEA 2000), bit 31 set as DBC files do.
const STANDARD: u32 = 496;
const J1939: u32 = 0x98FF_E080;
const NMEA2000: u32 = 0x89F8_021C;

/// A database with one message of these signals (the text behind `SG_`), and what follows.
fn database(id: u32, size: usize, signals: &[&str], rest: &str) -> Database {
    let signals: String = signals.iter().flat_map(|signal| [" SG_ ", signal, " \"\" X\n"]).collect();
    let text = format!(
        "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\nBO_ {id} M: {size} X\n{signals}\n\
         BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n{rest}"
    );
    Database::parse("own.dbc", text.as_bytes()).unwrap()
}

fn frame(id: u32, payload: &[u8]) -> Frame {
    let id = if id >> 31 == 1 { CanId::extended(id & 0x1FFF_FFFF) } else { CanId::standard(id) };
    Frame::new(0, id.unwrap(), payload).unwrap()
}

fn signal<'a>(database: &'a Database, name: &str) -> &'a Signal {
    database.messages()[0].signal(name).unwrap()
}

/// The only signal `S`, placed so in a message of this size, read from this payload.
fn decoded(place: &str, payload: &[u8]) -> Value {
    let database = database(STANDARD, payload.len(), &[&format!("S : {place} [0|0]")], "");
    signal(&database, "S").decode(&frame(STANDARD, payload))
}

#[test]
fn the_published_example_of_cantools_decodes_to_its_published_values() {
    // cantools' README, motohawk.dbc: encode_message(Temperature 250.1, AverageRadius 3.2, Enable 1) gives C0 01 40 and
    // zeros; the same page decodes 80 4A 0F to AverageRadius 0.0, Temperature 255.92.
    let signals = [
        "Temperature : 0|12@0- (0.01,250) [229.52|270.47]",
        "AverageRadius : 6|6@0+ (0.1,0) [0|5]",
        "Enable : 7|1@0+ (1,0) [0|0]",
    ];
    let database = database(STANDARD, 8, &signals, "");
    let values = |payload: &[u8]| {
        let frame = frame(STANDARD, payload);
        ["Temperature", "AverageRadius", "Enable"].map(|name| signal(&database, name).decode(&frame).physical)
    };
    assert_eq!(values(&[0xC0, 0x01, 0x40, 0, 0, 0, 0, 0]), [250.1, 3.2, 1.0]);
    assert_eq!(values(&[0x80, 0x4A, 0x0F, 0, 0, 0, 0, 0]), [255.92, 0.0, 1.0]);
    // All twelve bits set are -1: 250 - 0.01.
    assert_eq!(values(&[0x01, 0xFF, 0xE0, 0, 0, 0, 0, 0]), [249.99, 0.0, 0.0]);
    let mut payload = [0; 8];
    for (name, value) in [("Temperature", 250.1), ("AverageRadius", 3.2), ("Enable", 1.0)] {
        let signal = signal(&database, name);
        signal.encode(&mut payload, signal.raw_of(value).unwrap());
    }
    assert_eq!(payload, [0xC0, 0x01, 0x40, 0, 0, 0, 0, 0]);
}

#[test]
fn little_endian_signals_cross_bytes() {
    // A5 3C: 0x3CA5, from bit 4 on 12 bits are 0x3CA = 970.
    assert_eq!(decoded("4|12@1+ (1,0)", &[0xA5, 0x3C]).raw, 0x3CA);
    // 10 bits from bit 11: bytes 1 and 2 are 0xE8, 0x1F: 0x1FE8 >> 3 = 0x3FD of ten bits; signed 0x3FD - 0x400 = -3.
    assert_eq!(decoded("11|10@1+ (1,0)", &[0xFF, 0xE8, 0x1F]).raw, 0x3FD);
    assert_eq!(decoded("11|10@1- (1,0)", &[0xFF, 0xE8, 0x1F]).raw, -3);
    assert_eq!(decoded("11|10@1- (0.5,10)", &[0xFF, 0xE8, 0x1F]).physical, 8.5);
}

#[test]
fn big_endian_signals_start_at_their_highest_bit() {
    // From bit 3 of byte 0 on: the low half of FA, then BC.
    assert_eq!(decoded("3|12@0+ (1,0)", &[0xFA, 0xBC]).raw, 0xABC);
    // Sixteen bits from bit 7: network order.
    assert_eq!(decoded("7|16@0+ (1,0)", &[0x12, 0x34]).raw, 0x1234);
    assert_eq!(decoded("7|16@0- (1,0)", &[0xFF, 0xFE]).raw, -2);
    assert_eq!(decoded("23|8@0- (1,0)", &[0, 0, 0x80]).raw, -128);
}

#[test]
fn all_64_bits_can_be_one_signal() {
    let counting = [1, 2, 3, 4, 5, 6, 7, 8];
    assert_eq!(decoded("7|64@0+ (1,0)", &counting).raw, 0x0102_0304_0506_0708);
    assert_eq!(decoded("0|64@1+ (1,0)", &counting).raw, 0x0807_0605_0403_0201);
    let minus_two = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(decoded("0|64@1- (1,0)", &minus_two).physical, -2.0);
    // 2^64 - 2, which rounds to 2^64 in a double.
    assert_eq!(decoded("0|64@1+ (1,0)", &minus_two).physical, 18_446_744_073_709_551_616.0);
}

#[test]
fn a_can_fd_payload_is_read_to_its_last_byte() {
    let mut payload = [0; 64];
    payload[8] = 0x2A;
    payload[40..48].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
    payload[60] = 0xFA;
    payload[61] = 0xBC;
    payload[62] = 0x34;
    payload[63] = 0x12;
    assert_eq!(decoded("64|8@1+ (1,0)", &payload).raw, 42);
    assert_eq!(decoded("320|64@1+ (1,0)", &payload).raw, 0x0807_0605_0403_0201);
    assert_eq!(decoded("483|12@0+ (1,0)", &payload).raw, 0xABC); // bit 3 of byte 60
    assert_eq!(decoded("496|16@1+ (1,0)", &payload).raw, 0x1234);
    assert_eq!(decoded("504|8@1- (1,0)", &payload).raw, 18);
}

#[test]
fn a_decimal_scale_gives_the_decimal_number() {
    // In doubles 112 × 0.1 - 12.5 is -1.3000000000000007 and 3 × 0.1 is 0.30000000000000004.
    assert_eq!(decoded("0|8@1+ (0.1,-12.5)", &[112]).physical, -1.3);
    assert_eq!(decoded("0|8@1+ (0.1,0)", &[3]).physical, 0.3);
    assert_eq!(decoded("0|32@1- (0.0000001,0)", &[0xFF; 4]).physical, -1e-7);
    assert_eq!(decoded("0|8@1+ (-0.5,10)", &[3]).physical, 8.5);
}

#[test]
fn a_page_holds_only_its_own_signals() {
    let signals = ["Page M : 0|8@1+ (1,0) [0|0]", "Height m0 : 8|16@1+ (1,0) [0|0]", "Speed m2 : 8|16@1+ (1,0) [0|0]"];
    let database = database(STANDARD, 3, &[signals[0], signals[1], signals[2], "Plain : 20|4@1+ (1,0) [0|0]"], "");
    let message = &database.messages()[0];
    assert_eq!(message.switches().next().unwrap().name, "Page");
    let held = |page: u8| {
        let frame = frame(STANDARD, &[page, 0x11, 0x22]);
        let names = message.signals.iter().filter(|signal| message.holds(signal, &frame));
        names.map(|signal| signal.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(held(0), ["Page", "Height", "Plain"]);
    assert_eq!(held(2), ["Page", "Speed", "Plain"]);
    assert_eq!(held(1), ["Page", "Plain"]);
}

#[test]
fn a_frame_too_short_for_the_switch_holds_no_page() {
    // The switch is the last byte; in a frame of two bytes nobody knows the page.
    let signals = ["Page M : 16|8@1+ (1,0) [0|0]", "Height m0 : 0|16@1+ (1,0) [0|0]"];
    let database = database(STANDARD, 3, &signals, "");
    let message = &database.messages()[0];
    assert!(!message.holds(signal(&database, "Height"), &frame(STANDARD, &[0x11, 0x22])));
}

/// The states of these raw codes of an unsigned little-endian signal at bit 0, by decoding a frame of eight bytes.
fn states(id: u32, width: u32, sign: char, codes: &[i64]) -> Vec<State> {
    let database = database(id, 8, &[&format!("S : 0|{width}@1{sign} (1,0) [0|0]")], "");
    let signal = signal(&database, "S");
    codes.iter().map(|code| signal.decode(&frame(id, &(*code as u64).to_le_bytes())).state).collect()
}

#[test]
fn j1939_marks_errors_and_missing_values_by_the_table() {
    use State::{Error, NotAvailable, Reserved, Valid};
    // can-signals.md, section 1.1, after SAE J1939-71.
    assert_eq!(states(J1939, 2, '+', &[0, 1, 2, 3]), [Valid, Valid, Error, NotAvailable]);
    assert_eq!(states(J1939, 4, '+', &[0, 13, 14, 15]), [Valid, Valid, Error, NotAvailable]);
    assert_eq!(states(J1939, 6, '+', &[0, 61, 62, 63]), [Valid, Valid, Error, NotAvailable]);
    let eight = [0, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF];
    assert_eq!(states(J1939, 8, '+', &eight), [Valid, Valid, Reserved, Reserved, Reserved, Error, NotAvailable]);
    // Of wider values only the top byte counts: FF00 is as missing as FFFF.
    let wide = [Valid, Reserved, Reserved, Error, Error, NotAvailable, NotAvailable];
    let sixteen = [0xFAFF, 0xFB00, 0xFDFF, 0xFE00, 0xFEFF, 0xFF00, 0xFFFF];
    assert_eq!(states(J1939, 16, '+', &sixteen), wide);
    let shifted = [0xFAFF_FFFF, 0xFB00_0000, 0xFDFF_FFFF, 0xFE00_0000, 0xFEFF_FFFF, 0xFF00_0000, 0xFFFF_FFFF];
    assert_eq!(states(J1939, 32, '+', &shifted), wide);
    assert_eq!(states(J1939, 1, '+', &[0, 1]), [Valid, Valid]);
}

#[test]
fn nmea2000_keeps_its_largest_values_for_itself() {
    use State::{Error, NotAvailable, Reserved, Valid};
    // can-signals.md, section 1.1: the valid range ends at 252, 65532 and, signed, 32764; -1 is an ordinary value.
    let ends = [Valid, Reserved, Error, NotAvailable];
    assert_eq!(states(NMEA2000, 8, '+', &[252, 253, 254, 255]), ends);
    assert_eq!(states(NMEA2000, 16, '+', &[65532, 65533, 65534, 65535]), ends);
    assert_eq!(states(NMEA2000, 16, '-', &[32764, 32765, 32766, 32767]), ends);
    assert_eq!(states(NMEA2000, 16, '-', &[-1, -32768, 0]), [Valid; 3]);
    let i32_max = i64::from(i32::MAX);
    assert_eq!(states(NMEA2000, 32, '-', &[i32_max - 3, i32_max - 2, i32_max - 1, i32_max]), ends);
    assert_eq!(states(NMEA2000, 32, '-', &[-1]), [Valid], "latitude -0.0000001° is a latitude");
    let u32_max = i64::from(u32::MAX);
    assert_eq!(states(NMEA2000, 32, '+', &[u32_max - 3, u32_max - 2, u32_max - 1, u32_max]), ends);
    // J1939's marks mean nothing here.
    assert_eq!(states(NMEA2000, 16, '+', &[0xFB00, 0xFE00, 0xFF00]), [Valid; 3]);
}

#[test]
fn an_11_bit_message_has_values_only() {
    assert_eq!(states(STANDARD, 8, '+', &[0xFB, 0xFE, 0xFF]), [State::Valid; 3]);
    assert_eq!(states(STANDARD, 2, '+', &[2, 3]), [State::Valid; 2]);
}

#[test]
fn the_value_table_goes_before_the_rule() {
    let table = |id| format!("VAL_ {id} S 0 \"Ok\" 1 \"NotAvailable\" 2 \"High\" 3 \"Error\" ;\n");
    let expected = [State::Valid, State::NotAvailable, State::Valid, State::Error];
    for id in [STANDARD, J1939, NMEA2000] {
        let database = database(id, 1, &["S : 2|2@1+ (1,0) [0|0]"], &table(id));
        let signal = signal(&database, "S");
        let states = [0u8, 1, 2, 3].map(|code| signal.decode(&frame(id, &[code << 2])).state);
        assert_eq!(states, expected, "{id}");
        assert_eq!((signal.label(2), signal.label(4)), (Some("High"), None));
    }
}

#[test]
fn what_a_short_frame_lacks_is_not_available() {
    let database = database(STANDARD, 8, &["A : 0|12@1+ (1,0) [0|0]", "B : 19|8@0+ (1,0) [0|0]"], "");
    let state = |name, length: usize| signal(&database, name).decode(&frame(STANDARD, &[0; 8][..length])).state;
    assert_eq!((state("A", 1), state("A", 2)), (State::NotAvailable, State::Valid));
    // B runs from bit 3 of byte 2 into byte 3.
    assert_eq!((state("B", 3), state("B", 4)), (State::NotAvailable, State::Valid));
}

#[test]
fn what_does_not_fit_has_no_code() {
    let raw_of = |place: &str, physical: f64| {
        let database = database(STANDARD, 8, &[&format!("S : {place} [0|0]")], "");
        signal(&database, "S").raw_of(physical)
    };
    assert_eq!([-1.0, 256.0, f64::NAN, f64::INFINITY].map(|x| raw_of("0|8@1+ (1,0)", x)), [None; 4]);
    assert_eq!([0.0, 255.0].map(|x| raw_of("0|8@1+ (1,0)", x)), [Some(0), Some(255)]);
    assert_eq!([-129.0, 128.0].map(|x| raw_of("0|8@1- (1,0)", x)), [None; 2]);
    assert_eq!([-128.0, 127.0].map(|x| raw_of("0|8@1- (1,0)", x)), [Some(-128), Some(127)]);
    assert_eq!([-0.8, 25.6].map(|x| raw_of("0|8@1+ (0.1,0)", x)), [None; 2]);
    assert_eq!(raw_of("0|8@1+ (0.1,-12.5)", -1.3), Some(112));
}

#[test]
fn what_is_just_too_large_for_a_wide_signal_has_no_code() {
    // 2^width is the first number that does not fit; from 54 bits on, 2^width - 1 is no double of its own.
    for width in [53, 54, 60, 63, 64] {
        for (sign, limit) in [('+', 2f64.powi(width)), ('-', 2f64.powi(width - 1))] {
            let database = database(STANDARD, 8, &[&format!("S : 0|{width}@1{sign} (1,0) [0|0]")], "");
            assert_eq!(signal(&database, "S").raw_of(limit), None, "{width} bits {sign}");
        }
    }
}

#[test]
fn a_place_without_a_file_is_checked_alike() {
    let at = |start, width, order, kind, size| Signal::at(start, width, order, kind, size).map(|signal| signal.width());
    let (little, big) = (ByteOrder::LittleEndian, ByteOrder::BigEndian);
    assert_eq!(at(4, 64, big, Kind::Signed, 9), Ok(64));
    assert_eq!(at(504, 8, little, Kind::Unsigned, 64), Ok(8));
    // The last byte of the longest broadcast, 1785 bytes; nothing is longer, whatever is said.
    assert_eq!(at(14_272, 8, little, Kind::Unsigned, 1785), Ok(8));
    for (start, size) in [(14_280, u64::MAX), (u64::MAX, u64::MAX), (64, 8), (57, 8), (0, 0)] {
        assert!(at(start, 8, little, Kind::Unsigned, size).is_err_and(|wrong| wrong.contains("payload")), "{start}");
    }
    for width in [0, 65, u64::MAX] {
        assert!(at(0, width, big, Kind::Unsigned, 64).is_err_and(|wrong| wrong.contains("64 bits")));
    }
    assert!(at(0, 64, little, Kind::Float, 8).is_err_and(|wrong| wrong.contains("32 or 64")));
    // A float is no part of a split value.
    let float = Signal::at(0, 32, little, Kind::Float, 8).unwrap();
    let byte = Signal::at(32, 8, little, Kind::Unsigned, 8).unwrap();
    assert!(float.clone().with_high(&byte).is_none() && byte.clone().with_high(&float).is_none());
    // Nor is a split value.
    let split = byte.clone().with_high(&byte).unwrap();
    assert!(split.clone().with_high(&byte).is_none() && byte.with_high(&split).is_none());
}

/// One bit after another, as the DBC convention counts them: little endian upward; big endian downward within a byte,
/// then on from bit 7 of the next.
fn reference(payload: &[u8], start: usize, width: usize, big_endian: bool) -> u64 {
    let bit = |at: usize| u64::from(payload[at / 8] >> (at % 8) & 1);
    if !big_endian {
        return (0..width).map(|i| bit(start + i) << i).sum();
    }
    let (mut at, mut value) = (start, 0);
    for _ in 0..width {
        value = value << 1 | bit(at);
        at = if at % 8 == 0 { at + 15 } else { at - 1 };
    }
    value
}

/// Size, start, width and byte order of a signal that fits its message: up to 64 bits, over nine bytes at most.
fn placement() -> impl Strategy<Value = (usize, usize, usize, bool)> {
    (1usize..=64, any::<bool>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        |(size, big_endian, start, width)| {
            let start = start.index(size * 8);
            let before = if big_endian { 7 - start % 8 } else { start % 8 };
            let room = (size * 8 - start / 8 * 8 - before).min(64);
            (size, start, width.index(room) + 1, big_endian)
        },
    )
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn decoding_is_the_bit_by_bit_reference_and_encoding_its_inverse(
            (size, start, width, big_endian) in placement(),
            before in proptest::collection::vec(any::<u8>(), 64),
            after in proptest::collection::vec(any::<u8>(), 64),
            signed: bool,
        ) {
            let (order, sign) = (u8::from(!big_endian), if signed { '-' } else { '+' });
            let database = database(STANDARD, size, &[&format!("S : {start}|{width}@{order}{sign} (1,0) [0|0]")], "");
            let signal = signal(&database, "S");
            let bits = reference(&before[..size], start, width, big_endian);
            let raw = signal.decode(&frame(STANDARD, &before[..size])).raw;
            let unused = 64 - width;
            let expected = if signed { (bits << unused) as i64 >> unused } else { bits as i64 };
            prop_assert_eq!(raw, expected);
            // Written into other bytes it is read back, and no other bit has changed.
            let mut payload = after[..size].to_vec();
            signal.encode(&mut payload, raw);
            prop_assert_eq!(signal.decode(&frame(STANDARD, &payload)).raw, raw);
            let changed: u32 = payload.iter().zip(&after).map(|(a, b)| (a ^ b).count_ones()).sum();
            let own = reference(&after[..size], start, width, big_endian) ^ bits;
            prop_assert_eq!(changed, own.count_ones());
        }

        #[test]
        fn a_split_value_is_its_parts_one_above_the_other(
            (_, low_start, low_width, low_big) in placement(),
            (_, high_start, high_width, high_big) in placement(),
            bytes in proptest::collection::vec(any::<u8>(), 64),
            signed: bool,
            inverted: bool,
        ) {
            let order = |big| if big { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
            let kind = if signed { Kind::Signed } else { Kind::Unsigned };
            let low = Signal::at(low_start as u64, low_width as u64, order(low_big), Kind::Unsigned, 64).unwrap();
            let high = Signal::at(high_start as u64, high_width as u64, order(high_big), kind, 64).unwrap();
            let width = low_width + high_width;
            let Some(both) = low.with_high(&high) else {
                prop_assert!(width > 64);
                return Ok(());
            };
            let both = if inverted { both.with_bits_inverted() } else { both };
            let bits = reference(&bytes, low_start, low_width, low_big)
                | reference(&bytes, high_start, high_width, high_big) << low_width;
            let unused = 64 - width;
            let raised = (if inverted { !bits } else { bits }) << unused;
            let expected = if signed { raised as i64 >> unused } else { (raised >> unused) as i64 };
            let full = frame(STANDARD, &bytes);
            prop_assert_eq!(both.decode(&full).raw, expected);
            // A frame that ends before either part's last byte has no value.
            let last = |start: usize, width, big| if big { start / 8 + (7 - start % 8 + width - 1) / 8 } else { (start + width - 1) / 8 };
            let needs = 1 + last(low_start, low_width, low_big).max(last(high_start, high_width, high_big));
            prop_assert_eq!(both.decode(&frame(STANDARD, &bytes[..needs])).state, State::Valid);
            prop_assert_eq!(both.decode(&frame(STANDARD, &bytes[..needs - 1])).state, State::NotAvailable);
        }

        #[test]
        fn a_value_comes_back_within_half_a_step(
            (size, start, width, big_endian) in placement(),
            factor in prop_oneof![Just(0.1), Just(0.125), Just(0.001), Just(-0.4), Just(1e-7), Just(1000.0), 1e-6f64..1e3],
            offset in prop_oneof![Just(0.0), Just(-200.0), Just(-12.5), -1e3f64..1e3],
            share in 0f64..1.0,
            signed: bool,
        ) {
            // Doubles are exact to 53 bits; a step must not drown in their rounding.
            let width = width.min(40);
            let (order, sign) = (u8::from(!big_endian), if signed { '-' } else { '+' });
            let text = format!("S : {start}|{width}@{order}{sign} ({factor},{offset}) [0|0]");
            let database = database(STANDARD, size, &[&text], "");
            let signal = signal(&database, "S");
            let low = if signed { -2f64.powi(width as i32 - 1) } else { 0.0 };
            let physical = (low + share * (2f64.powi(width as i32) - 1.0)) * factor + offset;
            let mut payload = vec![0; size];
            signal.encode(&mut payload, signal.raw_of(physical).unwrap());
            let back = signal.decode(&frame(STANDARD, &payload)).physical;
            let rounding = 1e-12 * (physical.abs() + offset.abs());
            prop_assert!((back - physical).abs() <= 0.5 * f64::abs(factor) + rounding, "{physical} came back as {back}");
        }
    }
}

/// The states of a two-bit flag, an eight-bit percentage and a sixteen-bit speed whose codes carry these labels.
fn labelled(id: u32, signal_text: &str, labels: &[(i64, &str)], codes: &[i64]) -> Vec<State> {
    let entries: Vec<String> = labels.iter().map(|(code, label)| format!(" {code} \"{label}\"")).collect();
    let table = entries.concat();
    let text = format!(
        "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\nBO_ {id} M: 8 X\n SG_ {signal_text} X\n\n\
         BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\nVAL_ {id} S{table} ;\n"
    );
    let database = Database::parse("own.dbc", text.as_bytes()).unwrap();
    let signal = signal(&database, "S");
    codes.iter().map(|code| signal.decode(&frame(id, &(*code as u64).to_le_bytes())).state).collect()
}

#[test]
fn a_missing_sensor_is_never_a_value_whatever_its_label_says() {
    use State::{Error, NotAvailable, Reserved, Valid};
    let wordings = [
        "Not available / sensor not fitted",
        "NotAvailableNotInstalled",
        "Not available or not installed",
        "Unavailable",
        "N/A",
        "NotSupported",
        "Take no action",
        "Dont care",
        "Don't care / take no action",
        "SNA",
        "not_fitted",
        "---",
        "255",
        "传感器未安装",
        "不可用",
        "无效",
        "保留",
        "ErrorIndicator",
        "Reserved",
    ];
    for label in wordings {
        let percent = labelled(J1939, "S : 0|8@1+ (0.4,0) [0|100] \"%\"", &[(255, label)], &[250, 255]);
        assert!(percent[0] == Valid && percent[1] != Valid, "{label}");
        for (id, width, code) in
            [(J1939, 2, 3), (J1939, 5, 31), (J1939, 8, 255), (J1939, 16, 0xFFFF), (NMEA2000, 8, 255)]
        {
            let flag = labelled(id, &format!("S : 0|{width}@1+ (1,0) [0|{code}] \"\""), &[(code, label)], &[code]);
            assert_ne!(flag, [Valid], "{label} of {width} bits");
        }
    }
    // What measures has no choices: a label of eight bits and more with a unit never makes FF a value.
    let percent = "S : 0|8@1+ (0.4,0) [0|102] \"%\"";
    assert_eq!(
        labelled(J1939, percent, &[(255, "Maximum"), (254, "Top"), (251, "Mode")], &[255, 254, 251]),
        [NotAvailable, Error, Reserved]
    );
    // An ordinary choice is one; so is a flag of one bit.
    let two = "S : 0|2@1+ (1,0) [0|3] \"\"";
    assert_eq!(labelled(J1939, two, &[(2, "Reverse"), (3, "Both")], &[1, 2, 3]), [Valid; 3]);
    assert_eq!(
        labelled(J1939, two, &[(2, "Error Indicator"), (3, "Not installed")], &[1, 2, 3]),
        [Valid, Error, NotAvailable]
    );
    assert_eq!(labelled(J1939, "S : 0|1@1+ (1,0) [0|1] \"\"", &[(0, "No error"), (1, "Error")], &[0, 1]), [Valid; 2]);
    // A fault among ordinary codes is what the signal is there to tell.
    assert_eq!(labelled(J1939, two, &[(0, "No fault"), (1, "Fault present")], &[0, 1]), [Valid; 2]);
    assert_eq!(
        labelled(STANDARD, "S : 0|8@1+ (1,0) [0|255] \"cm\"", &[(255, "Sensor missing")], &[254, 255]),
        [Valid, NotAvailable]
    );
}

#[test]
fn a_declared_range_makes_no_value_of_all_ones() {
    use State::{NotAvailable, Valid};
    for (width, code) in [(2, 3), (3, 7), (5, 31), (8, 0xFF), (16, 0xFFFF), (32, 0xFFFF_FFFF)] {
        let text = format!("S : 0|{width}@1+ (1,0) [0|{code}]");
        let database = database(J1939, 8, &[&text], "");
        let state = signal(&database, "S").decode(&frame(J1939, &i64::to_le_bytes(code))).state;
        assert_eq!(state, NotAvailable, "{text}");
    }
    // The low half of a suspect parameter number is a bare number: 0xFE12 belongs to it.
    let database = database(J1939, 8, &["S : 0|16@1+ (1,0) [0|65535]"], "");
    assert_eq!(signal(&database, "S").decode(&frame(J1939, &[0x12, 0xFE])).state, Valid);
}
