//! A calibration of an earlier field in words.

use super::local_time::days_between;
use super::words::Words;
use grainloss_core::harvest::CalibrationOrigin;

/// When its pans were taken, seen from `now_us`, bus time: `yesterday`.
pub fn calibration_day(words: &Words, origin: &CalibrationOrigin, now_us: i64) -> String {
    match days_between(origin.newest_us, now_us) {
        0 => words.get("calibration-today"),
        1 => words.get("calibration-yesterday"),
        days => words.with("calibration-days-ago", &[("days", &days.to_string())]),
    }
}

/// `calibrated yesterday, 3 pans behind, field east`; or why its pans do not count as calibration.
pub fn calibration_text(words: &Words, origin: &CalibrationOrigin, now_us: i64) -> String {
    let day = calibration_day(words, origin, now_us);
    let counted = [("calibration-rear-pans", origin.rear_pans), ("calibration-header-pans", origin.header_pans)];
    let counted = counted.into_iter().filter(|(_, pans)| *pans > 0);
    let mut parts: Vec<String> = counted.map(|(key, pans)| words.with(key, &[("pans", &pans.to_string())])).collect();
    if let Some(field) = &origin.field {
        parts.push(words.with("calibration-field", &[("field", field)]));
    }
    let pans = parts.join(&words.get("calibration-and"));
    let key = match origin {
        CalibrationOrigin { machine: Some(_), .. } => "calibration-of-machine",
        CalibrationOrigin { plates_reset: true, .. } => "calibration-plates-changed",
        CalibrationOrigin { counts: false, .. } => "calibration-old",
        _ => "calibration-counts",
    };
    let machine = origin.machine.as_deref().unwrap_or_default();
    words.with(key, &[("day", &day), ("pans", &pans), ("machine", machine)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    const DAY_US: i64 = 86_400_000_000;

    fn text(lang: Lang, days: i64, change: impl Fn(&mut CalibrationOrigin)) -> String {
        // 2025-06-10 18:00 UTC.
        let newest_us = 1_749_578_400_000_000;
        let field = Some("东大田".to_owned());
        let mut origin =
            CalibrationOrigin { newest_us, rear_pans: 3, field, counts: true, ..CalibrationOrigin::default() };
        change(&mut origin);
        calibration_text(&Words::new(lang), &origin, newest_us + days * DAY_US)
    }

    #[test]
    fn it_says_when_how_many_pans_and_where() {
        assert_eq!(text(Lang::Zh, 1, |_| {}), "昨天已标定,机后取样 3 个,地块东大田");
        assert_eq!(text(Lang::En, 0, |_| {}), "calibrated today, pans behind: 3, field 东大田");
        let with_header = text(Lang::En, 2, |origin| (origin.header_pans, origin.field) = (1, None));
        assert_eq!(with_header, "calibrated 2 days ago, pans behind: 3, samples in front: 1");
    }

    #[test]
    fn it_says_why_its_pans_do_not_count() {
        for (lang, of_machine, plates, old) in
            [(Lang::Zh, "2 号车", "损失传感器", "过期"), (Lang::En, "2 号车", "loss plates", "too old")]
        {
            let changed = text(lang, 1, |origin| (origin.machine, origin.plates_reset) = (Some("2 号车".into()), true));
            assert!(changed.contains(of_machine), "{changed}");
            let changed = text(lang, 1, |origin| origin.plates_reset = true);
            assert!(changed.contains(plates), "{changed}");
            let changed = text(lang, 9, |origin| origin.counts = false);
            assert!(changed.contains(old) && changed.contains('9'), "{changed}");
        }
    }
}
