//! Frames a second, for the screen.

/// Frames in the last whole second of bus time.
#[derive(Debug, Default)]
pub(super) struct FrameRate {
    second: i64,
    now: u64,
    /// Frames in the second before this one.
    pub last: u64,
}

impl FrameRate {
    /// Adds frames that came at this time.
    pub fn count(&mut self, t_us: i64, frames: u64) {
        let second = t_us.div_euclid(1_000_000);
        if second != self.second {
            self.last = if second == self.second + 1 { self.now } else { 0 };
            self.now = 0;
            self.second = second;
        }
        self.now += frames;
    }
}
