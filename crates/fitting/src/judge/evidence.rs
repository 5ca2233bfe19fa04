//! What the rules look at, and what they have found.

use grainloss_core::machine::{Channel, Geometry};
use grainloss_core::params::ProfileCheckParams;

use super::finding::{Finding, Mark};
use super::record::Record;
use crate::source_check::ChannelCheck;

/// Everything that the rules look at.
pub(crate) struct Evidence<'a> {
    pub params: ProfileCheckParams,
    pub geometry: &'a Geometry,
    pub record: &'a Record,
    pub channels: &'a [ChannelCheck],
    /// Channels that read the same bits.
    pub shared: &'a [(Channel, Channel)],
}

impl Evidence<'_> {
    /// A value a second; empty where the channel is not mapped.
    pub fn series(&self, channel: Channel) -> &[f32] {
        self.record.series(channel)
    }
}

/// The findings so far, by channel.
pub(crate) struct Found(Vec<Vec<Finding>>);

impl Found {
    pub fn new() -> Self {
        Self(vec![Vec::new(); Channel::COUNT])
    }

    pub fn add(&mut self, channel: Channel, finding: Finding) {
        let of_channel = &mut self.0[channel as usize];
        if !of_channel.iter().any(|there| there.what == finding.what && there.other == finding.other) {
            of_channel.push(finding);
        }
    }

    /// True where nothing says that the channel is wrong or absent.
    pub fn is_usable(&self, channel: Channel) -> bool {
        self.0[channel as usize].iter().all(|finding| finding.mark < Mark::Wrong)
    }

    /// By channel, the gravest first.
    pub fn sorted(mut self) -> Vec<Vec<Finding>> {
        for of_channel in &mut self.0 {
            of_channel.sort_by_key(|finding| std::cmp::Reverse(finding.mark));
        }
        self.0
    }
}
