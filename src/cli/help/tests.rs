use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use grainloss_usage::{framed, wrong};

use super::*;
use crate::cli::Cli;

fn chinese() -> Chinese {
    toml::from_str(CHINESE).unwrap()
}

/// Every command with its path, hidden ones apart.
fn commands() -> Vec<(String, Command)> {
    fn add(command: &Command, path: &str, all: &mut Vec<(String, Command)>) {
        all.push((path.to_owned(), command.clone()));
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
            add(sub, &join(path, sub.get_name()), all);
        }
    }
    let mut command = Cli::command();
    command.build();
    let mut all = Vec::new();
    add(&command, "", &mut all);
    all
}

#[test]
fn every_command_and_option_has_its_help_in_chinese() {
    let chinese = chinese();
    let mut missing = Vec::new();
    for (path, command) in commands() {
        if !chinese.command.contains_key(&path) {
            missing.push(format!("[command.\"{path}\"]"));
        }
        for arg in command.get_arguments() {
            if chinese.option(&path, name(arg)).is_none() {
                missing.push(format!("{path}: {}", name(arg)));
            }
            if let Some(heading) = arg.get_help_heading()
                && !chinese.headings.contains_key(heading)
            {
                missing.push(format!("heading {heading}"));
            }
            for value in arg.get_value_names().unwrap_or_default().iter().filter(|_| arg.get_action().takes_values()) {
                let plain = !value.chars().any(|c| c.is_ascii_uppercase()) || value.contains('/');
                if !plain && !chinese.value_names.contains_key(value.as_str()) {
                    missing.push(format!("{path}: {}: value {value}", name(arg)));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "to be added to knowledge/help/zh.toml");
}

#[test]
fn the_chinese_help_has_nothing_that_no_command_has() {
    let commands = commands();
    let options = |path: &str| -> Vec<String> {
        let below = |other: &str| path.is_empty() || other == path || other.starts_with(&format!("{path} "));
        let of = commands.iter().filter(|(other, _)| below(other));
        of.flat_map(|(_, command)| command.get_arguments().map(|arg| name(arg).to_owned())).collect()
    };
    let chinese = chinese();
    for (path, command) in chinese.command.iter().filter(|(path, _)| *path != "help") {
        assert!(commands.iter().any(|(known, _)| known == path), "no command {path}");
        for option in command.options.keys() {
            assert!(options(path).contains(option), "{path}: no option {option}");
        }
    }
    for option in chinese.options.keys().filter(|option| *option != "command") {
        assert!(options("").contains(option), "no option {option}");
    }
}

#[test]
fn each_command_has_examples_and_each_example_parses() {
    let examples: BTreeMap<String, Vec<Example>> = toml::from_str(EXAMPLES).unwrap();
    let commands = commands();
    for (path, _) in commands.iter().filter(|(path, _)| !path.is_empty()) {
        assert!(examples.contains_key(path), "{path} has no example");
    }
    for (path, examples) in &examples {
        assert!(commands.iter().any(|(known, _)| known == path), "no command {path}");
        for example in examples {
            assert!(example.run.starts_with(&format!("grainloss {path}")), "{}", example.run);
            let parsed = Cli::try_parse_from(example.run.split_whitespace());
            assert!(parsed.is_ok(), "{}: {}", example.run, parsed.unwrap_err());
            assert!(!example.zh.is_ascii() && !example.en.is_empty(), "{}", example.run);
        }
    }
}

fn args(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

#[test]
fn the_help_in_chinese_has_no_english_sentence() {
    let words = Words::new(Lang::Zh);
    for (path, _) in commands() {
        let line = args(&format!("grainloss {path} --help"));
        let error = in_language(Cli::command(), Lang::Zh).try_get_matches_from(&line).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DisplayHelp, "{path}");
        let text = framed(&error.render().to_string(), &words);
        let (before, _) = text.split_once("示例:").unwrap_or((&text, ""));
        for line in before.lines().filter(|line| !line.trim_start().starts_with('-') && !line.contains("用法:")) {
            // Three English words one after the other are a sentence; names, values and lists of them have commas.
            let words: Vec<&str> = line.split_whitespace().collect();
            let english = |word: &&&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
            let run = words.windows(3).find(|three| three.iter().filter(english).count() == 3);
            assert!(run.is_none() || line.contains("lodged wet weedy"), "{path}: {line}");
        }
    }
}

#[test]
fn errors_of_usage_are_in_chinese() {
    let words = Words::new(Lang::Zh);
    let said = |line: &str| wrong(&Cli::try_parse_from(line.split_whitespace()).unwrap_err(), &words);
    assert_eq!(said("grainloss reprot"), "没有命令 reprot (是否为 report?)");
    assert_eq!(said("grainloss report --formt csv"), "没有选项 --formt (是否为 --format?)");
    assert!(said("grainloss report --format doc").starts_with("--format <FORMAT>: doc 不可用;可选: xlsx, html"));
    assert!(said("grainloss report last").contains("缺少 --format <FORMAT>"));
    assert_eq!(said("grainloss demo --seed x"), "--seed <N>: x: 应为整数");
    assert_eq!(said("grainloss demo --seed 1 --seed 2"), "--seed <N> 只能写一次");
    assert!(said("grainloss demo --tkw-g 0").ends_with("应为 0.1 到 2000 之间的数"));
    assert!(said("grainloss demo --mode nothing").contains("half-feed"));
    assert!(said("grainloss --lang fr").contains("zh 或 en"));
}
