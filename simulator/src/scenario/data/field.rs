//! Field, weather, task and operator as files describe them.

use super::section::section;

section! {
    /// A rectangular field: rounds along its edges first, then passes to and fro.
    Field at "[field]" {
        /// Of the first corner, degrees north.
        latitude_deg: f64 = -65..=65,
        /// Of the first corner, degrees east.
        longitude_deg: f64 = -180..=180,
        /// Of the first pass, degrees from north.
        heading_deg: f64 = 0..=360,
        /// m.
        altitude_m: f64 = -400..=5000,
        /// Length of the field along the passes, m.
        pass_length_m: f64 = 40..=5000,
        /// Width of the field in passes.
        passes: u32 = 1..=5000,
        /// Rounds along the edges before the passes.
        headland_rounds: u32 = 0..=50,
        /// Variation within a pass, as a fraction.
        yield_cv: f64 = 0..=0.6,
        /// Distance over which it falls to 1/e, m.
        yield_correlation_m: f64 = 1..=500,
        /// Variation from pass to pass.
        pass_to_pass_cv: f64 = 0..=0.5,
        /// Log change from one edge of the field to the other.
        yield_trend: f64 = 0..=1,
        /// Variation of straw per grain.
        straw_cv: f64 = 0..=0.5,
        /// Moisture of the ripe grain in a dry afternoon, % wet basis.
        moisture_pct: f64 = 5..=45,
        /// Share of the field that is lodged.
        lodged_share: f64 = 0..=1,
        /// Share of the field that is full of green weeds.
        weedy_share: f64 = 0..=1,
        /// Fall of the ground.
        slope_pct: f64 = 0..=30,
        /// Where it falls to, degrees from north.
        slope_to_deg: f64 = 0..=360,
    }
}

section! {
    /// A day's weather. Hours are of local solar time.
    Weather at "" {
        /// When the dew begins to dry, h.
        drying_from_h: f64 = 0..=14,
        /// When it begins to fall again, h.
        dew_from_h: f64 = 14..=24,
        /// Grain moisture at dawn over that of the dry afternoon, points.
        dew_pct: f64 = 0..=30,
        /// It dries with this time constant, h.
        drying_h: f64 = 0.5..=50,
        /// It comes back with this time constant, h.
        dewing_h: f64 = 0.5..=50,
        /// At dawn, °C.
        air_low_c: f64 = -30..=45,
        /// In the afternoon, °C.
        air_high_c: f64 = -30..=50,
    }
}

section! {
    /// What a trained operator would do in this field.
    Task at "[task]" {
        /// Speed at the target feed rate, m/s.
        speed_m_s: f64 = 0.3..=4,
        /// Target feed rate, kg/s.
        feed_kg_s: f64 = 0.3..=60,
        /// m.
        cut_height_m: f64 = 0.03..=1.5,
        /// Speed of turns, m/s.
        turn_speed_m_s: f64 = 0.2..=3,
        /// Share of the tanks that are emptied into a cart alongside; the others at the pass end.
        on_the_go_share: f64 = 0..=1,
    }
}

section! {
    /// How an operator differs from the task.
    Operator at "" {
        /// Target feed rate and speed, over those of the task.
        pace: f64 = 0.2..=3,
        /// How strongly the ground speed follows the feed rate.
        speed_gain: f64 = 0..=3,
        /// How strongly the throttle does.
        throttle_gain: f64 = 0..=3,
        /// Uneven driving, as a fraction.
        unevenness: f64 = 0..=0.5,
        /// Knife over the height of the task, m.
        cut_higher_m: f64 = -0.5..=1,
        /// Header height in turns, m.
        carry_height_m: f64 = 0.1..=2,
        /// Speed of turns over that of the task.
        turn_pace: f64 = 0.2..=3,
        /// Where a turn begins: so far beyond the crop, or, negative, inside it, m.
        overshoot_m: f64 = -15..=30,
        /// The longest pass before a turn, m; longer fields are worked in pieces.
        longest_pass_m: f64 = 40..=5000,
        /// Share of the header's width that is used.
        width_share: f64 = 0.2..=1,
        /// How far the heading weaves about the row, °.
        weave_deg: f64 = 0..=10,
        /// Slows down when the engine is pulled below this share of rated speed; 0 for never.
        eases_below: f64 = 0..=1,
    }
}
