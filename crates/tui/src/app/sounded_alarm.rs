//! An alarm that has sounded.

use std::time::Duration;

use grainloss_core::advice::{Alarm, AlarmId};

/// Which alarm sounded last, at which level, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SoundedAlarm {
    pub id: AlarmId,
    /// When the alarm began, µs of bus time.
    pub since_us: i64,
    pub level: u8,
    /// When it sounded, since the dashboard was opened.
    pub at: Duration,
}

impl SoundedAlarm {
    /// True when `alarm` is the same occurrence of the same alarm.
    pub fn is(&self, alarm: &Alarm) -> bool {
        (self.id, self.since_us) == (alarm.id, alarm.since_us)
    }
}
