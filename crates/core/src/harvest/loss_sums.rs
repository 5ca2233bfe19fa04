//! What each stream has lost in the session.

use super::estimate::{Estimate, Stream};
use super::gain::{At, GainFilter};
use super::interval::LogNormal;
use crate::math::hypot;
use crate::time::STEP_S;

/// The sums, in the order of [`Stream::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct LossSums {
    kg: [f64; 3],
    /// Σ kg × what is not known of it besides the filter's own spread: it is thought to be the same all the time.
    beside_kg: [f64; 3],
    /// What the filter does not know of each sum, and of both behind the machine: standard deviation of the logarithm.
    gain_sd: [f64; 3],
    rear_gain_sd: f64,
    /// What pans have taught of that, at the header and behind: 1 or more, since a session sees more than its pans.
    inflation: [f64; 2],
}

impl LossSums {
    /// Adds a step, with what each stream's factor depends on, and what is not known of it besides the filter's own spread.
    pub fn add(
        &mut self,
        estimate: &Estimate,
        ats: &[At; 3],
        beside_sd: [f64; 3],
        gains: &mut GainFilter,
        inflation: [f64; 2],
    ) {
        for (stream, loss) in estimate.streams() {
            let at = stream as usize;
            let kg = loss.loss.map_or(0.0, |loss| loss.median * STEP_S);
            if kg > 0.0 {
                self.kg[at] += kg;
                self.beside_kg[at] += kg * beside_sd[at];
                gains.summed(stream, kg / self.kg[at], &ats[at]);
            }
        }
        self.inflation = inflation.map(|factor| factor.max(1.0));
        self.know(gains);
    }

    /// What has become known since moves and narrows what was summed.
    pub fn follow(&mut self, gains: &mut GainFilter) {
        for (at, factor) in gains.take_sums_moved().into_iter().enumerate() {
            self.kg[at] *= factor;
            self.beside_kg[at] *= factor;
        }
        self.know(gains);
    }

    fn know(&mut self, gains: &GainFilter) {
        self.gain_sd = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|shares| gains.sums_sd(shares));
        let [_, separation, cleaning] = self.kg;
        let rear = separation + cleaning;
        let shares = if rear > 0.0 { [0.0, separation / rear, cleaning / rear] } else { [0.0; 3] };
        self.rear_gain_sd = gains.sums_sd(shares);
    }

    /// One stream's; `None` while it has lost nothing.
    pub fn stream(&self, stream: Stream) -> Option<LogNormal> {
        let at = stream as usize;
        sum(self.kg[at], self.beside_kg[at], self.inflation[at.min(1)] * self.gain_sd[at])
    }

    /// The header's.
    pub fn header(&self) -> Option<LogNormal> {
        self.stream(Stream::Header)
    }

    /// Both behind the machine.
    pub fn rear(&self) -> Option<LogNormal> {
        sum(self.kg[1] + self.kg[2], self.beside_kg[1] + self.beside_kg[2], self.inflation[1] * self.rear_gain_sd)
    }
}

fn sum(kg: f64, beside_kg: f64, gain_sd: f64) -> Option<LogNormal> {
    (kg > 0.0).then(|| LogNormal { median: kg, log_sd: hypot(gain_sd, beside_kg / kg) })
}
