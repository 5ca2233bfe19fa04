//! The command line. One file for each subcommand; errors are reported here, once.

mod config;
mod convert;
mod decode;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
#[cfg(feature = "simulator")]
mod evaluate;
mod first_run;
mod followup;
mod host;
mod journal;
mod key;
mod log_file;
mod logs;
mod machine;
mod options;
mod packaging;
mod pans;
mod recent_choices;
mod replay;
mod report;
mod revise;
mod run;
mod session;
mod session_metadata;
mod sessions;
#[cfg(feature = "simulator")]
mod simulate;
mod socket;
mod table;
mod verify;
mod watch;

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Configuration, Flags};

use grainloss_knowledge::{Lang, Words, local_time};
use grainloss_report::Languages;

/// What reports and screens call this program.
const VERSION: &str = concat!("grainloss ", env!("CARGO_PKG_VERSION"));

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
    Session(revise::Args),
    Verify(verify::Args),
    Key(key::Args),
    Journal(journal::Args),
    #[cfg(feature = "simulator")]
    /// How far to trust the estimate: simulated harvests against their truth, beside simple monitors
    Evaluate(evaluate::Args),
    #[command(hide = true)]
    Packaging(packaging::Args),
}

fn lang(text: &str) -> Result<Languages, String> {
    match text {
        "zh" | "zh-CN" | "zh_CN" => Ok(Languages::One(Lang::Zh)),
        "en" => Ok(Languages::One(Lang::En)),
        "both" => Ok(Languages::Both),
        _ => Err("expected zh or en, or both for a report".to_owned()),
    }
}

/// What ends a command badly.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Bad usage, profile or input: exit status 2. The message names file, line and field.
    Input(String),
    /// Anything else: exit status 1.
    Failed(String),
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(message) | Self::Failed(message) => f.write_str(message),
        }
    }
}

impl CliError {
    /// The user's input is at fault.
    pub fn input(error: impl fmt::Display) -> Self {
        Self::Input(error.to_string())
    }

    /// Something else is at fault.
    pub fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Parses the arguments, runs the command, reports its error.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; everything else is bad usage.
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe is nobody's fault.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let level = if cli.verbose { tracing::Level::INFO } else { tracing::Level::WARN };
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let spoken = cli.lang.unwrap_or_else(|| Languages::One(Lang::of_locale(locale.as_deref())));
    let words = Words::new(spoken.first());
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
        Command::Run(args) => load().and_then(|loaded| run::main(args, loaded, &words, level)),
        Command::Watch(args) => load().and_then(|loaded| watch::main(args, &loaded, &words, level)),
        Command::Doctor(args) => settings().and_then(|settings| doctor::main(args, &settings, &words)),
        Command::Config(args) => config::main(args, &words, load),
        Command::Replay(args) => load().and_then(|loaded| replay::main(&args, &loaded, &words, level)),
        #[cfg(feature = "simulator")]
        Command::Simulate(args) => simulate::main(&args, &words),
        Command::Machine(args) => machine::main(&args, &words),
        Command::Decode(args) => decode::main(&args),
        Command::Convert(args) => convert::main(&args),
        Command::Sessions(args) => settings().and_then(|settings| sessions::main(&args, &settings, &words)),
        Command::Report(args) => settings().and_then(|settings| report::main(&args, &settings, spoken)),
        Command::Followup(args) => settings().and_then(|settings| followup::main(&args, &settings, spoken)),
        Command::Session(args) => settings().and_then(|settings| revise::main(args, &settings, &words, level)),
        Command::Verify(args) => settings().and_then(|settings| verify::main(&args, &settings, &words)),
        Command::Key(args) => settings().and_then(|settings| key::main(&args, &settings, &words)),
        Command::Journal(args) => settings().and_then(|settings| journal::main(&args, &settings, &words)),
        #[cfg(feature = "simulator")]
        Command::Evaluate(args) => evaluate::main(&args, &words),
        Command::Packaging(args) => packaging::main(&args),
    };
    ended(result)
}

/// The settings of the files; what became of old files is told once.
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

/// The exit status; an error is told.
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
    }
}

/// The one report of an error. Standard error may be gone with the terminal: that must not end in a panic.
fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "grainloss: {message}");
}

/// Tells events on standard error; not while a dashboard owns the terminal.
fn log_to_stderr(level: tracing::Level) {
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .log_internal_errors(false)
        .try_init();
}
