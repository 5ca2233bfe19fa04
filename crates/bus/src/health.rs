//! The health of a bus, from what the kernel reports. Pure: no socket, no clock; the time comes with the reports.
//!
//! Source of every number here: the kernel's `linux/can/error.h` and its description in
//! `Documentation/networking/can.rst`; the thresholds of the error counters are those of ISO 11898-1 as the latter
//! restates them.

mod error_frame;
mod event_kind;
mod state;

pub use error_frame::ErrorFrame;
pub use event_kind::BusEventKind;
pub use state::BusState;

/// An event counts as a present fault for this long after it last happened, µs.
const STANDS_US: i64 = 10_000_000;
/// An event is reported at once, and repeats no more often than this, µs; those between are in its count.
const TELL_EVERY_US: i64 = 5_000_000;

/// What an interface reports besides frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterfaceReport {
    /// The kernel's report of an error.
    Error(ErrorFrame),
    /// A remote request, or a frame of an impossible length.
    Odd,
    /// The kernel lost this many more frames.
    Lost(u64),
    /// The interface is down.
    Down,
    /// It is up, after it was down.
    Up,
    /// It is not there.
    Gone,
    /// It is there, after it was not.
    Back,
}

/// Something that happened, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusNews {
    /// When it last happened, by the source's clock.
    pub t_us: i64,
    /// The place of the interface in [`FrameSource::interfaces`](super::FrameSource::interfaces).
    pub interface: u8,
    /// What.
    pub what: BusEventKind,
    /// How often so far; of lost frames, how many.
    pub count: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counter {
    count: u64,
    last_us: i64,
    /// What was last reported: the count, and when.
    told: u64,
    told_us: Option<i64>,
}

/// One interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusHealth {
    state: BusState,
    since_us: Option<i64>,
    counters: [Counter; BusEventKind::ALL.len()],
    frames: u64,
    error_frames: u64,
    odd: u64,
    error_counters: Option<(u8, u8)>,
}

impl BusHealth {
    /// A data frame came: the controller is on the bus.
    #[inline]
    pub fn frame(&mut self, t_us: i64) {
        self.frames += 1;
        if matches!(self.state, BusState::BusOff | BusState::Down | BusState::Gone) {
            self.enter(BusState::Active, t_us);
        }
    }

    /// Takes a report of the interface.
    pub fn take(&mut self, told: InterfaceReport, t_us: i64) {
        match told {
            InterfaceReport::Error(error) => self.error(&error, t_us),
            InterfaceReport::Odd => self.odd += 1,
            InterfaceReport::Lost(frames) => self.count(BusEventKind::Lost, frames, t_us),
            InterfaceReport::Down => self.enter(BusState::Down, t_us),
            InterfaceReport::Gone => self.enter(BusState::Gone, t_us),
            // A frame may have shown so before.
            InterfaceReport::Up if self.state == BusState::Down => self.enter(BusState::Active, t_us),
            InterfaceReport::Back if self.state == BusState::Gone => self.enter(BusState::Active, t_us),
            InterfaceReport::Up | InterfaceReport::Back => {}
        }
    }

    fn error(&mut self, error: &ErrorFrame, t_us: i64) {
        self.error_frames += 1;
        self.error_counters = error.counters().or(self.error_counters);
        for happening in error.happenings() {
            self.count(happening, 1, t_us);
        }
        match error.state() {
            Some(state) => self.enter(state, t_us),
            // The counters alone say nothing of a controller that is off the bus or of an interface that is down.
            None if matches!(self.state, BusState::Active | BusState::Warning | BusState::Passive) => {
                if let Some(state) = error.state_by_counters() {
                    self.enter(state, t_us);
                }
            }
            None => {}
        }
    }

    fn enter(&mut self, state: BusState, t_us: i64) {
        if state == self.state {
            return;
        }
        let happening = match (self.state, state) {
            (BusState::Down, BusState::Active) => BusEventKind::Up,
            (BusState::Gone, BusState::Active) => BusEventKind::Back,
            _ => state.entered(),
        };
        (self.state, self.since_us) = (state, Some(t_us));
        self.count(happening, 1, t_us);
    }

    const fn count(&mut self, happening: BusEventKind, times: u64, t_us: i64) {
        let counter = &mut self.counters[happening as usize];
        counter.count += times;
        counter.last_us = t_us;
    }

    /// The next event to report at this time, the earliest first; with `all`, also one that was reported shortly before.
    pub fn news(&mut self, interface: u8, now_us: i64, all: bool) -> Option<BusNews> {
        let due = |counter: &Counter| {
            let rested = counter.told_us.is_none_or(|told_us| now_us - told_us >= TELL_EVERY_US);
            counter.count > counter.told && (all || rested)
        };
        let with_counters = BusEventKind::ALL.into_iter().zip(&mut self.counters);
        let (what, counter) =
            with_counters.filter(|(_, counter)| due(counter)).min_by_key(|(_, counter)| counter.last_us)?;
        (counter.told, counter.told_us) = (counter.count, Some(now_us));
        Some(BusNews { t_us: counter.last_us, interface, what, count: counter.count })
    }

    /// The worst present fault; `None` when all is well.
    pub fn fault(&self, now_us: i64) -> Option<BusEventKind> {
        BusEventKind::ALL.into_iter().find(|&happening| match happening {
            BusEventKind::Gone
            | BusEventKind::Down
            | BusEventKind::BusOff
            | BusEventKind::Passive
            | BusEventKind::Warning => self.state.entered() == happening,
            BusEventKind::Up | BusEventKind::Back | BusEventKind::Active => false,
            _ => {
                let counter = &self.counters[happening as usize];
                counter.count > 0 && now_us - counter.last_us < STANDS_US
            }
        })
    }

    /// What the controller can do.
    pub const fn state(&self) -> BusState {
        self.state
    }

    /// Since when it is in this state; `None` when it never changed.
    pub const fn since_us(&self) -> Option<i64> {
        self.since_us
    }

    /// How often it happened; of lost frames, how many.
    pub const fn times(&self, happening: BusEventKind) -> u64 {
        self.counters[happening as usize].count
    }

    /// Data frames received.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Error frames received.
    pub const fn error_frames(&self) -> u64 {
        self.error_frames
    }

    /// Remote requests and frames of an impossible length.
    pub const fn odd(&self) -> u64 {
        self.odd
    }

    /// The transmit and the receive error counter as last reported; `None` when the driver never did.
    pub const fn error_counters(&self) -> Option<(u8, u8)> {
        self.error_counters
    }
}

/// The worst present fault of all interfaces, and the index of its interface.
pub fn worst(interfaces: &[BusHealth], now_us: i64) -> Option<(usize, BusEventKind)> {
    let faults = interfaces.iter().enumerate().filter_map(|(at, health)| Some((at, health.fault(now_us)?)));
    faults.min_by_key(|(_, happening)| *happening)
}

#[cfg(test)]
mod tests;
