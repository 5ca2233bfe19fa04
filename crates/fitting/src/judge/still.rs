//! What stands still although it must move: constants, and set-points in the place of measured values.

use grainloss_core::machine::Channel;

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::kinds::{BARS, COARSE, MEASURED, PLATES};
use super::record::{quantile, sorted};
use super::work::Work;

pub(super) fn judge(evidence: &Evidence<'_>, work: &Work, found: &mut Found) {
    // Where nothing says when it cuts, driving stands for it.
    let by_cutting = work.cutting_s() >= evidence.params.least_work_s;
    let at_work = if by_cutting { &work.cutting } else { &work.moving };
    let positions = [Channel::GnssLatitude, Channel::GnssLongitude, Channel::GroundCourse];
    for channel in MEASURED.into_iter().chain(COARSE).chain(PLATES).chain(BARS).chain(positions) {
        let series = evidence.series(channel);
        let values = sorted(Work::where_is(series, at_work, true));
        if (values.len() as f64) < evidence.params.least_work_s {
            let seen = series.iter().any(|value| value.is_finite());
            if seen && (MEASURED.contains(&channel) || COARSE.contains(&channel) || PLATES.contains(&channel)) {
                let seconds = values.len() as f64;
                found.add(channel, Finding::new(What::TooLittleWork, Mark::Doubtful).figure(seconds));
            }
            continue;
        }
        let (low, high) = (f64::from(values[0]), f64::from(values[values.len() - 1]));
        if low == high {
            constant(channel, low, values.len() as f64 / 60.0, found);
        } else if MEASURED.contains(&channel) || COARSE.contains(&channel) {
            set_point(evidence, channel, at_work, found);
        }
    }
}

fn constant(channel: Channel, value: f64, minutes: f64, found: &mut Found) {
    if PLATES.contains(&channel) && value == 0.0 {
        return found.add(channel, Finding::new(What::NoKernels, Mark::Doubtful).figure(minutes));
    }
    let may_stand = COARSE.contains(&channel) || BARS.contains(&channel);
    let mark = if may_stand { Mark::Doubtful } else { Mark::Wrong };
    found.add(channel, Finding::new(What::Constant, mark).figure(value));
}

/// Steps between long stretches of the very same value, while something else of the machine moves from second to second.
fn set_point(evidence: &Evidence<'_>, channel: Channel, at_work: &[Option<bool>], found: &mut Found) {
    let p = &evidence.params;
    let witnesses = [Channel::EngineSpeed, Channel::GroundSpeed, Channel::ThresherSpeed, Channel::FeedRate];
    // Slow by their nature.
    if matches!(channel, Channel::GrainMoisture | Channel::TankLevel) {
        return;
    }
    let (moved, smallest, median) = moves(evidence.series(channel), at_work);
    if moved >= p.steps_share {
        return;
    }
    let other = witnesses.into_iter().filter(|other| *other != channel && found.is_usable(*other));
    let Some(other) = other.into_iter().find(|other| moves(evidence.series(*other), at_work).0 >= p.moves_share) else {
        return;
    };
    // A coarse display may stand still by rounding.
    let is_coarse = COARSE.contains(&channel) && smallest > 0.02 * median;
    let mark = if is_coarse { Mark::Doubtful } else { Mark::Wrong };
    found.add(channel, Finding::new(What::SetPoint, mark).other(other).figure(moved));
}

/// In which share of the seconds at work the value is another one than in the second before, the smallest step, and the
/// middle value.
fn moves(series: &[f32], at_work: &[Option<bool>]) -> (f64, f64, f64) {
    let (mut seconds, mut moved, mut smallest) = (0u32, 0u32, f64::INFINITY);
    for (pair, work) in series.windows(2).zip(at_work.windows(2)) {
        if work == [Some(true); 2] && pair[0].is_finite() && pair[1].is_finite() {
            seconds += 1;
            if pair[0] != pair[1] {
                moved += 1;
                smallest = smallest.min(f64::from((pair[1] - pair[0]).abs()));
            }
        }
    }
    let values = sorted(Work::where_is(series, at_work, true));
    (f64::from(moved) / f64::from(seconds.max(1)), smallest, quantile(&values, 0.5).unwrap_or(0.0).abs())
}
