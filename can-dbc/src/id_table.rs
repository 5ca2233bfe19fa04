//! A fixed hash table from an identifier to the number of a message: one multiplication and, nearly always, one probe.

/// Open addressing over a power of two of slots, at most half full.
#[derive(Clone, Debug)]
pub(crate) struct IdTable {
    slots: Box<[(u32, u32)]>,
    shift: u32,
}

const EMPTY: u32 = u32::MAX;

impl IdTable {
    /// Fills the table. Keys are distinct; the first of two equal keys wins.
    pub fn new(entries: &[(u32, u32)]) -> Self {
        let bits = (entries.len().max(1) * 2).next_power_of_two().trailing_zeros().max(1);
        let mut table = Self { slots: vec![(0, EMPTY); 1 << bits].into(), shift: 32 - bits };
        for &(key, number) in entries {
            let mut at = table.home(key);
            while table.slots[at].1 != EMPTY && table.slots[at].0 != key {
                at = (at + 1) & (table.slots.len() - 1);
            }
            if table.slots[at].1 == EMPTY {
                table.slots[at] = (key, number);
            }
        }
        table
    }

    /// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the top bits of key × 2^32/φ.
    #[inline]
    fn home(&self, key: u32) -> usize {
        (key.wrapping_mul(0x9E37_79B9) >> self.shift) as usize
    }

    /// The number stored for this key.
    #[inline]
    pub fn get(&self, key: u32) -> Option<usize> {
        let mut at = self.home(key);
        loop {
            match self.slots[at] {
                (_, EMPTY) => return None,
                (found, number) if found == key => return Some(number as usize),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let entries: Vec<(u32, u32)> = (0..500u32).map(|i| (i * 2048 + 7, i)).collect();
        let table = IdTable::new(&entries);
        for &(key, number) in &entries {
            assert_eq!(table.get(key), Some(number as usize));
            assert_eq!(table.get(key + 1), None);
        }
        assert_eq!(IdTable::new(&[]).get(0), None);
    }
}
