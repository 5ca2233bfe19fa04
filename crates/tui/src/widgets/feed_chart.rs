//! The loss behind the machine over the feed rate, with the law through it and the pans.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::chart::{Chart, Series};
use super::numbers::two_digits;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::harvest::PanKind;
use grainloss_protocol::session_charts::PanState;

/// Places at which the curve is computed.
const CURVE: u16 = 60;

/// True once there is something of it.
pub(crate) fn is_there(view: &View<'_>) -> bool {
    view.snapshot.charts.as_ref().is_some_and(|charts| !charts.feed.cells.is_empty())
}

/// Draws it; false while there is nothing of it.
pub(crate) fn draw(canvas: &mut Canvas<'_>, place: Rect, view: &View<'_>) -> bool {
    let Some(charts) = view.snapshot.charts.as_ref().filter(|charts| !charts.feed.cells.is_empty()) else {
        return false;
    };
    let feed = &charts.feed;
    let style = |role| view.state.styles().style(role);
    let rated = view.snapshot.session.measures.rated_feed_kg_s;
    let half = feed.cell_kg_s / 2.0;
    let [least, most] = [feed.cells.first(), feed.cells.last()].map(|cell| cell.map_or(0.0, |cell| cell.feed_kg_s));
    let end = (most + half).max(rated);
    let mut series = vec![Series {
        name: view.word("feed-measured"),
        points: feed
            .cells
            .iter()
            .flat_map(|cell| {
                let at = |x: f64| (x, Some(cell.rear_pct));
                [at(cell.feed_kg_s - half * 0.8), at(cell.feed_kg_s + half * 0.8), (cell.feed_kg_s + half, None)]
            })
            .collect(),
        style: style(Role::Value),
        sign: '*',
        is_dots: false,
    }];
    if let Some(law) = &feed.law {
        let at = |nth: u16| least - half + (most - least + 2.0 * half) * f64::from(nth) / f64::from(CURVE);
        let points = (0..=CURVE).map(at).filter(|feed| *feed > 0.0).map(|feed| (feed, Some(law.at(feed))));
        series.push(Series {
            name: view.words.with("feed-law", &[("exponent", &format!("{:.1}", law.exponent))]),
            points: points.collect(),
            style: style(Role::Good),
            sign: '+',
            is_dots: false,
        });
    }
    let pans = charts.map.pans.iter().filter(|pan| pan.kind == PanKind::Rear && pan.state != PanState::Rejected);
    let marks =
        pans.filter_map(|pan| Some((f64::from(pan.feed_kg_s?), f64::from(pan.loss_pct?), "●", style(Role::Value))));
    let band = feed.cells.iter().flat_map(|cell| {
        let at = |x: f64| (x, cell.rear_lo_pct, cell.rear_hi_pct);
        [at(cell.feed_kg_s - half / 2.0), at(cell.feed_kg_s), at(cell.feed_kg_s + half / 2.0)]
    });
    // What the header leaves of the limit.
    let left = charts.limit_pct.zip(feed.header_pct).map(|(limit, header)| limit - header).filter(|left| *left > 0.0);
    let now = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.feed_kg_s);
    let chart = Chart {
        title: view.word("feed-title"),
        span: (0.0, end),
        series,
        band: band.collect(),
        limit: left.map(|left| (left, view.words.with("feed-limit", &[("percent", &two_digits(left))]))),
        cursor: now.filter(|now| *now <= end),
        below: ["0".to_owned(), format!("{} kg/s", two_digits(end / 2.0)), format!("{} kg/s", two_digits(end))],
        marks: marks.collect(),
        gap: end,
        ..Chart::default()
    };
    chart.draw(canvas, place, view);
    true
}
