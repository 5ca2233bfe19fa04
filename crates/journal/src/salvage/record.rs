//! A record of SQLite: the row of a table, as the file's format writes it (SQLite's file format, chapter 2.1).

use rusqlite::types::Value;

/// More columns than any table of a journal ever had (assumed): what says more is no record.
const MAX_COLUMNS: usize = 200;

/// A varint of one to nine bytes, and where it ends; `None` beyond the end.
pub(super) fn varint(bytes: &[u8], from: usize) -> Option<(u64, usize)> {
    let mut sum = 0;
    for at in from..from.checked_add(8)? {
        let byte = *bytes.get(at)?;
        sum = sum << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((sum, at + 1));
        }
    }
    let last = *bytes.get(from + 8)?;
    Some((sum << 8 | u64::from(last), from + 9))
}

/// The columns of a record of which these bytes are there, of `length` when it was whole; a column of which bytes are
/// missing is `None`. `None` when the bytes are no record: lengths that do not add up, a text that is not UTF-8.
pub(super) fn columns(bytes: &[u8], length: u64) -> Option<Vec<Option<Value>>> {
    let (head, mut at) = varint(bytes, 0)?;
    let head = usize::try_from(head).ok().filter(|head| *head as u64 <= length)?;
    let mut from = head as u64;
    let mut columns = Vec::new();
    while at < head {
        let (code, next) = varint(bytes, at)?;
        let size = size(code)?;
        let end = from.checked_add(size).filter(|end| *end <= length)?;
        let there = usize::try_from(from).ok().zip(usize::try_from(end).ok());
        columns.push(match there.and_then(|(from, end)| bytes.get(from..end)) {
            Some(bytes) => Some(value(code, bytes)?),
            None => None,
        });
        (from, at) = (end, next);
    }
    (at == head && from == length && (1..=MAX_COLUMNS).contains(&columns.len())).then_some(columns)
}

/// How many bytes a column of this serial type takes; `None` for a type that is none.
const fn size(code: u64) -> Option<u64> {
    Some(match code {
        0 | 8 | 9 => 0,
        1..=4 => code,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => (code - 12) / 2,
    })
}

fn value(code: u64, bytes: &[u8]) -> Option<Value> {
    Some(match code {
        0 => Value::Null,
        7 => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        1..=6 => {
            // The first byte has the sign.
            let first = bytes.first().map_or(0, |byte| i64::from(*byte as i8));
            Value::Integer(bytes.iter().skip(1).fold(first, |sum, byte| sum << 8 | i64::from(*byte)))
        }
        _ if code.is_multiple_of(2) => Value::Blob(bytes.to_vec()),
        _ => Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_one_to_nine_bytes() {
        // 300 = 2 × 128 + 44.
        assert_eq!((varint(&[0x82, 44], 0), varint(&[0x82], 0)), (Some((300, 2)), None));
        assert_eq!(varint(&[0xFF; 9], 0), Some((u64::MAX, 9)));
    }

    #[test]
    fn a_record_is_read_as_far_as_it_is_there() {
        // A head of five bytes; NULL, the number -2 in one byte, 1.5, the text "ab".
        let mut bytes = vec![5, 0, 1, 7, 17, 0xFE];
        bytes.extend(1.5_f64.to_be_bytes());
        bytes.extend(b"ab");
        let all = [Value::Null, Value::Integer(-2), Value::Real(1.5), Value::Text("ab".into())].map(Some);
        assert_eq!(columns(&bytes, 16).as_deref(), Some(&all[..]));
        let cut = columns(&bytes[..15], 16).unwrap();
        assert_eq!((&cut[..3], &cut[3]), (&all[..3], &None));
        assert_eq!(columns(&bytes, 17), None, "lengths that do not add up");
        bytes[15] = 0xFF;
        assert_eq!(columns(&bytes, 16), None, "no UTF-8");
    }
}
