//! `grainloss machine watch`: the bus in the terminal, live or from a log.

use std::path::PathBuf;
use std::sync::Arc;

use super::frames::{Step, each_frame};
use super::live_bus::{Bus, News};
use crate::cli::error::CliError;
use crate::cli::said::Said as _;
use crate::cli::{logs, terminal_tool};
use crate::service::stop_on_signals;
use grainloss_core::machine::{ChannelBank, Router};
use grainloss_knowledge::{Words, profiles};
use grainloss_tui::{Meaning, Tape, Watch};

/// Watch a bus in the terminal: bytes and bits that change are lit, with periods, values and a curve.
///
/// Keys: up, down, tab choose identifier and byte; `v` shows values by profile or DBC file; `/` filters; `o` puts first what
/// begins to change; space holds; in a log left, right, page up, page down, home, end move, `j` and `k` jump to the next
/// and the last change of the byte; `q` quits.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["can", "logs"]))]
pub(super) struct Args {
    /// Listen to this interface; may be given several times
    #[arg(long = "can", value_name = "IFACE")]
    can: Vec<String>,
    /// Play this log instead; may be given several times
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// A profile's name, or a .toml file: values of its channels
    #[arg(long, value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::machine)]
    machine: Option<String>,
    /// A DBC file, or the name of a bundled one: names and values of its signals [default: the profile's]
    #[arg(long, value_name = "FILE.dbc")]
    dbc: Option<PathBuf>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    terminal_tool::need_terminal(words)?;
    let profile = args.machine.as_deref().map(profiles::load).transpose().map_err(CliError::input)?;
    let named = args.dbc.as_deref().map(|dbc| super::super::decode::database(dbc, words)).transpose()?;
    let database = named.or_else(|| profile.as_ref().map(|profile| profile.database().clone()));
    let router = profile.as_ref().map(Router::new).transpose().map_err(CliError::input)?;
    let mut bank = router.map(ChannelBank::new);
    let (mut tape, mut interfaces) = (Tape::default(), args.can.clone());
    let is_live = !args.can.is_empty();
    if !is_live {
        let take_names = |names: &[String]| interfaces = names.to_vec();
        each_frame(logs::source(&args.logs)?, words, take_names, |step| {
            if let Step::Frame(frame, t_us) = step {
                tape.take(frame, t_us);
            }
        })?;
    }
    if let Some(bank) = &mut bank {
        bank.name_interfaces(&interfaces);
    }
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let bus = is_live.then(|| Bus::open(&args.can, None, None, Arc::clone(&stop))).transpose()?;
    let beyond = tape.beyond();
    let source = args.can.iter().cloned().chain(args.logs.iter().map(|log| log.display().to_string()));
    let source = source.collect::<Vec<_>>().join(" ");
    let look = terminal_tool::look(words);
    let mut watch = Watch::new(look, &source, (!is_live).then_some(tape), Meaning { database, bank });
    if beyond > 0 {
        watch.trouble(Some(words.with("learn-trouble-beyond", &[("frames", &beyond.to_string())])));
    }
    let shown = grainloss_tui::show_tool(&mut watch, &stop, |watch| {
        if let Some(bus) = &bus {
            bus.each(|news| match news {
                News::Frame(frame, t_us) => watch.frame(&frame, t_us),
                News::Quiet(t_us) => watch.quiet(t_us),
                News::BusFailed(problem) | News::LogFailed(problem) => {
                    watch.trouble(Some(words.with("learn-trouble-bus", &[("problem", &problem)])));
                }
            });
        }
        watch.quits()
    });
    if let Some(bus) = bus {
        bus.end();
    }
    shown.map_err(|error| CliError::failed(format!("machine watch: {}", error.said())))
}
