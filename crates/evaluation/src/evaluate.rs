//! A harvest through the pipeline, and the scores of estimator and simple monitors for it.

use std::time::Duration;

use super::alarms::FALSE_ALARM_COSTS;
use super::baselines::{self, Baseline, MonitorInput, MonitorSetup};
use super::equipment::{Equipment, EquipmentError};
use super::plan::{Case, Plan, Set};
use super::reported::{ReportedHarvest, ReportedValue};
use super::scores::{Monitor, Scores};
use super::simulated_harvest::SimulatedHarvest;
use super::step_times::StepTimes;
use grainloss_core::advice::{AlarmId, EventKind, JudgedLoss, level_alarm_spans};
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::crop_conditions::{CropConditions, TimedConditions};
use grainloss_core::harvest::{Calibration, Changed, Interval90, Totals};
use grainloss_core::params::Params;
use grainloss_core::pipeline::{Output, Pipeline};
use grainloss_core::record::SecondRow;
use grainloss_core::time::{STEP_S, STEP_US};

/// The scores of one monitor for one harvest, with a number of pans.
#[derive(Clone, Debug)]
pub struct CaseScores {
    /// The set of the harvest.
    pub set: Set,
    /// Its scenario.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// The estimator was told what the crop is like; of a harvest where there is something to say it runs with and without.
    pub is_told: bool,
    /// The monitor that is scored.
    pub monitor: Monitor,
    /// Rear pans.
    pub pans: usize,
    /// The scores.
    pub scores: Scores,
}

/// Runs one harvest of the plan with every number of pans, and judges estimator and baselines. `clock` gives the
/// processor time of the calling thread.
///
/// # Errors
///
/// When the profile or crop cannot be loaded, the machine has no known measures, or the profile no loss plates.
pub fn evaluate(case: &Case, plan: &Plan, clock: fn() -> Duration) -> Result<Vec<CaseScores>, EquipmentError> {
    let equipment = Equipment::of(&case.scenario, case.promised(plan.sheet_off))?;
    let harvest = SimulatedHarvest::new(case, plan.seconds);
    let mut all = Vec::new();
    for &pans in &plan.pans {
        // A session too short for this many pans has no such row.
        let Some(chosen) = harvest.samples.choose(pans, equipment.crop.kernel_mass_kg) else { continue };
        let mut put = |monitor, is_told, scores| {
            let (set, scenario, seed) = (case.set, case.scenario.name().to_owned(), case.seed);
            all.push(CaseScores { set, scenario, seed, is_told, monitor, pans, scores });
        };
        let run = |said| -> Result<Watched, EquipmentError> {
            let said = TimedConditions { from_us: i64::MIN, crop: said };
            let pipeline = equipment.pipeline(&plan.params)?.with_pans(chosen.clone()).with_conditions(vec![said]);
            Ok(watch(&harvest, &equipment, &plan.params, pipeline, clock))
        };
        let watched = run(CropConditions::UNKNOWN)?;
        put(Monitor::Grainloss, false, watched.scores(&harvest, &equipment));
        let said = case.conditions();
        if !said.is_unknown() {
            put(Monitor::Grainloss, true, run(said)?.scores(&harvest, &equipment));
        }
        let setup = MonitorSetup::new(&equipment.crop, &equipment.plates, equipment.geometry.rated_feed_kg_s);
        let pans = baselines::Pans::new(&chosen, harvest.truth.first().map_or(0.0, |row| row.t_unix));
        for baseline in Baseline::ALL {
            let reported = baselines::reported(baseline, &watched.inputs, &pans, &setup, equipment.limit_share);
            put(Monitor::Baseline(baseline), false, Scores::of(&reported, &harvest.truth, equipment.limit_share));
        }
    }
    if plan.persistence
        && let Some(scores) = after_earlier_field(case, plan, &equipment, &harvest, clock)?
    {
        let (set, scenario, seed) = (case.set, case.scenario.name().to_owned(), case.seed);
        all.push(CaseScores { set, scenario, seed, is_told: false, monitor: Monitor::EarlierPans, pans: 0, scores });
    }
    Ok(all)
}

/// A harvest without pans that begins with the calibration of a field of the day before, of the same machine and crop. `None`
/// when no pan could be taken there.
fn after_earlier_field(
    case: &Case,
    plan: &Plan,
    equipment: &Equipment,
    harvest: &SimulatedHarvest,
    clock: fn() -> Duration,
) -> Result<Option<Scores>, EquipmentError> {
    const DAY_US: i64 = 86_400_000_000;
    let earlier = SimulatedHarvest::earlier(case, plan.seconds);
    let Some(pans) = earlier.samples.choose(Plan::EARLIER_PANS, equipment.crop.kernel_mass_kg) else { return Ok(None) };
    let before = watch(&earlier, equipment, &plan.params, equipment.pipeline(&plan.params)?.with_pans(pans), clock);
    let Some(calibration) = before.calibration else { return Ok(None) };
    let mut pipeline = equipment.pipeline(&plan.params)?;
    let changed = Changed { field: true, ..Changed::default() };
    // Of the same machine, and of this program: it fits.
    if pipeline.adopt(&calibration, calibration.t_us + DAY_US, changed).is_err() {
        return Ok(None);
    }
    Ok(Some(watch(harvest, equipment, &plan.params, pipeline, clock).scores(harvest, equipment)))
}

/// A harvest as the pipeline saw it.
struct Watched {
    reported: ReportedHarvest,
    rows: Vec<Option<SecondRow>>,
    inputs: Vec<Option<MonitorInput>>,
    cpu: Duration,
    steps: u64,
    step_times: StepTimes,
    /// What its pans have taught; `None` without any.
    calibration: Option<Calibration>,
}

impl Watched {
    fn scores(&self, harvest: &SimulatedHarvest, equipment: &Equipment) -> Scores {
        let mut scores = Scores::of(&self.reported, &harvest.truth, equipment.limit_share);
        scores.add_rows(&self.rows, &harvest.truth);
        (scores.cpu, scores.steps, scores.step_times) = (self.cpu, self.steps, self.step_times.clone());
        scores
    }
}

fn watch(
    harvest: &SimulatedHarvest,
    equipment: &Equipment,
    params: &Params,
    mut pipeline: Pipeline,
    clock: fn() -> Duration,
) -> Watched {
    let mut bus_clock = BusClock::default();
    let seconds = harvest.truth.len();
    let mut rows: Vec<Option<SecondRow>> = vec![None; seconds];
    let mut inputs: Vec<Option<MonitorInput>> = vec![None; seconds];
    let mut reported = ReportedHarvest::default();
    let mut judged: Vec<Option<JudgedLoss>> = vec![None; seconds];
    let mut raised_at = None;
    let (mut cpu, mut fresh, mut events) = (Duration::ZERO, Vec::new(), Vec::new());
    let (mut step_times, mut last_tenth) = (StepTimes::default(), None);
    for (now, frames) in harvest.seconds().map(Some).chain([None]).enumerate() {
        let began = clock();
        for frame in frames.unwrap_or_default() {
            let before = fresh.len();
            let mut take = |output: Output<'_>| match output {
                Output::Second(row, _) => fresh.push((row.clone(), None)),
                Output::Event(event) => events.push(event),
                Output::Pan(..) | Output::Crop(..) | Output::Tenth(_) => {}
            };
            let (t_us, change) = bus_clock.on(frame.t_us);
            if matches!(change, Some(ClockChange::Gap(_))) {
                pipeline.skip_to(t_us, &mut take);
            }
            // The step alone, without the frame; several at once, after a silence, are none of the usual ones.
            let tenth = t_us.div_euclid(STEP_US);
            if last_tenth.replace(tenth).is_some_and(|last| tenth == last + 1) {
                let step_began = clock();
                pipeline.advance(t_us, &mut take);
                step_times.add(clock().saturating_sub(step_began));
            }
            pipeline.frame(frame, t_us, &mut take);
            for (row, input) in &mut fresh[before..] {
                *input = Some(MonitorInput::new(row, pipeline.readings()));
            }
        }
        if frames.is_none() {
            pipeline.finish(&mut |output| match output {
                Output::Second(row, _) => fresh.push((row.clone(), None)),
                Output::Event(event) => events.push(event),
                Output::Pan(..) | Output::Crop(..) | Output::Tenth(_) => {}
            });
        }
        cpu += clock().saturating_sub(began);
        // A second is recorded when the next one begins; after a silence there are several, the newest last.
        for (back, (row, input)) in fresh.drain(..).rev().enumerate() {
            let Some(at) = now.checked_sub(1 + back).filter(|&at| rows[at].is_none()) else { continue };
            judged[at] = pipeline.advisor().advice().judged;
            inputs[at] = input.or_else(|| Some(MonitorInput::new(&row, pipeline.readings())));
            rows[at] = Some(row);
        }
        for event in events.drain(..) {
            match event.kind {
                EventKind::Raised(alarm)
                    if matches!(alarm.id, AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative) =>
                {
                    reported.raised.push(now);
                    if alarm.id == AlarmId::LossLevel {
                        raised_at = raised_at.or(Some(now));
                    }
                }
                EventKind::Cleared(alarm) if alarm.id == AlarmId::LossLevel => {
                    reported.level_alarms.extend(raised_at.take().map(|since| (since, now)));
                }
                _ => {}
            }
        }
    }
    reported.level_alarms.extend(raised_at.map(|since| (since, seconds)));
    if let Some(limit) = equipment.limit_share {
        let spans = |cost| {
            let mut params = params.clone();
            params.level_alarm.false_alarm_cost = cost;
            level_alarm_spans(&judged, limit, &params)
        };
        reported.level_alarms_by_cost = FALSE_ALARM_COSTS.map(spans).to_vec();
    }
    reported.rear_kg_s = rows.iter().map(|row| row.as_ref()?.rear_kg_s.map(with_interval)).collect();
    let totals: &Totals = pipeline.harvest().totals();
    reported.rear_kg = totals.rear_loss_kg().map(with_interval);
    reported.header_kg = totals.header_loss_kg().map(with_interval);
    reported.total_kg = totals.total_loss_kg().map(with_interval);
    let steps = (totals.duration_s() / STEP_S).round() as u64;
    let calibration = pipeline.harvest().calibration(pipeline.readings().t_us, None);
    Watched { reported, rows, inputs, cpu, steps, step_times, calibration }
}

fn with_interval(interval: Interval90) -> ReportedValue {
    ReportedValue { value: interval.value, band: Some((interval.lo, interval.hi)) }
}
