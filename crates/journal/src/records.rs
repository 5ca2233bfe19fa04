//! What is read from a journal. Times are microseconds since 1970-01-01 UTC, bus time unless said; `None` is unknown.

use rusqlite::Row;
use serde::Serialize;
use serde_json::Value;

use super::start::Entered;
use grainloss_core::harvest::{Pan, PanEntry, PanKind, PanOutcome, PanRejection};

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Bus time of its start.
    pub started_us: i64,
    /// Bus time of its newest second.
    pub last_us: Option<i64>,
    /// Why it ended; `None` while it is open, and after a crash.
    pub end_reason: Option<String>,
    /// Where the frames came from.
    pub source: String,
    /// Whose time it is.
    pub clock: String,
    /// The profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The crop's name.
    pub crop: String,
    /// The limit's identifier, per cent and source.
    pub limit: Option<(String, f64, String)>,
    /// The program that wrote it.
    pub software: String,
    /// The totals as JSON; `None` before the first second.
    pub totals: Option<Value>,
    /// How many seconds are stored.
    pub seconds: i64,
    /// Who, where, which machine: as it holds now, later entries and corrections applied.
    pub entered: Entered,
    /// Expected yield as asked for, kg/ha; `None` is the crop's usual one.
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight as asked for, g; `None` is the crop's usual one.
    pub tkw_g: Option<f64>,
    /// The session that this one is a revision of.
    pub revision_of: Option<i64>,
    /// How the revision was made.
    pub revision: Option<Value>,
    /// Wall clock when it was begun.
    pub made_us: Option<i64>,
}

pub(super) const SESSION: &str = "SELECT id, started_us, last_us, end_reason, source, clock, machine, profile_sha256, crop, \
    limit_id, limit_percent, limit_source, software, totals, \
    seconds, operator, field, place, township, machine_name, plate, yield_kg_ha, tkw_g, revision_of, revision, made_us FROM session";

pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let limit: (Option<String>, Option<f64>, Option<String>) =
        (row.get("limit_id")?, row.get("limit_percent")?, row.get("limit_source")?);
    let json = |name: &str| -> rusqlite::Result<Option<Value>> {
        let text: Option<String> = row.get(name)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    Ok(Session {
        id: row.get("id")?,
        started_us: row.get("started_us")?,
        last_us: row.get("last_us")?,
        end_reason: row.get("end_reason")?,
        source: row.get("source")?,
        clock: row.get("clock")?,
        machine: row.get("machine")?,
        profile_sha256: row.get("profile_sha256")?,
        crop: row.get("crop")?,
        limit: match limit {
            (Some(id), Some(percent), Some(source)) => Some((id, percent, source)),
            _ => None,
        },
        software: row.get("software")?,
        totals: json("totals")?,
        seconds: row.get("seconds")?,
        entered: Entered {
            operator: row.get("operator")?,
            field: row.get("field")?,
            place: row.get("place")?,
            township: row.get("township")?,
            machine_name: row.get("machine_name")?,
            plate: row.get("plate")?,
        },
        yield_kg_ha: row.get("yield_kg_ha")?,
        tkw_g: row.get("tkw_g")?,
        revision_of: row.get("revision_of")?,
        revision: json("revision")?,
        made_us: row.get("made_us")?,
    })
}

/// A struct of one table or view: its columns are the fields, in order.
macro_rules! stored {
    ($(#[doc = $doc:literal])+ $name:ident, $table:literal, $order:literal, {
        $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty,)*
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct $name { $($(#[doc = $field_doc])+ pub $field: $type,)* }

        impl Stored for $name {
            const SQL: &str = concat!(
                "SELECT ", stored!(@names $($field)*), " FROM ", $table, " WHERE session = ?1 ORDER BY ", $order
            );

            fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
    (@names $first:ident $($more:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($more))*) };
}

/// What can be read by session.
pub(super) trait Stored: Sized {
    const SQL: &str;
    fn of(row: &Row<'_>) -> rusqlite::Result<Self>;
}

stored! {
    /// A drop pan.
    StoredPan, "pan", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// When it was judged.
        t_us: i64,
        /// When it hit the ground.
        dropped_us: i64,
        /// From when on its result was known.
        known_us: i64,
        /// rear or front.
        kind: String,
        /// Area of the pan or frame, m².
        area_m2: f64,
        /// Width cut as typed in, m.
        header_width_m: Option<f64>,
        /// Width on which the rear's loss falls as typed in, m.
        discharge_width_m: Option<f64>,
        /// Header width over discharge width as reckoned with.
        concentration: f64,
        /// Kernels counted.
        kernels: Option<f64>,
        /// Grams weighed.
        grams: Option<f64>,
        /// Grain in it as reckoned with, kg.
        grain_kg: f64,
        /// Natural shed as typed in, kernels/m².
        shed_kernels_m2: Option<f64>,
        /// Natural shed as reckoned with, kg/m².
        shed_kg_m2: Option<f64>,
        /// Who took it.
        who: Option<String>,
        /// `used`, or the reason why it was not.
        outcome: String,
        /// The logarithm of found over expected.
        log_found_over_expected: Option<f64>,
        /// How much it counted, 0..=1.
        weight: Option<f64>,
    }
}

impl StoredPan {
    /// The line of the ledger; `None` when its kind or outcome is of no program that is known.
    pub fn entry(&self) -> Option<PanEntry> {
        let pan = Pan {
            t_us: self.dropped_us,
            known_us: self.known_us,
            kind: PanKind::of(&self.kind)?,
            area_m2: self.area_m2,
            concentration: self.concentration,
            grain_kg: self.grain_kg,
            shed_kg_m2: self.shed_kg_m2,
        };
        let outcome = match (&*self.outcome, self.log_found_over_expected, self.weight) {
            ("used", Some(residual), Some(weight)) => PanOutcome::Used { residual, weight },
            (word, ..) => PanOutcome::Rejected(PanRejection::of(word)?),
        };
        Some(PanEntry { pan, outcome })
    }
}

stored! {
    /// A setting of the machine from a time on.
    StoredSetting, "setting", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// From when on.
        t_us: i64,
        /// The channel's name, or the operator's.
        setting: String,
        /// The value.
        value: Option<f64>,
        /// The value's unit.
        unit: Option<String>,
        /// bus or operator.
        origin: String,
        /// Who entered it.
        who: Option<String>,
    }
}

stored! {
    /// A stretch of time in which the machine did one thing.
    ActivitySpan, "activity_span", "from_us", {
        /// Its start.
        from_us: i64,
        /// Its end.
        to_us: Option<i64>,
        /// stopped, transport, cutting, turning.
        state: Option<String>,
    }
}

stored! {
    /// An alarm from its raising to its end.
    StoredAlarm, "alarm", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// When it was raised.
        raised_us: i64,
        /// Which alarm.
        alarm: String,
        /// The stream or the plate.
        stream: Option<String>,
        /// 1 low, 2 medium, 3 high.
        level: Option<u8>,
        /// Loss when it was raised, per cent.
        loss_pct: Option<f64>,
        /// When it ended; `None` when it still stood at the end.
        cleared_us: Option<i64>,
        /// When somebody said that it was seen.
        acknowledged_us: Option<i64>,
        /// Who.
        acknowledged_by: Option<String>,
    }
}

stored! {
    /// Something entered while the session ran.
    StoredFact, "fact", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// From when on.
        t_us: i64,
        /// What it is about: an [`Item`](super::Item)'s word.
        item: String,
        /// What it is.
        value: Option<String>,
        /// Who entered it.
        who: Option<String>,
    }
}

stored! {
    /// The state of a channel from a time on.
    StoredSensor, "sensor", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// When it was looked at.
        t_us: i64,
        /// The channel's name.
        channel: String,
        /// Its state.
        state: String,
    }
}

stored! {
    /// A bus's counters since the session's start.
    StoredBus, "bus", "seq", {
        /// Its place in the session's records.
        seq: i64,
        /// When.
        t_us: i64,
        /// The interface.
        interface: String,
        /// Its state.
        state: String,
        /// Data frames.
        frames: i64,
        /// Error frames.
        error_frames: i64,
        /// Frames that are none.
        odd: i64,
    }
}

stored! {
    /// The frames of a session, compressed beside the journal.
    Capture, "capture", "session", {
        /// The session.
        session: i64,
        /// The file, relative to the journal's folder.
        file: String,
        /// How many frames.
        frames: i64,
        /// Frames that the disk did not take.
        lost: i64,
        /// Size of the file.
        bytes: i64,
        /// Of the file; `None` while it is written, and after a crash.
        sha256: Option<String>,
        /// It was removed to make room.
        pruned: bool,
    }
}

stored! {
    /// A report that was made of the session.
    Export, "export", "id", {
        /// Wall clock.
        made_us: i64,
        /// Its format.
        format: String,
        /// Where to.
        file: Option<String>,
    }
}

stored! {
    /// What somebody says otherwise about a closed session.
    Correction, "correction", "id", {
        /// Its number.
        id: i64,
        /// Wall clock.
        made_us: i64,
        /// What it is about: an [`Item`](super::Item)'s word.
        item: String,
        /// What held before.
        was: Option<String>,
        /// What holds now.
        value: Option<String>,
        /// Who says so.
        who: String,
        /// Why.
        why: String,
        /// Hash of what was before and this.
        chain: String,
        /// The key that signed it, hexadecimal.
        public_key: Option<String>,
        /// Its signature over `chain`.
        signature: Option<String>,
    }
}

stored! {
    /// A link of the chain over a session's minutes.
    Minute, "minute", "end_us", {
        /// The end of the minute.
        end_us: i64,
        /// How many seconds are in it.
        seconds: i64,
        /// How many columns of each are hashed.
        columns: i64,
        /// Records up to this number are in it or in one before.
        last_seq: i64,
        /// Of its seconds.
        rows_sha256: String,
        /// Of everything else.
        records_sha256: String,
        /// Of the chain before and both.
        chain: String,
    }
}
