//! `grainloss train`: a learner drives the simulated machine by keys, with the dashboard beside; a score and a lesson at the end.

mod lesson;
mod place;
mod script;
mod source;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::error::CliError;
use super::options::{
    CropOptions, MAX_SECONDS, alarms_and_prices, apart, journal_path, reload_settings, spare, writable, write_json,
};
use super::session_metadata::name;
use super::simulate::loaded;
use super::{dashboard, logging, runner, table};
use crate::cli::said::Said as _;
use crate::config::Configuration;
use crate::service::{CalibrationChoice, FileSessionFactory, RunConfig, Sessions, Speed};
use grainloss_journal::{Entered, Overflow};
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::{Words, profiles};
use grainloss_protocol::snapshot::SourceKind;
use grainloss_simulator::{Scenario, tasks};
use lesson::Lesson;
use place::{Place, Shared};
use source::DrivenMachine;

/// How long a lesson lasts, s: some passes with their turns (our choice).
const LESSON_S: u64 = 900;
/// Alarms that a driver can answer at the controls; those of sensors and bus are not counted in the score.
const ANSWERABLE: [&str; 5] = ["loss-level", "loss-step", "loss-relative", "plugged", "engine-stalling"];

/// The word of an alarm that never was more than a notice: there was nothing to answer.
const ONLY_PROBABLE: &str = "probable";

/// Learn to drive: you set speed, header, reel, fan and throttle of a simulated machine, and are scored at the end.
///
/// The machine is found as the scenario's driver left it. Arrow keys set speed and reel, PgUp and PgDn the height of cut, g
/// lifts and lowers the header, Enter turns, e engages the thresher; Tab shows the whole dashboard, q ends the lesson. The
/// score (100 points: loss 35, time above the limit 10, area 25, faults 20, alarms 10) compares you with a trained driver in
/// the same field, by the simulator's truth. Example: grainloss train --scenario wheat-lodged --trainee 张三 --out lesson.html
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which field, machine and crop: a name that `simulate --list` shows, or a scenario of your own
    #[arg(long, default_value = "wheat", value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::scenario)]
    scenario: String,
    /// The same seed gives the same field
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Who learns; kept with the session and the lesson
    #[arg(long, value_name = "NAME", value_parser = name)]
    trainee: Option<String>,
    /// How long the lesson lasts, s
    #[arg(long, default_value_t = LESSON_S, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_SECONDS))]
    seconds: u64,
    /// Drive by a script, without a screen: a line for each press, SECONDS CONTROL [TIMES], as --save-keys writes it
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Write what was pressed, as a script for --keys
    #[arg(long, value_name = "FILE")]
    save_keys: Option<PathBuf>,
    /// Keep the lesson: JSON or HTML by the ending, otherwise text
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Times real time, or max [default: 1 with a screen, max with --keys]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
    /// The journal to store the session in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    #[command(flatten)]
    crop: CropOptions,
}

pub(super) fn main(args: &Args, settings: Configuration, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    let script = args.keys.as_deref().map(|path| read_script(path, words)).transpose()?;
    let on_screen = script.is_none();
    if on_screen {
        dashboard::need_terminal()?;
    }
    let scenario = loaded(&args.scenario)?;
    let config = settings.config.clone();
    let db = journal_path(args.db.clone(), &config)?;
    let inputs = [("--keys", args.keys.as_ref()), ("--db", Some(&db))];
    let outputs = [("--save-keys", args.save_keys.as_ref()), ("--out", args.out.as_ref())];
    let outputs = || outputs.into_iter().filter_map(|(option, path)| Some((option, path?)));
    apart(inputs.into_iter().filter_map(|(option, path)| Some((option, path?))), outputs())?;
    spare(Some(&db), outputs())?;
    writable(outputs())?;
    logging::log(on_screen, level);
    let limit_pct = limit_pct(&args.crop, &scenario, &config)?;
    let shared = Arc::new(Mutex::new(Shared::default()));
    let machine =
        DrivenMachine::new(&scenario, args.seed, args.seconds, script.unwrap_or_default(), Arc::clone(&shared));
    let speed = args.speed.unwrap_or(if on_screen { Speed::Times(1.0) } else { Speed::Max });
    let screen = on_screen.then(|| (Words::new(words.lang), dashboard::remembered(&settings)));
    let run = run_config(args, &scenario, settings, db.clone(), speed);
    let factory = FileSessionFactory::new(run).map_err(CliError::input)?;
    let start_us = scenario.start_unix_s() * 1_000_000;
    if on_screen {
        for task in tasks(&scenario) {
            table::say(&format!("· {}", words.get(&format!("train-task-{}", task.word()))))?;
        }
    }
    let cab = on_screen.then(|| Box::new(Place::new(shared)) as Box<dyn grainloss_tui::Cab>);
    let beside = runner::Beside { cab, ..runner::Beside::default() };
    let report = runner::run_with(beside, machine, factory, start_us, screen)?;
    let alarms =
        report.summary.alarms().filter(|alarm| ANSWERABLE.contains(&alarm.id) && alarm.excess != Some(ONLY_PROBABLE));
    let alarms: Vec<f64> = alarms.map(|alarm| alarm.t_unix).collect();
    let score = report.source.scoring.score(limit_pct, &alarms);
    let lesson = Lesson::new(args.trainee.clone(), &scenario, args.seed, score);
    for line in lesson.lines(words) {
        table::say(&line)?;
    }
    if let Some(path) = &args.out {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        let text = match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("json") => format!("{:#}\n", lesson.json(words)),
            Some("html" | "htm") => lesson.html(words),
            _ => lesson.lines(words).join("\n") + "\n",
        };
        write("--out", path, &text, words)?;
    }
    if let Some(path) = &args.save_keys {
        write("--save-keys", path, &script::written(&report.source.taken), words)?;
    }
    table::stored(words, report.session, &db)?;
    runner::check_complete(&report)
}

fn write(option: &str, path: &Path, text: &str, words: &Words) -> Result<(), CliError> {
    write_json(path, text)
        .map_err(|error| CliError::input(format!("{option} {}: {}", path.display(), error.said())))?;
    table::say(&words.with("train-written", &[("file", &path.display().to_string())]))
}

fn read_script(path: &Path, words: &Words) -> Result<Vec<script::Press>, CliError> {
    let file = path.display().to_string();
    let text = read_text_bounded(path, LONGEST_TEXT)
        .map_err(|error| CliError::input(format!("--keys {file}: {}", error.said())))?;
    script::read(&file, &text, words).map_err(CliError::input)
}

/// The limit that the session is judged by, %: the one of the command line, of the configuration, or the crop's.
fn limit_pct(crop: &CropOptions, scenario: &Scenario, config: &crate::config::Config) -> Result<Option<f64>, CliError> {
    let named = crop.limit.as_deref().or_else(|| config.alarms.limits.get(scenario.crop()).map(String::as_str));
    let entry = grainloss_knowledge::crop(scenario.crop()).map_err(CliError::input)?;
    let limit = grainloss_knowledge::limit(named, scenario.crop(), &entry).map_err(CliError::input)?;
    Ok(limit.map(|limit| limit.percent))
}

fn run_config(args: &Args, scenario: &Scenario, settings: Configuration, db: PathBuf, speed: Speed) -> RunConfig {
    let config = &settings.config;
    let measures = scenario.machine().to_owned();
    let profile = move || {
        let mut profile = profiles::load("combine-demo")?;
        if let Some(geometry) = grainloss_evaluation::geometry(&measures) {
            profile.geometry = geometry;
        }
        Ok(Arc::new(profile))
    };
    RunConfig {
        source: format!("simulator: lesson in scenario {} seed {}", scenario.name(), args.seed),
        source_kind: SourceKind::Demo,
        clock: "simulator",
        all_frames: true,
        profile: Arc::new(profile),
        crop: Some(scenario.crop().to_owned()),
        first_crop: Some(scenario.crop().to_owned()),
        crop_settings: args.crop.settings(),
        settings: alarms_and_prices(config),
        entered: Entered { operator: args.trainee.clone(), ..Entered::default() },
        revision: None,
        pans: Vec::new(),
        conditions: Vec::new(),
        calibration: CalibrationChoice::None,
        plates_touched: false,
        journal: Some(db),
        tenths: config.journal.tenths,
        overflow: if speed.is_paced() { Overflow::Count } else { Overflow::Wait },
        capture_budget_bytes: None,
        trace: None,
        sessions: Sessions::One,
        socket: None,
        reload_on_hup: false,
        reload_settings: reload_settings(settings),
        speed,
    }
}
