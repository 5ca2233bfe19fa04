//! The conditions that pans were taken in: elsewhere they hold less.

use crate::harvest::conditions::Conditions;
use crate::math::ln;
use crate::params::PanParams;

/// The conditions that the used pans of a kind span.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Envelope {
    log_load: (f64, f64),
    moisture: Option<(f64, f64)>,
}

/// Why pans that were taken do not count as calibration now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsidePans {
    /// The machine is loaded more, or less, than when they were taken.
    Load,
    /// The grain is wetter, or drier.
    Moisture,
}

impl OutsidePans {
    /// The word in text keys and for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Moisture => "moisture",
        }
    }
}

/// How far a value is outside a range.
fn beyond((low, high): (f64, f64), value: f64) -> f64 {
    (low - value).max(value - high).max(0.0)
}

impl Envelope {
    pub fn of(conditions: &Conditions) -> Self {
        let Conditions { log_load, moisture } = *conditions;
        Self { log_load: (log_load, log_load), moisture: moisture.map(|m| (m, m)) }
    }

    pub fn stretch(&mut self, to: &Conditions) {
        let over = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        self.log_load = over(self.log_load, to.log_load);
        if let Some(moisture) = to.moisture {
            self.moisture = Some(self.moisture.map_or((moisture, moisture), |range| over(range, moisture)));
        }
    }

    /// The least and the most of ln(load / load of ordinary work).
    pub const fn log_load(&self) -> (f64, f64) {
        self.log_load
    }

    /// The least and the most moisture, share of wet mass.
    pub const fn moisture(&self) -> Option<(f64, f64)> {
        self.moisture
    }

    /// What was learned in it holds in such conditions: the load within a margin, and the moisture, where it is known.
    pub fn holds(&self, params: &PanParams, conditions: &Conditions) -> bool {
        self.exceeded(params, conditions).is_none()
    }

    /// Which condition is outside it, the load first; `None` where it holds.
    pub fn exceeded(&self, params: &PanParams, conditions: &Conditions) -> Option<OutsidePans> {
        let moisture = self.moisture.zip(conditions.moisture);
        if beyond(self.log_load, conditions.log_load) > ln(params.load_margin) {
            return Some(OutsidePans::Load);
        }
        let too_far = moisture.is_some_and(|(range, moisture)| beyond(range, moisture) > params.moisture_margin);
        too_far.then_some(OutsidePans::Moisture)
    }
}
