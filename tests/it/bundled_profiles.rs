//! The bundled profiles: they load, they keep to their schema, and public and hand-made frames give the right values.

use std::path::PathBuf;

use grainloss_can::candump::{self, Line};
use grainloss_can::{Database, Frame};
use grainloss_core::machine::{Channel, ChannelBank, Profile, ProfileStatus, ReadingState, Router};
use grainloss_knowledge::profiles;

use ReadingState::{Error, NeverSeen, NotAvailable, NotCalibrated, NotMapped};

/// A value, or why there is none.
#[derive(Clone, Copy, Debug)]
enum Says {
    Value(f64),
    State(ReadingState),
}

const fn is(channel: Channel, value: f64) -> (Channel, Says) {
    (channel, Says::Value(value))
}

const fn has_none(channel: Channel, state: ReadingState) -> (Channel, Says) {
    (channel, Says::State(state))
}

fn frame(text: &str) -> Frame {
    match candump::parse_line(format!("(1.0) can0 {text}").as_bytes()) {
        Ok(Line::Frame { frame, .. }) => frame,
        _ => panic!("{text} is no frame"),
    }
}

fn bank(machine: &str) -> ChannelBank {
    ChannelBank::new(Router::new(&profiles::load(machine).unwrap()).unwrap())
}

/// These frames, one every 10 ms, and what the channels say after the last.
fn check(machine: &str, frames: &[&str], expected: &[(Channel, Says)]) {
    let mut bank = bank(machine);
    let mut now_us = 0;
    for text in frames {
        now_us += 10_000;
        assert!(bank.take(&frame(text), now_us), "{machine} does not know {text}");
    }
    let readings = bank.readings(now_us);
    for &(channel, says) in expected {
        let reading = readings.get(channel);
        let name = channel.name();
        match says {
            Says::Value(value) => {
                let close = reading.value.is_some_and(|found| (found - value).abs() < 1e-9 * value.abs().max(1.0));
                assert!(close, "{machine}, {frames:?}: {name} is {reading:?}, expected {value}");
            }
            Says::State(state) => assert_eq!(reading.state, state, "{machine}, {frames:?}: {name}"),
        }
    }
}

/// Signals of the database that no channel takes.
fn check_signals(machine: &str, text: &str, expected: &[(&str, f64)]) {
    let database = Database::bundled(machine).unwrap().unwrap();
    let frame = frame(text);
    let message = database.message_of(frame.id).unwrap();
    for (name, value) in expected {
        let signal = message.signal(name).unwrap();
        assert!(message.holds(signal, &frame), "{name}");
        assert!((signal.decode(&frame).physical - value).abs() < 1e-9, "{text}: {name}");
    }
}

#[test]
fn every_bundled_profile_loads_without_a_warning_and_says_what_it_is() {
    let names: Vec<_> = profiles::BUNDLED.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["combine-demo", "cnh-2015", "deere-2015", "gleaner-2015", "display-cn"]);
    assert_eq!(Database::bundled_names().collect::<Vec<_>>(), names);
    for name in names {
        let profile = profiles::load(name).unwrap();
        assert_eq!((profile.name.as_str(), profile.database().warnings()), (name, [].as_slice()));
        if name == "combine-demo" {
            assert_eq!(profile.standing, Some(ProfileStatus::Demonstration));
            continue;
        }
        assert_eq!(profile.standing, Some(ProfileStatus::PublicDecode));
        for words in ["from public decodes, not verified on a machine", "未经实机验证"] {
            assert!(profile.about.contains(words), "{name}: {}", profile.about);
        }
        // A bar or a claimed share is no count of kernels.
        let readings = ChannelBank::new(Router::new(&profile).unwrap()).readings(0);
        for channel in Channel::ALL.iter().filter(|channel| channel.name().starts_with("loss.")) {
            assert_eq!(readings.get(*channel).state, NotMapped, "{name}");
        }
        assert!(profile.loss_plates.is_none());
    }
}

#[test]
fn cnh_public_vector() {
    // pysobus, test list of Case: flow 0, crop 49, moisture 12.83 %, width 6708 mm.
    let public = "18FF6990#000031000305341A";
    check(
        "cnh-2015",
        &[public],
        &[
            is(Channel::GrainMoisture, 0.1283),
            is(Channel::HeaderWorkingWidth, 6.708),
            // The scale of the flow in this group is disputed: no channel takes it.
            has_none(Channel::GrainFlow, NeverSeen),
        ],
    );
    let all = [("GrainFlow", 0.0), ("CropType", 49.0), ("GrainMoisture", 12.83), ("WorkWidth", 6708.0)];
    check_signals("cnh-2015", public, &all);
}

#[test]
fn cnh_speeds_and_shares() {
    // Reel 0x0020 = 32; 0x0036 = 54 of 0.1 km/h = 1.5 m/s.
    check("cnh-2015", &["18FF6427#20003600800CFFFF"], &[is(Channel::ReelSpeed, 32.0), is(Channel::GroundSpeed, 1.5)]);
    // Engine 0x0834 = 2100, rotor 0x0384 = 900.
    check(
        "cnh-2015",
        &["18FF6527#34088403FFFFFF64"],
        &[is(Channel::EngineSpeed, 2100.0), is(Channel::ThresherSpeed, 900.0)],
    );
    // Loss left 0x35 = 53 × 0.4 = 21.2 %; fuel 0xFA = 250 × 0.4 = 100 %; tank 0x7D = 125 × 0.4 = 50 %; load 0x58 = 88 %.
    check(
        "cnh-2015",
        &["18FF6627#35FCFFFFFFFA7D58"],
        &[
            is(Channel::LossIndexSeparationLeft, 0.212),
            has_none(Channel::LossIndexSeparationRight, NotCalibrated),
            is(Channel::FuelLevel, 1.0),
            is(Channel::TankLevel, 0.5),
            is(Channel::EngineLoad, 0.88),
        ],
    );
    check(
        "cnh-2015",
        &["18FF6627#FEFFFFFFFFFFFFFF"],
        &[has_none(Channel::LossIndexSeparationLeft, Error), has_none(Channel::LossIndexSeparationRight, NotAvailable)],
    );
    // Fan 0x03F2 = 1010, feeder 0x01E0 = 480; then FC12 (not calibrated), FE00 (error).
    check(
        "cnh-2015",
        &["18FF4480#F203E00100FC00FE"],
        &[is(Channel::FanSpeed, 1010.0), is(Channel::FeederSpeed, 480.0)],
    );
    check(
        "cnh-2015",
        &["18FF4480#12FC00FEFFFFFFFF"],
        &[has_none(Channel::FanSpeed, NotCalibrated), has_none(Channel::FeederSpeed, Error)],
    );
    check(
        "cnh-2015",
        &["18FF4480#00FF00FCFFFFFFFF"],
        &[has_none(Channel::FanSpeed, NotAvailable), has_none(Channel::FeederSpeed, NotCalibrated)],
    );
    // Returns 0x2E = 46 × 0.4 = 18.4 %; sieve loss 0x70 = 112 × 0.4 = 44.8 %.
    check("cnh-2015", &["18FF4580#FFFFFFFF2E00FFFF"], &[is(Channel::ReturnsVolume, 0.184)]);
    check(
        "cnh-2015",
        &["18FF4680#70FFFFFFFFFFFFFF"],
        &[is(Channel::LossIndexCleaningLeft, 0.448), has_none(Channel::LossIndexCleaningRight, NotMapped)],
    );
    // Width 0x3D = 61 × 15 cm = 9.15 m, speed 0x1B = 27 × 0.2 km/h = 1.5 m/s.
    check(
        "cnh-2015",
        &["18FF8494#FFFB3D1BFFFFFFFF"],
        &[is(Channel::HeaderWorkingWidth, 9.15), is(Channel::GroundSpeed, 1.5)],
    );
    // Flow 0x4A = 74 × 0.1 kg/s; moisture 0x0A06 = 2566 × 0.005 = 12.83 %; fuel 0x03C7 = 967 × 0.05 = 48.35 l/h.
    check("cnh-2015", &["18FF2AC0#FF4AFFFFFFFFFFFF"], &[is(Channel::GrainFlow, 7.4)]);
    check("cnh-2015", &["18FF71C4#FFFF060AFFFFFFFF"], &[is(Channel::GrainMoisture, 0.1283)]);
    check("cnh-2015", &["18FF1D00#C703FFFFFFFFFFFF"], &[is(Channel::FuelRate, 48.35)]);
}

#[test]
fn cnh_flags_are_on_their_page() {
    // Page 0, byte 3 = C5 = 11 00 01 01 from the top: unloading off, thresher on, feeder on.
    let on = "18FF4880#00FFC5FFFFFFFFFF";
    let flags = [is(Channel::HeaderEngaged, 1.0), is(Channel::ThresherEngaged, 1.0), is(Channel::UnloadEngaged, 0.0)];
    check("cnh-2015", &[on], &flags);
    // On page 1 the same bits are other flags.
    check("cnh-2015", &[on, "18FF4880#01FF00FFFFFFFFFF"], &flags);
    // Feeder 10 = defect, thresher 11 = not available; a second controller knows better.
    let defect = "18FF4880#00FFFEFFFFFFFFFF";
    check(
        "cnh-2015",
        &[defect],
        &[has_none(Channel::HeaderEngaged, Error), has_none(Channel::ThresherEngaged, NotAvailable)],
    );
    check("cnh-2015", &[defect, "18FF6884#00FFC5FFFFFFFFFF"], &flags);
}

#[test]
fn cnh_wrong_sender_says_nothing() {
    check(
        "cnh-2015",
        &["18FF6628#3535FFFFFFFA7D58"],
        &[has_none(Channel::LossIndexSeparationLeft, NeverSeen), has_none(Channel::EngineLoad, NeverSeen)],
    );
    // A flag group from another controller than its own.
    check("cnh-2015", &["18FF4884#00FFC5FFFFFFFFFF"], &[has_none(Channel::HeaderEngaged, NeverSeen)]);
}

#[test]
fn deere_public_vectors() {
    // pysobus, test list of John Deere: flow 0, moisture 12.24 %; width 9144/9144 mm, 8/8 rows, 76 cm.
    check(
        "deere-2015",
        &["10EFFFD3#4F090000C8040102"],
        &[is(Channel::GrainFlow, 0.0), is(Channel::GrainMoisture, 0.1224)],
    );
    let header = "18FFFF17#18B823B82308084C";
    check("deere-2015", &[header], &[is(Channel::HeaderWorkingWidth, 9.144)]);
    let all =
        [("WidthInUse", 9144.0), ("HeaderWidth", 9144.0), ("RowsInCut", 8.0), ("Rows", 8.0), ("RowSpacing", 76.0)];
    check_signals("deere-2015", header, &all);
}

#[test]
fn deere_opcodes_and_senders() {
    // 0x02E6 = 742 × 0.01 kg/s; moisture not available.
    check(
        "deere-2015",
        &["10EFFFD3#4F09E602FFFFFFFF"],
        &[is(Channel::GrainFlow, 7.42), has_none(Channel::GrainMoisture, NotAvailable)],
    );
    check("deere-2015", &["10EFFFD3#4F0900FEC8040102"], &[has_none(Channel::GrainFlow, Error)]);
    // Opcode 2384, and a sprayer with the right one.
    for other in ["10EFFFD3#5009E602C8040102", "10EFFFE1#4F09E602C8040102"] {
        check("deere-2015", &[other], &[has_none(Channel::GrainFlow, NeverSeen)]);
    }
    // Three controllers send the width; from the fourth these bits are another thing.
    for sender in ["17", "D3", "F2"] {
        let frame = format!("18FFFF{sender}#18B823B82308084C");
        check("deere-2015", &[&frame], &[is(Channel::HeaderWorkingWidth, 9.144)]);
    }
    check("deere-2015", &["18FFFFEA#18B823B82308084C"], &[has_none(Channel::HeaderWorkingWidth, NeverSeen)]);
    check("deere-2015", &["18FFFF17#1800FEB82308084C"], &[has_none(Channel::HeaderWorkingWidth, Error)]);
    check("deere-2015", &["18FFFF17#19B823B82308084C"], &[has_none(Channel::HeaderWorkingWidth, NeverSeen)]);
    check_signals("deere-2015", "18FFFFEA#11FFFFFFFFFF05FF", &[("HeaderIdentifier", 5.0)]);
    // Opcode 69, bit 1 of byte 4.
    check("deere-2015", &["18FFFEF4#455AFF01FFFFFFFF"], &[is(Channel::UnloadEngaged, 1.0)]);
    check("deere-2015", &["18FFFEF4#455AFFFEFFFFFFFF"], &[is(Channel::UnloadEngaged, 0.0)]);
}

#[test]
fn a_guidance_receiver_is_the_same_on_all() {
    for machine in ["cnh-2015", "deere-2015", "gleaner-2015"] {
        // 43.5670333, -83.4225806: 0x9723423D × 1e-7 - 210, 0x4B722E72 × 1e-7 - 210.
        check(
            machine,
            &["18FEF31C#3D422397722E724B"],
            &[is(Channel::GnssLatitude, 43.567_033_3), is(Channel::GnssLongitude, -83.422_580_6)],
        );
        // 249.53125°; 0.1875 km/h.
        check(
            machine,
            &["18FEE81C#C47C300000648354"],
            &[
                is(Channel::GroundCourse, 249.531_25 * std::f64::consts::PI / 180.0),
                is(Channel::GroundSpeed, 0.1875 / 3.6),
            ],
        );
    }
}

/// What any engine and any tractor unit may send, after J1939-71 and ISO 11783-7.
#[test]
fn standard_messages_are_the_same_on_all() {
    for machine in ["cnh-2015", "deere-2015", "gleaner-2015"] {
        // Bytes 4 and 5: 0x41A0 = 16800 × 0.125 r/min.
        check(machine, &["0CF00400#FFFFFFA041FFFFFF"], &[is(Channel::EngineSpeed, 2100.0)]);
        // Bytes 1 and 2: 0x0708 = 1800 × 0.001 m/s, over the ground or of the wheels.
        for group in ["0CFE49F0#0807FFFFFFFFFFFF", "0CFE48F0#0807FFFFFFFFFFFF"] {
            check(machine, &[group], &[is(Channel::GroundSpeed, 1.8)]);
        }
    }
    for machine in ["deere-2015", "gleaner-2015"] {
        // Throttle 0xC8 = 200 × 0.4 %, load 0x5A = 90 %.
        check(
            machine,
            &["0CF00300#FFC85AFFFFFFFFFF"],
            &[is(Channel::EngineThrottle, 0.8), is(Channel::EngineLoad, 0.9)],
        );
        // 0x0190 = 400 × 0.05 l/h.
        check(machine, &["18FEF200#9001FFFFFFFFFFFF"], &[is(Channel::FuelRate, 20.0)]);
    }
}

#[test]
fn gleaner_grain() {
    // Moisture 0x80 = 128 × 0.1 %, flow 0xC8 = 200 × 0.025 kg/s.
    check(
        "gleaner-2015",
        &["18FF3500#FFFFFF80C8FFFFFF"],
        &[is(Channel::GrainMoisture, 0.128), is(Channel::GrainFlow, 5.0)],
    );
    check(
        "gleaner-2015",
        &["18FF3500#FFFFFFFEFFFFFFFF"],
        &[has_none(Channel::GrainMoisture, Error), has_none(Channel::GrainFlow, NotAvailable)],
    );
    check("gleaner-2015", &["18FF3527#FFFFFF80C8FFFFFF"], &[has_none(Channel::GrainFlow, NeverSeen)]);
}

#[test]
fn the_chinese_display_claims_losses_in_steps_of_a_tenth_of_a_per_cent() {
    // Cleaning 12 = 1.2 %, separation 0x19 = 25 = 2.5 %; impurity 0x04B = 75 = 7.5 %, level 7; broken 13 = 1.3 %.
    let losses = "18FF1809#0C19FF4BE00DFFFF";
    check(
        "display-cn",
        &[losses],
        &[
            is(Channel::LossClaimedCleaning, 0.012),
            is(Channel::LossClaimedSeparation, 0.025),
            has_none(Channel::LossClaimedHeader, NotMapped),
        ],
    );
    check_signals("display-cn", losses, &[("Impurity", 7.5), ("ImpurityLevel", 7.0), ("BrokenGrain", 1.3)]);
    check(
        "display-cn",
        &["18FF1809#FFFEFFFFFFFFFFFF"],
        &[has_none(Channel::LossClaimedCleaning, NotAvailable), has_none(Channel::LossClaimedSeparation, Error)],
    );
    check("display-cn", &["18FF1810#0C19FF4BE00DFFFF"], &[has_none(Channel::LossClaimedCleaning, NeverSeen)]);
}

#[test]
fn the_chinese_display_knows_the_shafts() {
    // 13 bits and three alarms: 0x2028 is 40 r/min and slow, 0x83F2 is 1010 r/min and blocked.
    check("display-cn", &["18FF2515#2820FFFFF401FFFF"], &[is(Channel::ReelSpeed, 40.0)]);
    check("display-cn", &["18FF2515#FFFFFFFFF401FFFF"], &[has_none(Channel::ReelSpeed, NotAvailable)]);
    check("display-cn", &["18FF1305#F283FFFFFFFFFFFF"], &[is(Channel::FanSpeed, 1010.0)]);
    check_signals("display-cn", "18FF1305#F283FFFFFFFFFFFF", &[("FanSlowAlarm", 0.0), ("FanBlockedAlarm", 1.0)]);
    // 0x0384 = 900.
    check("display-cn", &["18FF2717#8403FFFFFFFFFFFF"], &[is(Channel::ThresherSpeed, 900.0)]);
    // 0x5D = 93 × 0.1 kg/s.
    check("display-cn", &["18FF2615#5DFFFFFFFFFFFFFF"], &[is(Channel::FeedRate, 9.3)]);
    // 0x44C0 = 17600 × 0.125 = 2200 r/min.
    check("display-cn", &["0CF00400#FFFFFFC044FFFFFF"], &[is(Channel::EngineSpeed, 2200.0)]);
    // 0x3039 = 12345 × 0.1 h.
    check("display-cn", &["18FFFEF0#39300000FFFFFFFF"], &[is(Channel::EngineHours, 1234.5)]);
    // Fuel 0x4B = 75 %; 0x04: the main clutch is in. 0x08: it is broken.
    check(
        "display-cn",
        &["18FFFDF0#FFFFFFFFFFFF4B04"],
        &[is(Channel::FuelLevel, 0.75), is(Channel::ThresherEngaged, 1.0)],
    );
    check("display-cn", &["18FFFDF0#FFFFFFFFFFFF4B08"], &[has_none(Channel::ThresherEngaged, Error)]);
    // 0x05DC = 1500 × 0.01 %.
    check("display-cn", &["18FF1507#DC05FFFFFFFFFFFF"], &[is(Channel::GrainMoisture, 0.15)]);
    // 5.4 and 7.2 km/h; the second group counts when the first does not have it.
    check("display-cn", &["18FF2413#FFFFFFFF3600FFFF"], &[is(Channel::GroundSpeed, 1.5)]);
    check("display-cn", &["18FF2413#FFFFFFFFFFFFFFFF", "18FF2913#4800FFFFFFFFFFFF"], &[is(Channel::GroundSpeed, 2.0)]);
}

fn machines() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("machines")
}

#[test]
fn the_shipped_schema_is_the_one_that_the_code_reads() {
    let path = machines().join("profile.schema.json");
    let fresh = serde_json::to_string_pretty(&Profile::schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(shipped == fresh, "{} is not of this code; run this test with UPDATE_SCHEMA=1", path.display());
}

#[test]
fn every_bundled_profile_keeps_to_the_schema() {
    let schema = Profile::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let as_json = |text: &str| serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
    for (name, text) in profiles::BUNDLED {
        assert!(text.starts_with("#:schema ./profile.schema.json\n"), "{name}");
        let errors: Vec<String> =
            validator.iter_errors(&as_json(text)).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, [""; 0], "{name}");
    }
    // It does refuse what is wrong.
    let (_, good) = profiles::BUNDLED[1];
    for (before, after) in [
        ("name = \"reel.speed\"", "name = \"reel.sped\""),
        ("standing = \"public-decode\"", "standing = \"rumour\""),
        ("from = [148]", "form = [148]"),
        ("header_width_m = 6.7", "header_width_m = 67.0"),
        ("signal = \"VDS.CompassBearing\"", "scale = 1.0"),
    ] {
        let wrong = good.replacen(before, after, 1);
        assert!(wrong != good && !validator.is_valid(&as_json(&wrong)), "{after}");
    }
}
