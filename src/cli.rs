//! The command line. One file for each subcommand; errors are reported here, once.

mod calibration;
mod checklist;
mod conditions;
mod config;
mod convert;
mod dashboard;
mod dbc;
mod decode;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod emergency;
mod error;
#[cfg(feature = "simulator")]
mod evaluate;
mod first_run;
mod followup;
mod help;
mod in_field;
mod journal;
mod key;
mod limits;
mod log_file;
mod log_words;
mod logging;
mod logs;
mod machine;
mod match_machine;
mod measure;
mod option_values;
mod options;
mod pack;
mod packaging;
mod pans;
mod replay;
mod report;
mod run;
mod runner;
mod said;
mod sending;
mod session;
mod session_metadata;
mod sessions;
#[cfg(feature = "simulator")]
mod simulate;
mod socket;
mod table;
mod terminal_tool;
#[cfg(feature = "simulator")]
mod train;
mod verify;
mod version;
mod watch;
mod web;
mod window;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::error::{CliError, complain};
use crate::config::{Configuration, Flags};

use grainloss_knowledge::{Lang, Message, Words, local_time, speak};
use grainloss_report::Languages;

/// Behind a command's own options in its help.
const LAST: usize = 900;

/// Harvest-loss telemetry and agronomy assistant for combine harvesters.
///
/// Alone it says what it has found, and what to do next. Begin with `grainloss demo`: a simulated wheat harvest on the dashboard, without a combine and without configuration.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, subcommand_required = false)]
struct Cli {
    /// Language of screens, tables and reports: zh or en; reports also: both [default: that of LANG, Chinese when it names
    /// none]
    #[arg(long, global = true, display_order = LAST, value_parser = lang)]
    lang: Option<Languages>,
    /// The settings: this file in place of ~/.config/grainloss/grainloss.toml and /etc/grainloss/grainloss.toml
    #[arg(long, global = true, display_order = LAST, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Tell more about what happens, on standard error
    #[arg(long, short, global = true, display_order = LAST)]
    verbose: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What each one does stands with its arguments, in its own file: that is its `--help`.
#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "simulator")]
    Demo(demo::Args),
    #[cfg(feature = "simulator")]
    Train(train::Args),
    Run(run::Args),
    Watch(watch::Args),
    Doctor(doctor::Args),
    Config(config::Args),
    Replay(replay::Args),
    #[cfg(feature = "simulator")]
    Simulate(simulate::Args),
    Machine(machine::Args),
    Decode(decode::Args),
    Convert(convert::Args),
    Sessions(sessions::Args),
    Report(report::Args),
    Followup(followup::Args),
    Session(session::Args),
    Limits(limits::Args),
    Window(window::Args),
    Match(match_machine::Args),
    Checklist(checklist::Args),
    Emergency(emergency::Args),
    Calibration(calibration::Args),
    Measure(measure::Args),
    Pack(pack::Args),
    Verify(verify::Args),
    Key(key::Args),
    Journal(journal::Args),
    #[cfg(feature = "simulator")]
    /// How far to trust the estimate: simulated harvests against their truth, beside simple monitors
    Evaluate(evaluate::Args),
    #[command(hide = true)]
    Packaging(packaging::Args),
}

fn lang(text: &str) -> Result<Languages, Message> {
    match text {
        "zh" | "zh-CN" | "zh_CN" => Ok(Languages::One(Lang::Zh)),
        "en" => Ok(Languages::One(Lang::En)),
        "both" => Ok(Languages::Both),
        _ => Err(Message::new("option-lang")),
    }
}

/// Parses the arguments, runs the command, reports its error.
pub fn main() -> ExitCode {
    let locale = grainloss_usage::locale();
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        // Help and version, too, come as errors.
        Err(error) => {
            let lang = grainloss_usage::language(&args, locale.as_deref());
            return ExitCode::from(help::shown(&error, <Cli as clap::CommandFactory>::command(), &args, lang));
        }
    };
    let level = if cli.verbose { tracing::Level::INFO } else { tracing::Level::WARN };
    let spoken = cli.lang.unwrap_or_else(|| Languages::One(Lang::of_locale(locale.as_deref())));
    let words = Words::new(spoken.first());
    speak(spoken.first());
    local_time::show_times_in(jiff::tz::TimeZone::system());
    let lang_given = cli.lang.map(Languages::first);
    let load = || configuration(cli.config.as_deref(), lang_given, &words);
    let settings = || load().map(|loaded| loaded.config);
    let Some(command) = cli.command else {
        return ended(settings().and_then(|settings| first_run::main(&settings, &words)));
    };
    let result = match command {
        #[cfg(feature = "simulator")]
        Command::Demo(args) => load().and_then(|loaded| demo::main(args, loaded, &words, level)),
        #[cfg(feature = "simulator")]
        Command::Train(args) => load().and_then(|loaded| train::main(&args, loaded, &words, level)),
        Command::Run(args) => load().and_then(|loaded| run::main(args, loaded, &words, level)),
        Command::Watch(args) => load().and_then(|loaded| watch::main(args, &loaded, &words, level)),
        Command::Doctor(args) => settings().and_then(|settings| doctor::main(args, &settings, &words)),
        Command::Config(args) => config::main(args, &words, load),
        Command::Replay(args) => load().and_then(|loaded| replay::main(&args, &loaded, &words, level)),
        #[cfg(feature = "simulator")]
        Command::Simulate(args) => simulate::main(&args, &words),
        Command::Machine(args) => machine::main(&args, &words),
        Command::Decode(args) => decode::main(&args, &words),
        Command::Convert(args) => convert::main(&args, &words),
        Command::Sessions(args) => settings().and_then(|settings| sessions::main(&args, &settings, &words)),
        Command::Report(args) => settings().and_then(|settings| report::main(&args, &settings, spoken)),
        Command::Followup(args) => settings().and_then(|settings| followup::main(&args, &settings, spoken)),
        Command::Session(args) => settings().and_then(|settings| session::main(args, &settings, &words, level)),
        Command::Limits(args) => limits::main(&args, &words),
        Command::Window(args) => settings().and_then(|settings| window::main(&args, &settings, &words)),
        Command::Match(args) => settings().and_then(|settings| match_machine::main(&args, &settings, &words)),
        Command::Checklist(args) => settings().and_then(|settings| checklist::main(&args, &settings, &words)),
        Command::Emergency(args) => emergency::main(&args, &words),
        Command::Calibration(args) => settings().and_then(|settings| calibration::main(args, &settings, &words)),
        Command::Measure(args) => settings().and_then(|settings| measure::main(args, &settings, &words, spoken)),
        Command::Pack(args) => settings().and_then(|settings| pack::main(&args, &settings, &words)),
        Command::Verify(args) => settings().and_then(|settings| verify::main(&args, &settings, &words)),
        Command::Key(args) => settings().and_then(|settings| key::main(&args, &settings, &words)),
        Command::Journal(args) => settings().and_then(|settings| journal::main(&args, &settings, &words)),
        #[cfg(feature = "simulator")]
        Command::Evaluate(args) => evaluate::main(&args, &words),
        Command::Packaging(args) => packaging::main(&args, in_english),
    };
    ended(result)
}

/// The whole command line in English, with its examples: for man pages.
fn in_english() -> clap::Command {
    help::in_language(<Cli as clap::CommandFactory>::command(), Lang::En)
}

/// The settings of the files; the conversion of old files is reported once.
fn configuration(named: Option<&Path>, lang_given: Option<Lang>, words: &Words) -> Result<Configuration, CliError> {
    let loaded = Configuration::load(named, words).map_err(CliError::input)?;
    for notice in &loaded.notices {
        complain(notice);
    }
    let lang = lang_given.map(|lang| match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    });
    loaded.with_flags(&Flags::default().set("screen.language", "--lang", lang)).map_err(CliError::input)
}

/// The exit status; an error is reported.
fn ended(result: Result<(), CliError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Input(message)) => {
            complain(&message);
            ExitCode::from(2)
        }
        Err(CliError::Failed(message)) => {
            complain(&message);
            ExitCode::from(1)
        }
        Err(CliError::Incomplete(message)) => {
            complain(&message);
            ExitCode::from(3)
        }
    }
}
