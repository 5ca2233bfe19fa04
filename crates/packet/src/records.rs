//! What a packet's head holds beside the seconds: the session's facts, pans, measured points, the calibration that was learned,
//! findings. Names of people and plots are in it only where they may be.

use serde::{Deserialize, Serialize};

use grainloss_core::measured_point::MeasuredPoint;
use grainloss_core::record::EventRecord;
use grainloss_journal::{Finding, Journal, JournalError, Session, StoredCalibration, StoredPan, StoredPoint};

/// What a session is, known from its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Bus time of its start, µs since 1970 UTC.
    pub started_us: i64,
    /// The machine profile's name.
    pub machine: String,
    /// The crop's name.
    pub crop: String,
    /// The loss limit's identifier; `None` when there is no limit.
    pub limit_id: Option<String>,
    /// That limit, per cent of the grain.
    pub limit_pct: Option<f64>,
    /// Name and version of the program that recorded it.
    pub software: String,
    /// Township, as entered.
    pub township: Option<String>,
    /// The field, as entered; `None` also without names.
    pub field: Option<String>,
    /// Who drove, as entered; `None` also without names.
    pub operator: Option<String>,
}

/// A drop pan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanRecord {
    /// When it was dropped, µs since 1970 UTC.
    pub dropped_us: i64,
    /// When its content was known, µs since 1970 UTC.
    pub known_us: i64,
    /// `rear` or `front`.
    pub place: String,
    /// Area of the pan, m².
    pub area_m2: f64,
    /// Square metres of field whose loss falls on a square metre of the pan.
    pub concentration: f64,
    /// Grain in it, kg.
    pub grain_kg: f64,
    /// Grain on the ground before the harvest, kg/m²; `None` is unknown.
    pub shed_kg_m2: Option<f64>,
    /// `used`, `doubtful`, or the reason for its rejection.
    pub outcome: String,
    /// Natural logarithm of found over expected; `None` when rejected.
    pub log_found_over_expected: Option<f64>,
    /// Weight in the estimate, 0..=1; `None` when rejected.
    pub weight: Option<f64>,
}

/// A measured point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRecord {
    /// Its number in the journal.
    pub id: i64,
    /// When it was stored, by the wall clock, µs since 1970 UTC.
    pub made_us: i64,
    /// The session that covers the plot; `None` without one.
    pub session: Option<i64>,
    /// The point that this one takes the place of; `None` for a new one.
    pub corrects: Option<i64>,
    /// What was entered.
    pub body: MeasuredPoint,
}

/// What the pans of a session have taught.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// When it was true, µs since 1970 UTC.
    pub t_us: i64,
    /// The machine profile's name.
    pub profile: String,
    /// The crop's name.
    pub crop: String,
    /// Pans that told of the loss behind the machine.
    pub rear_pans: u32,
    /// Pans that told of the loss at the header.
    pub header_pans: u32,
    /// Least and greatest load at which they were taken, over that of ordinary work; `None` is unknown.
    pub load: Option<(f64, f64)>,
    /// Driest and wettest grain, share of wet mass; `None` when it was not measured.
    pub moisture: Option<(f64, f64)>,
    /// SHA-256 of `learned`, hexadecimal.
    pub sha256: String,
    /// What the estimator knew, as JSON text.
    pub learned: String,
    /// The operator has said that it is not to be used any more.
    pub forgotten: bool,
}

/// A finding of the follow-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// Its number in the journal.
    pub id: i64,
    /// When it was raised, by the wall clock, µs since 1970 UTC.
    pub raised_us: i64,
    /// Which rule was broken.
    pub rule: String,
    /// Whose it is; `None` also without names.
    pub operator: Option<String>,
    /// What was found, in the rule's unit.
    pub value: f64,
    /// What the rule allows, in the same unit.
    pub above: f64,
    /// `open`, `assigned` or `closed`.
    pub state: String,
    /// How many steps were taken: of two records of one finding the one with more is newer.
    pub steps: usize,
}

/// All that a head holds beside the seconds.
pub(crate) struct Records {
    pub about: About,
    /// Number of the newest seal that concerns the session; 0 without.
    pub seal: i64,
    pub events: Vec<EventRecord>,
    pub pans: Vec<PanRecord>,
    pub points: Vec<PointRecord>,
    pub calibration: Option<CalibrationRecord>,
    pub findings: Vec<FindingRecord>,
}

impl Records {
    /// Those of a session: events with `after_us < t_us <= to_us`, pans that were judged until then.
    pub(crate) fn read(
        journal: &Journal,
        session: &Session,
        (after_us, to_us): (i64, i64),
        names: bool,
    ) -> Result<Self, JournalError> {
        let mut events = journal.events(session.id)?;
        events.retain(|event| event.t_us > after_us && event.t_us <= to_us && (names || event.is_impersonal()));
        let pans = journal.all::<StoredPan>(session.id)?;
        let calibration = journal.calibrations()?.into_iter().rfind(|known| known.session == Some(session.id));
        let mut points = journal.measured_points()?;
        let sessions = journal.sessions()?;
        points.retain(|point| place(point, &sessions) == Some(session.id));
        let numbers: Vec<i64> = points.iter().map(|point| point.id).collect();
        let findings = journal.findings()?.into_iter().filter(|finding| finding.session == session.id);
        Ok(Self {
            about: about(session, names),
            seal: journal.newest_seal(session.id, &numbers)?.unwrap_or(0),
            events,
            pans: pans.iter().filter(|pan| pan.t_us <= to_us).map(pan).collect(),
            points: points.iter().filter_map(|stored| point(stored, names)).collect(),
            // A revision teaches nothing that its original did not.
            calibration: calibration.filter(|_| session.revision_of.is_none()).map(learned),
            findings: findings.map(|found| finding(found, names)).collect(),
        })
    }
}

fn about(session: &Session, names: bool) -> About {
    let entered = session.entered.clone();
    About {
        started_us: session.started_us,
        machine: session.machine.clone(),
        crop: session.crop.clone(),
        limit_id: session.limit.as_ref().map(|(id, ..)| id.clone()),
        limit_pct: session.limit.as_ref().map(|(_, percent, _)| *percent),
        software: session.software.clone(),
        township: entered.township,
        field: entered.field.filter(|_| names),
        operator: entered.operator.filter(|_| names),
    }
}

fn pan(stored: &StoredPan) -> PanRecord {
    PanRecord {
        dropped_us: stored.dropped_us,
        known_us: stored.known_us,
        place: stored.kind.clone(),
        area_m2: stored.area_m2,
        concentration: stored.concentration,
        grain_kg: stored.grain_kg,
        shed_kg_m2: stored.shed_kg_m2,
        outcome: stored.outcome.clone(),
        log_found_over_expected: stored.log_found_over_expected,
        weight: stored.weight,
    }
}

/// The session whose packet carries a point: the one that it names, else the newest that had begun when it was stored, else the
/// first. `None` in a journal without sessions.
fn place(point: &StoredPoint, sessions: &[Session]) -> Option<i64> {
    let named = point.session.filter(|named| sessions.iter().any(|session| session.id == *named));
    let begun = || sessions.iter().rfind(|session| session.started_us <= point.made_us).or(sessions.first());
    named.or_else(|| begun().map(|session| session.id))
}

/// The measured points of a journal that has no session to carry them: of one in which an office keeps what was measured by hand.
/// Empty for a journal with sessions.
///
/// # Errors
/// [`JournalError`] when it cannot be read.
pub fn points_alone(journal: &Journal, names: bool) -> Result<Vec<PointRecord>, JournalError> {
    if !journal.sessions()?.is_empty() {
        return Ok(Vec::new());
    }
    Ok(journal.measured_points()?.iter().filter_map(|stored| point(stored, names)).collect())
}

/// `None` for a point whose text is none any more.
fn point(stored: &StoredPoint, names: bool) -> Option<PointRecord> {
    let mut body = stored.point()?;
    if !names {
        body.hide_names(|name| *name = None);
        body.head.witnesses.clear();
    }
    let StoredPoint { id, made_us, session, corrects, .. } = *stored;
    Some(PointRecord { id, made_us, session, corrects, body })
}

fn learned(stored: StoredCalibration) -> CalibrationRecord {
    CalibrationRecord {
        t_us: stored.t_us,
        profile: stored.machine,
        crop: stored.crop,
        rear_pans: stored.rear_pans,
        header_pans: stored.header_pans,
        load: stored.load_lo.zip(stored.load_hi),
        moisture: stored.moisture_lo.zip(stored.moisture_hi),
        sha256: stored.sha256,
        learned: stored.learned,
        forgotten: stored.forgotten_us.is_some(),
    }
}

fn finding(found: Finding, names: bool) -> FindingRecord {
    let state = match (found.is_open(), found.assigned_to()) {
        (false, _) => "closed",
        (true, Some(_)) => "assigned",
        (true, None) => "open",
    };
    FindingRecord {
        id: found.id,
        raised_us: found.raised_us,
        state: state.to_owned(),
        steps: found.steps.len(),
        rule: found.rule,
        operator: found.operator.filter(|_| names),
        value: found.value,
        above: found.above,
    }
}
