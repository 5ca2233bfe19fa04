//! Two sides of work compared where they are alike: only within strata of equal crop, feed rate, moisture and basis.
//!
//! An observation is the loss share of one visit in one stratum, as a logarithm y. Within a stratum s a side's mean is that of
//! its visits, weighted by hours: m(s) = Σ h y / Σ h. The difference is D = Σ w(s) (m_b(s) − m_a(s)); the weight w(s) is the
//! smaller side's hours there, over the sum of them. Visits differ, not seconds: a visit's error is common to its strata, so
//! it counts with a = Σ w(s) h / H(s), and the variance of D is σ² Σ a², with σ² the variance of the visits about their
//! strata's means (n − 2 degrees of freedom, and no less than 15 %). Hours that are still missing: the half width t·√V falls
//! with the root of the hours, so that H' = H (t·√V / δ)² are needed to tell a difference of δ, which is that found, or 15 %
//! where less was found.

use std::collections::BTreeMap;

use super::statistics::{Change, t95};
use super::visit::Visit;
use grainloss_core::harvest::Basis;
use grainloss_core::like_work::WorkCell;
use grainloss_core::params::ComparisonParams;

/// Least scatter of visits, logarithm: as the comparison of settings has it.
const MIN_SD: f64 = ComparisonParams::DEFAULT.min_sd;
/// Smallest difference that is worth telling, logarithm: 15 %.
pub(super) const MIN_EFFECT: f64 = ComparisonParams::DEFAULT.min_effect_log;
/// Fewest visits on a side for a conclusion (our choice: two differ).
const MIN_VISITS: usize = 2;
/// Least hours on a side for a conclusion (assumed).
const MIN_HOURS: f64 = 0.5;

/// What is compared with what: class of the feed rate, class of the moisture, basis.
type Stratum = (i32, Option<i32>, &'static str);

/// A conclusion from an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// They differ: the interval does not hold 1.
    Different,
    /// They are alike within 15 %: the whole interval is.
    Alike,
    /// It cannot be told yet: about so many more hours of like work on each side; `None` where that cannot be said.
    Untold(Option<f64>),
}

/// A stratum of a comparison, with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// Feed rates from and to, kg/s.
    pub feed_kg_s: [f64; 2],
    /// Moisture from and to, per cent; `None` when it was not known.
    pub moisture_pct: Option<[f64; 2]>,
    /// What the losses rest on.
    pub basis: Basis,
    /// Its weight, 0..1.
    pub weight: f64,
}

/// Two sides compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// The second side over the first.
    pub change: Change,
    /// Loss of each side, per cent: geometric means with the same weights.
    pub loss_pct: [f64; 2],
    /// Hours of like work on each side.
    pub hours: [f64; 2],
    /// Visits on each side that have some.
    pub visits: [usize; 2],
    /// The strata, the heaviest first.
    pub weights: Vec<Weight>,
    /// The conclusion.
    pub verdict: Verdict,
}

/// Why two sides cannot be compared at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMatched {
    /// A side has no settled cutting with a known loss.
    NoWork,
    /// They have none in common at equal feed rate and moisture.
    NothingAlike,
    /// They have, but their losses rest on something else.
    OtherBasis,
}

/// One visit in one stratum: which visit, hours, logarithm of the loss share.
#[derive(Clone, Copy)]
struct Observation {
    visit: usize,
    hours: f64,
    y: f64,
}

fn strata(visits: &[&Visit]) -> BTreeMap<Stratum, (WorkCell, Vec<Observation>)> {
    let mut strata: BTreeMap<Stratum, (WorkCell, Vec<Observation>)> = BTreeMap::new();
    for (at, visit) in visits.iter().enumerate() {
        for cell in &visit.cells {
            let y = (cell.loss_kg() / cell.grain_kg).ln();
            if y.is_finite() {
                let key = (cell.feed_class, cell.moisture_class, cell.basis.word());
                let of = strata.entry(key).or_insert_with(|| (*cell, Vec::new()));
                of.1.push(Observation { visit: at, hours: cell.hours(), y });
            }
        }
    }
    strata
}

fn hours(observations: &[Observation]) -> f64 {
    observations.iter().map(|one| one.hours).sum()
}

fn mean(observations: &[Observation]) -> f64 {
    observations.iter().map(|one| one.hours * one.y).sum::<f64>() / hours(observations)
}

/// Compares the visits of two sides, which are of one crop.
///
/// # Errors
/// Why they cannot be compared at all.
pub fn matched(first: &[&Visit], second: &[&Visit]) -> Result<Matched, NotMatched> {
    let sides = [first, second].map(strata);
    if sides.iter().any(BTreeMap::is_empty) {
        return Err(NotMatched::NoWork);
    }
    let common: Vec<Stratum> = sides[0].keys().filter(|key| sides[1].contains_key(*key)).copied().collect();
    if common.is_empty() {
        let alike = |a: &Stratum, b: &Stratum| (a.0, a.1) == (b.0, b.1);
        let other = sides[0].keys().any(|a| sides[1].keys().any(|b| alike(a, b)));
        return Err(if other { NotMatched::OtherBasis } else { NotMatched::NothingAlike });
    }
    let least = |key: &Stratum| hours(&sides[0][key].1).min(hours(&sides[1][key].1));
    let all: f64 = common.iter().map(least).sum();
    let weight = |key: &Stratum| least(key) / all;
    let means =
        [0, 1].map(|side: usize| -> f64 { common.iter().map(|key| weight(key) * mean(&sides[side][key].1)).sum() });
    // Each visit's share in the difference, its mean error, and its hours in the common strata.
    let mut shares = [vec![0.0; first.len()], vec![0.0; second.len()]];
    let mut errors = [vec![(0.0, 0.0); first.len()], vec![(0.0, 0.0); second.len()]];
    for key in &common {
        for side in 0..2 {
            let observations = &sides[side][key].1;
            let (sum, centre) = (hours(observations), mean(observations));
            for one in observations {
                shares[side][one.visit] += weight(key) * one.hours / sum;
                let (error, hours) = &mut errors[side][one.visit];
                *error += one.hours * (one.y - centre);
                *hours += one.hours;
            }
        }
    }
    let visits = [0, 1].map(|side: usize| shares[side].iter().filter(|share| **share > 0.0).count());
    let errors = errors.iter().flatten().filter(|(_, hours)| *hours > 0.0);
    let squares: f64 = errors.map(|(error, hours)| (error / hours).powi(2)).sum();
    let freedom = (visits[0] + visits[1]) as f64 - 2.0;
    let variance = if freedom > 0.0 { squares / freedom } else { 0.0 }.max(MIN_SD * MIN_SD);
    let half =
        t95(freedom.max(1.0)) * (variance * shares.iter().flatten().map(|share| share * share).sum::<f64>()).sqrt();
    let difference = means[1] - means[0];
    let common_hours = [0, 1].map(|side: usize| -> f64 { common.iter().map(|key| hours(&sides[side][key].1)).sum() });
    let enough = visits.iter().all(|n| *n >= MIN_VISITS) && common_hours.iter().all(|hours| *hours >= MIN_HOURS);
    let mut weights: Vec<Weight> = common.iter().map(|key| weight_of(&sides[0][key].0, weight(key))).collect();
    weights.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Ok(Matched {
        change: Change {
            ratio: difference.exp(),
            lo: Some((difference - half).exp()),
            hi: Some((difference + half).exp()),
        },
        loss_pct: means.map(|mean| 100.0 * mean.exp()),
        hours: common_hours,
        visits,
        weights,
        verdict: verdict(difference, half, common_hours[0].min(common_hours[1]), enough),
    })
}

/// The conclusion from a difference of logarithms and its half width, after so many hours on the smaller side.
pub(super) fn verdict(difference: f64, half: f64, hours: f64, enough: bool) -> Verdict {
    let needed = hours * (half / difference.abs().max(MIN_EFFECT)).powi(2);
    let more = (needed - hours).max(if enough { 0.0 } else { MIN_HOURS });
    if !enough {
        return Verdict::Untold(more.is_finite().then_some(more));
    }
    if difference.abs() > half {
        Verdict::Different
    } else if difference.abs() + half < MIN_EFFECT {
        Verdict::Alike
    } else {
        Verdict::Untold(more.is_finite().then_some(more))
    }
}

fn weight_of(cell: &WorkCell, weight: f64) -> Weight {
    let ComparisonParams { feed_class_log, moisture_class, .. } = ComparisonParams::DEFAULT;
    let ends = |class: i32, width: f64| [f64::from(class) * width, (f64::from(class) + 1.0) * width];
    Weight {
        feed_kg_s: ends(cell.feed_class, feed_class_log).map(f64::exp),
        moisture_pct: cell.moisture_class.map(|class| ends(class, 100.0 * moisture_class)),
        basis: cell.basis,
        weight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::visit::FaultCounts;
    use grainloss_journal::CuttingTally;

    fn visit(cells: &[(i32, Basis, f64, f64)]) -> Visit {
        let cell = |&(feed_class, basis, hours, share): &(i32, Basis, f64, f64)| WorkCell {
            feed_class,
            moisture_class: Some(4),
            basis,
            seconds: (3600.0 * hours) as u32,
            grain_kg: 1000.0,
            header_kg: 0.0,
            rear_kg: 1000.0 * share,
        };
        Visit {
            session: 1,
            started_us: 0,
            operator: None,
            machine: "m".into(),
            township: None,
            crop: "wheat".into(),
            cutting_h: 1.0,
            area_mu: None,
            loss_pct: None,
            basis: None,
            faults: FaultCounts::default(),
            tally: CuttingTally::default(),
            limit_pct: None,
            cells: cells.iter().map(cell).collect(),
        }
    }

    const C: Basis = Basis::Calibrated;

    #[test]
    fn one_stratum_is_compared_as_by_hand() {
        // Losses of 1, 2, 4 % and half of it, an hour each: D = −ln 2; σ² = (ln 2)², a = 1/3 six times: V = σ² × 2/3,
        // √V = 0.5660; four degrees of freedom, t = 2.132: half width 1.2066, factor 3.342.
        let first = [0.01, 0.02, 0.04].map(|share| visit(&[(12, C, 1.0, share)]));
        let second = [0.005, 0.01, 0.02].map(|share| visit(&[(12, C, 1.0, share)]));
        let found = matched(&first.each_ref(), &second.each_ref()).unwrap();
        assert!((found.change.ratio - 0.5).abs() < 1e-12, "{found:?}");
        assert!((found.change.hi.unwrap() / 0.5 - 3.342).abs() < 2e-3, "{found:?}");
        assert!((found.loss_pct[0] - 2.0).abs() < 1e-9 && (found.loss_pct[1] - 1.0).abs() < 1e-9);
        // Hours: 3 × (1.2066 / 0.6931)² = 9.091, so 6.09 more.
        let Verdict::Untold(Some(more)) = found.verdict else { panic!("{found:?}") };
        assert!((more - 6.09).abs() < 0.01, "{more}");
    }

    #[test]
    fn only_like_work_counts_and_the_weights_are_the_smaller_sides_hours() {
        // Class 12: 1 % and 1.2 %; class 14: 2 % and 3 %; class 16 on one side only, and far worse.
        let one = || visit(&[(12, C, 2.0, 0.01), (14, C, 1.0, 0.02), (16, C, 9.0, 0.5)]);
        let first = [one(), one()];
        let second = [visit(&[(12, C, 1.0, 0.012), (14, C, 3.0, 0.03)]), visit(&[(12, C, 2.0, 0.012)])];
        let found = matched(&first.each_ref(), &second.each_ref()).unwrap();
        // Hours 4 and 3 in class 12, 2 and 3 in class 14: weights 3 / 5 and 2 / 5.
        assert_eq!(found.weights.iter().map(|of| of.weight).collect::<Vec<_>>(), [0.6, 0.4]);
        let expected = (0.6 * 1.2f64.ln() + 0.4 * 1.5f64.ln()).exp();
        assert!((found.change.ratio - expected).abs() < 1e-12, "{found:?}");
        // Class 12 of 14 %: e^1.68 = 5.37 to e^1.82 = 6.17 kg/s; class 4 of moisture: 12 to 15 %.
        assert!((found.weights[0].feed_kg_s[0] - 5.366).abs() < 1e-3, "{found:?}");
        assert_eq!(found.weights[0].moisture_pct.map(|ends| ends.map(f64::round)), Some([12.0, 15.0]));
    }

    #[test]
    fn nothing_is_compared_across_bases_or_loads() {
        let of = |feed, basis| [visit(&[(feed, basis, 1.0, 0.01)])];
        let not = |a: [Visit; 1], b: [Visit; 1]| matched(&a.each_ref(), &b.each_ref()).unwrap_err();
        assert_eq!(not(of(12, C), of(12, Basis::ModelOnly)), NotMatched::OtherBasis);
        assert_eq!(not(of(12, C), of(15, C)), NotMatched::NothingAlike);
        assert_eq!(not(of(12, C), [visit(&[])]), NotMatched::NoWork);
    }

    #[test]
    fn one_visit_on_a_side_tells_nothing_however_long() {
        let first = [visit(&[(12, C, 30.0, 0.01)])];
        let second = [visit(&[(12, C, 30.0, 0.05)]), visit(&[(12, C, 30.0, 0.05)])];
        let found = matched(&first.each_ref(), &second.each_ref()).unwrap();
        assert!(matches!(found.verdict, Verdict::Untold(Some(_))), "{found:?}");
        // With two on each side, five times the loss is told.
        let first = [visit(&[(12, C, 30.0, 0.01)]), visit(&[(12, C, 30.0, 0.01)])];
        assert_eq!(matched(&first.each_ref(), &second.each_ref()).unwrap().verdict, Verdict::Different);
    }
}
