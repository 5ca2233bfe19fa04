//! What is driven, what unloads, what is set: gear, switches, hours, width, moisture.

use grainloss_core::machine::Channel as C;

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::record::{quantile, sorted};
use super::work::Work;

pub(super) fn judge(evidence: &Evidence<'_>, work: &Work, found: &mut Found) {
    hours(evidence, found);
    if work.cutting_s() < evidence.params.least_work_s {
        return;
    }
    let p = &evidence.params;
    let at_work = |channel: C| sorted(Work::where_is(evidence.series(channel), &work.cutting, true));
    let enough = |values: &[f32]| values.len() as f64 >= p.least_work_s;
    for (channel, most) in
        [(C::ThresherSpeed, p.shaft_spread), (C::FanSpeed, p.shaft_spread), (C::EngineSpeed, p.shaft_spread)]
    {
        let values = at_work(channel);
        if let (true, Some(spread)) = (enough(&values), spread(&values))
            && spread > most
        {
            found.add(channel, Finding::new(What::Unsteady, Mark::Doubtful).figure(spread).high(most));
        }
    }
    let moisture = at_work(C::GrainMoisture);
    let moved = quantile(&moisture, 0.9).zip(quantile(&moisture, 0.1)).map(|(high, low)| high - low);
    if let Some(moved) = moved.filter(|moved| enough(&moisture) && *moved > p.moisture_spread) {
        found.add(C::GrainMoisture, Finding::new(What::Unsteady, Mark::Doubtful).figure(moved).high(p.moisture_spread));
    }
    // Cutting is known by header and speed, not by these; the drum's own switch cannot witness against itself.
    for (channel, stands_below) in [
        (C::ThresherSpeed, 50.0),
        (C::FanSpeed, 50.0),
        (C::ReelSpeed, 1.0),
        (C::FeederSpeed, 10.0),
        (C::HeaderEngaged, 0.5),
    ] {
        let values = at_work(channel);
        let stands =
            values.iter().filter(|v| f64::from(**v) < stands_below).count() as f64 / values.len().max(1) as f64;
        if enough(&values) && stands > 1.0 - p.driven_share {
            let mark = if stands > p.driven_share { Mark::Wrong } else { Mark::Doubtful };
            found.add(channel, Finding::new(What::StandsWhileCutting, mark).figure(stands));
        }
    }
    turns_undriven(evidence, &at_work(C::ReelSpeed), found);
    let unloads = at_work(C::UnloadEngaged);
    let on = unloads.iter().filter(|v| **v > 0.5).count() as f64 / unloads.len().max(1) as f64;
    if enough(&unloads) && on > 0.5 {
        let mark = if on > p.driven_share { Mark::Wrong } else { Mark::Doubtful };
        found.add(C::UnloadEngaged, Finding::new(What::AlwaysUnloading, mark).figure(on));
    }
    let own = evidence.geometry.header_width_m;
    let width = quantile(&at_work(C::HeaderWorkingWidth), 0.5);
    if let Some(width) = width.filter(|width| (width / own - 1.0).abs() > p.width_off) {
        found.add(C::HeaderWorkingWidth, Finding::new(What::WidthOff, Mark::Doubtful).figure(width).high(own));
    }
}

/// A reel that keeps its speed while the header is not driven: a set-point does, a reel stops in seconds.
fn turns_undriven(evidence: &Evidence<'_>, at_work: &[f32], found: &mut Found) {
    let p = &evidence.params;
    let engaged = evidence.series(C::HeaderEngaged);
    let Some(usual) = quantile(at_work, 0.5).filter(|_| found.is_usable(C::HeaderEngaged)) else { return };
    let (mut off_s, mut undriven, mut turns) = (0.0, 0.0, 0.0);
    for (speed, engaged) in evidence.series(C::ReelSpeed).iter().zip(engaged) {
        off_s = if *engaged < 0.5 { off_s + 1.0 } else { 0.0 };
        if off_s > p.runs_down_s && speed.is_finite() {
            undriven += 1.0;
            turns += f64::from(u8::from(f64::from(*speed) > usual / 2.0));
        }
    }
    if undriven >= p.least_idle_s && turns > p.driven_share * undriven {
        let finding = Finding::new(What::TurnsUndriven, Mark::Doubtful).figure(turns / undriven);
        found.add(C::ReelSpeed, finding.other(C::HeaderEngaged));
    }
}

fn hours(evidence: &Evidence<'_>, found: &mut Found) {
    let known: Vec<f32> = evidence.series(C::EngineHours).iter().copied().filter(|v| v.is_finite()).collect();
    if known.windows(2).any(|pair| pair[1] < pair[0]) {
        found.add(C::EngineHours, Finding::new(What::HoursFall, Mark::Wrong));
    }
}

/// From the first to the last decile, over the median.
fn spread(sorted: &[f32]) -> Option<f64> {
    let median = quantile(sorted, 0.5).filter(|median| *median > 0.0)?;
    Some((quantile(sorted, 0.9)? - quantile(sorted, 0.1)?) / median)
}
