//! `--summary`: the session in one JSON object.

use serde::Serialize;
use serde_json::{Value, json};

use grainloss_core::advice::{
    Alarm, AlarmId, Comparison, Event, EventKind, Excess, NextStep, Notice, SpeedStep, SpeedWorth,
};
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::harvest::{CalibrationOrigin, Interval90, PanEntry, PanOutcome, Totals};
use grainloss_core::pipeline::FrameCounts;
use grainloss_core::record::{SecondRow, TravelLosses, totals_json};
use grainloss_knowledge::{Guide, LimitEntry};

/// An alarm of the session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SummaryAlarm {
    /// When it was raised, s since 1970.
    pub t_unix: f64,
    /// 1 low, 2 medium, 3 high.
    pub level: u8,
    /// Which alarm.
    pub id: &'static str,
    /// The stream or the plate.
    pub stream: Option<&'static str>,
    /// When it was cleared, s since 1970; `None` when it was still active at the end.
    pub cleared_unix: Option<f64>,
    /// How often it was raised: more than once when it came back within its re-alarm time.
    pub times: u32,
    /// For the level alarm, how far above the limit the loss was at most: `probable`, `above` or `far`.
    pub excess: Option<&'static str>,
    #[serde(skip)]
    most: Option<Excess>,
}

impl SummaryAlarm {
    /// Takes in what the alarm says now: level and word are the highest that there were.
    fn rise(&mut self, alarm: &Alarm) {
        self.level = self.level.max(alarm.level);
        self.most = self.most.max(alarm.excess);
        self.excess = self.most.map(Excess::word);
    }
}

/// Collects the events of a session.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    alarms: Vec<(AlarmId, SummaryAlarm)>,
    notices: [u32; 3],
    lowered: u32,
    /// What was advised, which adjustment, and when.
    advised: Vec<(NextStep, usize, f64)>,
    judged: Vec<Comparison>,
    worth: Option<SpeedWorth>,
    pans: Vec<PanEntry>,
    /// What was said of the crop, and when, s since 1970.
    crop_said: Vec<(f64, CropConditions)>,
    /// The calibration of an earlier field that the session began with; null without one.
    calibration: Value,
    by_travel: TravelLosses,
}

/// The loss stream or the loss sensor that an alarm concerns; `None` for others.
pub(super) fn alarm_stream(alarm: &Alarm) -> Option<&'static str> {
    match alarm.id {
        AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => Some(channel.name()),
        AlarmId::BusSilent | AlarmId::PlatesSilent | AlarmId::Plugged | AlarmId::EngineStalling => None,
        AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative => {
            alarm.stream.map(grainloss_core::harvest::Stream::word)
        }
    }
}

impl Summary {
    /// The alarms, in the order in which they were first raised.
    pub fn alarms(&self) -> impl Iterator<Item = &SummaryAlarm> {
        self.alarms.iter().map(|(_, alarm)| alarm)
    }

    /// Adds an event.
    pub fn event(&mut self, event: &Event) {
        let t_unix = event.t_us as f64 / 1e6;
        match event.kind {
            EventKind::Raised(alarm) => {
                let before = self.alarms.iter_mut().rev().find(|(id, _)| *id == alarm.id && alarm.times > 1);
                if let Some((_, entry)) = before {
                    (entry.cleared_unix, entry.times) = (None, alarm.times);
                    entry.rise(&alarm);
                    return;
                }
                let (id, stream) = (alarm.id.word(), alarm_stream(&alarm));
                let level = alarm.level;
                let mut entry =
                    SummaryAlarm { t_unix, level, id, stream, cleared_unix: None, times: 1, excess: None, most: None };
                entry.rise(&alarm);
                self.alarms.push((alarm.id, entry));
            }
            EventKind::ExcessChanged(alarm) => {
                if let Some((_, entry)) = self.alarms.iter_mut().rev().find(|(id, _)| *id == alarm.id) {
                    entry.rise(&alarm);
                }
            }
            EventKind::Shelved(_) => self.lowered += 1,
            EventKind::Advised(step, at) => self.advised.push((step, at, t_unix)),
            EventKind::Changed(_) | EventKind::Acknowledged(_) | EventKind::Trouble(_) | EventKind::Doubted(..) => {}
            EventKind::Judged(comparison) => self.judged.push(comparison),
            EventKind::Cleared(alarm) => {
                if let Some((_, entry)) = self.alarms.iter_mut().rev().find(|(id, _)| *id == alarm.id) {
                    entry.cleared_unix = Some(t_unix);
                }
            }
            EventKind::Noticed(notice, count) => self.notices[notice as usize] = count,
        }
    }

    /// What the speed was worth at the end.
    #[must_use]
    pub fn with_worth(self, worth: Option<SpeedWorth>) -> Self {
        Self { worth, ..self }
    }

    /// Adds a second.
    pub fn second(&mut self, row: &SecondRow) {
        self.by_travel.add(row);
    }

    /// Losses in lodged crop by how the machine drove to it.
    pub const fn by_travel(&self) -> &TravelLosses {
        &self.by_travel
    }

    /// Adds what was said of the crop.
    pub fn crop(&mut self, t_us: i64, crop: CropConditions) {
        self.crop_said.push((t_us as f64 / 1e6, crop));
    }

    /// The calibration of an earlier field that the session began with.
    #[must_use]
    pub fn with_calibration(self, origin: Option<&CalibrationOrigin>) -> Self {
        let calibration = origin.map(|origin| {
            json!({
                "t_unix": origin.newest_us as f64 / 1e6,
                "rear_pans": origin.rear_pans,
                "header_pans": origin.header_pans,
                "field": origin.field,
                "machine": origin.machine,
                "plates_reset": origin.plates_reset,
                "counts": origin.counts,
            })
        });
        Self { calibration: calibration.unwrap_or_default(), ..self }
    }

    /// Adds a judged pan.
    pub fn pan(&mut self, entry: &PanEntry) {
        // A doubtful one that another has confirmed is judged again.
        self.pans.retain(|known| known.pan != entry.pan);
        self.pans.push(*entry);
    }

    /// How many pans there were, what became of them, and each of them; `n` counts those not known yet too.
    fn pans(&self, n: usize) -> Value {
        // As far as every mathematics library agrees.
        let round = |value: f64| (value * 1e4).round() / 1e4;
        let mut reasons = Vec::new();
        let list: Vec<Value> = self
            .pans
            .iter()
            .map(|PanEntry { pan, outcome }| {
                let (residual, weight, why) = match *outcome {
                    PanOutcome::Used { residual, weight } => (Some(round(residual)), Some(round(weight)), None),
                    PanOutcome::Doubtful { residual, weight } => {
                        (Some(round(residual)), Some(round(weight)), Some("doubtful"))
                    }
                    PanOutcome::Rejected(why) => (None, None, Some(why.word())),
                };
                reasons.extend(why);
                json!({
                    "t_unix": pan.t_us as f64 / 1e6,
                    "t_known_unix": pan.known_us as f64 / 1e6,
                    "kind": pan.kind.word(),
                    "used": why.is_none(),
                    "rejected": why,
                    "log_found_over_expected": residual,
                    "weight": weight,
                })
            })
            .collect();
        let rejected = reasons.len();
        json!({
            "n": n,
            "used": list.len() - rejected,
            "rejected": rejected,
            "reasons": reasons,
            "not_known_yet": n.saturating_sub(list.len()),
            "list": list,
        })
    }

    /// The whole summary. `pans` is how many there were, known or not.
    pub fn json(
        &self,
        pans: usize,
        totals: &Totals,
        (limit, guide): (Option<&LimitEntry>, &Guide),
        frames: (FrameCounts, u64),
        hashes: (&str, Option<&str>),
    ) -> Value {
        let alarms: Vec<&SummaryAlarm> = self.alarms.iter().map(|(_, alarm)| alarm).collect();
        let faults: Vec<Value> = self
            .alarms
            .iter()
            .filter(|(id, _)| matches!(id, AlarmId::PlateFault(_) | AlarmId::PlatesSilent | AlarmId::SignalFault(_)))
            .map(|(_, a)| json!({"channel": a.stream, "t_unix": a.t_unix, "cleared_unix": a.cleared_unix}))
            .collect();
        let notices: serde_json::Map<String, Value> =
            Notice::ALL.iter().map(|n| (n.word().to_owned(), json!(self.notices[*n as usize]))).collect();
        let mut summary = totals_json(totals);
        let (counts, bad) = frames;
        let rest = json!({
            "limit": limit.map(|l| json!({
                "id": l.id, "percent": l.percent, "source": l.source, "verified": l.standing,
                "mode": l.mode, "document": l.document,
            })),
            "limits": guide.limits.iter().map(|l| json!({
                "id": l.id, "percent": l.percent, "source": l.source, "mode": l.mode,
                "broken_percent": l.broken_percent, "impurity_percent": l.impurity_percent, "stubble_m": l.stubble_m,
                "standing": totals.total_loss_pct().map(|loss| l.compare(loss).word()),
            })).collect::<Vec<_>>(),
            "pans": self.pans(pans),
            // From its time until the next one; null is not said.
            "crop_said": self.crop_said.iter().map(crop_said_json).collect::<Vec<_>>(),
            "calibration": self.calibration,
            "alarms": alarms,
            // Of the time at work, cutting or turning; null without any.
            "alarm_rate_per_h": (totals.working_s() > 0.0).then(|| per_hour(alarms.len(), totals.working_s())),
            "alarms_lowered": self.lowered,
            "advice": self.advised.iter().map(|advised| advised_json(advised, guide)).collect::<Vec<_>>(),
            "speed_worth": self.worth.as_ref().map(|worth| worth.iter().map(speed_json).collect::<Vec<_>>()),
            "economy": guide.economy.as_ref().map(|e| json!({
                "currency": e.currency, "price_source": e.price_source, "cost_source": e.cost_source,
            })),
            "settings": self.judged.iter().map(comparison_json).collect::<Vec<_>>(),
            "notices": notices,
            "faults": faults,
            "frames": {"read": counts.read, "decoded": counts.decoded, "unknown": counts.unknown, "bad": bad},
            "software": concat!("grainloss ", env!("CARGO_PKG_VERSION")),
            "profile_sha256": hashes.0,
            "log_sha256": hashes.1,
        });
        if let (Value::Object(summary), Value::Object(rest)) = (&mut summary, rest) {
            summary.extend(rest);
            // Of lodged crop whose lie was said, where the course is known.
            if !self.by_travel.is_empty() {
                summary.insert("by_travel".to_owned(), by_travel_json(&self.by_travel));
            }
        }
        summary
    }
}

/// Events per hour, to two decimals.
fn per_hour(count: usize, seconds: f64) -> f64 {
    (count as f64 * 3600.0 / seconds * 100.0).round() / 100.0
}

/// A change of a setting, and whether it helped: loss behind the machine after over before, at equal load.
fn comparison_json(comparison: &Comparison) -> Value {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    json!({
        "t_unix": comparison.t_us as f64 / 1e6,
        "setting": comparison.change.setting.map(grainloss_core::machine::Channel::name),
        "from": comparison.change.from_to.map(|(from, _)| round(from)),
        "to": comparison.change.from_to.map(|(_, to)| round(to)),
        "ratio": comparison.ratio.map(|r| json!({"value": round(r.value), "lo": round(r.lo), "hi": round(r.hi)})),
        "verdict": comparison.verdict.word(),
    })
}

/// A piece of advice with the rule behind it.
fn advised_json(&(step, at, t_unix): &(NextStep, usize, f64), guide: &Guide) -> Value {
    let rule = guide.rules.get(step);
    json!({
        "t_unix": t_unix,
        "step": step.word(),
        "adjustment": rule.and_then(|rule| rule.adjust.get(at)).map(|adjustment| adjustment.text.en.as_str()),
        "source": rule.map(|rule| rule.source.as_str()),
        "disagree": rule.and_then(|rule| rule.disagree.as_deref()),
    })
}

/// What was said of the crop; the way it lies only where it was said.
fn crop_said_json((t_unix, crop): &(f64, CropConditions)) -> Value {
    let mut said = json!({
        "t_unix": t_unix, "stand": crop.stand, "wet": crop.wet, "weedy": crop.weedy, "slope": crop.slope,
    });
    if let (Some(lie), Value::Object(said)) = (crop.lie, &mut said) {
        said.insert("lie_deg".to_owned(), json!(lie.deg()));
    }
    said
}

/// Losses of each direction, of which there is any.
fn by_travel_json(losses: &TravelLosses) -> Value {
    let round = |value: f64| (value * 1e3).round() / 1e3;
    let of = Travel::ALL.into_iter().map(|travel| {
        let sum = losses.of(travel);
        let figures = json!({
            "cutting_s": sum.cutting_s, "grain_kg": round(sum.grain_kg), "header_kg": round(sum.header_kg),
            "rear_kg": round(sum.rear_kg), "loss_pct": sum.loss_pct().map(round),
        });
        (travel.word().to_owned(), figures)
    });
    Value::Object(of.collect())
}

/// One speed of what the speed is worth.
fn speed_json(step: &SpeedStep) -> Value {
    let round = |value: f64| -> f64 { format!("{value:.3e}").parse().unwrap_or(value) };
    let band = |b: Interval90| json!({"value": round(b.value), "lo": round(b.lo), "hi": round(b.hi)});
    json!({
        "factor": step.factor,
        "area_ha_h": round(step.area_ha_h),
        "loss_kg_h": band(step.loss_kg_h),
        "more_kg_ha": band(step.more_kg_ha),
        "gain_per_ha": step.gain_per_ha.map(band),
    })
}
