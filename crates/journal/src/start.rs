//! What a session begins with.

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::Chain;
use super::records::{Stored, StoredPan};
use super::transaction::Written;
use grainloss_core::harvest::{EstimatorCheckpoint, PanEntry, Totals};

/// What a session begins with.
#[derive(Clone, Debug, Default)]
pub struct SessionStart {
    /// Bus time of its start, microseconds.
    pub started_us: i64,
    /// Where the frames come from.
    pub source: String,
    /// Whose time it is: `log`, `system` or `simulator`.
    pub clock: &'static str,
    /// The profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The profile itself, to be kept once; `None` keeps its hash only.
    pub profile: Option<ProfileText>,
    /// The crop's name.
    pub crop: String,
    /// The limit's identifier, per cent and source.
    pub limit: Option<(String, f64, String)>,
    /// Expected yield as asked for, kg/ha; `None` is the crop's usual one.
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight as asked for, g; `None` is the crop's usual one.
    pub tkw_g: Option<f64>,
    /// What was entered about it.
    pub entered: Entered,
    /// The session that this one is a revision of, and how it was made, as JSON.
    pub revision: Option<(i64, String)>,
    /// Wall clock now, microseconds since 1970; `None` where nobody asked.
    pub made_us: Option<i64>,
}

/// A profile and its database, as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileText {
    /// The profile's TOML.
    pub text: String,
    /// What it calls its database, and that file's bytes.
    pub dbc: Option<(String, Vec<u8>)>,
}

/// What was entered about a session; `None` is what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Entered {
    /// Who drives.
    pub operator: Option<String>,
    /// The field's name.
    pub field: Option<String>,
    /// Village or spot.
    pub place: Option<String>,
    /// Township, as county summaries group.
    pub township: Option<String>,
    /// What its owner calls the machine.
    pub machine_name: Option<String>,
    /// Licence plate.
    pub plate: Option<String>,
}

/// Puts a session down; its number.
pub(super) fn begin(connection: &mut Connection, start: &SessionStart) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if let Some(profile) = &start.profile {
        let dbc = profile.dbc.as_ref();
        transaction.execute(
            "INSERT OR IGNORE INTO profile (sha256, name, text, dbc_name, dbc) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                start.profile_sha256,
                start.machine,
                profile.text,
                dbc.map(|(name, _)| name),
                dbc.map(|(_, bytes)| bytes)
            ],
        )?;
    }
    let (limit, entered) = (start.limit.as_ref(), &start.entered);
    transaction.execute(
        "INSERT INTO session (started_us, source, clock, machine, profile_sha256, crop, limit_id, limit_percent, \
         limit_source, software, operator, field, place, township, machine_name, plate, yield_kg_ha, tkw_g, revision_of, \
         revision, made_us) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        params![
            start.started_us,
            start.source,
            start.clock,
            start.machine,
            start.profile_sha256,
            start.crop,
            limit.map(|limit| &limit.0),
            limit.map(|limit| limit.1),
            limit.map(|limit| &limit.2),
            concat!("grainloss ", env!("CARGO_PKG_VERSION")),
            entered.operator,
            entered.field,
            entered.place,
            entered.township,
            entered.machine_name,
            entered.plate,
            start.yield_kg_ha,
            start.tkw_g,
            start.revision.as_ref().map(|revision| revision.0),
            start.revision.as_ref().map(|revision| &revision.1),
            start.made_us,
        ],
    )?;
    let session = transaction.last_insert_rowid();
    transaction.commit()?;
    Ok(session)
}

/// What a session that was interrupted is gone on with.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Memory {
    /// Its sums.
    #[serde(flatten)]
    pub totals: Totals,
    /// What has been learned; `None` when nothing was stored of it, or by a program of another make.
    #[serde(default, deserialize_with = "if_readable")]
    pub learned: Option<EstimatorCheckpoint>,
    /// The pans that were judged, the oldest first.
    #[serde(skip)]
    pub pans: Vec<PanEntry>,
}

fn if_readable<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<EstimatorCheckpoint>, D::Error> {
    let value = <serde_json::Value as serde::Deserialize>::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

/// Opens a session again that was interrupted: how far it is written, and its memory. `None` when that cannot be read.
pub(super) fn reopen(connection: &mut Connection, session: i64) -> rusqlite::Result<Option<(Written, Memory)>> {
    const NUMBERED: [&str; 8] = ["event", "pan", "setting", "activity", "acknowledgement", "fact", "sensor", "bus"];
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let sql = "SELECT memory FROM session WHERE id = ?1";
    let memory: Option<Option<String>> = transaction.query_row(sql, [session], |row| row.get(0)).optional()?;
    let memory = memory.flatten().and_then(|memory| serde_json::from_str::<Memory>(&memory).ok());
    let Some(mut memory) = memory else { return Ok(None) };
    let pans =
        transaction.prepare(StoredPan::SQL)?.query_map([session], StoredPan::of)?.collect::<Result<Vec<_>, _>>()?;
    memory.pans = pans.iter().filter_map(StoredPan::entry).collect();
    let mut seq = 0;
    for table in NUMBERED {
        let newest = format!("SELECT coalesce(max(seq), -1) FROM {table} WHERE session = ?1");
        seq = seq.max(1 + transaction.query_row(&newest, [session], |row| row.get::<_, i64>(0))?);
    }
    transaction.execute("UPDATE session SET end_reason = NULL WHERE id = ?1", [session])?;
    let chain = Chain::resume(&transaction, session)?;
    transaction.commit()?;
    Ok(Some((Written { seq, chain }, memory)))
}
