//! The newest value of every source, and which of them a channel takes.

use grainloss_can::{Frame, State, Value};

use super::channel::Channel;
use super::reading::{Reading, ReadingState, Readings};
use super::router::{Router, SourceSpec, Target};

/// Kernels are counted over at least so long: a delayed frame and the next one come together on a busy bus.
const COUNTED_OVER_US: i64 = 50_000;
/// What a sensor's status signal said holds no longer than this.
const STATUS_HOLDS_US: i64 = 60_000_000;

/// The newest that one source has said.
#[derive(Clone, Debug)]
struct Slot {
    /// When a frame with the signal last came.
    seen_us: Option<i64>,
    /// When it last held a valid value.
    valid_us: Option<i64>,
    value: f64,
    state: ReadingState,
    /// What the sensor's status signal last said, and when, if there is one.
    status: Option<(i64, ReadingState)>,
    /// The counter's last reading.
    counter: Option<(i64, u32)>,
}

const NEVER: Slot =
    Slot { seen_us: None, valid_us: None, value: 0.0, state: ReadingState::NeverSeen, status: None, counter: None };

/// Takes frames in, gives readings out.
#[derive(Clone, Debug)]
pub struct ChannelBank {
    router: Router,
    slots: Vec<Slot>,
    /// Kernels counted, for each channel.
    impacts: [f64; Channel::COUNT],
    ranges: Ranges,
}

/// The lowest and highest valid value that each channel has ever had, whichever source gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges([Option<(f64, f64)>; Channel::COUNT]);

impl Ranges {
    /// One channel's range; `None` when it never had a valid value.
    pub const fn get(&self, channel: Channel) -> Option<(f64, f64)> {
        self.0[channel as usize]
    }

    fn include(&mut self, channel: Channel, value: f64) {
        let range = &mut self.0[channel as usize];
        let (low, high) = range.unwrap_or((value, value));
        *range = Some((low.min(value), high.max(value)));
    }
}

impl ChannelBank {
    /// A bank that has seen nothing.
    pub fn new(router: Router) -> Self {
        let slots = vec![NEVER; router.sources.len()];
        Self { router, slots, impacts: [0.0; Channel::COUNT], ranges: Ranges([None; Channel::COUNT]) }
    }

    /// Takes one frame in. `now_us` is bus time; it never runs backward. False when the database does not know the
    /// frame.
    pub fn take(&mut self, frame: &Frame, now_us: i64) -> bool {
        let Some(number) = self.router.message_of(frame.id) else { return false };
        let (message, routes) = self.router.routes(number);
        for route in routes {
            let signal = &message.signals[route.signal];
            if !message.holds(signal, frame) {
                continue;
            }
            let value = signal.decode(frame);
            let (spec, slot) = (&self.router.sources[route.source], &mut self.slots[route.source]);
            let kernels = match route.target {
                Target::Status => {
                    slot.status = Some((now_us, status(value, signal.label(value.raw))));
                    0.0
                }
                Target::Value(factor) => slot.take_value(spec, value.state, value.physical * factor, now_us),
                Target::Counter(modulus) => slot.take_counter(spec, value, modulus, now_us),
            };
            if slot.valid_us == Some(now_us) {
                self.ranges.include(spec.channel, slot.value);
            }
            if kernels > 0.0 && spec.channel.counts_kernels() {
                credit(&self.router, &self.slots, &mut self.impacts, (route.source, kernels), now_us);
            }
        }
        true
    }

    /// The range of each channel so far.
    pub const fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Every channel's reading at this moment.
    pub fn readings(&mut self, now_us: i64) -> Readings {
        let mut readings = Readings::unknown(now_us);
        for &channel in Channel::ALL {
            readings.set(channel, self.reading(channel, now_us));
        }
        readings
    }

    /// The best source with a value; without one, the state of the best source that was ever seen.
    fn reading(&self, channel: Channel, now_us: i64) -> Reading {
        let (first, end) = self.router.of_channel[channel as usize];
        let impacts = self.impacts[channel as usize];
        let mut shown = Reading { impacts, ..Reading::NOT_MAPPED };
        for (spec, slot) in self.router.sources[first..end].iter().zip(&self.slots[first..end]) {
            let state = slot.state_at(spec, now_us);
            let age_us = slot.valid_us.map(|valid_us| now_us - valid_us);
            if state == ReadingState::Valid {
                return Reading { value: Some(slot.value), state, age_us, impacts };
            }
            if matches!(shown.state, ReadingState::NotMapped | ReadingState::NeverSeen) {
                shown = Reading { value: None, state, age_us, impacts };
            }
        }
        shown
    }
}

/// Adds kernels that a source counted, unless a better source of the same plate is counting them already.
fn credit(
    router: &Router,
    slots: &[Slot],
    impacts: &mut [f64; Channel::COUNT],
    (source, kernels): (usize, f64),
    now_us: i64,
) {
    let channel = router.sources[source].channel as usize;
    let mut better = router.of_channel[channel].0..source;
    if !better.any(|s| slots[s].is_counting(&router.sources[s], now_us)) {
        impacts[channel] += kernels;
    }
}

impl Slot {
    /// Keeps the value; the kernels counted since the last one, should it be a rate of kernels.
    fn take_value(&mut self, spec: &SourceSpec, state: State, value: f64, now_us: i64) -> f64 {
        let before_us = self.seen_us.replace(now_us);
        self.state = match state {
            State::NotAvailable | State::Reserved => ReadingState::NotAvailable,
            State::Error => ReadingState::Error,
            State::Valid if (spec.plausible.0..=spec.plausible.1).contains(&value) => ReadingState::Valid,
            State::Valid => ReadingState::Implausible,
        };
        if self.state != ReadingState::Valid {
            return 0.0;
        }
        self.value = value;
        self.valid_us = Some(now_us);
        let elapsed_us = before_us.map_or(0, |before_us| now_us - before_us);
        if elapsed_us > spec.timeout_us { 0.0 } else { value * elapsed_us as f64 / 1e6 }
    }

    /// Kernels since the last reading; the slot's value becomes their rate. After a gap the baseline is new: what was
    /// counted in it is not known to belong to now.
    fn take_counter(&mut self, spec: &SourceSpec, value: Value, modulus: u32, now_us: i64) -> f64 {
        if value.state != State::Valid || value.raw < 0 || value.raw >= i64::from(modulus) {
            self.counter = None;
            self.take_value(spec, if value.state == State::Valid { State::Reserved } else { value.state }, 0.0, now_us);
            return 0.0;
        }
        let count = value.raw as u32;
        let before = self.counter.replace((now_us, count));
        let Some((then_us, then)) = before.filter(|(then_us, _)| now_us - then_us <= spec.timeout_us) else {
            self.seen_us = Some(now_us);
            // One reading is no rate yet, and an old rate is none any more.
            self.state = ReadingState::NotAvailable;
            return 0.0;
        };
        let elapsed_us = now_us - then_us;
        if elapsed_us < COUNTED_OVER_US {
            // Two frames that came together say nothing of a rate; the next one judges both.
            self.counter = before;
            self.seen_us = Some(now_us);
            return 0.0;
        }
        let modulus = u64::from(modulus);
        let kernels = ((u64::from(count) + modulus - u64::from(then)) % modulus) as f64;
        self.take_value(spec, State::Valid, kernels * 1e6 / elapsed_us as f64, now_us);
        // A counter that went backward (a restart) looks like a huge rate: not plausible, not counted.
        if self.state == ReadingState::Valid { kernels } else { 0.0 }
    }

    /// It has a value, or a counter that the next frame will make one of.
    fn is_counting(&self, spec: &SourceSpec, now_us: i64) -> bool {
        let counter = self.counter.is_some_and(|(then_us, _)| now_us - then_us <= spec.timeout_us);
        counter || self.state_at(spec, now_us) == ReadingState::Valid
    }

    fn state_at(&self, spec: &SourceSpec, now_us: i64) -> ReadingState {
        match self.seen_us {
            None => ReadingState::NeverSeen,
            Some(seen_us) if now_us - seen_us > spec.timeout_us => ReadingState::Stale,
            Some(_) => match self.status {
                Some((said_us, bad)) if bad != ReadingState::Valid && now_us - said_us <= STATUS_HOLDS_US => bad,
                _ => self.state,
            },
        }
    }
}

/// A status signal in the words of its value table: "Error" and "NotCalibrated" make the value unusable; a status that
/// is itself not available says nothing.
fn status(value: Value, label: Option<&str>) -> ReadingState {
    match (value.state, label) {
        (State::Error, _) => ReadingState::Error,
        (State::Valid, Some("NotCalibrated")) => ReadingState::NotCalibrated,
        _ => ReadingState::Valid,
    }
}
