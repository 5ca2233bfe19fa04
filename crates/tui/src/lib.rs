//! The screen in the cab: one look, two seconds. Am I losing too much, where, and what next?
//!
//! [`App`] is the dashboard without a terminal: snapshots, keys, answers and time in; pictures and effects out. [`show`]
//! runs it on this process's terminal. It draws a [`Snapshot`] and nothing else; the loop behind it does not know whether
//! anybody looks.

mod ability;
mod advice_screen;
mod alarm_line;
mod alarms_screen;
mod app;
mod budget_screen;
mod canvas;
mod compact_screen;
mod frame_lines;
mod glyphs;
mod headline;
mod help_screen;
mod history_screen;
mod items;
mod keys;
mod lines;
mod machine_screen;
mod main_screen;
mod naming;
mod numbers;
mod pan_form;
mod pans_screen;
mod preferences;
mod screen;
mod settings_screen;
mod sound;
mod speed_screen;
mod terminal;
mod theme;
mod trend;
mod units;
mod view;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyEventKind};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

pub use ability::{Ability, Colours};
pub use app::{App, Effect, SoundState};
pub use keys::{Action, KeyMap, KeyProblem};
pub use preferences::{Language, PanMeasures, Preferences, Remembered, Screen, Sounds, state_file};
pub use sound::{Bell, Device, Sound, Sounder, Sounders};
pub use theme::{Role, Theme, rgb, themes};
pub use units::{UnitBook, Units};

use grainloss_core::data_file::FileError;
use grainloss_knowledge::Words;
use grainloss_protocol::command::{CommandSender, OperatorCommand, PendingReply};
use grainloss_protocol::snapshot::Snapshot;
use terminal::{Screen as Terminal, Watch};

/// Keys are looked for so often, and a key is answered with a picture at once.
const KEY_TIME: Duration = Duration::from_millis(100);
/// New figures are drawn so often at most: nobody reads faster, and a slow line has to carry them.
const FRAME_TIME: Duration = Duration::from_millis(250);

/// Shows snapshots until the user quits or `stop` becomes true; quitting makes it true. What the operator tells goes to
/// `commands`. The terminal is put back on every way out.
pub fn show(
    snapshots: &mut watch::Receiver<Snapshot>,
    commands: &CommandSender,
    words: Words,
    remembered: Remembered,
    stop: &AtomicBool,
) -> io::Result<()> {
    let ability = Ability::of_environment();
    let app = App::new(words, remembered, ability, snapshots.borrow_and_update().clone());
    let sounders = Sounders::new(Box::new(Bell(io::stdout())), ability.remote);
    let mut running = Running { app, sounders, waiting: Vec::new(), commands, failed: None };
    running.follow_sounds();
    let mut screen = Terminal::open()?;
    let clock = Watch::start();
    let (mut redraw, mut end_drawn, mut drawn) = (true, false, Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        let now = clock.now();
        // An error means that the loop is gone. After an orderly end its last snapshot stays until the user quits, and
        // says so; after any other, figures that nobody makes any more must not be shown.
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
        redraw |= running.look();
        if running.act() {
            stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        if redraw {
            screen.draw(|frame| drop(running.app.draw(frame)))?;
            (redraw, drawn) = (false, now);
        }
        if !terminal::wait_for_keys(KEY_TIME)? {
            // The terminal has gone, as when a window is closed: nobody is looking any more.
            stop.store(true, Ordering::Relaxed);
        } else if !event::poll(Duration::ZERO)? {
            continue;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                running.app.key(&key);
                redraw = true;
            }
            Event::Paste(text) => {
                running.app.paste(&text);
                redraw = true;
            }
            Event::Resize(..) => redraw = true,
            _ => {}
        }
    }
    Ok(())
}

/// The dashboard with what it asks for: sounds, commands, the file of the preferences.
struct Running<'a> {
    app: App,
    sounders: Sounders,
    waiting: Vec<(OperatorCommand, PendingReply)>,
    commands: &'a CommandSender,
    failed: Option<(Device, String)>,
}

impl Running<'_> {
    /// Does what the dashboard asks for; true when it wants to leave.
    fn act(&mut self) -> bool {
        for effect in self.app.effects() {
            match effect {
                Effect::Quit => return true,
                Effect::Send(mark) => {
                    let waiting = self.commands.send(mark.clone());
                    self.waiting.push((mark, waiting));
                }
                Effect::Sound(device, sound) => self.sound(device, sound),
                Effect::Save => {
                    self.app.save();
                    self.follow_sounds();
                }
            }
        }
        false
    }

    fn sound(&mut self, device: Device, sound: Sound) {
        let device = if device == Device::Auto { self.sounders.in_use() } else { device };
        match self.sounders.sound(device, sound) {
            Ok(()) => self.failed = self.failed.take().filter(|(failed, _)| *failed != device),
            Err(error) => {
                tracing::warn!("sound: {error}");
                self.failed = Some((device, error));
                if device != Device::Bell {
                    // The last resort.
                    let _ = self.sounders.sound(Device::Bell, sound);
                }
            }
        }
        self.tell_sounds();
    }

    fn follow_sounds(&mut self) {
        let sounds = &self.app.preferences().sounds;
        self.sounders.choose(sounds.device, &sounds.command);
        self.tell_sounds();
    }

    fn tell_sounds(&mut self) {
        self.app.sounds(self.sounders.in_use(), self.failed.clone());
    }

    /// Answers that have come, and sounds that have failed since. True when something has.
    fn look(&mut self) -> bool {
        let failed = self.sounders.look();
        let news = failed.is_some();
        if news {
            self.failed = failed;
            self.tell_sounds();
        }
        let mut answered = Vec::new();
        self.waiting.retain(|(mark, waiting)| match waiting.poll() {
            Some(answer) => {
                answered.push((mark.clone(), answer));
                false
            }
            None => true,
        });
        for (mark, answer) in &answered {
            self.app.answer(mark, answer);
        }
        news || !answered.is_empty()
    }
}

/// A data file: the user's own where it can be used, otherwise the embedded one, and what is wrong with the user's.
fn own_or_embedded<T: DeserializeOwned, U: Default>(
    name: &str,
    embedded: &str,
    make: impl Fn(T) -> U,
) -> (U, Option<FileError>) {
    let (file, complaint) = match grainloss_knowledge::load(name, embedded) {
        Ok(file) => (Some(file), None),
        Err(complaint) => (toml::from_str(embedded).ok(), Some(complaint)),
    };
    // The embedded file can be read: tests do.
    (file.map(make).unwrap_or_default(), complaint)
}
