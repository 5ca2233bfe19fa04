//! Page one of a session: what was lost, how it stands beside each limit, what cost it, where, who drove, what was measured;
//! lines to sign, and a square code.

use super::content::{Block, Cell, Section, Table};
use super::drawing::Drawing;
use super::sentence::{decimals, sentence, short, short_band, verdict_words};
use super::{bars, map, pan_table, qr};
use crate::model::{JudgedLimit, MU_PER_HA, SessionReport, scaled};
use crate::text::ReportText;
use grainloss_core::harvest::Interval90;
use grainloss_core::rounding::losses_that_add;
use grainloss_knowledge::local_time::{date_and_time, time_of_day, zone_at};

/// Most rows of habits on page one; the section of the drivers has all.
const MOST_HABITS: usize = 5;
/// Size of the map on page one, points.
const MAP: (f64, f64) = (400.0, 160.0);

/// Page one.
pub fn front(s: &SessionReport, text: &ReportText) -> Section {
    let said = vec![
        Block::Lead(text.in_each(|text| sentence(s, text))),
        Block::Facts(who_and_where(s, text)),
        Block::Facts(amounts(s, text)),
        Block::Table(verdicts(s, text)),
    ];
    let habits = habits(s, text);
    let none = || Block::Note(text.get("report-front-no-habit"));
    let mut left = vec![if habits.rows.is_empty() { none() } else { Block::Table(habits) }];
    left.push(Block::Note(measured(s, text)));
    left.extend(drivers(s, text).map(Block::Chart));
    let mut right = Vec::new();
    right.extend(map::map(s, "map", MAP, text).map(Block::Chart));
    if s.track.is_empty() {
        right.push(Block::Note(text.get("report-note-no-track")));
    }
    let blocks = vec![Block::Columns(vec![said, code(s, text)]), Block::Columns(vec![left, right]), signatures(text)];
    Section { id: format!("front-{}", s.id), heading: text.get("report-front"), level: 1, blocks, new_page: false }
}

/// Who drove what where and when; a name that was not entered has no row.
pub fn who_and_where(s: &SessionReport, text: &ReportText) -> Vec<(String, String)> {
    let entered = &s.entered;
    let drivers: Vec<&str> = s.drivers.iter().filter_map(|part| part.operator.as_deref()).collect();
    let drivers = if drivers.is_empty() { entered.operator.clone() } else { Some(drivers.join(", ")) };
    let machine = text.machine(entered.machine_name.as_deref(), &s.machine);
    let until = s.last_us.map_or_else(String::new, |last| format!("–{}", time_of_day(last)));
    let when = format!("{}{until} {}", date_and_time(s.started_us), zone_at(s.started_us));
    let place = [&entered.township, &entered.place, &entered.field].into_iter().flatten().cloned().collect::<Vec<_>>();
    let facts = [
        ("operator", drivers),
        (
            "front-machine",
            Some(entered.plate.as_ref().map_or_else(|| machine.clone(), |plate| format!("{machine} / {plate}"))),
        ),
        ("crop", Some(text.crop(&s.crop))),
        ("field", Some(place.join(" ")).filter(|place| !place.is_empty())),
        ("front-when", Some(when)),
    ];
    let known = facts.into_iter().filter_map(|(key, value)| Some((text.get(&format!("report-{key}")), value?)));
    known.collect()
}

/// The limits beside which the loss stands: the session's own first, then those of the same harvest mode.
pub fn limits_of(s: &SessionReport) -> Vec<&JudgedLimit> {
    let own = s.limit.as_ref();
    let mode = own.and_then(|judged| judged.limit.mode);
    let of_mode = |judged: &&JudgedLimit| mode.is_none() || judged.limit.mode.is_none() || judged.limit.mode == mode;
    let is_own = |judged: &&JudgedLimit| own.is_some_and(|own| own.limit.id == judged.limit.id);
    let others = s.limits.iter().filter(of_mode).filter(|judged| !is_own(judged));
    own.into_iter().chain(others).collect()
}

/// The loss beside each limit.
pub fn verdicts(s: &SessionReport, text: &ReportText) -> Table {
    let row = |judged: &JudgedLimit| {
        let verdict = verdict_words(Some(judged), text);
        vec![
            Cell::Text(text.bilingual(&judged.limit.name)),
            Cell::Number(judged.limit.percent, 1 + usize::from((judged.limit.percent * 10.0).fract() > 1e-6)),
            Cell::number(s.totals.loss_pct.map(|loss| loss.value), 2),
            Cell::number(s.totals.loss_pct.map(|loss| loss.lo), 2),
            Cell::number(s.totals.loss_pct.map(|loss| loss.hi), 2),
            Cell::Text(verdict),
        ]
    };
    let keys = ["limit", "limit-percent", "front-loss", "lo", "hi", "standing"];
    let heads = keys.iter().map(|key| text.get(&format!("report-col-{key}"))).collect();
    let mut rows: Vec<Vec<Cell>> = limits_of(s).into_iter().map(row).collect();
    if rows.is_empty() {
        let mut row = vec![Cell::Text(text.get("report-say-no-limit")), Cell::Empty];
        let loss = |of: fn(Interval90) -> f64| Cell::number(s.totals.loss_pct.map(of), 2);
        row.extend([loss(|l| l.value), loss(|l| l.lo), loss(|l| l.hi), Cell::Text("—".to_owned())]);
        rows.push(row);
    }
    Table { heads, rows }
}

/// Losses at header and behind, and both, kg, with decimals that suit the sum; as printed the parts add up.
pub fn losses_kg(s: &SessionReport) -> ([Option<Interval90>; 3], usize) {
    let t = &s.totals;
    let decimals = t.loss_kg.map_or(1, |loss| decimals(loss.value).min(1));
    (losses_that_add([t.header_kg, t.rear_kg, t.loss_kg], decimals), decimals)
}

/// What the lost grain is worth, in the price's currency; `None` without a price or a loss.
pub fn money(s: &SessionReport) -> Option<Interval90> {
    s.prices.grain_per_kg.zip(s.totals.loss_kg).map(|(price, loss)| scaled(loss, price))
}

/// Area, grain, loss in kilograms, per cent and money.
pub fn amounts(s: &SessionReport, text: &ReportText) -> Vec<(String, String)> {
    let t = &s.totals;
    let mut facts = Vec::new();
    let mut add = |key: &str, value: String| facts.push((text.get(&format!("report-{key}")), value));
    let mu = text.get("report-unit-mu");
    let area = t.area_ha.map(|ha| format!("{} {mu} ({ha:.2} ha)", short(ha * MU_PER_HA)));
    add("area", area.unwrap_or_else(|| text.unknown()));
    add("grain", text.interval(t.grain_kg, 0, "kg"));
    let ([header, rear, total], decimals) = losses_kg(s);
    add("total-loss", text.interval(total, decimals, "kg"));
    add("header-loss", text.interval(header, decimals, "kg"));
    add("rear-loss", text.interval(rear, decimals, "kg"));
    add("loss-of-grain", text.interval(t.loss_pct, 2, "%"));
    let worth = money(s)
        .map(short_band)
        .zip(s.prices.grain_per_kg)
        .map(|(money, price)| text.with("report-front-worth", &[("money", &money), ("price", &format!("{price}"))]));
    add("front-money", worth.unwrap_or_else(|| text.get("worth-no-price")));
    add("basis", text.basis_of_parts(t.basis, t.stream_bases));
    facts
}

/// The habits that happened, dearest first, each with its price.
pub fn habits(s: &SessionReport, text: &ReportText) -> Table {
    let keys = ["operator", "habit", "habit-count", "habit-kg", "lo", "hi", "habit-money"];
    let mut found: Vec<_> = s
        .drivers
        .iter()
        .flat_map(|part| part.habits.iter().map(move |price| (part, price)))
        .filter(|(_, price)| price.count > 0)
        .collect();
    let kg = |price: &grainloss_core::habits::HabitPrice| price.kg.map_or(f64::MIN, |kg| kg.value);
    found.sort_by(|a, b| kg(b.1).total_cmp(&kg(a.1)));
    let rows = found.into_iter().take(MOST_HABITS).map(|(part, price)| {
        let mut row = vec![
            Cell::Text(part.operator.clone().unwrap_or_else(|| text.unknown())),
            Cell::Text(text.get(&format!("habit-{}", price.habit.word()))),
            Cell::Number(f64::from(price.count), 0),
        ];
        match price.kg {
            Ok(kg) => row.extend([kg.value, kg.lo, kg.hi].map(|kg| Cell::Number(kg, 1))),
            Err(why) => {
                row.extend([Cell::Text(text.get(&format!("untold-{}", why.word()))), Cell::Empty, Cell::Empty]);
            }
        }
        let money = s.prices.grain_per_kg.map(|grain| price.money(grain, s.prices.hour).map(|money| money.value));
        row.push(match money {
            None => Cell::Text(text.get("worth-no-price")),
            Some(money) => Cell::number(money, 1),
        });
        row
    });
    Table { rows: rows.collect(), heads: keys.iter().map(|key| text.get(&format!("report-col-{key}"))).collect() }
}

/// A bar for each driver.
fn drivers(s: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let row = |part: &crate::model::DriverPart| {
        (part.operator.clone().unwrap_or_else(|| text.get("report-front-not-entered")), part.loss_pct)
    };
    let rows: Vec<_> = s.drivers.iter().filter(|part| part.cutting_s > 0).map(row).collect();
    let limit = s.limit.as_ref().map(|judged| judged.limit.percent);
    bars::rates("front-drivers", text.get("report-chart-drivers"), &rows, limit, text)
}

/// The pans, and the points that were measured by hand, each with its loss.
pub fn measured(s: &SessionReport, text: &ReportText) -> String {
    let pans = if s.pans.is_empty() { text.get("report-front-no-pan") } else { pan_table::pan_counts(&s.pans, text) };
    let point = |point: &crate::points::PointReport| {
        let loss = point.result.loss_pct.map_or_else(|| text.unknown(), |loss| format!("{loss:.2} %"));
        text.with("report-front-point", &[("id", &point.stored.id.to_string()), ("loss", &loss)])
    };
    let points: Vec<String> = s.points.iter().map(point).collect();
    let points = if points.is_empty() { text.get("report-front-no-point") } else { points.join("; ") };
    text.with("report-front-measured", &[("pans", &pans), ("points", &points)])
}

/// Lines to sign.
pub fn signatures(text: &ReportText) -> Block {
    let keys = ["driver", "farmer", "checker", "date", "stamp"];
    Block::Signatures(keys.iter().map(|key| text.get(&format!("report-sign-{key}"))).collect())
}

/// The square code, and what it is.
pub fn code(s: &SessionReport, text: &ReportText) -> Vec<Block> {
    let Some(code) = &s.code else { return Vec::new() };
    let root = s
        .seal
        .as_ref()
        .and_then(|seal| seal.root.get(..16))
        .map_or_else(|| text.get("report-seal-none"), str::to_owned);
    let key = if code.contains(" SIGN ") { "report-code-signed" } else { "report-code-unsigned" };
    let caption = text.with(key, &[("id", &s.id.to_string()), ("root", &root)]);
    qr::code(code, caption).map(|drawing| Block::Code(drawing, code.clone())).into_iter().collect()
}

/// The ticket of a session: who, where, crop, area, grain, loss, verdict, money; lines to sign, and the square code.
pub fn ticket(s: &SessionReport, new_page: bool, text: &ReportText) -> Section {
    let mut table = verdicts(s, text);
    // The ticket is narrow: the interval stands in the sentence.
    table.heads.drain(2..5);
    table.rows.iter_mut().for_each(|row| {
        row.drain(2..5);
    });
    // What the code is stands beside it.
    let mut square = code(s, text);
    let caption = match square.first_mut() {
        Some(Block::Code(drawing, _)) => std::mem::take(&mut drawing.caption),
        _ => String::new(),
    };
    let blocks = vec![
        Block::Facts(who_and_where(s, text)),
        Block::Lead(text.in_each(|text| sentence(s, text))),
        Block::Columns(vec![vec![Block::Table(table), Block::Note(measured(s, text)), Block::Note(caption)], square]),
        Block::Facts(amounts(s, text)),
        signatures(text),
    ];
    Section { id: format!("ticket-{}", s.id), heading: String::new(), level: 1, blocks, new_page }
}
