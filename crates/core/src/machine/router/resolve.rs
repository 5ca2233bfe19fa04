//! One source of a profile, looked up, checked and compiled.

mod adjust;
mod place;

use grainloss_can::{J1939Id, Matching, Pgn, Signal};

use super::condition::Condition;
use super::route::{Place, Target};
use crate::data_file::FileError;
use crate::machine::channel::Channel;
use crate::machine::profile::definition::Profile;
use crate::machine::profile::source::{BitsEntry, ChannelEntry, Combine, High, Source};
use crate::machine::source::{Rhythm, SourceSpec};
use place::find;

/// Groups that are sent on request only, so that they come seldom: engine hours, fuel totals, time and date (J1939DA
/// extract).
const ON_REQUEST: [u32; 3] = [65_253, 65_257, 65_254];

/// A source, ready to be routed.
pub(super) struct Resolved {
    pub place: Place,
    pub signal: Signal,
    pub target: Target,
    pub condition: Condition,
    pub status: Option<(Place, Signal, Condition)>,
    pub spec: SourceSpec,
}

/// The channel that an entry names.
pub(super) fn channel(profile: &Profile, entry: &ChannelEntry) -> Result<Channel, FileError> {
    let name = entry.name.get_ref();
    let wrong = |problem| profile.error_at(entry.name.span(), problem);
    let channel = Channel::from_name(name)
        .ok_or_else(|| wrong(format!("channel '{name}' is unknown; the channels are: {}", Channel::names())))?;
    if entry.sources.is_empty() {
        return Err(wrong(format!("channel '{name}' has no sources; name one, or leave the channel out")));
    }
    if let Some(range) = &entry.plausible
        && range.get_ref().0.partial_cmp(&range.get_ref().1) != Some(std::cmp::Ordering::Less)
    {
        let problem = format!("channel {name}: plausible needs [lowest, highest], lowest first");
        return Err(profile.error_at(range.span(), problem));
    }
    if let Some(change) = &entry.change_per_s
        && !(change.get_ref() > &0.0 && change.get_ref().is_finite())
    {
        let problem = format!("channel {name}: change_per_s is {}; expected more than 0", change.get_ref());
        return Err(profile.error_at(change.span(), problem));
    }
    if let Some(combine) = &entry.combine
        && *combine.get_ref() != Combine::Sum
        && channel.counts_kernels()
    {
        let problem = format!("channel {name}: kernels of several plates are summed; write combine = \"sum\"");
        return Err(profile.error_at(combine.span(), problem));
    }
    Ok(channel)
}

/// How the entry's sources make one value.
pub(super) fn combine(entry: &ChannelEntry) -> Option<Combine> {
    entry.combine.as_ref().map(|combine| *combine.get_ref())
}

/// One source; the error says what is wrong and what to do.
pub(super) fn source(
    profile: &Profile,
    entry: &ChannelEntry,
    channel: Channel,
    source: &Source,
) -> Result<Resolved, String> {
    let Located { place, signal, mut condition, cycle_ms, origin } = located(profile, source)?;
    addresses_can_match(profile, place, source)?;
    condition.from.clone_from(&source.from);
    condition.to = source.to;
    condition.bytes.extend(source.when.iter().copied().map(place::byte_test).collect::<Result<Vec<_>, _>>()?);
    let signal = adjust::adjusted(signal, source)?;
    let target = adjust::target(channel, source, &signal)?;
    let status = match &source.status {
        Some(name) => {
            let found = find(profile, name)?;
            let own = Place::Message(found.number);
            // Which pages of the value's own message are meant holds for its status as well.
            let bytes = if own == place { condition.bytes.clone() } else { Vec::new() };
            let pages = place::pages(found.message, found.signal);
            let (from, to) = (source.from.clone(), source.to);
            Some((own, found.signal.clone(), Condition { from, to, bytes, pages, interface: None }))
        }
        None => None,
    };
    let on_request = group(profile, place).is_some_and(|pgn| ON_REQUEST.contains(&pgn.number()));
    let spec = SourceSpec::new(channel, entry, source, &signal, Rhythm { cycle_ms, on_request }, origin)?;
    Ok(Resolved { place, signal, target, condition, status, spec })
}

/// Where a source's bits are.
struct Located {
    place: Place,
    signal: Signal,
    condition: Condition,
    cycle_ms: Option<u32>,
    origin: String,
}

fn located(profile: &Profile, source: &Source) -> Result<Located, String> {
    let condition = Condition::default();
    match source {
        Source { signal: Some(name), frame: None, bits: None, process_data: None, .. } => {
            let found = find(profile, name)?;
            let signal = match &source.high {
                Some(high) => place::with_high(profile, name, &found, high)?,
                None => found.signal.clone(),
            };
            let condition = Condition { pages: place::pages(found.message, found.signal), ..condition };
            let place = Place::Message(found.number);
            Ok(Located { place, signal, condition, cycle_ms: found.message.cycle_ms, origin: name.clone() })
        }
        Source { signal: None, frame: Some(frame), bits: Some(bits), process_data: None, .. } => {
            let (place, rule, name) = place::of_frame(frame)?;
            let low = place::of_bits(*bits)?;
            let signal = match &source.high {
                Some(High::Bits(high)) => place::joined(&low, &place::of_bits(*high)?)?,
                Some(High::Signal(name)) => {
                    return Err(format!("high is '{name}'; a source with frame and bits needs bits there as well"));
                }
                None => low.with_rule(rule),
            };
            let origin = format!("{name} bits {}+{}", bits.start, bits.length);
            Ok(Located { place, signal, condition, cycle_ms: None, origin })
        }
        Source { signal: None, frame: None, bits: None, process_data: Some(data), .. } => {
            if source.scale.is_none() || source.unit.is_none() {
                return Err("process_data needs scale and unit, as the data dictionary has them for the DDI".to_owned());
            }
            if source.high.is_some() {
                return Err("process_data is never split; leave high out".to_owned());
            }
            let condition = Condition { bytes: place::process_data_tests(*data)?.to_vec(), ..condition };
            let signal = place::of_bits(BitsEntry { start: 32, length: 32, big_endian: false, signed: true })?;
            let origin = format!("DDI {} of element {}", data.ddi, data.element);
            Ok(Located { place: place::process_data()?, signal, condition, cycle_ms: None, origin })
        }
        _ => Err("a source is either signal, or frame with bits, or process_data".to_owned()),
    }
}

/// The parameter group of the frames, where they have one.
fn group(profile: &Profile, place: Place) -> Option<Pgn> {
    match place {
        Place::Message(at) => match profile.database.messages()[at].matching {
            Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) => Some(pgn),
            Matching::Exact(_) => None,
        },
        Place::Group(pgn) => Some(pgn),
        Place::Id(id) => Some(id.j1939()?.pgn),
    }
}

/// Refuses addresses that the frames cannot have: such a source would stay silent for ever.
fn addresses_can_match(profile: &Profile, place: Place, source: &Source) -> Result<(), String> {
    if source.from.is_empty() && source.to.is_none() {
        return Ok(());
    }
    let exact = match place {
        Place::Id(id) => Some(id),
        Place::Message(at) => match profile.database.messages()[at].matching {
            Matching::Exact(id) => Some(id),
            Matching::Pgn(_) | Matching::PgnFrom(..) => None,
        },
        Place::Group(_) => None,
    };
    if let Some(id) = exact {
        let Some(J1939Id { source: sender, destination, .. }) = id.j1939() else {
            return Err(format!("the 11-bit identifier {id} holds no addresses; leave from and to out"));
        };
        let says_same = (source.from.is_empty() || source.from.contains(&sender.0))
            && (source.to.is_none() || source.to == destination);
        return says_same.then_some(()).ok_or_else(|| {
            format!("the identifier {id} says who sends it and to whom, and not so; leave from and to out")
        });
    }
    if let Place::Message(at) = place
        && let message = &profile.database.messages()[at]
        && let Matching::PgnFrom(_, sender) = message.matching
        && !source.from.is_empty()
        && !source.from.contains(&sender.0)
    {
        let (file, name) = (&profile.database.file, &message.name);
        return Err(format!("from names other senders than {file}, where {name} is sent by {}", sender.0));
    }
    match (group(profile, place), source.to) {
        (Some(pgn), Some(to)) if pgn.is_broadcast() => {
            Err(format!("group {} goes to everyone, never to {to} alone; leave to out", pgn.number()))
        }
        _ => Ok(()),
    }
}
