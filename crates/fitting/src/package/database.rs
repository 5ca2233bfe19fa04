//! The part of a database that a profile uses, written as a DBC file of its own: no comments, no names of controllers, no
//! message and no signal that is not needed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grainloss_can::{ByteOrder, CodeRule, Database, Kind, Matching, Message, Pgn, Signal};

/// Signals as the profile calls them, and as the new file does.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The new name of `MESSAGE.Signal`.
    pub fn of(&self, old: &str) -> Option<String> {
        self.0.get(old).cloned()
    }
}

/// The messages and signals of these names (`MESSAGE.Signal`), with the switches above them.
pub(super) fn reduced(database: &Database, wanted: &[String]) -> (String, Names) {
    let is_wanted = |message: &Message, signal: &Signal| {
        wanted.iter().any(|name| name.split_once('.') == Some((message.name.as_str(), signal.name.as_str())))
    };
    let kept: Vec<(usize, Vec<usize>)> = database
        .messages()
        .iter()
        .enumerate()
        .map(|(at, message)| (at, kept(message, |signal| is_wanted(message, signal))))
        .collect();
    let groups: Vec<Pgn> = kept
        .iter()
        .filter(|(_, signals)| !signals.is_empty())
        .filter_map(|(at, _)| group(&database.messages()[*at]))
        .collect();
    let mut text = "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n".to_owned();
    let mut tail = "BA_DEF_ BO_ \"VFrameFormat\" ENUM \"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\";\n\
                    BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 2147483647;\n\
                    BA_DEF_DEF_ \"VFrameFormat\" \"ExtendedCAN\";\nBA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n"
        .to_owned();
    let mut names = Names::default();
    for (at, signals) in kept {
        let message = &database.messages()[at];
        // A message of the same group that is not needed still says which senders are not meant.
        let shares = group(message).is_some_and(|group| groups.contains(&group));
        if signals.is_empty() && !shares {
            continue;
        }
        let message_name = plain(&message.name, || format!("M{at}"));
        // A String takes everything.
        let _ = writeln!(text, "BO_ {} {message_name}: {} X", message.id.with_flag(), message.size);
        for number in signals {
            let signal = &message.signals[number];
            let name = plain(&signal.name, || format!("S{number}"));
            let old = format!("{}.{}", message.name, signal.name);
            names.0.insert(old, format!("{message_name}.{name}"));
            write_signal(&mut text, &mut tail, message, number, &name);
        }
        text.push('\n');
        write_attributes(&mut tail, message);
    }
    (text + &tail, names)
}

/// The places of the wanted signals and of the switches above them, in order.
fn kept(message: &Message, is_wanted: impl Fn(&Signal) -> bool) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..message.signals.len()).filter(|at| is_wanted(&message.signals[*at])).collect();
    let mut at = 0;
    while at < kept.len() {
        if let Some(pages) = &message.signals[kept[at]].pages
            && !kept.contains(&pages.switch)
        {
            kept.push(pages.switch);
        }
        at += 1;
    }
    kept.sort_unstable();
    kept
}

const fn group(message: &Message) -> Option<Pgn> {
    match message.matching {
        Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) => Some(pgn),
        Matching::Exact(_) => None,
    }
}

/// A name that every DBC reader takes, else another one.
fn plain(name: &str, or: impl Fn() -> String) -> String {
    let is_plain = name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { name.to_owned() } else { or() }
}

/// A text between quotation marks.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| *c != '"' && *c != '\\' && !grainloss_core::clean_text::is_hidden(*c)).take(60).collect()
}

fn write_signal(text: &mut String, tail: &mut String, message: &Message, number: usize, name: &str) {
    let signal = &message.signals[number];
    let (start, order) = signal.place();
    let order = u8::from(order == ByteOrder::LittleEndian);
    let sign = if signal.kind() == Kind::Unsigned { '+' } else { '-' };
    let (factor, offset) = signal.scale();
    let (low, high) = signal.range.unwrap_or((0.0, 0.0));
    let is_switch = message.signals.iter().any(|other| other.pages.as_ref().is_some_and(|p| p.switch == number));
    let page = signal.pages.as_ref().map(|pages| format!("m{}", pages.ranges.first().map_or(0, |range| range.0)));
    let multiplex = match (page, is_switch) {
        (None, false) => String::new(),
        (page, is_switch) => format!(" {}{}", page.unwrap_or_default(), if is_switch { "M" } else { "" }),
    };
    let (width, unit) = (signal.width(), quoted(&signal.unit));
    let id = message.id.with_flag();
    let _ = writeln!(
        text,
        " SG_ {name}{multiplex} : {start}|{width}@{order}{sign} ({factor},{offset}) [{low}|{high}] \"{unit}\" X"
    );
    if let Some(pages) = &signal.pages {
        let switch = plain(&message.signals[pages.switch].name, || format!("S{}", pages.switch));
        let ranges: Vec<String> = pages.ranges.iter().map(|(low, high)| format!("{low}-{high}")).collect();
        let _ = writeln!(tail, "SG_MUL_VAL_ {id} {name} {switch} {};", ranges.join(", "));
    }
    if !signal.labels.is_empty() {
        let labels = signal.labels.iter().map(|(code, label)| format!("{code} \"{}\"", quoted(label)));
        let _ = writeln!(tail, "VAL_ {id} {name} {} ;", labels.collect::<Vec<_>>().join(" "));
    }
    match signal.kind() {
        Kind::Half | Kind::Float => {
            let _ = writeln!(tail, "SIG_VALTYPE_ {id} {name} : 1;");
        }
        Kind::Double => {
            let _ = writeln!(tail, "SIG_VALTYPE_ {id} {name} : 2;");
        }
        Kind::Unsigned | Kind::Signed => {}
    }
}

fn write_attributes(tail: &mut String, message: &Message) {
    let id = message.id.with_flag();
    let has_rule = message.signals.iter().any(|signal| signal.rule() != CodeRule::None);
    let format = match message.id.j1939() {
        Some(_) if group(message).is_some() || has_rule => 3,
        Some(_) => 1,
        None => 0,
    };
    let _ = writeln!(tail, "BA_ \"VFrameFormat\" BO_ {id} {format};");
    if let Some(cycle_ms) = message.cycle_ms {
        let _ = writeln!(tail, "BA_ \"GenMsgCycleTime\" BO_ {id} {cycle_ms};");
    }
}
