//! The command `grainloss-fleet`.

fn main() {}
