//! A county: its measured points by crop and township, their mean and spread against the limits, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::document::{Cell, Table};
use crate::error::ReportError;
use crate::gather::{Options, head};
use crate::model::MU_PER_HA;
use crate::points::PointReport;
use crate::text::ReportText;
use grainloss_core::data_file::{self, FileError};
use grainloss_journal::{Journal, Session};
use grainloss_knowledge::{ModeChoice, limit_of_mode};

/// Points that the monitoring programme asks for in each 100,000 mu of a crop (Shanxi agricultural machinery centre, survey
/// notice 2024).
const POINTS_PER_100K_MU: f64 = 2.0;

/// What a county grows: from a file, or from the command line.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountyPlan {
    /// Townships that grow each crop, where the crop has no list of its own.
    #[serde(default)]
    pub townships: Vec<String>,
    /// The crops, by their names in `crops.toml`.
    #[serde(default)]
    pub crop: BTreeMap<String, CropPlan>,
}

/// What a county grows of a crop.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CropPlan {
    /// Its area, mu; `None` is unknown.
    #[serde(default, deserialize_with = "mu")]
    pub mu: Option<f64>,
    /// The townships that grow it; empty: those of the county.
    #[serde(default)]
    pub townships: Vec<String>,
}

/// No county has more than 100 million mu (our choice: it catches a wrong unit).
const MOST_MU: f64 = 1e8;

fn mu<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let mu = f64::deserialize(from)?;
    if CountyPlan::is_area(mu) {
        return Ok(Some(mu));
    }
    Err(serde::de::Error::custom(format!("{mu} is no area; expected more than 0, at most {MOST_MU} mu")))
}

impl CountyPlan {
    /// True for an area that a county can have, mu.
    pub fn is_area(mu: f64) -> bool {
        mu > 0.0 && mu <= MOST_MU
    }

    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// When the text is no plan, or names a crop that is not in `crops.toml`; file, line and item are named.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        let plan: Self = data_file::parse(file, text)?;
        for crop in plan.crop.keys() {
            grainloss_knowledge::crop(crop).map_err(|error| FileError {
                file: file.to_owned(),
                line: None,
                problem: error.to_string(),
            })?;
        }
        Ok(plan)
    }

    fn townships_of(&self, crop: &str) -> &[String] {
        let own = self.crop.get(crop).map(|plan| plan.townships.as_slice()).filter(|own| !own.is_empty());
        own.unwrap_or(&self.townships)
    }

    fn mu_of(&self, crop: &str) -> Option<f64> {
        self.crop.get(crop).and_then(|plan| plan.mu)
    }
}

/// Points that a crop needs: one in each township, and two in each 100,000 mu begun; `None` without the area.
pub fn points_needed(townships: usize, mu: Option<f64>) -> Option<usize> {
    mu.map(|mu| ((POINTS_PER_100K_MU * mu / 1e5).ceil() as usize).max(townships))
}

/// A session that is shown beside the points, and never counted among them.
#[derive(Clone, Debug, PartialEq)]
pub struct CountySession {
    /// Its crop.
    pub crop: String,
    /// Its township; `None` when not entered.
    pub township: Option<String>,
    /// Area cut, mu; `None` is unknown.
    pub area_mu: Option<f64>,
}

/// Reads the sessions that are shown beside the points.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read.
pub fn county_sessions(journal: &Journal, sessions: &[Session]) -> Result<Vec<CountySession>, ReportError> {
    let read = |session: &Session| {
        let s = head(journal, session, &Options::default())?;
        let area_mu = s.totals.area_ha.map(|ha| ha * MU_PER_HA);
        Ok(CountySession { crop: s.crop, township: s.entered.township, area_mu })
    };
    sessions.iter().map(read).collect()
}

/// Some points and the sessions beside them: those of a township, or of a crop.
struct Group<'a> {
    points: Vec<&'a PointReport>,
    sessions: Vec<&'a CountySession>,
}

/// For each crop one row a township and one for the county. A point is a measured point with a loss rate, and all weigh the
/// same; nothing is summed over crops. `limit`: another limit than the crop's default, an identifier or per cent.
///
/// # Errors
///
/// A file of knowledge cannot be read, or there is no such limit for one of the crops.
pub fn county(
    points: &[PointReport],
    sessions: &[CountySession],
    plan: &CountyPlan,
    limit: Option<&str>,
    text: &ReportText,
) -> Result<Table, ReportError> {
    let keys = [
        "crop", "township", "points", "mean", "sd", "least", "most", "limit", "above", "per-100k", "asked", "lacking",
        "sessions", "mu",
    ];
    let crops: BTreeSet<&str> = (points.iter().map(|point| &*point.point.crop))
        .chain(sessions.iter().map(|session| &*session.crop))
        .chain(plan.crop.keys().map(String::as_str))
        .collect();
    let mut rows = Vec::new();
    for crop in crops {
        let of_crop = Group {
            points: points.iter().filter(|point| point.point.crop == crop).collect(),
            sessions: sessions.iter().filter(|session| session.crop == crop).collect(),
        };
        let planned = plan.townships_of(crop);
        let seen = of_crop.points.iter().map(|point| point.point.head.township.as_deref());
        let seen = seen.chain(of_crop.sessions.iter().map(|session| session.township.as_deref()));
        let townships: BTreeSet<Option<&str>> =
            seen.chain(planned.iter().map(|township| Some(township.as_str()))).collect();
        let mut without = Vec::new();
        for township in &townships {
            let group = Group {
                points: of_crop
                    .points
                    .iter()
                    .copied()
                    .filter(|p| p.point.head.township.as_deref() == *township)
                    .collect(),
                sessions: of_crop.sessions.iter().copied().filter(|s| s.township.as_deref() == *township).collect(),
            };
            let is_covered = group.points.iter().any(|point| point.result.loss_pct.is_some());
            let name = township.map_or_else(|| text.unknown(), str::to_owned);
            // Without a list every township counts in which the crop was harvested.
            let must_have = |township: &str| planned.is_empty() || planned.iter().any(|planned| planned == township);
            if let Some(township) = township.filter(|township| !is_covered && must_have(township)) {
                without.push(township);
            }
            rows.push(row(crop, name, &group, limit, text)?);
        }
        let mut county = row(crop, text.get("followup-county"), &of_crop, limit, text)?;
        let known = of_crop.points.iter().filter(|point| point.result.loss_pct.is_some()).count();
        let named = if planned.is_empty() { townships.iter().flatten().count() } else { planned.len() };
        let needed = points_needed(named, plan.mu_of(crop));
        let per_100k = plan.mu_of(crop).map(|mu| known as f64 / mu * 1e5);
        let at = keys.len();
        county[at - 5] = Cell::number(per_100k, 2);
        county[at - 4] = Cell::number(needed.map(|needed| needed as f64), 0);
        county[at - 3] = Cell::Text(lacking(needed, known, of_crop.points.len(), &without, text));
        rows.push(county);
    }
    Ok(Table { heads: keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect(), rows })
}

/// What is missing, in words.
fn lacking(needed: Option<usize>, known: usize, all: usize, without: &[&str], text: &ReportText) -> String {
    let mut parts = Vec::new();
    match needed {
        Some(needed) if needed > known => {
            parts.push(text.with("followup-lacking-points", &[("n", &(needed - known).to_string())]));
        }
        Some(_) => {}
        None => parts.push(text.get("followup-lacking-area")),
    }
    if !without.is_empty() {
        parts.push(text.with("followup-lacking-townships", &[("names", &without.join(", "))]));
    }
    if all > known {
        parts.push(text.with("followup-lacking-yield", &[("n", &(all - known).to_string())]));
    }
    if parts.is_empty() { text.get("followup-lacking-nothing") } else { parts.join("; ") }
}

fn row(
    crop: &str,
    name: String,
    group: &Group<'_>,
    limit: Option<&str>,
    text: &ReportText,
) -> Result<Vec<Cell>, ReportError> {
    let entry = grainloss_knowledge::crop(crop).ok();
    let mut losses = Vec::new();
    let mut limits = Vec::new();
    let mut above = 0;
    for point in &group.points {
        let Some(loss) = point.result.loss_pct else { continue };
        losses.push(loss);
        let Some(entry) = &entry else { continue };
        let choice = ModeChoice { asked: point.mode, machine: &[] };
        let found = limit_of_mode(limit, choice, crop, entry).map_err(ReportError::Knowledge)?;
        let Some(found) = found else { continue };
        limits.push(found.percent);
        above += usize::from(loss > found.percent);
    }
    let n = losses.len() as f64;
    let mean = (n > 0.0).then(|| losses.iter().sum::<f64>() / n);
    let sd = mean
        .filter(|_| n > 1.0)
        .map(|mean| (losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt());
    // Points of different harvest modes are judged by different limits: then there is no common one to be shown.
    let is_judged = limits.len() == losses.len() && !losses.is_empty();
    let common = limits.first().copied().filter(|first| is_judged && limits.iter().all(|limit| limit == first));
    let area = group.sessions.iter().filter_map(|session| session.area_mu).reduce(|sum, area| sum + area);
    Ok(vec![
        Cell::Text(text.crop(crop)),
        Cell::Text(name),
        Cell::Number(n, 0),
        Cell::number(mean, 2),
        Cell::number(sd, 2),
        Cell::number(losses.iter().copied().reduce(f64::min), 2),
        Cell::number(losses.iter().copied().reduce(f64::max), 2),
        Cell::number(common, 2),
        Cell::number(is_judged.then_some(above as f64), 0),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Number(group.sessions.len() as f64, 0),
        Cell::number(area, 1),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_are_needed_by_hand() {
        // 620,000 mu: 2 × 6.2 = 12.4, so 13; with 15 townships 15. 100,000 mu exactly: 2.
        assert_eq!(points_needed(8, Some(620_000.0)), Some(13));
        assert_eq!(points_needed(15, Some(620_000.0)), Some(15));
        assert_eq!(points_needed(0, Some(100_000.0)), Some(2));
        assert_eq!(points_needed(8, None), None);
    }

    #[test]
    fn a_plan_that_cannot_be_is_named_by_file_and_line() {
        let error = |text: &str| CountyPlan::parse("p.toml", text).unwrap_err().to_string();
        assert!(error("[crop.wheat]\nmu = -3").starts_with("p.toml:2: "), "{}", error("[crop.wheat]\nmu = -3"));
        assert!(error("[crop.wheet]\nmu = 3").contains("wheet"));
        assert!(error("town = []").contains("town"));
        let plan =
            CountyPlan::parse("p.toml", "townships = [\"甲\"]\n[crop.wheat]\nmu = 3\ntownships = [\"乙\"]").unwrap();
        assert_eq!(
            (plan.townships_of("wheat"), plan.townships_of("maize")),
            (&["乙".to_owned()][..], &["甲".to_owned()][..])
        );
    }
}
