//! Estimates the grain loss of a harvest and prints it each minute with its 90 % interval.
//!
//! ```text
//! cargo run --release --example estimate_log                           # ten simulated minutes of wheat
//! cargo run --release --example estimate_log -- field.log my-machine   # a log, and the machine profile for it
//! ```
//!
//! What `grainloss replay` does, without journal and screen: frames from a source, dated by one clock, through the
//! pipeline.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use grainloss::simulated::SimulatedSource;
use grainloss_bus::{FrameSource, LogSource, Polled};
use grainloss_core::advice::Advisor;
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::harvest::{Harvest, Setup};
use grainloss_core::machine::{ChannelBank, Router};
use grainloss_core::pipeline::{Output, Pipeline};
use grainloss_knowledge::{crop, limit, profiles};
use grainloss_simulator::Scenario;

const CROP: &str = "wheat";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let log = arguments.next().map(PathBuf::from);
    let machine = arguments.next().unwrap_or_else(|| "combine-demo".to_owned());
    let pipeline = pipeline(&machine)?;
    let out = &mut std::io::stdout().lock();
    match log {
        Some(path) => estimate(LogSource::open(&[path])?, pipeline, out),
        None => estimate(SimulatedSource::new(&Scenario::bundled("wheat")?, 1, Some(600)), pipeline, out),
    }
}

/// The pipeline for a machine: channels from its profile, the estimator with the crop's usual figures, the advisor with
/// the crop's default limit.
fn pipeline(machine: &str) -> Result<Pipeline, Box<dyn Error>> {
    let profile = profiles::load(machine)?;
    let entry = crop(CROP)?;
    let limit_share = limit(None, CROP, &entry)?.map(|limit| limit.percent / 100.0);
    let setup = Setup {
        crop: entry.model(None, None),
        geometry: profile.geometry.clone(),
        loss_plates: profile.loss_plates.clone(),
    };
    let advisor = Advisor::new(limit_share, profile.geometry.rated_feed_kg_s);
    Ok(Pipeline::new(ChannelBank::new(Router::new(&profile)?), Harvest::new(setup), advisor))
}

/// Runs a source to its end and writes a line for each minute of the session.
fn estimate(mut source: impl FrameSource, mut pipeline: Pipeline, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut clock = BusClock::default();
    let (mut seconds, mut lines) = (0, Vec::new());
    let mut report = |output: Output<'_>| {
        let Output::Second(row, totals) = output else { return };
        seconds += 1;
        if seconds % 60 == 0
            && let Some(loss) = totals.total_loss_pct()
        {
            let basis = row.basis.map_or("no crop now", |basis| basis.word());
            let minute = seconds / 60;
            lines
                .push(format!("{minute:>4} min: {:.2} % lost ({:.2} to {:.2}), {basis}", loss.value, loss.lo, loss.hi));
        }
    };
    loop {
        match source.poll()? {
            Polled::Frame(frame) => {
                let (t_us, change) = clock.on(frame.t_us);
                if matches!(change, Some(ClockChange::Gap(_))) {
                    pipeline.skip_to(t_us, &mut report);
                }
                pipeline.frame(&frame, t_us, &mut report);
            }
            Polled::Quiet(_) | Polled::News(_) => {}
            Polled::End => break,
        }
    }
    pipeline.finish(&mut report);
    writeln!(out, "{}", lines.join("\n"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_simulated_minutes_give_a_loss_in_its_interval() {
        let source = SimulatedSource::new(&Scenario::bundled("wheat").unwrap(), 1, Some(300));
        let mut out = Vec::new();
        estimate(source, pipeline("combine-demo").unwrap(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let last = text.lines().last().unwrap();
        let numbers: Vec<f64> = last.split([' ', '(', ')']).filter_map(|word| word.parse().ok()).collect();
        let [minute, loss, low, high] = numbers[..] else { panic!("{text}") };
        assert!(minute == 5.0 && low < loss && loss < high && low > 0.0, "{last}");
    }
}
