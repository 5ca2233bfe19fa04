//! Two recordings side by side.

use grainloss_fitting::{Change, Difference};
use serde_json::{Value, json};

use super::named::Named;
use super::table::bits;
use crate::cli::error::CliError;
use crate::cli::table::{columns, say};

pub(super) fn table(found: &[Difference], named: &Named<'_>) -> Result<(), CliError> {
    let words = named.words;
    if found.is_empty() {
        return say(&words.get("seen-same"));
    }
    let several = found.iter().any(|difference| difference.interface.is_some());
    let mut heads = ["id", "name", "different"].map(|key| words.get(&format!("seen-{key}"))).to_vec();
    if several {
        heads.insert(0, words.get("seen-interface"));
    }
    let mut rows = vec![heads];
    for difference in found {
        let mut name = named.name(difference.id);
        if let Some((element, ddi)) = difference.process {
            let values = [("element", &*element.to_string()), ("ddi", &named.ddi(ddi))];
            name = words.with("seen-value-of", &values);
        }
        let mut changes: Vec<String> = difference.changes.iter().map(|change| text(change, named)).collect();
        if let (Some((was, is)), Some((_, ddi))) = (difference.values, difference.process) {
            let range = |(low, high): (i32, i32)| {
                let (low, high) = (named.value(ddi, low), named.value(ddi, high));
                if low == high { low } else { format!("{low} – {high}") }
            };
            changes.push(words.with("seen-value-change", &[("before", &*range(was)), ("after", &range(is))]));
        }
        for (at, change) in changes.into_iter().enumerate() {
            // The name stands in the first line only.
            let (id, name) = if at == 0 { (difference.id.to_string(), name.clone()) } else { Default::default() };
            let mut row = vec![id, name, change];
            if several {
                row.insert(0, difference.interface.clone().filter(|_| at == 0).unwrap_or_default());
            }
            rows.push(row);
        }
    }
    columns(&rows)?;
    say(&words.get("seen-legend-compared"))
}

fn range((low, high): (u8, u8)) -> String {
    if low == high { format!("{low:02X}") } else { format!("{low:02X}–{high:02X}") }
}

fn text(change: &Change, named: &Named<'_>) -> String {
    let words = named.words;
    let ranges = |key: &str, byte: usize, (was, is): ((u8, u8), (u8, u8)), bits: &str| {
        let values = [("byte", &*byte.to_string()), ("before", &range(was)), ("after", &range(is)), ("bits", bits)];
        words.with(key, &values)
    };
    match *change {
        Change::New => words.get("seen-new"),
        Change::Gone => words.get("seen-gone"),
        Change::Switched { byte, values: (was, is) } => {
            ranges("seen-switched", byte, ((was, was), (is, is)), &bits(was ^ is))
        }
        Change::Moving { byte, now: 0, before, ranges: of } => ranges("seen-still", byte, of, &bits(before)),
        Change::Moving { byte, now, ranges: of, .. } => ranges("seen-moving", byte, of, &bits(now)),
        Change::Range { byte, ranges: of } => ranges("seen-elsewhere", byte, of, ""),
        Change::Period(was, is) => {
            words.with("seen-other-period", &[("before", &*format!("{was:.1}")), ("after", &format!("{is:.1}"))])
        }
    }
}

pub(super) fn to_json(found: &[Difference], named: &Named<'_>) -> Value {
    let change = |change: &Change| match *change {
        Change::New => json!({"kind": "new"}),
        Change::Gone => json!({"kind": "gone"}),
        Change::Switched { byte, values: (was, is) } => {
            json!({"kind": "switched", "byte": byte, "bits": was ^ is, "before": was, "after": is})
        }
        Change::Moving { byte, now, before, ranges: (was, is) } => {
            json!({"kind": "moving", "byte": byte, "bits": now, "bits_before": before, "before": was, "after": is})
        }
        Change::Range { byte, ranges: (was, is) } => {
            json!({"kind": "range", "byte": byte, "before": was, "after": is})
        }
        Change::Period(was, is) => json!({"kind": "period", "before": was, "after": is}),
    };
    let differences: Vec<Value> = found
        .iter()
        .map(|difference| {
            let values = difference.values.map(|(was, is)| json!({"before": was, "after": is}));
            json!({
                "id": difference.id.to_string(), "interface": difference.interface, "name": named.name(difference.id),
                "element": difference.process.map(|(element, _)| element), "ddi": difference.process.map(|(_, ddi)| ddi),
                "changes": difference.changes.iter().map(change).collect::<Vec<_>>(), "raw_values": values,
            })
        })
        .collect();
    json!({"differences": differences})
}
