//! Sums over sessions: of a crop, and of the drivers, machines and fields in it. Kilograms, area and time add; a per cent is of
//! the sums, within one crop only.

use std::collections::BTreeSet;

use crate::model::{JudgedLimit, Report, SessionReport, add_interval};
use grainloss_core::harvest::{Basis, Interval90};

/// What is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The crop alone.
    Crop,
    /// Who drove.
    Driver,
    /// The machine: its owner's name for it, its plate, or its profile.
    Machine,
    /// The field.
    Field,
}

/// A sum. `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The crop's identifier.
    pub crop: String,
    /// The driver's, machine's or field's name; `None` when it was not entered, and of a crop.
    pub name: Option<String>,
    /// The numbers of its sessions.
    pub sessions: BTreeSet<i64>,
    /// Those of them whose loss is not known: their loss is in no sum.
    pub unknown: BTreeSet<i64>,
    /// Time of cutting, h.
    pub cutting_h: f64,
    /// Area cut, ha.
    pub area_ha: Option<f64>,
    /// Grain in, kg.
    pub grain_kg: Option<f64>,
    /// Loss, kg. The ends of the intervals add, since the error of the estimator's levels may be common to all sessions:
    /// never too narrow.
    pub loss_kg: Option<Interval90>,
    /// Loss over the grain of the same time, per cent.
    pub loss_pct: Option<Interval90>,
    /// The basis, when it is the same in all its sessions.
    pub basis: Option<Basis>,
    /// Pans that were used.
    pub pans: usize,
    /// The limit, when it is the same in all its sessions, and the loss beside it.
    pub limit: Option<JudgedLimit>,
}

/// A part of a session that goes to one group.
struct Part<'a> {
    name: Option<&'a str>,
    cutting_h: f64,
    area_ha: Option<f64>,
    grain_kg: Option<f64>,
    loss_kg: Option<Interval90>,
    loss_pct: Option<Interval90>,
    basis: Option<Basis>,
}

fn whole<'a>(s: &'a SessionReport, name: Option<&'a str>) -> Part<'a> {
    let t = &s.totals;
    Part {
        name,
        cutting_h: t.cutting_s.unwrap_or(0.0) / 3600.0,
        area_ha: t.area_ha,
        grain_kg: t.grain_kg.map(|grain| grain.value),
        loss_kg: t.loss_kg,
        loss_pct: t.loss_pct,
        basis: t.basis,
    }
}

/// The parts of a session. Those of its drivers add up to it.
fn parts(s: &SessionReport, by: By) -> Vec<Part<'_>> {
    let entered = &s.entered;
    match by {
        By::Crop => vec![whole(s, None)],
        By::Machine => {
            let name = entered.machine_name.as_deref().or(entered.plate.as_deref()).unwrap_or(&s.machine);
            vec![whole(s, Some(name))]
        }
        By::Field => vec![whole(s, entered.field.as_deref())],
        By::Driver => match s.drivers.as_slice() {
            [only] => vec![whole(s, only.operator.as_deref())],
            drivers => drivers
                .iter()
                .map(|part| Part {
                    name: part.operator.as_deref(),
                    cutting_h: f64::from(part.cutting_s) / 3600.0,
                    area_ha: Some(part.area_m2 * 1e-4),
                    grain_kg: part.grain_kg,
                    loss_kg: part.loss_kg,
                    loss_pct: part.loss_pct,
                    basis: part.basis,
                })
                .collect(),
        },
    }
}

/// The groups, by crop and then in the order in which they first worked.
pub fn groups(report: &Report, by: By) -> Vec<Group> {
    let mut groups: Vec<(Group, f64)> = Vec::new();
    for s in &report.sessions {
        for part in parts(s, by) {
            let same = |(group, _): &(Group, f64)| group.crop == s.crop && group.name.as_deref() == part.name;
            let at = groups.iter().position(same).unwrap_or_else(|| {
                let (crop, name) = (s.crop.clone(), part.name.map(str::to_owned));
                let limit = s.limit.clone();
                groups.push((Group { crop, name, basis: part.basis, limit, ..Group::default() }, 0.0));
                groups.len() - 1
            });
            let (group, grain_of_known) = &mut groups[at];
            add(group, grain_of_known, s, &part);
        }
    }
    let mut crops: Vec<String> = Vec::new();
    for (group, _) in &groups {
        if !crops.contains(&group.crop) {
            crops.push(group.crop.clone());
        }
    }
    let mut done: Vec<Group> = groups.into_iter().map(|(group, grain)| finished(group, grain)).collect();
    done.sort_by_key(|group| crops.iter().position(|crop| *crop == group.crop));
    done
}

fn add(group: &mut Group, grain_of_known: &mut f64, s: &SessionReport, part: &Part<'_>) {
    // A driver who did not cut in a session has no loss in it, and no unknown one.
    if part.cutting_h == 0.0 && part.loss_kg.is_none() {
        return;
    }
    group.sessions.insert(s.id);
    group.cutting_h += part.cutting_h;
    let sum = |total: &mut Option<f64>, more: Option<f64>| {
        if let Some(more) = more {
            *total.get_or_insert(0.0) += more;
        }
    };
    sum(&mut group.area_ha, part.area_ha);
    sum(&mut group.grain_kg, part.grain_kg);
    match (part.loss_kg, part.loss_pct) {
        (Some(kg), Some(pct)) if pct.value > 0.0 => {
            add_interval(&mut group.loss_kg, kg);
            // The grain of the time in which the loss is known.
            let grain = kg.value / pct.value * 100.0;
            *grain_of_known += grain;
            let of = |pct: f64| pct * grain;
            add_interval(&mut group.loss_pct, Interval90 { value: of(pct.value), lo: of(pct.lo), hi: of(pct.hi) });
        }
        _ => {
            group.unknown.insert(s.id);
        }
    }
    group.basis = group.basis.filter(|basis| part.basis == Some(*basis));
    group.pans += super::sentence::pans_used(s);
    let limit = s.limit.as_ref().map(|judged| (&judged.limit.id, judged.limit.percent.to_bits()));
    let is_same = group.limit.as_ref().map(|judged| (&judged.limit.id, judged.limit.percent.to_bits())) == limit;
    if !is_same {
        group.limit = None;
    }
}

fn finished(mut group: Group, grain_of_known: f64) -> Group {
    let percent = |sum: f64| sum / grain_of_known;
    group.loss_pct = group.loss_pct.filter(|_| grain_of_known > 0.0).map(|sum| Interval90 {
        value: percent(sum.value),
        lo: percent(sum.lo),
        hi: percent(sum.hi),
    });
    if let Some(judged) = &mut group.limit {
        judged.verdict = group.loss_pct.map(|loss| judged.limit.verdict(loss));
    }
    group
}

/// How a group stands beside those of its crop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It is the only one, or its loss is unknown.
    Alone,
    /// Its interval is below all others.
    Lowest,
    /// Its interval is above that of the one with the lowest loss, whose place in the list this is.
    Above(usize),
    /// The intervals overlap.
    Untold,
}

/// How each group stands beside those of the same crop.
pub fn compared(groups: &[Group]) -> Vec<Compared> {
    let of = |at: usize| {
        let group = &groups[at];
        let others = || (0..groups.len()).filter(|other| *other != at && groups[*other].crop == group.crop);
        let known = |at: &usize| groups[*at].loss_pct.is_some();
        let (Some(loss), true) = (group.loss_pct, others().any(|other| known(&other))) else { return Compared::Alone };
        let below = |other: usize| groups[other].loss_pct.is_some_and(|of| of.hi < loss.lo);
        let above = |other: usize| groups[other].loss_pct.is_some_and(|of| of.lo > loss.hi);
        if others().filter(known).all(above) {
            return Compared::Lowest;
        }
        let value = |at: usize| groups[at].loss_pct.map_or(f64::MAX, |loss| loss.value);
        let lowest = others().filter(|other| below(*other)).min_by(|a, b| value(*a).total_cmp(&value(*b)));
        lowest.map_or(Compared::Untold, Compared::Above)
    };
    (0..groups.len()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(crop: &str, value: f64, lo: f64, hi: f64) -> Group {
        Group { crop: crop.into(), loss_pct: Some(Interval90 { value, lo, hi }), ..Group::default() }
    }

    #[test]
    fn only_intervals_apart_are_told_apart_and_only_in_one_crop() {
        let all = [
            group("wheat", 1.0, 0.8, 1.2),
            group("wheat", 2.0, 1.5, 2.6),
            group("wheat", 1.3, 1.1, 1.6),
            group("rice", 5.0, 4.0, 6.0),
        ];
        let expected = [Compared::Untold, Compared::Above(0), Compared::Untold, Compared::Alone];
        assert_eq!(compared(&all), expected);
        assert_eq!(compared(&all[..2]), [Compared::Lowest, Compared::Above(0)]);
    }

    #[test]
    fn a_per_cent_of_sums_weighs_by_grain() {
        let part = |value: f64, kg: f64| Part {
            name: None,
            cutting_h: 1.0,
            area_ha: Some(1.0),
            grain_kg: Some(kg),
            loss_kg: Some(Interval90 { value: kg * value / 100.0, lo: kg * value / 200.0, hi: kg * value / 50.0 }),
            loss_pct: Some(Interval90 { value, lo: value / 2.0, hi: value * 2.0 }),
            basis: None,
        };
        // 1 % of 3000 kg and 4 % of 1000 kg are 70 kg of 4000 kg: 1.75 %, not the mean of 2.5 %.
        let (mut sum, mut grain) = (Group::default(), 0.0);
        let session = SessionReport { id: 1, ..SessionReport::default() };
        add(&mut sum, &mut grain, &session, &part(1.0, 3000.0));
        add(&mut sum, &mut grain, &session, &part(4.0, 1000.0));
        let done = finished(sum, grain);
        let loss = done.loss_pct.unwrap();
        assert!((loss.value - 1.75).abs() < 1e-9 && (loss.lo - 0.875).abs() < 1e-9 && (loss.hi - 3.5).abs() < 1e-9);
        assert!((done.loss_kg.unwrap().value - 70.0).abs() < 1e-9);
    }
}
