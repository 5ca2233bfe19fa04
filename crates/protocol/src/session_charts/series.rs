//! Charts over time, and of the loss over the feed rate.

use serde::{Deserialize, Serialize};

/// A stretch of time in a chart. Means are over the seconds in which the figure is known; `None` is known in none of them.
///
/// On the wire an array, in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "BucketRow", into = "BucketRow")]
pub struct ChartBucket {
    /// Its beginning, s since the session began.
    pub t_s: u32,
    /// Its length, s.
    pub seconds: u32,
    /// Loss over grain in of the ten seconds of cutting before, per cent.
    pub total_pct: Option<Spread>,
    /// Mean of the lower ends of its 90 % interval, per cent.
    pub total_lo_pct: Option<f32>,
    /// Mean of the upper ends, per cent.
    pub total_hi_pct: Option<f32>,
    /// The header's part, per cent, mean.
    pub header_pct: Option<f32>,
    /// The part behind the machine, per cent, mean; both together are the total.
    pub rear_pct: Option<f32>,
    /// Feed rate, kg/s.
    pub feed_kg_s: Option<Spread>,
    /// Speed over ground, m/s.
    pub speed_m_s: Option<Spread>,
    /// What the left sensor behind the separator counts or shows, of left and right together, 0..=1, mean. `None` also where
    /// the machine has not both, nothing is counted, and for seconds before an interruption: the journal does not hold it.
    pub separation_left_share: Option<f32>,
    /// The same behind the sieves.
    pub cleaning_left_share: Option<f32>,
    /// How full the returns (tailings) are, 0..=1, mean; `None` as above.
    pub returns: Option<f32>,
}

type BucketRow = (
    u32,
    u32,
    Option<Spread>,
    Option<f32>,
    Option<f32>,
    Option<f32>,
    Option<f32>,
    Option<Spread>,
    Option<Spread>,
    Option<f32>,
    Option<f32>,
    Option<f32>,
);

impl From<ChartBucket> for BucketRow {
    fn from(b: ChartBucket) -> Self {
        let loss = (b.total_pct, b.total_lo_pct, b.total_hi_pct, b.header_pct, b.rear_pct);
        let sides = (b.separation_left_share, b.cleaning_left_share);
        (
            b.t_s,
            b.seconds,
            loss.0,
            loss.1,
            loss.2,
            loss.3,
            loss.4,
            b.feed_kg_s,
            b.speed_m_s,
            sides.0,
            sides.1,
            b.returns,
        )
    }
}

impl From<BucketRow> for ChartBucket {
    fn from(row: BucketRow) -> Self {
        Self {
            t_s: row.0,
            seconds: row.1,
            total_pct: row.2,
            total_lo_pct: row.3,
            total_hi_pct: row.4,
            header_pct: row.5,
            rear_pct: row.6,
            feed_kg_s: row.7,
            speed_m_s: row.8,
            separation_left_share: row.9,
            cleaning_left_share: row.10,
            returns: row.11,
        }
    }
}

/// The least, the mean and the most of a figure; on the wire an array of the three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f32; 3]", into = "[f32; 3]")]
pub struct Spread {
    /// The least.
    pub least: f32,
    /// The mean.
    pub mean: f32,
    /// The most.
    pub most: f32,
}

impl From<Spread> for [f32; 3] {
    fn from(spread: Spread) -> Self {
        [spread.least, spread.mean, spread.most]
    }
}

impl From<[f32; 3]> for Spread {
    fn from([least, mean, most]: [f32; 3]) -> Self {
        Self { least, mean, most }
    }
}

/// Loss behind the machine over feed rate, from half minutes of settled cutting, as in the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LossOverFeed {
    /// Cells with at least one half minute, by rising feed rate.
    pub cells: Vec<FeedCell>,
    /// Width of a cell, kg/s; 0 without a cell.
    pub cell_kg_s: f64,
    /// The power law through the half minutes; `None` while there are too few, or one feed rate only.
    pub law: Option<FeedLaw>,
    /// Mean loss of the header in the same half minutes, over grain in, per cent: what a limit of the total leaves less for the
    /// loss behind the machine. `None` without one.
    pub header_pct: Option<f64>,
}

/// The half minutes with about one feed rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedCell {
    /// Middle of the cell, kg/s.
    pub feed_kg_s: f64,
    /// Loss behind the machine over grain in, per cent, mean of the half minutes.
    pub rear_pct: f64,
    /// Mean of the lower ends of their 90 % intervals, per cent.
    pub rear_lo_pct: f64,
    /// Mean of the upper ends, per cent.
    pub rear_hi_pct: f64,
    /// How long in all, s.
    pub seconds: u32,
}

/// loss in % = at_mean × (feed / mean_feed)^exponent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedLaw {
    /// Geometric mean of the feed rates, kg/s.
    pub mean_feed_kg_s: f64,
    /// Loss there, per cent.
    pub at_mean_pct: f64,
    /// The exponent.
    pub exponent: f64,
    /// The ends of its 90 % interval.
    pub exponent_lo: f64,
    /// Upper end.
    pub exponent_hi: f64,
}

impl FeedLaw {
    /// Loss behind the machine at a feed rate above 0, kg/s; per cent.
    pub fn at(&self, feed_kg_s: f64) -> f64 {
        self.at_mean_pct * (feed_kg_s / self.mean_feed_kg_s).powf(self.exponent)
    }
}
