//! The table for programs.

use serde_json::{Value, json};

use super::metrics::Confusion;
use super::report::{ConditionsRow, Report, Row, SessionFigures};
use super::targets::target_results;

/// The report as JSON: the same bytes in every run, unless `cpu` asks for the processor's time.
pub fn json(report: &Report, cpu: bool) -> Value {
    let sets = report
        .sets
        .iter()
        .map(|(set, scenarios, seeds)| json!({"set": set.word(), "scenarios": scenarios, "seeds": seeds}));
    let targets = target_results(report).into_iter().map(|result| {
        json!({
            "id": result.target.id,
            "least": result.target.range.0,
            "most": result.target.range.1,
            "figure": result.figure.map(round),
            "met": result.is_met(),
        })
    });
    json!({
        "note": "simulated plants, structure not shared",
        "software": concat!("grainloss ", env!("CARGO_PKG_VERSION")),
        "seconds": report.seconds,
        "sheet_off": report.sheet_off,
        "pans": report.pans,
        "sets": sets.collect::<Vec<_>>(),
        "rows": report.rows.iter().map(|line| row(line, cpu)).collect::<Vec<_>>(),
        "conditions": report.conditions.iter().map(conditions).collect::<Vec<_>>(),
        "targets": targets.collect::<Vec<_>>(),
    })
}

/// Six significant digits: more would be noise.
fn round(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

fn row(row: &Row, cpu: bool) -> Value {
    let scores = &row.scores;
    let windows = &scores.windows;
    let mut json = json!({
        "set": row.set.word(),
        "scenario": row.scenario,
        "monitor": row.monitor.word(),
        "pans": row.pans,
        "sessions": scores.sessions,
        "header": session(row.header()),
        "rear": session(row.rear()),
        "total": session(row.total()),
        "ten_seconds": {
            "windows": windows.judged,
            "told": windows.reported,
            "rmse": windows.rmse().map(round),
            "coverage": windows.coverage().map(round),
            "factor": windows.factor().map(round),
        },
        "steps": {
            "count": scores.delays_s.len(),
            "told": scores.steps_reported,
            "delay_median_s": row.delay_median_s().map(round),
        },
        "level_alarms": {
            "cutting_h": round(row.limited_h()),
            "raised": row.level_alarms_raised(),
            "false": scores.level.wrong,
            "false_per_h": row.false_alarms_per_h().map(round),
            "false_min_per_h": row.false_min_per_h().map(round),
            "due": row.level_alarms_due().map(|due| due.0),
            "missed": row.level_alarms_due().map(|due| due.1),
            "by_cost": row.alarm_tradeoffs().map(|at| json!({
                "false_alarm_cost": at.false_alarm_cost, "false_per_h": round(at.false_per_h),
                "false_min_per_h": round(at.false_min_per_h), "due": at.due, "missed": at.missed,
            })).collect::<Vec<_>>(),
        },
        "activity": row.activity().map(|right| json!({
            "right": round(right),
            "turning_cut": confusion(scores.activity.turning_cut),
            "lugging": confusion(scores.activity.lugging),
        })),
        "basis": row.bases().map(|[model_only, sensed, calibrated, fault]| json!({
            "model-only": round(model_only), "sensed": round(sensed), "calibrated": round(calibrated),
            "fault": round(fault),
        })),
    });
    if cpu {
        json["cpu_us_per_step"] = row.cpu_us().map(round).into();
        json["cpu_us_of_a_step"] = json!({
            "p50": scores.step_times.quantile_us(0.50).map(round), "p99": scores.step_times.quantile_us(0.99).map(round),
        });
    }
    json
}

/// The same harvests without a word about the crop, and told what it is like.
fn conditions(row: &ConditionsRow) -> Value {
    let side = |row: &Row| json!({"header": session(row.header()), "rear": session(row.rear()), "total": session(row.total())});
    json!({
        "set": row.told.set.word(),
        "scenario": row.told.scenario,
        "pans": row.told.pans,
        "sessions": row.told.scores.sessions,
        "said": row.said.words(),
        "untold": side(&row.untold),
        "told": side(&row.told),
    })
}

/// Seconds.
fn confusion(scores: Confusion) -> Value {
    json!({
        "f1": scores.f1().map(round), "both": scores.both, "only_told": scores.only_reported, "only_true": scores.only_true,
    })
}

fn session(figures: SessionFigures) -> Value {
    json!({
        "error_median": figures.error_median.map(round),
        "error_p90": figures.error_p90.map(round),
        "ratio_median": figures.ratio_median.map(round),
        "coverage": figures.coverage.map(round),
        "factor": figures.factor.map(round),
    })
}
