//! What a combine must do: tests of a series against states and against other quantities.

use crate::fields::Series;
use crate::grid::{Grid, PER_S, States};
use crate::measures;
pub(crate) use crate::measures::{best_lag, correlation};

/// One value a second.
pub(crate) fn seconds(values: &[f32]) -> Vec<f32> {
    values.iter().copied().step_by(PER_S).collect()
}

/// How probable it is that the value is larger where the state is on than where it is off; `None` when one of them hardly
/// happened. 0.5 says nothing.
pub(crate) fn larger_when(values: &[f32], states: &States) -> Option<f64> {
    let known = values.iter().zip(states).step_by(PER_S);
    measures::larger_where(known.filter_map(|(value, state)| state.map(|state| (*value, state))))
}

/// The middle value where the state is `wanted`, and how far its tenths lie apart.
pub(crate) fn level(values: &[f32], states: &States, wanted: bool) -> Option<(f32, f32)> {
    let mut of: Vec<f32> = values
        .iter()
        .zip(states)
        .step_by(PER_S)
        .filter(|(value, state)| value.is_finite() && **state == Some(wanted))
        .map(|(value, _)| *value)
        .collect();
    if of.len() < 5 {
        return None;
    }
    of.sort_by(f32::total_cmp);
    let n = of.len();
    Some((of[n / 2], of[n * 9 / 10] - of[n / 10]))
}

/// Crop that comes in, by speed and cutting: what flows must follow. NaN where nobody knows.
pub(crate) fn crop(grid: &Grid, speed: Option<&Series>) -> Vec<f32> {
    let at = |step: usize| match grid.cutting[step] {
        Some(false) => 0.0,
        Some(true) => speed.map_or(1.0, |speed| speed.values[step]),
        None => f32::NAN,
    };
    (0..grid.steps).step_by(PER_S).map(at).collect()
}

/// Nothing has been cut for half a minute, or crop is cut; nothing in between.
pub(crate) fn settled(grid: &Grid) -> States {
    let mut since = 0usize;
    let mut had = false;
    (0..grid.steps)
        .map(|step| {
            if grid.cutting[step] == Some(true) {
                (since, had) = (0, true);
                return Some(true);
            }
            since += 1;
            (!had || since > 30 * PER_S).then_some(false)
        })
        .collect()
}

/// Long enough that a message's own period hardly matters.
const BLOCK_S: usize = 12;

/// What a counter does: how often it rises, and how unevenly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counting {
    /// Counts a second while nothing is cut, and while crop is.
    pub idle: f64,
    pub cutting: f64,
    /// Variance of the counts of a block of seconds beside those of the next one, over their mean: 1 where they come by chance.
    pub scatter: f64,
    /// How well its rate follows the crop.
    pub follows: f64,
    /// Times that it began again.
    pub wraps: u32,
}

/// `None` for what is no counter: it fell, or it rose by much of its range at once.
pub(crate) fn counting(series: &Series, settled: &States, crop: &[f32]) -> Option<Counting> {
    if series.field.signed || series.field.length < 8 {
        return None;
    }
    let modulus = 2f64.powi(series.field.length as i32);
    let values = seconds(&series.values);
    let (mut falls, mut rises, mut wraps) = (0u32, 0u32, 0u32);
    let mut rates = vec![f32::NAN; values.len()];
    for at in 1..values.len() {
        let (before, now) = (f64::from(values[at - 1]), f64::from(values[at]));
        if !(before.is_finite() && now.is_finite()) {
            continue;
        }
        let mut step = now - before;
        if step < 0.0 && -step > modulus * 0.6 {
            step += modulus;
            wraps += 1;
        }
        falls += u32::from(step < 0.0);
        rises += u32::from(step > 0.0);
        if step > modulus * 0.3 {
            return None;
        }
        rates[at] = step as f32;
    }
    if rises < 20 || falls * 200 > rises {
        return None;
    }
    let is = |at: usize, wanted: bool| settled.get(at * PER_S).copied().flatten() == Some(wanted);
    let mean = |wanted: bool| {
        let kept = rates.iter().enumerate().filter(|(at, rate)| rate.is_finite() && is(*at, wanted));
        let (n, sum) = kept.fold((0usize, 0.0), |(n, sum), (_, rate)| (n + 1, sum + f64::from(*rate)));
        (n, sum / n.max(1) as f64)
    };
    let ((_, idle), (n, cutting)) = (mean(false), mean(true));
    if n < 30 || cutting <= 0.0 {
        return None;
    }
    let blocks: Vec<Option<f64>> = (0..rates.len() / BLOCK_S)
        .map(|block| {
            let of = block * BLOCK_S..(block + 1) * BLOCK_S;
            of.clone()
                .all(|at| rates[at].is_finite() && is(at, true))
                .then(|| rates[of].iter().map(|r| f64::from(*r)).sum())
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
    let scatter = if pairs < 5.0 || sums <= 0.0 { 0.5 } else { squares / sums };
    Some(Counting { idle, cutting, scatter, follows: best_lag(&rates, crop).1, wraps })
}

/// How much a tank falls while it is unloaded, as a share of the range, on the average, and how often.
pub(crate) fn falls_while(series: &Series, states: &States) -> Option<(f64, usize)> {
    let (mut sum, mut runs, mut start) = (0.0, 0, None);
    for (at, state) in states.iter().enumerate() {
        match (*state, start) {
            (Some(true), None) => start = Some(at),
            (Some(false), Some(from)) => {
                let (a, b) = (series.values[from], series.values[at]);
                if a.is_finite() && b.is_finite() {
                    sum += f64::from((a - b) / (series.high - series.low));
                    runs += 1;
                }
                start = None;
            }
            _ => {}
        }
    }
    (runs > 0).then(|| (sum / runs as f64, runs))
}
