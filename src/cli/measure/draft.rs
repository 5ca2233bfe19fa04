//! An entry that is not finished: kept in a file beside the journal after each answer.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::CliError;
use crate::cli::said::Said as _;
use grainloss_core::data_file;
use grainloss_core::measured_point::{
    AREA_FIELDS, AreaKind, FIELDS, FieldKind, LAST_BEFORE_AREAS, MeasuredPoint, field,
};
use grainloss_knowledge::{Procedure, Words};

/// Asked for before the areas: how many there are.
pub(super) const AREAS: &str = "areas";

/// What was entered so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// The items that were answered, also those that were skipped, in order.
    #[serde(default)]
    pub asked: Vec<String>,
    /// How many areas there are, but for those of ears; 0 before it was asked.
    #[serde(default)]
    pub areas: usize,
    /// The point so far.
    #[serde(default)]
    pub point: MeasuredPoint,
}

/// Where the draft of this journal is.
pub(super) fn path(db: &Path) -> PathBuf {
    db.with_extension("point.toml")
}

/// The draft; `None` when there is none.
pub(super) fn load(path: &Path, words: &Words) -> Result<Option<Draft>, CliError> {
    let file = path.display().to_string();
    let unreadable = |why: String| CliError::input(words.with("ask-unreadable", &[("file", &file), ("why", &why)]));
    if !path.exists() {
        return Ok(None);
    }
    let text = grainloss_knowledge::files::read(path).map_err(|error| unreadable(error.problem))?;
    data_file::parse(&file, &text).map(Some).map_err(|error| unreadable(error.to_string()))
}

/// Keeps the draft.
pub(super) fn save(path: &Path, draft: &Draft) -> Result<(), CliError> {
    let text = toml::to_string(draft).map_err(CliError::failed)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        grainloss_journal::make_folder(folder).map_err(CliError::failed)?;
    }
    let written = grainloss_report::files::write_whole(path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error: io::Error| CliError::input(format!("{}: {}", path.display(), error.said())))
}

impl Draft {
    /// The kinds of the areas, in order.
    fn kinds(&self, procedure: &Procedure) -> Vec<AreaKind> {
        let asked_for = procedure.areas(None);
        let first = asked_for.first().map_or(AreaKind::All, |(kind, ..)| *kind);
        let ears = asked_for.iter().filter(|(kind, ..)| *kind == AreaKind::Ears).map(|(kind, ..)| *kind);
        std::iter::repeat_n(first, self.areas).chain(ears).collect()
    }

    /// How many areas the procedure asks for, but for those of ears.
    pub fn usual_areas(procedure: &Procedure) -> usize {
        procedure.areas(None).iter().filter(|(kind, ..)| *kind != AreaKind::Ears).count()
    }

    /// The areas, with kind and measures as the procedure has them, where they are not there yet.
    pub fn lay_out(&mut self, procedure: &Procedure) {
        let width = self.point.head.cut_width_m;
        let proposed = procedure.areas(width);
        let kinds = self.kinds(procedure);
        self.point.area.truncate(kinds.len());
        for (n, kind) in kinds.into_iter().enumerate() {
            let measures = proposed.iter().find(|(of, ..)| *of == kind).map(|(_, length, width)| (*length, *width));
            let (length_m, width_m) = measures.unwrap_or_default();
            if self.point.area.len() <= n {
                self.point.area.push(grainloss_core::measured_point::PointArea::default());
            }
            let area = &mut self.point.area[n];
            area.kind = kind;
            area.length_m = area.length_m.or(length_m);
            area.width_m = area.width_m.or(width_m);
        }
    }

    /// Every item that is asked for, in order, as far as it is known by now.
    fn sequence(&self, procedure: &Procedure, modes: usize) -> Vec<String> {
        let mut keys = Vec::new();
        for field in FIELDS.iter().filter(|field| self.is_of_use(field.key, modes)) {
            keys.push(field.key.to_owned());
            if field.key == LAST_BEFORE_AREAS || (field.key == "shed.cleared" && self.point.shed.cleared == Some(true))
            {
                keys.push(AREAS.to_owned());
                for (n, area) in self.point.area.iter().enumerate() {
                    keys.extend(self.of_area(n, area.kind, procedure));
                }
            }
        }
        keys
    }

    fn is_of_use(&self, key: &str, modes: usize) -> bool {
        let (point, quality) = (&self.point, &self.point.quality);
        match key {
            "session" => false,
            "mode" => modes > 1,
            "shed.area_m2" | LAST_BEFORE_AREAS => point.shed.cleared != Some(true),
            "grain.base_moisture_pct" => point.grain.lost_moisture_pct.or(point.grain.yield_moisture_pct).is_some(),
            "quality.impurity_g" | "quality.broken_g" => quality.sample_g.is_some(),
            "quality.impurity_pct" | "quality.broken_pct" => quality.sample_g.is_none(),
            _ => true,
        }
    }

    fn of_area(&self, n: usize, kind: AreaKind, procedure: &Procedure) -> Vec<String> {
        let area = &self.point.area[n];
        let rules = procedure.rules();
        let by_parts = matches!(kind, AreaKind::All | AreaKind::Kernels);
        let is_part = |key: &str| rules.parts.iter().any(|part| part.key() == key);
        let part_entered = [area.ground_g, area.straw_g, area.unthreshed_g].iter().any(Option::is_some);
        let of_use = |key: &str| match key {
            "kind" => false,
            "ground_g" | "straw_g" | "unthreshed_g" => by_parts && is_part(key) && area.total_g.is_none(),
            "kernels" => area.total_g.is_none() && !part_entered,
            _ => true,
        };
        // Weighed together comes first: it makes the parts needless.
        let order = ["length_m", "width_m", "total_g", "ground_g", "straw_g", "unthreshed_g", "kernels"];
        let known = order.into_iter().filter(|key| AREA_FIELDS.iter().any(|field| field.key == *key) && of_use(key));
        known.map(|key| format!("area.{}.{key}", n + 1)).collect()
    }

    /// The next item to ask for; `None` when all were.
    pub fn next(&self, procedure: &Procedure, modes: usize) -> Option<String> {
        let asked: BTreeSet<&String> = self.asked.iter().collect();
        self.sequence(procedure, modes).into_iter().find(|key| !asked.contains(key))
    }

    /// Notes that an item was answered.
    pub fn answered(&mut self, key: &str) {
        if self.asked.iter().all(|asked| asked != key) {
            self.asked.push(key.to_owned());
        }
    }

    /// Asks for an item again.
    pub fn ask_again(&mut self, key: &str) {
        let all_of_area = key.strip_suffix(".total_g").map(|area| format!("{area}."));
        self.asked
            .retain(|asked| asked != key && all_of_area.as_ref().is_none_or(|area| !asked.starts_with(area.as_str())));
        if key == "area" {
            self.asked.retain(|asked| asked != AREAS);
        }
    }
}

/// What an item holds.
pub(super) fn kind(key: &str) -> FieldKind {
    field(key).map_or(FieldKind::Whole(1, 20), |field| field.kind)
}
