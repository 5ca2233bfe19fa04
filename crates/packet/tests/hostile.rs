//! Any bytes and any signed head as a packet: refused or read, never a panic; what is read is as long as it says.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use grainloss_core::record::COLUMNS;
use grainloss_journal::{FileSignature, SigningKey};
use grainloss_packet::{Packet, PacketError, write};

/// A second of every column, all unknown but the time.
fn second(t_us: i64) -> (i64, Vec<String>) {
    (t_us, vec![String::new(); COLUMNS.len()])
}

/// A packet that a key has signed, with this text for its head.
fn signed(head: &str, times: &[i64]) -> Vec<u8> {
    let hash = grainloss_core::data_file::sha256(&[head.as_bytes()]);
    let signature = FileSignature::sign(&SigningKey::from_bytes(&[7; 32]), &[1], &hash);
    let seconds: Vec<_> = times.iter().map(|t_us| second(*t_us)).collect();
    write(1, head, &signature, &seconds).unwrap()
}

fn head(minutes: &str) -> String {
    format!(
        r#"{{"format":"grainloss-packet","version":1,"journal":"00","session":1,"revision_of":null,"chain_before":"","minutes":{minutes},"last":false,"names":false,"report":null}}"#
    )
}

fn minute(end_us: i64, seconds: i64, columns: usize) -> String {
    format!(r#"{{"end_us":{end_us},"seconds":{seconds},"columns":{columns},"rows_sha256":"00","records_sha256":"00"}}"#)
}

/// Does with a packet all that is done before it is trusted.
fn look(bytes: Vec<u8>) -> Result<Packet, PacketError> {
    let packet = Packet::of_bytes(Path::new("any"), bytes)?;
    let _ = packet.verify();
    let _ = packet.head.chain_after();
    for minute in &packet.head.minutes {
        let _ = packet.rows_sha256(minute.end_us, minute.seconds, minute.columns);
    }
    for column in COLUMNS {
        let length = packet.numbers(column.name).map(<[_]>::len);
        assert!(length.is_none_or(|length| length == packet.t_us.len()), "{}", column.name);
    }
    Ok(packet)
}

#[test]
fn times_at_the_ends_of_what_a_number_holds_do_not_panic() {
    let end = |end_us: i64| format!("[{}]", minute(end_us, 1, COLUMNS.len()));
    for t_us in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        for end_us in [i64::MIN, t_us, i64::MAX] {
            let read = look(signed(&head(&end(end_us)), &[t_us])).unwrap();
            assert_eq!(read.t_us, [t_us]);
        }
    }
}

/// A good packet of this many seconds, whose first page claims as much to be unpacked as a page can: two gigabytes.
fn claiming_two_gigabytes() -> Vec<u8> {
    let mut bytes = signed(&head("[]"), &[1_000_000, 2_000_000, 3_000_000]);
    // The header of the first page, after the file's four letters: kind of page 0, size unpacked, size packed, each behind 0x15,
    // in zigzag; both sizes are below 64 here.
    assert_eq!((&bytes[4..7], bytes[8]), (&[0x15, 0, 0x15][..], 0x15));
    let packed = bytes[9];
    // Four bytes more for the size are four bytes less of the page, so that nothing else moves.
    bytes.splice(7..10, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, packed - 2 * 4]);
    let end = (5..bytes.len()).find(|at| bytes[*at..].starts_with(&[0x15, 0, 0x15])).unwrap();
    bytes.drain(end - 4..end);
    bytes
}

#[test]
fn what_claims_to_be_large_is_refused_before_it_is_unpacked() {
    let refused = |bytes: Vec<u8>| match look(bytes) {
        Err(PacketError::Unpacked { bytes, most, .. }) => (bytes, most),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(claiming_two_gigabytes()), (i32::MAX as u64, 32 << 20));
    // A word of 33 MB that takes some kilobytes.
    let hash = grainloss_core::data_file::sha256(&[head("[]").as_bytes()]);
    let signature = FileSignature::sign(&SigningKey::from_bytes(&[7; 32]), &[1], &hash);
    let at = COLUMNS.iter().position(|column| column.name == "state").unwrap();
    let mut seconds = vec![second(1_000_000)];
    seconds[0].1[at] = "x".repeat(33 << 20);
    let packet = write(1, &head("[]"), &signature, &seconds).unwrap();
    assert!(packet.len() < 1 << 20, "{}", packet.len());
    let (bytes, most) = refused(packet);
    assert!(bytes > 33 << 20 && most == 32 << 20, "{bytes}");
}

#[test]
fn more_seconds_than_its_minutes_hold_are_refused() {
    // An hour and a second without a minute in the head; an hour is read, and found wrong by `verify`.
    let times: Vec<i64> = (0..3601).map(|s| s * 1_000_000).collect();
    assert!(matches!(look(signed(&head("[]"), &times)), Err(PacketError::Damaged { .. })));
    assert!(look(signed(&head("[]"), &times[1..])).is_ok());
}

#[test]
fn a_large_footer_is_refused_before_it_is_read() {
    let with = |bytes: usize| look(signed(&format!("{}{}", head("[]"), " ".repeat(bytes)), &[1_000_000]));
    assert!(with(7 << 20).is_ok());
    assert!(matches!(with(8 << 20), Err(PacketError::TooLarge { .. })));
}

mod properties {
    use proptest::prelude::*;

    use super::{head, look, minute, signed};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), with_ends in any::<bool>()) {
            let bytes = if with_ends { [&b"PAR1"[..], &bytes, b"PAR1"].concat() } else { bytes };
            prop_assert!(look(bytes).is_err());
        }

        #[test]
        fn a_packet_with_bytes_changed_does_not_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = signed(&head("[]"), &[1_000_000, 2_000_000, 3_000_000]);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let _ = look(bytes);
        }

        #[test]
        fn any_text_as_a_signed_head_does_not_panic(text in ".{0,200}", at in 0usize..160, byte in any::<char>()) {
            let _ = look(signed(&text, &[1_000_000]));
            // A good one with a letter changed.
            let mut changed: Vec<char> = head("[]").chars().collect();
            let at = at % changed.len();
            changed[at] = byte;
            let _ = look(signed(&changed.into_iter().collect::<String>(), &[1_000_000]));
        }

        #[test]
        fn any_times_and_minutes_of_a_signed_packet_do_not_panic(
            times in prop::collection::vec(any::<i64>(), 0..8),
            minutes in prop::collection::vec((any::<i64>(), any::<i64>(), any::<usize>()), 0..4),
        ) {
            let minutes: Vec<String> =
                minutes.iter().map(|(end_us, seconds, columns)| minute(*end_us, *seconds, *columns)).collect();
            let read = look(signed(&head(&format!("[{}]", minutes.join(","))), &times));
            prop_assert_eq!(read.unwrap().t_us, times);
        }
    }
}
