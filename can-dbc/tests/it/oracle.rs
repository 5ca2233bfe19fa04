//! Values that cantools 45.1.0 decoded from the same DBC text and payload (`decode_message` with
//! `decode_choices=False, allow_truncated=True`), kept where its files and random ones taught something.

use grainloss_can::{Assembler, CanId, Database, Frame, Message, Payload, State, Taken};

const HEAD: &str = "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n";

/// Lines of signals, each behind its `SG_`, as a message; then what follows.
fn database(id: u32, size: usize, signals: &[&str], rest: &str) -> Database {
    let signals: String = signals.iter().flat_map(|signal| [" SG_ ", signal, " [0|0] \"\" X\n"]).collect();
    let text = format!("{HEAD}BO_ {id} M: {size} X\n{signals}\n{rest}");
    Database::parse("own.dbc", text.as_bytes()).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn frame(hex: &str) -> Frame {
    Frame::new(0, CanId::standard(100).unwrap(), &bytes(hex)).unwrap()
}

/// Every signal that the payload holds, by name, with its value where it has one.
fn values<'a>(message: &'a Message, payload: Payload<'_>) -> Vec<(&'a str, Option<f64>)> {
    let held = message.signals.iter().filter(|signal| message.holds(signal, payload));
    held.map(|signal| {
        let value = signal.decode(payload);
        (signal.name.as_str(), (value.state == State::Valid).then_some(value.physical))
    })
    .collect()
}

#[test]
fn floating_point_numbers_of_both_orders() {
    let signals = [
        "Little : 0|32@1- (1,0)",
        "Big : 39|32@0- (1,0)",
        "Scaled : 64|32@1- (0.5,-40)",
        "Double : 103|64@0- (1,0)",
        "Shifted : 163|16@0- (0.25,0)",
    ];
    let kinds = "SIG_VALTYPE_ 100 Little : 1;\nSIG_VALTYPE_ 100 Big : 1;\nSIG_VALTYPE_ 100 Scaled : 1;\n\
        SIG_VALTYPE_ 100 Double : 2;\n";
    let database = database(100, 24, &signals, kinds);
    let message = &database.messages()[0];
    let decoded =
        |hex| values(message, (&frame(hex)).into()).into_iter().map(|(_, value)| value.unwrap()).collect::<Vec<_>>();
    assert_eq!(
        decoded("c3f54840c048f5c30000c842400921fb54442d185a3b1c0d"),
        [3.140_000_104_904_175, -3.140_000_104_904_175, 10.0, std::f64::consts::PI, -5907.75]
    );
    // The smallest float, the largest, and the smallest double below zero.
    assert_eq!(
        decoded("010000007f7fffff000080bf8000000000000001fffe7654"),
        [1.401_298_464_324_817e-45, 3.402_823_466_385_288_6e38, -40.5, -5e-324, -6.25]
    );
    // An infinity and "not a number" are no measurements (our own rule: cantools gives them as they are).
    let states = |hex| message.signals.iter().map(|signal| signal.decode(&frame(hex)).state).collect::<Vec<_>>();
    let none = states("0000807f7fc00000000080ff7ff80000000000000000000000");
    assert_eq!(none[..4], [State::NotAvailable; 4]);
}

#[test]
fn a_switch_on_a_page_of_another() {
    let signals = [
        "Outer M : 0|4@1+ (1,0)",
        "Inner m1M : 4|4@1+ (1,0)",
        "A m0 : 8|16@1- (0.1,0)",
        "B m2 : 15|12@0+ (1,0)",
        "C m3 : 24|8@1+ (0.4,-10)",
        "Plain : 56|8@1+ (1,0)",
    ];
    let pages = "SG_MUL_VAL_ 100 Inner Outer 1-2;\nSG_MUL_VAL_ 100 A Outer 0-0;\n\
        SG_MUL_VAL_ 100 B Inner 2-3, 5-5;\nSG_MUL_VAL_ 100 C Inner 3-3;\n";
    let database = database(100, 8, &signals, pages);
    let decoded = |hex| {
        let held = values(&database.messages()[0], (&frame(hex)).into());
        held.into_iter().map(|(name, value)| (name, value.unwrap())).collect::<Vec<_>>()
    };
    // cantools has 3276.7000000000003 and 85.60000000000001: 32767 × 0.1 and 239 × 0.4 − 10 in doubles.
    assert_eq!(decoded("80ff7f00000000ee"), [("Outer", 0.0), ("A", 3276.7), ("Plain", 238.0)]);
    assert_eq!(decoded("21abcdef00000001"), [("Outer", 1.0), ("Inner", 2.0), ("B", 2748.0), ("Plain", 1.0)]);
    assert_eq!(
        decoded("32abcdef00000002"),
        [("Outer", 2.0), ("Inner", 3.0), ("B", 2748.0), ("C", 85.6), ("Plain", 2.0)]
    );
    assert_eq!(decoded("51abcdef00000003"), [("Outer", 1.0), ("Inner", 5.0), ("B", 2748.0), ("Plain", 3.0)]);
    // On page 3 of the outer switch there is no inner one; cantools refuses the frame.
    assert_eq!(decoded("33abcdef00000002"), [("Outer", 3.0), ("Plain", 2.0)]);
}

#[test]
fn signals_over_nine_bytes_and_at_the_end_of_a_long_frame() {
    let signals = [
        "BigNine : 4|64@0- (1,0)",
        "LittleNine : 75|62@1+ (1,0)",
        "BigEnd : 454|63@0+ (1,0)",
        "LittleEnd : 435|5@1- (2,1)",
    ];
    let database = database(100, 64, &signals, "");
    let frame = frame(
        "0b30557a9fc4e90e33587da2c7ec11365b80a5caef14395e83a8cdf2173c6186\
         abd0f51a3f6489aed3f81d42678cb1d6fb20456a8fb4d9fe23486d92b7dc0126",
    );
    let raw: Vec<i64> = database.messages()[0].signals.iter().map(|signal| signal.decode(&frame).raw).collect();
    // LittleEnd is −9 = 2 × −5 + 1.
    assert_eq!(raw, [6_449_906_547_633_375_345, 821_557_551_856_635_819, 2_542_402_466_567_946_534, -5]);
}

#[test]
fn a_frame_that_ends_early_has_the_signals_that_it_holds() {
    let signals = ["A : 0|12@1+ (0.1,-40)", "B : 19|8@0- (1,0)", "C : 39|32@0+ (1,0)"];
    let database = database(100, 8, &signals, "");
    let decoded = |hex| values(&database.messages()[0], (&frame(hex)).into());
    assert_eq!(decoded("123456f8"), [("A", Some(64.2)), ("B", Some(111.0)), ("C", None)]);
    assert_eq!(decoded("123456f89a"), [("A", Some(64.2)), ("B", Some(111.0)), ("C", None)]);
    assert_eq!(decoded("12345678fedcba98"), [("A", Some(64.2)), ("B", Some(103.0)), ("C", Some(4_275_878_552.0))]);
}

#[test]
fn a_broadcast_of_a_hundred_bytes() {
    let signals = ["Wide : 724|64@0- (1,0)", "Last : 792|8@1+ (0.4,0)", "Sixteen : 519|16@0+ (0.125,0)"];
    let j1939 =
        "BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n";
    let database = database(0x98FE_EC10, 100, &signals, j1939);
    // Byte i is (53 i + 7) modulo 251.
    let payload: Vec<u8> = (0..100).map(|i| ((i * 53 + 7) % 251) as u8).collect();
    let mut assembler = Assembler::new(database.fast_packets().collect());
    let id = |bits| CanId::extended(bits).unwrap();
    let announcement = Frame::new(0, id(0x1CEC_FF10), &[0x20, 100, 0, 15, 0xFF, 0xEC, 0xFE, 0]).unwrap();
    let known = |id| database.message_of(id).is_some();
    assert!(matches!(assembler.take(&announcement, known), Taken::Part));
    for (seven, number) in payload.chunks(7).zip(1..) {
        let mut data = [0xFF; 8];
        data[0] = number;
        data[1..=seven.len()].copy_from_slice(seven);
        if let Taken::Whole { id, payload } = assembler.take(&Frame::new(0, id(0x1CEB_FF10), &data).unwrap(), known) {
            let message = database.message_of(id).unwrap();
            // 4,750,054,329,282,616,325 by cantools; 93.60000000000001 is 234 × 0.4 in doubles.
            assert_eq!(message.signals[0].decode(payload).raw, 4_750_054_329_282_616_325);
            let rest: Vec<_> = values(message, payload).split_off(1);
            assert_eq!(rest, [("Last", Some(93.6)), ("Sixteen", Some(4375.625))]);
            return;
        }
    }
    panic!("not whole");
}

#[test]
fn a_long_message_of_which_one_frame_came_has_no_values_made_up() {
    // A CAN FD frame with the identifier of a message of 100 bytes: what lies across or behind its end is missing, what
    // lies at its very end is not. Byte 63 is 3F, as cantools decodes it.
    let signals =
        ["At63 : 504|8@1+ (1,0)", "Across : 504|16@1+ (1,0)", "Behind : 512|8@1+ (1,0)", "At60 : 487|16@0+ (1,0)"];
    let j1939 =
        "BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n";
    let database = database(0x98FE_EC10, 100, &signals, j1939);
    let payload: Vec<u8> = (0..64).collect();
    let frame = Frame::new(0, CanId::extended(0x18FE_EC10).unwrap(), &payload).unwrap();
    let decoded = values(&database.messages()[0], (&frame).into());
    // 3C3D is 15421.
    assert_eq!(decoded, [("At63", Some(63.0)), ("Across", None), ("Behind", None), ("At60", Some(15421.0))]);
}

#[test]
fn a_page_is_a_number_without_a_sign() {
    // Some files declare the switch signed, as tools do by default; page 3 of two bits is meant all the same (our own
    // rule: cantools would look for page -1).
    let database = database(100, 2, &["Page M : 0|2@1- (1,0)", "A m3 : 8|8@1+ (1,0)"], "");
    assert_eq!(values(&database.messages()[0], (&frame("03ff")).into()), [("Page", Some(-1.0)), ("A", Some(255.0))]);
}
