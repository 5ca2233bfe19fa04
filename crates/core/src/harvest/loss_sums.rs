//! What each stream has lost in the session.

use super::estimate::{Estimate, Stream};
use super::filter::{LossFilter, OperatingPoint, PerStream};
use super::interval::LogNormal;
use super::pan::SpreadFactors;
use crate::math::{exp, hypot, square};
use crate::time::STEP_S;

/// The sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct LossSums {
    /// Means, kg.
    kg: PerStream<f64>,
    /// Σ kg × what is not known of it beside the filter's own spread: taken for constant.
    #[serde(rename = "beside_kg")]
    other_sd_kg: PerStream<f64>,
    /// What the filter does not know of each sum: standard deviation of the logarithm.
    #[serde(rename = "gain_sd")]
    filter_sd: PerStream<f64>,
    /// The same of both behind the machine together.
    #[serde(rename = "rear_gain_sd")]
    rear_filter_sd: f64,
    /// Variance of each sum's logarithm when something was last added: a mean falls as it shrinks.
    #[serde(default)]
    variance_then: PerStream<f64>,
    /// What pans have taught of that: 1 or more, since a session is more than its pans.
    inflation: SpreadFactors,
}

impl LossSums {
    /// Adds a step, with what each stream's factor depends on, and what is not known of it beside the filter's own spread.
    pub fn add(
        &mut self,
        estimate: &Estimate,
        points: &PerStream<OperatingPoint>,
        other_sd: &PerStream<f64>,
        filter: &mut LossFilter,
        inflation: SpreadFactors,
    ) {
        for (stream, loss) in estimate.streams() {
            let kg = loss.loss.map_or(0.0, |loss| loss.mean() * STEP_S);
            if kg > 0.0 {
                self.kg[stream] += kg;
                self.other_sd_kg[stream] += kg * other_sd[stream];
                filter.add_to_sum(stream, kg / self.kg[stream], &points[stream]);
            }
        }
        self.inflation = SpreadFactors { header: inflation.header.max(1.0), rear: inflation.rear.max(1.0) };
        self.update_spread(filter);
        self.variance_then = self.filter_sd.map(square);
    }

    /// What has become known since corrects and narrows what was summed; no more is lost than the grain of the same time, kg.
    pub fn follow(&mut self, filter: &mut LossFilter, grain_kg: f64) {
        let corrections = filter.take_sum_corrections();
        self.update_spread(filter);
        for stream in Stream::ALL {
            // The mean of a log-normal is e^(variance / 2) times its median.
            let variance = square(self.filter_sd[stream]);
            let narrower = std::mem::replace(&mut self.variance_then[stream], variance) - variance;
            let factor = corrections[stream] * exp(-0.5 * narrower.clamp(0.0, 1.0));
            self.scale(stream, factor);
        }
        self.bound(grain_kg);
    }

    /// Nothing has become known since they were last corrected or added to: following changes nothing.
    pub fn are_current(&self, filter: &LossFilter, grain_kg: f64) -> bool {
        filter.has_no_sum_corrections()
            && self.spread(filter) == (self.filter_sd, self.rear_filter_sd)
            && self.variance_then == self.filter_sd.map(square)
            && !self.is_beyond(grain_kg)
    }

    /// True where more is lost than the grain that came in.
    pub fn is_beyond(&self, grain_kg: f64) -> bool {
        self.kg.0.iter().sum::<f64>() > grain_kg
    }

    /// No more is lost than the grain that came in: what is beyond it is taken from all streams alike.
    pub fn bound(&mut self, grain_kg: f64) {
        let lost_kg: f64 = self.kg.0.iter().sum();
        if self.is_beyond(grain_kg) {
            for stream in Stream::ALL {
                self.scale(stream, grain_kg / lost_kg);
            }
        }
    }

    fn scale(&mut self, stream: Stream, factor: f64) {
        self.kg[stream] *= factor;
        self.other_sd_kg[stream] *= factor;
    }

    fn update_spread(&mut self, filter: &LossFilter) {
        (self.filter_sd, self.rear_filter_sd) = self.spread(filter);
    }

    /// What the filter does not know of each sum, and of both behind the machine together.
    fn spread(&self, filter: &LossFilter) -> (PerStream<f64>, f64) {
        let of_one = PerStream::from_fn(|stream| {
            filter.sums_log_sd(PerStream::from_fn(|other| if other == stream { 1.0 } else { 0.0 }))
        });
        let PerStream([_, separation, cleaning]) = self.kg;
        let rear = separation + cleaning;
        let shares = if rear > 0.0 { [0.0, separation / rear, cleaning / rear] } else { [0.0; 3] };
        (of_one, filter.sums_log_sd(PerStream(shares)))
    }

    /// One stream's, kg; `None` while it has lost nothing.
    pub fn stream(&self, stream: Stream) -> Option<LogNormal> {
        let inflation = match stream {
            Stream::Header => self.inflation.header,
            Stream::Separation | Stream::Cleaning => self.inflation.rear,
        };
        sum(self.kg[stream], self.other_sd_kg[stream], inflation * self.filter_sd[stream])
    }

    /// The header's, kg.
    pub fn header(&self) -> Option<LogNormal> {
        self.stream(Stream::Header)
    }

    /// Both behind the machine, kg.
    pub fn rear(&self) -> Option<LogNormal> {
        let PerStream([_, separation, cleaning]) = self.kg;
        let PerStream([_, separation_sd_kg, cleaning_sd_kg]) = self.other_sd_kg;
        let spread = self.inflation.rear * self.rear_filter_sd;
        sum(separation + cleaning, separation_sd_kg + cleaning_sd_kg, spread)
    }
}

fn sum(kg: f64, other_sd_kg: f64, filter_sd: f64) -> Option<LogNormal> {
    (kg > 0.0).then(|| LogNormal::of_mean(kg, hypot(filter_sd, other_sd_kg / kg)))
}
