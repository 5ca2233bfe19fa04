//! The demonstration database against values that an independent tool computed: 124 signals of 22 frames, encoded by
//! cantools 45.1.0 from the same DBC file and decoded back by it.

use grainloss_can::candump::{Line, parse_line};
use grainloss_can::{Database, Frame, State};

const VECTORS: &str = include_str!("../data/golden-vectors.csv");

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

/// A file of J1939 with this text, and the frame's signals that have a value.
fn decoded(body: &str, text: &str) -> Vec<(String, f64)> {
    let file = format!(
        "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n{body}\nBA_DEF_ \"ProtocolType\" STRING ;\n\
         BA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n"
    );
    let database = Database::parse("own.dbc", file.as_bytes()).unwrap();
    let frame = frame(text);
    let message = database.message_of(frame.id).unwrap();
    let held = message.signals.iter().filter(|signal| message.holds(signal, &frame));
    held.filter_map(|signal| {
        let value = signal.decode(&frame);
        (value.state == State::Valid).then(|| (signal.name.clone(), value.physical))
    })
    .collect()
}

/// The values alone are compared with those published with the frames (pysobus, MIT).
fn assert_decodes(body: &str, text: &str, expected: &[(&str, f64)]) {
    let all = decoded(body, text);
    assert_eq!(all.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn published_frames_of_position_and_direction() {
    // VP1 (65267) and VDS (65256) from any sender: 0x98FEF3FE and 0x98FEE8FE.
    assert_decodes(
        "BO_ 2566845438 VP1: 8 X\n SG_ Latitude : 0|32@1+ (0.0000001,-210) [-210|211.1081215] \"deg\" X\n \
         SG_ Longitude : 32|32@1+ (0.0000001,-210) [-210|211.1081215] \"deg\" X\n",
        "18FEF31C#3D422397722E724B",
        &[("Latitude", 43.567_033_3), ("Longitude", -83.422_580_6)],
    );
    assert_decodes(
        "BO_ 2566842622 VDS: 8 X\n SG_ Bearing : 0|16@1+ (0.0078125,0) [0|501.99] \"deg\" X\n \
         SG_ Speed : 16|16@1+ (0.00390625,0) [0|250.996] \"km/h\" X\n \
         SG_ Pitch : 32|16@1+ (0.0078125,-200) [-200|301.99] \"deg\" X\n \
         SG_ Altitude : 48|16@1+ (0.125,-2500) [-2500|5531.875] \"m\" X\n",
        "18FEE81C#C47C300000648354",
        &[("Bearing", 249.53125), ("Speed", 0.1875), ("Pitch", 0.0), ("Altitude", 204.375)],
    );
}

#[test]
fn published_frames_of_combines() {
    // CNH 65385 from 0x90: 0x98FF6990. Deere 61184 from 0xD3 with 2383 in its first two bytes, 65535 from 0x17 with 24.
    assert_decodes(
        "BO_ 2566875536 YIELD: 8 X\n SG_ Flow : 0|16@1+ (0.001,0) [0|0] \"kg/s\" X\n SG_ Crop : 16|8@1+ (1,0) [0|0] \"\" X\n \
         SG_ Moisture : 32|16@1+ (0.01,0) [0|0] \"%\" X\n SG_ Width : 48|16@1+ (1,0) [0|0] \"mm\" X\n",
        "18FF6990#000031000305341A",
        &[("Flow", 0.0), ("Crop", 49.0), ("Moisture", 12.83), ("Width", 6708.0)],
    );
    assert_decodes(
        "BO_ 2431647699 YIELD: 8 X\n SG_ Opcode M : 0|16@1+ (1,0) [0|0] \"\" X\n \
         SG_ Flow m2383 : 16|16@1+ (0.01,0) [0|0] \"kg/s\" X\n SG_ Moisture m2383 : 32|16@1+ (0.01,0) [0|0] \"%\" X\n \
         SG_ Other m2384 : 16|16@1+ (1,0) [0|0] \"\" X\n",
        "10EFFFD3#4F090000C8040102",
        &[("Opcode", 2383.0), ("Flow", 0.0), ("Moisture", 12.24)],
    );
    assert_decodes(
        "BO_ 2566913815 HEADER: 8 X\n SG_ Opcode M : 0|8@1+ (1,0) [0|0] \"\" X\n \
         SG_ InUse m24 : 8|16@1+ (1,0) [0|0] \"mm\" X\n SG_ Width m24 : 24|16@1+ (1,0) [0|0] \"mm\" X\n \
         SG_ RowsInCut m24 : 40|8@1+ (1,0) [0|0] \"\" X\n SG_ Rows m24 : 48|8@1+ (1,0) [0|0] \"\" X\n \
         SG_ RowSpacing m24 : 56|8@1+ (1,0) [0|0] \"cm\" X\n",
        "18FFFF17#18B823B82308084C",
        &[
            ("Opcode", 24.0),
            ("InUse", 9144.0),
            ("Width", 9144.0),
            ("RowsInCut", 8.0),
            ("Rows", 8.0),
            ("RowSpacing", 76.0),
        ],
    );
}
