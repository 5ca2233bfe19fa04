//! The test cut that runs: how far the machine has come, when it stands, what the frames gave.

use grainloss_core::harvest::{Activity, Estimate, LogNormal};
use grainloss_core::machine::{Channel, Readings};
use grainloss_core::test_cut::{Concern, CutQuality, TestCutRecord};
use grainloss_protocol::command::CommandError;
use grainloss_protocol::test_cut::{TestCut, TestCutCommand, TestCutStep, symptom_of};

/// The shortest and the longest test cut, m.
const GOAL_M: std::ops::RangeInclusive<f64> = 5.0..=500.0;
/// Below this speed the machine stands, m/s (our choice: receivers show some centimetres a second at rest).
const STANDS_M_S: f64 = 0.1;
/// It stands when it has stood so long, µs (our choice).
const STANDS_US: i64 = 2_000_000;
/// Longer between two looks, and the way in between is not known, µs.
const LONGEST_LOOK_US: i64 = 2_000_000;
/// Most metres whose times are kept: the longest test cut.
const MOST_METRES: usize = 500;
/// Greatest broken grain and impurity that are believed, %, and stubble, m.
const MOST_PCT: f64 = 100.0;
const MOST_STUBBLE_M: f64 = 2.0;

/// The test cut, if one runs.
#[derive(Debug, Default)]
pub(super) struct TestCutRun {
    shown: Option<TestCut>,
    /// When each metre had been driven, bus time.
    metres_us: Vec<i64>,
    /// When the machine was last looked at.
    looked_us: Option<i64>,
    /// Since when it stands.
    stands_us: Option<i64>,
    /// The yield while it cut, kg/m²; `None` when the estimate knew none.
    yield_kg_m2: Option<f64>,
    /// Grain found, kg, and the area that it was found on, m².
    found: (f64, f64),
}

/// What a command did.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing but the step has changed.
    GoesOn,
    /// A frame lies where the machine was at that time.
    Frame(i64),
    /// It is over.
    Over(TestCutRecord),
}

impl TestCutRun {
    /// As screens show it.
    pub const fn shown(&self) -> Option<&TestCut> {
        self.shown.as_ref()
    }

    /// Takes in how far the machine has come until `t_us`.
    pub fn follow(&mut self, t_us: i64, readings: &Readings, estimate: Option<&Estimate>) {
        let Some(cut) = self.shown.as_mut().filter(|cut| matches!(cut.step, TestCutStep::Drive | TestCutStep::Stop))
        else {
            return;
        };
        let since_us = t_us - self.looked_us.replace(t_us).unwrap_or(t_us);
        let speed_m_s = readings.value(Channel::GroundSpeed);
        let activity = estimate.and_then(|estimate| estimate.doing.activity);
        let cuts = activity.is_none_or(|activity| activity == Activity::Cutting);
        if let Some(speed_m_s) = speed_m_s.filter(|_| cuts && (0..=LONGEST_LOOK_US).contains(&since_us)) {
            let driven_m = cut.driven_m.unwrap_or(0.0) + speed_m_s.max(0.0) * since_us as f64 / 1e6;
            cut.driven_m = Some(driven_m);
            while self.metres_us.len() < MOST_METRES && (self.metres_us.len() as f64) < driven_m {
                self.metres_us.push(t_us);
            }
            self.yield_kg_m2 = estimate.and_then(yield_kg_m2).or(self.yield_kg_m2);
        }
        if cut.step == TestCutStep::Drive && cut.driven_m.is_some_and(|driven_m| driven_m >= cut.goal_m) {
            cut.step = TestCutStep::Stop;
        }
        let stands = speed_m_s.map_or(activity == Some(Activity::Stopped), |speed| speed.abs() < STANDS_M_S);
        self.stands_us = if stands { self.stands_us.or(Some(t_us)) } else { None };
        if cut.step == TestCutStep::Stop && self.stands_us.is_some_and(|since_us| t_us - since_us >= STANDS_US) {
            cut.step = TestCutStep::Frame;
        }
    }

    /// Does what the operator says.
    ///
    /// # Errors
    /// When it is at another step, or a figure cannot be.
    pub fn command(&mut self, word: &TestCutCommand, t_us: i64, limits: &CutQuality) -> Result<Outcome, CommandError> {
        if let TestCutCommand::Begin { goal_m } = *word {
            if !GOAL_M.contains(&goal_m) {
                return Err(CommandError::ImpossibleValue);
            }
            let (driven_m, step, found) = (None, TestCutStep::Drive, CutQuality::default());
            let begun = TestCut { began_us: t_us, goal_m, driven_m, step, drop: None, samples: Vec::new(), found };
            *self = Self { shown: Some(begun), ..Self::default() };
            return Ok(Outcome::GoesOn);
        }
        let cut = self.shown.as_mut().ok_or(CommandError::NotThisStep)?;
        match (*word, cut.step) {
            (TestCutCommand::GoOn, TestCutStep::Drive) => cut.step = TestCutStep::Stop,
            (TestCutCommand::GoOn, TestCutStep::Stop) => cut.step = TestCutStep::Frame,
            (TestCutCommand::Frame, TestCutStep::Frame | TestCutStep::Judge) => {
                let middle = self.metres_us.get(self.metres_us.len() / 2).copied();
                return Ok(Outcome::Frame(middle.unwrap_or(cut.began_us)));
            }
            (TestCutCommand::Found { what, value }, TestCutStep::Judge) => {
                let most = match what {
                    Concern::Loss => return Err(CommandError::NotThisStep),
                    Concern::Broken | Concern::Impurity => MOST_PCT,
                    Concern::Stubble => MOST_STUBBLE_M,
                };
                if value.is_some_and(|value| !(0.0..=most).contains(&value)) {
                    return Err(CommandError::ImpossibleValue);
                }
                *cut.found.get_mut(what) = value;
            }
            (TestCutCommand::Finish, TestCutStep::Judge) => {
                let first = cut.found.first_concern(limits);
                let advised = first.map(|concern| symptom_of(concern).unwrap_or(concern.word()).to_owned());
                let TestCut { driven_m, found, .. } = *cut;
                let samples = std::mem::take(&mut cut.samples);
                *self = Self::default();
                return Ok(Outcome::Over(TestCutRecord { driven_m, samples, found, limits: *limits, advised }));
            }
            (TestCutCommand::Cancel, _) => *self = Self::default(),
            _ => return Err(CommandError::NotThisStep),
        }
        Ok(Outcome::GoesOn)
    }

    /// The frame was laid and is this drop.
    pub fn waits_for(&mut self, drop: u32) {
        if let Some(cut) = &mut self.shown {
            (cut.drop, cut.step) = (Some(drop), TestCutStep::Count);
        }
    }

    /// A drop was counted: if it is the frame, the loss is what was found of all frames over the yield.
    pub fn counted(&mut self, drop: u32, found_kg_m2: f64, area_m2: f64, expected_kg_m2: f64) {
        let Some(cut) = self.shown.as_mut().filter(|cut| cut.drop == Some(drop)) else { return };
        let (kg, m2) = (self.found.0 + found_kg_m2 * area_m2, self.found.1 + area_m2);
        self.found = (kg, m2);
        let yield_kg_m2 = self.yield_kg_m2.unwrap_or(expected_kg_m2);
        cut.found.loss_pct = (yield_kg_m2 > 0.0).then_some(100.0 * kg / m2 / yield_kg_m2);
        cut.samples.push(drop);
        (cut.drop, cut.step) = (None, TestCutStep::Judge);
    }

    /// A drop will not be counted: if it is the frame, another one is laid.
    pub fn discarded(&mut self, drop: u32) {
        let Some(cut) = self.shown.as_mut().filter(|cut| cut.drop == Some(drop)) else { return };
        let step = if cut.samples.is_empty() { TestCutStep::Frame } else { TestCutStep::Judge };
        (cut.drop, cut.step) = (None, step);
    }
}

/// The crop's yield as the estimate has it, kg/m²: its loss on an area over its share of the grain.
fn yield_kg_m2(estimate: &Estimate) -> Option<f64> {
    let value = |quantity: LogNormal| quantity.band().value;
    let (loss, share) = (value(estimate.loss_kg_m2?), value(estimate.total_share?));
    (share > 0.0).then_some(loss / share).filter(|found| found.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: TestCutCommand = TestCutCommand::Begin { goal_m: 30.0 };

    /// Drives for some seconds at a speed, looked at ten times a second; the time after it.
    fn drive(run: &mut TestCutRun, from_us: i64, seconds: i64, speed_m_s: f64) -> i64 {
        for tenth in 1..=10 * seconds {
            let t_us = from_us + tenth * 100_000;
            let mut readings = Readings::unknown(t_us);
            readings.set_value(Channel::GroundSpeed, speed_m_s);
            run.follow(t_us, &readings, None);
        }
        from_us + seconds * 1_000_000
    }

    fn step(run: &TestCutRun) -> TestCutStep {
        run.shown().unwrap().step
    }

    #[test]
    fn the_way_is_measured_and_the_stop_is_seen() {
        let mut run = TestCutRun::default();
        run.command(&BEGIN, 0, &CutQuality::default()).unwrap();
        run.follow(0, &Readings::unknown(0), None);
        assert_eq!(run.shown().unwrap().driven_m, None, "no speed");
        // 19 s at 1.5 m/s are 28.5 m; 21 s are 31.5 m.
        let t_us = drive(&mut run, 0, 19, 1.5);
        assert!((run.shown().unwrap().driven_m.unwrap() - 28.5).abs() < 1e-9);
        assert_eq!(step(&run), TestCutStep::Drive);
        let t_us = drive(&mut run, t_us, 2, 1.5);
        assert_eq!(step(&run), TestCutStep::Stop);
        let t_us = drive(&mut run, t_us, 1, 0.05);
        assert_eq!(step(&run), TestCutStep::Stop, "it has stood for a second only");
        drive(&mut run, t_us, 2, 0.0);
        assert_eq!(step(&run), TestCutStep::Frame);
        // The frame lies where half of the 31.6 metres (rounded up to 32) had been driven: metre 16 after 10.7 s.
        let Ok(Outcome::Frame(passed_us)) = run.command(&TestCutCommand::Frame, 9, &CutQuality::default()) else {
            panic!()
        };
        assert!((10_600_000..=10_800_000).contains(&passed_us), "{passed_us}");
    }

    #[test]
    fn frames_are_added_up_by_area_and_judged_by_the_limits() {
        let limits = CutQuality { loss_pct: Some(1.2), broken_pct: Some(1.0), ..CutQuality::default() };
        let mut run = TestCutRun::default();
        let say = |run: &mut TestCutRun, word: TestCutCommand| run.command(&word, 5, &limits);
        assert_eq!(say(&mut run, TestCutCommand::GoOn).unwrap_err(), CommandError::NotThisStep);
        say(&mut run, BEGIN).unwrap();
        say(&mut run, TestCutCommand::GoOn).unwrap();
        say(&mut run, TestCutCommand::GoOn).unwrap();
        assert!(matches!(say(&mut run, TestCutCommand::Frame), Ok(Outcome::Frame(5))), "no way known: where it began");
        run.waits_for(3);
        run.counted(2, 1.0, 1.0, 0.7);
        assert_eq!(step(&run), TestCutStep::Count, "another drop");
        run.counted(3, 6e-3, 1.0, 0.7);
        run.waits_for(4);
        run.counted(4, 12e-3, 2.0, 0.7);
        // (6 g × 1 m² + 12 g × 2 m²) ÷ 3 m² = 10 g/m² of 700 g/m²: 1.4286 %.
        let cut = run.shown().unwrap();
        assert!((cut.found.loss_pct.unwrap() - 1.428_571).abs() < 1e-5);
        assert_eq!((cut.samples.clone(), cut.step), (vec![3, 4], TestCutStep::Judge));
        let broken = |value| TestCutCommand::Found { what: Concern::Broken, value };
        say(&mut run, broken(Some(1.5))).unwrap();
        assert_eq!(say(&mut run, broken(Some(101.0))).unwrap_err(), CommandError::ImpossibleValue);
        let Ok(Outcome::Over(record)) = say(&mut run, TestCutCommand::Finish) else { panic!() };
        assert_eq!((record.advised.as_deref(), record.found.broken_pct), (Some("loss"), Some(1.5)));
        assert!(run.shown().is_none());
    }

    #[test]
    fn a_frame_that_is_discarded_is_laid_again() {
        let mut run = TestCutRun::default();
        let none = CutQuality::default();
        for word in [BEGIN, TestCutCommand::GoOn, TestCutCommand::GoOn, TestCutCommand::Frame] {
            run.command(&word, 0, &none).unwrap();
        }
        run.waits_for(1);
        run.discarded(1);
        assert_eq!(step(&run), TestCutStep::Frame);
        for bad in [4.0, 501.0, f64::NAN] {
            assert!(run.command(&TestCutCommand::Begin { goal_m: bad }, 0, &none).is_err());
        }
        run.command(&TestCutCommand::Cancel, 0, &none).unwrap();
        assert!(run.shown().is_none());
    }
}
