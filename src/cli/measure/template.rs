//! `measure template`: a file to be filled in.

use super::entry::name_of;
use super::{CliError, CropArgs, say};
use grainloss_core::measured_point::{AREA_FIELDS, AreaKind, FIELDS, FieldKind, PointField};
use grainloss_knowledge::{Words, procedure};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    crop: CropArgs,
    /// Width cut, m: the areas then have their width
    #[arg(long, value_name = "N", value_parser = super::guide::width)]
    width_m: Option<f64>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    say(text(args, words)?.trim_end())
}

fn text(args: &Args, words: &Words) -> Result<String, CliError> {
    let crop = &args.crop.crop;
    let (procedure, _, mode) = procedure(crop, args.crop.mode).map_err(CliError::input)?;
    let entry = grainloss_knowledge::crop(crop).map_err(CliError::input)?;
    let mode_name = mode.map(|mode| words.get(&format!("harvest-mode-{}", mode.word())));
    let mode_name = mode_name.map_or_else(String::new, |name| format!(" ({name})"));
    let head = [("crop", entry.name.get(words.lang)), ("mode", &*mode_name)];
    let mut out = format!("# {}\n# {}\n\n", words.with("template-head", &head), words.get("template-how"));
    out.extend([format!("crop = \"{crop}\"\n")]);
    if let Some(mode) = mode {
        out.extend([format!("mode = \"{}\"\n", mode.word())]);
    }
    let of_session = FIELDS.iter().find(|field| field.key == "session");
    out += &of_session.map_or_else(String::new, |field| line(field, None, words));
    // A table is opened once, whatever order its items are asked in.
    for table in ["head", "grain", "shed", "quality"] {
        out.extend([format!("\n[{table}]\n")]);
        if table == "shed" {
            out.extend([format!("# {}\n", words.get("template-shed"))]);
        }
        for field in FIELDS.iter().filter(|field| field.key.split('.').next() == Some(table) && field.key.contains('.'))
        {
            let known = (field.key == "head.cut_width_m").then_some(args.width_m).flatten().map(|m| m.to_string());
            out += &line(field, known.as_deref(), words);
        }
    }
    for (n, (kind, length_m, width_m)) in procedure.areas(args.width_m).into_iter().enumerate() {
        let title = words.with("template-area", &[("n", &(n + 1).to_string())]);
        out.extend([format!("\n# {title}: {}\n", words.get(&format!("point-kind-{}", kind.word())))]);
        if matches!(kind, AreaKind::All | AreaKind::Kernels) {
            out.extend([format!("# {}\n", words.get("template-parts"))]);
        }
        out += "[[area]]\n";
        out.extend([format!("kind = \"{}\"\n", kind.word())]);
        let rules = procedure.rules();
        for field in &AREA_FIELDS[1..] {
            let by_parts = matches!(kind, AreaKind::All | AreaKind::Kernels);
            let is_part = ["ground_g", "straw_g", "unthreshed_g"].contains(&field.key);
            if is_part && !(by_parts && rules.parts.iter().any(|part| part.key() == field.key)) {
                continue;
            }
            let known = match field.key {
                "length_m" => length_m,
                "width_m" => width_m,
                _ => None,
            };
            out += &area_line(field, known, words);
        }
    }
    out.extend([format!("\n# {}\n# [[photo]]\n# name = \"IMG_0001.jpg\"\n", words.get("template-photo"))]);
    Ok(out)
}

/// An example of what an item holds.
fn example(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text => "\"\"".to_owned(),
        FieldKind::Names => "[]".to_owned(),
        FieldKind::Number(..) | FieldKind::Whole(..) => String::new(),
        FieldKind::Day => "\"2026-06-10\"".to_owned(),
        FieldKind::Time => "\"09:30\"".to_owned(),
        FieldKind::Switch => "true".to_owned(),
        FieldKind::Choice(words) => format!("\"{}\"", words.join("|")),
    }
}

/// A line that is filled in or, with a #, left to be.
fn filled(key: &str, kind: FieldKind, known: Option<String>, comment: &str) -> String {
    match known {
        Some(value) => format!("{key} = {value}  # {comment}\n"),
        None => format!("# {key} = {}  # {comment}\n", example(kind)),
    }
}

fn comment(key: &str, is_required: bool, words: &Words) -> String {
    let needed = if is_required { format!(" ({})", words.get("template-needed")) } else { String::new() };
    format!("{}{needed}", name_of(key, words))
}

fn line(field: &PointField, known: Option<&str>, words: &Words) -> String {
    let key = field.key.rsplit('.').next().unwrap_or(field.key);
    filled(key, field.kind, known.map(str::to_owned), &comment(field.key, field.is_required, words))
}

fn area_line(field: &PointField, known: Option<f64>, words: &Words) -> String {
    let name = words.get(&format!("point-area-{}", field.key.replace('_', "-")));
    let needed = if field.is_required { format!(" ({})", words.get("template-needed")) } else { String::new() };
    let known = known.map(|value| if value.fract() == 0.0 { format!("{value:.1}") } else { value.to_string() });
    filled(field.key, field.kind, known, &format!("{name}{needed}"))
}
