//! Charts over time: the seconds of a stretch of time as least, mean and most.

use std::collections::VecDeque;

use super::number::{rounded, whole};
use super::second::ChartSecond;
use grainloss_protocol::session_charts::{ChartBucket, Spread};

/// Least, mean and most of the seconds in which a figure is known.
#[derive(Clone, Copy, Debug)]
struct Known {
    sum: f64,
    seconds: u32,
    least: f64,
    most: f64,
}

impl Default for Known {
    fn default() -> Self {
        Self { sum: 0.0, seconds: 0, least: f64::INFINITY, most: f64::NEG_INFINITY }
    }
}

impl Known {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.and(Self { sum: value, seconds: 1, least: value, most: value });
        }
    }

    fn and(&mut self, other: Self) {
        self.sum += other.sum;
        self.seconds += other.seconds;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    fn mean(self) -> Option<f32> {
        (self.seconds > 0).then(|| rounded(self.sum / f64::from(self.seconds), 1e3))
    }

    fn spread(self) -> Option<Spread> {
        self.mean().map(|mean| Spread { least: rounded(self.least, 1e3), mean, most: rounded(self.most, 1e3) })
    }
}

/// So many figures.
const FIGURES: usize = 10;

/// The seconds of a bucket, by figure.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    number: i64,
    figures: [Known; FIGURES],
}

impl Bucket {
    fn add(&mut self, second: &ChartSecond) {
        let total = second.total_pct;
        let figures = [
            total.map(|total| total.value),
            total.map(|total| total.lo),
            total.map(|total| total.hi),
            second.header_pct,
            second.rear_pct,
            second.feed_kg_s,
            second.speed_m_s,
            second.left_shares[0],
            second.left_shares[1],
            second.returns,
        ];
        for (known, value) in self.figures.iter_mut().zip(figures) {
            known.add(value.filter(|value| value.is_finite()));
        }
    }

    fn and(&mut self, other: &Self) {
        for (known, more) in self.figures.iter_mut().zip(other.figures) {
            known.and(more);
        }
    }

    fn shown(&self, bucket_s: i64) -> ChartBucket {
        let [total, lo, hi, header, rear, feed, speed, separation, cleaning, returns] = self.figures;
        ChartBucket {
            t_s: whole(self.number * bucket_s),
            seconds: whole(bucket_s),
            total_pct: total.spread(),
            total_lo_pct: lo.mean(),
            total_hi_pct: hi.mean(),
            header_pct: header.mean(),
            rear_pct: rear.mean(),
            feed_kg_s: feed.spread(),
            speed_m_s: speed.spread(),
            separation_left_share: separation.mean(),
            cleaning_left_share: cleaning.mean(),
            returns: returns.mean(),
        }
    }
}

/// Buckets of one length, oldest first; those without a second are left out.
#[derive(Debug)]
pub(super) struct Buckets {
    bucket_s: i64,
    most: usize,
    /// The oldest go; otherwise the buckets become twice as long.
    is_newest: bool,
    kept: VecDeque<Bucket>,
}

impl Buckets {
    /// All of the time in at most so many buckets.
    pub fn doubling(most: usize) -> Self {
        Self { bucket_s: 1, most, is_newest: false, kept: VecDeque::with_capacity(most) }
    }

    /// The newest time in so many buckets of this length.
    pub fn newest(bucket_s: i64, most: usize) -> Self {
        Self { bucket_s, most, is_newest: true, kept: VecDeque::with_capacity(most) }
    }

    /// Takes a second that ends so long after the session's start.
    pub fn second(&mut self, second: &ChartSecond, t_s: i64) {
        // The second before its end.
        let began_s = (t_s - 1).max(0);
        while !self.is_newest && began_s / self.bucket_s >= self.most as i64 {
            self.double();
        }
        let number = began_s / self.bucket_s;
        match self.kept.back_mut() {
            Some(last) if last.number >= number => last.add(second),
            _ => {
                let mut bucket = Bucket { number, ..Bucket::default() };
                bucket.add(second);
                self.kept.push_back(bucket);
            }
        }
        while self.is_newest && self.kept.front().is_some_and(|oldest| oldest.number <= number - self.most as i64) {
            self.kept.pop_front();
        }
    }

    fn double(&mut self) {
        self.bucket_s *= 2;
        let mut doubled: VecDeque<Bucket> = VecDeque::with_capacity(self.most);
        for bucket in &self.kept {
            let number = bucket.number / 2;
            match doubled.back_mut() {
                Some(last) if last.number == number => last.and(bucket),
                _ => doubled.push_back(Bucket { number, ..*bucket }),
            }
        }
        self.kept = doubled;
    }

    pub fn shown(&self) -> Vec<ChartBucket> {
        self.kept.iter().map(|bucket| bucket.shown(self.bucket_s)).collect()
    }
}
