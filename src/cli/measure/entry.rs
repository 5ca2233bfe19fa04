//! A point from a file: read, checked, and every problem named by its item in words.

use std::path::{Path, PathBuf};

use super::CliError;
use grainloss_core::data_file;
use grainloss_core::measured_point::{
    FieldKind, MeasuredPoint, PointPhoto, PointProblem, ProblemKind, field, problems,
};
use grainloss_journal::{Journal, Session};
use grainloss_knowledge::bounded::{LONGEST_REPORT, read_bounded};
use grainloss_knowledge::{Words, files, procedure};
use grainloss_report::{Options, head};

/// A point that can be stored.
pub(super) struct Checked(MeasuredPoint);

/// Reads a point; the error names file, line and item.
pub(super) fn read(path: &Path) -> Result<MeasuredPoint, CliError> {
    let file = path.display().to_string();
    let text = files::read(path).map_err(CliError::input)?;
    data_file::parse(&file, text.trim_start_matches('\u{feff}')).map_err(CliError::input)
}

/// The point with these photos: name and SHA-256 of each. A photo that the point names already gets its SHA-256.
pub(super) fn with_photos(
    mut point: MeasuredPoint,
    photos: &[PathBuf],
    words: &Words,
) -> Result<MeasuredPoint, CliError> {
    for path in photos {
        let file = path.display().to_string();
        let failed =
            |why: String| CliError::input(words.with("point-photo-unreadable", &[("file", &file), ("why", &why)]));
        let bytes = read_bounded(path, LONGEST_REPORT).map_err(|error| failed(error.to_string()))?;
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| failed("name".to_owned()))?;
        let sha256 = Some(data_file::sha256(&[&bytes]));
        match point.photo.iter_mut().find(|photo| photo.name == name) {
            Some(photo) => photo.sha256 = sha256,
            None => point.photo.push(PointPhoto { name: name.to_owned(), sha256 }),
        }
    }
    Ok(point)
}

/// The name of an item; of an area's item with the area's number.
pub(super) fn name_of(key: &str, words: &Words) -> String {
    let plain = |key: &str| words.get(&format!("point-{}", key.replace(['.', '_'], "-")));
    match key.split('.').collect::<Vec<_>>()[..] {
        ["area", number, name] => format!("{} {number} {}", plain("area"), plain(&format!("area.{name}"))),
        ["photo", number, ..] => format!("{} {number}", plain("photo")),
        _ => plain(key),
    }
}

/// A problem in words, without its item.
pub(super) fn what(problem: ProblemKind, words: &Words) -> String {
    let key = format!("point-problem-{}", problem.word());
    match problem {
        ProblemKind::OutOfRange(low, high) => {
            words.with(&key, &[("low", &low.to_string()), ("high", &high.to_string())])
        }
        _ => words.get(&key),
    }
}

/// A problem in words, with its item.
pub(super) fn line(problem: &PointProblem, words: &Words) -> String {
    let key = &*problem.key;
    let values = [("key", key), ("name", &*name_of(key, words)), ("what", &*what(problem.kind, words))];
    words.with("point-problem-line", &values)
}

/// What is wrong with a point; the crop's own procedure is asked.
pub(super) fn wrong(point: &MeasuredPoint) -> Result<Vec<PointProblem>, CliError> {
    let (procedure, ..) = procedure(&point.crop, point.mode).map_err(CliError::input)?;
    Ok(problems(point, &procedure.rules()))
}

impl Checked {
    /// Checks a point, and takes from the session that it names what is missing in its head. `place` names it in errors.
    pub fn new(point: MeasuredPoint, db: &Path, words: &Words, place: &str) -> Result<Self, CliError> {
        let point = match point.session {
            Some(id) => {
                let journal = Journal::open(db).map_err(CliError::input)?;
                let session = journal.session(&id.to_string()).map_err(CliError::input)?;
                with_session(point, &journal, &session, words)?
            }
            None => point,
        };
        let found = wrong(&point).map_err(|error| CliError::input(format!("{place}: {error}")))?;
        if found.is_empty() {
            return Ok(Self(point));
        }
        let values = [("place", place), ("count", &*found.len().to_string())];
        let mut message = words.with("point-refused", &values);
        for problem in &found {
            message.extend(["\n  ".to_owned(), line(problem, words)]);
        }
        Err(CliError::input(message))
    }

    pub const fn point(&self) -> &MeasuredPoint {
        &self.0
    }
}

/// Fills what is missing in the head from what was entered in a session, its position and its width of cut. Nothing that the
/// machine has measured of the grain is taken.
pub(super) fn with_session(
    mut point: MeasuredPoint,
    journal: &Journal,
    session: &Session,
    words: &Words,
) -> Result<MeasuredPoint, CliError> {
    if point.crop.is_empty() {
        point.crop.clone_from(&session.crop);
    }
    if point.crop != session.crop {
        let values = [("id", &*session.id.to_string()), ("found", &session.crop), ("asked", &point.crop)];
        return Err(CliError::input(words.with("point-crop-of-session", &values)));
    }
    point.session = Some(session.id);
    let asked = Vec::new();
    let report = grainloss_report::gather(journal, std::slice::from_ref(session), asked, &Options::default());
    let report = report.map_err(CliError::input)?;
    let known = match report.sessions.into_iter().next() {
        Some(known) => known,
        None => head(journal, session, &Options::default()).map_err(CliError::input)?,
    };
    let (head, entered) = (&mut point.head, known.entered);
    let texts = [
        (&mut head.operator, entered.operator),
        (&mut head.plate, entered.plate),
        (&mut head.township, entered.township),
        (&mut head.village, entered.place),
        (&mut head.field, entered.field),
    ];
    for (slot, value) in texts {
        *slot = slot.take().or(value);
    }
    head.cut_width_m = head.cut_width_m.or(known.working_width_m.map(|m| (m * 100.0).round() / 100.0));
    if let (None, None, Some((latitude, longitude))) = (head.latitude_deg, head.longitude_deg, known.position_deg) {
        // Five decimals are a metre.
        let rounded = |deg: f64| Some((deg * 1e5).round() / 1e5);
        (head.latitude_deg, head.longitude_deg) = (rounded(latitude), rounded(longitude));
    }
    Ok(point)
}

/// The words that an item takes; empty for one that takes any text.
pub(super) fn choices(key: &str) -> &'static [&'static str] {
    match field(key).map(|field| field.kind) {
        Some(FieldKind::Choice(words)) => words,
        _ => &[],
    }
}
