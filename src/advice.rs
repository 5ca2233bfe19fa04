//! What to tell the operator: one level alarm against a named limit, faults of the loss plates, the three operator
//! faults of the training as notices, and the next thing to try. Pure, like `harvest`.

mod level;
mod notices;

use crate::harvest::{Activity, Basis, Estimate, Stream};
use crate::machine::Channel;
pub use level::Suppression;
use level::{Change, LevelAlarm};
use notices::Notices;
pub use notices::{Notice, NoticeState};

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlarmId {
    /// The loss is very probably above the limit.
    LossLevel,
    /// A loss plate does not count as it should.
    PlateFault(Channel),
}

impl AlarmId {
    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LossLevel => "loss-level",
            Self::PlateFault(_) => "plate-fault",
        }
    }
}

/// An alarm: something to act on now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// What it is about.
    pub id: AlarmId,
    /// 1 low, 2 medium, 3 high. A loss that no pan has calibrated is never above 1, and never sounds.
    pub level: u8,
    /// Where the grain is lost, for loss alarms: the stream that loses most.
    pub stream: Option<Stream>,
    /// Since when, microseconds of bus time.
    pub since_us: i64,
    /// Loss over grain in when it was raised, 0..1, for loss alarms.
    pub share: Option<f64>,
}

/// Something that happened, for the journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When, microseconds of bus time.
    pub t_us: i64,
    /// What.
    pub kind: EventKind,
}

/// The kinds of event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// An alarm began.
    Raised(Alarm),
    /// An alarm ended.
    Cleared(Alarm),
    /// An operator fault happened; how many times so far.
    Noticed(Notice, u32),
}

/// The next thing to try. The text is in the words, the source in the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Raise the header before turning.
    RaiseHeader,
    /// Hold the working throttle; set the load by ground speed.
    HoldThrottle,
    /// Longer passes, fewer turns.
    FewerTurns,
    /// Too much crop: slow down, or cut a narrower swath.
    SlowDown,
    /// Grain goes with the straw.
    CheckSeparation,
    /// Grain goes over the sieves.
    CheckCleaning,
    /// Grain stays at the header.
    CheckHeader,
    /// A plate is out: look at its surface and cable.
    CheckPlate,
    /// Feed, speed or width are missing: no estimate.
    CheckSignals,
    /// All is well, but how much a count is worth is not known.
    TakePan,
}

impl NextStep {
    /// Every step, for tests of the words and the rules.
    pub const ALL: [Self; 10] = [
        Self::RaiseHeader,
        Self::HoldThrottle,
        Self::FewerTurns,
        Self::SlowDown,
        Self::CheckSeparation,
        Self::CheckCleaning,
        Self::CheckHeader,
        Self::CheckPlate,
        Self::CheckSignals,
        Self::TakePan,
    ];

    /// Its name in the rules, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RaiseHeader => "raise-header",
            Self::HoldThrottle => "hold-throttle",
            Self::FewerTurns => "fewer-turns",
            Self::SlowDown => "slow-down",
            Self::CheckSeparation => "check-separation",
            Self::CheckCleaning => "check-cleaning",
            Self::CheckHeader => "check-header",
            Self::CheckPlate => "check-plate",
            Self::CheckSignals => "check-signals",
            Self::TakePan => "take-pan",
        }
    }
}

/// What stands now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// The level alarm, if it stands.
    pub loss_alarm: Option<Alarm>,
    /// Plates that are out.
    pub plate_alarms: [Option<Alarm>; 4],
    /// Why the level alarm cannot be raised now, if so.
    pub suppressed: Option<Suppression>,
    /// The operator faults.
    pub notices: [NoticeState; 3],
    /// The next thing to try.
    pub next_step: Option<NextStep>,
}

impl Advice {
    /// The alarms that stand, the highest first.
    pub fn alarms(&self) -> impl Iterator<Item = Alarm> + '_ {
        let all = [self.loss_alarm].into_iter().chain(self.plate_alarms).flatten();
        // At most five, of levels 1 to 3.
        (1..=3).rev().flat_map(move |level| all.clone().filter(move |alarm| alarm.level == level))
    }

    /// The highest level that stands, 0 without an alarm.
    pub fn alarm_level(&self) -> u8 {
        self.alarms().next().map_or(0, |alarm| alarm.level)
    }
}

/// Only a loss that pans have calibrated, at the header and behind, is sure enough for more than the lowest level.
fn loss_level(estimate: &Estimate) -> u8 {
    let calibrated = [estimate.header.basis, estimate.rear.basis].iter().all(|&basis| basis == Basis::Calibrated);
    if calibrated { 2 } else { 1 }
}

/// Watches the estimates.
#[derive(Debug)]
pub struct Advisor {
    limit_share: Option<f64>,
    rated_feed_kg_s: f64,
    level: LevelAlarm,
    notices: Notices,
    advice: Advice,
}

impl Advisor {
    /// `limit_share` is the loss limit as a share of the grain, 0..1; without one no level alarm is raised.
    pub fn new(limit_share: Option<f64>, rated_feed_kg_s: f64) -> Self {
        Self {
            limit_share,
            rated_feed_kg_s,
            level: LevelAlarm::default(),
            notices: Notices::default(),
            advice: Advice::default(),
        }
    }

    /// What stands since the last step.
    pub fn advice(&self) -> &Advice {
        &self.advice
    }

    /// Time has passed in which nothing was recorded: what was going on is over.
    pub fn interrupt(&mut self) {
        self.level.interrupt();
    }

    /// One step after the estimator's. Hands every event to `tell`. Does not allocate.
    pub fn step(&mut self, estimate: &Estimate, mut tell: impl FnMut(Event)) {
        let t_us = estimate.t_us;
        let mut say = |kind| tell(Event { t_us, kind });
        let (suppressed, change) = self.level.step(estimate, self.limit_share);
        self.advice.suppressed = suppressed;
        match change {
            Some(Change::Raised) => {
                let alarm = Alarm {
                    id: AlarmId::LossLevel,
                    level: loss_level(estimate),
                    stream: estimate.largest_stream(),
                    since_us: t_us,
                    share: estimate.total_share.map(|share| share.median),
                };
                self.advice.loss_alarm = Some(alarm);
                say(EventKind::Raised(alarm));
            }
            Some(Change::Cleared) => {
                if let Some(alarm) = self.advice.loss_alarm.take() {
                    say(EventKind::Cleared(alarm));
                }
            }
            None => {}
        }
        if let Some(alarm) = &mut self.advice.loss_alarm {
            // What stands speaks of now, not of the moment it was raised.
            alarm.stream = estimate.largest_stream().or(alarm.stream);
            alarm.level = loss_level(estimate);
        }
        for (fault, standing) in estimate.plate_faults.iter().zip(&mut self.advice.plate_alarms) {
            match (fault, *standing) {
                (Some(fault), None) => {
                    let id = AlarmId::PlateFault(fault.plate);
                    let alarm = Alarm { id, level: 1, stream: None, since_us: t_us, share: None };
                    *standing = Some(alarm);
                    say(EventKind::Raised(alarm));
                }
                (None, Some(alarm)) => {
                    *standing = None;
                    say(EventKind::Cleared(alarm));
                }
                _ => {}
            }
        }
        self.advice.notices = self.notices.step(estimate, |notice, count| say(EventKind::Noticed(notice, count)));
        self.advice.next_step = self.next_step(estimate);
    }

    /// One thing at a time: what the operator does first, then the machine's settings, then the measuring.
    fn next_step(&self, estimate: &Estimate) -> Option<NextStep> {
        let active = |notice: Notice| self.advice.notices[notice as usize].active;
        if active(Notice::TurningCut) {
            return Some(NextStep::RaiseHeader);
        }
        if active(Notice::Lugging) {
            return Some(NextStep::HoldThrottle);
        }
        let activity = estimate.doing.activity;
        if activity != Some(Activity::Cutting) {
            let missing = activity.is_none() && estimate.engine_rpm.is_some();
            return match () {
                () if missing => Some(NextStep::CheckSignals),
                () if active(Notice::Turns) => Some(NextStep::FewerTurns),
                () => None,
            };
        }
        if estimate.total.loss.is_none() {
            return Some(NextStep::CheckSignals);
        }
        let above = match (estimate.total_share, self.limit_share) {
            (Some(share), Some(limit)) => share.probability_above(limit) > 0.5,
            _ => false,
        };
        if above || self.advice.loss_alarm.is_some() {
            let overfed = estimate.feed_kg_s.is_some_and(|feed_kg_s| feed_kg_s > self.rated_feed_kg_s);
            return Some(match estimate.largest_stream() {
                Some(Stream::Header) => NextStep::CheckHeader,
                _ if overfed => NextStep::SlowDown,
                Some(Stream::Separation) => NextStep::CheckSeparation,
                _ => NextStep::CheckCleaning,
            });
        }
        if self.advice.plate_alarms.iter().any(Option::is_some) {
            return Some(NextStep::CheckPlate);
        }
        if active(Notice::Turns) {
            return Some(NextStep::FewerTurns);
        }
        (estimate.total.basis != Basis::Calibrated).then_some(NextStep::TakePan)
    }
}
