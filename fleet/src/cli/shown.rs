//! Answers as tables for people, as CSV and as JSON.

use std::fmt::Write as _;

use grainloss_fleet::answers::{Verdict, is_shown, made, ranking, training};
use grainloss_fleet::engine::{Answer, Value};
use grainloss_knowledge::Words;

/// Form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A table in words, with ratios
    Table,
    /// Whole numbers and ratios
    Csv,
    /// Whole numbers and ratios
    Json,
    /// Whole numbers only
    Parquet,
}

impl Format {
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }
}

/// An answer in words; unknown is a dash.
pub(super) fn table(name: &str, answer: &Answer, words: &Words) -> String {
    match name {
        "ranking" => return ranking_table(answer, words),
        "training" => return training_table(answer, words),
        _ => {}
    }
    let shown: Vec<usize> = (0..answer.columns.len()).filter(|at| is_shown(&answer.columns[*at])).collect();
    let made = made(answer);
    let names = shown.iter().map(|at| answer.columns[*at].as_str()).chain(made.iter().map(|made| made.name));
    let head = names.map(|name| heading(name, words)).collect();
    let rows = answer.rows.iter().map(|row| {
        let whole = shown.iter().map(|at| cell(&answer.columns[*at], &row[*at], words));
        let number =
            |value: Option<f64>, decimals: usize| value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"));
        whole.chain(made.iter().map(|made| number(made.value(answer, row), made.decimals))).collect()
    });
    aligned(head, rows.collect())
}

fn ranking_table(answer: &Answer, words: &Words) -> String {
    let names =
        ["crop", "place", "device", "plate", "co_op", "sessions", "hours", "ratio", "ratio_lo", "ratio_hi", "verdict"];
    let rows = ranking(answer).into_iter().map(|one| {
        let [best, worst] = one.places;
        vec![
            word("crop", &one.crop, words),
            if best == worst { best.to_string() } else { format!("{best}-{worst}") },
            one.device,
            one.plate.unwrap_or_else(dash),
            one.co_op.unwrap_or_else(dash),
            one.sessions.to_string(),
            format!("{:.1}", one.seconds as f64 / 3600.0),
            format!("{:.2}", one.ratio),
            format!("{:.2}", one.interval[0]),
            format!("{:.2}", one.interval[1]),
            verdict(one.verdict, words),
        ]
    });
    aligned(names.map(|name| heading(name, words)).to_vec(), rows.collect())
}

fn training_table(answer: &Answer, words: &Words) -> String {
    let names = [
        "driver",
        "co_op",
        "trained_day",
        "crop",
        "basis",
        "before_sessions",
        "after_sessions",
        "before_pct",
        "after_pct",
        "ratio",
        "ratio_lo",
        "ratio_hi",
        "verdict",
    ];
    let percent = |share: Option<f64>| share.map_or_else(dash, |share| format!("{:.2}", 100.0 * share));
    let rows = training(answer).into_iter().map(|one| {
        let mut row = vec![
            one.driver,
            one.co_op.unwrap_or_else(dash),
            one.trained_day,
            word("crop", &one.crop, words),
            one.basis.map_or_else(dash, |basis| word("basis", &basis, words)),
            one.sessions[0].to_string(),
            one.sessions[1].to_string(),
            percent(one.loss[0]),
            percent(one.loss[1]),
        ];
        row.extend(
            one.ratio.map_or_else(|| [dash(), dash(), dash()], |ratio| ratio.map(|value| format!("{value:.2}"))),
        );
        row.push(verdict(one.verdict, words));
        row
    });
    aligned(names.map(|name| heading(name, words)).to_vec(), rows.collect())
}

fn dash() -> String {
    "-".to_owned()
}

fn verdict(verdict: Verdict, words: &Words) -> String {
    words.get(&format!("fleet-verdict-{}", verdict.word()))
}

fn heading(name: &str, words: &Words) -> String {
    words.get(&format!("fleet-col-{}", name.replace('_', "-")))
}

/// A value in words.
fn cell(column: &str, value: &Value, words: &Words) -> String {
    match value {
        Value::Null => dash(),
        Value::Whole(value)
            if matches!(
                column,
                "last_seen_s" | "raised_s" | "t_s" | "seen_s" | "packet_s" | "mqtt_s" | "alarm_s" | "state_s"
            ) =>
        {
            let time = jiff::Timestamp::from_second(*value).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
        }
        Value::Whole(value) if column == "is_online" => words.get(&format!("fleet-online-{value}")),
        Value::Whole(value) => value.to_string(),
        Value::Text(text) => word(column, text, words),
    }
}

/// A key of the store in words, where there is a word.
fn word(column: &str, text: &str, words: &Words) -> String {
    let key = match column {
        "crop" => {
            let crop = grainloss_knowledge::crop(text).ok();
            return crop.map_or_else(|| text.to_owned(), |crop| crop.name.get(words.lang).to_owned());
        }
        "basis" | "habit" | "activity" => format!("{column}-{text}"),
        "seen_by" => format!("fleet-seen-by-{text}"),
        "alarm_happened" => format!("fleet-happened-{text}"),
        "alarm" | "rule" | "state" => format!("fleet-{column}-{text}"),
        _ => return text.to_owned(),
    };
    if words.has(&key) { words.get(&key) } else { text.to_owned() }
}

/// Columns under each other; Chinese characters are two wide.
fn aligned(head: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let width = |text: &str| text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum::<usize>();
    let mut lines = vec![head];
    lines.extend(rows);
    let columns = lines[0].len();
    let widths: Vec<usize> =
        (0..columns).map(|at| lines.iter().map(|line| width(&line[at])).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        for (at, cell) in line.iter().enumerate() {
            let gap = if at + 1 == columns { 0 } else { widths[at] - width(cell) + 2 };
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', gap));
        }
        text.push('\n');
    }
    text
}

/// The columns of the answer and those that are made from them.
pub(super) fn csv(answer: &Answer) -> String {
    let made = made(answer);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = answer.columns.iter().map(String::as_str).chain(made.iter().map(|made| made.name));
    // Writing into memory does not fail.
    let _ = writer.write_record(names);
    for row in &answer.rows {
        let whole = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::Whole(value) => value.to_string(),
            // What a spreadsheet program would take for a formula.
            Value::Text(text) if text.starts_with(['=', '+', '-', '@', '\t']) => format!("'{text}"),
            Value::Text(text) => text.to_string(),
        });
        let ratios =
            made.iter().map(|made| made.value(answer, row).map_or(String::new(), |value| format!("{value:.6}")));
        let _ = writer.write_record(whole.chain(ratios));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The rows as objects, those of the comparison beside them.
pub(super) fn json(name: &str, answer: &Answer) -> String {
    let made = made(answer);
    let rows: Vec<serde_json::Value> = answer
        .rows
        .iter()
        .map(|row| {
            let whole = answer.columns.iter().zip(row).map(|(name, value)| {
                let value = match value {
                    Value::Null => serde_json::Value::Null,
                    Value::Whole(value) => (*value).into(),
                    Value::Text(text) => (&**text).into(),
                };
                (name.clone(), value)
            });
            whole.chain(made.iter().map(|made| (made.name.to_owned(), made.value(answer, row).into()))).collect()
        })
        .collect();
    let mut all = serde_json::json!({ "question": name, "sha256": answer.sha256(), "rows": rows });
    let ranked = |one: grainloss_fleet::answers::Ranked| {
        serde_json::json!({
            "crop": one.crop, "device": one.device, "sessions": one.sessions, "seconds": one.seconds, "ratio": one.ratio,
            "ratio_lo": one.interval[0], "ratio_hi": one.interval[1], "best_place": one.places[0],
            "worst_place": one.places[1], "verdict": one.verdict.word(),
        })
    };
    let compared = |one: grainloss_fleet::answers::Compared| {
        serde_json::json!({
            "driver": one.driver, "co_op": one.co_op, "trained_day": one.trained_day, "crop": one.crop, "basis": one.basis,
            "before": one.loss[0], "after": one.loss[1], "ratio": one.ratio.map(|ratio| ratio[0]),
            "ratio_lo": one.ratio.map(|ratio| ratio[1]), "ratio_hi": one.ratio.map(|ratio| ratio[2]),
            "verdict": one.verdict.word(),
        })
    };
    let verdicts: Vec<serde_json::Value> = match name {
        "ranking" => ranking(answer).into_iter().map(ranked).collect(),
        "training" => training(answer).into_iter().map(compared).collect(),
        _ => Vec::new(),
    };
    if !verdicts.is_empty() {
        all["verdicts"] = verdicts.into();
    }
    let mut text = String::new();
    let _ = writeln!(text, "{all:#}");
    text
}
