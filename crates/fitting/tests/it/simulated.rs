//! The simulator's own machine with its own profile: nothing is wrong with it.

use grainloss_core::machine::{ChannelBank, Router};
use grainloss_fitting::{Check, Judgement, Level, Mark};
use grainloss_knowledge::profiles;
use grainloss_simulator::{Scenario, Simulation};

fn judged(scenario: &str, seed: u64, seconds: i64) -> Judgement {
    let profile = profiles::load("combine-demo").unwrap();
    let mut check = Check::new(ChannelBank::new(Router::new(&profile).unwrap()), profile.geometry.clone());
    let mut simulation = Simulation::new(&Scenario::bundled(scenario).unwrap(), seed);
    let end_us = simulation.now_us() + seconds * 1_000_000;
    let mut frames = Vec::new();
    while simulation.now_us() < end_us {
        simulation.tick(&mut frames);
        for frame in frames.drain(..) {
            check.take(&frame, frame.t_us);
        }
        while simulation.take_truth().is_some() {}
    }
    check.judgement()
}

fn not_good(judgement: &Judgement, least: Mark) -> Vec<String> {
    let marks = [Mark::Doubtful, Mark::Wrong].into_iter().filter(|mark| *mark >= least);
    let channels = marks.flat_map(|mark| judgement.of_mark(mark));
    channels.map(|channel| format!("{}: {:?}", channel.name(), judgement.findings(channel))).collect()
}

#[test]
fn everything_is_good_where_nothing_is_faulty() {
    for (scenario, seed) in [
        ("wheat", 1),
        ("wheat-steady", 2),
        ("wheat-turns", 5),
        ("wheat-header", 6),
        ("wheat-dewy", 8),
        ("rice-tracked", 10),
    ] {
        let judgement = judged(scenario, seed, 1200);
        assert_eq!(not_good(&judgement, Mark::Doubtful), [""; 0], "{scenario} {seed}");
        assert_eq!(judgement.enough.level, Level::Percent, "{scenario} {seed}");
    }
}

/// Faults of sensors, other machines than the profile's, crops that stop the machine: doubtful at most.
#[test]
fn nothing_is_called_wrong_whatever_happens_to_the_machine() {
    for scenario in Scenario::bundled_names() {
        let judgement = judged(scenario, 11, 1200);
        assert_eq!(not_good(&judgement, Mark::Wrong), [""; 0], "{scenario}");
        assert_eq!(judgement.enough.level, Level::Percent, "{scenario}");
    }
}
