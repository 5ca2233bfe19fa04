//! Losses and grain of the last passes: what an operator looks at while the machine turns, stands or unloads.

use super::estimate::{Basis, Stream};
use super::interval::LogNormal;
use super::recent::KnownRates;
use super::state::Activity;
use super::totals::CommonSum;
use crate::params::PassParams;
use crate::time::STEP_S;

/// What a pass has lost: the cutting between two turns or stops, as far as its losses were known.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PassLoss {
    /// Its number in the session, from 1; passes that were too short have none.
    pub number: u32,
    /// End of its last step of cutting, microseconds of bus time.
    pub ended_us: i64,
    /// How long its losses were known, s.
    pub cutting_s: f64,
    /// Area cut in that time, m²; above 0, `None` when it is not known for all of it.
    pub area_m2: Option<f64>,
    /// Grain that came in, kg; above 0.
    pub grain_kg: f64,
    /// Loss of each stream, kg, in the order of [`Stream::ALL`].
    pub streams: [LogNormal; 3],
    /// Separation and cleaning together, kg.
    pub rear: LogNormal,
    /// All loss of the machine, kg.
    pub total: LogNormal,
    /// What the header's loss rested on at its end.
    pub header_basis: Basis,
    /// What the loss behind the machine rested on at its end.
    pub rear_basis: Basis,
}

impl PassLoss {
    /// A loss of this pass, kg, over its grain, 0..1.
    pub fn share(&self, loss: LogNormal) -> LogNormal {
        loss.scaled(1.0 / self.grain_kg)
    }

    /// A loss of this pass, kg, over its area, kg/m²; `None` when the area is not known.
    pub fn kg_m2(&self, loss: LogNormal) -> Option<LogNormal> {
        Some(loss.scaled(1.0 / self.area_m2?))
    }

    /// The share of the grain that was lost, over that of another pass; `None` when either lost nothing. Levels that are not
    /// known are the same in both and go out of the ratio, so that it has no interval of theirs.
    pub fn ratio_to(&self, before: &Self) -> Option<f64> {
        let share = |pass: &Self| pass.share(pass.total).mean();
        (share(self) > 0.0 && share(before) > 0.0).then(|| share(self) / share(before))
    }
}

/// The last two passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Passes {
    /// The newest pass that is over; `None` before the first.
    pub last: Option<PassLoss>,
    /// The one before it.
    pub before: Option<PassLoss>,
}

/// Sums of the pass that is being cut. The level of a loss is one and the same within a pass, so that its error does not
/// average out.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    steps: u32,
    area_m2: Option<f64>,
    grain: CommonSum,
    streams: [CommonSum; 3],
    rear: CommonSum,
    ended_us: i64,
    bases: Option<[Basis; 2]>,
}

/// A step of the machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct PassStep {
    pub t_us: i64,
    /// `None` when it is not known.
    pub activity: Option<Activity>,
    /// What the losses at the header and behind the machine rest on.
    pub bases: [Basis; 2],
}

/// Adds up passes.
#[derive(Debug)]
pub(super) struct PassSums {
    params: PassParams,
    running: Running,
    /// Steps since the last one of cutting.
    idle_steps: u32,
    count: u32,
    passes: Passes,
}

impl PassSums {
    pub fn new(params: &PassParams) -> Self {
        Self { params: *params, running: Running::default(), idle_steps: 0, count: 0, passes: Passes::default() }
    }

    /// The last two passes.
    pub const fn passes(&self) -> &Passes {
        &self.passes
    }

    /// Time has passed in which nothing was recorded: the pass is over.
    pub fn interrupt(&mut self) {
        self.end();
    }

    /// One step; `rates` are known while the machine cuts.
    pub fn step(&mut self, now: PassStep, rates: Option<KnownRates>) {
        match (now.activity, rates) {
            (Some(Activity::Cutting), Some(rates)) => {
                self.idle_steps = 0;
                self.add(now, rates);
            }
            // Nothing is known of this step: it belongs to no pass, and ends none.
            (Some(Activity::Cutting) | None, _) => {}
            (Some(Activity::Stopped | Activity::Transport | Activity::Turning), _) => {
                self.idle_steps = self.idle_steps.saturating_add(1);
                if f64::from(self.idle_steps) * STEP_S >= self.params.over_after_s {
                    self.end();
                }
            }
        }
    }

    fn add(&mut self, now: PassStep, rates: KnownRates) {
        let running = &mut self.running;
        let area = (if running.steps == 0 { Some(0.0) } else { running.area_m2 }).zip(rates.area_m2_s);
        running.area_m2 = area.map(|(sum, area_m2_s)| sum + area_m2_s * STEP_S);
        running.steps += 1;
        running.grain.add(rates.grain, STEP_S);
        for (sum, rate) in running.streams.iter_mut().zip(rates.streams) {
            sum.add(rate, STEP_S);
        }
        running.rear.add(rates.rear, STEP_S);
        running.ended_us = now.t_us;
        running.bases = Some(now.bases);
    }

    fn end(&mut self) {
        let running = std::mem::take(&mut self.running);
        let cutting_s = f64::from(running.steps) * STEP_S;
        let Some(([header_basis, rear_basis], grain)) = running.bases.zip(running.grain.total()) else { return };
        if cutting_s < self.params.shortest_s {
            return;
        }
        let streams = running.streams.map(|sum| sum.total().unwrap_or(LogNormal::ZERO));
        let rear = running.rear.total().unwrap_or(LogNormal::ZERO);
        // No more is lost than the grain of the same time.
        let total = streams[Stream::Header as usize].plus(rear).at_most(grain.mean());
        self.count += 1;
        self.passes.before = self.passes.last.replace(PassLoss {
            number: self.count,
            ended_us: running.ended_us,
            cutting_s,
            area_m2: running.area_m2.filter(|area_m2| *area_m2 > 0.0),
            grain_kg: grain.mean(),
            streams,
            rear,
            total,
            header_basis,
            rear_basis,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(header: f64, rear: f64, grain: f64) -> KnownRates {
        let sure = |median| LogNormal { median, log_sd: 0.0 };
        let streams = [sure(header), sure(rear / 2.0), sure(rear / 2.0)];
        KnownRates { streams, rear: sure(rear), grain: sure(grain), area_m2_s: Some(4.0) }
    }

    /// Drives so many steps; the losses are known while the machine cuts.
    fn drive(sums: &mut PassSums, activity: Activity, steps: usize, rates: KnownRates) {
        for step in 0..steps {
            let now = PassStep {
                t_us: step as i64 * 100_000,
                activity: Some(activity),
                bases: [Basis::ModelOnly, Basis::Sensed],
            };
            sums.step(now, (activity == Activity::Cutting).then_some(rates));
        }
    }

    #[test]
    fn a_pass_is_what_was_cut_between_two_turns() {
        let mut sums = PassSums::new(&PassParams::DEFAULT);
        // A minute at 20 + 30 g/s of 4 kg/s on 4 m²/s; in its middle two seconds of swerving.
        drive(&mut sums, Activity::Cutting, 300, rates(0.02, 0.03, 4.0));
        drive(&mut sums, Activity::Turning, 20, rates(0.0, 0.0, 1.0));
        drive(&mut sums, Activity::Cutting, 300, rates(0.02, 0.03, 4.0));
        assert_eq!(sums.passes().last, None, "not over yet");
        drive(&mut sums, Activity::Turning, 40, rates(0.0, 0.0, 1.0));
        let first = sums.passes().last.unwrap();
        let near = |loss: LogNormal, kg: f64| (loss.mean() - kg).abs() < 1e-9;
        assert!(near(first.total, 3.0) && near(first.rear, 1.8) && near(first.streams[0], 1.2), "{first:?}");
        assert!((first.grain_kg - 240.0).abs() < 1e-6 && (first.area_m2.unwrap() - 240.0).abs() < 1e-6);
        assert!((first.share(first.total).mean() - 0.0125).abs() < 1e-9);
        // Five seconds in a corner are no pass; the next minute loses twice as much.
        drive(&mut sums, Activity::Cutting, 50, rates(0.5, 0.5, 4.0));
        drive(&mut sums, Activity::Turning, 60, rates(0.0, 0.0, 1.0));
        drive(&mut sums, Activity::Cutting, 600, rates(0.04, 0.06, 4.0));
        drive(&mut sums, Activity::Stopped, 60, rates(0.0, 0.0, 1.0));
        let Passes { last: Some(last), before: Some(before) } = *sums.passes() else { panic!() };
        assert_eq!((before.number, last.number), (1, 2));
        assert!((last.ratio_to(&before).unwrap() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_step_without_known_losses_belongs_to_no_pass() {
        let mut sums = PassSums::new(&PassParams::DEFAULT);
        for _ in 0..600 {
            let now = PassStep { t_us: 0, activity: Some(Activity::Cutting), bases: [Basis::ModelOnly; 2] };
            sums.step(now, None);
        }
        drive(&mut sums, Activity::Turning, 60, rates(0.0, 0.0, 1.0));
        assert_eq!(sums.passes().last, None, "unknown is no pass of 0");
    }
}
