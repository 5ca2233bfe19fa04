//! Packages of profiles: every bundled profile can be published, and no damage of a package does harm.

use grainloss_can::{CanId, Database, Frame, Matching};
use grainloss_core::machine::{Channel, Profile, Router};
use grainloss_fitting::package::{
    DATABASE, Files, PROFILE, VECTORS, VectorMaker, from_tar, package, public, to_tar, verify,
};
use grainloss_knowledge::profiles;
use serde_json::json;

use crate::machine::Random;

/// Frames that a profile reads, with random payloads, from senders that it wants.
fn frames(profile: &Profile, random: &mut Random) -> Vec<Frame> {
    let ids: Vec<CanId> = profile.database().messages().iter().map(|message| message.id).collect();
    let frame = |at: usize, random: &mut Random| {
        let mut bytes = [0u8; 8];
        for byte in &mut bytes {
            *byte = random.next() as u8 & if random.chance(0.5) { 0x3F } else { 0xFF };
        }
        // First bytes are pages and opcodes: the small ones are more likely to be one.
        bytes[0] = if random.chance(0.7) { random.below(4) as u8 } else { bytes[0] };
        Frame::new(at as i64 * 20_000, ids[at % ids.len()], &bytes).unwrap()
    };
    (0..ids.len() * 60).map(|at| frame(at, random)).collect()
}

fn packed(name: &str) -> (Profile, Files) {
    let own = profiles::load(name).unwrap();
    let public = public(&own, None, Some("a test")).unwrap();
    let mut maker = VectorMaker::new(&public.profile, &public.interfaces).unwrap();
    for frame in frames(&own, &mut Random(5)) {
        maker.take(&frame, frame.t_us);
    }
    let vectors = maker.vectors().unwrap();
    let files = package(&public, &vectors, &json!({}), "0").unwrap();
    (own, files)
}

#[test]
fn every_bundled_profile_reads_the_same_after_publishing() {
    for name in ["combine-demo", "cnh-2015", "deere-2015", "gleaner-2015", "display-cn"] {
        let (own, files) = packed(name);
        let found = verify(&files).unwrap();
        assert!(found.holds() && found.vectors >= 60, "{name}: {}", found.vectors);
        // The reduced database, against the whole one: every kept signal has the same bits, scale, unit, rule and labels.
        let reduced = Database::parse(DATABASE, &files[DATABASE]).unwrap();
        assert_eq!(reduced.warnings(), [], "{name}");
        let mut signals = 0;
        for message in reduced.messages() {
            let whole = own.database().message(&message.name).unwrap();
            assert_eq!(
                (message.matching, message.cycle_ms),
                (whole.matching, whole.cycle_ms),
                "{name} {}",
                message.name
            );
            for signal in &message.signals {
                signals += 1;
                let other = whole.signal(&signal.name).unwrap();
                let of = |s: &grainloss_can::Signal| {
                    (s.place(), s.width(), s.kind(), s.scale(), s.unit.clone(), s.rule(), s.range)
                };
                assert_eq!(of(signal), of(other), "{name} {}.{}", message.name, signal.name);
                for raw in 0..1i64 << signal.width().min(12) {
                    assert_eq!(signal.state(raw), other.state(raw), "{name} {} {raw}", signal.name);
                }
            }
        }
        let all: usize = own.database().messages().iter().map(|message| message.signals.len()).sum();
        assert!(signals > 0 && signals < all, "{name}: {signals} of {all}");
        // Frames of other senders are told apart as before.
        let (a, b) = (Router::new(&own).unwrap(), Router::new(&found.profile).unwrap());
        for message in own.database().messages() {
            let id = message.id;
            if let Matching::Pgn(_) | Matching::PgnFrom(..) = message.matching {
                let mask = |router: &Router| router.bits_read(id, &[]);
                assert_eq!(mask(&a), mask(&b), "{name} {}", message.name);
            }
        }
        assert_eq!(a.shared_bits(), [], "{name}");
    }
}

#[test]
fn bits_of_positions_and_of_nothing_are_ones() {
    let profile = profiles::load("combine-demo").unwrap();
    let router = Router::new(&profile).unwrap();
    let place = [Channel::GroundCourse, Channel::GnssLatitude, Channel::GnssLongitude];
    let id = |text: u32| CanId::extended(text).unwrap();
    // Of course and speed over ground, bytes 5 and 6.
    let message = profile.database().message("COG_SOG").unwrap();
    let mask = router.bits_read(message.id, &place).unwrap();
    assert_eq!(mask[..8], [0, 0, 0, 0, 0xFF, 0xFF, 0, 0]);
    assert_eq!(router.bits_read(profile.database().message("POS_RAPID").unwrap().id, &place), None);
    // Two bits and a word of the engine's first message: bytes 4 and 5 alone.
    assert_eq!(router.bits_read(id(0x0CF0_0400), &place).unwrap()[..8], [0, 0, 0, 0xFF, 0xFF, 0, 0, 0]);
    assert_eq!(router.bits_read(id(0x18FE_CA00), &place), None, "trouble codes are nobody else's");
}

#[test]
fn a_damaged_package_is_refused_or_does_not_hold_and_never_panics() {
    let (_, files) = packed("cnh-2015");
    let tar = to_tar(&files);
    assert_eq!(from_tar(&tar).unwrap(), files);
    let mut random = Random(11);
    for _ in 0..300 {
        let mut damaged = tar.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(damaged.len());
            damaged[at] = random.next() as u8;
        }
        if let Ok(found) = from_tar(&damaged) {
            let same = found == files;
            if let Ok(verified) = verify(&found) {
                assert!(same || !verified.holds());
            }
        }
    }
    // Whole parts exchanged, so that the form is right and the content hostile.
    let hostile = [
        (VECTORS, "{\"t_ms\":9223372036854775807,\"id\":\"18FF6427\",\"data\":\"\",\"expect\":[]}"),
        (VECTORS, "{\"t_ms\":-5,\"id\":\"18FF6427\",\"data\":\"\",\"expect\":[]}"),
        (VECTORS, "{\"t_ms\":0,\"id\":\"+8FF6427\",\"data\":\"\",\"expect\":[]}"),
        (VECTORS, "{\"t_ms\":0,\"id\":\"18FF6427\",\"data\":\"é0\",\"expect\":[]}"),
        (VECTORS, "{\"t_ms\":0,\"id\":\"18FF6427\",\"data\":\"000\",\"expect\":[]}"),
        (VECTORS, "{\"t_ms\":0,\"id\":\"FFFFFFFF\",\"data\":\"00\",\"expect\":[]}"),
        (PROFILE, "name = 1"),
        (DATABASE, "BO_ 1"),
    ];
    for (name, text) in hostile {
        let mut changed = files.clone();
        changed.insert(name.to_owned(), text.as_bytes().to_vec());
        assert!(verify(&changed).is_err(), "{text}");
    }
}

#[test]
fn names_and_descriptions_that_hide_something_are_refused() {
    let own = profiles::load("combine-demo").unwrap();
    assert!(public(&own, Some("a\x1b[2J"), None).is_err());
    assert!(public(&own, Some(&"x".repeat(61)), None).is_err());
    assert!(public(&own, None, Some("a\nb")).is_err());
    let public = public(&own, None, None).unwrap();
    assert!(public.profile.name.starts_with("machine-") && public.profile.about.is_empty());
    assert!(!public.text.contains('#'));
}
