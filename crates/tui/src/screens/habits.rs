//! The price of habits: what the faults of who drives now have cost in this session.

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::numbers::{DASH, band, signed_interval, two_digits, with_interval};
use grainloss_core::habits::{Habit, HabitPrice};
use grainloss_core::harvest::Interval90;

/// Where the columns start.
const COLUMN_X: [u16; 5] = [1, 22, 28, 37, 59];

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let operator = view.snapshot.session.operator.clone().unwrap_or_else(|| view.word("unknown"));
    canvas.line(3, &view.words.with("habits-of", &[("operator", &operator)]), Role::Value);
    let unit = view.units.mass_name();
    let heads = [
        view.word("habits-head"),
        view.word("habits-count"),
        view.word("habits-minutes"),
        view.words.with("habits-lost", &[("unit", unit)]),
        view.word("habits-time"),
    ];
    for (x, head) in COLUMN_X.into_iter().zip(&heads) {
        canvas.rest(canvas.at(x), 5, head, Role::Label);
    }
    for (row, habit) in Habit::ALL.into_iter().enumerate() {
        let y = 6 + 3 * row as u16;
        let price = view.snapshot.habits.iter().find(|price| price.habit == habit);
        canvas.rest(canvas.at(COLUMN_X[0]), y, &view.word(&format!("habit-{}", habit.word())), Role::Text);
        match price {
            Some(price) => happened(canvas, y, price, view),
            None => canvas.rest(canvas.at(COLUMN_X[1]), y, "0", Role::Label),
        }
    }
    canvas.paragraph(1, 18, 4, &view.word("habits-about"), Role::Label);
}

/// Draws what one habit has cost, two lines.
fn happened(canvas: &mut Canvas<'_>, y: u16, price: &HabitPrice, view: &View<'_>) {
    let mass = |kg: f64| view.units.mass(kg);
    let kg =
        price.kg.map(|kg| if kg.lo > 0.0 { with_interval(band(kg, mass)) } else { signed_interval(band(kg, mass)) });
    let minutes = price.lost_s.map(|lost| signed_interval(band(lost, |seconds| seconds / 60.0)));
    let cells = [
        price.count.to_string(),
        two_digits(price.seconds / 60.0),
        kg.clone().unwrap_or_else(|_| view.word("habits-untold")),
        minutes.unwrap_or_else(|_| view.word("habits-untold")),
    ];
    for (x, cell) in COLUMN_X[1..].iter().zip(cells) {
        canvas.rest(canvas.at(*x), y, &cell, Role::Value);
    }
    let second = match price.kg {
        Err(why) => view.words.with("habits-why", &[("why", &view.word(&format!("untold-{}", why.word())))]),
        Ok(kg) => {
            let each = two_digits((mass(kg.value) / f64::from(price.count.max(1))).max(0.0));
            let money = money(price, view).unwrap_or_else(|| DASH.to_owned());
            let figures = [("each", &*each), ("unit", view.units.mass_name()), ("money", &money)];
            view.words.with("habits-each", &figures)
        }
    };
    canvas.rest(canvas.at(3), y + 1, &second, Role::Label);
}

fn money(price: &HabitPrice, view: &View<'_>) -> Option<String> {
    let prices = &view.snapshot.session.prices;
    let money: Interval90 = price.money(prices.economy.price_per_kg?, prices.economy.cost_per_h)?;
    let shown = if money.lo > 0.0 { with_interval(money) } else { signed_interval(money) };
    Some(format!("{shown} {}", view.currency(&prices.currency)))
}
