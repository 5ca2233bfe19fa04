//! Which part of the field map is seen.

/// What the user has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MapView {
    /// How often the map was made twice as large; 0 shows the whole field.
    pub zoom: u32,
    /// The machine stays in the middle.
    pub follows: bool,
    /// How far the middle is moved, east and north, in windows.
    pub shift: (f64, f64),
}

impl MapView {
    /// The map is not made larger more often: 256 times.
    pub const MOST: u32 = 8;
    /// A key moves the map by this share of the window.
    const STEP: f64 = 0.25;

    /// Larger.
    pub fn nearer(&mut self) {
        if self.zoom < Self::MOST {
            self.zoom += 1;
            self.shift = (2.0 * self.shift.0, 2.0 * self.shift.1);
        }
    }

    /// Smaller, as far as the whole field.
    pub fn farther(&mut self) {
        self.zoom = self.zoom.saturating_sub(1);
        self.shift = if self.zoom == 0 { (0.0, 0.0) } else { (self.shift.0 / 2.0, self.shift.1 / 2.0) };
    }

    /// Moves over the field: so many steps east and north.
    pub fn go(&mut self, east: f64, north: f64) {
        let most = f64::from(1_u32 << self.zoom);
        let moved = |at: f64, steps: f64| (at + steps * Self::STEP).clamp(-most, most);
        self.follows = false;
        self.shift = (moved(self.shift.0, east), moved(self.shift.1, north));
    }

    /// Follows the machine, near; or shows the whole field again.
    pub fn follow(&mut self) {
        *self = if self.follows { Self::default() } else { Self { zoom: 3, follows: true, shift: (0.0, 0.0) } };
    }
}
