//! Runs the dashboard on the terminal of this process.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyEventKind};
use tokio::sync::watch;

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::preferences::Remembered;
use crate::app::sound::{Device, Sound};
use crate::cab::Cab;
use crate::term::capabilities::Capabilities;
use crate::term::clock::Clock;
use crate::term::sound::{Bell, SoundBackends};
use crate::term::terminal::{TerminalGuard, wait_for_keys};
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::files::user_file;
use grainloss_preparation::Forecast;
use grainloss_protocol::command::{CommandSender, OperatorCommand, PendingReply};
use grainloss_protocol::snapshot::Snapshot;

/// Longest wait for a key. A key is followed by a new picture at once.
const KEY_TIME: Duration = Duration::from_millis(100);
/// The same while a command has no reply yet, so that what became of it is soon on the screen.
const REPLY_TIME: Duration = Duration::from_millis(15);
/// So many keys are taken before the next picture: all that were typed or pasted meanwhile, but no endless stream.
const KEYS_AT_ONCE: usize = 256;
/// Least time between pictures of new snapshots: people do not read faster, and a slow connection has to carry them.
const FRAME_TIME: Duration = Duration::from_millis(250);

/// Where the session runs that a dashboard shows.
#[derive(Debug)]
pub enum SessionPlace {
    /// In another process: it goes on when the dashboard closes.
    Elsewhere,
    /// In this process, perhaps with the controls of a machine that somebody drives: it ends with the dashboard.
    Here(Option<Box<dyn Cab>>),
}

/// As [`show_with`], for a session elsewhere.
///
/// # Errors
/// When the terminal cannot be set up, written to, or read from.
pub fn show(
    snapshots: &mut watch::Receiver<Snapshot>,
    commands: &CommandSender,
    words: Words,
    remembered: Remembered,
    stop: &AtomicBool,
) -> io::Result<()> {
    show_with(SessionPlace::Elsewhere, snapshots, commands, words, remembered, stop)
}

/// Shows snapshots until the user quits or `stop` becomes true; quitting sets `stop`. The operator's commands go to
/// `commands`, the keys of a driven machine to its controls. The terminal is restored however this ends.
///
/// # Errors
/// When the terminal cannot be set up, written to, or read from.
pub fn show_with(
    session: SessionPlace,
    snapshots: &mut watch::Receiver<Snapshot>,
    commands: &CommandSender,
    words: Words,
    remembered: Remembered,
    stop: &AtomicBool,
) -> io::Result<()> {
    let capabilities = Capabilities::from_environment();
    let app = App::new(words, remembered, capabilities, snapshots.borrow_and_update().clone());
    let app = match session {
        SessionPlace::Elsewhere => app,
        SessionPlace::Here(None) => app.with_session_here(),
        SessionPlace::Here(Some(cab)) => app.with_session_here().with_cab(cab),
    };
    let sounds = SoundBackends::new(Box::new(Bell(io::stdout())), capabilities.remote);
    let mut running = Running { app, sounds, waiting: Vec::new(), commands, failed: None, suspends: false };
    running.apply_sound_preferences();
    let mut screen = TerminalGuard::open()?;
    let clock = Clock::start();
    let (mut redraw, mut end_drawn, mut drawn) = (true, false, Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        let now = clock.now();
        // An error means that the sender is gone. After an orderly end the last snapshot, which says so, stays until the
        // user quits; after a failure the last figures must not stay on the screen.
        let changed = match snapshots.has_changed() {
            Ok(changed) => changed,
            Err(_) if !snapshots.borrow().ended => return Ok(()),
            Err(_) => !std::mem::replace(&mut end_drawn, true),
        };
        redraw |= running.app.tick(now);
        if changed && (redraw || end_drawn || now >= drawn + FRAME_TIME) {
            running.app.take(snapshots.borrow_and_update().clone(), now);
            redraw = true;
        }
        redraw |= running.poll();
        if running.run_effects() {
            stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        if std::mem::take(&mut running.suspends) {
            screen.suspend()?;
            redraw = true;
        }
        screen.report_mouse(running.app.wants_mouse())?;
        if redraw {
            screen.draw(|frame| drop(running.app.draw(frame)))?;
            (redraw, drawn) = (false, now);
        }
        if !wait_for_keys(if running.waiting.is_empty() { KEY_TIME } else { REPLY_TIME })? {
            // The terminal is gone, for example because its window was closed.
            stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        redraw |= running.take_keys()?;
    }
    Ok(())
}

/// The forecast beside `grainloss.toml`; `None` when there is none.
fn read_forecast(words: &Words) -> Option<Result<Forecast, String>> {
    let path = ["forecast.csv", "forecast.json"].into_iter().find_map(|name| user_file("", name))?;
    let file = path.display().to_string();
    let unreadable =
        |error: io::Error| words.with("forecast-unreadable", &[("file", &file), ("problem", &error.to_string())]);
    let read = read_text_bounded(&path, LONGEST_TEXT).map_err(unreadable);
    Some(read.and_then(|text| Forecast::parse(&text).map_err(|error| error.text(&file, words))))
}

/// The dashboard with what carries out its effects.
struct Running<'a> {
    app: App,
    sounds: SoundBackends,
    /// Commands that were sent and have no reply yet.
    waiting: Vec<(OperatorCommand, PendingReply)>,
    commands: &'a CommandSender,
    /// The sound device that failed last, and why.
    failed: Option<(Device, String)>,
    /// The terminal is to be given back until the shell goes on with the program.
    suspends: bool,
}

impl Running<'_> {
    /// Takes all keys and pastes that have come; true when there were any. One read of the terminal may bring many, which
    /// crossterm keeps: waiting for the terminal before each would wait for keys that are here.
    fn take_keys(&mut self) -> io::Result<bool> {
        let mut any = false;
        for _ in 0..KEYS_AT_ONCE {
            if !event::poll(Duration::ZERO)? {
                break;
            }
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => self.app.key(&key),
                Event::Paste(text) => self.app.paste(&text),
                Event::Mouse(mouse) => {
                    any |= self.app.mouse(&mouse);
                    continue;
                }
                Event::Resize(..) => {}
                _ => continue,
            }
            any = true;
        }
        Ok(any)
    }

    /// Carries out the effects; true when the user quits.
    fn run_effects(&mut self) -> bool {
        for effect in self.app.effects() {
            match effect {
                Effect::Quit => return true,
                Effect::Suspend => self.suspends = true,
                Effect::Send(command) => {
                    let waiting = self.commands.send(command.clone());
                    self.waiting.push((command, waiting));
                }
                Effect::Sound(device, sound) => self.make_sound(device, sound),
                Effect::ReadForecast => {
                    let forecast = read_forecast(self.app.words());
                    self.app.forecast(forecast);
                }
                Effect::Save => {
                    self.app.save();
                    self.apply_sound_preferences();
                }
            }
        }
        false
    }

    fn make_sound(&mut self, device: Device, sound: Sound) {
        let device = if device == Device::Auto { self.sounds.in_use() } else { device };
        match self.sounds.make(device, sound) {
            Ok(()) => self.failed = self.failed.take().filter(|(failed, _)| *failed != device),
            Err(error) => {
                tracing::warn!("sound: {error}");
                self.failed = Some((device, error));
                if device != Device::Bell {
                    // The bell needs no device; should it fail too, there is nothing else to try.
                    let _ = self.sounds.make(Device::Bell, sound);
                }
            }
        }
        self.report_sounds();
    }

    fn apply_sound_preferences(&mut self) {
        let sounds = &self.app.preferences().sounds;
        self.sounds.choose(sounds.device, &sounds.command);
        self.report_sounds();
    }

    fn report_sounds(&mut self) {
        self.app.sounds(self.sounds.in_use(), self.failed.clone());
    }

    /// Takes replies and failures of sounds that have come. True when there were any.
    fn poll(&mut self) -> bool {
        let failed = self.sounds.poll();
        let has_failed = failed.is_some();
        if has_failed {
            self.failed = failed;
            self.report_sounds();
        }
        let mut answered = Vec::new();
        self.waiting.retain(|(command, waiting)| match waiting.poll() {
            Some(reply) => {
                answered.push((command.clone(), reply));
                false
            }
            None => true,
        });
        for (command, reply) in &answered {
            self.app.answer(command, reply);
        }
        has_failed || !answered.is_empty()
    }
}
