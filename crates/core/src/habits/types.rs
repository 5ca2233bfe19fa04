//! Which habits there are, and a second of work.

use crate::harvest::Activity;
use crate::record::SecondRow;

/// A fault of the operator that has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// Cuts in the turn, with the header down.
    TurningCut = 0,
    /// Pulls the engine down, or works the throttle, instead of the ground speed.
    Throttle = 1,
    /// Feeds more than the machine takes in this crop.
    Overload = 2,
    /// Cuts higher than the crop's stubble limit.
    HighCut = 3,
}

impl Habit {
    /// How many there are.
    pub const COUNT: usize = 4;

    /// All of them; of two at once the earlier one counts.
    pub const ALL: [Self; Self::COUNT] = [Self::TurningCut, Self::Throttle, Self::Overload, Self::HighCut];

    /// The word in the journal, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TurningCut => "turning-cut",
            Self::Throttle => "throttle",
            Self::Overload => "overload",
            Self::HighCut => "high-cut",
        }
    }

    /// The habit of this word; `None` for another word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|habit| habit.word() == word)
    }
}

/// The habits that go on at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Active([bool; Habit::COUNT]);

impl Active {
    /// Sets whether one goes on.
    pub const fn set(&mut self, habit: Habit, on: bool) {
        self.0[habit as usize] = on;
    }

    /// Whether one goes on.
    pub const fn is_on(self, habit: Habit) -> bool {
        self.0[habit as usize]
    }

    /// The one that the second is booked to; `None` when none goes on.
    pub fn first(self) -> Option<Habit> {
        Habit::ALL.into_iter().find(|habit| self.is_on(*habit))
    }
}

/// A second of work, as it is priced. Rates are means over the second; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorkSecond {
    /// Its end, microseconds of bus time.
    pub t_us: i64,
    /// The machine cuts.
    pub cuts: bool,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Grain entering at the header, kg/s.
    pub grain_kg_s: Option<f64>,
    /// Loss at the header, kg/s.
    pub header_kg_s: Option<f64>,
    /// Loss behind the machine, kg/s.
    pub rear_kg_s: Option<f64>,
    /// Area cut in it, m².
    pub area_m2: Option<f64>,
}

impl WorkSecond {
    /// The second of a row.
    pub fn of(row: &SecondRow) -> Self {
        Self {
            t_us: row.t_us,
            cuts: row.doing.activity == Some(Activity::Cutting),
            feed_kg_s: row.feed_kg_s,
            grain_kg_s: row.grain_in_kg_s,
            header_kg_s: row.header_kg_s.map(|loss| loss.value),
            rear_kg_s: row.rear_kg_s.map(|loss| loss.value),
            area_m2: row.working_width_m.zip(row.ground_speed_m_s).map(|(width_m, speed_m_s)| width_m * speed_m_s),
        }
    }
}
