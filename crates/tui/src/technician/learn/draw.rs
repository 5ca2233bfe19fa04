//! The pages of the guide.

use ratatui::Frame as Picture;

use super::state::{Choice, Learn, Offer, Page};
use crate::technician::form::{HEIGHTS, Kind, LINES};
use crate::technician::place::Place;
use crate::technician::rows::{CURVE_US, range, spark};
use crate::technician::slider;
use crate::technician::text::paragraph;
use crate::theme::Role;
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::numbers::DASH;
use grainloss_core::clean_text::clean_line;
use grainloss_find::Quantity;

/// Below this the picture would say nothing.
const MIN_COLUMNS: u16 = 40;
const MIN_ROWS: u16 = 8;

pub(super) fn draw(learn: &Learn, picture: &mut Picture<'_>) -> Vec<String> {
    let area = picture.area();
    let mut canvas = Canvas::new(picture.buffer_mut(), area, &learn.look.styles);
    if area.width < MIN_COLUMNS || area.height < MIN_ROWS {
        canvas.rest(0, 0, &learn.look.word("learn-too-small"), Role::Text);
        return Vec::new();
    }
    title(&mut canvas, learn);
    match learn.page {
        Page::Step => step(&mut canvas, learn),
        Page::Choose => choose(&mut canvas, learn),
        Page::Form => form(&mut canvas, learn),
    }
    foot(&mut canvas, learn);
    // A smaller terminal gives rows and ends of lines up.
    if area.width < 80 || area.height < 24 { Vec::new() } else { canvas.cut }
}

/// Source, what is held or played, marks, frames.
fn title(canvas: &mut Canvas<'_>, learn: &Learn) {
    let (traffic, _) = learn.deck.shown();
    let marks = learn.marks.len().to_string();
    let right = learn
        .look
        .words
        .with("learn-counts", &[("marks", &marks), ("ids", &traffic.count()), ("frames", &traffic.frames.to_string())]);
    let left = format!("{}  {}", learn.look.word("learn-title"), clean_line(&learn.source));
    let room = usize::from(canvas.width()).saturating_sub(unicode_width::UnicodeWidthStr::width(&*right) + 3);
    canvas.line(0, &clip(&left, room), Role::Value);
    canvas.put_right(0, &format!("{right} "), Role::Text);
}

/// The lowest lines: the log's slider, a note or what is typed, the keys.
fn foot(canvas: &mut Canvas<'_>, learn: &Learn) {
    let last = canvas.height() - 1;
    let width = usize::from(canvas.width()).saturating_sub(2);
    if let Some((note, _)) = &learn.note {
        canvas.fill_line(last - 1, Role::Chosen);
        canvas.line(last - 1, &clip(&clean_line(note), width), Role::Chosen);
    } else if let Some(prompt) = &learn.prompt {
        canvas.fill_line(last - 1, Role::Chosen);
        let word = learn.look.word(&format!("learn-mark-{}", prompt.word));
        let text = learn.look.words.with("learn-prompt", &[("what", &word), ("text", &prompt.text)]);
        canvas.line(last - 1, &clip(&text, width), Role::Chosen);
    } else if let Some(trouble) = &learn.trouble {
        canvas.fill_line(last - 1, Role::High);
        canvas.line(last - 1, &clip(&clean_line(trouble), width), Role::High);
    } else {
        slider::draw(canvas, last - 1, &learn.deck, &learn.look);
    }
    let page = match learn.page {
        Page::Step if learn.deck.is_log() => "learn-keys-log",
        Page::Step => "learn-keys-live",
        Page::Choose => "learn-keys-choose",
        Page::Form => "learn-keys-form",
    };
    canvas.line(last, &learn.look.word(page), Role::Label);
}

/// What to do, the keys of the marks, the bus, and the candidates.
fn step(canvas: &mut Canvas<'_>, learn: &Learn) {
    let Some(step) = learn.steps.get(learn.step) else { return };
    let lang = learn.look.words.lang;
    let (number, count) = ((learn.step + 1).to_string(), learn.steps.len().to_string());
    let head = [
        ("number", &*number),
        ("count", &count),
        ("name", step.name.get(lang)),
        ("minutes", &step.minutes.to_string()),
    ];
    canvas.rule(1, &learn.look.words.with("learn-step", &head));
    let free = canvas.height().saturating_sub(4);
    let most = (free / 3).clamp(1, 4);
    let mut y = 2 + paragraph(canvas, 2, most, step.text.get(lang));
    let mut x = 1;
    for (at, (word, _)) in step.notes().enumerate() {
        let last = learn.marks.iter().rev().find(|mark| mark.word == word);
        let times = learn.marks.iter().filter(|mark| mark.word == word).count();
        let mut text = format!("[{}] {}", at + 1, learn.look.word(&format!("learn-mark-{word}")));
        if let Some(last) = last {
            let value = if last.value.is_empty() { String::new() } else { format!(" ({})", last.value) };
            text = format!("{text} ×{times}{value}");
        }
        let columns = unicode_width::UnicodeWidthStr::width(&*text) as u16;
        if x > 1 && x + columns >= canvas.width() {
            (x, y) = (1, y + 1);
        }
        canvas.rest(x, y, &text, Role::Value);
        x += columns + 2;
    }
    if x > 1 {
        y += 1;
    }
    // Half of what is left for the bus, the other half for the candidates as far as they need it.
    let end = canvas.height() - 2;
    let left = end.saturating_sub(y);
    let offers = offer_lines(learn);
    let wanted = (offers.len() as u16 + 1).min(left / 2);
    let rows = if left >= 6 { left - wanted } else { left };
    if rows > 1 {
        let order = if learn.rows.by_news { "learn-bus-news" } else { "learn-bus-id" };
        canvas.rule(y, &learn.look.word(order));
        learn.rows.draw(canvas, (y + 1, rows - 1), &learn.deck, &learn.look, None);
    }
    let y = y + rows;
    if y + 1 < end {
        let state = if learn.ranks { "learn-offers-ranks" } else { "learn-offers" };
        canvas.rule(y, &learn.look.word(state));
        for (line, (text, role)) in offers.iter().take(usize::from(end - y - 1)).enumerate() {
            canvas.line(y + 1 + line as u16, &clip(text, usize::from(canvas.width()) - 2), *role);
        }
    }
}

/// The best two candidates of each quantity of the step.
fn offer_lines(learn: &Learn) -> Vec<(String, Role)> {
    let Some(step) = learn.steps.get(learn.step) else { return Vec::new() };
    let mut lines = Vec::new();
    for quantity in step.quantities() {
        let offers = learn.offers(quantity);
        let name = learn.named(quantity);
        if offers.is_empty() {
            lines.push((format!("{name}: {}", learn.look.word("learn-none-yet")), Role::Label));
        }
        for offer in offers.iter().take(2) {
            lines.push((format!("{name}: {}", offer_text(learn, quantity, offer)), Role::Text));
        }
    }
    lines
}

fn offer_text(learn: &Learn, quantity: Quantity, offer: &Offer) -> String {
    let chosen = matches!(learn.choice(quantity), Choice::Field(own) if own.candidate.field == offer.candidate.field);
    let tick = if chosen { "●" } else { "○" };
    format!("{tick} {:.0} %  {}  {}", offer.candidate.score * 100.0, clean_line(&offer.place), clean_line(&offer.why))
}

/// Every quantity with what was decided, and beside it the candidates of the chosen one.
fn choose(canvas: &mut Canvas<'_>, learn: &Learn) {
    let words = &learn.look.words;
    let decided = learn.choices.iter().filter(|(_, choice)| *choice != Choice::Open).count().to_string();
    let head = [("decided", &*decided), ("count", &learn.choices.len().to_string())];
    canvas.rule(1, &words.with(if learn.ranks { "learn-choose-ranks" } else { "learn-choose" }, &head));
    let end = canvas.height() - 2;
    let quantity = Quantity::ALL[learn.quantity.min(Quantity::ALL.len() - 1)];
    let detail = (end - 2) / 2;
    let rows = usize::from(end - 2 - detail);
    let first = learn.quantity.saturating_sub(rows / 2).min(Quantity::ALL.len().saturating_sub(rows));
    for (line, (own, choice)) in learn.choices.iter().enumerate().skip(first).take(rows) {
        let y = 2 + (line - first) as u16;
        let is_here = *own == quantity;
        canvas.put(0, y, 1, if is_here { "▶" } else { " " }, Role::Text);
        canvas.put(1, y, 24, &clip(&learn.named(*own), 23), if is_here { Role::Chosen } else { Role::Label });
        let count = learn.offers(*own).len();
        let (text, role) = match choice {
            Choice::Absent => (learn.look.word("learn-absent"), Role::Good),
            Choice::Field(offer) => (format!("● {:.0} %  {}", offer.candidate.score * 100.0, offer.place), Role::Good),
            Choice::Open if count == 0 => (learn.look.word("learn-none-yet"), Role::Label),
            Choice::Open => (words.with("learn-open", &[("count", &count.to_string())]), Role::Text),
        };
        let room = usize::from(canvas.width().saturating_sub(26));
        canvas.rest(25, y, &clip(&clean_line(&text), room), role);
    }
    details(canvas, (2 + rows as u16, end), quantity, learn);
}

/// The candidates of a quantity with their reasons and curves.
fn details(canvas: &mut Canvas<'_>, (mut y, end): (u16, u16), quantity: Quantity, learn: &Learn) {
    canvas.rule(y, &learn.named(quantity));
    y += 1;
    let offers = learn.offers(quantity);
    if offers.is_empty() && y < end {
        canvas.line(y, &learn.look.word("learn-none-long"), Role::Text);
    }
    let columns = canvas.width().saturating_sub(4);
    for (at, offer) in offers.iter().enumerate() {
        if y >= end {
            return;
        }
        let text = format!("{} {}", at + 1, offer_text(learn, quantity, offer));
        let room = usize::from(canvas.width()) - 2;
        let is_first = at == 0 && end > y + 3;
        if is_first {
            // The reasons of the best one are read whole.
            y += paragraph(canvas, y, 2, &clip(&text, room * 2 - 8));
        } else {
            canvas.line(y, &clip(&text, room), Role::Text);
            y += 1;
        }
        let (traffic, now_us) = learn.deck.shown();
        let place = Place::of(&offer.candidate.field);
        let Some((place, flow)) = place.and_then(|place| Some((place.clone(), traffic.get(place.key)?))) else {
            continue;
        };
        if is_first && y < end {
            let values = place.curve(flow, now_us, CURVE_US, usize::from(columns.saturating_sub(24)));
            let label = range(&values).map_or_else(|| DASH.to_owned(), |(low, high)| format!("{low:.0}…{high:.0}"));
            canvas.put(3, y, 20, &clip(&label, 20), Role::Label);
            spark(canvas, (24, y, columns.saturating_sub(24)), &values);
            y += 1;
        }
    }
}

/// What is typed in.
fn form(canvas: &mut Canvas<'_>, learn: &Learn) {
    let words = &learn.look.words;
    canvas.rule(1, &words.get("learn-form"));
    let end = canvas.height() - 2;
    let rows = usize::from(end.saturating_sub(2));
    let at = learn.form.at;
    let first = if LINES.len() <= rows { 0 } else { at.saturating_sub(rows / 2).min(LINES.len() - rows) };
    let raw_now = learn.height_raw();
    for (line, (key, kind)) in LINES.iter().enumerate().skip(first).take(rows) {
        let y = 2 + (line - first) as u16;
        let is_here = line == at;
        let role = if is_here { Role::Chosen } else { Role::Label };
        let label = words.get(&format!("learn-field-{key}"));
        canvas.put(1, y, 35, &clip(&label, 34), role);
        let text = clean_line(&learn.form.texts[line]).into_owned();
        let shown = match kind {
            Kind::Write => String::new(),
            Kind::Choice(_) if text.is_empty() => words.get("learn-unknown"),
            Kind::Choice(_) => words.get(&format!("learn-threshing-{text}")),
            Kind::Height => {
                let place = usize::from(line == HEIGHTS[1]);
                let raw = |value: Option<f64>| value.map_or_else(|| DASH.to_owned(), |raw| format!("{raw:.0}"));
                let beside = match learn.form.raw[place] {
                    Some(taken) => words.with("learn-raw-taken", &[("raw", &raw(Some(taken)))]),
                    None => words.with("learn-raw-now", &[("raw", &raw(raw_now))]),
                };
                format!("{text}{}  {beside}", if is_here { "_" } else { "" })
            }
            _ => format!("{text}{}", if is_here { "_" } else { "" }),
        };
        let room = usize::from(canvas.width().saturating_sub(38));
        canvas.rest(37, y, &clip(&shown, room), Role::Value);
    }
    let y = 2 + LINES.len() as u16 + 1;
    if y + 1 < end {
        paragraph(canvas, y, end - y, &words.get("learn-form-hint"));
    }
}
