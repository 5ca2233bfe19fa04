//! The session's history for charts: ten minutes in detail, the whole session thinned out.

use std::collections::VecDeque;

use grainloss_core::harvest::Totals;
use grainloss_core::record::SecondRow;
use grainloss_protocol::snapshot::{HistoryPoint, MAX_HISTORY_POINTS};

const EVERY_US: i64 = 10_000_000;
/// Ten minutes of ten seconds.
const TREND: usize = 60;

/// Gathers points at whole tens of seconds.
#[derive(Debug)]
pub(super) struct History {
    pub trend: VecDeque<HistoryPoint>,
    pub session: Vec<HistoryPoint>,
    /// Points of the session are this far apart.
    apart_us: i64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            trend: VecDeque::with_capacity(TREND),
            session: Vec::with_capacity(MAX_HISTORY_POINTS),
            apart_us: EVERY_US,
        }
    }
}

impl History {
    /// The end of a second.
    pub fn second(&mut self, row: &SecondRow, totals: &Totals) {
        let t_us = row.t_us;
        if t_us % EVERY_US != 0 {
            return;
        }
        let point = HistoryPoint {
            t_us,
            activity: row.doing.activity,
            area_ha: totals.area_ha(),
            total_pct: row.total_pct,
            feed_kg_s: row.feed_kg_s,
            alarm_level: row.alarm_level,
        };
        if self.trend.len() == TREND {
            self.trend.pop_front();
        }
        self.trend.push_back(point);
        if self.session.last().is_some_and(|last| t_us - last.t_us < self.apart_us) {
            return;
        }
        if self.session.len() == MAX_HISTORY_POINTS {
            // Every second point goes; from now on they come half as often.
            let mut at = 0;
            self.session.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.apart_us *= 2;
        }
        self.session.push(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_core::advice::Advice;
    use grainloss_core::harvest::{Harvest, Setup};
    use grainloss_core::machine::Readings;
    use grainloss_core::record::SecondBuilder;
    use grainloss_knowledge;

    #[test]
    fn the_last_ten_minutes_are_complete_and_a_day_is_thinned() {
        let profile = grainloss_knowledge::profiles::load("combine-demo").unwrap();
        let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
        let mut harvest = Harvest::new(Setup { crop, geometry: profile.geometry, loss_plates: None });
        let estimate = harvest.step(&Readings::unknown(0));
        let mut row = SecondBuilder::default().finish(0, &estimate, &Advice::default(), harvest.totals());
        let mut history = History::default();
        for second in 1..=86_400 {
            row.t_us = second * 1_000_000;
            history.second(&row, harvest.totals());
        }
        let seconds = |point: &HistoryPoint| point.t_us / 1_000_000;
        assert_eq!(history.trend.len(), 60);
        assert_eq!((seconds(&history.trend[0]), seconds(&history.trend[59])), (85_810, 86_400));
        // 8640 tens of seconds: thinned 6 times (240 × 2^6 = 15 360 > 8640), 640 s apart.
        let session: Vec<i64> = history.session.iter().map(seconds).collect();
        assert!(session.len() <= MAX_HISTORY_POINTS && session.len() > MAX_HISTORY_POINTS / 2, "{}", session.len());
        assert_eq!(session[0], 10);
        assert!(session.windows(2).all(|pair| pair[1] - pair[0] == 640), "{session:?}");
    }
}
