//! Drivers or machines compared with each other, where their work was alike.

use super::matched::{Matched, matched};
use super::visit::Visit;
use super::wording::{not_matched, strata_text, verdict_text};
use crate::document::{Cell, Table};
use crate::text::ReportText;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Drivers, on the same machine.
    Operator,
    /// Machines.
    Machine,
}

/// One row for each pair in each crop: never across crops, and drivers only on the same machine.
pub fn compare(visits: &[Visit], subject: Subject, text: &ReportText) -> Table {
    let keys = [
        "crop",
        "first",
        "second",
        "first-n",
        "first-h",
        "first-loss",
        "second-n",
        "second-h",
        "second-loss",
        "ratio-pair",
        "lo",
        "hi",
        "conclusion",
        "strata",
    ];
    let name = |visit: &Visit| match subject {
        Subject::Operator => {
            let operator = visit.operator.clone().unwrap_or_else(|| text.unknown());
            format!("{operator} ({})", visit.machine)
        }
        Subject::Machine => visit.machine.clone(),
    };
    // In the order in which they first worked; of drivers only those on one machine are compared.
    let mut groups: Vec<(String, String, String, Vec<&Visit>)> = Vec::new();
    for visit in visits {
        let (crop, name) = (visit.crop.clone(), name(visit));
        match groups.iter_mut().find(|(of, known, ..)| *of == crop && *known == name) {
            Some((.., of)) => of.push(visit),
            None => groups.push((crop, name, visit.machine.clone(), vec![visit])),
        }
    }
    let mut rows = Vec::new();
    for (at, (crop, first, machine, of_first)) in groups.iter().enumerate() {
        for (other_crop, second, other_machine, of_second) in &groups[at + 1..] {
            let is_pair = crop == other_crop && (subject == Subject::Machine || machine == other_machine);
            if is_pair {
                let mut row = vec![Cell::Text(text.crop(crop)), Cell::Text(first.clone()), Cell::Text(second.clone())];
                row.extend(compared(matched(of_first, of_second), text));
                rows.push(row);
            }
        }
    }
    Table { heads: keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect(), rows }
}

fn compared(found: Result<Matched, super::matched::NotMatched>, text: &ReportText) -> Vec<Cell> {
    let found = match found {
        Ok(found) => found,
        Err(why) => {
            let mut cells = vec![Cell::Empty; 9];
            cells.extend([Cell::Text(not_matched(why, text)), Cell::Empty]);
            return cells;
        }
    };
    let mut cells = Vec::new();
    for side in 0..2 {
        cells.extend([
            Cell::Number(found.visits[side] as f64, 0),
            Cell::Number(found.hours[side], 2),
            Cell::Number(found.loss_pct[side], 2),
        ]);
    }
    let change = found.change;
    cells.extend([Cell::Number(change.ratio, 2), Cell::number(change.lo, 2), Cell::number(change.hi, 2)]);
    cells.push(Cell::Text(verdict_text(found.verdict, text)));
    cells.push(Cell::Text(strata_text(&found.weights, text)));
    cells
}
