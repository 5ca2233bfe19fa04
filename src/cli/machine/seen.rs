//! `grainloss machine seen`.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use grainloss_can::{CanId, Database};
use serde_json::{Value, json};

use super::format::Format;
use super::frames::{Step, each_frame};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::{columns, say, short};
use crate::service::stop_on_signals;
use grainloss_bus::{Filter, FrameSource as _, LiveSource, Polled};
use grainloss_fitting::{Groups, Seen, Survey};
use grainloss_knowledge::Words;

/// List what is on a bus: every identifier with its sender, period, changing bytes and counters.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["logs", "iface"]))]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// Logs; `-` is standard input
    #[arg(value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// Listen to this interface instead, until Ctrl-C or for --seconds
    #[arg(long, value_name = "can0")]
    iface: Option<String>,
    /// How long to listen, s
    #[arg(long, value_name = "N", conflicts_with = "logs", default_value_t = 10)]
    seconds: u64,
    /// A DBC file, or the name of a bundled one, to name messages
    #[arg(long, value_name = "FILE.dbc")]
    dbc: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let groups = Groups::load().map_err(CliError::input)?;
    let database = args.dbc.as_deref().map(|dbc| super::super::decode::database(dbc, words)).transpose()?;
    let mut survey = Survey::default();
    let mut interfaces = Vec::new();
    if let Some(name) = &args.iface {
        listen(name, args.seconds, &mut survey)?;
        interfaces.push(name.clone());
    } else {
        let source = logs::source(&args.logs)?;
        let name = |names: &[String]| interfaces = names.to_vec();
        each_frame(source, words, name, |step| {
            if let Step::Frame(frame, _) = step {
                survey.take(frame);
            }
        })?;
    }
    let named = Named { groups: &groups, database: database.as_ref(), words };
    match args.format {
        Format::Table => table(&survey, &interfaces, &named),
        Format::Json => {
            say(&serde_json::to_string_pretty(&to_json(&survey, &interfaces, &named)).map_err(CliError::failed)?)
        }
    }
}

fn listen(name: &str, seconds: u64, survey: &mut Survey) -> Result<(), CliError> {
    let mut source = LiveSource::open(&[name.to_owned()], &Filter::All).map_err(CliError::input)?;
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let mut began_us = None;
    while !stop.load(Ordering::Relaxed) {
        let now_us = match source.poll().map_err(CliError::failed)? {
            Polled::Frame(frame) => {
                survey.take(&frame);
                frame.t_us
            }
            Polled::Quiet(now_us) => now_us,
            // What becomes of the bus itself is on standard error.
            Polled::News(_) => continue,
            Polled::End => break,
        };
        if now_us - *began_us.get_or_insert(now_us) >= seconds as i64 * 1_000_000 {
            break;
        }
    }
    Ok(())
}

struct Named<'a> {
    groups: &'a Groups,
    database: Option<&'a Database>,
    words: &'a Words,
}

impl Named<'_> {
    /// The message's name in the database, else the group's public one, else that it is the maker's own.
    fn name(&self, id: CanId) -> String {
        if let Some(message) = self.database.and_then(|database| database.message_of(id)) {
            return message.name.clone();
        }
        let Some(pgn) = id.j1939().map(|id| id.pgn.number()) else { return String::new() };
        let own = || match pgn {
            0xFF00..=0xFFFF | 0x1_FF00..=0x1_FFFF => self.words.get("seen-proprietary-b"),
            0xEF00 | 0x1_EF00 => self.words.get("seen-proprietary-a"),
            _ => String::new(),
        };
        self.groups.name(pgn, self.words.lang).map_or_else(own, str::to_owned)
    }
}

fn table(survey: &Survey, interfaces: &[String], named: &Named<'_>) -> Result<(), CliError> {
    let words = named.words;
    let (frames, ids) = (survey.frames().to_string(), survey.ids().count().to_string());
    say(&words.with("seen-total", &[("frames", &frames), ("ids", &ids), ("seconds", &short(survey.span_s()))]))?;
    let several = interfaces.len() > 1;
    let mut heads = ["id", "pgn", "from", "frames", "period", "bytes", "counts", "name"]
        .map(|key| words.get(&format!("seen-{key}")))
        .to_vec();
    if several {
        heads.insert(0, words.get("seen-interface"));
    }
    let mut rows = vec![heads];
    for (id, interface, seen) in survey.ids() {
        let j1939 = id.j1939();
        let mut row = vec![
            id.to_string(),
            j1939.map_or(String::new(), |id| id.pgn.number().to_string()),
            j1939.map_or(String::new(), |id| id.source.0.to_string()),
            seen.count.to_string(),
            period(seen),
            changing(seen),
            seen.likely_counters().join(" "),
            named.name(id),
        ];
        if several {
            row.insert(0, interfaces.get(usize::from(interface)).cloned().unwrap_or_default());
        }
        rows.push(row);
    }
    columns(&rows)?;
    if survey.beyond() > 0 {
        say(&words.with("seen-beyond", &[("frames", &survey.beyond().to_string())]))?;
    }
    // Which bus, where there is more than one.
    let on = |interface: u8| match interfaces.get(usize::from(interface)) {
        Some(name) if several => format!("{name}  "),
        _ => String::new(),
    };
    for (source, interface, claim) in survey.claims() {
        let (address, maker) = (source.0.to_string(), claim.maker().to_string());
        let who = named.groups.maker(claim.maker()).unwrap_or("?");
        let (class, function) = (claim.device_class().to_string(), claim.function().to_string());
        let values =
            [("address", &*address), ("maker", &maker), ("who", who), ("class", &class), ("function", &function)];
        say(&(on(interface) + &words.with("seen-claim", &values)))?;
    }
    for (id, interface, message) in survey.long_messages() {
        let (count, bytes) = (message.count.to_string(), message.last.len().to_string());
        let values = [("id", &*id.to_string()), ("name", &named.name(id)), ("count", &count), ("bytes", &bytes)];
        say(&(on(interface) + &words.with("seen-long", &values)))?;
    }
    for (source, interface, code) in survey.troubles() {
        let (address, spn, fmi) = (source.0.to_string(), code.spn.to_string(), code.fmi.to_string());
        let values = [("address", &*address), ("spn", &spn), ("fmi", &fmi), ("count", &code.count.to_string())];
        say(&(on(interface) + &words.with("seen-trouble", &values)))?;
    }
    Ok(())
}

/// `100.0 ±1.2`, in ms.
fn period(seen: &Seen) -> String {
    seen.period.mean_and_jitter_ms().map_or_else(String::new, |(mean, jitter)| format!("{mean:.1} ±{jitter:.1}"))
}

/// `1-4 7`: runs of bytes.
fn changing(seen: &Seen) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for byte in seen.changing_bytes() {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == byte => *end = byte,
            _ => runs.push((byte, byte)),
        }
    }
    let text = |(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") };
    runs.into_iter().map(text).collect::<Vec<_>>().join(" ")
}

fn to_json(survey: &Survey, interfaces: &[String], named: &Named<'_>) -> Value {
    let on = |interface: u8| interfaces.get(usize::from(interface));
    let ids: Vec<Value> = survey
        .ids()
        .map(|(id, interface, seen)| {
            let period = seen.period.mean_and_jitter_ms();
            json!({
                "id": id.to_string(),
                "interface": on(interface),
                "pgn": id.j1939().map(|id| id.pgn.number()),
                "source": id.j1939().map(|id| id.source.0),
                "destination": id.j1939().and_then(|id| id.destination),
                "name": named.name(id),
                "frames": seen.count,
                "period_ms": period.map(|(mean, _)| mean),
                "jitter_ms": period.map(|(_, jitter)| jitter),
                "length": [seen.lengths.0, seen.lengths.1],
                "changing_bytes": seen.changing_bytes(),
                "likely_counters": seen.likely_counters(),
            })
        })
        .collect();
    let claims: Vec<Value> = survey
        .claims()
        .map(|(source, interface, claim)| {
            json!({
                "interface": on(interface), "source": source.0, "name": format!("{:016X}", claim.name), "maker": claim.maker(),
                "maker_name": named.groups.maker(claim.maker()), "device_class": claim.device_class(),
                "function": claim.function(),
            })
        })
        .collect();
    let long: Vec<Value> = survey
        .long_messages()
        .map(|(id, interface, message)| json!({"interface": on(interface), "id": id.to_string(), "count": message.count, "bytes": message.last.len()}))
        .collect();
    let troubles: Vec<Value> = survey
        .troubles()
        .map(|(source, interface, code)| json!({"interface": on(interface), "source": source.0, "spn": code.spn, "fmi": code.fmi, "count": code.count}))
        .collect();
    json!({
        "frames": survey.frames(), "seconds": survey.span_s(), "ids": ids, "claims": claims, "long_messages": long, "trouble_codes": troubles,
        "frames_of_further_ids": survey.beyond(),
    })
}
