//! Where the messages and signals of a file stand, which the parser does not keep, and the identifiers as they are
//! written, which it would cut.

/// A message's line, and its signals'.
#[derive(Debug)]
pub(super) struct MessageLines {
    pub name: String,
    /// The number in the file; the largest when it is larger still.
    pub id: u64,
    /// From 1.
    pub line: usize,
    /// Names and lines, in the file's order.
    pub signals: Vec<(String, usize)>,
}

/// Finds the lines that begin with `BO_` or `SG_`, outside of texts and comments.
pub(super) fn of_messages(text: &str) -> Vec<MessageLines> {
    let mut messages: Vec<MessageLines> = Vec::new();
    let mut in_text = false;
    for (line, at) in text.lines().zip(1..) {
        // A text may run over lines, and one of them may look like a message.
        let begins_in_text = in_text;
        in_text = ends_in_text(line, in_text);
        if begins_in_text {
            continue;
        }
        let mut words = line.split_whitespace();
        let name = |word: &str| word.split(':').next().unwrap_or_default().to_owned();
        match (words.next(), words.next(), words.next()) {
            (Some("BO_"), Some(id), Some(word)) if id.bytes().all(|digit| digit.is_ascii_digit()) => {
                let id = id.parse().unwrap_or(u64::MAX);
                messages.push(MessageLines { name: name(word), id, line: at, signals: Vec::new() });
            }
            (Some("SG_"), Some(word), _) => {
                if let Some(message) = messages.last_mut() {
                    message.signals.push((name(word), at));
                }
            }
            _ => {}
        }
    }
    messages
}

/// True when a text in quotation marks is still open at the end of the line.
fn ends_in_text(line: &str, mut in_text: bool) -> bool {
    let mut rest = line.bytes().peekable();
    while let Some(byte) = rest.next() {
        match (byte, rest.peek()) {
            // A quotation mark of the text itself.
            (b'\\', Some(b'"')) if in_text => {
                rest.next();
            }
            (b'/', Some(b'/')) if !in_text => break,
            (b'"', _) => in_text = !in_text,
            _ => {}
        }
    }
    in_text
}
