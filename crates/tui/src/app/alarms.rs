//! Which alarms sound, and when.

use std::time::Duration;

use super::super::sound::{Device, Sound};
use super::{App, Effect};
use grainloss_core::advice::{ActiveAlarm, Alarm, AlarmId};

/// An alarm that nobody has acknowledged sounds again after so long; the highest sooner.
const AGAIN: Duration = Duration::from_mins(1);
const HIGH_AGAIN: Duration = Duration::from_secs(15);

/// How the sounds are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundState {
    /// What makes them.
    pub in_use: Device,
    /// What failed last, and why; `None` once a sound was made without a fault.
    pub failed: Option<(Device, String)>,
}

/// An alarm that has sounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    id: AlarmId,
    since_us: i64,
    level: u8,
    at: Duration,
}

impl App {
    /// New alarms sound once, and again while nobody acknowledges them.
    pub(super) fn sound_alarms(&mut self) {
        let standing: Vec<_> = self.snapshot.advice.list().filter(ActiveAlarm::sounds).collect();
        self.heard
            .retain(|heard| standing.iter().any(|s| (s.alarm.id, s.alarm.since_us) == (heard.id, heard.since_us)));
        let mut due = None;
        for alarm in standing.iter().map(|standing| standing.alarm) {
            let again = if alarm.level >= 3 { HIGH_AGAIN } else { AGAIN };
            let heard = self.heard.iter_mut().find(|heard| heard.id == alarm.id);
            let sounds = match heard {
                Some(heard) if heard.level >= alarm.level && self.now < heard.at + again => false,
                Some(heard) => {
                    (heard.level, heard.at) = (alarm.level, self.now);
                    true
                }
                None => {
                    let Alarm { id, since_us, level, .. } = alarm;
                    self.heard.push(Heard { id, since_us, level, at: self.now });
                    true
                }
            };
            if sounds {
                due = due.max(Some(alarm.level));
            }
        }
        match due {
            Some(3..) => self.make(Sound::High),
            Some(_) => self.make(Sound::Medium),
            None => {}
        }
    }

    /// Makes a sound, if its switch is on.
    pub(super) fn make(&mut self, sound: Sound) {
        if self.switch(sound) {
            self.effects.push(Effect::Sound(Device::Auto, sound));
        }
    }

    /// A sound's switch.
    pub(in super::super) const fn switch(&self, sound: Sound) -> bool {
        let sounds = &self.remembered.preferences.sounds;
        match sound {
            Sound::Drop => sounds.drop,
            Sound::Medium => sounds.medium,
            Sound::High => sounds.high,
        }
    }

    /// How the sounds are doing has changed.
    pub fn sounds(&mut self, in_use: Device, failed: Option<(Device, String)>) {
        if failed.is_some() && failed != self.sound.failed {
            let text = self.words.get("note-sound-failed");
            self.say(text);
        }
        self.sound = SoundState { in_use, failed };
    }

    /// How the sounds are doing.
    pub const fn sound_state(&self) -> &SoundState {
        &self.sound
    }
}
