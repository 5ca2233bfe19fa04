//! With what calibration of an earlier field a session begins.

use std::path::Path;

use super::error::SessionError;
use super::setup::SessionSetup;
use crate::service::calibration_choice::CalibrationChoice;
use grainloss_core::harvest::{Calibration, CalibrationOrigin, Changed};
use grainloss_core::record::EventRecord;
use grainloss_core::time::us_to_s;
use grainloss_journal::{CalibrationFile, Journal, JournalError, SessionStart, StoredCalibration};

/// A calibration that a session can begin with.
struct Found {
    calibration: Calibration,
    crop: String,
    field: Option<String>,
    /// The name of another machine; `None` when it is of this one.
    machine: Option<String>,
    sha256: String,
    /// Somebody has touched the plates since, as the journal says.
    plates_touched: bool,
}

impl Found {
    fn stored(stored: &StoredCalibration, touched_us: Option<i64>, start: &SessionStart) -> Option<Self> {
        let (name, plate) = (start.entered.machine_name.as_deref(), start.entered.plate.as_deref());
        Some(Self {
            calibration: stored.calibration()?,
            crop: stored.crop.clone(),
            field: stored.field.clone(),
            machine: (!stored.is_of(&start.machine, name, plate)).then(|| stored.known_as()),
            sha256: stored.sha256.clone(),
            plates_touched: touched_us.is_some_and(|touched_us| touched_us >= stored.t_us),
        })
    }

    fn file(file: CalibrationFile, start: &SessionStart) -> Self {
        let is_named = file.machine_name.is_some() && file.machine_name == start.entered.machine_name
            || file.plate.is_some() && file.plate == start.entered.plate;
        let other = file.machine_name.as_ref().or(file.plate.as_ref()).unwrap_or(&file.machine).clone();
        Self {
            machine: (!(is_named && file.machine == start.machine)).then_some(other),
            sha256: file.learned_sha256(),
            calibration: file.learned,
            crop: file.crop,
            field: file.field,
            plates_touched: false,
        }
    }
}

/// The newest that can be used; a journal or a calibration that cannot be read is no obstacle.
fn latest(journal: &Path, start: &SessionStart) -> Result<Option<Found>, JournalError> {
    if !journal.exists() {
        return Ok(None);
    }
    let journal = match Journal::open(journal) {
        // A file without anything in it: it becomes a journal now.
        Err(JournalError::Missing(_)) => return Ok(None),
        opened => opened?,
    };
    let all = journal.calibrations_for(&start.crop, start.started_us)?;
    let touched_us = journal.plates_touched_us(&start.machine, start.started_us)?;
    let mut found: Vec<Found> = Vec::new();
    for stored in &all {
        let Some(candidate) = Found::stored(stored, touched_us, start) else { continue };
        // Of another machine only what somebody has imported for this one.
        if candidate.machine.is_none() || stored.imported_us.is_some() {
            found.push(candidate);
        }
    }
    let own = found.iter().position(|candidate| candidate.machine.is_none());
    Ok((!found.is_empty()).then(|| found.swap_remove(own.unwrap_or(0))))
}

fn chosen(
    choice: &CalibrationChoice,
    journal: Option<&Path>,
    start: &SessionStart,
) -> Result<Option<Found>, SessionError> {
    match choice {
        CalibrationChoice::None => Ok(None),
        CalibrationChoice::Latest => {
            let found = journal.map_or(Ok(None), |journal| latest(journal, start));
            Ok(found.unwrap_or_else(|error| {
                tracing::warn!("no calibration is taken on: {error}");
                None
            }))
        }
        CalibrationChoice::Stored(id) => {
            let journal = journal.ok_or(SessionError::CalibrationWithoutJournal)?;
            let journal = Journal::open(journal)?;
            let touched_us = journal.plates_touched_us(&start.machine, start.started_us)?;
            let found = Found::stored(&journal.calibration(*id)?, touched_us, start)
                .ok_or(SessionError::CalibrationUnreadable(*id))?;
            Ok(Some(found))
        }
        CalibrationChoice::File(path) => {
            let refused = |problem| SessionError::CalibrationFile { path: path.clone(), problem };
            Ok(Some(Found::file(CalibrationFile::read(path).map_err(refused)?, start)))
        }
    }
}

/// Gives the estimator of a session the calibration that is asked for; what the screens are to say of it, and the
/// records for the journal. `None` when there is none.
///
/// # Errors
/// When the one that is asked for by number or file is not there, damaged, of another crop or of a machine of another size.
pub(super) fn adopt(
    choice: &CalibrationChoice,
    plates_touched: bool,
    journal: Option<&Path>,
    start: &SessionStart,
    setup: &mut SessionSetup,
) -> Result<Option<(CalibrationOrigin, Vec<EventRecord>)>, SessionError> {
    let Some(found) = chosen(choice, journal, start)? else { return Ok(None) };
    let plates = plates_touched || found.plates_touched;
    let Found { calibration, crop, field, machine, sha256, .. } = found;
    if crop != start.crop {
        return Err(SessionError::CalibrationCrop { found: crop, wanted: start.crop.clone() });
    }
    let same_field = field.is_some() && field == start.entered.field;
    let changed = Changed { field: !same_field, plates, machine: machine.is_some() };
    let adopted = match setup.pipeline.adopt(&calibration, start.started_us, changed) {
        Ok(adopted) => adopted,
        Err(error) if *choice == CalibrationChoice::Latest => {
            tracing::warn!("the newest calibration is not taken on: {error}");
            return Ok(None);
        }
        Err(error) => return Err(SessionError::Calibration(error)),
    };
    let origin = CalibrationOrigin {
        plates_reset: adopted.plates_reset,
        counts: adopted.rear || adopted.header,
        ..calibration.origin(field, machine)
    };
    let count = Some(i64::from(calibration.pans()));
    let days = us_to_s((start.started_us - origin.newest_us).max(0)) / 86_400.0;
    let event = |id| EventRecord::new(start.started_us, "calibration", id);
    let id = if origin.machine.is_some() { "adopted-other" } else { "adopted" };
    let level = Some(u8::from(origin.counts));
    let mut events = vec![EventRecord { level, stream: Some(sha256.into()), count, value: Some(days), ..event(id) }];
    if origin.plates_reset {
        events.push(event("plates-reset"));
    }
    Ok(Some((origin, events)))
}
