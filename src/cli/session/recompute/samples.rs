//! Alarms anew from the seconds of a session, for want of its frames.

use grainloss_core::math::Z90;
use std::collections::BTreeMap;

use super::super::super::error::CliError;
use crate::service::{SessionSetup, event_record};
use grainloss_core::advice::{Advisor, EventKind};
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest::{Activity, Basis, Estimate, Fusions, LogNormal, MachineState, StreamLoss};
use grainloss_core::record::{COLUMNS, EventRecord};
use grainloss_journal::{Journal, Session, SessionStart, revise_alarms};

const SECOND_US: i64 = 1_000_000;
const STEPS: i64 = 10;

/// Stores the revision; its number.
pub(super) fn store(
    journal: &Journal,
    old: &Session,
    setup: &SessionSetup,
    start: &SessionStart,
) -> Result<i64, CliError> {
    let limit_share = setup.limit.as_ref().map(|limit| limit.percent / 100.0);
    let mut advisor = Advisor::new(limit_share, setup.profile.geometry.rated_feed_kg_s);
    let (mut levels, mut events) = (BTreeMap::new(), Vec::<EventRecord>::new());
    let mut before_us = None;
    let done = journal.each_second(old.id, |texts| {
        let row = Row(texts);
        let t_us = (row.number("t_unix").unwrap_or(0.0) * 1e6).round() as i64;
        if before_us.replace(t_us).is_some_and(|before_us| t_us > before_us + SECOND_US) {
            advisor.interrupt();
        }
        // The steps of a second are taken to be like the second.
        for step in 1..=STEPS {
            let estimate = row.estimate(t_us - SECOND_US + step * SECOND_US / STEPS);
            advisor.step(&estimate, |event| {
                if matches!(
                    event.kind,
                    EventKind::Raised(_) | EventKind::Cleared(_) | EventKind::Shelved(_) | EventKind::ExcessChanged(_)
                ) {
                    events.push(event_record(&event));
                }
            });
        }
        levels.insert(t_us, advisor.advice().alarm_level());
        Ok(())
    });
    done.map_err(CliError::failed)?.map_err(CliError::failed)?;
    revise_alarms(journal.path(), old.id, start, &levels, &events).map_err(CliError::failed)
}

struct Row<'a>(&'a [String]);

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        let at = COLUMNS.iter().position(|column| column.name == name);
        at.and_then(|at| self.0.get(at)).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.text(name).parse().ok()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.number(name).map(|value| value > 0.5)
    }

    /// A quantity with its interval.
    fn band(&self, value: &str, lo: &str, hi: &str) -> Option<LogNormal> {
        let (mean, lo, hi) = (self.number(value)?, self.number(lo)?, self.number(hi)?);
        if mean <= 0.0 || lo <= 0.0 || hi <= lo {
            return Some(LogNormal { median: mean.max(0.0), log_sd: 0.0 });
        }
        // The upper end of a share is cut off at 1. From the lower one: ln(mean / lo) = s² / 2 + z s.
        let below = (Z90 * Z90 + 2.0 * (mean / lo).max(1.0).ln()).sqrt() - Z90;
        Some(LogNormal::of_mean(mean, below.max((hi / lo).ln() / (2.0 * Z90))))
    }

    /// What a part rests on; in a session of an earlier version what all of it did.
    fn basis(&self, part: &str) -> Basis {
        let word = Some(self.text(part)).filter(|word| !word.is_empty()).unwrap_or_else(|| self.text("basis"));
        match word {
            "sensed" => Basis::Sensed,
            "calibrated" => Basis::Calibrated,
            "fault" => Basis::Fault,
            _ => Basis::ModelOnly,
        }
    }

    fn estimate(&self, t_us: i64) -> Estimate {
        let activity = match self.text("state") {
            "stopped" => Some(Activity::Stopped),
            "transport" => Some(Activity::Transport),
            "cutting" => Some(Activity::Cutting),
            "turning" => Some(Activity::Turning),
            _ => None,
        };
        let stream = |loss: Option<LogNormal>, basis: &str| StreamLoss { loss, basis: self.basis(basis) };
        let sure = |name: &str| self.number(name).map(|median| LogNormal { median, log_sd: 0.0 });
        let header = self.band("header_loss_kg_s", "header_lo", "header_hi");
        let rear = self.band("rear_loss_kg_s", "rear_lo", "rear_hi");
        let total = header.zip(rear).map(|(h, r)| h.plus(r));
        Estimate {
            t_us,
            doing: MachineState {
                activity,
                turning_cut: self.flag("turning_cut"),
                lugging: self.flag("lugging"),
                unloading: self.flag("unloading"),
                ..MachineState::default()
            },
            cutting_is_presumed: false,
            ground_speed_m_s: self.number("ground_speed_m_s"),
            header_height_m: self.number("header_height_m"),
            working_width_m: self.number("working_width_m"),
            feed_kg_s: self.number("feed_kg_s"),
            feed_is_measured: true,
            engine_rpm: self.number("engine_rpm"),
            crop: CropConditions::named(self.text("crop")).unwrap_or_default(),
            grain_in: sure("grain_in_kg_s"),
            header: stream(header, "basis_header"),
            separation: stream(sure("separation_loss_kg_s"), "basis_rear"),
            cleaning: stream(sure("cleaning_loss_kg_s"), "basis_rear"),
            rear: stream(rear, "basis_rear"),
            total: stream(total, "basis"),
            recent: None,
            stream_shares: None,
            total_share: self.band("total_pct", "total_lo", "total_hi").map(|share| share.scaled(0.01)),
            loss_kg_m2: self.band("loss_kg_ha", "loss_kg_ha_lo", "loss_kg_ha_hi").map(|loss| loss.scaled(1e-4)),
            plate_faults: [None; 4],
            fusions: Fusions::default(),
        }
    }
}
