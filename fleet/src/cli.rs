//! The command line: arguments in, a store changed or asked, words out in the user's language.

mod ask;
mod county;
mod form;
mod gather;
mod keys;
mod listen;
mod machines;
mod options;
mod report;
mod serve;
mod shown;
mod trainings;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use grainloss_core::clean_text::clean;
use grainloss_fleet::words::words;
use grainloss_knowledge::{Lang, Words};

/// Gathers the packets of many combines and answers questions about losses.
#[derive(Debug, clap::Parser)]
#[command(name = "grainloss-fleet", version)]
struct Cli {
    /// Language: zh or en [default: that of LANG]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["zh", "en"])]
    lang: Option<String>,
    #[command(flatten)]
    store: options::StoreOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Take packets and journals into the store
    Gather(gather::Args),
    /// Listen to the cabs' messages over MQTT: when each was heard of last, its state, its last alarm
    Listen(listen::Args),
    /// The keys of machines: which are trusted
    Keys(keys::Args),
    /// The register of machines: plates, co-ops, regions
    Machines(machines::Args),
    /// Write the form of the province as a workbook, with columns of your choice
    Form(form::Args),
    /// Serve the office's page to browsers: losses by township, co-op, machine and driver, and a map
    Serve(serve::Args),
    /// Write the office's page as one file that needs nothing else
    Page(serve::PageArgs),
    /// Take over a table of trainings, for the question `training`
    Trainings(trainings::Args),
    /// Answer a question; without one, list the questions
    Ask(ask::Args),
    /// Show answers that another engine has written
    Report(report::Args),
    /// Make up a county, to try questions and engines on
    County(county::Args),
}

/// What ends a command.
#[derive(Debug)]
enum CliError {
    /// Bad usage or input: status 2.
    Input(String),
    /// Anything else: status 1.
    Failed(String),
}

/// Parses the arguments, runs the command, reports its error.
pub(crate) fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let words = words(grainloss_usage::language(&args, grainloss_usage::locale().as_deref()));
    let command = in_words(Cli::command(), &words);
    let parsed = command.try_get_matches_from(args).and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(grainloss_usage::shown("grainloss-fleet", &error, &words)),
    };
    let done = match &cli.command {
        Command::Gather(args) => gather::main(args, &cli.store, &words),
        Command::Listen(args) => listen::main(args, &cli.store, &words),
        Command::Keys(args) => keys::main(args, &cli.store, &words),
        Command::Machines(args) => machines::main(args, &cli.store, &words),
        Command::Form(args) => form::main(args, &cli.store, &words),
        Command::Serve(args) => serve::main(args, &cli.store, &words),
        Command::Page(args) => serve::page(args, &cli.store, &words),
        Command::Trainings(args) => trainings::main(args, &cli.store, &words),
        Command::Ask(args) => ask::main(args, &cli.store, &words),
        Command::Report(args) => report::main(args, &words),
        Command::County(args) => county::main(args, &words),
    };
    match done {
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

/// The command with its help in these words: `fleet-help-COMMAND` and `fleet-help-COMMAND-ARGUMENT`, where there are such.
fn in_words(command: clap::Command, words: &Words) -> clap::Command {
    if words.lang == Lang::En {
        return command;
    }
    let mut command = translated(command.about(words.get("fleet-about")), "fleet-help", words);
    // Now what clap adds of its own is there.
    command.build();
    with_claps_own(command, words)
}

/// The command with `--help`, `--version` and `help`, of which clap writes the help, in these words.
fn with_claps_own(command: clap::Command, words: &Words) -> clap::Command {
    let command = command.mut_args(|arg| match arg.get_id().as_str() {
        "help" => arg.help(words.get("fleet-help-option-help")),
        "version" => arg.help(words.get("fleet-help-option-version")),
        _ => arg,
    });
    command.mut_subcommands(|sub| {
        let sub = if sub.get_name() == "help" { sub.about(words.get("fleet-help-help")) } else { sub };
        with_claps_own(sub, words)
    })
}

fn translated(command: clap::Command, prefix: &str, words: &Words) -> clap::Command {
    let command = command.mut_args(|arg| {
        let key = format!("{prefix}-{}", arg.get_id());
        // The text says what each value means, where that has to be said.
        let explained = arg.get_possible_values().iter().any(|value| value.get_help().is_some());
        let arg = arg.hide_possible_values(explained);
        if words.has(&key) { arg.help(words.get(&key)).long_help(None) } else { arg }
    });
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let key = format!("{prefix}-{name}");
        command.mut_subcommand(&name, |sub| {
            let sub = if words.has(&key) { sub.about(words.get(&key)).long_about(None) } else { sub };
            translated(sub, &key, words)
        })
    })
}

/// Writes a message to standard error; what a terminal would obey is spelled out.
fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "grainloss-fleet: {}", clean(message));
}

/// Writes a line to standard output.
///
/// # Errors
/// [`CliError::Failed`] when it cannot be written.
fn say(line: &str) -> Result<(), CliError> {
    match writeln!(std::io::stdout(), "{}", clean(line)) {
        // The reader, such as `head`, has what it asked for.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| CliError::Failed(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The help of a command, of its options and of all commands below it that is not in Chinese.
    fn english(command: &clap::Command, path: &str) -> Vec<String> {
        let is_chinese = |text: &clap::builder::StyledStr| {
            text.to_string().chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
        };
        let options = command.get_arguments().filter(|arg| !arg.get_help().is_some_and(is_chinese));
        let options = options.map(|arg| format!("{path} {}", arg.get_id()));
        let own = (!command.get_about().is_some_and(is_chinese)).then(|| path.to_owned());
        let below = command.get_subcommands().flat_map(|sub| english(sub, &format!("{path} {}", sub.get_name())));
        own.into_iter().chain(options).chain(below).collect()
    }

    #[test]
    fn no_help_is_left_in_english() {
        assert_eq!(english(&in_words(Cli::command(), &words(Lang::Zh)), "grainloss-fleet"), Vec::<String>::new());
    }

    #[test]
    fn a_help_and_a_wrong_argument_have_no_english_around_them() {
        let words = words(Lang::Zh);
        let said = |line: &str| in_words(Cli::command(), &words).try_get_matches_from(line.split(' ')).unwrap_err();
        let commands = Cli::command();
        let of_each = commands.get_subcommands().map(|command| format!("{} --help", command.get_name()));
        for line in of_each.chain(["--help", "help", "keys"].map(str::to_owned)) {
            let line = &*format!("grainloss-fleet {line}");
            let text = grainloss_usage::framed(&said(line).to_string(), &words);
            assert!(text.contains("用法:") && text.contains("显示帮助"), "{line}: {text}");
            for english in ["Usage", "Options", "Commands", "Arguments", "Print", "default", "ossible"] {
                assert!(!text.contains(english), "{line}: {english}: {text}");
            }
        }
        let wrong = |line: &str| grainloss_usage::wrong(&said(line), &words);
        assert_eq!(wrong("grainloss-fleet gahter"), "没有命令 gahter (是否为 gather?)");
        assert_eq!(wrong("grainloss-fleet ask --lagn zh"), "没有选项 --lagn (是否为 --lang?)");
    }
}
