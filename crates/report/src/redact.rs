//! Taking names, plates and places out of a report. Operators and machines keep a number, so that they can still be told
//! apart; the township stays, by which counties sum up; the seal stays, and tells anybody who has the journal which session
//! it was.

use super::model::{Report, SessionReport};
use grainloss_journal::Entered;

/// Takes everything out that names somebody or somewhere.
pub fn report(report: &mut Report) {
    report.redacted = true;
    for (_, value) in &mut report.asked.iter_mut().filter(|(item, _)| !matches!(*item, "from" | "to")) {
        HIDDEN.clone_into(value);
    }
    let mut operators = Vec::new();
    let mut machines = Vec::new();
    for session in &mut report.sessions {
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
        within(session);
    }
}

/// What stands in the place of a name.
pub const HIDDEN: &str = "***";

fn number(seen: &mut Vec<String>, name: &str) -> String {
    let at = seen.iter().position(|other| other == name).unwrap_or_else(|| {
        seen.push(name.to_owned());
        seen.len() - 1
    });
    format!("#{}", at + 1)
}

fn within(session: &mut SessionReport) {
    // The names of log files are people's own.
    session.source = source(&session.source).to_owned();
    session.position_deg = None;
    let hide = |who: &mut Option<String>| {
        if who.is_some() {
            *who = Some(HIDDEN.to_owned());
        }
    };
    session.pans.iter_mut().for_each(|pan| hide(&mut pan.who));
    session.settings.iter_mut().for_each(|setting| hide(&mut setting.who));
    session.alarms.iter_mut().for_each(|alarm| hide(&mut alarm.acknowledged_by));
}

/// The same in the JSON of one session.
pub fn json(report: &mut serde_json::Value) {
    for item in ["operator", "field", "place", "machine_name", "plate"] {
        if !report[item].is_null() {
            report[item] = HIDDEN.into();
        }
    }
    report["source"] = source(report["source"].as_str().unwrap_or("")).into();
    report["redacted"] = true.into();
}

/// True for what the machine and this program tell; what somebody has told from a screen carries a name.
pub fn names_nobody(kind: &str) -> bool {
    kind.starts_with("alarm-")
        || ["notice", "advice", "setting", "setting-judged", "bus", "clock", "lost", "capture", "reload"]
            .contains(&kind)
}

/// The kind of a source, without the names of files.
pub fn source(source: &str) -> &str {
    source.split([' ', ':']).next().unwrap_or("")
}
