//! `grainloss evaluate`: how far the estimator is to be trusted, on simulated harvests.

mod params;
mod tables;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::error::CliError;
use super::table::say;
use grainloss_evaluation::{CaseScores, EquipmentError, Plan, QUICK, Report, Sets};
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Message, Words};

/// Harvests that run at a time.
const THREADS: usize = 2;
/// A shorter session has no figures worth reading; a longer one does not fit into memory.
const SECONDS: std::ops::RangeInclusive<u64> = 300..=14_400;

/// Run simulated harvests through the estimator, compare with the truth, and with four simple monitors that see the same.
///
/// The frames are those of `simulate`, the way is that of `replay`, each machine has its own measures. Session errors,
/// ten-second errors behind the machine, intervals, detection of steps, level alarms, activity: one table, the targets
/// beside the figures. The plants are simulated and share no structure with the estimator; what they show is how the two
/// get on, not how a combine does. The same figures in every run; only processor time differs.
///
/// N pans are N rear pans and half as many front samples, taken by three of the simulator's technicians in the first
/// half of the session. An error is |told - true| over true; an interval is given as the factor to either side. Ten
/// seconds are judged when the machine cuts in all of them and at least 0.05 % of the grain is lost behind it. A step is
/// a loss behind the machine that doubles within a pass; it is told by an alarm of loss, or by a ten-second figure that
/// is 1.4 times what it was before; the delay counts from when the lost grain leaves the machine. A level alarm is false
/// when less than 0.7 of the crop's limit was lost in the twenty seconds before it was raised. A heavy loss is 1.5 times
/// the limit for ten seconds of cutting; it is missed when no alarm is active from its beginning to ten seconds after its
/// end. An alarm that comes back within ten minutes is the same. B0 is the factory's gain, B1 the bar with the operator's zero, B2 the
/// ratio on all pans: the factory's gain times found over told, each summed over all pans, B3 the feed rate alone. Where the
/// crop is lodged, wet, weedy or on a slope, the estimator runs once without a word of it and once told from the beginning.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The scenarios that the estimator may be tuned on, those that it may not, or both
    #[arg(long, value_enum, default_value_t = Asked::All)]
    set: Asked,
    /// These scenarios only; may be given several times [default: all]
    #[arg(long = "scenario", value_name = "NAME")]
    scenarios: Vec<String>,
    /// Seeds of each scenario, from 1 in the tuning set and from 301 in the test set [default: 4, with --quick 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: Option<u64>,
    /// Length of each harvest, s, 300 to 14400 [default: 3600, with --quick 1500]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(SECONDS))]
    seconds: Option<u64>,
    /// Numbers of drop pans [default: 0,1,4,8, with --quick 0,1]
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    pans: Option<Vec<usize>>,
    /// The loss plates count more or less than their data sheet says, each machine's by a factor of its own, up
    /// to this one either way, 1 to 10; 1 is sheets that are right, which no technician can know
    #[arg(long, value_name = "FACTOR", default_value_t = Plan::SHEET_OFF, value_parser = sheet_off)]
    sheet_off: f64,
    /// Also run each harvest without pans, beginning with the calibration of a field of the day before, which had four pans
    #[arg(long)]
    persistence: bool,
    /// A few seconds' worth: one scenario of each set, one seed, short harvests
    #[arg(long)]
    quick: bool,
    /// Print the estimator's parameters, with the changes of --param, and end
    #[arg(long, conflicts_with = "sweep")]
    params: bool,
    /// Run with another value of a parameter, as filter.plate_sd=0.4; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = params::change)]
    changes: Vec<params::Change>,
    /// Run with N values of a parameter, evenly spread, and print the main figures of each, as filter.plate_sd=0.3..0.7:5
    #[arg(long, value_name = "NAME=FROM..TO:N", value_parser = params::sweep)]
    sweep: Option<params::Sweep>,
    /// Tell the processor's time in JSON as well, which differs from run to run
    #[arg(long)]
    cpu: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Asked {
    Tune,
    Test,
    All,
}

fn sheet_off(text: &str) -> Result<f64, Message> {
    super::option_values::between(text, 1.0, 10.0)
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let params = params::changed(&args.changes)?;
    if args.params {
        return params::print(&params, args.format, words);
    }
    let sets = match args.set {
        Asked::Tune => Sets::Tune,
        Asked::Test => Sets::Test,
        Asked::All => Sets::All,
    };
    let (seeds, seconds, pans): (_, _, &[usize]) =
        if args.quick { (1, 1500, &[0, 1]) } else { (4, 3600, &[0, 1, 4, 8]) };
    let mut scenarios = args.scenarios.clone();
    if args.quick && scenarios.is_empty() {
        scenarios = QUICK.map(str::to_owned).to_vec();
    }
    let pans = args.pans.clone().unwrap_or_else(|| pans.to_vec());
    let mut plan = Plan::new(sets, &scenarios, args.seeds.unwrap_or(seeds), args.seconds.unwrap_or(seconds), pans)
        .map_err(CliError::input)?;
    if args.persistence {
        plan = plan.with_persistence();
    }
    plan.sheet_off = args.sheet_off;
    plan.params = params;
    if plan.cases.is_empty() {
        return Err(CliError::input(spoken().get("evaluate-no-case")));
    }
    if let Some(sweep) = &args.sweep {
        return params::run_sweep(sweep, &mut plan, args.format, words, report);
    }
    let report = report(&plan)?;
    match args.format {
        Format::Table => tables::print(&report, words),
        Format::Json => {
            let json = grainloss_evaluation::json(&report, args.cpu);
            say(&serde_json::to_string_pretty(&json).map_err(CliError::failed)?)
        }
    }
}

/// Runs the plan and gathers its figures.
fn report(plan: &Plan) -> Result<Report, CliError> {
    let scores = run(plan).map_err(CliError::input)?;
    if let Some(pans) = plan.pans.iter().find(|&&pans| scores.iter().all(|score| score.pans != pans)) {
        return Err(CliError::input(spoken().with("evaluate-too-many-pans", &[("pans", &pans.to_string())])));
    }
    Ok(Report::new(plan, &scores))
}

/// All harvests of the plan, two at a time; the result is in the plan's order.
fn run(plan: &Plan) -> Result<Vec<CaseScores>, EquipmentError> {
    let next = AtomicUsize::new(0);
    let progress = progress(plan.cases.len());
    let worker = || -> Result<_, EquipmentError> {
        let mut done = Vec::new();
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, plan.cases.get(at)?)));
        while let Some((at, case)) = take() {
            done.push((at, grainloss_evaluation::evaluate(case, plan, thread_cpu)?));
            progress.inc(1);
        }
        Ok(done)
    };
    let mut done = std::thread::scope(|scope| -> Result<_, EquipmentError> {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        let mut done: Vec<(usize, Vec<CaseScores>)> = Vec::new();
        for thread in threads {
            // A panic of a thread is one of the whole.
            done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(done)
    })?;
    progress.finish_and_clear();
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().flat_map(|(_, scores)| scores).collect())
}

/// On standard error, when that is a terminal; indicatif looks.
fn progress(cases: usize) -> ProgressBar {
    let bar = ProgressBar::new(cases as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed} / {duration}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// The processor's time of this thread.
fn thread_cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}
