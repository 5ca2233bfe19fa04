//! The second screen: what the advice rests on, what the speed is worth, whether the last change helped, and how the
//! session stands against every limit in use.

use ratatui::Frame;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::canvas::Canvas;
use super::lines::BOLD;
use super::main_screen::{COLUMNS, ROWS};
use super::numbers::{MU_PER_HA, signed_interval, two_digits, with_interval};
use super::{alarm_line, lines};
use crate::advice::{Comparison, SpeedStep, Verdict};
use crate::harvest::Band;
use crate::knowledge::{Lang, LimitEntry, Rule, Standing, Words};
use crate::snapshot::Snapshot;

/// Draws the snapshot. The texts that did not fit are given back.
pub fn draw(frame: &mut Frame<'_>, snapshot: &Snapshot, words: &Words) -> Vec<String> {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), area);
    if area.width < COLUMNS || area.height < ROWS {
        canvas.put(0, 0, area.width, &words.get("screen-too-small"), Style::new());
        return Vec::new();
    }
    lines::title(&mut canvas, 0, snapshot, words);
    alarm_line::alarm(&mut canvas, 1, snapshot, words);
    canvas.rule(2);
    alarm_line::next_step(&mut canvas, 3, snapshot, words);
    if let Some(rule) = snapshot.advice.next_step.and_then(|step| snapshot.session.guide.rules.get(step)) {
        explain(&mut canvas, 4, rule, snapshot.advice.adjustment, words);
    }
    canvas.rule(13);
    speed(&mut canvas, 14, snapshot, words);
    canvas.rule(18);
    put(&mut canvas, 19, &change(snapshot, words));
    put(&mut canvas, 20, &limits(snapshot, words));
    put(&mut canvas, 21, &alarms(snapshot, words));
    canvas.rule(22);
    canvas.put_right(22, &format!(" {} ", words.get("screen-back")), Style::new());
    lines::status(&mut canvas, 23, snapshot, words);
    canvas.cut
}

fn put(canvas: &mut Canvas<'_>, y: u16, text: &str) {
    canvas.put(1, y, canvas.area.width - 1, text, Style::new());
}

/// Cause, the order of the adjustments with the one that is next, source and who disagrees. Nine lines.
fn explain(canvas: &mut Canvas<'_>, y: u16, rule: &Rule, next: usize, words: &Words) {
    let cause = [("cause", rule.cause.get(words.lang))];
    put(canvas, y, &words.with("why-cause", &cause));
    for (at, adjustment) in rule.adjust.iter().enumerate() {
        let mark = if at == next { ">" } else { " " };
        let style = if at == next { BOLD } else { Style::new() };
        let text = format!("{mark} {}  {}", at + 1, adjustment.text.get(words.lang));
        canvas.put(3, y + 1 + at as u16, canvas.area.width - 3, &text, style);
    }
    let mut source = words.with("why-source", &[("source", rule.source_in(words.lang))]);
    if let Some(disagree) = rule.disagree_in(words.lang) {
        source = format!("{source}. {}", words.with("why-disagree", &[("disagree", disagree)]));
    }
    let (tried, width) = (rule.adjust.len(), usize::from(canvas.area.width) - 2);
    for (row, line) in wrap(&source, width).into_iter().enumerate() {
        if tried + row < 8 {
            put(canvas, y + 1 + (tried + row) as u16, &line);
        } else {
            canvas.cut.push(line);
        }
    }
}

/// Breaks a text into lines of so many columns, at spaces where there are any.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        for piece in if word.trim_end().width() > columns {
            word.chars().map(String::from).collect()
        } else {
            vec![word.to_owned()]
        } {
            // There is always a line: it begins with one.
            let line = lines.len() - 1;
            let used = lines[line].chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
            if used + piece.trim_end().width() > columns {
                lines.push(piece);
            } else {
                lines[line].push_str(&piece);
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Where the columns of the speed table begin.
const COLUMN_X: [u16; 5] = [1, 10, 19, 38, 62];

/// What the speed is worth. Four lines.
fn speed(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let economy = snapshot.session.guide.economy.as_ref();
    let gain = economy.map_or_else(
        || words.get("worth-no-price"),
        |economy| words.with("worth-gain", &[("currency", &economy.currency)]),
    );
    let heads = ["worth-speed", "worth-area", "worth-loss", "worth-more"].map(|key| words.get(key));
    for (x, head) in COLUMN_X.into_iter().zip(heads.iter().chain([&gain])) {
        canvas.put(x, y, canvas.area.width - x, head, Style::new());
    }
    let Some(worth) = &snapshot.advice.worth else {
        put(canvas, y + 1, &words.get("worth-unknown"));
        return;
    };
    for (row, step) in worth.iter().enumerate() {
        speed_row(canvas, y + 1 + row as u16, step, words);
    }
}

fn speed_row(canvas: &mut Canvas<'_>, y: u16, step: &SpeedStep, words: &Words) {
    let now = (step.factor - 1.0).abs() < 1e-9;
    let name = if now { words.get("worth-now") } else { format!("{:+.0} %", (step.factor - 1.0) * 100.0) };
    // Areas in the language's unit.
    let areas = match words.lang {
        Lang::Zh => MU_PER_HA,
        Lang::En => 1.0,
    };
    let per_area = |b: Band| Band { value: b.value / areas, lo: b.lo / areas, hi: b.hi / areas };
    let dash = || if now { String::new() } else { "—".to_owned() };
    let more = if now { String::new() } else { signed_interval(per_area(step.more_kg_ha)) };
    let gain = step.gain_per_ha.filter(|_| !now).map_or_else(dash, |gain| signed_interval(per_area(gain)));
    let cells = [name, two_digits(step.area_ha_h * areas), with_interval(step.loss_kg_h), more, gain];
    for (x, cell) in COLUMN_X.into_iter().zip(cells) {
        canvas.put(x, y, canvas.area.width - x, &cell, if now { BOLD } else { Style::new() });
    }
}

/// The newest change of a setting and what became of it.
fn change(snapshot: &Snapshot, words: &Words) -> String {
    let Some(Comparison { change, ratio, verdict, .. }) = snapshot.advice.comparison else {
        return words.get("change-none");
    };
    let what = change.setting.map_or_else(|| words.get("change-marked"), |c| alarm_line::channel_name(c, words));
    let verdict = match verdict {
        Verdict::More(minutes) => words.with("change-more", &[("minutes", &minutes.to_string())]),
        verdict => words.get(&format!("change-{}", verdict.word())),
    };
    let change = |ratio: Band| {
        let percent = |ratio: f64| (ratio - 1.0) * 100.0;
        format!("; {:+.0} % ({:+.0}…{:+.0})", percent(ratio.value), percent(ratio.lo), percent(ratio.hi.min(10.99)))
    };
    words.with(
        "change-line",
        &[("what", &what), ("verdict", &verdict), ("ratio", &ratio.map_or_else(String::new, change))],
    )
}

/// How the session stands against every limit in use for the crop.
fn limits(snapshot: &Snapshot, words: &Words) -> String {
    let (guide, loss) = (&snapshot.session.guide, snapshot.totals.total_loss_pct());
    let one = |limit: &LimitEntry| {
        let sign = loss.map_or("—", |loss| match limit.standing(loss) {
            Standing::Under => "<",
            Standing::Over => ">",
            Standing::Undecided => "?",
        });
        format!("{sign} {}", limit.name.get(words.lang))
    };
    if guide.limits.is_empty() {
        return words.get("screen-no-limit");
    }
    words.with("limits-line", &[("limits", &guide.limits.iter().map(one).collect::<Vec<_>>().join("  "))])
}

/// How often there was an alarm, and what was lowered.
fn alarms(snapshot: &Snapshot, words: &Words) -> String {
    let (advice, working_s) = (&snapshot.advice, snapshot.totals.working_s());
    // A rate needs some minutes to be one.
    let rate = (working_s >= 600.0).then(|| format!("{:.1}", f64::from(advice.raised) * 3600.0 / working_s));
    let counts = [("raised", advice.raised.to_string()), ("lowered", advice.lowered.to_string())];
    let rate = rate.unwrap_or_else(|| "—".to_owned());
    words.with("alarms-line", &[(counts[0].0, &counts[0].1), (counts[1].0, &counts[1].1), ("rate", &rate)])
}
