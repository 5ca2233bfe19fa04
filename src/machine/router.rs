//! Which signals of which message feed which channel, laid flat so that a frame finds its routes without a search.

use std::ops::Range;

use grainloss_can::{Database, Signal};
use toml::Spanned;

use super::channel::Channel;
use super::profile::Profile;
use super::unit;
use crate::data_file::FileError;

/// Where a decoded signal goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// The value of a source, times this factor.
    Value(f64),
    /// The free-running counter of a source, with its modulus.
    Counter(u32),
    /// Whether the source's sensor is in order.
    Status,
}

/// One signal on its way to one source of a channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub signal: usize,
    pub source: usize,
    pub target: Target,
}

/// One source of a channel, in the order of trust.
#[derive(Clone, Debug)]
pub(super) struct SourceSpec {
    pub channel: Channel,
    pub timeout_us: i64,
    pub plausible: (f64, f64),
}

/// The compiled profile.
#[derive(Clone, Debug)]
pub struct Router {
    database: Database,
    routes: Vec<Route>,
    /// For each message of the database, its routes.
    of_message: Vec<Range<usize>>,
    /// Sources grouped by channel, best first.
    pub(super) sources: Vec<SourceSpec>,
    /// For each channel, its sources.
    pub(super) of_channel: [(usize, usize); Channel::COUNT],
}

/// A signal's message (as a position) and itself.
struct Found<'a> {
    message: usize,
    signal: usize,
    definition: &'a Signal,
    cycle_ms: Option<u32>,
}

impl Router {
    /// Looks every signal of the profile up; the error names the line and what to do.
    pub fn new(profile: &Profile) -> Result<Self, FileError> {
        let mut by_message: Vec<(usize, Route)> = Vec::new();
        let mut sources = Vec::new();
        let mut of_channel = [(0, 0); Channel::COUNT];
        let mut seen = [false; Channel::COUNT];
        for entry in &profile.channels {
            let name = entry.name.get_ref();
            let wrong = |problem| profile.error_at(entry.name.span(), problem);
            let channel = Channel::from_name(name)
                .ok_or_else(|| wrong(format!("channel '{name}' is unknown; the channels are: {}", Channel::names())))?;
            if std::mem::replace(&mut seen[channel as usize], true) {
                return Err(wrong(format!("channel '{name}' is there twice; put all its sources in one list")));
            }
            let plausible = match &entry.plausible {
                Some(range) if range.get_ref().0 < range.get_ref().1 => *range.get_ref(),
                Some(range) => {
                    let problem = format!("channel {name}: plausible needs [lowest, highest], lowest first");
                    return Err(profile.error_at(range.span(), problem));
                }
                None => channel.plausible(),
            };
            let first = sources.len();
            for source in &entry.sources {
                let found = find(profile, name, &source.signal)?;
                let factor = unit::factor(&found.definition.unit, channel).ok_or_else(|| {
                    let (unit, known) = (&found.definition.unit, unit::known(channel));
                    let problem = format!("channel {name}: the signal's unit is '{unit}'; expected one of {known}");
                    profile.error_at(source.signal.span(), problem)
                })?;
                let number = sources.len();
                let target = match source.counter_modulus {
                    Some(0) => {
                        let problem = format!("channel {name}: counter_modulus is 0; expected the counter's range");
                        return Err(profile.error_at(source.signal.span(), problem));
                    }
                    Some(modulus) => Target::Counter(modulus),
                    None if found.definition.unit == "count" => {
                        let problem = format!("channel {name}: the signal is a counter; add its counter_modulus");
                        return Err(profile.error_at(source.signal.span(), problem));
                    }
                    None => Target::Value(factor),
                };
                by_message.push((found.message, Route { signal: found.signal, source: number, target }));
                if let Some(status) = &source.status {
                    let found = find(profile, name, status)?;
                    let route = Route { signal: found.signal, source: number, target: Target::Status };
                    by_message.push((found.message, route));
                }
                // Three periods, but never less than 300 ms: a busy bus delays frames (our choice).
                let default_ms = found.cycle_ms.map_or(1000, |period| period.saturating_mul(3).max(300));
                sources.push(SourceSpec {
                    channel,
                    // 0: sent on change only, never stale.
                    timeout_us: match entry.timeout_ms.unwrap_or(default_ms) {
                        0 => i64::MAX,
                        ms => i64::from(ms) * 1000,
                    },
                    plausible,
                });
            }
            of_channel[channel as usize] = (first, sources.len());
        }
        by_message.sort_by_key(|(message, _)| *message);
        let messages = profile.database.messages().len();
        let start = |message| by_message.partition_point(|(m, _)| *m < message);
        let of_message = (0..messages).map(|message| start(message)..start(message + 1)).collect();
        let routes = by_message.into_iter().map(|(_, route)| route).collect();
        Ok(Self { database: profile.database.clone(), routes, of_message, sources, of_channel })
    }

    /// The message with this position and the routes of its signals.
    pub(super) fn routes(&self, message: usize) -> (&grainloss_can::Message, &[Route]) {
        (&self.database.messages()[message], &self.routes[self.of_message[message].clone()])
    }

    /// The position of the message that frames with this identifier carry; `None` when the database has none.
    pub fn message_of(&self, id: grainloss_can::CanId) -> Option<usize> {
        self.database.index_of(id)
    }
}

fn find<'a>(profile: &'a Profile, channel: &str, name: &Spanned<String>) -> Result<Found<'a>, FileError> {
    let wrong = |problem: String| profile.error_at(name.span(), format!("channel {channel}: {problem}"));
    let (message_name, signal_name) = name
        .get_ref()
        .split_once('.')
        .ok_or_else(|| wrong(format!("'{}' is not of the form MESSAGE.Signal", name.get_ref())))?;
    let database = &profile.database;
    let message = database.messages().iter().position(|message| message.name == message_name).ok_or_else(|| {
        wrong(format!("signal '{}': {} has no message '{message_name}'", name.get_ref(), database.file))
    })?;
    let definition = &database.messages()[message];
    let signal = definition.signals.iter().position(|signal| signal.name == signal_name).ok_or_else(|| {
        let names = definition.signals.iter().map(|signal| signal.name.as_str()).collect::<Vec<_>>().join(", ");
        wrong(format!("{} has no signal '{signal_name}' in message {message_name}; it has: {names}", database.file))
    })?;
    Ok(Found { message, signal, definition: &definition.signals[signal], cycle_ms: definition.cycle_ms })
}
