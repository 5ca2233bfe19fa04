//! Takes names, plates and places out of a report.
//!
//! Operators and machines become numbers, so that they can still be distinguished. The township stays, since counties sum
//! up by it. The seal stays: with the journal at hand it shows which session the report is of.

use super::model::{Report, SessionReport};
use grainloss_core::advice::setting_named;
use grainloss_core::check_result::checked_item;
use grainloss_journal::Entered;

/// Stands in the place of a name.
const HIDDEN: &str = "***";

/// Takes everything out of the report that identifies a person or a place.
pub fn report(report: &mut Report) {
    report.redacted = true;
    for (_, value) in &mut report.asked.iter_mut().filter(|(item, _)| !matches!(*item, "from" | "to")) {
        HIDDEN.clone_into(value);
    }
    let mut operators = Vec::new();
    let mut machines = Vec::new();
    for session in &mut report.sessions {
        for part in &mut session.drivers {
            part.operator = part.operator.as_ref().map(|name| number(&mut operators, name));
        }
        let entered = &session.entered;
        let operator = entered.operator.as_ref().map(|name| number(&mut operators, name));
        let machine = entered.machine_name.as_ref().or(entered.plate.as_ref());
        let machine_name = machine.map(|name| number(&mut machines, name));
        session.entered = Entered {
            operator,
            machine_name,
            plate: entered.plate.as_ref().map(|_| HIDDEN.to_owned()),
            field: entered.field.as_ref().map(|_| HIDDEN.to_owned()),
            place: entered.place.as_ref().map(|_| HIDDEN.to_owned()),
            township: entered.township.clone(),
        };
        session_details(session);
    }
}

/// The number that stands for a name: the same for the same name.
fn number(known: &mut Vec<String>, name: &str) -> String {
    let at = known.iter().position(|other| other == name).unwrap_or_else(|| {
        known.push(name.to_owned());
        known.len() - 1
    });
    format!("#{}", at + 1)
}

fn session_details(session: &mut SessionReport) {
    // The operator chose the names of log files.
    session.source = source_kind(&session.source).to_owned();
    session.position_deg = None;
    if let Some(origin) = &mut session.calibration {
        [&mut origin.field, &mut origin.machine].into_iter().flatten().for_each(|name| HIDDEN.clone_into(name));
    }
    let hide = |who: &mut Option<String>| {
        if who.is_some() {
            *who = Some(HIDDEN.to_owned());
        }
    };
    session.pans.iter_mut().for_each(|pan| hide(&mut pan.who));
    for setting in &mut session.settings {
        hide(&mut setting.who);
        // A word of the operator's own, for what no channel shows.
        if setting_named(&setting.setting).is_none() {
            HIDDEN.clone_into(&mut setting.setting);
        }
    }
    session.kept.iter_mut().for_each(|setting| hide(&mut setting.who));
    for check in session.checks.iter_mut().chain(&mut session.test_cuts) {
        if check.stream.is_some() {
            check.stream = Some(HIDDEN.into());
        }
        // A note is in the words of who wrote it.
        if let Some((list, item, Some(_))) = checked_item(check) {
            check.id = format!("{list}/{item} {HIDDEN}").into();
        }
    }
    session.alarms.iter_mut().for_each(|alarm| hide(&mut alarm.stored.acknowledged_by));
    for point in &mut session.points {
        point.point.hide_names(hide);
        hide(&mut point.stored.who);
        point.point.head.witnesses.iter_mut().for_each(|name| HIDDEN.clone_into(name));
    }
}

/// Takes the same out of the JSON of one session.
pub fn json(report: &mut serde_json::Value) {
    for item in ["operator", "field", "place", "machine_name", "plate"] {
        if !report[item].is_null() {
            report[item] = HIDDEN.into();
        }
    }
    for driver in report["drivers"].as_array_mut().into_iter().flatten() {
        if !driver["operator"].is_null() {
            driver["operator"] = HIDDEN.into();
        }
    }
    report["source"] = source_kind(report["source"].as_str().unwrap_or("")).into();
    report["redacted"] = true.into();
}

/// The kind of a source, without the names of files.
fn source_kind(source: &str) -> &str {
    source.split([' ', ':']).next().unwrap_or("")
}
