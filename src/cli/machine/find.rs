//! `grainloss machine find`.

pub(super) mod marks;

use std::path::PathBuf;

use crate::cli::said::Said as _;
use grainloss_can::{ByteOrder, Database, Kind, MAX_PAYLOAD, Signal};
use grainloss_find::{Candidate, Field, Quantity, Ranking, Reason, Recording};
use serde_json::{Value, json};

use super::format::Format;
use super::frames::{Step, each_frame};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::{columns, say, short, wrote};
use grainloss_knowledge::{Lang, Words};

/// Find which bits are which quantity, without a manual: from logs and what was noted beside the machine.
///
/// The marks file is CSV with the columns `t_unix,mark,value`. Marks without a value, up to 2 s late: header-up, header-down,
/// drive, stop, cutting-begin, cutting-end, unload-begin, unload-end, thresher-on, thresher-off. Marks with what the machine's
/// own display shows: speed-km-h, engine-r-min, header-height-cm, reel-r-min, thresher-r-min, fan-r-min, moisture-pct,
/// feed-kg-s, grain-flow-kg-s.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// Logs; `-` is standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// What was noted beside the machine: t_unix,mark,value
    #[arg(long, value_name = "FILE.csv")]
    marks: Option<PathBuf>,
    /// A DBC file, or the name of a bundled one, to name what is found
    #[arg(long, value_name = "FILE.dbc")]
    dbc: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write the first candidates as the channels of a profile, to look over
    #[arg(long, value_name = "FILE.toml")]
    toml: Option<PathBuf>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let noted = args.marks.as_deref().map(|path| marks::read(path, words)).transpose()?.unwrap_or_default();
    let database = args.dbc.as_deref().map(|dbc| super::super::decode::database(dbc, words)).transpose()?;
    let mut recording = Recording::default();
    each_frame(
        logs::source(&args.logs)?,
        words,
        |_| {},
        |step| {
            if let Step::Frame(frame, t_us) = step {
                recording.take(frame, t_us);
            }
        },
    )?;
    let rankings = grainloss_find::find(&recording, &noted);
    if let Some(path) = &args.toml {
        std::fs::write(path, toml(&rankings, words))
            .map_err(|error| CliError::failed(format!("{}: {}", path.display(), error.said())))?;
        wrote(path);
    }
    match args.format {
        Format::Json => {
            let english = Words::new(Lang::En);
            let channels: Vec<Value> =
                rankings.iter().map(|ranking| to_json(ranking, database.as_ref(), &english)).collect();
            let text = serde_json::to_string_pretty(&json!({ "channels": channels }));
            say(&text.map_err(CliError::failed)?)
        }
        Format::Table => table(&rankings, database.as_ref(), noted.is_empty(), words),
    }
}

/// The message and signal of a database that has the same bits.
fn named(field: &Field, database: Option<&Database>) -> Option<String> {
    let message = database?.message_of(field.id)?;
    let order = if field.big_endian { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
    let (start, length) = (field.start as u64, field.length as u64);
    let own = Signal::at(start, length, order, Kind::Unsigned, MAX_PAYLOAD as u64).ok()?;
    let bits = |signal: &Signal, raw: i64| {
        let mut payload = [0; MAX_PAYLOAD];
        signal.encode(&mut payload, raw);
        payload
    };
    // The same bits in the same order: all ones, and the lowest one.
    let is_same = |signal: &&Signal| [-1, 1].into_iter().all(|raw| bits(signal, raw) == bits(&own, raw));
    let signal = message.signals.iter().find(is_same)?;
    Some(format!("{}.{}", message.name, signal.name))
}

/// Where a field is: identifier, start bit, length, byte order, sign, page.
pub(super) fn place(field: &Field) -> String {
    let order = if field.big_endian { "@0" } else { "@1" };
    let page = field.page.map_or_else(String::new, |page| format!(" m{}", page.value));
    format!("{} {}|{}{order}{}{page}", field.id, field.start, field.length, if field.signed { '-' } else { '+' })
}

/// Ten digits: what is beyond is the arithmetic's.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

fn to_json(ranking: &Ranking, database: Option<&Database>, english: &Words) -> Value {
    let candidates: Vec<Value> = ranking
        .candidates
        .iter()
        .map(|candidate| {
            let f = &candidate.field;
            json!({
                "id": f.id.to_string(), "start": f.start, "length": f.length, "big_endian": f.big_endian,
                "signed": f.signed, "scale": candidate.scale.map(rounded), "offset": candidate.offset.map(rounded),
                "unit": candidate.unit, "score": candidate.score, "why": why(candidate, english),
                "page": f.page.map(|page| json!({"start": page.start, "length": page.length, "value": page.value})),
                "interface": f.interface, "signal": named(f, database),
            })
        })
        .collect();
    json!({ "channel": ranking.quantity.channel(), "candidates": candidates })
}

fn table(rankings: &[Ranking], database: Option<&Database>, is_unmarked: bool, words: &Words) -> Result<(), CliError> {
    let heads = ["channel", "place", "scale", "score", "why"].map(|key| words.get(&format!("find-{key}")));
    let mut rows = vec![heads.to_vec()];
    let mut none = Vec::new();
    for ranking in rankings {
        if ranking.candidates.is_empty() {
            none.push(ranking.quantity.channel());
        }
        for (at, candidate) in ranking.candidates.iter().enumerate() {
            let name = if at == 0 { ranking.quantity.channel().to_owned() } else { String::new() };
            let at = named(&candidate.field, database).map_or_else(String::new, |name| format!(" {name}"));
            let scale = match (candidate.scale, candidate.offset) {
                (Some(scale), Some(offset)) => {
                    let offset = if offset == 0.0 { String::new() } else { format!(" {:+}", rounded(offset)) };
                    format!("{}{offset} {}", rounded(scale), candidate.unit)
                }
                _ => words.get("find-open"),
            };
            let score = format!("{:.0}", candidate.score * 100.0);
            rows.push(vec![name, place(&candidate.field) + &at, scale, score, why(candidate, words).join("; ")]);
        }
    }
    columns(&rows)?;
    if !none.is_empty() {
        say(&words.with("find-none", &[("channels", &none.join(", "))]))?;
    }
    say(&words.get(if is_unmarked { "find-no-marks" } else { "find-hint" }))
}

/// The reasons of a candidate, in words.
pub(super) fn why(candidate: &Candidate, words: &Words) -> Vec<String> {
    candidate.why.iter().map(|reason| said(reason, words)).collect()
}

fn said(reason: &Reason, words: &Words) -> String {
    let share = |value: f64| format!("{:.0}", value * 100.0);
    match *reason {
        Reason::Standard(pgn) => words.with("find-standard", &[("pgn", &pgn.to_string())]),
        Reason::Readings(hits, of) => {
            words.with("find-readings", &[("hits", &hits.to_string()), ("of", &of.to_string())])
        }
        Reason::ScaleOpen => words.get("find-scale-open"),
        Reason::HeaderMoves(value) => words.with("find-header-moves", &[("share", &share(value))]),
        Reason::DriveMoves(value) => words.with("find-drive-moves", &[("share", &share(value))]),
        Reason::ThresherMoves(value) => words.with("find-thresher-moves", &[("share", &share(value))]),
        Reason::NothingIdle => words.get("find-nothing-idle"),
        Reason::NotNothingIdle => words.get("find-not-nothing-idle"),
        Reason::FollowsCrop(r, lag) => {
            words.with("find-follows-crop", &[("r", &format!("{r:.2}")), ("lag", &lag.to_string())])
        }
        Reason::LikeGnss(r) => words.with("find-like-gnss", &[("r", &format!("{r:.3}"))]),
        Reason::Counts(idle, cutting) => {
            words.with("find-counts", &[("idle", &short(idle)), ("cutting", &short(cutting))])
        }
        Reason::FallsUnloading(times) => words.with("find-falls-unloading", &[("times", &times.to_string())]),
        Reason::Agrees(value) => words.with("find-agrees", &[("share", &format!("{:.1}", value * 100.0))]),
        Reason::Inverted => words.get("find-inverted"),
        Reason::OutOfRange => words.get("find-out-of-range"),
        Reason::SetPoint => words.get("find-set-point"),
        Reason::PlaceUnknown => words.get("find-place-unknown"),
        Reason::EdgesOpen => words.get("find-edges-open"),
    }
}

/// The first candidate of each quantity whose scale is known, as it stands in a profile.
fn toml(rankings: &[Ranking], words: &Words) -> String {
    let mut text = String::new();
    for ranking in rankings {
        let Some(first) = ranking.candidates.first() else { continue };
        let (Some(scale), Some(offset)) = (first.scale, first.offset) else { continue };
        text += &channel(ranking.quantity, first, (scale, offset, first.unit), None, words);
    }
    text
}

/// A candidate as the channel of a profile, with its score and reasons as a comment. `scale` is units of a count, the value
/// at count 0, and the unit; `interface` is the one that the source is bound to.
pub(super) fn channel(
    quantity: Quantity,
    candidate: &Candidate,
    (scale, offset, unit): (f64, f64, &str),
    interface: Option<&str>,
    words: &Words,
) -> String {
    let f = &candidate.field;
    let mut parts = vec![
        format!("frame = {{ id = \"{}\" }}", f.id),
        format!(
            "bits = {{ start = {}, length = {}{}{} }}",
            f.start,
            f.length,
            on("big_endian", f.big_endian),
            on("signed", f.signed)
        ),
    ];
    if let Some(name) = interface {
        parts.push(format!("interface = {}", toml::Value::from(name)));
    }
    if let Some(page) = f.page {
        let mask = ((1u64 << page.length) - 1) << (page.start % 8);
        let value = page.value << (page.start % 8);
        parts.push(format!("when = [{{ byte = {}, value = {value}, mask = {mask} }}]", page.start / 8 + 1));
    }
    if quantity.is_loss() {
        parts.push(format!("counter_modulus = {}", 1u64 << f.length));
    } else if !quantity.is_flag() {
        parts.push(format!("scale = {}, offset = {}, unit = \"{unit}\"", rounded(scale), rounded(offset)));
    } else if candidate.why.contains(&Reason::Inverted) {
        parts.push("invert_bits = true".to_owned());
    }
    let (reasons, name) = (why(candidate, words).join("; "), quantity.channel());
    format!(
        "# {:.0} %: {reasons}\n[[channel]]\nname = \"{name}\"\nsources = [\n  {{ {} }},\n]\n\n",
        candidate.score * 100.0,
        parts.join(", ")
    )
}

fn on(key: &str, is_on: bool) -> String {
    if is_on { format!(", {key} = true") } else { String::new() }
}
