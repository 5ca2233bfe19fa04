//! The pages of a column before they are unpacked: what their headers claim. A few bytes may claim gigabytes, and the Parquet
//! reader takes them at their word.
//!
//! A header is a struct in Thrift's compact protocol (`PageHeader` of the Parquet format). Only what [`crate::write()`] writes is
//! accepted: data pages of version 1 and dictionary pages, in the encodings of its columns.

/// Of `PageType`.
const DATA_PAGE: i64 = 0;
const DICTIONARY_PAGE: i64 = 2;
/// Of `Encoding`: PLAIN, PLAIN_DICTIONARY, DELTA_BINARY_PACKED, RLE_DICTIONARY. The others hold lengths, which claim more again.
const ENCODINGS: [i64; 4] = [0, 2, 5, 8];
/// RLE, of the levels that tell known values from unknown ones.
const RLE: i64 = 3;
/// The fewest bytes of a value in a dictionary: the length of a word.
const LEAST_OF_A_WORD: i64 = 4;
/// How deep structs lie in each other.
const DEPTH: u8 = 4;

/// How many bytes the pages of a column have when they are unpacked, by their headers. `None` when a page is not one that a
/// packet has, or claims more than `most_values` values.
pub(crate) fn unpacked_bytes(chunk: &[u8], most_values: usize) -> Option<u64> {
    let most_values = i64::try_from(most_values).ok()?;
    let mut rest = Fields { rest: chunk };
    let mut sum = 0_u64;
    while !rest.rest.is_empty() {
        let page = Page::read(&mut rest)?;
        let is_plausible = match page.kind? {
            DATA_PAGE => {
                let values = page.data?;
                (0..=most_values).contains(&values.count?)
                    && ENCODINGS.contains(&values.encoding?)
                    && values.levels == Some(RLE)
            }
            DICTIONARY_PAGE => {
                let values = page.dictionary?;
                (0..=page.unpacked? / LEAST_OF_A_WORD).contains(&values.count?) && ENCODINGS.contains(&values.encoding?)
            }
            _ => false,
        };
        sum = sum.checked_add(u64::try_from(page.unpacked?).ok().filter(|_| is_plausible)?)?;
        rest.skip_bytes(usize::try_from(page.packed?).ok()?)?;
    }
    Some(sum)
}

/// What a page's header says. `None` is not said.
#[derive(Default)]
struct Page {
    kind: Option<i64>,
    unpacked: Option<i64>,
    packed: Option<i64>,
    data: Option<Values>,
    dictionary: Option<Values>,
}

/// The values of a page.
#[derive(Clone, Copy, Default)]
struct Values {
    count: Option<i64>,
    encoding: Option<i64>,
    /// Encoding of the definition levels, of a data page.
    levels: Option<i64>,
}

impl Page {
    fn read(bytes: &mut Fields<'_>) -> Option<Self> {
        let mut page = Self::default();
        let mut id = 0;
        while let Some(kind) = bytes.next_field(&mut id)? {
            match (id, kind) {
                (1, INT) => page.kind = Some(bytes.int()?),
                (2, INT) => page.unpacked = Some(bytes.int()?),
                (3, INT) => page.packed = Some(bytes.int()?),
                (5, STRUCT) => page.data = Some(Values::read(bytes)?),
                (7, STRUCT) => page.dictionary = Some(Values::read(bytes)?),
                // The checksum.
                (4, INT) => bytes.skip(kind, DEPTH)?,
                _ => return None,
            }
        }
        Some(page)
    }
}

impl Values {
    fn read(bytes: &mut Fields<'_>) -> Option<Self> {
        let mut values = Self::default();
        let mut id = 0;
        while let Some(kind) = bytes.next_field(&mut id)? {
            match (id, kind) {
                (1, INT) => values.count = Some(bytes.int()?),
                (2, INT) => values.encoding = Some(bytes.int()?),
                (3, INT) => values.levels = Some(bytes.int()?),
                (1 | 2, _) => return None,
                // Statistics; of a dictionary, whether it is sorted.
                _ => bytes.skip(kind, DEPTH)?,
            }
        }
        Some(values)
    }
}

/// Kinds of fields in the compact protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const SHORT: u8 = 4;
const INT: u8 = 5;
const LONG: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const STRUCT: u8 = 12;

/// Bytes of Thrift's compact protocol.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    /// The kind of the struct's next field, with its number in `id`; the inner `None` at the struct's end. Numbers go up, so
    /// that no field comes twice.
    #[allow(clippy::option_option, reason = "nothing at the end, no header at all")]
    fn next_field(&mut self, id: &mut u8) -> Option<Option<u8>> {
        match self.byte()? {
            0 => Some(None),
            byte if byte >> 4 > 0 && byte & 15 > 0 => {
                *id = id.checked_add(byte >> 4)?;
                Some(Some(byte & 15))
            }
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn skip_bytes(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }

    /// A whole number, seven bits in a byte.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// A number of 32 bits, with its sign in the last one.
    fn int(&mut self) -> Option<i64> {
        let number = self.number().filter(|number| u32::try_from(*number).is_ok())?;
        let half = i64::try_from(number >> 1).ok()?;
        Some(if number & 1 == 0 { half } else { -half - 1 })
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.skip_bytes(1),
            SHORT | INT | LONG => {
                while self.byte()? >= 128 {}
                Some(())
            }
            DOUBLE => self.skip_bytes(8),
            BINARY => {
                let length = self.number()?;
                self.skip_bytes(usize::try_from(length).ok()?)
            }
            STRUCT => {
                let depth = depth.checked_sub(1)?;
                let mut id = 0;
                while let Some(kind) = self.next_field(&mut id)? {
                    self.skip(kind, depth)?;
                }
                Some(())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Page header and page: a data page of one value, PLAIN, with five bytes, which claims this size (zigzag, seven bits a byte).
    fn page(unpacked: &[u8], count: u8, encoding: u8) -> Vec<u8> {
        let head =
            [&[0x15, 0, 0x15][..], unpacked, &[0x15, 10, 0x2c, 0x15, count, 0x15, encoding, 0x15, 6, 0x15, 6, 0, 0]];
        [&head.concat(), &b"12345"[..]].concat()
    }

    #[test]
    fn sizes_are_added_over_all_pages() {
        // 7 is 14 in zigzag; 2^31 - 1 is 4294967294, seven bits at a time from the lowest.
        assert_eq!(unpacked_bytes(&page(&[14], 2, 0), 1), Some(7));
        let huge = page(&[0xfe, 0xff, 0xff, 0xff, 0x0f], 2, 0);
        assert_eq!(unpacked_bytes(&[page(&[14], 2, 0), huge].concat(), 1), Some(7 + 2_147_483_647));
    }

    #[test]
    fn what_no_packet_has_is_refused() {
        // A negative size, more than 32 bits, more values than seconds, lengths of words apart (DELTA_LENGTH_BYTE_ARRAY).
        assert_eq!(unpacked_bytes(&page(&[13], 2, 0), 1), None);
        assert_eq!(unpacked_bytes(&page(&[0xfe, 0xff, 0xff, 0xff, 0x1f], 2, 0), 1), None);
        assert_eq!(unpacked_bytes(&page(&[14], 4, 0), 1), None);
        assert_eq!(unpacked_bytes(&page(&[14], 2, 12), 1), None);
        // The size said twice: field 2 again, after the others, with its number in long form.
        let mut twice = page(&[14], 2, 0);
        let end = twice.len() - 6;
        twice.splice(end..end, [0x05, 4, 0xfe, 0xff, 0xff, 0xff, 0x0f]);
        assert_eq!(unpacked_bytes(&twice, 1), None);
        // A dictionary of a thousand million words in seven bytes.
        let words = [0x15, 4, 0x15, 14, 0x15, 10, 0x4c, 0x15, 0x80, 0xa8, 0xd6, 0xb9, 0x07, 0x15, 0, 0, 0];
        assert_eq!(unpacked_bytes(&[&words[..], b"12345"].concat(), 1), None);
        // It ends within a page, and within a header.
        let whole = page(&[14], 2, 0);
        for end in 1..whole.len() {
            assert_eq!(unpacked_bytes(&whole[..end], 1), None, "{end}");
        }
    }
}
