//! The first page of a file that lost it, made anew. It holds the file's header and the top of the list of tables; the list
//! itself is longer than a page and lies on others, where it is known by its look (SQLite's file format, chapters 1.3, 1.6
//! and 2.6).

/// A leaf of a tree of tables with rows, and the inner page above such leaves.
const LEAF: u8 = 13;
const INNER: u8 = 5;
/// The file's header is in front of the first page's own.
const HEADER: usize = 100;
/// The kinds of things that the list holds.
const KINDS: [&[u8]; 4] = [b"table", b"index", b"view", b"trigger"];

/// Makes the first page of these bytes anew: the header is that of `fresh`, a journal without a session, and the list of
/// tables the one that is found. False where none is.
pub(super) fn make_anew(bytes: &mut [u8], fresh: &[u8]) -> bool {
    let Some(size) = number(fresh, 16, 2).filter(|size| *size >= 512 && fresh.len() >= *size) else { return false };
    if bytes.len() <= size || !bytes.len().is_multiple_of(size) {
        return false;
    }
    let mut leaves: Vec<(Vec<u64>, usize)> = Vec::new();
    for (at, page) in bytes.chunks(size).enumerate().skip(1) {
        let Some(ids) = listed(page) else { continue };
        // A page that was given up may still look like one: the list has every number once.
        if leaves.iter().all(|(known, _)| known.iter().all(|id| !ids.contains(id))) {
            leaves.push((ids, at + 1));
        }
    }
    leaves.sort();
    let Some((_, last)) = leaves.pop() else { return false };
    let mut page = fresh[..HEADER].to_vec();
    page.resize(size, 0);
    // How many pages there are, and no free ones; the header says that this number is of its newest change.
    page[28..32].copy_from_slice(&((bytes.len() / size) as u32).to_be_bytes());
    page[32..40].fill(0);
    page.copy_within(24..28, 92);
    let mut cells = size;
    for (nth, (ids, leaf)) in leaves.iter().enumerate() {
        let key = varint_of(ids.last().copied().unwrap_or(0));
        cells -= 4 + key.len();
        page[cells..cells + 4].copy_from_slice(&(*leaf as u32).to_be_bytes());
        page[cells + 4..cells + 4 + key.len()].copy_from_slice(&key);
        page[HEADER + 12 + 2 * nth..][..2].copy_from_slice(&(cells as u16).to_be_bytes());
    }
    page[HEADER] = INNER;
    page[HEADER + 3..HEADER + 5].copy_from_slice(&(leaves.len() as u16).to_be_bytes());
    page[HEADER + 5..HEADER + 7].copy_from_slice(&(cells as u16).to_be_bytes());
    page[HEADER + 8..HEADER + 12].copy_from_slice(&(last as u32).to_be_bytes());
    bytes[..size].copy_from_slice(&page);
    true
}

/// The numbers of the rows on this page, when it is a part of the list of tables.
fn listed(page: &[u8]) -> Option<Vec<u64>> {
    let count = number(page, 3, 2).filter(|count| page[0] == LEAF && (1..page.len() / 4).contains(count))?;
    let row = |nth: usize| {
        let at = number(page, 8 + 2 * nth, 2)?;
        let (_, at) = varint(page, at)?;
        let (id, at) = varint(page, at)?;
        // The record: how long its head is, the type of each column, the columns. The first is a text, the kind.
        let (head, first) = varint(page, at)?;
        let (kind, _) = varint(page, first)?;
        let length = kind.checked_sub(13).filter(|twice| twice.is_multiple_of(2))? / 2;
        let from = at + head as usize;
        let text = page.get(from..from.checked_add(length as usize)?)?;
        KINDS.contains(&text).then_some(id)
    };
    (0..count).map(row).collect()
}

/// A number of `length` bytes, the highest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// A number of one to eight bytes with seven bits in each, and where it ends. None here is longer.
fn varint(bytes: &[u8], from: usize) -> Option<(u64, usize)> {
    let mut sum = 0;
    for at in from..from + 8 {
        let byte = *bytes.get(at)?;
        sum = sum << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((sum, at + 1));
        }
    }
    None
}

fn varint_of(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7F) as u8];
    while value > 0x7F {
        value >>= 7;
        bytes.insert(0, (value & 0x7F) as u8 | 0x80);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_seven_bits() {
        // 300 = 2 × 128 + 44.
        assert_eq!((varint_of(300), varint_of(5)), (vec![0x82, 44], vec![5]));
        assert_eq!((varint(&[0x82, 44], 0), varint(&[0x82], 0)), (Some((300, 2)), None));
    }

    #[test]
    fn what_is_no_list_is_left_alone() {
        let mut noise: Vec<u8> = (0..16_384_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        noise[4096] = LEAF;
        let before = noise.clone();
        let mut fresh = vec![0; 4096];
        fresh[16] = 16;
        assert!(!make_anew(&mut noise, &fresh) && noise == before);
        assert!(!make_anew(&mut [], &fresh) && !make_anew(&mut noise, &[]));
    }
}
