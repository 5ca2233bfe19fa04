//! What came of a channel's sources: whether it is there, how often it has a value, how often it comes.

use grainloss_core::machine::{Channel, ReadingState};

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::kinds::FAST;
use crate::source_check::SourceCheck;

pub(super) fn judge(evidence: &Evidence<'_>, channel: Channel, found: &mut Found) {
    let p = &evidence.params;
    let check = &evidence.channels[channel as usize];
    let share = |state| check.states.share(state);
    let all = |state| share(state) >= 1.0 - 1e-9;
    if check.sources.is_empty() {
        return found.add(channel, Finding::new(What::NotMapped, Mark::Absent));
    }
    if all(ReadingState::NeverSeen) || all(ReadingState::NotMapped) {
        return found.add(channel, Finding::new(What::NeverSeen, Mark::Absent));
    }
    let never = share(ReadingState::NotAvailable) + share(ReadingState::NeverSeen) + share(ReadingState::Stale);
    if share(ReadingState::NotAvailable) > 0.0 && never >= 1.0 - 1e-9 {
        return found.add(channel, Finding::new(What::NoSensor, Mark::Absent));
    }
    let implausible = share(ReadingState::Implausible);
    // Beside those that have a value: a machine that is switched off says nothing.
    let of_values = implausible / (implausible + share(ReadingState::Valid)).max(1e-9);
    if of_values > p.implausible_doubtful {
        let mark = if of_values > p.implausible_wrong { Mark::Wrong } else { Mark::Doubtful };
        let (low, high) = channel.plausible();
        found.add(channel, Finding::new(What::Implausible, mark).figure(of_values).low(low).high(high));
    }
    let stale = share(ReadingState::Stale);
    let source = check.in_use().or_else(|| check.sources.first());
    let seldom = source.and_then(|source| {
        let period_s = source.period_s()?;
        let timeout_s = source.timeout_us as f64 / 1e6;
        (period_s > timeout_s && stale > p.missing_doubtful).then_some((period_s, timeout_s))
    });
    if let Some((period_s, timeout_s)) = seldom {
        let mark = if stale > p.stale_wrong { Mark::Wrong } else { Mark::Doubtful };
        found.add(channel, Finding::new(What::TooSeldom, mark).figure(period_s).high(timeout_s));
    } else {
        let missing = 1.0 - share(ReadingState::Valid) - implausible - share(ReadingState::NeverSeen);
        if missing > p.missing_doubtful {
            found.add(channel, Finding::new(What::Missing, Mark::Doubtful).figure(missing));
        }
        let period_s = source.and_then(|source| source.period_s().filter(|_| source.timeout_us < i64::MAX));
        if let Some(period_s) = period_s.filter(|period_s| FAST.contains(&channel) && *period_s > p.slowest_s) {
            found.add(channel, Finding::new(What::Slow, Mark::Doubtful).figure(period_s).high(p.slowest_s));
        }
    }
    let steps = source.and_then(SourceCheck::counter_steps);
    if let Some((falls, rises)) = steps.filter(|(falls, _)| *falls > 1) {
        let mark = if falls as f64 > p.falls_share * rises.max(1) as f64 { Mark::Wrong } else { Mark::Doubtful };
        found.add(channel, Finding::new(What::CounterFalls, mark).figure(falls as f64));
    }
}
