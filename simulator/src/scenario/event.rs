//! What goes wrong, and when: the scenario's timeline.

use serde::Deserialize;

use super::error::ScenarioError;
use super::load::Source;

/// The loss plates, in the order of the loss messages.
const PLATES: [&str; 4] = ["sep-left", "sep-right", "shoe-left", "shoe-right"];

/// An `[[event]]` as the file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventEntry {
    kind: Kind,
    start_s: f64,
    /// `inf` for good.
    duration_s: f64,
    repeat_s: Option<f64>,
    throttle_pct: Option<f64>,
    speed_m_s: Option<f64>,
    plate: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    CutWhileTurning,
    ThrottleLow,
    TooFast,
    DeadPlate,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// The operator starts the turn inside the crop with the header down.
    CutWhileTurning,
    /// The operator pulls the throttle back, to this fraction of its travel, while feeding.
    ThrottleLow(f64),
    /// The operator drives at this speed, m/s, whatever the machine says.
    TooFast(f64),
    /// A loss plate, by its place in [`PLATES`], gives nothing more.
    DeadPlate(usize),
}

/// Something that goes wrong for a while.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    start_s: f64,
    duration_s: f64,
    repeat_s: Option<f64>,
    action: Action,
    /// As the truth names it.
    pub label: String,
}

impl Event {
    /// True when it is going on, `t_s` seconds after the start of the scenario.
    pub fn is_on(&self, t_s: f64) -> bool {
        let since = t_s - self.start_s;
        let since = self.repeat_s.filter(|_| since >= 0.0).map_or(since, |repeat| since % repeat);
        (0.0..self.duration_s).contains(&since)
    }
}

/// Everything that goes on at a moment.
#[derive(Clone, Copy, Default)]
pub(crate) struct Active {
    /// Turns begin inside the crop.
    pub cut_while_turning: bool,
    /// The throttle is held here, 0..=1.
    pub throttle: Option<f64>,
    /// The speed is held here, m/s.
    pub speed_m_s: Option<f64>,
    /// Plates that are dead, in the order of [`PLATES`].
    pub dead_plates: [bool; 4],
}

impl Active {
    /// Looks at the timeline.
    pub fn at(events: &[Event], t_s: f64) -> Self {
        let mut active = Self::default();
        for event in events.iter().filter(|event| event.is_on(t_s)) {
            match event.action {
                Action::CutWhileTurning => active.cut_while_turning = true,
                Action::ThrottleLow(throttle) => active.throttle = Some(throttle),
                Action::TooFast(speed_m_s) => active.speed_m_s = Some(speed_m_s),
                Action::DeadPlate(plate) => active.dead_plates[plate] = true,
            }
        }
        active
    }
}

impl EventEntry {
    /// Refuses values that cannot be, and keys that the kind does not have.
    pub(super) fn checked(self, source: Source, nth: usize) -> Result<Event, ScenarioError> {
        let error =
            |key, found: &str, expected: &str| Err(source.value("[[event]]", nth, key, found, expected.to_owned()));
        if !(0.0..1e9).contains(&self.start_s) {
            return error("start_s", &self.start_s.to_string(), "seconds from 0");
        }
        if self.duration_s.is_nan() || self.duration_s <= 0.0 {
            return error("duration_s", &self.duration_s.to_string(), "seconds over 0, or inf");
        }
        if let Some(repeat) = self.repeat_s
            && !(repeat > self.duration_s && repeat.is_finite())
        {
            return error("repeat_s", &repeat.to_string(), "more than duration_s");
        }
        let (name, key) = match self.kind {
            Kind::CutWhileTurning => ("cut-while-turning", ""),
            Kind::ThrottleLow => ("throttle-low", "throttle_pct"),
            Kind::TooFast => ("too-fast", "speed_m_s"),
            Kind::DeadPlate => ("dead-plate", "plate"),
        };
        let given = [
            ("throttle_pct", self.throttle_pct.is_some()),
            ("speed_m_s", self.speed_m_s.is_some()),
            ("plate", self.plate.is_some()),
        ];
        if let Some((other, _)) = given.iter().find(|(other, is_there)| *is_there && *other != key) {
            return error(other, "there", &format!("no such key in an event of kind {name}"));
        }
        let action = match self.kind {
            Kind::CutWhileTurning => Action::CutWhileTurning,
            Kind::ThrottleLow => match self.throttle_pct {
                Some(percent) if (10.0..=100.0).contains(&percent) => Action::ThrottleLow(percent / 100.0),
                other => return error(key, &shown(other), "10 to 100"),
            },
            Kind::TooFast => match self.speed_m_s {
                Some(speed_m_s) if (0.2..=4.0).contains(&speed_m_s) => Action::TooFast(speed_m_s),
                other => return error(key, &shown(other), "0.2 to 4"),
            },
            Kind::DeadPlate => {
                let plate = self.plate.as_deref().unwrap_or("missing");
                match PLATES.iter().position(|known| *known == plate) {
                    Some(at) => Action::DeadPlate(at),
                    None => return error(key, plate, &format!("one of: {}", PLATES.join(", "))),
                }
            }
        };
        let label = if let Action::DeadPlate(at) = action { format!("{name}:{}", PLATES[at]) } else { name.to_owned() };
        Ok(Event { start_s: self.start_s, duration_s: self.duration_s, repeat_s: self.repeat_s, action, label })
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "missing".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_repeats() {
        let label = String::new();
        let event =
            Event { start_s: 10.0, duration_s: 5.0, repeat_s: Some(100.0), action: Action::CutWhileTurning, label };
        let on: Vec<f64> = (0..250).map(f64::from).filter(|&t| event.is_on(t)).collect();
        assert_eq!(on, [10., 11., 12., 13., 14., 110., 111., 112., 113., 114., 210., 211., 212., 213., 214.]);
    }
}
