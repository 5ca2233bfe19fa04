//! `machine find`: from a log and a technician's marks to bit fields, without a DBC file.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::run::Sandbox;

/// 2025-06-09 00:00:00 UTC, s.
const BEGAN: f64 = 1_749_427_200.0;

/// Ten minutes of an invented machine and its marks. Message 0x200, every 100 ms: speed in bytes 1 and 2, 0.01 km/h, big
/// endian; header height in bytes 3 and 4, 1 mm, little endian; a frame counter in byte 8. It drives for a minute at 3 to
/// 7 km/h, stands for half a minute; the header is 12 cm high while it drives and 80 cm while it stands.
pub(crate) fn machine(sandbox: &Sandbox) {
    let (mut log, mut marks) = (String::new(), "t_unix,mark,value\n".to_owned());
    let mut was_driving = false;
    for n in 0..6000u32 {
        let (t, round) = (f64::from(n) / 10.0, n / 900);
        let is_driving = n % 900 >= 300;
        let goal = if is_driving { 300 + 80 * (round % 6) } else { 0 };
        let ramp = (n % 900).saturating_sub(300).min(30);
        let speed = goal * ramp / 30 + if is_driving { n / 3 % 5 } else { 0 };
        let height = 800 - 680 * ramp / 30 + n / 4 % 9;
        let [low, high] = (height as u16).to_le_bytes();
        let [top, bottom] = (speed as u16).to_be_bytes();
        let counter = n % 16;
        writeln!(log, "({:.6}) can0 200#{top:02X}{bottom:02X}{low:02X}{high:02X}FFFFFF{counter:02X}", BEGAN + t)
            .unwrap();
        let late = BEGAN + t + 0.7;
        if is_driving != was_driving {
            let words = if is_driving { ["drive", "header-down"] } else { ["stop", "header-up"] };
            writeln!(marks, "{late},{},\n{late},{},", words[0], words[1]).unwrap();
            was_driving = is_driving;
        }
        if n % 900 == 600 || n % 900 == 150 {
            writeln!(marks, "{late},speed-km-h,{:.1}", f64::from(speed) / 100.0).unwrap();
            writeln!(marks, "{late},header-height-cm,{:.0}", f64::from(height) / 10.0).unwrap();
        }
    }
    sandbox.write("m.log", log);
    sandbox.write("marks.csv", marks);
}

fn first<'a>(found: &'a Value, channel: &str) -> &'a Value {
    let channels = found["channels"].as_array().unwrap();
    &channels.iter().find(|one| one["channel"] == channel).unwrap()["candidates"][0]
}

#[test]
fn speed_and_height_are_found_with_their_scales() {
    let sandbox = Sandbox::new();
    machine(&sandbox);
    let args = ["machine", "find", "m.log", "--marks", "marks.csv", "--format", "json", "--toml", "found.toml"];
    let found: Value = serde_json::from_str(&sandbox.ok(&args).out).unwrap();
    let speed = first(&found, "ground.speed");
    assert_eq!((&speed["id"], &speed["big_endian"]), (&Value::from("200"), &Value::from(true)), "{speed}");
    assert_eq!((&speed["start"], &speed["length"]), (&Value::from(7), &Value::from(16)), "{speed}");
    // 0.01 km/h are 1/360 m/s.
    assert!((speed["scale"].as_f64().unwrap() * 360.0 - 1.0).abs() < 0.01, "{speed}");
    let height = first(&found, "header.height");
    assert_eq!((&height["start"], &height["length"]), (&Value::from(16), &Value::from(16)), "{height}");
    assert!((height["scale"].as_f64().unwrap() - 1.0).abs() < 0.02 && height["unit"] == "mm", "{height}");
    // What is not there is not guessed.
    for channel in ["reel.speed", "grain.moisture", "tank.level", "engine.load"] {
        assert!(first(&found, channel).is_null(), "{channel}");
    }
    let profile = sandbox.text("found.toml");
    assert!(profile.contains("bits = { start = 7, length = 16, big_endian = true }"), "{profile}");
}

#[test]
fn a_bad_marks_file_is_refused_by_line_with_what_to_do() {
    let sandbox = Sandbox::new();
    machine(&sandbox);
    for (rows, words) in [
        ("t_unix,mark,value\n1749427201,drive,\n1749427202,header-upp,\n", ["bad.csv:3", "header-upp", "header-up,"]),
        ("t_unix,mark,value\n1749427201,speed-km-h,fast\n", ["bad.csv:2", "'fast'", "number on the display"]),
        ("t_unix,mark,value\n1749427201,drive,5\n", ["bad.csv:2", "value of drive is '5'", "leave it empty"]),
        ("t_unix,mark,value\nnoon,drive,\n", ["bad.csv:2", "t_unix is 'noon'", "seconds since 1970"]),
        ("time,mark,value\n1749427201,drive,\n", ["bad.csv:1", "t_unix is missing", "t_unix,mark,value"]),
    ] {
        sandbox.write("bad.csv", rows);
        let args = ["--lang", "en", "machine", "find", "m.log", "--marks", "bad.csv"];
        sandbox.refused(&args, &words);
        let told = sandbox.refused(&["--lang", "zh", "machine", "find", "m.log", "--marks", "bad.csv"], &words[..1]);
        assert!(told.contains('应') || told.contains('请'), "{told}");
    }
}
