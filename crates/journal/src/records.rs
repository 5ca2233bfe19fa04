//! The stored rows of a session, one struct for each table or view. Times are microseconds since 1970-01-01 UTC, bus
//! time unless stated otherwise; `None` is unknown.

use rusqlite::Row;
use serde::Serialize;

use super::proof::{self, ProofMinute};
use grainloss_core::harvest::{Pan, PanEntry, PanKind, PanOutcome, PanRejection};

/// Declares the struct for one table or view: its fields are the columns, in order.
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

/// A row of a table or view that belongs to a session.
pub(super) trait Stored: Sized {
    /// Selects all rows of a session, `?1`, in order.
    const SQL: &str;
    /// Reads a row of that query.
    fn of(row: &Row<'_>) -> rusqlite::Result<Self>;
}

stored! {
    /// A drop pan.
    ///
    /// Of one that was doubtful and is used since another one confirmed it, the later row alone, in the place of the first.
    StoredPan, "(SELECT judged.*, min(first.seq) AS first_seq FROM pan AS judged \
        JOIN pan AS first USING (session, dropped_us, known_us, kind, area_m2, grain_kg) \
        WHERE first.seq = judged.seq OR first.seq < judged.seq AND first.outcome = 'doubtful' \
        GROUP BY judged.session, judged.seq \
        HAVING judged.outcome <> 'doubtful' OR NOT EXISTS (SELECT 1 FROM pan AS later \
        WHERE later.session = judged.session AND later.seq > judged.seq AND later.dropped_us = judged.dropped_us \
        AND later.known_us = judged.known_us AND later.kind = judged.kind AND later.area_m2 = judged.area_m2 \
        AND later.grain_kg = judged.grain_kg))", "first_seq", {
        /// Its number in the session's sequence of records.
        seq: i64,
        /// When the estimator judged it.
        t_us: i64,
        /// When the pan was dropped.
        dropped_us: i64,
        /// When its content was known.
        known_us: i64,
        /// `rear` or `front`.
        kind: String,
        /// Area of the pan or frame, m².
        area_m2: f64,
        /// Width cut as entered, m.
        header_width_m: Option<f64>,
        /// Width over which the loss behind the machine falls, as entered, m.
        discharge_width_m: Option<f64>,
        /// Header width over discharge width as used by the estimator; 1 for a front sample.
        concentration: f64,
        /// Kernels counted.
        kernels: Option<f64>,
        /// Grams weighed.
        grams: Option<f64>,
        /// Grain in it as used by the estimator, kg.
        grain_kg: f64,
        /// Kernels on the ground before the harvest as entered, kernels/m².
        shed_kernels_m2: Option<f64>,
        /// Grain on the ground before the harvest as used by the estimator, kg/m².
        shed_kg_m2: Option<f64>,
        /// Name of the person who placed it.
        who: Option<String>,
        /// `used`, `doubtful`, or the reason for its rejection.
        outcome: String,
        /// Natural logarithm of found over expected; `None` when rejected.
        log_found_over_expected: Option<f64>,
        /// Weight in the update, 0..=1; `None` when rejected.
        weight: Option<f64>,
    }
}

impl StoredPan {
    /// The pan for the estimator; `None` when this version of the program does not know its kind or outcome.
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
            ("doubtful", Some(residual), Some(weight)) => PanOutcome::Doubtful { residual, weight },
            (word, ..) => PanOutcome::Rejected(PanRejection::of(word)?),
        };
        Some(PanEntry { pan, outcome })
    }
}

stored! {
    /// A setting of the machine from a time on.
    StoredSetting, "setting", "seq", {
        /// Its number in the session's sequence of records.
        seq: i64,
        /// From when on.
        t_us: i64,
        /// The channel's name, or the operator's name for the setting.
        setting: String,
        /// The value.
        value: Option<f64>,
        /// The value's unit.
        unit: Option<String>,
        /// `bus` or `operator`.
        origin: String,
        /// Name of the person who entered it.
        who: Option<String>,
    }
}

stored! {
    /// A span of time with one activity of the machine.
    ActivitySpan, "activity_span", "from_us", {
        /// Its start.
        from_us: i64,
        /// Its end; `None` in a session without a second.
        to_us: Option<i64>,
        /// `stopped`, `transport`, `cutting` or `turning`.
        state: Option<String>,
    }
}

stored! {
    /// An alarm with its acknowledgement and end.
    StoredAlarm, "alarm", "seq", {
        /// Its number in the session's sequence of records.
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
        /// When it was cleared; `None` when it was still active at the end.
        cleared_us: Option<i64>,
        /// When it was acknowledged; `None` when it was not.
        acknowledged_us: Option<i64>,
        /// Name of the person who acknowledged it.
        acknowledged_by: Option<String>,
    }
}

stored! {
    /// An item entered while the session ran.
    StoredFact, "fact", "seq", {
        /// Its number in the session's sequence of records.
        seq: i64,
        /// From when on.
        t_us: i64,
        /// The item: a word of [`Item`](super::Item).
        item: String,
        /// The value; `None` removes an earlier entry.
        value: Option<String>,
        /// Name of the person who entered it.
        who: Option<String>,
    }
}

stored! {
    /// The state of a channel from a time on.
    StoredSensor, "sensor", "seq", {
        /// Its number in the session's sequence of records.
        seq: i64,
        /// When it was checked.
        t_us: i64,
        /// The channel's name.
        channel: String,
        /// Its state.
        state: String,
    }
}

stored! {
    /// A bus's counters since the session began.
    StoredBus, "bus", "seq", {
        /// Its number in the session's sequence of records.
        seq: i64,
        /// When they were read.
        t_us: i64,
        /// The CAN interface's name.
        interface: String,
        /// Its state.
        state: String,
        /// Number of data frames.
        frames: i64,
        /// Number of error frames.
        error_frames: i64,
        /// Number of invalid frames.
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
        /// Number of frames in the file.
        frames: i64,
        /// Number of frames that could not be written.
        lost: i64,
        /// Size of the file, bytes.
        bytes: i64,
        /// SHA-256 of the file, hexadecimal; `None` while it is written and after a crash.
        sha256: Option<String>,
        /// True when the file was removed to free disk space.
        pruned: bool,
    }
}

stored! {
    /// A report that was made of the session.
    Export, "export", "id", {
        /// When, by the wall clock.
        made_us: i64,
        /// Its format.
        format: String,
        /// The report's file; `None` for standard output.
        file: Option<String>,
    }
}

stored! {
    /// A correction to a closed session.
    Correction, "correction", "id", {
        /// Its number.
        id: i64,
        /// When, by the wall clock.
        made_us: i64,
        /// The item: a word of [`Item`](super::Item).
        item: String,
        /// The value before; `None` when there was none.
        was: Option<String>,
        /// The value now; `None` removes it.
        value: Option<String>,
        /// Name of the person who corrected it.
        who: String,
        /// The reason given.
        why: String,
        /// Hash over the one before and this correction.
        chain: String,
        /// The key that signed it, hexadecimal; `None` when unsigned.
        public_key: Option<String>,
        /// The signature over `chain`, hexadecimal; `None` when unsigned.
        signature: Option<String>,
    }
}

stored! {
    /// A minute in the hash chain of a session.
    Minute, "minute", "end_us", {
        /// The end of the minute.
        end_us: i64,
        /// Number of seconds in it.
        seconds: i64,
        /// Number of columns of each second that are hashed.
        columns: i64,
        /// Records up to this number belong to this minute or an earlier one.
        last_seq: i64,
        /// SHA-256 of its seconds.
        rows_sha256: String,
        /// SHA-256 of its records.
        records_sha256: String,
        /// SHA-256 of the chain before and this minute.
        chain: String,
    }
}

impl Minute {
    /// The hash chain before the `at`-th of a session's minutes.
    pub fn chain_before(minutes: &[Self], at: usize) -> String {
        at.checked_sub(1)
            .and_then(|before| minutes.get(before))
            .map_or_else(proof::beginning, |minute| minute.chain.clone())
    }

    /// The minute as the proof has it.
    pub fn proof_minute(&self) -> ProofMinute {
        ProofMinute {
            end_us: self.end_us,
            seconds: self.seconds,
            columns: usize::try_from(self.columns).unwrap_or(0),
            rows_sha256: self.rows_sha256.clone(),
            records_sha256: self.records_sha256.clone(),
        }
    }
}
