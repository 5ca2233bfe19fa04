//! A harvest through the pipeline, and everybody's marks for it.

use std::time::Duration;

use super::baselines::{self, Baseline, Glance, Sheet};
use super::equipment::{Equipment, EquipmentError};
use super::marks::{Marks, Monitor};
use super::plan::{Case, Plan, Set};
use super::record::Record;
use super::step_times::StepTimes;
use super::told::{Said, Told};
use grainloss_core::advice::{AlarmId, EventKind};
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::harvest::{Interval90, Pan, STEP_US, Totals};
use grainloss_core::params::Params;
use grainloss_core::pipeline::Output;
use grainloss_core::record::SecondRow;

/// The marks of one monitor with so many pans for one harvest.
#[derive(Clone, Debug)]
pub struct CaseMarks {
    /// The set of the harvest.
    pub set: Set,
    /// Its scenario.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// Who is judged.
    pub monitor: Monitor,
    /// Rear pans.
    pub pans: usize,
    /// The marks.
    pub marks: Marks,
}

/// Runs one harvest of the plan with every number of pans, and judges estimator and baselines. `clock` tells the
/// processor's time of the calling thread.
pub fn evaluate(case: &Case, plan: &Plan, clock: fn() -> Duration) -> Result<Vec<CaseMarks>, EquipmentError> {
    let equipment = Equipment::of(&case.scenario, case.promised(plan.sheet_off))?;
    let record = Record::new(case, plan.seconds);
    let mut all = Vec::new();
    for &pans in &plan.pans {
        // A session too short for so many pans has no such row.
        let Some(chosen) = record.samples.choose(pans, equipment.crop.kernel_mass_kg) else { continue };
        let watched = watch(&record, &equipment, &plan.params, chosen.clone(), clock)?;
        let mut put = |monitor, marks| {
            let (set, scenario, seed) = (case.set, case.scenario.name().to_owned(), case.seed);
            all.push(CaseMarks { set, scenario, seed, monitor, pans, marks });
        };
        let mut marks = Marks::of(&watched.told, &record.truth, equipment.limit_share);
        marks.add_rows(&watched.rows, &record.truth);
        (marks.cpu, marks.steps, marks.step_times) = (watched.cpu, watched.steps, watched.step_times);
        put(Monitor::Grainloss, marks);
        let sheet = Sheet::new(&equipment.crop, &equipment.plates, equipment.geometry.rated_feed_kg_s);
        let pans = baselines::Pans::new(&chosen, record.truth.first().map_or(0.0, |row| row.t_unix));
        for baseline in Baseline::ALL {
            let told = baselines::told(baseline, &watched.glances, &pans, &sheet, equipment.limit_share);
            put(Monitor::Baseline(baseline), Marks::of(&told, &record.truth, equipment.limit_share));
        }
    }
    Ok(all)
}

/// A harvest as the pipeline saw it.
struct Watched {
    told: Told,
    rows: Vec<Option<SecondRow>>,
    glances: Vec<Option<Glance>>,
    cpu: Duration,
    steps: u64,
    step_times: StepTimes,
}

fn watch(
    record: &Record,
    equipment: &Equipment,
    params: &Params,
    pans: Vec<Pan>,
    clock: fn() -> Duration,
) -> Result<Watched, EquipmentError> {
    let mut pipeline = equipment.pipeline(params)?.with_pans(pans);
    let mut bus_clock = BusClock::default();
    let seconds = record.truth.len();
    let mut rows: Vec<Option<SecondRow>> = vec![None; seconds];
    let mut glances: Vec<Option<Glance>> = vec![None; seconds];
    let mut told = Told::default();
    let mut standing = None;
    let (mut cpu, mut fresh, mut events) = (Duration::ZERO, Vec::new(), Vec::new());
    let (mut step_times, mut last_tenth) = (StepTimes::default(), None);
    for (now, frames) in record.seconds().map(Some).chain([None]).enumerate() {
        let began = clock();
        for frame in frames.unwrap_or_default() {
            let before = fresh.len();
            let mut take = |output: Output<'_>| match output {
                Output::Second(row, _) => fresh.push((row.clone(), None)),
                Output::Event(event) => events.push(event),
                Output::Pan(..) | Output::Tenth(_) => {}
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
            for (row, glance) in &mut fresh[before..] {
                *glance = Some(Glance::new(row, pipeline.readings()));
            }
        }
        if frames.is_none() {
            pipeline.finish(&mut |output| match output {
                Output::Second(row, _) => fresh.push((row.clone(), None)),
                Output::Event(event) => events.push(event),
                Output::Pan(..) | Output::Tenth(_) => {}
            });
        }
        cpu += clock().saturating_sub(began);
        // A second is told when the next one begins; after a silence several are, the last of them the newest.
        for (back, (row, glance)) in fresh.drain(..).rev().enumerate() {
            let Some(at) = now.checked_sub(1 + back).filter(|&at| rows[at].is_none()) else { continue };
            glances[at] = glance.or_else(|| Some(Glance::new(&row, pipeline.readings())));
            rows[at] = Some(row);
        }
        for event in events.drain(..) {
            match event.kind {
                EventKind::Raised(alarm)
                    if matches!(alarm.id, AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative) =>
                {
                    told.raised.push(now);
                    if alarm.id == AlarmId::LossLevel {
                        standing = Some(now);
                    }
                }
                EventKind::Cleared(alarm) if alarm.id == AlarmId::LossLevel => {
                    told.level_alarms.extend(standing.take().map(|since| (since, now)));
                }
                _ => {}
            }
        }
    }
    told.level_alarms.extend(standing.map(|since| (since, seconds)));
    told.rear_kg_s = rows.iter().map(|row| row.as_ref()?.rear_kg_s.map(said)).collect();
    let totals: &Totals = pipeline.harvest().totals();
    told.rear_kg = totals.rear_loss_kg().map(said);
    told.total_kg = totals.total_loss_kg().map(said);
    let steps = (totals.duration_s() / grainloss_core::harvest::STEP_S).round() as u64;
    Ok(Watched { told, rows, glances, cpu, steps, step_times })
}

fn said(band: Interval90) -> Said {
    Said { value: band.value, band: Some((band.lo, band.hi)) }
}
