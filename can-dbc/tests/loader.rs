//! The checked loader: what it refuses, with file, line and name, and what it takes although tools write it oddly.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use grainloss_can::{Database, DbcError, DbcProblem, Matching};
use proptest::prelude::*;

/// Eight lines; what a test adds begins on line 9.
const HEAD: &str = "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: ECU\n\n";

fn parse(body: &str) -> Result<Database, DbcError> {
    Database::parse("own.dbc", format!("{HEAD}{body}").as_bytes())
}

fn refused(body: &str) -> DbcError {
    match parse(body) {
        Err(error) => error,
        Ok(_) => panic!("taken, although it is wrong:\n{body}"),
    }
}

/// The error as people read it: `own.dbc:LINE: …`, with every one of these words in it.
fn assert_says(body: &str, line: usize, words: &[&str]) {
    let text = refused(body).to_string();
    assert!(text.starts_with(&format!("own.dbc:{line}: ")), "{text}\n{body}");
    for word in words {
        assert!(text.contains(word), "'{word}' is not in: {text}");
    }
}

/// A message of eight bytes with one signal, on lines 9 and 10.
fn with_signal(signal: &str) -> String {
    format!("BO_ 100 MOTOR: 8 ECU\n SG_ {signal} \"\" ECU\n")
}

#[test]
fn a_syntax_error_names_its_line() {
    let error = refused("BO_ 100 MOTOR: 8 ECU\n SG_ Speed : 0|8@1+ (1,0 [0|0] \"\" ECU\n");
    assert_eq!((error.file.as_str(), error.line), ("own.dbc", 10));
    assert!(matches!(error.problem, DbcProblem::Syntax(_)));
    assert!(!error.to_string().contains('\n'), "one line for the operator: {error}");
}

#[test]
fn an_identifier_over_11_bits_needs_bit_31() {
    // 0x0CF00400 is EEC1; with the mark of a 29-bit identifier it is 0x8CF00400 = 2364539904.
    assert_says("BO_ 217056256 EEC1: 8 ECU\n", 9, &["EEC1", "217056256", "2364539904"]);
    assert_says("BO_ 2048 OVER: 8 ECU\n", 9, &["OVER", "2048", "2147485696"]);
    assert_eq!(parse("BO_ 2047 LAST: 8 ECU\n").unwrap().messages()[0].id.bits(), 2047);
}

#[test]
fn an_identifier_over_29_bits_is_refused() {
    // 0x20000000 has 30 bits; 0xA0000000 has bit 31 and 30 bits besides.
    for id in ["536870912", "2684354560", "4294967295"] {
        assert_says(&format!("BO_ 100 FINE: 8 ECU\n\nBO_ {id} WIDE: 8 ECU\n"), 11, &["WIDE", id]);
    }
    let highest = parse("BO_ 2684354559 HIGHEST: 8 ECU\n").unwrap();
    assert_eq!(highest.messages()[0].id.bits(), 0x1FFF_FFFF);
}

#[test]
fn bits_beyond_the_payload_are_refused_in_both_directions() {
    for outside in [
        "Speed : 57|8@1+ (1,0) [0|0]",  // little endian, bits 57..=64 of 0..=63
        "Speed : 64|1@1+ (1,0) [0|0]",  // begins behind the last bit
        "Speed : 56|2@0+ (1,0) [0|0]",  // big endian, from the lowest bit of the last byte on
        "Speed : 63|9@0+ (1,0) [0|0]",  // big endian, the last byte has only eight
        "Speed : 999|8@0+ (1,0) [0|0]", // far away
    ] {
        assert_says(&with_signal(outside), 10, &["Speed", "8 bytes"]);
    }
    // The last that fit.
    // A big-endian signal from the lowest bit of byte 0 runs on into byte 1.
    for inside in ["56|8@1+", "63|8@0+", "56|1@0+", "0|9@0+"].map(|place| format!("Speed : {place} (1,0) [0|0]")) {
        assert!(parse(&with_signal(&inside)).is_ok(), "{inside}");
    }
}

#[test]
fn a_payload_over_64_bytes_is_passed_over() {
    // No frame holds it: it comes in pieces, by a transport protocol, and the rest of the file is good without it.
    let both = parse("BO_ 100 LONG: 65 ECU\n\nBO_ 101 SHORT: 8 ECU\n").unwrap();
    assert!(both.message("LONG").is_none() && both.message("SHORT").is_some());
    assert!(parse("BO_ 100 FD: 64 ECU\n SG_ Last : 504|8@1+ (1,0) [0|0] \"\" ECU\n").is_ok());
}

#[test]
fn widths_of_none_and_of_more_than_64_bits_are_refused() {
    for width in [0, 65, 200] {
        let body = format!(
            "BO_ 2147483748 FD: 64 ECU\n SG_ Good : 0|64@1+ (1,0) [0|0] \"\" ECU\n SG_ Bad : 0|{width}@1+ (1,0) [0|0] \"\" ECU\n"
        );
        assert_says(&body, 11, &["Bad"]);
    }
}

#[test]
fn a_factor_of_zero_is_refused() {
    assert_says(&with_signal("Speed : 0|8@1+ (0,5) [0|0]"), 10, &["Speed", "factor"]);
    assert_says(&with_signal("Speed : 0|8@1+ (0.000,5) [0|0]"), 10, &["Speed", "factor"]);
}

#[test]
fn names_are_there_once() {
    let messages = "BO_ 100 MOTOR: 8 ECU\n\nBO_ 101 MOTOR: 8 ECU\n";
    assert_says(messages, 11, &["MOTOR", "twice"]);
    // One signal name in two messages is everyday.
    let shared =
        with_signal("Speed : 0|8@1+ (1,0) [0|0]") + "\nBO_ 101 PUMP: 8 ECU\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_eq!(parse(&shared).unwrap().messages().len(), 2);
}

#[test]
fn a_second_signal_of_one_name_is_refused_where_it_stands() {
    let signals = with_signal("Speed : 0|8@1+ (1,0) [0|0]") + " SG_ Speed : 8|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_says(&signals, 11, &["Speed", "twice"]);
}

#[test]
fn two_messages_that_the_same_frames_match_are_refused() {
    assert_says("BO_ 100 FIRST: 8 ECU\n\nBO_ 100 SECOND: 8 ECU\n", 11, &["FIRST", "SECOND"]);
    // EEC1 from source 0 and from source 3 at another priority: one parameter group, 61444.
    let group = "BO_ 2364539904 ENGINE_A: 8 ECU\n\nBO_ 2565866499 ENGINE_B: 8 ECU\n\n";
    let j1939 =
        "BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n";
    assert_says(&format!("{group}{j1939}"), 11, &["ENGINE_A", "ENGINE_B"]);
    // Without a word on J1939 they are two identifiers.
    assert_eq!(parse(group).unwrap().messages().len(), 2);
    // A destination is no part of the group: proprietary A (0xEF00) to 0x26 and to 0x27.
    let addressed = "BO_ 2565809664 TO_26: 8 ECU\n\nBO_ 2565809920 TO_27: 8 ECU\n\n";
    assert_says(&format!("{addressed}{j1939}"), 11, &["TO_26", "TO_27"]);
}

#[test]
fn what_a_file_defaults_to_holds_for_messages_that_say_nothing() {
    // In DBC, an attribute that an object does not set has the value of BA_DEF_DEF_.
    let file = "BO_ 2364539904 EEC1: 8 ECU\n\n\
        BA_DEF_ BO_ \"VFrameFormat\" ENUM \"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\";\n\
        BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\n\
        BA_DEF_DEF_ \"VFrameFormat\" \"J1939PG\";\nBA_DEF_DEF_ \"GenMsgCycleTime\" 20;\n";
    let database = parse(file).unwrap();
    let message = &database.messages()[0];
    assert!(matches!(message.matching, Matching::Pgn(pgn) if pgn.number() == 61444), "{:?}", message.matching);
    assert_eq!(message.cycle_ms, Some(20));
}

#[test]
fn what_is_not_decoded_yet_is_said_so() {
    let nested = "BO_ 100 PAGES: 8 ECU\n SG_ Outer M : 0|8@1+ (1,0) [0|0] \"\" ECU\n \
        SG_ Inner m1M : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Deep m2 : 16|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_says(nested, 11, &["Inner", "extended multiplexing"]);
    for kind in [1, 2] {
        let float = with_signal("Torque : 0|32@1- (1,0) [0|0]") + &format!("\nSIG_VALTYPE_ 100 Torque : {kind};\n");
        assert_says(&float, 10, &["Torque", "float"]);
    }
    let integer = with_signal("Torque : 0|32@1- (1,0) [0|0]") + "\nSIG_VALTYPE_ 100 Torque : 0;\n";
    assert!(parse(&integer).is_ok());
}

#[test]
fn page_ranges_are_not_read_as_one_page() {
    // Page ranges stand in SG_MUL_VAL_; read as page 0 alone, Deep would be missing on pages 1 to 3.
    let ranges = "BO_ 100 PAGES: 8 ECU\n SG_ Page M : 0|8@1+ (1,0) [0|0] \"\" ECU\n \
        SG_ Deep m0 : 16|8@1+ (1,0) [0|0] \"\" ECU\n\nSG_MUL_VAL_ 100 Deep Page 0-3;\n";
    assert_says(ranges, 11, &["Deep", "extended multiplexing"]);
}

#[test]
fn a_page_needs_a_switch() {
    assert_says(&with_signal("Paged m0 : 8|8@1+ (1,0) [0|0]"), 10, &["Paged", "switch"]);
}

#[test]
fn a_message_has_one_switch_at_most() {
    let two = with_signal("PageA M : 0|8@1+ (1,0) [0|0]")
        + " SG_ PageB M : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Paged m0 : 16|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_says(&two, 11, &["PageB", "switch"]);
}

#[test]
fn the_pseudo_message_of_vector_is_passed_over() {
    let file = "BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX\n \
        SG_ Orphan : 0|8@1+ (1,0) [0|0] \"\" Vector__XXX\n\nBO_ 100 MOTOR: 8 ECU\n";
    let database = parse(file).unwrap();
    let names: Vec<&str> = database.messages().iter().map(|message| message.name.as_str()).collect();
    assert_eq!(names, ["MOTOR"]);
}

#[test]
fn text_that_is_not_utf8_is_latin1() {
    let mut file = format!("{HEAD}BO_ 100 MOTOR: 8 ECU\n SG_ Heat : 0|8@1+ (1,-40) [-40|210] \"").into_bytes();
    file.extend_from_slice(b"\xB0C\" ECU\n\nCM_ \"Dreschger\xE4t\";\n");
    let database = Database::parse("own.dbc", &file).unwrap();
    assert_eq!(database.messages()[0].signal("Heat").unwrap().unit, "°C");
}

#[test]
fn an_empty_message_is_a_message() {
    let database = parse("BO_ 2566843904 EMPTY: 0 ECU\n\nBO_ 100 NO_SIGNALS: 8 ECU\n").unwrap();
    assert_eq!((database.messages()[0].size, database.messages()[0].signals.len()), (0, 0));
    assert_says("BO_ 100 EMPTY: 0 ECU\n SG_ S : 0|1@1+ (1,0) [0|0] \"\" ECU\n", 10, &["S", "0 bytes"]);
}

#[test]
fn a_comment_may_speak_of_messages() {
    let file = "BO_ 100 MOTOR: 8 ECU\n\nCM_ \"Not here:\nBO_ 5000 OTHER: 8 ECU\nis in another file.\";\n";
    assert_eq!(parse(file).unwrap().messages().len(), 1);
}

#[test]
fn the_bundled_database_is_whole() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    // 17 standard and 15 own messages (can-signals.md, sections 8.2 and 8.3).
    assert_eq!(database.messages().len(), 32);
    assert!(Database::bundled("no-such").is_none());
}

fn bundled() -> &'static [u8] {
    Database::bundled_text("combine-demo").unwrap().as_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Database::parse("own.dbc", &bytes);
    }

    #[test]
    fn no_body_of_dbc_words_makes_it_panic(
        words in proptest::collection::vec(prop_oneof![
            Just("BO_"), Just("SG_"), Just(":"), Just("8"), Just("\n"), Just("100"), Just("4294967295"), Just("M"),
            Just("m0"), Just("0|8@1+"), Just("(1,0)"), Just("[0|0]"), Just("\"\""), Just("ECU"), Just("A:"), Just("-1"),
            Just("VAL_"), Just("BA_"), Just(";"), Just("1e999"), Just("99999999999999999999999"), Just("CM_"),
        ], 0..40)
    ) {
        let _ = parse(&words.join(" "));
    }

    #[test]
    fn a_damaged_copy_of_a_good_file_never_makes_it_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        cut_it: bool,
    ) {
        let mut bytes = bundled().to_vec();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut_it {
            bytes.truncate(cut.index(bytes.len()));
        }
        let lines = bytes.split(|&b| b == b'\n').count();
        if let Err(error) = Database::parse("own.dbc", &bytes) {
            prop_assert!((1..=lines).contains(&error.line), "line {} of {lines}", error.line);
        }
    }

    #[test]
    fn numbers_of_any_size_never_make_it_panic(
        id: u64, size: u64, start: u64, width: u64, big_endian: bool, factor: f64, offset: f64, cycle: u64, code: i64,
    ) {
        let order = u8::from(!big_endian);
        // Half of the cases are small enough to come through the parser.
        for (id, size, start, width) in [(id, size, start, width), (id % 2048, size % 65, start % 512, width % 65)] {
            let body = format!(
                "BO_ {id} M: {size} ECU\n SG_ S : {start}|{width}@{order}+ ({factor:?},{offset:?}) [0|0] \"\" ECU\n\n\
                 BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 0;\nBA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n\
                 BA_ \"GenMsgCycleTime\" BO_ {id} {cycle};\nVAL_ {id} S {code} \"Error\" ;\n"
            );
            let _ = parse(&body);
        }
    }
}
