//! What an alarm should have been, from the truth; and the alarm of a simple monitor.

use grainloss_simulator::{Activity, TruthRow};

use super::metrics::mean;
use super::reported::ReportedHarvest;

/// Crop has come through the machine once the truth has cut for so long, s.
const SETTLED_S: usize = 20;
/// An alarm is judged by the share lost in this many seconds before it: the ten that the monitors average over, and as
/// many again until they tell.
const SHARE_S: usize = 20;
/// An alarm is false when less than this share of the limit was lost then.
const FALSE_BELOW: f64 = 0.7;
/// A loss is heavy where so many seconds of cutting on end lost this multiple of the limit and more.
const HEAVY: f64 = 1.5;
const HEAVY_S: usize = 10;
/// A heavy loss must be told from its beginning to so many seconds after its end.
const TELL_WITHIN_S: usize = 10;
/// Two heavy losses so near to each other are one, s.
const JOINED_S: usize = 10;
/// An alarm raised again within this time after it was cleared is the same alarm, s.
const SAME_ALARM_S: usize = 600;
/// What a false alarm costs, in seconds of a loss at the limit, from an alarm that is raised at once to one that hardly
/// ever is: the points of the curve of missed and false alarms.
pub(super) const FALSE_ALARM_COSTS: [f64; 8] = [0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0];

/// A step: the loss behind the machine of the next half minute is at least twice that of the two minutes of cutting
/// before.
const STEP: f64 = 2.0;
const BEFORE_S: usize = 120;
const LEAST_BEFORE_S: usize = 60;
const AFTER_S: usize = 30;
/// After a step no other one is looked for, s; one that is not reported for so long is missed.
const APART_S: usize = 300;
pub(super) const MISSED_AFTER_S: usize = 60;
/// A step is present, and counts as reported, halfway up in logarithms: √2 times the loss before it; for a report, in the
/// mean of the last ten seconds.
const HALFWAY: f64 = std::f64::consts::SQRT_2;
const REPORTED_S: usize = 10;

/// Loss behind the machine, kg/s.
pub(super) fn rear_kg_s(row: &TruthRow) -> f64 {
    row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s
}

/// For each second, whether the machine has cut without a pause for long enough to be full of this pass's crop.
fn settled(cutting: impl Iterator<Item = bool>) -> Vec<bool> {
    let mut cut_s = 0;
    let second = |cutting: bool| {
        cut_s = if cutting { cut_s + 1 } else { 0 };
        cut_s > SETTLED_S
    };
    cutting.map(second).collect()
}

fn is_cutting(row: &TruthRow) -> bool {
    row.state == Activity::Cutting
}

/// How a monitor's level alarms agree with the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct LevelAlarmScore {
    /// Time cut, s; 0 where no limit is named.
    pub cutting_s: u32,
    /// Alarms raised; one that comes back within ten minutes is the same.
    pub raised: u32,
    /// Of them, those that were raised while much less than the limit was lost.
    pub wrong: u32,
    /// Time of settled cutting with an active alarm while much less than the limit was lost, s: an alarm that never ends is
    /// seldom raised.
    pub wrong_s: u32,
    /// Heavy losses.
    pub due: u32,
    /// Of them, those that were not told.
    pub missed: u32,
}

impl LevelAlarmScore {
    /// Adds another harvest's.
    pub fn join(&mut self, other: &Self) {
        self.cutting_s += other.cutting_s;
        self.raised += other.raised;
        self.wrong += other.wrong;
        self.wrong_s += other.wrong_s;
        self.due += other.due;
        self.missed += other.missed;
    }
}

/// The truth that level alarms are judged by: one harvest against one limit.
pub(super) struct AlarmTruth<'a> {
    truth: &'a [TruthRow],
    limit: f64,
    /// Seconds in which the machine is full of this pass's crop.
    settled: Vec<bool>,
    /// The first second of each heavy loss, and the last.
    heavy: Vec<(usize, usize)>,
}

impl<'a> AlarmTruth<'a> {
    /// `limit` is a share of the grain.
    pub fn new(truth: &'a [TruthRow], limit: f64) -> Self {
        let mut heavy: Vec<(usize, usize)> = Vec::new();
        for last in (HEAVY_S - 1)..truth.len() {
            let first = last + 1 - HEAVY_S;
            let rows = &truth[first..=last];
            if !rows.iter().all(is_cutting) || share(rows) < HEAVY * limit {
                continue;
            }
            match heavy.last_mut() {
                Some((_, end)) if first <= *end + JOINED_S => *end = last,
                _ => heavy.push((first, last)),
            }
        }
        Self { truth, limit, settled: settled(truth.iter().map(is_cutting)), heavy }
    }

    /// Judges the spans in which a level alarm was active, in order of time.
    pub fn judge(&self, spans: &[(usize, usize)]) -> LevelAlarmScore {
        let is_same = |at: usize| at > 0 && spans[at].0 <= spans[at - 1].1 + SAME_ALARM_S;
        let raised = (0..spans.len()).filter(|&at| !is_same(at)).map(|at| spans[at].0);
        let is_missed = |&&(first, last): &&(usize, usize)| {
            !spans.iter().any(|&(from, to)| from <= last + TELL_WITHIN_S && to > first)
        };
        LevelAlarmScore {
            cutting_s: self.truth.iter().filter(|row| is_cutting(row)).count() as u32,
            raised: raised.clone().count() as u32,
            wrong: raised.filter(|&from| self.is_wrong(from)).count() as u32,
            wrong_s: spans.iter().map(|span| self.wrong_s(span)).sum(),
            due: self.heavy.len() as u32,
            missed: self.heavy.iter().filter(is_missed).count() as u32,
        }
    }

    fn wrong_s(&self, &(from, to): &(usize, usize)) -> u32 {
        (from..to.min(self.truth.len())).filter(|&at| self.settled[at] && self.is_wrong(at)).count() as u32
    }

    fn is_wrong(&self, from: usize) -> bool {
        let last = from.min(self.truth.len() - 1);
        share(&self.truth[(last + 1).saturating_sub(SHARE_S)..=last]) < FALSE_BELOW * self.limit
    }
}

/// All loss over the grain that came in.
fn share(rows: &[TruthRow]) -> f64 {
    let grain: f64 = rows.iter().map(|row| row.grain_in_kg_s).sum();
    let lost: f64 = rows.iter().map(|row| row.header_loss_kg_s + rear_kg_s(row)).sum();
    if grain > 0.0 { lost / grain } else { 0.0 }
}

/// A step of the truth's loss: the second in which it is halfway up, and the seconds before that it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub at: usize,
    pub before: Vec<usize>,
}

/// The steps of a harvest, from the truth alone. They are looked for within passes, with the machine full.
pub(super) fn steps(truth: &[TruthRow]) -> Vec<Step> {
    let settled = settled(truth.iter().map(is_cutting));
    let rear: Vec<f64> = truth.iter().map(rear_kg_s).collect();
    let mean_of = |places: &[usize]| mean(&places.iter().map(|&at| rear[at]).collect::<Vec<_>>()).unwrap_or(0.0);
    let mut steps: Vec<Step> = Vec::new();
    let mut from = 0;
    for at in 0..truth.len().saturating_sub(AFTER_S) {
        if at < from || !(at.saturating_sub(SETTLED_S)..at + AFTER_S).all(|near| settled[near]) {
            continue;
        }
        let before: Vec<usize> = (at.saturating_sub(BEFORE_S)..at).filter(|&place| settled[place]).collect();
        if before.len() < LEAST_BEFORE_S {
            continue;
        }
        let (low, after) = (mean_of(&before), (at..at + AFTER_S).collect::<Vec<_>>());
        if low > 0.0 && mean_of(&after) >= STEP * low {
            let halfway = after.into_iter().find(|&place| rear[place] >= HALFWAY * low);
            steps.push(Step { at: halfway.unwrap_or(at), before });
            from = at + APART_S;
        }
    }
    steps
}

/// The time from the step to its report by a monitor, s: by an alarm of loss, or by a figure halfway up. `None` when it
/// has not within a minute, or has no figure of before.
pub(super) fn delay_s(step: &Step, reported: &ReportedHarvest) -> Option<f64> {
    let values: Vec<Option<f64>> = reported.rear_kg_s.iter().map(|report| report.map(|report| report.value)).collect();
    let before: Vec<f64> = step.before.iter().filter_map(|&at| values[at]).collect();
    let low = mean(&before)?;
    let is_up = |at: usize| {
        let last: Vec<f64> = values[(at + 1).saturating_sub(REPORTED_S)..=at].iter().copied().flatten().collect();
        mean(&last).is_some_and(|now| now >= HALFWAY * low)
    };
    let mut after = step.at..(step.at + MISSED_AFTER_S).min(values.len());
    let reported_at = after.find(|&at| is_up(at) || reported.raised.contains(&at))?;
    Some((reported_at - step.at) as f64)
}

/// When a simple monitor's level alarm is active: ten seconds of settled cutting above the limit raise it, twenty below end
/// it, and so does a minute in which nothing is cut.
pub(super) fn simple_level_alarms(shares: &[Option<f64>], cutting: &[bool], limit: f64) -> Vec<(usize, usize)> {
    const RAISE_S: u32 = 10;
    const CLEAR_S: u32 = 20;
    const FORGET_S: u32 = 60;
    let settled = settled(cutting.iter().copied());
    let (mut above_s, mut below_s, mut idle_s, mut since, mut spans) = (0, 0, 0, None, Vec::new());
    for (at, share) in shares.iter().enumerate() {
        let judged = share.filter(|_| settled[at]);
        (above_s, below_s, idle_s) = match judged {
            None => (0, 0, idle_s + 1),
            Some(share) if share > limit => (above_s + 1, 0, 0),
            Some(_) => (0, below_s + 1, 0),
        };
        match since {
            None if above_s >= RAISE_S => since = Some(at),
            Some(from) if below_s >= CLEAR_S || idle_s > FORGET_S => {
                spans.push((from, at));
                since = None;
            }
            _ => {}
        }
    }
    spans.extend(since.map(|from| (from, shares.len())));
    spans
}

#[cfg(test)]
mod tests;
