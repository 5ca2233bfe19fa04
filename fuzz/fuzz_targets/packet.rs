//! Any bytes as a packet: refused, or read and then as long as it says; checking it neither panics nor takes more memory than a
//! packet may. Bytes that begin with a brace are the head of a packet that a key has signed.
#![no_main]

use std::path::Path;
use std::sync::Once;

use grainloss_core::record::COLUMNS;
use grainloss_journal::{FileSignature, SigningKey};
use grainloss_packet::{Packet, write};
use libfuzzer_sys::fuzz_target;

static QUIET: Once = Once::new();

fn signed(head: &str) -> Vec<u8> {
    let hash = grainloss_core::data_file::sha256(&[head.as_bytes()]);
    let signature = FileSignature::sign(&SigningKey::from_bytes(&[7; 32]), &[1], &hash);
    let second = |t_us: i64| (t_us, vec![String::new(); COLUMNS.len()]);
    write(1, head, &signature, &[second(1_000_000), second(2_000_000)]).expect("empty seconds can be written")
}

fuzz_target!(|bytes: &[u8]| {
    // The reader catches the panics of Parquet's: they must come as far as that. Others end the fuzzing all the same.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let file = match std::str::from_utf8(bytes) {
        Ok(head) if head.starts_with('{') => signed(head),
        _ => bytes.to_vec(),
    };
    let Ok(packet) = Packet::of_bytes(Path::new("fuzz"), file) else { return };
    packet.verify();
    packet.head.chain_after();
    for minute in &packet.head.minutes {
        packet.rows_sha256(minute.end_us, minute.seconds, minute.columns);
    }
    for column in COLUMNS {
        assert!(packet.numbers(column.name).is_none_or(|numbers| numbers.len() == packet.t_us.len()));
    }
});
