//! `--pans`: drop pans from a CSV file.

use std::path::Path;

use serde::Deserialize;

use super::error::CliError;
use crate::cli::said::Said as _;
use grainloss_core::harvest::{Pan, PanKind};
use grainloss_core::machine::Geometry;
use grainloss_core::pan_sample::{GrainAmount, ImpossiblePan, PanField, PanLimits, PanMeasurement};
use grainloss_journal::PanFound;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_bounded};
use grainloss_knowledge::spoken;

/// A result without a time of its own is known ten minutes after the drop.
const KNOWN_AFTER_S: f64 = 600.0;

#[derive(Debug, Deserialize)]
struct Row {
    t_unix: f64,
    t_known_unix: Option<f64>,
    kind: String,
    pan_area_m2: f64,
    discharge_width_m: Option<f64>,
    header_width_m: Option<f64>,
    kernels: Option<f64>,
    grams: Option<f64>,
    natural_shed_kernels_m2: Option<f64>,
}

/// Reads the pans, each with what was typed in of it; the error names file, line and column.
pub(super) fn read(path: &Path, kernel_mass_kg: f64, geometry: &Geometry) -> Result<Vec<(Pan, PanFound)>, CliError> {
    let name = path.display();
    let text = read_bounded(path, LONGEST_TEXT)
        .map_err(|error| CliError::input(format!("--pans {name}: {}", error.said())))?;
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&*text);
    let headers = rows.headers().map_err(|error| CliError::input(format!("{name}:1: {}", error.said())))?.clone();
    let mut pans = Vec::new();
    for record in rows.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            CliError::input(format!(
                "{name}:{line}: {}",
                spoken().with("pans-fields", &[("fields", &headers.len().to_string())])
            ))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |problem: String| CliError::input(format!("{name}:{line}: {problem}"));
        let row: Row = record.deserialize(Some(&headers)).map_err(|error| wrong(place(&error, &headers)))?;
        pans.push((pan(&row, kernel_mass_kg, geometry).map_err(wrong)?, found(&row)));
    }
    Ok(pans)
}

/// The csv crate's message without its own idea of the position, and with the column's name.
fn place(error: &csv::Error, headers: &csv::StringRecord) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let column = err.field().and_then(|at| headers.get(at as usize));
            format!("{}: {}", column.unwrap_or("a column"), err.kind())
        }
        _ => error.to_string(),
    }
}

fn found(row: &Row) -> PanFound {
    PanFound {
        kernels: row.kernels,
        grams: row.grams,
        header_width_m: row.header_width_m,
        discharge_width_m: row.discharge_width_m,
        shed_kernels_m2: row.natural_shed_kernels_m2,
        who: None,
    }
}

fn pan(row: &Row, kernel_mass_kg: f64, geometry: &Geometry) -> Result<Pan, String> {
    let above_0 = |name: &str, value: f64| format!("{name} is {value}; expected a number above 0");
    let not_below_0 = |name: &str, value: f64| format!("{name} is {value}; expected 0 or more");
    let time = |name, value: f64| {
        if value > 0.0 && value.is_finite() { Ok(value) } else { Err(above_0(name, value)) }
    };
    let word = &row.kind;
    let kind = PanKind::of(word).ok_or_else(|| format!("kind is '{word}'; expected rear, front or whole"))?;
    let t_unix = time("t_unix", row.t_unix)?;
    let known_unix = time("t_known_unix", row.t_known_unix.unwrap_or(t_unix + KNOWN_AFTER_S))?;
    if known_unix < t_unix {
        return Err(format!("t_known_unix is {known_unix}, before the pan was dropped at {t_unix}"));
    }
    let amount = match (row.grams, row.kernels) {
        // Weighed is better than counted: lost kernels are lighter than the crop's mean.
        (Some(grams), _) => GrainAmount::Grams(grams),
        (None, Some(kernels)) => GrainAmount::Kernels(kernels),
        (None, None) => return Err("neither kernels nor grams is given; expected one or both".to_owned()),
    };
    let measurement = PanMeasurement {
        kind,
        amount,
        kernel_mass_kg,
        area_m2: row.pan_area_m2,
        // The machine's own widths, unless the pan names them.
        header_width_m: row.header_width_m.unwrap_or(geometry.header_width_m),
        discharge_width_m: row.discharge_width_m.unwrap_or(geometry.discharge_width_m),
        shed_kernels_m2: row.natural_shed_kernels_m2,
    };
    let sample = measurement.sample(&PanLimits::FILE).map_err(|ImpossiblePan { field, value }| match field {
        PanField::Kernels => not_below_0("kernels", value),
        PanField::Grams => not_below_0("grams", value),
        PanField::Shed => not_below_0("natural_shed_kernels_m2", value),
        PanField::Area => above_0("pan_area_m2", value),
        PanField::HeaderWidth => above_0("header_width_m", value),
        PanField::DischargeWidth => above_0("discharge_width_m", value),
    })?;
    Ok(Pan::of(sample, (t_unix * 1e6) as i64, (known_unix * 1e6) as i64))
}
