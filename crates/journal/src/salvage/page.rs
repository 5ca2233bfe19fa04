//! The cells of a page of SQLite that holds rows (SQLite's file format, chapter 1.6).

use rusqlite::types::Value;

use super::record::{columns, varint};

/// Length of the file's header, bytes; the first page's own header follows it.
const HEADER_BYTES: usize = 100;
/// Interior page of an index, or of a table WITHOUT ROWID: each cell holds a row and a page.
const INDEX_INTERIOR: u8 = 2;
/// Interior page of a table: pages only.
const TABLE_INTERIOR: u8 = 5;
/// Leaf page of an index, or of a table WITHOUT ROWID.
const INDEX_LEAF: u8 = 10;
/// Leaf page of a table.
pub(super) const TABLE_LEAF: u8 = 13;

/// A row as it stands in a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its number; `None` in an index or a table WITHOUT ROWID.
    pub rowid: Option<i64>,
    /// Its columns; `None` for one of which bytes are missing.
    pub columns: Vec<Option<Value>>,
}

/// What a page holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Content {
    /// The rows that can be read.
    pub rows: Vec<Row>,
    /// The pages below it.
    pub children: Vec<u32>,
    /// True when its first byte says that it holds rows.
    pub is_leaf: bool,
    /// Number of cells of such a page that can not be read.
    pub unreadable: u64,
}

/// Reads a page; what follows the end of a page that is cut is missing. `size` is that of a whole page, `chain` gives a page
/// by its number.
pub(super) fn content(number: u32, page: &[u8], size: usize, chain: &dyn Fn(u32) -> Option<Vec<u8>>) -> Content {
    let head = if number == 1 { HEADER_BYTES } else { 0 };
    let Some(&kind) = page.get(head) else { return Content::default() };
    match kind {
        INDEX_INTERIOR | TABLE_INTERIOR | INDEX_LEAF | TABLE_LEAF => of_kind(kind, head, page, size, chain),
        // A damaged first byte: a record tells by itself whether it is one.
        _ => [INDEX_LEAF, TABLE_LEAF]
            .map(|kind| Content { is_leaf: false, unreadable: 0, ..of_kind(kind, head, page, size, chain) })
            .into_iter()
            .max_by_key(|content| content.rows.len())
            .unwrap_or_default(),
    }
}

fn of_kind(kind: u8, head: usize, page: &[u8], size: usize, chain: &dyn Fn(u32) -> Option<Vec<u8>>) -> Content {
    let mut content = Content { is_leaf: kind == INDEX_LEAF || kind == TABLE_LEAF, ..Content::default() };
    let is_interior = !content.is_leaf;
    let pointers = head + if is_interior { 12 } else { 8 };
    // A cell has four bytes at least.
    let count = number(page, head + 3, 2).unwrap_or(0).min(size / 4);
    content.children.extend(is_interior.then(|| page_number(page, head + 8)).flatten());
    for nth in 0..count {
        let Some(mut at) = number(page, pointers + 2 * nth, 2) else {
            content.unreadable += u64::from(kind != TABLE_INTERIOR);
            continue;
        };
        if is_interior {
            content.children.extend(page_number(page, at));
            at += 4;
        }
        if kind != TABLE_INTERIOR {
            match row(page, at, kind == TABLE_LEAF, size, chain) {
                Some(row) => content.rows.push(row),
                None => content.unreadable += 1,
            }
        }
    }
    content
}

/// The row of the cell at this place.
fn row(page: &[u8], at: usize, has_rowid: bool, size: usize, chain: &dyn Fn(u32) -> Option<Vec<u8>>) -> Option<Row> {
    let (length, mut at) = varint(page, at)?;
    let mut rowid = None;
    if has_rowid {
        let (number, next) = varint(page, at)?;
        (rowid, at) = (Some(number as i64), next);
    }
    let whole = usize::try_from(length).ok().filter(|length| (2..=MAX_ROW_BYTES).contains(length))?;
    let local = local(whole, size, has_rowid);
    let mut bytes = page.get(at..page.len().min(at + local))?.to_vec();
    let mut next = if whole > local { page_number(page, at + local) } else { None };
    let room = size - 4;
    while let Some(page) = next.filter(|_| bytes.len() < whole && (bytes.len() - local).is_multiple_of(room)) {
        let Some(page) = chain(page) else { break };
        bytes.extend(page.get(4..page.len().min(4 + room.min(whole - bytes.len()))).unwrap_or_default());
        next = page_number(&page, 0);
    }
    Some(Row { rowid, columns: columns(&bytes, length)? })
}

/// Longest row, bytes: a DBC file is the largest thing in a journal (assumed).
const MAX_ROW_BYTES: usize = 256 << 20;

/// How many bytes of a row stand in its page; the others are on pages of their own.
fn local(whole: usize, size: usize, has_rowid: bool) -> usize {
    let least = (size - 12) * 32 / 255 - 23;
    let most = if has_rowid { size - 35 } else { (size - 12) * 64 / 255 - 23 };
    if whole <= most {
        return whole;
    }
    let kept = least + (whole - least) % (size - 4);
    if kept <= most { kept } else { least }
}

/// A big-endian number of `length` bytes; `None` beyond the end.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// A page's number; `None` for 0, which is no page.
fn page_number(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at, 4).map(|page| page as u32).filter(|page| *page > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without end, the same each time (Numerical Recipes' generator).
    fn random(seed: &mut u32) -> u32 {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *seed >> 8
    }

    #[test]
    fn no_page_of_random_bytes_panics_or_runs_for_ever() {
        let mut seed = 1;
        for nth in 0..3000 {
            let length = if nth % 3 == 0 { random(&mut seed) as usize % 1025 } else { 1024 };
            let mut page: Vec<u8> = (0..length).map(|_| random(&mut seed) as u8).collect();
            let first = usize::from(nth % 2 == 0) * 100;
            if let Some(kind) = page.get_mut(first) {
                *kind = [2, 5, 10, 13][nth % 4];
            }
            let own = page.clone();
            // Every page leads to this one: a ring.
            let chain = |_| Some(own.clone());
            content(if first == 100 { 1 } else { 2 }, &page, 1024, &chain);
        }
    }
}
