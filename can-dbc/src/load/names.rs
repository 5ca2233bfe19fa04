//! Names outside of ASCII, such as Chinese ones, which the parser does not know: they are spelled in ASCII for it, and read
//! back behind it.

use std::borrow::Cow;
use std::fmt::Write as _;

use can_dbc::{Dbc, ValueDescription};

use super::lines::MessageLines;

/// Marks of a letter that is spelled; a file that has all of them is no file of ours.
const MARKS: [&str; 4] = ["_qx", "_xq", "_qw", "_wq"];

/// How letters outside of ASCII are spelled: this mark, which the file does not have otherwise, the letter's number in
/// hexadecimal, and `z`. `None` when nothing is spelled.
#[derive(Debug)]
pub(super) struct Coding(Option<&'static str>);

/// The text with every letter outside of ASCII spelled, but for what stands in quotation marks. Lines stay lines.
pub(super) fn coded(text: &str) -> (Cow<'_, str>, Coding) {
    let mark = MARKS.into_iter().find(|mark| !text.contains(mark));
    let Some(mark) = mark.filter(|_| !text.is_ascii()) else { return (Cow::Borrowed(text), Coding(None)) };
    let mut coded = String::with_capacity(text.len() + 64);
    let (mut in_text, mut in_comment, mut before) = (false, false, ' ');
    for c in text.chars() {
        match c {
            '\n' => in_comment = false,
            '/' if before == '/' && !in_text => in_comment = true,
            '"' if !(in_comment || in_text && before == '\\') => in_text = !in_text,
            _ => {}
        }
        before = c;
        if in_text || c.is_ascii() || !c.is_alphanumeric() {
            coded.push(c);
        } else {
            // Writing into a string does not fail.
            let _ = write!(coded, "{mark}{:x}z", u32::from(c));
        }
    }
    (Cow::Owned(coded), Coding(Some(mark)))
}

impl Coding {
    /// A name as the file writes it.
    pub fn plain<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let Some(mark) = self.0.filter(|mark| name.contains(mark)) else {
            return Cow::Borrowed(name);
        };
        let mut parts = name.split(mark);
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (digits, rest) = part.split_once('z').unwrap_or((part, ""));
            plain.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
            plain.push_str(rest);
        }
        Cow::Owned(plain)
    }

    /// Reads every name back that is looked at further on.
    pub fn decode(&self, dbc: &mut Dbc, lines: &mut [MessageLines]) {
        if self.0.is_none() {
            return;
        }
        let read = |name: &mut String| {
            if let Cow::Owned(plain) = self.plain(name) {
                *name = plain;
            }
        };
        for message in &mut dbc.messages {
            read(&mut message.name);
            message.signals.iter_mut().for_each(|signal| read(&mut signal.name));
        }
        dbc.attribute_values_signal.iter_mut().for_each(|value| read(&mut value.signal_name));
        dbc.signal_extended_value_type_list.iter_mut().for_each(|kind| read(&mut kind.signal_name));
        for description in &mut dbc.value_descriptions {
            if let ValueDescription::Signal { name, .. } = description {
                read(name);
            }
        }
        for paged in &mut dbc.extended_multiplex {
            read(&mut paged.signal_name);
            read(&mut paged.multiplexor_signal_name);
        }
        for message in lines {
            read(&mut message.name);
            message.signals.iter_mut().for_each(|(name, _)| read(name));
        }
    }
}
