//! The table of machines as CSV, and changes of machines.

use std::path::Path;

use crate::error::StoreError;
use crate::folders::is_plain;
use crate::register::Machine;
use crate::store::Store;

/// The columns of the table, in their order.
pub const COLUMNS: [&str; 7] = ["device", "plate", "name", "co_op", "township", "region", "expected"];

/// Writes the machines as CSV, with a line of heads.
///
/// # Errors
/// [`StoreError::File`] when the file cannot be written.
pub fn export(machines: &[Machine], path: &Path) -> Result<(), StoreError> {
    let failed = |error: csv::Error| StoreError::File { path: path.to_owned(), source: error.into() };
    let mut file = csv::Writer::from_path(path).map_err(failed)?;
    file.write_record(COLUMNS).map_err(failed)?;
    for machine in machines {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let row = [
            machine.device.clone(),
            text(&machine.plate),
            text(&machine.name),
            text(&machine.co_op),
            text(&machine.township),
            text(&machine.region),
            i64::from(machine.expected).to_string(),
        ];
        file.write_record(row).map_err(failed)?;
    }
    file.flush().map_err(StoreError::file(path))
}

/// Reads a table of machines. Columns are found by their heads; those that are not there stay as the register has them, an empty
/// field takes the entry out.
///
/// # Errors
/// [`StoreError::Line`] for a line that cannot be read, [`StoreError::File`] when the file cannot be read.
pub fn import(store: &Store, path: &Path) -> Result<Vec<Machine>, StoreError> {
    let wrong = |line: u64, field: &str, problem: &str| StoreError::Line {
        path: path.to_owned(),
        line,
        field: field.to_owned(),
        problem: problem.to_owned(),
    };
    let failed = |error: csv::Error| match error.position().map(csv::Position::line) {
        Some(line) => wrong(line, "-", &error.to_string()),
        None => StoreError::File { path: path.to_owned(), source: error.into() },
    };
    let mut file = csv::ReaderBuilder::new().from_path(path).map_err(failed)?;
    let heads = file.headers().map_err(failed)?.clone();
    // Spreadsheet programs put a mark of the encoding before the first head.
    let heads: Vec<&str> = heads.iter().map(|head| head.trim_start_matches('\u{feff}').trim()).collect();
    if let Some(unknown) = heads.iter().find(|head| !COLUMNS.contains(head)) {
        return Err(wrong(1, unknown, &format!("expected one of {}", COLUMNS.join(", "))));
    }
    if !heads.contains(&"device") {
        return Err(wrong(1, "device", "missing"));
    }
    let mut machines = Vec::new();
    for row in file.records() {
        let row = row.map_err(failed)?;
        let line = row.position().map_or(0, csv::Position::line);
        let field = |name: &str| heads.iter().position(|head| *head == name).and_then(|at| row.get(at)).map(str::trim);
        let device = field("device").unwrap_or_default();
        if device.len() != 16 || !device.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(wrong(line, "device", &format!("{device:?}; expected 16 hexadecimal digits")));
        }
        let mut machine = store.register.machine(&device.to_lowercase())?;
        let slots = [
            ("plate", &mut machine.plate),
            ("name", &mut machine.name),
            ("co_op", &mut machine.co_op),
            ("township", &mut machine.township),
            ("region", &mut machine.region),
        ];
        for (name, slot) in slots {
            if let Some(text) = field(name) {
                *slot = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
        }
        match field("expected") {
            None => {}
            Some("1") => machine.expected = true,
            Some("0" | "") => machine.expected = false,
            Some(other) => return Err(wrong(line, "expected", &format!("{other:?}; expected 1 or 0"))),
        }
        if let Some(region) = machine.region.as_ref().filter(|region| !is_plain(region)) {
            return Err(wrong(line, "region", &format!("{region:?}; expected letters, digits, -, _ and . only")));
        }
        machines.push(machine);
    }
    Ok(machines)
}

impl Store {
    /// Puts these machines into the register, and their rows into the folders of their regions.
    ///
    /// # Errors
    /// [`StoreError::Region`] for a region that cannot be a folder's name, another one when the store cannot be written.
    pub fn set_machines(&mut self, machines: &[Machine]) -> Result<(), StoreError> {
        let wrong = machines.iter().filter_map(|machine| machine.region.as_ref()).find(|region| !is_plain(region));
        if let Some(region) = wrong {
            return Err(StoreError::Region(region.clone()));
        }
        self.register.put_machines(machines)?;
        for machine in machines {
            self.place_machine(&machine.device)?;
        }
        self.settle().map(drop)
    }
}
