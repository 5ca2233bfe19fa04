//! The demonstration database against values that an independent tool computed: 124 signals of 22 frames, encoded by
//! cantools 45.1.0 from the same DBC file and decoded back by it.

use grainloss_can::candump::{Line, parse_line};
use grainloss_can::{Database, Frame, State};

const VECTORS: &str = include_str!("data/golden-vectors.csv");

/// cantools knows no "not available" or "error"; these are the vectors whose raw code is one, by J1939-71's table and
/// the DBC's own value tables. Everything else is a value.
const NOT_VALUES: [(&str, &str, State); 13] = [
    ("HDR_STAT", "RowsInWork", State::NotAvailable),         // FF
    ("THRESH", "SeparatorSpeed", State::NotAvailable),       // FFFF
    ("CLEAN", "PreSieveOpening", State::NotAvailable),       // FF
    ("LOSS_RATE", "LossRateShoeRight", State::NotAvailable), // FFFF
    ("LOSS_CNT", "LossCountShoeRight", State::NotAvailable), // FFFF
    ("LOSS_IDX", "LossIdxShoeRight", State::Error),          // FE
    ("LOSS_IDX", "LossStateShoeRight", State::Error),        // 2 of 2 bits, "Error"
    ("EEC1", "EngStarterMode", State::NotAvailable),         // 15 of 4 bits
    ("MSS", "MSSExitReason", State::NotAvailable),           // 63 of 6 bits
    ("DM1", "ProtectLamp", State::NotAvailable),             // 3 of 2 bits, as the next three
    ("DM1", "AmberWarningLamp", State::NotAvailable),
    ("DM1", "RedStopLamp", State::NotAvailable),
    ("DM1", "MalfunctionLamp", State::NotAvailable),
];

fn frame(text: &str) -> Frame {
    match parse_line(format!("(1.0) can0 {text}").as_bytes()) {
        Ok(Line::Frame { frame, .. }) => frame,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn all_vectors_decode_to_their_value_and_state() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let mut checked = 0;
    for line in VECTORS.lines().skip(1) {
        let [message, text, signal, expected] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let frame = frame(text);
        let found = database.message_of(frame.id).unwrap_or_else(|| panic!("{line}: no message"));
        assert_eq!(found.name, message);
        let found_signal = found.signal(signal).unwrap_or_else(|| panic!("{line}: no signal"));
        assert!(found.holds(found_signal, &frame), "{line}: page");
        let value = found_signal.decode(&frame);
        assert_eq!(value.physical, expected.parse::<f64>().unwrap(), "{line}");
        let state = NOT_VALUES.iter().find(|v| (v.0, v.1) == (message, signal)).map_or(State::Valid, |v| v.2);
        assert_eq!(value.state, state, "{line}");
        checked += 1;
    }
    assert_eq!(checked, 124);
}

#[test]
fn encoding_the_values_gives_the_frames_back() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    for text in VECTORS.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()) {
        let original = frame(text);
        let message = database.message_of(original.id).unwrap();
        let mut payload = vec![0xFF; message.size];
        for signal in message.signals.iter().filter(|signal| message.holds(signal, &original)) {
            let value = signal.decode(&original);
            assert_eq!(signal.raw_of(value.physical), Some(value.raw), "{text} {}", signal.name);
            signal.encode(&mut payload, value.raw);
        }
        assert_eq!(payload, original.payload(), "{text}");
    }
}

#[test]
fn any_priority_and_source_match() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    // EEC1 from source address 0x03 at priority 6, as some engines send it.
    assert_eq!(database.message_of(frame("18F00403#FFFFFFFFFFFFFFFF").id).unwrap().name, "EEC1");
    assert!(database.message_of(frame("18F00303#FFFFFFFFFFFFFFFF").id).is_some_and(|m| m.name == "EEC2"));
    assert!(database.message_of(frame("18FFEF03#FFFFFFFFFFFFFFFF").id).is_none());
    assert!(database.message_of(frame("404#FFFFFFFFFFFFFFFF").id).is_none(), "11 bits are not J1939");
}

#[test]
fn a_short_frame_has_no_value_for_what_it_lacks() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let short = frame("18FFE381#000F8624");
    let message = database.message_of(short.id).unwrap();
    assert_eq!(message.signal("FeedRate").unwrap().decode(&short).physical, 9.35);
    assert_eq!(message.signal("FeedRate").unwrap().decode(&short).state, State::Valid);
    assert_eq!(message.signal("FeederTorque").unwrap().decode(&short).state, State::NotAvailable);
}

#[test]
fn nmea2000_marks_missing_values_its_own_way() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    // Latitude 0x7FFFFFFF is not available; longitude 0xFFFFFFFF is -1e-7 degrees, an ordinary value.
    let position = frame("09F8011C#FFFFFF7FFFFFFFFF");
    let message = database.message_of(position.id).unwrap();
    assert_eq!(message.signal("Latitude").unwrap().decode(&position).state, State::NotAvailable);
    let longitude = message.signal("Longitude").unwrap().decode(&position);
    assert_eq!((longitude.state, longitude.physical), (State::Valid, -1e-7));
}
