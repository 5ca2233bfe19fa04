//! What holds for any file: no panic, and warnings on the lines that they name.

use std::fmt::Write;

use grainloss_can::{Database, DbcError, DbcProblem};
use proptest::prelude::*;

use super::{HEAD, parse};

/// The message or signal that a warning speaks of.
fn named(problem: &DbcProblem) -> &str {
    match problem {
        DbcProblem::OutsidePayload { signal, .. }
        | DbcProblem::Width { signal, .. }
        | DbcProblem::Orphan { signal }
        | DbcProblem::SameSignal(signal)
        | DbcProblem::Signal { signal, .. }
        | DbcProblem::Overlap { signal, .. } => signal,
        DbcProblem::SameMessage(message)
        | DbcProblem::SameFrames { second: message, .. }
        | DbcProblem::TooLong { message, .. } => message,
        // It stands on the first message with such an identifier.
        DbcProblem::TakenForJ1939 { .. } => "BO_",
        other => panic!("no warning: {other}"),
    }
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
        let lines: Vec<&[u8]> = bytes.split(|&b| b == b'\n').collect();
        match Database::parse("own.dbc", &bytes) {
            Err(error) => prop_assert!((1..=lines.len()).contains(&error.line), "line {} of {}", error.line, lines.len()),
            Ok(database) => {
                for warning in database.warnings() {
                    let line = lines[warning.line - 1];
                    // A name is decoded; a line with a damaged one is not the same text any more.
                    if !line.is_ascii() {
                        continue;
                    }
                    let line = String::from_utf8_lossy(line);
                    prop_assert!(line.contains(named(&warning.problem)), "{warning}\n{line}");
                }
            }
        }
    }

    #[test]
    fn every_warning_stands_on_the_line_that_it_names(
        messages in proptest::collection::vec((any::<bool>(), proptest::collection::vec((0u64..100, 1u64..70, 0u8..4), 0..6)), 1..6),
        gaps in proptest::collection::vec(0usize..4, 1..8),
    ) {
        let mut gaps = gaps.iter().cycle();
        let mut body = String::new();
        let mut between = |body: &mut String| match gaps.next() {
            Some(1) => body.push('\n'),
            Some(2) => body.push_str("// a \" mark\n"),
            Some(3) => body.push_str(" \t\n"),
            _ => {}
        };
        for ((long, signals), id) in messages.iter().zip(100..) {
            let size = if *long { 70 } else { 8 };
            writeln!(body, "\nBO_ {id} M{id}: {size} ECU").unwrap();
            for ((start, width, sort), number) in signals.iter().zip(0..) {
                between(&mut body);
                let page = if *sort == 3 { "m1" } else { "" };
                writeln!(body, " SG_ S{number} {page} : {start}|{width}@1+ (1,0) [0|0] \"\" ECU").unwrap();
            }
            body.push_str(" SG_ Page M : 60|4@1+ (1,0) [0|0] \"\" ECU\nCM_ \"\nBO_ 5 in a text\n SG_ S0 \";\n");
        }
        let text = format!("{HEAD}{body}");
        let lines: Vec<&str> = text.lines().collect();
        let database = Database::parse("own.dbc", text.as_bytes()).unwrap();
        // Each message has signals of the same names: the line's message is the last one above it.
        for warning in database.warnings() {
            let words: Vec<&str> = lines[warning.line - 1].split([' ', ':']).filter(|word| !word.is_empty()).collect();
            let name = if words[0] == "BO_" { words[2] } else { words[1] };
            prop_assert_eq!(name, named(&warning.problem), "{}", warning);
        }
        let left_out: usize = messages.iter().filter(|(long, _)| *long).count();
        prop_assert_eq!(database.messages().len(), messages.len() - left_out);
        // What is wrong with each signal by itself, message by message, is found in that many warnings on its own lines.
        let mut expected = Vec::new();
        let mut message_line = 0;
        for (number, line) in lines.iter().enumerate() {
            if line.starts_with("BO_ 1") { message_line = number; }
            let in_long = lines[message_line].contains(": 70 ");
            if let (false, Some(place)) = (in_long, line.split(" : ").nth(1)) {
                let (start, rest) = place.split_once('|').unwrap();
                let width: u64 = rest.split('@').next().unwrap().parse().unwrap();
                if width > 64 || start.parse::<u64>().unwrap() + width > 64 { expected.push(number + 1); }
            }
        }
        let by_place = |w: &&DbcError| matches!(w.problem, DbcProblem::OutsidePayload { .. } | DbcProblem::Width { .. });
        let found: Vec<usize> = database.warnings().iter().filter(by_place).map(|w| w.line).collect();
        prop_assert_eq!(found, expected);
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
