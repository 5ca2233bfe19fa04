//! Time in steps, and what the marks say of each step.

use crate::marks::{Event, Mark, Noted, Reading};

/// Steps of a second.
pub(crate) const PER_S: usize = 4;
/// The longest recording that is looked at, in steps: an hour and a half.
const MOST_STEPS: usize = 5400 * PER_S;
/// A mark may be late by this much, s; what is noted before it happens is early by less.
const LATE_S: f64 = 2.5;
const EARLY_S: f64 = 1.0;

/// What is known of each step: a state, or nothing around its marks.
pub(crate) type States = Vec<Option<bool>>;

/// A reading of the display: window of steps, value and half a digit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub from: usize,
    pub to: usize,
    pub value: f64,
    pub half_digit: f64,
}

/// The marks, on the grid.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub steps: usize,
    pub down: States,
    pub driving: States,
    pub cutting: States,
    pub unloading: States,
    pub threshing: States,
    pub downs: Vec<usize>,
    readings: Vec<(Reading, Shown)>,
}

/// The step of a time.
fn step(began_us: i64, t_us: i64) -> f64 {
    (t_us.saturating_sub(began_us)) as f64 / 1e6 * PER_S as f64
}

impl Grid {
    pub fn new(began_us: i64, end_ms: u32, marks: &[Noted]) -> Self {
        let steps = (end_ms as usize * PER_S / 1000 + 1).min(MOST_STEPS);
        let state = |on: Event, off: Event| states(began_us, steps, marks, on, off);
        let down = state(Event::HeaderDown, Event::HeaderUp);
        let driving = state(Event::Drive, Event::Stop);
        let mut cutting = state(Event::CuttingBegin, Event::CuttingEnd);
        if !cutting.iter().any(Option::is_some) {
            let both = |at: usize| match (down[at], driving[at]) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            cutting = (0..steps).map(both).collect();
        }
        let downs = marks.iter().filter(|noted| noted.mark == Mark::Event(Event::HeaderDown));
        let downs = downs.map(|noted| step(began_us, noted.t_us).clamp(0.0, steps as f64) as usize).collect();
        let readings = marks.iter().filter_map(|noted| {
            let Mark::Reading(reading, value, half_digit) = noted.mark else { return None };
            let at = step(began_us, noted.t_us);
            let (from, to) = (at - 2.5 * PER_S as f64, at + 0.5 * PER_S as f64);
            (to >= 0.0 && from < steps as f64 && value.is_finite()).then(|| {
                let place = |at: f64| at.round().clamp(0.0, (steps - 1) as f64) as usize;
                (reading, Shown { from: place(from), to: place(to), value, half_digit })
            })
        });
        let readings = readings.collect();
        Self {
            steps,
            unloading: state(Event::UnloadBegin, Event::UnloadEnd),
            threshing: state(Event::ThresherOn, Event::ThresherOff),
            down,
            driving,
            cutting,
            downs,
            readings,
        }
    }

    pub fn readings(&self, of: Option<Reading>) -> Vec<Shown> {
        self.readings.iter().filter(|(reading, _)| Some(*reading) == of).map(|(_, shown)| *shown).collect()
    }
}

/// Between two marks the state is that of the first; before the first mark the opposite of what it says.
fn states(began_us: i64, steps: usize, marks: &[Noted], on: Event, off: Event) -> States {
    let mut changes: Vec<(f64, bool)> = marks
        .iter()
        .filter_map(|noted| match noted.mark {
            Mark::Event(event) if event == on => Some((step(began_us, noted.t_us), true)),
            Mark::Event(event) if event == off => Some((step(began_us, noted.t_us), false)),
            _ => None,
        })
        .collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(_, first)) = changes.first() else { return vec![None; steps] };
    let mut states = vec![Some(!first); steps];
    for &(at, state) in &changes {
        let place = |at: f64| at.clamp(0.0, steps as f64) as usize;
        let (from, until) = (at - LATE_S * PER_S as f64, at + EARLY_S * PER_S as f64);
        states[place(at)..].fill(Some(state));
        states[place(from)..place(until)].fill(None);
    }
    states
}
