//! One session of a made-up machine: its seconds, and what is made of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::basis::Basis;
use super::files::Files;
use super::machine::Machine;
use super::random::Random;
use super::rows::Rows;
use super::{County, SOFTWARE};
use crate::cells;
use crate::error::StoreError;
use crate::table_file::Value;

/// Sums of a session's seconds.
#[derive(Default)]
struct Sums {
    seconds: i64,
    cutting_s: i64,
    area_mm_cm: i64,
    grain_g: i64,
    header_dg: i64,
    rear_dg: i64,
    turns: i64,
    turning_cuts: i64,
}

/// What is the same in each second of a session.
struct Plan<'a> {
    machine: &'a Machine,
    session: String,
    start_s: i64,
    seconds: i64,
    basis: Basis,
    /// Loss beside an ordinary one, thousandths.
    loss_permille: i64,
    yield_g_m2: i64,
    moisture_bp: i64,
    north_e7: i64,
    east_e7: i64,
    /// Seconds from which an alarm is up for a minute.
    alarms_s: Vec<i64>,
    /// The crop's limit: its name and ppm; `None` for a crop without one.
    limit: Option<(String, i64)>,
}

/// What is the same for all sessions of a county.
#[derive(Default)]
pub(super) struct Given {
    /// Trained drivers, each with its day.
    pub(super) trained: BTreeMap<String, u32>,
    /// The limit of each crop that has one, as the cab takes it without an order: its name and ppm.
    pub(super) limits: BTreeMap<&'static str, (String, i64)>,
}

/// Writes the session of this day and part of it that begins at `start_s`; returns its last second.
pub(super) fn write(
    county: &County,
    machine: &Machine,
    (day, part, start_s): (u32, i64, i64),
    given: &Given,
    files: &mut Files,
) -> Result<i64, StoreError> {
    let mut random = Random::of(county.seed, &[3, machine.number, u64::from(day), part as u64]);
    let driver = machine.driver(&mut random);
    let is_trained = driver.as_ref().and_then(|driver| given.trained.get(driver)).is_some_and(|trained| day > *trained);
    let seconds = i64::from(county.seconds_per_day.max(600)) / 2;
    let alarms_s = (0..random.between(0, 3)).map(|_| random.between(0, seconds - 61)).collect();
    let number = i64::from(day) * 4 + part * 2 + 1;
    let mut plan = Plan {
        machine,
        session: format!("{}-{number}", &machine.device[..8]),
        start_s,
        seconds,
        basis: Basis::of(&mut random),
        loss_permille: machine.loss_permille * random.between(850, 1180) / 1000 * if is_trained { 800 } else { 1000 }
            / 1000,
        yield_g_m2: random.between(600, 1000),
        moisture_bp: random.between(1150, 2100),
        // A field of its own in the machine's township, near 34° N 114° E.
        north_e7: 340_000_000 + (machine.number / 25) as i64 * 400_000 + random.between(0, 300_000),
        east_e7: 1_140_000_000 + (machine.number % 25) as i64 * 20_000 + random.between(0, 300_000),
        alarms_s,
        limit: given.limits.get(machine.crop).cloned(),
    };
    let is_revised = random.happens(10);
    let seed = Random::of(county.seed, &[4, machine.number, u64::from(day), part as u64]);
    write_one(&plan, driver.as_deref(), None, !is_revised, &mut seed.clone(), files)?;
    if is_revised {
        let first = std::mem::replace(&mut plan.session, format!("{}-{}", &machine.device[..8], number + 1));
        plan.loss_permille = plan.loss_permille * 9 / 10;
        write_one(&plan, driver.as_deref(), Some(&first), true, &mut seed.clone(), files)?;
    }
    Ok(start_s + seconds - 1)
}

fn write_one(
    plan: &Plan,
    driver: Option<&str>,
    revises: Option<&str>,
    counts: bool,
    random: &mut Random,
    files: &mut Files,
) -> Result<(), StoreError> {
    let Plan { machine, basis, start_s, .. } = *plan;
    let sums = write_seconds(plan, random, &mut files.seconds)?;
    let (device, session) = (machine.device.as_str(), plan.session.as_str());
    let (counts, is_known) = (i64::from(counts), basis != Basis::Unknown);
    let loss_dg = sums.header_dg + sums.rear_dg;
    let (lo, hi) = basis.ends_pct();
    let known = |value: i64| Value::from(is_known.then_some(value));
    let alarms = plan.alarms_s.len() as i64;
    let luggings = random.between(0, 4);
    let area_dm2 = sums.area_mm_cm / 1000;
    let pans = if basis == Basis::Calibrated { random.between(2, 6) } else { 0 };
    let header_basis = is_known.then_some(if pans > 3 { "calibrated" } else { "model-only" });
    files.sessions.push(&[
        device.into(),
        session.into(),
        revises.into(),
        counts.into(),
        1.into(),
        start_s.into(),
        (start_s + sums.seconds - 1).into(),
        sums.seconds.into(),
        sums.cutting_s.into(),
        area_dm2.into(),
        sums.grain_g.into(),
        known(sums.header_dg),
        known(sums.rear_dg),
        known(loss_dg),
        known(loss_dg * lo / 100),
        known(loss_dg * hi / 100),
        basis.word().into(),
        header_basis.into(),
        basis.word().into(),
        sums.turns.into(),
        sums.turning_cuts.into(),
        luggings.into(),
        alarms.into(),
        plan.limit.as_ref().map(|(name, _)| name.as_str()).into(),
        plan.limit.as_ref().map(|(_, ppm)| *ppm).into(),
        machine.township.as_str().into(),
        Value::Unknown,
        driver.into(),
        SOFTWARE.into(),
    ])?;
    let driver = driver.unwrap_or("driver-1");
    files.drivers.push(&[
        device.into(),
        session.into(),
        driver.into(),
        counts.into(),
        start_s.into(),
        sums.seconds.into(),
        sums.cutting_s.into(),
        area_dm2.into(),
        sums.grain_g.into(),
        known(sums.header_dg),
        known(sums.rear_dg),
        known(loss_dg),
        known(loss_dg * lo / 100),
        known(loss_dg * hi / 100),
        basis.word().into(),
        sums.turning_cuts.into(),
        luggings.into(),
        alarms.into(),
    ])?;
    for (habit, n) in [
        ("turning-cut", sums.turning_cuts),
        ("throttle", luggings),
        ("overload", random.between(0, 3)),
        ("high-cut", random.between(0, 2)),
    ] {
        if n == 0 {
            continue;
        }
        let untold = if !is_known {
            Some("loss-unknown")
        } else if random.happens(300) {
            Some("within-scatter")
        } else {
            None
        };
        let cost = loss_dg * n / 400;
        let told = |value: i64| Value::from(untold.is_none().then_some(value));
        files.habits.push(&[
            device.into(),
            session.into(),
            driver.into(),
            counts.into(),
            habit.into(),
            n.into(),
            (n * random.between(4_000, 15_000)).into(),
            told(cost),
            told(cost / 2),
            told(cost * 2),
            untold.into(),
        ])?;
    }
    write_alarms(plan, counts, files)?;
    write_calibration(plan, counts, pans, loss_dg, sums.grain_g, random, files)
}

fn write_alarms(plan: &Plan, counts: i64, files: &mut Files) -> Result<(), StoreError> {
    let Plan { machine, start_s, .. } = *plan;
    let (device, session) = (machine.device.as_str(), plan.session.as_str());
    for at in &plan.alarms_s {
        let id = ["loss-level", "loss-step", "loss-relative"][(at % 3) as usize];
        for (kind, at) in [("alarm-raised", at), ("alarm-cleared", &(at + 60))] {
            files.events.push(&[
                device.into(),
                session.into(),
                counts.into(),
                ((start_s + at) * 1000).into(),
                kind.into(),
                id.into(),
                (at % 3 + 1).into(),
                "rear".into(),
                Value::Unknown,
                Value::Unknown,
            ])?;
        }
    }
    Ok(())
}

fn write_calibration(
    plan: &Plan,
    counts: i64,
    pans: i64,
    loss_dg: i64,
    grain_g: i64,
    random: &mut Random,
    files: &mut Files,
) -> Result<(), StoreError> {
    let Plan { machine, start_s, .. } = *plan;
    let (device, session) = (machine.device.as_str(), plan.session.as_str());
    for pan in 0..pans {
        files.pans.push(&[
            device.into(),
            session.into(),
            counts.into(),
            (start_s + 300 + pan * 20).into(),
            if pan > 2 { "front" } else { "rear" }.into(),
            random.between(2_000, 20_000).into(),
            "used".into(),
            random.between(-600_000, 600_000).into(),
            1_000_000.into(),
        ])?;
    }
    let moisture_bp = plan.moisture_bp;
    if pans > 0 && counts == 1 {
        files.calibrations.push(&[
            device.into(),
            session.into(),
            (start_s + 600).into(),
            machine.profile.into(),
            pans.min(3).into(),
            (pans - 3).max(0).into(),
            700_000.into(),
            1_300_000.into(),
            (moisture_bp - 60).into(),
            (moisture_bp + 60).into(),
            format!("{:064x}", start_s as u64 ^ machine.number).as_str().into(),
            "{\"made_up\":true}".into(),
        ])?;
    }
    if counts == 1 && random.happens(30) {
        // Measured by hand: near the machine's own sum, which may be unknown.
        let estimate = if loss_dg > 0 { loss_dg * 100_000 / grain_g.max(1) } else { 15_000 };
        let measured = estimate * random.between(700, 1400) / 1000;
        files.points.push(&[
            device.into(),
            ((start_s - (super::FIRST_DAY - 1) * super::DAY_S) / 1000).into(),
            session.into(),
            1.into(),
            (start_s + 900).into(),
            measured.into(),
            (measured * plan.yield_g_m2 / 1000).into(),
            plan.yield_g_m2.into(),
            machine.township.as_str().into(),
            Value::Unknown,
            "{\"made_up\":true}".into(),
            device[..8].into(),
        ])?;
    }
    if counts == 1 && random.happens(15) {
        files.findings.push(&[
            device.into(),
            ((start_s - (super::FIRST_DAY - 1) * super::DAY_S) / 1000).into(),
            session.into(),
            (start_s + plan.seconds).into(),
            "loss-above-limit".into(),
            Value::Unknown,
            ["open", "assigned", "closed"][random.between(0, 2) as usize].into(),
            random.between(210_000, 600_000).into(),
            200_000.into(),
            device[..8].into(),
        ])?;
    }
    Ok(())
}

/// The states of a second, by number.
const STATES: [&str; 3] = ["cutting", "turning", "stopped"];
const CUTTING: usize = 0;
const TURNING: usize = 1;
const STOPPED: usize = 2;

/// Passes of three to five minutes, turns of fifteen seconds, a stop of a minute after each eighth.
fn write_seconds(plan: &Plan, random: &mut Random, rows: &mut Rows) -> Result<Sums, StoreError> {
    let Plan { machine, basis, start_s, .. } = *plan;
    let is_known = basis != Basis::Unknown;
    let device = Value::from(machine.device.as_str());
    let session = Value::from(plan.session.as_str());
    let (rear_word, header_word) = (Value::from(basis.word()), Value::from(is_known.then_some("model-only")));
    let words: [Arc<str>; 3] = STATES.map(Arc::from);
    let mut sums = Sums::default();
    let (mut state, mut left, mut passes, mut cuts_in_turn) = (CUTTING, random.between(180, 300), 0, false);
    let (mut north_e7, mut east_e7, mut ahead) = (plan.north_e7, plan.east_e7, 1);
    let (mut header_rest, mut rear_rest, mut speed) = (0, 0, 1500);
    for second in 0..plan.seconds {
        if left == 0 {
            passes += i64::from(state == CUTTING);
            (state, left) = match state {
                CUTTING if passes % 8 == 0 => (STOPPED, 60),
                CUTTING | STOPPED => (TURNING, 15),
                _ => (CUTTING, random.between(180, 300)),
            };
            if state == TURNING {
                (sums.turns, ahead, east_e7) = (sums.turns + 1, -ahead, east_e7 + 480);
                cuts_in_turn = random.happens(120);
                sums.turning_cuts += i64::from(cuts_in_turn);
            }
        }
        left -= 1;
        let is_cutting = state == CUTTING;
        speed = if state == STOPPED { 0 } else { (speed + random.between(-60, 60)).clamp(900, 2200) };
        let width_cm = 450 - random.between(0, 30);
        // mm/s × cm × g/m² is 1e-5 g/s.
        let grain_g = if is_cutting { speed * width_cm * plan.yield_g_m2 / 100_000 } else { 0 };
        let feed_g_s = grain_g * 2;
        // 0.8 % behind and 0.7 % at the header at 8 kg/s; the part behind grows with the feed rate. Millionths of a 0.1 g are
        // carried over.
        let rear_ppm = 8000 * plan.loss_permille / 1000 * feed_g_s / 8000;
        let header_ppm = 7000 * random.between(850, 1150) / 1000;
        let part = |ppm: i64, rest: &mut i64| {
            *rest += if is_known { grain_g * 10 * ppm } else { 0 };
            let whole = *rest / 1_000_000;
            *rest %= 1_000_000;
            whole
        };
        let (header_dg, rear_dg) = (part(header_ppm, &mut header_rest), part(rear_ppm, &mut rear_rest));
        if is_cutting {
            // A metre is 90 e-7 degrees of latitude.
            north_e7 += ahead * speed * 90 / 1000;
        }
        let level = plan.alarms_s.iter().find(|at| (**at..**at + 60).contains(&second)).map_or(0, |at| at % 3 + 1);
        let turning_cut = i64::from(cuts_in_turn && state == TURNING && left > 10);
        let cell = cells::cell(north_e7, east_e7);
        rows.push(&[
            device.clone(),
            session.clone(),
            (start_s + second).into(),
            (&words[state]).into(),
            turning_cut.into(),
            0.into(),
            grain_g.into(),
            header_dg.into(),
            rear_dg.into(),
            speed.into(),
            is_cutting.then_some(width_cm).into(),
            feed_g_s.into(),
            (plan.moisture_bp + random.between(-15, 15)).into(),
            north_e7.into(),
            east_e7.into(),
            cell.map(|(north, _)| north).into(),
            cell.map(|(_, east)| east).into(),
            header_word.clone(),
            rear_word.clone(),
            level.into(),
        ])?;
        sums.seconds += 1;
        sums.cutting_s += i64::from(is_cutting);
        sums.area_mm_cm += if is_cutting { speed * width_cm } else { 0 };
        sums.grain_g += grain_g;
        sums.header_dg += header_dg;
        sums.rear_dg += rear_dg;
    }
    Ok(sums)
}
