//! The newest value of one source, and its state.

use grainloss_can::{State, Value};

use super::filter::{Debounced, Smoother};
use super::spec::{SourceSpec, Translated};
use crate::machine::reading::{Reading, ReadingState};
use crate::time::{SECOND_US, us_to_s};

/// Kernels are counted over at least so long: a delayed frame and the next one come together on a busy bus.
const COUNTED_OVER_US: i64 = 50_000;
/// A counter that was not heard for longer than this, or than its timeout where that is longer, begins anew.
const COUNTED_WITHIN_US: i64 = 3 * SECOND_US;
/// After a gap it begins anew where it has run so many times faster than before: it may have been restarted.
const RATE_AFTER_GAP_MOST: f64 = 3.0;
/// So few counts are believed after a gap at any rate: a plate that is seldom hit has none in most frames, and a counter
/// that begins anew stands so near to where it was in few cases.
const FEW_COUNTS: u64 = 10;
/// A change is judged over at least so long, for the same reason.
const TOGETHER_US: i64 = 100_000;
/// What a sensor's status signal said holds no longer than this.
const STATUS_HOLDS_US: i64 = 60 * SECOND_US;

/// The newest value of one source, and its state.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// When a frame with the signal last came.
    seen_us: Option<i64>,
    /// When it last held a valid value.
    pub valid_us: Option<i64>,
    /// The last valid value, in the channel's unit.
    pub value: f64,
    /// The newest raw code.
    pub raw: Option<i64>,
    state: ReadingState,
    /// What the sensor's status signal last said, and when, if there is one.
    status: Option<(i64, ReadingState)>,
    /// The counter's last reading.
    counter: Option<(i64, u64)>,
    /// The last accepted value before any smoothing, and when it came.
    believed: Option<(i64, f64)>,
    flag: Debounced,
    smoother: Smoother,
}

impl Slot {
    pub const NEVER: Self = Self {
        seen_us: None,
        valid_us: None,
        value: 0.0,
        raw: None,
        state: ReadingState::NeverSeen,
        status: None,
        counter: None,
        believed: None,
        flag: Debounced::EMPTY,
        smoother: Smoother::EMPTY,
    };

    /// Keeps the value of a signal. What it adds up to since the last one, were it a rate.
    pub fn take_value(&mut self, spec: &SourceSpec, value: Value, now_us: i64) -> f64 {
        self.raw = Some(value.raw);
        match value.state {
            State::NotAvailable | State::Reserved => self.without(ReadingState::NotAvailable, now_us),
            State::Error => self.without(ReadingState::Error, now_us),
            State::NotCalibrated => self.without(ReadingState::NotCalibrated, now_us),
            State::Valid => match spec.translated(value.raw, value.physical) {
                Translated::NoMeaning => self.without(ReadingState::NotAvailable, now_us),
                Translated::EndStop => self.without(ReadingState::Error, now_us),
                Translated::Value(value) => self.keep(spec, value, now_us),
            },
        }
    }

    /// What has come is no value.
    fn without(&mut self, state: ReadingState, now_us: i64) -> f64 {
        self.seen_us = Some(now_us);
        self.state = state;
        self.forget();
        0.0
    }

    /// What was before a gap says nothing of what comes after it.
    fn forget(&mut self) {
        self.smoother = Smoother::EMPTY;
        self.flag = Debounced::EMPTY;
    }

    /// Stores a value in the channel's unit, if it is plausible.
    fn keep(&mut self, spec: &SourceSpec, value: f64, now_us: i64) -> f64 {
        let before_us = self.seen_us;
        let in_range = (spec.plausible.0..=spec.plausible.1).contains(&value);
        // A jump is accepted once enough time has passed for it, so that a repaired sensor counts again.
        let jumps = self.believed.is_some_and(|(then_us, then)| {
            (value - then).abs() > spec.change_per_s * us_to_s((now_us - then_us).max(TOGETHER_US))
        });
        if !in_range || jumps {
            return self.without(ReadingState::Implausible, now_us);
        }
        let elapsed_us = before_us.map_or(0, |before_us| now_us - before_us);
        if elapsed_us > spec.timeout_us {
            self.forget();
        }
        self.seen_us = Some(now_us);
        self.state = ReadingState::Valid;
        self.believed = Some((now_us, value));
        self.valid_us = Some(now_us);
        self.value = if spec.holds() {
            let hold_us = (spec.hold_on_us, spec.hold_off_us);
            self.flag.take(value > 0.5, hold_us, now_us);
            self.flag.at(hold_us, now_us).map_or(value, f64::from)
        } else {
            self.smoother.take(value, spec.median, spec.smooth_s, now_us)
        };
        if elapsed_us > spec.timeout_us { 0.0 } else { value * elapsed_us as f64 / SECOND_US as f64 }
    }

    /// What was counted since the last reading; the slot's value becomes its rate. `per_count` is in the channel's unit times
    /// seconds. After a gap only the share of the counts up to the timeout is credited: until then the source was taken to
    /// count, and frames that are lost now and then must not make it count less.
    pub fn take_counter(
        &mut self,
        spec: &SourceSpec,
        value: Value,
        (modulus, per_count): (u64, f64),
        now_us: i64,
    ) -> f64 {
        self.raw = Some(value.raw);
        let count = u64::try_from(value.raw).ok().filter(|count| *count < modulus);
        let Some(count) = count.filter(|_| value.state == State::Valid) else {
            self.counter = None;
            let state = if value.state == State::Valid { State::Reserved } else { value.state };
            return self.take_value(spec, Value { state, ..value }, now_us);
        };
        let before = self.counter.replace((now_us, count));
        let longest_us = spec.timeout_us.max(COUNTED_WITHIN_US);
        let Some((then_us, then)) = before.filter(|(then_us, _)| now_us - then_us <= longest_us) else {
            // One reading is no rate yet, and an old rate is none any more.
            return self.without(ReadingState::NotAvailable, now_us);
        };
        let elapsed_us = now_us - then_us;
        if elapsed_us < COUNTED_OVER_US {
            // Two frames that came together say nothing of a rate; the next one judges both.
            self.counter = before;
            self.seen_us = Some(now_us);
            return 0.0;
        }
        let counts = (count + modulus - then) % modulus;
        let counted = counts as f64 * per_count;
        let rate = counted * SECOND_US as f64 / elapsed_us as f64;
        let before = self.believed.map_or(self.value, |(_, rate)| rate.max(self.value));
        if elapsed_us > spec.timeout_us && counts > FEW_COUNTS && rate > RATE_AFTER_GAP_MOST * before {
            return self.without(ReadingState::NotAvailable, now_us);
        }
        self.keep(spec, rate, now_us);
        // A counter that went backward (a restart) looks like a huge rate: not plausible, not counted.
        let heard = elapsed_us.min(spec.timeout_us) as f64 / elapsed_us as f64;
        if self.state == ReadingState::Valid { counted * heard } else { 0.0 }
    }

    /// Keeps what the sensor's status signal says, in the words of its value table; a status that is itself not
    /// available says nothing.
    pub fn take_status(&mut self, value: Value, now_us: i64) {
        let state = match value.state {
            State::Error => ReadingState::Error,
            State::NotCalibrated => ReadingState::NotCalibrated,
            _ => ReadingState::Valid,
        };
        self.status = Some((now_us, state));
    }

    /// It has a value, or a counter that the next frame will make one of, and its sensor is not known to be bad.
    pub fn is_counting(&self, spec: &SourceSpec, now_us: i64) -> bool {
        let counter = self.counter.is_some_and(|(then_us, _)| now_us - then_us <= spec.timeout_us);
        self.bad(now_us).is_none() && (counter || self.state_at(spec, now_us) == ReadingState::Valid)
    }

    /// What the status signal says against the sensor.
    fn bad(&self, now_us: i64) -> Option<ReadingState> {
        let (said_us, state) = self.status?;
        (state != ReadingState::Valid && now_us - said_us <= STATUS_HOLDS_US).then_some(state)
    }

    /// What the source says at this moment.
    fn state_at(&self, spec: &SourceSpec, now_us: i64) -> ReadingState {
        match self.seen_us {
            None => ReadingState::NeverSeen,
            Some(seen_us) if now_us - seen_us > spec.timeout_us => ReadingState::Stale,
            Some(_) => self.bad(now_us).unwrap_or(self.state),
        }
    }

    /// Value, state and age at this moment.
    pub fn reading(&self, spec: &SourceSpec, now_us: i64) -> Reading {
        let state = self.state_at(spec, now_us);
        let held = self.flag.at((spec.hold_on_us, spec.hold_off_us), now_us);
        let value = (state == ReadingState::Valid).then(|| held.map_or(self.value, f64::from));
        Reading { value, state, age_us: self.valid_us.map(|valid_us| now_us - valid_us), impacts: 0.0 }
    }
}
