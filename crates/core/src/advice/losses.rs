//! Everything that lives on the loss of settled cutting: the three alarms of the loss, what the speed is worth, the changes
//! of settings and what they did.

use super::alarm::{AlarmId, EventKind};
use super::curve::Sample;
use super::delay::{Timing, Verdict as Said};
use super::level::{self, Suppression};
use super::settings::SettingChange;
use super::{Advisor, worth};
use crate::harvest::{Basis, Estimate};
use crate::machine::Channel;

/// A loss that is less likely than this to be above the limit makes no alarm by rising (our choice).
const WORTH_A_LOOK: f64 = 0.3;
/// Twice what is typical at this load raises the relative alarm (our estimator's design), less than half as much again
/// clears it (our choice): logarithms of 2 and 1.5.
const TWICE: f64 = std::f64::consts::LN_2;
const HALF_AGAIN: f64 = 0.405;
/// As the level alarm; one sample is ten seconds of cutting.
pub(super) const RELATIVE: Timing = Timing { raise_after_s: 10.0, clear_after_s: 20.0, again_within_s: 600.0 };

impl Advisor {
    /// One step.
    pub(super) fn losses(&mut self, estimate: &Estimate, say: &mut impl FnMut(EventKind)) {
        let settled = self.pass.step(estimate);
        let share = settled.ok();
        self.advice.suppressed = match (self.limit_share, settled) {
            (None, _) => Some(Suppression::NoLimit),
            (_, settled) => settled.err(),
        };
        let unsure = match (super::loss_level(estimate), estimate.rear.basis) {
            (2.., _) => None,
            (_, Basis::Fault) => Some(Suppression::SensorFault),
            _ => Some(Suppression::Uncalibrated),
        };
        self.advice.muted = self.advice.suppressed.or(unsure);
        let level = match (share, self.limit_share) {
            (Some(share), Some(limit)) => level::verdict(share, limit),
            _ => Said::Untold,
        };
        let change = self.level.step(level);
        self.advice.change(AlarmId::LossLevel, change, estimate, &mut self.budget, say);

        match self.curve.step(estimate, share.is_some()) {
            Some(sample) => self.sampled(estimate, sample, say),
            None if share.is_none() => self.sample = None,
            None => {}
        }
        if share.is_some() {
            let seen = self.settings.step(estimate, &self.readings);
            let marked = std::mem::take(&mut self.marked).then_some(SettingChange { setting: None, from_to: None });
            if let Some(change) = seen.or(marked) {
                self.steps.changed(change.setting);
                // What it does to the loss is the comparison's to tell.
                self.jump.0.restart();
                let begun = self.compare.begin(estimate.t_us, change);
                self.advice.comparison = Some(begun);
                say(EventKind::Changed(begun));
            }
        }
        // A rise below the limit, or beside a level alarm, tells nothing that must be acted on.
        let unlikely = share.zip(self.limit_share).is_some_and(|(s, limit)| s.probability_above(limit) < WORTH_A_LOOK);
        let covered = self.advice.stands(AlarmId::LossLevel).is_some();
        let quiet = |said: Said| if said == Said::Bad && (unlikely || covered) { Said::Between } else { said };
        let bases = [estimate.header.basis, estimate.rear.basis];
        if self.bases.replace(bases).is_some_and(|before| before != bases) {
            self.jump.0.restart();
        }
        let jump = self.jump.0.step(share.map(|share| share.median));
        let change = self.jump.1.step(quiet(jump));
        self.advice.change(AlarmId::LossStep, change, estimate, &mut self.budget, say);
        let jumped = self.advice.stands(AlarmId::LossStep).is_some();
        let relative = match self.sample.and_then(|sample| sample.above) {
            Some(above) if above > TWICE && !jumped => Said::Bad,
            Some(above) if above < HALF_AGAIN => Said::Good,
            Some(_) => Said::Between,
            None => Said::Untold,
        };
        let change = self.relative.step(quiet(relative));
        self.advice.change(AlarmId::LossRelative, change, estimate, &mut self.budget, say);
    }

    /// Ten more seconds of settled cutting.
    fn sampled(&mut self, estimate: &Estimate, sample: Sample, say: &mut impl FnMut(EventKind)) {
        self.sample = Some(sample);
        self.advice.worth = worth::speed_worth(estimate, sample.grain_kg_s, self.curve.slope(), self.economy);
        if let Some(judged) = self.compare.add(&sample, self.readings.value(Channel::GrainMoisture)) {
            self.steps.judged(judged.verdict);
            say(EventKind::Judged(judged));
        }
        self.advice.comparison = self.compare.newest();
    }
}
