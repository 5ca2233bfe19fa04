//! How the session divides into kinds of work: for how long, how often, and how much grain was lost in each.

use super::estimate::Estimate;
use super::work_kind::WorkKind;
use crate::time::STEP_S;

/// One kind of work so far.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WorkSum {
    /// Which kind.
    pub work: WorkKind,
    /// Duration, s.
    pub seconds: f64,
    /// How often it began.
    pub count: u32,
    /// How often in an hour of cutting and turning; `None` before the first minute of it.
    pub per_hour: Option<f64>,
    /// Grain lost meanwhile, kg; what leaves the rear in a turn was cut before it. `None` when no loss was known.
    pub lost_kg: Option<f64>,
    /// Of all the grain lost, 0..1; `None` when no loss was known.
    pub lost_share: Option<f64>,
}

/// Sums of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Entry {
    steps: u64,
    count: u32,
    on: bool,
    off_s: f64,
    /// At the header and behind the machine, kg.
    lost_kg: [f64; 2],
}

/// All kinds.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct WorkBreakdown {
    entries: [Entry; WorkKind::COUNT],
    lost_kg: [f64; 2],
    known: bool,
}

impl WorkBreakdown {
    /// Adds a step. What begins again within `same_event_within_s` is the same event.
    pub fn add(&mut self, estimate: &Estimate, same_event_within_s: f64) {
        let lost_kg = match (estimate.header.loss, estimate.rear.loss) {
            (Some(header), Some(rear)) => {
                self.known = true;
                [header.mean() * STEP_S, rear.mean() * STEP_S]
            }
            _ => [0.0; 2],
        };
        add(&mut self.lost_kg, lost_kg);
        for work in WorkKind::ALL {
            let entry = &mut self.entries[work as usize];
            let on = work.of(&estimate.doing) == Some(true);
            if on {
                entry.steps += 1;
                add(&mut entry.lost_kg, lost_kg);
                let again = entry.count > 0 && (entry.on || entry.off_s < same_event_within_s);
                entry.count += u32::from(!again);
                entry.off_s = 0.0;
            } else {
                entry.off_s += STEP_S;
            }
            entry.on = on;
        }
    }

    /// A pan has changed the total loss at the header and behind the machine, kg: scales what was summed of each.
    pub fn recalibrate(&mut self, before: [f64; 2], after: [f64; 2]) {
        let factor = |at: usize| if before[at] > 0.0 { after[at] / before[at] } else { 1.0 };
        for lost_kg in self.entries.iter_mut().map(|entry| &mut entry.lost_kg).chain([&mut self.lost_kg]) {
            lost_kg.iter_mut().zip([factor(0), factor(1)]).for_each(|(kg, factor)| *kg *= factor);
        }
    }

    /// One kind so far, in a session with this much working time, s.
    pub fn sum(&self, work: WorkKind, working_s: f64) -> WorkSum {
        let entry = &self.entries[work as usize];
        let lost_kg: f64 = entry.lost_kg.iter().sum();
        let all_kg: f64 = self.lost_kg.iter().sum();
        WorkSum {
            work,
            seconds: entry.steps as f64 * STEP_S,
            count: entry.count,
            per_hour: (working_s >= 60.0).then(|| f64::from(entry.count) * 3600.0 / working_s),
            lost_kg: self.known.then_some(lost_kg),
            lost_share: (all_kg > 0.0).then(|| lost_kg / all_kg),
        }
    }
}

fn add(sums: &mut [f64; 2], more: [f64; 2]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
