//! Loss behind the machine over feed rate, from half minutes of settled cutting.

use std::collections::VecDeque;

use super::second::ChartSecond;
use grainloss_core::harvest::{Activity, Interval90};
use grainloss_protocol::session_charts::{FeedCell, FeedLaw, LossOverFeed, MAX_FEED_CELLS};
use grainloss_report::{LOSS_LAW_SAMPLE_S, LOSS_LAW_SETTLE_S, loss_law, model::FeedSample};

/// Half minutes that are kept: the newest (our choice: sixteen hours of cutting without a break).
const MOST_SAMPLES: usize = 1920;
/// Least width of a cell, kg/s (our choice).
const CELL_KG_S: f64 = 0.25;

/// A half minute of cutting.
#[derive(Clone, Copy, Debug)]
struct Sample {
    feed_kg_s: f64,
    rear_pct: Interval90,
    header_pct: Option<f64>,
}

/// The half minute that is being summed.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    cutting_s: u32,
    seconds: u32,
    feed: f64,
    grain: f64,
    rear: [f64; 3],
    header: Option<f64>,
}

/// The half minutes of the session.
#[derive(Debug, Default)]
pub(super) struct FeedSamples {
    samples: VecDeque<Sample>,
    open: Open,
}

impl FeedSamples {
    pub fn second(&mut self, second: &ChartSecond) {
        let known = second.rear_kg_s.zip(second.feed_kg_s).zip(second.grain_kg_s);
        let Some(((rear, feed), grain)) = known.filter(|_| second.activity == Some(Activity::Cutting)) else {
            self.open = Open::default();
            return;
        };
        let open = &mut self.open;
        open.cutting_s += 1;
        if open.cutting_s <= LOSS_LAW_SETTLE_S {
            return;
        }
        open.header = if open.seconds == 0 { Some(0.0) } else { open.header }
            .zip(second.header_kg_s)
            .map(|(sum, header)| sum + header);
        open.seconds += 1;
        open.feed += feed;
        open.grain += grain;
        for (sum, value) in open.rear.iter_mut().zip([rear.value, rear.lo, rear.hi]) {
            *sum += value;
        }
        if open.seconds < LOSS_LAW_SAMPLE_S {
            return;
        }
        let done = std::mem::replace(open, Open { cutting_s: open.cutting_s, ..Open::default() });
        if done.grain > 0.0 {
            let percent = |kg: f64| (100.0 * kg / done.grain).min(100.0);
            let [value, lo, hi] = done.rear.map(percent);
            if self.samples.len() == MOST_SAMPLES {
                self.samples.pop_front();
            }
            self.samples.push_back(Sample {
                feed_kg_s: done.feed / f64::from(done.seconds),
                rear_pct: Interval90 { value, lo, hi },
                header_pct: done.header.map(percent),
            });
        }
    }

    pub fn shown(&self) -> LossOverFeed {
        let samples: Vec<FeedSample> = self
            .samples
            .iter()
            .map(|sample| FeedSample { feed_kg_s: sample.feed_kg_s, loss_pct: sample.rear_pct.value })
            .collect();
        let law = loss_law(&samples).map(|law| FeedLaw {
            mean_feed_kg_s: law.mean_feed_kg_s,
            at_mean_pct: law.at_mean_pct,
            exponent: law.exponent.value,
            exponent_lo: law.exponent.lo,
            exponent_hi: law.exponent.hi,
        });
        let most = self.samples.iter().map(|sample| sample.feed_kg_s).fold(0.0, f64::max);
        let mut cell_kg_s = CELL_KG_S;
        while most / cell_kg_s >= MAX_FEED_CELLS as f64 {
            cell_kg_s *= 2.0;
        }
        let mut cells = [([0.0; 3], 0_u32); MAX_FEED_CELLS];
        for sample in &self.samples {
            // A sum of positive numbers below that of all cells.
            let (sums, count) = &mut cells[((sample.feed_kg_s / cell_kg_s) as usize).min(MAX_FEED_CELLS - 1)];
            let Interval90 { value, lo, hi } = sample.rear_pct;
            for (sum, value) in sums.iter_mut().zip([value, lo, hi]) {
                *sum += value;
            }
            *count += 1;
        }
        let cells = cells.iter().enumerate().filter(|(_, (_, count))| *count > 0).map(|(at, (sums, count))| {
            let [rear_pct, rear_lo_pct, rear_hi_pct] = sums.map(|sum| sum / f64::from(*count));
            let feed_kg_s = (at as f64 + 0.5) * cell_kg_s;
            FeedCell { feed_kg_s, rear_pct, rear_lo_pct, rear_hi_pct, seconds: count * LOSS_LAW_SAMPLE_S }
        });
        let headers: Vec<f64> = self.samples.iter().filter_map(|sample| sample.header_pct).collect();
        LossOverFeed {
            cells: cells.collect(),
            cell_kg_s: if self.samples.is_empty() { 0.0 } else { cell_kg_s },
            law,
            header_pct: (!headers.is_empty()).then(|| headers.iter().sum::<f64>() / headers.len() as f64),
        }
    }
}
