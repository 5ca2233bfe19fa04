//! Rebuilds the first page of a SQLite file. It holds the file's header and the root page of the schema table; the leaf
//! pages of that table lie elsewhere in the file and are found by their content (SQLite's file format, chapters 1.3, 1.6
//! and 2.6).

/// Type of a leaf page of a table.
const LEAF: u8 = 13;
/// Type of an interior page of a table.
const INTERIOR: u8 = 5;
/// Length of the file's header, bytes; the first page's own header follows it.
const HEADER_BYTES: usize = 100;
/// The values of column `type` in the schema table.
const KINDS: [&[u8]; 4] = [b"table", b"index", b"view", b"trigger"];

/// Rebuilds the first page of these bytes: the header is that of `template`, a journal without a session, and the schema
/// table is made of the leaf pages that are found. False when none is found; then nothing is changed.
pub(super) fn rebuild(bytes: &mut [u8], template: &[u8]) -> bool {
    let Some(size) = number(template, 16, 2).filter(|size| *size >= 512 && template.len() >= *size) else {
        return false;
    };
    if bytes.len() <= size || !bytes.len().is_multiple_of(size) {
        return false;
    }
    let mut leaves: Vec<(Vec<u64>, usize)> = Vec::new();
    for (at, page) in bytes.chunks(size).enumerate().skip(1) {
        let Some(ids) = schema_rows(page) else { continue };
        // A freed page may still hold old rows: each row number counts once.
        if leaves.iter().all(|(known, _)| known.iter().all(|id| !ids.contains(id))) {
            leaves.push((ids, at + 1));
        }
    }
    leaves.sort();
    let Some((_, last)) = leaves.pop() else { return false };
    let mut page = template[..HEADER_BYTES].to_vec();
    page.resize(size, 0);
    // Number of pages, no free pages, and "version-valid-for" equal to the change counter.
    page[28..32].copy_from_slice(&((bytes.len() / size) as u32).to_be_bytes());
    page[32..40].fill(0);
    page.copy_within(24..28, 92);
    let mut cells = size;
    for (nth, (ids, leaf)) in leaves.iter().enumerate() {
        let key = varint_of(ids.last().copied().unwrap_or(0));
        cells -= 4 + key.len();
        page[cells..cells + 4].copy_from_slice(&(*leaf as u32).to_be_bytes());
        page[cells + 4..cells + 4 + key.len()].copy_from_slice(&key);
        page[HEADER_BYTES + 12 + 2 * nth..][..2].copy_from_slice(&(cells as u16).to_be_bytes());
    }
    page[HEADER_BYTES] = INTERIOR;
    page[HEADER_BYTES + 3..HEADER_BYTES + 5].copy_from_slice(&(leaves.len() as u16).to_be_bytes());
    page[HEADER_BYTES + 5..HEADER_BYTES + 7].copy_from_slice(&(cells as u16).to_be_bytes());
    page[HEADER_BYTES + 8..HEADER_BYTES + 12].copy_from_slice(&(last as u32).to_be_bytes());
    bytes[..size].copy_from_slice(&page);
    true
}

/// The row numbers on this page; `None` when it is no leaf page of the schema table.
fn schema_rows(page: &[u8]) -> Option<Vec<u64>> {
    let count = number(page, 3, 2).filter(|count| page[0] == LEAF && (1..page.len() / 4).contains(count))?;
    let row = |nth: usize| {
        let at = number(page, 8 + 2 * nth, 2)?;
        let (_, at) = varint(page, at)?;
        let (id, at) = varint(page, at)?;
        // The record: length of its header, the type of each column, the columns. The first column is the text `type`.
        let (head, first) = varint(page, at)?;
        let (kind, _) = varint(page, first)?;
        let length = kind.checked_sub(13).filter(|twice| twice.is_multiple_of(2))? / 2;
        let from = at + head as usize;
        let text = page.get(from..from.checked_add(length as usize)?)?;
        KINDS.contains(&text).then_some(id)
    };
    (0..count).map(row).collect()
}

/// A big-endian number of `length` bytes; `None` beyond the end.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// A varint of one to eight bytes, and where it ends; `None` when it is longer or beyond the end.
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

/// A number as varint.
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
    fn varints_are_read_and_written() {
        // 300 = 2 × 128 + 44.
        assert_eq!((varint_of(300), varint_of(5)), (vec![0x82, 44], vec![5]));
        assert_eq!((varint(&[0x82, 44], 0), varint(&[0x82], 0)), (Some((300, 2)), None));
    }

    #[test]
    fn bytes_without_a_schema_table_stay_unchanged() {
        let mut noise: Vec<u8> = (0..16_384_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        noise[4096] = LEAF;
        let before = noise.clone();
        let mut template = vec![0; 4096];
        template[16] = 16;
        assert!(!rebuild(&mut noise, &template) && noise == before);
        assert!(!rebuild(&mut [], &template) && !rebuild(&mut noise, &[]));
    }
}
