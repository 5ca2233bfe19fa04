//! Invented machines: the right mapping is never called wrong, and a wrong one is rarely called good.

use std::fmt::Write as _;

use grainloss_can::Frame;
use grainloss_core::machine::{Channel, ChannelBank, Profile, Router};
use grainloss_fitting::{Check, Judgement, Mark};

use crate::harvest::{Harvest, SIGNALS};
use crate::machine::{Machine, Place, Random};

/// Channel, the simulator's signal that is it, and that signal's unit.
const MAPPED: [(&str, &str, &str); 18] = [
    ("ground.speed", "MachineSelectedSpeed", "m/s"),
    ("header.height", "HeaderHeightCentre", "mm"),
    ("header.below_work_height", "HeaderBelowWorkHeight", ""),
    ("engine.speed", "EngSpeed", "r/min"),
    ("engine.load", "EngPercentLoadAtCurrentSpeed", "%"),
    ("fuel.rate", "EngFuelRate", "l/h"),
    ("reel.speed", "ReelSpeed", "r/min"),
    ("thresher.speed", "RotorSpeed", "r/min"),
    ("thresher.engaged", "ThresherEngaged", ""),
    ("fan.speed", "FanSpeed", "r/min"),
    ("grain.moisture", "GrainMoisture", "%"),
    ("feed.rate", "FeedRate", "kg/s"),
    ("grain.flow", "GrainFlow", "kg/s"),
    ("unload.engaged", "UnloadAugerEngaged", ""),
    ("loss.separation_left", "LossCountSepLeft", "count"),
    ("loss.separation_right", "LossCountSepRight", "count"),
    ("loss.cleaning_left", "LossCountShoeLeft", "count"),
    ("loss.cleaning_right", "LossCountShoeRight", "count"),
];

/// The entry of a channel that takes the bits of this place.
fn entry(channel: &str, place: &Place, unit: &str) -> String {
    let Place { id, start, width, big, scale, offset, .. } = place;
    // A falling height is sent from the middle of its codes.
    let offset = if *scale < 0.0 { offset - scale * (((1u64 << width) - 1) as f64 / 2.0).floor() } else { *offset };
    let when = place.page.map_or_else(String::new, |page| format!(", when = [{{ byte = 1, value = {page} }}]"));
    let codes = match unit {
        "count" => format!("codes = \"none\", counter_modulus = {}", 1u64 << width),
        _ if *width > 2 => {
            format!("codes = \"none\", special = [{{ code = {}, means = \"not-available\" }}]", (1u64 << width) - 1)
        }
        _ => "codes = \"j1939\"".to_owned(),
    };
    let scaled = if unit.is_empty() || unit == "count" {
        String::new()
    } else {
        format!(", scale = {scale:?}, offset = {offset:?}")
    };
    let unit = if unit.is_empty() { String::new() } else { format!(", unit = \"{unit}\"") };
    format!(
        "[[channel]]\nname = \"{channel}\"\nsources = [{{ frame = {{ id = \"{id}\" }}, \
         bits = {{ start = {start}, length = {width}, big_endian = {big} }}, {codes}{scaled}{unit}{when} }}]\n"
    )
}

const HEAD: &str = "name = \"invented\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
    rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n";

fn place_of<'a>(machine: &'a Machine, signal: &str) -> &'a Place {
    machine.places.iter().find(|place| SIGNALS[place.what] == signal).unwrap()
}

fn judged(profile: &str, frames: &[Frame]) -> Judgement {
    let profile = Profile::parse("invented.toml", profile, |_| Err("none".to_owned())).unwrap();
    let mut check = Check::new(ChannelBank::new(Router::new(&profile).unwrap()), profile.geometry.clone());
    for frame in frames {
        check.take(frame, frame.t_us);
    }
    check.judgement()
}

fn right(machine: &Machine, but: Option<(&str, &str)>) -> String {
    MAPPED.iter().fold(HEAD.to_owned(), |mut text, (channel, signal, unit)| {
        let signal = but.filter(|(changed, _)| changed == channel).map_or(*signal, |(_, decoy)| decoy);
        write!(text, "{}", entry(channel, place_of(machine, signal), unit)).unwrap();
        text
    })
}

#[test]
fn the_right_mapping_is_never_called_wrong() {
    let harvests = [Harvest::of("wheat", 3, 1500), Harvest::of("wheat-hurried", 4, 1500)];
    let (mut good, mut doubtful) = (0, 0);
    for seed in 1..13 {
        let machine = Machine::invent(seed);
        let frames = machine.frames(&harvests[seed as usize % 2], seed);
        let judgement = judged(&right(&machine, None), &frames);
        let wrong: Vec<String> = judgement
            .of_mark(Mark::Wrong)
            .map(|channel| format!("{}: {:?}", channel.name(), judgement.findings(channel)))
            .collect();
        assert_eq!(wrong, [""; 0], "machine {seed}");
        good += MAPPED.iter().filter(|m| judgement.mark(Channel::from_name(m.0).unwrap()) == Mark::Good).count();
        for channel in judgement.of_mark(Mark::Doubtful) {
            doubtful += 1;
            eprintln!("{seed} {}: {:?}", channel.name(), judgement.findings(channel));
        }
    }
    eprintln!("good {good}, doubtful {doubtful} of {}", 12 * MAPPED.len());
    assert!(good * 100 >= 12 * MAPPED.len() * 95, "{good} good of {}", 12 * MAPPED.len());
}

/// A technician's slip: the channel takes the bits and the scale of another signal, in the unit that the channel needs.
#[test]
fn a_decoy_in_the_place_of_a_quantity_is_mostly_seen() {
    let harvest = Harvest::of("wheat", 5, 1500);
    let (mut wrong, mut doubtful, mut all) = (0, 0, 0);
    for seed in 20..28 {
        let machine = Machine::invent(seed);
        let frames = machine.frames(&harvest, seed);
        let mut random = Random(seed);
        for (channel, own, unit) in MAPPED.iter().filter(|(_, _, unit)| !unit.is_empty()) {
            // What is of the same kind is no decoy that anything could tell: another plate, the unfiltered load.
            let is_same_kind =
                |decoy: &str| decoy == *own || (own.starts_with("LossCount") && decoy.starts_with("LossCount"));
            let decoy = loop {
                let decoy = random.pick(&SIGNALS);
                let is_flag = ["HeaderBelowWorkHeight", "ThresherEngaged", "UnloadAugerEngaged", "HeaderEngaged"];
                if !is_same_kind(decoy) && !is_flag.contains(&decoy) {
                    break decoy;
                }
            };
            // The profile maps the decoy's own channel no more: else it would be used twice, which is seen at once.
            let others = MAPPED.iter().filter(|(_, signal, _)| *signal != decoy);
            let text = others.fold(HEAD.to_owned(), |text, (name, signal, unit)| {
                let signal = if name == channel { decoy } else { signal };
                text + &entry(name, place_of(&machine, signal), unit)
            });
            let judgement = judged(&text, &frames);
            let mark = judgement.mark(Channel::from_name(channel).unwrap());
            all += 1;
            wrong += usize::from(mark == Mark::Wrong);
            doubtful += usize::from(mark == Mark::Doubtful);
            if mark == Mark::Good {
                eprintln!("{seed} {channel} <- {decoy} ({unit}): good");
            }
        }
    }
    eprintln!("wrong {wrong}, doubtful {doubtful} of {all}");
    assert!((wrong + doubtful) * 100 >= all * 75, "wrong {wrong}, doubtful {doubtful} of {all}");
}
