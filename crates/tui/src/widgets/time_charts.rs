//! The charts over time: loss, feed rate, speed, left and right, returns.

use super::chart::{Chart, Series};
use super::numbers::{DASH, two_digits};
use crate::theme::Role;
use crate::view::View;
use grainloss_core::time::SECOND_US;
use grainloss_knowledge::local_time::time_of_day;
use grainloss_protocol::session_charts::{ChartBucket, SessionCharts};

/// What a chart over time is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeChart {
    Loss,
    Feed,
    Speed,
    Sides,
    Returns,
}

impl TimeChart {
    const ALL: [Self; 5] = [Self::Loss, Self::Feed, Self::Speed, Self::Sides, Self::Returns];
}

/// The stretches of the session, or of the last ten minutes.
pub(crate) const fn buckets(charts: &SessionCharts, recent: bool) -> &Vec<ChartBucket> {
    if recent { &charts.recent } else { &charts.session }
}

/// The charts that this machine has figures for: loss, feed rate and speed always.
pub(crate) fn available(charts: &SessionCharts) -> Vec<TimeChart> {
    let has = |of: fn(&ChartBucket) -> bool| charts.session.iter().any(of);
    let sides = has(|bucket| bucket.separation_left_share.is_some() || bucket.cleaning_left_share.is_some());
    let returns = has(|bucket| bucket.returns.is_some());
    let there = |chart: &TimeChart| match chart {
        TimeChart::Sides => sides,
        TimeChart::Returns => returns,
        _ => true,
    };
    TimeChart::ALL.into_iter().filter(there).collect()
}

/// Middle of a stretch, s since the session began.
fn middle(bucket: &ChartBucket) -> f64 {
    f64::from(bucket.t_s) + f64::from(bucket.seconds) / 2.0
}

/// A chart of the stretches; the cursor is on the one with this number.
pub(crate) fn chart(
    kind: TimeChart,
    buckets: &[ChartBucket],
    cursor: Option<usize>,
    charts: &SessionCharts,
    view: &View<'_>,
) -> Chart {
    let style = |role| view.state.styles().style(role);
    let speed = |m_s: f32| view.units.speed(f64::from(m_s));
    let series = |name: &str, role: Role, sign, of: &dyn Fn(&ChartBucket) -> Option<f64>| Series {
        name: if name.is_empty() { String::new() } else { view.word(name) },
        points: buckets.iter().map(|bucket| (middle(bucket), of(bucket).filter(|value| value.is_finite()))).collect(),
        style: style(role),
        sign,
        is_dots: false,
    };
    let percent = |share: Option<f32>| share.map(|share| 100.0 * f64::from(share));
    let began = buckets.first().map_or(0.0, |bucket| f64::from(bucket.t_s));
    let ends = buckets.last().map_or(1.0, |bucket| f64::from(bucket.t_s + bucket.seconds));
    let clock = |t_s: f64| time_of_day(charts.started_us.unwrap_or(0) + t_s as i64 * SECOND_US);
    let mut chart = Chart {
        span: (began, ends.max(began + 1.0)),
        cursor: cursor.and_then(|at| buckets.get(at)).map(middle),
        below: [clock(began), clock(f64::midpoint(began, ends)), clock(ends)],
        gap: buckets.first().map_or(1.0, |bucket| 1.5 * f64::from(bucket.seconds)),
        ..Chart::default()
    };
    match kind {
        TimeChart::Loss => {
            chart.title = view.word("chart-loss");
            chart.series = vec![
                series("stream-header", Role::Label, 'o', &|bucket| bucket.header_pct.map(f64::from)),
                series("chart-rear", Role::Good, '+', &|bucket| bucket.rear_pct.map(f64::from)),
                series("chart-total", Role::Value, '*', &|bucket| bucket.total_pct.map(|total| f64::from(total.mean))),
            ];
            let band = |bucket: &ChartBucket| {
                Some((middle(bucket), f64::from(bucket.total_lo_pct?), f64::from(bucket.total_hi_pct?)))
            };
            chart.band = buckets.iter().filter_map(band).collect();
            chart.limit =
                charts.limit_pct.map(|limit| (limit, view.words.with("map-limit", &[("percent", &two_digits(limit))])));
        }
        TimeChart::Feed => {
            chart.title = view.word("chart-feed");
            chart.series =
                vec![series("", Role::Value, '*', &|bucket| bucket.feed_kg_s.map(|feed| f64::from(feed.mean)))];
            chart.least_top = view.snapshot.session.measures.rated_feed_kg_s;
        }
        TimeChart::Speed => {
            chart.title = view.words.with("chart-speed", &[("unit", view.units.speed_name())]);
            chart.series = vec![series("", Role::Value, '*', &|bucket| bucket.speed_m_s.map(|at| speed(at.mean)))];
        }
        TimeChart::Sides => {
            chart.title = view.word("chart-sides");
            chart.series = vec![
                series("stream-separation", Role::Value, '*', &|bucket| percent(bucket.separation_left_share)),
                series("stream-cleaning", Role::Good, '+', &|bucket| percent(bucket.cleaning_left_share)),
            ];
            chart.fixed_top = Some(100.0);
        }
        TimeChart::Returns => {
            chart.title = view.word("chart-returns");
            chart.series = vec![series("", Role::Value, '*', &|bucket| percent(bucket.returns))];
            chart.least_top = 100.0;
        }
    }
    chart
}

/// The figures at the cursor, in words.
pub(crate) fn at_cursor(bucket: &ChartBucket, charts: &SessionCharts, view: &View<'_>) -> String {
    let number = |value: Option<f32>| value.map_or_else(|| DASH.to_owned(), |value| two_digits(f64::from(value)));
    let share = |value: Option<f32>| value.map_or_else(|| DASH.to_owned(), |share| format!("{:.0}", 100.0 * share));
    let interval = bucket
        .total_lo_pct
        .zip(bucket.total_hi_pct)
        .map_or_else(String::new, |(lo, hi)| format!(" ({}–{})", two_digits(f64::from(lo)), two_digits(f64::from(hi))));
    let speed = bucket.speed_m_s.map(|speed| view.units.speed(f64::from(speed.mean)));
    let time = time_of_day(charts.started_us.unwrap_or(0) + i64::from(bucket.t_s) * SECOND_US);
    let figures = [
        ("time", &*time),
        ("total", &format!("{}{interval}", number(bucket.total_pct.map(|total| total.mean)))),
        ("most", &number(bucket.total_pct.map(|total| total.most))),
        ("header", &number(bucket.header_pct)),
        ("rear", &number(bucket.rear_pct)),
        ("feed", &number(bucket.feed_kg_s.map(|feed| feed.mean))),
        ("speed", &speed.map_or_else(|| DASH.to_owned(), |speed| format!("{speed:.1}"))),
        ("unit", view.units.speed_name()),
    ];
    let mut text = view.words.with("chart-at", &figures);
    if bucket.separation_left_share.is_some() || bucket.cleaning_left_share.is_some() {
        let sides =
            [("separation", &*share(bucket.separation_left_share)), ("cleaning", &share(bucket.cleaning_left_share))];
        text = format!("{text}  {}", view.words.with("chart-at-sides", &sides));
    }
    if bucket.returns.is_some() {
        text = format!("{text}  {}", view.words.with("chart-at-returns", &[("returns", &share(bucket.returns))]));
    }
    text
}
