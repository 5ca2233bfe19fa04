//! Which part of the charts is seen, and where the cursor is.

/// What the user has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChartView {
    /// The whole session, not the last ten minutes.
    pub is_session: bool,
    /// Stretches back from the newest one; `None` without a cursor.
    pub back: Option<usize>,
}

impl ChartView {
    /// Moves the cursor by so many stretches, to the right or to the left; past the newest one there is none.
    pub fn go(&mut self, by: isize, count: usize) {
        let most = count.saturating_sub(1);
        self.back = match self.back {
            None if by < 0 && count > 0 => Some(0),
            Some(0) if by > 0 => None,
            Some(back) => Some(back.saturating_add_signed(-by).min(most)),
            None => None,
        };
    }

    /// The number of the stretch that the cursor is on, of so many.
    pub fn at(&self, count: usize) -> Option<usize> {
        count.checked_sub(1 + self.back?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_comes_in_from_the_newest_end_and_leaves_there() {
        let mut view = ChartView::default();
        view.go(1, 10);
        assert_eq!(view.at(10), None);
        view.go(-1, 10);
        assert_eq!(view.at(10), Some(9));
        view.go(-30, 10);
        assert_eq!(view.at(10), Some(0));
        view.go(30, 10);
        assert_eq!(view.at(10), Some(9));
        view.go(1, 10);
        assert_eq!(view.at(10), None);
    }
}
