//! How fast bus time passes, compared with the wall clock.

use std::str::FromStr;
use std::time::{Duration, Instant};

use grainloss_core::time::STEP_US;
use grainloss_knowledge::Message;

/// The longest wait at once: a step of the estimator.
const SLICE: Duration = Duration::from_micros(STEP_US as u64);

/// A multiple of real time, or as fast as the computer can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// A multiple of real time, above 0.
    Times(f64),
    /// Without waiting.
    Max,
    /// Without waiting for so many seconds, then a multiple of real time: what a demonstration has behind it when it opens.
    After(f64, f64),
}

impl Speed {
    /// Bus time is held to the wall clock from the beginning.
    pub const fn is_paced(self) -> bool {
        matches!(self, Self::Times(_))
    }
}

impl FromStr for Speed {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        match text.parse::<f64>() {
            _ if text == "max" => Ok(Self::Max),
            Ok(times) if (0.001..=1e6).contains(&times) => Ok(Self::Times(times)),
            _ => Err(Message::new("option-speed")),
        }
    }
}

/// Holds bus time to the wall clock.
#[derive(Debug)]
pub struct Pacer {
    speed: Speed,
    began: Option<(Instant, i64)>,
    /// Bus time until which nothing is waited for; `None` before the first wait, and where there is no such time.
    head_until_us: Option<i64>,
}

impl Pacer {
    /// A pacer whose time begins with the first wait.
    pub const fn new(speed: Speed) -> Self {
        Self { speed, began: None, head_until_us: None }
    }

    /// Waits until `t_us` of bus time is due, at most a tenth of a second; `false` when it is not due by then, so that the caller
    /// can check whether it should stop.
    pub fn wait(&mut self, t_us: i64) -> bool {
        self.wait_by(t_us, |due, _| due(t_us))
    }

    /// The same for a reader to whom ten times a second is often enough to wake up: what becomes due within a tenth of a second
    /// is let through together, at the end of its step of the estimator, before which no figure changes.
    pub fn wait_for_step(&mut self, t_us: i64) -> bool {
        self.wait_by(t_us, |due, times| {
            let together_us = (STEP_US as f64 * times.max(1.0)) as i64;
            let end_us = (t_us.div_euclid(together_us) + 1) * together_us;
            due(end_us).min(due(t_us) + SLICE)
        })
    }

    /// `until`: from what a bus time is due by, and the multiple of real time, to when the wait ends.
    #[allow(clippy::disallowed_methods, reason = "an edge: the pace is the wall clock's")]
    fn wait_by(&mut self, t_us: i64, until: impl FnOnce(&dyn Fn(i64) -> Duration, f64) -> Duration) -> bool {
        if let Speed::After(head_s, times) = self.speed {
            let until_us = *self.head_until_us.get_or_insert(t_us + (head_s * 1e6) as i64);
            if t_us < until_us {
                return true;
            }
            self.speed = Speed::Times(times);
        }
        let Speed::Times(times) = self.speed else { return true };
        let (began, began_us) = *self.began.get_or_insert_with(|| (Instant::now(), t_us));
        let due = |at_us: i64| Duration::from_secs_f64((at_us - began_us).max(0) as f64 / 1e6 / times);
        let left = until(&due, times).saturating_sub(began.elapsed());
        if !left.is_zero() {
            std::thread::sleep(left.min(SLICE));
        }
        left <= SLICE
    }

    /// Bus time now; `None` where nothing is waited for.
    pub fn now_us(&self) -> Option<i64> {
        let (Speed::Times(times), Some((began, began_us))) = (self.speed, self.began) else { return None };
        Some(began_us + (began.elapsed().as_secs_f64() * times * 1e6) as i64)
    }

    /// True when nothing is waited for.
    pub fn is_unlimited(&self) -> bool {
        matches!(self.speed, Speed::Max | Speed::After(..))
    }

    /// Begins anew: after a gap in the log, which is not waited for.
    pub const fn restart(&mut self) {
        self.began = None;
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a pace is held to the wall clock")]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_step_come_together_at_its_end() {
        let mut pacer = Pacer::new(Speed::Times(1.0));
        let started = Instant::now();
        // From 20 ms of a step: its end is 80 ms later, and the frames between are not waited for.
        for t_us in [1_020_000, 1_050_000, 1_099_999] {
            assert!(pacer.wait_for_step(t_us));
        }
        assert!(started.elapsed() >= Duration::from_millis(80) && pacer.now_us() >= Some(1_100_000));
        // At a tenth of the speed no frame is held for longer than a tenth of a second.
        let mut slow = Pacer::new(Speed::Times(0.1));
        assert!(slow.wait_for_step(1_000_000), "its step ends in a second");
    }

    #[test]
    fn a_head_is_passed_at_once_and_real_time_begins_behind_it() {
        let mut pacer = Pacer::new(Speed::After(10.0, 1.0));
        assert!(pacer.wait(5_000_000) && pacer.wait(14_900_000) && pacer.is_unlimited());
        assert_eq!(pacer.now_us(), None);
        assert!(pacer.wait(15_000_000) && !pacer.is_unlimited());
        assert!(pacer.now_us().is_some_and(|now_us| now_us >= 15_000_000));
        assert!(!pacer.wait(60_000_000), "the rest is not due yet");
    }
}
