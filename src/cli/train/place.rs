//! The place at the controls: keys become presses, which wait until the simulated machine takes them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use grainloss_knowledge::Words;
use grainloss_simulator::{Cab, Lever, Way};

/// What screen and machine share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Presses that the machine has not taken yet.
    pub pressed: VecDeque<Lever>,
    /// The cab as it was last; `None` before the first tick.
    pub cab: Option<Cab>,
    /// Seconds of the lesson that are left.
    pub left_s: f64,
    /// The lesson's time is over.
    pub over: bool,
}

/// A hold of what is shared, whatever became of another one.
pub(super) fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The settings that two keys change, in the order of their digits: less and more, text key, and what is set.
type Setting = (Lever, Lever, &'static str, fn(&Cab) -> String);
const SETTINGS: [Setting; 5] = [
    (Lever::DrumSlower, Lever::DrumFaster, "cab-drum", |cab| format!("{:.0} r/min", cab.drum_rpm)),
    (Lever::ConcaveTighter, Lever::ConcaveWider, "cab-concave", |cab| format!("{:.0} mm", cab.concave_mm)),
    (Lever::FanSlower, Lever::FanFaster, "cab-fan", |cab| format!("{:.0} r/min", cab.fan_rpm)),
    (Lever::UpperSieveTighter, Lever::UpperSieveWider, "cab-upper-sieve", |cab| {
        format!("{:.0} mm", cab.upper_sieve_mm)
    }),
    (Lever::LowerSieveTighter, Lever::LowerSieveWider, "cab-lower-sieve", |cab| {
        format!("{:.0} mm", cab.lower_sieve_mm)
    }),
];

/// A learner's place.
#[derive(Debug)]
pub(super) struct Place {
    shared: Arc<Mutex<Shared>>,
    /// Which setting the two keys change.
    chosen: usize,
}

impl Place {
    pub const fn new(shared: Arc<Mutex<Shared>>) -> Self {
        // The fan: it is set most often.
        Self { shared, chosen: 2 }
    }
}

impl grainloss_tui::Cab for Place {
    fn key(&mut self, key: &KeyEvent) -> bool {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return false;
        }
        let mut shared = lock(&self.shared);
        let is = |look: fn(&Cab) -> bool| shared.cab.as_ref().is_some_and(look);
        let either = |so: bool, then: Lever, otherwise: Lever| if so { then } else { otherwise };
        let lever = match key.code {
            KeyCode::Up => Lever::Faster,
            KeyCode::Down => Lever::Slower,
            KeyCode::Right => Lever::ReelFaster,
            KeyCode::Left => Lever::ReelSlower,
            KeyCode::PageUp => Lever::HeaderUp,
            KeyCode::PageDown => Lever::HeaderDown,
            KeyCode::Enter => Lever::Turn,
            KeyCode::Char('0') => Lever::Stop,
            KeyCode::Char('+' | '=') => Lever::ThrottleUp,
            KeyCode::Char('-') => Lever::ThrottleDown,
            KeyCode::Char('g') => either(is(|cab| cab.lifted), Lever::Lower, Lever::Lift),
            KeyCode::Char('e') => either(is(|cab| cab.engaged), Lever::Disengage, Lever::Engage),
            KeyCode::Char('x') => either(is(|cab| cab.unloading), Lever::StopUnloading, Lever::Unload),
            KeyCode::Char('6') => either(is(|cab| cab.reel_forward), Lever::ReelBack, Lever::ReelForward),
            KeyCode::Char('[') => SETTINGS[self.chosen].0,
            KeyCode::Char(']') => SETTINGS[self.chosen].1,
            KeyCode::Char(digit @ '1'..='5') => {
                self.chosen = digit as usize - '1' as usize;
                return true;
            }
            _ => return false,
        };
        shared.pressed.push_back(lever);
        true
    }

    fn lines(&self, words: &Words) -> Vec<String> {
        let shared = lock(&self.shared);
        let Some(cab) = &shared.cab else { return vec![words.get("cab-waiting")] };
        let km_h = |m_s: f64| format!("{:.1}", m_s * 3.6);
        let cm = |m: f64| format!("{:.0}", m * 100.0);
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let drive = [
            ("set", &*km_h(cab.set_speed_m_s)),
            ("now", &km_h(cab.speed_m_s)),
            ("throttle", &percent(cab.throttle)),
            ("engine", &format!("{:.0}", cab.engine_rpm)),
            ("thresher", &words.get(if cab.engaged { "cab-on" } else { "cab-off-word" })),
        ];
        let index = cab.reel_index.map_or_else(|| "—".to_owned(), |index| format!("{index:.2}"));
        let header = [
            ("set", &*cm(cab.work_height_m)),
            ("now", &cm(cab.height_m)),
            ("lifted", &words.get(if cab.lifted { "cab-lifted" } else { "cab-lowered" })),
            ("reel", &format!("{:.0}", cab.reel_rpm)),
            ("index", &index),
            ("place", &words.get(if cab.reel_forward { "cab-reel-forward" } else { "cab-reel-usual" })),
        ];
        let settings: Vec<String> = (0..)
            .zip(SETTINGS)
            .map(|(at, (.., key, value))| {
                let text = format!("{} {}", words.get(key), value(cab));
                if at == self.chosen { format!("[{text}]") } else { text }
            })
            .collect();
        let minutes = format!("{}:{:02}", shared.left_s as u64 / 60, shared.left_s as u64 % 60);
        let tank = [
            ("tank", &*percent(cab.tank_level)),
            ("unloading", &words.get(if cab.unloading { "cab-unloading" } else { "cab-not-unloading" })),
            ("left", &format!("{:.0}", cab.left_standing_kg)),
            ("time", &minutes),
        ];
        vec![
            message(cab, shared.over, words),
            words.with("cab-drive", &drive),
            words.with("cab-header", &header),
            settings.join("  "),
            words.with("cab-tank", &tank),
        ]
    }
}

/// What is to be done now.
fn message(cab: &Cab, over: bool, words: &Words) -> String {
    let at = |key: &str, m: f64| words.with(key, &[("m", &format!("{m:.0}"))]);
    match cab.way {
        _ if over => words.get("cab-now-over"),
        _ if cab.stalled => words.get("cab-now-stalled"),
        Way::Done => words.get("cab-now-done"),
        Way::Turning => words.get(if cab.lifted { "cab-now-turning" } else { "cab-now-turning-down" }),
        Way::Before(_) if !cab.engaged => words.get("cab-now-engage"),
        Way::Before(m) if cab.lifted => at("cab-now-lower", m),
        Way::Before(m) => at("cab-now-before", m),
        Way::InCrop(_) if cab.lifted || !cab.engaged => words.get("cab-now-passing-over"),
        Way::InCrop(m) => at("cab-now-cutting", m),
        Way::Beyond(_) if !cab.lifted => words.get("cab-now-lift"),
        Way::Beyond(_) => words.get("cab-now-turn"),
    }
}
