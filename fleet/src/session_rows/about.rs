//! The rows of a session beside its seconds: from the head of the packet that knows most of it.

use std::borrow::Cow;

use grainloss_core::record::EventRecord;
use serde_json::Value as Json;

use super::Assembled;
use crate::table_file::Value;

/// From kg to 0.1 g.
const DG_PER_KG: f64 = 1e4;
/// From kg to g.
const G_PER_KG: f64 = 1e3;
/// From ha to 0.01 m².
const DM2_PER_HA: f64 = 1e6;

/// A number times `factor`, to the nearest whole one; unknown for what is no number, or too large.
fn scaled(number: Option<f64>, factor: f64) -> Value {
    let scaled = number.map(|number| (number * factor).round()).filter(|number| number.abs() < 9e15);
    Value::whole(scaled.map(|number| number as i64))
}

fn number(of: &Json, name: &str, factor: f64) -> Value {
    scaled(of[name].as_f64(), factor)
}

/// The value, or an end (`lo`, `hi`), of a number with its interval.
fn band(of: &Json, name: &str, part: &str, factor: f64) -> Value {
    scaled(of[name][part].as_f64(), factor)
}

fn text(of: &Json, name: &str) -> Value {
    Value::text(of[name].as_str())
}

/// The count of a report, which has always one.
fn count(of: &Json, name: &str) -> Value {
    Value::Whole(of[name].as_i64().unwrap_or(0))
}

impl Assembled {
    fn report(&self) -> &Json {
        self.head.report.as_ref().unwrap_or(&Json::Null)
    }

    fn start_s(&self) -> i64 {
        self.seconds.first().map_or(self.session.started_us, |second| second.t_us).div_euclid(1_000_000)
    }

    pub(super) fn session_row(&self) -> Vec<Value> {
        let report = self.report();
        let (totals, about) = (&report["totals"], self.head.about.as_ref());
        let end_us = self.seconds.last().map_or(self.session.started_us, |second| second.t_us);
        let last = self.seconds.last();
        let [grain_g, header_dg, rear_dg] = self.sums();
        let loss_dg = header_dg.zip(rear_dg).map(|(header, rear)| header.saturating_add(rear));
        let cutting = self.seconds.iter().filter(|second| second.state.as_deref() == Some("cutting")).count();
        let alarms = self.all_events().filter(|event| event.kind == "alarm-raised").count();
        let revises = self.session.revises.map(|number| crate::register::session_name(&self.session.journal, number));
        let limit = about.map_or_else(
            || (report["limit"]["id"].as_str(), report["limit"]["percent"].as_f64()),
            |about| (about.limit_id.as_deref(), about.limit_pct),
        );
        // What was entered is corrected in the report.
        let entered = |name: &str, known: Option<&str>| {
            if report.is_null() {
                Value::text(known)
            } else {
                Value::text(report[name].as_str().filter(|text| *text != HIDDEN))
            }
        };
        let basis = |name: &str, of: Option<&str>| if totals.is_null() { Value::text(of) } else { text(totals, name) };
        self.row([
            Value::text(revises.as_deref()),
            self.counts(),
            Value::Whole(i64::from(self.head.last)),
            Value::Whole(self.start_s()),
            Value::Whole(end_us.div_euclid(1_000_000)),
            Value::Whole(self.seconds.len() as i64),
            Value::Whole(cutting as i64),
            number(totals, "area_ha", DM2_PER_HA),
            Value::whole(grain_g),
            Value::whole(header_dg),
            Value::whole(rear_dg),
            Value::whole(loss_dg),
            band(totals, "total_loss_kg", "lo", DG_PER_KG),
            band(totals, "total_loss_kg", "hi", DG_PER_KG),
            text(totals, "basis"),
            basis("basis_header", last.and_then(|second| second.basis_header.as_deref())),
            basis("basis_rear", last.and_then(|second| second.basis_rear.as_deref())),
            Value::whole(totals["turns"].as_i64()),
            Value::whole(totals["turning_cuts"].as_i64()),
            Value::whole(totals["luggings"].as_i64()),
            Value::Whole(alarms as i64),
            Value::text(limit.0),
            scaled(limit.1, 1e4),
            entered("township", about.and_then(|about| about.township.as_deref())),
            entered("field", about.and_then(|about| about.field.as_deref())),
            entered("operator", about.and_then(|about| about.operator.as_deref())),
            Value::text(about.map(|about| about.software.as_str()).or(report["software"].as_str())),
        ])
    }

    /// The drivers of the report, each with a name that is its own within the session.
    fn drivers(&self) -> impl Iterator<Item = (String, &Json)> {
        let drivers = self.report()["drivers"].as_array().into_iter().flatten();
        drivers.enumerate().map(|(at, driver)| {
            let name = driver["operator"].as_str().filter(|name| *name != HIDDEN);
            (name.map_or_else(|| format!("driver-{}", at + 1), str::to_owned), driver)
        })
    }

    pub(super) fn driver_rows(&self) -> Vec<Vec<Value>> {
        let basis = text(&self.report()["totals"], "basis");
        let row = |(name, driver): (String, &Json)| {
            self.row([
                name.as_str().into(),
                self.counts(),
                Value::Whole(self.start_s()),
                count(driver, "seconds"),
                count(driver, "cutting_s"),
                number(driver, "area_ha", DM2_PER_HA),
                number(driver, "grain_kg", G_PER_KG),
                band(driver, "header_loss_kg", "value", DG_PER_KG),
                band(driver, "rear_loss_kg", "value", DG_PER_KG),
                band(driver, "total_loss_kg", "value", DG_PER_KG),
                band(driver, "total_loss_kg", "lo", DG_PER_KG),
                band(driver, "total_loss_kg", "hi", DG_PER_KG),
                basis.clone(),
                count(driver, "turning_cuts"),
                count(driver, "luggings"),
                count(driver, "alarms"),
            ])
        };
        self.drivers().map(row).collect()
    }

    pub(super) fn habit_rows(&self) -> Vec<Vec<Value>> {
        let mut rows = Vec::new();
        for (name, driver) in self.drivers() {
            for habit in driver["habits"].as_array().into_iter().flatten() {
                let duration = number(habit, "seconds", 1e3);
                rows.push(self.row([
                    name.as_str().into(),
                    self.counts(),
                    habit["habit"].as_str().unwrap_or_default().into(),
                    count(habit, "count"),
                    if duration == Value::Unknown { Value::Whole(0) } else { duration },
                    band(habit, "kg", "value", DG_PER_KG),
                    band(habit, "kg", "lo", DG_PER_KG),
                    band(habit, "kg", "hi", DG_PER_KG),
                    text(habit, "kg_untold"),
                ]));
            }
        }
        rows
    }

    /// Its events that name no person: those of the report, else those of its packets.
    fn all_events(&self) -> impl Iterator<Item = Cow<'_, EventRecord>> {
        let reported = self.report()["events"].as_array();
        let of_packets = self.events.iter().filter(move |_| reported.is_none()).map(Cow::Borrowed);
        let reported = reported.into_iter().flatten().filter_map(|event| {
            let text = |name: &str| event[name].as_str().map(|text| Cow::Owned(text.to_owned()));
            Some(Cow::Owned(EventRecord {
                t_us: (event["t_unix"].as_f64()? * 1e6).round() as i64,
                kind: text("kind")?,
                id: text("id")?,
                level: event["level"].as_u64().and_then(|level| u8::try_from(level).ok()),
                stream: text("stream"),
                count: event["count"].as_i64(),
                value: event["value"].as_f64(),
            }))
        });
        reported.chain(of_packets).filter(|event| event.is_impersonal())
    }

    pub(super) fn event_rows(&self) -> Vec<Vec<Value>> {
        let row = |event: Cow<'_, EventRecord>| {
            self.row([
                self.counts(),
                Value::Whole(event.t_us.div_euclid(1000)),
                event.kind.as_ref().into(),
                event.id.as_ref().into(),
                Value::whole(event.level.map(i64::from)),
                Value::text(event.stream.as_deref()),
                Value::whole(event.count),
                scaled(event.value, 1e6),
            ])
        };
        self.all_events().map(row).collect()
    }

    pub(super) fn pan_rows(&self) -> Vec<Vec<Value>> {
        let row = |pan: &grainloss_packet::PanRecord| {
            // Over the field whose loss fell into it.
            let field_m2 = pan.area_m2 * pan.concentration;
            self.row([
                self.counts(),
                Value::Whole(pan.dropped_us.div_euclid(1_000_000)),
                pan.place.as_str().into(),
                scaled((field_m2 > 0.0).then(|| pan.grain_kg / field_m2), 1e6),
                pan.outcome.as_str().into(),
                scaled(pan.log_found_over_expected, 1e6),
                scaled(pan.weight, 1e6),
            ])
        };
        self.head.pans.iter().map(row).collect()
    }

    pub(super) fn calibration_rows(&self) -> Vec<Vec<Value>> {
        let row = |learned: &grainloss_packet::CalibrationRecord| {
            let (load_lo, load_hi) = learned.load.unzip();
            let (moisture_lo, moisture_hi) = learned.moisture.unzip();
            self.row([
                Value::Whole(learned.t_us.div_euclid(1_000_000)),
                learned.profile.as_str().into(),
                Value::Whole(learned.rear_pans.into()),
                Value::Whole(learned.header_pans.into()),
                scaled(load_lo, 1e6),
                scaled(load_hi, 1e6),
                scaled(moisture_lo, 1e4),
                scaled(moisture_hi, 1e4),
                learned.sha256.as_str().into(),
                learned.learned.as_str().into(),
            ])
        };
        self.head.calibration.iter().filter(|learned| !learned.forgotten).map(row).collect()
    }

    pub(super) fn finding_rows(&self) -> Vec<Vec<Value>> {
        let row = |finding: &grainloss_packet::FindingRecord| {
            vec![
                self.session.device.as_str().into(),
                Value::Whole(finding.id),
                self.session.name().as_str().into(),
                Value::Whole(finding.raised_us.div_euclid(1_000_000)),
                finding.rule.as_str().into(),
                Value::text(finding.operator.as_deref()),
                finding.state.as_str().into(),
                match scaled(Some(finding.value), 1e6) {
                    Value::Unknown => Value::Whole(0),
                    value => value,
                },
                match scaled(Some(finding.above), 1e6) {
                    Value::Unknown => Value::Whole(0),
                    value => value,
                },
                crate::register::journal_name(&self.session.journal).as_str().into(),
            ]
        };
        self.head.findings.iter().map(row).collect()
    }
}

/// Stands in a report without names where a name was.
const HIDDEN: &str = "***";
