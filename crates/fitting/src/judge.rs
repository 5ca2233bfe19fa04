//! Whether what a profile maps behaves as the quantity must: a mark for each channel, with its reasons, and what all of
//! them together are enough for. Pure: it looks at a value a second of each channel, and at what came of its sources.

mod crop;
mod enough;
mod evidence;
mod finding;
mod header;
mod kinds;
mod motion;
mod reception;
mod record;
mod shafts;
mod speed;
mod still;
mod witness;
mod work;

use grainloss_core::machine::Channel;

pub use enough::{Enough, Level, lacks};
pub(crate) use evidence::Evidence;
use evidence::Found;
pub use finding::{Finding, Mark, What};
pub(crate) use record::Record;
pub(crate) use witness::GnssWitness;
use work::Work;

/// What is said of every channel, and of all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    findings: Vec<Vec<Finding>>,
    /// Seconds of cutting in the log, by what the header says, 0 and up.
    pub cutting_s: f64,
    /// What the channels that can be trusted are enough for.
    pub enough: Enough,
}

impl Judgement {
    /// A channel's mark: that of its worst finding.
    pub fn mark(&self, channel: Channel) -> Mark {
        self.findings[channel as usize].iter().map(|finding| finding.mark).max().unwrap_or(Mark::Good)
    }

    /// Why, the gravest first; empty for a good channel.
    pub fn findings(&self, channel: Channel) -> &[Finding] {
        &self.findings[channel as usize]
    }

    /// The channels of this mark.
    pub fn of_mark(&self, mark: Mark) -> impl Iterator<Item = Channel> + '_ {
        Channel::ALL.iter().copied().filter(move |channel| self.mark(*channel) == mark)
    }
}

/// Judges every channel.
pub(crate) fn judge(evidence: &Evidence<'_>) -> Judgement {
    let mut found = Found::new();
    for &channel in Channel::ALL {
        reception::judge(evidence, channel, &mut found);
    }
    for &(a, b) in evidence.shared {
        // A mode in one field may be two switches.
        let both_flags = [a, b].iter().all(|channel| channel.unit() == "flag");
        let mark = if both_flags { Mark::Doubtful } else { Mark::Wrong };
        for (channel, other) in [(a, b), (b, a)] {
            found.add(channel, Finding::new(What::SharedBits, mark).other(other));
        }
    }
    let header = header::judge(evidence, &mut found);
    let work = Work::new(evidence, &header);
    speed::judge(evidence, &work, &mut found);
    still::judge(evidence, &work, &mut found);
    crop::judge(evidence, &work, &mut found);
    shafts::judge(evidence, &work, &mut found);
    let findings = found.sorted();
    let judged = |channel: Channel| findings[channel as usize].iter().map(|f| f.mark).max().unwrap_or(Mark::Good);
    let enough = Enough::of(|channel| judged(channel) < Mark::Wrong);
    let cutting_s = work.cutting_s();
    Judgement { findings, cutting_s, enough }
}
