//! The warning lamps that the machine's controllers have on.

use grainloss_can::{Flash, Lamp, Lamps, WarningLamp};

use crate::time::SECOND_US;

/// A code has gone, and a lamp is off, when it was not reported for so long, µs (our choice: ten times the period of
/// J1939-73).
pub(super) const GONE_AFTER_US: i64 = 10 * SECOND_US;
/// Most controllers with lamps at a time; more are left out (our choice).
const MOST: usize = 16;

/// How a warning lamp is lit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LampLight {
    /// It is off, or the controller does not say.
    #[default]
    Off,
    /// It is on.
    On,
    /// It flashes once a second.
    FlashingSlowly,
    /// It flashes twice a second or faster.
    FlashingFast,
}

impl LampLight {
    /// `off`, `on`, `flashing-slowly` or `flashing-fast`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::FlashingSlowly => "flashing-slowly",
            Self::FlashingFast => "flashing-fast",
        }
    }

    /// How this lamp of a controller is lit.
    pub fn of(lamps: Lamps, lamp: WarningLamp) -> Self {
        match (lamps.state(lamp), lamps.flash(lamp)) {
            (Lamp::On, Flash::Steady) => Self::On,
            (Lamp::On, Flash::Slow) => Self::FlashingSlowly,
            (Lamp::On, Flash::Fast) => Self::FlashingFast,
            _ => Self::Off,
        }
    }
}

/// The warning lamps of a controller, one of which is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ControllerLamps {
    /// Number of the interface that it came from, 0 for the first.
    pub interface: u8,
    /// The controller's source address, 0..=253.
    pub source: u8,
    /// The malfunction indicator lamp.
    pub malfunction: LampLight,
    /// The protect lamp.
    pub protect: LampLight,
    /// The amber warning lamp.
    pub amber: LampLight,
    /// The red stop lamp.
    pub red: LampLight,
}

impl ControllerLamps {
    /// The lamps with their words, the gravest first: `red`, `amber`, `protect`, `malfunction`.
    pub const fn each(&self) -> [(&'static str, LampLight); 4] {
        [("red", self.red), ("amber", self.amber), ("protect", self.protect), ("malfunction", self.malfunction)]
    }
}

/// The lamps that are on.
#[derive(Clone, Debug, Default)]
pub(super) struct LampWatch([Option<(ControllerLamps, i64)>; MOST]);

impl LampWatch {
    /// Takes what a controller says of its lamps.
    pub fn take(&mut self, interface: u8, source: u8, lamps: Lamps, now_us: i64) {
        let light = |lamp| LampLight::of(lamps, lamp);
        let new = ControllerLamps {
            interface,
            source,
            malfunction: light(WarningLamp::Malfunction),
            protect: light(WarningLamp::Protect),
            amber: light(WarningLamp::Amber),
            red: light(WarningLamp::Red),
        };
        let is_it = |slot: &Option<(ControllerLamps, i64)>| {
            slot.is_some_and(|(of, _)| (of.interface, of.source) == (interface, source))
        };
        let place = self.0.iter().position(is_it).or_else(|| self.0.iter().position(Option::is_none));
        if let Some(at) = place {
            self.0[at] = (lamps.on().next().is_some()).then_some((new, now_us));
        }
    }

    /// A controller that has fallen silent has no lamp on any more.
    pub fn step(&mut self, now_us: i64) {
        for slot in &mut self.0 {
            slot.take_if(|(_, seen_us)| now_us - *seen_us >= GONE_AFTER_US);
        }
    }

    /// The controllers that have one on.
    pub fn on(&self) -> impl Iterator<Item = ControllerLamps> + '_ {
        self.0.iter().flatten().map(|(lamps, _)| *lamps)
    }
}
