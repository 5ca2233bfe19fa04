//! Back-ends that make sounds: the terminal's bell, a tone on the sound card, the operator's command that drives a horn.
//!
//! The program `aplay` plays the samples of the tone: no sound library is needed to build or to run the dashboard. A
//! program is started and polled later: the screen never waits for a sound.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::app::sound::{Device, Sound};

/// A back-end that makes sounds.
pub(crate) trait SoundBackend {
    /// Starts a sound and returns at once.
    ///
    /// # Errors
    /// Why the sound cannot be made.
    fn make(&mut self, sound: Sound) -> Result<(), String>;

    /// Checks the sounds that were started; returns an error that occurred since, once.
    fn poll(&mut self) -> Option<String> {
        None
    }
}

/// The terminal's bell. Whether it was audible is not known.
#[derive(Debug)]
pub(crate) struct Bell<W>(pub W);

impl<W: Write> SoundBackend for Bell<W> {
    fn make(&mut self, sound: Sound) -> Result<(), String> {
        let bells = [7; 4];
        self.0.write_all(&bells[..sound.beeps()]).and_then(|()| self.0.flush()).map_err(|error| error.to_string())
    }
}

/// A program that is run for each sound.
#[derive(Debug)]
pub(crate) struct SoundProgram {
    program: Vec<String>,
    /// True when it reads the samples; otherwise it gets the sound's word as its last argument.
    plays_samples: bool,
    /// The running processes, and how often each has been polled.
    running: Vec<(Child, u32)>,
}

/// A program that still runs after this many polls is killed: 10 s at ten polls a second (our choice).
const MAX_POLLS: u32 = 100;
/// Programs that may run at once (our choice).
const MAX_RUNNING: usize = 4;

impl SoundProgram {
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

impl SoundBackend for SoundProgram {
    fn make(&mut self, sound: Sound) -> Result<(), String> {
        let Some((name, arguments)) = self.program.split_first() else { return Err("no command".to_owned()) };
        if self.running.len() >= MAX_RUNNING {
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
        let written = child.stdin.take().map_or(Ok(()), |mut pipe| {
            // Shorter than the 64 KiB that a pipe holds, so writing does not wait for the program.
            pipe.write_all(&samples(sound))
        });
        self.running.push((child, 0));
        written.map_err(|error| format!("{name}: {error}"))
    }

    fn poll(&mut self) -> Option<String> {
        let name = self.program.first().map_or("", String::as_str);
        let mut failed = None;
        self.running.retain_mut(|(child, polls)| {
            *polls += 1;
            match child.try_wait() {
                Ok(None) if *polls < MAX_POLLS => return true,
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

impl Drop for SoundProgram {
    fn drop(&mut self) {
        for (child, _) in &mut self.running {
            let _ = child.try_wait();
        }
    }
}

const SAMPLES_PER_S: usize = 16_000;
/// Length of a beep, and of the silence after it (our choice).
const BEEP_S: f64 = 0.12;
const SILENCE_S: f64 = 0.08;

/// The samples of a sound, 16 bits, little endian: beeps of 2 kHz, where engines are quiet and hearing is good (our choice);
/// for high priority every second beep has 1.5 kHz.
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

/// The back-ends of all devices, and which device is chosen.
pub(crate) struct SoundBackends {
    bell: Box<dyn SoundBackend>,
    tone: SoundProgram,
    command: SoundProgram,
    has_command: bool,
    chosen: Device,
    has_sound_card: bool,
}

impl std::fmt::Debug for SoundBackends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoundBackends").field("chosen", &self.chosen).finish_non_exhaustive()
    }
}

impl SoundBackends {
    /// `bell` makes the bell's sounds; with `remote` the terminal is not at this machine, so its sound card is not used.
    pub fn new(bell: Box<dyn SoundBackend>, remote: bool) -> Self {
        // The control device of the first sound card.
        let has_sound_card = !remote && std::path::Path::new("/dev/snd/controlC0").exists();
        let command = SoundProgram::command(Vec::new());
        Self { bell, tone: SoundProgram::tone(), command, has_command: false, chosen: Device::Auto, has_sound_card }
    }

    /// Takes the device and the command from the preferences.
    pub fn choose(&mut self, device: Device, command: &[String]) {
        self.chosen = device;
        self.has_command = !command.is_empty();
        if self.command.program != command {
            self.command = SoundProgram::command(command.to_vec());
        }
    }

    /// The device in use.
    pub const fn in_use(&self) -> Device {
        match self.chosen {
            Device::Auto if self.has_command => Device::Command,
            Device::Auto if self.has_sound_card => Device::Tone,
            Device::Auto => Device::Bell,
            chosen => chosen,
        }
    }

    /// Starts a sound on a device.
    ///
    /// # Errors
    /// Why the sound cannot be made.
    pub fn make(&mut self, device: Device, sound: Sound) -> Result<(), String> {
        match device {
            Device::Auto => self.make(self.in_use(), sound),
            Device::Bell => self.bell.make(sound),
            Device::Tone => self.tone.make(sound),
            Device::Command => self.command.make(sound),
        }
    }

    /// A device that failed since the last poll, and why.
    pub fn poll(&mut self) -> Option<(Device, String)> {
        let tone = self.tone.poll().map(|error| (Device::Tone, error));
        tone.or_else(|| self.command.poll().map(|error| (Device::Command, error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(program: &mut SoundProgram) -> Option<String> {
        // Polls as the dashboard does, until the program has ended.
        loop {
            if let Some(error) = program.poll() {
                return Some(error);
            }
            if program.running.is_empty() {
                return None;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    #[test]
    fn bell_rings_once_per_beep() {
        for (sound, bells) in [(Sound::Drop, 1), (Sound::Medium, 2), (Sound::High, 4)] {
            let mut rung = Vec::new();
            Bell(&mut rung).make(sound).unwrap();
            assert_eq!(rung, vec![7; bells]);
        }
    }

    #[test]
    fn command_gets_the_sound_as_argument_and_its_failure_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        let script = |text: &str| {
            let own = format!("{text} > {}", output.display());
            SoundProgram::command(["sh", "-c", &own, "sh"].map(str::to_owned).to_vec())
        };
        let mut horn = script("echo \"$1\"");
        horn.make(Sound::High).unwrap();
        assert_eq!(ended(&mut horn), None);
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "high\n");
        let mut broken = script("exit 3; echo");
        broken.make(Sound::Medium).unwrap();
        assert_eq!(ended(&mut broken).unwrap(), "sh: exit status: 3");
        let mut missing = SoundProgram::command(vec!["/nowhere/horn".to_owned()]);
        assert!(missing.make(Sound::High).unwrap_err().starts_with("/nowhere/horn: "));
        assert!(SoundProgram::command(Vec::new()).make(Sound::High).is_err());
    }

    #[test]
    fn command_that_does_not_end_is_killed_without_blocking() {
        let mut stuck = SoundProgram::command(["sleep", "600"].map(str::to_owned).to_vec());
        // `sleep 600 high` fails at once; a shell waits.
        stuck.program = ["sh", "-c", "exec sleep 600"].map(str::to_owned).to_vec();
        for _ in 0..MAX_RUNNING {
            stuck.make(Sound::High).unwrap();
        }
        assert!(stuck.make(Sound::High).unwrap_err().contains("have not ended"));
        let mut error = None;
        for _ in 0..MAX_POLLS {
            error = error.or(stuck.poll());
        }
        assert_eq!(error.unwrap(), "sh: does not end");
        assert!(stuck.running.is_empty());
    }

    #[test]
    fn tone_is_two_kilohertz_and_fits_a_pipe() {
        // 2 kHz at 16 000 samples a second: 8 samples a period, 240 periods in 0.12 s, two zero crossings each.
        let bytes = samples(Sound::Drop);
        let beep: Vec<i16> = bytes.as_chunks().0.iter().take(1920).map(|pair| i16::from_le_bytes(*pair)).collect();
        let crossings = beep.windows(2).filter(|pair| (pair[0] > 0) != (pair[1] > 0)).count();
        assert!((470..=480).contains(&crossings), "{crossings}");
        assert!(Sound::ALL.iter().all(|&sound| samples(sound).len() < 65_536));
    }

    #[test]
    fn automatic_device_is_the_command_then_the_sound_card_then_the_bell() {
        let mut sounds = SoundBackends::new(Box::new(Bell(std::io::sink())), true);
        assert_eq!(sounds.in_use(), Device::Bell, "the sound card of another machine is not used");
        sounds.choose(Device::Auto, &["/usr/local/bin/horn".to_owned()]);
        assert_eq!(sounds.in_use(), Device::Command);
        sounds.choose(Device::Bell, &["/usr/local/bin/horn".to_owned()]);
        assert_eq!(sounds.in_use(), Device::Bell);
    }
}
