//! `grainloss machine learn`: files, threads and the bus behind the guide.

mod marks_file;
mod profile;
mod ranker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Args as _, FromArgMatches as _};

use self::marks_file::MarksFile;
use self::ranker::Ranker;
use super::find;
use super::frames::{Step, each_frame};
use super::live_bus::{Bus, News};
use crate::cli::error::CliError;
use crate::cli::options::{apart, writable};
use crate::cli::said::Said as _;
use crate::cli::table::say;
use crate::cli::{logs, terminal_tool};
use crate::service::stop_on_signals;
use grainloss_find::{Candidate, Ranking, Recording};
use grainloss_knowledge::Words;
use grainloss_tui::{Learn, LearnEffect, Offer, Ranked, Tape};

/// A live ranking is made anew so often even without a new mark, µs.
const RANK_EVERY_US: i64 = 20_000_000;

/// A guide in the terminal: find the signals of a machine that nobody has described, with its driver, in half an hour.
///
/// It says what to do, shows which bytes begin to change, takes marks by one key and readings of the machine's display, and
/// ranks the bits for each quantity meanwhile. Marks are saved as they are made, in the file that `machine find --marks`
/// reads, frames in a candump log; with the same files it goes on where it was. It ends with a profile and its check.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["can", "logs"]))]
pub(super) struct Args {
    /// Listen to this interface; may be given several times
    #[arg(long = "can", value_name = "IFACE")]
    can: Vec<String>,
    /// Look through this log instead; may be given several times
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// The profile that is written in the end; a file that is there stays
    #[arg(long, value_name = "FILE.toml", default_value = "my-combine.toml")]
    toml: PathBuf,
    /// The marks, also those of an earlier run [default: as --toml, ending with .marks.csv]
    #[arg(long, value_name = "FILE.csv")]
    marks: Option<PathBuf>,
    /// Where live frames are recorded, after those of an earlier run [default: as --toml, ending with .log]
    #[arg(long, value_name = "FILE.log", conflicts_with = "logs")]
    record: Option<PathBuf>,
}

/// The files of a run.
struct Files {
    marks: PathBuf,
    /// What is ranked and checked.
    logs: Vec<PathBuf>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    terminal_tool::need_terminal(words)?;
    let beside = |ending: &str| args.toml.with_extension(ending);
    let marks = args.marks.clone().unwrap_or_else(|| beside("marks.csv"));
    let record = args.record.clone().unwrap_or_else(|| beside("log"));
    let is_live = !args.can.is_empty();
    let outputs = [("--marks", &marks), ("--toml", &args.toml)].into_iter();
    let outputs = outputs.chain(is_live.then_some(("--record", &record)));
    apart(args.logs.iter().map(|log| ("--log", log)), outputs.clone())?;
    writable(outputs.filter(|(option, _)| *option != "--toml"))?;
    let mut file = MarksFile::open(&marks, words)?;

    let (mut recording, mut tape, mut interfaces) = (Recording::default(), Tape::default(), args.can.clone());
    let earlier = is_live && record.metadata().is_ok_and(|found| found.len() > 0);
    let files = Files { marks, logs: if is_live { vec![record.clone()] } else { args.logs.clone() } };
    if !is_live || earlier {
        let named = |names: &[String]| interfaces = names.to_vec();
        each_frame(logs::source(&files.logs)?, words, named, |step| {
            if let Step::Frame(frame, t_us) = step {
                recording.take(frame, t_us);
                if !is_live {
                    tape.take(frame, t_us);
                }
            }
        })?;
    }
    let beyond = tape.beyond();
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let ranker = Ranker::start(recording).map_err(CliError::failed)?;
    let bus =
        is_live.then(|| Bus::open(&args.can, Some(&record), Some(ranker.forward()), Arc::clone(&stop))).transpose()?;
    let source = if is_live { args.can.join(" ") } else { names(&files.logs) };
    let look = terminal_tool::look(words);
    let tape = (!is_live).then_some(tape);
    let mut learn = Learn::new(look, &source, tape, &args.toml.display().to_string(), file.lines().to_vec());
    let words = Words::new(learn.words().lang);
    if beyond > 0 {
        learn.trouble(Some(words.with("learn-trouble-beyond", &[("frames", &beyond.to_string())])));
    }
    let guide =
        Guide { bus: bus.as_ref(), ranker, file: &mut file, files: &files, interfaces, words: &words, standing: None };
    let written = guide.run(&mut learn, &stop)?;
    if let Some(bus) = bus {
        bus.end();
    }
    finish(written.as_deref(), &files, args, &words)
}

/// Says where everything is, and checks the profile.
fn finish(written: Option<&Path>, files: &Files, args: &Args, words: &Words) -> Result<(), CliError> {
    let (marks, logs) = (files.marks.display().to_string(), names(&files.logs));
    let sources = args.can.iter().map(|name| format!("--can {name}"));
    let sources = sources.chain(args.logs.iter().map(|log| format!("--log {}", log.display())));
    let sources = sources.collect::<Vec<_>>().join(" ");
    let again = format!("grainloss machine learn {sources} --toml {} --marks {marks}", args.toml.display());
    say(&words.with("learn-kept", &[("marks", &marks), ("log", &logs), ("again", &again)]))?;
    let Some(file) = written.map(|file| file.display().to_string()) else { return Ok(()) };
    say(&words.with("learn-written", &[("file", &file)]))?;
    say(&words.with("learn-checked", &[("file", &file), ("log", &logs)]))?;
    // As on the command line: what that takes is all that is known of the check here.
    let mut given = vec!["check".to_owned(), file];
    given.extend(files.logs.iter().map(|log| log.display().to_string()));
    let asked = super::check::Args::augment_args(clap::Command::new("check")).try_get_matches_from(given);
    let asked = asked.and_then(|asked| super::check::Args::from_arg_matches(&asked)).map_err(CliError::failed)?;
    super::check::main(&asked, words)
}

fn names(logs: &[PathBuf]) -> String {
    logs.iter().map(|log| log.display().to_string()).collect::<Vec<_>>().join(" ")
}

/// What carries out what the guide asks for.
struct Guide<'a> {
    bus: Option<&'a Bus>,
    ranker: Ranker,
    file: &'a mut MarksFile,
    files: &'a Files,
    interfaces: Vec<String>,
    words: &'a Words,
    /// What stays wrong, whatever becomes of the marks.
    standing: Option<String>,
}

impl Guide<'_> {
    /// Runs until the user quits or the profile is written: its path.
    fn run(mut self, learn: &mut Learn, stop: &AtomicBool) -> Result<Option<PathBuf>, CliError> {
        let mut written = None;
        let mut ranked_us = 0;
        // A ranking that is due.
        let mut is_due = false;
        let (mut lost, mut beyond) = (0, 0);
        let shown = grainloss_tui::show_tool(learn, stop, |learn| {
            let now_us = self.take_news(learn);
            let ends = learn.effects().into_iter().any(|effect| match effect {
                LearnEffect::Quit => true,
                LearnEffect::Write(draft) => {
                    written = self.write(&draft, learn);
                    written.is_some()
                }
                LearnEffect::Rank => {
                    is_due = true;
                    false
                }
                LearnEffect::Mark(mark) => {
                    let noted = self.file.add(&mark).map(|()| Some(mark));
                    self.saved(noted, learn);
                    false
                }
                LearnEffect::Undo => {
                    let undone = self.file.undo();
                    match undone {
                        Ok(false) => learn.say(self.words.get("learn-nothing-undone")),
                        undone => self.saved(undone.map(|_| None), learn),
                    }
                    false
                }
            });
            is_due |= self.bus.is_some() && !self.file.lines().is_empty() && now_us > ranked_us + RANK_EVERY_US;
            if is_due && !self.ranker.is_busy() {
                match self.file.noted(self.words) {
                    Ok(marks) if self.ranker.rank(&marks) => {
                        (is_due, ranked_us) = (false, now_us);
                        learn.ranks();
                    }
                    Ok(_) => {}
                    Err(error) => {
                        is_due = false;
                        learn.trouble(Some(error.to_string()));
                    }
                }
            }
            if let Some((rankings, too_many)) = self.ranker.poll() {
                beyond = too_many;
                learn.ranked(rankings.into_iter().map(|ranking| offered(ranking, self.words)).collect());
            }
            let now_lost = self.bus.map_or(0, Bus::lost) + beyond;
            if now_lost > lost {
                lost = now_lost;
                self.stands(learn, self.words.with("learn-trouble-lost", &[("frames", &lost.to_string())]));
            }
            ends
        });
        shown.map_err(|error| CliError::failed(format!("machine learn: {}", error.said())))?;
        Ok(written)
    }

    /// Hands over what the bus has brought; its time now, µs.
    fn take_news(&mut self, learn: &mut Learn) -> i64 {
        let Some(bus) = self.bus else { return 0 };
        bus.each(|news| match news {
            News::Frame(frame, t_us) => learn.frame(&frame, t_us),
            News::Quiet(t_us) => learn.quiet(t_us),
            News::LogFailed(problem) => {
                self.stands(learn, self.words.with("learn-trouble-log", &[("problem", &problem)]));
            }
            News::BusFailed(problem) => {
                self.stands(learn, self.words.with("learn-trouble-bus", &[("problem", &problem)]));
            }
        });
        bus.now_us()
    }

    /// Says what will stay wrong.
    fn stands(&mut self, learn: &mut Learn, trouble: String) {
        learn.trouble(Some(trouble.clone()));
        self.standing = Some(trouble);
    }

    /// Says what became of a mark, or of taking one back.
    fn saved(&self, result: std::io::Result<Option<grainloss_tui::MarkLine>>, learn: &mut Learn) {
        match result {
            Ok(mark) => {
                let text = match mark {
                    Some(mark) => {
                        let word = self.words.get(&format!("learn-mark-{}", mark.word));
                        let what = format!("{word} {}", mark.value);
                        self.words.with("learn-marked", &[("what", what.trim())])
                    }
                    None => self.words.get("learn-undone"),
                };
                learn.trouble(self.standing.clone());
                learn.marks(self.file.lines().to_vec());
                learn.say(text);
            }
            Err(error) => {
                let problem = error.to_string();
                learn.trouble(Some(self.words.with("learn-trouble-marks", &[("problem", &problem)])));
            }
        }
    }

    /// Writes the profile; `None`, and the reason on the screen, when it cannot be.
    fn write(&self, draft: &grainloss_tui::Draft, learn: &mut Learn) -> Option<PathBuf> {
        let log = names(&self.files.logs);
        let origin = profile::Origin {
            log: &log,
            marks: &self.files.marks.display().to_string(),
            count: self.file.lines().len(),
            interfaces: &self.interfaces,
        };
        match profile::write(draft, &origin, self.words) {
            Ok(path) => Some(path),
            Err(problem) => {
                learn.refused(&problem);
                None
            }
        }
    }
}

/// A ranking in words.
fn offered(ranking: Ranking, words: &Words) -> Ranked {
    let offer = |candidate: Candidate| Offer {
        place: find::place(&candidate.field),
        why: find::why(&candidate, words).join("; "),
        candidate,
    };
    Ranked { quantity: ranking.quantity, offers: ranking.candidates.into_iter().map(offer).collect() }
}
