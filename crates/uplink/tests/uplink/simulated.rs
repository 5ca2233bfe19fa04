//! Blocks and snapshots of no machine.
#![cfg(test)]

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use grainloss_core::record::EventRecord;
use grainloss_protocol::snapshot::{SessionInfo, Snapshot, SourceKind};

/// Puts so many blocks into the folder, each of its own bytes; gives their names and bytes.
pub fn blocks(folder: &Path, how_many: usize, size: usize) -> Vec<(String, Vec<u8>)> {
    fs::create_dir_all(folder).unwrap();
    let block = |at: usize| {
        let name = format!("0badc0de-000001-{:04}-{:04}-{at:08x}.parquet", at * 10 + 1, at * 10 + 10);
        let bytes: Vec<u8> = (0..size).map(|byte| (byte * 7 + at) as u8).collect();
        fs::write(folder.join(&name), &bytes).unwrap();
        (name, bytes)
    };
    (0..how_many).map(block).collect()
}

/// A session without frames.
pub fn snapshot() -> Snapshot {
    let info = SessionInfo {
        id: Some(12),
        started_us: Some(1_781_000_000_000_000),
        crop_id: "wheat".to_owned(),
        source: SourceKind::Live,
        ..SessionInfo::default()
    };
    Snapshot::empty(info)
}

/// An alarm that was raised.
pub fn raised(t_us: i64, id: &'static str) -> EventRecord {
    EventRecord {
        level: Some(2),
        stream: Some(Cow::Borrowed("cleaning")),
        count: Some(2),
        value: Some(1.85),
        ..EventRecord::new(t_us, "alarm-raised", id)
    }
}
