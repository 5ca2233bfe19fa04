//! Same seed, same bytes, on any machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;

use grainloss_simulator::{BusEvent, Pans, Scenario, Simulation};

/// A hash of everything that a run gives (FNV-1a of 64 bits).
fn hash_of(name: &str, seed: u64, seconds: usize) -> u64 {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    };
    let scenario = Scenario::bundled(name).unwrap();
    let (mut simulation, mut pans) = (Simulation::new(&scenario, seed), Pans::new(&scenario, seed));
    let mut seen = Vec::new();
    for _ in 0..seconds * 100 {
        seen.clear();
        simulation.tick_events(&mut seen);
        for event in &seen {
            match event {
                BusEvent::Frame(frame) => {
                    add(&frame.t_us.to_le_bytes());
                    add(&frame.id.bits().to_le_bytes());
                    add(frame.payload());
                }
                BusEvent::Error(error) => add(&error.class.to_le_bytes()),
            }
        }
        if let Some(row) = simulation.take_truth() {
            add(row.csv().as_bytes());
            if let Some(pan) = pans.look(&row) {
                add(pan.csv().as_bytes());
            }
        }
    }
    hash
}

/// The values were computed on x86-64 Linux with glibc; another machine must come to the same. They change with the
/// plant, and only with it.
#[test]
fn the_same_bytes_come_out_everywhere() {
    let found = [("wheat-faults", 600), ("barley-walker", 400), ("canola-fan", 400)]
        .map(|(name, seconds)| format!("{:016x}", hash_of(name, 20_260_601, seconds)));
    assert_eq!(found, ["2418fd96b545c083", "c6c5a455aa622393", "8c5ab3b464c32468"]);
}

/// The platform's mathematics library may differ in the last bit, and maps iterate by chance.
#[test]
fn nothing_asks_the_platform() {
    fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { walk(&entry.path(), files) } else { files.push(entry.path()) }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30);
    let banned = [
        ".exp()",
        ".ln()",
        ".powf(",
        ".powi(",
        ".sin()",
        ".cos()",
        ".sin_cos()",
        ".tan()",
        ".atan()",
        ".atan2(",
        ".hypot(",
        ".exp_m1()",
        ".ln_1p()",
        ".cbrt()",
        ".tanh()",
        ".log10()",
        ".mul_add(",
        "HashMap",
        "HashSet",
        "Instant",
        "SystemTime",
        "thread_rng",
    ];
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in banned {
            assert!(!code.contains(word), "{}: {word}", file.display());
        }
    }
}
