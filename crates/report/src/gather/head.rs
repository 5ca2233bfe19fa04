//! What the journal says of a session apart from its seconds.

use serde_json::Value;

use super::prices::prices;
use crate::error::ReportError;
use crate::model::{Activities, FeedCurve, JudgedLimit, ReportedAlarm, SessionReport, Totals};
use grainloss_core::advice::Excess;
use grainloss_core::check_result::{CHECKLIST, CHECKLIST_ITEM};
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest::Interval90;
use grainloss_core::record::{EventRecord, TravelLosses};
use grainloss_core::test_cut::TEST_CUT;
use grainloss_journal::{Journal, Session, SigningKey, StoredAlarm};
use grainloss_knowledge::{Bilingual, CropEntry, LimitEntry, LimitStanding};

/// How a report is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Another limit than the session's own: an identifier or per cent.
    pub limit: Option<String>,
    /// Names, plates and places are taken out.
    pub redact: bool,
    /// Signs the square codes; `None` when they are not to be signed.
    pub key: Option<SigningKey>,
}

/// Kinds of events that the report lists beside alarms: operator faults, trouble codes of the machine, readings that
/// contradict each other, and what the operator saw.
const NOTICES: [&str; 10] = [
    "notice",
    "trouble",
    "trouble-over",
    "doubt",
    "doubt-over",
    "symptom-seen",
    "symptom-tried",
    "symptom-helped",
    "symptom-not-helped",
    "symptom-put-back",
];

/// Reads a session without its seconds: no minutes, activities, curve, track or means.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read, or there is no limit such as `options` asks for.
pub fn head(journal: &Journal, session: &Session, options: &Options) -> Result<SessionReport, ReportError> {
    let json = session.totals();
    let totals = json.as_ref().map(totals).unwrap_or_default();
    let crop = grainloss_knowledge::crop(&session.crop).ok();
    let limits = grainloss_knowledge::limits(&session.crop).map_err(ReportError::Knowledge)?;
    let limit = limit_of(session, options, &limits, crop.as_ref())?;
    let judge = |limit: LimitEntry| JudgedLimit { verdict: totals.loss_pct.map(|loss| limit.verdict(loss)), limit };
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
        tkw_g: session.tkw_g.or_else(|| crop.map(|crop| crop.model(None, None).kernel_mass_kg * 1e6)),
        seconds: session.seconds,
        limit: limit.map(judge),
        limits: limits.into_iter().map(judge).collect(),
        totals,
        has_totals: json.is_some(),
        minutes: Vec::new(),
        pans: journal.all(session.id)?,
        points: Vec::new(),
        alarms: alarms(journal.all(session.id)?, &events),
        settings: Vec::new(),
        kept: Vec::new(),
        crop_said: events.iter().filter_map(crop_said).collect(),
        checks: of_kinds(&events, &[CHECKLIST, CHECKLIST_ITEM]),
        test_cuts: of_kinds(&events, &[TEST_CUT]),
        drivers: Vec::new(),
        prices: prices(&events),
        by_travel: TravelLosses::default(),
        notices: events.into_iter().filter(|event| NOTICES.contains(&&*event.kind)).collect(),
        activities: Activities::default(),
        feed: FeedCurve::default(),
        track: Vec::new(),
        moisture_pct: None,
        header_height_m: None,
        working_width_m: None,
        position_deg: None,
        calibration: journal.calibration_origin(session.id)?,
        seal: journal.seal(session.id)?,
        code: None,
    })
}

/// The events of these kinds.
fn of_kinds(events: &[EventRecord], kinds: &[&str]) -> Vec<EventRecord> {
    events.iter().filter(|event| kinds.contains(&&*event.kind)).cloned().collect()
}

/// What an event says of the crop; `None` for an event of another kind.
fn crop_said(event: &EventRecord) -> Option<(i64, CropConditions)> {
    let said = || if event.id == "not-said" { Some(CropConditions::UNKNOWN) } else { CropConditions::named(&event.id) };
    Some((event.t_us, (event.kind == "crop").then(said)??))
}

/// The alarms with the highest word and level that each had while it was active.
fn alarms(stored: Vec<StoredAlarm>, events: &[EventRecord]) -> Vec<ReportedAlarm> {
    let with_peak = |mut stored: StoredAlarm| {
        let of_it = |event: &&EventRecord| {
            matches!(&*event.kind, "alarm-raised" | "alarm-changed")
                && event.id == stored.alarm
                && event.t_us >= stored.raised_us
                && stored.cleared_us.is_none_or(|cleared_us| event.t_us < cleared_us)
        };
        let said: Vec<_> = events.iter().filter(of_it).collect();
        let excess = said.iter().filter_map(|event| Excess::numbered(event.count?)).max();
        stored.level = said.iter().map(|event| event.level).max().flatten().max(stored.level);
        ReportedAlarm { stored, excess }
    };
    stored.into_iter().map(with_peak).collect()
}

/// The limit that the session is judged by: the one asked for, or the session's own.
fn limit_of(
    session: &Session,
    options: &Options,
    limits: &[LimitEntry],
    crop: Option<&CropEntry>,
) -> Result<Option<LimitEntry>, ReportError> {
    if let (Some(asked), Some(crop)) = (&options.limit, crop) {
        return grainloss_knowledge::limit(Some(asked), &session.crop, crop).map_err(ReportError::Knowledge);
    }
    Ok(session.limit.as_ref().map(|(id, percent, source)| match limits.iter().find(|limit| limit.id == *id) {
        // The percentage is that of the session, whatever the file says today.
        Some(limit) => LimitEntry { percent: *percent, source: source.clone(), ..limit.clone() },
        None => LimitEntry {
            id: id.clone(),
            crop: session.crop.clone(),
            percent: *percent,
            mode: None,
            broken_percent: None,
            impurity_percent: None,
            stubble_m: None,
            name: Bilingual { zh: format!("{id} {percent}%"), en: format!("{id} {percent} %") },
            document: None,
            source: source.clone(),
            source_zh: None,
            standing: LimitStanding::Own,
        },
    }))
}

/// The sums out of the journal's JSON; null there is `None` here.
pub fn totals(json: &Value) -> Totals {
    let number = |key: &str| json[key].as_f64();
    let interval = |key: &str| {
        let of = |part: &str| json[key][part].as_f64();
        Some(Interval90 { value: of("value")?, lo: of("lo")?, hi: of("hi")? })
    };
    let basis = |key: &str| json[key].as_str().and_then(grainloss_journal::basis);
    Totals {
        duration_s: number("duration_s"),
        cutting_s: number("cutting_s"),
        area_ha: number("area_ha"),
        grain_kg: interval("grain_kg"),
        header_kg: interval("header_loss_kg"),
        rear_kg: interval("rear_loss_kg"),
        loss_kg: interval("total_loss_kg"),
        loss_pct: interval("total_loss_pct"),
        basis: basis("basis"),
        stream_bases: [basis("basis_header"), basis("basis_rear")],
        known_share: number("known_share"),
        turns: json["turns"].as_i64(),
        turning_cuts: json["turning_cuts"].as_i64(),
        luggings: json["luggings"].as_i64(),
        separation_share: None,
    }
}
