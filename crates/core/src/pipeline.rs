//! Frames in; ten estimates and one row a second out. Everything between is synchronous and deterministic.

use grainloss_can::{Frame, Transfers};

use crate::advice::{AdjustmentOrder, Advisor, Economy, Event, EventKind};
use crate::crop_conditions::{CropConditions, TimedConditions};
use crate::harvest::{
    Adopted, Calibration, CalibrationError, Changed, Estimate, EstimatorCheckpoint, Harvest, Pan, PanEntry,
    PendingDrop, Totals,
};
use crate::machine::{
    ActiveTrouble, Channel, ChannelBank, ConsistencyCheck, ControllerLamps, Ranges, Readings, SourceReading,
};
use crate::record::{SecondBuilder, SecondRow, TenthRow};
use crate::time::{BusTime, SECOND_US, STEP_US};

/// The first step after a moment. Steps lie on whole tenths of a second, so that the rows of any two runs of a log fall on the same times.
const fn next_step_us(t_us: i64) -> i64 {
    BusTime::from_us(t_us).next_step().us()
}

/// How many frames were taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// Data frames taken in.
    pub read: u64,
    /// Frames that the database knows.
    pub decoded: u64,
    /// Frames that the database does not know.
    pub unknown: u64,
}

/// What the pipeline reports.
#[derive(Clone, Copy, Debug)]
pub enum Output<'a> {
    /// A second is over; the session's totals up to it.
    Second(&'a SecondRow, &'a Totals),
    /// A tenth of a second is over; reported after [`Pipeline::with_tenths`].
    Tenth(&'a TenthRow),
    /// Something happened.
    Event(Event),
    /// A pan has been judged, at this bus time.
    Pan(i64, PanEntry),
    /// The driver has said what the crop is like, at this bus time: other than before.
    Crop(i64, CropConditions),
}

/// Channels, estimator and advisor, and the grid of bus time that they step on.
#[derive(Debug)]
pub struct Pipeline {
    bank: ChannelBank,
    harvest: Harvest,
    advisor: Advisor,
    second: SecondBuilder,
    /// The next step's time; `None` before the first frame.
    next_step_us: Option<i64>,
    counts: FrameCounts,
    readings: Readings,
    consistency: ConsistencyCheck,
    estimate: Option<Estimate>,
    /// Pans still to be known, the latest first.
    pans: Vec<Pan>,
    /// What will be said of the crop, the latest first.
    conditions: Vec<TimedConditions>,
    /// Pans that lay on the ground when the session was interrupted, and the newest drop's number.
    drops: (Vec<PendingDrop>, u32),
    tenths: bool,
}

impl Pipeline {
    /// A pipeline before its first frame.
    pub fn new(bank: ChannelBank, harvest: Harvest, advisor: Advisor) -> Self {
        Self {
            bank,
            harvest,
            advisor,
            second: SecondBuilder::default(),
            next_step_us: None,
            counts: FrameCounts::default(),
            readings: Readings::unknown(0),
            consistency: ConsistencyCheck::new(),
            estimate: None,
            pans: Vec::new(),
            conditions: Vec::new(),
            drops: (Vec::new(), 0),
            tenths: false,
        }
    }

    /// Reports every step, not only the seconds.
    #[must_use]
    pub const fn with_tenths(mut self, tenths: bool) -> Self {
        self.tenths = tenths;
        self
    }

    /// Pans that were taken, each to be used from when it is known.
    #[must_use]
    pub fn with_pans(mut self, mut pans: Vec<Pan>) -> Self {
        pans.sort_by_key(|pan| std::cmp::Reverse(pan.known_us));
        self.pans = pans;
        self
    }

    /// What is said of the crop, each from its time on.
    #[must_use]
    pub fn with_conditions(mut self, mut conditions: Vec<TimedConditions>) -> Self {
        // Of two with the same time the later one counts.
        conditions.reverse();
        conditions.sort_by_key(|said| std::cmp::Reverse(said.from_us));
        self.conditions = conditions;
        self
    }

    /// Says which interfaces the frames' numbers stand for.
    pub fn name_interfaces(&mut self, names: &[String]) {
        self.bank.name_interfaces(names);
    }

    /// Takes a frame in at bus time `t_us`, after the steps that are due before it.
    pub fn frame(&mut self, frame: &Frame, t_us: i64, report: &mut impl FnMut(Output<'_>)) {
        self.advance(t_us, report);
        self.counts.read += 1;
        if self.bank.take(frame, t_us) {
            self.counts.decoded += 1;
        } else {
            self.counts.unknown += 1;
        }
    }

    /// Time passes: makes the steps that are due before `t_us`.
    pub fn advance(&mut self, t_us: i64, report: &mut impl FnMut(Output<'_>)) {
        let mut step_us = self.next_step_us.unwrap_or_else(|| next_step_us(t_us));
        while step_us <= t_us {
            self.step(step_us, report);
            step_us += STEP_US;
        }
        self.next_step_us = Some(step_us);
    }

    /// Nothing was recorded until `t_us`: ends the second that has begun, and goes on from there without the steps
    /// between.
    pub fn skip_to(&mut self, t_us: i64, report: &mut impl FnMut(Output<'_>)) {
        self.finish(report);
        self.harvest.interrupt();
        self.advisor.interrupt();
        self.next_step_us = Some(next_step_us(t_us));
    }

    /// Makes the steps up to the end of the second that has begun.
    pub fn finish(&mut self, report: &mut impl FnMut(Output<'_>)) {
        if let Some(next_us) = self.next_step_us {
            let end_us = (next_us - 1).div_euclid(SECOND_US) * SECOND_US + SECOND_US;
            self.advance(end_us, report);
        }
    }

    fn step(&mut self, t_us: i64, report: &mut impl FnMut(Output<'_>)) {
        let mut said = None;
        while let Some(due) = self.conditions.pop_if(|due| due.from_us <= t_us) {
            said = Some(due.crop);
        }
        if let Some(crop) = said.filter(|&crop| self.set_crop(crop)) {
            report(Output::Crop(t_us, crop));
        }
        while let Some(pan) = self.pans.pop_if(|pan| pan.known_us <= t_us) {
            report(Output::Pan(t_us, self.pan(&pan)));
            if let Some(confirmed) = self.harvest.take_confirmed_pan() {
                report(Output::Pan(t_us, confirmed));
            }
        }
        self.readings = self.bank.readings(t_us);
        self.harvest.check(&mut self.readings);
        let mut tell = |kind| report(Output::Event(Event { t_us, kind }));
        self.bank.trouble_news(t_us, |news| tell(EventKind::Trouble(news)));
        self.consistency.take(&self.readings, |what, began| tell(EventKind::Doubted(what, began)));
        let estimate = self.harvest.step(&self.readings);
        self.advisor.read(&self.readings);
        self.advisor.step(&estimate, |event| report(Output::Event(event)));
        self.second.add(&self.readings, &estimate);
        if self.tenths {
            report(Output::Tenth(&TenthRow::of(&estimate)));
        }
        if BusTime::from_us(t_us).begins_second() {
            let row = self.second.finish(t_us, &estimate, self.advisor.advice(), self.harvest.totals());
            report(Output::Second(&row, self.harvest.totals()));
        }
        self.estimate = Some(estimate);
    }

    /// Judges a pan that has just been counted, and learns from it.
    pub fn pan(&mut self, pan: &Pan) -> PanEntry {
        let entry = self.harvest.pan(pan);
        self.advisor.judged_pan(&entry);
        entry
    }

    /// An earlier pan that was doubtful and that another one has confirmed since this was last asked for: it is used now.
    pub const fn take_confirmed_pan(&mut self) -> Option<PanEntry> {
        self.harvest.take_confirmed_pan()
    }

    /// The driver says what the crop is like, from now on; true when it is other than before.
    pub fn set_crop(&mut self, crop: CropConditions) -> bool {
        let is_new = self.harvest.crop() != crop;
        self.harvest.set_crop(crop);
        is_new
    }

    /// A channel's sources now, the most trusted first.
    pub fn sources(&self, channel: Channel) -> impl Iterator<Item = SourceReading<'_>> {
        self.bank.sources(channel, self.readings.t_us)
    }

    /// The advisor, for what the operator does.
    pub const fn advisor_mut(&mut self) -> &mut Advisor {
        &mut self.advisor
    }

    /// Steps go on from here; what was before belongs to another session.
    pub fn begin_at(&mut self, t_us: i64) {
        self.next_step_us = Some(next_step_us(t_us));
    }

    /// Takes another mapping, limit and knowledge for the rest of the session; what was learned stays.
    pub fn reload(&mut self, bank: ChannelBank, limit_share: Option<f64>, plan: AdjustmentOrder, economy: Economy) {
        let mut before = std::mem::replace(&mut self.bank, bank);
        self.bank.take_over_troubles(&mut before);
        self.advisor.reload(limit_share, plan, economy);
    }

    /// Goes on at `now_us` with the sums of a session that was interrupted, with what had been learned, and with the pans
    /// that were judged. Gives whether what was learned could be used.
    pub fn go_on(
        &mut self,
        totals: Totals,
        learned: Option<&EstimatorCheckpoint>,
        judged: Vec<PanEntry>,
        now_us: i64,
    ) -> bool {
        self.harvest.restore_totals(totals);
        let is_restored = self.harvest.restore(learned, judged, now_us);
        // What was said later than a row of the file stays.
        if let Some(said_us) = self.harvest.crop_said_us() {
            self.conditions.retain(|said| said.from_us > said_us);
        }
        if let (true, Some((drops, newest))) = (is_restored, learned.map(EstimatorCheckpoint::drops)) {
            self.drops = (drops.to_vec(), newest);
        }
        is_restored
    }

    /// Begins with what was learned on an earlier field, before the first step, at bus time `now_us`.
    ///
    /// # Errors
    /// When the calibration is damaged, or of a machine of another size; nothing is changed then.
    pub fn adopt(
        &mut self,
        calibration: &Calibration,
        now_us: i64,
        changed: Changed,
    ) -> Result<Adopted, CalibrationError> {
        self.harvest.adopt(calibration, now_us, changed)
    }

    /// The pans that lay on the ground when the session was interrupted, and the newest drop's number; once.
    pub fn take_drops(&mut self) -> (Vec<PendingDrop>, u32) {
        std::mem::take(&mut self.drops)
    }

    /// Bus time of the newest step; `None` before the first.
    pub fn now_us(&self) -> Option<i64> {
        self.estimate.as_ref().map(|estimate| estimate.t_us)
    }

    /// How many frames were taken in so far.
    pub const fn counts(&self) -> FrameCounts {
        self.counts
    }

    /// The range of each channel so far.
    pub const fn ranges(&self) -> &Ranges {
        self.bank.ranges()
    }

    /// Where the readings contradict each other.
    pub const fn consistency(&self) -> &ConsistencyCheck {
        &self.consistency
    }

    /// The trouble codes that the machine's controllers report now.
    pub fn troubles(&self) -> impl Iterator<Item = ActiveTrouble> + '_ {
        self.bank.troubles()
    }

    /// The controllers that have a warning lamp on now.
    pub fn lamps(&self) -> impl Iterator<Item = ControllerLamps> + '_ {
        self.bank.lamps()
    }

    /// Messages of trouble codes (DM1) that were no list of codes.
    pub const fn bad_trouble_messages(&self) -> u64 {
        self.bank.bad_trouble_messages()
    }

    /// What became of the messages of several frames.
    pub const fn transfers(&self) -> &Transfers {
        self.bank.transfers()
    }

    /// The readings of the newest step.
    pub const fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The newest estimate; `None` before the first step.
    pub const fn estimate(&self) -> Option<&Estimate> {
        self.estimate.as_ref()
    }

    /// The estimator, for its totals and pans.
    pub const fn harvest(&self) -> &Harvest {
        &self.harvest
    }

    /// The advisor, for its alarms and advice.
    pub const fn advisor(&self) -> &Advisor {
        &self.advisor
    }
}
