//! What must follow the crop: flows, loads, counts.

use grainloss_core::machine::Channel;
use grainloss_find::measures::{best_lag, larger_where};

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::kinds::{BARS, FOLLOWS_CROP, PLATES};
use super::record::{quantile, sorted};
use super::work::Work;

pub(super) fn judge(evidence: &Evidence<'_>, work: &Work, found: &mut Found) {
    if work.cutting_s() < evidence.params.least_work_s {
        return;
    }
    for channel in FOLLOWS_CROP {
        let series = evidence.series(channel);
        if series.iter().all(|value| !value.is_finite()) || !found.is_usable(channel) {
            continue;
        }
        if PLATES.contains(&channel) {
            plate(evidence, work, channel, found);
        } else if matches!(channel, Channel::FeedRate | Channel::GrainFlow) {
            flow(evidence, work, channel, found);
        }
        follows(evidence, work, channel, found);
    }
    tank(evidence, work, found);
}

/// Larger at work than without.
fn follows(evidence: &Evidence<'_>, work: &Work, channel: Channel, found: &mut Found) {
    let p = &evidence.params;
    let values = evidence.series(channel).iter().zip(&work.settled);
    let Some(share) = larger_where(values.filter_map(|(v, cuts)| cuts.map(|cuts| (*v, cuts)))) else { return };
    if work.idle_s() < p.least_idle_s {
        return;
    }
    if share <= p.goes_against {
        let counts = PLATES.contains(&channel) || BARS.contains(&channel);
        let mark = if counts { Mark::Doubtful } else { Mark::Wrong };
        found.add(channel, Finding::new(What::AgainstWork, mark).figure(share));
    } else if share < 1.0 - p.goes_against - 0.05 && !PLATES.contains(&channel) && !BARS.contains(&channel) {
        found.add(channel, Finding::new(What::IgnoresWork, Mark::Doubtful).figure(share));
    }
}

/// Nothing comes in where nothing is cut, something where crop is cut, and in time.
fn flow(evidence: &Evidence<'_>, work: &Work, channel: Channel, found: &mut Found) {
    let p = &evidence.params;
    let series = evidence.series(channel);
    let cut = sorted(Work::where_is(series, &work.settled, true));
    let Some(usual) = quantile(&cut, 0.75) else { return };
    let is_fed = |value: f32| usual > 0.0 && f64::from(value) > p.fed_share * usual;
    let idle: Vec<f32> = Work::where_is(series, &work.settled, false).filter(|v| v.is_finite()).collect();
    let fed = idle.iter().filter(|value| is_fed(**value)).count() as f64 / idle.len().max(1) as f64;
    let heights = evidence.series(Channel::HeaderHeight);
    let idle_heights = sorted(Work::where_is(heights, &work.settled, false));
    if idle.len() as f64 >= p.least_idle_s && fed > p.idle_fed_doubtful {
        let mark = if fed > p.idle_fed_wrong { Mark::Wrong } else { Mark::Doubtful };
        let finding = Finding::new(What::FedWithoutCutting, mark).figure(fed);
        found.add(channel, quantile(&idle_heights, 0.5).map_or(finding, |height| finding.high(height)));
    }
    let empty = cut.iter().filter(|value| !is_fed(**value)).count() as f64 / cut.len().max(1) as f64;
    if empty > p.cut_empty_share {
        found.add(channel, Finding::new(What::EmptyWhileCutting, Mark::Wrong).figure(empty));
    }
    let crop: Vec<f32> =
        work.cutting.iter().map(|cuts| cuts.map_or(f32::NAN, |cuts| f32::from(u8::from(cuts)))).collect();
    let (lag, r) = best_lag(series, &crop);
    let lag_s = lag as f64;
    if r < 0.4 {
        return;
    }
    if channel == Channel::FeedRate && lag_s > p.feed_lag_most_s {
        found.add(channel, Finding::new(What::TooLate, Mark::Doubtful).figure(lag_s).high(p.feed_lag_most_s));
    }
    if channel == Channel::GrainFlow && lag_s < p.flow_lag_least_s {
        found.add(channel, Finding::new(What::TooEarly, Mark::Doubtful).figure(lag_s).low(p.flow_lag_least_s));
    }
}

/// Kernels come where crop is cut, by chance.
fn plate(evidence: &Evidence<'_>, work: &Work, channel: Channel, found: &mut Found) {
    let p = &evidence.params;
    let series = evidence.series(channel);
    let mean = |cuts: bool| {
        let known = Work::where_is(series, &work.settled, cuts).filter(|v| v.is_finite());
        let (n, sum) = known.fold((0usize, 0.0), |(n, sum), v| (n + 1, sum + f64::from(v)));
        (n, sum / n.max(1) as f64)
    };
    let ((idle_n, idle), (_, cutting)) = (mean(false), mean(true));
    let share = idle / cutting.max(1e-9);
    if idle_n as f64 >= p.least_idle_s && idle >= p.idle_count_per_s && share > p.idle_count_share / 2.0 {
        let mark = if share > p.idle_count_share { Mark::Wrong } else { Mark::Doubtful };
        found.add(channel, Finding::new(What::CountsWithoutGrain, mark).figure(idle).high(cutting));
    }
    if let Some(scatter) = scatter(series, work).filter(|scatter| *scatter < p.least_scatter) {
        found.add(channel, Finding::new(What::CountsEvenly, Mark::Doubtful).figure(scatter));
    }
}

/// Long enough that the period of a message hardly matters.
const BLOCK_S: usize = 12;

/// Variance of the counts of a block of seconds beside those of the next one, over their mean: 1 where they come by
/// chance. `None` where too little was counted.
fn scatter(series: &[f32], work: &Work) -> Option<f64> {
    let blocks: Vec<Option<f64>> = series
        .chunks_exact(BLOCK_S)
        .zip(work.settled.chunks_exact(BLOCK_S))
        .map(|(values, cuts)| {
            let whole = values.iter().all(|v| v.is_finite()) && cuts.iter().all(|cuts| *cuts == Some(true));
            whole.then(|| values.iter().map(|v| f64::from(*v)).sum())
        })
        .collect();
    let (mut pairs, mut squares, mut sums) = (0.0, 0.0, 0.0);
    for pair in blocks.windows(2) {
        if let [Some(a), Some(b)] = pair {
            pairs += 1.0;
            squares += (a - b) * (a - b) / 2.0;
            sums += f64::midpoint(*a, *b);
        }
    }
    // Few kernels in a block scatter little beside a counter's own steps.
    (pairs >= 8.0 && sums / pairs > 5.0).then(|| squares / sums)
}

/// The tank fills while crop is cut, but for unloading.
fn tank(evidence: &Evidence<'_>, work: &Work, found: &mut Found) {
    let levels = evidence.series(Channel::TankLevel);
    let unloads = evidence.series(Channel::UnloadEngaged);
    let (mut rises, mut all) = (0u32, 0u32);
    let minute = 60;
    for at in (0..levels.len().saturating_sub(minute)).step_by(minute) {
        let cuts = work.cutting[at..at + minute].iter().filter(|cuts| **cuts == Some(true)).count() * 4 > 3 * minute;
        let unloading = unloads.get(at..=at + minute).is_some_and(|on| on.iter().any(|on| *on > 0.5));
        let step = levels[at + minute] - levels[at];
        if cuts && !unloading && step.is_finite() {
            all += 1;
            rises += u32::from(step > 0.0);
        }
    }
    if all >= 4 && rises * 2 < all {
        found.add(Channel::TankLevel, Finding::new(What::DoesNotFill, Mark::Doubtful));
    }
}
