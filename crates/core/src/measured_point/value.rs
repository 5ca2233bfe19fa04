//! The items of a point by their keys.

use serde_json::Value;

use super::fields::field;
use super::point::{MeasuredPoint, PointArea};

impl MeasuredPoint {
    /// The value of an item, such as `head.county` or `area.2.ground_g`, as JSON; null when it was not entered.
    pub fn value(&self, key: &str) -> Value {
        let mut at = serde_json::to_value(self).unwrap_or_default();
        for name in key.split('.') {
            // Areas and photos are counted from 1.
            let below = match name.parse::<usize>() {
                Ok(number) => number.checked_sub(1).and_then(|index| at.get_mut(index)),
                Err(_) => at.get_mut(name),
            };
            at = below.map_or(Value::Null, Value::take);
        }
        at
    }

    /// The same point with another value of an item; null takes it out. An area with the next free number is added. `None`
    /// when there is no such item, or it cannot hold such a value.
    #[must_use]
    pub fn with_value(&self, key: &str, value: Value) -> Option<Self> {
        field(key)?;
        let mut json = serde_json::to_value(self).ok()?;
        let mut at = &mut json;
        for name in key.split('.') {
            at = match (name.parse::<usize>(), at) {
                (Ok(number), Value::Array(areas)) => {
                    let index = number.checked_sub(1).filter(|index| *index <= areas.len())?;
                    if index == areas.len() {
                        areas.push(serde_json::to_value(PointArea::default()).ok()?);
                    }
                    &mut areas[index]
                }
                (_, Value::Object(table)) => table.entry(name).or_insert(Value::Null),
                _ => return None,
            };
        }
        *at = value;
        // A list and a word are never null: what is taken out takes its default.
        without_null(&mut json);
        serde_json::from_value(json).ok()
    }
}

fn without_null(json: &mut Value) {
    match json {
        Value::Object(table) => {
            table.retain(|_, value| !value.is_null());
            table.values_mut().for_each(without_null);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}
