//! Sounds, and what makes them: the terminal's bell, a tone through the sound card, a command that drives a horn.
//!
//! The tone is made by `aplay`, which is handed the samples: no sound library is linked, so nothing must be installed to
//! build the program, and a machine without a sound card needs none to run it. Whatever makes a sound is started and
//! looked after later: the screen never waits for it.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// A pan has been stamped.
    Drop,
    /// An alarm of the middle level.
    Medium,
    /// An alarm of the highest level.
    High,
}

impl Sound {
    /// Every sound.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Drop];

    /// The word that a command is told, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// How often it beeps.
    const fn beeps(self) -> usize {
        match self {
            Self::Drop => 1,
            Self::Medium => 2,
            Self::High => 4,
        }
    }
}

/// What makes sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The command if there is one, the tone if the machine has a sound card and the screen is on it, else the bell.
    #[default]
    Auto,
    /// A command.
    Command,
    /// The sound card.
    Tone,
    /// The terminal's bell.
    Bell,
}

impl Device {
    /// Those that can be tried.
    pub const REAL: [Self; 3] = [Self::Command, Self::Tone, Self::Bell];
    /// Those that can be chosen.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Command, Self::Tone, Self::Bell];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Command => "command",
            Self::Tone => "tone",
            Self::Bell => "bell",
        }
    }
}

/// Something that makes sounds.
pub trait Sounder {
    /// Begins a sound and returns at once; the error says why it cannot be made.
    fn sound(&mut self, sound: Sound) -> Result<(), String>;

    /// Looks after what was begun: an error that came later, once.
    fn look(&mut self) -> Option<String> {
        None
    }
}

/// The terminal's bell. Nobody can tell whether it was heard.
#[derive(Debug)]
pub struct Bell<W>(pub W);

impl<W: Write> Sounder for Bell<W> {
    fn sound(&mut self, sound: Sound) -> Result<(), String> {
        let bells = [7; 4];
        self.0.write_all(&bells[..sound.beeps()]).and_then(|()| self.0.flush()).map_err(|error| error.to_string())
    }
}

/// A program that is run for each sound.
#[derive(Debug)]
pub struct Hook {
    program: Vec<String>,
    /// The samples are written to it; otherwise it is told the sound's word as its last argument.
    plays_samples: bool,
    running: Vec<(Child, u32)>,
}

/// A program that runs on after so many looks is ended: 10 s at ten looks a second.
const PATIENCE: u32 = 100;
/// Programs that may run at once.
const MOST_RUNNING: usize = 4;

impl Hook {
    /// The operator's own command: program and arguments.
    pub const fn command(program: Vec<String>) -> Self {
        Self { program, plays_samples: false, running: Vec::new() }
    }

    /// The sound card.
    pub fn tone() -> Self {
        let rate = SAMPLES_PER_S.to_string();
        let program = ["aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", &rate].map(str::to_owned).to_vec();
        Self { program, plays_samples: true, running: Vec::new() }
    }
}

impl Sounder for Hook {
    fn sound(&mut self, sound: Sound) -> Result<(), String> {
        let Some((name, arguments)) = self.program.split_first() else { return Err("no command".to_owned()) };
        if self.running.len() >= MOST_RUNNING {
            return Err(format!("{name}: the sounds before have not ended"));
        }
        let mut command = Command::new(name);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        if self.plays_samples {
            command.stdin(Stdio::piped());
        } else {
            command.arg(sound.word()).stdin(Stdio::null());
        }
        let mut child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        let told = child.stdin.take().map_or(Ok(()), |mut pipe| {
            // Shorter than the 64 KiB that a pipe takes: it does not wait for the other side.
            pipe.write_all(&samples(sound))
        });
        self.running.push((child, 0));
        told.map_err(|error| format!("{name}: {error}"))
    }

    fn look(&mut self) -> Option<String> {
        let name = self.program.first().map_or("", String::as_str);
        let mut failed = None;
        self.running.retain_mut(|(child, looks)| {
            *looks += 1;
            match child.try_wait() {
                Ok(None) if *looks < PATIENCE => return true,
                Ok(None) => {
                    failed = Some(format!("{name}: does not end"));
                    let _ = child.kill();
                    let _ = child.wait();
                }
                Ok(Some(status)) if status.success() => {}
                Ok(Some(status)) => failed = Some(format!("{name}: {status}")),
                Err(error) => failed = Some(format!("{name}: {error}")),
            }
            false
        });
        failed
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        for (child, _) in &mut self.running {
            let _ = child.try_wait();
        }
    }
}

const SAMPLES_PER_S: usize = 16_000;
/// A beep and the silence after it.
const BEEP_S: f64 = 0.12;
const SILENCE_S: f64 = 0.08;

/// The samples of a sound, 16 bits, little endian: beeps of 2 kHz, where engines are quiet and ears are good; the highest
/// alarm falls to 1.5 kHz and back.
fn samples(sound: Sound) -> Vec<u8> {
    let rate = SAMPLES_PER_S as f64;
    let (beep, silence) = ((BEEP_S * rate) as usize, (SILENCE_S * rate) as usize);
    let mut bytes = Vec::with_capacity(sound.beeps() * (beep + silence) * 2);
    for at in 0..sound.beeps() {
        let hertz = if sound == Sound::High && at % 2 == 1 { 1500.0 } else { 2000.0 };
        for n in 0..beep + silence {
            let angle = std::f64::consts::TAU * hertz * n as f64 / rate;
            let value = if n < beep { (angle.sin() * 28_000.0) as i16 } else { 0 };
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
    bytes
}

/// Every device, which one is in use, and whether it failed.
pub struct Sounders {
    bell: Box<dyn Sounder>,
    tone: Hook,
    command: Hook,
    has_command: bool,
    chosen: Device,
    tone_is_there: bool,
}

impl std::fmt::Debug for Sounders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sounders").field("chosen", &self.chosen).finish_non_exhaustive()
    }
}

impl Sounders {
    /// The bell is rung on `bell`; `remote` when the screen is not at the machine whose sound card this is.
    pub fn new(bell: Box<dyn Sounder>, remote: bool) -> Self {
        // A sound card that the kernel knows.
        let tone_is_there = !remote && std::path::Path::new("/dev/snd/controlC0").exists();
        let command = Hook::command(Vec::new());
        Self { bell, tone: Hook::tone(), command, has_command: false, chosen: Device::Auto, tone_is_there }
    }

    /// Follows the preferences.
    pub fn choose(&mut self, device: Device, command: &[String]) {
        self.chosen = device;
        self.has_command = !command.is_empty();
        if self.command.program != command {
            self.command = Hook::command(command.to_vec());
        }
    }

    /// The device that makes sounds now.
    pub const fn in_use(&self) -> Device {
        match self.chosen {
            Device::Auto if self.has_command => Device::Command,
            Device::Auto if self.tone_is_there => Device::Tone,
            Device::Auto => Device::Bell,
            chosen => chosen,
        }
    }

    /// Makes a sound with a device.
    pub fn sound(&mut self, device: Device, sound: Sound) -> Result<(), String> {
        match device {
            Device::Auto => self.sound(self.in_use(), sound),
            Device::Bell => self.bell.sound(sound),
            Device::Tone => self.tone.sound(sound),
            Device::Command => self.command.sound(sound),
        }
    }

    /// What went wrong since the last look, and with which device.
    pub fn look(&mut self) -> Option<(Device, String)> {
        let tone = self.tone.look().map(|error| (Device::Tone, error));
        tone.or_else(|| self.command.look().map(|error| (Device::Command, error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(hook: &mut Hook) -> Option<String> {
        // Looked at as the screen does, as often as it takes.
        loop {
            if let Some(error) = hook.look() {
                return Some(error);
            }
            if hook.running.is_empty() {
                return None;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    #[test]
    fn the_bell_rings_as_often_as_the_sound_beeps() {
        for (sound, bells) in [(Sound::Drop, 1), (Sound::Medium, 2), (Sound::High, 4)] {
            let mut rung = Vec::new();
            Bell(&mut rung).sound(sound).unwrap();
            assert_eq!(rung, vec![7; bells]);
        }
    }

    #[test]
    fn a_command_is_told_which_sound_and_its_failure_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let heard = folder.path().join("heard");
        let script = |text: &str| {
            let own = format!("{text} > {}", heard.display());
            Hook::command(["sh", "-c", &own, "sh"].map(str::to_owned).to_vec())
        };
        let mut horn = script("echo \"$1\"");
        horn.sound(Sound::High).unwrap();
        assert_eq!(ended(&mut horn), None);
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), "high\n");
        let mut broken = script("exit 3; echo");
        broken.sound(Sound::Medium).unwrap();
        assert_eq!(ended(&mut broken).unwrap(), "sh: exit status: 3");
        let mut missing = Hook::command(vec!["/nowhere/horn".to_owned()]);
        assert!(missing.sound(Sound::High).unwrap_err().starts_with("/nowhere/horn: "));
        assert!(Hook::command(Vec::new()).sound(Sound::High).is_err());
    }

    #[test]
    fn a_command_that_never_ends_is_ended_and_does_not_hold_the_screen_up() {
        let mut stuck = Hook::command(["sleep", "600"].map(str::to_owned).to_vec());
        // `sleep 600 high` fails at once; a shell waits.
        stuck.program = ["sh", "-c", "exec sleep 600"].map(str::to_owned).to_vec();
        for _ in 0..MOST_RUNNING {
            stuck.sound(Sound::High).unwrap();
        }
        assert!(stuck.sound(Sound::High).unwrap_err().contains("have not ended"));
        let mut said = None;
        for _ in 0..PATIENCE {
            said = said.or(stuck.look());
        }
        assert_eq!(said.unwrap(), "sh: does not end");
        assert!(stuck.running.is_empty());
    }

    #[test]
    fn the_tone_is_two_kilohertz_and_fits_a_pipe() {
        // 2 kHz at 16 000 samples a second: 8 samples a period, 240 periods in 0.12 s, two zero crossings each.
        let bytes = samples(Sound::Drop);
        let beep: Vec<i16> = bytes.as_chunks().0.iter().take(1920).map(|pair| i16::from_le_bytes(*pair)).collect();
        let crossings = beep.windows(2).filter(|pair| (pair[0] > 0) != (pair[1] > 0)).count();
        assert!((470..=480).contains(&crossings), "{crossings}");
        assert!(Sound::ALL.iter().all(|&sound| samples(sound).len() < 65_536));
    }

    #[test]
    fn the_best_device_there_is_makes_the_sounds() {
        let mut sounders = Sounders::new(Box::new(Bell(std::io::sink())), true);
        assert_eq!(sounders.in_use(), Device::Bell, "not the cab's sound card, from the office");
        sounders.choose(Device::Auto, &["/usr/local/bin/horn".to_owned()]);
        assert_eq!(sounders.in_use(), Device::Command);
        sounders.choose(Device::Bell, &["/usr/local/bin/horn".to_owned()]);
        assert_eq!(sounders.in_use(), Device::Bell);
    }
}
