//! Who loses less: machines at equal feed rate and moisture, drivers before and after a training.
//!
//! An observation is a session (in a stratum). With sums of grain G, loss L and of G², GL, L² over the sessions, the ratio is
//! R = ΣL ÷ ΣG, and its variance that of a ratio estimator: Σ(L − R G)² ÷ (ΣG)² × n ÷ (n − 1) (Cochran 1977, 6.4). Sessions scatter by
//! 15 % at least, as `grainloss followup` has it. A conclusion needs two sessions and half an hour on each side.

use std::collections::BTreeMap;

use crate::engine::{Answer, Value};

/// Least scatter of sessions, share of the loss.
const MIN_SCATTER: f64 = 0.15;
/// What is worth telling, logarithm: 15 %.
const MIN_EFFECT: f64 = 0.14;
/// Fewest sessions of a side.
const MIN_SESSIONS: i64 = 2;
/// Least cutting of a side, s.
const MIN_SECONDS: i64 = 1800;

/// A conclusion from a 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval is below 1.
    Lower,
    /// The whole interval is above 1.
    Higher,
    /// The whole interval is within 15 % of 1.
    Alike,
    /// It cannot be told.
    Untold,
}

impl Verdict {
    /// The word for programs, and the end of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Alike => "alike",
            Self::Untold => "untold",
        }
    }

    fn of(lo: f64, hi: f64, is_enough: bool) -> Self {
        match (lo, hi) {
            _ if !is_enough => Self::Untold,
            (_, hi) if hi < 1.0 => Self::Lower,
            (lo, _) if lo > 1.0 => Self::Higher,
            (lo, hi) if lo > (-MIN_EFFECT).exp() && hi < MIN_EFFECT.exp() => Self::Alike,
            _ => Self::Untold,
        }
    }
}

/// A machine's place among those of its crop.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The crop's key.
    pub crop: String,
    /// The machine.
    pub device: String,
    /// Its plate, where the register has one.
    pub plate: Option<String>,
    /// Its co-op, where the register has one.
    pub co_op: Option<String>,
    /// Sessions, at least: of the stratum that has most.
    pub sessions: i64,
    /// Settled cutting in strata that other machines have too, s.
    pub seconds: i64,
    /// Its loss over that of all machines in the same strata.
    pub ratio: f64,
    /// The 90 % interval of the ratio.
    pub interval: [f64; 2],
    /// The best and the worst place that it may have: machines whose intervals overlap cannot be told apart.
    pub places: [usize; 2],
    /// Beside all machines.
    pub verdict: Verdict,
}

/// A driver before and after a training.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The driver.
    pub driver: String,
    /// The co-op of the driver's machines.
    pub co_op: Option<String>,
    /// The day of the training.
    pub trained_day: String,
    /// The crop's key.
    pub crop: String,
    /// What the losses rest on.
    pub basis: Option<String>,
    /// Sessions before and after.
    pub sessions: [i64; 2],
    /// Loss before and after, share of the grain; `None` without grain.
    pub loss: [Option<f64>; 2],
    /// After over before, with its 90 % interval; `None` when a side has none.
    pub ratio: Option<[f64; 3]>,
    /// The conclusion: `Lower` when less is lost after it.
    pub verdict: Verdict,
}

/// Quantile 0.95 of Student's t (tables; between them the next smaller number of degrees).
fn t95(freedom: i64) -> f64 {
    const TABLE: [f64; 10] = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812];
    match freedom {
        ..=1 => TABLE[0],
        2..=10 => TABLE[(freedom - 1) as usize],
        11..=14 => 1.796,
        15..=19 => 1.753,
        20..=29 => 1.725,
        30..=59 => 1.697,
        _ => 1.671,
    }
}

/// A row by the names of its columns.
struct Row<'a>(&'a Answer, &'a [Value]);

impl Row<'_> {
    fn value(&self, name: &str) -> &Value {
        self.0.column(name).and_then(|at| self.1.get(at)).unwrap_or(&Value::Null)
    }

    fn whole(&self, name: &str) -> i64 {
        self.value(name).whole().unwrap_or(0)
    }

    fn number(&self, name: &str) -> f64 {
        self.whole(name) as f64
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value(name).text().map(str::to_owned)
    }

    /// Scatter of the sessions' losses about `rate` times their grain: the root of its sum of squares, with n ÷ (n − 1).
    fn scatter(&self, prefix: &str, rate: f64) -> f64 {
        let of = |name: &str| self.number(&format!("{prefix}{name}"));
        let squares = of("loss_loss") - 2.0 * rate * of("grain_loss") + rate * rate * of("grain_grain");
        let n = of("sessions");
        (squares.max(0.0) * n / (n - 1.0).max(1.0)).sqrt()
    }
}

/// A machine's sums while they are made.
#[derive(Default)]
struct Machine<'a> {
    rows: Vec<Row<'a>>,
    expected: f64,
    found: f64,
}

/// The machines of each crop, those with the smallest loss first, from the answer of the question `ranking`.
///
/// In each stratum that several machines have, the machine's grain times the loss of all of them is what is expected; the
/// ratio is what was lost over what is expected. A session's error may be the same in its strata: their scatters are added.
pub fn ranking(answer: &Answer) -> Vec<Ranked> {
    type Stratum = (String, i64, i64, Option<String>, Option<String>);
    let stratum = |row: &Row| -> Stratum {
        let crop = row.text("crop").unwrap_or_default();
        let (feed, moisture) = (row.whole("feed_from_g_s"), row.whole("moisture_from_bp"));
        (crop, feed, moisture, row.text("basis_header"), row.text("basis_rear"))
    };
    let mut strata: BTreeMap<Stratum, (i64, f64, f64)> = BTreeMap::new();
    for row in answer.rows.iter().map(|row| Row(answer, row)) {
        let (machines, grain, loss) = strata.entry(stratum(&row)).or_default();
        *machines += 1;
        *grain += row.number("grain_g");
        *loss += row.number("loss_dg") / 10.0;
    }
    let mut machines: BTreeMap<(String, String), Machine> = BTreeMap::new();
    for row in answer.rows.iter().map(|row| Row(answer, row)) {
        let (n, grain, loss) = strata[&stratum(&row)];
        if n < 2 || grain <= 0.0 {
            continue;
        }
        let device = row.text("device").unwrap_or_default();
        let machine = machines.entry((row.text("crop").unwrap_or_default(), device)).or_default();
        machine.expected += row.number("grain_g") * loss / grain;
        machine.found += row.number("loss_dg") / 10.0;
        machine.rows.push(row);
    }
    let mut ranked: Vec<Ranked> = Vec::new();
    for ((crop, device), machine) in &machines {
        let [first, ..] = machine.rows.as_slice() else { continue };
        if machine.expected <= 0.0 {
            continue;
        }
        let ratio = machine.found / machine.expected;
        let scatter = |row: &Row| {
            let (_, grain, loss) = strata[&stratum(row)];
            row.scatter("", 10.0 * ratio * loss / grain) / 10.0
        };
        let sessions = machine.rows.iter().map(|row| row.whole("sessions")).max().unwrap_or(0);
        let seconds = machine.rows.iter().map(|row| row.whole("seconds")).sum();
        let error = (machine.rows.iter().map(scatter).sum::<f64>() / machine.expected)
            .max(ratio * MIN_SCATTER / (sessions.max(1) as f64).sqrt());
        let half = t95(sessions - 1) * error;
        let interval = [(ratio - half).max(0.0), ratio + half];
        ranked.push(Ranked {
            crop: crop.clone(),
            device: device.clone(),
            plate: first.text("plate"),
            co_op: first.text("co_op"),
            sessions,
            seconds,
            ratio,
            interval,
            places: [0, 0],
            verdict: Verdict::of(interval[0], interval[1], sessions >= MIN_SESSIONS && seconds >= MIN_SECONDS),
        });
    }
    ranked.sort_by(|a, b| a.crop.cmp(&b.crop).then(a.ratio.total_cmp(&b.ratio)));
    for of_crop in ranked.chunk_by_mut(|a, b| a.crop == b.crop) {
        place(of_crop);
    }
    ranked
}

/// Gives the machines of a crop their places.
fn place(machines: &mut [Ranked]) {
    let sorted = |end: usize| {
        let mut ends: Vec<f64> = machines.iter().map(|one| one.interval[end]).collect();
        ends.sort_by(f64::total_cmp);
        ends
    };
    let (lows, highs) = (sorted(0), sorted(1));
    for one in machines {
        let [lo, hi] = one.interval;
        one.places = [1 + highs.partition_point(|other| *other < lo), lows.partition_point(|other| *other <= hi)];
    }
}

/// Each training's drivers, from the answer of the question `training`.
pub fn training(answer: &Answer) -> Vec<Compared> {
    let compared = |row: &Vec<Value>| {
        let row = Row(answer, row);
        let sides = ["before_", "after_"];
        let of = |name: &str| sides.map(|side| row.whole(&format!("{side}{name}")));
        let (sessions, seconds) = (of("sessions"), of("cutting_s"));
        let (grain, loss) = (of("grain_g"), of("loss_dg"));
        let share = [0, 1].map(|at: usize| (grain[at] > 0).then(|| loss[at] as f64 / 10.0 / grain[at] as f64));
        let ratio =
            share[0].zip(share[1]).filter(|(before, after)| *before > 0.0 && *after > 0.0).map(|(before, after)| {
                let variance = |at: usize, rate: f64| {
                    let scatter = row.scatter(sides[at], 10.0 * rate) / 10.0 / (grain[at] as f64 * rate);
                    (scatter * scatter).max(MIN_SCATTER * MIN_SCATTER / sessions[at].max(1) as f64)
                };
                let half = t95(sessions[0] + sessions[1] - 2) * (variance(0, before) + variance(1, after)).sqrt();
                [after / before, after / before * (-half).exp(), after / before * half.exp()]
            });
        let is_enough = sessions.iter().all(|n| *n >= MIN_SESSIONS) && seconds.iter().all(|s| *s >= MIN_SECONDS);
        Compared {
            driver: row.text("driver").unwrap_or_default(),
            co_op: row.text("co_op"),
            trained_day: row.text("trained_day").unwrap_or_default(),
            crop: row.text("crop").unwrap_or_default(),
            basis: row.text("basis"),
            sessions,
            loss: share,
            ratio,
            verdict: ratio.map_or(Verdict::Untold, |[_, lo, hi]| Verdict::of(lo, hi, is_enough)),
        }
    };
    answer.rows.iter().map(compared).collect()
}

#[cfg(test)]
mod tests;
