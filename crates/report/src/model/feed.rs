//! Loss behind the machine over feed rate: the samples of a session, and the curve through them.

use grainloss_core::harvest::Interval90;

/// Loss behind the machine over feed rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedCurve {
    /// Half minutes of settled cutting.
    pub samples: Vec<FeedSample>,
    /// The power law through them; `None` with too few samples, or with one feed rate only.
    pub law: Option<PowerLaw>,
}

/// Half a minute of settled cutting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeedSample {
    /// Mean feed rate, kg/s.
    pub feed_kg_s: f64,
    /// Loss behind the machine over grain in, per cent.
    pub loss_pct: f64,
}

/// loss in % = at_mean × (feed / mean_feed)^exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// Geometric mean of the feed rates, kg/s.
    pub mean_feed_kg_s: f64,
    /// Loss there, per cent.
    pub at_mean_pct: f64,
    /// The exponent with its 90 % interval.
    pub exponent: Interval90,
    /// Standard deviation of the samples' logarithm about the curve.
    pub scatter: f64,
}
