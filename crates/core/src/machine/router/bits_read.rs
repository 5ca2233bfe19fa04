//! Which bits of a frame the profile reads: where two channels read the same ones, and what else a frame holds.

use grainloss_can::{CanId, MAX_PAYLOAD, Matching, Signal};

use super::Router;
use super::condition::Condition;
use super::route::{Place, Route, Target};
use crate::machine::channel::Channel;

impl Router {
    /// Pairs of channels that read the same bits of the same frames, wholly or in part, each pair once. Sources of one
    /// channel are not compared: which of two is better is the profile's affair.
    pub fn shared_bits(&self) -> Vec<(Channel, Channel)> {
        let places = self.places();
        let mut found = Vec::new();
        for (at, (place, route)) in places.iter().enumerate() {
            for (other_place, other) in &places[at + 1..] {
                let pair = (self.sources[route.source].channel, self.sources[other.source].channel);
                let is_value = |route: &Route| !matches!(route.target, Target::Status);
                let same = pair.0 != pair.1
                    && is_value(route)
                    && is_value(other)
                    && self.same_frames(*place, *other_place)
                    && can_meet(&route.condition, &other.condition)
                    && overlap(&route.signal, &other.signal);
                if same && !found.contains(&pair) && !found.contains(&(pair.1, pair.0)) {
                    found.push(pair);
                }
            }
        }
        found
    }

    /// The bits of frames with this identifier that decide a value of any channel but those left out: its signals, its
    /// status, its pages and tested bytes. `None` when none of those channels
    /// reads such frames, or they are pieces of longer messages.
    pub fn bits_read(&self, id: CanId, left_out: &[Channel]) -> Option<[u8; MAX_PAYLOAD]> {
        let is_piece = id.j1939().is_some_and(|id| self.fast_packets().contains(&id.pgn));
        if is_piece {
            return None;
        }
        let mut mask = [0; MAX_PAYLOAD];
        let mut is_read = false;
        for route in self.routes(id)? {
            let from = &route.condition.from;
            let is_sender = from.is_empty() || id.j1939().is_some_and(|id| from.contains(&id.source.0));
            if left_out.contains(&self.sources[route.source].channel) || !is_sender {
                continue;
            }
            is_read = true;
            add(&mut mask, &route.signal);
            for (switch, _) in &route.condition.pages {
                add(&mut mask, switch);
            }
            for byte in &route.condition.bytes {
                if let Some(bits) = mask.get_mut(byte.at) {
                    *bits |= byte.mask;
                }
            }
        }
        is_read.then_some(mask)
    }

    /// The interfaces that sources are bound to, by the profile's names.
    pub fn interface_names(&self) -> &[String] {
        &self.interfaces
    }

    /// Every route with its place.
    fn places(&self) -> Vec<(Place, &Route)> {
        let messages = self.of_message.iter().enumerate().map(|(at, run)| (Place::Message(at), run));
        let groups = self
            .of_group
            .iter()
            .filter_map(|(group, run)| grainloss_can::Pgn::new(*group).map(|pgn| (Place::Group(pgn), run)));
        let ids = self.of_id.iter().map(|(id, run)| (Place::Id(*id), run));
        let runs = messages.chain(groups).chain(ids);
        runs.flat_map(|(place, run)| self.routes[run.clone()].iter().map(move |route| (place, route))).collect()
    }

    /// True where a frame may be of both places.
    fn same_frames(&self, a: Place, b: Place) -> bool {
        let (a, b) = (self.matching(a), self.matching(b));
        let group = |matching| match matching {
            Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) => Some(pgn),
            Matching::Exact(id) => id.j1939().map(|id| id.pgn),
        };
        match (a, b) {
            (Matching::Exact(a), Matching::Exact(b)) => a == b,
            (Matching::PgnFrom(a, from), Matching::PgnFrom(b, other)) => a == b && from == other,
            _ => group(a) == group(b),
        }
    }

    fn matching(&self, place: Place) -> Matching {
        match place {
            Place::Message(at) => self.database.messages()[at].matching,
            Place::Group(pgn) => Matching::Pgn(pgn),
            Place::Id(id) => Matching::Exact(id),
        }
    }
}

/// Sets the bits that a signal is made of.
fn add(mask: &mut [u8; MAX_PAYLOAD], signal: &Signal) {
    // A signal whose bits are turned round writes ones for zeros.
    for raw in [0, -1] {
        let mut bits = [0; MAX_PAYLOAD];
        signal.encode(&mut bits, raw);
        mask.iter_mut().zip(bits).for_each(|(to, from)| *to |= from);
    }
}

fn overlap(a: &Signal, b: &Signal) -> bool {
    let (mut of_a, mut of_b) = ([0; MAX_PAYLOAD], [0; MAX_PAYLOAD]);
    add(&mut of_a, a);
    add(&mut of_b, b);
    of_a.iter().zip(of_b).any(|(a, b)| a & b != 0)
}

/// True where one frame may fulfil both.
fn can_meet(a: &Condition, b: &Condition) -> bool {
    let senders = a.from.is_empty() || b.from.is_empty() || a.from.iter().any(|from| b.from.contains(from));
    let to = a.to.is_none() || b.to.is_none() || a.to == b.to;
    let interfaces = a.interface.is_none() || b.interface.is_none() || a.interface == b.interface;
    let bytes = a.bytes.iter().all(|one| {
        b.bytes.iter().all(|other| {
            let both = one.mask & other.mask;
            one.at != other.at || one.value & both == other.value & both
        })
    });
    let pages = a.pages.iter().all(|(_, one)| {
        b.pages.iter().all(|(_, other)| {
            one.switch != other.switch
                || one.ranges.iter().any(|r| other.ranges.iter().any(|o| r.0 <= o.1 && o.0 <= r.1))
        })
    });
    senders && to && interfaces && bytes && pages
}
