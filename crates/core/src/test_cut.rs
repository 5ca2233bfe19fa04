//! The test cut: what its record in the journal says.

use core::fmt::Write as _;

use crate::record::EventRecord;

/// The kind of its event.
pub const TEST_CUT: &str = "test-cut";

/// What a test cut is judged by, in the order of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// Grain lost.
    Loss,
    /// Broken grain in the tank.
    Broken,
    /// Straw and chaff in the tank.
    Impurity,
    /// Height of the stubble.
    Stubble,
}

impl Concern {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Broken, Self::Impurity, Self::Stubble];

    /// The word in the journal, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Broken => "broken",
            Self::Impurity => "impurity",
            Self::Stubble => "stubble",
        }
    }
}

/// The figures of a test cut: loss, broken grain and impurity in per cent, stubble in m. `None` is not measured, or, in the
/// limits, no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CutQuality {
    /// Loss, % of the grain.
    pub loss_pct: Option<f64>,
    /// Broken grain, %.
    pub broken_pct: Option<f64>,
    /// Impurity, %.
    pub impurity_pct: Option<f64>,
    /// Height of the stubble, m.
    pub stubble_m: Option<f64>,
}

impl CutQuality {
    /// One of the figures.
    pub const fn get(&self, concern: Concern) -> Option<f64> {
        match concern {
            Concern::Loss => self.loss_pct,
            Concern::Broken => self.broken_pct,
            Concern::Impurity => self.impurity_pct,
            Concern::Stubble => self.stubble_m,
        }
    }

    /// One of the figures, to be changed.
    pub const fn get_mut(&mut self, concern: Concern) -> &mut Option<f64> {
        match concern {
            Concern::Loss => &mut self.loss_pct,
            Concern::Broken => &mut self.broken_pct,
            Concern::Impurity => &mut self.impurity_pct,
            Concern::Stubble => &mut self.stubble_m,
        }
    }

    /// Whether a figure is above its limit; `None` when it was not measured, or has no limit.
    pub fn is_over(&self, limits: &Self, concern: Concern) -> Option<bool> {
        Some(self.get(concern)? > limits.get(concern)?)
    }

    /// The gravest figure that is above its limit.
    pub fn first_concern(&self, limits: &Self) -> Option<Concern> {
        Concern::ALL.into_iter().find(|concern| self.is_over(limits, *concern) == Some(true))
    }
}

/// A test cut that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCutRecord {
    /// How far was driven, m; `None` when no speed was known.
    pub driven_m: Option<f64>,
    /// The numbers of the samples that it rests on.
    pub samples: Vec<u32>,
    /// What was found.
    pub found: CutQuality,
    /// What it was judged by.
    pub limits: CutQuality,
    /// The adjustment that was advised first, by its word; `None` when nothing is above its limit.
    pub advised: Option<String>,
}

impl TestCutRecord {
    /// For the journal, at `t_us` of bus time, from this sender.
    pub fn event(&self, t_us: i64, from: &str) -> EventRecord {
        let mut id = String::new();
        // Writing to a text cannot fail.
        let mut put = |name: &str, value: Option<f64>| {
            if let Some(value) = value {
                let _ = write!(id, "{name}={value} ");
            }
        };
        put("driven", self.driven_m.map(|m| (m * 10.0).round() / 10.0));
        for concern in Concern::ALL {
            put(concern.word(), self.found.get(concern));
        }
        for concern in Concern::ALL {
            put(limit_name(concern), self.limits.get(concern));
        }
        if !self.samples.is_empty() {
            let samples: Vec<String> = self.samples.iter().map(u32::to_string).collect();
            let _ = write!(id, "samples={} ", samples.join(","));
        }
        if let Some(advised) = &self.advised {
            let _ = write!(id, "advised={advised} ");
        }
        EventRecord {
            id: id.trim_end().to_owned().into(),
            stream: Some(from.to_owned().into()),
            count: Some(self.samples.len() as i64),
            value: self.found.loss_pct,
            ..EventRecord::new(t_us, TEST_CUT, "")
        }
    }

    /// What an event says; `None` when it is of another kind, or damaged.
    pub fn of(event: &EventRecord) -> Option<Self> {
        (event.kind == TEST_CUT).then_some(())?;
        let empty = CutQuality::default();
        let mut record = Self { driven_m: None, samples: Vec::new(), found: empty, limits: empty, advised: None };
        for word in event.id.split_whitespace() {
            let (name, value) = word.split_once('=')?;
            let number = || value.parse::<f64>().ok().filter(|value| value.is_finite());
            match name {
                "driven" => record.driven_m = Some(number()?),
                "samples" => record.samples = value.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?,
                "advised" => record.advised = Some(value.to_owned()),
                _ => {
                    let of_found = Concern::ALL.into_iter().find(|concern| concern.word() == name);
                    let of_limit = || Concern::ALL.into_iter().find(|concern| limit_name(*concern) == name);
                    match of_found {
                        Some(concern) => *record.found.get_mut(concern) = Some(number()?),
                        None => *record.limits.get_mut(of_limit()?) = Some(number()?),
                    }
                }
            }
        }
        Some(record)
    }
}

const fn limit_name(concern: Concern) -> &'static str {
    match concern {
        Concern::Loss => "loss-limit",
        Concern::Broken => "broken-limit",
        Concern::Impurity => "impurity-limit",
        Concern::Stubble => "stubble-limit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_gives_back_the_test_cut_and_the_gravest_concern_comes_first() {
        let limits =
            CutQuality { loss_pct: Some(1.2), broken_pct: Some(1.0), impurity_pct: Some(2.0), stubble_m: Some(0.15) };
        let found = CutQuality { loss_pct: Some(1.2), broken_pct: Some(1.3), impurity_pct: None, stubble_m: Some(0.2) };
        // At the limit is not above it; what was not measured is no concern.
        assert_eq!(found.first_concern(&limits), Some(Concern::Broken));
        assert_eq!(found.is_over(&limits, Concern::Impurity), None);
        assert_eq!(found.first_concern(&CutQuality::default()), None);
        let advised = Some("broken-grain".to_owned());
        let record = TestCutRecord { driven_m: Some(52.4), samples: vec![3, 4], found, limits, advised };
        let event = record.event(9, "uid 7");
        assert_eq!((event.count, event.value, event.t_us), (Some(2), Some(1.2), 9));
        assert_eq!(TestCutRecord::of(&event), Some(record));
        assert_eq!(TestCutRecord::of(&EventRecord { id: "driven=x".into(), ..event.clone() }), None);
        assert_eq!(TestCutRecord::of(&EventRecord { kind: "pan".into(), ..event }), None);
    }
}
