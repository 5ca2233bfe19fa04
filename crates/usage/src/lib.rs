//! What clap says of a command line, in the user's language: the frame around the texts of a help, and what is wrong with
//! arguments.
//!
//! A program translates its own options, lets clap parse, and hands clap's error to [`shown`].

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{IsTerminal, Write as _};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use grainloss_core::clean_text::clean;
use grainloss_knowledge::{Lang, Message, Words};

/// What the environment says of the language: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty.
pub fn locale() -> Option<String> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable)
}

/// The language of help and usage errors, before the arguments are understood: `--lang`, else that of the locale.
pub fn language(args: &[OsString], locale: Option<&str>) -> Lang {
    let args: Vec<Cow<'_, str>> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let after = |at: usize| args.get(at + 1).map(ToString::to_string);
    let given = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--lang") {
        Some("") => after(at),
        Some(value) => value.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    match given.as_deref() {
        Some("en") => Lang::En,
        Some("zh" | "zh-CN" | "zh_CN" | "both") => Lang::Zh,
        _ => Lang::of_locale(locale),
    }
}

/// Prints what clap has to say in these words: help, the version, or what is wrong with the arguments of `program`. The exit
/// status: 0 for what was asked for, 2 for an error.
pub fn shown(program: &str, error: &clap::Error, words: &Words) -> u8 {
    let status = if error.use_stderr() { 2 } else { 0 };
    if words.lang == Lang::En {
        // A closed pipe is no error.
        let _ = error.print();
        return status;
    }
    let colour = std::env::var_os("NO_COLOR").is_none();
    let rendered = |terminal: bool| {
        if terminal && colour { error.render().ansi().to_string() } else { error.render().to_string() }
    };
    let _ = match error.kind() {
        ErrorKind::DisplayVersion => error.print(),
        _ if status == 0 => write!(std::io::stdout(), "{}", framed(&rendered(std::io::stdout().is_terminal()), words)),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            write!(std::io::stderr(), "{}", framed(&rendered(std::io::stderr().is_terminal()), words))
        }
        _ => writeln!(std::io::stderr(), "{program}: {}\n\n{}", clean(&wrong(error, words)), usage(error, words)),
    };
    status
}

/// A help or a line of usage with what clap writes around the texts in these words.
pub fn framed(text: &str, words: &Words) -> String {
    if words.lang == Lang::En {
        return text.to_owned();
    }
    [
        ("Usage:", "usage", "", ":"),
        ("Options:", "options", "", ":"),
        ("Commands:", "commands", "", ":"),
        ("Arguments:", "arguments", "", ":"),
        ("[OPTIONS]", "options", "[", "]"),
        ("[COMMAND]", "commands", "[", "]"),
        ("<COMMAND>", "commands", "<", ">"),
        ("[default: ", "default", "[", ": "),
        ("[possible values: ", "possible", "[", ": "),
    ]
    .iter()
    .fold(text.to_owned(), |text, (english, key, before, behind)| {
        let word = words.get(&format!("usage-frame-{key}"));
        text.replace(english, &format!("{before}{word}{behind}"))
    })
}

/// The line of usage, and where to read more.
fn usage(error: &clap::Error, words: &Words) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => framed(&usage.to_string(), words) + "\n\n",
        _ => String::new(),
    };
    usage + &words.get("usage-more")
}

/// What is wrong with the arguments.
pub fn wrong(error: &clap::Error, words: &Words) -> String {
    let said = |kind| {
        error.get(kind).map(|value| match value {
            ContextValue::String(text) => text.clone(),
            ContextValue::Strings(texts) => texts.join(", "),
            ContextValue::Number(number) => number.to_string(),
            ContextValue::StyledStr(text) => text.to_string(),
            ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            _ => String::new(),
        })
    };
    let get = |kind| said(kind).unwrap_or_default();
    let key = match error.kind() {
        ErrorKind::InvalidValue if get(ContextKind::InvalidValue).is_empty() => "no-value",
        ErrorKind::InvalidValue => "invalid-value",
        ErrorKind::UnknownArgument => "unknown-argument",
        ErrorKind::InvalidSubcommand => "unknown-command",
        ErrorKind::ValueValidation => "bad-value",
        ErrorKind::ArgumentConflict
            if said(ContextKind::PriorArg).as_deref() == said(ContextKind::InvalidArg).as_deref() =>
        {
            "twice"
        }
        ErrorKind::ArgumentConflict => "conflict",
        ErrorKind::MissingRequiredArgument => "missing",
        ErrorKind::MissingSubcommand => "no-command",
        ErrorKind::TooManyValues => "too-many",
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "too-few",
        ErrorKind::NoEquals => "no-equals",
        ErrorKind::InvalidUtf8 => "not-utf8",
        _ => "other",
    };
    let why = std::error::Error::source(error).map_or_else(String::new, |source| {
        source.downcast_ref::<Message>().map_or_else(|| value_problem(source, words), |message| message.text(words))
    });
    let values = [
        ("option", &*get(ContextKind::InvalidArg)),
        ("other", &*get(ContextKind::PriorArg)),
        ("value", &*get(ContextKind::InvalidValue)),
        ("allowed", &*get(ContextKind::ValidValue)),
        ("command", &*get(ContextKind::InvalidSubcommand)),
        ("why", &*why),
    ];
    let mut text = words.with(&format!("usage-{key}"), &values);
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(near) = near.into_iter().find_map(said) {
        text = text + " " + &words.with("config-did-you-mean", &[("near", &near)]);
    }
    text
}

/// What the standard library and clap say of a number.
fn value_problem(source: &(dyn std::error::Error + 'static), words: &Words) -> String {
    if source.is::<std::num::ParseIntError>() {
        words.get("usage-whole-number")
    } else if source.is::<std::num::ParseFloatError>() {
        words.get("usage-number")
    } else {
        // clap's own range: `9 is not in 1..=5`.
        let text = source.to_string();
        match text.split_once(" is not in ") {
            Some((value, range)) => words.with("usage-range", &[("value", value), ("range", range)]),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn args(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_language_is_known_before_the_arguments_are() {
        assert_eq!(language(&args("grainloss --lang en --nonsense"), Some("zh_CN.UTF-8")), Lang::En);
        assert_eq!(language(&args("grainloss report --lang=zh"), Some("en_US.UTF-8")), Lang::Zh);
        assert_eq!(language(&args("grainloss report"), Some("en_US.UTF-8")), Lang::En);
        assert_eq!(language(&args("grainloss report --lang"), None), Lang::Zh);
    }

    fn command() -> Command {
        let days = Arg::new("days").long("days").default_value("7").value_parser(clap::value_parser!(u8).range(1..=9));
        let kind = Arg::new("kind").required(true).value_parser(["day", "week"]);
        Command::new("office").subcommand_required(true).subcommand(Command::new("ask").arg(days).arg(kind))
    }

    #[test]
    fn what_is_wrong_is_said_in_both_languages() {
        let said =
            |line: &str, lang: Lang| wrong(&command().try_get_matches_from(args(line)).unwrap_err(), &Words::new(lang));
        assert_eq!(said("office ask day --days x", Lang::Zh), "--days <days>: x: 应为整数");
        assert_eq!(said("office ask day --days 10", Lang::Zh), "--days <days>: 10: 10 不在 1..=9 之内");
        assert_eq!(said("office ask month", Lang::Zh), "<kind>: month 不可用;可选: day, week");
        assert_eq!(said("office ask day --day 1", Lang::Zh), "没有选项 --day (是否为 --days?)");
        assert_eq!(said("office ask day --day 1", Lang::En), "there is no option --day (did you mean --days?)");
        assert_eq!(said("office ask", Lang::Zh), "缺少 <kind>");
        assert_eq!(said("office as", Lang::Zh), "没有命令 as (是否为 ask?)");
        assert_eq!(said("office", Lang::Zh), "缺少命令");
    }

    #[test]
    fn the_frame_of_a_help_is_in_the_same_language() {
        let of = |line: &str, lang: Lang| {
            framed(&command().try_get_matches_from(args(line)).unwrap_err().to_string(), &Words::new(lang))
        };
        let help = of("office ask --help", Lang::Zh);
        for word in ["用法: office ask [选项] <kind>", "参数:", "选项:", "[默认: 7]", "[可选: day, week]"] {
            assert!(help.contains(word), "{word}: {help}");
        }
        assert!(of("office --help", Lang::Zh).contains("用法: office <命令>"));
        assert!(of("office --help", Lang::En).contains("Usage: office <COMMAND>"));
    }
}
