//! A machine with a small profile of its own, fed frame by frame.

use grainloss_can::candump::{self, Line};
use grainloss_core::data_file::FileError;
use grainloss_core::machine::{Channel, ChannelBank, Profile, Reading, ReadingState, Router};
use grainloss_knowledge::profiles;
use tempfile::TempDir;

/// J1939: groups FF20 to FF24, engine hours, one group that two senders share, and an 11-bit identifier.
pub const DBC: &str = r#"VERSION ""
NS_ :
BS_:
BU_: X
BO_ 2566856832 SPLIT: 8 X
 SG_ High : 0|2@1+ (1,0) [0|3] "" X
 SG_ Low : 8|8@1+ (0.1,0) [0|25] "%" X
BO_ 2566857088 PAGES: 8 X
 SG_ Page M : 0|8@1+ (1,0) [0|2] "" X
 SG_ Flag m0 : 8|2@1+ (1,0) [0|1] "" X
 SG_ Speed m1 : 8|16@1+ (0.1,0) [0|6425.5] "km/h" X
BO_ 2566857344 STATE: 8 X
 SG_ Plate : 0|2@1+ (1,0) [0|3] "" X
BO_ 2566857600 COUNT: 8 X
 SG_ Distance : 0|32@1+ (0.001,0) [0|4211081.215] "m" X
 SG_ Grain : 32|16@1+ (1,0) [0|64255] "kg" X
 SG_ Plate : 48|16@1+ (1,0) [0|64255] "count" X
BO_ 2566857856 RATE: 8 X
 SG_ Plate : 0|16@1+ (0.1,0) [0|6425.5] "1/s" X
BO_ 2566841600 HOURS: 8 X
 SG_ Hours : 0|32@1+ (0.05,0) [0|210554060.75] "h" X
BO_ 2566860545 SHARED_1: 8 X
 SG_ Speed : 0|16@1+ (0.1,0) [0|6425.5] "km/h" X
BO_ 2566860546 SHARED_2: 8 X
 SG_ Other : 0|16@1+ (1,0) [0|64255] "" X
BO_ 291 VOLTS: 2 X
 SG_ Height : 0|16@1+ (0.001,0) [0|5] "V" X

BA_DEF_ "ProtocolType" STRING ;
BA_DEF_DEF_ "ProtocolType" "";
BA_ "ProtocolType" "J1939";
VAL_ 2566857344 Plate 0 "Ok" 1 "NotCalibrated" 2 "Error" 3 "NotAvailable" ;
"#;

pub const HEAD: &str = r#"name = "own"
dbc = "own.dbc"
[geometry]
header_width_m = 2.75
discharge_width_m = 1.3
rated_feed_kg_s = 8.0
rated_engine_rpm = 2200.0
"#;

pub fn load(text: &str) -> Result<Profile, FileError> {
    load_with(DBC, text)
}

pub fn load_with(dbc: &str, text: &str) -> Result<Profile, FileError> {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("own.dbc"), dbc).unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, text).unwrap();
    profiles::load(path.to_str().unwrap())
}

/// A channel of a profile, as text.
pub fn entry(name: &str, sources: &str, more: &str) -> String {
    format!("[[channel]]\nname = \"{name}\"\nsources = [{sources}]\n{more}\n")
}

pub struct Bus {
    pub bank: ChannelBank,
}

/// A machine with one channel.
pub fn one(name: &str, sources: &str, more: &str) -> Bus {
    machine(&entry(name, sources, more))
}

pub fn machine(channels: &str) -> Bus {
    let profile = load(&format!("{HEAD}{channels}")).unwrap();
    Bus { bank: ChannelBank::new(Router::new(&profile).unwrap()) }
}

impl Bus {
    /// Takes a frame as candump writes it; whether anybody knows it.
    pub fn send(&mut self, at_ms: i64, text: &str) -> bool {
        let Ok(Line::Frame { frame, .. }) = candump::parse_line(format!("(1.0) can0 {text}").as_bytes()) else {
            panic!("{text} is no frame")
        };
        self.bank.take(&frame, at_ms * 1000)
    }

    pub fn read(&mut self, at_ms: i64, channel: Channel) -> Reading {
        *self.bank.readings(at_ms * 1000).get(channel)
    }

    /// The value after a frame at that time; an error when there is none.
    pub fn after(&mut self, at_ms: i64, text: &str, channel: Channel) -> Result<f64, ReadingState> {
        self.send(at_ms, text);
        let reading = self.read(at_ms, channel);
        reading.value.map(|value| (value * 1e9).round() / 1e9).ok_or(reading.state)
    }
}
