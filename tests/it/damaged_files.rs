//! Every kind of file that a user hands over, damaged at random: it is read, or refused in words that name it; the program
//! never breaks down, and what it only reads stays as it is.

use crate::support::run::Sandbox;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// What people and broken programs put into files.
const ODD: [&str; 18] = [
    "nan",
    "-nan",
    "inf",
    "-1e999",
    "1e308",
    "-0",
    "0",
    "18446744073709551616",
    "-9223372036854775808",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\"",
    "[[",
    ",,,,",
    "\n\n",
    "=1+1",
    "../../x",
];

/// Cut short, a bit turned, a piece gone, a piece twice, something odd put in or in the place of a word.
fn damaged(good: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..bytes.len().max(1)).min(bytes.len());
        let end = (at + random.random_range(1..40)).min(bytes.len());
        let odd = ODD[random.random_range(0..ODD.len())].bytes();
        match random.random_range(0..7) {
            0 if at > 0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => drop(bytes.splice(at..at, odd)),
            _ => {
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
                let from = at + bytes[at..].iter().position(is_word).unwrap_or(0);
                let to = from + bytes[from..].iter().take_while(|byte| is_word(byte)).count();
                drop(bytes.splice(from..to, odd));
            }
        }
    }
    bytes
}

/// Writes the file damaged, `times` over, and runs the command on it.
fn each(sandbox: &Sandbox, file: &str, times: u64, args: &[&str]) {
    let good = sandbox.bytes(file);
    let mut refused = 0;
    for seed in 0..times {
        let bad = damaged(&good, &mut ChaCha8Rng::seed_from_u64(seed));
        sandbox.write(file, &bad);
        let ended = sandbox.run(args);
        let what =
            || format!("seed {seed}, {args:?}: {:?}\n{}\n{}", ended.code, ended.err, String::from_utf8_lossy(&bad));
        assert!(matches!(ended.code, Some(0..=2)) && !ended.err.contains("panicked"), "{}", what());
        if ended.code == Some(2) {
            refused += 1;
            let name = file.rsplit('/').next().unwrap();
            assert!(ended.err.contains(name), "not named: {}", what());
        }
        assert_eq!(sandbox.bytes(file), bad, "it was only to be read: {}", what());
    }
    sandbox.write(file, good);
    assert!(refused > 0, "{file}: nothing was ever refused, so nothing was tried");
}

/// Twenty seconds of a bus.
fn with_log() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.simulate("x", "wheat-steady", 1, 20);
    sandbox
}

const REPLAY: [&str; 6] = ["replay", "x.log", "--machine", "combine-demo", "--crop", "wheat"];

#[test]
fn pans() {
    let sandbox = with_log();
    sandbox.write(
        "pans.csv",
        "t_unix,t_known_unix,kind,pan_area_m2,discharge_width_m,header_width_m,kernels,grams,natural_shed_kernels_m2\n\
         1749521100,1749521700,rear,0.3,1.30,2.75,142,,\n1749521160,1749521700,front,0.3,1.30,2.75,,3.5,12\n",
    );
    each(&sandbox, "pans.csv", 150, &[&REPLAY[..], &["--pans", "pans.csv"]].concat());
}

#[test]
fn profiles_and_databases() {
    let sandbox = with_log();
    sandbox.write("own.toml", include_bytes!("../../machines/combine-demo.toml"));
    each(&sandbox, "own.toml", 150, &["machine", "check", "own.toml", "x.log"]);
    sandbox.write("own.dbc", include_bytes!("../../can-dbc/dbc/combine-demo.dbc"));
    each(&sandbox, "own.dbc", 100, &["decode", "x.log", "--dbc", "own.dbc", "--signal", "EngSpeed"]);
}

#[test]
fn scenarios() {
    let sandbox = Sandbox::new();
    sandbox.write("own.toml", include_bytes!("../../simulator/scenarios/wheat-faults.toml"));
    each(&sandbox, "own.toml", 150, &["simulate", "--describe", "own.toml"]);
    each(&sandbox, "own.toml", 40, &["simulate", "--scenario", "own.toml", "--seconds", "2", "--out", "y.log"]);
}

#[test]
fn limits_and_crops_of_ones_own() {
    let sandbox = with_log();
    let folder = "grainloss/knowledge";
    std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    sandbox.write(&format!("{folder}/limits.toml"), include_bytes!("../../knowledge/limits.toml"));
    each(&sandbox, &format!("{folder}/limits.toml"), 80, &REPLAY);
    sandbox.write(&format!("{folder}/crops.toml"), include_bytes!("../../knowledge/crops.toml"));
    each(&sandbox, &format!("{folder}/crops.toml"), 80, &REPLAY);
}

#[test]
fn reports_to_be_verified() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seconds", "70", "--db", "j.sqlite"]);
    sandbox.ok(&["report", "last", "--db", "j.sqlite", "--format", "json", "--out", "r.json"]);
    let key = sandbox.path("device.pub");
    let verify = ["verify", "r.json", "--key", key.to_str().unwrap()];
    assert!(sandbox.ok(&verify).out.contains("untouched"));
    each(&sandbox, "r.json", 150, &verify);
}
