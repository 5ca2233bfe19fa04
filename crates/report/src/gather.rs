//! The journal becomes a report.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compose::MOST_DETAILED;
use super::lag::Shift;
use super::minutes::Gatherer;
use super::model::{Judged, Report, SessionReport, Totals};
use super::{ReportError, redact};
use grainloss_core::harvest::Interval90;
use grainloss_journal::{Journal, Session};

/// The track on a chart has no more points.
const MOST_POINTS: i64 = 3000;

/// How a report is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Another limit than the session's own: identifier or per cent.
    pub limit: Option<String>,
    /// Names, plates and places are taken out.
    pub redact: bool,
}

/// Everything about these sessions.
pub fn gather(
    journal: &Journal,
    sessions: &[Session],
    asked: Vec<(&'static str, String)>,
    options: &Options,
) -> Result<Report, ReportError> {
    // Beyond what a page shows in full there is no map to draw, and a season's places would fill the memory.
    let points = (sessions.len() <= MOST_DETAILED).then_some(MOST_POINTS);
    let sessions: Result<Vec<_>, _> =
        sessions.iter().map(|session| gather_session(journal, session, options, points)).collect();
    let mut report = Report { sessions: sessions?, asked, redacted: false };
    if options.redact {
        redact::report(&mut report);
    }
    Ok(report)
}

fn gather_session(
    journal: &Journal,
    session: &Session,
    options: &Options,
    points: Option<i64>,
) -> Result<SessionReport, ReportError> {
    let mut report = head(journal, session, options)?;
    let mut gatherer = Gatherer::default();
    let every_s = points.map(|most| (session.seconds / most + 1).max(1));
    let mut shift = Shift::default();
    let nothing_wrong = journal.each_row(session.id, |second| {
        gatherer.second(second);
        if let Some(shifted) = shift.push(second) {
            gatherer.shifted(&shifted, every_s);
        }
        Ok::<(), std::convert::Infallible>(())
    })?;
    match nothing_wrong {
        Ok(()) => {}
        Err(never) => match never {},
    }
    while let Some(shifted) = shift.pop() {
        gatherer.shifted(&shifted, every_s);
    }
    gatherer.finish(&mut report);
    Ok(report)
}

/// What can be told of a session without its seconds.
pub fn head(journal: &Journal, session: &Session, options: &Options) -> Result<SessionReport, ReportError> {
    let totals = session.totals.as_ref().map(totals).unwrap_or_default();
    let entry = grainloss_knowledge::crop(&session.crop).ok();
    let limits = grainloss_knowledge::limits(&session.crop).map_err(ReportError::Knowledge)?;
    let judge = |limit: grainloss_knowledge::LimitEntry| Judged {
        standing: totals.loss_pct.map(|loss| limit.compare(loss)),
        limit,
    };
    let limit = match (&options.limit, &session.limit, &entry) {
        (Some(asked), _, Some(crop)) => {
            grainloss_knowledge::limit(Some(asked), &session.crop, crop).map_err(ReportError::Knowledge)?
        }
        (_, Some((id, percent, source)), _) => Some(limits.iter().find(|limit| limit.id == *id).cloned().map_or_else(
            || grainloss_knowledge::LimitEntry {
                id: id.clone(),
                crop: session.crop.clone(),
                percent: *percent,
                name: grainloss_knowledge::Bilingual {
                    zh: format!("{id} {percent}%"),
                    en: format!("{id} {percent} %"),
                },
                source: source.clone(),
            },
            // What held then holds: the percentage of the session, not today's.
            |limit| grainloss_knowledge::LimitEntry { percent: *percent, source: source.clone(), ..limit },
        )),
        _ => None,
    };
    let events = journal.events(session.id)?;
    Ok(SessionReport {
        id: session.id,
        started_us: session.started_us,
        last_us: session.last_us,
        end_reason: session.end_reason.clone(),
        source: session.source.clone(),
        clock: session.clock.clone(),
        machine: session.machine.clone(),
        profile_sha256: session.profile_sha256.clone(),
        crop: session.crop.clone(),
        software: session.software.clone(),
        revision_of: session.revision_of,
        entered: session.entered.clone(),
        tkw_g: session.tkw_g.or_else(|| entry.map(|crop| crop.model(None, None).kernel_mass_kg * 1e6)),
        seconds: session.seconds,
        limit: limit.map(judge),
        limits: limits.into_iter().map(judge).collect(),
        totals,
        minutes: Vec::new(),
        pans: journal.all(session.id)?,
        alarms: journal.all(session.id)?,
        settings: journal.all(session.id)?,
        notices: events.into_iter().filter(|event| event.kind == "notice").collect(),
        activities: super::model::Activities::default(),
        feed: super::model::FeedCurve::default(),
        track: Vec::new(),
        moisture_pct: None,
        header_height_m: None,
        working_width_m: None,
        position_deg: None,
        seal: journal.seal(session.id)?,
    })
}

/// The sums out of the journal's JSON; what is null there is unknown here.
pub fn totals(json: &Value) -> Totals {
    let number = |key: &str| json[key].as_f64();
    let band = |key: &str| {
        let of = |part: &str| json[key][part].as_f64();
        Some(Interval90 { value: of("value")?, lo: of("lo")?, hi: of("hi")? })
    };
    Totals {
        duration_s: number("duration_s"),
        cutting_s: number("cutting_s"),
        area_ha: number("area_ha"),
        grain_kg: band("grain_kg"),
        header_kg: band("header_loss_kg"),
        rear_kg: band("rear_loss_kg"),
        loss_kg: band("total_loss_kg"),
        loss_pct: band("total_loss_pct"),
        basis: json["basis"].as_str().and_then(grainloss_journal::basis),
        known_share: number("known_share"),
        turns: json["turns"].as_i64(),
        turning_cuts: json["turning_cuts"].as_i64(),
        luggings: json["luggings"].as_i64(),
        separation_share: None,
    }
}

/// Which sessions are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// OpenedSession at or after, microseconds.
    pub from_us: Option<i64>,
    /// OpenedSession before, microseconds.
    pub to_us: Option<i64>,
    /// Entered names that must be equal: `operator`, `machine`, `field`, `township`.
    pub entered: BTreeMap<&'static str, String>,
}

impl Selection {
    /// True when this session is meant. A revision is not: its original is.
    pub fn takes(&self, session: &Session) -> bool {
        let entered = &session.entered;
        self.from_us.is_none_or(|from| session.started_us >= from)
            && self.to_us.is_none_or(|to| session.started_us < to)
            && session.revision_of.is_none()
            && self.entered.iter().all(|(item, asked)| {
                let is = |found: &Option<String>| found.as_deref() == Some(asked.as_str());
                match *item {
                    "operator" => is(&entered.operator),
                    "field" => is(&entered.field),
                    "township" => is(&entered.township),
                    // What its owner calls it, its plate, or the profile's name.
                    _ => is(&entered.machine_name) || is(&entered.plate) || session.machine == *asked,
                }
            })
    }
}
