//! Frames in; ten estimates and one row a second out. Everything between is synchronous and deterministic.

use grainloss_can::Frame;

use crate::advice::{Advisor, Event};
use crate::harvest::{Estimate, Harvest, Pan, PanEntry, STEP_US, Totals};
use crate::machine::{ChannelBank, Doubts, Ranges, Readings};
use crate::record::{SecondBuilder, SecondRow, TenthRow};

const SECOND_US: i64 = 1_000_000;

/// What became of the frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// Data frames taken in.
    pub read: u64,
    /// Frames that the database knows.
    pub decoded: u64,
    /// Frames that it does not.
    pub unknown: u64,
}

/// What the pipeline has to say.
#[derive(Clone, Copy, Debug)]
pub enum Output<'a> {
    /// A second is over; the session's totals up to it.
    Second(&'a SecondRow, &'a Totals),
    /// A tenth of a second is over; told where asked for.
    Tenth(&'a TenthRow),
    /// Something happened.
    Event(Event),
    /// A pan has been judged, at this bus time.
    Pan(i64, PanEntry),
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
    doubts: Doubts,
    estimate: Option<Estimate>,
    /// Pans still to be known, the latest first.
    pans: Vec<Pan>,
    tenths: bool,
}

impl Pipeline {
    /// A pipeline that has seen nothing.
    pub fn new(bank: ChannelBank, harvest: Harvest, advisor: Advisor) -> Self {
        Self {
            bank,
            harvest,
            advisor,
            second: SecondBuilder::default(),
            next_step_us: None,
            counts: FrameCounts::default(),
            readings: Readings::unknown(0),
            doubts: Doubts::new(),
            estimate: None,
            pans: Vec::new(),
            tenths: false,
        }
    }

    /// Tells every step, not only the seconds.
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

    /// Says which interfaces the frames' numbers stand for.
    pub fn name_interfaces(&mut self, names: &[String]) {
        self.bank.name_interfaces(names);
    }

    /// Takes a frame in at bus time `t_us`, after the steps that are due before it.
    pub fn frame(&mut self, frame: &Frame, t_us: i64, tell: &mut impl FnMut(Output<'_>)) {
        self.advance(t_us, tell);
        self.counts.read += 1;
        if self.bank.take(frame, t_us) {
            self.counts.decoded += 1;
        } else {
            self.counts.unknown += 1;
        }
    }

    /// Time passes: makes the steps that are due before `t_us`.
    pub fn advance(&mut self, t_us: i64, tell: &mut impl FnMut(Output<'_>)) {
        // Steps stand on whole tenths of a second, so that the rows of any two runs of a log fall on the same times.
        let mut step_us = self.next_step_us.unwrap_or_else(|| (t_us.div_euclid(STEP_US) + 1) * STEP_US);
        while step_us <= t_us {
            self.step(step_us, tell);
            step_us += STEP_US;
        }
        self.next_step_us = Some(step_us);
    }

    /// Nothing was recorded until `t_us`: ends the second that has begun, and goes on from there without the steps
    /// between.
    pub fn skip_to(&mut self, t_us: i64, tell: &mut impl FnMut(Output<'_>)) {
        self.finish(tell);
        self.harvest.interrupt();
        self.advisor.interrupt();
        self.next_step_us = Some((t_us.div_euclid(STEP_US) + 1) * STEP_US);
    }

    /// Makes the steps up to the end of the second that has begun.
    pub fn finish(&mut self, tell: &mut impl FnMut(Output<'_>)) {
        if let Some(next_us) = self.next_step_us {
            let end_us = (next_us - 1).div_euclid(SECOND_US) * SECOND_US + SECOND_US;
            self.advance(end_us, tell);
        }
    }

    fn step(&mut self, t_us: i64, tell: &mut impl FnMut(Output<'_>)) {
        while let Some(pan) = self.pans.pop_if(|pan| pan.known_us <= t_us) {
            tell(Output::Pan(t_us, self.harvest.pan(&pan)));
        }
        self.readings = self.bank.readings(t_us);
        self.doubts.take(&self.readings);
        let estimate = self.harvest.step(&self.readings);
        self.advisor.read(&self.readings);
        self.advisor.step(&estimate, |event| tell(Output::Event(event)));
        self.second.add(&self.readings, &estimate);
        if self.tenths {
            tell(Output::Tenth(&TenthRow::of(&estimate)));
        }
        if t_us % SECOND_US == 0 {
            let row = self.second.finish(t_us, &estimate, self.advisor.advice());
            tell(Output::Second(&row, self.harvest.totals()));
        }
        self.estimate = Some(estimate);
    }

    /// What became of the frames so far.
    pub const fn counts(&self) -> FrameCounts {
        self.counts
    }

    /// The range of each channel so far.
    pub const fn ranges(&self) -> &Ranges {
        self.bank.ranges()
    }

    /// Where the readings contradict each other.
    pub const fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// The readings of the newest step.
    pub const fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The newest estimate; `None` before the first step.
    pub const fn estimate(&self) -> Option<&Estimate> {
        self.estimate.as_ref()
    }

    /// The estimator, for its totals.
    pub const fn harvest(&self) -> &Harvest {
        &self.harvest
    }

    /// The advisor, for what stands.
    pub const fn advisor(&self) -> &Advisor {
        &self.advisor
    }
}
