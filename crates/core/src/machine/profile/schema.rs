//! The JSON schema of a profile, made fit for TOML, which has no null: what may be left out is left out.

use serde_json::{Map, Value, json};

/// The same schema without nulls: an editor would offer them.
pub(super) fn for_toml(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => Value::Object(object(map)),
        Value::Array(items) => items.iter().map(for_toml).collect(),
        other => other.clone(),
    }
}

fn object(map: &Map<String, Value>) -> Map<String, Value> {
    let mut without = Map::new();
    for (key, value) in map {
        match (key.as_str(), value) {
            ("default", Value::Null) => {}
            ("type", Value::Array(types)) => {
                let of = types.iter().find(|of| **of != json!("null")).cloned().unwrap_or(Value::Null);
                without.insert(key.clone(), of);
            }
            ("anyOf", Value::Array(choices)) if choices.contains(&json!({ "type": "null" })) => {
                // One choice is left: its keys stand in for it.
                let left = choices.iter().filter(|choice| **choice != json!({ "type": "null" })).map(for_toml);
                without.extend(left.filter_map(|choice| choice.as_object().cloned()).flatten());
            }
            _ => {
                without.insert(key.clone(), for_toml(value));
            }
        }
    }
    without
}
