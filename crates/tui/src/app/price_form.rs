//! Prices and the rain, typed on the speed screen: a digit chooses the number, digits and a point are typed, enter sends.

use crossterm::event::{KeyCode, KeyEvent};

use grainloss_core::advice::{Economy, RainAhead};
use grainloss_protocol::prices::PriceEntry;

/// Longest number: `12345.67`.
const MAX_LENGTH: usize = 8;

/// A number that can be entered, in the order of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PriceItem {
    Grain,
    Hour,
    Drying,
    Rain,
    Area,
}

impl PriceItem {
    pub const ALL: [Self; 5] = [Self::Grain, Self::Hour, Self::Drying, Self::Rain, Self::Area];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Grain => "grain",
            Self::Hour => "hour",
            Self::Drying => "drying",
            Self::Rain => "rain",
            Self::Area => "area",
        }
    }

    /// The item of a digit from 1 on.
    fn of(digit: char) -> Option<Self> {
        Self::ALL.get((digit.to_digit(10)? as usize).checked_sub(1)?).copied()
    }

    /// The entry with this number in its place.
    fn put(self, entry: PriceEntry, value: Option<f64>) -> PriceEntry {
        let PriceEntry { economy, rain } = entry;
        let priced = |economy| PriceEntry { economy, rain };
        let rainy = |rain| PriceEntry { economy, rain };
        match self {
            Self::Grain => priced(Economy { price_per_kg: value, ..economy }),
            Self::Hour => priced(Economy { cost_per_h: value, ..economy }),
            Self::Drying => priced(Economy { drying_per_kg: value, ..economy }),
            Self::Rain => rainy(RainAhead { hours_left: value, ..rain }),
            Self::Area => rainy(RainAhead { area_left_ha: value, ..rain }),
        }
    }
}

/// The number that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PriceForm {
    pub item: PriceItem,
    pub text: String,
}

/// What a key did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PriceKey {
    /// Nothing: it is not for the form.
    NotForIt,
    /// The form is open, or was closed without a number.
    Changed,
    /// This is to be sent.
    Entered(PriceEntry),
}

impl PriceForm {
    /// A key with this form open, or none. `now` is what holds; areas are typed in a unit of which a hectare has
    /// `areas_per_ha`.
    pub fn key(form: &mut Option<Self>, key: &KeyEvent, now: PriceEntry, areas_per_ha: f64) -> PriceKey {
        let Some(open) = form else {
            let KeyCode::Char(digit) = key.code else { return PriceKey::NotForIt };
            let Some(item) = PriceItem::of(digit) else { return PriceKey::NotForIt };
            *form = Some(Self { item, text: String::new() });
            return PriceKey::Changed;
        };
        match key.code {
            KeyCode::Char(typed @ ('0'..='9' | '.')) => {
                if open.text.len() < MAX_LENGTH && !(typed == '.' && open.text.contains('.')) {
                    open.text.push(typed);
                }
            }
            KeyCode::Backspace => drop(open.text.pop()),
            KeyCode::Enter => {
                let number = open.text.parse::<f64>().ok().filter(|number| *number > 0.0);
                // An empty text, or 0, is no price: it is taken back.
                let unit = if open.item == PriceItem::Area { areas_per_ha } else { 1.0 };
                let entry = open.item.put(now, number.map(|number| number / unit));
                *form = None;
                return PriceKey::Entered(entry);
            }
            KeyCode::Esc => *form = None,
            _ => {
                *form = None;
                return PriceKey::NotForIt;
            }
        }
        PriceKey::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str, now: PriceEntry) -> PriceKey {
        let mut form = None;
        let mut last = PriceKey::NotForIt;
        for key in keys.chars() {
            let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
            last = PriceForm::key(&mut form, &KeyEvent::from(code), now, 15.0);
        }
        last
    }

    #[test]
    fn a_digit_chooses_and_a_number_replaces_that_one_only() {
        let now = PriceEntry {
            economy: Economy { cost_per_h: Some(300.0), ..Economy::default() },
            rain: RainAhead { hours_left: Some(2.0), area_left_ha: None },
        };
        let PriceKey::Entered(entry) = typed("12.4\n", now) else { panic!() };
        assert_eq!(entry, PriceEntry { economy: Economy { price_per_kg: Some(2.4), ..now.economy }, ..now });
        // Thirty mu are two hectares.
        let PriceKey::Entered(entry) = typed("530\n", now) else { panic!() };
        assert_eq!(entry.rain, RainAhead { hours_left: Some(2.0), area_left_ha: Some(2.0) });
        // Nothing typed takes it back.
        let PriceKey::Entered(entry) = typed("2\n", now) else { panic!() };
        assert_eq!(entry.economy.cost_per_h, None);
        assert_eq!((typed("7", now), typed("x", now)), (PriceKey::NotForIt, PriceKey::NotForIt));
    }
}
