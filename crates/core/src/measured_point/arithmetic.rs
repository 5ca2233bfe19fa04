//! From what was found to the loss rate.

use super::point::{AreaKind, MeasuredPoint, PointArea};

/// 1 kg/mu is 1.5 g/m²: 1000 g on 666.67 m².
const G_M2_PER_KG_MU: f64 = 1.5;

/// The arithmetic of a point, line by line; `None` where an input is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointResult {
    /// Each area, in its order.
    pub areas: Vec<AreaResult>,
    /// Each kind of area that there is, in the order of [`AreaKind::ALL`].
    pub kinds: Vec<KindResult>,
    /// Natural shed, g/m², at the moisture of the lost grain; 0 where it was cleared.
    pub shed_g_m2: Option<f64>,
    /// By what masses of lost grain are multiplied to have the base moisture; 1 where moistures are the same.
    pub lost_factor: f64,
    /// The same of the yield.
    pub yield_factor: f64,
    /// Yield, g/m², at the base moisture where it was converted.
    pub yield_g_m2: Option<f64>,
    /// Loss, g/m², at the same moisture: the sum of the kinds.
    pub loss_g_m2: Option<f64>,
    /// Loss over yield and loss, %.
    pub loss_pct: Option<f64>,
    /// Broken grain, %.
    pub broken_pct: Option<f64>,
    /// Impurity, %.
    pub impurity_pct: Option<f64>,
}

/// The arithmetic of an area.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AreaResult {
    /// Its area, m².
    pub area_m2: Option<f64>,
    /// Grain found on it, g, as weighed.
    pub found_g: Option<f64>,
    /// Natural shed on it, g, as weighed; 0 where none can lie.
    pub shed_g: Option<f64>,
    /// Loss, g/m², at the base moisture where it was converted; below 0 where less was found than lay there before.
    pub loss_g_m2: Option<f64>,
    /// This loss over yield and itself, %.
    pub loss_pct: Option<f64>,
}

/// All areas of a kind together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KindResult {
    /// The kind.
    pub kind: AreaKind,
    /// Their whole area, m².
    pub area_m2: f64,
    /// Grain found on them, g, as weighed.
    pub found_g: f64,
    /// Natural shed on them, g, as weighed.
    pub shed_g: f64,
    /// Loss, g/m², at the base moisture where it was converted.
    pub loss_g_m2: f64,
}

impl PointArea {
    /// Grain found on it, g: weighed together, the sum of the parts that were weighed, or counted × thousand-kernel mass
    /// (`tkw_g`, g). `None` when nothing of it was entered.
    pub fn found_g(&self, tkw_g: Option<f64>) -> Option<f64> {
        let parts = [self.ground_g, self.straw_g, self.unthreshed_g];
        let weighed = parts.iter().any(Option::is_some).then(|| parts.iter().flatten().sum());
        let counted = || self.kernels.zip(tkw_g).map(|(kernels, tkw_g)| kernels * tkw_g / 1000.0);
        self.total_g.or(weighed).or_else(counted)
    }
}

/// Loss over yield and loss, %; `None` without both.
fn share_pct(loss_g_m2: Option<f64>, yield_g_m2: Option<f64>) -> Option<f64> {
    let both = loss_g_m2.zip(yield_g_m2).filter(|(loss, grain)| loss + grain > 0.0);
    both.map(|(loss, grain)| 100.0 * loss / (grain + loss))
}

/// The arithmetic of a point. `base_moisture_pct`: the moisture to which masses are converted, where they were weighed at
/// different ones; the rate itself is the same at any.
pub fn result(point: &MeasuredPoint, base_moisture_pct: f64) -> PointResult {
    let (grain, quality) = (&point.grain, &point.quality);
    let (lost_factor, yield_factor) = factors(point, base_moisture_pct);
    let yield_g_m2 = grain.yield_kg_mu.map(|kg| kg * G_M2_PER_KG_MU * yield_factor);
    let shed = &point.shed;
    let shed_g_m2 = match (shed.cleared, shed.grams.zip(shed.area_m2.filter(|m2| *m2 > 0.0))) {
        (_, Some((grams, area_m2))) => Some(grams / area_m2),
        (Some(true), None) => Some(0.0),
        _ => None,
    };
    let of_area = |area: &PointArea| {
        let (area_m2, found_g) = (area.area_m2().filter(|m2| *m2 > 0.0), area.found_g(grain.tkw_g));
        let shed_g =
            if area.kind.holds_shed() { shed_g_m2.zip(area_m2).map(|(shed, m2)| shed * m2) } else { Some(0.0) };
        let net_g = found_g.zip(shed_g).map(|(found, shed)| found - shed);
        let loss_g_m2 = net_g.zip(area_m2).map(|(net, m2)| net / m2 * lost_factor);
        AreaResult { area_m2, found_g, shed_g, loss_g_m2, loss_pct: share_pct(loss_g_m2, yield_g_m2) }
    };
    let areas: Vec<AreaResult> = point.area.iter().map(of_area).collect();
    let kinds: Vec<Option<KindResult>> = AreaKind::ALL
        .into_iter()
        .filter(|kind| point.area.iter().any(|area| area.kind == *kind))
        .map(|kind| of_kind(kind, &point.area, &areas, lost_factor))
        .collect();
    // Where one kind is not known the sum is not either.
    let loss_g_m2 = (!kinds.is_empty())
        .then(|| kinds.iter().map(|kind| kind.map(|kind| kind.loss_g_m2)).sum::<Option<f64>>())
        .flatten()
        .filter(|_| is_whole(point));
    let over = |part: Option<f64>, whole: Option<f64>| {
        part.zip(whole.filter(|g| *g > 0.0)).map(|(part, whole)| 100.0 * part / whole)
    };
    let clean_g = quality.sample_g.map(|sample| sample - quality.impurity_g.unwrap_or(0.0));
    PointResult {
        areas,
        kinds: kinds.into_iter().flatten().collect(),
        shed_g_m2,
        lost_factor,
        yield_factor,
        yield_g_m2,
        loss_g_m2,
        loss_pct: share_pct(loss_g_m2, yield_g_m2),
        broken_pct: quality.broken_pct.or_else(|| over(quality.broken_g, clean_g)),
        impurity_pct: quality.impurity_pct.or_else(|| over(quality.impurity_g, quality.sample_g)),
    }
}

/// The factors of lost grain and yield. Both are 1 where all was weighed at the moisture of the harvest: it cancels.
fn factors(point: &MeasuredPoint, base_pct: f64) -> (f64, f64) {
    let grain = &point.grain;
    if grain.lost_moisture_pct.is_none() && grain.yield_moisture_pct.is_none() {
        return (1.0, 1.0);
    }
    let factor = |own: Option<f64>| own.or(grain.moisture_pct).map(|pct| (100.0 - pct) / (100.0 - base_pct));
    match (factor(grain.lost_moisture_pct), factor(grain.yield_moisture_pct)) {
        (Some(lost), Some(harvested)) => (lost, harvested),
        _ => (1.0, 1.0),
    }
}

fn of_kind(kind: AreaKind, areas: &[PointArea], results: &[AreaResult], lost_factor: f64) -> Option<KindResult> {
    let mut sum = KindResult { kind, area_m2: 0.0, found_g: 0.0, shed_g: 0.0, loss_g_m2: 0.0 };
    for (_, result) in areas.iter().zip(results).filter(|(area, _)| area.kind == kind) {
        sum.area_m2 += result.area_m2?;
        sum.found_g += result.found_g?;
        sum.shed_g += result.shed_g?;
    }
    sum.loss_g_m2 = (sum.found_g - sum.shed_g) / sum.area_m2 * lost_factor;
    Some(sum)
}

/// The kinds that together are all losses.
pub(super) const LAYOUTS: [&[AreaKind]; 3] =
    [&[AreaKind::All], &[AreaKind::Header, AreaKind::Straw, AreaKind::Chaff], &[AreaKind::Kernels, AreaKind::Ears]];

/// True when the areas hold all losses, each once.
pub(super) fn is_whole(point: &MeasuredPoint) -> bool {
    let has = |kind: AreaKind| point.area.iter().any(|area| area.kind == kind);
    LAYOUTS.iter().any(|layout| AreaKind::ALL.into_iter().all(|kind| has(kind) == layout.contains(&kind)))
}
