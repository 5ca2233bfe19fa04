//! The list of identifiers: which are shown in what order, and the rows with their bytes.

use crossterm::event::{KeyCode, KeyEvent};

use super::deck::Deck;
use super::look::Look;
use super::place::Place;
use super::traffic::{Flow, Key, Traffic};
use crate::theme::Role;
use crate::widgets::canvas::Canvas;
use crate::widgets::glyphs::BARS;

/// The order is kept so long, µs, so that a row can be read.
const ORDER_EVERY_US: i64 = 1_000_000;
/// What a curve beside a row shows, µs.
pub(crate) const CURVE_US: i64 = 30_000_000;
/// Bytes that a row shows.
const SHOWN: usize = 8;
/// Columns: identifier, period, bytes, bars.
const ID: u16 = 1;
const PERIOD: u16 = 12;
const BYTES: u16 = 21;
const BARS_AT: u16 = 46;
const CURVE: u16 = 56;

/// What is shown of the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    cursor: Option<Key>,
    pub byte: usize,
    /// What changes more than usual first, instead of by identifier.
    pub by_news: bool,
    /// Identifiers are shown when they hold this text, in hexadecimal; all when it is empty.
    pub filter: String,
    order: Vec<Key>,
    ordered_us: Option<i64>,
}

impl Rows {
    /// What changes more than usual comes first.
    pub fn by_news() -> Self {
        Self { by_news: true, ..Self::default() }
    }

    /// Makes the order anew when it is time, or when the place has jumped.
    pub fn update(&mut self, traffic: &Traffic, now_us: i64) {
        let is_fresh = self.ordered_us.is_some_and(|at| (0..ORDER_EVERY_US).contains(&(now_us - at)));
        if is_fresh && self.order.len() == traffic.len() {
            return;
        }
        self.reorder(traffic, now_us);
    }

    pub fn reorder(&mut self, traffic: &Traffic, now_us: i64) {
        self.ordered_us = Some(now_us);
        let filter = self.filter.to_uppercase();
        let mut all: Vec<(Key, f64)> = traffic
            .flows()
            .filter(|((id, _), _)| filter.is_empty() || id.to_string().contains(&filter))
            .map(|(key, flow)| (key, if self.by_news { flow.most_news(now_us).1 } else { 0.0 }))
            .collect();
        if self.by_news {
            // Nearly the same is the same: then by identifier, which stands still.
            all.sort_by_key(|(_, news)| std::cmp::Reverse((news.max(0.0) * 2.0) as i64));
        }
        self.order = all.into_iter().map(|(key, _)| key).collect();
        if self.cursor.is_none_or(|cursor| !self.order.contains(&cursor)) {
            self.cursor = self.order.first().copied();
        }
    }

    /// The chosen identifier.
    pub const fn cursor(&self) -> Option<Key> {
        self.cursor
    }

    /// The chosen byte as a number.
    pub fn place(&self) -> Option<Place> {
        Place::byte(self.cursor?, self.byte)
    }

    /// Up and down choose an identifier, tab a byte of it. False when the key is another one.
    pub fn key(&mut self, key: &KeyEvent, deck: &Deck) -> bool {
        let at = self.cursor.and_then(|cursor| self.order.iter().position(|key| *key == cursor)).unwrap_or(0);
        let step = |to: usize| self.order.get(to).copied().or(self.cursor);
        match key.code {
            KeyCode::Up => self.cursor = step(at.saturating_sub(1)),
            KeyCode::Down => self.cursor = step(at + 1),
            KeyCode::Tab | KeyCode::BackTab => {
                let bytes =
                    self.cursor.and_then(|cursor| deck.shown().0.get(cursor)).map_or(0, |flow| flow.payload.len());
                let by = if key.code == KeyCode::Tab { 1 } else { bytes.saturating_sub(1) };
                self.byte = (self.byte + by) % bytes.max(1);
            }
            _ => return false,
        }
        true
    }

    /// Draws `rows` lines from `y` on, the cursor among them. `name` gives what else is said of an identifier; without one
    /// a curve of the byte that changes more than usual is drawn there.
    pub fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        (y, rows): (u16, u16),
        deck: &Deck,
        look: &Look,
        name: Option<&dyn Fn(Key) -> String>,
    ) {
        let (traffic, now_us) = deck.shown();
        let at = self.cursor.and_then(|cursor| self.order.iter().position(|key| *key == cursor)).unwrap_or(0);
        let rows = usize::from(rows);
        let first = if self.by_news && at < rows { 0 } else { at.saturating_sub(rows / 2) };
        let first = first.min(self.order.len().saturating_sub(rows));
        for (line, key) in self.order.iter().skip(first).take(rows).enumerate() {
            let Some(flow) = traffic.get(*key) else { continue };
            self.row(canvas, y + line as u16, *key, flow, (now_us, look, name.is_none()));
            if let Some(name) = name {
                canvas.put(
                    BARS_AT,
                    y + line as u16,
                    canvas.width().saturating_sub(BARS_AT),
                    &clipped(canvas, &name(*key)),
                    Role::Label,
                );
            } else {
                curve_beside(canvas, y + line as u16, *key, flow, now_us);
            }
        }
    }

    fn row(&self, canvas: &mut Canvas<'_>, y: u16, key: Key, flow: &Flow, (now_us, look, bars): (i64, &Look, bool)) {
        let is_chosen = self.cursor == Some(key);
        let (news_byte, _) = flow.most_news(now_us);
        let role = if is_chosen { Role::Chosen } else { Role::Value };
        canvas.put(0, y, 1, if is_chosen { "▶" } else { " " }, Role::Text);
        let id = if key.1 == 0 { key.0.to_string() } else { format!("{}:{}", key.0, key.1) };
        canvas.put(ID, y, PERIOD - ID - 1, &id, role);
        let is_silent = flow.period_us.is_some_and(|period| (now_us - flow.last_us) as f64 > period * 5.0 + 1e6);
        let period = match flow.period_us {
            _ if is_silent => look.word("learn-silent"),
            Some(us) if us >= 9.95e6 => format!("{:.0} s", us / 1e6),
            Some(us) => format!("{:.0} ms", us / 1e3),
            None => String::new(),
        };
        canvas.put(PERIOD, y, BYTES - PERIOD - 1, &period, if is_silent { Role::Old } else { Role::Label });
        // The eight bytes with the cursor, or those where most happens.
        let from = if is_chosen { self.byte } else { news_byte } / SHOWN * SHOWN;
        for (place, byte) in flow.payload.iter().enumerate().skip(from).take(SHOWN) {
            let x = BYTES + 3 * (place - from) as u16;
            let usual = if is_silent { Role::Old } else { Role::Text };
            canvas.put_styled(x, y, &format!("{byte:02X}"), look.glow(flow.byte_glow(place, now_us), usual));
            if is_chosen && place == self.byte {
                canvas.put(x + 2, y, 1, "<", Role::Value);
            }
            let bar = BARS[usize::from(byte / 32)];
            if bars && canvas.width() >= 60 && *byte > 0 {
                canvas.put_styled(BARS_AT + (place - from) as u16, y, bar, look.glow(0, Role::Label));
            }
        }
    }
}

fn clipped(canvas: &Canvas<'_>, text: &str) -> String {
    crate::widgets::canvas::clip(text, usize::from(canvas.width().saturating_sub(BARS_AT + 1)))
}

fn curve_beside(canvas: &mut Canvas<'_>, y: u16, key: Key, flow: &Flow, now_us: i64) {
    let (byte, news) = flow.most_news(now_us);
    if news < 2f64.ln() || canvas.width() < CURVE + 10 {
        return;
    }
    let Some(place) = Place::byte(key, byte) else { return };
    let columns = canvas.width() - CURVE - 1;
    spark(canvas, (CURVE, y, columns), &place.curve(flow, now_us, CURVE_US, usize::from(columns)));
}

/// A curve in one line, from its least to its greatest value.
pub(crate) fn spark(canvas: &mut Canvas<'_>, (x, y, columns): (u16, u16, u16), values: &[Option<f64>]) {
    let Some((low, high)) = range(values) else { return };
    for (at, value) in values.iter().take(usize::from(columns)).enumerate() {
        let Some(value) = value else { continue };
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        canvas.put(x + at as u16, y, 1, BARS[(share * 7.0).round() as usize], Role::Value);
    }
}

/// The least and the greatest of the values that are known.
pub(crate) fn range(values: &[Option<f64>]) -> Option<(f64, f64)> {
    let known = values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    (low <= high).then_some((low, high))
}
