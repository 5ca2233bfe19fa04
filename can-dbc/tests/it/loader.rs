//! The checked loader: what it refuses, with file, line and name, and what it takes although tools write it oddly.

use grainloss_can::{CanId, Database, DbcError, DbcProblem, Matching};

mod properties;

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

/// The warnings of a file that is taken, as people read them.
fn warnings(body: &str) -> Vec<String> {
    parse(body).unwrap().warnings().iter().map(ToString::to_string).collect()
}

/// The file is taken with this one warning, which has every one of these words in it.
fn assert_warns(body: &str, line: usize, words: &[&str]) {
    let all = warnings(body);
    let [text] = &all[..] else { panic!("{all:?}\n{body}") };
    assert!(text.starts_with(&format!("own.dbc:{line}: ")), "{text}\n{body}");
    for word in words {
        assert!(text.contains(word), "'{word}' is not in: {text}");
    }
}

/// The names of a message's signals.
fn names(body: &str, message: &str) -> Vec<String> {
    parse(body).unwrap().message(message).unwrap().signals.iter().map(|signal| signal.name.clone()).collect()
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
fn a_file_without_a_message_is_refused() {
    for text in ["", "VERSION \"\"\n\nBU_: X\n"] {
        let error = Database::parse("none.dbc", text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "none.dbc:1: no message (BO_) in it; is this the right file?");
    }
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
fn a_signal_beyond_the_payload_is_left_out_with_a_warning() {
    for outside in [
        "Speed : 57|8@1+ (1,0) [0|0]",                   // little endian, bits 57..=64 of 0..=63
        "Speed : 64|1@1+ (1,0) [0|0]",                   // begins behind the last bit
        "Speed : 56|2@0+ (1,0) [0|0]",                   // big endian, from the lowest bit of the last byte on
        "Speed : 63|9@0+ (1,0) [0|0]",                   // big endian, the last byte has only eight
        "Speed : 999|8@0+ (1,0) [0|0]",                  // far away
        "Speed : 18446744073709551615|8@1+ (1,0) [0|0]", // farther than a payload can be
    ] {
        let body = with_signal(outside) + " SG_ Good : 0|8@1+ (1,0) [0|0] \"\" ECU\n";
        assert_warns(&body, 10, &["Speed", "8 bytes", "left out"]);
        assert_eq!(names(&body, "MOTOR"), ["Good"]);
    }
    // The last that fit.
    // A big-endian signal from the lowest bit of byte 0 runs on into byte 1.
    for inside in ["56|8@1+", "63|8@0+", "56|1@0+", "0|9@0+"].map(|place| format!("Speed : {place} (1,0) [0|0]")) {
        assert!(warnings(&with_signal(&inside)).is_empty(), "{inside}");
    }
}

#[test]
fn a_payload_longer_than_anything_sent_is_left_out_with_a_warning() {
    let both = "BO_ 100 LONG: 65 ECU\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU\n\nBO_ 101 SHORT: 8 ECU\n";
    assert_warns(both, 9, &["LONG", "65", "64"]);
    let database = parse(both).unwrap();
    assert!(database.message("LONG").is_none() && database.message("SHORT").is_some());
    assert!(warnings("BO_ 100 FD: 64 ECU\n SG_ Last : 504|8@1+ (1,0) [0|0] \"\" ECU\n").is_empty());
    // A J1939 broadcast has up to 255 packets of 7 bytes, a fast packet 6 + 31 × 7 bytes.
    // 65260 from 0 is 0x18FEEC00, 129029 from 0 is 0x0DF80500.
    for (id, longest) in [(0x98FE_EC00_u32, 1785), (0x8DF8_0500, 223)] {
        let body = |size: usize| format!("BO_ {id} VIN: {size} ECU\n\n{J1939}");
        assert_eq!(parse(&body(longest)).unwrap().messages()[0].size, longest);
        assert_warns(&body(longest + 1), 9, &["VIN", &longest.to_string()]);
    }
}

#[test]
fn a_signal_that_is_no_number_is_left_out_with_a_warning() {
    // J1939 and NMEA 2000 files declare texts as one signal of many bits.
    for width in [0, 65, 200] {
        let body = format!(
            "BO_ 2147483748 FD: 64 ECU\n SG_ Good : 0|64@1+ (1,0) [0|0] \"\" ECU\n SG_ Text : 64|{width}@1+ (1,0) [0|0] \"\" ECU\n"
        );
        assert_warns(&body, 11, &["Text", &format!("not {width}"), "left out"]);
        assert_eq!(names(&body, "FD"), ["Good"]);
    }
}

#[test]
fn signals_that_share_bits_are_warned_of() {
    let second =
        |place: &str| with_signal("A : 4|16@1+ (1,0) [0|0]") + &format!(" SG_ B : {place} (1,0) [0|0] \"\" ECU\n");
    // A has bits 4..=19: the high half of byte 0, byte 1, the low half of byte 2.
    assert_warns(&second("19|1@1+"), 11, &["B", "A", "shares bits"]);
    assert_warns(&second("7|4@0+"), 11, &["B", "A"]);
    // Big endian from bit 3 of byte 0, nine bits: its low half, then bits 7..=3 of byte 1.
    assert_warns(&second("3|9@0+"), 11, &["B", "A"]);
    for apart in ["20|8@1+", "0|4@1+", "3|4@0+", "23|4@0+"] {
        assert!(warnings(&second(apart)).is_empty(), "{apart}");
    }
    // 64 bits over nine bytes, big endian from bit 4 of byte 0, end with bits 7..=5 of byte 8; then a float.
    let wide = |next: &str| {
        format!("BO_ 100 FD: 16 ECU\n SG_ W : 4|64@0+ (1,0) [0|0] \"\" ECU\n SG_ F : {next} (1,0) [0|0] \"\" ECU\n")
            + "\nSIG_VALTYPE_ 100 F : 1;\n"
    };
    assert!(warnings(&wide("68|32@0-")).is_empty());
    assert_warns(&wide("69|32@0-"), 11, &["F", "W"]);
    assert_warns(&wide("40|32@1-"), 11, &["F", "W"]);
}

#[test]
fn pages_that_never_meet_may_share_bits() {
    let pages = |first: &str, second: &str| {
        with_signal("Page M : 0|8@1+ (1,0) [0|0]")
            + &format!(
                " SG_ A {first} : 8|16@1+ (1,0) [0|0] \"\" ECU\n SG_ B {second} : 16|8@1+ (1,0) [0|0] \"\" ECU\n"
            )
    };
    assert!(warnings(&pages("m0", "m1")).is_empty());
    assert_warns(&pages("m0", "m0"), 12, &["B", "A"]);
    assert_warns(&pages("m0", ""), 12, &["B", "A"]);
    let ranges = |b: &str| pages("m0", "m1") + &format!("\nSG_MUL_VAL_ 100 A Page 0-3;\nSG_MUL_VAL_ 100 B Page {b};\n");
    assert!(warnings(&ranges("4-5, 7-7")).is_empty());
    assert_warns(&ranges("4-5, 3-3"), 12, &["B", "A"]);
}

#[test]
fn a_factor_of_zero_costs_that_signal() {
    for factor in ["0", "0.000"] {
        let body =
            with_signal(&format!("Speed : 0|8@1+ ({factor},5) [0|0]")) + " SG_ Good : 8|8@1+ (1,0) [0|0] \"\" ECU\n";
        assert_warns(&body, 10, &["Speed", "factor", "left out"]);
        assert_eq!(names(&body, "MOTOR"), ["Good"]);
    }
}

#[test]
fn a_second_message_of_one_name_is_left_out() {
    let messages = "BO_ 100 MOTOR: 8 ECU\n\nBO_ 101 MOTOR: 8 ECU\n\nBO_ 102 PUMP: 8 ECU\n";
    assert_warns(messages, 11, &["MOTOR", "twice", "left out"]);
    let ids = |body| parse(body).unwrap().messages().iter().map(|message| message.id.bits()).collect::<Vec<_>>();
    assert_eq!(ids(messages), [100, 102]);
    // One signal name in two messages is everyday.
    let shared =
        with_signal("Speed : 0|8@1+ (1,0) [0|0]") + "\nBO_ 101 PUMP: 8 ECU\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_eq!(parse(&shared).unwrap().messages().len(), 2);
}

#[test]
fn a_second_signal_of_one_name_is_left_out() {
    // The full J1939 files have such names, cut to 32 characters.
    let signals = with_signal("Speed : 0|8@1+ (0.5,0) [0|0]")
        + " SG_ Speed : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Load : 16|8@1+ (1,0) [0|0] \"\" ECU\n\nVAL_ 100 Speed 1 \"One\" ;\n";
    assert_warns(&signals, 11, &["Speed", "twice", "left out"]);
    assert_eq!(names(&signals, "MOTOR"), ["Speed", "Load"]);
    assert_eq!(parse(&signals).unwrap().messages()[0].signals[0].scale(), (0.5, 0.0));
    // Each on a page of its own: the first keeps its page.
    let paged = with_signal("Page M : 0|8@1+ (1,0) [0|0]")
        + " SG_ Heat m1 : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Heat m2 : 16|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_warns(&paged, 12, &["Heat", "twice"]);
    let pages = parse(&paged).unwrap().messages()[0].signals[1].pages.clone().unwrap();
    assert_eq!((pages.contains(1), pages.contains(2)), (true, false));
}

/// Makes a file one of J1939.
const J1939: &str =
    "BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n";

/// The name of the message that a 29-bit identifier carries.
fn message_of(database: &Database, id: u32) -> Option<&str> {
    database.message_of(CanId::extended(id).unwrap()).map(|message| message.name.as_str())
}

#[test]
fn of_two_messages_that_the_same_frames_match_the_second_is_left_out() {
    let twice = "BO_ 100 FIRST: 8 ECU\n\nBO_ 100 SECOND: 8 ECU\n\nBO_ 101 THIRD: 8 ECU\n";
    assert_warns(twice, 11, &["FIRST", "SECOND", "left out"]);
    let names = |body: &str| parse(body).unwrap().messages().iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(twice), ["FIRST", "THIRD"]);
    // 0x8CF004FE twice, at two priorities, from any sender (FE): nothing tells them apart.
    let any = "BO_ 2364540158 ENGINE_A: 8 ECU\n\nBO_ 2565866750 ENGINE_B: 8 ECU\n\n";
    assert_warns(&format!("{any}{J1939}"), 11, &["ENGINE_A", "ENGINE_B"]);
    assert_eq!(names(&format!("{any}{J1939}")), ["ENGINE_A"]);
}

#[test]
fn messages_of_one_group_are_told_apart_by_their_sender() {
    // EEC1 (61444) from source 0, and from source 3 at another priority.
    let group = "BO_ 2364539904 ENGINE_A: 8 ECU\n\nBO_ 2565866499 ENGINE_B: 8 ECU\n\n";
    let database = parse(&format!("{group}{J1939}")).unwrap();
    assert_eq!(message_of(&database, 0x18F0_0400), Some("ENGINE_A"), "another priority");
    assert_eq!(message_of(&database, 0x0CF0_0403), Some("ENGINE_B"));
    assert_eq!(message_of(&database, 0x0CF0_0405), None, "a sender that the file does not know");
    // A third one is for the others.
    let third = format!("{group}BO_ 2364540158 OTHERS: 8 ECU\n\n{J1939}");
    let database = parse(&third).unwrap();
    assert_eq!(message_of(&database, 0x18F0_0400), Some("ENGINE_A"));
    assert_eq!(message_of(&database, 0x0CF0_0405), Some("OTHERS"));
    // Of a group that nobody knows, and without a word on J1939, they are two identifiers: 0x8CFF1200 and 0x98FF1203.
    let exact = parse("BO_ 2365526528 ENGINE_A: 8 ECU\n\nBO_ 2566853123 ENGINE_B: 8 ECU\n\n").unwrap();
    assert_eq!((message_of(&exact, 0x0CFF_1200), message_of(&exact, 0x18FF_1200)), (Some("ENGINE_A"), None));
}

#[test]
fn messages_of_one_group_and_sender_are_told_apart_by_their_identifier() {
    // Proprietary A (0xEF00) from 0 to 0x26 and to 0x27: 0x98EF2600 and 0x98EF2700.
    let addressed = "BO_ 2565809664 TO_26: 8 ECU\n\nBO_ 2565809920 TO_27: 8 ECU\n\n";
    let database = parse(&format!("{addressed}{J1939}")).unwrap();
    assert_eq!(message_of(&database, 0x18EF_2600), Some("TO_26"));
    assert_eq!(message_of(&database, 0x18EF_2700), Some("TO_27"));
    assert_eq!(message_of(&database, 0x18EF_2800), None);
}

#[test]
fn long_names_are_those_that_count() {
    // The format ends names at 32 characters; Vector's tools write the rest into attributes.
    let file = with_signal("Short M : 0|8@1+ (1,0) [0|0]")
        + " SG_ Paged m1 : 8|8@1+ (1,0) [0|0] \"\" ECU\n\n\
        BA_DEF_ BO_ \"SystemMessageLongSymbol\" STRING ;\nBA_DEF_ SG_ \"SystemSignalLongSymbol\" STRING ;\n\
        BA_DEF_DEF_ \"SystemMessageLongSymbol\" \"\";\nBA_DEF_DEF_ \"SystemSignalLongSymbol\" \"\";\n\
        BA_ \"SystemMessageLongSymbol\" BO_ 100 \"MotorOfTheThreshingDrumAndItsCooling\";\n\
        BA_ \"SystemSignalLongSymbol\" SG_ 100 Short \"SwitchBetweenTheTwoPagesOfThisMessage\";\nVAL_ 100 Short 1 \"One\" ;\n";
    assert_eq!(
        names(&file, "MotorOfTheThreshingDrumAndItsCooling"),
        ["SwitchBetweenTheTwoPagesOfThisMessage", "Paged"]
    );
    let database = parse(&file).unwrap();
    assert_eq!(database.messages()[0].signals[1].pages.as_ref().unwrap().switch, 0);
    assert_eq!(database.messages()[0].signals[0].label(1), Some("One"));
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
fn a_floating_point_number_has_its_width() {
    for (kind, width) in [(1, 17), (2, 8)] {
        let float = with_signal(&format!("Torque : 0|{width}@1- (1,0) [0|0]"))
            + &format!("\nSIG_VALTYPE_ 100 Torque : {kind};\n");
        assert_warns(&float, 10, &["Torque", "floating-point", "32 or 64 bits", "left out"]);
    }
    // As in cantools, the width says which of them it is.
    for (kind, width) in [(0, 17), (1, 16), (1, 32), (1, 64), (2, 32), (2, 64)] {
        let good = with_signal(&format!("Torque : 0|{width}@1- (1,0) [0|0]"))
            + &format!("\nSIG_VALTYPE_ 100 Torque : {kind};\n");
        assert!(warnings(&good).is_empty(), "{good}");
    }
}

#[test]
fn a_page_needs_a_switch_that_can_be_told() {
    assert_warns(&with_signal("Paged m0 : 8|8@1+ (1,0) [0|0]"), 10, &["Paged", "switch", "left out"]);
    // Two switches: which of them page 2 belongs to is written in SG_MUL_VAL_ or nowhere.
    let two = with_signal("PageA M : 0|8@1+ (1,0) [0|0]")
        + " SG_ PageB M : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Paged m2 : 16|8@1+ (1,0) [0|0] \"\" ECU\n";
    assert_warns(&two, 12, &["Paged", "SG_MUL_VAL_", "left out"]);
    assert_eq!(names(&two, "MOTOR"), ["PageA", "PageB"]);
    let nested = two.replace("PageB M", "PageB m1M");
    assert_warns(&nested, 12, &["Paged", "SG_MUL_VAL_"]);
    for file in [&two, &nested] {
        assert!(warnings(&format!("{file}\nSG_MUL_VAL_ 100 Paged PageB 2-2;\n")).is_empty());
        assert_warns(&format!("{file}\nSG_MUL_VAL_ 100 Paged PageC 2-2;\n"), 12, &["Paged", "does not have"]);
        assert_warns(&format!("{file}\nSG_MUL_VAL_ 100 Paged PageB 3-2;\n"), 12, &["Paged", "ends before it begins"]);
    }
}

#[test]
fn switches_in_a_circle_are_left_out_with_their_pages() {
    let circle = with_signal("A m0M : 0|8@1+ (1,0) [0|0]")
        + " SG_ B m1M : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ C m1 : 16|8@1+ (1,0) [0|0] \"\" ECU\n\n";
    let listed =
        |a: &str| format!("{circle}SG_MUL_VAL_ 100 A {a} 0-0;\nSG_MUL_VAL_ 100 B A 1-1;\nSG_MUL_VAL_ 100 C A 1-1;\n");
    for (a, left_out) in [("B", [10, 11, 12]), ("A", [10, 11, 12])] {
        let said = warnings(&listed(a));
        for (text, line) in said.iter().zip(left_out) {
            assert!(text.starts_with(&format!("own.dbc:{line}: ")) && text.contains("circle"), "{text}");
        }
        assert_eq!((said.len(), names(&listed(a), "MOTOR").len()), (3, 0));
    }
}

#[test]
fn a_switch_that_is_left_out_takes_its_pages_with_it() {
    // Outer lies behind the last byte; Inner is on its page 1, Deep on a page of Inner; Plain is on none.
    let file = with_signal("Outer M : 64|8@1+ (1,0) [0|0]")
        + " SG_ Inner m1M : 8|8@1+ (1,0) [0|0] \"\" ECU\n SG_ Deep m2 : 16|8@1+ (1,0) [0|0] \"\" ECU\n \
        SG_ Plain : 24|8@1+ (1,0) [0|0] \"\" ECU\n\nSG_MUL_VAL_ 100 Deep Inner 2-2;\nSG_MUL_VAL_ 100 Inner Outer 1-1;\n";
    assert_eq!(names(&file, "MOTOR"), ["Plain"]);
    let said = warnings(&file);
    for (text, (line, name)) in said.iter().zip([(10, "Outer"), (11, "Inner"), (12, "Deep")]) {
        assert!(text.starts_with(&format!("own.dbc:{line}: signal {name}: ")), "{text}");
    }
    assert_eq!(said.len(), 3);
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
fn text_that_is_not_utf8_is_windows_1252() {
    let mut file = format!("{HEAD}BO_ 100 MOTOR: 8 ECU\n SG_ Heat : 0|8@1+ (1,-40) [-40|210] \"").into_bytes();
    file.extend_from_slice(b"\xB0C\" ECU\n\nCM_ \"Dreschger\xE4t\";\n");
    let database = Database::parse("own.dbc", &file).unwrap();
    assert_eq!(database.messages()[0].signal("Heat").unwrap().unit, "°C");
    // 80 is the euro sign in Windows-1252 and nothing in Latin-1.
    let file = format!("{HEAD}{}", with_signal("Cost : 0|8@1+ (1,0) [0|0]")).replace("\"\" ECU", "\"?/t\" ECU");
    let bytes: Vec<u8> = file.bytes().map(|byte| if byte == b'?' { 0x80 } else { byte }).collect();
    assert_eq!(Database::parse("own.dbc", &bytes).unwrap().messages()[0].signals[0].unit, "€/t");
}

#[test]
fn one_signed_bit_may_have_labels() {
    let file = with_signal("Flag : 0|1@1- (1,0) [0|0]") + "\nVAL_ 100 Flag 0 \"Off\" -1 \"On\" ;\n";
    assert_eq!(parse(&file).unwrap().messages()[0].signals[0].label(-1), Some("On"));
}

/// A file of these bytes: a signal with this unit, and this comment.
fn with_bytes(unit: &[u8], comment: &[u8]) -> Database {
    let start = format!("{HEAD}BO_ 100 MOTOR: 8 ECU\n SG_ S : 0|8@1+ (1,0) [0|0] \"");
    let parts: [&[u8]; 5] = [start.as_bytes(), unit, b"\" ECU\n\nCM_ \"", comment, b"\";\n"];
    Database::parse("own.dbc", &parts.concat()).unwrap()
}

fn unit_of(unit: &[u8], comment: &[u8]) -> String {
    with_bytes(unit, comment).messages()[0].signals[0].unit.clone()
}

#[test]
fn chinese_text_is_gb_18030_whole() {
    // Bytes as Python's codec gb18030 writes them. Outside GB 2312: ㎏ (A94B), 喆 (86B4), 镕 (E946), and 㐂 in four bytes
    // (8139EF32); plain: 公斤/秒.
    assert_eq!(unit_of(b"\xA9K/\xC3\xEB", b"\xB9\xAB\xC0\xEF"), "㎏/秒");
    assert_eq!(unit_of(b"\xA9K", b""), "㎏");
    assert_eq!(unit_of(b"\xB9\xAB\xBD\xEF/\xC3\xEB", b"\x86\xB4\xE9F\x819\xEF2"), "公斤/秒");
    // A comment cut in the middle of 速 (CBD9): the rest is as it was.
    assert_eq!(unit_of(b"\xB9\xAB\xC0\xEF/\xCA\xB1", b"\xD7\xAA\xCB"), "公里/时");
    // The same in UTF-8, cut in the middle of 速 (E9 80 9F).
    let cut: [&[u8]; 2] = ["作业转".as_bytes(), b"\xE9\x80"];
    assert_eq!(unit_of("公里/时".as_bytes(), &cut.concat()), "公里/时");
}

#[test]
fn text_of_the_west_is_not_chinese() {
    // Windows-1252: °C, µg, ä before a letter, Größe with its two high bytes side by side.
    assert_eq!(unit_of(b"\xB0C", b"Dreschger\xE4t, Gr\xF6\xDFe"), "°C");
    assert_eq!(unit_of(b"\xB5g/m\xB3", b""), "µg/m³");
    assert_eq!(unit_of(b"\xB0C", b""), "°C");
    assert_eq!(unit_of(b"m\xB2", b"Gr\xF6\xDFe"), "m²");
}

#[test]
fn names_may_be_chinese() {
    let file = with_signal("转速 M : 0|8@1+ (1,0) [0|0]")
        + " SG_ 温度_qx1 m1 : 8|8@1+ (0.5,0) [0|0] \"\" 控制器\n\nBO_ 101 发动机: 8 ECU\n SG_ 开关 : 60|8@1+ (1,0) [0|0] \"\" ECU\n \
        SG_ 力 : 0|32@1- (1,0) [0|0] \"\" ECU\n\nCM_ SG_ 100 转速 \"转速\";\nVAL_ 100 温度_qx1 1 \"高\" ;\n\
        SIG_VALTYPE_ 101 力 : 1;\nSG_MUL_VAL_ 100 温度_qx1 转速 1-1;\n";
    assert_warns(&file, 14, &["signal 开关"]);
    assert_eq!(names(&file, "MOTOR"), ["转速", "温度_qx1"]);
    let database = parse(&file).unwrap();
    assert_eq!(database.messages()[0].signals[1].label(1), Some("高"));
    assert_eq!(database.message("发动机").unwrap().signals[0].kind(), grainloss_can::Kind::Float);
    // In GBK: 转速 is D7AA CBD9.
    let start = format!("{HEAD}BO_ 100 MOTOR: 8 ECU\n SG_ ");
    let file = [start.as_bytes(), b"\xD7\xAA\xCB\xD9 : 0|8@1+ (1,0) [0|0] \"\" ECU\n"].concat();
    assert_eq!(Database::parse("own.dbc", &file).unwrap().messages()[0].signals[0].name, "转速");
    // A wrong identifier is told with the name as it stands.
    assert_says("BO_ 217056256 发动机: 8 ECU\n", 9, &["发动机", "2364539904"]);
}

#[test]
fn a_file_that_does_not_say_so_is_j1939_by_its_identifiers() {
    // EEC1 from any sender: 0x8CF004FE.
    let eec1 = "BO_ 2364540158 EEC1: 8 ECU\n SG_ EngSpeed : 24|16@1+ (0.125,0) [0|0] \"rpm\" ECU\n";
    assert_warns(eec1, 9, &["J1939", "of 1, 1 end in FE", "1 are well-known"]);
    let database = parse(eec1).unwrap();
    assert_eq!(message_of(&database, 0x0CF0_0417), Some("EEC1"));
    // EEC1 from 0 and two of the maker's own, 0x98FF1200 and 0x98FF1300: one known of three is not enough, of two it is.
    let own = "BO_ 2566853120 OWN_A: 8 ECU\n\nBO_ 2566853376 OWN_B: 8 ECU\n\nBO_ 2364539904 EEC1: 8 ECU\n";
    assert!(warnings(own).is_empty());
    assert_warns(&own.replacen("BO_ 2566853120 OWN_A: 8 ECU", "", 1), 11, &["of 2, 0 end in FE"]);
    // A file that says what it is, is that.
    let said = "BA_DEF_ BO_ \"VFrameFormat\" ENUM \"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\";\n\
        BA_DEF_DEF_ \"VFrameFormat\" \"ExtendedCAN\";\n";
    assert!(warnings(&format!("{eec1}\n{said}")).is_empty());
    assert_eq!(message_of(&parse(&format!("{eec1}\n{said}")).unwrap(), 0x0CF0_0417), None);
}

#[test]
fn text_of_chinese_tools_is_gbk() {
    // 转速 is D7AA CBD9 in GBK (GB 2312), 公斤/秒 is B9ABBDEF 2F C3EB.
    let mut file = format!("{HEAD}BO_ 100 MOTOR: 8 ECU\n SG_ Flow : 0|8@1+ (1,0) [0|0] \"").into_bytes();
    file.extend_from_slice(b"\xB9\xAB\xBD\xEF/\xC3\xEB\" ECU\n\nVAL_ 100 Flow 1 \"\xD7\xAA\xCB\xD9\" ;\n");
    let database = Database::parse("own.dbc", &file).unwrap();
    let signal = &database.messages()[0].signals[0];
    assert_eq!((signal.unit.as_str(), signal.label(1)), ("公斤/秒", Some("转速")));
}

#[test]
fn an_empty_message_is_a_message() {
    let database = parse("BO_ 2566843904 EMPTY: 0 ECU\n\nBO_ 100 NO_SIGNALS: 8 ECU\n").unwrap();
    assert_eq!((database.messages()[0].size, database.messages()[0].signals.len()), (0, 0));
    assert_warns("BO_ 100 EMPTY: 0 ECU\n SG_ S : 0|1@1+ (1,0) [0|0] \"\" ECU\n", 10, &["S", "0 bytes"]);
}

#[test]
fn a_comment_may_speak_of_messages() {
    let file = "BO_ 100 MOTOR: 8 ECU\n\nCM_ \"Not here:\nBO_ 5000 OTHER: 8 ECU\nis in another file.\";\n";
    assert_eq!(parse(file).unwrap().messages().len(), 1);
}

#[test]
fn lines_are_right_whatever_stands_between() {
    // Texts with quotation marks, texts over several lines, comments with an odd mark, names without a space.
    let file = "CM_ \"a \\\"quoted\\\" word, and BO_ 5000 inside\nSG_ Not : here\n\";\n// an odd \" mark\n\
        BO_ 100 FIRST:8 ECU\n SG_ Same:60|8@1+ (1,0) [0|0] \"in \\\" \" ECU\n\n\
        BO_ 101 SECOND : 8 ECU\n SG_ Same: 61|8@1+ (1,0) [0|0] \"//\" ECU\n SG_ More : 62|8@1+ (1,0) [0|0] \"\" ECU\n";
    let said = warnings(file);
    let places = [(14, "Same"), (17, "Same"), (18, "More")];
    assert_eq!(said.len(), 3, "{said:?}");
    for (text, (line, name)) in said.iter().zip(places) {
        assert!(text.starts_with(&format!("own.dbc:{line}: signal {name}: ")), "{text}");
    }
}

#[test]
fn lines_are_counted_alike_whatever_ends_them() {
    let file = format!("{HEAD}{}", with_signal("Speed : 60|8@1+ (1,0) [0|0]")).replace('\n', "\r\n");
    let database = Database::parse("own.dbc", file.as_bytes()).unwrap();
    assert_eq!(database.warnings()[0].line, 10);
}

#[test]
fn a_message_that_does_not_begin_a_line_is_refused() {
    // The parser would take it, its identifier cut to 11 bits.
    assert_says("BO_ 100 FIRST: 8 ECU\n\nCM_ \"word\"; BO_ 70000 HIDDEN: 8 ECU\n", 9, &["BO_", "line of its own"]);
    assert_says("BO_70000 GLUED: 8 ECU\n", 1, &["BO_", "line of its own"]);
}

#[test]
fn a_number_that_nothing_can_hold_names_its_line() {
    assert_says("BO_ 99999999999999999999999 WIDE: 8 ECU\n", 9, &["WIDE", "29 bits"]);
    assert_says(&with_signal("Speed : -5|8@1+ (1,0) [0|0]"), 10, &["-5"]);
    assert_says("BO_ 100 FIRST: 8 ECU\n\nBO_ 101 MOTOR: -8 ECU\n", 11, &["-8"]);
}

#[test]
fn the_bundled_database_is_whole() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    // 17 standard and 15 own messages (can-signals.md, sections 8.2 and 8.3).
    assert_eq!(database.messages().len(), 32);
    assert_eq!(database.warnings(), []);
    assert!(Database::bundled("no-such").is_none());
}
