//! Nothing panics, and nothing is found where nothing is.

use grainloss_can::{CanId, Frame};
use grainloss_find::{Event, Mark, Noted, Reading, Recording, find};

use crate::machine::Random;

fn noise(random: &mut Random, frames: usize) -> Recording {
    let mut recording = Recording::default();
    let mut t_us = random.next() as i64 >> random.below(60);
    let lengths = [0, 1, 3, 7, 8, 12, 64];
    for _ in 0..frames {
        t_us = t_us.saturating_add((random.next() >> (34 + random.below(29))) as i64);
        let mut bytes = [0u8; 64];
        for byte in &mut bytes {
            *byte = random.next() as u8;
        }
        let id =
            if random.chance(0.5) { CanId::standard(random.below(4) as u32) } else { CanId::extended(0x18FF_0000) };
        let frame = Frame::new(t_us, id.unwrap(), &bytes[..random.pick(&lengths)]).unwrap();
        recording.take(&frame, t_us);
    }
    recording
}

#[test]
fn random_frames_and_marks_never_panic() {
    let mut random = Random(7);
    for round in 0..60 {
        let recording = noise(&mut random, [0, 1, 9, 200, 3000][round % 5]);
        let marks: Vec<Noted> = (0..random.below(30))
            .map(|_| {
                let mark = if random.chance(0.5) {
                    Mark::Event(random.pick(&Event::WORDS).1)
                } else {
                    let value = random.pick(&[0.0, -1.0, 5.5, 1e300, f64::NAN, f64::INFINITY]);
                    Mark::Reading(random.pick(&Reading::WORDS).1, value, random.pick(&[0.0, 0.5, 50.0]))
                };
                Noted { t_us: random.next() as i64 >> random.below(60), mark }
            })
            .collect();
        find(&recording, &marks);
    }
}

#[test]
fn nothing_is_found_on_an_empty_bus() {
    let rankings = find(&Recording::default(), &[]);
    assert!(rankings.iter().all(|ranking| ranking.candidates.is_empty()));
}

#[test]
fn a_message_of_plain_signals_is_not_taken_for_a_multiplexed_one() {
    let scenario = grainloss_simulator::Scenario::bundled("wheat").unwrap();
    let mut simulation = grainloss_simulator::Simulation::new(&scenario, 77);
    let began_us = simulation.now_us();
    let (mut recording, mut frames, mut marks) = (Recording::default(), Vec::new(), Vec::new());
    while simulation.now_us() < began_us + 600_000_000 {
        simulation.tick(&mut frames);
        for frame in frames.drain(..) {
            recording.take(&frame, frame.t_us);
        }
        if let Some(row) = simulation.take_truth() {
            let mark = Mark::Reading(Reading::ThresherRMin, 0.0, 0.5);
            marks.push(Noted { t_us: (row.t_unix * 1e6) as i64, mark });
        }
    }
    marks.truncate(3);
    let pages = find(&recording, &marks).into_iter().flat_map(|ranking| ranking.candidates);
    let paged: Vec<String> = pages.filter(|c| c.field.page.is_some()).map(|c| c.field.id.to_string()).collect();
    assert!(paged.iter().all(|id| id == "18FFED80"), "{paged:?}");
}
