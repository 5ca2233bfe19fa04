//! Which pan would teach most. Information, never an instruction: where it is safe and worth while to take one is for the
//! people on the field to say.

use super::estimate::Stream;
use super::filter::{LossFilter, ModelLosses};
use super::interval::LogNormal;
use super::pan::PanKind;
use crate::math::square;
use crate::params::{PanParams, PanWorthParams};

/// Loads that a pan may be taken at, as shares of the rated one.
const LOADS: [f64; 4] = [0.4, 0.6, 0.8, 1.0];
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
pub(super) fn best(
    params: &PanWorthParams,
    pans: &PanParams,
    filter: &LossFilter,
    losses: ModelLosses,
) -> Option<PanWorth> {
    let now = total(filter, losses)?;
    // Variance of what a pan tells: patches, and a little for counting.
    let rear_variance = square(pans.patchy_rear) + params.rear_counting_variance;
    let front_variance = square(pans.patchy_front) + params.front_counting_variance;
    let rear = LOADS.into_iter().map(|load| {
        let mut after = filter.clone();
        after.simulate_rear_pan(losses.at_load(load), rear_variance);
        (PanKind::Rear, Some(load), after)
    });
    let mut in_front = filter.clone();
    in_front.simulate_front_pan(losses.header.point, front_variance);
    let mut best: Option<(PanKind, Option<f64>, LogNormal)> = None;
    for (kind, load, after) in rear.chain([(PanKind::Front, None, in_front)]) {
        let Some(after) = total(&after, losses) else { continue };
        if best.is_none_or(|(.., best)| after.log_sd < best.log_sd) {
            best = Some((kind, load, after));
        }
    }
    let (kind, load, after) = best?;
    let factor = |loss: LogNormal| loss.band().hi / loss.median;
    (after.log_sd < (1.0 - params.least_gain) * now.log_sd).then(|| PanWorth {
        kind,
        stream: if kind == PanKind::Front { Stream::Header } else { filter.least_known_path(losses) },
        load,
        factor_now: factor(now),
        factor_after: factor(after),
    })
}

/// All loss, kg/s.
fn total(filter: &LossFilter, losses: ModelLosses) -> Option<LogNormal> {
    let (median, log_sd) = filter.rear_loss(losses.rear());
    let (header, header_sd) = filter.header_factor(&losses.header.point);
    let rear = LogNormal { median, log_sd };
    let header = LogNormal { median: header * losses.header.kg_s, log_sd: header_sd };
    let all = header.plus(rear);
    (all.median > 0.0 && all.median.is_finite()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harvest::filter::{CaughtStreams, ModelLoss, OperatingPoint, PanObservation, PerPath};
    use crate::math::ln;
    use crate::params::Params;

    fn best_of(filter: &LossFilter, losses: ModelLosses) -> Option<PanWorth> {
        best(&PanWorthParams::DEFAULT, &PanParams::DEFAULT, filter, losses)
    }

    fn losses(header: f64, rear: f64) -> ModelLosses {
        let point = OperatingPoint { log_load: ln(0.8f64), ..OperatingPoint::default() };
        let modelled = ModelLoss { kg_s: rear / 2.0, point };
        let header = ModelLoss { kg_s: header, point: OperatingPoint::default() };
        ModelLosses { header, separation: modelled, cleaning: modelled }
    }

    #[test]
    fn the_stream_that_loses_most_and_is_known_worst_comes_first() {
        let filter = LossFilter::new(&Params::default());
        let behind = best_of(&filter, losses(0.001, 0.05)).unwrap();
        assert_eq!(behind.kind, PanKind::Rear);
        assert!(behind.factor_after < behind.factor_now, "{behind:?}");
        let header = best_of(&filter, losses(0.05, 0.001)).unwrap();
        assert_eq!((header.kind, header.stream, header.load), (PanKind::Front, Stream::Header, None));
        assert_eq!(best_of(&filter, ModelLosses::default()), None, "nothing is lost");
    }

    #[test]
    fn after_many_pans_behind_one_in_front_is_worth_more() {
        let mut filter = LossFilter::new(&Params::default());
        let here = losses(0.03, 0.03);
        for _ in 0..8 {
            let context = filter.pan_context(here, PerPath::default(), PerPath::default(), PerPath::default());
            let observation = PanObservation::of_loss(0.03, 0.17);
            filter.fuse_pan(&context, CaughtStreams { header: false, rear: true }, &observation).unwrap();
        }
        let next = best_of(&filter, here).unwrap();
        assert_eq!(next.kind, PanKind::Front, "{next:?}");
        // One rear pan narrows no further than an independent variance can: factor_after² cannot beat the pan alone.
        assert!(next.factor_after > 1.0 && next.factor_after < next.factor_now);
    }
}
