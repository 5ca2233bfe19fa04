//! The keys of machines: only packets of trusted ones count.

use rusqlite::{Connection, OptionalExtension, params};

use super::Register;
use crate::error::StoreError;
use grainloss_packet::device;

/// Whether packets that are signed with a key count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Not decided: packets wait in quarantine.
    Unknown,
    /// They count.
    Trusted,
    /// They are refused.
    Distrusted,
}

impl KeyState {
    /// Its word in the register.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Trusted => "trusted",
            Self::Distrusted => "distrusted",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "trusted" => Self::Trusted,
            "distrusted" => Self::Distrusted,
            _ => Self::Unknown,
        }
    }
}

/// A key of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key, 64 hexadecimal digits.
    pub public_key: String,
    /// The machine.
    pub device: String,
    /// Whether it is trusted.
    pub state: KeyState,
    /// How many packets of it are in the store.
    pub packets: i64,
}

impl Register {
    /// Every key that was met, by machine.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn keys(&self) -> Result<Vec<KnownKey>, StoreError> {
        let sql = "SELECT public_key, device, state, \
            (SELECT count(*) FROM packet WHERE packet.public_key = device_key.public_key) \
            FROM device_key ORDER BY device, public_key";
        self.query(|connection| {
            let key = |row: &rusqlite::Row<'_>| {
                Ok(KnownKey {
                    public_key: row.get(0)?,
                    device: row.get(1)?,
                    state: KeyState::of(&row.get::<_, String>(2)?),
                    packets: row.get(3)?,
                })
            };
            connection.prepare(sql)?.query_map([], key)?.collect()
        })
    }

    /// The machine of a key, and whether it is trusted. A key that was not met yet is noted as unknown.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read or written.
    pub fn key(&self, public_key: &str) -> Result<(String, KeyState), StoreError> {
        let public_key = public_key.to_lowercase();
        let read = |connection: &Connection| {
            let sql = "INSERT INTO device_key VALUES (?1, ?2, 'unknown') ON CONFLICT DO NOTHING";
            connection.execute(sql, [&public_key, &device(&public_key)])?;
            let sql = "SELECT device, state FROM device_key WHERE public_key = ?1";
            connection.query_row(sql, [&public_key], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        };
        let (device, state) = self.query(read)?;
        Ok((device, KeyState::of(&state)))
    }

    /// Trusts or distrusts a key. `same_as` is another key of the same machine, which has a new one: its packets are of that
    /// machine from now on.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be written.
    pub(crate) fn set_key(
        &mut self,
        public_key: &str,
        state: KeyState,
        same_as: Option<&str>,
    ) -> Result<(), StoreError> {
        let public_key = public_key.to_lowercase();
        let of = match same_as {
            Some(other) => Some(self.key(other)?.0),
            None => None,
        };
        self.change(|connection| {
            let sql = "SELECT device FROM device_key WHERE public_key = ?1";
            let known: Option<String> = connection.query_row(sql, [&public_key], |row| row.get(0)).optional()?;
            let device = of.or(known).unwrap_or_else(|| device(&public_key));
            let sql = "INSERT INTO device_key VALUES (?1, ?2, ?3) \
                ON CONFLICT DO UPDATE SET device = excluded.device, state = excluded.state";
            connection.execute(sql, params![public_key, device, state.word()])?;
            let sql = "INSERT INTO machine (device) VALUES (?1) ON CONFLICT DO NOTHING";
            if state == KeyState::Trusted {
                connection.execute(sql, [device])?;
            }
            Ok(())
        })
    }
}
