//! What a chief reads first: one sentence on a session, and how its loss stands beside each limit.

use crate::model::{JudgedLimit, MU_PER_HA, SessionReport};
use crate::text::ReportText;
use grainloss_core::habits::{Habit, HabitPrice};
use grainloss_core::harvest::{Basis, Interval90};
use grainloss_knowledge::LimitVerdict;

/// Decimals of a number that a person reads: about three digits.
pub const fn decimals(value: f64) -> usize {
    if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    }
}

/// A number with about three digits.
pub fn short(value: f64) -> String {
    format!("{value:.*}", decimals(value))
}

/// An interval with about three digits, as `1.65 (1.20–2.40)`.
pub fn short_band(band: Interval90) -> String {
    let decimals = decimals(band.value);
    format!("{:.decimals$} ({:.decimals$}–{:.decimals$})", band.value, band.lo, band.hi)
}

/// Area and crop, as `18.2 mu of wheat`.
pub fn area_and_crop(area_ha: Option<f64>, crop: &str, text: &ReportText) -> String {
    let area = area_ha.map_or_else(|| text.unknown(), |ha| short(ha * MU_PER_HA));
    text.with("report-say-area", &[("area", &area), ("crop", &text.crop(crop))])
}

/// The verdict on a loss beside a limit, in the words of the screens.
pub fn verdict_words(judged: Option<&JudgedLimit>, text: &ReportText) -> String {
    let verdict = judged.and_then(|judged| judged.verdict);
    verdict.map_or_else(|| text.unknown(), |verdict| text.get(&format!("verdict-{}", verdict.word())))
}

/// The verdict on a loss beside the limit that it is judged by, as a part of a sentence. `pans`: how many were used.
pub fn verdict(limit: Option<&JudgedLimit>, basis: Option<Basis>, pans: usize, text: &ReportText) -> String {
    let Some(judged) = limit else { return text.get("report-say-no-limit") };
    let key = match judged.verdict {
        None => return text.get("report-say-unknown"),
        Some(LimitVerdict::Below) => "report-say-under",
        Some(LimitVerdict::ProbablyBelow) => "report-say-probably-under",
        Some(LimitVerdict::ProbablyAbove) => "report-say-probably-over",
        Some(LimitVerdict::Above) => "report-say-over",
        Some(LimitVerdict::CannotTell) if pans == 0 && basis != Some(Basis::Calibrated) => "report-say-no-pan",
        Some(LimitVerdict::CannotTell) => "report-say-within",
    };
    let limit = format!("{}", judged.limit.percent);
    text.with(key, &[("limit", &limit)])
}

/// What habits have cost: of each the sum over all drivers, dearest first; those without a figure are left out.
pub fn dearest_habits(s: &SessionReport) -> Vec<(Habit, u32, f64)> {
    let mut sums: Vec<(Habit, u32, f64)> = Vec::new();
    let priced = s.drivers.iter().flat_map(|part| &part.habits).filter(|price| price.count > 0);
    for HabitPrice { habit, count, kg, .. } in priced {
        let Ok(kg) = kg else { continue };
        match sums.iter_mut().find(|(of, ..)| of == habit) {
            Some((_, n, sum)) => (*n, *sum) = (*n + count, *sum + kg.value),
            None => sums.push((*habit, *count, kg.value)),
        }
    }
    sums.retain(|(.., kg)| *kg > 0.0);
    sums.sort_by(|a, b| b.2.total_cmp(&a.2));
    sums
}

/// How many pans were used.
pub fn pans_used(s: &SessionReport) -> usize {
    s.pans.iter().filter(|pan| pan.outcome == "used").count()
}

/// The sentence on a session.
pub fn sentence(s: &SessionReport, text: &ReportText) -> String {
    let area = area_and_crop(s.totals.area_ha, &s.crop, text);
    let loss = s.totals.loss_pct.map_or_else(
        || text.unknown(),
        |loss| {
            let Interval90 { value, lo, hi } = loss;
            text.with("report-say-loss", &[("loss", &short(value)), ("lo", &short(lo)), ("hi", &short(hi))])
        },
    );
    let verdict = verdict(s.limit.as_ref(), s.totals.basis, pans_used(s), text);
    let mut said = text.with("report-say", &[("area", &area), ("loss", &loss), ("verdict", &verdict)]);
    if let Some((habit, count, kg)) = dearest_habits(s).first() {
        let (habit, kg) = (text.get(&format!("habit-{}", habit.word())), short(*kg));
        said += &text.with("report-say-habit", &[("habit", &habit), ("n", &count.to_string()), ("kg", &kg)]);
    }
    said + &text.get("report-say-end")
}
