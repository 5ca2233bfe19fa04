//! Which alarms sound, and when.

use std::time::Duration;

use super::effect::Effect;
use super::sound::{Device, Sound, SoundState};
use super::sounded_alarm::SoundedAlarm;
use super::state::State;
use grainloss_core::advice::{ActiveAlarm, Alarm};

/// An unacknowledged alarm sounds again after this time (our choice).
const REPEAT_TIME: Duration = Duration::from_mins(1);
/// The same for high priority (our choice).
const HIGH_REPEAT_TIME: Duration = Duration::from_secs(15);

impl State {
    /// Sounds each new alarm once, and again until it is acknowledged.
    pub fn sound_alarms(&mut self) {
        let active: Vec<_> =
            self.snapshot.advice.list().filter(ActiveAlarm::sounds).map(|active| active.alarm).collect();
        self.sounded.retain(|sounded| active.iter().any(|alarm| sounded.is(alarm)));
        let mut due = None;
        for alarm in active {
            let repeat_time = if alarm.level >= 3 { HIGH_REPEAT_TIME } else { REPEAT_TIME };
            let sounded = self.sounded.iter_mut().find(|sounded| sounded.id == alarm.id);
            let sounds = match sounded {
                Some(sounded) if sounded.level >= alarm.level && self.now < sounded.at + repeat_time => false,
                Some(sounded) => {
                    (sounded.level, sounded.at) = (alarm.level, self.now);
                    true
                }
                None => {
                    let Alarm { id, since_us, level, .. } = alarm;
                    self.sounded.push(SoundedAlarm { id, since_us, level, at: self.now });
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

    /// Makes a sound, if it is switched on.
    pub fn make(&mut self, sound: Sound) {
        if self.is_on(sound) {
            self.effects.push(Effect::Sound(Device::Auto, sound));
        }
    }

    /// True when this sound is switched on.
    pub const fn is_on(&self, sound: Sound) -> bool {
        let sounds = &self.remembered.preferences.sounds;
        match sound {
            Sound::Drop => sounds.drop,
            Sound::Medium => sounds.medium,
            Sound::High => sounds.high,
        }
    }

    /// Takes the state of the sound output; a new failure is shown as a note.
    pub fn set_sound_state(&mut self, sound: SoundState) {
        if sound.failed.is_some() && sound.failed != self.sound.failed {
            let text = self.words.get("note-sound-failed");
            self.say(text);
        }
        self.sound = sound;
    }
}
