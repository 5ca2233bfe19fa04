//! Makes packets to measure `gather` with; docs/scale.md has the figures:
//!
//! ```text
//! GRAINLOSS_PACKETS=/tmp/packets cargo test --test it a_thousand_packets -- --ignored
//! export GRAINLOSS_STORE=/tmp/season
//! for key in /tmp/packets/*.pub; do grainloss-fleet keys trust "$key"; done
//! time grainloss-fleet gather /tmp/packets
//! ```

use std::fs;
use std::path::PathBuf;

use grainloss_core::data_file::{hex, sha256};
use grainloss_core::record::COLUMNS;
use grainloss_journal::{ProofMinute, SigningKey, minute_end};

use super::support::{Bench, Seconds, Whole, hashed, sign};

/// Machines with a key and a session each.
const MACHINES: u8 = 125;
/// Packets of a session, ten minutes each.
const BLOCKS: i64 = 8;
const BLOCK_S: i64 = 600;
/// Five o'clock UTC on 2026-06-12, s since 1970.
const BEGIN_S: i64 = 1_781_240_400;

/// The seconds of a session as long as this: those of a recorded one, over and over, whose totals go on rising.
fn seconds(recorded: &Seconds, length_s: i64) -> Seconds {
    let totals = |name: &str| name.starts_with("cum_");
    let second = |at: i64| {
        let (round, row) = (at as usize / recorded.len(), &recorded[at as usize % recorded.len()].1);
        let t_us = (BEGIN_S + at + 1) * 1_000_000;
        let texts = COLUMNS.iter().enumerate().map(|(column, about)| {
            let last = recorded.iter().rev().find_map(|(_, texts)| texts[column].parse::<f64>().ok()).unwrap_or(0.0);
            let number = match row[column].parse::<f64>() {
                Ok(_) if column == 0 => t_us as f64 / 1e6,
                Ok(number) if totals(about.name) => number + round as f64 * last,
                _ => return row[column].clone(),
            };
            let mut text = String::new();
            about.push_number(&mut text, number);
            text
        });
        (t_us, texts.collect())
    };
    (0..length_s).map(second).collect()
}

#[test]
#[ignore = "makes files to measure with, in the folder GRAINLOSS_PACKETS"]
fn a_thousand_packets_of_ten_minutes() {
    let folder = PathBuf::from(std::env::var_os("GRAINLOSS_PACKETS").expect("GRAINLOSS_PACKETS: a folder"));
    let whole = Whole::of(&Bench::new(), "a", 1);
    let seconds = seconds(&whole.seconds, BLOCKS * BLOCK_S);
    for machine in 0..MACHINES {
        let key = SigningKey::from_bytes(&[machine + 1; 32]);
        let public_key = hex(key.verifying_key().as_bytes());
        let of_machine = folder.join(format!("{machine:03}"));
        fs::create_dir_all(&of_machine).unwrap();
        fs::write(folder.join(format!("{machine:03}.pub")), format!("{public_key}\n")).unwrap();
        let mut head = whole.head.clone();
        head.journal = sha256(&[public_key.as_bytes()]);
        (head.last, head.report) = (false, None);
        (head.pans, head.points, head.findings, head.calibration) = (vec![], vec![], vec![], None);
        let about = head.about.as_mut().unwrap();
        about.started_us = BEGIN_S * 1_000_000;
        for block in seconds.chunks(BLOCK_S as usize) {
            let mut ends: Vec<i64> = block.iter().map(|(t_us, _)| minute_end(*t_us)).collect();
            ends.dedup();
            let minute = |end_us| ProofMinute { end_us, ..whole.head.minutes[0].clone() };
            head.minutes = ends.into_iter().map(minute).collect();
            let block = block.to_vec();
            hashed(&mut head, &block);
            fs::write(of_machine.join(format!("{}.parquet", block[0].0)), sign(&head, &block, &key)).unwrap();
            head.chain_before = head.chain_after();
            head.seal += 1;
        }
    }
}
