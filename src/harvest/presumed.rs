//! Speed and nothing else: whether the machine cuts is then presumed, and the interval is wider for it.

use super::activity::{Activity, Doing};
use crate::machine::{Channel, ReadingState, Readings};

/// Work is done at 2 to 9 km/h; slower and faster there is no cutting (4 to 7 km/h are usual).
const WORK_M_S: (f64, f64) = (0.55, 2.5);
/// A drum above this speed is driven, r/min.
const DRIVEN_RPM: f64 = 200.0;

/// Whether the machine cuts, and whether that is presumed only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cutting {
    pub cutting: Option<bool>,
    pub presumed: bool,
}

/// What the activity says; or, where the machine has no sense at all that could tell, what speed and drive let presume.
pub(super) fn cutting(doing: Doing, readings: &Readings) -> Cutting {
    if let Some(activity) = doing.activity {
        return Cutting { cutting: Some(activity == Activity::Cutting), presumed: false };
    }
    // A sense that has failed is not one that was never there.
    let blind = [Channel::HeaderHeight, Channel::HeaderBelowWorkHeight, Channel::FeedRate]
        .into_iter()
        .all(|channel| readings.get(channel).state == ReadingState::NotMapped);
    let driven = || {
        let by_speed = readings.value(Channel::ThresherSpeed).map(|rpm| rpm > DRIVEN_RPM);
        let engaged = readings.flag(Channel::HeaderEngaged).or_else(|| readings.flag(Channel::ThresherEngaged));
        engaged.or(by_speed)
    };
    let (least, most) = WORK_M_S;
    let at_work = |v: f64| (least..=most).contains(&v) && driven().unwrap_or(true);
    let presumed = readings.value(Channel::GroundSpeed).filter(|_| blind).map(at_work);
    Cutting { cutting: presumed, presumed: presumed.is_some() }
}
