//! Parts add up, in random sessions: separation and cleaning to the rear, header and rear to the total, the last row of the
//! trace to the summary, and the minutes of a report to the session.

use crate::support::screen::{LANGS, draw_screen, each_10_s};
use grainloss_core::advice::Advice;
use grainloss_core::harvest::{Estimate, Harvest, Interval90, LogNormal, Pan, PanKind, RecentLoss, Setup, Totals};
use grainloss_core::machine::{Channel, Reading, ReadingState, Readings};
use grainloss_core::record::{SecondBuilder, SecondRow};
use grainloss_core::rounding::losses_that_add;
use grainloss_journal::{Entry, Journal, Overflow, SessionStart, Writer};
use grainloss_knowledge::profiles;
use grainloss_report::{Options, gather};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const PLATES: [Channel; 4] =
    [Channel::LossSeparationLeft, Channel::LossSeparationRight, Channel::LossCleaningLeft, Channel::LossCleaningRight];
/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_US: i64 = 1_749_520_800_000_000;

/// Some seconds of the same work.
#[derive(Clone, Debug)]
struct Stretch {
    seconds: u32,
    header_height_m: f64,
    speed_m_s: f64,
    feed_kg_s: Option<f64>,
    width_m: Option<f64>,
    /// Kernels a second on each plate; `None` where the plate is silent.
    kernels_s: Option<[f64; 4]>,
    fan_hz: f64,
    /// Kind, kernels per m², and shed, of a pan dropped in its middle and counted at its end.
    pan: Option<(PanKind, f64, f64)>,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let kinds = prop_oneof![Just(PanKind::Rear), Just(PanKind::Front), Just(PanKind::Whole)];
    (
        5u32..60,
        prop_oneof![4 => 0.08f64..0.3, 1 => 0.6f64..1.0],
        prop_oneof![6 => 0.5f64..2.5, 1 => Just(0.0)],
        option::weighted(0.8, 0.5f64..9.0),
        option::weighted(0.8, 1.5f64..2.75),
        option::weighted(0.8, [0.0f64..300.0, 0.0f64..300.0, 0.0f64..300.0, 0.0f64..300.0]),
        10.0f64..18.0,
        option::weighted(0.4, (kinds, 0.0f64..2000.0, 0.0f64..100.0)),
    )
        .prop_map(|(seconds, header_height_m, speed_m_s, feed_kg_s, width_m, kernels_s, fan_hz, pan)| Stretch {
            seconds,
            header_height_m,
            speed_m_s,
            feed_kg_s,
            width_m,
            kernels_s,
            fan_hz,
            pan,
        })
}

/// Ten to ninety seconds of ordinary work first, so that most sessions lose something.
fn session() -> impl Strategy<Value = Vec<Stretch>> {
    let ordinary = (10u32..90).prop_map(|seconds| Stretch {
        seconds,
        header_height_m: 0.15,
        speed_m_s: 1.4,
        feed_kg_s: Some(6.0),
        width_m: Some(2.75),
        kernels_s: Some([8.0, 8.0, 5.0, 5.0]),
        fan_hz: 14.0,
        pan: None,
    });
    (ordinary, vec(stretch(), 1..6)).prop_map(|(ordinary, mut stretches)| {
        stretches.insert(0, ordinary);
        stretches
    })
}

fn set(readings: &mut Readings, channel: Channel, value: Option<f64>) {
    match value {
        Some(value) => readings.set_value(channel, value),
        None => readings.set(channel, Reading { state: ReadingState::NotAvailable, ..Reading::NOT_MAPPED }),
    }
}

/// Every second of a session, with the totals at its end; each step is given to `see`.
fn drive(
    stretches: &[Stretch],
    mut see: impl FnMut(&Estimate, &Totals) -> Result<(), TestCaseError>,
) -> Result<Vec<(SecondRow, Totals)>, TestCaseError> {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
    let kernel_kg = crop.kernel_mass_kg;
    let mut harvest = Harvest::new(Setup { crop, geometry: profile.geometry, loss_plates: profile.loss_plates });
    let (mut readings, mut builder, mut rows) = (Readings::unknown(START_US), SecondBuilder::default(), Vec::new());
    let mut impacts = [0.0; 4];
    for stretch in stretches {
        let from_us = readings.t_us;
        for (channel, value) in [
            (Channel::HeaderHeight, Some(stretch.header_height_m)),
            (Channel::GroundSpeed, Some(stretch.speed_m_s)),
            (Channel::FeedRate, stretch.feed_kg_s),
            (Channel::HeaderWorkingWidth, stretch.width_m),
            (Channel::FanSpeed, Some(stretch.fan_hz)),
        ] {
            set(&mut readings, channel, value);
        }
        for step in 1..=stretch.seconds * 10 {
            readings.t_us += 100_000;
            for (plate, channel) in PLATES.into_iter().enumerate() {
                let Some(kernels_s) = stretch.kernels_s else {
                    set(&mut readings, channel, None);
                    continue;
                };
                impacts[plate] += kernels_s[plate] * 0.1;
                let (value, impacts) = (Some(kernels_s[plate]), impacts[plate]);
                readings.set(channel, Reading { value, state: ReadingState::Valid, age_us: Some(0), impacts });
            }
            let estimate = harvest.step(&readings);
            see(&estimate, harvest.totals())?;
            builder.add(&readings, &estimate);
            if step.is_multiple_of(10) {
                let row = builder.finish(readings.t_us, &estimate, &Advice::default(), harvest.totals());
                rows.push((row, harvest.totals().clone()));
            }
        }
        if let Some((kind, kernels_m2, shed_kernels_m2)) = stretch.pan {
            harvest.pan(&Pan {
                t_us: i64::midpoint(from_us, readings.t_us),
                known_us: readings.t_us,
                kind,
                area_m2: 0.3,
                concentration: if kind == PanKind::Rear { 2.1 } else { 1.0 },
                grain_kg: kernels_m2 * 0.3 * kernel_kg,
                shed_kg_m2: Some(shed_kernels_m2 * kernel_kg),
            });
        }
    }
    Ok(rows)
}

fn value(quantity: LogNormal) -> f64 {
    quantity.band().value
}

/// Parts and whole are the same, to a share of the whole.
fn adds(parts: &[f64], whole: f64, share: f64, what: &str) -> Result<(), TestCaseError> {
    let sum: f64 = parts.iter().sum();
    prop_assert!((sum - whole).abs() <= share * whole.abs() + 1e-12, "{what}: {parts:?} are {sum}, not {whole}");
    Ok(())
}

fn ordered(band: Interval90, what: &str) -> Result<(), TestCaseError> {
    prop_assert!(band.lo >= 0.0 && band.lo <= band.value && band.value <= band.hi, "{what}: {band:?}");
    prop_assert!(band.hi.is_finite(), "{what}: {band:?}");
    Ok(())
}

fn step_adds(estimate: &Estimate) -> Result<(), TestCaseError> {
    let [header, separation, cleaning] = estimate.streams().map(|(_, stream)| stream.loss);
    let (rear, total) = (estimate.rear.loss, estimate.total.loss);
    if let (Some(separation), Some(cleaning), Some(rear)) = (separation, cleaning, rear) {
        adds(&[value(separation), value(cleaning)], value(rear), 1e-9, "rear")?;
    }
    if let (Some(header), Some(rear), Some(total)) = (header, rear, total) {
        adds(&[value(header), value(rear)], value(total), 1e-9, "total")?;
    }
    for loss in [header, separation, cleaning, rear, total].into_iter().flatten() {
        ordered(loss.band(), "kg/s")?;
    }
    if let Some(recent) = estimate.recent {
        let RecentLoss { streams: [header, separation, cleaning], rear, total, .. } = recent;
        adds(&[value(separation), value(cleaning)], value(rear), 1e-9, "rear of ten seconds")?;
        adds(&[value(header), value(rear)], value(total), 1e-9, "total of ten seconds")?;
        let parts = [header, rear].map(|part| recent.percent(part));
        let all = recent.share(total).percent_band();
        adds(&parts, all.value, 1e-9, "per cent")?;
        prop_assert!(all.value <= 100.0, "{all:?}");
        ordered(all, "per cent")?;
    }
    Ok(())
}

fn session_adds(totals: &Totals) -> Result<(), TestCaseError> {
    let [header, rear, total] = [totals.header_loss_kg(), totals.rear_loss_kg(), totals.total_loss_kg()];
    if let (Some(header), Some(rear), Some(total)) = (header, rear, total) {
        adds(&[header.value, rear.value], total.value, 1e-9, "session")?;
    }
    for band in [header, rear, total, totals.grain_kg(), totals.total_loss_pct()].into_iter().flatten() {
        ordered(band, "session")?;
    }
    Ok(())
}

/// The report of a session from its journal adds up to the session's own totals.
fn report_adds(rows: &[(SecondRow, Totals)]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    let start = SessionStart {
        started_us: START_US,
        source: "test".to_owned(),
        clock: "log",
        machine: "combine-demo".to_owned(),
        crop: "wheat".to_owned(),
        ..SessionStart::default()
    };
    let writer = Writer::start(&path, &start, Overflow::Wait).unwrap();
    for (row, totals) in rows {
        writer.put(Entry::Second(row.clone(), totals.clone()));
    }
    writer.finish("stopped");
    let journal = Journal::open(&path).unwrap();
    let session = journal.session("1").unwrap();
    let report = gather(&journal, &[session], Vec::new(), &Options::default()).unwrap();
    let (session, totals) = (&report.sessions[0], &rows.last().unwrap().1);
    let sum = |of: fn(&grainloss_report::model::Minute) -> Option<f64>| -> f64 {
        session.minutes.iter().filter_map(of).sum()
    };
    let header: f64 = sum(|minute| minute.header_kg.map(|loss| loss.value));
    let rear: f64 = sum(|minute| minute.rear_kg.map(|loss| loss.value));
    for (minutes, total, what) in [
        (sum(|minute| minute.grain_kg), totals.grain_kg(), "grain"),
        (header, totals.header_loss_kg(), "header"),
        (rear, totals.rear_loss_kg(), "rear"),
        (header + rear, totals.total_loss_kg(), "total"),
    ] {
        // The rows of a journal have six decimals of a kg/s: less than a gram is rounded away.
        if let Some(total) = total.filter(|total| total.value > 1e-3) {
            adds(&[minutes], total.value, 1e-4, &format!("minutes, {what}"))?;
        }
    }
    for minute in &session.minutes {
        if let Some(loss) = minute.loss_pct {
            prop_assert!(loss.value <= 100.0 && loss.lo <= loss.value && loss.value <= loss.hi, "{minute:?}");
        }
    }
    // As they are printed, to a tenth of a kilogram.
    let printed = losses_that_add([session.totals.header_kg, session.totals.rear_kg, session.totals.loss_kg], 1);
    if let [Some(header), Some(rear), Some(total)] = printed {
        let tenths = |kg: f64| format!("{kg:.1}").parse::<f64>().unwrap() * 10.0;
        adds(&[tenths(header.value), tenths(rear.value)], tenths(total.value), 1e-9, "printed")?;
    }
    Ok(())
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn losses_of_every_step_and_of_the_session_add_up(stretches in session()) {
            let rows = drive(&stretches, |estimate, totals| {
                step_adds(estimate)?;
                session_adds(totals)
            })?;
            for (row, totals) in &rows {
                if let (Some(recent), Some(total)) = (row.recent, row.total_pct) {
                    adds(&[recent.header_pct, recent.rear_pct], total.value, 1e-9, "row")?;
                }
                // The columns of the session so far are its totals.
                prop_assert_eq!(row.so_far.total_kg, totals.total_loss_kg().map(|loss| loss.value));
                prop_assert_eq!(row.so_far.grain_kg, totals.grain_kg().map(|grain| grain.value));
            }
        }

        #[test]
        fn no_session_loses_more_than_came_in(stretches in session()) {
            let rows = drive(&stretches, |_, _| Ok(()))?;
            let totals = &rows.last().unwrap().1;
            if let (Some(loss), Some(grain)) = (totals.total_loss_kg(), totals.grain_kg()) {
                prop_assert!(loss.value <= grain.value, "{loss:?} of {grain:?}");
            }
        }

        #[test]
        fn the_minutes_of_a_report_add_up_to_its_session(stretches in session()) {
            report_adds(&drive(&stretches, |_, _| Ok(()))?)?;
        }
    }
}

/// A figure of the screen, and how many decimals it has; `None` where it is not known, or below what is written.
fn shown(text: &str) -> Option<(f64, i32)> {
    let figure = text.trim().split([' ', '%']).next()?;
    Some((figure.parse().ok()?, figure.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32)))
}

#[test]
fn figures_of_the_budget_screen_add_up_as_they_are_shown() {
    let mut exact = 0;
    let mut check = |parts: [&str; 2], whole: &str, of: &str| {
        let (Some(whole), [Some(one), Some(other)]) = (shown(whole), parts.map(shown)) else { return };
        let off = (one.0 + other.0 - whole.0).abs() * 10f64.powi(whole.1);
        // A part with more decimals than the whole adds to it after rounding only.
        let is_fine = one.1.max(other.1) > whole.1;
        assert!(if is_fine { off <= 1.0 + 1e-6 } else { off < 1e-6 }, "{parts:?} are not {whole:?}: {of}");
        exact += u32::from(!is_fine && whole.0 > 0.0);
    };
    for scenario in ["wheat", "canola-fan"] {
        each_10_s(scenario, 11, 1800, |second, snapshot| {
            for lang in LANGS {
                let drawn = draw_screen(&snapshot, lang, "b", (80, 24));
                for (from, to) in [(17, 26), (26, 46), (46, 66)] {
                    let [header, separation, cleaning, rear, total] = [5, 7, 8, 9, 10].map(|y| drawn.part(y, from, to));
                    let of = format!("{scenario} {second} s {lang:?}\n{}", drawn.text());
                    check([&separation, &cleaning], &rear, &of);
                    check([&header, &rear], &total, &of);
                }
            }
        });
    }
    assert!(exact > 500, "{exact} sums were compared to the digit");
}
