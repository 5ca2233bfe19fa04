//! Who is connected: when all places are taken, the user or the process that holds most of them gives one up.

use std::collections::HashMap;
use std::hash::Hash;

/// A user and a process, as the kernel reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    /// The user's number; `None` where the kernel does not say.
    pub user: Option<u32>,
    /// The process's number; `None` where the kernel does not say.
    pub process: Option<i32>,
}

/// The connections, oldest first.
#[derive(Debug)]
pub(super) struct Places<T> {
    most: usize,
    next: u64,
    taken: Vec<(u64, Peer, T)>,
}

impl<T> Places<T> {
    pub const fn new(most: usize) -> Self {
        Self { most, next: 0, taken: Vec::new() }
    }

    /// Takes a place: its number, and the connection that gives up its own, if one has to. `None` when there is no room:
    /// then no other holds more places than the one who asks.
    pub fn take(&mut self, peer: Peer, connection: T) -> Option<(u64, Option<T>)> {
        let left = if self.taken.len() < self.most { None } else { Some(self.taken.remove(self.to_leave(peer)?).2) };
        let number = self.next;
        self.next += 1;
        self.taken.push((number, peer, connection));
        Some((number, left))
    }

    /// Gives up a place.
    pub fn leave(&mut self, number: u64) {
        self.taken.retain(|(taken, ..)| *taken != number);
    }

    /// The oldest connection of the user who holds most places, if the one who asks is another and holds fewer; otherwise
    /// of the process that does.
    fn to_leave(&self, asks: Peer) -> Option<usize> {
        self.oldest_of_most(asks, |peer| peer.user).or_else(|| self.oldest_of_most(asks, |peer| peer.process))
    }

    fn oldest_of_most<K: Eq + Hash>(&self, asks: Peer, of: impl Fn(Peer) -> K) -> Option<usize> {
        let mut held = HashMap::new();
        for (_, peer, _) in &self.taken {
            *held.entry(of(*peer)).or_insert(0_usize) += 1;
        }
        let own = held.get(&of(asks)).copied().unwrap_or(0);
        let most = held.values().copied().max().filter(|most| *most > own + 1)?;
        self.taken.iter().position(|(_, peer, _)| held.get(&of(*peer)) == Some(&most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn peer(user: u32, process: i32) -> Peer {
        Peer { user: Some(user), process: Some(process) }
    }

    #[test]
    fn a_process_that_takes_all_places_does_not_keep_others_out() {
        let mut places = Places::new(4);
        for nth in 0..4 {
            assert_eq!(places.take(peer(1, 10), nth), Some((nth, None)));
        }
        assert_eq!(places.take(peer(1, 10), 4), None, "it takes none of its own");
        assert_eq!(places.take(peer(1, 11), 5), Some((4, Some(0))), "another process of the same user");
        assert_eq!(places.take(peer(2, 12), 6), Some((5, Some(1))), "another user");
        assert_eq!(places.take(peer(1, 13), 7), Some((6, Some(2))));
        assert_eq!(places.take(peer(1, 14), 8), None, "one place each");
        places.leave(4);
        assert_eq!(places.take(peer(1, 14), 8), Some((7, None)));
    }

    #[test]
    fn a_user_with_many_processes_does_not_keep_others_out() {
        let mut places = Places::new(4);
        for nth in 0..4 {
            assert!(places.take(peer(1, nth), nth).is_some());
        }
        assert_eq!(places.take(peer(1, 9), 9), None);
        assert_eq!(places.take(peer(2, 20), 20), Some((4, Some(0))));
        assert_eq!(places.take(peer(2, 21), 21), Some((5, Some(1))));
        assert_eq!(places.take(peer(2, 22), 22), None, "two each");
    }
}
