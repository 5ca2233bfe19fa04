//! The text in the square code (QR) of a report: session, totals, seal and signature, without a name or a place. A phone
//! reads it from paper, `grainloss verify` checks it.
//!
//! It is one line of capital letters, digits and `.-:%`, which a square code holds most densely: fields with a name and
//! a value each. What is signed is all before ` SIGN `.

use crate::model::SessionReport;
use grainloss_core::data_file::hex;
use grainloss_core::harvest::Interval90;
use grainloss_journal::{SigningKey, is_signed, sign};

/// What a code begins with: name and version.
const BEGINNING: &str = "GRAINLOSS 1 ";
/// Stands for an unknown value.
const UNKNOWN: &str = "-";
/// Digits of the seal's root that the code holds: 64 bits, enough to tell sessions apart (our choice).
const ROOT_DIGITS: usize = 16;
/// Most characters of a code that is read (our choice): a code has 350.
pub const LONGEST_CODE: usize = 2000;
/// The names of the fields, in their order.
const FIELDS: [&str; 10] = ["SESSION", "START", "CROP", "AREA", "GRAIN", "LOSS", "RATE", "BASIS", "SEAL", "KEY"];

/// The code of a session: its text, signed with the key; without one it is not signed.
pub fn session_code(s: &SessionReport, key: Option<&SigningKey>) -> String {
    let t = &s.totals;
    let number = |value: Option<f64>, decimals: usize, unit: &str| {
        value.map_or_else(|| UNKNOWN.to_owned(), |value| format!("{value:.decimals$}{unit}"))
    };
    let band = |band: Option<Interval90>, decimals: usize, unit: &str| {
        band.map_or_else(
            || UNKNOWN.to_owned(),
            |i| format!("{:.decimals$}{unit} {:.decimals$}-{:.decimals$}", i.value, i.lo, i.hi),
        )
    };
    let root = s.seal.as_ref().map_or(UNKNOWN, |seal| seal.root.get(..ROOT_DIGITS).unwrap_or(UNKNOWN));
    let basis = t.basis.map_or(UNKNOWN, |basis| basis.word());
    let values = [
        s.id.to_string(),
        crate::formats::utc::utc(s.started_us),
        if s.crop.is_empty() { UNKNOWN.to_owned() } else { s.crop.clone() },
        number(t.area_ha, 4, "HA"),
        number(t.grain_kg.map(|grain| grain.value), 1, "KG"),
        band(t.loss_kg, 1, "KG"),
        band(t.loss_pct, 2, "%"),
        basis.to_owned(),
        root.to_owned(),
    ];
    let fields: Vec<String> = FIELDS.iter().zip(values).map(|(name, value)| format!("{name} {value}")).collect();
    let text = normal(&format!("{BEGINNING}{}", fields.join(" ")));
    let Some(key) = key else { return text };
    // The key is a part of what is signed.
    let text = format!("{text} KEY {}", hex(key.verifying_key().as_bytes()).to_uppercase());
    let (_, signature) = sign(key, &text);
    format!("{text} SIGN {}", signature.to_uppercase())
}

/// A code as it is compared and signed: capital letters, and one space between words, since a phone may break its line.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// True for a text that says that it is a code.
pub fn is_code(text: &str) -> bool {
    normal(text.get(..text.len().min(LONGEST_CODE)).unwrap_or(text)).starts_with(BEGINNING)
}

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedCode {
    /// Its fields that are there, name and value.
    fields: Vec<(String, String)>,
    /// The number of its session; `None` when that is no number.
    pub session: Option<i64>,
    /// Who signed it, as it says, lower-case hexadecimal; `None` when it is not signed.
    pub public_key: Option<String>,
    /// True when the signature is of exactly this text, by that key.
    pub signed: bool,
}

/// A field of a code that is not as in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field's name, one of the code's words in lower case.
    pub field: String,
    /// What the code says; empty when the field is missing.
    pub said: String,
    /// What the journal says; empty when the code has a field that it should not have.
    pub stored: String,
}

/// Reads a code. `None` for any other text, and for one that is longer than [`LONGEST_CODE`].
pub fn read_code(text: &str) -> Option<ScannedCode> {
    if text.len() > LONGEST_CODE {
        return None;
    }
    let text = normal(text);
    let (before, signature) = match text.split_once(" SIGN ") {
        Some((before, signature)) => (before, Some(signature.to_lowercase())),
        None => (text.as_str(), None),
    };
    let fields = fields(before)?;
    let value = |name: &str| fields.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone());
    let public_key = value("KEY").map(|key| key.to_lowercase()).filter(|_| signature.is_some());
    let signed = public_key.as_ref().zip(signature).is_some_and(|(key, signature)| is_signed(key, before, &signature));
    Some(ScannedCode { session: value("SESSION").and_then(|id| id.parse().ok()), fields, public_key, signed })
}

/// The fields of a code without its signature.
fn fields(text: &str) -> Option<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for word in text.strip_prefix(BEGINNING)?.split(' ') {
        match fields.last_mut() {
            _ if FIELDS.contains(&word) => fields.push((word.to_owned(), String::new())),
            Some((_, value)) if value.is_empty() => word.clone_into(value),
            Some((_, value)) => *value = format!("{value} {word}"),
            None => return None,
        }
    }
    Some(fields)
}

impl ScannedCode {
    /// What is not as in the journal, but for key and signature; `stored` is the session as the journal has it.
    pub fn differences(&self, stored: &SessionReport) -> Vec<Difference> {
        let stored = fields(&session_code(stored, None)).unwrap_or_default();
        let value = |of: &[(String, String)], name: &str| {
            let all: Vec<&str> = of.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect();
            all.join(" / ")
        };
        let names = FIELDS.iter().filter(|name| **name != "KEY");
        let both = names.map(|name| (name, value(&self.fields, name), value(&stored, name)));
        both.filter(|(_, said, stored)| said != stored)
            .map(|(name, said, stored)| Difference { field: name.to_lowercase(), said, stored })
            .collect()
    }
}
