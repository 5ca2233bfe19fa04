//! The texts of `--help` in the user's language; examples at the end of each help.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use clap::{Arg, Command};
use serde::Deserialize;

use grainloss_knowledge::{Lang, Words};

/// The help in Chinese; the English one stands with the options.
const CHINESE: &str = include_str!("../../knowledge/help/zh.toml");
/// Examples of each command.
const EXAMPLES: &str = include_str!("../../knowledge/help/examples.toml");

type Table = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Chinese {
    headings: Table,
    value_names: Table,
    options: Table,
    command: BTreeMap<String, OneCommand>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneCommand {
    about: String,
    long: Option<String>,
    #[serde(default)]
    options: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    run: String,
    zh: String,
    en: String,
}

/// The help in Chinese; `None` when its file is broken, which a test refuses.
static HELP: LazyLock<Option<Chinese>> = LazyLock::new(|| toml::from_str(CHINESE).ok());

impl Chinese {
    /// The text of an option: that of this command, of the commands above it, or the one for all.
    fn option(&self, command: &str, name: &str) -> Option<&String> {
        let mut above = Some(command);
        while let Some(path) = above {
            if let Some(text) = self.command.get(path).and_then(|command| command.options.get(name)) {
                return Some(text);
            }
            above = path.rsplit_once(' ').map(|(above, _)| above);
        }
        self.options.get(name)
    }
}

/// What an option is called in the data: its long name, or its place's.
fn name(arg: &Arg) -> &str {
    arg.get_long().unwrap_or_else(|| arg.get_id().as_str())
}

/// The commands with examples, in this language.
pub(super) fn in_language(command: Command, lang: Lang) -> Command {
    let examples: BTreeMap<String, Vec<Example>> = toml::from_str(EXAMPLES).unwrap_or_default();
    let mut command = command;
    if lang == Lang::Zh
        && let Some(chinese) = &*HELP
    {
        // Built first, so that what clap adds of its own (--help, --version, help) is there to be put into words.
        command.build();
        command = translated(command, "", chinese);
    }
    with_examples(command, "", &examples, lang)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

fn translated(command: Command, path: &str, chinese: &'static Chinese) -> Command {
    // `help` and `machine help` have one text; `help report` and `machine help show` those of the commands.
    let named: Vec<&str> = path.split(' ').filter(|word| *word != "help").collect();
    let key = if path.ends_with("help") { "help".to_owned() } else { named.join(" ") };
    let known = chinese.command.get(&key);
    let mut command = command;
    if let Some(OneCommand { about, long, .. }) = known {
        let long = long.as_ref().map_or_else(|| about.clone(), |long| format!("{about}\n\n{long}"));
        command = command.about(about.clone()).long_about(long);
    }
    // What stands below the options is the list of logs that can be read.
    if command.get_after_long_help().is_some() {
        command = command.after_long_help(Words::new(Lang::Zh).get("log-readable"));
    }
    command.mut_args(|arg| translated_option(arg, path, chinese)).mut_subcommands(|sub| {
        let path = join(path, sub.get_name());
        translated(sub, &path, chinese)
    })
}

fn translated_option(arg: Arg, path: &str, chinese: &'static Chinese) -> Arg {
    let heading = arg.get_help_heading().and_then(|heading| chinese.headings.get(heading)).map(String::as_str);
    let value_names: Option<Vec<&str>> = arg.get_value_names().map(|names| {
        names.iter().filter_map(|name| chinese.value_names.get(name.as_str()).map(String::as_str)).collect()
    });
    let text = chinese.option(path, name(&arg)).cloned();
    // The text says what each value means, where that has to be said.
    let explained = arg.get_possible_values().iter().any(|value| value.get_help().is_some());
    let mut arg = arg.hide_possible_values(explained);
    if let Some(text) = text {
        arg = arg.help(text.clone()).long_help(text);
    }
    if let Some(names) = value_names.filter(|names| !names.is_empty()) {
        arg = arg.value_names(names);
    }
    if let Some(heading) = heading {
        arg = arg.help_heading(heading);
    }
    arg
}

fn with_examples(command: Command, path: &str, all: &BTreeMap<String, Vec<Example>>, lang: Lang) -> Command {
    let mut command = command;
    if let Some(examples) = all.get(path) {
        let title = match lang {
            Lang::Zh => "示例:",
            Lang::En => "Examples:",
        };
        let lines = examples.iter().map(|example| {
            let remark = match lang {
                Lang::Zh => &example.zh,
                Lang::En => &example.en,
            };
            format!("\n  {}\n      {remark}", example.run)
        });
        let mut text = title.to_owned() + &lines.collect::<String>();
        if let Some(before) = command.get_after_long_help() {
            text = format!("{before}\n\n{text}");
        }
        command = command.after_long_help(text);
    }
    command.mut_subcommands(|sub| {
        let path = join(path, sub.get_name());
        with_examples(sub, &path, all, lang)
    })
}

/// Prints what clap has to say, in this language: help, the version, or what is wrong with the arguments. The exit status.
pub(super) fn shown(error: &clap::Error, command: Command, args: &[OsString], lang: Lang) -> u8 {
    // Once more, by the commands in the user's language: they make the help and the line of usage.
    let again = in_language(command, lang).try_get_matches_from(args).err();
    grainloss_usage::shown("grainloss", again.as_ref().unwrap_or(error), &Words::new(lang))
}

// The help is written for every command: a build without some of them has less than it says.
#[cfg(test)]
#[cfg(all(feature = "simulator", feature = "web"))]
mod tests;
