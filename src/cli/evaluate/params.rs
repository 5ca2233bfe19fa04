//! The estimator's parameters: printed, changed for a run, or swept.

use serde_json::{Value, json};

use super::super::error::CliError;
use super::super::table::{columns, say};
use super::Format;
use super::tables::{errors, number, usual_pans};
use grainloss_core::params::{Param, Params};
use grainloss_evaluation::{Monitor, Plan, Report};
use grainloss_knowledge::{Message, Words};

/// NAME=VALUE.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    name: String,
    value: f64,
}

/// NAME=FROM..TO:N.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sweep {
    name: String,
    from: f64,
    to: f64,
    count: u32,
}

/// Reads NAME=VALUE.
pub(super) fn change(text: &str) -> Result<Change, Message> {
    let parts = text.split_once('=').and_then(|(name, value)| Some((name, value.parse().ok()?)));
    let (name, value) = parts.ok_or_else(|| Message::new("option-param"))?;
    checked(name, &[value])?;
    Ok(Change { name: name.to_owned(), value })
}

/// Reads NAME=FROM..TO:N.
pub(super) fn sweep(text: &str) -> Result<Sweep, Message> {
    let parts = || {
        let (name, range) = text.split_once('=')?;
        let (range, count) = range.rsplit_once(':')?;
        let (from, to) = range.split_once("..")?;
        Some((name, from.parse().ok()?, to.parse().ok()?, count.parse().ok().filter(|count| (2..=50).contains(count))?))
    };
    let (name, from, to, count) = parts().ok_or_else(|| Message::new("option-sweep"))?;
    checked(name, &[from, to])?;
    Ok(Sweep { name: name.to_owned(), from, to, count })
}

/// Refuses a name that is none, and a value that cannot be.
fn checked(name: &str, values: &[f64]) -> Result<(), Message> {
    values.iter().try_for_each(|&value| Params::default().set(name, value)).map_err(Message::fixed)
}

/// The default parameters with these changes.
pub(super) fn changed(changes: &[Change]) -> Result<Params, CliError> {
    let mut params = Params::default();
    for Change { name, value } in changes {
        params.set(name, *value).map_err(CliError::input)?;
    }
    Ok(params)
}

/// Prints every parameter.
pub(super) fn print(params: &Params, format: Format, words: &Words) -> Result<(), CliError> {
    let name = |param: &Param| format!("{}.{}", param.name.0, param.name.1);
    let meaning = |param: &Param| param.meaning.trim().to_owned();
    if format == Format::Json {
        let list = params.list().into_iter().map(|param| {
            json!({
                "name": name(&param),
                "value": param.value,
                "unit": param.unit,
                "source": param.source,
                "meaning": meaning(&param),
            })
        });
        return say(&serde_json::to_string_pretty(&list.collect::<Vec<Value>>()).map_err(CliError::failed)?);
    }
    let head = ["param", "value", "unit", "meaning"].map(|key| words.get(&format!("evaluate-{key}")));
    let line = |param: Param| {
        let text = format!("{} [{}]", meaning(&param), param.source);
        vec![name(&param), param.value.to_string(), param.unit.to_owned(), text]
    };
    let lines = params.list().into_iter().map(line);
    columns(&std::iter::once(head.to_vec()).chain(lines).collect::<Vec<_>>())
}

/// Runs the plan with each value, and prints the main figures of all scenarios of a set together.
pub(super) fn run_sweep(
    sweep: &Sweep,
    plan: &mut Plan,
    format: Format,
    words: &Words,
    run: impl Fn(&Plan) -> Result<Report, CliError>,
) -> Result<(), CliError> {
    let keys = ["set-head", "pans", "rear", "total", "rmse", "coverage", "factor", "delay", "false", "missed"];
    let mut lines = vec![vec![sweep.name.clone()]];
    lines[0].extend(keys.map(|key| words.get(&format!("evaluate-{key}"))));
    let mut reports = Vec::new();
    for nth in 0..sweep.count {
        let value = sweep.from + (sweep.to - sweep.from) * f64::from(nth) / f64::from(sweep.count - 1);
        plan.params.set(&sweep.name, value).map_err(CliError::input)?;
        let report = run(plan)?;
        let pans = usual_pans(&report);
        let rows = report.sets.iter().filter_map(|(set, ..)| report.row(*set, None, Monitor::Grainloss, pans));
        lines.extend(rows.map(|row| {
            vec![
                format!("{value:.4}"),
                words.get(&format!("evaluate-set-{}", row.set.word())),
                row.pans.to_string(),
                errors(row.rear().error_median, row.rear().error_p90),
                errors(row.total().error_median, row.total().error_p90),
                number(row.scores.windows.rmse(), 3),
                number(row.scores.windows.coverage(), 3),
                number(row.scores.windows.factor(), 3),
                number(row.delay_median_s(), 0),
                number(row.false_alarms_per_h(), 2),
                row.level_alarms_due().map_or_else(|| "-".to_owned(), |(due, missed)| format!("{missed}/{due}")),
            ]
        }));
        reports.push(json!({"name": sweep.name, "value": value, "report": grainloss_evaluation::json(&report, false)}));
    }
    match format {
        Format::Table => columns(&lines),
        Format::Json => say(&serde_json::to_string_pretty(&reports).map_err(CliError::failed)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ranges_are_checked_when_they_are_read() {
        assert_eq!(change("filter.plate_sd=0.4").unwrap(), Change { name: "filter.plate_sd".to_owned(), value: 0.4 });
        let whole = sweep("counts.size=10..30:3").unwrap();
        assert_eq!(whole, Sweep { name: "counts.size".to_owned(), from: 10.0, to: 30.0, count: 3 });
        for wrong in ["filter.plate_sd", "filter.plate_sd=x", "filter.none=1", "filter.plate_sd=inf"] {
            assert!(change(wrong).is_err(), "{wrong}");
        }
        for wrong in ["counts.size=10..30", "counts.size=10:3", "counts.size=10..30:1", "none=1..2:3"] {
            assert!(sweep(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_change_changes_one_parameter() {
        let params = changed(&[change("filter.plate_sd=0.4").unwrap()]).unwrap();
        assert_eq!(params.filter.plate_sd, 0.4);
        assert_eq!(Params { filter: Params::default().filter, ..params }, Params::default());
    }
}
