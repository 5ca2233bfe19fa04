//! The symptom that the operator has opened, and the step that is tried against it.

use grainloss_core::advice::{Goal, NowAndGoal};
use grainloss_core::machine::{Channel, Readings};
use grainloss_knowledge::{Adjustment, Symptom};
use grainloss_protocol::command::OperatorCommand;
use grainloss_protocol::symptom_word::SymptomWord;

/// The opened symptom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SymptomForm {
    /// Which of the guide's.
    pub at: usize,
    /// The step that is next, from 0.
    pub step: usize,
    /// The value that the step starts from, in its channel's unit; `None` when the bus does not tell it.
    from: Option<f64>,
    /// Since when the step is tried, bus time, µs; `None` before.
    pub tried_us: Option<i64>,
    /// It helped, or nothing is left to try.
    pub over: bool,
}

/// The channel that a step moves.
const fn channel_of(step: &Adjustment) -> Option<Channel> {
    match step.goal {
        Some(Goal::Speed(_)) => Some(Channel::GroundSpeed),
        _ => step.setting,
    }
}

impl SymptomForm {
    /// Opens a symptom at its first step.
    pub fn open(at: usize, symptom: &Symptom, readings: &Readings) -> Self {
        let from = value(symptom, 0, readings);
        Self { at, step: 0, from, tried_us: None, over: false }
    }

    /// A step as it would begin now.
    pub const fn preview(at: usize, step: usize) -> Self {
        Self { at, step, from: None, tried_us: None, over: false }
    }

    /// The value now and the goal of the step that is next; `None` when the bus does not tell them.
    pub fn now_and_goal(&self, symptom: &Symptom, readings: &Readings) -> Option<NowAndGoal> {
        let step = symptom.steps.get(self.step)?;
        let channel = channel_of(step)?;
        let now = readings.value(channel)?;
        let goal = match step.goal {
            Some(Goal::Change(share) | Goal::Speed(share)) => Some(self.from.unwrap_or(now) * (1.0 + share)),
            Some(Goal::AtMost(most)) => Some(most),
            Some(Goal::ReelIndex { .. }) | None => None,
        };
        Some(NowAndGoal { channel, now, goal })
    }

    /// What is said of the symptom or its step moves the form on; gives the command for it, `None` when it makes no sense now.
    pub fn say(&mut self, word: SymptomWord, symptom: &Symptom, readings: &Readings) -> Option<OperatorCommand> {
        let makes_sense = match word {
            SymptomWord::Seen => true,
            SymptomWord::Tried => !self.over && self.tried_us.is_none(),
            SymptomWord::Helped | SymptomWord::NotHelped | SymptomWord::PutBack => {
                !self.over && self.tried_us.is_some()
            }
        };
        makes_sense.then_some(())?;
        let number = u8::try_from(self.step + 1).unwrap_or(u8::MAX);
        let step = if word == SymptomWord::Seen { 0 } else { number };
        match word {
            SymptomWord::Seen => {}
            // Where the work stops nothing is tried: one step after the other is done.
            SymptomWord::Tried if symptom.stop => self.next(symptom, readings),
            SymptomWord::Tried => self.tried_us = Some(readings.t_us),
            SymptomWord::Helped => self.over = true,
            SymptomWord::NotHelped | SymptomWord::PutBack => self.next(symptom, readings),
        }
        Some(OperatorCommand::Symptom { id: symptom.id.clone(), step, word })
    }

    /// The next step, if there is one.
    fn next(&mut self, symptom: &Symptom, readings: &Readings) {
        self.tried_us = None;
        self.over = self.step + 1 >= symptom.steps.len();
        if !self.over {
            self.step += 1;
            self.from = value(symptom, self.step, readings);
        }
    }
}

fn value(symptom: &Symptom, step: usize, readings: &Readings) -> Option<f64> {
    symptom.steps.get(step).and_then(channel_of).and_then(|channel| readings.value(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symptom(id: &str) -> Symptom {
        grainloss_knowledge::symptoms("wheat").unwrap().into_iter().find(|one| one.id == id).unwrap()
    }

    #[test]
    fn a_step_has_its_goal_from_where_it_began_and_what_did_not_help_leads_to_the_next() {
        let dirty = symptom("dirty-tank");
        let mut readings = Readings::unknown(5);
        readings.set_value(Channel::FanSpeed, 1000.0);
        let mut form = SymptomForm::open(0, &dirty, &readings);
        // 6 % more than 1000 r/min, whatever it is on the way.
        readings.set_value(Channel::FanSpeed, 1030.0);
        let told = form.now_and_goal(&dirty, &readings).unwrap();
        assert_eq!((told.now, told.goal), (1030.0, Some(1060.0)));
        assert_eq!(form.say(SymptomWord::Helped, &dirty, &readings), None, "nothing was tried yet");
        let said = form.say(SymptomWord::Tried, &dirty, &readings);
        let command = |step, word| Some(OperatorCommand::Symptom { id: "dirty-tank".to_owned(), step, word });
        assert_eq!((said, form.tried_us), (command(1, SymptomWord::Tried), Some(5)));
        assert_eq!(form.say(SymptomWord::NotHelped, &dirty, &readings), command(1, SymptomWord::NotHelped));
        assert_eq!((form.step, form.tried_us), (1, None));
        form.say(SymptomWord::Tried, &dirty, &readings);
        assert_eq!(form.say(SymptomWord::Helped, &dirty, &readings), command(2, SymptomWord::Helped));
        assert!(form.over && form.say(SymptomWord::Tried, &dirty, &readings).is_none());
    }

    #[test]
    fn a_fire_has_steps_that_are_done_and_not_tried_and_the_engine_is_off_before_anything_is_opened() {
        let readings = Readings::unknown(5);
        for id in ["smoke", "blockage"] {
            let danger = symptom(id);
            assert!(danger.stop && danger.test_s == 0);
            let at = |word: &str| danger.steps.iter().position(|step| step.text.zh.contains(word)).unwrap();
            assert!(at("熄火") < at("完全停转") && at("钥匙") < at("完全停转"), "{id}");
            let mut form = SymptomForm::open(0, &danger, &readings);
            for step in 1..=danger.steps.len() {
                assert_eq!(form.step + 1, step);
                assert!(form.say(SymptomWord::Tried, &danger, &readings).is_some());
            }
            assert!(form.over);
        }
        let blockage = symptom("blockage");
        let stands = blockage.steps.iter().position(|step| step.text.zh.contains("完全停转")).unwrap();
        let clears = blockage.steps.iter().position(|step| step.text.zh.contains("清堵")).unwrap();
        assert!(stands < clears);
    }
}
