//! `measure guide`: how it is measured, metre by metre.

use super::{CliError, CropArgs, say};
use crate::cli::option_values::between;
use grainloss_core::measured_point::AreaKind;
use grainloss_knowledge::{MeasuringFact, MeasuringStep, Message, Procedure, Words, procedure};

/// From here on machines are remembered to work steadily, m: a note, no rule (knowledge/measurement.toml, recalled).
const RUN_UP_M: f64 = 20.0;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    crop: CropArgs,
    /// Width cut, m
    #[arg(long, value_name = "N", value_parser = width)]
    width_m: Option<f64>,
    /// Length of the plot along the way of the machine, m
    #[arg(long, value_name = "N", value_parser = length)]
    length_m: Option<f64>,
}

pub(super) fn width(text: &str) -> Result<f64, Message> {
    between(text, 0.3, 20.0)
}

fn length(text: &str) -> Result<f64, Message> {
    between(text, 5.0, 20_000.0)
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let crop = &args.crop.crop;
    let (procedure, facts, mode) = procedure(crop, args.crop.mode).map_err(CliError::input)?;
    let places = geometry(&procedure, args, words)?;
    let entry = grainloss_knowledge::crop(crop).map_err(CliError::input)?;
    let mode = mode.map_or_else(String::new, |mode| words.get(&format!("harvest-mode-{}", mode.word())));
    let title = words.with("guide-title", &[("crop", entry.name.get(words.lang)), ("mode", &mode)]);
    say(title.trim_end())?;
    for (n, step) in MeasuringStep::ALL.into_iter().enumerate() {
        let of_step: Vec<&MeasuringFact> = facts.iter().filter(|fact| fact.step == step).collect();
        if of_step.is_empty() && step != MeasuringStep::Mark {
            continue;
        }
        say(&format!("\n{}. {}", n + 1, words.get(&format!("guide-step-{}", step.word()))))?;
        for fact in of_step {
            say(&format!("- {}", fact.text.get(words.lang)))?;
            let standing = words.get(&format!("guide-standing-{}", fact.standing.word()));
            let values = [("standing", &*standing), ("source", fact.source(words.lang))];
            say(&format!("  {}", words.with("guide-source", &values)))?;
        }
        if step == MeasuringStep::Mark {
            for line in &places {
                say(line)?;
            }
            say(&format!("  [{}]", procedure.position.get(words.lang)))?;
        }
        if step == MeasuringStep::Weigh && procedure.needs_tkw {
            say(&format!("- {}", words.get("guide-tkw")))?;
        }
    }
    let base = &procedure.base;
    say(&format!("\n{}", words.with("guide-base", &[("percent", &base.percent.to_string())])))?;
    let standing = words.get(&format!("guide-standing-{}", base.standing.word()));
    let values = [("standing", &*standing), ("source", base.source(words.lang))];
    say(&format!("  {}", words.with("guide-source", &values)))?;
    say(&format!("\n{}", words.with("guide-next", &[("crop", crop)])))
}

fn metres(value: f64) -> String {
    format!("{value:.1}")
}

/// Where the areas lie, one line for each place and area.
fn geometry(procedure: &Procedure, args: &Args, words: &Words) -> Result<Vec<String>, CliError> {
    let mut lines = Vec::new();
    // The longest strip of a place, m; 0 where the width is needed for it and not given.
    let depth = |place: usize| {
        let strips = procedure.strip.iter().filter(|strip| place == 0 || !strip.once);
        let lengths = strips.map(|strip| strip.length_m(args.width_m.unwrap_or(f64::MAX)));
        // Areas of one place follow each other, so that nothing is trodden on before it is gathered.
        lengths.sum::<f64>()
    };
    if let Some(length) = args.length_m {
        let ends = procedure.at.iter().skip(1).copied().chain(std::iter::once(1.0));
        let least = procedure.at.iter().zip(ends).enumerate().map(|(n, (at, end))| depth(n) / (end - at));
        let least = least.fold(0.0_f64, f64::max).ceil();
        if length < least {
            let values = [("length", &*length.to_string()), ("least", &*least.to_string())];
            return Err(CliError::input(words.with("guide-too-short", &values)));
        }
    }
    let mut end_m = 0.0;
    let mut sums: Vec<(AreaKind, usize, f64)> = Vec::new();
    for (n, at) in procedure.at.iter().enumerate() {
        let number = (n + 1).to_string();
        if let Some(length) = args.length_m {
            let from = at * length;
            let key = if n == 0 { "guide-walk-from-edge" } else { "guide-walk-on" };
            let values = [("n", &*number), ("walk", &*metres(from - end_m)), ("from", &*metres(from))];
            lines.push(words.with(key, &values));
            if from < RUN_UP_M {
                lines.push(words.with("guide-near-edge", &[("from", &metres(from))]));
            }
            end_m = from + depth(n);
        } else {
            let share = match *at {
                0.25 => "1/4".to_owned(),
                0.5 => "1/2".to_owned(),
                0.75 => "3/4".to_owned(),
                other => format!("{other}"),
            };
            lines.push(words.with("guide-walk-share", &[("n", &number), ("share", &share)]));
        }
        for strip in procedure.strip.iter().filter(|strip| n == 0 || !strip.once) {
            let kind = words.get(&format!("point-kind-{}", strip.kind.word()));
            let width_m = strip.width_m.or(args.width_m);
            lines.push(match (width_m, strip.at_least_m2) {
                (Some(width), _) => {
                    let length = strip.length_m(width);
                    let area = length * width;
                    match sums.iter_mut().find(|(of, ..)| *of == strip.kind) {
                        Some(sum) => (sum.1, sum.2) = (sum.1 + 1, sum.2 + area),
                        None => sums.push((strip.kind, 1, area)),
                    }
                    let [length, width] = [length, width].map(|value| format!("{value:.2}"));
                    let area = format!("{area:.2}");
                    words.with(
                        "guide-strip",
                        &[("kind", &kind), ("length", &length), ("width", &width), ("area", &area)],
                    )
                }
                (None, Some(m2)) => words.with("guide-strip-grown", &[("kind", &kind), ("area", &m2.to_string())]),
                (None, None) => {
                    let length = format!("{:.2}", strip.length_m(1.0));
                    words.with("guide-strip-no-width", &[("kind", &kind), ("length", &length)])
                }
            });
        }
    }
    if !sums.is_empty() {
        let areas = sums.iter().map(|(kind, count, area)| {
            let kind = words.get(&format!("point-kind-{}", kind.word()));
            let (count, area) = (count.to_string(), format!("{area:.2}"));
            words.with("guide-sum-kind", &[("kind", &kind), ("count", &count), ("area", &area)])
        });
        lines.push(words.with("guide-sum", &[("areas", &areas.collect::<Vec<_>>().join("; "))]));
    }
    Ok(lines)
}
