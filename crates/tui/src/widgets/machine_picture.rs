//! The machine seen from the side, with the losses at their places and the header at its height.

use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, clip};
use super::loss_shown::LossShown;
use super::numbers::{DASH, two_digits};
use crate::theme::Role;
use crate::view::View;
use grainloss_core::harvest::Stream;
use grainloss_core::machine::Channel;

/// Columns of the picture.
pub(crate) const COLUMNS: u16 = 62;
/// Rows of the picture.
pub(crate) const ROWS: u16 = 7;
/// The figures behind the machine.
const BEHIND: u16 = 45;
/// Columns of the bar in the tank.
const TANK: u16 = 13;
/// A knife below this height is drawn at the ground, one above the other as high as it goes, m (our choice).
const HEIGHTS_M: [f64; 2] = [0.25, 0.6];

/// The machine without its header: column, row, text. It drives to the left.
const BODY: [(u16, u16, &str); 8] = [
    (20, 0, "┌─────────────┐"),
    (20, 1, "│             │"),
    (12, 1, "┌─────┐"),
    (12, 2, "│     ├─┴─────────────┴───────┐"),
    (12, 3, "└─────┤                       ├─▶"),
    (18, 4, "│                       ├─▶"),
    (18, 5, "└──(  )───────────(  )──┘"),
    (1, 6, "▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔"),
];

/// Reel, knife and feeder house with the knife at the ground, a little higher, and up: column, row, text.
const HEADERS: [[(u16, u16, &str); 3]; 3] = [
    [(3, 4, "◎"), (1, 5, "╘══════════╝"), (12, 4, "╔═════")],
    [(3, 3, "◎"), (1, 4, "╘════════════════"), (12, 4, "══════")],
    [(3, 2, "◎"), (1, 3, "╘══════════╗"), (12, 4, "╚═════")],
];

/// Which of [`HEADERS`] a height is drawn as; the middle one where it is not known.
fn position(height_m: Option<f64>) -> usize {
    height_m.map_or(1, |height| HEIGHTS_M.iter().filter(|step| height >= **step).count())
}

/// Draws the picture, and below it what else is known of where grain goes, in so many rows.
pub(crate) fn draw(canvas: &mut Canvas<'_>, (x, y): (u16, u16), rows: u16, view: &View<'_>) {
    let loss = LossShown::of(view);
    let reading = |channel| view.snapshot.readings.value(channel);
    let role = view.role(Role::Value);
    let style = |role| view.state.styles().style(role);
    let height_m = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.header_height_m);
    for (column, row, text) in BODY.into_iter().chain(HEADERS[position(height_m)]) {
        canvas.put_styled(x + column, y + row, text, style(Role::Label));
    }
    let share = |stream: Stream| {
        let percent = loss.stream(stream).map(|(percent, _)| percent);
        (percent.map_or_else(|| format!("{DASH} %"), |percent| format!("{} %", two_digits(percent))), percent)
    };
    let mut figure = |column: u16, row: u16, columns: u16, label: &str, value: &str, role: Role| {
        let label = clip(label, usize::from(columns).saturating_sub(value.width() + 1));
        canvas.put_styled(x + column, y + row, &format!("{label} "), style(Role::Label));
        canvas.put_styled(x + column + label.width() as u16 + 1, y + row, value, style(role));
    };
    let stream = |stream: Stream| view.word(&format!("stream-{}", stream.word()));
    // At the place where it falls; the header's over its knife.
    figure(1, 0, 18, &stream(Stream::Header), &share(Stream::Header).0, role);
    let height = height_m.map_or_else(|| DASH.to_owned(), |m| format!("{:.0} cm", m * 100.0));
    figure(1, 1, 11, &view.word("picture-height"), &height, role);
    let behind = COLUMNS - BEHIND;
    figure(BEHIND, 3, behind, &stream(Stream::Separation), &share(Stream::Separation).0, role);
    figure(BEHIND, 4, behind, &stream(Stream::Cleaning), &share(Stream::Cleaning).0, role);
    let total = loss.percent().map_or_else(|| format!("{DASH} %"), |total| format!("{} %", two_digits(total.value)));
    figure(BEHIND, 5, behind, &view.word("chart-total"), &total, role);
    let feed = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.feed_kg_s);
    let feed = feed.map_or_else(|| DASH.to_owned(), |feed| format!("{feed:.1} kg/s"));
    figure(20, 3, 22, &view.word("screen-feed"), &feed, role);
    let returns = reading(Channel::ReturnsVolume).map(|share| format!("{:.0} %", 100.0 * share));
    if let Some(returns) = returns {
        figure(20, 4, 22, &view.word("picture-returns"), &returns, role);
    }
    let level = reading(Channel::TankLevel);
    let tank = level.map_or_else(|| DASH.to_owned(), |level| format!("{:.0} %", 100.0 * level));
    figure(36, 1, 20, &view.word("picture-tank"), &tank, role);
    if let Some(level) = level {
        let full = (level.clamp(0.0, 1.0) * f64::from(TANK)).round() as usize;
        canvas.put_styled(x + 21, y + 1, &"█".repeat(full), style(Role::Label));
    }
    if rows > ROWS {
        below(canvas, (x, y + ROWS), rows - ROWS, &loss, view);
    }
}

/// Each stream's amount, and how left and right compare.
fn below(canvas: &mut Canvas<'_>, (x, y): (u16, u16), rows: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let style = |role| view.state.styles().style(role);
    let newest = view.snapshot.charts.as_ref().and_then(|charts| charts.recent.last());
    let sides = newest.and_then(|bucket| {
        let share = |share: Option<f32>| share.map_or_else(|| DASH.to_owned(), |share| format!("{:.0}", 100.0 * share));
        (bucket.separation_left_share.is_some() || bucket.cleaning_left_share.is_some()).then(|| {
            let figures = [
                ("separation", &*share(bucket.separation_left_share)),
                ("cleaning", &share(bucket.cleaning_left_share)),
            ];
            view.words.with("chart-at-sides", &figures)
        })
    });
    let lines = [sides.unwrap_or_default(), loss.label(view)];
    for (row, line) in (0..rows).zip(lines.into_iter().filter(|line| !line.is_empty())) {
        canvas.put_styled(x + 1, y + row, &clip(&line, usize::from(COLUMNS - 2)), style(Role::Label));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_stands_where_its_height_says() {
        assert_eq!([Some(0.1), Some(0.3), Some(0.9), None].map(position), [0, 1, 2, 1]);
        for (_, row, text) in BODY.into_iter().chain(HEADERS.into_iter().flatten()) {
            assert!(row < ROWS && text.width() <= usize::from(BEHIND), "{text}");
        }
    }
}
