//! The field map: the track coloured by loss, pans, alarms and the machine, seen from above with north at the top.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::loss_scale::LossScale;
use super::raster::{DOTS, Ink, Raster};
use crate::app::map_view::MapView;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::machine::Channel;
use grainloss_protocol::session_charts::{FieldMap, PanState, Place};

/// The map is never drawn larger than this, m a dot (our choice: the receiver is no better).
const LEAST_M: f64 = 0.25;
/// The machine's arrow in steps of 45° from north, clockwise.
const ARROWS: [&str; 8] = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"];
/// The same without such signs.
const ASCII_ARROWS: [&str; 8] = ["^", "^", ">", ">", "v", "v", "<", "<"];
/// Lengths of the scale bar, m.
const LENGTHS_M: [f64; 14] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4];

/// Which part of the field is in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Projection {
    /// East and north of what is in the middle, m.
    centre: (f64, f64),
    m_per_dot: f64,
    /// The middle of the window, dots.
    middle: (f64, f64),
    /// North is to the right, since the field fits the window better so.
    pub is_turned: bool,
}

/// North is to the right where the map is so many times as large then (our choice).
const WORTH_TURNING: f64 = 1.5;

impl Projection {
    /// The whole field, or what the user has chosen of it; `None` without a place.
    pub fn of(map: &FieldMap, here: Option<Place>, seen: &MapView, dots: (i32, i32)) -> Option<Self> {
        let track = map.track.iter().filter_map(|point| point.place);
        let pans = map.pans.iter().filter_map(|pan| pan.place);
        let alarms = map.alarms.iter().filter_map(|alarm| alarm.place);
        let mut ends: Option<[f64; 4]> = None;
        for place in track.chain(pans).chain(alarms).chain(here) {
            let (east, north) = (f64::from(place.east_m), f64::from(place.north_m));
            let [west, south, far_east, far_north] = ends.unwrap_or([east, north, east, north]);
            ends = Some([west.min(east), south.min(north), far_east.max(east), far_north.max(north)]);
        }
        let [west, south, east, north] = ends?;
        // A dot of margin on every side.
        let room = (f64::from(dots.0 - 3).max(1.0), f64::from(dots.1 - 3).max(1.0));
        let (across, up) = (east - west, north - south);
        let [north_up, turned] = [(across, up), (up, across)].map(|(x, y)| (x / room.0).max(y / room.1).max(LEAST_M));
        let is_turned = north_up > WORTH_TURNING * turned;
        let whole = if is_turned { turned } else { north_up };
        let m_per_dot = (whole / f64::from(1_u32 << seen.zoom.min(MapView::MOST))).max(LEAST_M);
        let follows = here.filter(|_| seen.follows).map(|at| (f64::from(at.east_m), f64::from(at.north_m)));
        let centre = follows.unwrap_or_else(|| {
            let shift = |at: f64, dots: i32| at * f64::from(dots) * m_per_dot;
            let middle = (f64::midpoint(west, east), f64::midpoint(south, north));
            // To the right and up, as the window has it.
            let (right, up) = (shift(seen.shift.0, dots.0), shift(seen.shift.1, dots.1));
            let (east, north) = if is_turned { (-up, right) } else { (right, up) };
            (middle.0 + east, middle.1 + north)
        });
        let middle = (f64::from(dots.0) / 2.0, f64::from(dots.1) / 2.0);
        Some(Self { centre, m_per_dot, middle, is_turned })
    }

    /// The dot of a place, from the upper left.
    pub fn dot(&self, place: Place) -> (f64, f64) {
        let (east, north) = (f64::from(place.east_m), f64::from(place.north_m));
        let (east, north) = ((east - self.centre.0) / self.m_per_dot, (north - self.centre.1) / self.m_per_dot);
        let (right, up) = if self.is_turned { (north, -east) } else { (east, north) };
        (self.middle.0 + right, self.middle.1 - up)
    }

    /// The longest length of a scale bar in at most so many columns: metres, columns.
    pub fn bar(&self, most_columns: u16) -> (f64, u16) {
        let columns = |metres: f64| metres / self.m_per_dot / f64::from(DOTS.0);
        let longest = LENGTHS_M.into_iter().rev().find(|metres| columns(*metres) <= f64::from(most_columns));
        let metres = longest.unwrap_or(LENGTHS_M[0]);
        (metres, columns(metres).round().clamp(1.0, f64::from(most_columns)) as u16)
    }
}

/// Where the machine is: by its receiver now, else as the map has it. `None` when that is not known.
pub(crate) fn here(map: &FieldMap, view: &View<'_>) -> Option<(Place, Option<f64>)> {
    let readings = &view.snapshot.readings;
    let now = readings.value(Channel::GnssLatitude).zip(readings.value(Channel::GnssLongitude));
    let now = map.origin.zip(now).map(|(origin, (latitude, longitude))| origin.place(latitude, longitude));
    match now {
        Some(place) => Some((place, readings.value(Channel::GroundCourse).map(f64::to_degrees))),
        None if view.snapshot.health.link_lost => None,
        None => map.here.and_then(|here| Some((here.place?, here.heading_deg.map(f64::from)))),
    }
}

/// Draws the map in a place of the window; `None` when nothing has a place.
pub(crate) fn draw(canvas: &mut Canvas<'_>, place: Rect, seen: &MapView, view: &View<'_>) -> Option<Projection> {
    let map = &view.snapshot.charts.as_ref()?.map;
    let scale = LossScale::of(view);
    let mut raster = Raster::new(place.width, place.height, scale.has_colours());
    let machine = here(map, view);
    let projection = Projection::of(map, machine.map(|(place, _)| place), seen, raster.dots())?;
    let style = |role| view.state.styles().style(role);
    let apart = Ink { style: style(Role::Old), rank: -1.0, sign: '\'' };
    let mut before: Option<(f64, f64)> = None;
    for point in &map.track {
        let Some(at) = point.place.map(|place| projection.dot(place)) else {
            before = None;
            continue;
        };
        let ink = point.loss_pct.map_or(apart, |loss| scale.ink(f64::from(loss)));
        raster.line(before.filter(|_| !point.is_after_gap).unwrap_or(at), at, ink);
        before = Some(at);
    }
    let mut sign = |place: Place, sign: &str, style: Style| {
        let (x, y) = projection.dot(place);
        raster.text(x.floor() as i32, y.floor() as i32, sign, style);
    };
    for (place, alarm) in map.alarms.iter().filter_map(|alarm| Some((alarm.place?, alarm))) {
        sign(place, "!", style(Role::of_level(alarm.level.max(1))));
    }
    for (place, pan) in map.pans.iter().filter_map(|pan| Some((pan.place?, pan))) {
        sign(place, if pan.state == PanState::OnTheGround { "○" } else { "●" }, style(Role::Value));
    }
    if let Some((place, heading)) = machine {
        let arrows = if view.state.is_ascii() { ASCII_ARROWS } else { ARROWS };
        let turn = if projection.is_turned { 90.0 } else { 0.0 };
        let arrow = heading
            .map(|degrees| degrees + turn)
            .map_or("X", |degrees| arrows[(degrees / 45.0).round().rem_euclid(8.0) as usize % 8]);
        sign(place, arrow, style(Role::Chosen));
    }
    raster.draw(canvas, place.x, place.y);
    Some(projection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_protocol::session_charts::TrackPoint;

    fn map(places: &[(f32, f32)]) -> FieldMap {
        let point = |&(east_m, north_m): &(f32, f32)| TrackPoint {
            place: Some(Place { east_m, north_m }),
            ..TrackPoint::default()
        };
        FieldMap { track: places.iter().map(point).collect(), ..FieldMap::default() }
    }

    #[test]
    fn a_place_is_at_the_dot_that_the_hand_computes() {
        // 100 m east and 50 m north in 103 × 43 dots: 100 m want 1 m a dot, 50 m want 1.25, which both have.
        let map = map(&[(0.0, 0.0), (100.0, 50.0)]);
        let whole = Projection::of(&map, None, &MapView::default(), (103, 43)).unwrap();
        // The middle of the field, 50 m and 25 m, is the middle of the window, 51.5 and 21.5.
        assert_eq!(whole.dot(Place { east_m: 50.0, north_m: 25.0 }), (51.5, 21.5));
        // 50 m to the west are 40 dots to the left; 25 m to the south 20 dots down.
        assert_eq!(whole.dot(Place { east_m: 0.0, north_m: 0.0 }), (11.5, 41.5));
        // 10 columns are 20 dots, 25 m: a bar of 20 m, 8 columns.
        assert_eq!(whole.bar(10), (20.0, 8));
        // Twice as near, with the machine in the middle.
        let here = Place { east_m: 80.0, north_m: 40.0 };
        let seen = MapView { zoom: 1, follows: true, ..MapView::default() };
        let near = Projection::of(&map, Some(here), &seen, (103, 43)).unwrap();
        assert_eq!(near.dot(here), (51.5, 21.5));
        // 10 m north are 16 dots up at 0.625 m.
        assert_eq!(near.dot(Place { east_m: 80.0, north_m: 50.0 }), (51.5, 5.5));
    }

    #[test]
    fn a_field_that_is_longer_to_the_north_lies_across_a_wide_window() {
        // 200 m north and 20 m east in 203 × 43 dots: upright 200 / 40 = 5 m a dot, turned 1 m.
        let map = map(&[(0.0, 0.0), (20.0, 200.0)]);
        let seen = Projection::of(&map, None, &MapView::default(), (203, 43)).unwrap();
        assert!(seen.is_turned);
        // North is to the right and east down: the far end is 100 dots right and 10 down of the middle, 101.5 and 21.5.
        assert_eq!(seen.dot(Place { east_m: 20.0, north_m: 200.0 }), (201.5, 31.5));
        assert_eq!(seen.dot(Place { east_m: 0.0, north_m: 0.0 }), (1.5, 11.5));
    }

    #[test]
    fn nothing_with_a_place_is_no_map() {
        let nowhere = FieldMap { track: vec![TrackPoint::default()], ..FieldMap::default() };
        assert_eq!(Projection::of(&nowhere, None, &MapView::default(), (100, 40)), None);
    }
}
