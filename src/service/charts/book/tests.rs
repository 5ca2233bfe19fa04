use super::*;
use grainloss_core::harvest::{Activity, Interval90};
use grainloss_protocol::session_charts::{MAX_CHARTS_BYTES, MAX_TRACK_POINTS, Place, Spread};

const START_US: i64 = 1_780_000_000_000_000;
const M_PER_DEG: f64 = 111_195.0;

fn band(value: f64) -> Interval90 {
    Interval90 { value, lo: value / 2.0, hi: value * 2.0 }
}

/// A second of a day: passes of 280 s and turns of 20 s, everything known, to and fro over a field of 500 m.
fn second(nth: i64) -> ChartSecond {
    let (pass, at) = (nth / 300, nth % 300);
    let is_cutting = at < 280;
    let along = 1.5 * if pass % 2 == 0 { at } else { 300 - at } as f64;
    let loss = 0.8 + 0.4 * (nth as f64 / 17.0).sin();
    ChartSecond {
        t_us: START_US + (nth + 1) * 1_000_000,
        activity: Some(if is_cutting { Activity::Cutting } else { Activity::Turning }),
        speed_m_s: Some(1.5),
        feed_kg_s: is_cutting.then_some(5.0 + (nth as f64 / 40.0).sin()),
        grain_kg_s: is_cutting.then_some(3.0),
        header_kg_s: is_cutting.then_some(0.01),
        rear_kg_s: is_cutting.then(|| band(0.03 * loss)),
        total_pct: is_cutting.then(|| band(loss)),
        header_pct: is_cutting.then_some(0.333),
        rear_pct: is_cutting.then_some(loss - 0.333),
        width_m: is_cutting.then_some(4.57),
        position: Some((
            36.0 + along / M_PER_DEG,
            114.0 + 4.57 * pass as f64 / (M_PER_DEG * 36_f64.to_radians().cos()),
        )),
        course_rad: Some(0.5),
        left_shares: [Some(0.45), Some(0.55)],
        returns: Some(0.3),
        ..ChartSecond::default()
    }
}

fn charts(book: &ChartBook) -> SessionCharts {
    book.charts(&SessionInfo::default(), &[], &[])
}

#[test]
fn the_day_of_sixteen_hours_fits_and_every_peak_is_on_the_map() {
    let day = 16 * 3600;
    let mut book = ChartBook::default();
    // Peaks of a second, one an hour, each of another height, and one on every hundredth second of an hour beside them.
    let peak = |nth: i64| (nth % 3600 == 1234).then(|| 5.0 + (nth / 3600) as f64 / 10.0);
    for nth in 0..day {
        let mut second = second(nth);
        if let Some(peak) = peak(nth) {
            second.activity = Some(Activity::Cutting);
            second.total_pct = Some(band(peak));
        }
        book.second(&second);
        if nth % 500 == 0 {
            book.event(&EventRecord { level: Some(2), ..EventRecord::new(second.t_us, "alarm-raised", "loss-level") });
        }
    }
    let drops: Vec<_> = (0..20)
        .map(|id| PendingDrop { id, t_us: START_US + i64::from(id), kind: grainloss_core::harvest::PanKind::Rear })
        .collect();
    let shown = book.charts(&SessionInfo::default(), &drops, &[]);
    let track = &shown.map.track;
    assert_eq!(track.len(), MAX_TRACK_POINTS);
    for nth in (0..day).filter(|nth| peak(*nth).is_some()) {
        let at = u32::try_from(nth + 1).unwrap();
        let kept = track.iter().find(|point| point.t_s == at).unwrap_or_else(|| panic!("the peak at {at} s is gone"));
        assert_eq!(kept.loss_pct, Some(rounded(peak(nth).unwrap(), 1e3)));
        assert!(kept.mean_pct.unwrap() < 2.0, "the seconds beside it had 0.4 to 1.2 %");
    }
    // No more than a minute without a point, and passes are apart from turns.
    assert!(track.windows(2).all(|pair| pair[1].t_s - pair[0].t_s <= 90), "a long stretch without a point");
    assert!(track.iter().filter(|point| point.is_turning).count() >= 192, "a turn of every pass");
    assert_eq!(shown.map.alarms.len(), MAX_MARKS);
    // 57 600 s: the least power of two that makes 240 buckets do is 256 s.
    assert_eq!((shown.session[0].seconds, shown.session.len()), (256, 225));
    assert_eq!((shown.recent[0].seconds, shown.recent.len()), (3, 200));
    let bytes = rmp_serde::to_vec_named(&shown).unwrap();
    assert!(bytes.len() <= MAX_CHARTS_BYTES, "{} bytes", bytes.len());
    // What is encoded comes back.
    assert_eq!(rmp_serde::from_slice::<SessionCharts>(&bytes).unwrap(), shown);
}

#[test]
fn the_same_seconds_give_the_same_bytes() {
    let make = || {
        let mut book = ChartBook::default();
        (0..5000).for_each(|nth| book.second(&second(nth)));
        rmp_serde::to_vec_named(&charts(&book)).unwrap()
    };
    assert_eq!(make(), make());
}

#[test]
fn metres_are_east_and_north_of_the_first_position() {
    let mut book = ChartBook::default();
    let mut row = second(0);
    for (nth, position) in [None, Some((36.0, 114.0)), Some((36.001, 114.001))].into_iter().enumerate() {
        (row.t_us, row.position) = (START_US + nth as i64 * 1_000_000, position);
        book.second(&row);
    }
    let map = charts(&book).map;
    assert_eq!(map.origin, Some(Origin { latitude_deg: 36.0, longitude_deg: 114.0 }));
    let places: Vec<_> = map.track.iter().map(|point| point.place).collect();
    // A thousandth of a degree: 6 371 009 m × π/180 000 = 111.19 m north; × cos 36° = 89.96 m east.
    let last = Place { east_m: 90.0, north_m: 111.2 };
    assert_eq!(places, [None, Some(Place { east_m: 0.0, north_m: 0.0 }), Some(last)]);
    // 0.5 rad.
    assert_eq!(map.here, Some(Here { t_s: 3, place: Some(last), heading_deg: Some(28.6) }));
}

#[test]
fn a_bucket_has_least_mean_and_most_of_its_seconds() {
    let mut book = ChartBook::default();
    for nth in 0..480 {
        let mut row = second(0);
        row.t_us = START_US + (nth + 1) * 1_000_000;
        // 1, 2, 1, 2 …; and in the second bucket nothing is cut.
        row.total_pct = (!(2..4).contains(&nth)).then(|| band(1.0 + (nth % 2) as f64));
        row.feed_kg_s = None;
        book.second(&row);
    }
    let shown = charts(&book);
    assert_eq!((shown.session.len(), shown.session[1].t_s, shown.session[1].seconds), (240, 2, 2));
    assert_eq!(shown.session[0].total_pct, Some(Spread { least: 1.0, mean: 1.5, most: 2.0 }));
    assert_eq!((shown.session[0].total_lo_pct, shown.session[0].total_hi_pct), (Some(0.75), Some(3.0)));
    assert_eq!(shown.session[1].total_pct, None, "nothing was cut, which is not a loss of 0");
    assert_eq!(shown.session[1].feed_kg_s, None);
}

#[test]
fn a_pan_is_where_it_was_dropped_and_its_per_cent_are_of_the_grain_that_stood_there() {
    use grainloss_core::harvest::{Pan, PanKind};
    let mut book = ChartBook::default();
    book.second(&second(0));
    let pan = Pan {
        t_us: START_US + 60_000_000,
        known_us: START_US + 300_000_000,
        kind: PanKind::Rear,
        area_m2: 0.25,
        concentration: 2.5,
        grain_kg: 0.003,
        shed_kg_m2: None,
    };
    (1..40).for_each(|nth| book.second(&second(nth)));
    book.mark(pan.t_us);
    (40..400).for_each(|nth| book.second(&second(nth)));
    let entry = PanEntry { pan, outcome: PanOutcome::Used { residual: 0.1, weight: 1.0 } };
    let shown = book.charts(&SessionInfo::default(), &[], &[entry]).map.pans;
    // The second that ends 60 s after the start is the 59th from 0: 59 × 1.5 m = 88.5 m north.
    assert_eq!(shown[0].place, Some(Place { east_m: 0.0, north_m: 88.5 }));
    assert_eq!((shown[0].t_s, shown[0].state, shown[0].drop), (60, PanState::Used, None));
    // 3 g on 0.25 m² over 2.5: 4.8 g/m². 3 kg/s of grain on 1.5 m/s × 4.57 m: 437.6 g/m². 1.097 %.
    assert_eq!(shown[0].loss_pct, Some(1.097));
    // 5 + sin(59/40) kg/s.
    assert_eq!(shown[0].feed_kg_s, Some(5.995));
}

#[test]
fn half_minutes_of_settled_cutting_are_cells_of_the_feed_rate() {
    let mut book = ChartBook::default();
    // After 15 s two half minutes at 4.1 kg/s with 1 %; then cutting ends, and 44 s are not enough for another one.
    for nth in 0..120 {
        let mut row = second(0);
        row.t_us = START_US + (nth + 1) * 1_000_000;
        row.activity = Some(if nth == 75 { Activity::Turning } else { Activity::Cutting });
        (row.feed_kg_s, row.rear_kg_s, row.grain_kg_s) = (Some(4.1), Some(band(0.03)), Some(3.0));
        book.second(&row);
    }
    let feed = charts(&book).feed;
    let [cell] = &*feed.cells else { panic!("{:?}", feed.cells) };
    assert_eq!((feed.cell_kg_s, cell.feed_kg_s, cell.seconds), (0.25, 4.125, 60));
    assert!((cell.rear_pct - 1.0).abs() < 1e-9 && (cell.rear_lo_pct - 0.5).abs() < 1e-9, "{cell:?}");
    // 10 g/s of 3 kg/s.
    assert!((feed.header_pct.unwrap() - 100.0 / 300.0).abs() < 1e-9);
    assert_eq!(feed.law, None, "one feed rate");
}
