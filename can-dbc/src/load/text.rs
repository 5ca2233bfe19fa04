//! The bytes of a file as text.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, WINDOWS_1252};

/// The file as text. Tools write UTF-8, or what their country's Windows writes: Chinese ones GB 18030 (of which GBK and
/// GB 2312 are parts), others Windows-1252. A character that is cut off somewhere does not change what the others are.
pub(super) fn of_file(bytes: &[u8]) -> Cow<'_, str> {
    // The mark of UTF-16 or UTF-8 at the beginning.
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if is_broken_utf8(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    let encoding = if is_chinese(bytes) { GB18030 } else { WINDOWS_1252 };
    encoding.decode_without_bom_handling(bytes).0
}

/// True of UTF-8 with a broken character here and there: in other encodings most of what is outside of ASCII is none.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let count = |(good, bad), chunk: std::str::Utf8Chunk<'_>| {
        let letters = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (good + letters, bad + usize::from(!chunk.invalid().is_empty()))
    };
    let (good, bad) = bytes.utf8_chunks().fold((0, 0), count);
    good >= 4 * bad
}

/// Common Chinese characters (GB 2312) are pairs of bytes that both have the high bit; the degree signs, mus and umlauts
/// of Windows-1252 stand alone between ordinary letters. Rarer characters, and those that were cut, look like either.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut pairs, mut alone) = (0, 0);
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => break,
            // F6 DF is "öß" of the German Größe.
            [0..=0x7F, rest @ ..] | [0xF6, 0xDF, rest @ ..] => rest,
            [0xA1..=0xF7, 0xA1..=0xFE, rest @ ..] => {
                pairs += 1;
                rest
            }
            // Units in one character (mg, kg, mm, cm, km, m²), and no letter of a word behind.
            [0xA9, 0x4A..=0x4F, next, rest @ ..] if !next.is_ascii_alphanumeric() => {
                pairs += 1;
                rest
            }
            [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, rest @ ..] | [0x81..=0xFE, 0x80..=0xFE, rest @ ..] => {
                rest
            }
            [_, rest @ ..] => {
                alone += 1;
                rest
            }
        }
    }
    pairs > alone
}
