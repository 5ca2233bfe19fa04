//! The table for people: seven blocks over the same rows.

use super::super::error::CliError;
use super::super::table::{columns, say};
use grainloss_evaluation::{Baseline, Monitor, Report, Row, Set, TargetResult, target_results};
use grainloss_knowledge::Words;

/// The number of pans that blocks with room for one show: four when there are, else the most.
const USUAL_PANS: usize = 4;

/// Prints all blocks.
pub(super) fn print(report: &Report, words: &Words) -> Result<(), CliError> {
    say(&words.get("evaluate-title"))?;
    let minutes = (report.seconds / 60).to_string();
    for (set, scenarios, seeds) in &report.sets {
        let range = match (seeds.first(), seeds.last()) {
            (Some(first), Some(last)) if last > first => format!("{first}-{last}"),
            (Some(first), _) => first.to_string(),
            _ => String::new(),
        };
        let set = words.get(&format!("evaluate-set-{}", set.word()));
        let values = [("set", &*set), ("minutes", &minutes), ("seeds", &range), ("scenarios", &scenarios.join(" "))];
        say(&words.with("evaluate-set", &values))?;
    }
    if report.sheet_off > 1.0 {
        say(&words.with("evaluate-sheet-off", &[("factor", &report.sheet_off.to_string())]))?;
    }
    let table = Tables { report, words };
    table.block("evaluate-monitors", &table.monitors())?;
    table.block("evaluate-sessions", &table.sessions())?;
    table.block("evaluate-windows", &table.windows())?;
    table.block("evaluate-alarms", &table.alarms())?;
    table.block("evaluate-tradeoff", &table.tradeoff())?;
    if !report.conditions.is_empty() {
        table.block("evaluate-conditions", &table.conditions())?;
    }
    table.block("evaluate-targets", &table.targets())
}

struct Tables<'a> {
    report: &'a Report,
    words: &'a Words,
}

type Lines = Vec<Vec<String>>;

impl Tables<'_> {
    fn block(&self, title: &str, lines: &[Vec<String>]) -> Result<(), CliError> {
        say("")?;
        say(&self.words.get(title))?;
        columns(lines)
    }

    fn head(&self, keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| self.words.get(&format!("evaluate-{key}"))).collect()
    }

    fn with_pans(&self, key: &str, pans: usize) -> String {
        self.words.with(&format!("evaluate-{key}"), &[("pans", &pans.to_string())])
    }

    /// Sets, then their scenarios: what they are called, and the key of their rows.
    fn scopes(&self) -> impl Iterator<Item = (String, Set, Option<&str>)> {
        self.report.sets.iter().flat_map(|(set, scenarios, _)| {
            let all = (self.words.get(&format!("evaluate-all-{}", set.word())), *set, None);
            let each = scenarios.iter().map(|name| (format!("  {name}"), *set, Some(name.as_str())));
            std::iter::once(all).chain(each)
        })
    }

    /// A line for each scope: its name, and cells made of the estimator's rows with these numbers of pans.
    fn by_scope(&self, head: Vec<String>, pans: &[usize], cells: impl Fn(&[Option<&Row>]) -> Vec<String>) -> Lines {
        let line = |(name, set, scenario): (String, Set, Option<&str>)| {
            let rows = pans.iter().map(|&pans| self.report.row(set, scenario, Monitor::Grainloss, pans));
            std::iter::once(name).chain(cells(&rows.collect::<Vec<_>>())).collect()
        };
        std::iter::once(head).chain(self.scopes().map(line)).collect()
    }

    /// The estimator beside the baselines, all scenarios of a set together.
    fn monitors(&self) -> Lines {
        let mut lines = vec![self.head(&[
            "set-head", "monitor", "pans", "runs", "rear", "total", "rmse", "coverage", "factor", "delay", "steps",
            "false", "missed",
        ])];
        for (set, ..) in &self.report.sets {
            for monitor in Monitor::ALL {
                // The factory's gain asks no pan: one line is enough.
                let lines_of = if monitor == Monitor::Baseline(Baseline::FactoryGain) { 1 } else { usize::MAX };
                let pans = self.report.pans.iter().take(lines_of);
                let rows = pans.filter_map(|&pans| self.report.row(*set, None, monitor, pans));
                lines.extend(rows.map(|row| {
                    vec![
                        self.words.get(&format!("evaluate-set-{}", set.word())),
                        self.words.get(&format!("evaluate-monitor-{}", monitor.word())),
                        row.pans.to_string(),
                        row.scores.sessions.to_string(),
                        errors(row.rear().error_median, row.rear().error_p90),
                        errors(row.total().error_median, row.total().error_p90),
                        number(row.scores.windows.rmse(), 2),
                        number(row.scores.windows.coverage(), 2),
                        number(row.scores.windows.factor(), 2),
                        number(row.delay_median_s(), 0),
                        format!("{}/{}", row.scores.steps_reported, row.scores.delays_s.len()),
                        number(row.false_alarms_per_h(), 2),
                        row.level_alarms_due().map_or_else(none, |(due, missed)| format!("{missed}/{due}")),
                    ]
                }));
            }
        }
        lines
    }

    fn sessions(&self) -> Lines {
        let pans = &self.report.pans;
        let mut head = self.head(&["scenario"]);
        for key in ["header-pans", "rear-pans", "total-pans"] {
            head.extend(pans.iter().map(|&pans| self.with_pans(key, pans)));
        }
        let ends =
            ["header-coverage", "header-factor", "rear-coverage", "rear-factor", "total-coverage", "total-factor"];
        head.extend(self.head(&ends));
        let usual = pans.iter().position(|&pans| pans == usual_pans(self.report));
        self.by_scope(head, pans, |rows| {
            let header = rows.iter().map(|row| row.map(Row::header).unwrap_or_default());
            let rear = rows.iter().map(|row| row.map(Row::rear).unwrap_or_default());
            let total = rows.iter().map(|row| row.map(Row::total).unwrap_or_default());
            let errors = header.chain(rear).chain(total).map(|figures| errors(figures.error_median, figures.error_p90));
            let mut cells: Vec<String> = errors.collect();
            let row = usual.and_then(|at| rows[at]);
            for figures in
                [row.map(Row::header), row.map(Row::rear), row.map(Row::total)].map(Option::unwrap_or_default)
            {
                cells.extend([number(figures.coverage, 2), number(figures.factor, 2)]);
            }
            cells
        })
    }

    fn windows(&self) -> Lines {
        let pans = &self.report.pans;
        let mut head = self.head(&["scenario", "windows-head"]);
        for key in ["rmse-pans", "coverage-pans", "factor-pans"] {
            head.extend(pans.iter().map(|&pans| self.with_pans(key, pans)));
        }
        self.by_scope(head, pans, |rows| {
            let windows: Vec<_> = rows.iter().map(|row| row.map(|row| row.scores.windows)).collect();
            let first = windows.iter().flatten().next();
            let mut cells = vec![first.map_or_else(none, |windows| windows.judged.to_string())];
            cells.extend(windows.iter().map(|windows| number(windows.and_then(|windows| windows.rmse()), 2)));
            cells.extend(windows.iter().map(|windows| number(windows.and_then(|windows| windows.coverage()), 2)));
            cells.extend(windows.iter().map(|windows| number(windows.and_then(|windows| windows.factor()), 2)));
            cells
        })
    }

    fn alarms(&self) -> Lines {
        let head = self.head(&[
            "scenario",
            "delay",
            "steps",
            "false",
            "missed",
            "activity",
            "turning-cut",
            "lugging",
            "basis",
            "cpu",
        ]);
        self.by_scope(head, &[usual_pans(self.report)], |rows| {
            let Some(row) = rows[0] else { return vec![none()] };
            let activity = &row.scores.activity;
            vec![
                number(row.delay_median_s(), 0),
                format!("{}/{}", row.scores.steps_reported, row.scores.delays_s.len()),
                number(row.false_alarms_per_h(), 2),
                row.level_alarms_due().map_or_else(none, |(due, missed)| format!("{missed}/{due}")),
                number(row.activity().map(|share| 100.0 * share), 1),
                number(activity.turning_cut.f1(), 2),
                number(activity.lugging.f1(), 2),
                row.bases().map_or_else(none, |bases| bases.map(|share| format!("{:.0}", 100.0 * share)).join("/")),
                [row.cpu_us(), row.scores.step_times.quantile_us(0.50), row.scores.step_times.quantile_us(0.99)]
                    .map(|us| number(us, 0))
                    .join("/"),
            ]
        })
    }

    /// Missed against false alarms, by the cost of a false alarm, for each number of pans; the baselines have one point each.
    fn tradeoff(&self) -> Lines {
        let mut lines = vec![self.head(&["set-head", "monitor", "pans", "alarm-cost", "false", "false-min", "missed"])];
        for (set, ..) in &self.report.sets {
            let rows =
                Monitor::ALL.iter().flat_map(|&monitor| self.report.pans.iter().map(move |&pans| (monitor, pans)));
            for row in rows.filter_map(|(monitor, pans)| self.report.row(*set, None, monitor, pans)) {
                let mut line = |cost: String, false_per_h, false_min_per_h, missed: u32, due: u32| {
                    lines.push(vec![
                        self.words.get(&format!("evaluate-set-{}", set.word())),
                        self.words.get(&format!("evaluate-monitor-{}", row.monitor.word())),
                        row.pans.to_string(),
                        cost,
                        number(false_per_h, 2),
                        number(false_min_per_h, 2),
                        format!("{missed}/{due}"),
                    ]);
                };
                match (row.monitor, row.level_alarms_due()) {
                    (Monitor::Grainloss, _) => row.alarm_tradeoffs().for_each(|at| {
                        let (false_per_h, false_min_per_h) = (Some(at.false_per_h), Some(at.false_min_per_h));
                        line(at.false_alarm_cost.to_string(), false_per_h, false_min_per_h, at.missed, at.due);
                    }),
                    (_, Some((due, missed))) => {
                        line(none(), row.false_alarms_per_h(), row.false_min_per_h(), missed, due);
                    }
                    (_, None) => {}
                }
            }
        }
        lines
    }

    /// The estimator without a word about the crop, beside itself when it is told.
    fn conditions(&self) -> Lines {
        let head = ["scenario", "said", "pans", "runs", "header-untold", "header-told", "rear-untold", "rear-told"];
        let mut lines = vec![self.head(&head)];
        lines.extend(self.report.conditions.iter().map(|row| {
            let figures = [row.untold.header(), row.told.header(), row.untold.rear(), row.told.rear()];
            let shown = figures.map(|figures| {
                let (errors, holds) = (errors(figures.error_median, figures.error_p90), number(figures.coverage, 2));
                format!("{errors} {holds} {}", number(figures.factor, 2))
            });
            let name = row.told.scenario.clone().unwrap_or_default();
            let (said, pans, runs) = (self.words.crop_said(&row.said), row.told.pans, row.told.scores.sessions);
            [name, said, pans.to_string(), runs.to_string()].into_iter().chain(shown).collect()
        }));
        lines
    }

    fn targets(&self) -> Lines {
        let line = |result: &TargetResult| {
            let (least, most) = result.target.range;
            let met = match result.is_met() {
                Some(true) => "evaluate-met",
                Some(false) => "evaluate-not-met",
                None => "evaluate-not-judged",
            };
            vec![
                self.words.get(met),
                number(result.figure, 3),
                format!("{least}-{most}"),
                self.words.get(&format!("evaluate-target-{}", result.target.id)),
            ]
        };
        target_results(self.report).iter().map(line).collect()
    }
}

/// The number of pans that blocks with room for one show.
pub(super) fn usual_pans(report: &Report) -> usize {
    let pans = &report.pans;
    pans.iter().copied().find(|&pans| pans == USUAL_PANS).or(pans.last().copied()).unwrap_or(0)
}

fn none() -> String {
    "-".to_owned()
}

pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(none, |value| format!("{value:.decimals$}"))
}

/// Median and 90th percentile in per cent.
pub(super) fn errors(median: Option<f64>, p90: Option<f64>) -> String {
    match (median, p90) {
        (Some(median), Some(p90)) => format!("{:.0}/{:.0}", 100.0 * median, 100.0 * p90),
        _ => none(),
    }
}
