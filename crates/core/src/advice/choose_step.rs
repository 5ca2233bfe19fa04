//! What is to be done first: emergencies, the operator's driving, the machine's settings, then the measuring. A part of the
//! loss that only the model knows is no reason to change a setting: a sample is asked for.

use super::active_alarms::Advice;
use super::alarm::AlarmId;
use super::crop_steps::{CropStep, CropSteps};
use super::level;
use super::next_step::NextStep;
use super::notices::Notice;
use crate::harvest::{Activity, Basis, Estimate, Stream};

/// What the machine can bear and the operator allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Loss limit as a share of the grain, 0..1; `None` without one.
    pub loss_share: Option<f64>,
    /// Rated feed rate, kg/s.
    pub rated_feed_kg_s: f64,
}

/// A step, and the stream of which it asks for a sample.
pub(super) type ChosenStep = (NextStep, Option<Stream>);

/// What the crop and the pans call for.
pub(super) struct Calls<'a> {
    /// What the driver says of the crop.
    pub crop: &'a CropSteps,
    /// How many adjustments the rule of a step has.
    pub count: &'a dyn Fn(NextStep) -> usize,
    /// A pan has found far more than the plates tell, a while ago at most.
    pub fan: bool,
}

/// The next step, and the adjustment of a step for the crop; `None` when there is nothing to be done.
pub(super) fn choose_step(
    advice: &Advice,
    limits: Limits,
    estimate: &Estimate,
    calls: &Calls<'_>,
) -> Option<(ChosenStep, Option<usize>)> {
    if can_cut_better(advice, estimate) {
        let said = calls.crop.just_said(calls.count);
        let above = || stream_above(advice, limits, estimate).and_then(|stream| calls.crop.above(stream, calls.count));
        let of_crop = |(step, at): CropStep| ((step, None), Some(at));
        if let Some(step) = said.or_else(above) {
            return Some(of_crop(step));
        }
        if calls.fan && estimate.cleaning.basis != Basis::ModelOnly {
            return Some(((NextStep::CheckFan, None), None));
        }
    }
    plain_step(advice, limits, estimate).map(|step| (step, None))
}

/// Whether the machine cuts, and nothing that it does wrong comes first.
fn can_cut_better(advice: &Advice, estimate: &Estimate) -> bool {
    let is_noticed = |notice: Notice| advice.notices[notice as usize].active;
    let is_active = |id| advice.active(id).is_some();
    let wrong = is_active(AlarmId::Plugged)
        || is_active(AlarmId::EngineStalling)
        || is_noticed(Notice::TurningCut)
        || is_noticed(Notice::Lugging);
    !wrong && estimate.doing.activity == Some(Activity::Cutting) && estimate.total.loss.is_some()
}

/// The stream that loses most, where the loss is above the limit or alarmed.
fn stream_above(advice: &Advice, limits: Limits, estimate: &Estimate) -> Option<Stream> {
    let above = match (estimate.total_share, limits.loss_share) {
        (Some(share), Some(limit)) => share.probability_above(limit) > 0.5,
        _ => false,
    };
    let is_high = above || advice.loss_alarm().is_some();
    let stream = || advice.loss_alarm().and_then(|alarm| alarm.stream).or_else(|| level::place(estimate));
    if is_high { stream() } else { None }
}

/// The next step whatever the crop is like; `None` when there is nothing to be done.
fn plain_step(advice: &Advice, limits: Limits, estimate: &Estimate) -> Option<ChosenStep> {
    match step_and_stream(advice, limits, estimate)? {
        (_, Some(stream)) if is_modelled(estimate, stream) => {
            // Pans that hold at the load to come do not hold at that of a pass that has just begun.
            (!advice.is_starting).then_some((NextStep::TakePan, Some(stream)))
        }
        (step, _) => Some((step, None)),
    }
}

/// What is left to do when all settings are where they should be: to measure, unless that was done.
pub(super) fn otherwise(advice: &Advice, estimate: &Estimate) -> Option<NextStep> {
    let is_cutting = estimate.doing.activity == Some(Activity::Cutting) && !advice.is_starting;
    (is_cutting && estimate.total.basis != Basis::Calibrated).then_some(NextStep::TakePan)
}

/// Whether only the model knows the loss of this stream.
fn is_modelled(estimate: &Estimate, stream: Stream) -> bool {
    let (_, loss) = estimate.streams()[stream as usize];
    loss.basis == Basis::ModelOnly
}

/// The step, and the stream whose loss it is for.
fn step_and_stream(advice: &Advice, limits: Limits, estimate: &Estimate) -> Option<(NextStep, Option<Stream>)> {
    let plain = |step| Some((step, None));
    let is_noticed = |notice: Notice| advice.notices[notice as usize].active;
    let is_active = |id| advice.active(id).is_some();
    if is_active(AlarmId::Plugged) {
        return plain(NextStep::ClearPlug);
    }
    if is_active(AlarmId::EngineStalling) {
        return plain(NextStep::HoldThrottle);
    }
    if is_noticed(Notice::TurningCut) {
        return plain(NextStep::RaiseHeader);
    }
    if is_noticed(Notice::Lugging) {
        return plain(NextStep::HoldThrottle);
    }
    let activity = estimate.doing.activity;
    if activity != Some(Activity::Cutting) {
        let missing = activity.is_none() && estimate.engine_rpm.is_some();
        return if missing {
            plain(NextStep::CheckSignals)
        } else {
            is_noticed(Notice::Turns).then_some((NextStep::FewerTurns, None))
        };
    }
    if estimate.total.loss.is_none() {
        return plain(NextStep::CheckSignals);
    }
    if let Some(stream) = stream_above(advice, limits, estimate) {
        let overfed = estimate.feed_kg_s.is_some_and(|feed_kg_s| feed_kg_s > limits.rated_feed_kg_s);
        let step = match stream {
            Stream::Header => NextStep::CheckHeader,
            _ if overfed => NextStep::SlowDown,
            Stream::Separation => NextStep::CheckSeparation,
            Stream::Cleaning => NextStep::CheckCleaning,
        };
        return Some((step, Some(stream)));
    }
    if advice.alarms().any(|alarm| matches!(alarm.id, AlarmId::PlateFault(_) | AlarmId::PlatesSilent)) {
        return plain(NextStep::CheckPlate);
    }
    if is_noticed(Notice::Turns) {
        return plain(NextStep::FewerTurns);
    }
    otherwise(advice, estimate).map(|step| (step, None))
}
