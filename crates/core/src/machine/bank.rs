//! The newest value of every source, and what the channels make of them.

use grainloss_can::{Assembler, CanId, Frame, Payload, Taken, Transfers};

use super::channel::Channel;
use super::profile::source::Combine;
use super::reading::{Reading, ReadingState, Readings};
use super::router::{ChannelSources, Router, Target};
use super::source::{Slot, SourceSpec};
use super::trouble::{ActiveTrouble, ControllerLamps, TroubleNews, TroubleWatch};

/// Takes frames in, gives readings out.
#[derive(Clone, Debug)]
pub struct ChannelBank {
    router: Router,
    assembler: Assembler,
    troubles: TroubleWatch,
    state: BankState,
}

/// Everything that frames change.
#[derive(Clone, Debug)]
struct BankState {
    slots: Vec<Slot>,
    /// Kernels counted, for each channel.
    impacts: [f64; Channel::COUNT],
    ranges: Ranges,
    /// For each interface that the profile names, its number in the source of the frames, once one has been seen.
    interfaces: Vec<Option<u8>>,
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

/// What one source of a channel says, for fitting a profile to a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceReading<'a> {
    /// What the source is, in the profile's words.
    pub origin: &'a str,
    /// Whether it has a value.
    pub state: ReadingState,
    /// Its value in the channel's unit, when it is valid.
    pub value: Option<f64>,
    /// The newest raw code that it sent.
    pub raw: Option<i64>,
    /// Microseconds since its last valid value; `None` when there never was one.
    pub age_us: Option<i64>,
    /// Older than this, µs, its value is stale; `i64::MAX` for what is sent on change only.
    pub timeout_us: i64,
    /// Where its counter begins again; `None` for what is no counter.
    pub counter_modulus: Option<u64>,
}

impl ChannelBank {
    /// A bank that has seen nothing.
    pub fn new(router: Router) -> Self {
        let state = BankState {
            slots: vec![Slot::NEVER; router.sources.len()],
            impacts: [0.0; Channel::COUNT],
            ranges: Ranges([None; Channel::COUNT]),
            interfaces: vec![None; router.interfaces().len()],
        };
        Self { assembler: Assembler::new(router.fast_packets()), troubles: TroubleWatch::default(), router, state }
    }

    /// Says which interfaces the frames' numbers stand for, by the names that the profile uses.
    pub fn name_interfaces(&mut self, names: &[String]) {
        for (name, number) in self.router.interfaces().iter().zip(&mut self.state.interfaces) {
            *number = names.iter().position(|other| other == name).and_then(|at| u8::try_from(at).ok());
        }
    }

    /// Which channels read the same bits, and which bits of a frame are read.
    pub const fn router(&self) -> &Router {
        &self.router
    }

    /// Takes one frame in. `now_us` is bus time; it never runs backward. False when neither the database nor the profile
    /// knows the frame.
    pub fn take(&mut self, frame: &Frame, now_us: i64) -> bool {
        let Self { router, assembler, troubles, state } = self;
        let (id, payload) = match assembler.take(frame, |id| router.knows(id) || TroubleWatch::is_dm1(id)) {
            Taken::Alone => (frame.id, frame.into()),
            Taken::Part => return true,
            Taken::Whole { id, payload } => (id, payload),
        };
        troubles.take(id, frame.interface, payload, now_us);
        state.message(router, id, frame.interface, payload, now_us)
    }

    /// Tells which trouble codes have come and gone since this was last asked for.
    pub fn trouble_news(&mut self, now_us: i64, tell: impl FnMut(TroubleNews)) {
        self.troubles.step(now_us, tell);
    }

    /// The trouble codes that the machine's controllers report now.
    pub fn troubles(&self) -> impl Iterator<Item = ActiveTrouble> + '_ {
        self.troubles.active()
    }

    /// The controllers that have a warning lamp on now.
    pub fn lamps(&self) -> impl Iterator<Item = ControllerLamps> + '_ {
        self.troubles.lamps()
    }

    /// Messages of trouble codes (DM1) that were no list of codes: too short, or with a part of one.
    pub const fn bad_trouble_messages(&self) -> u64 {
        self.troubles.bad()
    }

    /// What became of the messages of several frames.
    pub const fn transfers(&self) -> &Transfers {
        self.assembler.transfers()
    }

    /// Takes over the trouble codes that another bank has heard, so that they are not told again.
    pub fn take_over_troubles(&mut self, before: &mut Self) {
        std::mem::swap(&mut self.troubles, &mut before.troubles);
    }

    /// Messages of several frames that were begun and never completed.
    pub const fn broken_messages(&self) -> u64 {
        self.assembler.broken()
    }

    /// The range of each channel so far.
    pub const fn ranges(&self) -> &Ranges {
        &self.state.ranges
    }

    /// Every channel's reading at this moment.
    pub fn readings(&mut self, now_us: i64) -> Readings {
        let mut readings = Readings::unknown(now_us);
        for &channel in Channel::ALL {
            readings.set(channel, self.reading(channel, now_us));
        }
        readings
    }

    /// A channel's sources at this moment, the most trusted first.
    pub fn sources(&self, channel: Channel, now_us: i64) -> impl Iterator<Item = SourceReading<'_>> {
        self.sources_of(channel).map(move |(spec, slot)| {
            let Reading { state, value, age_us, .. } = slot.reading(spec, now_us);
            let (timeout_us, counter_modulus) = (spec.timeout_us, spec.counter_modulus);
            SourceReading { origin: &spec.origin, state, value, raw: slot.raw, age_us, timeout_us, counter_modulus }
        })
    }

    fn sources_of(&self, channel: Channel) -> impl Iterator<Item = (&SourceSpec, &Slot)> {
        self.state.sources_of(&self.router, channel)
    }

    fn reading(&self, channel: Channel, now_us: i64) -> Reading {
        Reading { impacts: self.state.impacts[channel as usize], ..self.state.reading(&self.router, channel, now_us) }
    }
}

impl BankState {
    fn message(&mut self, router: &Router, id: CanId, interface: u8, payload: Payload<'_>, now_us: i64) -> bool {
        let Some(routes) = router.routes(id) else { return false };
        for route in routes {
            let is_interface = |wanted: usize| self.interfaces[wanted] == Some(interface);
            let Some(value) = route.decode(id, is_interface, payload) else { continue };
            let (spec, slot) = (&router.sources[route.source], &mut self.slots[route.source]);
            let kernels = match route.target {
                Target::Status => {
                    slot.take_status(value, now_us);
                    continue;
                }
                Target::Value => slot.take_value(spec, value, now_us),
                Target::Counter(modulus, per_count) => slot.take_counter(spec, value, (modulus, per_count), now_us),
            };
            let channel = spec.channel;
            if slot.valid_us == Some(now_us) {
                let value = match router.of_channel[channel as usize].combine {
                    None => Some(slot.value),
                    Some(_) => self.reading(router, channel, now_us).value,
                };
                if let Some(value) = value {
                    self.ranges.include(channel, value);
                }
            }
            if kernels > 0.0 && channel.counts_kernels() {
                self.credit(router, route.source, kernels, now_us);
            }
        }
        true
    }

    /// Adds kernels that a source counted, unless its sensor is known to be bad, or a better source of the same plate is
    /// counting them already. Plates that are summed count each for itself.
    fn credit(&mut self, router: &Router, source: usize, kernels: f64, now_us: i64) {
        let channel = router.sources[source].channel as usize;
        let ChannelSources { sources, combine } = &router.of_channel[channel];
        let counts = |at: usize| self.slots[at].is_counting(&router.sources[at], now_us);
        if counts(source) && (combine.is_some() || !(sources.start..source).any(counts)) {
            self.impacts[channel] += kernels;
        }
    }

    fn sources_of<'a>(
        &'a self,
        router: &'a Router,
        channel: Channel,
    ) -> impl Iterator<Item = (&'a SourceSpec, &'a Slot)> {
        let sources = router.of_channel[channel as usize].sources.clone();
        router.sources[sources.clone()].iter().zip(&self.slots[sources])
    }

    /// What the channel says, but for its kernels.
    fn reading(&self, router: &Router, channel: Channel, now_us: i64) -> Reading {
        match router.of_channel[channel as usize].combine {
            None => self.first(router, channel, now_us),
            Some(combine) => self.combined(router, channel, combine, now_us),
        }
    }

    /// The best source with a value; without one, the state of the best source that was ever seen.
    fn first(&self, router: &Router, channel: Channel, now_us: i64) -> Reading {
        let mut shown = Reading::NOT_MAPPED;
        for (spec, slot) in self.sources_of(router, channel) {
            let reading = slot.reading(spec, now_us);
            if reading.state == ReadingState::Valid {
                return reading;
            }
            if matches!(shown.state, ReadingState::NotMapped | ReadingState::NeverSeen) {
                shown = reading;
            }
        }
        shown
    }

    /// One value of several; as old as the oldest of them.
    fn combined(&self, router: &Router, channel: Channel, combine: Combine, now_us: i64) -> Reading {
        let all = || self.sources_of(router, channel).map(|(spec, slot)| slot.reading(spec, now_us));
        if combine == Combine::Sum
            && let Some(missing) = all().find(|reading| reading.value.is_none())
        {
            // A missing part is not zero: the sum says what its first missing part says.
            return missing;
        }
        let values = || all().filter_map(|reading| reading.value);
        let value = match combine {
            _ if values().next().is_none() => return self.first(router, channel, now_us),
            Combine::Sum => values().sum(),
            Combine::Mean => values().sum::<f64>() / values().count() as f64,
            Combine::Min => values().fold(f64::INFINITY, f64::min),
            Combine::Max => values().fold(f64::NEG_INFINITY, f64::max),
        };
        let age_us = all().filter(|reading| reading.value.is_some()).filter_map(|reading| reading.age_us).max();
        Reading { value: Some(value), state: ReadingState::Valid, age_us, impacts: 0.0 }
    }
}
