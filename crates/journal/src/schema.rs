//! The schema's versions: how a file is recognised as a journal and brought to the newest version.

use rusqlite::{Connection, TransactionBehavior};

/// Marks a file as a grainloss journal: "grlj" (SQLite's `application_id`).
pub(super) const APPLICATION_ID: i64 = 0x6772_6C6A;
/// Where SQLite's header holds `application_id`: four bytes, highest first (SQLite's file format, chapter 1.3).
pub(super) const APPLICATION_ID_AT: usize = 68;
/// Each script makes the next version out of the one before; the first starts with an empty file. A script that was
/// released is never changed again.
const MIGRATIONS: [&str; 9] = [
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
    include_str!("migrations/006.sql"),
    include_str!("migrations/007.sql"),
    include_str!("migrations/008.sql"),
    include_str!("migrations/009.sql"),
];
/// The newest version (`user_version`).
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// What a SQLite file's header says about itself, and whether it has any content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderPragmas {
    /// `application_id`: [`APPLICATION_ID`] in a journal, 0 in a new file.
    pub application_id: i64,
    /// `user_version`: the schema's version, 0 in a new file.
    pub version: i64,
    /// Number of tables, indices and views.
    pub objects: i64,
}

impl HeaderPragmas {
    /// Reads the three values one after the other.
    fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0));
        Ok(Self {
            application_id: number("SELECT application_id FROM pragma_application_id")?,
            version: number("SELECT user_version FROM pragma_user_version")?,
            objects: number("SELECT count(*) FROM sqlite_schema")?,
        })
    }

    /// Reads the three values within one transaction: another program may be creating the journal at this moment.
    pub fn read_consistent(connection: &Connection) -> rusqlite::Result<Self> {
        Self::read(&*connection.unchecked_transaction()?)
    }

    /// True for a file that was created and never written, for example by a power cut at the first start.
    pub const fn is_empty(self) -> bool {
        self.application_id == 0 && self.version == 0 && self.objects == 0
    }
}

/// Brings a journal, or an empty file, to the newest version in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated it between the check and this lock.
    let version = usize::try_from(HeaderPragmas::read(&transaction)?.version).unwrap_or(usize::MAX);
    for sql in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// An empty journal of this version, in memory.
pub(super) fn empty(version: i64) -> rusqlite::Result<Connection> {
    let journal = Connection::open_in_memory()?;
    for sql in MIGRATIONS.iter().take(usize::try_from(version).unwrap_or(0)) {
        journal.execute_batch(sql)?;
    }
    Ok(journal)
}

/// The version that a journal's tables are of, where its version field says another: a bit of the field was altered. `None`
/// when they agree, and when the tables are of no version that this program knows.
pub(super) fn damaged_version(connection: &Connection, header: HeaderPragmas) -> rusqlite::Result<Option<i64>> {
    if header.version == VERSION {
        return Ok(None);
    }
    let tables = |connection: &Connection| -> rusqlite::Result<Option<String>> {
        let sql = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL \
                   AND name NOT LIKE 'sqlite_%' ORDER BY type, name)";
        connection.query_row(sql, [], |row| row.get(0))
    };
    let (found, model) = (tables(connection)?, Connection::open_in_memory()?);
    for (version, sql) in (1..).zip(MIGRATIONS) {
        model.execute_batch(sql)?;
        if tables(&model)? == found {
            return Ok((version != header.version).then_some(version));
        }
    }
    Ok(None)
}
