//! The list of seals, and the journal as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use crate::proof;
use crate::schema;
use crate::seals::Head;
use crate::verification::{JournalProblem, PointsVerification, Unchecked, Verification};

/// At most this many missing sessions are named.
const MOST_NAMED: usize = 1000;

/// A seal as it is stored.
#[derive(Clone, Debug)]
pub(super) struct StoredSeal {
    pub id: i64,
    pub session: i64,
    pub kind: String,
    /// What it states; null when its text is no JSON.
    pub stated: Value,
    pub hash: String,
    pub public_key: Option<String>,
    /// True when its hash is that of its text, and its text says the same as its columns.
    pub fits: bool,
    signature: Option<String>,
}

impl StoredSeal {
    /// `None` for a seal without a signature; true when it is valid.
    pub fn is_signed(&self) -> Option<bool> {
        let (key, signature) = (self.public_key.as_ref()?, self.signature.as_ref()?);
        Some(proof::is_signed(key, &self.hash, signature))
    }
}

/// All seals of a journal, in order.
#[derive(Debug)]
pub(crate) struct SealList {
    pub(super) seals: Vec<StoredSeal>,
}

impl SealList {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT id, session, kind, body, hash, public_key, signature FROM seal ORDER BY id";
        let mut statement = connection.prepare(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            let (id, session, kind): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (body, hash): (String, String) = (row.get(3)?, row.get(4)?);
            let stated: Value = serde_json::from_str(&body).unwrap_or_default();
            let fits = proof::hash(&body) == hash
                && stated["seal"] == id
                && stated["session"] == session
                && stated["kind"] == *kind;
            Ok(StoredSeal { id, session, kind, stated, hash, public_key: row.get(5)?, fits, signature: row.get(6)? })
        };
        Ok(Self { seals: statement.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()? })
    }

    /// The seals of a session, in order; a list of earlier sessions belongs to none.
    pub(super) fn of(&self, session: i64) -> impl Iterator<Item = &StoredSeal> {
        self.seals.iter().filter(move |seal| seal.session == session && seal.kind != "earlier")
    }

    /// What the journal says of a session that an earlier version of the program wrote; `None` when it is none of those.
    pub(super) fn earlier(&self, session: i64) -> Option<&Value> {
        let lists = self.seals.iter().filter(|seal| seal.kind == "earlier");
        let mut entries = lists.filter_map(|seal| seal.stated["sessions"].as_array()).flatten();
        entries.find(|entry| entry["id"] == session)
    }

    /// Checks the list itself, the sessions that it names and the schema.
    pub(super) fn verify(&self, connection: &Connection, journal: &Path) -> rusqlite::Result<Verification> {
        let mut problems = Vec::new();
        let mut unchecked = Vec::new();
        let (mut number, mut before) = (0, None);
        for seal in &self.seals {
            if seal.id != number + 1 {
                problems.push(JournalProblem::SealsMissing(number + 1, seal.id - 1));
            }
            let follows = before.is_none_or(|before: &String| seal.stated["before"] == **before);
            if !seal.fits || !follows || seal.is_signed() == Some(false) || seal.stated.get("missing").is_some() {
                problems.push(JournalProblem::SealAltered(seal.id));
            }
            if seal.stated.get("head").is_some() {
                unchecked.push(Unchecked::HeadWasMissing(seal.session));
            }
            (number, before) = (seal.id, Some(&seal.hash));
        }
        let head = Head::beside(journal);
        match &head {
            Some(head) if head.seal > number => problems.push(JournalProblem::SealsMissing(number + 1, head.seal)),
            Some(head) => {
                let named = self.seals.iter().find(|seal| seal.id == head.seal);
                if named.is_none_or(|seal| seal.hash != head.hash) {
                    problems.push(JournalProblem::SealAltered(head.seal));
                }
            }
            None if self.seals.is_empty() => {}
            None => unchecked.push(Unchecked::HeadMissing),
        }
        self.verify_sessions(connection, head.as_ref(), &mut problems)?;
        foreign(connection, &mut problems)?;
        problems.dedup();
        Ok(Verification { journal: problems, unchecked, sessions: Vec::new(), points: PointsVerification::default() })
    }

    fn verify_sessions(
        &self,
        connection: &Connection,
        head: Option<&Head>,
        problems: &mut Vec<JournalProblem>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare("SELECT id FROM session")?;
        let stored = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<BTreeSet<i64>>>()?;
        let mut named: BTreeMap<i64, usize> = BTreeMap::new();
        for seal in &self.seals {
            match seal.kind.as_str() {
                "earlier" => {
                    let ids = seal.stated["sessions"].as_array().into_iter().flatten();
                    ids.filter_map(|entry| entry["id"].as_i64()).for_each(|id| *named.entry(id).or_default() += 1);
                }
                "begin" => *named.entry(seal.session).or_default() += 1,
                _ => {
                    named.entry(seal.session).or_insert(1);
                }
            }
        }
        // Numbers follow each other: one that is left out was removed with all its seals.
        let highest =
            stored.iter().chain(named.keys()).copied().max().unwrap_or(0).max(head.map_or(0, |head| head.session));
        let missing = (1..=highest).filter(|id| !stored.contains(id));
        problems.extend(missing.take(MOST_NAMED).map(JournalProblem::SessionMissing));
        for (id, times) in named {
            if times > 1 {
                problems.push(JournalProblem::SessionTwice(id));
            }
        }
        Ok(())
    }
}

/// The hash of what the program makes in a journal of its version: most journals have just that.
const OBJECTS_SHA256: &str = "f1f8d01bc2db8454c99a55ccd4c3fb8620ca27661f86dffb6192bcaa0a2a908c";

/// Tables, views, indices and triggers: kind and name, and how each was made.
type Objects = BTreeMap<(String, String), Option<String>>;

fn objects(connection: &Connection) -> rusqlite::Result<Objects> {
    let sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?.collect()
}

fn objects_sha256(objects: &Objects) -> String {
    proof::hash(&serde_json::json!(objects.iter().collect::<Vec<_>>()).to_string())
}

/// What the program makes.
fn expected_objects() -> rusqlite::Result<Objects> {
    let mut ours = Connection::open_in_memory()?;
    schema::migrate(&mut ours)?;
    objects(&ours)
}

/// Compares tables, views, indices and triggers with those that the program makes.
fn foreign(connection: &Connection, problems: &mut Vec<JournalProblem>) -> rusqlite::Result<()> {
    let found = objects(connection)?;
    if objects_sha256(&found) == OBJECTS_SHA256 {
        return Ok(());
    }
    let expected = expected_objects()?;
    for (key, sql) in &found {
        if expected.get(key) != Some(sql) {
            problems.push(JournalProblem::Foreign(key.0.clone(), key.1.clone()));
        }
    }
    for key in expected.keys().filter(|key| !found.contains_key(*key)) {
        problems.push(JournalProblem::Foreign(key.0.clone(), key.1.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_what_the_program_makes() {
        assert_eq!(objects_sha256(&expected_objects().unwrap()), OBJECTS_SHA256);
    }
}
