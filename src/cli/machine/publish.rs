//! `grainloss machine publish`.

mod files;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::check;
use super::frames::{Step, each_frame};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::said::Said as _;
use crate::cli::table::say;
use grainloss_core::machine::Channel;
use grainloss_fitting::Mark;
use grainloss_fitting::package::{PackageError, VectorMaker, Verified, package, public, verify};
use grainloss_knowledge::{Words, profiles};

/// Make a package of a profile that can be given away, or check one that was received.
///
/// The package holds the profile without comments, description and interface names, the part of its database that it needs,
/// about 200 frames of the log with the values that they must give, and what `machine check` says. No positions, no dates,
/// no names of people or things: what the profile does not read is set to ones. It is a tar file where the name ends in
/// .tar, else a folder. A profile with a wrong channel is not published.
///
/// Exit status: 0 done, and with --verify all as it was made; 1 a file was changed, a frame gives another value, or a
/// channel is wrong; 2 no such package or bad input.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A profile's name, or a .toml file
    #[arg(required_unless_present = "verify", value_name = "PROFILE")]
    machine: Option<String>,
    /// Logs of this machine, with some minutes of cutting; they are read twice
    #[arg(required_unless_present = "verify", value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// Where to write the package: a new folder, or a file that ends in .tar
    #[arg(short, long, required_unless_present = "verify", value_name = "DIR_OR_FILE")]
    out: Option<PathBuf>,
    /// The machine's public name; without it, one made of the profile's hash
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What others should know of the machine: make, model, year
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
    /// Check this package instead
    #[arg(long, value_name = "PACKAGE", conflicts_with_all = ["machine", "logs", "out", "name", "about"])]
    verify: Option<PathBuf>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    match (&args.verify, &args.machine, &args.out) {
        (Some(path), ..) => verify_package(path, words),
        (None, Some(machine), Some(out)) => publish(args, machine, out, words),
        // clap asks for both.
        (None, ..) => Ok(()),
    }
}

fn publish(args: &Args, machine: &str, out: &Path, words: &Words) -> Result<(), CliError> {
    files::must_be_new(out).map_err(CliError::input)?;
    let own = profiles::load(machine).map_err(CliError::input)?;
    let public = public(&own, args.name.as_deref(), args.about.as_deref()).map_err(CliError::input)?;
    let judgement = check::run(&own, &args.logs, words)?.judgement();
    let wrong: Vec<&str> = judgement.of_mark(Mark::Wrong).map(Channel::name).collect();
    if !wrong.is_empty() {
        return Err(CliError::failed(words.with("publish-wrong", &[("channels", &wrong.join(", "))])));
    }
    let maker = RefCell::new(VectorMaker::new(&public.profile, &public.interfaces).map_err(CliError::input)?);
    let name = |names: &[String]| maker.borrow_mut().name_interfaces(names);
    each_frame(logs::source(&args.logs)?, words, name, |step| {
        if let Step::Frame(frame, t_us) = step {
            maker.borrow_mut().take(frame, t_us);
        }
    })?;
    let vectors = maker.into_inner().vectors().map_err(CliError::input)?;
    let software = env!("CARGO_PKG_VERSION");
    let check = json!({ "software": software, "judgement": check::to_json(&judgement) });
    let package = package(&public, &vectors, &check, software).map_err(CliError::failed)?;
    files::write(out, &package).map_err(CliError::failed)?;
    let (file, frames) = (out.display().to_string(), vectors.len().to_string());
    say(&words.with("publish-done", &[("file", &file), ("frames", &frames), ("name", &public.profile.name)]))?;
    say(&words.get("publish-left-out"))
}

fn verify_package(path: &Path, words: &Words) -> Result<(), CliError> {
    let named = |error: PackageError| CliError::Input(format!("{}: {}", path.display(), error.said()));
    let files = files::read(path).map_err(CliError::input)?.map_err(named)?;
    let found = verify(&files).map_err(named)?;
    let (name, about) = (&found.profile.name, &found.profile.about);
    let software = &found.manifest.software;
    say(&words.with("publish-package", &[("name", name), ("about", about), ("software", software)]))?;
    say(&words.with("publish-vectors", &[("frames", &found.vectors.to_string())]))?;
    restated(&found, words)?;
    if found.holds() {
        return say(&words.get("publish-holds"));
    }
    let mut problems = Vec::new();
    if !found.differing.is_empty() {
        problems.push(words.with("publish-changed", &[("files", &found.differing.join(", "))]));
    }
    if let Some(first) = found.vectors_differing.first() {
        let count = found.vectors_differing.len().to_string();
        problems.push(words.with("publish-other-values", &[("count", &count), ("line", &first.to_string())]));
    }
    Err(CliError::Failed(format!("{}: {}", path.display(), problems.join("; "))))
}

/// What `machine check` said when the package was made: known words only are repeated.
fn restated(found: &Verified, words: &Words) -> Result<(), CliError> {
    let marks = &found.check["judgement"]["marks"];
    let of = |mark: Mark| {
        let is = |channel: &&Channel| marks[channel.name()]["mark"] == mark.word();
        Channel::ALL.iter().filter(is).map(|channel| channel.name()).collect::<Vec<_>>()
    };
    for mark in Mark::ALL {
        let channels = of(mark);
        if !channels.is_empty() {
            let (mark, count) = (words.get(&format!("judge-mark-{}", mark.word())), channels.len().to_string());
            let values = [("mark", &*mark), ("count", &*count), ("channels", &*channels.join(", "))];
            say(&words.with("publish-marks", &values))?;
        }
    }
    Ok(())
}
