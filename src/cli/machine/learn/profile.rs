//! The profile that the guide ends with.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::find;
use crate::cli::said::Said as _;
use grainloss_core::machine::Profile;
use grainloss_find::Quantity;
use grainloss_knowledge::Words;
use grainloss_report::files;
use grainloss_tui::{Choice, Draft, Offer};

/// What a profile was made from.
pub(super) struct Origin<'a> {
    pub log: &'a str,
    pub marks: &'a str,
    pub count: usize,
    pub interfaces: &'a [String],
}

/// Writes the profile where none is yet; the error says why not, for people.
pub(super) fn write(draft: &Draft, origin: &Origin<'_>, words: &Words) -> Result<PathBuf, String> {
    let path = PathBuf::from(&draft.file);
    if path.exists() {
        return Err(words.with("learn-file-there", &[("file", &draft.file)]));
    }
    let text = toml(draft, origin, words);
    Profile::parse(&draft.file, &text, |name| Err(format!("no database {name}"))).map_err(|error| error.to_string())?;
    let written: std::io::Result<()> = files::write_whole(&path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| format!("{}: {}", draft.file, error.said()))?;
    Ok(path)
}

/// Text of people as a comment: a line feed in it would end the comment.
fn comment(text: &str) -> String {
    format!("# {}\n", grainloss_core::clean_text::clean_line(text))
}

fn toml(draft: &Draft, origin: &Origin<'_>, words: &Words) -> String {
    let count = origin.count.to_string();
    let made = [("log", origin.log), ("marks", origin.marks), ("count", &*count)];
    let mut text = "#:schema ./profile.schema.json\n".to_owned();
    text += &comment(&words.with("learn-toml-made", &made));
    let string = |text: &str| toml::Value::from(text).to_string();
    // Writing into a string does not fail.
    let _ = writeln!(text, "\nname = {}\nabout = {}\n", string(&draft.name), string(&draft.crop));
    let _ = writeln!(text, "[geometry]");
    let measures = [
        ("header_width_m", Some(draft.header_width_m)),
        ("discharge_width_m", Some(draft.discharge_width_m)),
        ("reel_diameter_m", draft.reel_diameter_m),
        ("rated_feed_kg_s", Some(draft.rated_feed_kg_s)),
        ("rated_engine_rpm", Some(draft.rated_engine_rpm)),
    ];
    for (key, value) in measures {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {value:?}");
        }
    }
    if !draft.threshing.is_empty() {
        let _ = writeln!(text, "threshing = {}", string(&draft.threshing));
    }
    text.push('\n');
    for (quantity, choice) in &draft.choices {
        let name = quantity.channel();
        match choice {
            Choice::Absent => text += &comment(&words.with("learn-toml-absent", &[("channel", name)])),
            Choice::Open => text += &comment(&words.with("learn-toml-open", &[("channel", name)])),
            Choice::Field(offer) => text += &channel(*quantity, offer, draft, origin, words),
        }
    }
    text
}

fn channel(quantity: Quantity, offer: &Offer, draft: &Draft, origin: &Origin<'_>, words: &Words) -> String {
    let candidate = &offer.candidate;
    let number = usize::from(candidate.field.interface);
    let interface = (origin.interfaces.len() > 1).then(|| origin.interfaces.get(number)).flatten();
    let write = |scale| find::channel(quantity, candidate, scale, interface.map(String::as_str), words);
    if let Some([(raw1, m1), (raw2, m2)]) = draft.heights.filter(|_| quantity == Quantity::HeaderHeight) {
        let scale = (m2 - m1) / (raw2 - raw1);
        let points = [
            ("raw1", raw1.to_string()),
            ("m1", find::rounded(m1).to_string()),
            ("raw2", raw2.to_string()),
            ("m2", find::rounded(m2).to_string()),
        ];
        let points: Vec<(&str, &str)> = points.iter().map(|(key, value)| (*key, &**value)).collect();
        return comment(&words.with("learn-toml-height", &points)) + &write((scale, m1 - scale * raw1, "m"));
    }
    if let (Some(scale), Some(offset)) = (candidate.scale, candidate.offset) {
        return write((scale, offset, candidate.unit));
    }
    let values = [("channel", quantity.channel()), ("place", &*offer.place)];
    if quantity.is_flag() || quantity.is_loss() {
        return write((1.0, 0.0, candidate.unit));
    }
    comment(&words.with("learn-toml-no-scale", &values))
}
