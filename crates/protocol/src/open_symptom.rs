//! The symptom that the operator has opened, and the step that is tried against it.

use grainloss_core::advice::{Goal, NowAndGoal};
use grainloss_core::machine::{Channel, Readings};
use grainloss_knowledge::{Adjustment, Symptom};
use serde::{Deserialize, Serialize};

use crate::symptom_word::SymptomWord;

/// The opened symptom: every screen shows the same one, and it outlives the screen that opened it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSymptom {
    /// Which, by its name in the knowledge files.
    pub id: String,
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

impl OpenSymptom {
    /// Opens a symptom at its first step.
    pub fn open(symptom: &Symptom, readings: &Readings) -> Self {
        let from = value(symptom, 0, readings);
        Self { id: symptom.id.clone(), step: 0, from, tried_us: None, over: false }
    }

    /// A step as it would begin now.
    pub fn preview(symptom: &Symptom, step: usize) -> Self {
        Self { id: symptom.id.clone(), step, from: None, tried_us: None, over: false }
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

    /// What is said of the symptom or its step moves on. Gives the step that it was said of, from 1, or 0 of the symptom as a
    /// whole; `None` when it makes no sense now.
    pub fn say(&mut self, word: SymptomWord, symptom: &Symptom, readings: &Readings) -> Option<u8> {
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
        Some(step)
    }

    /// The same as it was said on any screen, of this step, from 1: the service keeps it for all of them. What makes no sense
    /// changes nothing.
    pub fn said(open: Option<Self>, symptom: &Symptom, (step, word): (u8, SymptomWord), readings: &Readings) -> Self {
        let mut open = match open {
            Some(open) if word != SymptomWord::Seen && open.id == symptom.id => open,
            _ => Self::open(symptom, readings),
        };
        let at = usize::from(step.saturating_sub(1));
        if at != open.step && at < symptom.steps.len() {
            (open.step, open.from, open.tried_us) = (at, value(symptom, at, readings), None);
        }
        open.say(word, symptom, readings);
        open
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
        let mut form = OpenSymptom::open(&dirty, &readings);
        // 6 % more than 1000 r/min, whatever it is on the way.
        readings.set_value(Channel::FanSpeed, 1030.0);
        let told = form.now_and_goal(&dirty, &readings).unwrap();
        assert_eq!((told.now, told.goal), (1030.0, Some(1060.0)));
        assert_eq!(form.say(SymptomWord::Helped, &dirty, &readings), None, "nothing was tried yet");
        let said = form.say(SymptomWord::Tried, &dirty, &readings);
        assert_eq!((said, form.tried_us), (Some(1), Some(5)));
        assert_eq!(form.say(SymptomWord::NotHelped, &dirty, &readings), Some(1));
        assert_eq!((form.step, form.tried_us), (1, None));
        form.say(SymptomWord::Tried, &dirty, &readings);
        assert_eq!(form.say(SymptomWord::Helped, &dirty, &readings), Some(2));
        assert!(form.over && form.say(SymptomWord::Tried, &dirty, &readings).is_none());
    }

    #[test]
    fn what_is_said_on_one_screen_is_open_on_the_next() {
        let dirty = symptom("dirty-tank");
        let mut readings = Readings::unknown(5);
        readings.set_value(Channel::FanSpeed, 1000.0);
        let seen = OpenSymptom::said(None, &dirty, (0, SymptomWord::Seen), &readings);
        readings.set_value(Channel::FanSpeed, 1030.0);
        let tried = OpenSymptom::said(Some(seen), &dirty, (1, SymptomWord::Tried), &readings);
        assert_eq!((tried.step, tried.tried_us), (0, Some(5)));
        assert_eq!(tried.now_and_goal(&dirty, &readings).and_then(|told| told.goal), Some(1060.0));
        let next = OpenSymptom::said(Some(tried), &dirty, (1, SymptomWord::NotHelped), &readings);
        assert_eq!((next.step, next.tried_us, next.over), (1, None, false));
        let kept: OpenSymptom = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
        assert_eq!(kept, next);
        let other = OpenSymptom::said(Some(next), &symptom("blockage"), (0, SymptomWord::Seen), &readings);
        assert_eq!((other.id.as_str(), other.step), ("blockage", 0));
    }

    #[test]
    fn a_fire_has_steps_that_are_done_and_not_tried_and_the_engine_is_off_before_anything_is_opened() {
        let readings = Readings::unknown(5);
        for id in ["smoke", "blockage"] {
            let danger = symptom(id);
            assert!(danger.stop && danger.test_s == 0);
            let at = |word: &str| danger.steps.iter().position(|step| step.text.zh.contains(word)).unwrap();
            assert!(at("熄火") < at("完全停转") && at("钥匙") < at("完全停转"), "{id}");
            let mut form = OpenSymptom::open(&danger, &readings);
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
