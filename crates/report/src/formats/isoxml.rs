//! ISOXML (ISO 11783-10, version 4.3): TASKDATA.XML, and a time log for each session. An unknown value is left out of the
//! log. The format has no fields for intervals and basis: the other reports have them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::utc::utc;
use crate::error::ReportError;
use crate::files::write_whole;
use crate::gather::crop_shift::{ShiftedSecond, each_shifted};
use crate::model::SessionReport;
use crate::xml::escaped;
use grainloss_core::harvest::Activity;
use grainloss_journal::{Journal, Session, StoredSetting};

/// A value of the log (ISO 11783-11).
struct LoggedValue {
    /// Data dictionary identifier.
    ddi: u16,
    /// Name that is shown.
    name: &'static str,
    /// Unit that is shown.
    unit: &'static str,
    /// Factor from the log's integer to `unit`.
    scale: f64,
    /// Decimals that are shown.
    decimals: u8,
}

const fn logged(ddi: u16, name: &'static str, unit: &'static str, scale: f64, decimals: u8) -> LoggedValue {
    LoggedValue { ddi, name, unit, scale, decimals }
}

/// The values of the log; the log refers to them by their index.
const LOGGED: [LoggedValue; 15] = [
    logged(84, "Yield, wet", "kg/ha", 0.01, 1),
    logged(87, "Grain harvested, wet", "kg/s", 1e-6, 3),
    logged(93, "Loss on the area", "kg/ha", 0.01, 1),
    logged(96, "Loss", "kg/s", 1e-6, 4),
    logged(98, "Loss over yield", "%", 1e-4, 2),
    logged(99, "Grain moisture", "%", 1e-4, 1),
    logged(397, "Speed", "km/h", 0.0036, 1),
    logged(67, "Width cut", "m", 0.001, 2),
    logged(62, "Knife height", "m", 0.001, 2),
    logged(141, "Cutting", "", 1.0, 0),
    logged(255, "Fan speed", "r/min", 0.06, 0),
    logged(251, "Concave clearance", "mm", 1.0, 0),
    logged(247, "Upper sieve", "mm", 1.0, 0),
    logged(243, "Lower sieve", "mm", 1.0, 0),
    logged(327, "Reel speed", "r/min", 0.06, 0),
];
/// Settings: name in the journal, index in [`LOGGED`], and factor from the journal's unit to the DDI's.
const SETTINGS: [(&str, usize, f64); 5] = [
    ("fan.speed", 10, 1000.0 / 60.0),
    ("concave.clearance", 11, 1000.0),
    ("sieve.upper", 12, 1000.0),
    ("sieve.lower", 13, 1000.0),
    ("reel.speed", 14, 1000.0 / 60.0),
];
/// Totals of a task.
const SUMS: [LoggedValue; 3] = [
    logged(90, "Grain harvested", "kg", 1.0, 0),
    logged(116, "Area", "ha", 1e-4, 2),
    logged(119, "Cutting time", "h", 1.0 / 3600.0, 2),
];
/// Below this rate of area nothing is divided by it, m²/s (assumed: walking speed with a narrow cut).
const LEAST_AREA_M2_S: f64 = 0.5;
/// 1980-01-01, s since 1970.
const EPOCH_1980_S: i64 = 315_532_800;
const DAY_S: i64 = 86_400;

/// Writes the folder TASKDATA into `folder`, completely or not at all.
///
/// # Errors
///
/// TASKDATA exists already, the journal cannot be read, a session has no positions, or a file cannot be written.
pub fn write_isoxml(
    journal: &Journal,
    sessions: &[(Session, SessionReport)],
    folder: &Path,
) -> Result<(), ReportError> {
    fs::create_dir_all(folder)?;
    let (target, part) = (folder.join("TASKDATA"), folder.join(format!(".TASKDATA.{}.part", std::process::id())));
    if target.exists() {
        return Err(ReportError::InTheWay(target));
    }
    fs::create_dir(&part)?;
    let written = write_into(journal, sessions, &part).and_then(|()| Ok(fs::rename(&part, &target)?));
    if written.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    written
}

fn write_into(journal: &Journal, sessions: &[(Session, SessionReport)], part: &Path) -> Result<(), ReportError> {
    for (n, (session, report)) in sessions.iter().enumerate() {
        let log = log(journal, session, report)?;
        let name = format!("TLG{:05}", n + 1);
        write_whole(&part.join(format!("{name}.xml")), |out| out.write_all(header(n + 1).as_bytes()))?;
        write_whole(&part.join(format!("{name}.bin")), |out| out.write_all(&log))?;
    }
    let reports: Vec<&SessionReport> = sessions.iter().map(|(_, report)| report).collect();
    write_whole(&part.join("TASKDATA.XML"), |out| out.write_all(task_data(&reports).as_bytes()))?;
    Ok(())
}

/// The header of a time log: a record has a time, a position with its UTC time, and these values.
fn header(device: usize) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TIM A=\"\" D=\"4\">\n<PTN A=\"\" B=\"\" D=\"\" H=\"\" I=\"\"/>\n",
    );
    for value in &LOGGED {
        let _ = writeln!(xml, "<DLV A=\"{:04X}\" B=\"\" C=\"DET-{device}\"/>", value.ddi);
    }
    xml + "</TIM>\n"
}

/// The records of a session: one for each second with a position.
fn log(journal: &Journal, session: &Session, report: &SessionReport) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    // Every movement of a setting, whatever moved it.
    let settings: Vec<StoredSetting> = journal.all(report.id)?;
    let mut settings = settings.iter().peekable();
    // Position status: 8 is simulated, 15 is unknown (no supported bus message has it).
    let status = if session.clock == "simulator" { 8u8 } else { 15 };
    each_shifted(journal, session, |shifted| {
        let Some((latitude, longitude)) = shifted.second.position_deg else { return Ok(()) };
        let mut values = values(shifted);
        while let Some(setting) = settings.next_if(|setting| setting.t_us <= shifted.second.t_us) {
            let known = SETTINGS.iter().find(|(name, ..)| *name == setting.setting).zip(setting.value);
            values.extend(known.and_then(|((_, at, factor), value)| integer(*at, value * factor)));
        }
        let seconds = shifted.second.t_us.div_euclid(1_000_000);
        let (days, ms) = ((seconds - EPOCH_1980_S).div_euclid(DAY_S) as u16, (seconds.rem_euclid(DAY_S) * 1000) as u32);
        bytes.extend(ms.to_le_bytes());
        bytes.extend(days.to_le_bytes());
        bytes.extend(((latitude * 1e7).round() as i32).to_le_bytes());
        bytes.extend(((longitude * 1e7).round() as i32).to_le_bytes());
        bytes.push(status);
        bytes.extend(ms.to_le_bytes());
        bytes.extend(days.to_le_bytes());
        bytes.push(values.len() as u8);
        for (at, value) in values {
            bytes.push(at);
            bytes.extend(value.to_le_bytes());
        }
        Ok(())
    })?;
    if bytes.is_empty() { Err(ReportError::NoPositions(session.id)) } else { Ok(bytes) }
}

/// A value as an integer of the log with its index; `None` when it does not fit.
fn integer(at: usize, value: f64) -> Option<(u8, i32)> {
    let rounded = value.round();
    (0.0..=f64::from(i32::MAX)).contains(&rounded).then_some((at as u8, rounded as i32))
}

/// The known values of a second, each with its index in [`LOGGED`].
fn values(shifted: &ShiftedSecond) -> Vec<(u8, i32)> {
    let s = &shifted.second;
    let loss = shifted.loss_kg_s.map(|loss| loss.value);
    let harvested = s.grain_in_kg_s.zip(loss).map(|(grain, loss)| grain - loss).filter(|kg| *kg > 0.0);
    let area = s.ground_speed_m_s.zip(s.working_width_m).map(|(speed, width)| speed * width);
    let area = area.filter(|area| *area >= LEAST_AREA_M2_S);
    let per_area = |kg_s: Option<f64>| kg_s.zip(area).map(|(kg_s, area)| kg_s / area * 1e6);
    let of_yield = loss.zip(harvested).map(|(loss, harvested)| loss / harvested * 1e6);
    let known = [
        per_area(harvested),
        harvested.map(|kg| kg * 1e6),
        per_area(loss),
        loss.map(|kg| kg * 1e6),
        of_yield.filter(|_| shifted.loss_pct.is_some()),
        s.moisture_pct.map(|pct| pct * 1e4),
        s.ground_speed_m_s.map(|speed| speed * 1e3),
        s.working_width_m.map(|width| width * 1e3),
        s.header_height_m.map(|height| height * 1e3),
        s.activity.map(|activity| f64::from(u8::from(activity == Activity::Cutting))),
    ];
    known.into_iter().enumerate().filter_map(|(at, value)| integer(at, value?)).collect()
}

/// The first 32 characters, escaped: the format has no longer names.
fn short(text: &str) -> String {
    escaped(&text.chars().take(32).collect::<String>())
}

/// TASKDATA.XML: a worker, a field, a machine and a task for each session.
fn task_data(sessions: &[&SessionReport]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ISO11783_TaskData VersionMajor=\"4\" VersionMinor=\"3\" \
         ManagementSoftwareManufacturer=\"grainloss\" ManagementSoftwareVersion=\"{}\" DataTransferOrigin=\"2\">\n",
        env!("CARGO_PKG_VERSION")
    );
    // Writing to a String cannot fail.
    for (n, s) in (1..).zip(sessions) {
        let _ = writeln!(xml, "<CTP A=\"CTP-{n}\" B=\"{}\"/>", short(&s.crop));
    }
    for (n, s) in (1..).zip(sessions) {
        let _ = device(&mut xml, n, s);
    }
    for (n, s) in (1..).zip(sessions) {
        let field = s.entered.field.as_deref().unwrap_or("?");
        let area = s.totals.area_ha.map_or(0.0, |ha| (ha * 1e4).round());
        let _ = writeln!(xml, "<PFD A=\"PFD-{n}\" C=\"{}\" D=\"{area:.0}\" G=\"CTP-{n}\"/>", short(field));
    }
    for (n, s) in (1..).zip(sessions) {
        let _ = task(&mut xml, n, s);
    }
    for (n, s) in (1..).zip(sessions) {
        if let Some(operator) = &s.entered.operator {
            let _ = writeln!(xml, "<WKR A=\"WKR-{n}\" B=\"{}\"/>", short(operator));
        }
    }
    xml + "</ISO11783_TaskData>\n"
}

fn device(xml: &mut String, n: usize, s: &SessionReport) -> std::fmt::Result {
    let name = short(s.entered.machine_name.as_deref().unwrap_or(&s.machine));
    // A harvester (industry group 2, class 7) whose own NAME is unknown.
    writeln!(
        xml,
        "<DVC A=\"DVC-{n}\" B=\"{name}\" C=\"{}\" D=\"A00E000000000000\" F=\"30303030303031\" G=\"FF000000406E65\">",
        short(&s.software)
    )?;
    writeln!(xml, "<DET A=\"DET-{n}\" B=\"1\" C=\"1\" D=\"{name}\" E=\"0\" F=\"0\">")?;
    let all = || LOGGED.iter().chain(&SUMS).enumerate();
    for (at, _) in all() {
        writeln!(xml, "<DOR A=\"{}\"/>", 100 + at)?;
    }
    writeln!(xml, "</DET>")?;
    for (at, value) in all() {
        // Trigger methods: 16 is a total, 1 a time interval.
        let trigger = if at < LOGGED.len() { 1 } else { 16 };
        writeln!(
            xml,
            "<DPD A=\"{}\" B=\"{:04X}\" C=\"0\" D=\"{trigger}\" E=\"{}\" F=\"{}\"/>",
            100 + at,
            value.ddi,
            value.name,
            200 + at
        )?;
    }
    for (at, value) in all() {
        let unit = escaped(value.unit);
        writeln!(xml, "<DVP A=\"{}\" B=\"0\" C=\"{}\" D=\"{}\" E=\"{unit}\"/>", 200 + at, value.scale, value.decimals)?;
    }
    writeln!(xml, "</DVC>")
}

fn task(xml: &mut String, n: usize, s: &SessionReport) -> std::fmt::Result {
    let worker = if s.entered.operator.is_some() { format!(" F=\"WKR-{n}\"") } else { String::new() };
    let status = if s.end_reason.is_some() { 4 } else { 3 };
    writeln!(xml, "<TSK A=\"TSK-{n}\" B=\"grainloss {}\" E=\"PFD-{n}\"{worker} G=\"{status}\">", s.id)?;
    let last_us = s.last_us.unwrap_or(s.started_us);
    let seconds = (last_us - s.started_us).div_euclid(1_000_000).max(0);
    let (start, stop) = (utc(s.started_us), utc(last_us));
    writeln!(xml, "<TIM A=\"{start}\" B=\"{stop}\" C=\"{seconds}\" D=\"4\">")?;
    let t = &s.totals;
    let harvested = t.grain_kg.zip(t.loss_pct).map(|(grain, loss)| grain.value * (1.0 - loss.value / 100.0));
    let sums = [harvested, t.area_ha.map(|ha| ha * 1e4), t.cutting_s];
    for (sum, value) in SUMS.iter().zip(sums) {
        if let Some((_, value)) = value.and_then(|value| integer(0, value)) {
            writeln!(xml, "<DLV A=\"{:04X}\" B=\"{value}\" C=\"DET-{n}\"/>", sum.ddi)?;
        }
    }
    writeln!(xml, "</TIM>\n<DAN A=\"A00E000000000000\" C=\"DVC-{n}\"/>\n<TLG A=\"TLG{n:05}\" C=\"1\"/>\n</TSK>")
}
