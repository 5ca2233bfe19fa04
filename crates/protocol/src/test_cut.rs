//! The test cut while it runs: drive, stop, lay a frame, count, judge. The service holds it, so that a screen may come and go.

use serde::{Deserialize, Serialize};

use grainloss_core::test_cut::{Concern, CutQuality};
use grainloss_knowledge::LimitEntry;

/// A step of the test cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestCutStep {
    /// Cut until the length is reached.
    Drive,
    /// Stop the machine.
    Stop,
    /// Lay the frame where the machine has passed.
    Frame,
    /// Count or weigh what lies in the frame.
    Count,
    /// Judge by the limits; make the first adjustment.
    Judge,
}

impl TestCutStep {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [Self::Drive, Self::Stop, Self::Frame, Self::Count, Self::Judge];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drive => "drive",
            Self::Stop => "stop",
            Self::Frame => "frame",
            Self::Count => "count",
            Self::Judge => "judge",
        }
    }
}

/// The test cut that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCut {
    /// When it began, bus time.
    pub began_us: i64,
    /// How far is to be driven, m.
    pub goal_m: f64,
    /// How far was cut so far, m; `None` while no speed is known.
    pub driven_m: Option<f64>,
    /// The step that is next.
    pub step: TestCutStep,
    /// The drop whose content is to be counted; `None` when none waits.
    pub drop: Option<u32>,
    /// The numbers of the drops that were counted.
    pub samples: Vec<u32>,
    /// What was found so far.
    pub found: CutQuality,
}

/// What the operator says of the test cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestCutCommand {
    /// It begins; one that runs begins anew.
    Begin {
        /// How far is to be driven, m: 5 to 500.
        goal_m: f64,
    },
    /// The step is done, though the bus does not say so.
    GoOn,
    /// A frame lies where the machine has passed.
    Frame,
    /// Something else was measured: broken grain or impurity in per cent, stubble in m; `None` takes it back.
    Found {
        /// What.
        what: Concern,
        /// How much.
        value: Option<f64>,
    },
    /// It is over, and goes into the journal.
    Finish,
    /// It is given up; nothing is recorded.
    Cancel,
}

/// What a limit says of a test cut.
pub const fn limits_of(limit: &LimitEntry) -> CutQuality {
    CutQuality {
        loss_pct: Some(limit.percent),
        broken_pct: limit.broken_percent,
        impurity_pct: limit.impurity_percent,
        stubble_m: limit.stubble_m,
    }
}

/// The symptom whose steps are against a concern, by its name in the knowledge files; `None` for loss, which the advice answers,
/// and stubble, which is the height of the knife.
pub const fn symptom_of(concern: Concern) -> Option<&'static str> {
    match concern {
        Concern::Broken => Some("broken-grain"),
        Concern::Impurity => Some("dirty-tank"),
        Concern::Loss | Concern::Stubble => None,
    }
}
