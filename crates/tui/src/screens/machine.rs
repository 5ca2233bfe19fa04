//! The machine for a technician: the buses, the clock, and each mapped channel with its age and source.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::state::State;
use crate::theme::Role;
use crate::view::{ReadingText, View};
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::numbers::DASH;
use grainloss_core::machine::{Channel, LampLight, ReadingState};
use grainloss_knowledge::peoples_value;
use grainloss_protocol::snapshot::Bus;

/// Number of buses listed.
const BUSES: usize = 3;
/// Number of trouble codes listed; how many more there are is said.
const TROUBLES: usize = 4;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let health = &view.snapshot.health;
    let mut y = 3;
    for bus in health.buses.iter().take(BUSES) {
        canvas.line(y, &bus_text(bus, view), if bus.state == "active" { Role::Text } else { Role::Low });
        y += 1;
    }
    if health.buses.is_empty() {
        let age = health.bus_age_us.map_or_else(|| DASH.to_owned(), |us| view.ago(us.saturating_add(view.stale_us)));
        let figures =
            [("frames", &*health.frames.to_string()), ("rate", &health.frames_per_s.to_string()), ("age", &age)];
        canvas.line(y, &view.words.with("machine-no-buses", &figures), Role::Text);
        y += 1;
    }
    canvas.line(y, &clock(view), Role::Text);
    y += 1;
    if let Some(file) = &health.journal_aside {
        let text = view.words.with("machine-journal-aside", &[("file", file)]);
        y += canvas.paragraph(1, y, 2, &clip(&text, 2 * usize::from(canvas.width() - 3)), Role::Low);
    }
    for text in troubles(view) {
        canvas.line(y, &clip(&text, usize::from(canvas.width() - 2)), Role::Low);
        y += 1;
    }
    let mapped: Vec<Channel> = Channel::ALL
        .iter()
        .copied()
        .filter(|&channel| view.snapshot.readings.get(channel).state != ReadingState::NotMapped)
        .collect();
    let all = mapped.len();
    let filter = &view.state.filter;
    let mapped: Vec<Channel> = mapped.into_iter().filter(|&channel| filter.shows(&filtered(channel, view))).collect();
    if filter.is_used() {
        super::history::filter_line(canvas, mapped.len(), all, view);
    }
    let rows = usize::from(canvas.height().saturating_sub(3 + y)).max(1);
    let pages = mapped.len().div_ceil(rows).max(1);
    let page = view.state.cursor % pages;
    let figures = [
        ("mapped", &*all.to_string()),
        ("missing", &(Channel::COUNT - all).to_string()),
        ("page", &(page + 1).to_string()),
        ("pages", &pages.to_string()),
    ];
    let mut head = view.words.with("machine-channels-head", &figures);
    if pages > 1 {
        head = format!("{head}  {}", view.words.with("machine-channels-page", &figures));
    }
    canvas.rule(y, &head);
    for (row, &channel) in mapped.iter().skip(page * rows).take(rows).enumerate() {
        channel_line(canvas, y + 1 + row as u16, channel, view);
    }
}

/// What a channel is found by: its name for people and in files, and its sources.
fn filtered(channel: Channel, view: &View<'_>) -> String {
    let sources = view.snapshot.sources.iter().filter(|source| source.channel == channel);
    let origins: Vec<&str> = sources.map(|source| &*source.origin).collect();
    format!("{} {} {}", view.channel_name(channel), channel.name(), origins.join(" "))
}

/// Up and down turn the pages.
pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    match key.code {
        KeyCode::Down | KeyCode::Right | KeyCode::Tab => state.cursor += 1,
        KeyCode::Up | KeyCode::Left => state.cursor = state.cursor.saturating_sub(1),
        _ => return false,
    }
    true
}

fn bus_text(bus: &Bus, view: &View<'_>) -> String {
    let errors = bus.error_counters.map_or_else(String::new, |(tx, rx)| format!("  TEC {tx} REC {rx}"));
    let state = view.word(&format!("bus-{}", bus.state));
    let figures = [
        ("interface", &*bus.interface),
        ("state", &state),
        ("frames", &bus.frames.to_string()),
        ("errors", &bus.error_frames.to_string()),
        ("lost", &bus.lost.to_string()),
    ];
    format!("{}{errors}", view.words.with("machine-bus", &figures))
}

/// The lamps and the trouble codes of the machine's controllers, a line each.
fn troubles(view: &View<'_>) -> Vec<String> {
    let snapshot = view.snapshot;
    let mut lines = Vec::new();
    let lamps = snapshot.lamps.iter().flat_map(|lamps| lamps.each().map(|(lamp, light)| (lamps.source, lamp, light)));
    let lamps: Vec<String> = lamps
        .filter(|(.., light)| *light != LampLight::Off)
        .map(|(source, lamp, light)| {
            let (lamp, light) = (view.word(&format!("lamp-{lamp}")), view.word(&format!("lamp-is-{}", light.word())));
            let values = [("address", &*source.to_string()), ("lamp", &lamp), ("light", &light)];
            view.words.with("machine-lamp", &values)
        })
        .collect();
    if !lamps.is_empty() {
        lines.push(lamps.join("  "));
    }
    for active in snapshot.troubles.iter().take(TROUBLES) {
        let address = view.words.with("trouble-from", &[("address", &active.trouble.source.to_string())]);
        let count = active.count.map_or_else(String::new, |count| {
            format!(", {}", view.words.with("trouble-count", &[("count", &count.to_string())]))
        });
        let what = view.words.trouble(&active.trouble.word()).unwrap_or_default();
        lines.push(format!("{what} ({address}{count})"));
    }
    let more = snapshot.troubles.len().saturating_sub(TROUBLES);
    if more > 0 {
        lines.push(view.words.with("machine-more-troubles", &[("count", &more.to_string())]));
    }
    lines
}

fn clock(view: &View<'_>) -> String {
    let clock = &view.snapshot.clock;
    let source = view.word(&match &*clock.source {
        "" => "unknown".to_owned(),
        source => format!("clock-{source}"),
    });
    let figures =
        [("source", &*source), ("set", &clock.times_set.to_string()), ("gaps", &format!("{:.0}", clock.gaps_s))];
    let mut text = view.words.with("machine-clock", &figures);
    if let Some(reload) = &view.snapshot.health.reload {
        let key = if reload.refused.is_some() { "machine-reload-refused" } else { "machine-reloaded" };
        text = format!("{text}  {}", view.words.with(key, &[("age", &view.since(reload.t_us))]));
    }
    text
}

/// Draws name, value, age or why there is no value, and source of a channel.
fn channel_line(canvas: &mut Canvas<'_>, y: u16, channel: Channel, view: &View<'_>) {
    let [value_x, age_x, source_x] = [25, 39, 56].map(|x| canvas.at(x));
    let ReadingText { value, age, role } = view.reading(channel, |value| number(value, channel, view));
    let source =
        view.snapshot.sources.iter().find(|source| source.channel == channel && source.state == ReadingState::Valid);
    let source = source.or_else(|| view.snapshot.sources.iter().find(|source| source.channel == channel));
    let source = source.map_or(DASH, |source| &*source.origin);
    // The signal is after the last dot; the message before it is shown if there is room.
    let room = usize::from(canvas.width() - source_x);
    let source = if source.len() > room { source.rsplit('.').next().unwrap_or(source) } else { source };
    let source: String = source.chars().take(room).collect();
    canvas.put(1, y, value_x - 2, &view.channel_name(channel), Role::Text);
    canvas.put(value_x, y, age_x - value_x - 1, &value, role);
    canvas.put(age_x, y, source_x - age_x - 1, &age, if role == Role::Old { Role::Old } else { Role::Label });
    canvas.rest(source_x, y, &source, Role::Label);
}

/// A value in the unit that people read: km/h, mm or cm, degrees, per cent.
fn number(value: f64, channel: Channel, view: &View<'_>) -> String {
    if let Some(read) = peoples_value(value, channel.unit(), channel.name()) {
        return format!("{:.*} {}", read.decimals, read.value, read.unit);
    }
    match channel.unit() {
        "flag" => view.word(if value > 0.5 { "machine-on" } else { "machine-off" }),
        "deg" => format!("{value:.5} °"),
        // Kernels on a plate.
        "1/s" => format!("{value:.1} {}", view.word("machine-kernels-a-second")),
        unit => {
            let decimals = if value.abs() >= 100.0 {
                0
            } else if value.abs() >= 10.0 {
                1
            } else {
                2
            };
            format!("{value:.decimals$} {unit}")
        }
    }
}
