//! Where the next pan would teach most. Information, never an instruction: where it is safe and worth while to take one
//! is for the people on the field to say.

use super::estimate::Stream;
use super::gain::{GainFilter, Lost};
use super::interval::LogNormal;
use super::pan::PanKind;

/// Loads that a pan may be taken at, as shares of the rated one.
const LOADS: [f64; 4] = [0.4, 0.6, 0.8, 1.0];
/// What a pan is good for, as the variance of its logarithm: patches, and a little for counting.
const REAR_VARIANCE: f64 = 0.40 * 0.40 + 0.01;
const FRONT_VARIANCE: f64 = 0.50 * 0.50 + 0.02;
/// A pan that would narrow the interval by less than this share teaches next to nothing (our choice).
const LEAST_GAIN: f64 = 0.03;

/// The pan that would narrow the interval of all loss most.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PanWorth {
    /// Which pan.
    pub kind: PanKind,
    /// The stream whose loss is known worst for how much of it there is.
    pub stream: Stream,
    /// At which load, as a share of the rated one; `None` for the header, which has none.
    pub load: Option<f64>,
    /// The 90 % interval of all loss now, as a factor to either side, by the filter alone.
    pub factor_now: f64,
    /// The same after that pan.
    pub factor_after: f64,
}

/// The best next pan for a machine that loses so much now; `None` when nothing is lost, or no pan would teach anything.
pub(super) fn best(gains: &GainFilter, lost: Lost) -> Option<PanWorth> {
    let now = total(gains, lost)?;
    let rear = LOADS.into_iter().map(|load| {
        let mut after = gains.clone();
        after.as_if_pan_behind(lost.at_load(load), REAR_VARIANCE);
        (PanKind::Rear, Some(load), after)
    });
    let mut in_front = gains.clone();
    in_front.as_if_pan_in_front(FRONT_VARIANCE);
    let mut best: Option<(PanKind, Option<f64>, LogNormal)> = None;
    for (kind, load, after) in rear.chain([(PanKind::Front, None, in_front)]) {
        let Some(after) = total(&after, lost) else { continue };
        if best.is_none_or(|(.., best)| after.log_sd < best.log_sd) {
            best = Some((kind, load, after));
        }
    }
    let (kind, load, after) = best?;
    let factor = |loss: LogNormal| loss.band().hi / loss.median;
    (after.log_sd < (1.0 - LEAST_GAIN) * now.log_sd).then(|| PanWorth {
        kind,
        stream: if kind == PanKind::Front { Stream::Header } else { gains.worst_known(lost) },
        load,
        factor_now: factor(now),
        factor_after: factor(after),
    })
}

/// All loss, kg/s.
fn total(gains: &GainFilter, lost: Lost) -> Option<LogNormal> {
    let (median, log_sd) = gains.rear(lost);
    let (header, header_sd) = gains.header();
    let rear = LogNormal { median, log_sd };
    let header = LogNormal { median: header * lost.header, log_sd: header_sd };
    let all = header.plus(rear);
    (all.median > 0.0 && all.median.is_finite()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harvest::gain::{At, Caught, Modelled, Observed};
    use crate::math::ln;

    fn lost(header: f64, rear: f64) -> Lost {
        let modelled = Modelled { kg_s: rear / 2.0, at: At { log_load: ln(0.8f64), ..At::default() } };
        Lost { header, separation: modelled, cleaning: modelled }
    }

    #[test]
    fn the_stream_that_loses_most_and_is_known_worst_comes_first() {
        let gains = GainFilter::new();
        let behind = best(&gains, lost(0.001, 0.05)).unwrap();
        assert_eq!(behind.kind, PanKind::Rear);
        assert!(behind.factor_after < behind.factor_now, "{behind:?}");
        let header = best(&gains, lost(0.05, 0.001)).unwrap();
        assert_eq!((header.kind, header.stream, header.load), (PanKind::Front, Stream::Header, None));
        assert_eq!(best(&gains, Lost::default()), None, "nothing is lost");
    }

    #[test]
    fn after_many_pans_behind_one_in_front_is_worth_more() {
        let mut gains = GainFilter::new();
        let here = lost(0.03, 0.03);
        for _ in 0..8 {
            let drop = gains.drop(here, [false; 2], [0.0; 2]);
            let observed = Observed::plenty(0.03, REAR_VARIANCE);
            gains.pan(&drop, Caught { header: false, rear: true }, &observed).unwrap();
        }
        let next = best(&gains, here).unwrap();
        assert_eq!(next.kind, PanKind::Front, "{next:?}");
        // One rear pan narrows no further than an independent variance can: factor_after² cannot beat the pan alone.
        assert!(next.factor_after > 1.0 && next.factor_after < next.factor_now);
    }
}
