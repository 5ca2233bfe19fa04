//! Whether flag and height of the header tell the truth, by each other and by the crop that comes in.

use grainloss_core::machine::Channel;
use grainloss_find::measures::larger_where;

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::kinds::FOLLOWS_CROP;
use super::motion::{States, moving};
use super::record::{quantile, sorted};

const FLAG: Channel = Channel::HeaderBelowWorkHeight;
const HEIGHT: Channel = Channel::HeaderHeight;

/// Where the header is, by what can be trusted.
#[derive(Clone, Debug)]
pub(super) struct HeaderState {
    /// Down, second by second; empty where nothing that can be trusted says so.
    pub down: States,
}

/// How many signals of crop go with a state, and how many against it.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    with: usize,
    against: usize,
}

/// Judges flag and height, and gives the state of the one that holds.
pub(super) fn judge(evidence: &Evidence<'_>, found: &mut Found) -> HeaderState {
    let p = &evidence.params;
    let moves = moving(evidence);
    let flag: States = evidence.series(FLAG).iter().map(|v| v.is_finite().then_some(*v > 0.5)).collect();
    let heights = evidence.series(HEIGHT);
    let by_height = by_height(evidence, &moves);
    let of_flag = votes(evidence, &flag, &moves);
    let of_height = votes(evidence, &by_height, &moves);
    let against = |votes: Votes| votes.against > votes.with;
    let with = |votes: Votes| votes.with > votes.against;
    let inverted = |other: Channel| Finding::new(What::Inverted, Mark::Wrong).other(other);
    let witness = |states: &States| {
        let of = |channel: &&Channel| goes(evidence, **channel, states, &moves).is_some_and(|a| a <= p.goes_against);
        FOLLOWS_CROP.iter().find(of).copied().unwrap_or(Channel::FeedRate)
    };
    // The height is to be smaller where the flag says down.
    let together = larger_where(heights.iter().zip(&flag).filter_map(|(h, down)| down.map(|down| (*h, down))));
    if let Some(together) = together {
        if together >= p.goes_with {
            match (with(of_flag), with(of_height)) {
                (true, false) => found.add(HEIGHT, inverted(FLAG)),
                (false, true) => found.add(FLAG, inverted(HEIGHT)),
                // Nothing tells which of the two: one of them is.
                _ => {
                    found.add(HEIGHT, inverted(FLAG));
                    found.add(FLAG, inverted(HEIGHT));
                }
            }
        } else if together > 1.0 - p.goes_with {
            let unrelated = |other| Finding::new(What::Unrelated, Mark::Doubtful).other(other).figure(together);
            found.add(HEIGHT, unrelated(FLAG));
            found.add(FLAG, unrelated(HEIGHT));
        }
    }
    if together.is_none_or(|together| together < p.goes_with) {
        for (channel, votes, states) in [(FLAG, of_flag, &flag), (HEIGHT, of_height, &by_height)] {
            if against(votes) {
                found.add(channel, inverted(witness(states)));
            }
        }
    }
    absolute_heights(evidence, &flag, &moves, found);
    let down = if found.is_usable(FLAG) && flag.iter().any(Option::is_some) {
        // Above its switch, but low enough to cut: who cuts high has the flag say "up". Neither is sure then.
        let low = |at: usize| heights.get(at).is_some_and(|height| f64::from(*height) < p.work_m);
        let sure = |(at, down): (usize, Option<bool>)| {
            if down == Some(false) && found.is_usable(HEIGHT) && low(at) { None } else { down }
        };
        flag.into_iter().enumerate().map(sure).collect()
    } else if found.is_usable(HEIGHT) {
        by_height
    } else {
        Vec::new()
    };
    HeaderState { down }
}

/// Down by the height: below two fifths of the way from its lowest to its highest, where it is raised at all; else below
/// the usual working height.
fn by_height(evidence: &Evidence<'_>, moves: &States) -> States {
    let p = &evidence.params;
    let heights = evidence.series(HEIGHT);
    let driven = sorted(heights.iter().zip(moves).filter(|(_, m)| **m == Some(true)).map(|(h, _)| *h));
    let levels = quantile(&driven, 0.05).zip(quantile(&driven, 0.98));
    let split = levels
        .filter(|(low, high)| high - low >= p.levels_apart_m)
        .map_or(p.work_m, |(low, high)| low + 0.4 * (high - low));
    heights.iter().map(|h| h.is_finite().then_some(f64::from(*h) < split)).collect()
}

/// What speaks of a height in metres: where it is while the flag says down, and whether it moves at all.
fn absolute_heights(evidence: &Evidence<'_>, flag: &States, moves: &States, found: &mut Found) {
    let p = &evidence.params;
    let heights = evidence.series(HEIGHT);
    let is_down = |at: usize| flag.get(at).copied().flatten() == Some(true) && moves[at] == Some(true);
    let down = sorted(heights.iter().enumerate().filter(|(at, _)| is_down(*at)).map(|(_, h)| *h));
    let enough = |values: &[f32]| values.len() as f64 >= p.least_idle_s;
    if let Some(median) = quantile(&down, 0.5).filter(|median| enough(&down) && *median > p.transport_m) {
        let fed = fed_heights(evidence);
        // Where crop tells the height at which it is cut, that says which of the two is wrong.
        let crop_says = quantile(&fed, 0.5).filter(|_| enough(&fed));
        if crop_says.is_none_or(|height| height <= p.transport_m) {
            let finding = Finding::new(What::DownInTransport, Mark::Wrong).figure(median).high(p.transport_m);
            found.add(FLAG, finding.other(HEIGHT));
        }
        if crop_says.is_none_or(|height| height > p.transport_m) {
            let finding = Finding::new(What::CutsInTransport, Mark::Wrong).figure(median).high(p.transport_m);
            found.add(HEIGHT, finding.other(FLAG));
        }
    }
    let driven = sorted(heights.iter().zip(moves).filter(|(_, m)| **m == Some(true)).map(|(h, _)| *h));
    let span = quantile(&driven, 0.99).zip(quantile(&driven, 0.01)).map(|(high, low)| high - low);
    let turns = flag.windows(2).filter(|pair| pair[0] == Some(false) && pair[1] == Some(true)).count();
    if let Some(span) = span.filter(|span| *span > 0.0 && *span < p.levels_apart_m / 2.0 && turns >= 2) {
        found.add(HEIGHT, Finding::new(What::HardlyMoves, Mark::Doubtful).figure(span).low(p.levels_apart_m));
    }
}

/// The heights at which much crop comes in.
fn fed_heights(evidence: &Evidence<'_>) -> Vec<f32> {
    let feed = evidence.series(Channel::FeedRate);
    let load = evidence.series(Channel::EngineLoad);
    let series = if feed.is_empty() { load } else { feed };
    let of = sorted(series.iter().copied());
    let Some(usual) = quantile(&of, 0.75).filter(|usual| *usual > 0.0) else { return Vec::new() };
    // What never changes tells nothing of the header.
    if quantile(&of, 0.02).is_some_and(|low| low > 0.5 * usual) {
        return Vec::new();
    }
    let heights = evidence.series(HEIGHT).iter().zip(series);
    sorted(heights.filter(|(_, crop)| f64::from(**crop) >= usual).map(|(height, _)| *height))
}

/// How probable it is that a signal is larger where the header is down, while the machine moves.
fn goes(evidence: &Evidence<'_>, channel: Channel, down: &States, moves: &States) -> Option<f64> {
    let values = evidence.series(channel).iter().zip(down.iter().zip(moves));
    larger_where(values.filter_map(|(v, (down, moves))| Some((*v, (*down)?)).filter(|_| *moves == Some(true))))
}

fn votes(evidence: &Evidence<'_>, down: &States, moves: &States) -> Votes {
    let mut votes = Votes::default();
    // Grain reaches the yield sensor when the turn is over: it is no witness here.
    for channel in FOLLOWS_CROP.into_iter().filter(|channel| *channel != Channel::GrainFlow) {
        match goes(evidence, channel, down, moves) {
            Some(share) if share >= evidence.params.goes_with => votes.with += 1,
            Some(share) if share <= evidence.params.goes_against => votes.against += 1,
            _ => {}
        }
    }
    votes
}
