//! Which rows a small window shows: each has a height and a priority, and the least one goes first.

/// A row, or rows that stand together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<T> {
    pub what: T,
    pub height: u16,
    /// The least goes first; among equals the last one.
    pub priority: u8,
    /// It is there only where this one has gone.
    pub in_place_of: Option<T>,
}

impl<T: Copy + PartialEq> Row<T> {
    pub const fn new(what: T, height: u16, priority: u8) -> Self {
        Self { what, height, priority, in_place_of: None }
    }

    /// A shorter form of another row, for when that one has gone.
    #[must_use]
    pub const fn in_place_of(mut self, other: T) -> Self {
        self.in_place_of = Some(other);
        self
    }
}

/// The rows that fit into this height, in their order, each with the line that it begins at.
pub(crate) fn choose<T: Copy + PartialEq>(rows: &[Row<T>], height: u16) -> Vec<(T, u16)> {
    let mut left: Vec<Row<T>> = rows.to_vec();
    loop {
        let is_there = |row: &Row<T>| row.in_place_of.is_none_or(|other| left.iter().all(|row| row.what != other));
        let there: Vec<Row<T>> = left.iter().copied().filter(is_there).collect();
        let total: u16 = there.iter().map(|row| row.height).sum();
        let least = there.iter().rev().min_by_key(|row| row.priority).map(|row| row.what);
        match least {
            Some(least) if total > height => left.retain(|row| row.what != least),
            _ => {
                let mut y = 0;
                return there
                    .into_iter()
                    .map(|row| {
                        let at = y;
                        y += row.height;
                        (row.what, at)
                    })
                    .collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_one_by_one_and_a_short_form_takes_the_place_of_a_table() {
        let rows = [
            Row::new("alarm", 1, 9),
            Row::new("rule", 1, 1),
            Row::new("table", 3, 5),
            Row::new("sum", 1, 6).in_place_of("table"),
            Row::new("keys", 1, 8),
        ];
        for (height, expected) in [
            (7, vec![("alarm", 0), ("rule", 1), ("table", 2), ("keys", 5)]),
            (6, vec![("alarm", 0), ("rule", 1), ("table", 2), ("keys", 5)]),
            (5, vec![("alarm", 0), ("table", 1), ("keys", 4)]),
            (4, vec![("alarm", 0), ("sum", 1), ("keys", 2)]),
            (2, vec![("alarm", 0), ("keys", 1)]),
            (1, vec![("alarm", 0)]),
            (0, vec![]),
        ] {
            assert_eq!(choose(&rows, height), expected, "{height}");
        }
    }
}
