//! The bytes of a file as text.

use std::borrow::Cow;

/// The file as text. Tools write UTF-8, or what their country's Windows writes: Chinese ones GBK, others Windows-1252.
pub(super) fn of_file(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    }
    let encoding = if is_chinese(bytes) { encoding_rs::GBK } else { encoding_rs::WINDOWS_1252 };
    encoding.decode_without_bom_handling(bytes).0
}

/// Chinese characters are pairs of bytes that both have the high bit (GB 2312: A1 to F7, A1 to FE); a degree sign or a
/// mu is alone before an ordinary letter.
fn is_chinese(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        if !byte.is_ascii() {
            let pair = (0xA1..=0xF7).contains(byte) && rest.next().is_some_and(|second| (0xA1..=0xFE).contains(second));
            if !pair {
                return false;
            }
        }
    }
    true
}
