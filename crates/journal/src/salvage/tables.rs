//! Which table a row is of: by the tree of pages that it hangs on, and where that is broken by its shape. The tables of
//! all versions are known.

use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::images::Images;
use super::page::{Content, Row, TABLE_LEAF, content};
use crate::entry::Item;
use crate::schema;

/// A column as a row holds it.
struct Column {
    name: String,
    /// INTEGER, REAL, TEXT or BLOB.
    kind: String,
    is_required: bool,
}

/// A table of the newest version.
pub(super) struct Table {
    pub name: String,
    /// In the order in which a row holds them: the primary key first in a table WITHOUT ROWID.
    columns: Vec<Column>,
    /// How many columns a row may have: those of each version.
    counts: Vec<usize>,
    has_rowid: bool,
    /// Which column is another name of the rowid.
    rowid: Option<usize>,
}

/// All tables of a journal.
pub(super) struct Tables(Vec<Table>);

impl Tables {
    /// Reads the tables of every version from the scripts that make them.
    pub fn known() -> rusqlite::Result<Self> {
        let mut tables: Vec<Table> = Vec::new();
        for version in (1..=schema::VERSION).rev() {
            let journal = schema::empty(version)?;
            let list = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
                        AND name NOT LIKE 'sqlite_%'";
            let mut statement = journal.prepare(list)?;
            let list = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for (name, without_rowid) in list.collect::<rusqlite::Result<Vec<(String, bool)>>>()? {
                let found = table(&journal, name, !without_rowid)?;
                match tables.iter_mut().find(|known| known.name == found.name) {
                    Some(known) => known.counts.push(found.columns.len()),
                    None => tables.push(found),
                }
            }
        }
        Ok(Self(tables))
    }

    /// The table of this name.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|table| table.name == name)
    }

    /// The tables, in no order.
    pub fn all(&self) -> &[Table] {
        &self.0
    }

    /// The table that most rows of a page fit; `None` when none fits.
    pub fn of_rows(&self, rows: &[Row]) -> Option<usize> {
        let fitting = |table: &Table| rows.iter().filter(|row| table.fits(row)).count();
        let best = self.0.iter().enumerate().map(|(at, table)| (at, fitting(table)));
        best.filter(|(_, count)| *count > 0)
            .max_by_key(|(at, count)| (*count, std::cmp::Reverse(*at)))
            .map(|(at, _)| at)
    }

    /// The table of each page that is reached from a root, as the schema in the file says.
    pub fn owners(&self, images: &Images) -> HashMap<u32, usize> {
        let read = |page: u32| images.page(page).map(|bytes| Self::read(images, page, &bytes));
        let mut owners = HashMap::new();
        let mut waiting: Vec<(u32, usize)> = Vec::new();
        for image in &images.all {
            let Some(bytes) = images.bytes(*image) else { continue };
            if image.page > 1 && bytes.first() != Some(&TABLE_LEAF) {
                continue;
            }
            for row in Self::read(images, image.page, &bytes).rows {
                waiting.extend(root(&row).and_then(|(name, page)| Some((page, self.named(&name)?))));
            }
        }
        while let Some((page, table)) = waiting.pop() {
            if owners.contains_key(&page) {
                continue;
            }
            owners.insert(page, table);
            let below = read(page).map_or_else(Vec::new, |content| content.children);
            waiting.extend(below.into_iter().map(|page| (page, table)));
        }
        owners
    }

    /// Reads a page.
    pub fn read(images: &Images, page: u32, bytes: &[u8]) -> Content {
        content(page, bytes, images.page_size, &|page| images.page(page))
    }
}

/// Name and root page of the table that this row of the schema describes.
pub(super) fn root(row: &Row) -> Option<(String, u32)> {
    let [Some(Value::Text(kind)), Some(Value::Text(name)), _, Some(Value::Integer(page)), Some(Value::Text(_))] =
        &row.columns[..]
    else {
        return None;
    };
    let page = u32::try_from(*page).ok().filter(|page| *page > 1)?;
    (row.rowid.is_some() && kind == "table").then(|| (name.clone(), page))
}

fn table(journal: &Connection, name: String, has_rowid: bool) -> rusqlite::Result<Table> {
    let mut statement =
        journal.prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let read = |row: &rusqlite::Row<'_>| {
        let column = Column { name: row.get(0)?, kind: row.get(1)?, is_required: row.get(2)? };
        Ok((column, row.get::<_, i64>(3)?))
    };
    let mut columns = statement.query_map([&name], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let rowid = columns.iter().position(|(column, key)| has_rowid && *key > 0 && column.kind == "INTEGER");
    if !has_rowid {
        columns.sort_by_key(|(_, key)| if *key == 0 { i64::MAX } else { *key });
    }
    let columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    Ok(Table { name, counts: vec![columns.len()], columns, has_rowid, rowid })
}

impl Table {
    /// True for a row that can be one of this table.
    pub fn fits(&self, row: &Row) -> bool {
        row.rowid.is_some() == self.has_rowid
            && self.counts.contains(&row.columns.len())
            && self.columns.iter().zip(&row.columns).enumerate().all(|(at, (column, value))| match value {
                _ if Some(at) == self.rowid => *value == Some(Value::Null),
                None | Some(Value::Null) => !column.is_required,
                Some(Value::Integer(number)) => {
                    (column.kind == "INTEGER" && (column.name != "session" || *number > 0)) || column.kind == "REAL"
                }
                Some(Value::Real(_)) => column.kind == "REAL",
                Some(Value::Text(text)) => column.kind == "TEXT" && self.is_word(&column.name, text),
                Some(Value::Blob(_)) => column.kind == "BLOB",
            })
    }

    /// Facts and acknowledgements have one shape: a fact is of an item.
    fn is_word(&self, column: &str, text: &str) -> bool {
        let is_item = || Item::ALL.iter().any(|item| item.word() == text);
        match (self.name.as_str(), column) {
            ("fact", "item") => is_item(),
            ("acknowledgement", "alarm") => !is_item(),
            _ => true,
        }
    }

    /// Adds a row to the table in a new journal unless it has one of that key; returns the number of rows added. What breaks
    /// a constraint is garbage and left out.
    pub fn insert(&self, into: &Connection, row: &Row) -> rusqlite::Result<u64> {
        let names: Vec<&str> = self.columns.iter().take(row.columns.len()).map(|column| column.name.as_str()).collect();
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO \"{}\" ({}) VALUES ({places})", self.name, names.join(", "));
        let values = row.columns.iter().enumerate().map(|(at, value)| match value {
            _ if Some(at) == self.rowid => row.rowid.map_or(Value::Null, Value::Integer),
            value => value.clone().unwrap_or(Value::Null),
        });
        let added = into.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(values));
        Ok(added.unwrap_or(0) as u64)
    }
}
