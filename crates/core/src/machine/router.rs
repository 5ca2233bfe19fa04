//! Which bits of which frame feed which channel, laid flat so that a frame finds its routes without a search.

mod bits_read;
mod condition;
mod resolve;
mod route;

use std::ops::Range;

use grainloss_can::{CanId, Database, Matching, Pgn};

use super::channel::Channel;
use super::profile::definition::Profile;
use super::source::SourceSpec;
use crate::data_file::FileError;
use condition::Condition;
use resolve::Resolved;
use route::Place;
pub(super) use route::{ChannelSources, Route, Target};

/// The compiled profile.
#[derive(Clone, Debug)]
pub struct Router {
    database: Database,
    routes: Vec<Route>,
    /// For each message of the database, its routes.
    of_message: Vec<Range<usize>>,
    /// For each group that the profile describes itself, in order, its routes.
    of_group: Vec<(u32, Range<usize>)>,
    /// For each identifier that the profile describes itself, in order, its routes.
    of_id: Vec<(CanId, Range<usize>)>,
    /// Sources grouped by channel, best first.
    pub(super) sources: Vec<SourceSpec>,
    pub(super) of_channel: [ChannelSources; Channel::COUNT],
    /// Interfaces that sources are bound to.
    interfaces: Vec<String>,
    /// Groups that the profile describes and that come by fast packet.
    fast_packets: Vec<Pgn>,
}

impl Router {
    /// Looks every signal of the profile up.
    ///
    /// # Errors
    ///
    /// When a channel or a source of the profile does not fit its database; the error names the line and what to do.
    pub fn new(profile: &Profile) -> Result<Self, FileError> {
        let mut placed: Vec<(Place, Route)> = Vec::new();
        let mut sources = Vec::new();
        let mut of_channel: [ChannelSources; Channel::COUNT] = std::array::from_fn(|_| ChannelSources::default());
        let (mut interfaces, mut fast_packets) = (Vec::new(), Vec::new());
        for entry in &profile.channels {
            let channel = resolve::channel(profile, entry)?;
            if !of_channel[channel as usize].sources.is_empty() {
                let problem = format!("channel '{}' is there twice; put all its sources in one list", channel.name());
                return Err(profile.error_at(entry.name.span(), problem));
            }
            let first = sources.len();
            for source in &entry.sources {
                let wrong =
                    |problem: String| profile.error_at(source.span(), format!("channel {}: {problem}", channel.name()));
                let found = resolve::source(profile, entry, channel, source.get_ref()).map_err(wrong)?;
                let number = sources.len();
                let Resolved { place, signal, target, mut condition, status, spec } = found;
                if let (Place::Group(pgn), Some(true)) = (place, source.get_ref().frame.as_ref().map(|f| f.fast_packet))
                {
                    fast_packets.push(pgn);
                }
                if let Some(name) = &source.get_ref().interface {
                    condition.interface = Some(position_or_push(&mut interfaces, name));
                }
                if let Some((place, signal, own)) = status {
                    let condition = Condition { interface: condition.interface, ..own };
                    placed.push((place, Route { condition, signal, source: number, target: Target::Status }));
                }
                placed.push((place, Route { condition, signal, source: number, target }));
                sources.push(spec);
            }
            of_channel[channel as usize] =
                ChannelSources { sources: first..sources.len(), combine: resolve::combine(entry) };
        }
        placed.sort_by_key(|(place, _)| *place);
        let run = |place: Place| {
            placed.partition_point(|(other, _)| *other < place)..placed.partition_point(|(other, _)| *other <= place)
        };
        let of_message = (0..profile.database.messages().len()).map(|number| run(Place::Message(number))).collect();
        let mut of_group: Vec<(u32, Range<usize>)> = Vec::new();
        let mut of_id: Vec<(CanId, Range<usize>)> = Vec::new();
        for (place, _) in &placed {
            match *place {
                Place::Message(_) => {}
                Place::Group(pgn) => of_group.push((pgn.number(), run(*place))),
                Place::Id(id) => of_id.push((id, run(*place))),
            }
        }
        of_group.dedup();
        of_id.dedup();
        let routes = placed.into_iter().map(|(_, route)| route).collect();
        let database = profile.database.clone();
        Ok(Self { database, routes, of_message, of_group, of_id, sources, of_channel, interfaces, fast_packets })
    }

    /// The groups that come by fast packet, as the database and the profile say.
    pub(super) fn fast_packets(&self) -> Vec<Pgn> {
        self.database.fast_packets().chain(self.fast_packets.iter().copied()).collect()
    }

    /// The interfaces that sources are bound to; a [`Condition`] names them by their place here.
    pub(super) fn interfaces(&self) -> &[String] {
        &self.interfaces
    }

    /// Which frames the database or the profile knows.
    pub fn matchings(&self) -> impl Iterator<Item = Matching> {
        let groups = self.of_group.iter().filter_map(|(number, _)| Pgn::new(*number).map(Matching::Pgn));
        let ids = self.of_id.iter().map(|(id, _)| Matching::Exact(*id));
        self.database.messages().iter().map(|message| message.matching).chain(groups).chain(ids)
    }

    /// True when the database or the profile knows the frames with this identifier.
    pub fn knows(&self, id: CanId) -> bool {
        self.routes(id).is_some()
    }

    /// The routes of what the frames with this identifier carry; `None` when neither database nor profile knows them.
    #[inline]
    pub(super) fn routes(&self, id: CanId) -> Option<impl Iterator<Item = &Route>> {
        let message = self.database.index_of(id);
        let (by_id, by_group) = (self.described_by_id(id), self.described_by_group(id));
        if message.is_none() && by_id.is_none() && by_group.is_none() {
            return None;
        }
        let of_message = message.map(|number| &self.of_message[number]);
        let runs = [of_message, by_id, by_group].into_iter().flatten();
        Some(runs.flat_map(|run| &self.routes[run.clone()]))
    }

    #[inline]
    fn described_by_id(&self, id: CanId) -> Option<&Range<usize>> {
        self.of_id.binary_search_by_key(&id, |(key, _)| *key).ok().map(|at| &self.of_id[at].1)
    }

    #[inline]
    fn described_by_group(&self, id: CanId) -> Option<&Range<usize>> {
        if self.of_group.is_empty() {
            return None;
        }
        let group = id.j1939()?.pgn.number();
        self.of_group.binary_search_by_key(&group, |(key, _)| *key).ok().map(|at| &self.of_group[at].1)
    }
}

fn position_or_push(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|other| other == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
